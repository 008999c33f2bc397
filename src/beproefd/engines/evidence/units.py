# SPDX-License-Identifier: EUPL-1.2
"""A running test on units (persons, pairs, blocks): reads, looks, stops once, and says what is known."""

from __future__ import annotations

from collections import Counter
from math import ceil, floor, inf, sqrt
from typing import Any

import numpy as np

from beproefd.engines.evidence import scales
from beproefd.engines.evidence.boundary import Boundary
from beproefd.engines.evidence.calendar import Ratios, limits_at
from beproefd.engines.evidence.designs import Design
from beproefd.engines.evidence.evalues import TrialEvidence, calibrated_threshold, e_value, tilt_sequence
from beproefd.engines.evidence.model import Model, model_of
from beproefd.engines.evidence.reading import Block, Observation, Reader
from beproefd.engines.evidence.remaining import expected_trials
from beproefd.engines.evidence.steps import Descriptor, gain, step_law, total_cumulant
from beproefd.engines.evidence.stopped import StoppedWalk
from beproefd.engines.evidence.verdicts import Result, Verdict
from beproefd.engines.evidence.walk import Walk


class UnitTest:
    """State of a test on units. Everything after the stop is only counted."""

    def __init__(self, design: Design) -> None:
        """A test that has seen nothing."""
        self.design = design
        self.model: Model = model_of(design)
        self.reader = Reader(design, self.model.direction)
        self.units = 0
        self.trials = 0
        self.score = 0
        self.information = 0.0
        self.verdict = Verdict.CONTINUE
        self.stopped_at: int | None = None
        self.after_stop = 0
        self.counts: Counter[Descriptor] = Counter()
        self.final_look = False
        self._walk = Walk(self.model.theta, design.side_alpha)
        self._stopped: StoppedWalk | None = None
        self._evidence: TrialEvidence | None = None

    def read(self, seen: Observation) -> None:
        """Take in one observation; stop if the rules say so."""
        if self.stopped_at is not None:
            self.after_stop += 1
            return
        block = self.reader.read(seen)
        if block is not None:
            self._add(block)
        if self._may_look(block is not None, seen.look):
            self._look()

    def _may_look(self, completed: bool, marked: bool) -> bool:
        at_end = completed and self.units == self.model.max_units
        if self.design.looks == "marked":
            return at_end or (marked and self.units > 0)
        return at_end or (completed and (self.model.looks is None or self.units in self.model.looks))

    def _add(self, block: Block) -> None:
        self.units += 1
        if block.step is None:
            return
        self.trials += 1
        self.score += block.score
        self.counts[block.step] += 1
        if self.model.table is None and self.design.mode == "decision":
            self._walk.step(block.step)
            self.information += gain(block.step, self.model.theta)

    def _look(self) -> None:
        final = self.units == self.model.max_units
        if self.design.mode == "estimation":
            self._look_at_evidence(final)
        elif self.model.table is not None:
            self._look_at_table(self.model.table, final)
        else:
            self._look_at_walk(final)

    def _look_at_table(self, table: Boundary, final: bool) -> None:
        d = self.trials
        upper, lower = table.upper[d], table.lower[d]
        if final and lower < self.score < upper:
            upper, lower = table.last[d], table.last[d] - 1
            self.final_look = True
        self._decide(upper, lower, table.refute[d], final)

    def _look_at_walk(self, final: bool) -> None:
        if self.model.ratios is not None:
            self._look_by_calendar(self.model.ratios, final)
            return
        share = self.information / self.model.information
        final = final or share >= 1
        share = 1.0 if final else share  # what comes last may use all that is left, however little came in
        upper, lower, refute = self._walk.limits(*self.model.spending.at(share), final=final)
        if not self._decide(upper, lower, refute, final):
            self._walk.look(upper, lower)

    def _look_by_calendar(self, ratios: Ratios, final: bool) -> None:
        """Planned looks: the best ratios, as far as the exact law leaves room for support."""
        room, lower, refute = self._walk.limits(self.design.side_alpha, 0.0, final=final)
        upper = room
        if not final:
            place = ratios.looks.index(self.units)
            high, low = limits_at(ratios, place, self.model.theta, self._walk.cumulant)
            upper, lower = max(room, ceil(high - 1e-9)), min(floor(low + 1e-9), room - 1)
        if not self._decide(upper, lower, refute, final):
            self._walk.look(upper, lower)

    def _look_at_evidence(self, final: bool) -> None:
        threshold = self.threshold
        if self.e_value >= threshold:
            self._stop(Verdict.SUPPORTED)
        elif e_value(self.score, self.counts, -self.model.theta) >= threshold:
            self._stop(Verdict.REFUTED)
        elif final:
            self._stop(Verdict.FUTILE)

    @property
    def threshold(self) -> float:
        """E-value that decides in estimation mode: exact where the trials are equal, else one over alpha."""
        if self.model.trial is not None and self.design.looks == 1:
            return calibrated_threshold(self.model.theta, self.model.trial, self.design.side_alpha)
        return 1 / self.design.side_alpha

    def _decide(self, upper: int, lower: int, refute: int, final: bool) -> bool:
        if self.score >= upper:
            self._stop(Verdict.SUPPORTED)
        elif self.score <= lower or final:
            self._stop(Verdict.REFUTED if self.score <= refute else Verdict.FUTILE)
        return self.stopped_at is not None

    def _stop(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.stopped_at = self.reader.rows

    @property
    def e_value(self) -> float:
        """Evidence against a false claim, valid at any time, from the two counts when the trials are equal."""
        if self.model.trial is not None:
            if self._evidence is None:
                self._evidence = TrialEvidence(self.model.theta, self.model.trial)
            return self._evidence.value(self.score, self.trials)
        return e_value(self.score, self.counts, self.model.theta)

    def stopped_walk(self) -> StoppedWalk | None:
        """The final state for estimates; None while running, in estimation mode, or when a result is so far out that
        its chance cannot be written (the confidence sequence then still holds).
        """
        if self.stopped_at is None or self.design.mode == "estimation":
            return None
        if self._stopped is None:
            walk = self._walk if self.model.table is None else self._replayed(self.model.table)
            self._stopped = StoppedWalk(walk, self.score)
        return self._stopped if self._stopped.known else None

    def _replayed(self, table: Boundary) -> Walk:
        """The walk behind a table, up to just before the last look."""
        assert self.model.trial is not None  # noqa: S101 -- a table always has a trial
        walk = Walk(self.model.theta, self.design.side_alpha)
        last = self.trials if not self.final_look else self.trials + 1
        for d in range(1, self.trials + 1):
            walk.step(self.model.trial)
            if d < last:
                walk.look(table.upper[d], table.lower[d])
        return walk

    def tilt(self) -> tuple[float, tuple[float, float], str]:
        """(estimate, interval, kind of interval) on the scale of the tilt."""
        level = self.design.alpha
        stopped = self.stopped_walk()
        if stopped is not None:
            return stopped.estimate(), stopped.interval(level), "after_stopping"
        return self._most_likely(), tilt_sequence(self.score, self.counts, self.model.theta, level), "sequence"

    def _most_likely(self) -> float:
        if not self.counts:
            return float("nan")
        low, high = -40 * self.model.theta, 40 * self.model.theta
        reach = sum(step_law(step).reach * count for step, count in self.counts.items())
        if self.score <= 0 or self.score >= reach:
            return inf if self.score > 0 else -inf
        for _ in range(50):
            middle = (low + high) / 2
            step = 1e-5 * self.model.theta
            slope = np.diff(total_cumulant(self.counts, np.array([middle - step, middle + step])))[0] / (2 * step)
            low, high = (middle, high) if slope < self.score else (low, middle)
        return (low + high) / 2

    def remaining(self) -> tuple[float, float, float]:
        """Expected further units at (the present estimate, a claim that is just false, the effect that matters)."""
        if self.stopped_at is not None:
            return 0.0, 0.0, 0.0
        if self.design.mode == "estimation" or self.model.max_units is None:
            return inf, inf, inf
        return expected_trials(self.model, self.units, *self._position())

    def _position(self) -> tuple[int, int]:
        """(trial, successes) in the table, or the place in the canonical walk with the same share and strength."""
        if self.model.table is not None:
            return self.trials, self.score
        horizon = self.model.canonical.boundary.horizon
        share = min(self.information / self.model.information, 1.0)
        d = min(round(share * horizon), horizon)
        variance = sum(step_law(step).variance * count for step, count in self.counts.items())
        mean = sum(step_law(step).mean * count for step, count in self.counts.items())
        z = (self.score - mean) / sqrt(variance) if variance else 0.0
        return d, round((d + z * sqrt(d)) / 2)

    def result(self) -> Result:
        """What is known now."""
        tilt, limits, kind = self.tilt()
        known = bool(self.counts)
        ends = scales.interval(self.design, self.reader, limits) if known else (-inf, inf)
        at, if_false, if_true = self.remaining()
        stopped = self.stopped_walk()
        bounds: tuple[float | None, float | None] = (None, None)
        if stopped is not None and known:
            lowest, highest = sorted(
                scales.natural(self.design, self.reader, bound) for bound in stopped.estimate_bounds()
            )
            bounds = lowest, highest
        return Result(
            verdict=self.verdict, n=self.reader.rows - sum(self.reader.missing), units=self.units,
            per_arm=(self.reader.people[0], self.reader.people[1]),
            missing=(self.reader.missing[0], self.reader.missing[1]),
            after_stop=self.after_stop, stopped_at=self.stopped_at, scale=scales.scale_name(self.design),
            estimate=scales.estimate(self.design, self.reader, tilt) if known else None,
            interval=ends, tilt=tilt, tilt_interval=limits, interval_kind=kind, level=1 - self.design.alpha,
            e_value=self.e_value, p_value=stopped.p_value() if stopped else None, expected_remaining=at,
            remaining_if=(if_false, if_true), max_units=self.model.max_units,
            sensitivity=scales.sensitivity(self.design, self.reader),
            sensitivity_scale=scales.sensitivity_scale(self.design), estimate_bounds=bounds,
        )  # fmt: skip

    def to_plain(self) -> dict[str, Any]:
        """State as plain values, enough to go on bit by bit the same."""
        walk = self._walk
        return {
            "reader": self.reader.to_plain(),
            "units": self.units, "trials": self.trials, "score": self.score, "information": self.information,
            "verdict": self.verdict.value, "stopped_at": self.stopped_at, "after_stop": self.after_stop,
            "final_look": self.final_look,
            "counts": [[name, list(values), count] for (name, values), count in self.counts.items()],
            "steps": [[name, list(values)] for name, values in walk.steps],
            "looks": [[look.steps, look.up_low, look.down_low + len(look.down) - 1] for look in walk.looks],
        }  # fmt: skip

    @classmethod
    def from_plain(cls, design: Design, plain: dict[str, Any]) -> UnitTest:
        """The test in the state given; the walk is made again from its steps and limits."""
        test = cls(design)
        test.reader = Reader.from_plain(design, test.model.direction, plain["reader"])
        for name in ("units", "trials", "score", "information", "stopped_at", "after_stop", "final_look"):
            setattr(test, name, plain[name])
        test.verdict = Verdict(plain["verdict"])
        for name, values, count in plain["counts"]:
            test.counts[(name, tuple(values))] = count
        looks = list(plain["looks"])
        steps = [(name, tuple(values)) for name, values in plain["steps"]]
        for made in range(len(steps) + 1):
            if made:
                test._walk.step(steps[made - 1])
            while looks and looks[0][0] == made:
                _, upper, lower = looks.pop(0)
                test._walk.look(upper, lower)
        return test
