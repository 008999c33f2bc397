# SPDX-License-Identifier: EUPL-1.2
"""The standings for who is in the room, and the decision for everyone."""

import csv
import io
import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from beproefd.ui.charts import Interval, interval_chart
from beproefd.ui.templatetags.ui import as_written

from .. import queries
from ..models import Round, RoundState
from ..package import envelope, pdf, seat_kinds, stability_of
from ..rules import can_decide_round, can_run_jury
from ..sentences import described, in_html, is_firm, stability_sentence
from ..standings import Standings
from .entry import enter_challenge, enter_round

SHOWN_IN_CHART = 20


def standings(request: HttpRequest, slug: str) -> HttpResponse:
    """The ranking with its honesty: mean and median, spread, stability."""
    jury_round = enter_round(request, slug)
    found = queries.visible_standings(request.user, jury_round)
    if found is None:
        raise Http404
    ideas = found.ideas
    answers = queries.answers(request.user, jury_round)
    members = list(queries.jury_members(request.user, jury_round))
    names = {str(seat.pk): seat.name for seat in members}
    can_decide = jury_round.state == RoundState.DELIBERATION and can_decide_round(request.user, jury_round)
    charted = [line for line in found.lines if line.mean is not None][:SHOWN_IN_CHART]
    chart = interval_chart(
        [
            Interval(
                label=ideas[line.idea].title,
                point=line.mean,
                low=line.interval[0] if line.interval else line.mean,
                high=line.interval[1] if line.interval else line.mean,
                median=line.median,
                highlight=line.wins,
            )
            for line in charted
        ],
        caption=_("Weighted score for each idea, with the range in which it probably lies"),
        axis=_("score"),
        domain=(jury_round.rules.scale_min, jury_round.rules.scale_max),
        digits=2,
    )
    plain = {reference: idea.title for reference, idea in ideas.items()}
    titles = {reference: as_written(title) for reference, title in plain.items()}
    context = {
        "round": jury_round,
        "rules": jury_round.rules,
        "standings": found,
        "rows": [
            (line, ideas[line.idea], answers.get(ideas[line.idea].pk), ideas[line.idea] not in found.closed)
            for line in found.lines
        ],
        "closed": [as_written(idea.title) for idea in found.closed],
        "again": queries.answers_to_read_again(request.user, jury_round),
        "sentence": in_html(lambda own: stability_sentence(found, own), plain),
        "firm": is_firm(found),
        "without": [
            (names.get(juror, ""), [titles[idea] for idea in entering], [titles[idea] for idea in leaving])
            for juror, entering, leaving in found.ranking.stability.without_juror
        ],
        "chart": chart if charted else None,
        "change": _weight_change(found, titles),
        "undecided": [[titles[idea] for idea in group] for group in found.undecided_ties],
        "drawn": [[titles[idea] for idea in group] for group in found.drawn],
        "changes": described(jury_round, found.changes),
        "dissents": queries.visible_dissents(request.user, jury_round),
        "runs": can_decide or can_run_jury(request.user, jury_round.challenge),
        "can_decide": can_decide,
        "seat": next((seat for seat in members if seat.user_id == request.user.pk and seat.is_active), None),
    }
    return render(request, "juries/standings.html", context)


def _weight_change(found: Standings, titles: dict[str, str]) -> dict[str, object] | None:
    change = found.ranking.stability.smallest_weight_change
    if change is None:
        return None
    return {"points": change.points, "entering": titles[change.entering], "leaving": titles[change.leaving]}


def standings_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The standings as CSV, for a spreadsheet; the same lines as the page."""
    jury_round = enter_round(request, slug)
    found = queries.visible_standings(request.user, jury_round)
    if found is None:
        raise Http404
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    header = [_("place"), _("reference"), _("title"), _("weighted mean"), _("median"), _("jury members")]
    writer.writerow([*header, *(criterion.name for criterion in jury_round.rules.weighted)])
    for line in found.lines:
        means = [_cell(line.criterion_means[criterion.key]) for criterion in jury_round.rules.weighted]
        title = _safe(found.ideas[line.idea].title)
        writer.writerow(
            [line.place or "", line.idea, title, _cell(line.mean), _cell(line.median), line.readings, *means]
        )
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="stand-{slug}.csv"'
    return response


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".replace(".", ",")


def _safe(text: str) -> str:
    """A cell that a spreadsheet does not run as a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def decision(request: HttpRequest, slug: str) -> HttpResponse:
    """The decision, public."""
    jury_round = _decided(request, slug)
    package = json.loads(jury_round.package)
    names = {criterion["key"]: criterion["name"] for criterion in package["criteria"]["criteria"]}
    titles = {idea["reference"]: idea["title"] for idea in package["ideas"]}
    kinds = seat_kinds()
    context = {
        "round": jury_round,
        "package": package,
        "winners": [titles[reference] for reference in package["winners"]],
        "stability": stability_of(jury_round.package, get_language()),
        "jury": [member | {"kind": kinds.get(member["kind"], member["kind"])} for member in package["jury"]],
        "changes": [
            change | {"criterion": names.get(change["criterion"], ""), "title": titles.get(change["idea"], "")}
            for change in package["changed_scores"]
        ],
        "drawn": [[(titles[lot["reference"]], lot["lot"]) for lot in group] for group in package["lottery"]["drawn"]],
    }
    return render(request, "juries/decision.html", context)


def decision_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The signed package."""
    response = HttpResponse(envelope(_decided(request, slug)), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="besluit-{slug}.json"'
    return response


def decision_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The printable decision."""
    response = HttpResponse(pdf(_decided(request, slug)), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="besluit-{slug}.pdf"'
    return response


def _decided(request: HttpRequest, slug: str) -> Round:
    found = queries.decided_round(request.user, enter_challenge(request, slug))
    if found is None:
        raise Http404
    return found
