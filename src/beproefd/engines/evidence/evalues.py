# SPDX-License-Identifier: EUPL-1.2
"""E-values and confidence sequences: evidence that may be looked at, multiplied and combined at any time.

The e-process is ``M = sum_j w_j exp(theta_j S - K(theta_j))``, a mixture over tilts around the effect that matters
(Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021). Each term has mean exactly one on a false claim at its border
because ``K`` is the exact cumulant of the steps, so the probability that M ever reaches c is at most 1/c (Ville 1939).
The confidence sequence inverts a mixture over a wide prior and covers the true tilt at all times together.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import exp, inf, lgamma, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from beproefd.engines.evidence.steps import Descriptor, step_law, total_cumulant

Floats = NDArray[np.float64]

MULTIPLES = np.array([0.4, 0.6, 0.85, 1.2, 1.8, 2.6])
WEIGHTS = np.array([0.17, 0.125, 0.125, 0.125, 0.255, 0.2])


@lru_cache(maxsize=4096)
def _mixture(theta: float, descriptor: Descriptor) -> tuple[Floats, Floats]:
    tilts = theta * MULTIPLES
    return tilts, step_law(descriptor).cumulant(tilts)


def e_value(score: float, counts: Mapping[Descriptor, int], theta: float) -> float:
    """Mixture e-value of a score after the steps counted; ``theta`` negative: evidence for a lower outcome."""
    if not counts:
        return 1.0
    tilts = theta * MULTIPLES
    cumulants = np.zeros(len(tilts))
    for descriptor, count in counts.items():
        cumulants += count * _mixture(theta, descriptor)[1]
    exponents = np.minimum(tilts * score - cumulants, 700.0)
    return float(WEIGHTS @ np.exp(exponents))


class TrialEvidence:
    """E-value from two counts for a walk of equal trials, fast: ``value(successes, trials)`` in microseconds."""

    def __init__(self, theta: float, descriptor: Descriptor) -> None:
        """Tables for tilt ``theta`` that matters."""
        tilts, cumulants = _mixture(theta, descriptor)
        self._terms = [(float(t), float(k), log(float(w))) for t, k, w in zip(tilts, cumulants, WEIGHTS, strict=True)]

    def value(self, successes: int, trials: int) -> float:
        """The mixture e-value."""
        return sum(exp(min(t * successes - k * trials + w, 700.0)) for t, k, w in self._terms)


def share_sequence(
    successes: int, trials: int, alpha: float, prior: tuple[float, float] = (1.0, 1.0)
) -> tuple[float, float]:
    """Confidence sequence for a success probability, level 1 - alpha at all times together (beta mixture).

    All ``p`` with ``B(a+s, b+n-s)/B(a, b) / (p^s (1-p)^(n-s)) < 1/alpha`` (Robbins 1970; Lai 1976).
    """
    a, b = prior
    failures = trials - successes
    mixture = (
        lgamma(a + successes) + lgamma(b + failures) - lgamma(a + b + trials)
        - lgamma(a) - lgamma(b) + lgamma(a + b)
    )  # fmt: skip
    border = mixture + log(alpha)

    def gap(p: float) -> float:
        ones = successes * log(p) if successes else 0.0
        zeros = failures * log(1 - p) if failures else 0.0
        return ones + zeros - border

    low, high, top = 0.0, 1.0, successes / trials if trials else 0.5
    if trials == 0:
        return 0.0, 1.0
    tiny = 1e-12
    if successes and gap(tiny) < 0:
        low = float(optimize.brentq(gap, tiny, min(top, 1 - tiny), xtol=1e-7))
    if failures and gap(1 - tiny) < 0:
        high = float(optimize.brentq(gap, max(top, tiny), 1 - tiny, xtol=1e-7))
    return low, high


def tilt_sequence(score: float, counts: Mapping[Descriptor, int], theta: float, alpha: float) -> tuple[float, float]:
    """Confidence sequence for the tilt itself: normal mixture with spread ``2 theta`` on 241 points."""
    if not counts:
        return -inf, inf
    grid = abs(theta) * np.linspace(-8, 8, 241)
    weights = np.asarray(stats.norm.pdf(grid, scale=2 * abs(theta)))
    weights = weights / weights.sum()
    terms = np.log(weights) + grid * score - total_cumulant(counts, grid)
    top = float(terms.max())
    border = top + log(float(np.exp(terms - top).sum())) + log(alpha)

    def gap(tilt: float) -> float:
        return tilt * score - float(total_cumulant(counts, tilt)[0]) - border

    peak = optimize.minimize_scalar(lambda t: -gap(t), bounds=(-60 * abs(theta), 60 * abs(theta)), method="bounded").x
    return _root(gap, float(peak), -abs(theta)), _root(gap, float(peak), abs(theta))


def _root(gap: object, peak: float, stride: float) -> float:
    """Where a concave function falls below zero from its peak in the direction of ``stride``; infinite if never."""
    assert callable(gap)  # noqa: S101 -- keeps the type simple
    far = peak
    for _ in range(40):
        far += stride
        stride *= 1.5
        if gap(far) < 0:
            return float(optimize.brentq(gap, min(peak, far), max(peak, far), xtol=1e-9))
    return inf if stride > 0 else -inf


@lru_cache(maxsize=64)
def calibrated_threshold(theta: float, descriptor: Descriptor, alpha: float, horizon: int = 3000) -> float:
    """Smallest e-value (to 0.5%) at which stopping keeps the error at most ``alpha`` for ever; equal trials only.

    Exact law up to ``horizon`` trials; after that Ville's inequality bounds what can still happen by the mean of the
    e-process among paths still running, divided by the threshold. Always between 0.5/alpha and 1/alpha.
    """
    low, high = 0.5 / alpha, 1 / alpha
    while high / low > 1.005:
        middle = sqrt(low * high)
        if ever_crosses(theta, descriptor, middle, horizon) <= alpha:
            high = middle
        else:
            low = middle
    return high


def crossing_limits(theta: float, descriptor: Descriptor, threshold: float, horizon: int) -> NDArray[np.int64]:
    """Smallest number of successes at which the e-value reaches the threshold, after 0..horizon trials."""
    tilts, cumulants = _mixture(theta, descriptor)
    trials = np.arange(horizon + 1)
    low, high = np.zeros(horizon + 1, dtype=np.int64), trials + 1
    while (low < high).any():
        middle = (low + high) // 2
        terms = np.log(WEIGHTS) + tilts * middle[:, None] - cumulants * trials[:, None]
        reached = np.logaddexp.reduce(terms, axis=1) >= log(threshold) - 1e-12
        high, low = np.where(reached, middle, high), np.where(reached | (low == high), low, middle + 1)
    return high


def ever_crosses(theta: float, descriptor: Descriptor, threshold: float, horizon: int) -> float:
    """Probability at the border of the claim of ever reaching the threshold: exact to ``horizon``, bounded later."""
    tilts, cumulants = _mixture(theta, descriptor)
    stopped, mass, low = _run(crossing_limits(theta, descriptor, threshold, horizon), step_law(descriptor).pmf[1])
    scores = low + np.arange(len(mass))
    terms = np.log(WEIGHTS) + tilts * scores[:, None] - cumulants * horizon
    later = float(mass @ np.exp(np.logaddexp.reduce(terms, axis=1))) / threshold
    return float(stopped.sum()) + later


def _run(limits: NDArray[np.int64], pi: float) -> tuple[Floats, Floats, int]:
    """Probability of first reaching the limits at each trial; the law of what still runs, and its lowest score."""
    stopped = np.zeros(len(limits))
    mass, low = np.ones(1), 0
    for d in range(1, len(limits)):
        step = np.zeros(len(mass) + 1)
        step[:-1] = mass * (1 - pi)
        step[1:] += mass * pi
        up = min(max(int(limits[d]) - low, 0), len(step))
        stopped[d] = step[up:].sum()
        mass = step[:up]
        if d % 16 == 0 and len(mass) > 1 and mass[0] < 1e-14:
            first = int((mass >= 1e-14).argmax())
            mass, low = mass[first:], low + first
        if mass.sum() < 1e-12:
            break
    return stopped, mass, low


def crossing_law(theta: float, descriptor: Descriptor, threshold: float, pi: float, horizon: int) -> Floats:
    """Probability of reaching the threshold first at trial 0..horizon when trials succeed with probability ``pi``."""
    return _run(crossing_limits(theta, descriptor, threshold, horizon), pi)[0]
