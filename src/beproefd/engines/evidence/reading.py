# SPDX-License-Identifier: EUPL-1.2
"""From observations in order of arrival to blocks that can be compared.

In two arms the persons of each arm queue in order of arrival; as soon as both queues hold a block's share, a block is
complete. Arms may therefore fill unevenly; nobody is dropped, only waiting. A missing outcome is counted per arm and
takes no place in a block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.evidence.designs import (
    LARGEST_COUNT,
    Design,
    MatchedPairs,
    OneArmBinary,
    OneArmCount,
    SteppedWedge,
    TwoArm,
    TwoArmAdjusted,
    TwoArmBinary,
    TwoArmContinuous,
    TwoArmCount,
    TwoArmEvents,
    TwoArmOrdinal,
)
from beproefd.engines.evidence.model import SCALE
from beproefd.engines.evidence.steps import Descriptor, block_step

Floats = NDArray[np.float64]

PRIOR_WEIGHT = 30.0
"""Degrees of freedom the design's standard deviation counts for when the spread is learned from the data."""

LEFT, EVENT, ENTERED = 0.0, 1.0, 2.0
"""Time to event: someone left without it, had it, or came under observation."""

LARGEST = 30
"""Largest whole-number score of a continuous outcome: five standard deviations; further out counts as this."""


LARGEST_NUMBER = 1e15
"""Largest size of an outcome or measurement: beyond it a sum no longer holds whole numbers."""

LARGEST_EXPOSURE = 1e6


class ObservationError(ValueError):
    """An observation that the design cannot read; the message gives the reason."""


@dataclass(frozen=True)
class Observation:
    """One row. ``outcome`` None: missing. ``look`` marks a moment at which the running result is looked at.

    ``before``: the same measured before the lots were drawn (None: not known). Time to event: ``outcome`` is one of
    LEFT, EVENT, ENTERED, rows come in the order in which things happen, and ``cluster`` names who started together.
    """

    outcome: float | None
    arm: str | None = None
    pair: str | None = None
    cluster: str | None = None
    period: int | None = None
    exposure: float = 1.0
    look: bool = False
    before: float | None = None


@dataclass(frozen=True)
class Block:
    """A completed unit: its step (None when it can teach nothing) and the score of the new arm."""

    step: Descriptor | None
    score: int


ARM_NAMES = (("0", "control", "c", "a"), ("1", "treatment", "t", "b"))


def arm_index(design: Design, arm: str | None) -> int:
    """0 for the control arm, 1 for the new arm; the design's names, 0/1, a/b, or control/treatment."""
    if arm is None or arm == "":
        raise ObservationError("arm is missing")
    names: Sequence[str] = getattr(design, "arms", ("control", "treatment"))
    if arm in names:
        return names.index(arm)
    for index, known in enumerate(ARM_NAMES):
        if arm.lower() in known:
            return index
    raise ObservationError(f"arm {arm!r} is not one of {', '.join(names)}")


def check_outcome(design: Design, value: float) -> float:
    """The outcome if the design can hold it."""
    if not isfinite(value):
        raise ObservationError("outcome must be a finite number")
    if abs(value) > LARGEST_NUMBER:
        raise ObservationError(f"outcome must be at most {LARGEST_NUMBER:g} in size, not {value:g}")
    whole = float(value).is_integer()
    if isinstance(design, OneArmBinary | TwoArmBinary) and value not in (0, 1):
        raise ObservationError(f"outcome must be 0 or 1, not {value:g}")
    if isinstance(design, OneArmCount | TwoArmCount) and (value < 0 or not whole):
        raise ObservationError(f"outcome must be a count, not {value:g}")
    if isinstance(design, OneArmCount | TwoArmCount) and value > LARGEST_COUNT:
        raise ObservationError(f"outcome must be at most {LARGEST_COUNT}, not {value:g}")
    if isinstance(design, TwoArmOrdinal) and not (whole and 0 <= value < len(design.baseline)):
        raise ObservationError(f"outcome must be a whole number from 0 to {len(design.baseline) - 1}, not {value:g}")
    if isinstance(design, TwoArmEvents) and value not in (LEFT, EVENT, ENTERED):
        raise ObservationError(f"outcome must be 0 (left), 1 (event) or 2 (entered), not {value:g}")
    bounds = design.bounds if isinstance(design, TwoArmContinuous) else None
    if bounds and not bounds[0] <= value <= bounds[1]:
        raise ObservationError(f"outcome must lie between {bounds[0]:g} and {bounds[1]:g}, not {value:g}")
    return float(value)


@dataclass
class Reader:
    """Collects observations into blocks; all state is plain numbers."""

    design: Design
    direction: int
    rows: int = 0
    missing: list[int] = field(default_factory=lambda: [0, 0])
    people: list[int] = field(default_factory=lambda: [0, 0])
    sums: list[float] = field(default_factory=lambda: [0.0, 0.0])
    exposures: list[float] = field(default_factory=lambda: [0.0, 0.0])
    lost: list[float] = field(default_factory=lambda: [0.0, 0.0])
    queues: list[list[list[float]]] = field(default_factory=lambda: [[], []])
    open_pairs: dict[str, list[float]] = field(default_factory=dict)
    done_pairs: list[str] = field(default_factory=list)
    squares: float = 0.0
    freedom: float = 0.0
    risk: dict[str, list[int]] = field(default_factory=dict)
    before: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0, 0.0])

    def read(self, seen: Observation) -> Block | None:
        """Take in one observation; the block it completes, if any."""
        design = self.design
        two = isinstance(design, TwoArm | MatchedPairs | TwoArmEvents)
        arm = arm_index(design, seen.arm) if two else 1
        if not seen.exposure > 0:
            raise ObservationError("exposure must be positive")
        if not 1 / LARGEST_EXPOSURE <= seen.exposure <= LARGEST_EXPOSURE:
            raise ObservationError(f"exposure must be at most {LARGEST_EXPOSURE:g}, and 1/exposure too")
        if isinstance(design, OneArmCount) and design.threshold * seen.exposure > LARGEST_COUNT:
            raise ObservationError(f"exposure times threshold must be at most {LARGEST_COUNT}")
        if isinstance(design, TwoArmEvents):
            return self._event(design, arm, seen)
        if seen.outcome is None:
            self.rows += 1
            self.missing[arm] += 1
            self.lost[arm] += seen.exposure
            return None
        value = check_outcome(design, seen.outcome)
        if isinstance(design, MatchedPairs):
            return self._matched(design, seen.pair, arm, value)
        self._count(arm, value, seen.exposure)
        if isinstance(design, OneArmBinary):
            success = int(value) if self.direction > 0 else 1 - int(value)
            low, high = design.threshold, 1 - design.threshold
            return Block(("bernoulli", (low if self.direction > 0 else high,)), success)
        if isinstance(design, OneArmCount):
            return Block(("poisson", (design.threshold * seen.exposure,)), int(value))
        if not isinstance(design, TwoArm):
            raise ObservationError(f"{design.kind} has no units")
        item = [value, self._before(seen.before)] if isinstance(design, TwoArmAdjusted) else [value, seen.exposure]
        self.queues[arm].append(item)
        control, new = design.allocation
        if len(self.queues[0]) < control or len(self.queues[1]) < new:
            return None
        groups = [[self.queues[side].pop(0) for _ in range(size)] for side, size in ((0, control), (1, new))]
        if self.direction < 0:
            groups.reverse()
        return self._compare(groups[0], groups[1])

    def _count(self, arm: int, value: float, exposure: float) -> None:
        self.rows += 1
        self.people[arm] += 1
        self.sums[arm] += value
        self.exposures[arm] += exposure

    def _event(self, design: TwoArmEvents, arm: int, seen: Observation) -> Block | None:
        """Who had the event, given who could have had it: under no effect anyone at risk, each as likely."""
        value = LEFT if seen.outcome is None else check_outcome(design, seen.outcome)
        if not self.risk:
            self.risk[""] = list(design.at_risk)
            self.people = list(design.at_risk)
        risk = self.risk.setdefault(seen.cluster or "", [0, 0])
        if value != ENTERED and risk[arm] == 0:
            raise ObservationError("nobody in this arm is under observation: a row with outcome 2 (entered) is missing")
        self.rows += 1
        if value == ENTERED:
            risk[arm] += 1
            self.people[arm] += 1
            return None
        if value == LEFT:
            risk[arm] -= 1
            self.missing[arm] += seen.outcome is None
            return None
        claimed = 1 if self.direction > 0 else 0
        share, alone = risk[claimed] / sum(risk), min(risk) == 0
        risk[arm] -= 1
        self.sums[arm] += 1
        return Block(None, 0) if alone else Block(("bernoulli", (share,)), int(arm == claimed))

    def _before(self, value: float | None) -> float:
        """The measurement before; the mean of those known so far when it is missing."""
        known, total = self.before[:2]
        if value is None:
            return total / known if known else 0.0
        if not abs(value) <= LARGEST_NUMBER:
            raise ObservationError(f"before must be a number of at most {LARGEST_NUMBER:g} in size")
        self.before[0], self.before[1] = known + 1, total + value
        return float(value)

    def _without_before(self, design: TwoArmAdjusted, groups: list[list[list[float]]]) -> list[list[float]]:
        """Outcomes less slope times before, with the slope as it was known before this block, which then teaches it."""
        prior = PRIOR_WEIGHT * (design.sd_before or design.sd) ** 2
        slope = (prior * design.slope + self.before[3]) / (prior + self.before[2])
        both = [item for group in groups for item in group]
        middle, usual = (sum(item[k] for item in both) / len(both) for k in (0, 1))
        self.before[2] += sum((item[1] - usual) ** 2 for item in both)
        self.before[3] += sum((item[1] - usual) * (item[0] - middle) for item in both)
        return [[item[0] - slope * (item[1] - usual) for item in group] for group in groups]

    def _matched(self, design: MatchedPairs, pair: str | None, arm: int, value: float) -> Block | None:
        if pair is None or pair == "":
            raise ObservationError("pair is missing")
        other = self.open_pairs.get(pair)
        if pair in self.done_pairs:
            raise ObservationError(f"pair {pair!r} already has both arms")
        if other is None:
            self.open_pairs[pair] = [float(arm), value]
            self._count(arm, value, 1.0)
            return None
        if other[0] == arm:
            raise ObservationError(f"pair {pair!r} already has this arm")
        self._count(arm, value, 1.0)
        del self.open_pairs[pair]
        self.done_pairs.append(pair)
        values = [0.0, 0.0]
        values[arm], values[1 - arm] = value, other[1]
        if self.direction < 0:
            values.reverse()
        return self._continuous([values[0]], [values[1]], design.sd / sqrt(2), design.minimal_effect)

    def _compare(self, control: list[list[float]], new: list[list[float]]) -> Block:
        design = self.design
        if isinstance(design, TwoArmCount):
            total = control[0][0] + new[0][0]
            if total == 0:
                return Block(None, 0)
            share = new[0][1] / (control[0][1] + new[0][1])
            return Block(("binomial", (total, share)), int(new[0][0]))
        base, test = [item[0] for item in control], [item[0] for item in new]
        if isinstance(design, TwoArmAdjusted):
            base, test = self._without_before(design, [control, new])
        if isinstance(design, TwoArmContinuous):
            return self._continuous(base, test, design.residual_sd, design.minimal_effect)
        return Block(*block_step([int(v) for v in test], [int(v) for v in base]))

    def _continuous(self, control: list[float], new: list[float], sd: float, effect: float) -> Block:
        """Scores on a grid of 1/6 standard deviation; the spread used was known before this block."""
        _, variance = spread(self, sd, effect, (len(control), len(new)))
        values = control + new
        middle = sum(values) / len(values)
        self.squares += sum((value - middle) ** 2 for value in values)
        self.freedom += len(values) - 1
        unit = SCALE * sd / variance
        if len(values) == 2:
            gap = min(round(abs(new[0] - control[0]) * unit), LARGEST * 2)
            return Block(None, 0) if gap == 0 else Block(("sign", (float(gap),)), gap if new[0] > control[0] else 0)
        scores = [max(-LARGEST, min(LARGEST, round((value - middle) * unit))) for value in values]
        return Block(*block_step(scores[len(control) :], scores[: len(control)]))

    def to_plain(self) -> dict[str, Any]:
        """State as plain values."""
        names = ("rows", "missing", "people", "sums", "exposures", "lost", "queues", "open_pairs", "squares", "freedom")
        own = {TwoArmEvents: ("risk",), TwoArmAdjusted: ("before",), MatchedPairs: ("done_pairs",)}.get(
            type(self.design), ()
        )
        return {name: getattr(self, name) for name in (*names, *own)}

    @classmethod
    def from_plain(cls, design: Design, direction: int, plain: dict[str, Any]) -> Reader:
        """Reader in the state given."""
        return cls(design, direction, **plain)


def spread(reader: Reader, sd: float, effect: float, sizes: tuple[int, int]) -> tuple[float, float]:
    """(variance as seen within blocks, variance used for the grid), both from the blocks so far and the planned sd.

    Within a block the arms are mixed, so that nothing is learned about the claim; a real difference then widens the
    spread. Half of what the planned effect would add is taken off: right on average whether it is there or not.
    """
    seen, used = spread_used(np.array(reader.squares), reader.freedom, sd, effect, sizes)
    return float(seen), float(used)


def spread_used(
    squares: Floats, freedom: float, sd: float, effect: float, sizes: tuple[int, int]
) -> tuple[Floats, Floats]:
    """``spread`` from sums of squares within blocks, for many tests at once."""
    seen = (PRIOR_WEIGHT * sd**2 + squares) / (PRIOR_WEIGHT + freedom)
    added = effect**2 * sizes[0] * sizes[1] / sum(sizes) / (sum(sizes) - 1) / 2
    weight = freedom / (PRIOR_WEIGHT + freedom)
    return seen, np.maximum(seen - weight * added, seen / 2)


def check_readable(design: Design) -> None:
    """Raises ObservationError for a design that is not read in units."""
    if isinstance(design, SteppedWedge):
        raise ObservationError("a stepped wedge is read per cluster and period")
