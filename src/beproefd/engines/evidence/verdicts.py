# SPDX-License-Identifier: EUPL-1.2
"""What a test can say, and the result it hands out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any


class Verdict(StrEnum):
    """SUPPORTED: said of a false claim with probability at most the design's one-sided alpha.

    REFUTED: said of a true claim (the border included) with probability at most the same alpha. FUTILE: stopped without
    either; an effect as large as the design's is said to be missing although it is there with probability at most
    1 - power, or people ran out. CONTINUE: not stopped.
    """

    SUPPORTED = "SUPPORTED"
    REFUTED = "REFUTED"
    FUTILE = "FUTILE"
    CONTINUE = "CONTINUE"


@dataclass(frozen=True)
class Result:
    """State of a test. ``n`` counts observations with an outcome up to the stop, ``units`` completed persons, pairs or
    blocks, ``stopped_at`` the observation at which the test stopped. ``estimate`` and ``interval`` are on the scale
    named by ``scale`` (share, rate, risk_difference, mean_difference, rate_ratio, odds_ratio); ``tilt`` and
    ``tilt_interval`` on the scale of the exact guarantee. ``expected_remaining`` is in units at the present estimate;
    ``remaining_if`` gives it for a claim that is just false and for the effect that matters. ``estimate_bounds`` (after
    stopping) are two estimates on the same scale, the lower one too high and the upper one too low at most half the time.
    ``sensitivity``: lowest and highest plain estimate, on ``sensitivity_scale``, over all the missing could have been.
    """

    verdict: Verdict
    n: int
    units: int
    per_arm: tuple[int, int]
    missing: tuple[int, int]
    after_stop: int
    stopped_at: int | None
    scale: str
    estimate: float | None
    interval: tuple[float | None, float | None]
    tilt: float | None
    tilt_interval: tuple[float | None, float | None]
    interval_kind: str
    level: float
    e_value: float
    p_value: float | None
    expected_remaining: float | None
    remaining_if: tuple[float | None, float | None]
    max_units: int | None
    sensitivity: tuple[float | None, float | None]
    estimate_bounds: tuple[float | None, float | None] = (None, None)
    sensitivity_scale: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values; what is infinite or unknown is None."""
        plain: dict[str, Any] = {}
        for name, value in self.__dict__.items():
            plain[name] = [finite(item) for item in value] if isinstance(value, tuple) else finite(value)
        plain["verdict"] = self.verdict.value
        return plain


def finite(value: Any) -> Any:
    """The value, or None for an infinite or undefined number."""
    return None if isinstance(value, float) and not isfinite(value) else value
