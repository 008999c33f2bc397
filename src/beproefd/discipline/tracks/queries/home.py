# SPDX-License-Identifier: EUPL-1.2
"""The first page of a track: where it stands, and the one next thing to do."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation.models import LearningCard, TestCard
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
    register,
    tempo,
)
from beproefd.discipline.validation.rules import can_look_in
from beproefd.discipline.validation.sentences import verdict_word

from ..models import Resolution, Track
from .track import Check, CycleLine, cycle_lines, signal_of, start_checks


@dataclass(frozen=True)
class NextStep:
    """What to do now, in a sentence, and the page where it is done (a url name, and a number where one is needed)."""

    text: str
    label: str
    where: str
    number: int | None = None


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
class Home:
    """Everything on the page."""

    track: Track
    checks: list[Check]
    tempo: Tempo
    signal: str
    riskiest: Line | None
    tests: list[CardLine]
    running: list[RunningTest]
    cycles: list[CycleLine]
    alarms: list[Coverage]
    learned: list[LearningCard]
    family: list[Relative]
    overdue: list[Resolution]

    @property
    def is_done(self) -> bool:
        """Under way, with every cycle closed."""
        return self.track.is_running and all(line.cycle.is_closed for line in self.cycles)

    @property
    def next(self) -> NextStep:
        """The one thing that holds the team up most."""
        step = next(filter(None, (ask(self) for ask in STEPS)), None)
        return step or NextStep(
            _("Nothing stands open. Write down a new assumption: what must also be true?"),
            _("To the assumptions"),
            "validation:assumptions",
        )


def actions_to_do(viewer: Any, idea: Idea) -> QuerySet[Resolution]:
    """First actions that are not done yet, the most urgent first."""
    found = Resolution.objects.filter(objection__idea=idea, done_at=None).select_related("owner", "objection")
    return found if can_look_in(viewer, idea) else found.none()


def home(viewer: Any, track: Track, idea: Idea) -> Home | None:
    """The page for who may look in; None for everyone else."""
    if not can_look_in(viewer, idea):
        return None
    pace = tempo(viewer, idea) or Tempo(0, None, None, quiet=False)
    tests = cards(viewer, idea)
    return Home(
        track=track,
        checks=start_checks(track) if track.state == Track.State.PREPARING else [],
        tempo=pace,
        signal=signal_of(track, pace),
        riskiest=next((line for line in register(viewer, idea) if not line.is_settled), None),
        tests=tests,
        running=[RunningTest(line) for line in tests if line.card.state == TestCard.State.RUNNING],
        cycles=cycle_lines(track),
        alarms=[group for group in coverage(viewer, idea) if group.alarm],
        learned=learning(viewer, idea)[:3],
        family=family(viewer, idea),
        overdue=[action for action in actions_to_do(viewer, idea) if action.is_overdue],
    )


# What to do now: the first of these that applies


def _not_under_way(home: Home) -> NextStep | None:
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


def _late_action(home: Home) -> NextStep | None:
    if not home.overdue:
        return None
    text = _("A first action is late: %(action)s.") % {"action": home.overdue[0].first_action.rstrip(".")}
    return NextStep(text, _("To the dialogue"), "tracks:dialogue")


def _decided_test(home: Home) -> NextStep | None:
    test = next((test for test in home.running if test.is_decided), None)
    if test is None:
        return None
    text = _("Test %(card)s has an outcome. Close it.") % {"card": test.card.reference}
    return NextStep(text, _("To this test"), "validation:card", test.card.number)


def _late_cycle(home: Home) -> NextStep | None:
    late = next((line for line in home.cycles if line.is_current and line.cycle.is_overdue), None)
    if late is None:
        return None
    number = {"number": late.cycle.number}
    if not late.learned:
        text = _("Cycle %(number)s is over. Write down what you learned.") % number
        return NextStep(text, _("Write a learning card"), "tracks:learn")
    text = _("Cycle %(number)s is over. Answer its question and close it.") % number
    return NextStep(text, _("Close the cycle"), "tracks:cycle", late.cycle.number)


def _running_test(home: Home) -> NextStep | None:
    if not home.running:
        return None
    test = home.running[0].card
    text = _("Test %(card)s is running. Go to people and note what you see.") % {"card": test.reference}
    return NextStep(text, _("To this test"), "validation:card", test.number)


def _planned_test(home: Home) -> NextStep | None:
    draft = next((line.card for line in home.tests if line.card.state == TestCard.State.DRAFT), None)
    if draft is None:
        return None
    text = _("Test %(card)s is ready. Start it.") % {"card": draft.reference}
    return NextStep(text, _("To this test"), "validation:card", draft.number)


def _riskiest(home: Home) -> NextStep | None:
    if home.riskiest is None:
        return None
    text = _("Plan a test of %(assumption)s: it is the riskiest now.") % {
        "assumption": home.riskiest.assumption.reference
    }
    return NextStep(text, _("Plan a test"), "validation:card_new")


def _goal(home: Home) -> NextStep | None:
    current = next((line for line in home.cycles if line.is_current), None)
    if current is None or current.cycle.goal or not current.cycle.has_begun:
        return None
    text = _("Write what you want to know at the end of cycle %(number)s.") % {"number": current.cycle.number}
    return NextStep(text, _("Write the goal"), "tracks:cycle", current.cycle.number)


STEPS = (_not_under_way, _late_action, _decided_test, _late_cycle, _running_test, _planned_test, _riskiest, _goal)
