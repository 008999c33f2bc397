# SPDX-License-Identifier: EUPL-1.2
"""Who may work on an idea that is being worked out, and who may look."""

from typing import Any

from rules import predicate

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.ideas.rules import is_in_team
from beproefd.ground.accounts.rules import is_manager


@predicate
def coaches(user: Any, idea: Idea) -> bool:
    """The coach of this idea."""
    return bool(user.is_authenticated and idea.coach_id == user.pk)


@predicate
def can_work_on(user: Any, idea: Idea) -> bool:
    """The team and its coach, as long as the idea is being worked out."""
    return idea.is_followed_up and (coaches(user, idea) or is_in_team(user, idea))


@predicate
def can_look_in(user: Any, idea: Idea) -> bool:
    """The team, its coach and the programme; also when the work has ended."""
    if idea.followed_up_at is None:
        return False
    return bool(is_manager(user) or coaches(user, idea) or is_in_team(user, idea))
