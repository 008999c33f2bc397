# SPDX-License-Identifier: EUPL-1.2
"""Who may ask for a gate, judge at it, and decide; who is bound (Awb 2:4)."""

from typing import Any

from django.db.models import Q
from rules import predicate

from beproefd.discipline.ideas.models import Idea, IdeaState, TeamMember
from beproefd.discipline.ideas.rules import is_in_team
from beproefd.discipline.juries.models import BLOCKING, Interest
from beproefd.discipline.validation.models import Assumption, CanvasRevision, Evidence, LearningCard, TestCard
from beproefd.discipline.validation.rules import coaches
from beproefd.ground.accounts.rules import is_coach, is_juror, is_manager, is_team_member

from .models import GateRequest, Reviewer, Tie

RACING = (IdeaState.SUBMITTED, IdeaState.PIVOT)
WORK = (Assumption, TestCard, Evidence, LearningCard, CanvasRevision)


def tied_idea_ids(user: Any) -> frozenset[int]:
    """Ideas of all challenges this person is tied to, as the jury (juries.queries.tied_idea_ids) or a gate knew.

    A tie holds for the whole family of pivots and goes along when an idea is merged into another: it is the same team.
    """
    if not user.is_authenticated:
        return frozenset()
    tied = set(Interest.objects.filter(user=user, status__in=BLOCKING).values_list("idea_id", flat=True))
    tied |= set(Tie.objects.filter(user=user, status__in=BLOCKING).values_list("idea_id", flat=True))
    return frozenset(_with_family(tied))


def bound_idea_ids(user: Any) -> frozenset[int]:
    """Ideas at whose gates this person may not judge: tied to it, worked on it, or in a team of the same challenge."""
    if not user.is_authenticated:
        return frozenset()
    races = TeamMember.objects.filter(user=user, idea__state__in=RACING).values("idea__challenge")
    rivals = Idea.objects.filter(challenge__in=races).values_list("pk", flat=True)
    return tied_idea_ids(user) | _with_family(_worked_on(user)) | frozenset(rivals)


def _worked_on(user: Any) -> set[int]:
    """Ideas this person wrote something for, or asked a gate for; also who left the team since."""
    asked = set(GateRequest.objects.filter(asked_by=user).order_by().values_list("idea_id", flat=True))
    made = (model.objects.filter(created_by=user).order_by().values_list("idea_id", flat=True) for model in WORK)
    return asked.union(*made)


def _with_family(tied: set[int]) -> set[int]:
    if not tied:
        return tied
    moved = Idea.objects.filter(Q(pivot_of__isnull=False) | Q(merged_into__isnull=False))
    steps = [
        (source, target)
        for pk, parent, into in moved.values_list("pk", "pivot_of_id", "merged_into_id")
        for source, target in ((parent, pk), (pk, parent), (pk, into))
        if source and target
    ]
    found = set(tied)
    while more := {target for source, target in steps if source in found} - found:
        found |= more
    return found


@predicate
def belongs_to(user: Any, idea: Idea) -> bool:
    """The team of this idea and its coach: they ask, and hear the decision; they never judge or read reviews."""
    return bool(coaches(user, idea) or is_in_team(user, idea))


@predicate
def can_judge(user: Any, idea: Idea) -> bool:
    """Nobody of the team, not the coach, nobody who is bound."""
    return bool(user.is_authenticated) and not belongs_to(user, idea) and idea.pk not in bound_idea_ids(user)


@predicate
def can_run_gates(user: Any, idea: Idea) -> bool:
    """The programme, as far as not bound: names reviewers and decides."""
    return bool(is_manager(user) and can_judge(user, idea))


@predicate
def can_run_request(user: Any, request: GateRequest) -> bool:
    """Who runs the gates of the idea and has, or had, no place as reviewer of this request: one person, one part."""
    return bool(can_run_gates(user, request.idea)) and not _has_seat(user, request)


def _has_seat(user: Any, request: GateRequest) -> bool:
    return Reviewer.objects.filter(request=request, user=user).exists()


@predicate
def may_be_named(user: Any) -> bool:
    """People of the programme and jury members review."""
    return bool(user.is_active and (is_manager | is_juror)(user))


@predicate
def reads_all_learning(user: Any) -> bool:
    """Who works on the challenges reads what other teams learned; for everyone else only what is published."""
    return bool((is_manager | is_coach | is_team_member)(user))


@predicate
def can_publish(user: Any) -> bool:
    """Publishing and taking in files is for the programme."""
    return bool(is_manager(user))
