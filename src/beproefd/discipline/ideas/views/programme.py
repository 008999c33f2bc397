# SPDX-License-Identifier: EUPL-1.2
"""What the programme does with the ideas that came in: corrections, merging, and ideas from a file."""

import csv
import io
from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beproefd.ground.accounts.rules import is_manager, require
from beproefd.ui.forms import ReasonForm

from .. import actions
from ..csv_import import COLUMNS, KINDS, REQUIRED, RowReport, import_ideas
from ..forms import ImportForm, MergeForm
from ..models import IdeaState
from ..queries import visible_ideas
from ..rules import can_organise_ideas
from .entry import enter, enter_idea, newer_version, page

EXAMPLE = (
    "Samen koken in de buurt",
    "Gezond eten is duur en veel mensen eten alleen.",
    "Elke week koken buren samen in het buurthuis.",
    "Mensen eten beter en leren elkaar kennen. We vragen het na drie maanden.",
    "Het buurthuis, de voedselbank, een kok uit de buurt.",
    "Fatima El Idrissi",
    "Buurthuis De Kade",
    "bewoner",
)


def correction(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Ask the team to correct something after the deadline."""
    idea = enter_idea(request, slug, reference)
    require(can_organise_ideas(request.user, idea.challenge))
    form = ReasonForm(request.POST or None, needed=True, label=_("What must be corrected?"))
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_correction(by=request.user, idea=idea, reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The team can change the idea now. Tell them."))
            return redirect("ideas:detail", slug, reference)
    return page(request, "correction", _("Ask for a correction"), idea=idea, form=form)


def merge(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Make one idea of several: first choose, then write the text they share."""
    idea = enter_idea(request, slug, reference)
    challenge = idea.challenge
    require(can_organise_ideas(request.user, challenge))
    if idea.state != IdeaState.SUBMITTED:
        raise Http404
    field = visible_ideas(request.user, challenge).filter(state=IdeaState.SUBMITTED).exclude(pk=idea.pk)
    chosen = (request.POST if request.method == "POST" else request.GET).getlist("met")
    others = list(field)
    sources = [other for other in others if other.reference in chosen]
    title = _("Merge into %(title)s") % {"title": idea.title}
    if not sources:
        return page(request, "merge_choose", title, idea=idea, others=others, nothing_chosen="verder" in request.GET)
    form = MergeForm(request.POST or None, into=idea, sources=sources)
    newer: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.merge_ideas(
                by=request.user,
                into=idea,
                sources=sources,
                reason=said["reason"],
                values=form.values(),
                base_number=said["base_number"],
            )
        except ValidationError as refusal:
            form.refuse(refusal)
            newer = newer_version(form, idea)
        else:
            messages.success(request, _("The ideas are one now. Everyone is in the team, and the old texts are kept."))
            return redirect("ideas:detail", slug, reference)
    return page(request, "merge", title, idea=idea, sources=sources, form=form, **newer)


def import_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Take in a CSV file and report row by row. The same file twice is harmless, so the report needs no redirect."""
    challenge = enter(request, slug)
    require(is_manager(request.user))
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    report: list[RowReport] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            report = import_ideas(by=request.user, challenge=challenge, content=form.cleaned_data["file"].read())
        except ValidationError as refusal:
            form.refuse(ValidationError({"file": refusal.messages}))
    counts = Counter(row.outcome for row in report or [])
    return page(
        request,
        "import",
        _("Take in ideas from a file"),
        challenge=challenge,
        form=form,
        report=report,
        counts={name: counts[name] for name in ("taken", "known", "refused")},
        columns=[(column, column in REQUIRED) for column in COLUMNS],
        kinds=sorted(set(KINDS) - {"startup"}),
    )


@require_safe
def import_example(request: HttpRequest, slug: str) -> HttpResponse:
    """A file with the right columns and one row, as a spreadsheet in Dutch reads it."""
    enter(request, slug)
    require(is_manager(request.user))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerow(EXAMPLE)
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="voorbeeld.csv"'
    return response
