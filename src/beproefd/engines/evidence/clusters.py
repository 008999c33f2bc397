# SPDX-License-Identifier: EUPL-1.2
"""Neighbourhoods: exact tests by drawing the lots again.

Under the sharp claim "the new way changes nothing anywhere" the outcomes would have been the same under every order
that could have been drawn, so the law of any statistic over all orders is known exactly (Fisher 1935; Rabideau and Wang
2021 for stepped wedges). The statistic is the likelihood ratio in the model of Hussey and Hughes (2007), with period
effects and a cluster effect whose share of variance is fitted again for every order; any statistic that treats all
orders alike keeps the test exact, a good one makes it strong. With known variances the generalised-least-squares score
would be the strongest such test (Lehmann and Stein 1949): no test that trusts only the lots has more power.
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


def ways_to_draw(starts: tuple[int, ...]) -> int:
    """Number of different orders that could have been drawn."""
    ways = factorial(len(starts))
    for value in set(starts):
        ways //= factorial(starts.count(value))
    return ways


@lru_cache(maxsize=16)
def orders(starts: tuple[int, ...], draws: int, seed: int, limit: int = LIST_LIMIT) -> tuple[Ints, bool]:
    """All orders that could have been drawn when they are at most ``limit``, or the one that was plus ``draws`` others;
    first row the one drawn.

    Shape (orders, clusters): the first period of the new way. The second value says whether all are listed.
    """
    own = np.array(starts, dtype=np.int64)
    if ways_to_draw(starts) <= limit:
        rows = _arrangements(tuple(sorted(starts)))
        same = (rows == own).all(axis=1)
        return np.concatenate([rows[same], rows[~same]]), True
    generator = np.random.default_rng(seed)
    return np.concatenate([own[None, :], generator.permuted(np.tile(own, (draws, 1)), axis=1)]), False


DENSE = 10_000_000
"""Largest number of entries of the table that makes sums over clusters a matrix product (80 MB)."""


@dataclass(frozen=True, eq=False)
class Lots:
    """All orders with which a wedge is compared, the one drawn first.

    ``kinds``: the starts that occur (kinds,); ``place`` (orders, clusters): which of them a cluster has; ``member``
    (orders, clusters x kinds): the same as 1 and 0, unless that would be too large.
    """

    arrangement: Ints
    listed: bool
    kinds: Ints
    place: Ints
    member: Floats | None

    def totals(self, table: Floats, orders: int | None = None) -> Floats:
        """Sum over clusters of ``table[cluster, kind]``, (clusters, kinds, R) to (orders, R); the first orders only."""
        if self.member is not None:
            return np.asarray(self.member[:orders] @ table.reshape(-1, table.shape[2]))
        place = self.place[:orders]
        total = np.zeros((len(place), table.shape[2]))
        for cluster, row in enumerate(table):
            total += row[place[:, cluster]]
        return total


@lru_cache(maxsize=4)
def lots(starts: tuple[int, ...], draws: int, seed: int, limit: int = LIST_LIMIT) -> Lots:
    """The orders of ``orders`` in a form in which sums over clusters are quick."""
    arrangement, listed = orders(starts, draws, seed, limit)
    kinds = np.unique(arrangement)
    place = np.searchsorted(kinds, arrangement)
    member = None
    if arrangement.size * len(kinds) <= DENSE:
        member = (arrangement[:, :, None] == kinds).reshape(len(arrangement), -1).astype(float)
    return Lots(arrangement, listed, kinds, place, member)


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


@dataclass(frozen=True)
class _Fit:
    """Fit at one variance ratio: V^-1 times residuals (clusters, periods), their sum of squares in V^-1, the part of
    the REML criterion that does not depend on the outcomes, degrees of freedom, and (Z' V^-1 Z)^-1 for the periods.
    """

    scored: Floats
    quadratic: float
    penalty: float
    freedom: int
    inverse: Floats


def _residuals(weights: Floats, ratio: float, mean: Floats) -> _Fit:
    """Residuals after period effects at a variance ratio."""
    shrink = ratio / (1 + ratio * weights.sum(axis=1))
    matrix = np.diag(weights.sum(axis=0)) - (weights.T * shrink) @ weights
    live = weights.sum(axis=0) > 0
    scaled = _weighted(weights, ratio, mean)
    inverse = np.zeros_like(matrix)
    inverse[np.ix_(live, live)] = np.linalg.pinv(matrix[np.ix_(live, live)], hermitian=True)
    residual = np.where(weights > 0, mean - inverse @ scaled.sum(axis=0), 0.0)
    scored = _weighted(weights, ratio, residual)
    freedom = max(int((weights > 0).sum() - live.sum()), 1)
    _, sign_log = np.linalg.slogdet(matrix[np.ix_(live, live)])
    spread = float(np.log1p(ratio * weights.sum(axis=1)).sum())
    return _Fit(scored, float((residual * scored).sum()), spread + float(sign_log), freedom, inverse)


def _criterion(fit: _Fit, quadratic: Floats | float) -> Floats:
    """Profile likelihood (log, up to a constant; larger is better) at these sums of squares."""
    floor = max(1e-12 * fit.quadratic, 1e-300)
    return np.asarray(-0.5 * (fit.freedom * np.log(np.maximum(quadratic, floor)) + fit.penalty))


def likelihood_roots(cells: Cells, drawn: Lots) -> tuple[Floats, float]:
    """Signed root of the likelihood ratio of an effect against none, for every order (orders,), and the working ICC.

    The share of variance between clusters is fitted with the effect for every order, so that an effect that is there
    does not pass for a difference between clusters.
    """
    fits = [_residuals(cells.count, float(ratio), cells.mean) for ratio in RATIOS]
    given = treated(drawn.kinds, cells.mean.shape[1])
    statistics = drawn.totals(np.stack([fit.scored @ given.T for fit in fits], axis=2)).T
    explained = statistics**2 / _informations(cells.count, fits, drawn)
    likely = np.array([_criterion(fit, fit.quadratic - part) for fit, part in zip(fits, explained, strict=True)])
    none = max(float(_criterion(fit, fit.quadratic)) for fit in fits)
    best = likely.argmax(axis=0)
    every = np.arange(len(best))
    roots = np.sqrt(np.maximum(2 * (likely[best, every] - none), 0.0))
    working = float(RATIOS[best[0]])
    return np.sign(statistics[best, every]) * roots, working / (1 + working)


def _informations(weights: Floats, fits: list[_Fit], drawn: Lots) -> Floats:
    """Information about the effect at every ratio and order, (ratios, orders) or (ratios, 1) when clusters are alike."""
    number = 1 if (weights == weights[0]).all() else None
    given = treated(drawn.kinds, weights.shape[1])
    found = []
    for ratio, fit in zip(RATIOS, fits, strict=True):
        each = np.array([_weighted(np.broadcast_to(row, given.shape), float(ratio), given) for row in weights])
        total = drawn.totals(np.einsum("ckp,kp->ck", each, given)[:, :, None], number)[:, 0]
        shared = drawn.totals(each, number)
        found.append(np.maximum(total - ((shared @ fit.inverse) * shared).sum(axis=1), 1e-12))
    return np.array(found)


def variance_scores(cells: Cells, icc: float) -> Floats:
    """GLS scores per cluster and period when the ICC is known."""
    return _residuals(cells.count, icc / (1 - icc), cells.mean).scored


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
    The interval holds the effects that are not rejected (same effect in every cell). 1 to 20 ms without interval.
    """
    drawn = lots(starts, draws, seed)
    statistics, icc = likelihood_roots(cells, drawn)
    higher, lower, both = exceeding(statistics, float(statistics[0]))
    given = treated(drawn.arrangement[0], cells.mean.shape[1])
    estimate = _estimate(cells, given, icc)
    limits = (float("nan"), float("nan"))
    if with_interval:
        limits = _invert(cells, given, drawn, alpha, estimate)
    return ClusterResult(higher, lower, both, estimate, limits, icc, len(statistics), drawn.listed)


def _estimate(cells: Cells, given: Floats, icc: float) -> float:
    """GLS effect at the working ICC."""
    ratio = icc / (1 - icc)
    scored = _residuals(cells.count, ratio, cells.mean).scored
    design = _residuals(cells.count, ratio, given).scored
    information = float((given * design).sum())
    return float((given * scored).sum()) / information if information > 0 else float("nan")


def _invert(cells: Cells, given: Floats, drawn: Lots, alpha: float, centre: float) -> tuple[float, float]:
    """Effects not rejected at alpha/2 on each side, by doubling and halving."""

    def tail(effect: float, side: int) -> float:
        statistics, _ = likelihood_roots(Cells(cells.count, cells.mean - effect * given), drawn)
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


def normal_pairs(differences: Floats) -> tuple[float, float, float]:
    """P-values (higher, lower, two-sided) of the t test on matched pairs; for means of many persons in few pairs.

    Assumes more than the lots: independent, normal differences. Their spreads may differ from pair to pair as much as
    they like: at two-sided levels up to .083 the test then still rejects a true null at most as often as promised
    (Bakirov and Szekely 2005; Ibragimov and Mueller 2010). With equal unknown spreads no test that keeps its level at
    every spread has more power at every spread (Lehmann and Romano 2005, section 8.5); six pairs are then much stronger than
    with ``sign_flip``, which trusts the lots alone.
    """
    spread = float(differences.std(ddof=1)) if len(differences) > 1 else 0.0
    middle = float(differences.mean()) if len(differences) else 0.0
    if spread <= 1e-14 * abs(middle) or spread == 0:
        # Without any spread there is nothing to measure the mean by.
        return 1.0, 1.0, 1.0
    t = middle / spread * np.sqrt(len(differences))
    higher = float(stats.t.sf(t, len(differences) - 1))
    return higher, 1.0 - higher, min(1.0, 2 * min(higher, 1.0 - higher))


def oracle_power(
    starts: tuple[int, ...], periods: int, *, effect: float, sd: float, icc: float, size: float, alpha: float = 0.05
) -> float:
    """Power of the two-sided z test that knows both variances (Hussey and Hughes 2007): no test knows more."""
    given = treated(np.array(starts), periods)
    weights = np.full(given.shape, size)
    scored = variance_scores(Cells(weights, given), icc)
    information = float((given * scored).sum()) / (sd**2 * (1 - icc))
    drift = abs(effect) * np.sqrt(information)
    border = stats.norm.isf(alpha / 2)
    return float(stats.norm.sf(border - drift) + stats.norm.cdf(-border - drift))
