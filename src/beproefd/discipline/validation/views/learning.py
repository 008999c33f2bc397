# SPDX-License-Identifier: EUPL-1.2
"""Learning cards and the canvas with its history."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beproefd.discipline.challenges.queries import what_changed
from beproefd.ground.accounts.rules import require
from beproefd.ui.buttons import tried

from .. import actions, queries
from ..forms import CanvasForm
from ..models import CANVAS_FIELDS, CanvasRevision
from ..rules import can_work_on
from .entry import enter_work, page


@require_safe
def cards(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """What was learned, and the family tree when the idea changed course."""
    idea = enter_work(request, slug, reference)
    return page(
        request,
        "validation/learning.html",
        _("Learning"),
        idea,
        cards=queries.learning(request.user, idea),
        family=queries.family(request.user, idea),
    )


@require_safe
def canvas(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """The idea on one page, and every earlier revision."""
    idea = enter_work(request, slug, reference)
    revisions = queries.canvas_revisions(request.user, idea)
    latest = revisions[0] if revisions else None
    blocks = _blocks(latest)
    return page(request, "validation/canvas.html", _("Canvas"), idea, latest=latest, revisions=revisions, blocks=blocks)


def _blocks(revision: object) -> list[tuple[str, str]]:
    labels = {name: str(CanvasRevision._meta.get_field(name).verbose_name) for name in CANVAS_FIELDS}  # type: ignore[union-attr] # noqa: SLF001
    return [(labels[name], getattr(revision, name, "")) for name in CANVAS_FIELDS]


@require_safe
def canvas_revision(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """One revision beside the one before it."""
    idea = enter_work(request, slug, reference)
    by_number = {revision.number: revision for revision in queries.canvas_revisions(request.user, idea)}
    if number not in by_number:
        raise Http404
    shown, before = by_number[number], by_number.get(number - 1)
    title = _("Canvas, version %(number)s") % {"number": number}
    changes = what_changed(before, shown, CANVAS_FIELDS)
    return page(request, "validation/canvas_revision.html", title, idea, revision=shown, before=before, changes=changes)


def canvas_edit(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Save a new revision; after a clash the newer one stands beside what was typed."""
    idea = enter_work(request, slug, reference)
    revisions = queries.canvas_revisions(request.user, idea)
    latest = revisions[0] if revisions else None
    log = [item for item in queries.evidence_log(request.user, idea) if not item.retracted_at]
    form = CanvasForm(request.POST or None, latest=latest, log=log)
    newer = []
    if request.method != "POST":
        require(can_work_on(request.user, idea))
    made = tried(
        form,
        lambda said: actions.revise_canvas(
            by=request.user,
            idea=idea,
            base_number=said["base_number"],
            values=form.values(),
            cause=said.get("cause", ""),
            explanation=said.get("explanation", ""),
            evidence=form.chosen_evidence(),
            request_key=said["request_key"],
        ),
    )
    if made:
        messages.success(request, _("Saved as version %(number)s.") % {"number": made.number})
        return redirect("validation:canvas", slug, reference)
    started_from = form.data.get("base_number") if form.is_bound else None
    if latest and started_from is not None and started_from != str(latest.number):
        base = next((revision for revision in revisions if str(revision.number) == started_from), None)
        newer = what_changed(base, latest, CANVAS_FIELDS)
        form.put(base_number=latest.number)
    return page(request, "validation/canvas_form.html", _("Change the canvas"), idea, form=form, newer=newer)
