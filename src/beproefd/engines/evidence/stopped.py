# SPDX-License-Identifier: EUPL-1.2
"""What we know after stopping: estimate and interval that take the stopping into account.

Results are ordered by the moment of stopping: an earlier stop for support is stronger than a later one, an earlier stop
without support is weaker (Siegmund 1978; Armitage 1957; Jennison and Turnbull 2000, chapter 8). Under tilt theta the
chance of a result at least as strong is an exact sum over the walk's stopping points. The interval contains the tilts
for which neither tail is below alpha/2: coverage at least 1 - alpha, given the stream of steps. The estimate is the
tilt that puts half the chance (mid-probability) on either side: median unbiased up to the grid of possible results. No
number can do better where few results are possible, so two are given as well: ``estimate_bounds`` are exactly median
unbiased, one from below and one from above, and the distance between them is what the grid leaves open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import inf, log

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from beproefd.engines.evidence.steps import Descriptor, step_law
from beproefd.engines.evidence.walk import Walk

Floats = NDArray[np.float64]
Points = tuple[Floats, Floats, NDArray[np.int64]]
"""Scores at which a walk can have stopped, logs of their chances, and the look."""


class StoppedWalk:
    """The final state of a walk: earlier looks, the law at the last look, and the score at which it stopped."""

    def __init__(self, walk: Walk, score: int) -> None:
        """``walk`` as it was just before its last look took anything out.

        Chances at other tilts come from those at one tilt by their ratio. When the score is so far from the border of
        the claim that its chance there cannot be written as a number, the tilt at which it is usual takes that part.
        """
        place = score - walk.low
        if not (0 <= place < len(walk.mass) and walk.mass[place] > FAINT):
            walk = walk.at(_usual(walk, score))
        self.score = score
        self._theta, self._tilt = walk.theta, walk.tilt
        kinds: dict[Descriptor, int] = {}
        for step in walk.steps:
            kinds.setdefault(step, len(kinds))
        self._kinds = list(kinds)
        counts = np.zeros((len(walk.looks) + 1, len(kinds)))
        running: Counter[Descriptor] = Counter()
        made = 0
        for row, look in enumerate(walk.looks):
            running.update(walk.steps[made : look.steps])
            made = look.steps
            counts[row] = [running[kind] for kind in self._kinds]
        running.update(walk.steps[made:])
        counts[-1] = [running[kind] for kind in self._kinds]
        self._counts = counts
        scores = walk.low + np.arange(len(walk.mass), dtype=float)
        above, at = scores > score, scores == score
        last = len(walk.looks)
        up = _gather([(look.up_low, look.up, row) for row, look in enumerate(walk.looks)])
        down = _gather([(look.down_low, look.down, row) for row, look in enumerate(walk.looks)])
        here = scores, _log(walk.mass), np.full(len(scores), last)
        self._stronger = _joined(up, tuple(part[above] for part in here))
        self._same = here[0][at], here[1][at], here[2][at]
        self._weaker = _joined(down, tuple(part[~above & ~at] for part in here))
        self._cumulants = np.array([_cumulant(kind, self._tilt) for kind in self._kinds])

    @property
    def known(self) -> bool:
        """Whether the result's own chance could be worked out: not after a jump that no tilt can explain."""
        return len(self._same[1]) > 0 and bool(self._same[1][0] > log(FAINT))

    def tails(self, theta: float) -> tuple[float, float, float]:
        """P_theta(stronger), P_theta(the same), P_theta(weaker)."""
        lean = theta - self._tilt
        change = np.array([_cumulant(kind, theta) for kind in self._kinds]) - self._cumulants
        total = self._counts @ change if len(change) else np.zeros(len(self._counts))
        groups = (self._stronger, self._same, self._weaker)
        logs = [lean * scores + mass - total[rows] for scores, mass, rows in groups]
        # The three are everything that can happen; far from the tilt taken the rest of them is lost in rounding.
        top = max((float(part.max()) for part in logs if len(part)), default=0.0)
        stronger, same, weaker = (float(np.exp(part - top).sum()) for part in logs)
        everything = stronger + same + weaker
        return stronger / everything, same / everything, weaker / everything

    def p_value(self) -> float:
        """Chance of a result at least as strong on a false claim at its border."""
        stronger, same, _ = self.tails(0.0)
        return min(1.0, stronger + same)

    def p_value_against(self) -> float:
        """Chance of a result at least as weak when the claim just holds."""
        _, same, weaker = self.tails(0.0)
        return min(1.0, same + weaker)

    def estimate(self) -> float:
        """Median-unbiased tilt."""

        def balance(tilt: float) -> float:
            stronger, _, weaker = self.tails(tilt)
            return stronger - weaker

        return self._solve(balance)

    def estimate_bounds(self) -> tuple[float, float]:
        """(low, high) tilts, exactly median unbiased: whatever the truth, low is above it and high is below it with
        probability at most one half each. The estimate lies between them.
        """

        def from_above(tilt: float) -> float:
            _, same, weaker = self.tails(tilt)
            return 0.5 - same - weaker

        return self.lower_bound(0.5), self._solve(from_above)

    def interval(self, alpha: float) -> tuple[float, float]:
        """Tilts with both tails at least alpha/2."""

        def from_above(tilt: float) -> float:
            _, same, weaker = self.tails(tilt)
            return alpha / 2 - same - weaker

        return self.lower_bound(alpha / 2), self._solve(from_above)

    def lower_bound(self, alpha: float) -> float:
        """Smallest tilt that is compatible at one-sided ``alpha``."""

        def from_below(tilt: float) -> float:
            stronger, same, _ = self.tails(tilt)
            return stronger + same - alpha

        return self._solve(from_below)

    def _solve(self, rising: Callable[[float], float]) -> float:
        """Root of a function that rises with the tilt; infinite when it has one sign."""
        low, high = -self._theta, self._theta
        for _ in range(12):
            if rising(low) < 0:
                break
            low *= 2
        else:
            return -inf
        for _ in range(12):
            if rising(high) > 0:
                break
            high *= 2
        else:
            return inf
        return float(optimize.brentq(rising, low, high, xtol=1e-9 + 1e-7 * self._theta))


FAINT = 1e-200
"""Chance below which a score is looked at from another tilt."""


def _usual(walk: Walk, score: int) -> float:
    """Tilt at which so high a score is about what one expects."""
    counts = walk.counts_at(len(walk.steps))
    low, high = -60 * walk.theta, 60 * walk.theta
    for _ in range(50):
        middle = (low + high) / 2
        expected = 0.0
        for step, count in counts.items():
            near = step_law(step).cumulant(np.array([middle - 1e-6, middle + 1e-6]))
            expected += count * float(near[1] - near[0]) / 2e-6
        low, high = (middle, high) if expected < score else (low, middle)
    return low


def _cumulant(kind: Descriptor, theta: float) -> float:
    return float(step_law(kind).cumulant(theta)[0])


def _joined(first: Points, second: tuple[Floats, ...]) -> Points:
    scores, logs, rows = (np.concatenate([a, b]) for a, b in zip(first, second, strict=True))
    return scores, logs, rows


def _log(mass: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(mass, 1e-320)))


def _gather(parts: list[tuple[int, Floats, int]]) -> tuple[Floats, Floats, NDArray[np.int64]]:
    kept = [(low, mass, row) for low, mass, row in parts if len(mass)]
    if not kept:
        empty = np.zeros(0)
        return empty, empty, np.zeros(0, dtype=np.int64)
    scores = np.concatenate([low + np.arange(len(mass), dtype=float) for low, mass, _ in kept])
    logs = _log(np.concatenate([mass for _, mass, _ in kept]))
    rows = np.concatenate([np.full(len(mass), row) for _, mass, row in kept])
    positive = logs > -700
    return scores[positive], logs[positive], rows[positive]
