# SPDX-License-Identifier: EUPL-1.2
"""The idea pages: your own ideas, writing one, the team, and what the programme does with the ideas that came in."""

import csv
import io
from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.challenges.queries import visible_challenges, visible_stimuli, what_changed
from beproefd.ground.accounts.rules import is_coach, is_juror, is_manager, require
from beproefd.ui.buttons import press
from beproefd.ui.forms import ReasonForm

from . import actions
from .actions import NEEDED_TO_SUBMIT
from .csv_import import COLUMNS, KINDS, REQUIRED, RowReport, import_ideas
from .forms import (
    EditForm,
    IdeaForm,
    ImportForm,
    MemberForm,
    MergeForm,
    StartForm,
    typed,
)
from .models import VERSION_FIELDS, Idea, IdeaState, IdeaVersion
from .queries import (
    Similar,
    intake_numbers,
    lineage,
    own_ideas,
    similar_to,
    visible_ideas,
)
from .rules import can_change_idea, can_organise_ideas, can_start_idea, competes, is_in_team, owns_idea

LOOK_AT = 12_000  # characters for the search for similar ideas: more than a whole idea can hold
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


def enter(request: HttpRequest, slug: str) -> Challenge:
    """The challenge, or 404."""
    return get_object_or_404(visible_challenges(request.user), slug=slug)


def enter_idea(request: HttpRequest, slug: str, reference: str) -> Idea:
    """An idea the visitor may read, or 404."""
    challenge = enter(request, slug)
    idea = get_object_or_404(visible_ideas(request.user, challenge), reference=reference)
    idea.challenge = challenge
    return idea


def page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    """A page about the ideas of a challenge, or about one idea."""
    if "idea" in context:
        context["challenge"] = context["idea"].challenge
    return render(request, f"ideas/{template}.html", context | {"title": title})


@require_safe
def idea_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Your own ideas; for the programme numbers while the seal is on, and all handed-in ideas after it."""
    challenge = enter(request, slug)
    own = list(own_ideas(request.user, challenge))
    reads_all = (is_manager | is_coach)(request.user)
    bound = reads_all and not challenge.is_sealed and competes(request.user, challenge)
    others = []
    if reads_all and not challenge.is_sealed and not bound:
        mine = {idea.pk for idea in own}
        others = [idea for idea in visible_ideas(request.user, challenge) if idea.pk not in mine]
    return page(
        request,
        "list",
        _("Ideas"),
        challenge=challenge,
        own=own,
        others=others,
        bound=bound,
        reads_all=reads_all and not challenge.is_sealed,
        numbers=intake_numbers(request.user, challenge),
        manages=is_manager(request.user),
        starts=can_start_idea(request.user, challenge),
        judges=is_juror(request.user),
    )


# Writing


def idea_new(request: HttpRequest, slug: str) -> HttpResponse:
    """A short form for a new idea."""
    challenge = enter(request, slug)
    if not request.user.is_authenticated and request.method != "POST":
        return redirect_to_login(request.get_full_path())
    starts = can_start_idea(request.user, challenge)
    if not starts and request.method != "POST":
        messages.warning(
            request,
            _("Ideas can be handed in only while intake is open, from an account for teams or of the programme."),
        )
        return redirect("ideas:list", slug)
    cards = list(visible_stimuli(request.user, challenge))
    known: dict[str, Any] = {"cards": cards, "manages": is_manager(request.user)}
    if request.method != "POST":
        form = StartForm(initial={"sparks": [request.GET.get("kaart", "")]}, **known)
    elif "look" in request.POST and starts:
        form = StartForm(initial=typed(request.POST), **known)
        found = _similar(request, challenge, form)
        return _write(request, challenge, form, _("New idea"), found=found)
    else:
        form = StartForm(request.POST, **known)
        if not request.user.is_authenticated:
            form.add_error(
                None, _("You are signed out, so nothing was saved. Your text is still here. Copy it and sign in again.")
            )
        elif form.is_valid():
            try:
                idea = actions.start_idea(
                    by=request.user,
                    challenge=challenge,
                    values=form.values(),
                    sparks=form.chosen_cards(),
                    request_key=form.cleaned_data["request_key"],
                    **form.origin(),
                )
            except (ValidationError, PermissionDenied) as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, _("The draft was saved. It is not handed in yet."))
                to = "ideas:detail" if idea.channel == Idea.Channel.ONLINE else "ideas:team"
                return redirect(to, slug, idea.reference)
    return _write(request, challenge, form, _("New idea"))


def idea_edit(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Write the next version. After a clash the page shows the newer version beside the text that was typed."""
    idea = enter_idea(request, slug, reference)
    if request.method != "POST":
        require(can_change_idea(request.user, idea))
    cards = list(visible_stimuli(request.user, idea.challenge))
    sparks = [str(pk) for pk in idea.sparks.values_list("pk", flat=True)]
    known: dict[str, Any] = {"cards": cards, "version": idea.current}
    start = {"base_number": idea.current.number, "sparks": sparks}
    title = _("Change %(title)s") % {"title": idea.title}
    if request.method != "POST":
        form = EditForm(initial=start, **known)
    elif "look" in request.POST:
        require(can_change_idea(request.user, idea))
        form = EditForm(initial={"sparks": []} | typed(request.POST), **known)
        return _write(
            request, idea.challenge, form, title, idea=idea, found=_similar(request, idea.challenge, form, idea)
        )
    else:
        form = EditForm(request.POST, initial=start, **known)
        if form.is_valid():
            try:
                actions.revise_idea(
                    by=request.user,
                    idea=idea,
                    base_number=form.cleaned_data["base_number"],
                    values=form.values(),
                    sparks=form.chosen_cards(),
                )
            except (ValidationError, PermissionDenied) as refusal:
                form.refuse(refusal)
                newer = _newer(form, idea)
                return _write(request, idea.challenge, form, title, idea=idea, **newer)
            else:
                messages.success(request, _("Saved."))
                return redirect("ideas:detail", slug, reference)
    return _write(request, idea.challenge, form, title, idea=idea)


def _newer(form: Any, idea: Idea) -> dict[str, Any]:
    """After a clash: the version someone else saved and what it changed. The next save goes on top of that one."""
    base = form.cleaned_data["base_number"]
    newest = idea.versions.select_related("author").order_by("-number").first()
    if newest.number == base:
        return {}
    form.put(base_number=newest.number)
    started_from = idea.versions.filter(number=base).first()
    return {"newer": newest, "newer_changes": what_changed(started_from, newest, VERSION_FIELDS)}


def _write(
    request: HttpRequest, challenge: Challenge, form: IdeaForm, title: str, idea: Idea | None = None, **context: Any
) -> HttpResponse:
    about = {"idea": idea} if idea else {"challenge": challenge}
    return page(request, "form", title, form=form, manages=is_manager(request.user), **about, **context)


def similar(request: HttpRequest, slug: str) -> HttpResponse:
    """Existing cards, lessons and ideas that look like what is being written."""
    challenge = enter(request, slug)
    data = request.POST if request.method == "POST" else request.GET
    idea = own_ideas(request.user, challenge).filter(reference=data.get("reference", "")).first()
    require(can_start_idea(request.user, challenge) or idea is not None)
    text = " ".join(data.get(name, "") for name in VERSION_FIELDS)
    found = _linked(request, similar_to(request.user, challenge, text[:LOOK_AT], besides=idea))
    template = "parts/similar" if request.htmx else "similar"
    return page(request, template, _("Does it exist already?"), challenge=challenge, found=found)


def _similar(
    request: HttpRequest, challenge: Challenge, form: IdeaForm, idea: Idea | None = None
) -> list[dict[str, Any]]:
    text = " ".join(str(form[name].value() or "") for name in VERSION_FIELDS)
    return _linked(request, similar_to(request.user, challenge, text[:LOOK_AT], besides=idea))


def _linked(request: HttpRequest, found: list[Similar]) -> list[dict[str, Any]]:
    """Each find with whether the visitor may open it."""
    ideas = [item.idea for item in found if item.idea]
    visible: set[int] = set()
    for challenge in {idea.challenge for idea in ideas}:
        pks = [idea.pk for idea in ideas]
        visible |= set(visible_ideas(request.user, challenge).filter(pk__in=pks).values_list("pk", flat=True))
    return [{"item": item, "opens": bool(item.idea and item.idea.pk in visible)} for item in found]


# One idea


@require_safe
def detail(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """What an idea says, who is in the team, where it came from and what you can do with it."""
    idea = enter_idea(request, slug, reference)
    challenge = idea.challenge
    ancestors = lineage(idea) if idea.state == IdeaState.SUBMITTED else []
    related = [item.pk for item in ancestors] + ([idea.merged_into_id] if idea.merged_into_id else [])
    opens = (
        set(visible_ideas(request.user, challenge).filter(pk__in=related).values_list("pk", flat=True))
        if related
        else set()
    )
    owns = owns_idea(request.user, idea)
    live = idea.state in {IdeaState.DRAFT, IdeaState.SUBMITTED}
    organises = can_organise_ideas(request.user, challenge)
    return page(
        request,
        "detail",
        idea.title,
        idea=idea,
        versions=list(idea.versions.select_related("author").order_by("-number")),
        members=list(idea.members.select_related("via")),
        sparks=list(idea.sparks.all()),
        ancestors=ancestors,
        opens=opens,
        missing=missing_texts(idea.current),
        in_team=is_in_team(request.user, idea) or owns,
        changes=can_change_idea(request.user, idea),
        submits=owns and challenge.takes_ideas and idea.state == IdeaState.DRAFT,
        withdraws=(owns and challenge.takes_ideas and live) or (organises and idea.state == IdeaState.SUBMITTED),
        organises=organises and idea.state == IdeaState.SUBMITTED,
    )


def missing_texts(current: IdeaVersion) -> list[str]:
    """The parts that must be filled in before an idea can be handed in."""
    return [
        str(capfirst(IdeaVersion._meta.get_field(name).verbose_name))  # noqa: SLF001 -- Django's documented meta API
        for name in NEEDED_TO_SUBMIT
        if not getattr(current, name)
    ]


@require_POST
def submit(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Hand an idea in."""
    idea = enter_idea(request, slug, reference)
    done = _("Your idea is handed in. You can still change it until the deadline.")
    press(request, lambda: actions.submit_idea(by=request.user, idea=idea), done)
    return redirect("ideas:detail", slug, reference)


def withdraw(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Take an idea back, after asking once."""
    idea = enter_idea(request, slug, reference)
    organises = can_organise_ideas(request.user, idea.challenge)
    require(owns_idea(request.user, idea) or organises)
    form = ReasonForm(request.POST or None, needed=not owns_idea(request.user, idea))
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_idea(by=request.user, idea=idea, reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The idea is withdrawn. Your team can still read it."))
            return redirect("ideas:detail", slug, reference)
    return page(request, "withdraw", _("Withdraw %(title)s") % {"title": idea.title}, idea=idea, form=form)


@require_safe
def version(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """One version, with what it changed."""
    idea = enter_idea(request, slug, reference)
    shown = get_object_or_404(idea.versions.select_related("author"), number=number)
    previous = idea.versions.filter(number__lt=number).order_by("-number").first()
    return page(
        request,
        "version",
        _("Version %(number)s") % {"number": number},
        idea=idea,
        version=shown,
        previous=previous,
        changes=what_changed(previous, shown, VERSION_FIELDS) if previous else [],
    )


def team(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Who is in the team; owners add and remove people."""
    idea = enter_idea(request, slug, reference)
    form = MemberForm()
    if request.method == "POST" and "remove" in request.POST:
        return _remove_member(request, idea)
    if request.method == "POST":
        form = MemberForm(request.POST)
        if form.is_valid():
            try:
                member = actions.add_member(by=request.user, idea=idea, **form.cleaned_data)
            except (ValidationError, PermissionDenied) as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, _("%(name)s is in the team.") % {"name": member.name})
                return redirect("ideas:team", slug, reference)
    members = list(idea.members.select_related("via"))
    changes = can_change_idea(request.user, idea)
    return page(
        request,
        "team",
        _("Team of %(title)s") % {"title": idea.title},
        idea=idea,
        form=form,
        members=members,
        changes=changes,
        own_place=next((member for member in members if member.user_id == request.user.pk), None),
    )


def _remove_member(request: HttpRequest, idea: Idea) -> HttpResponse:
    chosen = request.POST["remove"]
    member = next((member for member in idea.members.all() if str(member.pk) == chosen), None)
    if member:
        done = _("%(name)s is no longer in the team.") % {"name": member.name}
        press(request, lambda: actions.remove_member(by=request.user, member=member), done)
    still = visible_ideas(request.user, idea.challenge).filter(pk=idea.pk).exists()
    return (
        redirect("ideas:team", idea.challenge.slug, idea.reference)
        if still
        else redirect("ideas:list", idea.challenge.slug)
    )


# The programme


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
            newer = _newer(form, idea)
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
