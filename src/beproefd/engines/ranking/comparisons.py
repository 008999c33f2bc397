# SPDX-License-Identifier: EUPL-1.2
"""Answers of the kind "this idea is better than that one", in the same model as the scores.

A juror with noise s calls a better than b with probability Phi((q_a - q_b) / (s sqrt 2)): the difference of two noisy
readings. Each answer becomes a Gaussian factor by expectation propagation (Minka 2001; Rasmussen & Williams 2006,
section 3.6). An answer on one criterion says less about the whole: the spread of the ideas on that criterion, for the
share of the weights that lies elsewhere, is added to its noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from beproefd.engines.ranking.inputs import Criteria, Judgements
from beproefd.engines.ranking.model import Belief, Posterior

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDS = 100
DAMPING = 0.7
CLOSE = 1e-8
LEAST = 1e-10


@dataclass(frozen=True)
class Answers:
    """P answers: positions of the better and the worse idea (P,), and the variance of the noise (P,)."""

    better: Ints
    worse: Ints
    noise: Floats

    def differences(self, values: Floats) -> Floats:
        """Better minus worse, (..., I) to (..., P)."""
        lead: Floats = values[..., self.better] - values[..., self.worse]
        return lead


@dataclass(frozen=True)
class Factors:
    """What the answers add to a normal (I,), (I, I): gain (I, P), target (P,), variance of the targets (P,), and the
    weight (P, P) of the answers together, with which gain = covariance with the differences times weight."""

    answers: Answers
    gain: Floats
    target: Floats
    variance: Floats
    weight: Floats

    def shift(self, values: Floats, rng: np.random.Generator | None = None) -> Floats:
        """Move the mean (I,), or with `rng` move draws (D, I) from before the answers to draws from after them."""
        target = self.target
        if rng is not None:
            target = target + np.sqrt(self.variance) * rng.standard_normal((len(values), len(self.target)))
        moved: Floats = values + (target - self.answers.differences(values)) @ self.gain.T
        return moved

    def shrink(self, covariance: Floats) -> Floats:
        """Covariance after the answers, (I, I)."""
        smaller: Floats = covariance - self.gain @ self.answers.differences(covariance).T
        return smaller


def answers_of(judgements: Judgements, criteria: Criteria, noise: Floats, spread: Floats, ideas: Ints) -> Answers:
    """Collect the answers about the ideas at these positions; noise (J,) variances of jurors; spread (C,) of ideas."""
    place = {judgements.ideas[i]: p for p, i in enumerate(ideas)}
    juror = {name: j for j, name in enumerate(judgements.jurors)}
    column = {key: c for c, key in enumerate(criteria.keys)}
    asked = sorted(judgements.comparisons, key=lambda item: (item.juror, item.better, item.worse, item.criterion or ""))
    elsewhere = spread * (1.0 - criteria.shares)
    blur = [
        2.0 * (noise[juror[item.juror]] + (0.0 if item.criterion is None else elsewhere[column[item.criterion]]))
        for item in asked
    ]
    return Answers(
        np.array([place[item.better] for item in asked], dtype=np.int64),
        np.array([place[item.worse] for item in asked], dtype=np.int64),
        np.array(blur, dtype=np.float64),
    )


def propagate(quality: Floats, covariance: Floats, answers: Answers) -> Factors:
    """Find the factors; quality (I,) and covariance (I, I) from the scores alone."""
    reach = answers.differences(covariance)
    prior = answers.differences(reach.T)
    lead = answers.differences(quality)
    precision, pull = np.full(len(lead), LEAST), np.zeros(len(lead))
    for _ in range(ROUNDS):
        spread, mean = _combine(prior, lead, precision, pull)
        variance = np.maximum(np.diag(spread), 1e-12)
        alone = np.maximum(1.0 / variance - precision, LEAST)
        free = (mean / variance - pull) / alone
        width = np.sqrt(answers.noise + 1.0 / alone)
        step = free / width
        ratio = np.exp(-(step**2) / 2 - log_ndtr(step)) / np.sqrt(2 * np.pi)
        centre = free + ratio / (alone * width)
        narrow = 1.0 / alone - ratio * (step + ratio) / (alone * width) ** 2
        fresh = np.maximum(1.0 / narrow - alone, LEAST)
        towards = centre / narrow - free * alone
        change = np.abs(fresh - precision).max(initial=0.0)
        precision = precision + DAMPING * (fresh - precision)
        pull = pull + DAMPING * (towards - pull)
        if change < CLOSE * (1.0 + precision.max(initial=0.0)):
            break
    root = np.sqrt(precision)
    inner = np.eye(len(root)) + root[:, None] * prior * root
    weight = root[:, None] * np.linalg.solve(inner, np.diag(root))
    return Factors(answers, reach @ weight, pull / precision, 1.0 / precision, weight)


def believe(found: Posterior, answers: Answers | None) -> tuple[Belief, Factors | None]:
    """Scores and answers of one jury (B = 1) together, and the factors that the answers are."""
    covariance, cross = found.covariance, found.cross
    if answers is None or not len(answers.better):
        return Belief(found.quality, covariance, cross, found.leniency_cov), None
    factors = propagate(found.quality[0], covariance[0], answers)
    told = answers.differences(cross[0].T).T
    return Belief(
        factors.shift(found.quality[0])[None],
        factors.shrink(covariance[0])[None],
        (cross[0] - factors.gain @ told)[None],
        (found.leniency_cov[0] - told.T @ factors.weight @ told)[None],
    ), factors


def _combine(prior: Floats, lead: Floats, precision: Floats, pull: Floats) -> tuple[Floats, Floats]:
    root = np.sqrt(precision)
    inner = np.eye(len(root)) + root[:, None] * prior * root
    spread = prior - (prior * root) @ np.linalg.solve(inner, root[:, None] * prior)
    return spread, lead + spread @ (pull - precision * lead)
