# SPDX-License-Identifier: EUPL-1.2
"""When a jury may stop reading, and what it may then claim."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.ranking.border import Border, border_of, doubt_bound, hope, share_assured, share_in_top
from beproefd.engines.ranking.chains import CHAINS, draw_scores
from beproefd.engines.ranking.comparisons import Answers, Factors, believe
from beproefd.engines.ranking.model import Readings, Spreads, posterior

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

LEAST_HOPE = 0.1
"""Below this chance that reading everything would make the top clear, reading on is not worth the jurors' evenings."""
PATIENCE = 4
"""Hope is not asked for before the readings number this many per idea: the noise is not known well enough earlier."""
SURELY_NOT = 3.0
"""The exact check is skipped while the bound on the error is this many times the error allowed."""

SCREEN = 12
"""Chains in a first, quick look; the claim itself rests on two full sets of draws together."""
COPIES = 4
"""Draws of the qualities for each draw of the spreads: draws with a gap are few."""
SLACK = 0.03
"""How far a quick look may fall short of the confidence asked and still be worth a full one."""
SLIP = 0.02
"""How far the first full set may fall short and still be worth a second: about two standard errors of a set."""


@dataclass(frozen=True)
class Target:
    """What the jury wants to know: the best `top` ideas, each at most `tolerance` score points worse than the true
    number `top`, with probability `confidence`."""

    top: int = 3
    tolerance: float = 0.5
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if self.top < 1:
            raise ValueError("The top must hold at least one idea.")
        if not (0 <= self.tolerance < np.inf and 0.5 <= self.confidence < 1):
            raise ValueError("The tolerance is a number, not negative, and the confidence lies between .5 and 1.")


@dataclass(frozen=True)
class Standing:
    """Where B juries stand: the order (B, I), whether the top is clear (B,), with what probability (B,) and whether reading
    on is hopeless (B,)."""

    border: Border
    clear: Flags
    right: Floats
    hopeless: Flags


def stand(
    readings: Readings,
    spreads: Spreads,
    free: Flags,
    covered: Flags,
    target: Target,
    rng: np.random.Generator,
    answers: Answers | None = None,
) -> Standing:
    """Check the claim exactly where it is within reach, and hope where it is not; only for juries that are `covered`.

    answers: comparisons, for one jury (B = 1) only.
    """
    found, factors = believe(posterior(readings, spreads), answers)
    border = border_of(found.quality, found.covariance, target.top)
    error = 1.0 - target.confidence
    bound = doubt_bound(border, target.tolerance)
    together = np.zeros(len(bound))
    near = np.flatnonzero(covered & (bound < SURELY_NOT * error))
    if near.size:
        right = _right(readings, spreads, near, border, target, rng, factors, SCREEN)
        near = near[right >= target.confidence - SLACK]
    if near.size:
        once = _right(readings, spreads, near, border, target, rng, factors)
        near, once = near[once >= target.confidence - SLIP], once[once >= target.confidence - SLIP]
    if near.size:
        # Two sets, counted together: a jury asks after every reading, and a single set would sooner be a lucky one.
        # Asking that each set by itself reaches the confidence would stop later than the confidence says.
        again = _right(readings, spreads, near, border, target, rng, factors)
        together[near] = (once + again) / 2
    clear = together >= target.confidence
    hopeless = np.zeros(len(bound), dtype=bool)
    patient = (readings.weight > 0).sum(axis=(1, 2)) >= PATIENCE * readings.score.shape[2]
    stuck = np.flatnonzero(covered & ~clear & patient)
    if stuck.size:
        chance = _hope(readings.only(stuck), spreads.only(stuck), free[stuck], target, border.top, rng, answers)
        hopeless[stuck] = chance < LEAST_HOPE
    return Standing(border, clear, together, hopeless)


def _right(
    readings: Readings,
    spreads: Spreads,
    near: Ints,
    border: Border,
    target: Target,
    rng: np.random.Generator,
    factors: Factors | None,
    chains: int = CHAINS,
) -> Floats:
    draws, _ = draw_scores(readings.only(near), spreads.only(near), rng, chains=chains, copies=COPIES)
    if factors is not None:
        draws = factors.shift(draws[0], rng)[None]
    return share_assured(draws, border.chosen[near], border.top, target.tolerance)


def _hope(
    readings: Readings,
    spreads: Spreads,
    free: Flags,
    target: Target,
    top: int,
    rng: np.random.Generator,
    answers: Answers | None,
) -> Floats:
    if top >= readings.score.shape[2]:
        return np.ones(len(free))
    everything = Readings(readings.score, np.where(free, 1.0, readings.weight), readings.guess)
    now, _ = believe(posterior(readings, spreads), answers)
    end, _ = believe(posterior(everything, spreads), answers)
    return hope(now, end, top, target.tolerance, 1.0 - target.confidence, rng)


def tied_group(draws: Floats, order: Ints, target: Target) -> tuple[Ints, Ints, float]:
    """Who is surely in, and who shares the remaining seats: positions, positions, and P(the answer is right).

    draws: (D, I); order: (I,) best first. Ideas join in order until the best `top` of the group are right within the
    tolerance in a `confidence` share of the draws; those who are in the top that often themselves are sure. When the
    group is no larger than the top, all are sure.
    """
    top = min(target.top, len(order))
    size, right = top, 1.0
    for size in range(top, len(order) + 1):
        right = float(share_assured(draws[None], order[None, :size], top, target.tolerance)[0])
        if right >= target.confidence:
            break
    if size == top:
        return order[:top], order[:0], right
    inside = share_in_top(draws[None], top)[0][order[:size]] >= target.confidence
    return order[:size][inside], order[:size][~inside], right
