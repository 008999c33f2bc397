# SPDX-License-Identifier: EUPL-1.2
"""The evidence log."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.rules import require
from beproefd.ui.buttons import tried

from .. import actions, queries
from ..forms import EvidenceForm, WhyForm
from ..models import Assumption, Evidence
from ..rules import can_retract, can_work_on
from .entry import enter_work, page


@require_safe
def log(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """All evidence, and from which groups there is none yet."""
    idea = enter_work(request, slug, reference)
    coverage = queries.coverage(request.user, idea)
    pieces = queries.evidence_log(request.user, idea)
    beside = queries.seen_beside(request.user, idea, pieces)
    return page(
        request,
        "validation/evidence.html",
        _("Evidence"),
        idea,
        log=[(item, beside.get(item.pk, "")) for item in pieces],
        coverage=coverage,
        alarms=[group for group in coverage if group.alarm],
        running=[line for line in queries.cards(request.user, idea) if line.is_on_its_way],
    )


def evidence_new(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Log something seen, heard or read."""
    idea = enter_work(request, slug, reference)
    form = _form(request.user, idea, request.POST or None, about=request.GET.get("aanname", ""))
    if request.method != "POST":
        require(can_work_on(request.user, idea))
    made = tried(
        form,
        lambda said: actions.log_evidence(
            by=request.user,
            idea=idea,
            values=form.values(),
            directions=form.directions(),
            request_key=said["request_key"],
        ),
    )
    if made:
        messages.success(request, _("Saved as %(reference)s.") % {"reference": made.reference})
        return redirect("validation:evidence", slug, reference)
    return page(request, "validation/evidence_form.html", _("New evidence"), idea, form=form, about=form.about())


def _form(viewer: Any, idea: Idea, data: Any = None, about: str = "") -> EvidenceForm:
    start: dict[str, Any] = {"seen_on": timezone.localdate()} | ({f"about_{about}": "supports"} if about else {})
    return EvidenceForm(
        data,
        initial=start,
        groups=queries.target_groups(viewer, idea),
        assumptions=list(Assumption.objects.filter(idea=idea, retired_reason="")),
        places=queries.places(viewer, idea),
    )


def entry(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """One piece of evidence; it can be taken out with a reason."""
    idea = enter_work(request, slug, reference)
    item = get_object_or_404(Evidence.objects.select_related("group", "card"), idea=idea, number=number)
    form = WhyForm(request.POST or None)
    if tried(form, lambda said: actions.retract_evidence(by=request.user, evidence=item, reason=said["reason"])):
        messages.success(request, _("Taken out. It no longer counts and stays visible as taken out."))
        return redirect("validation:evidence", slug, reference)
    links = list(item.links.filter(assumption__idea=idea).select_related("assumption"))
    return page(
        request,
        "validation/evidence_entry.html",
        item.reference,
        idea,
        item=item,
        beside=queries.seen_beside(request.user, idea, [item]).get(item.pk, ""),
        links=links,
        form=form,
        retracts=can_retract(request.user, item),
    )
