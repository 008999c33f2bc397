# SPDX-License-Identifier: EUPL-1.2
"""A sequential test on any stream of steps, with looks at any time, exact given the stream.

The steps' laws at the border of the claim are known (see ``steps``), so the exact law of the running score that has
not yet stopped can be carried along. At a look the limits are set such that the error used so far stays within what a
spending function allows for the share of information gathered (Lan and DeMets 1983, here with exact conditional laws
instead of normal ones). Because the spending function depends only on information, never on scores, the probability
of SUPPORTED on a false claim is at most ``alpha`` for every calendar of looks, every base rate and every outcome law.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.evidence.steps import Descriptor, step_law

Floats = NDArray[np.float64]

TINY = 1e-12
WIDE = 2000


@dataclass(frozen=True)
class Spending:
    """Errors that may be used up at an information share 0..1; rising tuples of equal length."""

    share: tuple[float, ...]
    alpha: tuple[float, ...]
    beta: tuple[float, ...]

    def at(self, share: float) -> tuple[float, float]:
        """Allowed (alpha, beta) at a share, linear in between, everything from 1 on."""
        if share >= 1:
            return self.alpha[-1], self.beta[-1]
        k = bisect_right(self.share, share) - 1
        if k < 0:
            return 0.0, 0.0
        width = self.share[k + 1] - self.share[k]
        part = (share - self.share[k]) / width
        return (
            self.alpha[k] + part * (self.alpha[k + 1] - self.alpha[k]),
            self.beta[k] + part * (self.beta[k + 1] - self.beta[k]),
        )


@dataclass(frozen=True)
class Look:
    """What could have stopped at a look, as mass at the border of the claim, and the steps made so far."""

    up_low: int
    up: Floats
    down_low: int
    down: Floats
    steps: int


@dataclass
class Walk:
    """The running score's law at the border of the claim among paths that have not stopped.

    ``mass[i]`` is the probability that the test still runs with score ``low + i``. ``theta`` is the tilt that matters;
    ``tilt`` is where the law is taken, 0 at the border of the claim.
    """

    theta: float
    alpha: float
    mass: Floats = field(default_factory=lambda: np.ones(1))
    low: int = 0
    cumulant: float = 0.0
    spent_alpha: float = 0.0
    spent_beta: float = 0.0
    below: float = 0.0
    steps: list[Descriptor] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    tilt: float = 0.0

    def step(self, descriptor: Descriptor) -> None:
        """Add a step's law."""
        law = step_law(descriptor)
        if law.top and len(self.mass):
            self._add(law.tilted(self.tilt) if self.tilt else law.pmf)
        self.cumulant += _cumulant_at(descriptor, self.theta)
        self.steps.append(descriptor)

    def _add(self, pmf: Floats) -> None:
        if len(pmf) > WIDE:
            # Large counts: most scores are so far off that their chance is zero to the last bit.
            for mass in (pmf, self.mass):
                self.low += int((mass > 0).argmax())
            pmf, self.mass = (np.trim_zeros(mass) for mass in (pmf, self.mass))
        self.mass = np.convolve(self.mass, pmf)

    def at(self, tilt: float) -> Walk:
        """The same steps and limits with the law at another tilt."""
        again, looks = Walk(self.theta, self.alpha, tilt=tilt), list(self.looks)
        for made in range(len(self.steps) + 1):
            if made:
                again.step(self.steps[made - 1])
            while looks and looks[0].steps == made:
                look = looks.pop(0)
                again.look(look.up_low, look.down_low + len(look.down) - 1)
        return again

    def limits(self, allowed_alpha: float, allowed_beta: float, *, final: bool) -> tuple[int, int, int]:
        """(upper, lower, refute) for a look now: support from ``upper``, stop without support up to ``lower``, and a
        contradiction of the claim (error at most ``alpha``) up to ``refute``.
        """
        tail = self.mass[::-1].cumsum()[::-1]
        fits = np.flatnonzero(self.spent_alpha + tail <= allowed_alpha * (1 + TINY))
        upper = self.low + (int(fits[0]) if len(fits) else len(self.mass))
        scores = self.low + np.arange(len(self.mass))
        deep = np.flatnonzero(self.below + self.mass.cumsum() <= self.alpha * (1 + TINY))
        refute = self.low + (int(deep[-1]) if len(deep) else -1)
        if final:
            return upper, upper - 1, min(refute, upper - 1)
        tilted = self.mass * np.exp(self.theta * scores - self.cumulant)
        low_fits = np.flatnonzero(self.spent_beta + tilted.cumsum() <= allowed_beta * (1 + TINY))
        lower = self.low + (int(low_fits[-1]) if len(low_fits) else -1)
        return upper, min(lower, upper - 1), min(refute, upper - 1)

    def look(self, upper: int, lower: int) -> None:
        """Take out what stops at these limits."""
        up = min(max(upper - self.low, 0), len(self.mass))
        down = min(max(lower + 1 - self.low, 0), up)
        stopped_up, stopped_down = self.mass[up:], self.mass[:down]
        self.looks.append(Look(self.low + up, stopped_up, self.low, stopped_down, len(self.steps)))
        scores = self.low + np.arange(down)
        self.spent_beta += float((stopped_down * np.exp(self.theta * scores - self.cumulant)).sum())
        self.spent_alpha += float(stopped_up.sum())
        self.below += float(stopped_down.sum())
        self.mass, self.low = self.mass[down:up], self.low + down

    def counts_at(self, steps: int) -> Counter[Descriptor]:
        """How often each step came among the first ``steps``."""
        return Counter(self.steps[:steps])


_CUMULANTS: dict[tuple[Descriptor, float], float] = {}


def _cumulant_at(descriptor: Descriptor, theta: float) -> float:
    key = (descriptor, theta)
    if key not in _CUMULANTS:
        if len(_CUMULANTS) > 100_000:
            _CUMULANTS.clear()
        _CUMULANTS[key] = float(step_law(descriptor).cumulant(theta)[0])
    return _CUMULANTS[key]
