# SPDX-License-Identifier: EUPL-1.2
"""The model's second opinion on a jury round: qualities, leniency, and draws for every probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.ranking.chains import draw_scores
from beproefd.engines.ranking.comparisons import answers_of, propagate
from beproefd.engines.ranking.inputs import Criteria, Judgements
from beproefd.engines.ranking.model import (
    Readings,
    Spreads,
    estimate,
    posterior,
    readings_of,
    readings_per_criterion,
)
from beproefd.engines.ranking.official import by_name

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CELLS = 400_000
"""Chains times jurors times ideas is kept near this, so that a large round does not take longer than a second."""


@dataclass(frozen=True)
class Opinion:
    """What the model thinks; A ideas take part: those that were scored or compared.

    part: (A,) their positions; score: (A,) in score points, as if every juror heard had read the idea; draws: (D, A) of
    that score; leniency, noise, scale: (J,) per juror, NaN for who was not heard; leniency is relative to the mean;
    per_criterion: (I, C), NaN without a score.
    """

    part: Ints
    score: Floats
    draws: Floats
    leniency: Floats
    noise: Floats
    scale: Floats
    per_criterion: Floats

    @property
    def order(self) -> Ints:
        """Places in `part` from best to worst, (A,)."""
        return np.argsort(-np.round(self.score, 9), kind="stable")


def form_opinion(judgements: Judgements, criteria: Criteria, rng: np.random.Generator) -> Opinion:
    """Fit the model and draw from it.

    Ideas and jurors are put in an order of the model's own first, so that who is listed where changes nothing.
    """
    jurors, ideas = len(judgements.jurors), len(judgements.ideas)
    blank = np.full(jurors, np.nan)
    taking = judgements.read.any(axis=0)
    compared = {name for item in judgements.comparisons for name in (item.better, item.worse)}
    taking |= np.array([name in compared for name in judgements.ideas], dtype=bool)
    alphabetical = sorted(np.flatnonzero(taking), key=lambda i: judgements.ideas[i])
    cells = np.full((ideas, len(criteria.keys)), np.nan)
    if not alphabetical:
        return Opinion(np.empty(0, np.int64), np.empty(0), np.empty((0, 0)), blank, blank, blank, cells)
    names = np.array(sorted(range(jurors), key=judgements.jurors.__getitem__), dtype=np.int64)
    part = np.array(alphabetical, dtype=np.int64)
    whole = readings_of(judgements, criteria)
    data = _pick(whole, names, part)
    spreads = estimate(data)
    found = posterior(data, spreads)
    # From here on best first: the stream of random numbers follows the quality, not the name.
    best = np.argsort(-np.round(found.quality[0], 9), kind="stable")
    heard = (data.weight[0] > 0).any(axis=1)
    part, data = part[best], _pick(data, np.flatnonzero(heard), best)
    spreads = Spreads(spreads.ideas, spreads.noise[:, heard], spreads.scale[:, heard], spreads.typical)
    middle = sum(criteria.scale) / 2
    if heard.any():
        found = posterior(data, spreads)
        quality, covariance = found.quality[0], found.covariance[0]
        level = float(found.leniency[0].mean())
        chains = int(np.clip(CELLS // max(data.score.size, 1), 8, 64))
        draws, levels = draw_scores(data, spreads, rng, chains=chains, sweeps=-(-1024 // chains))
        draws, levels = draws[0], levels[0]
    else:
        quality, covariance, level = np.zeros(len(part)), np.eye(len(part)) * spreads.ideas[0], middle
        draws = np.sqrt(spreads.ideas[0]) * rng.standard_normal((2048, len(part)))
        levels = np.full(2048, level)
    noise, scale, leniency = blank.copy(), blank.copy(), blank.copy()
    listed = names[heard]
    noise[listed], scale[listed] = np.sqrt(spreads.noise[0]), spreads.scale[0]
    if heard.any():
        leniency[listed] = found.leniency[0] - level
    apart = readings_per_criterion(judgements, criteria)
    cells, spread = _per_criterion(apart)
    if judgements.comparisons:
        variance = np.where(np.isnan(noise), spreads.typical[0], noise**2)
        answers = answers_of(judgements, criteria, variance, spread, part)
        factors = propagate(quality, covariance, answers)
        quality, draws = factors.shift(quality), factors.shift(draws, rng)
    return Opinion(part, level + quality, draws + levels[:, None], leniency, noise, scale, cells)


def strength_of_answers(judgements: Judgements, criteria: Criteria) -> Floats:
    """Model score of each idea (I,) when there are comparisons and no scores; NaN for who was not compared."""
    strength = np.full(len(judgements.ideas), np.nan)
    compared = {name for item in judgements.comparisons for name in (item.better, item.worse)}
    part = np.array([i for i in by_name(judgements.ideas) if judgements.ideas[i] in compared], dtype=np.int64)
    if part.size:
        # Without a score the spread of the ideas and the noise of the jurors are the first guess of both.
        guess = float(readings_of(judgements, criteria).guess[0])
        noise, spread = np.full(len(judgements.jurors), guess), np.full(len(criteria.keys), guess)
        answers = answers_of(judgements, criteria, noise, spread, part)
        factors = propagate(np.zeros(len(part)), guess * np.eye(len(part)), answers)
        strength[part] = sum(criteria.scale) / 2 + factors.shift(np.zeros(len(part)))
    return strength


def _pick(readings: Readings, jurors: Ints, ideas: Ints) -> Readings:
    return Readings(readings.score[:, jurors][:, :, ideas], readings.weight[:, jurors][:, :, ideas], readings.guess)


def _per_criterion(apart: Readings) -> tuple[Floats, Floats]:
    """Model score per idea and criterion (I, C), and the variance of the ideas on each criterion (C,)."""
    spreads = estimate(apart)
    found = posterior(apart, spreads)
    heard = (apart.weight > 0).any(axis=2)
    level = np.where(heard, found.leniency, 0.0).sum(axis=1) / np.maximum(heard.sum(axis=1), 1)
    seen = (apart.weight > 0).any(axis=1)
    score: Floats = np.where(seen, found.quality + level[:, None], np.nan)
    return score.T, spreads.ideas
