# SPDX-License-Identifier: EUPL-1.2
"""Ideas, and a challenge whose ideas wait for the jury."""

from collections.abc import Iterable
from typing import Any

from beproefd.discipline.challenges.actions import close_intake
from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas import actions
from beproefd.discipline.ideas.models import Idea, TeamInvitation, TeamMember
from beproefd.ground.accounts.models import User

from .challenges import open_challenge

TEXTS = {
    "title": "Sparen loont",
    "problem": "Mensen met weinig geld kunnen niet sparen.",
    "solution": "Een maatje en een spaarrekening.",
    "value": "Meer rust en minder schulden.",
    "building_blocks": "Een gewone bank en een hogeschool.",
}


def idea(owner: User, made: Challenge, *, submit: bool = True, sparks: Iterable[Any] = (), **texts: str) -> Idea:
    """An idea typed in by its owner."""
    found = actions.start_idea(by=owner, challenge=made, values=TEXTS | texts, sparks=sparks, kind="municipality")
    if submit:
        actions.submit_idea(by=owner, idea=found)
    return Idea.objects.get(pk=found.pk)


def paper_idea(by: User, made: Challenge, *, member: str = "Mw. Jansen", organisation: str = "", **texts: str) -> Idea:
    """A paper idea typed in by the programme, for someone without an account."""
    found = actions.start_idea(
        by=by, challenge=made, values=TEXTS | texts, channel=Idea.Channel.PAPER, channel_note="Aan de balie verteld"
    )
    actions.add_member(by=by, idea=found, name=member, organisation=organisation, kind="resident")
    actions.submit_idea(by=by, idea=found)
    return Idea.objects.get(pk=found.pk)


def invited(by: User, found: Idea, user: User, **said: Any) -> TeamInvitation:
    """An invitation to the team that waits for this person."""
    asked = {"name": user.name, "organisation": user.organisation, "kind": "company", "email": user.email} | said
    return actions.invite_member(by=by, idea=Idea.objects.get(pk=found.pk), **asked)


def joins(by: User, found: Idea, user: User, **said: Any) -> TeamMember:
    """Someone with an account is invited to the team and accepts."""
    actions.accept_invitation(by=user, invitation=invited(by, found, user, **said))
    return TeamMember.objects.get(idea=found, user=user)


def close_intake_early(by: User, made: Challenge) -> Challenge:
    """Intake ended before its deadline, with the reason that asks for."""
    close_intake(by=by, challenge=made, reason="Alle teams zijn klaar.")
    return Challenge.objects.get(pk=made.pk)


def jury_challenge(by: User, owners: Iterable[User], **rules: Any) -> Challenge:
    """A challenge with one handed-in idea per owner, intake closed."""
    made = open_challenge(by, **rules)
    for number, owner in enumerate(owners, start=1):
        idea(owner, made, title=f"Idee {number}")
    return close_intake_early(by, made)
