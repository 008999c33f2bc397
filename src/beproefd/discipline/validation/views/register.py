# SPDX-License-Identifier: EUPL-1.2
"""The assumption register and its map."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.rules import require
from beproefd.ui.buttons import tried
from beproefd.ui.charts import Spot, scatter

from .. import actions, queries
from ..forms import AssumptionForm, GroupForm, OverrideForm, WhyForm
from ..models import Assumption
from ..rules import can_work_on
from ..weighing import BELIEFS, FACTORS, WEIGHTS
from .entry import enter_work, form_page, page

STATUS = {"open": "info", "supported": "ok", "refuted": "error", "mixed": "warning"}


@require_safe
def assumptions(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """The map and the same as a table, the one most worth testing next first."""
    idea = enter_work(request, slug, reference)
    lines = queries.register(request.user, idea)
    return page(
        request,
        "validation/assumptions.html",
        _("Assumptions"),
        idea,
        lines=lines,
        chart=_map(lines) if lines else None,
        retired=queries.register(request.user, idea, retired=True),
        groups=queries.target_groups(request.user, idea),
        group_form=GroupForm(),
        kinds=STATUS,
        day_in_euros=queries.day_in_euros(),
    )


def _map(lines: list[queries.Line]) -> Any:
    words = {"open": _("open"), "supported": _("supported"), "refuted": _("refuted"), "mixed": _("mixed")}
    spots = [
        Spot(
            line.assumption.reference,
            1 - line.standing.uncertainty,
            line.assumption.importance,
            words[line.status],
            line.assumption.statement,
        )
        for line in lines
    ]
    return scatter(
        spots,
        caption=_("Map of the assumptions: what is important and still unsure stands at the top left"),
        across=_("How sure are we? (right: sure)"),
        up=_("Importance"),
        across_ends=(0.0, 1.0),
        up_ends=(1.0, 5.0),
        kinds=list(words.values()),
    )


def groups(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Name a target group."""
    idea = enter_work(request, slug, reference)
    form = GroupForm(request.POST or None)
    if tried(form, lambda said: actions.add_target_group(by=request.user, idea=idea, name=said["name"])):
        messages.success(request, _("Saved."))
        return redirect("validation:assumptions", slug, reference)
    return form_page(request, _("New target group"), idea, form=form, back=("validation:assumptions",))


def _form(viewer: Any, idea: Idea, data: Any = None, row: Assumption | None = None) -> AssumptionForm:
    people = [member.user for member in idea.members.all() if member.user] + ([idea.coach] if idea.coach else [])
    return AssumptionForm(data, row=row, groups=queries.target_groups(viewer, idea), people=people)


def assumption_new(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Write down what must be true."""
    idea = enter_work(request, slug, reference)
    form = _form(request.user, idea, request.POST or None)
    if request.method != "POST":
        require(can_work_on(request.user, idea))
    made = tried(
        form,
        lambda said: actions.add_assumption(
            by=request.user, idea=idea, values=form.values(), request_key=said["request_key"]
        ),
    )
    if made:
        messages.success(request, _("Saved as %(reference)s.") % {"reference": made.reference})
        return redirect("validation:assumptions", slug, reference)
    return page(request, "validation/assumption_form.html", _("New assumption"), idea, form=form)


def assumption_edit(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """Change an assumption; after a clash the newer one stands beside what was typed."""
    idea = enter_work(request, slug, reference)
    row = get_object_or_404(Assumption, idea=idea, number=number)
    form = _form(request.user, idea, request.POST or None, row)
    newer = []
    if request.method != "POST":
        require(can_work_on(request.user, idea))
    elif form.is_valid():
        try:
            actions.change_assumption(
                by=request.user, assumption=row, values=form.values(), seen=form.cleaned_data["seen"]
            )
        except (ValidationError, PermissionDenied) as refusal:
            form.refuse(refusal)
            newer = form.newer_than(_form(request.user, idea, None, row))
        else:
            messages.success(request, _("Saved."))
            return redirect("validation:assumption", slug, reference, number)
    title = _("Change %(reference)s") % {"reference": row.reference}
    return page(request, "validation/assumption_form.html", title, idea, form=form, newer=newer, row=row)


@require_safe
def assumption(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """One assumption: where it stands and why, its evidence and tests."""
    idea = enter_work(request, slug, reference)
    row = get_object_or_404(Assumption, idea=idea, number=number)
    retired = bool(row.retired_reason)
    line = next(line for line in queries.register(request.user, idea, retired=retired) if line.assumption.pk == row.pk)
    links = list(line.assumption.evidence_links.all())
    prefetch_related_objects(links, "evidence__idea", *queries.with_titles("evidence__idea"))
    return page(
        request,
        "validation/assumption.html",
        row.reference,
        idea,
        line=line,
        row=row,
        status_kind=STATUS[line.status],
        links=links,
        overrides=row.overrides.select_related("created_by"),
        beliefs=BELIEFS,
        factors=FACTORS,
        weights=WEIGHTS,
    )


def override(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """Set the computed status aside with a reason, or let it count again."""
    idea = enter_work(request, slug, reference)
    row = get_object_or_404(Assumption, idea=idea, number=number)
    if request.method == "POST" and "lift" in request.POST:
        actions.lift_override(by=request.user, assumption=row)
        messages.success(request, _("The computed status counts again."))
        return redirect("validation:assumption", slug, reference, number)
    form = OverrideForm(request.POST or None)
    if tried(
        form,
        lambda said: actions.override_status(
            by=request.user, assumption=row, status=said["status"], reason=said["reason"]
        ),
    ):
        messages.success(request, _("Saved. The page shows that this is the say of the team."))
        return redirect("validation:assumption", slug, reference, number)
    title = _("Another status for %(reference)s") % {"reference": row.reference}
    back = ("validation:assumption", number)
    return form_page(request, title, idea, form=form, back=back, intro=row.statement)


def retire(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """It no longer matters."""
    idea = enter_work(request, slug, reference)
    row = get_object_or_404(Assumption, idea=idea, number=number)
    form = WhyForm(request.POST or None)
    if tried(form, lambda said: actions.retire_assumption(by=request.user, assumption=row, reason=said["reason"])):
        messages.success(request, _("Saved. It stays readable below the others."))
        return redirect("validation:assumptions", slug, reference)
    title = _("%(reference)s no longer matters") % {"reference": row.reference}
    back = ("validation:assumption", number)
    return form_page(request, title, idea, form=form, back=back, intro=row.statement)
