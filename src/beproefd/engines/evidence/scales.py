# SPDX-License-Identifier: EUPL-1.2
"""From the tilt, on which the guarantees are exact, to the scale a reader expects."""

from __future__ import annotations

from math import exp, inf, isinf, log, sqrt

import numpy as np

from beproefd.engines.evidence.designs import (
    Design,
    MatchedPairs,
    OneArmBinary,
    OneArmCount,
    TwoArmAdjusted,
    TwoArmBinary,
    TwoArmContinuous,
    TwoArmCount,
    TwoArmEvents,
    TwoArmOrdinal,
)
from beproefd.engines.evidence.model import SCALE
from beproefd.engines.evidence.reading import Reader, spread


def scale_name(design: Design) -> str:
    """Name of the natural scale of a design."""
    names: dict[type[Design], str] = {
        OneArmBinary: "share", OneArmCount: "rate", TwoArmBinary: "risk_difference",
        TwoArmContinuous: "mean_difference", MatchedPairs: "mean_difference", TwoArmCount: "rate_ratio",
        TwoArmOrdinal: "odds_ratio", TwoArmEvents: "hazard_ratio", TwoArmAdjusted: "mean_difference",
    }  # fmt: skip
    return names[type(design)]


def natural(design: Design, reader: Reader, tilt: float) -> float:
    """The tilt (in the direction of the claim) on the natural scale; rises with the tilt times the direction."""
    signed = tilt * reader.direction
    if isinstance(design, OneArmBinary):
        return _share(design.threshold, signed)
    if isinstance(design, OneArmCount):
        return design.threshold * _exp(signed)
    if isinstance(design, TwoArmCount | TwoArmOrdinal | TwoArmEvents):
        return _exp(signed)
    if isinstance(design, TwoArmBinary):
        return risk_difference(signed, reader)
    if isinstance(design, TwoArmContinuous | MatchedPairs):
        return _mean_difference(design, reader, signed)
    raise TypeError(f"no scale for {design.kind}")


def estimate(design: Design, reader: Reader, tilt: float) -> float:
    """Estimate on the natural scale; the plain difference of means where every difference pointed the same way."""
    if isinf(tilt) and isinstance(design, TwoArmContinuous | MatchedPairs):
        return reader.sums[1] / max(reader.people[1], 1) - reader.sums[0] / max(reader.people[0], 1)
    return natural(design, reader, tilt)


def interval(design: Design, reader: Reader, limits: tuple[float, float]) -> tuple[float, float]:
    """Interval of tilts on the natural scale, lower end first.

    A risk difference also depends on the base rate, which is only known from the people seen: each end is the further
    one of those with the average share one standard error lower and higher. The sign stays that of the odds ratio.
    """
    if isinstance(design, TwoArmBinary):
        share = _pooled(reader)
        error = sqrt(share * (1 - share) / max(sum(reader.people), 1))
        signed = sorted(limit * reader.direction for limit in limits)
        return (
            min(risk_difference(signed[0], reader, share + sign * error) for sign in (-1, 1)),
            max(risk_difference(signed[1], reader, share + sign * error) for sign in (-1, 1)),
        )
    ends = sorted(natural(design, reader, limit) for limit in limits)
    return ends[0], ends[1]


def _exp(value: float) -> float:
    return inf if value > 700 else exp(value)


def _share(border: float, tilt: float) -> float:
    if isinf(tilt):
        return 1.0 if tilt > 0 else 0.0
    odds = log(border / (1 - border)) + tilt
    return 1 / (1 + exp(-odds)) if odds > 0 else exp(odds) / (1 + exp(odds))


def _pooled(reader: Reader) -> float:
    return (reader.sums[0] + reader.sums[1]) / max(sum(reader.people), 1)


def risk_difference(log_odds_ratio: float, reader: Reader, pooled: float | None = None) -> float:
    """Difference in shares with this odds ratio whose average over the people seen is ``pooled`` (None: as seen)."""
    control, new = max(reader.people[0], 1), max(reader.people[1], 1)
    pooled = min(max(_pooled(reader) if pooled is None else pooled, 0.0), 1.0)
    if isinf(log_odds_ratio):
        weight = new if log_odds_ratio > 0 else control
        size = min(pooled * (control + new) / weight, 1.0) if pooled < weight / (control + new) else 1.0
        other = max(0.0, (pooled * (control + new) - weight) / (control + new - weight))
        return (size - other) * (1 if log_odds_ratio > 0 else -1)
    if pooled in (0.0, 1.0):
        return 0.0
    ratio = exp(min(max(log_odds_ratio, -30), 30))
    low, high = 0.0, 1.0
    for _ in range(60):
        p0 = (low + high) / 2
        p1 = ratio * p0 / (1 - p0 + ratio * p0)
        low, high = (p0, high) if control * p0 + new * p1 < pooled * (control + new) else (low, p0)
    return p1 - p0


def _mean_difference(design: TwoArmContinuous | MatchedPairs, reader: Reader, tilt: float) -> float:
    """Tilt per grid step to the outcome's unit; the learned spread contains the difference itself, which is undone."""
    if isinf(tilt):
        return tilt
    sd = design.residual_sd if isinstance(design, TwoArmContinuous) else design.sd / sqrt(2)
    # The grid was in units of the spread used; a pair's own difference is part of the spread seen (squared, halved).
    sizes = design.allocation if isinstance(design, TwoArmContinuous) else (1, 1)
    seen, used = spread(reader, sd, design.minimal_effect, sizes)
    crude = tilt * SCALE * sd
    if abs(crude) < 1e-12 * sd:
        return crude
    return (-used + sqrt(used**2 + 2 * crude**2 * seen)) / crude


def sensitivity(design: Design, reader: Reader) -> tuple[float, float]:
    """Lowest and highest plain estimate over all outcomes the missing could have had; (nan, nan) if unbounded."""
    if isinstance(design, OneArmBinary):
        seen, gone = reader.people[1], reader.missing[1]
        if seen + gone == 0:
            return float("nan"), float("nan")
        return reader.sums[1] / (seen + gone), (reader.sums[1] + gone) / (seen + gone)
    bounds: tuple[float, float] | None = None
    if isinstance(design, TwoArmBinary):
        bounds = (0.0, 1.0)
    elif isinstance(design, TwoArmContinuous) and design.bounds:
        bounds = design.bounds
    sizes = [reader.people[arm] + reader.missing[arm] for arm in (0, 1)]
    if bounds is None or min(sizes) == 0:
        return float("nan"), float("nan")
    worst = np.array(reader.sums) + np.array(reader.missing) * np.array([bounds[1], bounds[0]])
    best = np.array(reader.sums) + np.array(reader.missing) * np.array([bounds[0], bounds[1]])
    return float(worst[1] / sizes[1] - worst[0] / sizes[0]), float(best[1] / sizes[1] - best[0] / sizes[0])
