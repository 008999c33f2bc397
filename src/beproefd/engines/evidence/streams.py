# SPDX-License-Identifier: EUPL-1.2
"""Streams of blocks as a design plans them, without the lots: what each block can add to the score and how likely.

Every kind has its own stream; all give, unit by unit, the scores that are possible and their chances at the border of
the claim and at the truth (the border itself, or the effect that matters). Arms are turned so that the claim is "more".
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import ceil, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from beproefd.engines.evidence.designs import (
    Design,
    MatchedPairs,
    OneArmBinary,
    OneArmCount,
    TwoArmAdjusted,
    TwoArmBinary,
    TwoArmContinuous,
    TwoArmCount,
    TwoArmEvents,
    TwoArmOrdinal,
)
from beproefd.engines.evidence.fixed import arm_sizes, ordinal_shares
from beproefd.engines.evidence.model import SCALE, Model
from beproefd.engines.evidence.reading import LARGEST, PRIOR_WEIGHT, spread_used
from beproefd.engines.evidence.steps import Descriptor, StepLaw, block_step, step_law

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Steps:
    """One unit of every stream: possible scores (streams, J), their chances at the border and at the truth."""

    scores: Ints
    null: Floats
    true: Floats


class Stream(ABC):
    """Streams of units; ``next`` gives the next unit of all."""

    streams: int
    over: NDArray[np.bool_] | None = None
    """Streams in which nothing more comes (people under observation ran out)."""

    @abstractmethod
    def next(self) -> Steps:
        """The next unit."""


def stream_of(model: Model, truth: str, streams: int, generator: np.random.Generator) -> Stream:
    """The streams of a design at the "null" or the "alternative"."""
    design, there = model.design, truth == "alternative"
    theta = model.theta if there else 0.0
    if isinstance(design, OneArmBinary):
        assert model.trial is not None  # noqa: S101 -- one arm always has a trial
        return _Alike(model.trial, theta)
    if isinstance(design, OneArmCount):
        return _Alike(("poisson", (design.threshold * design.exposure,)), theta)
    if isinstance(design, TwoArmEvents):
        return _Events(design, model, there, 5 * streams, generator)
    if isinstance(design, TwoArmContinuous | MatchedPairs):
        return (
            _Amounts(design, there, streams, generator)
            if arm_sizes(design) == (1, 1)
            else _Blocks(design, model, there, streams, generator)
        )
    if isinstance(design, TwoArmCount):
        return _Counts(design, theta, there, streams, generator)
    if isinstance(design, TwoArmBinary) and design.allocation == (1, 1):
        return _Pairs(model, there, theta, streams, generator)
    return _Blocks(design, model, there, streams, generator)


class _Alike(Stream):
    """Every unit is the same step: one stream says it all."""

    def __init__(self, step: Descriptor, theta: float) -> None:
        law = step_law(step)
        self.streams = 1
        null, true = law.pmf, law.tilted(theta)
        wide = max(len(null), len(true))
        null, true = (np.pad(pmf, (0, wide - len(pmf)))[None, :] for pmf in (null, true))
        self._steps = Steps(np.arange(wide)[None, :], null, true)

    def next(self) -> Steps:
        return self._steps


def _two(gap: Ints, win: Floats) -> Steps:
    """Pairs whose sign is the question: ``gap`` between the two, chance ``win`` that it is in favour."""
    half = np.full((len(gap), 2), 0.5)
    return Steps(np.stack([np.zeros_like(gap), gap], axis=1), half, np.stack([1 - win, win], axis=1))


class _Pairs(Stream):
    """Pairs with yes-or-no outcomes: only those that differ teach anything."""

    def __init__(self, model: Model, there: bool, theta: float, streams: int, generator: np.random.Generator) -> None:
        self.streams, self._draw = streams, generator
        self._rate = model.yield1 if there else model.yield0
        self._win = float(special.expit(theta))

    def next(self) -> Steps:
        differ = (self._draw.random(self.streams) < self._rate).astype(np.int64)
        return _two(differ, np.full(self.streams, self._win))


class _Amounts(Stream):
    """Pairs with amounts: the size of the difference is drawn, its sign is the question (see ``reading.Reader``)."""

    def __init__(
        self, design: TwoArmContinuous | MatchedPairs, there: bool, streams: int, generator: np.random.Generator
    ) -> None:
        self.streams, self._draw, self._design = streams, generator, design
        self._sd = design.residual_sd if isinstance(design, TwoArmContinuous) else design.sd / sqrt(2)
        self._effect = abs(design.minimal_effect) if there else 0.0
        self._squares, self._freedom = np.zeros(streams), 0.0
        self._known, self._slope = np.zeros((2, streams))

    def next(self) -> Steps:
        design, sd, n = self._design, self._sd, self.streams
        bounds = design.bounds if isinstance(design, TwoArmContinuous) else None
        if bounds is not None:
            middle = sum(bounds) / 2 + np.array([-0.5, 0.5]) * self._effect
            pair = np.clip(self._draw.normal(middle, sd, (n, 2)), *bounds)
            own = pair[:, 1] - pair[:, 0]
        else:
            own = self._draw.normal(self._effect, sd * sqrt(2), n)
        seen = own
        if isinstance(design, TwoArmAdjusted):
            before = design.sd_before or design.sd
            prior = PRIOR_WEIGHT * before**2
            learned = (prior * design.slope + self._slope) / (prior + self._known)
            known = self._draw.normal(0, before * sqrt(2), n)
            whole = own + design.slope * known
            seen = whole - learned * known
            self._known += known**2 / 2
            self._slope += known * whole / 2
        _, variance = spread_used(self._squares, self._freedom, sd, design.minimal_effect, (1, 1))
        self._squares, self._freedom = self._squares + seen**2 / 2, self._freedom + 1
        gap = np.minimum(np.rint(np.abs(seen) * SCALE * sd / variance), 2 * LARGEST).astype(np.int64)
        if bounds is not None:
            return _two(gap, (seen > 0).astype(float))
        return _two(gap, np.asarray(special.expit(self._effect * own * np.sign(seen) / sd**2)))


class _Counts(Stream):
    """Pairs of counts: the total is drawn, the new arm's part is the question."""

    def __init__(
        self, design: TwoArmCount, theta: float, there: bool, streams: int, generator: np.random.Generator
    ) -> None:
        self._draw = generator
        ratio = design.minimal_ratio if there else 1.0
        self._mean = design.baseline * design.exposure * (1 + ratio)
        self._win = float(special.expit(theta))
        self.streams = max(60, min(streams, int(60_000 / (8 * sqrt(self._mean) + 8))))

    def next(self) -> Steps:
        total = self._draw.poisson(self._mean, self.streams)[:, None]
        # Eight standard deviations below the one mean to eight above the other hold all that matters.
        reach = 4 * np.sqrt(total) + 8
        first = np.maximum(np.floor(total / 2 - reach), 0).astype(np.int64)
        wide = int((np.ceil(self._win * total + reach) - first).max()) + 1
        scores = first + np.arange(wide)
        return Steps(scores, stats.binom.pmf(scores, total, 0.5), stats.binom.pmf(scores, total, self._win))


class _Blocks(Stream):
    """Blocks of several people, and pairs of answers: outcomes are drawn, who had the new way is the question."""

    def __init__(self, design: Design, model: Model, there: bool, streams: int, generator: np.random.Generator) -> None:
        control, new = arm_sizes(design)
        self._sizes = (control, new) if model.direction > 0 else (new, control)
        # Made one by one in Python: fewer streams.
        self.streams = max(60, streams // 4)
        self._draw, self._design, self._model, self._there = generator, design, model, there
        self._squares, self._freedom = np.zeros(self.streams), 0.0
        self._known, self._slope = np.zeros((2, self.streams))

    def next(self) -> Steps:
        values, tilts = self._drawn()
        control = self._sizes[0]
        laws: list[StepLaw] = []
        for row in values.tolist():
            step, _ = block_step(row[control:], row[:control])
            laws.append(_NOTHING if step is None else step_law(step))
        wide = max(law.top for law in laws) + 1
        null, true = np.zeros((2, self.streams, wide))
        for row, (law, tilt) in enumerate(zip(laws, tilts, strict=True)):
            null[row, : law.top + 1] = law.pmf
            true[row, : law.top + 1] = law.tilted(float(tilt))
        return Steps(np.tile(np.arange(wide), (self.streams, 1)), null, true)

    def _drawn(self) -> tuple[Ints, Floats]:
        """Whole-number outcomes (streams, people), the control arm first, and the true tilt of every block."""
        design, model, there = self._design, self._model, self._there
        control, new = self._sizes
        shape = (self.streams, control + new)
        if isinstance(design, TwoArmContinuous):
            return self._amounts(design)
        fixed = np.full(self.streams, model.theta if there else 0.0)
        treated = np.arange(control + new) >= control
        if isinstance(design, TwoArmBinary):
            low, high = sorted((design.baseline, design.baseline + design.minimal_effect))
            shares = np.where(treated, high, low) if there else np.full(len(treated), (low + high) / 2)
            return (self._draw.random(shape) < shares).astype(np.int64), fixed
        assert isinstance(design, TwoArmOrdinal)  # noqa: S101 -- the last kind with blocks
        base, other = np.cumsum(design.baseline), np.cumsum(ordinal_shares(design))
        first, second = (base, other) if model.direction > 0 else (other, base)
        if not there:
            first = second = base
        chance = self._draw.random(shape)
        answers = np.where(treated, np.searchsorted(second, chance), np.searchsorted(first, chance))
        return np.minimum(answers, len(base) - 1).astype(np.int64), fixed

    def _amounts(self, design: TwoArmContinuous) -> tuple[Ints, Floats]:
        control, new = self._sizes
        people, sd = control + new, design.residual_sd
        effect = abs(design.minimal_effect) if self._there else 0.0
        values = self._draw.normal(0, sd, (self.streams, people))
        values[:, control:] += effect
        if design.bounds is not None:
            values = np.clip(values + sum(design.bounds) / 2 - effect / 2, *design.bounds)
        if isinstance(design, TwoArmAdjusted):
            before = design.sd_before or design.sd
            prior = PRIOR_WEIGHT * before**2
            learned = (prior * design.slope + self._slope) / (prior + self._known)
            known = self._draw.normal(0, before, values.shape)
            known -= known.mean(axis=1, keepdims=True)
            whole = values + design.slope * known
            values = whole - learned[:, None] * known
            self._known += (known**2).sum(axis=1)
            self._slope += (known * (whole - whole.mean(axis=1, keepdims=True))).sum(axis=1)
        _, variance = spread_used(self._squares, self._freedom, sd, design.minimal_effect, (control, new))
        values = values - values.mean(axis=1, keepdims=True)
        self._squares, self._freedom = self._squares + (values**2).sum(axis=1), self._freedom + people - 1
        unit = SCALE * sd / variance
        scores = np.clip(np.rint(values * unit[:, None]), -LARGEST, LARGEST).astype(np.int64)
        # Put on a grid, the lots' law is tilted by the effect per grid step.
        return scores, effect / sd**2 / unit


_NOTHING = StepLaw(np.ones(1), 0.0, 0.0)


class _Events(Stream):
    """Events one by one: who could have had each depends on who had those before, so both are drawn."""

    def __init__(
        self, design: TwoArmEvents, model: Model, there: bool, streams: int, generator: np.random.Generator
    ) -> None:
        self.streams, self._place = streams, 0
        most = model.max_units or 1
        sizes = design.at_risk if sum(design.at_risk) else (ceil(most / design.event_share),) * 2
        ratio = design.minimal_ratio if there else 1.0
        end = np.inf if design.event_share == 1 else -log(1 - design.event_share)
        claimed = 1 if model.direction > 0 else 0
        self._share, self._win = np.full((2, most, streams), np.nan)
        rates = np.repeat((1.0, ratio), sizes)
        arm = np.repeat((0, 1), sizes) == claimed
        for row in range(streams):
            times = generator.exponential(1.0, len(arm)) / rates
            order = np.argsort(times)[: int((times <= end).sum())][:most]
            mine = arm[order]
            gone = np.concatenate([[0], np.cumsum(mine)[:-1]])
            at_risk = sizes[claimed] - gone, sizes[1 - claimed] - (np.arange(len(order)) - gone)
            self._share[: len(order), row] = at_risk[0] / (at_risk[0] + at_risk[1])
            self._win[: len(order), row] = mine

    def next(self) -> Steps:
        share, win = self._share[self._place], self._win[self._place]
        self._place += 1
        self.over = np.isnan(share)
        alone = np.isnan(share) | (share == 0) | (share == 1)
        share, win = np.where(alone, 0.5, share), np.where(alone, 0.0, win)
        scores = np.stack([np.zeros(self.streams, dtype=np.int64), (~alone).astype(np.int64)], axis=1)
        return Steps(scores, np.stack([1 - share, share], axis=1), np.stack([1 - win, win], axis=1))
