# SPDX-License-Identifier: EUPL-1.2
"""Size of the fixed design: how many units one look at the end would need. The yardstick for every saving."""

from __future__ import annotations

from functools import singledispatch
from math import ceil, log, sqrt

import numpy as np
from scipy import stats

from beproefd.engines.evidence.designs import (
    Design,
    MatchedPairs,
    OneArmBinary,
    OneArmCount,
    TwoArm,
    TwoArmBinary,
    TwoArmContinuous,
    TwoArmCount,
    TwoArmEvents,
    TwoArmOrdinal,
)


def normal_sum(design: Design) -> float:
    """z of the one-sided error plus z of the power."""
    return float(stats.norm.isf(design.side_alpha) + stats.norm.ppf(design.power))


@singledispatch
def fixed_units(design: Design) -> int:
    """Units (persons in one arm, blocks in two) of the fixed design. Raises TypeError for designs without units."""
    raise TypeError(f"no fixed size for {design.kind}")


def one_sided_binomial(threshold: float, alternative: float, alpha: float, power: float) -> int:
    """Smallest n for which an exact binomial test has the power (Clopper-Pearson critical value)."""
    guess = (stats.norm.isf(alpha) + stats.norm.ppf(power)) ** 2 * 0.25 / (alternative - threshold) ** 2
    for n in range(1, int(guess * 6) + 60):
        critical = int(stats.binom.isf(alpha, n, threshold)) + 1
        if critical <= n and stats.binom.sf(critical - 1, n, alternative) >= power:
            return n
    return int(guess * 6) + 60


@fixed_units.register
def _(design: OneArmBinary) -> int:
    low, high = design.threshold, design.alternative
    if high < low:
        low, high = 1 - low, 1 - high
    return one_sided_binomial(low, high, design.side_alpha, design.power)


@fixed_units.register
def _(design: OneArmCount) -> int:
    mean0, mean1 = design.threshold * design.exposure, design.alternative * design.exposure
    n = 1
    while True:
        critical = int(stats.poisson.isf(design.side_alpha, n * mean0)) + 1
        if stats.poisson.sf(critical - 1, n * mean1) >= design.power:
            return n
        n += 1 + n // 200


def two_proportions(p0: float, p1: float, alpha: float, power: float, ratio: float = 1.0) -> float:
    """Control-arm size for two shares, not rounded; ``ratio`` is new arm over control arm.

    Normal approximation with the pooled variance under the null, as in Fleiss, Levin and Paik (2003, formula 4.14
    without continuity correction); agrees with rpact (293.1513 for .20 against .30 at .025 one-sided and .80).
    """
    pooled = (p0 + ratio * p1) / (1 + ratio)
    null = sqrt((1 + 1 / ratio) * pooled * (1 - pooled))
    effect = sqrt(p0 * (1 - p0) + p1 * (1 - p1) / ratio)
    return float(((stats.norm.isf(alpha) * null + stats.norm.ppf(power) * effect) / (p1 - p0)) ** 2)


@fixed_units.register
def _(design: TwoArmBinary) -> int:
    control, new = design.allocation
    p1 = design.baseline + design.minimal_effect
    size = two_proportions(design.baseline, p1, design.side_alpha, design.power, new / control)
    return max(2, ceil(size / control - 1e-9))


def t_test_power(effect: float, sd: float, sizes: tuple[int, int] | int, alpha: float) -> float:
    """Exact power of the one-sided t test; one size: a paired test, two: two groups. Effect in the unit of sd."""
    if isinstance(sizes, int):
        df, noncentral = sizes - 1, effect / sd * sqrt(sizes)
    else:
        df, noncentral = sum(sizes) - 2, effect / sd / sqrt(1 / sizes[0] + 1 / sizes[1])
    if df < 1:
        return 0.0
    return float(stats.nct.sf(stats.t.isf(alpha, df), df, noncentral))


@fixed_units.register
def _(design: TwoArmContinuous) -> int:
    control, new = design.allocation
    effect = abs(design.minimal_effect)
    n = max(1, int((normal_sum(design) * design.residual_sd / effect) ** 2 * (1 / control + 1 / new)) - 2)
    while t_test_power(effect, design.residual_sd, (n * control, n * new), design.side_alpha) < design.power:
        n += 1
    return n


@fixed_units.register
def _(design: MatchedPairs) -> int:
    effect = abs(design.minimal_effect)
    n = max(2, int((normal_sum(design) * design.sd / effect) ** 2) - 2)
    while t_test_power(effect, design.sd, n, design.side_alpha) < design.power:
        n += 1
    return n


@fixed_units.register
def _(design: TwoArmCount) -> int:
    mean = design.baseline * design.exposure
    variance = 1 / mean + 1 / (mean * design.minimal_ratio)
    return max(2, ceil(normal_sum(design) ** 2 * variance / log(design.minimal_ratio) ** 2))


@fixed_units.register
def _(design: TwoArmEvents) -> int:
    # Schoenfeld (1981): as many people at risk in both arms.
    return max(2, ceil(4 * normal_sum(design) ** 2 / log(design.minimal_ratio) ** 2))


def ordinal_shares(design: TwoArmOrdinal) -> np.ndarray:
    """Shares of the answers in the new arm at the effect that matters."""
    levels = np.arange(len(design.baseline))
    weights = np.array(design.baseline) * design.minimal_odds_ratio**levels
    return np.asarray(weights / weights.sum())


@fixed_units.register
def _(design: TwoArmOrdinal) -> int:
    control, new = design.allocation
    pooled = (control * np.array(design.baseline) + new * ordinal_shares(design)) / (control + new)
    levels = np.arange(len(pooled))
    variance = float(pooled @ levels**2 - (pooled @ levels) ** 2)
    information = log(design.minimal_odds_ratio) ** 2 * variance * control * new / (control + new)
    return max(2, ceil(normal_sum(design) ** 2 / information))


def arm_sizes(design: Design) -> tuple[int, int]:
    """Persons (control, new) in a unit; (0, 1) for one arm, and (0, 0) for events, which no one brings along."""
    if isinstance(design, TwoArm):
        return design.allocation
    if isinstance(design, TwoArmEvents):
        return 0, 0
    return (1, 1) if isinstance(design, MatchedPairs) else (0, 1)


def persons(design: Design, units: float) -> float:
    """Persons per arm in so many units (the mean over both arms when they differ); for events: who must be followed."""
    if isinstance(design, TwoArmEvents):
        return units / design.event_share / 2
    control, new = arm_sizes(design)
    return units * new if control == 0 else units * (control + new) / 2
