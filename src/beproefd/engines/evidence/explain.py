# SPDX-License-Identifier: EUPL-1.2
"""Why a test says what it says, as keys and numbers; the application makes the sentences in its own languages.

Example of what an application may write for ``supported_share`` with numbers 7, 8, 0.6 and 5: "7 of 8 could do it alone.
If really no more than 60% could, this would happen in at most 5 of 100 tests. You can stop."
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from beproefd.engines.evidence.designs import Design, OneArmBinary, OneArmCount, SteppedWedge, TwoArmBinary
from beproefd.engines.evidence.verdicts import Result, Verdict

Number = float | int | None


@dataclass(frozen=True)
class Reason:
    """One reason: a key from ``KEYS`` and its numbers by name."""

    key: str
    numbers: dict[str, Number]


KEYS: dict[str, tuple[str, ...]] = {
    "supported": ("alpha_per_100", "units"),
    "refuted": ("alpha_per_100", "units"),
    "futile_effect_missing": ("effect", "miss_per_100", "units"),
    "futile_people_ran_out": ("units", "max_units"),
    "continue": ("units", "expected_remaining", "max_units"),
    "share_seen": ("successes", "people", "threshold"),
    "rate_seen": ("events", "people", "threshold"),
    "arms_seen": ("successes_control", "people_control", "successes_new", "people_new"),
    "estimate": ("estimate", "low", "high", "level_per_100"),
    "evidence": ("e_value",),
    "missing": ("missing", "lowest_estimate", "highest_estimate"),
    "after_stop": ("observations",),
}
"""Every key with the names of its numbers; ``estimate`` is on the scale the result names."""


def reasons(design: Design, result: Result, sums: tuple[float, float] | None = None) -> list[Reason]:
    """Reasons in the order they are best told: what was seen, the verdict, the estimate, then what weakens it.

    ``sums``: outcomes added up per arm (control, new), for the counts of successes; None leaves those out.
    """
    told = [*_seen(design, result, sums), _verdict(design, result)]
    if result.estimate is not None:
        low, high = result.interval
        told.append(Reason("estimate", {"estimate": result.estimate, "low": low, "high": high,
                                        "level_per_100": round(100 * result.level, 1)}))  # fmt: skip
    told.append(Reason("evidence", {"e_value": result.e_value}))
    if sum(result.missing):
        lowest, highest = result.sensitivity
        told.append(Reason("missing", {"missing": sum(result.missing), "lowest_estimate": lowest,
                                       "highest_estimate": highest}))  # fmt: skip
    if result.after_stop:
        told.append(Reason("after_stop", {"observations": result.after_stop}))
    return told


def _seen(design: Design, result: Result, sums: tuple[float, float] | None) -> list[Reason]:
    if sums is None:
        return []
    if isinstance(design, OneArmBinary):
        numbers: dict[str, Number] = {"successes": round(sums[1]), "people": result.n, "threshold": design.threshold}
        return [Reason("share_seen", numbers)]
    if isinstance(design, OneArmCount):
        return [Reason("rate_seen", {"events": round(sums[1]), "people": result.n, "threshold": design.threshold})]
    if isinstance(design, TwoArmBinary):
        return [
            Reason("arms_seen", {
                "successes_control": round(sums[0]), "people_control": result.per_arm[0],
                "successes_new": round(sums[1]), "people_new": result.per_arm[1],
            })
        ]  # fmt: skip
    return []


def _verdict(design: Design, result: Result) -> Reason:
    alpha = round(100 * design.side_alpha, 2)
    if result.verdict is Verdict.CONTINUE:
        left = None if result.expected_remaining is None else _whole(result.expected_remaining)
        return Reason("continue", {"units": result.units, "expected_remaining": left, "max_units": result.max_units})
    if result.verdict in {Verdict.SUPPORTED, Verdict.REFUTED}:
        return Reason(result.verdict.value.lower(), {"alpha_per_100": alpha, "units": result.units})
    if result.units == result.max_units and not isinstance(design, SteppedWedge):
        return Reason("futile_people_ran_out", {"units": result.units, "max_units": result.max_units})
    effect = getattr(design, "alternative", getattr(design, "minimal_effect", None))
    if effect is None:
        effect = getattr(design, "minimal_ratio", getattr(design, "minimal_odds_ratio", None))
    missed = round(100 * (1 - design.power), 2)
    return Reason("futile_effect_missing", {"effect": effect, "miss_per_100": missed, "units": result.units})


def _whole(units: float) -> int | None:
    return ceil(units) if units < 1e9 else None
