# SPDX-License-Identifier: EUPL-1.2
"""The partner pipeline."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beproefd.ground.accounts.rules import require
from beproefd.ui.buttons import press, tried

from .. import actions, queries
from ..forms import PartnerForm
from ..models import NEXT_STAGES, Partner
from ..rules import can_work_on
from .entry import address, enter_idea, page


@require_safe
def partner_list(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Everyone in view, and whether the idea is concrete enough to ask."""
    idea = enter_idea(request, slug, reference)
    checks = queries.concreteness(request.user, idea)
    return page(
        request,
        "partners",
        _("Partners"),
        idea,
        partners=queries.partners(request.user, idea),
        checks=[(check, address(check.where, idea, *check.numbers)) for check in checks],
        concrete=all(check.done for check in checks),
    )


def partner_new(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Put an organisation in view."""
    idea = enter_idea(request, slug, reference)
    require(can_work_on(request.user, idea))
    form = PartnerForm(request.POST or None)
    partner = None
    if request.method == "POST":
        partner = tried(
            form,
            lambda said: actions.add_partner(
                by=request.user, idea=idea, values=form.values(), request_key=said["request_key"]
            ),
        )
    if partner:
        messages.success(request, _("Saved."))
        return redirect("tracks:partner", slug, reference, partner.number)
    return page(request, "partner_form", _("New partner"), idea, form=form)


def partner(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """One partner: what is known, what is still missing, and the next stage."""
    idea = enter_idea(request, slug, reference)
    found = get_object_or_404(Partner.objects.select_related("asked_by"), idea=idea, number=number)
    found.idea = idea
    if request.method == "POST":
        return _move(request, found, slug, reference)
    checks = queries.concreteness(request.user, idea, found)
    steps = [stage for stage in Partner.Stage if stage in NEXT_STAGES[found.stage] and stage != Partner.Stage.ASKED]
    return page(
        request,
        "partner",
        found.organisation,
        idea,
        partner=found,
        checks=[(check, address(check.where, idea, *check.numbers) if check.where else "") for check in checks],
        concrete=all(check.done for check in checks),
        can_ask=Partner.Stage.ASKED in NEXT_STAGES[found.stage],
        steps=steps,
    )


def _move(request: HttpRequest, partner: Partner, slug: str, reference: str) -> HttpResponse:
    stage = request.POST.get("stage", "")

    def act() -> Partner:
        if stage == Partner.Stage.ASKED:
            return actions.ask_partner(by=request.user, partner=partner)
        return actions.move_partner(by=request.user, partner=partner, stage=stage)

    press(request, act, _("Saved."))
    return redirect("tracks:partner", slug, reference, partner.number)


def partner_edit(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """Write down what is known now."""
    idea = enter_idea(request, slug, reference)
    require(can_work_on(request.user, idea))
    found = get_object_or_404(Partner, idea=idea, number=number)
    form = PartnerForm(request.POST or None, partner=found)
    newer = []
    if request.method == "POST":
        if tried(
            form,
            lambda said: actions.change_partner(
                by=request.user, partner=found, values=form.values(), seen=said["seen"]
            ),
        ):
            messages.success(request, _("Saved."))
            return redirect("tracks:partner", slug, reference, number)
        if form.non_field_errors():
            newer = form.newer_than(PartnerForm(partner=Partner.objects.get(pk=found.pk)))
    return page(request, "partner_form", found.organisation, idea, form=form, partner=found, newer=newer)
