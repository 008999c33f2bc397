# SPDX-License-Identifier: EUPL-1.2
"""Who may do what in a track. Who may look in, and who works on an idea, is said by validation."""

from typing import Any

from rules import predicate

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.ideas.rules import can_follow_up, is_in_team
from beproefd.discipline.juries.models import BLOCKING, Interest
from beproefd.discipline.validation.rules import can_look_in, can_work_on, coaches, is_closed
from beproefd.ground.accounts.rules import is_manager

__all__ = [
    "can_guide",
    "can_look_in",
    "can_open_track",
    "can_see_capacity",
    "can_work_on",
    "coaches",
    "is_in_team",
    "sees_each_person",
]


@predicate
def can_open_track(user: Any, idea: Idea) -> bool:
    """The programme, after the decision; not someone in the team, or tied to it or to an idea of this jury round."""
    if not can_follow_up(user, idea.challenge) or is_in_team(user, idea) or is_closed(user, idea):
        return False
    tied = Interest.objects.filter(round__challenge=idea.challenge_id, user=user, status__in=BLOCKING)
    return not tied.exists()


@predicate
def can_guide(user: Any, idea: Idea) -> bool:
    """The coach and the programme, but nobody of the team or tied to it: dates, starting early, ending a pause."""
    if is_in_team(user, idea):
        return False
    return bool(coaches(user, idea) or (is_manager(user) and not is_closed(user, idea)))


@predicate
def can_see_capacity(user: Any, idea: Idea) -> bool:
    """Hours and load: the team and its coach, and nobody else whatever their role (lesson 6, AVG)."""
    return bool(idea.followed_up_at is not None and (coaches(user, idea) or is_in_team(user, idea)))


@predicate
def sees_each_person(user: Any, idea: Idea) -> bool:
    """The load of one person: that person, and the coach."""
    return bool(can_see_capacity(user, idea) and coaches(user, idea) and not is_in_team(user, idea))
