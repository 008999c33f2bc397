# SPDX-License-Identifier: EUPL-1.2
"""The border of the top: who is in, how sure is that, and which reading would make it surer.

An answer of k ideas is right within a tolerance t when each chosen idea is at most t worse than the true number k.
Every function takes a leading axis B of independent juries.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr

from beproefd.engines.ranking.model import Belief, Posterior, Spreads

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FUTURES = 200
"""Imagined ends of the round when we ask whether reading on can still help."""


@dataclass(frozen=True)
class Border:
    """The k best by the model and the pairs across the border.

    order: (B, I) best first; ahead: (B, k, I - k) lead of each chosen idea over each other idea; doubt: (B, k, I - k)
    variance of that lead.
    """

    order: Ints
    top: int
    ahead: Floats
    doubt: Floats

    @property
    def chosen(self) -> Ints:
        """The k best, (B, k)."""
        return self.order[:, : self.top]

    @property
    def others(self) -> Ints:
        """The rest, (B, I - k)."""
        return self.order[:, self.top :]


def border_of(quality: Floats, covariance: Floats, top: int) -> Border:
    """Find the border; equal qualities keep their position."""
    order = np.argsort(-np.round(quality, 9), axis=1, kind="stable")
    top = min(top, quality.shape[1])
    chosen, others = order[:, :top], order[:, top:]
    rows = np.arange(len(order))[:, None, None]
    variance = np.einsum("bii->bi", covariance)
    ahead = np.take_along_axis(quality, chosen, 1)[:, :, None] - np.take_along_axis(quality, others, 1)[:, None, :]
    doubt = (
        np.take_along_axis(variance, chosen, 1)[:, :, None]
        + np.take_along_axis(variance, others, 1)[:, None, :]
        - 2 * covariance[rows, chosen[:, :, None], others[:, None, :]]
    )
    return Border(order, top, ahead, np.maximum(doubt, 1e-12))


def doubt_bound(border: Border, tolerance: float) -> Floats:
    """Upper bound on the chance that the chosen are not right, (B,): the sum over all pairs across the border."""
    bound: Floats = ndtr(-(border.ahead + tolerance) / np.sqrt(border.doubt)).sum(axis=(1, 2))
    return bound


def value_of_readings(border: Border, found: Posterior | Belief, spreads: Spreads, tolerance: float) -> Floats:
    """How much each possible reading lowers `doubt_bound`, to first order in the variances of the leads, (B, J, I).

    A reading moves the covariance by a rank-one step u u' / s, so the lead of pair (a, b) loses (u_a - u_b)^2 / s of
    its variance; summed over pairs with the slope of the normal tail as weight this is u' L u / s with L a graph
    Laplacian. One-step look-ahead with the means held still, as in iKG (Li, Fan & Hong 2023, arXiv:2310.17901).
    """
    laplacian = _laplacian(border, tolerance)
    covariance, cross = found.covariance, found.cross
    scale = spreads.scale[:, :, None]
    bent = covariance @ laplacian
    quadratic = (
        scale**2 * np.einsum("bij,bji->bi", bent, covariance)[:, None, :]
        + 2 * scale * np.swapaxes(bent @ cross, 1, 2)
        + np.einsum("bij,bij->bj", cross, laplacian @ cross)[:, :, None]
    )
    surprise = (
        scale**2 * np.einsum("bii->bi", covariance)[:, None, :]
        + 2 * scale * np.swapaxes(cross, 1, 2)
        + np.einsum("bjj->bj", found.leniency_cov)[:, :, None]
        + spreads.noise[:, :, None]
    )
    value: Floats = quadratic / np.maximum(surprise, 1e-12)
    return value


def _laplacian(border: Border, tolerance: float) -> Floats:
    """How much `doubt_bound` falls with the variance of each lead, as a graph over the ideas, (B, I, I)."""
    steps = (border.ahead + tolerance) / np.sqrt(border.doubt)
    slope = np.exp(-(steps**2) / 2) * steps / border.doubt
    batch, ideas = border.order.shape
    rows = np.arange(batch)[:, None, None]
    laplacian = np.zeros((batch, ideas, ideas))
    laplacian[rows, border.chosen[:, :, None], border.others[:, None, :]] = -slope
    laplacian += np.swapaxes(laplacian, 1, 2)
    diagonal = np.arange(ideas)
    laplacian[:, diagonal, diagonal] = -laplacian.sum(axis=2)
    return laplacian


def value_of_comparisons(border: Border, found: Posterior | Belief, spreads: Spreads, tolerance: float) -> Floats:
    """How much each possible answer to "which of these two is better?" lowers `doubt_bound`, (B, J, I, I), symmetric.

    The answer of juror j about a and b is the sign of a difference with variance t^2 = Var(q_a - q_b) + 2 s_j^2. It lowers
    the covariance on average by a share phi(z)^2 / (Phi(z) Phi(-z)), z = (q_a - q_b) / t, of what the difference itself
    would: at most 2/pi, the information in a sign. Two scores by the same juror give the difference itself, so an answer
    never says more than the two scores; it is for jurors who answer no other question.
    """
    covariance = found.covariance
    moved = covariance @ _laplacian(border, tolerance) @ covariance
    variance, own = np.einsum("bii->bi", covariance), np.einsum("bii->bi", moved)
    gained = own[:, :, None] + own[:, None, :] - 2 * moved
    apart = variance[:, :, None] + variance[:, None, :] - 2 * covariance
    spread = np.maximum(apart, 0.0)[:, None] + 2 * spreads.noise[:, :, None, None]
    step = (found.quality[:, :, None] - found.quality[:, None, :])[:, None] / np.sqrt(spread)
    share = np.exp(-(step**2) - log_ndtr(step) - log_ndtr(-step)) / (2 * np.pi)
    value: Floats = share * gained[:, None] / spread
    return value


def share_in_top(draws: Floats, top: int) -> Floats:
    """Share of draws (B, D, I) in which each idea is among the best `top`, (B, I)."""
    batch, _number, ideas = draws.shape
    if top >= ideas:
        return np.ones((batch, ideas))
    line = -np.partition(-draws, top - 1, axis=2)[:, :, top - 1 : top]
    share: Floats = (draws >= line).mean(axis=1)
    return share


def share_right(draws: Floats, group: Ints, top: int, tolerance: float) -> Floats:
    """Share of draws in which the best `top` of the group (B, G) are right within the tolerance, (B,)."""
    batch, number, ideas = draws.shape
    if top >= ideas:
        return np.ones(batch)
    line = -np.partition(-draws, top - 1, axis=2)[:, :, top - 1]
    inside = np.take_along_axis(draws, np.broadcast_to(group[:, None, :], (batch, number, group.shape[1])), axis=2)
    reached = -np.partition(-inside, top - 1, axis=2)[:, :, top - 1]
    share: Floats = (reached >= line - tolerance).mean(axis=1)
    return share


def share_assured(draws: Floats, group: Ints, top: int, tolerance: float) -> Floats:
    """The share on which a claim rests, (B,): `share_right` over all draws, or over the draws with a gap, the lower one.

    A gap: number k is more than the tolerance ahead of number k + 1. Ideas that are alike beforehand rarely have one, so
    over all draws a top that is wrong whenever there is a gap would still look right.
    """
    batch, _number, ideas = draws.shape
    if top >= ideas:
        return np.ones(batch)
    first = -np.partition(-draws, (top - 1, top), axis=2)[:, :, top - 1 : top + 1]
    line, gap = first[:, :, 0], first[:, :, 0] - first[:, :, 1] > tolerance
    inside = np.stack([np.take(draws[b], group[b], axis=1) for b in range(batch)])
    right = -np.partition(-inside, top - 1, axis=2)[:, :, top - 1] >= line - tolerance
    apart = gap.sum(axis=1)
    with_gap = np.divide((right & gap).sum(axis=1), apart, out=np.ones(batch), where=apart > 0)
    assured: Floats = np.minimum(right.mean(axis=1), with_gap)
    return assured


def hope(
    now: Posterior | Belief, end: Posterior | Belief, top: int, tolerance: float, error: float, rng: np.random.Generator
) -> Floats:
    """Chance that the top will be clear once everything still open has been read, (B,).

    now: the posterior; end: the posterior as it will be when all open readings are in (its means are not used). The
    means at the end are spread around today's with the variance that will have been lost. Clear as in `share_assured`: the
    chance of a wrong top is at most the error, also as a share of the chance that there is a gap.
    """
    batch, ideas = now.quality.shape
    lost = now.covariance - end.covariance
    values, vectors = np.linalg.eigh((lost + np.swapaxes(lost, 1, 2)) / 2)
    root = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    means = now.quality[:, None, :] + rng.standard_normal((batch, FUTURES, ideas)) @ np.swapaxes(root, 1, 2)
    # Only the pairs next to the border are looked at: the k chosen and the next few.
    near = min(top + 6, ideas)
    rows = np.arange(batch)[:, None, None]
    order = np.argpartition(-means, near - 1, axis=2)[:, :, :near] if near < ideas else np.argsort(-means, axis=2)
    values_near = np.take_along_axis(means, order, axis=2)
    sort = np.argsort(-values_near, axis=2)
    order, values_near = np.take_along_axis(order, sort, 2), np.take_along_axis(values_near, sort, 2)
    covariance = end.covariance
    variance = np.einsum("bii->bi", covariance)
    bound, gap = np.zeros((batch, FUTURES)), np.ones((batch, FUTURES))
    for a in range(top):
        inside = order[:, :, a : a + 1]
        outside = order[:, :, top:]
        spread = variance[rows, inside] + variance[rows, outside] - 2 * covariance[rows, inside, outside]
        lead = values_near[:, :, a : a + 1] - values_near[:, :, top:]
        width = np.sqrt(np.maximum(spread, 1e-12))
        bound += ndtr(-(lead + tolerance) / width).sum(axis=2)
        gap = np.minimum(gap, ndtr((lead - tolerance) / width).min(axis=2, initial=1.0))
    chance: Floats = (bound <= error * np.minimum(gap + bound, 1.0)).mean(axis=1)
    return chance
