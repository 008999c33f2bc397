# SPDX-License-Identifier: EUPL-1.2
"""Who is in the team of an idea, who is asked into it, and what the one who is asked reads."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from beproefd.ground.accounts.rules import is_coach, is_juror, is_manager
from beproefd.ui.buttons import press

from .. import actions
from ..forms import MemberForm
from ..models import Idea, TeamInvitation
from ..queries import own_invitation, visible_ideas, visible_invitations
from ..rules import can_change_idea, can_take_back_invitations, is_in_team, takes_members
from .entry import enter, enter_idea, page


def team(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Who is in the team and who is invited; owners invite, add and remove people."""
    idea = enter_idea(request, slug, reference)
    form = MemberForm()
    if request.method == "POST" and "remove" in request.POST:
        return _remove_member(request, idea)
    if request.method == "POST" and "withdraw" in request.POST:
        return _take_back(request, idea)
    if request.method == "POST":
        form = MemberForm(request.POST)
        if form.is_valid():
            try:
                said = _add_or_invite(request, idea, form.cleaned_data)
            except (ValidationError, PermissionDenied) as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, said)
                return redirect("ideas:team", slug, reference)
    members = list(idea.members.select_related("via"))
    return page(
        request,
        "team",
        _("Team of %(title)s") % {"title": idea.title},
        idea=idea,
        form=form,
        members=members,
        invitations=visible_invitations(request.user, idea),
        changes=can_change_idea(request.user, idea),
        takes_back=can_take_back_invitations(request.user, idea),
        own_place=next((member for member in members if member.user_id == request.user.pk), None),
    )


def _add_or_invite(request: HttpRequest, idea: Idea, said: dict[str, Any]) -> str:
    """With an address someone is invited, whoever it belongs to; without one a name is noted. What to say about it."""
    person = {name: said[name] for name in ("name", "organisation", "kind", "is_owner")}
    if not said["email"]:
        member = actions.add_member(by=request.user, idea=idea, **person)
        return _("%(name)s is in the team.") % {"name": member.name}
    actions.invite_member(by=request.user, idea=idea, email=said["email"], **person)
    return _("%(name)s is invited, and is in the team only after accepting.") % {"name": person["name"]}


def _take_back(request: HttpRequest, idea: Idea) -> HttpResponse:
    chosen = request.POST["withdraw"]
    found = visible_invitations(request.user, idea)
    invitation = next((item for item in found if str(item.pk) == chosen), None)
    if invitation:
        done = _("The invitation of %(name)s is taken back. The e-mail address is erased.") % {"name": invitation.name}
        press(request, lambda: actions.withdraw_invitation(by=request.user, invitation=invitation), done)
    return redirect("ideas:team", idea.challenge.slug, idea.reference)


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


def invitation(request: HttpRequest, slug: str, key: uuid.UUID) -> HttpResponse:
    """An invitation, for the one who is invited: who asks, for which idea, what it means, yes or no."""
    challenge = enter(request, slug)
    found = own_invitation(request.user, challenge, key)
    if found is None:  # the same page for an invitation that was taken back, of someone else, or that never was
        context = {"challenge": challenge, "title": _("This invitation is not there")}
        return render(request, "ideas/no_invitation.html", context, status=404)
    if request.method == "POST":
        return _reply(request, found)
    idea = found.idea
    return page(
        request,
        "invitation",
        _("Invitation for the team of “%(title)s”") % {"title": found.version.title},
        challenge=challenge,
        invitation=found,
        open=takes_members(idea),
        decides=(is_manager | is_juror | is_coach)(request.user),
        reference=idea.reference if is_in_team(request.user, idea) else "",
    )


def _reply(request: HttpRequest, invitation: TeamInvitation) -> HttpResponse:
    """One press: yes leads to the idea, no stays here."""
    slug, idea, by = invitation.idea.challenge.slug, invitation.idea, request.user
    if "accept" in request.POST:
        done = _("You are in the team now.")
        press(request, lambda: actions.accept_invitation(by=by, invitation=invitation), done)
        if visible_ideas(by, idea.challenge).filter(pk=idea.pk).exists():
            return redirect("ideas:detail", slug, idea.reference)
    elif "decline" in request.POST:
        done = _("You declined. The team can see that.")
        press(request, lambda: actions.decline_invitation(by=by, invitation=invitation), done)
    return redirect("ideas:invitation", slug, invitation.key)
