# SPDX-License-Identifier: EUPL-1.2
"""Who is in the room, and which ideas exist for the viewer. The other queries read no other idea."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.challenges.queries import visible_challenges
from beproefd.discipline.ideas.models import Idea, IdeaState, IdeaVersion, TeamMember
from beproefd.discipline.ideas.queries import submitted_ideas
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import is_juror

from ..models import Declaration, Round, RoundState, Seat
from ..rules import can_run_jury
from ..ties import blocking_ties

TOGETHER = (RoundState.DELIBERATION, RoundState.DECIDED)
TAKES_SCORES = (RoundState.SCORING, RoundState.DELIBERATION)
CLOSED = (RoundState.PREPARING, RoundState.VOID)  # for jury members


# Rounds and seats


def visible_rounds(viewer: Any, challenge: Challenge) -> QuerySet[Round]:
    """Rounds whose jury room the viewer may enter: who runs the jury, and who has an active seat and still the role."""
    rounds = Round.objects.filter(challenge=challenge, challenge__in=visible_challenges(viewer)).select_related(
        "challenge", "criteria_set", "decided_by"
    )
    if not viewer.is_authenticated:
        return rounds.none()
    if can_run_jury(viewer, challenge):
        return rounds
    if not is_juror(viewer):
        return rounds.none()
    return rounds.filter(seats__user=viewer, seats__is_active=True).exclude(state=RoundState.VOID)


def decided_round(viewer: Any, challenge: Challenge) -> Round | None:
    """The round with the decision, public for everyone who can see the challenge."""
    return (
        Round.objects.filter(challenge=challenge, challenge__in=visible_challenges(viewer), state=RoundState.DECIDED)
        .select_related("challenge", "criteria_set", "decided_by")
        .first()
    )


def current_round(viewer: Any, challenge: Challenge) -> Round | None:
    """The round that is going on or was decided, if the viewer may enter its room."""
    return visible_rounds(viewer, challenge).exclude(state=RoundState.VOID).first()


def seat_of(viewer: Any, jury_round: Round) -> Seat | None:
    """The viewer's own active seat."""
    if not viewer.is_authenticated:
        return None
    return jury_round.seats.filter(user=viewer, is_active=True).first()


def jury_members(viewer: Any, jury_round: Round) -> QuerySet[Seat]:
    """All seats, for those in the room. The jury is named, never secret (ECLI:NL:RVS:2021:2439)."""
    return Seat.objects.filter(round=jury_round, round__in=visible_rounds(viewer, jury_round.challenge))


# Which ideas


def blocked_idea_ids(viewer: User, jury_round: Round) -> set[int]:
    """Ideas the viewer is bound to, by an undecided or confirmed interest; all of them for who is in a team now."""
    ideas = Idea.objects.filter(challenge=jury_round.challenge)
    if TeamMember.objects.filter(user=viewer, idea__in=ideas, idea__state=IdeaState.SUBMITTED).exists():
        return set(ideas.values_list("pk", flat=True))
    return tied_idea_ids(viewer, [jury_round.challenge])


def tied_idea_ids(viewer: User, challenges: Iterable[Challenge]) -> set[int]:
    """Ideas that the viewer is tied to; a tie stays when its round is void."""
    return {tie.idea_id for tie in blocking_ties(challenges, user=viewer)}


def closed_idea_ids(viewer: User, challenges: Collection[Challenge]) -> set[int]:
    """What the idea pages do not show someone: what they are tied to, and what waits for their word that nothing binds.

    The second holds for who has a seat, also for a manager or a coach, from the moment the seal is off to the decision.
    """
    unsealed = [challenge.pk for challenge in challenges if not challenge.is_sealed]
    seats = Seat.objects.filter(
        user=viewer,
        is_active=True,
        round__challenge__in=unsealed,
        round__state__in=(RoundState.PREPARING, *TAKES_SCORES),
    )
    free = Declaration.objects.filter(seat__in=seats, free=True).values("idea")
    waiting = Idea.objects.filter(challenge__in=seats.values("round__challenge")).exclude(pk__in=free)
    return tied_idea_ids(viewer, challenges) | set(waiting.order_by().values_list("pk", flat=True))


def visible_field(viewer: Any, jury_round: Round) -> QuerySet[Idea]:
    """The ideas that exist for this viewer in this room, in an order that says nothing (by reference)."""
    runs = can_run_jury(viewer, jury_round.challenge)
    judges = is_juror(viewer) and seat_of(viewer, jury_round) is not None
    if not runs and (jury_round.state in CLOSED or not judges):
        return submitted_ideas(jury_round.challenge).none()
    return not_blocked(viewer, jury_round)


def not_blocked(viewer: User, jury_round: Round) -> QuerySet[Idea]:
    """The field for someone of whom it is known that they run the jury, or have a seat in an open room."""
    ideas = submitted_ideas(jury_round.challenge)
    if jury_round.challenge.is_sealed:
        return ideas.none()
    return ideas.exclude(pk__in=blocked_idea_ids(viewer, jury_round))


def only(ideas: QuerySet[Idea], pks: Collection[int] | None) -> QuerySet[Idea]:
    """No more of the ideas than these; None asks for all."""
    return ideas if pks is None else ideas.filter(pk__in=pks)


def listed(ideas: QuerySet[Idea]) -> QuerySet[Idea]:
    """With their titles, but without texts and teams: a list of hundreds shows neither."""
    newest = IdeaVersion.objects.order_by("-number").only("idea_id", "number", "title")
    bare = ideas.select_related(None).prefetch_related(None)
    return bare.prefetch_related(Prefetch("versions", queryset=newest, to_attr="newest"))


def readable_idea(viewer: Any, jury_round: Round, reference: str) -> Idea | None:
    """One idea with its contents: for a juror only after declaring that nothing binds, for who runs the jury always."""
    idea = visible_field(viewer, jury_round).filter(reference=reference).first()
    if idea is None or _only_runs(viewer, jury_round):
        return idea
    return (
        idea
        if Declaration.objects.filter(seat__in=own_seats(viewer, jury_round), idea=idea, free=True).exists()
        else None
    )


def _only_runs(viewer: Any, jury_round: Round) -> bool:
    """Who runs the jury without a seat in it. A manager with a seat declares and judges like every juror."""
    return can_run_jury(viewer, jury_round.challenge) and seat_of(viewer, jury_round) is None


def own_seats(viewer: User, jury_round: Round) -> QuerySet[Seat]:
    """The viewer's active seat, as a set to ask about."""
    return Seat.objects.filter(round=jury_round, user=viewer, is_active=True)
