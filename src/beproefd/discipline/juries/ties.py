# SPDX-License-Identifier: EUPL-1.2
"""Who is tied to which idea (Awb 2:4): the one place that says so, for pages, actions and the rooms below.

A tie is about a person and an idea, not about a round: one that was noted in a void round holds in the next, until
someone decides there that it does not bind.
"""

from collections.abc import Iterable
from typing import Any

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas.models import TeamMember

from .models import BLOCKING, Interest


def blocking_ties(challenges: Iterable[Challenge], **of: Any) -> list[Interest]:
    """What binds in these challenges, as last decided, oldest round first; `of` narrows it to a user."""
    noted = Interest.objects.filter(round__challenge__in=challenges, **of).order_by("round__number", "pk")
    last = {(tie.user_id, tie.idea_id, tie.kind): tie for tie in noted}
    return [tie for tie in last.values() if tie.status in BLOCKING]


def blocked_pairs(challenge: Challenge) -> set[tuple[int, int]]:
    """(user id, idea id) of everything that binds and of every team membership in the challenge."""
    teams = TeamMember.objects.filter(idea__challenge=challenge, user__isnull=False)
    bound = {(tie.user_id, tie.idea_id) for tie in blocking_ties([challenge])}
    return bound | set(teams.values_list("user_id", "idea_id"))
