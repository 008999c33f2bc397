# SPDX-License-Identifier: EUPL-1.2
"""Would the top change with one juror less, or with slightly other weights?

The published score of an idea is linear in the weights when the idea has a score on every criterion, so the weights
that keep the same top form a polytope: its half-spaces are the pairs (idea inside, idea outside). Its volume is exact.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.ranking.inputs import Comparison, Criteria, Judgements
from beproefd.engines.ranking.official import best_first, top_names, weighted
from beproefd.engines.ranking.opinion import strength_of_answers
from beproefd.engines.ranking.polytope import UnmeasurableError, share_kept
from beproefd.engines.ranking.result import Stability, WeightChange

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

JITTER = 0.10
"""How far each weight may move, as a share of the total."""
EXACT_UP_TO = 8
"""With more criteria than this the volume is measured on points: the polytope gets too many corners."""
POINTS = 4096
FEW_POINTS = 64
"""Where every set of weights asks a new fit of the model."""
TRIES = 16
HALVINGS = 50
EQUAL = 1e-9


def stability(
    judgements: Judgements, criteria: Criteria, mean: Floats, order: Ints, cells: Floats, top: int
) -> Stability:
    """Examine the top of the published order; `cells` are the means per idea and criterion, (I, C)."""
    names = judgements.ideas
    inside = np.zeros(len(names), dtype=bool)
    inside[order[:top]] = True
    inside &= ~np.isnan(mean)
    outside = ~inside & ~np.isnan(mean)
    chosen = top_names(mean, order, names, top)
    changes = without_each_juror(judgements, criteria, inside, top)
    complete = not np.isnan(cells[inside | outside]).any()
    if not (inside.any() and outside.any()) or len(criteria.keys) == 1:
        share, method, smallest = 1.0, "exact", None
    elif complete:
        share, method = share_of_weights(cells, inside, outside, criteria.shares)
        smallest = smallest_change(cells, inside, outside, criteria, names)
    else:
        share, method = share_on_points(cells, inside, outside, criteria.shares), "points"
        smallest = smallest_change_on_points(cells, inside, outside, criteria, names)
    calm = bool(chosen) and not changes and share == 1.0
    return Stability(chosen, changes, share, method, smallest, calm)


def stability_of_answers(judgements: Judgements, criteria: Criteria, strength: Floats, top: int) -> Stability:
    """Examine the top of the model's order, (I,) `strength`, where there are comparisons and no scores."""
    names = judgements.ideas

    def top_of(values: Floats) -> tuple[str, ...]:
        return top_names(values, best_first(values, names), names, top)

    def told(answers: tuple[Comparison, ...], rules: Criteria = criteria) -> set[str]:
        kept = Judgements(judgements.jurors, names, judgements.scores, answers)
        return set(top_of(strength_of_answers(kept, rules)))

    chosen, changes = top_of(strength), []
    said: dict[str, list[Comparison]] = defaultdict(list)
    for item in judgements.comparisons:
        said[item.juror].append(item)
    found: dict[frozenset[tuple[str, str, str | None]], set[str]] = {}
    for juror in sorted(said, key=judgements.jurors.index):
        # Who said the same is missed in the same way.
        same = frozenset((item.better, item.worse, item.criterion) for item in said[juror])
        if same not in found:
            found[same] = told(tuple(item for item in judgements.comparisons if item.juror != juror))
        if found[same] != set(chosen):
            changes.append((juror, tuple(sorted(found[same] - set(chosen))), tuple(sorted(set(chosen) - found[same]))))
    share, method = 1.0, "exact"
    if len(criteria.keys) > 1 and any(item.criterion is not None for item in judgements.comparisons):
        method = "points"
        points = _points(np.maximum(criteria.shares - JITTER, 1e-6), np.minimum(criteria.shares + JITTER, 1.0))
        others = [Criteria(criteria.keys, point, criteria.scale) for point in points[:FEW_POINTS]]
        share = float(np.mean([told(judgements.comparisons, rules) == set(chosen) for rules in others]))
    calm = bool(chosen) and not changes and share == 1.0
    return Stability(chosen, tuple(changes), share, method, None, calm)


def without_each_juror(
    judgements: Judgements, criteria: Criteria, inside: NDArray[np.bool_], top: int
) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """For each juror whose absence changes the set in the top: the name, who enters, who leaves."""
    if not judgements.jurors or not judgements.ideas:
        return ()
    given = judgements.observed
    scores = np.where(given, judgements.scores, 0.0)
    count = given.sum(axis=0) - given
    cells = np.full(scores.shape, np.nan)
    np.divide(scores.sum(axis=0) - scores, count, out=cells, where=count > 0)
    means = weighted(cells, criteria.shares)
    orders = best_first(means, judgements.ideas)[:, :top]
    still = np.zeros(means.shape, dtype=bool)
    np.put_along_axis(still, orders, values=True, axis=1)
    still &= ~np.isnan(means)
    found = []
    for j in np.flatnonzero((still != inside).any(axis=1)):
        entering = tuple(judgements.ideas[i] for i in np.flatnonzero(still[j] & ~inside))
        leaving = tuple(judgements.ideas[i] for i in np.flatnonzero(inside & ~still[j]))
        found.append((judgements.jurors[j], entering, leaving))
    return tuple(found)


def share_of_weights(
    cells: Floats, inside: NDArray[np.bool_], outside: NDArray[np.bool_], shares: Floats
) -> tuple[float, str]:
    """Volume of the weights within `JITTER` that keep the top, as a share of all weights within `JITTER`."""
    size = len(shares)
    if size > EXACT_UP_TO:
        return share_on_points(cells, inside, outside, shares), "points"
    low, high = np.maximum(shares - JITTER, 0.0), np.minimum(shares + JITTER, 1.0)
    pairs = _differences(cells, inside, outside)
    if not len(pairs) or (_least(pairs, low, high)[0] >= -EQUAL).all():
        return 1.0, "exact"
    if size == 2:
        return _share_of_interval(pairs, low, high), "exact"
    try:
        return share_kept(cells[inside], cells[outside], low, high), "exact"
    except UnmeasurableError:
        return share_on_points(cells, inside, outside, shares), "points"


def share_on_points(cells: Floats, inside: NDArray[np.bool_], outside: NDArray[np.bool_], shares: Floats) -> float:
    """Share of a fixed low-discrepancy set of weights within `JITTER` that keeps the top."""
    points = _points(np.maximum(shares - JITTER, 0.0), np.minimum(shares + JITTER, 1.0))
    return float(_keeps(points, cells, inside, outside).mean())


def smallest_change(
    cells: Floats, inside: NDArray[np.bool_], outside: NDArray[np.bool_], criteria: Criteria, names: tuple[str, ...]
) -> WeightChange | None:
    """Over all pairs the smallest largest-change-of-a-weight at which the two ideas have the same score."""
    shares = criteria.shares
    rows, columns = np.flatnonzero(inside), np.flatnonzero(outside)
    pairs = (cells[rows][:, None, :] - cells[columns][None, :, :]).reshape(-1, len(shares))
    able = np.flatnonzero(pairs.min(axis=1) < -EQUAL)
    if not able.size:
        return None
    pairs = pairs[able]
    reach, needed = np.zeros(len(able)), np.ones(len(able))
    for _ in range(HALVINGS):
        middle = (reach + needed) / 2
        value, _ = _least(pairs, np.maximum(shares - middle[:, None], 0), np.minimum(shares + middle[:, None], 1))
        reach, needed = np.where(value > 0, middle, reach), np.where(value > 0, needed, middle)
        near = reach <= needed.min()  # the others cannot become the smallest any more
        able, pairs, reach, needed = able[near], pairs[near], reach[near], needed[near]
    best = int(np.argmin(needed))
    step = needed[best]
    _, weights = _least(pairs[best : best + 1], np.maximum(shares - step, 0), np.minimum(shares + step, 1))
    leaving, entering = divmod(int(able[best]), len(columns))
    return _change(criteria, weights[0], names[columns[entering]], names[rows[leaving]])


def smallest_change_on_points(
    cells: Floats, inside: NDArray[np.bool_], outside: NDArray[np.bool_], criteria: Criteria, names: tuple[str, ...]
) -> WeightChange | None:
    """As `smallest_change` when ideas miss whole criteria: best of a fixed set of directions, so an upper bound."""
    shares = criteria.shares
    far = _points(np.zeros(len(shares)), np.ones(len(shares)))
    far = far[~_keeps(far, cells, inside, outside)]
    if not len(far):
        return None
    steps = far - shares
    size = np.abs(steps).max(axis=1)
    reach, needed = np.zeros(len(steps)), np.ones(len(steps))
    for _ in range(HALVINGS):
        middle = (reach + needed) / 2
        same = _keeps(shares + middle[:, None] * steps, cells, inside, outside)
        reach, needed = np.where(same, middle, reach), np.where(same, needed, middle)
        near = reach * size <= (needed * size).min()  # the others cannot become the smallest any more
        steps, size, reach, needed = steps[near], size[near], reach[near], needed[near]
    best = int(np.argmin(needed * size))
    weights = shares + needed[best] * steps[best]
    scores = weighted(cells, weights)
    entering = max(np.flatnonzero(outside), key=lambda i: float(scores[i]))
    leaving = min(np.flatnonzero(inside), key=lambda i: float(scores[i]))
    return _change(criteria, weights, names[entering], names[leaving])


def _change(criteria: Criteria, weights: Floats, entering: str, leaving: str) -> WeightChange:
    moved = weights - criteria.shares
    up = tuple(key for key, step in zip(criteria.keys, moved, strict=True) if step > EQUAL)
    down = tuple(key for key, step in zip(criteria.keys, moved, strict=True) if step < -EQUAL)
    return WeightChange(float(100 * np.abs(moved).max()), weights, up, down, entering, leaving)


def _differences(cells: Floats, inside: NDArray[np.bool_], outside: NDArray[np.bool_]) -> Floats:
    """Rows (C,) that must stay at least 0 for the top to stay; pairs that are equal everywhere say nothing."""
    pairs: Floats = (cells[inside][:, None, :] - cells[outside][None, :, :]).reshape(-1, cells.shape[1])
    telling: Floats = pairs[np.abs(pairs).max(axis=1) > EQUAL]
    return telling


def _least(pairs: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Minimum of pair . w over low <= w <= high, sum w = 1, and where it is reached; (P, C) to (P,) and (P, C).

    The linear programme of a fractional knapsack: start from `low`, give the rest to the smallest coefficients first.
    """
    order = np.argsort(pairs, axis=1)
    low, high = np.broadcast_to(low, pairs.shape), np.broadcast_to(high, pairs.shape)
    room = np.take_along_axis(high - low, order, axis=1)
    before = np.cumsum(room, axis=1) - room
    rest = 1.0 - low.sum(axis=1, keepdims=True)
    weights = low.copy()
    np.put_along_axis(
        weights, order, np.take_along_axis(low, order, axis=1) + np.clip(rest - before, 0.0, room), axis=1
    )
    value: Floats = np.einsum("pc,pc->p", pairs, weights)
    return value, weights


def _keeps(weights: Floats, cells: Floats, inside: NDArray[np.bool_], outside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which weight vectors (P, C) keep the same set in the top, (P,)."""
    given = ~np.isnan(cells)
    values = np.where(given, cells, 0.0)
    carried = weights @ given.T
    scores: Floats = np.full(carried.shape, np.nan)
    np.divide(weights @ values.T, carried, out=scores, where=carried > EQUAL)
    lowest = np.where(np.isnan(scores[:, inside]), -np.inf, scores[:, inside]).min(axis=1)
    highest = np.where(np.isnan(scores[:, outside]), -np.inf, scores[:, outside]).max(axis=1)
    keeps: NDArray[np.bool_] = lowest >= highest - EQUAL
    return keeps


def _points(low: Floats, high: Floats) -> Floats:
    """A fixed low-discrepancy set in low <= w <= high with sum 1, (P, C); the same on every call."""
    size = len(low)
    if (low == 0).all() and (high == 1).all():
        # Uniform on the whole simplex: the gaps between sorted uniform numbers.
        cube = np.sort(_cube(POINTS, size - 1), axis=1)
        edges = np.concatenate([np.zeros((POINTS, 1)), cube, np.ones((POINTS, 1))], axis=1)
        gaps: Floats = np.diff(edges, axis=1)
        return gaps
    free = low[:-1] + _cube(TRIES * POINTS, size - 1) * (high[:-1] - low[:-1])
    last = 1.0 - free.sum(axis=1)
    kept = (last >= low[-1]) & (last <= high[-1])
    return np.concatenate([free[kept], last[kept, None]], axis=1)[:POINTS]


def _cube(number: int, size: int) -> Floats:
    """Points spread evenly over the unit cube, (number, size): multiples of powers of 1/g modulo 1, g^(d+1) = g + 1.

    Kronecker sequence with the generalised golden ratio (Roberts 2018, "The unreasonable effectiveness of quasirandom
    sequences").
    """
    golden = 2.0
    for _ in range(60):
        golden = (1.0 + golden) ** (1.0 / (size + 1))
    steps = golden ** -np.arange(1.0, size + 1)
    points: Floats = np.modf(0.5 + np.arange(1, number + 1)[:, None] * steps)[0]
    return points


def _share_of_interval(pairs: Floats, low: Floats, high: Floats) -> float:
    """Two criteria: the first weight x lies between two numbers, and each pair cuts off one side."""
    start, end = max(low[0], 1 - high[1]), min(high[0], 1 - low[1])
    slope, level = pairs[:, 0] - pairs[:, 1], pairs[:, 1]
    crossing = np.divide(-level, slope, out=np.zeros(len(slope)), where=slope != 0)
    first = max(start, *crossing[slope > 0], start)
    final = min(end, *crossing[slope < 0], end)
    return float(max(final - first, 0.0) / (end - start))
