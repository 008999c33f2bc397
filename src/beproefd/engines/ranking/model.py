# SPDX-License-Identifier: EUPL-1.2
"""The Gaussian model of a jury: score = leniency of the juror + scale of the juror x quality of the idea + noise.

    y[j, i] = b[j] + a[j] q[i] + e[j, i],   q[i] ~ N(0, v),   a[j] ~ 1 + 0.12 t(3),   e[j, i] ~ N(0, s[j]^2 / m[j, i])

a is kept at 0 or above: a juror who scores the reverse is not listened to, but never counted the other way. b is free (a flat prior), so adding a constant to all scores of one juror changes no difference between ideas. m is the
share of the weights on which the juror scored the idea (0: not read). The variances v and s[j]^2 are estimated by
restricted maximum likelihood (EM, Laird & Ware 1982, Biometrics 38), shrunk: s[j]^2 towards what the jurors share, and
both towards half of the variance within jurors. Every function takes a leading axis B of independent juries at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from beproefd.engines.ranking.inputs import Criteria, Judgements

Floats = NDArray[np.float64]

SCALE_SD = 0.12
"""How far jurors' scales spread around 1 beforehand."""
SCALE_TAIL = 3.0
"""Degrees of freedom of that spread (Student's t): a juror who scores the reverse of all others falls far outside."""
PRIOR_READINGS = 4.0
"""The first guess of each variance weighs as much as this many readings."""
ALIKE = np.array([3.0, 6.0, 12.0, 24.0, 60.0])
"""How alike jurors' noise can be: the weight, in readings, by which a juror's noise is drawn to what all jurors share.
Each value is equally likely beforehand; the data decide."""
ROUNDS = 30
SETTLED = 0.002
"""EM stops when the variances change by less than this share."""


@dataclass(frozen=True)
class Readings:
    """Weighted scores of B juries.

    score: (B, J, I), 0 where not read; weight: (B, J, I), 0 where not read, else the share of the weights scored;
    guess: (B,) first guess of the variance of ideas and of noise.
    """

    score: Floats
    weight: Floats
    guess: Floats

    def only(self, juries: NDArray[np.generic]) -> Readings:
        """Return a selection of the juries."""
        return Readings(self.score[juries], self.weight[juries], self.guess[juries])


@dataclass(frozen=True)
class Spreads:
    """Variance of ideas (B,), noise variance per juror (B, J), scale per juror (B, J), noise of a typical juror (B,)."""

    ideas: Floats
    noise: Floats
    scale: Floats
    typical: Floats

    def only(self, juries: NDArray[np.generic]) -> Spreads:
        """Return a selection of the juries."""
        return Spreads(self.ideas[juries], self.noise[juries], self.scale[juries], self.typical[juries])


@dataclass(frozen=True)
class Posterior:
    """Exact Gaussian posterior given the spreads.

    quality: (B, I) mean; leniency: (B, J) mean; alone: (B, I) precision of an idea if all leniency were known;
    loading: (B, J, I) share of a juror's leniency that an idea carries; leniency_cov: (B, J, J).
    """

    quality: Floats
    leniency: Floats
    alone: Floats
    loading: Floats
    leniency_cov: Floats

    @property
    def cross(self) -> Floats:
        """Covariance of quality and leniency, (B, I, J)."""
        cross: Floats = -np.swapaxes(self.loading, 1, 2) @ self.leniency_cov
        return cross

    @property
    def variance(self) -> Floats:
        """Variance of the quality of each idea, (B, I)."""
        variance: Floats = 1.0 / self.alone - np.einsum("bij,bji->bi", self.cross, self.loading)
        return variance

    @property
    def covariance(self) -> Floats:
        """Covariance of the qualities, (B, I, I)."""
        covariance: Floats = -self.cross @ self.loading
        diagonal = np.arange(covariance.shape[1])
        covariance[:, diagonal, diagonal] += 1.0 / self.alone
        return covariance


@dataclass(frozen=True)
class Belief:
    """What is known of ideas and jurors after scores and comparisons together.

    quality: (B, I) mean; covariance: (B, I, I); cross: (B, I, J) covariance of quality and leniency; leniency_cov:
    (B, J, J).
    """

    quality: Floats
    covariance: Floats
    cross: Floats
    leniency_cov: Floats


def readings_of(judgements: Judgements, criteria: Criteria) -> Readings:
    """Weighted score per juror and idea, as one jury (B = 1).

    A criterion that a juror left open is filled in with the juror's own mean on it plus how far this idea lies from the
    juror's means on the criteria that were scored; such a reading counts for the share of the weights that was scored.
    """
    given, shares = judgements.observed, criteria.shares
    scores = np.where(given, judgements.scores, 0.0)
    weight = given @ shares
    count = given.sum(axis=1)
    own = np.divide(scores.sum(axis=1), count, out=np.full(count.shape, np.nan), where=count > 0)
    scored = (count > 0) * shares
    usual = _over(np.where(count > 0, own, 0.0).sum(axis=0), (count > 0).sum(axis=0))
    level = _over((np.where(count > 0, own - usual, 0.0) * scored).sum(axis=1), scored.sum(axis=1))
    own = np.where(count > 0, own, usual + level[:, None])
    beyond = _over((np.where(given, judgements.scores - own[:, None, :], 0.0)) @ shares, weight)
    filled = np.where(given, judgements.scores, own[:, None, :] + beyond[:, :, None])
    overall = np.where(weight > 0, filled @ shares, 0.0)
    width = criteria.scale[1] - criteria.scale[0]
    return Readings(overall[None], weight[None], first_guess(overall[None], weight[None], width))


def readings_per_criterion(judgements: Judgements, criteria: Criteria) -> Readings:
    """Scores on each criterion apart, as C juries (B = C)."""
    given = np.moveaxis(judgements.observed, 2, 0)
    score = np.where(given, np.moveaxis(judgements.scores, 2, 0), 0.0)
    weight = given.astype(np.float64)
    return Readings(score, weight, first_guess(score, weight, criteria.scale[1] - criteria.scale[0]))


def first_guess(score: Floats, weight: Floats, width: float) -> Floats:
    """Half of the variance within jurors, (B,): idea and noise are thought equally large before looking further."""
    read = weight > 0
    count = read.sum(axis=2)
    mean = score.sum(axis=2) / np.maximum(count, 1)
    squares = (np.where(read, score - mean[:, :, None], 0.0) ** 2).sum(axis=(1, 2))
    free = np.maximum(count - 1, 0).sum(axis=1)
    beforehand = (width / 8) ** 2
    within = (squares + beforehand) / (free + 1)
    guess: Floats = np.maximum(within / 2, (width / 100) ** 2)
    return guess


def posterior(readings: Readings, spreads: Spreads, tie: Floats | None = None) -> Posterior:
    """Exact posterior of qualities and leniency; tie (B,): 1 / variance of leniency between jurors (None: free)."""
    weight = readings.weight / spreads.noise[:, :, None]
    pull = weight * spreads.scale[:, :, None]
    alone = 1.0 / spreads.ideas[:, None] + np.einsum("bji,bj->bi", pull, spreads.scale)
    loading = pull / alone[:, None, :]
    precision = -loading @ np.swapaxes(pull, 1, 2)
    count = weight.sum(axis=2)
    diagonal = np.arange(count.shape[1])
    # A juror without readings has no leniency to speak of; the 1 keeps the matrix regular.
    precision[:, diagonal, diagonal] += np.where(count > 0, count, 1.0)
    if tie is not None:
        jurors = len(diagonal)
        precision += tie[:, None, None] * (np.eye(jurors) - 1.0 / jurors)
        precision[:, diagonal, diagonal] -= np.where(count > 0, 0.0, 1.0 - 1e-6)
    covariance = np.linalg.inv(precision)
    towards = (pull * readings.score).sum(axis=1)
    own = (weight * readings.score).sum(axis=2) - (loading @ towards[:, :, None])[:, :, 0]
    leniency = (covariance @ own[:, :, None])[:, :, 0]
    quality = towards / alone - (loading * leniency[:, :, None]).sum(axis=1)
    return Posterior(quality, leniency, alone, loading, covariance)


def estimate(readings: Readings, rounds: int = ROUNDS, start: Spreads | None = None) -> Spreads:
    """Estimate the spreads by EM; `start` from an earlier estimate saves rounds."""
    batch, jurors, _ideas = readings.score.shape
    guess, read = readings.guess, readings.weight > 0
    count = read.sum(axis=2)
    seen = np.asarray(read.any(axis=1), dtype=bool)
    spreads = start or Spreads(
        guess.copy(), np.repeat(guess[:, None], jurors, axis=1), np.ones((batch, jurors)), guess.copy()
    )
    for _ in range(rounds):
        before, spreads = spreads, _improve(readings, spreads, count, seen)
        if max(_change(before.ideas, spreads.ideas), _change(before.typical, spreads.typical)) < SETTLED:
            break
    return spreads


def _change(before: Floats, after: Floats) -> float:
    return float(np.abs(np.log(after / before)).max(initial=0.0))


def _improve(readings: Readings, now: Spreads, count: NDArray[np.int64], seen: NDArray[np.bool_]) -> Spreads:
    """One round of EM."""
    found = posterior(readings, now)
    variance = found.variance
    cross = np.swapaxes(found.cross, 1, 2)
    own = np.einsum("bjj->bj", found.leniency_cov)[:, :, None]
    quality = found.quality[:, None, :]
    beyond = readings.score - found.leniency[:, :, None]
    scale = now.scale[:, :, None]
    residual = (beyond - scale * quality) ** 2 + scale**2 * variance[:, None, :] + 2 * scale * cross + own
    squares = (readings.weight * residual).sum(axis=2)
    guess = readings.guess
    active = count > 0
    doubt = (readings.weight * (scale**2 * variance[:, None, :] + 2 * scale * cross + own)).sum(axis=2)
    freedom = np.maximum(count - doubt / now.noise, 0.0)
    likely = _alike(squares - doubt, freedom, now.typical)
    alike = (likely @ ALIKE)[:, None]
    # The noise that jurors share: the harmonic mean, so that one erratic juror does not make all look erratic.
    sharp = (active * (count + alike) / (squares + alike * now.typical[:, None])).sum(axis=1)
    weight = alike[:, 0]
    typical = (PRIOR_READINGS + weight * active.sum(axis=1)) / (PRIOR_READINGS / guess + weight * sharp)
    drawn = (squares[:, :, None] + ALIKE * typical[:, None, None]) / (count[:, :, None] + ALIKE)
    noise = (drawn * likely[:, None, :]).sum(axis=2)
    power = (quality**2 + variance[:, None, :]) * readings.weight
    joint = (quality * beyond - cross) * readings.weight
    tail = (SCALE_TAIL + 1) / (SCALE_TAIL + ((now.scale - 1) / SCALE_SD) ** 2)
    firm = noise * tail / SCALE_SD**2
    scales = np.maximum((joint.sum(axis=2) + firm) / (power.sum(axis=2) + firm), 0.0)
    total = ((found.quality**2 + variance) * seen).sum(axis=1)
    spread = (total + PRIOR_READINGS * guess) / (seen.sum(axis=1) + PRIOR_READINGS)
    return replace(now, ideas=spread, noise=noise, scale=scales, typical=typical)


def _alike(squares: Floats, freedom: Floats, typical: Floats) -> Floats:
    """Chance of each value in `ALIKE`, (B, 5), from the residuals of jurors (B, J): F-distributed around the typical."""
    half, level = ALIKE / 2, ALIKE * typical[:, None]
    degrees = freedom[:, :, None] / 2
    logs = (
        gammaln(degrees + half)
        - gammaln(half)
        + half * np.log(level)[:, None, :]
        - (degrees + half) * np.log(squares[:, :, None] + level[:, None, :])
    ).sum(axis=1)
    share = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def leniency_tie(readings: Readings, found: Posterior) -> Floats:
    """1 / variance of leniency between jurors, (B,); only used to value a reading by a juror not heard before."""
    heard = (readings.weight > 0).any(axis=2)
    count = heard.sum(axis=1)
    mean = np.where(heard, found.leniency, 0.0).sum(axis=1) / np.maximum(count, 1)
    squares = np.where(heard, (found.leniency - mean[:, None]) ** 2, 0.0).sum(axis=1)
    tie: Floats = (count + PRIOR_READINGS) / (squares + PRIOR_READINGS * readings.guess / 2 + 1e-12)
    return tie


def _over(total: Floats, count: NDArray[np.generic]) -> Floats:
    quotient: Floats = np.divide(total, count, out=np.zeros(np.shape(total)), where=np.asarray(count) > 0)
    return quotient
