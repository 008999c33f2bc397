# SPDX-License-Identifier: EUPL-1.2
"""The ideas of a challenge and one idea: what it says, its versions, handing it in and taking it back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beproefd.discipline.challenges.queries import what_changed
from beproefd.ground.accounts.rules import is_coach, is_juror, is_manager, require
from beproefd.ui.buttons import press
from beproefd.ui.forms import ReasonForm

from .. import actions
from ..actions import NEEDED_TO_SUBMIT
from ..models import VERSION_FIELDS, IdeaState, IdeaVersion
from ..queries import intake_numbers, lineage, own_ideas, visible_ideas, visible_invitations
from ..rules import can_change_idea, can_organise_ideas, can_start_idea, competes, is_in_team, owns_idea
from .entry import enter, enter_idea, page


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
        waiting=[item for item in visible_invitations(request.user, idea) if item.waits],
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
