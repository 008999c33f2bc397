# SPDX-License-Identifier: EUPL-1.2
"""Who is in the team of an idea."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from beproefd.ui.buttons import press

from .. import actions
from ..forms import MemberForm
from ..models import Idea
from ..queries import visible_ideas
from ..rules import can_change_idea
from .entry import enter_idea, page


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
