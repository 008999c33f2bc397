# SPDX-License-Identifier: EUPL-1.2
"""Who may work on an idea that is being worked out, and who may look."""

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import Q
from rules import predicate

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.ideas.rules import is_in_team
from beproefd.ground.accounts.rules import is_coach, is_manager

closed_work: list[Callable[[Any], Collection[int]]] = []
"""Rooms above add here which ideas are closed to someone of the programme, because of a tie."""


def closed_to(user: Any) -> set[int]:
    """Ids of the ideas whose work is closed to this person; a team and its coach always keep their own."""
    return {pk for ask in closed_work for pk in ask(user)}


@predicate
def is_closed(user: Any, idea: Idea) -> bool:
    """Whether a tie closes the work on this idea."""
    return idea.pk in closed_to(user)


@predicate
def coaches(user: Any, idea: Idea) -> bool:
    """The coach of this idea, as long as that is their role."""
    return bool(is_coach(user) and idea.coach_id == user.pk)


@predicate
def has_worked_on(user: Any, idea: Idea) -> bool:
    """The team and its coach, also when the work has ended: what they saw before that may still come in."""
    return idea.followed_up_at is not None and (coaches(user, idea) or is_in_team(user, idea))


@predicate
def can_work_on(user: Any, idea: Idea) -> bool:
    """The team and its coach, as long as the idea is being worked out."""
    return idea.is_followed_up and has_worked_on(user, idea)


@predicate
def can_look_in(user: Any, idea: Idea) -> bool:
    """The team, its coach, and who of the programme is not tied to it; also when the work has ended."""
    if has_worked_on(user, idea):
        return True
    return bool(idea.followed_up_at and is_manager(user) and not is_closed(user, idea))


@predicate
def can_retract(user: Any, evidence: Any) -> bool:
    """Who works on the idea it is about; after a pivot also who works on the idea that took it over."""
    ideas = Idea.objects.filter(Q(pk=evidence.idea_id) | Q(assumptions__evidence_links__evidence=evidence)).distinct()
    return any(can_work_on(user, idea) for idea in ideas.prefetch_related("members"))
