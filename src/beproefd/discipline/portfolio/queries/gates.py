# SPDX-License-Identifier: EUPL-1.2
"""Reading the gates. Team and coach read their requests and the decisions; reviews are for who may judge.

Who is bound sees nothing of an idea's gates at all: no list, no count and no stage, as if the idea did not exist.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from beproefd.discipline.challenges.queries import visible_challenges
from beproefd.discipline.ideas.models import Idea, IdeaVersion, TeamMember
from beproefd.discipline.juries.models import Interest
from beproefd.discipline.validation.queries import visible_work
from beproefd.discipline.validation.rules import can_work_on
from beproefd.ground.accounts.models import Role, User
from beproefd.ground.accounts.rules import is_manager

from ..levels import GATES, Gate
from ..models import WAITING, Decision, GateRequest, Outcome, Review, Reviewer, Tie
from ..rules import belongs_to, bound_idea_ids, can_judge, can_run_gates, can_run_request, may_be_named


def visible_gates(viewer: Any) -> QuerySet[Idea]:
    """Ideas whose gates this person may look at: the own ones, and for the programme those to which nothing binds."""
    ideas = visible_work(viewer)
    if not viewer.is_authenticated:
        return ideas
    own = TeamMember.objects.filter(user=viewer).values("idea")
    return ideas.filter(~Q(pk__in=bound_idea_ids(viewer)) | Q(pk__in=own) | Q(coach=viewer))


def passed_gates(ideas: Collection[Idea] | QuerySet[Idea]) -> dict[int, list[str]]:
    """Per idea the gates it passed. For this room; the callers decide who sees which idea."""
    found: dict[int, list[str]] = {}
    for pk, gate in Decision.objects.filter(request__idea__in=ideas, outcome=Outcome.GO).values_list(
        "request__idea_id", "request__gate"
    ):
        found.setdefault(pk, []).append(gate)
    return found


def told_to_stop(ideas: Collection[int]) -> set[int]:
    """Which of these ideas heard at their last gate to stop. For the rooms that know who sees which idea."""
    said = Decision.objects.filter(request__idea__in=ideas).order_by("request__number")
    last = dict(said.values_list("request__idea_id", "outcome"))
    return {pk for pk, outcome in last.items() if outcome == Outcome.STOP}


def next_gate(idea: Idea) -> Gate | None:
    """The first gate the idea has not passed."""
    passed = passed_gates([idea]).get(idea.pk, [])
    return next((gate for gate in GATES if gate.key not in passed), None)


def requests_of(viewer: Any, idea: Idea) -> list[GateRequest]:
    """The requests of an idea, newest first, with their decisions; nothing for who may not look."""
    if not visible_gates(viewer).filter(pk=idea.pk).exists():
        return []
    return list(
        GateRequest.objects.filter(idea=idea)
        .select_related("idea", "decision__decided_by", "asked_by")
        .order_by("-number")
    )


def readable_request(viewer: Any, slug: str, reference: str, number: int) -> GateRequest | None:
    """A request this person may open: as team or coach, as programme, or as named reviewer who is not bound."""
    if not viewer.is_authenticated:
        return None
    request = (
        GateRequest.objects.filter(idea__challenge__slug=slug, idea__reference=reference, number=number)
        .filter(idea__challenge__in=visible_challenges(viewer))
        .select_related("idea__challenge", "idea__coach", "decision__decided_by", "asked_by")
        .prefetch_related(
            Prefetch("idea__versions", queryset=IdeaVersion.objects.order_by("-number"), to_attr="newest"),
            Prefetch("idea__members", queryset=TeamMember.objects.select_related("user")),
        )
        .first()
    )
    if request is None:
        return None
    if visible_gates(viewer).filter(pk=request.idea_id).exists() or seat_of(viewer, request):
        return request
    return None


def seat_of(viewer: Any, request: GateRequest) -> Reviewer | None:
    """The viewer's own place as reviewer, if nothing binds and the role that it asks is still there."""
    if not viewer.is_authenticated or not may_be_named(viewer):
        return None
    seat = request.reviewers.filter(user=viewer, withdrawn_at=None).first()
    if seat is None or belongs_to(viewer, request.idea) or request.idea_id in bound_idea_ids(viewer):
        return None
    return seat


def opens_dossier(viewer: Any, request: GateRequest) -> bool:
    """A named reviewer first declares that nothing binds; who asked or runs it without a place reads at once."""
    seat = seat_of(viewer, request)
    if seat is not None:
        return bool(seat.declared_free)
    return bool(belongs_to(viewer, request.idea) or can_run_gates(viewer, request.idea))


def own_review(viewer: Any, request: GateRequest) -> Review | None:
    """What this reviewer said."""
    seat = seat_of(viewer, request)
    return Review.objects.filter(reviewer=seat).first() if seat else None


def reviews_of(viewer: Any, request: GateRequest) -> list[Review]:
    """The reviews: for who runs the gate, and for a reviewer after handing in the own one. Never for team or coach.

    Who was named and taken off reads none either: otherwise that would be a way to read first and review later.
    """
    handed_in = own_review(viewer, request) is not None
    if not handed_in and not can_run_request(viewer, request):
        return []
    return list(Review.objects.filter(reviewer__request=request).select_related("reviewer"))


def counting_reviews(request: GateRequest) -> list[Review]:
    """The reviews of who still reviews. For the actions."""
    return list(
        Review.objects.filter(reviewer__request=request, reviewer__withdrawn_at=None).select_related("reviewer")
    )


@dataclass(frozen=True)
class Place:
    """A named reviewer; `handed_in` and `declared` are None for who may not know.

    `is_bound`: something came up since, so that this review cannot count as long as that is not settled.
    """

    reviewer: Reviewer
    declared: bool | None
    handed_in: bool | None
    is_bound: bool = False


def reviewers_of(viewer: Any, request: GateRequest) -> list[Place]:
    """Who reviews: the names for everyone who may open the request, how far they are only for who runs the gate."""
    seats = request.reviewers.filter(withdrawn_at=None).select_related("user")
    if not can_run_request(viewer, request):
        return [Place(seat, None, None) for seat in seats]
    ready = set(Review.objects.filter(reviewer__request=request).values_list("reviewer_id", flat=True))
    return [
        Place(seat, seat.declared_free, seat.pk in ready, request.is_open and not can_judge(seat.user, request.idea))
        for seat in seats
    ]


def has_read_reviews(user: User, request: GateRequest) -> bool:
    """Whether someone could read a review of this request already, and so no longer judges alone. For the actions."""
    return bool(is_manager(user)) and Review.objects.filter(reviewer__request=request).exists()


def candidates(viewer: Any, request: GateRequest) -> list[User]:
    """People who may be named, for who runs the gate: others of the programme and jury members, not team or coach.

    Once there is a review, the programme could have read it.
    """
    if not can_run_request(viewer, request) or not request.is_open:
        return []
    own = {member.user_id for member in request.idea.members.all()} | {request.idea.coach_id, viewer.pk}
    named = set(request.reviewers.filter(withdrawn_at=None).values_list("user_id", flat=True))
    people = User.objects.filter(is_active=True, grants__role__in=(Role.MANAGER, Role.JUROR)).distinct()
    reviewed = Review.objects.filter(reviewer__request=request).exists()
    return [person for person in people if person.pk not in own | named and not (reviewed and is_manager(person))]


def open_ties(viewer: Any, request: GateRequest) -> list[Tie]:
    """Suggested ties that who runs this gate must decide about; never about the viewer."""
    if not can_run_request(viewer, request) or not request.is_open:
        return []
    ties = Tie.objects.filter(idea=request.idea, status=Interest.Status.OPEN).exclude(user=viewer)
    return list(ties.select_related("user"))


def review_tasks(viewer: Any) -> list[GateRequest]:
    """Open requests that wait for this person's review."""
    if not viewer.is_authenticated:
        return []
    seats = Reviewer.objects.filter(user=viewer, withdrawn_at=None, review=None)
    asked = dict(
        seats.filter(request__in=GateRequest.objects.filter(WAITING)).values_list("request_id", "request__idea_id")
    )
    if not asked:  # every page asks this; most people are never named
        return []
    bound = bound_idea_ids(viewer)
    own = TeamMember.objects.filter(user=viewer).values("idea")
    waiting = GateRequest.objects.filter(pk__in=[pk for pk, idea in asked.items() if idea not in bound])
    return list(_with_titles(waiting.exclude(idea__in=own).exclude(idea__coach=viewer)))


def gate_tasks(viewer: Any) -> list[GateRequest]:
    """Open requests that this person runs."""
    if not is_manager(viewer):
        return []
    own = TeamMember.objects.filter(user=viewer).values("idea")
    ideas = visible_gates(viewer).exclude(pk__in=own).exclude(coach=viewer)
    waiting = GateRequest.objects.filter(WAITING, idea__in=ideas.values("pk"))
    return list(_with_titles(waiting.exclude(reviewers__user=viewer)))


def _with_titles(requests: QuerySet[GateRequest]) -> QuerySet[GateRequest]:
    newest = IdeaVersion.objects.order_by("-number")
    return (
        requests.select_related("idea__challenge")
        .prefetch_related(Prefetch("idea__versions", queryset=newest, to_attr="newest"))
        .order_by("asked_at", "pk")
    )


@dataclass(frozen=True)
class GateLine:
    """A gate as one idea stands to it."""

    gate: Gate
    passed: Decision | None
    is_next: bool


def gate_lines(requests: Iterable[GateRequest]) -> list[GateLine]:
    """Every gate, with the decision by which it was passed."""
    decided: Sequence[Decision] = [request.decision for request in requests if hasattr(request, "decision")]
    passed = {decision.request.gate: decision for decision in decided if decision.outcome == Outcome.GO}
    ahead = next((gate.key for gate in GATES if gate.key not in passed), "")
    return [GateLine(gate, passed.get(gate.key), gate.key == ahead) for gate in GATES]


@dataclass(frozen=True)
class Refusal:
    """Why the next gate cannot be asked now, in words for the team; `last` is the request it is about."""

    text: str
    last: GateRequest | None = None
    learn: bool = False


def gate_to_ask(idea: Idea) -> Gate | Refusal:
    """The gate that the team can ask for now, or why it cannot. For the actions and for who belongs to the idea."""
    if not idea.is_followed_up:
        return Refusal(
            _("This idea is no longer being worked out. Everything you wrote is kept, and you can still read it.")
        )
    last = GateRequest.objects.filter(idea=idea).select_related("decision").order_by("-number").first()
    if last and not last.decided_at:
        return Refusal(
            _(
                "There is an open request already: it waits for a decision. Nothing is lost. "
                "Wait for the decision; until then you can go on testing."
            ),
            last,
        )
    if told_to_stop([idea.pk]):
        return Refusal(
            _(
                "The decision at this gate was to stop. Everything you wrote is kept, with the reasons. "
                "Write the learning card that stops or changes the idea; a changed idea can ask again."
            ),
            last,
            learn=True,
        )
    return next_gate(idea) or Refusal(_("This idea has passed all gates. Nothing more is asked of you here."))


def may_ask(viewer: Any, idea: Idea) -> bool:
    """Whether the team or coach can ask for the next gate now."""
    return bool(can_work_on(viewer, idea)) and isinstance(gate_to_ask(idea), Gate)
