# SPDX-License-Identifier: EUPL-1.2
"""The published rule: the weighted mean of the scores, nothing else.

Per idea and criterion the mean over the jurors who scored it; then the weighted mean over the criteria that have at
least one score, with the weights divided by their sum. It can be checked with pen and paper, so the order of a jury is
taken from it; the model gives the second opinion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.ranking.inputs import Judgements

DECIMALS = 9
"""Means that are equal after rounding to this many decimals are tied."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Table:
    """Per idea and criterion, (I, C): mean and median (NaN without scores), number of scores, standard deviation."""

    mean: Floats
    median: Floats
    count: Ints
    spread: Floats


def tabulate(judgements: Judgements) -> Table:
    """Summarise the scores of each idea on each criterion; independent of the order of the jurors."""
    # Sorted along the jurors, so that the sum, bit for bit, does not depend on who sits where.
    ordered = np.sort(judgements.scores, axis=0)
    given = ~np.isnan(ordered)
    count = given.sum(axis=0)
    mean = _divide(np.where(given, ordered, 0.0).sum(axis=0), count)
    deviations = np.where(given, ordered - mean, 0.0)
    spread = np.sqrt(_divide((deviations**2).sum(axis=0), np.where(count > 1, count - 1, 0)))
    return Table(mean, _median(ordered, count), count, spread)


def weighted(values: Floats, shares: Floats) -> Floats:
    """Weighted mean over the last axis, (..., C) and (C,) to (...,), over the criteria that have a value."""
    given = ~np.isnan(values)
    return _divide(np.where(given, values, 0.0) @ shares, given @ shares)


def by_name(names: tuple[str, ...]) -> Ints:
    """Positions of the names in alphabetical order, (I,): the rule for exact ties."""
    return np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)


def best_first(scores: Floats, names: tuple[str, ...]) -> Ints:
    """Positions from best to worst along the last axis, (..., I): ties by name, NaN last."""
    alphabetical = by_name(names)
    rounded = np.round(scores[..., alphabetical], DECIMALS)
    return alphabetical[np.argsort(-rounded, axis=-1, kind="stable")]


def ties_across(scores: Floats, order: Ints, names: tuple[str, ...], top: int) -> tuple[tuple[str, ...], ...]:
    """Names that share one score of which some fall inside and some outside the top; at most one such group."""
    if not 0 < top < len(order):
        return ()
    rounded = np.round(scores, DECIMALS)
    inside, outside = rounded[order[top - 1]], rounded[order[top]]
    if np.isnan(inside) or inside != outside:
        return ()
    return (tuple(names[i] for i in order if rounded[i] == inside),)


def top_names(scores: Floats, order: Ints, names: tuple[str, ...], top: int) -> tuple[str, ...]:
    """The names in the top, best first; an idea without any score is never in it."""
    return tuple(names[i] for i in order[:top] if not np.isnan(scores[i]))


def _divide(total: Floats, count: Floats | Ints) -> Floats:
    result: Floats = np.full(np.shape(total), np.nan)
    np.divide(total, count, out=result, where=count > 0)
    return result


def _median(ordered: Floats, count: Ints) -> Floats:
    """Median over axis 0 of scores sorted with NaN last."""
    if ordered.shape[0] == 0:
        return np.full(ordered.shape[1:], np.nan)
    low = np.maximum((count - 1) // 2, 0)
    high = np.minimum(count // 2, ordered.shape[0] - 1)
    pair = np.take_along_axis(ordered, np.stack([low, high]), axis=0)
    middle: Floats = np.where(count > 0, pair.mean(axis=0), np.nan)
    return middle
