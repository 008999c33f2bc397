# SPDX-License-Identifier: EUPL-1.2
"""Writing an idea: a new one, its next version, and what looks like it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.challenges.queries import visible_stimuli
from beproefd.ground.accounts.rules import is_manager, require

from .. import actions
from ..forms import EditForm, IdeaForm, StartForm, typed
from ..models import VERSION_FIELDS, Idea
from ..queries import Similar, own_ideas, similar_to, visible_ideas
from ..rules import can_change_idea, can_start_idea
from .entry import enter, enter_idea, newer_version, page

LOOK_AT = 12_000  # characters for the search for similar ideas: more than a whole idea can hold


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
                newer = newer_version(form, idea)
                return _write(request, idea.challenge, form, title, idea=idea, **newer)
            else:
                messages.success(request, _("Saved."))
                return redirect("ideas:detail", slug, reference)
    return _write(request, idea.challenge, form, title, idea=idea)


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
