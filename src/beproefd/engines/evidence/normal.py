# SPDX-License-Identifier: EUPL-1.2
"""Classical group-sequential tests with normal scores: the published tables, for comparison and for planning by others.

Recursive numerical integration of the joint law of the scores at the looks (Armitage, McPherson and Rowe 1969; Jennison
and Turnbull 2000, chapter 19). Accurate to about 1e-6. Beproefd's own tests do not use normal laws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Floats = NDArray[np.float64]

NODES = 161


def crossing(
    bounds: Sequence[float] | Floats, shares: Sequence[float] | Floats, drift: float = 0.0, *, two_sided: bool = True
) -> Floats:
    """Probability of first crossing at each look; |Z| >= bound, or Z >= bound when not ``two_sided``.

    ``shares``: information shares, rising to 1. ``drift``: mean of Z at share 1.
    """
    points, weights = np.polynomial.legendre.leggauss(NODES)
    out = np.zeros(len(bounds))
    values: Floats = np.zeros(1)
    density: Floats = np.ones(1)
    previous = 0.0
    for k, (bound, share) in enumerate(zip(bounds, shares, strict=True)):
        step, mean = sqrt(share - previous), drift * (share - previous)
        edge = bound * sqrt(share)
        out[k] = density @ stats.norm.sf((edge - values - mean) / step)
        if two_sided:
            out[k] += density @ stats.norm.cdf((-edge - values - mean) / step)
        low = -edge if two_sided else min(float(values.min()), drift * share) - 8.0
        grid = low + (points + 1) / 2 * (edge - low)
        kernel = stats.norm.pdf((grid[:, None] - values - mean) / step) / step
        density = (kernel @ density) * weights * (edge - low) / 2
        values, previous = grid, share
    return out


def power_family(looks: int, alpha: float, exponent: float, *, two_sided: bool = True) -> Floats:
    """Bounds ``c (k/K)^(exponent - 1/2)``: exponent 1/2 is Pocock, 0 is O'Brien and Fleming (Wang and Tsiatis 1987)."""
    shares = np.arange(1, looks + 1) / looks
    shape = shares ** (exponent - 0.5)

    def excess(constant: float) -> float:
        return float(crossing(constant * shape, shares, two_sided=two_sided).sum()) - alpha

    return np.asarray(optimize.brentq(excess, 0.5, 10.0, xtol=1e-10) * shape)


def spending_bounds(spend: Callable[[float], float], shares: Sequence[float], *, two_sided: bool = True) -> Floats:
    """Bounds that use exactly ``spend(share)`` of the error by each look (Lan and DeMets 1983)."""
    bounds: list[float] = []
    used = 0.0
    for k, share in enumerate(shares):
        target = spend(share) - used

        def excess(bound: float, k: int = k, target: float = target) -> float:
            return float(crossing([*bounds, bound], shares[: k + 1], two_sided=two_sided)[k]) - target

        bounds.append(float(optimize.brentq(excess, 0.0, 12.0, xtol=1e-9)))
        used = spend(share)
    return np.array(bounds)


def obrien_fleming_spending(alpha: float, *, two_sided: bool = True) -> Callable[[float], float]:
    """Spending function of Lan and DeMets that resembles O'Brien and Fleming's bounds."""
    sides = 2 if two_sided else 1
    border = stats.norm.isf(alpha / sides / 2)
    return lambda share: float(2 * sides * stats.norm.sf(border / sqrt(min(share, 1.0))))


def inflation(bounds: Sequence[float] | Floats, shares: Sequence[float] | Floats, alpha: float, power: float) -> float:
    """Largest size as a multiple of the fixed size for this power (two-sided)."""

    def lack(drift: float) -> float:
        return float(crossing(bounds, shares, drift).sum()) - power

    fixed = float(stats.norm.isf(alpha / 2) + stats.norm.ppf(power))
    return (float(optimize.brentq(lack, 0.1, 20.0, xtol=1e-10)) / fixed) ** 2
