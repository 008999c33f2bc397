# SPDX-License-Identifier: EUPL-1.2
"""A juror's own work, and the scores of others once they are open."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas.models import Idea, IdeaState, TeamMember
from beproefd.ground.accounts.rules import is_juror

from ..models import Assessment, Assignment, Declaration, Round, Seat
from ..rules import can_run_jury
from .field import (
    CLOSED,
    TAKES_SCORES,
    TOGETHER,
    listed,
    not_blocked,
    only,
    own_seats,
    seat_of,
    tied_idea_ids,
    visible_field,
)

# The juror's own work


@dataclass(frozen=True)
class Task:
    """One idea on a juror's list. `step` is what comes next: declare, judge, again (the idea changed) or done."""

    idea: Idea
    step: str
    assigned: bool
    assessment: Assessment | None


def own_tasks(viewer: Any, jury_round: Round, *, among: Collection[int] | None = None) -> list[Task]:
    """The juror's list: assigned ideas, and in deliberation the other ones too (declare, then read along).

    `among` (ids of ideas) reads no more of the list than that.
    """
    seat = seat_of(viewer, jury_round)
    if seat is None:
        return []
    assigned = set(seat.assignments.filter(withdrawn_at=None).values_list("idea_id", flat=True))
    declared = set(seat.declarations.filter(free=True).values_list("idea_id", flat=True))
    assessments = {
        assessment.idea_id: assessment for assessment in seat.assessments.exclude(state=Assessment.State.VOID)
    }
    tasks = []
    for idea in listed(only(visible_field(viewer, jury_round), among)):
        if idea.pk not in assigned and jury_round.state not in TOGETHER:
            continue
        assessment = assessments.get(idea.pk)
        step = "judge"
        if idea.pk not in declared:
            step = "declare"
        elif assessment and assessment.state == Assessment.State.SUBMITTED:
            step = "done" if assessment.version_id == idea.current.pk else "again"
        elif idea.pk not in assigned:
            step = "read"
        tasks.append(Task(idea, step, idea.pk in assigned, assessment))
    return tasks


def waiting_for(viewer: Any, challenges: Iterable[Challenge]) -> Counter[int]:
    """Per challenge how many ideas wait for the viewer's judgement, as `own_tasks` counts them; a few queries for all."""
    open_now = {challenge.pk for challenge in challenges if not challenge.is_sealed}
    if not is_juror(viewer) or not open_now:
        return Counter()
    seats = Seat.objects.filter(user=viewer, is_active=True, round__state__in=TAKES_SCORES)
    own = {seat.pk: seat.round for seat in seats.filter(round__challenge__in=open_now).select_related("round")}
    if not own:
        return Counter()
    bound = tied_idea_ids(viewer, Challenge.objects.filter(pk__in=open_now))
    competing = TeamMember.objects.filter(user=viewer, idea__state=IdeaState.SUBMITTED, idea__challenge__in=open_now)
    closed = set(competing.values_list("idea__challenge_id", flat=True))
    free = set(Declaration.objects.filter(seat__in=own, free=True).values_list("seat_id", "idea_id"))
    judged = {
        (seat, idea, version)
        for seat, idea, version in Assessment.objects.filter(
            seat__in=own, state=Assessment.State.SUBMITTED
        ).values_list("seat_id", "idea_id", "version__number")
    }
    assigned = Assignment.objects.filter(seat__in=own, withdrawn_at=None, idea__state=IdeaState.SUBMITTED)
    waiting: Counter[int] = Counter()
    for seat, idea, newest in (
        assigned.order_by().annotate(newest=Max("idea__versions__number")).values_list("seat_id", "idea_id", "newest")
    ):
        done = (seat, idea) in free and (seat, idea, newest) in judged
        hidden = own[seat].challenge_id in closed or idea in bound
        if not done and not hidden:
            waiting[own[seat].challenge_id] += 1
    return waiting


def own_assessment(viewer: Any, jury_round: Round, idea: Idea) -> Assessment | None:
    """The juror's live assessment of an idea."""
    return (
        Assessment.objects.filter(seat__in=own_seats(viewer, jury_round), idea=idea)
        .exclude(state=Assessment.State.VOID)
        .select_related("version", "seat")
        .prefetch_related("scores", "changes")
        .first()
    )


# The scores of others


def ideas_with_open_scores(viewer: Any, jury_round: Round, *, among: Collection[int] | None = None) -> list[Idea]:
    """Ideas whose scores by others the viewer may see; `among` (ids of ideas) asks about no more than those.

    Who runs the jury without a seat in it: only once scoring is closed. A juror: after the own word that nothing binds, and, where the juror
    has to judge too, after handing in the own score; ideas the juror need not judge open in deliberation.
    """
    seat = seat_of(viewer, jury_round)
    if seat is None and jury_round.state in TOGETHER and can_run_jury(viewer, jury_round.challenge):
        return list(listed(only(not_blocked(viewer, jury_round), among)))
    if seat is None or jury_round.state in CLOSED:
        return []
    open_steps = {"done", "read"} if jury_round.state in TOGETHER else {"done"}
    return [task.idea for task in own_tasks(viewer, jury_round, among=among) if task.step in open_steps]


def assessments_of(viewer: Any, jury_round: Round, idea: Idea) -> list[Assessment]:
    """The handed-in assessments of one idea, if they are open to the viewer; otherwise none at all."""
    if not ideas_with_open_scores(viewer, jury_round, among=[idea.pk]):
        return []
    return list(
        Assessment.objects.filter(seat__round=jury_round, idea=idea, state=Assessment.State.SUBMITTED)
        .select_related("seat", "version")
        .prefetch_related("scores", "changes")
        .order_by("seat__name", "pk")
    )
