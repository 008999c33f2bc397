# SPDX-License-Identifier: EUPL-1.2
"""How firm the evidence for an idea is, in levels that people outside know. Values in, values out.

The ladders: Movisie, Goed Beschreven / Goed Onderbouwd / Effectief (movisie.nl/en/node/1820), and Nesta, Standards of
Evidence, levels 1 to 5 (nesta.org.uk/feature/innovation-methods/standards-evidence). How we read them for a small test
in a neighbourhood is ours: docs/policy/evidence-levels.md. It is a yardstick, not a recognition by Movisie or Nesta.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import IntegerChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

POLICY = "2026-11-23"  # date of docs/policy/evidence-levels.md; a dossier says by which policy it was computed
SOURCES = (
    ("Movisie", "https://www.movisie.nl/en/node/1820"),
    ("Nesta", "https://www.nesta.org.uk/feature/innovation-methods/standards-evidence/"),
)
HALF, THREE_QUARTERS, ALL = 0.5, 0.75, 1.0


class Level(IntegerChoices):
    """What is known. Nesta's level 5 asks for handbooks and daily practice, and cannot be computed from tests."""

    NONE = 0, gettext_lazy("Not described yet")
    DESCRIBED = 1, gettext_lazy("Well described")
    GROUNDED = 2, gettext_lazy("Well grounded")
    COMPARED = 3, gettext_lazy("Effective: compared")
    REPEATED = 4, gettext_lazy("Effective: compared in more places")


LADDER: dict[int, tuple[str, str]] = {
    Level.NONE: ("–", "–"),
    Level.DESCRIBED: ("Goed Beschreven", "1"),
    Level.GROUNDED: ("Goed Onderbouwd", "2"),
    Level.COMPARED: ("Effectief", "3"),
    Level.REPEATED: ("Effectief", "4"),
}
"""Level -> the rung of Movisie and the level of Nesta that ask for the same."""


@dataclass(frozen=True)
class Facts:
    """What the levels go by. A test passed: a locked test whose outcome supports an assumption of the idea."""

    canvas_complete: bool = False
    critical: int = 0
    critical_supported: int = 0
    groups: int = 0
    groups_heard: int = 0
    tests_passed: int = 0
    comparisons_passed: int = 0
    comparison_places: int = 0

    @property
    def share_supported(self) -> float:
        """Share of the critical assumptions that is supported; nothing named is nothing known."""
        return self.critical_supported / self.critical if self.critical else 0.0


CONDITIONS: tuple[tuple[str, int, str | Promise], ...] = (
    ("canvas", Level.DESCRIBED, gettext_lazy("The canvas is complete")),
    ("critical", Level.DESCRIBED, gettext_lazy("At least one assumption is named as critical")),
    ("half", Level.GROUNDED, gettext_lazy("At least half of the critical assumptions are supported")),
    ("groups", Level.GROUNDED, gettext_lazy("Every target group itself was heard")),
    ("test", Level.GROUNDED, gettext_lazy("At least one test that was locked beforehand is passed")),
    ("most", Level.COMPARED, gettext_lazy("At least three quarters of the critical assumptions are supported")),
    (
        "comparison",
        Level.COMPARED,
        gettext_lazy("At least one locked test that compares two ways side by side is passed"),
    ),
    ("all", Level.REPEATED, gettext_lazy("All critical assumptions are supported")),
    ("places", Level.REPEATED, gettext_lazy("Comparing tests are passed in at least two neighbourhoods")),
)
"""Everything the levels ask: name, level and words; the name stands in a dossier."""


@dataclass(frozen=True)
class Condition:
    """One thing a level asks, and whether it is so."""

    key: str
    level: int
    text: str
    met: bool


def conditions(facts: Facts) -> list[Condition]:
    """Everything the levels ask, lowest level first."""
    share = facts.share_supported
    met = {
        "canvas": facts.canvas_complete,
        "critical": facts.critical > 0,
        "half": share >= HALF,
        "groups": facts.groups > 0 and facts.groups_heard == facts.groups,
        "test": facts.tests_passed > 0,
        "most": share >= THREE_QUARTERS,
        "comparison": facts.comparisons_passed > 0,
        "all": share >= ALL,
        "places": facts.comparison_places > 1,
    }
    return [Condition(key, int(level), str(text), met[key]) for key, level, text in CONDITIONS]


def conditions_in(kept: Iterable[tuple[str, int, bool]]) -> list[Condition]:
    """The conditions of a dossier in words; one that this version no longer knows keeps its name."""
    words = {key: str(text) for key, _level, text in CONDITIONS}
    return [Condition(key, level, words.get(key, key), met) for key, level, met in kept]


def level_of(facts: Facts) -> int:
    """The highest level of which everything is so, and everything of the levels below."""
    reached = Level.NONE
    asked = conditions(facts)
    for level in list(Level)[1:]:
        if not all(condition.met for condition in asked if condition.level == level):
            break
        reached = level
    return int(reached)


@dataclass(frozen=True)
class Gate:
    """A gate on the way from idea to daily practice, and the level of evidence it asks."""

    key: str
    name: str | Promise
    meaning: str | Promise
    level: int


GATES = (
    Gate(
        "work_out",
        gettext_lazy("Work it out further"),
        gettext_lazy("The team gets more time and a small budget for tests."),
        Level.DESCRIBED,
    ),
    Gate(
        "small_trial",
        gettext_lazy("Small trial in one neighbourhood"),
        gettext_lazy("Real people use it, with few people and little money."),
        Level.GROUNDED,
    ),
    Gate(
        "wider_trial",
        gettext_lazy("Trial in more neighbourhoods"),
        gettext_lazy("It is tried where people and circumstances differ."),
        Level.COMPARED,
    ),
    Gate(
        "adopt",
        gettext_lazy("Bring it into daily practice"),
        gettext_lazy("It gets an owner and a place in the yearly budget."),
        Level.REPEATED,
    ),
)
"""In the order in which an idea passes them: the further and dearer, the firmer the evidence (Nesta: in proportion)."""
GATE_KEYS = tuple(gate.key for gate in GATES)


def gate_of(key: str) -> Gate:
    """The gate with this key."""
    return GATES[GATE_KEYS.index(key)]


def stage_after(key: str) -> int:
    """The stage of an idea that passed this gate: 0 before the first one."""
    return GATE_KEYS.index(key) + 1 if key else 0
