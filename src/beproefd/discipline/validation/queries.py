# SPDX-License-Identifier: EUPL-1.2
"""Reading a team's work: for the team, its coach and the programme; for everyone else it does not exist."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from beproefd.discipline.challenges.queries import visible_challenges
from beproefd.discipline.ideas.models import Idea, IdeaVersion, TeamMember
from beproefd.ground.accounts.rules import is_coach, is_manager

from .models import (
    Assumption,
    CanvasRevision,
    Evidence,
    EvidenceLink,
    LearningCard,
    Observation,
    Override,
    Reading,
    TargetGroup,
    TestCard,
)
from .rules import can_look_in, closed_to
from .sentences import days
from .weighing import Standing, Weighed, riskiest_first, weigh, worth

QUIET = timedelta(days=14)
"""A team that finished no test for so long gets a signal (lesson 5: short cycles)."""
WAYS = {"supports": 1, "contradicts": -1, "unclear": 0}


def visible_work(viewer: Any) -> QuerySet[Idea]:
    """Ideas that are or were worked out and whose work the viewer may see."""
    if not viewer.is_authenticated:
        return Idea.objects.none()
    ideas = Idea.objects.filter(followed_up_at__isnull=False, challenge__in=visible_challenges(viewer))
    steers = Q(coach=viewer) if is_coach(viewer) else Q()
    mine = Q(pk__in=Idea.objects.filter(Q(members__user=viewer) | steers).values("pk"))
    ideas = ideas.filter(mine | ~Q(pk__in=closed_to(viewer)) if is_manager(viewer) else mine)
    return ideas.select_related("challenge", "coach", "pivot_of").prefetch_related(
        Prefetch("versions", queryset=IdeaVersion.objects.order_by("-number"), to_attr="newest"),
        Prefetch("members", queryset=TeamMember.objects.select_related("user")),
    )


def target_groups(viewer: Any, idea: Idea) -> list[TargetGroup]:
    """The groups the idea is for."""
    return list(TargetGroup.objects.filter(idea=idea)) if can_look_in(viewer, idea) else []


# Assumptions


@dataclass(frozen=True)
class Line:
    """An assumption with where it stands. `status` is the team's own say where there is one, else the computed one."""

    assumption: Assumption
    standing: Standing
    override: Override | None
    cards: tuple[TestCard, ...]
    days: int
    euros: float
    rank: int

    @property
    def status(self) -> str:
        """What counts."""
        return self.override.status if self.override else self.standing.status

    @property
    def worth(self) -> float:
        """Importance x uncertainty for what testing costs, work and money; nothing once it is settled."""
        if self.is_settled:
            return 0.0
        importance, unsure = self.assumption.importance, self.standing.uncertainty
        return worth(importance, unsure, self.days, self.euros, settings.DAY_OF_WORK_EUROS)

    @property
    def is_settled(self) -> bool:
        """Whether testing it again adds little."""
        return self.status in {"supported", "refuted"}

    @property
    def is_critical(self) -> bool:
        """Without it the idea fails."""
        return self.assumption.importance >= Assumption.Importance.LARGE

    @property
    def next_card(self) -> TestCard | None:
        """The test that runs or is being prepared."""
        return next((card for card in self.cards if card.state in {"running", "draft"}), None)

    @property
    def why(self) -> str:
        """One sentence that explains the place in the order."""
        if self.is_settled:
            return _("There is enough evidence about this.")
        unsure = {
            "for": _("what we saw speaks for it, not yet enough to be sure"),
            "against": _("what we saw speaks against it, not yet enough to be sure"),
            "both": _("what we saw speaks both for and against it"),
            "": _("we do not know yet") if self.standing.pieces else _("nothing was seen yet"),
        }[self.standing.leaning]
        known = {"importance": self.assumption.importance, "unsure": unsure, "days": days(self.days)}
        if not self.euros:
            return _("Importance %(importance)s of 5, %(unsure)s, and testing takes about %(days)s.") % known
        known |= {"euros": number_format(round(self.euros), force_grouping=True), "day": day_in_euros()}
        return (
            _(
                "Importance %(importance)s of 5, %(unsure)s, and testing takes about %(days)s and € %(euros)s "
                "(€ %(day)s weighs as much as a day of work)."
            )
            % known
        )


def day_in_euros() -> str:
    """How much money weighs as much as a day of work, as a person reads it."""
    return number_format(settings.DAY_OF_WORK_EUROS, force_grouping=True)


def register(viewer: Any, idea: Idea, *, retired: bool = False) -> list[Line]:
    """All assumptions, the one most worth testing next first. Empty for who may not look."""
    if not can_look_in(viewer, idea):
        return []
    return lines_of(
        Assumption.objects.filter(idea=idea, retired_reason="")
        if not retired
        else Assumption.objects.filter(idea=idea).exclude(retired_reason="")
    )


def lines_of(assumptions: QuerySet[Assumption]) -> list[Line]:
    """Where these assumptions stand, riskiest first. For the rooms above; they decide who sees what."""
    rows = list(
        assumptions.select_related("group", "owner", "idea", "inherited_from__idea").prefetch_related(
            Prefetch(
                "evidence_links",
                queryset=EvidenceLink.objects.filter(evidence__retracted_at=None).select_related("evidence"),
            ),
            Prefetch("overrides", queryset=Override.objects.filter(lifted_at=None), to_attr="standing_overrides"),
            Prefetch("cards", queryset=TestCard.objects.order_by("-number")),
        )
    )
    unordered = []
    for row in rows:
        standing = weigh(
            row.belief,
            [
                Weighed(WAYS[link.direction], link.evidence.strength, link.evidence.source)
                for link in row.evidence_links.all()
            ],
        )
        override: Any = next(iter(row.standing_overrides), None)
        cards = tuple(row.cards.all())
        planned = next((card for card in cards if card.state in {"running", "draft"}), None)
        work, euros = (planned.effort_days, planned.cost_cents / 100) if planned else (row.effort_days, 0.0)
        unordered.append(Line(row, standing, override, cards, work, euros, 0))
    order = riskiest_first([line.worth for line in unordered])
    return [replace(unordered[index], rank=rank) for rank, index in enumerate(order, start=1)]


# Tests


@dataclass(frozen=True)
class CardLine:
    """A test card, what the engine said last (None: nothing observed yet) and the number of observations."""

    card: TestCard
    reading: Reading | None
    seen: int

    @property
    def is_on_its_way(self) -> bool:
        """People were seen, and it is no evidence yet."""
        undecided = self.reading is None or self.reading.verdict == "CONTINUE"
        return bool(self.card.state == TestCard.State.RUNNING and self.seen and undecided)


def cards(viewer: Any, idea: Idea) -> list[CardLine]:
    """The test cards, newest first."""
    if not can_look_in(viewer, idea):
        return []
    found = TestCard.objects.filter(idea=idea).select_related("group").prefetch_related("links__assumption")
    last = {reading.card_id: reading for reading in Reading.objects.filter(card__idea=idea).order_by("pk")}
    seen = Counter(Observation.objects.filter(card__idea=idea, struck_at=None).values_list("card_id", flat=True))
    return [CardLine(card, last.get(card.pk), seen[card.pk]) for card in found.order_by("-number")]


def last_written(viewer: Any, card: TestCard) -> Observation | None:
    """What the viewer wrote down last in this test today: who taps on is still in the same place."""
    rows = card.observations.filter(entered_by=viewer, received_at__date=timezone.localdate(), struck_at=None)
    return rows.order_by("-position").first()


def verdict_of(card: TestCard) -> Reading | None:
    """The newest reading of a card."""
    return card.readings.order_by("-pk").first()


@dataclass(frozen=True)
class Tempo:
    """How short the cycles are. The median is None as long as nothing was finished."""

    running: int
    median_days_to_evidence: float | None
    quiet: bool


def tempo(viewer: Any, idea: Idea, *, begun: datetime | None = None) -> Tempo | None:
    """The signal of lesson 5: no test is running, or none was finished in 14 days, counted from when the work `begun`."""
    return tempos([idea], {idea.pk: begun} if begun else {})[idea.pk] if can_look_in(viewer, idea) else None


def tempos(ideas: Sequence[Idea], begun: Mapping[int, datetime] | None = None) -> dict[int, Tempo]:
    """`tempo` for many ideas in two queries. For the rooms above; they decide who sees what.

    `begun`: when the work on an idea started, or went on after a pause; without it the day it was handed to the team.
    """
    now = timezone.now()
    running: Counter[int] = Counter()
    finished: dict[int, datetime] = {}
    for pk, state, ended in TestCard.objects.filter(idea__in=ideas).values_list("idea_id", "state", "ended_at"):
        running[pk] += state == TestCard.State.RUNNING
        if state == TestCard.State.DONE and ended:
            finished[pk] = max(ended, finished.get(pk, ended))
    first: dict[tuple[int, int], float] = {}
    for about, pk, written, came in EvidenceLink.objects.filter(
        assumption__idea__in=ideas, evidence__retracted_at=None, assumption__inherited_from=None
    ).values_list("assumption__idea_id", "assumption_id", "assumption__created_at", "evidence__created_at"):
        waited = (came - written).total_seconds() / 86400
        first[about, pk] = min(waited, first.get((about, pk), waited))
    waits: defaultdict[int, list[float]] = defaultdict(list)
    for (about, _pk), waited in first.items():
        waits[about].append(waited)
    found = {}
    for idea in ideas:
        start = (begun or {}).get(idea.pk) or idea.followed_up_at or now
        since = max(start, finished.get(idea.pk, start))
        quiet = idea.is_followed_up and (not running[idea.pk] or now - since > QUIET)
        found[idea.pk] = Tempo(
            running[idea.pk],
            median(waits[idea.pk]) if waits[idea.pk] else None,
            quiet,
        )
    return found


# Evidence and learning


def evidence_log(viewer: Any, idea: Idea) -> list[Evidence]:
    """All evidence about the idea, newest first; what came along with inherited assumptions too."""
    if not can_look_in(viewer, idea):
        return []
    pks = EvidenceLink.objects.filter(assumption__idea=idea).values("evidence")
    links = EvidenceLink.objects.filter(assumption__idea=idea).select_related("assumption")
    return list(
        Evidence.objects.filter(Q(idea=idea) | Q(pk__in=pks))
        .select_related("group", "card", "idea", "created_by")
        .prefetch_related(Prefetch("links", queryset=links), *with_titles("idea"))
        .order_by("-seen_on", "-pk")
    )


def with_titles(idea: str) -> list[Any]:
    """What to read along (`idea`: the way to the ideas), so that the title of each costs no query of its own."""
    return [Prefetch(f"{idea}__versions", queryset=IdeaVersion.objects.order_by("-number"), to_attr="newest")]


def named_evidence(pieces: Sequence[Evidence]) -> list[tuple[Evidence, str]]:
    """The pieces with what to call each: B1, or with the title of its idea when they come from more than one idea.

    After a pivot the idea before and the changed idea each have a B1.
    """
    mixed = len({item.idea_id for item in pieces}) > 1
    return [(item, f"{item.idea.title} {item.reference}" if mixed else item.reference) for item in pieces]


beside_the_outcome: list[Callable[[Any, Idea, Collection[int]], dict[int, str]]] = []
"""Rooms above add here what else was seen in tests, per card in one sentence; it never counts for the outcome."""


def seen_beside(viewer: Any, idea: Idea, pieces: Iterable[Evidence]) -> dict[int, str]:
    """Per piece of evidence of this idea what was seen in its test beside the outcome. Empty for who may not look."""
    if not can_look_in(viewer, idea):
        return {}
    cards = {item.card_id: item.pk for item in pieces if item.card_id and item.idea_id == idea.pk}
    found: dict[int, str] = {}
    for ask in beside_the_outcome if cards else ():
        for card, text in ask(viewer, idea, cards).items():
            found[cards[card]] = f"{found[cards[card]]} {text}" if cards[card] in found else text
    return found


@dataclass(frozen=True)
class Coverage:
    """Evidence from one target group itself; none yet is an alarm."""

    name: str
    pieces: int
    people: int

    @property
    def alarm(self) -> bool:
        """No evidence from these people."""
        return self.pieces == 0


def coverage(viewer: Any, idea: Idea) -> list[Coverage]:
    """Per target group of the idea how much evidence came from the group itself."""
    if not can_look_in(viewer, idea):
        return []
    names = [group.name for group in target_groups(viewer, idea)]
    log = [item.pk for item in evidence_log(viewer, idea) if item.source == Evidence.Source.TARGET_GROUP]
    pieces: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for _idea, name, count in heard_from(Evidence.objects.filter(pk__in=log), "group__name"):
        pieces[name] += 1
        people[name] += count
    return [Coverage(name, pieces[name], people[name]) for name in names]


def heard_from(evidence: QuerySet[Evidence], what: str) -> Iterator[tuple[int, str, int]]:
    """Idea, name and number of people, for each piece of evidence that still counts; `what` is "group__name" or "place".

    A test with people of more than one group, or from more than one neighbourhood, is a piece for each of them. ""
    where nothing was said.
    """
    standing = evidence.filter(retracted_at=None).order_by()
    unsaid = standing.filter(**{f"{what.partition('__')[0]}__isnull": True} if "__" in what else {what: ""})
    tests = unsaid.filter(card__isnull=False)
    for pk, name, people in standing.exclude(pk__in=tests.values("pk")).values_list("idea", what, "people"):
        yield pk, name or "", people
    seen = Observation.objects.filter(card__in=tests.values("card"), struck_at=None, after_verdict=False).order_by()
    for pk, _card, name, people in seen.values_list("card__idea", "card", what).annotate(people=Count("pk")):
        yield pk, name or "", people


def places(viewer: Any, idea: Idea) -> list[str]:
    """Names of neighbourhoods to pick from: those of the challenge, and those the team wrote down before."""
    if not can_look_in(viewer, idea):
        return []
    canvas = idea.challenge.canvas
    written = Evidence.objects.filter(idea=idea).order_by().values_list("place")
    written = written.union(Observation.objects.filter(card__idea=idea).order_by().values_list("place"))
    return list(dict.fromkeys([*(canvas.area_names if canvas else []), *sorted(name for (name,) in written if name)]))


def learning(viewer: Any, idea: Idea) -> list[LearningCard]:
    """The learning cards, newest first."""
    if not can_look_in(viewer, idea):
        return []
    return list(
        LearningCard.objects.filter(idea=idea)
        .select_related("created_by")
        .prefetch_related("assumptions", "evidence__idea", *with_titles("evidence__idea"))
        .order_by("-number")
    )


def canvas_revisions(viewer: Any, idea: Idea) -> list[CanvasRevision]:
    """All revisions of the canvas, newest first."""
    if not can_look_in(viewer, idea):
        return []
    return list(
        idea.canvasrevisions.select_related("created_by")
        .prefetch_related("evidence__idea", *with_titles("evidence__idea"))
        .order_by("-number")
    )


@dataclass(frozen=True)
class Relative:
    """An idea in the family tree of pivots. `depth` 0 is where it began."""

    idea: Idea
    depth: int
    pivot: LearningCard | None

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Title and address of what the turn rests on, each once."""
        pieces = self.pivot.evidence.all() if self.pivot else []
        return list(dict.fromkeys((item.source_title, item.source_url) for item in pieces if item.source_title))


def family(viewer: Any, idea: Idea) -> list[Relative]:
    """The ideas this one came from and those that came from it, each generation under its parent."""
    if not can_look_in(viewer, idea):
        return []
    root = idea
    while root.pivot_of_id:
        root = Idea.objects.select_related("pivot_of").get(pk=root.pivot_of_id)
    visible = {item.pk: item for item in visible_work(viewer).filter(challenge=idea.challenge)}
    turns = {
        card.idea_id: card
        for card in LearningCard.objects.filter(idea__in=visible, decision__in=("pivot", "stop", "park"))
        .prefetch_related("evidence")
        .order_by("number")
    }
    children: defaultdict[int, list[int]] = defaultdict(list)
    for item in visible.values():
        if item.pivot_of_id:
            children[item.pivot_of_id].append(item.pk)
    found: list[Relative] = []

    def walk(pk: int, depth: int) -> None:
        if pk in visible:
            found.append(Relative(visible[pk], depth, turns.get(pk)))
        for child in sorted(children[pk]):
            walk(child, depth + 1)

    walk(root.pk, 0)
    return found if len(found) > 1 else []
