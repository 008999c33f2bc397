# SPDX-License-Identifier: EUPL-1.2
"""Neighbourhoods: exact tests by drawing the lots again.

Under the sharp claim "the new way changes nothing anywhere" the outcomes would have been the same under every order
that could have been drawn, so the law of any statistic over all orders is known exactly (Fisher 1935; Rabideau and Wang
2021 for stepped wedges). The statistic is the generalised-least-squares score of Hussey and Hughes (2007) with period
effects and a cluster effect whose share of variance is estimated by REML without using who had the new way; any choice
of weights keeps the test exact, good weights make it strong.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import factorial

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LIST_LIMIT = 100_000
"""Largest number of orders that is listed in full."""

RATIOS = np.array([0.0, 0.003, 0.006, 0.012, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8])
"""Grid of cluster variance over variance of one person."""


@dataclass(frozen=True)
class Cells:
    """Outcomes per cluster and period: number of persons and mean, shape (clusters, periods); count 0: no data."""

    count: Floats
    mean: Floats


@dataclass(frozen=True)
class ClusterResult:
    """Two one-sided exact p-values, the two-sided one, effect and interval by inversion, and the working ICC."""

    p_higher: float
    p_lower: float
    p_two_sided: float
    estimate: float
    interval: tuple[float, float]
    icc: float
    orders: int
    listed: bool


@lru_cache(maxsize=16)
def orders(starts: tuple[int, ...], draws: int, seed: int) -> tuple[Ints, bool]:
    """All orders that could have been drawn, or the one that was plus ``draws`` others; first row the one drawn.

    Shape (orders, clusters): the first period of the new way. The second value says whether all are listed.
    """
    sizes = [starts.count(value) for value in sorted(set(starts))]
    ways = factorial(len(starts))
    for size in sizes:
        ways //= factorial(size)
    own = np.array(starts, dtype=np.int64)
    if ways <= LIST_LIMIT:
        rows = _arrangements(tuple(sorted(starts)))
        same = (rows == own).all(axis=1)
        return np.concatenate([rows[same], rows[~same]]), True
    generator = np.random.default_rng(seed)
    return np.concatenate([own[None, :], generator.permuted(np.tile(own, (draws, 1)), axis=1)]), False


def _arrangements(values: tuple[int, ...]) -> Ints:
    """All different orders of values that may repeat."""
    if len(values) == 1:
        return np.array([values], dtype=np.int64)
    parts = []
    for value in sorted(set(values)):
        rest = list(values)
        rest.remove(value)
        tail = _arrangements(tuple(rest))
        parts.append(np.concatenate([np.full((len(tail), 1), value), tail], axis=1))
    return np.concatenate(parts)


def _weighted(weights: Floats, ratio: float, values: Floats) -> Floats:
    """V^-1 times values, per cluster, for V = diag(1/weights) + ratio * 1 1'; shapes (clusters, periods)."""
    shrink = ratio / (1 + ratio * weights.sum(axis=1, keepdims=True))
    return np.asarray(weights * values - shrink * weights * (weights * values).sum(axis=1, keepdims=True))


def _residuals(weights: Floats, ratio: float, mean: Floats) -> tuple[Floats, float]:
    """(V^-1 times residuals after period effects, REML criterion up to a constant; larger is better)."""
    shrink = ratio / (1 + ratio * weights.sum(axis=1))
    matrix = np.diag(weights.sum(axis=0)) - (weights.T * shrink) @ weights
    live = weights.sum(axis=0) > 0
    matrix = matrix[np.ix_(live, live)]
    scaled = _weighted(weights, ratio, mean)
    effects = np.zeros(mean.shape[1])
    effects[live] = np.linalg.lstsq(matrix, scaled.sum(axis=0)[live], rcond=None)[0]
    residual = np.where(weights > 0, mean - effects, 0.0)
    scored = _weighted(weights, ratio, residual)
    freedom = max(int((weights > 0).sum() - live.sum()), 1)
    variance = max(float((residual * scored).sum()), 1e-300) / freedom
    _, sign_log = np.linalg.slogdet(matrix)
    spread = float(np.log1p(ratio * weights.sum(axis=1)).sum())
    return scored, -0.5 * (freedom * np.log(variance) + spread + float(sign_log))


def working_scores(cells: Cells) -> tuple[Floats, float]:
    """GLS scores per cluster and period at the REML variance ratio, and that ratio as an ICC."""
    fits = [(*_residuals(cells.count, float(ratio), cells.mean), float(ratio)) for ratio in RATIOS]
    scored, _, ratio = max(fits, key=lambda fit: fit[1])
    return scored, ratio / (1 + ratio)


def wedge_statistics(scored: Floats, arrangement: Ints) -> Floats:
    """Score statistic of every order: the sum of scores over cells with the new way; shape (orders,)."""
    clusters, periods = scored.shape
    from_start = np.zeros((clusters, periods + 1))
    from_start[:, :periods] = scored[:, ::-1].cumsum(axis=1)[:, ::-1]
    return np.asarray(from_start[np.arange(clusters), np.minimum(arrangement, periods)].sum(axis=1))


def exceeding(statistics: Floats, own: float) -> tuple[float, float, float]:
    """Shares of orders with a statistic at least as high, at least as low, at least as far from zero."""
    slack = 1e-9 * (1 + float(np.abs(statistics).max()))
    return (
        float((statistics >= own - slack).mean()),
        float((statistics <= own + slack).mean()),
        float((np.abs(statistics) >= abs(own) - slack).mean()),
    )


def treated(starts: Ints, periods: int) -> Floats:
    """1 where a cluster has the new way; shape (clusters, periods)."""
    return (np.arange(periods) >= starts[:, None]).astype(float)


def analyse_wedge(
    cells: Cells, starts: tuple[int, ...], *, alpha: float = 0.05, draws: int = 9999, seed: int = 0,
    with_interval: bool = True,
) -> ClusterResult:  # fmt: skip
    """Exact re-randomisation analysis of a stepped wedge (or of any clusters that switch at most once).

    P(p-value <= alpha) <= alpha for every ICC, outcome law and number of clusters when the new way changes nothing.
    The interval holds the effects that are not rejected (same effect in every cell). 0.2 to 10 ms without interval.
    """
    arrangement, listed = orders(starts, draws, seed)
    scored, icc = working_scores(cells)
    statistics = wedge_statistics(scored, arrangement)
    higher, lower, both = exceeding(statistics, float(statistics[0]))
    given = treated(arrangement[0], cells.mean.shape[1])
    estimate = _estimate(cells, given, icc)
    limits = (float("nan"), float("nan"))
    if with_interval:
        limits = _invert(cells, given, arrangement, alpha, estimate)
    return ClusterResult(higher, lower, both, estimate, limits, icc, len(arrangement), listed)


def _estimate(cells: Cells, given: Floats, icc: float) -> float:
    """GLS effect at the working ICC."""
    ratio = icc / (1 - icc)
    scored, _ = _residuals(cells.count, ratio, cells.mean)
    design, _ = _residuals(cells.count, ratio, given)
    information = float((given * design).sum())
    return float((given * scored).sum()) / information if information > 0 else float("nan")


def _invert(cells: Cells, given: Floats, arrangement: Ints, alpha: float, centre: float) -> tuple[float, float]:
    """Effects not rejected at alpha/2 on each side, by doubling and halving."""

    def tail(effect: float, side: int) -> float:
        scored, _ = working_scores(Cells(cells.count, cells.mean - effect * given))
        statistics = wedge_statistics(scored, arrangement)
        return exceeding(statistics, float(statistics[0]))[side]

    live = cells.mean[cells.count > 0]
    stride = max(float(live.std()), 1e-9) / 4
    ends = []
    for side, sign in ((0, -1.0), (1, 1.0)):
        inside, outside = centre, centre + sign * stride
        for _ in range(12):
            if tail(outside, side) <= alpha / 2:
                break
            inside, outside = outside, centre + 2 * (outside - centre)
        else:
            ends.append(sign * float("inf"))
            continue
        for _ in range(14):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if tail(middle, side) <= alpha / 2 else (middle, outside)
        ends.append(outside)
    return ends[0], ends[1]


def sign_flip(differences: Floats, grid: int = 4000) -> tuple[float, float, float]:
    """Exact p-values (higher, lower, two-sided) for matched pairs: each difference could have had the other sign.

    Differences are put on a grid of ``max/grid`` first; the test on those is exact. Two-sided .05 needs 6 pairs.
    """
    top = float(np.abs(differences).max()) if len(differences) else 0.0
    if top == 0:
        return 1.0, 1.0, 1.0
    steps = np.rint(differences / top * grid).astype(np.int64)
    sizes = np.abs(steps)
    law = np.ones(1)
    for size in sizes[sizes > 0]:
        wider = np.zeros(len(law) + int(size))
        wider[: len(law)] += law / 2
        wider[size:] += law / 2
        law = wider
    own = int(steps[steps > 0].sum())
    higher, lower = float(law[own:].sum()), float(law[: own + 1].sum())
    return min(higher, 1.0), min(lower, 1.0), min(1.0, 2 * min(higher, lower))


def oracle_power(
    starts: tuple[int, ...], periods: int, *, effect: float, sd: float, icc: float, size: float, alpha: float = 0.05
) -> float:
    """Power of the two-sided z test that knows both variances (Hussey and Hughes 2007): no test knows more."""
    given = treated(np.array(starts), periods)
    weights = np.full(given.shape, size)
    scored, _ = _residuals(weights, icc / (1 - icc), given)
    information = float((given * scored).sum()) / (sd**2 * (1 - icc))
    drift = abs(effect) * np.sqrt(information)
    border = stats.norm.isf(alpha / 2)
    return float(stats.norm.sf(border - drift) + stats.norm.cdf(-border - drift))
