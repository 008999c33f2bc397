# SPDX-License-Identifier: EUPL-1.2
"""One step of evidence: what a person, pair or block can add to the score, given what chance has no hand in.

If the claim is false, only the draw of lots decides who in a block had the new way. Given the outcomes in the block
(and exposures, and the number of events), the score of the new arm then has a law that is known exactly, whatever the
base rate or the shape of the outcomes (Fisher 1935). The effect is measured by an exponential tilt of that law:
``P_theta(s) ~ P_0(s) exp(theta s)``. For binary outcomes theta is the log odds ratio, for counts the log rate ratio,
for answers on a scale the log odds ratio per category, for normal outcomes the difference in means over the variance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp, inf, log, log1p

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]

Descriptor = tuple[str, tuple[float, ...]]
"""What is fixed about a step: ("bernoulli", (p,)), ("sign", (g,)), ("binomial", (total, share)), ("poisson", (mean,)),
("block", (treated, value, value, ...))."""


@dataclass(frozen=True, eq=False)
class StepLaw:
    """Law of a step at the border of the claim: ``pmf[s]`` for score s = 0, 1, ...; and its variance."""

    pmf: Floats
    mean: float
    variance: float

    @property
    def top(self) -> int:
        """Largest score."""
        return len(self.pmf) - 1

    @property
    def reach(self) -> float:
        """Largest score there can be at any tilt."""
        return self.top

    def cumulant(self, theta: float | Floats) -> Floats:
        """log E_0 exp(theta s); same shape as ``theta``."""
        tilts = np.atleast_1d(np.asarray(theta, dtype=float))
        scores = np.flatnonzero(self.pmf)
        terms = tilts[:, None] * scores + np.log(self.pmf[scores])
        return np.asarray(special.logsumexp(terms, axis=1))

    def tilted(self, theta: float) -> Floats:
        """pmf under tilt ``theta``."""
        possible = self.pmf > 0
        log = np.where(possible, np.log(np.where(possible, self.pmf, 1.0)) + theta * np.arange(len(self.pmf)), -np.inf)
        weights = np.exp(log - log.max())
        return np.asarray(weights / weights.sum())


@dataclass(frozen=True, eq=False)
class PoissonLaw(StepLaw):
    """A count has no largest value: ``pmf`` is cut off where it does not matter at the border, but may elsewhere."""

    @property
    def reach(self) -> float:
        """No largest score."""
        return inf

    def cumulant(self, theta: float | Floats) -> Floats:
        """Exact: mean times (exp theta - 1)."""
        return np.asarray(self.mean * np.expm1(np.minimum(np.atleast_1d(np.asarray(theta, dtype=float)), 690.0)))

    def tilted(self, theta: float) -> Floats:
        """Poisson again, cut off where it does not matter at this tilt."""
        return _poisson(self.mean * exp(min(theta, 690.0)))


@dataclass(frozen=True, eq=False)
class BinomialLaw(StepLaw):
    """Events of which so many belong to the new arm; exact also where the chance at the border is too small to write."""

    share: float

    def cumulant(self, theta: float | Floats) -> Floats:
        """Exact: total times log(1 - share + share exp theta)."""
        tilts = np.atleast_1d(np.asarray(theta, dtype=float))
        return np.asarray(self.top * np.logaddexp(np.log1p(-self.share), np.log(self.share) + tilts))

    def tilted(self, theta: float) -> Floats:
        """Binomial again."""
        share = float(special.expit(log(self.share) - log1p(-self.share) + theta))
        return np.asarray(stats.binom.pmf(np.arange(self.top + 1), self.top, share))


def _poisson(mean: float) -> Floats:
    top = int(stats.poisson.isf(1e-15, mean)) + 1
    return np.asarray(stats.poisson.pmf(np.arange(top + 1), mean))


@lru_cache(maxsize=65536)
def step_law(descriptor: Descriptor) -> StepLaw:
    """The law for a descriptor."""
    name, values = descriptor
    if name == "bernoulli":
        pmf = np.array([1 - values[0], values[0]])
    elif name == "sign":
        pmf = np.zeros(int(values[0]) + 1)
        pmf[0] += 0.5
        pmf[-1] += 0.5
    elif name == "binomial":
        total = int(values[0])
        pmf = stats.binom.pmf(np.arange(total + 1), total, values[1])
        pmf.flags.writeable = False
        return BinomialLaw(pmf, total * values[1], total * values[1] * (1 - values[1]), values[1])
    elif name == "poisson":
        pmf = _poisson(values[0])
        pmf.flags.writeable = False
        return PoissonLaw(pmf, values[0], values[0])
    elif name == "block":
        pmf = _draws(int(values[0]), [int(v) for v in values[1:]])
    else:
        raise ValueError(f"unknown step {name}")
    pmf = np.asarray(pmf / pmf.sum(), dtype=float)
    pmf.flags.writeable = False
    scores = np.arange(len(pmf))
    mean = float(pmf @ scores)
    return StepLaw(pmf, mean, float(pmf @ (scores - mean) ** 2))


def _draws(treated: int, values: list[int]) -> Floats:
    """Law of the sum of ``treated`` values drawn without replacement, less the smallest possible sum."""
    low = min(values)
    shifted = [value - low for value in values]
    top = sum(sorted(shifted)[-treated:]) if treated else 0
    ways = np.zeros((treated + 1, top + 1))
    ways[0, 0] = 1.0
    for value in shifted:
        for chosen in range(treated, 0, -1):
            if value <= top:
                ways[chosen, value:] += ways[chosen - 1, : top + 1 - value]
    floor = sum(sorted(shifted)[:treated])
    return ways[treated, floor:]


def block_step(treated: list[int], others: list[int]) -> tuple[Descriptor | None, int]:
    """Descriptor (None when nothing can be learned) and score of a completed block with whole-number outcomes."""
    values = sorted(treated + others)
    if values[0] == values[-1]:
        return None, 0
    if len(treated) == 1 and len(others) == 1:
        gap = values[1] - values[0]
        return ("sign", (float(gap),)), gap if treated[0] > others[0] else 0
    low = values[0]
    floor = sum(values[: len(treated)]) - low * len(treated)
    shifted = tuple(float(value - low) for value in values)
    score = sum(treated) - low * len(treated) - floor
    return ("block", (float(len(treated)), *shifted)), score


@lru_cache(maxsize=65536)
def gain(descriptor: Descriptor, theta: float) -> float:
    """Information of a step about the tilt that matters: twice the smaller of its two divergences, from the border to
    the effect and back. About theta squared times the variance for small steps; a pair's sign is never worth more than
    2 log 2, however large the effect is, so that a few large steps do not pass for the many that an error needs.
    """
    law = step_law(descriptor)
    cumulant = float(law.cumulant(theta)[0])
    tilted = law.tilted(theta)
    mean = float(tilted @ np.arange(len(tilted)))
    return 2 * min(cumulant - theta * law.mean, theta * mean - cumulant)


def total_cumulant(counts: Mapping[Descriptor, int], theta: float | Floats) -> Floats:
    """Sum over steps of log E_0 exp(theta s); ``counts`` says how often each step came."""
    tilts = np.atleast_1d(np.asarray(theta, dtype=float))
    total = np.zeros(len(tilts))
    for descriptor, count in counts.items():
        total += count * step_law(descriptor).cumulant(tilts)
    return total
