# SPDX-License-Identifier: EUPL-1.2
"""From the tilt, on which the guarantees are exact, to the scale a reader expects."""

from __future__ import annotations

from math import exp, inf, isinf, log, sqrt

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
from beproefd.engines.evidence.reading import PRIOR_WEIGHT, Reader, spread


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
    if isinstance(design, TwoArmContinuous | MatchedPairs):
        signed = sorted(limit * reader.direction for limit in limits)
        return (
            min(_mean_difference(design, reader, signed[0], sign) for sign in (-1, 1)),
            max(_mean_difference(design, reader, signed[1], sign) for sign in (-1, 1)),
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


def _mean_difference(
    design: TwoArmContinuous | MatchedPairs, reader: Reader, tilt: float, errors: float = 0.0
) -> float:
    """Tilt per grid step to the outcome's unit, with the spread so many standard errors from what was learned.

    The spread seen within blocks contains the difference itself, as far as it was seen and not planned; that is undone.
    """
    if isinf(tilt):
        return tilt
    sd = design.residual_sd if isinstance(design, TwoArmContinuous) else design.sd / sqrt(2)
    control, new = design.allocation if isinstance(design, TwoArmContinuous) else (1, 1)
    seen, used = spread(reader, sd, design.minimal_effect, (control, new))
    seen *= 1 + errors * sqrt(2 / (PRIOR_WEIGHT + reader.freedom))
    crude = tilt * SCALE * sd  # the difference times variance used over variance
    if abs(crude) < 1e-12 * sd:
        return crude
    own = control * new / (control + new) / (control + new - 1) * reader.freedom / (PRIOR_WEIGHT + reader.freedom)
    if own == 0:
        return crude * seen / used
    return (-used + sqrt(used**2 + 4 * own * crude**2 * seen)) / (2 * own * crude)


def sensitivity_scale(design: Design) -> str:
    """Scale of ``sensitivity``: plain numbers per arm, so for answers a difference in means."""
    return "mean_difference" if isinstance(design, TwoArmOrdinal) else scale_name(design)


def sensitivity(design: Design, reader: Reader) -> tuple[float, float]:
    """Lowest and highest plain estimate over all outcomes the missing could have had; an end that nothing bounds is
    infinite. (nan, nan): no plain estimate, and for time to an event, where who leaves is part of the method.

    Amounts without stated bounds and counts have no largest value, so any missing outcome leaves that end open.
    """
    if isinstance(design, TwoArmEvents):
        return float("nan"), float("nan")
    low, high = _ends(design)
    arms = (1,) if isinstance(design, OneArmBinary | OneArmCount) else (0, 1)
    counted = isinstance(design, OneArmCount | TwoArmCount)
    means = []
    for arm in arms:
        gone = reader.missing[arm]
        size = reader.exposures[arm] + reader.lost[arm] if counted else float(reader.people[arm] + gone)
        if size == 0:
            return float("nan"), float("nan")
        means.append([(reader.sums[arm] + (gone * end if gone else 0.0)) / size for end in (low, high)])
    if len(means) == 1:
        return means[0][0], means[0][1]
    (low0, high0), (low1, high1) = means
    if isinstance(design, TwoArmCount):
        return _ratio(low1, high0), _ratio(high1, low0)
    return low1 - high0, high1 - low0


def _ends(design: Design) -> tuple[float, float]:
    """Lowest and highest outcome there can be."""
    if isinstance(design, OneArmBinary | TwoArmBinary):
        return 0.0, 1.0
    if isinstance(design, OneArmCount | TwoArmCount):
        return 0.0, inf
    if isinstance(design, TwoArmOrdinal):
        return 0.0, len(design.baseline) - 1.0
    bounds = design.bounds if isinstance(design, TwoArmContinuous) else None
    return bounds or (-inf, inf)


def _ratio(above: float, below: float) -> float:
    if isinf(below):
        return 0.0
    return above / below if below else inf
