# SPDX-License-Identifier: EUPL-1.2
"""From a design to the numbers the test runs on: tilt, boundary, spending, largest number of units. Cached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, floor, log, sqrt

import numpy as np
from scipy import stats

from beproefd.engines.evidence.boundary import Boundary, Calendar, NoBoundaryError, Optimum, from_limits, optimise
from beproefd.engines.evidence.calendar import CalendarFigures, Ratios, calibrated
from beproefd.engines.evidence.designs import (
    Design,
    DesignError,
    MatchedPairs,
    OneArmBinary,
    OneArmCount,
    TwoArmBinary,
    TwoArmContinuous,
    TwoArmCount,
    TwoArmEvents,
    TwoArmOrdinal,
)
from beproefd.engines.evidence.fixed import arm_sizes, fixed_units, ordinal_shares
from beproefd.engines.evidence.steps import Descriptor, block_step, gain, step_law
from beproefd.engines.evidence.walk import Spending, Walk

CANONICAL = 160
"""Trials in the fair walk from which spending functions for all other outcomes are taken."""

CANONICAL_CAP = 1.29
"""Largest size of the canonical walk as a multiple of its fixed size."""

ROOM = 1.05
"""Room between the size at which the information is expected to be complete and the largest size: information comes in
unevenly, and a test that runs out of people before it is complete loses power."""

TABLE_LIMIT = 600
"""Largest number of trials for which the boundary itself is optimised; longer walks use the canonical spending."""

LARGEST_FIXED = 1_000_000
"""Units of the fixed design above which a design is refused."""

FEW = 4
"""Units above the fixed design that are allowed for where a multiple of a small number leaves no room for steps that
differ; with binary outcomes the boundary itself is made for the number there is."""

WEIGHT1 = 1.25
"""Price of a person when the idea works, against 1 when it does not: ideas that work should not wait."""

CANONICAL_WEIGHT1 = 0.9
"""The same price in the canonical walk, where stopping in vain costs most."""

SCALE = 6.0
"""Steps of the whole-number grid per standard deviation of a continuous outcome."""


@dataclass(frozen=True)
class Model:
    """What a design comes to.

    ``direction`` is -1 for a claim that something is lower. ``theta`` is the tilt that matters, positive. With
    ``table`` the walk of Bernoulli trials ``trial`` is stopped by a table made beforehand; otherwise limits follow
    ``spending`` at the share of ``information`` (see ``steps.gain``), or ``ratios`` made for the planned looks;
    ``calendar`` then holds the figures (null, alternative). ``max_units`` is None
    when there is no cap. What power is reached is worked out in ``planning``.
    """

    design: Design
    direction: int
    theta: float
    fixed: int
    max_units: int | None
    trial: Descriptor | None
    table: Boundary | None
    looks: frozenset[int] | None
    spending: Spending
    canonical: Optimum
    information: float
    yield0: float
    yield1: float
    alpha: float
    ratios: Ratios | None = None
    calendar: tuple[CalendarFigures, CalendarFigures] | None = None


def _optimum(
    alpha: float, power: float, *, pi0: float, pi1: float, horizon: int, calendar: Calendar,
    looks: tuple[int, ...] | None, weight1: float = WEIGHT1,
) -> Optimum:  # fmt: skip
    """The optimum, with power given up in steps of .02 when the horizon is too short for it."""
    wanted = power
    while wanted > alpha:
        try:
            return optimise(
                pi0=pi0, pi1=pi1, alpha=alpha, power=wanted, horizon=horizon, calendar=calendar, looks=looks,
                weight1=weight1,
            )  # fmt: skip
        except NoBoundaryError:
            wanted -= 0.02
    raise DesignError("max_units: too few people for any test at this alpha")


@lru_cache(maxsize=64)
def canonical(alpha: float, power: float, cap_factor: float, shares: tuple[float, ...] | None) -> Optimum:
    """Optimal boundary of a long fair walk; its spending is that of any test in small steps.

    ``shares`` are the planned looks as shares of the largest size; None: always.
    """
    trials = CANONICAL
    theta = 2 * float(stats.norm.isf(alpha) + stats.norm.ppf(power)) / sqrt(trials / cap_factor)
    looks = None if shares is None else tuple(sorted({max(1, round(share * trials)) for share in shares}))
    pi1 = 1 / (1 + float(np.exp(-theta)))
    return _optimum(
        alpha,
        power,
        pi0=0.5,
        pi1=pi1,
        horizon=trials,
        calendar=Calendar(trials),
        looks=looks,
        weight1=CANONICAL_WEIGHT1,
    )


def spending_of(optimum: Optimum) -> Spending:
    """Spending function of an optimal boundary; at the end all of alpha may be used."""
    boundary = optimum.boundary
    share = tuple(d / boundary.horizon for d in range(boundary.horizon + 1))
    alpha = (*boundary.spent_alpha[:-1], boundary.alpha)
    beta = (*boundary.spent_beta[:-1], max(boundary.spent_beta[-1], boundary.spent_beta[-2]))
    return Spending(share, alpha, beta)


def planned_looks(design: Design, units: int) -> tuple[int, ...] | None:
    """Look numbers up to ``units``; None when every unit is looked at or looks are marked in the data."""
    if isinstance(design.looks, tuple):
        return (*(look for look in design.looks if look < units), units)
    if isinstance(design.looks, int) and design.looks > 1:
        return (*range(design.looks, units, design.looks), units)
    return None


@lru_cache(maxsize=256)
def model_of(design: Design) -> Model:
    """The model of a design with units (all but the stepped wedge). Takes 0.1 to 2 s the first time."""
    fixed = fixed_units(design)
    if fixed > LARGEST_FIXED:
        raise DesignError(f"the effect that matters is too small: one look at the end would need {fixed} units")
    cap = largest_units(design, fixed)
    direction, theta, trial, per_unit, yields = _tilt(design)
    looks = planned_looks(design, cap)
    shares = None if looks is None else tuple(look / cap for look in looks)
    reach = max(1.0, min(cap / fixed / ROOM, CANONICAL_CAP))
    base = canonical(design.side_alpha, 1 - _margin(design) * (1 - design.power), reach, shares)
    step: Descriptor = ("bernoulli", (0.5,))
    tilt = log(base.boundary.pi1 / (1 - base.boundary.pi1))
    needed = gain(step, tilt) * base.boundary.horizon
    model = Model(
        design=design, direction=direction, theta=theta, fixed=fixed, max_units=cap, trial=trial, table=None,
        looks=None if looks is None else frozenset(looks), spending=spending_of(base), canonical=base,
        information=min(needed, per_unit * cap), yield0=yields[0], yield1=yields[1], alpha=base.alpha,
    )  # fmt: skip
    if design.mode == "estimation":
        return replace(model, max_units=design.max_units, alpha=design.side_alpha)
    if isinstance(design, OneArmBinary) and design.looks != "marked" and cap <= 4000:
        return _one_arm(model, cap)
    if trial is not None and isinstance(design, TwoArmBinary):
        return _pairs(model, cap)
    return model


def largest_units(design: Design, fixed: int) -> int:
    """Largest number of units: the stated multiple of the fixed design, and never more than ``max_units``."""
    most = max(fixed, floor(design.cap * fixed))
    if design.cap_factor is None and not isinstance(design, OneArmBinary | TwoArmBinary):
        most = max(most, fixed + FEW)
    return min(most, design.max_units or most)


def _margin(design: Design) -> float:
    """Share of the power's error that the canonical walk may use where the actual walk differs from it.

    Uneven blocks and coarse grids cost about a point of power, a spread that is learned from the data two to three
    (measured in benchmarks/evidence.py).
    """
    return 0.87 if isinstance(design, TwoArmContinuous | MatchedPairs) else 0.93


def _one_arm(model: Model, cap: int) -> Model:
    """Table for one arm; for small designs the largest size is chosen as well."""
    assert model.trial is not None  # noqa: S101 -- one arm always has a trial
    pi0 = model.trial[1][0]
    pi1 = float(step_law(model.trial).tilted(model.theta)[1])
    design = model.design
    if cap > TABLE_LIMIT:
        table = table_by_spending(pi0, pi1, model.spending, model.canonical.boundary, cap)
        return replace(model, table=table, max_units=cap)
    sizes = [cap]
    if cap <= 60:
        sizes = sorted({*range(min(model.fixed, cap), cap + 1, 1 + max(cap - model.fixed, 0) // 5), cap})
    best: tuple[float, Optimum, int] | None = None
    for size in sizes:
        found = _optimum(
            design.side_alpha, design.power, pi0=pi0, pi1=pi1, horizon=size, calendar=Calendar(size),
            looks=planned_looks(design, size),
        )  # fmt: skip
        short = max(0.0, design.power - found.power)
        cost = 1e6 * short + found.expected0 + WEIGHT1 * found.expected1
        if best is None or cost < best[0]:
            best = (cost, found, size)
    assert best is not None  # noqa: S101 -- sizes is never empty
    _, optimum, size = best
    looks = planned_looks(design, size)
    return replace(
        model, table=optimum.boundary, max_units=size, alpha=optimum.alpha,
        looks=None if looks is None else frozenset(looks),
    )  # fmt: skip


def _pairs(model: Model, cap: int) -> Model:
    """Table or spending for pairs with binary outcomes, optimised at the planned base rate."""
    design = model.design
    pi1 = float(step_law(("bernoulli", (0.5,))).tilted(model.theta)[1])
    mean = model.yield1 * cap
    horizon = max(2, min(cap, ceil(mean + 0.8 * sqrt(mean * (1 - model.yield1)))))
    every = model.looks is None and design.looks != "marked"
    if model.looks is not None and horizon <= 2 * TABLE_LIMIT:
        ratios, alternative, null = calibrated(
            theta=model.theta,
            rate0=model.yield0,
            rate1=model.yield1,
            looks=tuple(sorted(model.looks)),
            alpha=design.side_alpha,
            power=design.power,
            weight1=1.0,
        )
        figures = (null, alternative)
        return replace(model, ratios=ratios, calendar=figures, alpha=null.worst_alpha)
    if horizon > TABLE_LIMIT:
        if not every:
            return model
        table = table_by_spending(0.5, pi1, model.spending, model.canonical.boundary, horizon)
        return replace(model, table=table)
    # Limits that follow the spending are a hair stricter than the table they come from.
    wanted = design.power if every else 1 - 0.985 * (1 - design.power)
    optimum = _optimum(
        design.side_alpha, wanted, pi0=0.5, pi1=pi1, horizon=horizon,
        calendar=Calendar(cap, model.yield0, model.yield1), looks=None,
    )  # fmt: skip
    model = replace(model, alpha=optimum.alpha, canonical=optimum)
    if every:
        return replace(model, table=optimum.boundary)
    information = gain(("bernoulli", (0.5,)), model.theta) * horizon
    return replace(model, spending=spending_of(optimum), information=information)


def table_by_spending(pi0: float, pi1: float, spending: Spending, base: Boundary, horizon: int) -> Boundary:
    """A table for a long walk whose limits follow a spending function at every trial."""
    theta = log(pi1 / (1 - pi1)) - log(pi0 / (1 - pi0))
    walk = Walk(theta, base.alpha)
    upper, lower = np.arange(1, horizon + 2), np.full(horizon + 1, -1)
    trial: Descriptor = ("bernoulli", (pi0,))
    for d in range(1, horizon + 1):
        walk.step(trial)
        high, low, _ = walk.limits(*spending.at(d / horizon), final=d == horizon)
        walk.look(high, low)
        upper[d], lower[d] = high, low
        if len(walk.mass) == 0:
            upper[d + 1 :], lower[d + 1 :] = 0, -1
            break
    return from_limits(pi0, pi1, base.alpha, base.beta, upper, lower)


def _tilt(design: Design) -> tuple[int, float, Descriptor | None, float, tuple[float, float]]:
    """(direction, tilt that matters, constant trial if any, information per unit, trials per unit under both)."""
    control, new = arm_sizes(design)
    if isinstance(design, OneArmBinary):
        low, high = design.threshold, design.alternative
        direction = 1 if high > low else -1
        pi0, pi1 = (low, high) if direction > 0 else (1 - low, 1 - high)
        theta = log(pi1 / (1 - pi1)) - log(pi0 / (1 - pi0))
        trial: Descriptor = ("bernoulli", (pi0,))
        return direction, theta, trial, gain(trial, theta), (1.0, 1.0)
    if isinstance(design, OneArmCount):
        theta = log(design.alternative / design.threshold)
        return 1, theta, None, gain(("poisson", (design.threshold * design.exposure,)), theta), (1.0, 1.0)
    if isinstance(design, TwoArmBinary):
        return _tilt_binary(design)
    if isinstance(design, TwoArmContinuous | MatchedPairs):
        sd = design.residual_sd if isinstance(design, TwoArmContinuous) else design.sd / sqrt(2)
        effect = abs(design.minimal_effect)
        per_unit = _normal_gain(effect / sd, control, new)
        return (1 if design.minimal_effect > 0 else -1), effect / (SCALE * sd), None, per_unit, (1.0, 1.0)
    if isinstance(design, TwoArmEvents):
        theta = abs(log(design.minimal_ratio))
        even = gain(("bernoulli", (0.5,)), theta)
        return (1 if design.minimal_ratio > 1 else -1), theta, None, even, (1.0, 1.0)
    if isinstance(design, TwoArmCount):
        theta = abs(log(design.minimal_ratio))
        mean = design.baseline * design.exposure * (1 + design.minimal_ratio)
        return (
            (1 if design.minimal_ratio > 1 else -1),
            theta,
            None,
            mean * gain(("bernoulli", (0.5,)), theta),
            (1.0, 1.0),
        )
    if isinstance(design, TwoArmOrdinal):
        theta = abs(log(design.minimal_odds_ratio))
        per_unit = _ordinal_gain(design, theta, control, new)
        return (1 if design.minimal_odds_ratio > 1 else -1), theta, None, per_unit, (1.0, 1.0)
    raise DesignError(f"kind: {design.kind} has no units")


def _tilt_binary(design: TwoArmBinary) -> tuple[int, float, Descriptor | None, float, tuple[float, float]]:
    control, new = design.allocation
    p0, p1 = design.baseline, design.baseline + design.minimal_effect
    direction = 1 if p1 > p0 else -1
    theta = abs(log(p1 / (1 - p1)) - log(p0 / (1 - p0)))
    if design.allocation == (1, 1):
        yield1 = p1 * (1 - p0) + p0 * (1 - p1)
        middle = (p0 + p1) / 2
        trial: Descriptor = ("bernoulli", (0.5,))
        return direction, theta, trial, gain(trial, theta) * yield1, (2 * middle * (1 - middle), yield1)
    per_unit = 0.0
    for ones_new in range(new + 1):
        for ones_control in range(control + 1):
            chance = stats.binom.pmf(ones_new, new, p1) * stats.binom.pmf(ones_control, control, p0)
            step, _ = block_step(
                [1] * ones_new + [0] * (new - ones_new), [1] * ones_control + [0] * (control - ones_control)
            )
            per_unit += 0.0 if step is None else float(chance) * gain(step, theta)
    return direction, theta, None, per_unit, (1.0, 1.0)


def sign_gain(half: np.ndarray) -> np.ndarray:
    """``gain`` of a pair's sign when half the tilt times the gap is ``half``."""
    return np.asarray(2 * (half * np.tanh(half) - np.log(np.cosh(half))))


def _normal_gain(effect: float, control: int, new: int) -> float:
    """Expected gain of a block of normal outcomes at ``effect`` standard deviations."""
    if (control, new) != (1, 1):
        return effect**2 * control * new / (control + new)
    # A pair's difference has mean effect and variance 2; the spread used grows somewhat with the effect.
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    differences = effect + sqrt(2) * points
    strength = effect * np.abs(differences) / 2 / (1 + 0.15 * effect**2)
    return float(weights @ sign_gain(strength) / weights.sum())


def _ordinal_gain(design: TwoArmOrdinal, theta: float, control: int, new: int) -> float:
    """Expected gain of a block of answers at the effect that matters."""
    shares, levels = ordinal_shares(design), np.arange(len(design.baseline))
    if (control, new) != (1, 1):
        pooled = (control * np.array(design.baseline) + new * shares) / (control + new)
        variance = float(pooled @ levels**2 - (pooled @ levels) ** 2)
        return theta**2 * variance * control * new / (control + new)
    gaps = np.abs(levels[:, None] - levels)
    return float(np.array(design.baseline) @ sign_gain(theta * gaps / 2) @ shares)
