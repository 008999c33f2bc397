# SPDX-License-Identifier: EUPL-1.2
"""Who still has ideas to judge, over all juries that someone runs: for the start page, in a few queries for all."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas.models import IdeaState, IdeaVersion, TeamMember
from beproefd.ground.accounts.rules import is_manager

from ..models import BLOCKING, Assessment, Assignment, Interest, Round, Seat
from .field import TAKES_SCORES
from .running import Progress


def behind(viewer: Any, challenges: Iterable[Challenge]) -> dict[int, list[Progress]]:
    """Per challenge whose jury the viewer runs: the active seats with work left, counted as `progress` counts them."""
    if not is_manager(viewer):
        return {}
    open_now = {challenge.pk for challenge in challenges if not challenge.is_sealed}
    racing = TeamMember.objects.filter(user=viewer, idea__state=IdeaState.SUBMITTED, idea__challenge__in=open_now)
    closed = set(racing.values_list("idea__challenge_id", flat=True))
    rounds = Round.objects.filter(challenge__in=open_now - closed, state__in=TAKES_SCORES)
    bound = Interest.objects.filter(round__in=rounds, user=viewer, status__in=BLOCKING).values("idea")
    assigned = Assignment.objects.filter(withdrawn_at=None)
    newer = IdeaVersion.objects.filter(idea=OuterRef("idea"), number__gt=OuterRef("version__number"))
    judged = Assessment.objects.filter(~Exists(newer), state=Assessment.State.SUBMITTED)
    total, done = (
        _per_seat(rows.filter(seat__round__in=rounds, idea__state=IdeaState.SUBMITTED).exclude(idea__in=bound))
        for rows in (assigned, judged)
    )
    late: dict[int, list[Progress]] = {}
    for seat in Seat.objects.filter(round__in=rounds, is_active=True).select_related("round", "user"):
        if done[seat.pk] < total[seat.pk]:
            late.setdefault(seat.round.challenge_id, []).append(Progress(seat, done[seat.pk], total[seat.pk]))
    return late


def _per_seat(rows: QuerySet[Any]) -> Counter[int]:
    return Counter(dict(rows.order_by().values_list("seat").annotate(Count("pk"))))
