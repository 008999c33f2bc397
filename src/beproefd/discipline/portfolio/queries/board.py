# SPDX-License-Identifier: EUPL-1.2
"""The portfolio board: where every idea stands, what it costs to get an answer, and where we learn nothing.

Everything is read for all ideas at once: the number of queries does not grow with the number of ideas. Figures over the
whole board count only the lines the viewer sees.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Max, QuerySet, Sum
from django.utils import timezone

from beproefd.discipline.challenges.models import CanvasVersion, Challenge
from beproefd.discipline.challenges.queries import visible_challenges
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.tracks.models import Track
from beproefd.discipline.validation.areas import district_of
from beproefd.discipline.validation.models import (
    Assumption,
    Evidence,
    EvidenceLink,
    LearningCard,
    Override,
    TargetGroup,
    TestCard,
)
from beproefd.discipline.validation.queries import WAYS, heard_from
from beproefd.discipline.validation.weighing import Weighed, weigh

from ..levels import GATES, Gate, stage_after
from .gates import passed_gates, told_to_stop, visible_gates

BY_CHOICE = (LearningCard.Decision.STOP, LearningCard.Decision.PIVOT)
QUIET = timedelta(days=14)  # as in validation: so long without learning is a signal (lesson 5: short cycles)


@dataclass(frozen=True)
class BoardLine:
    """One idea. `risk`: importance x uncertainty, summed over the critical assumptions that are still open.

    `risk` and `open_critical` are None once the work has ended: nothing is at stake any more, or it is at stake in the
    changed idea. `settled` counts what this idea answered itself. `quiet_days` is None as long as nothing was learned.
    """

    idea: Idea
    stage: int
    risk: float | None
    open_critical: int | None
    settled: int
    days: int
    cost_cents: int
    quiet_days: int | None
    is_quiet: bool
    ended: str
    must_stop: bool
    is_parked: bool

    @property
    def gate(self) -> Gate | None:
        """The gate that was passed last."""
        return GATES[self.stage - 1] if self.stage else None

    @property
    def is_going(self) -> bool:
        """Whether a team works on it now."""
        return self.idea.is_followed_up and not self.is_parked

    @property
    def stops(self) -> bool:
        """Ended in a stop or a pivot, or told to stop at a gate."""
        return self.ended in BY_CHOICE or self.must_stop

    @property
    def days_per_answer(self) -> float | None:
        """Days of follow-up for each assumption that is settled; None as long as there is none."""
        return self.days / self.settled if self.settled else None

    @property
    def cents_per_answer(self) -> float | None:
        """Cost of finished tests for each assumption that is settled."""
        return self.cost_cents / self.settled if self.settled else None

    @property
    def euros_per_answer(self) -> int | None:
        """The same in whole euros, for people."""
        return None if self.cents_per_answer is None else round(self.cents_per_answer / 100)


@dataclass(frozen=True)
class Heard:
    """Evidence from one target group or one neighbourhood. None yet is an alarm."""

    name: str
    ideas: int
    pieces: int
    people: int
    district: str = ""


@dataclass(frozen=True)
class Board:
    """All lines, and the figures over them."""

    lines: Sequence[BoardLine]
    started: int = 0
    stopped: int = 0
    groups: Sequence[Heard] = field(default_factory=tuple)
    places: Sequence[Heard] = field(default_factory=tuple)

    @property
    def names_districts(self) -> bool:
        """Whether of any neighbourhood the district is known."""
        return any(heard.district for heard in self.places)

    @property
    def stop_rate(self) -> float | None:
        """Share of the ideas that were begun and stop or pivot. A stop in time is a good outcome."""
        return self.stopped / self.started if self.started else None


def board(viewer: Any, challenge: Challenge | None = None) -> Board:
    """The board as this viewer may see it: the programme all ideas that nothing binds it to, others only their own."""
    visible = visible_gates(viewer)
    ideas = list(visible.filter(challenge=challenge) if challenge else visible)
    pks = [idea.pk for idea in ideas]
    now = timezone.now()
    by_idea = stands_of(Assumption.objects.filter(idea__in=pks, retired_reason="").order_by())
    costs = _costs(pks)
    learned, ended = _learning(pks)
    passed, told = passed_gates(ideas), told_to_stop(pks)
    parked = set(Track.objects.filter(idea__in=pks, state=Track.State.PARKED).values_list("idea_id", flat=True))
    lines = [
        BoardLine(
            idea=idea,
            stage=max((stage_after(gate) for gate in passed.get(idea.pk, ())), default=0),
            cost_cents=costs.get(idea.pk, 0),
            ended=ended.get(idea.pk, "") if idea.follow_up_ended_at else "",
            must_stop=idea.is_followed_up and idea.pk in told,
            is_parked=idea.pk in parked,
            **_stand(idea, by_idea[idea.pk]),
            **_time(idea, learned.get(idea.pk), now),
        )
        for idea in ideas
    ]
    lines.sort(key=lambda line: (line.risk is None, -line.stage, -(line.risk or 0), line.idea.reference))
    begun = [
        line for line in lines if line.idea.pivot_of_id not in pks
    ]  # a pivot is a turn of an idea, not another one
    return Board(
        lines,
        started=len(begun),
        stopped=sum(line.stops for line in begun),
        groups=_groups_heard(pks),
        places=_places_heard(ideas),
    )


def board_challenges(viewer: Any) -> list[Challenge]:
    """The challenges to choose from: those with a line on the board of this viewer."""
    ideas = visible_gates(viewer).order_by().values("challenge")
    return list(visible_challenges(viewer).filter(pk__in=ideas))


class Stand(NamedTuple):
    """Where one assumption stands: the few figures that the board needs. `is_own`: not just come along with a pivot."""

    importance: int
    uncertainty: float
    status: str
    is_own: bool = True

    @property
    def is_settled(self) -> bool:
        """As validation's Line.is_settled."""
        return self.status in {"supported", "refuted"}

    @property
    def is_critical(self) -> bool:
        """As validation's Line.is_critical."""
        return self.importance >= Assumption.Importance.LARGE


def remaining_risk(stands: Iterable[Stand]) -> float:
    """Importance (1 to 5) x uncertainty (0 to 1), summed over the critical assumptions that are not settled."""
    return sum(one.importance * one.uncertainty for one in stands if one.is_critical and not one.is_settled)


def stands_of(assumptions: QuerySet[Assumption]) -> defaultdict[int, list[Stand]]:
    """Per idea where its assumptions stand.

    The same as validation.queries.lines_of says (a test compares the two), without a row object for every piece of
    evidence of the whole city: six times as fast for 10,000 pieces.
    """
    pieces: defaultdict[int, list[Weighed]] = defaultdict(list)
    makers: defaultdict[int, set[int]] = defaultdict(set)
    for pk, maker, direction, strength, source in EvidenceLink.objects.filter(
        assumption__in=assumptions, evidence__retracted_at=None
    ).values_list("assumption_id", "evidence__idea_id", "direction", "evidence__strength", "evidence__source"):
        pieces[pk].append(Weighed(WAYS[direction], strength, source))
        makers[pk].add(maker)
    own_say = dict(
        Override.objects.filter(assumption__in=assumptions, lifted_at=None).values_list("assumption_id", "status")
    )
    found: defaultdict[int, list[Stand]] = defaultdict(list)
    for pk, idea, importance, belief, parent in assumptions.values_list(
        "pk", "idea_id", "importance", "belief", "inherited_from"
    ):
        standing = weigh(belief, pieces[pk])
        own = parent is None or idea in makers[pk]
        found[idea].append(Stand(importance, standing.uncertainty, own_say.get(pk, standing.status), own))
    return found


def _stand(idea: Idea, stands: Sequence[Stand]) -> dict[str, Any]:
    going = idea.is_followed_up
    return {
        "risk": remaining_risk(stands) if going else None,
        "open_critical": sum(one.is_critical and not one.is_settled for one in stands) if going else None,
        "settled": sum(one.is_settled and one.is_own for one in stands),
    }


def _time(idea: Idea, learned_at: datetime | None, now: datetime) -> dict[str, Any]:
    until = idea.follow_up_ended_at or now
    began = idea.followed_up_at or until  # visible_work: it has always begun
    return {
        "days": max(0, (until - began).days),
        "quiet_days": max(0, (until - learned_at).days) if learned_at else None,
        "is_quiet": idea.is_followed_up and until - (learned_at or began) > QUIET,
    }


def _costs(pks: Sequence[int]) -> dict[int, int]:
    done = TestCard.objects.filter(idea__in=pks, state=TestCard.State.DONE).order_by()
    return dict(done.values("idea").annotate(cost=Sum("cost_cents")).values_list("idea", "cost"))


def _learning(pks: Sequence[int]) -> tuple[dict[int, datetime], dict[int, str]]:
    """Per idea when something was learned last, and whether a learning ended it: a stop or a pivot."""
    cards = LearningCard.objects.filter(idea__in=pks).order_by()
    last = dict(cards.values("idea").annotate(last=Max("created_at")).values_list("idea", "last"))
    ended = dict(cards.filter(decision__in=BY_CHOICE).order_by("number").values_list("idea", "decision"))
    return last, ended


def _groups_heard(pks: Sequence[int]) -> list[Heard]:
    """Every target group that an idea names, with what came from the group itself; the least heard first."""
    shown: dict[str, str] = {}
    ideas: defaultdict[str, set[int]] = defaultdict(set)
    for pk, name in TargetGroup.objects.filter(idea__in=pks).values_list("idea", "name"):
        key = _plain(name)
        shown.setdefault(key, name)
        ideas[key].add(pk)
    pieces: Counter[str] = Counter()
    people: Counter[str] = Counter()
    said = Evidence.objects.filter(idea__in=pks, source=Evidence.Source.TARGET_GROUP)
    for _idea, name, count in heard_from(said, "group__name"):
        pieces[_plain(name)] += 1
        people[_plain(name)] += count
    found = [Heard(shown[key], len(ideas[key]), pieces[key], people[key]) for key in shown]
    return sorted(found, key=lambda heard: (heard.pieces, heard.name.casefold()))


def _places_heard(ideas_shown: Sequence[Idea]) -> list[Heard]:
    """Every neighbourhood the challenges name or evidence comes from, the least heard first; "" for what names none.

    An area of a challenge may name its district behind it: "Molenwijk (Noord)". By district then, the unknown ones last.
    """
    shown: dict[str, str] = {}
    districts: dict[str, str] = {}
    for area in _areas({idea.challenge_id for idea in ideas_shown}):
        name, district = _in_district(area)
        shown.setdefault(_plain(name), name)
        districts.setdefault(_plain(name), district)
    ideas: defaultdict[str, set[int]] = defaultdict(set)
    pieces: Counter[str] = Counter()
    people: Counter[str] = Counter()
    said = Evidence.objects.filter(idea__in=[idea.pk for idea in ideas_shown]).exclude(source=Evidence.Source.DESK)
    for pk, place, count in heard_from(said, "place"):
        name, district = _in_district(place)
        key = _plain(name)
        shown.setdefault(key, name)
        districts[key] = districts.get(key) or district
        ideas[key].add(pk)
        pieces[key] += 1
        people[key] += count
    found = [Heard(shown[key], len(ideas[key]), pieces[key], people[key], districts[key]) for key in shown]
    return sorted(
        found,
        key=lambda one: (
            not one.name, not one.district, one.district.casefold(), one.pieces, one.name.casefold(),
        ),
    )  # fmt: skip


def _in_district(area: str) -> tuple[str, str]:
    """ "Molenwijk (Noord)" -> "Molenwijk" and "Noord"; without it, the district that the city knows, or ""."""
    name, _bracket, district = area.strip().removesuffix(")").partition(" (")
    return name.strip(), district.strip() or district_of(name)


def _areas(challenges: set[int]) -> list[str]:
    """The neighbourhoods on the latest canvas of these challenges."""
    versions = CanvasVersion.objects.filter(challenge__in=challenges).order_by("number")
    latest = {version.challenge_id: version for version in versions}
    return [name for version in latest.values() for name in version.area_names]


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
