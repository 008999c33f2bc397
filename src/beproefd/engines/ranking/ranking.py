# SPDX-License-Identifier: EUPL-1.2
"""From judgements to a ranking."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.ranking.inputs import Criteria, Judgements, check_fit
from beproefd.engines.ranking.official import best_first, tabulate, ties_across, weighted
from beproefd.engines.ranking.result import Ranking
from beproefd.engines.ranking.stability import stability

ENGINE_VERSION = "ranking 0.1"
DRAWS = 4000

Floats = NDArray[np.float64]


def rank(
    judgements: Judgements, criteria: Criteria, *, top: int = 3, rng: np.random.Generator | None = None
) -> Ranking:
    """Rank the ideas by the published weighted mean and say how sure that is.

    Without `rng` the probabilities come from a fixed stream, so the same judgements give the same answer.
    """
    check_fit(judgements, criteria)
    if top < 1:
        raise ValueError("The top must hold at least one idea.")
    table = tabulate(judgements)
    mean = weighted(table.mean, criteria.shares)
    order = best_first(mean, judgements.ideas)
    interval, p_top = _uncertainty(judgements, criteria, mean, order, top, rng or np.random.default_rng(0))
    return Ranking(
        ideas=judgements.ideas,
        order=order,
        mean=mean,
        median=weighted(table.median, criteria.shares),
        readings=judgements.read.sum(axis=0),
        spread=table.spread,
        interval=interval,
        p_top=p_top,
        ties=ties_across(mean, order, judgements.ideas, top),
        stability=stability(judgements, criteria, mean, order, table.mean, top),
        engine_version=ENGINE_VERSION,
        top_size=top,
    )


def _uncertainty(
    judgements: Judgements, criteria: Criteria, mean: Floats, order: NDArray[np.int64], top: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Interval (I, 2) and P(in the top) (I,), from the pooled variance of weighted scores around their idea's mean."""
    overall = weighted(judgements.scores, criteria.shares)
    given = ~np.isnan(overall)
    count = given.sum(axis=0)
    free = count.sum() - (count > 0).sum()
    low, high = criteria.scale
    deviations = np.where(given, overall - mean, 0.0)
    variance = (deviations**2).sum() / free if free > 0 else ((high - low) / 4) ** 2
    error = np.sqrt(variance / np.maximum(count, 1))
    interval = np.stack([mean - 1.96 * error, mean + 1.96 * error], axis=1)
    p_top = np.zeros(len(mean))
    known = order[~np.isnan(mean[order])]
    if known.size:
        draws = mean[known] + error[known] * rng.standard_normal((DRAWS, known.size))
        best = np.argsort(-draws, axis=1, kind="stable")[:, :top]
        p_top[known] = np.bincount(best.ravel(), minlength=known.size) / DRAWS
    return interval, p_top
