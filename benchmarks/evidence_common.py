# SPDX-License-Identifier: EUPL-1.2
"""What the benchmarks of the evidence engine share: the example, the effort, and the form of a claim."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from beproefd.engines.evidence import TwoArmBinary
from beproefd.engines.evidence.floors import kl, smallest

B1 = TwoArmBinary(baseline=0.2, minimal_effect=0.1)
ODDS = 0.3 * 0.8 / (0.2 * 0.7)
THETA, PI1 = float(np.log(ODDS)), ODDS / (1 + ODDS)
PAIR = ("bernoulli", (0.5,))
FIXED = 293


@dataclass(frozen=True)
class Effort:
    """How many imagined experiments, and where the random numbers start."""

    reps: int
    seed: int

    def source(self, claim):
        return np.random.default_rng([self.seed, claim])

    def some(self, share):
        return max(200, int(self.reps * share))


def claim(name, value, baseline, goal, met, **more):
    ratio = None if baseline in (None, 0) else round(float(value) / float(baseline), 4)
    rounded = {key: round(float(item), 4) if isinstance(item, float) else item for key, item in more.items()}
    return {
        "claim": name,
        "value": round(float(value), 5),
        "baseline": None if baseline is None else round(float(baseline), 5),
        "ratio": ratio,
        "goal": goal,
        "met": bool(met),
        **rounded,
    }


def simulated(name, value, baseline, limit, error, *, least=False, errors=3, **more):
    """A claim on a simulated value; how far chance may take it from the limit is part of the goal."""
    slack = errors * error
    goal = f"{'>=' if least else '<='} {limit} (± {errors} standard errors of {error:.2g})"
    met = value >= limit - slack if least else value <= limit + slack
    return claim(name, value, baseline, goal, met, error=error, **more)


def b1_floors():
    return kl(0.8, 0.025) / smallest(lambda q: kl(0.2, q) + kl(0.3, q), 0.2, 0.3), kl(0.025, 0.8) / (
        kl(0.25, 0.2) + kl(0.25, 0.3)
    )


def missing(package, question):
    """A row for a peer that is not installed: nothing was measured, nothing is met."""
    return {
        "claim": f"Peer {package}, {question}: not run, the package is not installed (requirements/bench.txt)",
        "value": None, "baseline": None, "ratio": None, "goal": "run", "met": False,
    }  # fmt: skip
