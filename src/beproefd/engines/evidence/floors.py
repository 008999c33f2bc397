# SPDX-License-Identifier: EUPL-1.2
"""The smallest expected number of units any test with the same error and power can need.

With error alpha and power 1 - beta the number N of units of *any* stopping rule satisfies
``E[N] >= kl(1 - beta, alpha) / D`` if the effect is there and ``E[N] >= kl(alpha, 1 - beta) / D0`` if it is not, where D
is the divergence per unit from the nearest truth on the other side (Wald 1945; Kaufmann, Cappe and Garivier 2016).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from beproefd.engines.evidence.designs import (
    Design,
    MatchedPairs,
    OneArmBinary,
    OneArmCount,
    TwoArmBinary,
    TwoArmContinuous,
    TwoArmCount,
    TwoArmEvents,
    TwoArmOrdinal,
)
from beproefd.engines.evidence.fixed import ordinal_shares

Floats = NDArray[np.float64]


def kl(a: float, b: float) -> float:
    """Divergence of a coin with chance ``a`` from one with chance ``b``, in nats."""
    return a * log(a / b) + (1 - a) * log((1 - a) / (1 - b))


def poisson_kl(a: float, b: float) -> float:
    """Divergence of Poisson mean ``a`` from mean ``b``, in nats."""
    return a * log(a / b) - a + b


def smallest(divergence: Callable[[float], float], low: float, high: float) -> float:
    """Smallest value of a divergence over an unknown base rate between two ends."""
    found = optimize.minimize_scalar(divergence, bounds=(low, high), method="bounded", options={"xatol": 1e-9})
    return float(found.fun)


def floors(design: Design) -> tuple[float, float]:
    """(if the effect that matters is there, if the claim is just false) in units. For claims of more, not of less."""
    if1, if0 = divergences(design)
    alpha, power = design.side_alpha, design.power
    return kl(power, alpha) / if1, kl(alpha, power) / if0


@singledispatch
def divergences(design: Design) -> tuple[float, float]:
    """Divergence per unit from the nearest truth on the other side: (at the effect that matters, at no effect)."""
    raise TypeError(f"no floor for {design.kind}")


@divergences.register
def _(design: OneArmBinary) -> tuple[float, float]:
    return kl(design.alternative, design.threshold), kl(design.threshold, design.alternative)


@divergences.register
def _(design: OneArmCount) -> tuple[float, float]:
    low, high = design.threshold * design.exposure, design.alternative * design.exposure
    return poisson_kl(high, low), poisson_kl(low, high)


def _normal(squared: float, people: int) -> float:
    # The spread is not known: the nearest other truth has a spread that contains the difference.
    return people / 2 * log(1 + squared / people)


@divergences.register
def _(design: TwoArmContinuous) -> tuple[float, float]:
    control, new = design.allocation
    one = _normal((design.minimal_effect / design.residual_sd) ** 2 * control * new / (control + new), control + new)
    return one, one


@divergences.register
def _(design: MatchedPairs) -> tuple[float, float]:
    one = _normal((design.minimal_effect / design.sd) ** 2, 1)
    return one, one


@divergences.register
def _(design: TwoArmCount) -> tuple[float, float]:
    base, ratio = design.baseline * design.exposure, design.minimal_ratio
    return (
        smallest(lambda m: poisson_kl(base, m) + poisson_kl(base * ratio, m), base, base * ratio),
        smallest(lambda m: poisson_kl(base, m) + poisson_kl(base, m * ratio), base / ratio, base),
    )


@divergences.register
def _(design: TwoArmEvents) -> tuple[float, float]:
    # With as many people at risk in both arms, which is where an event teaches most.
    even = design.minimal_ratio / (1 + design.minimal_ratio)
    return kl(even, 0.5), kl(0.5, even)


@divergences.register
def _(design: TwoArmOrdinal) -> tuple[float, float]:
    base, raised = np.array(design.baseline), ordinal_shares(design)
    middle, levels, odds = (base + raised) / 2, np.arange(len(base)), log(design.minimal_odds_ratio)

    def tilted(shift: float) -> Floats:
        weights = base * np.exp(shift * levels)
        return np.asarray(weights / weights.sum())

    def apart(p: Floats, q: Floats) -> float:
        return float(p @ np.log(p / q))

    none = smallest(lambda shift: apart(base, tilted(shift)) + apart(base, tilted(shift + odds)), -odds, 0.0)
    return apart(base, middle) + apart(raised, middle), none


@divergences.register
def _(design: TwoArmBinary) -> tuple[float, float]:
    control, new = design.allocation
    p0, p1 = design.baseline, design.baseline + design.minimal_effect
    middle, odds = (p0 + p1) / 2, p1 * (1 - p0) / (p0 * (1 - p1))
    return (
        smallest(lambda q: control * kl(p0, q) + new * kl(p1, q), p0, p1),
        smallest(lambda q: control * kl(middle, q) + new * kl(middle, odds * q / (1 - q + odds * q)), p0 / 2, middle),
    )
