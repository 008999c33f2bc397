# SPDX-License-Identifier: EUPL-1.2
"""From judgements to a ranking."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.ranking.advice import default_tolerance
from beproefd.engines.ranking.border import share_in_top, share_right
from beproefd.engines.ranking.inputs import Criteria, Judgements, check_fit
from beproefd.engines.ranking.official import best_first, tabulate, ties_across, weighted
from beproefd.engines.ranking.opinion import Opinion, form_opinion
from beproefd.engines.ranking.result import Ranking
from beproefd.engines.ranking.stability import stability, stability_of_answers
from beproefd.engines.ranking.stopping import Target, tied_group

ENGINE_VERSION = "ranking 1.1"
INTERVAL = 1.959963984540054
"""Standard deviations on either side of a 95 % interval."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def rank(
    judgements: Judgements,
    criteria: Criteria,
    *,
    top: int = 3,
    rng: np.random.Generator | None = None,
    tolerance: float | None = None,
) -> Ranking:
    """Rank the ideas by the published weighted mean and give the model's second opinion.

    Where nobody gave a score the published rule is silent: then the order, the top and its stability are the model's.

    tolerance: score points that make no difference (default: a twentieth of the scale). Without `rng` the probabilities
    come from a fixed stream, so the same judgements give the same answer; they carry a sampling error of about .01.
    """
    check_fit(judgements, criteria)
    target = Target(top, default_tolerance(criteria) if tolerance is None else tolerance)
    table = tabulate(judgements)
    mean = weighted(table.mean, criteria.shares)
    opinion = form_opinion(judgements, criteria, rng or np.random.default_rng(0))
    score, interval, p_top = _spread_out(opinion, len(judgements.ideas), top)
    order = _order(mean, score, judgements.ideas)
    if judgements.read.any():
        decides, steady = mean, stability(judgements, criteria, mean, order, table.mean, top)
    else:
        decides, steady = score, stability_of_answers(judgements, criteria, score, top)
    sure, tied, p_right, p_published = _claims(opinion, judgements.ideas, steady.top, target)
    return Ranking(
        ideas=judgements.ideas,
        jurors=judgements.jurors,
        criteria=criteria.keys,
        top_size=top,
        order=order,
        mean=mean,
        median=weighted(table.median, criteria.shares),
        readings=judgements.read.sum(axis=0),
        spread=table.spread,
        ties=ties_across(decides, order, judgements.ideas, top),
        stability=steady,
        model_score=score,
        model_order=best_first(score, judgements.ideas),
        model_criteria=opinion.per_criterion,
        interval=interval,
        p_top=p_top,
        p_right=p_right,
        p_published_right=p_published,
        tolerance=target.tolerance,
        sure=sure,
        tied=tied,
        seats=min(top, len(opinion.part)) - len(sure),
        leniency=opinion.leniency,
        noise=opinion.noise,
        scale=opinion.scale,
        engine_version=ENGINE_VERSION,
    )


def _order(mean: Floats, score: Floats, names: tuple[str, ...]) -> Ints:
    """By the published mean; where there is none, after those, by the model; (I,)."""
    published, model = best_first(mean, names), best_first(score, names)
    return np.concatenate([published[~np.isnan(mean[published])], model[np.isnan(mean[model])]])


def _spread_out(opinion: Opinion, ideas: int, top: int) -> tuple[Floats, Floats, Floats]:
    """Model score (I,), interval (I, 2) and P(in the top) (I,) for all ideas."""
    score, interval, p_top = np.full(ideas, np.nan), np.full((ideas, 2), np.nan), np.zeros(ideas)
    if opinion.part.size:
        reach = INTERVAL * opinion.draws.std(axis=0)
        score[opinion.part] = opinion.score
        interval[opinion.part] = np.stack([opinion.score - reach, opinion.score + reach], axis=1)
        p_top[opinion.part] = share_in_top(opinion.draws[None], top)[0]
    return score, interval, p_top


def _claims(
    opinion: Opinion, names: tuple[str, ...], published: tuple[str, ...], target: Target
) -> tuple[tuple[str, ...], tuple[str, ...], float, float]:
    """Who is sure, who is tied, and the chance that the model's and the published top are right."""
    if not opinion.part.size:
        return (), (), 0.0, 0.0
    order, top = opinion.order, min(target.top, len(opinion.part))
    draws = opinion.draws[None]
    inside, sharing, _ = tied_group(opinion.draws, order, target)
    p_right = float(share_right(draws, order[None, :top], top, target.tolerance)[0])
    place = {names[i]: a for a, i in enumerate(opinion.part)}
    # An idea that was compared but never scored has no published mean, so the published top can be smaller.
    listed = np.array([place[name] for name in published], dtype=np.int64)
    p_published = float(share_right(draws, listed[None], top, target.tolerance)[0]) if len(listed) == top else 0.0
    return (
        tuple(names[opinion.part[a]] for a in inside),
        tuple(names[opinion.part[a]] for a in sharing),
        p_right,
        p_published,
    )
