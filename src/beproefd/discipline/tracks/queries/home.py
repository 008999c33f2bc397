# SPDX-License-Identifier: EUPL-1.2
"""The first page of a track: where it stands, and the one next thing to do."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Prefetch, QuerySet
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation.models import Assumption, LearningCard, Reading, TestCard
from beproefd.discipline.validation.queries import (
    CardLine,
    Coverage,
    Line,
    Relative,
    Tempo,
    cards,
    coverage,
    family,
    learning,
    lines_of,
    register,
    tempo,
    visible_work,
)
from beproefd.discipline.validation.rules import can_look_in
from beproefd.discipline.validation.sentences import verdict_word

from ..models import Cycle, Resolution, Track
from .track import (
    Check,
    CycleLine,
    StartList,
    cycle_lines,
    signal_of,
    start_checks,
    start_checks_of,
    start_list,
    wait_text,
)

must_stop: list[Callable[[Collection[int]], Collection[int]]] = []
"""Rooms above add here which of these ideas heard that they must stop. The team itself ends the work, by a learning."""


@dataclass(frozen=True)
class NextStep:
    """What to do now, in a sentence, and the page where it is done (a url name, and a number where one is needed)."""

    text: str
    label: str
    where: str
    number: int | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """The number as part of an address."""
        return () if self.number is None else (self.number,)


@dataclass(frozen=True)
class RunningTest:
    """A test that runs, with the newest word of the engine."""

    line: CardLine

    @property
    def card(self) -> TestCard:
        """The card."""
        return self.line.card

    @property
    def verdict(self) -> str:
        """One word; empty when nothing was observed yet."""
        return verdict_word(self.line.reading.verdict) if self.line.reading else ""

    @property
    def is_decided(self) -> bool:
        """The engine says that it can stop."""
        return bool(self.line.reading and self.line.reading.verdict != "CONTINUE")


@dataclass(frozen=True)
class Work:
    """What the next step of a team goes by."""

    track: Track
    checks: list[Check]
    riskiest: Line | None
    tests: list[CardLine]
    cycles: list[CycleLine]
    overdue: list[Resolution]
    must_stop: bool

    @property
    def running(self) -> list[RunningTest]:
        """The tests that run now."""
        return [RunningTest(line) for line in self.tests if line.card.state == TestCard.State.RUNNING]

    @property
    def next(self) -> NextStep:
        """The one thing that holds the team up most."""
        step = next(filter(None, (ask(self) for ask in STEPS)), None)
        return step or NextStep(
            _("Nothing stands open. Write down a new assumption: what must also be true?"),
            _("To the assumptions"),
            "validation:assumptions",
        )


@dataclass(frozen=True)
class Home(Work):
    """Everything on the page. A track that ended asks nothing more, so then nothing open is in it."""

    begun: StartList | None
    tempo: Tempo
    alarms: list[Coverage]
    learned: list[LearningCard]
    family: list[Relative]

    @property
    def signal(self) -> str:
        """The signal of lesson 5."""
        return signal_of(self.track, self.tempo)

    @property
    def wait(self) -> str:
        """How long it takes from an assumption to its first evidence, in words."""
        return wait_text(self.tempo)

    @property
    def is_done(self) -> bool:
        """Under way, with every cycle closed."""
        return self.track.is_running and all(line.cycle.is_closed for line in self.cycles)


def actions_to_do(viewer: Any, idea: Idea) -> QuerySet[Resolution]:
    """First actions that are not done yet, the most urgent first."""
    found = Resolution.objects.filter(objection__idea=idea, done_at=None).select_related("owner", "objection")
    return found if can_look_in(viewer, idea) else found.none()


def home(viewer: Any, track: Track, idea: Idea) -> Home | None:
    """The page for who may look in; None for everyone else."""
    if not can_look_in(viewer, idea):
        return None
    is_open = track.is_open
    return Home(
        track=track,
        checks=start_checks(track) if track.state == Track.State.PREPARING else [],
        begun=start_list(viewer, track),
        tempo=tempo(viewer, idea) or Tempo(0, None, quiet=False),
        riskiest=next((line for line in register(viewer, idea) if not line.is_settled), None) if is_open else None,
        tests=cards(viewer, idea),
        cycles=cycle_lines(track),
        alarms=[group for group in coverage(viewer, idea) if group.alarm] if is_open else [],
        learned=learning(viewer, idea)[:3],
        family=family(viewer, idea),
        overdue=[action for action in actions_to_do(viewer, idea) if action.is_overdue] if is_open else [],
        must_stop=is_open and idea.pk in _must_stop([idea.pk]),
    )


def _must_stop(ideas: Collection[int]) -> set[int]:
    return {pk for ask in must_stop for pk in ask(ideas)}


@dataclass(frozen=True)
class OwnStep:
    """The next step of one of the viewer's own teams."""

    idea: Idea
    step: NextStep


def own_steps(viewer: Any) -> list[OwnStep]:
    """What the viewer's own teams can do now; the number of queries does not grow with the teams.

    The same steps as on the first page of each track (a test compares the two). Parked and ended tracks ask nothing.
    """
    if not viewer.is_authenticated:
        return []
    own = Idea.objects.filter(members__user=viewer).values("pk")
    ideas = {idea.pk: idea for idea in visible_work(viewer).filter(pk__in=own, follow_up_ended_at=None)}
    states = (Track.State.PREPARING, Track.State.RUNNING)
    cycles = Prefetch("cycles", queryset=Cycle.objects.order_by("number"))
    found = list(
        Track.objects.filter(idea__in=ideas, state__in=states).prefetch_related(cycles).order_by("ends_on", "pk")
    )
    for track in found:
        track.idea = ideas[track.idea_id]
    return [OwnStep(work.track.idea, work.next) for work in _works(found)]


def _works(tracks: Sequence[Track]) -> list[Work]:
    ideas = [track.idea_id for track in tracks]
    if not ideas:
        return []
    checks = start_checks_of([track for track in tracks if track.state == Track.State.PREPARING])
    lines: defaultdict[int, list[Line]] = defaultdict(list)
    for line in lines_of(Assumption.objects.filter(idea__in=ideas, retired_reason="")):
        lines[line.assumption.idea_id].append(line)
    of_running = Reading.objects.filter(card__idea__in=ideas, card__state=TestCard.State.RUNNING).order_by()
    newest = of_running.values("card").annotate(newest=Max("pk")).values("newest")
    readings = {reading.card_id: reading for reading in Reading.objects.filter(pk__in=newest)}
    tests: defaultdict[int, list[CardLine]] = defaultdict(list)
    for card in TestCard.objects.filter(idea__in=ideas).order_by("-number"):
        tests[card.idea_id].append(CardLine(card, readings.get(card.pk), 0))  # a step does not say how many were seen
    written: defaultdict[int, list[datetime]] = defaultdict(list)
    for idea, moment in LearningCard.objects.filter(idea__in=ideas).values_list("idea_id", "created_at"):
        written[idea].append(moment)
    late: defaultdict[int, list[Resolution]] = defaultdict(list)
    for action in Resolution.objects.filter(objection__idea__in=ideas, done_at=None).select_related("objection"):
        if action.is_overdue:
            late[action.objection.idea_id].append(action)
    told = _must_stop(ideas)
    return [
        Work(
            track=track,
            checks=checks.get(track.pk, []),
            riskiest=next((line for line in lines[track.idea_id] if not line.is_settled), None),
            tests=tests[track.idea_id],
            cycles=cycle_lines(track, written[track.idea_id]),
            overdue=late[track.idea_id],
            must_stop=track.idea_id in told,
        )
        for track in tracks
    ]


# What to do now: the first of these that applies


def _told_to_stop(home: Work) -> NextStep | None:
    if not home.must_stop:
        return None
    text = _("The decision at the gate was to stop. Write the learning card that stops, so that others can use it.")
    return NextStep(text, _("Write a learning card"), "tracks:learn")


def _not_under_way(home: Work) -> NextStep | None:
    if home.track.state == Track.State.PARKED:
        return NextStep(_("The idea is parked. Go on when the time is right."), _("Go on"), "tracks:resume")
    if not home.track.is_open:
        return NextStep(
            _("This track has ended. Read what was learned."), _("Read the learning"), "validation:learning"
        )
    if home.track.is_running:
        return None
    missing = next((check for check in home.checks if not check.done), None)
    if missing is None:
        return NextStep(_("Everything is ready. You can start."), _("Start"), "tracks:start")
    text = _("Get ready for the start. First: %(what)s.") % {"what": missing.text}
    return NextStep(text, _("Do this first"), missing.where or "tracks:start")


def _late_action(home: Work) -> NextStep | None:
    if not home.overdue:
        return None
    text = _("A first action is late: %(action)s.") % {"action": home.overdue[0].first_action.rstrip(".")}
    return NextStep(text, _("To the dialogue"), "tracks:dialogue")


def _decided_test(home: Work) -> NextStep | None:
    test = next((test for test in home.running if test.is_decided), None)
    if test is None:
        return None
    text = _("Test %(card)s has an outcome. Close it.") % {"card": test.card.reference}
    return NextStep(text, _("To this test"), "validation:card", test.card.number)


def _late_cycle(home: Work) -> NextStep | None:
    late = next((line for line in home.cycles if line.is_current and line.cycle.is_overdue), None)
    if late is None:
        return None
    number = {"number": late.cycle.number}
    if not late.learned:
        text = _("Cycle %(number)s is over. Write down what you learned.") % number
        return NextStep(text, _("Write a learning card"), "tracks:learn")
    text = _("Cycle %(number)s is over. Answer its question and close it.") % number
    return NextStep(text, _("Close the cycle"), "tracks:cycle", late.cycle.number)


def _running_test(home: Work) -> NextStep | None:
    if not home.running:
        return None
    test = home.running[0].card
    text = _("Test %(card)s is running. Go to people and note what you see.") % {"card": test.reference}
    return NextStep(text, _("To this test"), "validation:card", test.number)


def _planned_test(home: Work) -> NextStep | None:
    draft = next((line.card for line in home.tests if line.card.state == TestCard.State.DRAFT), None)
    if draft is None:
        return None
    text = _("Test %(card)s is ready. Start it.") % {"card": draft.reference}
    return NextStep(text, _("To this test"), "validation:card", draft.number)


def _riskiest(home: Work) -> NextStep | None:
    if home.riskiest is None:
        return None
    text = _("Plan a test of %(assumption)s: it is the riskiest now.") % {
        "assumption": home.riskiest.assumption.reference
    }
    return NextStep(text, _("Plan a test"), "validation:card_new")


def _goal(home: Work) -> NextStep | None:
    current = next((line for line in home.cycles if line.is_current), None)
    if current is None or current.cycle.goal or not current.cycle.has_begun:
        return None
    text = _("Write what you want to know at the end of cycle %(number)s.") % {"number": current.cycle.number}
    return NextStep(text, _("Write the goal"), "tracks:cycle", current.cycle.number)


STEPS = (
    _told_to_stop,
    _not_under_way,
    _late_action,
    _decided_test,
    _late_cycle,
    _running_test,
    _planned_test,
    _riskiest,
    _goal,
)
