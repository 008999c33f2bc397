# SPDX-License-Identifier: EUPL-1.2
"""Draws from the posterior with the spreads unknown too: a Gibbs sampler (Gelfand & Smith 1990, JASA 85).

A claim such as "the top 3 is right with probability .95" is only honest when it carries the doubt about how noisy the
jurors are. All conditionals are standard: leniency and quality jointly normal, variances inverse chi-square, scales
normal. The chains of all juries run side by side, started at the estimate, so a short burn-in is enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from beproefd.engines.ranking.model import ALIKE, PRIOR_READINGS, SCALE_SD, SCALE_TAIL, Readings, Spreads, posterior

Floats = NDArray[np.float64]

CHAINS = 64
BURN_IN = 4
SWEEPS = 16
PLENTY = 2000
"""With this many readings the spreads are known well enough to draw with them as estimated."""


def draw_scores(
    readings: Readings,
    spreads: Spreads,
    rng: np.random.Generator,
    *,
    chains: int = CHAINS,
    burn_in: int = BURN_IN,
    sweeps: int = SWEEPS,
    copies: int = 1,
) -> tuple[Floats, Floats]:
    """Draw the qualities of the ideas, (B, chains * sweeps * copies, I), and the mean leniency of who was heard, (B, ...).

    copies: draws of the qualities given one draw of the rest; they cost little, and the qualities are what differs most.
    """
    batch, _, ideas = readings.score.shape
    if (readings.weight > 0).sum(axis=(1, 2)).min() >= PLENTY:
        return _draw_at(readings, spreads, rng, chains * sweeps * copies)
    rows = np.repeat(np.arange(batch), chains)
    data, state = _sums(readings, rows), spreads.only(rows)
    alike = np.full(len(rows), 12.0)
    kept, levels = np.empty((sweeps, batch, chains, copies, ideas)), np.empty((sweeps, batch, chains, copies))
    heard = np.asarray((readings.weight > 0).any(axis=2))[rows]
    heard_of = heard / np.maximum(heard.sum(axis=1, keepdims=True), 1)
    for sweep in range(-burn_in, sweeps):
        quality, leniency, state, alike = _sweep(data, state, alike, rng, copies)
        if sweep >= 0:
            kept[sweep] = quality.reshape(batch, chains, copies, ideas)
            levels[sweep] = (leniency * heard_of).sum(axis=1).reshape(batch, chains, 1)
    draws = np.moveaxis(kept, 0, 1).reshape(batch, sweeps * chains * copies, ideas)
    return draws, np.moveaxis(levels, 0, 1).reshape(batch, sweeps * chains * copies)


def _draw_at(readings: Readings, spreads: Spreads, rng: np.random.Generator, number: int) -> tuple[Floats, Floats]:
    """Independent draws with the spreads as estimated: first the leniency, then each quality given it."""
    found = posterior(readings, spreads)
    batch, jurors = found.leniency.shape
    root = np.linalg.cholesky(found.leniency_cov)
    deviation = rng.standard_normal((batch, number, jurors)) @ np.swapaxes(root, 1, 2)
    draws = found.quality[:, None, :] - deviation @ found.loading
    draws += rng.standard_normal(draws.shape) / np.sqrt(found.alone)[:, None, :]
    heard = (readings.weight > 0).any(axis=2)
    share = heard / np.maximum(heard.sum(axis=1, keepdims=True), 1)
    return draws, ((found.leniency[:, None, :] + deviation) @ share[:, :, None])[:, :, 0]


@dataclass(frozen=True)
class _Sums:
    """What stays the same from sweep to sweep, one row per chain."""

    weight: Floats
    weighted: Floats
    power: Floats
    total: Floats
    count: NDArray[np.int64]
    active: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    guess: Floats


def _sums(readings: Readings, rows: NDArray[np.int64]) -> _Sums:
    weight = readings.weight
    read = weight > 0
    weighted = weight * readings.score
    return _Sums(
        weight=weight[rows],
        weighted=weighted[rows],
        power=(weighted * readings.score).sum(axis=2)[rows],
        total=weight.sum(axis=2)[rows],
        count=read.sum(axis=2)[rows],
        active=np.asarray(read.any(axis=2))[rows],
        seen=np.asarray(read.any(axis=1))[rows],
        guess=readings.guess[rows],
    )


def _by_juror(array: Floats, ideas: Floats) -> Floats:
    """Sum over ideas, (B, J, I) and (B, I) to (B, J)."""
    total: Floats = (array @ ideas[:, :, None])[:, :, 0]
    return total


def _by_idea(array: Floats, jurors: Floats) -> Floats:
    """Sum over jurors, (B, J, I) and (B, J) to (B, I)."""
    total: Floats = (jurors[:, None, :] @ array)[:, 0, :]
    return total


def _sweep(
    data: _Sums, now: Spreads, alike: Floats, rng: np.random.Generator, copies: int
) -> tuple[Floats, Floats, Spreads, Floats]:
    """Draw everything once, each part given the rest; sums over ideas are matrix products, one array (B, J, I) is made."""
    weight, weighted, power = data.weight, data.weighted, data.power
    force = now.scale / now.noise
    alone = 1.0 / now.ideas[:, None] + _by_idea(weight, force * now.scale)
    loading = weight / alone[:, None, :]
    precision = -(force[:, :, None] * force[:, None, :]) * (loading @ np.swapaxes(weight, 1, 2))
    diagonal = np.arange(force.shape[1])
    precision[:, diagonal, diagonal] += np.where(data.active, data.total / now.noise, 1.0)
    towards = _by_idea(weighted, force)
    own = weighted.sum(axis=2) / now.noise - force * _by_juror(loading, towards)
    root = np.linalg.cholesky(precision)
    # Solve L L' b = own + L z: mean and draw in one go.
    half = np.linalg.solve(root, own[:, :, None]) + rng.standard_normal((*force.shape, 1))
    leniency = np.linalg.solve(np.swapaxes(root, 1, 2), half)[:, :, 0].astype(np.float64, copy=False)
    mean = (towards - _by_idea(weight, force * leniency)) / alone
    drawn = rng.standard_normal((len(mean), copies, mean.shape[1])) / np.sqrt(alone)[:, None] + mean[:, None]
    quality = drawn[:, 0]

    met, met2 = _by_juror(weight, quality), _by_juror(weight, quality**2)
    joint = _by_juror(weighted, quality) - leniency * met
    level = power - 2 * leniency * weighted.sum(axis=2) + leniency**2 * data.total
    squares = np.maximum(level - 2 * now.scale * joint + now.scale**2 * met2, 0.0)
    freedom = data.count + alike[:, None]
    noise = (squares + alike[:, None] * now.typical[:, None]) / (2 * rng.standard_gamma(freedom / 2))

    apart = ((now.scale - 1) / SCALE_SD) ** 2
    tail = 2 * rng.standard_gamma((SCALE_TAIL + 1) / 2, apart.shape) / (SCALE_TAIL + apart)
    firm = noise * tail / SCALE_SD**2
    spread = met2 + firm
    middle = (joint + firm) / spread
    scale = np.maximum(middle + np.sqrt(noise / spread) * rng.standard_normal(spread.shape), 0.0)

    guess, active = data.guess, data.active
    total = (quality**2 * data.seen).sum(axis=1) + PRIOR_READINGS * guess
    ideas = total / (2 * rng.standard_gamma((data.seen.sum(axis=1) + PRIOR_READINGS) / 2))

    inverse = np.where(active, 1.0 / noise, 0.0).sum(axis=1)
    rate = (PRIOR_READINGS / guess + alike * inverse) / 2
    typical = rng.standard_gamma((PRIOR_READINGS + alike * active.sum(axis=1)) / 2) / rate
    alike = _draw_alike(noise, typical, active, rng)
    return drawn, leniency, Spreads(ideas, noise, scale, typical), alike


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
    drawn: Floats = ALIKE[np.minimum(pick, len(ALIKE) - 1)]
    return drawn
