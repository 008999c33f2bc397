# SPDX-License-Identifier: EUPL-1.2
"""Answers of the kind "this idea is better than that one", in the same model as the scores.

A juror with noise s calls a better than b with probability Phi((q_a - q_b) / (s sqrt 2)): the difference of two noisy
readings. All answers about one pair of ideas together become one Gaussian factor by expectation propagation (Minka 2001;
Rasmussen & Williams 2006, section 3.6): for two ideas that is exact, however many jurors answered. An answer on one
criterion says less about the whole: the spread of the ideas on that criterion, for the share of the weights that lies
elsewhere, is added to its noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_ndtr

from beproefd.engines.ranking.inputs import Criteria, Judgements
from beproefd.engines.ranking.model import Belief, Posterior

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDS = 200
DAMPING = 0.7
CLOSE = 1e-7
LEAST = 1e-10

GRID = np.linspace(-8.0, 8.0, 121)
"""Where a difference is looked at, in standard deviations around its mean."""
SHARPEST = 1e10
"""A factor is kept below this many times the precision before the answers, which is as far as doubles carry."""


@dataclass(frozen=True)
class Answers:
    """Answers about P pairs of ideas, of K kinds.

    better, worse: positions of the two ideas (P,). Per kind (K,): pair, its position among the pairs; sign, 1 where the first
    idea was called better and -1 where the second was; noise, the variance of the difference as the juror saw it; times,
    how many jurors gave this answer.
    """

    better: Ints
    worse: Ints
    pair: Ints
    sign: Floats
    noise: Floats
    times: Floats

    @classmethod
    def of(cls, better: ArrayLike, worse: ArrayLike, noise: ArrayLike) -> Answers:
        """Collect single answers (N,): pairs are listed once, and the same answer with the same noise is counted."""
        ends = np.stack([np.asarray(better, dtype=np.int64), np.asarray(worse, dtype=np.int64)])
        pairs, pair = np.unique(np.sort(ends, axis=0), axis=1, return_inverse=True)
        sign = np.where(ends[0] < ends[1], 1.0, -1.0)
        kinds, times = np.unique(np.stack([pair.ravel(), sign, noise]), axis=1, return_counts=True)
        return cls(pairs[0], pairs[1], kinds[0].astype(np.int64), kinds[1], kinds[2], times.astype(np.float64))

    def differences(self, values: Floats) -> Floats:
        """Better minus worse, (..., I) to (..., P)."""
        lead: Floats = values[..., self.better] - values[..., self.worse]
        return lead

    def apart(self, covariance: Floats) -> Floats:
        """Variance of better minus worse, (I, I) to (P,)."""
        variance = np.diag(covariance)
        apart: Floats = variance[self.better] + variance[self.worse] - 2 * covariance[self.better, self.worse]
        return apart

    def back(self, values: Floats, ideas: int) -> Floats:
        """Give (P,) to the better ideas and take it from the worse, (I,): the transpose of `differences`."""
        total = np.bincount(self.better, values, ideas) - np.bincount(self.worse, values, ideas)
        return np.asarray(total, dtype=np.float64)

    def graph(self, weight: Floats, ideas: int) -> Floats:
        """Graph Laplacian with weight (P,) between the ideas compared, (I, I)."""
        laplacian = np.zeros((ideas, ideas))
        np.add.at(laplacian, (self.better, self.worse), -weight)
        np.add.at(laplacian, (self.worse, self.better), -weight)
        laplacian[np.diag_indices(ideas)] = -laplacian.sum(axis=1)
        return laplacian


@dataclass(frozen=True)
class Factors:
    """What the answers add to a normal (I,), (I, I): targets for the differences (P,), their precision (P,), the gain
    (I, P) with which a difference moves the ideas, and the covariance after the answers (I, I)."""

    answers: Answers
    target: Floats
    precision: Floats
    gain: Floats
    covariance: Floats

    def shift(self, values: Floats, rng: np.random.Generator | None = None) -> Floats:
        """Move the mean (I,), or with `rng` move draws (D, I) from before the answers to draws from after them."""
        target = self.target
        if rng is not None:
            target = target + rng.standard_normal((len(values), len(target))) / np.sqrt(self.precision)
        moved: Floats = values + (target - self.answers.differences(values)) @ self.gain.T
        return moved


def answers_of(judgements: Judgements, criteria: Criteria, noise: Floats, spread: Floats, ideas: Ints) -> Answers:
    """Collect the answers about the ideas at these positions; noise (J,) variances of jurors; spread (C,) of ideas."""
    place = {judgements.ideas[i]: p for p, i in enumerate(ideas)}
    juror = {name: j for j, name in enumerate(judgements.jurors)}
    column = {key: c for c, key in enumerate(criteria.keys)}
    elsewhere = spread * (1.0 - criteria.shares)
    asked = judgements.comparisons
    return Answers.of(
        [place[item.better] for item in asked],
        [place[item.worse] for item in asked],
        [
            2.0 * (noise[juror[item.juror]] + (0.0 if item.criterion is None else elsewhere[column[item.criterion]]))
            for item in asked
        ],
    )


def propagate(quality: Floats, covariance: Floats, answers: Answers) -> Factors:
    """Find the factors; quality (I,) and covariance (I, I) from the scores alone.

    All factors are renewed at once, each from what the others say: a round takes one matrix of ideas by ideas, however
    many answers there are.
    """
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    lead, damping, last = answers.differences(quality), DAMPING, np.inf
    before = np.maximum(answers.apart(covariance), 1e-300)
    place = lead, np.sqrt(before)
    precision, pull = np.full(len(lead), LEAST), np.zeros(len(lead))
    for _ in range(ROUNDS):
        after = _combine(root, answers, precision)
        variance = np.maximum(answers.apart(after), 1e-12)
        mean = lead + answers.differences(after @ answers.back(pull - precision * lead, len(quality)))
        alone = np.maximum(1.0 / variance - precision, LEAST)
        free = (mean / variance - pull) / alone
        centre, narrow = _told(answers, free, 1.0 / alone, *place)
        # The next round looks where this one found the difference, so that a narrow peak is not missed.
        place = centre, np.maximum(np.sqrt(narrow), place[1] * (GRID[1] - GRID[0]))
        fresh = np.clip(1.0 / narrow - alone, LEAST, SHARPEST / before)
        towards = centre / narrow - free * alone
        change = np.abs(fresh - precision).max(initial=0.0)
        damping = damping / 2 if change > last else damping
        last = change
        precision = precision + damping * (fresh - precision)
        pull = pull + damping * (towards - pull)
        if change < CLOSE * (1.0 + precision.max(initial=0.0)):
            break
    after = _combine(root, answers, precision)
    return Factors(answers, pull / precision, precision, answers.differences(after) * precision, after)


def _told(answers: Answers, mean: Floats, variance: Floats, centre: Floats, width: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of each difference (P,) after its answers, from a normal before them, on a grid."""
    points = centre[:, None] + width[:, None] * GRID
    logs = -((points - mean[:, None]) ** 2) / (2 * variance[:, None])
    told = log_ndtr((answers.sign / np.sqrt(answers.noise))[:, None] * points[answers.pair])
    np.add.at(logs, answers.pair, answers.times[:, None] * told)
    share = np.exp(logs - logs.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    found = (share * points).sum(axis=1)
    return found, np.maximum((share * (points - found[:, None]) ** 2).sum(axis=1), 1e-300)


def believe(found: Posterior, answers: Answers | None) -> tuple[Belief, Factors | None]:
    """Scores and answers of one jury (B = 1) together, and the factors that the answers are."""
    covariance, cross = found.covariance, found.cross
    if answers is None:
        return Belief(found.quality, covariance, cross, found.leniency_cov), None
    factors = propagate(found.quality[0], covariance[0], answers)
    told = answers.differences(cross[0].T).T
    moved = factors.gain @ told
    left = told - answers.differences(moved.T).T
    return Belief(
        factors.shift(found.quality[0])[None],
        factors.covariance[None],
        (cross[0] - moved)[None],
        (found.leniency_cov[0] - told.T @ (factors.precision[:, None] * left))[None],
    ), factors


def _combine(root: Floats, answers: Answers, precision: Floats) -> Floats:
    """Covariance of the ideas (I, I) when the differences are seen with this precision; root root' is the one before."""
    graph = answers.graph(precision, len(root))
    after: Floats = root @ np.linalg.solve(np.eye(len(root)) + root.T @ graph @ root, root.T)
    return after
