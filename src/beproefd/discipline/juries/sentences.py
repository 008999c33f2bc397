# SPDX-License-Identifier: EUPL-1.2
"""What the jury room says in plain language, made from numbers and keys."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beproefd.discipline.challenges.rulebook import RuledCriterion
from beproefd.ui.templatetags.ui import as_written, score

from .models import Interest, Round, ScoreChange
from .standings import Standings


def stability_sentence(standings: Standings, titles: Mapping[str, str]) -> str:
    """One sentence: would the winners be others with one juror less or with slightly other weights?

    `titles` maps a reference to the title of the idea.
    """
    stability = standings.ranking.stability
    size = len(stability.top)
    if not size and any(line.knocked_out_by for line in standings.lines):
        return _("No idea is left to rank: none meets every knock-out criterion and has scores.")
    if not size:
        return _("There are no scores to rank yet.")
    if is_firm(standings):
        return _(
            "The top %(size)s is stable: no single jury member and no shift of 10 points in the weights changes it."
        ) % {"size": size}
    ifs = []
    if stability.without_juror:
        count = len(stability.without_juror)
        ifs.append(
            ngettext(
                "%(count)s particular jury member does not take part",
                "one of %(count)s particular jury members does not take part",
                count,
            )
            % {"count": count}
        )
    change = stability.smallest_weight_change
    if change is not None and change.points <= 10:
        ifs.append(
            _("the weights shift by %(points)s points (then %(entering)s comes in place of %(leaving)s)")
            % {
                "points": score(change.points),
                "entering": titles[change.entering],
                "leaving": titles[change.leaving],
            }
        )
    by_lot = _decided_by_lot(standings)
    if by_lot:
        group = ", ".join(titles[name] for name in by_lot)
        ifs.append(_("the lot falls differently between %(ideas)s, which have the same score") % {"ideas": group})
    if not ifs:
        return _("The top %(size)s may change when the weights shift by up to 10 points.") % {"size": size}
    return _("The top %(size)s changes if %(ifs)s.") % {"size": size, "ifs": _(", or if ").join(ifs)}


def is_firm(standings: Standings) -> bool:
    """Whether the winners stay the same with one juror less, with slightly other weights, and however a lot falls."""
    return standings.ranking.stability.stable and not _decided_by_lot(standings)


def _decided_by_lot(standings: Standings) -> tuple[str, ...]:
    """The ideas of which a lot decides who is in the top; a tie that the heaviest criterion decides is no lot."""
    size = len(standings.ranking.stability.top)
    place = {line.idea: line.place for line in standings.lines}
    for group in (*standings.drawn, *standings.undecided_ties):
        if not set(group) <= set(standings.winners) and any(place[idea] <= size for idea in group):
            return tuple(sorted(group))
    return ()


def interest_paragraph(interests: Iterable[Interest]) -> str:
    """The paragraph for the decision on article 2:4 of the Awb: who kept out of what, and why."""
    per_person: dict[str, list[str]] = defaultdict(list)
    late = False
    for interest in interests:
        per_person[interest.user.name].append(f"{interest.idea.reference} ({interest.get_kind_display().lower()})")
        late = late or interest.is_late
    opening = _(
        "Under article 2:4 of the General Administrative Law Act (Awb) the administrative authority decides without "
        "prejudice and sees to it that persons with a personal interest do not influence the decision. A jury member could "
        "read an idea only after declaring in writing to have no interest in it and no tie with the team."
    )
    if not per_person:
        return opening + " " + _("It did not appear that a jury member judged an idea they were tied to.")
    lines = "; ".join(f"{name}: {', '.join(sorted(set(ideas)))}" for name, ideas in sorted(per_person.items()))
    text = (
        opening
        + " "
        + _(
            "These jury members are excluded, because of an interest or a tie, from judging the ideas named, from seeing the "
            "scores and from deliberating about them: %(lines)s."
        )
        % {"lines": lines}
    )
    if late:
        text += " " + _(
            "Where an interest or tie appeared only after scores were handed in, the jury member is excluded from that "
            "moment, those scores are void and the ranking was computed again without them."
        )
    return text


def in_html(say: Callable[[Mapping[str, str]], str], titles: Mapping[str, str]) -> SafeString:
    """A sentence for a page, in which each title is marked as what people wrote. `say` makes it from the titles."""
    places = {reference: f"\ue000{number}\ue001" for number, reference in enumerate(titles)}
    html = str(escape(say(places)))
    for reference, place in places.items():
        html = html.replace(place, conditional_escape(as_written(titles[reference])))
    return mark_safe(html)


def described(jury_round: Round, changes: Iterable[ScoreChange]) -> list[SafeString]:
    """Each changed score as a sentence for a page: who, about what, from what to what, and why."""
    names = {criterion.key: criterion for criterion in jury_round.rules.criteria}
    return [_described(change, names[change.criterion]) for change in changes if change.criterion in names]


def _described(change: ScoreChange, criterion: RuledCriterion) -> SafeString:
    known = {
        "juror": change.assessment.seat.name,
        "old": _value(criterion, change.old_value),
        "new": _value(criterion, change.new_value),
    }

    def say(own: Mapping[str, str]) -> str:
        return _("%(juror)s, %(title)s, %(criterion)s: from %(old)s to %(new)s. %(reason)s") % {**known, **own}

    written = {"title": change.assessment.idea.title, "criterion": criterion.name, "reason": change.reason}
    return in_html(say, written)


def _value(criterion: RuledCriterion, value: int | None) -> str:
    if value is None:
        return _("no score")
    if criterion.is_knock_out:
        return _("Yes") if value else _("No")
    return str(value)
