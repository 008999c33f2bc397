# SPDX-License-Identifier: EUPL-1.2
"""Who may do what with an idea."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from rules import predicate

from beproefd.discipline.challenges.models import Challenge, Phase
from beproefd.ground.accounts.rules import is_manager, is_team_member

from .models import Idea, IdeaState, TeamInvitation, TeamMember

closed_to: list[Callable[[Any, Collection[Challenge]], Collection[int]]] = []
"""Rooms above add here which ideas of some challenges are closed to a viewer (juries.queries.closed_idea_ids)."""


def closed_idea_ids(user: Any, challenges: Iterable[Challenge]) -> set[int]:
    """Ideas of these challenges that are closed to a person in every role but one: in the team of the idea itself."""
    asked = list(challenges)
    if not user.is_authenticated or not asked:
        return set()
    return {pk for ask in closed_to for pk in ask(user, asked)}


@predicate
def can_start_idea(user: Any, challenge: Challenge) -> bool:
    """Team members hand in their own; the programme enters paper and spoken ones for others."""
    return challenge.takes_ideas and (is_team_member | is_manager)(user)


@predicate
def is_in_team(user: Any, idea: Idea) -> bool:
    """A member of the team of this idea."""
    return user.is_authenticated and any(member.user_id == user.pk for member in idea.members.all())


@predicate
def leads_team(user: Any, idea: Idea) -> bool:
    """An owner in the team."""
    return user.is_authenticated and any(m.user_id == user.pk and m.is_owner for m in idea.members.all())


@predicate
def owns_idea(user: Any, idea: Idea) -> bool:
    """An owner in the team; for a paper, spoken or imported idea, also the one who typed it in, unless it is closed."""
    if leads_team(user, idea):
        return True
    typed_in = idea.channel != Idea.Channel.ONLINE and user.is_authenticated and idea.entered_by_id == user.pk
    return typed_in and idea.pk not in closed_idea_ids(user, [idea.challenge])


@predicate
def can_change_idea(user: Any, idea: Idea) -> bool:
    """An owner, while intake is open or while the programme asked for a correction."""
    if idea.state not in {IdeaState.DRAFT, IdeaState.SUBMITTED} or not owns_idea(user, idea):
        return False
    if idea.challenge.takes_ideas:
        return True
    return bool(idea.correction_reason) and idea.state == IdeaState.SUBMITTED and idea.challenge.phase == Phase.JURY


@predicate
def can_change_team(user: Any, idea: Idea) -> bool:
    """Who may change the idea. In the follow-up an owner in the team or the coach, not who typed the idea in:
    whoever is in the team then reads its hours (0007).
    """
    if idea.is_followed_up:
        return bool(leads_team(user, idea) or (user.is_authenticated and user.pk == idea.coach_id))
    return bool(can_change_idea(user, idea))


@predicate
def can_take_back_invitations(user: Any, idea: Idea) -> bool:
    """Who may change the team or owns the idea, also after the deadline: taking back adds nobody."""
    return bool(can_change_team(user, idea) or owns_idea(user, idea))


@predicate
def is_invited(user: Any, invitation: TeamInvitation) -> bool:
    """The one whose account has the address that the invitation was sent to, until it is answered."""
    return bool(user.is_authenticated and invitation.waits and user.email.lower() == invitation.email)


@predicate
def answered(user: Any, invitation: TeamInvitation) -> bool:
    """The one who accepted or declined it."""
    return bool(user.is_authenticated and invitation.user_id == user.pk)


def takes_members(idea: Idea) -> bool:
    """Whether someone who was invited can still join: not when the idea has ended, or was never handed in."""
    if idea.state in {IdeaState.WITHDRAWN, IdeaState.MERGED} or idea.follow_up_ended_at is not None:
        return False
    return idea.state != IdeaState.DRAFT or idea.challenge.takes_ideas


@predicate
def competes(user: Any, challenge: Challenge) -> bool:
    """In a team of this challenge while the race is on. A draft counts only as long as it can still be handed in."""
    if not user.is_authenticated or challenge.phase == Phase.DECIDED:
        return False
    racing = [IdeaState.SUBMITTED] if challenge.phase == Phase.JURY else [IdeaState.DRAFT, IdeaState.SUBMITTED]
    return TeamMember.objects.filter(user=user, idea__challenge=challenge, idea__state__in=racing).exists()


@predicate
def can_organise_ideas(user: Any, challenge: Challenge) -> bool:
    """The programme, once the seal is off, but nobody who competes: merging, asking for a correction, taking out."""
    if not is_manager(user) or challenge.is_sealed or challenge.phase == Phase.DECIDED:
        return False
    return not competes(user, challenge)


@predicate
def can_follow_up(user: Any, challenge: Challenge) -> bool:
    """The programme, once the jury has decided."""
    return challenge.phase == Phase.DECIDED and is_manager(user)
