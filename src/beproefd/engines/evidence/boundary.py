# SPDX-License-Identifier: EUPL-1.2
"""Stopping boundaries for a walk of successes, optimal by exact dynamic programming.

A *walk* counts successes in independent trials: persons who can do it (one arm), or pairs in which exactly one of the
two succeeded and it was the person in the new arm (two arms; Wald 1947, chapter 6). At the border of the claim a trial
succeeds with probability ``pi0`` (one half for pairs, whatever the base rate), at the effect that matters with ``pi1``.
A boundary says at every trial how many successes end the test.

Among all rules with error at most ``alpha`` at ``pi0`` and power at least ``power`` at ``pi1`` we look for the one with
the smallest weighted sum of expected lengths under both: for fixed prices of the two errors backward induction is
exactly optimal (Wald and Wolfowitz 1948; Lai 1973), and the prices are searched until both guarantees hold. All
figures come from the exact law of the walk; nothing is approximated by a normal law.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ZOOMS = 9
GRID = 9


class NoBoundaryError(ValueError):
    """No rule within the stated horizon keeps both guarantees."""


@dataclass(frozen=True)
class Calendar:
    """How units (persons, pairs) turn into trials: each yields one with probability ``yield0`` / ``yield1``.

    ``units`` is the largest number of units. One arm: every person is a trial, so both yields are 1.
    """

    units: int
    yield0: float = 1.0
    yield1: float = 1.0


@dataclass(frozen=True)
class Boundary:
    """When to stop after each trial 0..horizon; tuples of length horizon + 1.

    ``upper[d]`` is the smallest number of successes that stops for support (d + 1: none), ``lower[d]`` the largest that
    stops without support (-1: none), ``last[d]`` the smallest number that supports when the people run out at trial d,
    ``refute[d]`` the largest number at which a stop also contradicts the claim with error at most ``alpha``.
    ``spent_alpha[d]`` and ``spent_beta[d]`` are the errors used up to and including trial d.
    """

    pi0: float
    pi1: float
    alpha: float
    beta: float
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    last: tuple[int, ...]
    refute: tuple[int, ...]
    spent_alpha: tuple[float, ...]
    spent_beta: tuple[float, ...]

    @property
    def horizon(self) -> int:
        """Largest number of trials."""
        return len(self.upper) - 1


@dataclass(frozen=True)
class Operating:
    """Exact behaviour at one truth: probability of support and of refutation, expected number of units."""

    supported: float
    refuted: float
    expected: float


@dataclass(frozen=True)
class Law:
    """Law of a stopped walk at one success probability; arrays over trials 0..horizon.

    ``support[d]`` and ``reject[d]``: probability of stopping at trial d. ``last_support[d]`` and ``last_refute[d]``:
    probability of still running after trial d and being a support or refutation if people run out there.
    """

    support: Floats
    reject: Floats
    refute: Floats
    last_support: Floats
    last_refute: Floats

    def operating(self, units: int, rate: float) -> Operating:
        """Figures in units when a unit yields a trial with probability ``rate`` and at most ``units`` come."""
        trials = np.arange(len(self.support))
        within, waiting, ended = _arrivals(units, rate, len(trials) - 1)
        stop = self.support + self.reject
        running = max(0.0, 1.0 - float(stop.sum()))
        expected = float(stop @ waiting) + running * units
        supported = float(self.support @ within + self.last_support @ ended)
        refuted = float(self.refute @ within + self.last_refute @ ended)
        return Operating(supported, refuted, expected)


@lru_cache(maxsize=256)
def _arrivals(units: int, rate: float, horizon: int) -> tuple[Floats, Floats, Floats]:
    """P(trial t within the units), E[min(units, unit of trial t)], P(exactly t trials in all), for t in 0..horizon."""
    trials = np.arange(horizon + 1)
    if rate >= 1.0:
        ended = np.zeros(horizon + 1)
        if units <= horizon:
            ended[units] = 1.0
        return (trials <= units).astype(float), np.minimum(trials, units).astype(float), ended
    within = stats.binom.sf(trials - 1, units, rate)
    waiting = trials / rate * stats.binom.sf(trials, units + 1, rate) + units * stats.binom.cdf(trials - 1, units, rate)
    return within, waiting, np.asarray(stats.binom.pmf(trials, units, rate), dtype=float)


def log_ratio(pi0: float, pi1: float) -> tuple[float, float]:
    """Log likelihood ratio of a success and of a failure."""
    return float(np.log(pi1 / pi0)), float(np.log((1 - pi1) / (1 - pi0)))


def law(boundary: Boundary, pi: float) -> Law:
    """Exact law of the stopped walk when trials succeed with probability ``pi``; O(horizon x width)."""
    horizon = boundary.horizon
    support, reject, refute, last_support, last_refute = np.zeros((5, horizon + 1))
    last_support[0] = float(boundary.last[0] <= 0)
    mass, low = np.ones(1), 0
    for d in range(1, horizon + 1):
        step = np.zeros(len(mass) + 1)
        step[:-1] = mass * (1 - pi)
        step[1:] += mass * pi
        up = min(max(boundary.upper[d] - low, 0), len(step))
        down = min(max(boundary.lower[d] + 1 - low, 0), len(step))
        bad = min(max(boundary.refute[d] + 1 - low, 0), len(step))
        support[d] = step[up:].sum()
        reject[d] = step[:down].sum()
        refute[d] = step[: min(bad, down)].sum()
        last = min(max(boundary.last[d] - low, down), up)
        last_support[d] = step[last:up].sum()
        last_refute[d] = step[down : max(down, bad)].sum()
        mass, low = step[down:up], low + down
        if len(mass) == 0:
            break
    return Law(support, reject, refute, last_support, last_refute)


def from_limits(pi0: float, pi1: float, alpha: float, beta: float, upper: Ints, lower: Ints) -> Boundary:
    """A boundary with its spent errors and last-look limits worked out exactly.

    ``last`` uses what is left of ``alpha`` at every trial, so that running out of people after any number of trials
    keeps the error at most ``alpha``.
    """
    horizon = len(upper) - 1
    up_log, down_log = log_ratio(pi0, pi1)
    last = np.arange(1, horizon + 2)
    refute = np.full(horizon + 1, -1)
    spent_alpha, spent_beta = np.zeros((2, horizon + 1))
    mass, low = np.ones(1), 0
    below = 0.0
    for d in range(1, horizon + 1):
        step = np.zeros(len(mass) + 1)
        step[:-1] = mass * (1 - pi0)
        step[1:] += mass * pi0
        wins = low + np.arange(len(step))
        up = min(max(int(upper[d]) - low, 0), len(step))
        down = min(max(int(lower[d]) + 1 - low, 0), len(step))
        tail = step[::-1].cumsum()[::-1]
        fits = spent_alpha[d - 1] + tail <= alpha * (1 + 1e-12)
        last[d] = int(wins[fits][0]) if fits.any() else (int(wins[-1]) + 1 if len(wins) else d + 1)
        # Ordering by the moment of stopping: everything that stopped low earlier counts as at least as bad.
        bad = below + step.cumsum() <= alpha * (1 + 1e-12)
        refute[d] = int(wins[bad][-1]) if bad.any() else -1
        spent_alpha[d] = spent_alpha[d - 1] + step[up:].sum()
        likelihood = np.exp(wins[:down] * up_log + (d - wins[:down]) * down_log)
        spent_beta[d] = spent_beta[d - 1] + (step[:down] * likelihood).sum()
        below += step[:down].sum()
        mass, low = step[down:up], low + down
    return Boundary(
        pi0, pi1, alpha, beta,
        tuple(int(x) for x in upper), tuple(int(x) for x in lower), tuple(int(x) for x in last),
        tuple(int(x) for x in refute), tuple(float(x) for x in spent_alpha), tuple(float(x) for x in spent_beta),
    )  # fmt: skip


def _policies(
    pi0: float,
    pi1: float,
    looks: Bools,
    calendar: Calendar,
    weights: tuple[float, float],
    price0: Floats,
    price1: Floats,
) -> tuple[Ints, Ints]:
    """Optimal limits for K pairs of error prices at once; two arrays of shape (K, horizon + 1).

    A further trial costs the units it takes to arrive; people may run out first, and then the test must decide.
    """
    horizon = len(looks) - 1
    within, waiting, _ = _arrivals(calendar.units, calendar.yield1, horizon)
    alive = np.maximum(within, 1e-300)
    arrives = np.append(within[1:] / alive[:-1], 0.0)
    takes = np.append(np.diff(waiting) / alive[:-1], 0.0)
    up_log, down_log = log_ratio(pi0, pi1)
    count = len(price0)
    upper = np.tile(np.arange(1, horizon + 2), (count, 1))
    lower = np.full((count, horizon + 1), -1)
    a, b = price0[:, None], price1[:, None]
    ratio = np.exp(np.arange(horizon + 1) * up_log + (horizon - np.arange(horizon + 1)) * down_log)
    accept = b * ratio
    value = np.minimum(a, accept)
    supports = a <= accept
    upper[:, horizon] = horizon + 1 - supports.sum(axis=1)
    lower[:, horizon] = upper[:, horizon] - 1
    for d in range(horizon - 1, 0, -1):
        ratio = ratio[: d + 1] * np.exp(-down_log)
        accept = b * ratio
        stop = np.minimum(a, accept)
        later = (1 - pi0) * value[:, : d + 1] + pi0 * value[:, 1 : d + 2]
        go_on = takes[d] * (weights[0] + weights[1] * ratio) + arrives[d] * later + (1 - arrives[d]) * stop
        if not looks[d]:
            value = go_on
            continue
        supports = a <= accept
        ends = stop <= go_on
        upper[:, d] = d + 1 - (ends & supports).sum(axis=1)
        lower[:, d] = (ends & ~supports).sum(axis=1) - 1
        value = np.minimum(stop, go_on)
    return upper, lower


@dataclass(frozen=True)
class _Figures:
    """Exact figures of K candidate limits; arrays of shape (K,)."""

    alpha: Floats
    power: Floats
    expected0: Floats
    expected1: Floats


def _figures(pi0: float, pi1: float, alpha: float, upper: Ints, lower: Ints, calendar: Calendar) -> _Figures:
    """Forward pass over K candidates at once, with the last look that uses what is left of alpha."""
    count, horizon = upper.shape[0], upper.shape[1] - 1
    up_log, down_log = log_ratio(pi0, pi1)
    within1, waiting1, ended1 = _arrivals(calendar.units, calendar.yield1, horizon)
    _, waiting0, _ = _arrivals(calendar.units, calendar.yield0, horizon)
    spent, power, expected0, expected1, gone0, gone1 = np.zeros((6, count))
    mass, low = np.ones((count, 1)), 0
    for d in range(1, horizon + 1):
        step = np.zeros((count, mass.shape[1] + 1))
        step[:, :-1] = mass * (1 - pi0)
        step[:, 1:] += mass * pi0
        wins = low + np.arange(step.shape[1])
        step1 = step * np.exp(wins * up_log + (d - wins) * down_log)
        high = wins >= upper[:, d : d + 1]
        deep = wins <= lower[:, d : d + 1]
        if ended1[d] > 1e-9 and d < horizon:
            tail = step[:, ::-1].cumsum(axis=1)[:, ::-1]
            fits = (spent[:, None] + tail <= alpha * (1 + 1e-12)) & ~high & ~deep
            power += ended1[d] * (step1 * fits).sum(axis=1)
        s0, s1 = (step * high).sum(axis=1), (step1 * high).sum(axis=1)
        r0, r1 = (step * deep).sum(axis=1), (step1 * deep).sum(axis=1)
        spent += s0
        power += s1 * within1[d]
        expected0 += (s0 + r0) * waiting0[d]
        expected1 += (s1 + r1) * waiting1[d]
        gone0 += s0 + r0
        gone1 += s1 + r1
        step[high | deep] = 0.0
        alive: Bools = np.asarray(step.any(axis=0))
        if not alive.any():
            break
        first, after = int(alive.argmax()), len(alive) - int(alive[::-1].argmax())
        mass, low = step[:, first:after], low + first
    return _Figures(spent, power, expected0 + (1 - gone0) * calendar.units, expected1 + (1 - gone1) * calendar.units)


@dataclass(frozen=True)
class Optimum:
    """The boundary found, with its exact figures in units under both hypotheses."""

    boundary: Boundary
    alpha: float
    power: float
    expected0: float
    expected1: float


def optimise(
    *,
    pi0: float,
    pi1: float,
    alpha: float,
    power: float,
    horizon: int,
    calendar: Calendar,
    weight0: float = 1.0,
    weight1: float = 1.0,
    looks: tuple[int, ...] | None = None,
) -> Optimum:
    """The cheapest boundary with error <= ``alpha`` at ``pi0`` and power >= ``power`` at ``pi1`` (``pi1 > pi0``).

    Cost is ``weight0 * E0[units] + weight1 * E1[units]``; looks after the trials listed (None: every trial) and at the
    horizon. The prices of the two errors are searched on a grid that zooms in (9 x 9 points, 9 rounds), all points in
    one backward and one forward pass. Raises NoBoundaryError when the horizon is too short.
    """
    may_look = np.full(horizon + 1, looks is None)
    may_look[[horizon, *(look for look in looks or () if look <= horizon)]] = True
    scale = (weight0 / calendar.yield0 + weight1 / calendar.yield1) * horizon
    centre = np.array([np.log(scale * 2 / alpha), np.log(scale * 2 / (1 - power))])
    half = np.array([4.0, 4.0])
    best: tuple[float, Ints, Ints, _Figures, int] | None = None
    points = GRID if horizon <= 400 else GRID - 4
    for _ in range(ZOOMS):
        grid = np.linspace(-1, 1, points)
        log_a, log_b = (x.ravel() for x in np.meshgrid(centre[0] + half[0] * grid, centre[1] + half[1] * grid))
        upper, lower = _policies(pi0, pi1, may_look, calendar, (weight0, weight1), np.exp(log_a), np.exp(log_b))
        figures = _figures(pi0, pi1, alpha, upper, lower, calendar)
        feasible = (figures.alpha <= alpha) & (figures.power >= power)
        cost = weight0 * figures.expected0 + weight1 * figures.expected1
        if feasible.any():
            k = int(np.where(feasible, cost, np.inf).argmin())
            if best is None or cost[k] < best[0]:
                best = (float(cost[k]), upper[k], lower[k], figures, k)
        else:
            missing = np.maximum((1 - figures.power) / (1 - power), 1)
            shortfall = np.log(np.maximum(figures.alpha / alpha, 1)) + np.log(missing)
            k = int(shortfall.argmin())
        centre = np.array([log_a[k], log_b[k]])
        half = half * 0.6
    if best is None:
        raise NoBoundaryError("no rule keeps both guarantees within this number of people")
    _, up, low, figures, k = best
    return Optimum(
        from_limits(pi0, pi1, alpha, 1 - power, up, low),
        float(figures.alpha[k]),
        float(figures.power[k]),
        float(figures.expected0[k]),
        float(figures.expected1[k]),
    )
