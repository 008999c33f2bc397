# SPDX-License-Identifier: EUPL-1.2
"""Pairs that are looked at by the calendar: limits made for those very looks, and their figures.

Between two looks several pairs come in, so limits made for looking all the time would waste both errors. With a known
share of pairs that teach something the state of the test is (number of pairs, likelihood ratio), and backward induction
on a grid of ratios gives the best ratios to stop at, for every look in the calendar, even or uneven. Validity does not
rest on that grid or that share: when the test runs, a limit for support is only used as far as the exact conditional
law leaves room for it (see ``walk``).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from beproefd.engines.evidence.steps import Descriptor, step_law

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PAIR: Descriptor = ("bernoulli", (0.5,))
REACH = 7.0
POINTS = 421


@dataclass(frozen=True)
class Ratios:
    """Log likelihood ratios at which looks stop: without support at or below ``low``, for support at or above ``high``.

    ``looks``: pair numbers, rising; the last is the largest size and decides with what is left of alpha.
    """

    looks: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class CalendarFigures:
    """Means over paths with their standard errors, the largest error given any path drawn, and the chance of stopping
    at pair 0, 1, ...
    """

    supported: float
    supported_se: float
    expected: float
    expected_se: float
    worst_alpha: float
    stopping: Floats


def _transitions(theta: float, rate: float, gap: int) -> Floats:
    """Law of the log ratio after ``gap`` pairs from every grid point, at the border of the claim; (points, points)."""
    grid = np.linspace(-REACH, REACH, POINTS)
    width = grid[1] - grid[0]
    cumulant = float(step_law(PAIR).cumulant(theta)[0])
    trials = np.arange(gap + 1)
    chance = stats.binom.pmf(trials, gap, rate)[:, None] * stats.binom.pmf(trials[None, :], trials[:, None], 0.5)
    change = theta * trials[None, :] - cumulant * trials[:, None]
    kept = chance > 1e-13
    place = change[kept] / width
    whole = np.floor(place).astype(np.int64)
    part = place - whole
    spread = int(np.abs(whole).max()) + 2
    kernel = np.zeros(2 * spread + 1)
    np.add.at(kernel, whole + spread, chance[kept] * (1 - part))
    np.add.at(kernel, whole + spread + 1, chance[kept] * part)
    matrix = np.zeros((POINTS, POINTS))
    for shift in np.flatnonzero(kernel) - spread:
        target = np.clip(np.arange(POINTS) + shift, 0, POINTS - 1)
        matrix[np.arange(POINTS), target] += kernel[shift + spread]
    return matrix


def best_ratios(
    *, theta: float, rate: float, looks: tuple[int, ...], alpha: float, power: float, weight1: float,
    prices: tuple[float, float] | None = None,
) -> tuple[Ratios, tuple[float, float]]:  # fmt: skip
    """The cheapest stopping ratios with this error and power on the grid; takes 0.1 to 1 s.

    Cost: expected pairs at the border plus ``weight1`` times expected pairs at the effect that matters. ``prices`` of
    the errors (logs) from an earlier, similar search shorten this one; the prices found come with the ratios.
    """
    grid = np.linspace(-REACH, REACH, POINTS)
    ratio = np.exp(grid)
    gaps: Ints = np.array([later - earlier for earlier, later in zip((0, *looks), looks, strict=False)])
    matrices = {int(gap): _transitions(theta, rate, int(gap)) for gap in set(gaps)}
    size = float(looks[-1])
    centre, half = (
        np.array(prices or (log(4 * size / alpha), log(4 * size / (1 - power)))),
        3.0 if prices is None else 0.4,
    )
    best: tuple[float, Floats, Floats] | None = None
    for _ in range(6 if prices is None else 3):
        axis = np.linspace(-half, half, 7)
        log_a, log_b = (x.ravel() for x in np.meshgrid(centre[0] + axis, centre[1] + axis))
        low, high = _induct(grid, ratio, gaps, matrices, np.exp(log_a), np.exp(log_b), weight1)
        error, reached, cost = _forward(grid, ratio, gaps, matrices, low, high, weight1, looks)
        feasible = (error <= alpha) & (reached >= power)
        if feasible.any():
            k = int(np.where(feasible, cost, np.inf).argmin())
            if best is None or cost[k] < best[0]:
                best = (float(cost[k]), low[:, k], high[:, k])
                found = float(log_a[k]), float(log_b[k])
        else:
            k = int((np.maximum(error / alpha, 1) * np.maximum((1 - reached) / (1 - power), 1)).argmin())
            if best is None:
                fallback = (float(cost[k]), low[:, k], high[:, k])
                found = float(log_a[k]), float(log_b[k])
        centre, half = np.array([log_a[k], log_b[k]]), half * 0.45
    _, low_best, high_best = best or fallback
    return Ratios(looks, tuple(float(x) for x in low_best), tuple(float(x) for x in high_best)), found


def _induct(
    grid: Floats, ratio: Floats, gaps: Ints, matrices: dict[int, Floats], a: Floats, b: Floats, weight1: float
) -> tuple[Floats, Floats]:
    """Stopping ratios for K pairs of prices; two arrays of shape (looks, K)."""
    stop = np.minimum(a, b * ratio[:, None])
    supports = a <= b * ratio[:, None]
    border = np.log(a / b)
    low, high = np.zeros((2, len(gaps), len(a)))
    low[-1] = high[-1] = border
    value = stop
    for k in range(len(gaps) - 2, -1, -1):
        gap = int(gaps[k + 1])
        go_on = gap * (1 + weight1 * ratio[:, None]) + matrices[gap] @ value
        ends = stop <= go_on
        reject, accept = ends & supports, ends & ~supports
        high[k] = np.where(reject.any(axis=0), grid[reject.argmax(axis=0)], np.inf)
        low[k] = np.where(accept.any(axis=0), grid[len(grid) - 1 - accept[::-1].argmax(axis=0)], -np.inf)
        value = np.minimum(stop, go_on)
    return low, high


def _forward(
    grid: Floats, ratio: Floats, gaps: Ints, matrices: dict[int, Floats], low: Floats, high: Floats,
    weight1: float, looks: tuple[int, ...],
) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    """(error, power, cost) of K candidates."""
    mass = np.zeros((len(grid), low.shape[1]))
    mass[len(grid) // 2] = 1.0
    error, power, cost = np.zeros((3, low.shape[1]))
    for k, gap in enumerate(gaps):
        mass = matrices[int(gap)].T @ mass
        up, down = grid[:, None] >= high[k] - 1e-9, grid[:, None] <= low[k] + 1e-9
        if k == len(gaps) - 1:
            down = ~up
        error += (mass * up).sum(axis=0)
        power += (mass * up * ratio[:, None]).sum(axis=0)
        cost += looks[k] * (mass * (up | down) * (1 + weight1 * ratio[:, None])).sum(axis=0)
        mass = np.where(up | down, 0.0, mass)
    return error, power, cost


def limits_at(ratios: Ratios, place: int, theta: float, cumulant: float) -> tuple[float, float]:
    """(lowest score for support, highest score without) at look ``place`` after steps with this total cumulant."""
    return (ratios.high[place] + cumulant) / theta, (ratios.low[place] + cumulant) / theta


def calendar_figures(
    ratios: Ratios, *, theta: float, alpha: float, rate: float, pi: float, paths: int, generator: np.random.Generator
) -> CalendarFigures:
    """Pairs until the stop and probability of support, with successes averaged out exactly; arrays (paths, scores).

    ``rate``: probability that a pair teaches something; ``pi``: that it then favours the new way.
    """
    between = np.diff(ratios.looks, prepend=0)
    trials = generator.binomial(np.tile(between, (paths, 1)), rate).cumsum(axis=1)
    width = int(trials[:, -1].max()) + 1
    one = float(step_law(PAIR).cumulant(theta)[0])
    scores = np.arange(width)
    mass = np.zeros((paths, width))
    mass[:, 0] = 1.0
    spent, supported, expected = np.zeros((3, paths))
    made = np.zeros(paths, dtype=np.int64)
    stopping = np.zeros(ratios.looks[-1] + 1)
    for k, look in enumerate(ratios.looks):
        while (rows := np.flatnonzero(made < trials[:, k])).size:
            moved = mass[rows] / 2
            moved[:, 1:] += mass[rows, :-1] / 2
            mass[rows] = moved
            made[rows] += 1
        final = k == len(ratios.looks) - 1
        at_high, at_low = limits_at(ratios, k, theta, 0.0)
        tail = mass[:, ::-1].cumsum(axis=1)[:, ::-1]
        high = (spent[:, None] + tail <= alpha * (1 + 1e-12)) & (tail > 0)
        drift = (made * one / theta)[:, None]
        if not final:
            high &= scores >= at_high + drift - 1e-9
        low = ~high if final else (scores <= at_low + drift + 1e-9) & ~high
        true = mass * np.exp(scores * log(2 * pi) + (made[:, None] - scores) * log(2 * (1 - pi)))
        spent += (mass * high).sum(axis=1)
        supported += (true * high).sum(axis=1)
        here = (true * (high | low)).sum(axis=1)
        expected += here * look
        stopping[look] = here.mean()
        mass[high | low] = 0.0
    root = np.sqrt(paths)
    return CalendarFigures(
        float(supported.mean()), float(supported.std() / root), float(expected.mean()), float(expected.std() / root),
        float(spent.max()), stopping,
    )  # fmt: skip


def calibrated(
    *, theta: float, rate0: float, rate1: float, looks: tuple[int, ...], alpha: float, power: float, weight1: float,
    paths: int = 400, seed: int = 0,
) -> tuple[Ratios, CalendarFigures, CalendarFigures]:  # fmt: skip
    """Ratios whose power, with the exact room for support, is as asked; and the figures at both hypotheses.

    The grid's power and the exact one differ by up to a point; the asked power is moved until they agree on a fixed set
    of ``paths`` (``seed`` is part of the method: the same design always gives the same limits).
    """
    pi1 = 1 / (1 + exp(-theta))
    asked, best, prices = power, None, None
    for _ in range(4):
        ratios, prices = best_ratios(
            theta=theta, rate=rate1, looks=looks, alpha=alpha, power=asked, weight1=weight1, prices=prices
        )
        seen = calendar_figures(
            ratios, theta=theta, alpha=alpha, rate=rate1, pi=pi1, paths=paths, generator=np.random.default_rng(seed)
        )
        if seen.supported >= power and (best is None or seen.expected < best[1].expected):
            best = (ratios, seen)
        if power <= seen.supported <= power + 0.001:
            break
        asked += power + 0.0005 - seen.supported
    chosen, seen = best or (ratios, seen)
    null = calendar_figures(
        chosen, theta=theta, alpha=alpha, rate=rate0, pi=0.5, paths=paths, generator=np.random.default_rng(seed)
    )
    return chosen, seen, null
