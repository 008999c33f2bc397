# SPDX-License-Identifier: EUPL-1.2
"""Draws from the posterior with the spreads unknown too: a Gibbs sampler (Gelfand & Smith 1990, JASA 85).

A claim such as "the top 3 is right with probability .95" is only honest when it carries the doubt about how noisy the
jurors are. All conditionals are standard: leniency and quality jointly normal, variances inverse chi-square, scales
normal. The chains of all juries run side by side, started at the estimate, so a short burn-in is enough.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from beproefd.engines.ranking.model import PRIOR_READINGS, SCALE_SD, Readings, Spreads

Floats = NDArray[np.float64]

CHAINS = 64
BURN_IN = 10
SWEEPS = 16
ALIKE = np.array([3.0, 6.0, 12.0, 24.0, 60.0])
"""How alike the jurors' noise can be, as prior readings per juror; each value equally likely beforehand."""


def draw_qualities(
    readings: Readings,
    spreads: Spreads,
    rng: np.random.Generator,
    *,
    chains: int = CHAINS,
    burn_in: int = BURN_IN,
    sweeps: int = SWEEPS,
) -> Floats:
    """Draw the qualities of the ideas, (B, chains * sweeps, I)."""
    batch, jurors, ideas = readings.score.shape
    rows = np.repeat(np.arange(batch), chains)
    data, state = readings.only(rows), spreads.only(rows)
    alike = np.full(len(rows), 12.0)
    kept = np.empty((sweeps, batch, chains, ideas))
    for sweep in range(-burn_in, sweeps):
        quality, state, alike = _sweep(data, state, alike, rng)
        if sweep >= 0:
            kept[sweep] = quality.reshape(batch, chains, ideas)
    return np.moveaxis(kept, 0, 1).reshape(batch, sweeps * chains, ideas)


def _sweep(
    data: Readings, now: Spreads, alike: Floats, rng: np.random.Generator
) -> tuple[Floats, Spreads, Floats]:
    """Draw everything once, each part given the rest."""
    score, weight, guess = data.score, data.weight, data.guess
    count = (weight > 0).sum(axis=2)
    sharp = weight / now.noise[:, :, None]
    pull = sharp * now.scale[:, :, None]
    alone = 1.0 / now.ideas[:, None] + np.einsum("bji,bj->bi", pull, now.scale)
    loading = pull / alone[:, None, :]
    precision = -loading @ np.swapaxes(pull, 1, 2)
    diagonal = np.arange(count.shape[1])
    precision[:, diagonal, diagonal] += np.where(count > 0, sharp.sum(axis=2), 1.0)
    towards = np.einsum("bji,bji->bi", pull, score)
    own = np.einsum("bji,bji->bj", sharp, score) - (loading @ towards[:, :, None])[:, :, 0]
    root = np.linalg.cholesky(precision)
    # Solve L L' b = own + L z: mean and draw in one go.
    half = np.linalg.solve(root, own[:, :, None]) + rng.standard_normal((*count.shape, 1))
    leniency = np.linalg.solve(np.swapaxes(root, 1, 2), half)
    quality = (towards - (np.swapaxes(pull, 1, 2) @ leniency)[:, :, 0]) / alone
    quality += rng.standard_normal(quality.shape) / np.sqrt(alone)

    beyond = score - leniency
    residual = beyond - now.scale[:, :, None] * quality[:, None, :]
    squares = np.einsum("bji,bji,bji->bj", weight, residual, residual)
    freedom = count + alike[:, None]
    noise = (squares + alike[:, None] * now.typical[:, None]) / (2 * rng.standard_gamma(freedom / 2))

    firm = noise / SCALE_SD**2
    power = (weight @ (quality**2)[:, :, None])[:, :, 0] + firm
    joint = np.einsum("bji,bji,bi->bj", weight, beyond, quality) + firm
    scale = np.maximum(joint / power + np.sqrt(noise / power) * rng.standard_normal(power.shape), 0.0)

    seen = (count.sum(axis=1) > 0)[:, None] & (weight > 0).any(axis=1)
    total = (quality**2 * seen).sum(axis=1) + PRIOR_READINGS * guess
    ideas = total / (2 * rng.standard_gamma((seen.sum(axis=1) + PRIOR_READINGS) / 2))

    active = count > 0
    inverse = np.where(active, 1.0 / noise, 0.0).sum(axis=1)
    rate = (PRIOR_READINGS / guess + alike * inverse) / 2
    typical = rng.standard_gamma((PRIOR_READINGS + alike * active.sum(axis=1)) / 2) / rate
    alike = _draw_alike(noise, typical, active, rng)
    return quality, Spreads(ideas, noise, scale, typical), alike


def _draw_alike(noise: Floats, typical: Floats, active: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """Draw from `ALIKE` given the noise of each juror; (B, J), (B,), (B, J) to (B,)."""
    half = ALIKE[None, :] / 2
    logs = np.where(active, np.log(noise), 0.0).sum(axis=1)[:, None]
    inverse = np.where(active, 1.0 / noise, 0.0).sum(axis=1)[:, None]
    number = active.sum(axis=1)[:, None]
    size = typical[:, None]
    likely = number * (half * np.log(half * size) - gammaln(half)) - (half + 1) * logs - half * size * inverse
    share = np.exp(likely - likely.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    pick = (np.cumsum(share, axis=1) < rng.random((len(noise), 1))).sum(axis=1)
    return ALIKE[np.minimum(pick, len(ALIKE) - 1)]
