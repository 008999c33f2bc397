# SPDX-License-Identifier: EUPL-1.2
"""Designs: what was promised before the first observation. Frozen, checked, with one canonical JSON form.

The canonical form has sorted keys, no spaces and every field present, so that its hash identifies the locked design.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import sqrt
from typing import Any, ClassVar


class DesignError(ValueError):
    """The design cannot be used; the message names the field and the reason."""


Looks = int | tuple[int, ...] | str
"""When we look, in units (persons in one arm, pairs or blocks in two): every k-th unit, at the numbers listed, or
"marked" (only at observations that carry a look mark, for calendars that are not known beforehand)."""


LARGEST_COUNT = 100_000
"""Largest number of events that a row may hold, or may be expected to hold."""


def _need(ok: bool, field: str, reason: str) -> None:
    if not ok:
        raise DesignError(f"{field}: {reason}")


@dataclass(frozen=True, kw_only=True)
class Design:
    """Common to all designs. ``alpha``: largest probability of SUPPORTED when the claim is false (split in two when
    ``two_sided``); ``power``: smallest probability of SUPPORTED at the effect that matters; ``cap_factor``: largest
    number of people as a multiple of the fixed design (unless stated: 1.29 for binary outcomes with looks after every
    unit, 1.5 for answers on a scale, else 1.36, and with other outcomes at least four units more than the fixed design).
    ``max_units``: a ceiling on units, for when no more can come; it never makes a test longer.
    """

    kind: ClassVar[str] = ""
    alpha: float = 0.05
    power: float = 0.8
    two_sided: bool = True
    looks: Looks = 1
    cap_factor: float | None = None
    max_units: int | None = None
    mode: str = "decision"

    def __post_init__(self) -> None:
        """Check what every design needs; kinds add their own checks. Whole numbers in real fields become real."""
        for field in fields(self):
            value, kind = getattr(self, field.name), str(field.type)
            if value is None or not kind.startswith(("float", "tuple[float")):
                continue
            real = tuple(float(item) for item in value) if kind.startswith("tuple") else float(value)
            for item in real if isinstance(real, tuple) else (real,):
                _need(item == 0 or 1e-12 <= abs(item) <= 1e12, field.name, "must be a number of a usual size")
            object.__setattr__(self, field.name, real)
        _need(0 < self.alpha < 0.5, "alpha", "must lie between 0 and 0.5")
        _need(self.alpha < self.power < 1, "power", "must lie between alpha and 1")
        _need(1 <= self.cap <= 10, "cap_factor", "must lie between 1 and 10")
        _need(self.mode in {"decision", "estimation"}, "mode", "must be decision or estimation")
        _need(self.max_units is None or 1 <= self.max_units <= 10**9, "max_units", "must be 1 to a thousand million")
        if isinstance(self.looks, str):
            _need(self.looks == "marked", "looks", "must be a number, a list of numbers or 'marked'")
        elif isinstance(self.looks, tuple):
            rising = all(b > a for a, b in zip(self.looks, self.looks[1:], strict=False))
            _need(bool(self.looks) and self.looks[0] >= 1 and rising, "looks", "must be rising numbers from 1")
        else:
            _need(self.looks >= 1, "looks", "must be at least 1")

    @property
    def side_alpha(self) -> float:
        """Error allowed in the direction of the claim."""
        return self.alpha / 2 if self.two_sided else self.alpha

    @property
    def cap(self) -> float:
        """Largest number of people as a multiple of the fixed design."""
        if self.cap_factor is not None:
            return self.cap_factor
        exact = self.looks == 1 and self.kind in {"one_arm_binary", "two_arm_binary"}
        exact = exact and getattr(self, "allocation", (1, 1)) == (1, 1)
        return 1.29 if exact else 1.5 if self.kind == "two_arm_ordinal" else 1.36

    def to_dict(self) -> dict[str, Any]:
        """Plain values, kind first."""
        plain: dict[str, Any] = {"kind": self.kind}
        for field in fields(self):
            value = getattr(self, field.name)
            plain[field.name] = list(value) if isinstance(value, tuple) else value
        if not plain.get("clusters", True):
            del plain["clusters"]  # came later: designs that were locked without it keep their digest
        return plain

    def to_json(self) -> str:
        """Canonical JSON."""
        return json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), allow_nan=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, to lock with."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class OneArmBinary(Design):
    """Claim: more than ``threshold`` of people can do it; ``alternative`` is the share that would convince."""

    kind: ClassVar[str] = "one_arm_binary"
    threshold: float
    alternative: float
    two_sided: bool = False

    def __post_init__(self) -> None:
        """Check the shares."""
        super().__post_init__()
        _need(0 < self.threshold < 1, "threshold", "must lie between 0 and 1")
        _need(0 < self.alternative < 1, "alternative", "must lie between 0 and 1")
        _need(self.alternative != self.threshold, "alternative", "must differ from threshold")
        _need(abs(self.alternative - self.threshold) >= 0.005, "alternative", "must be at least 0.005 from threshold")


@dataclass(frozen=True, kw_only=True)
class OneArmCount(Design):
    """Claim: more than ``threshold`` events per unit of exposure; ``alternative`` is the rate that would convince."""

    kind: ClassVar[str] = "one_arm_count"
    threshold: float
    alternative: float
    exposure: float = 1.0
    two_sided: bool = False

    def __post_init__(self) -> None:
        """Check the rates."""
        super().__post_init__()
        _need(self.threshold > 0, "threshold", "must be positive")
        _need(self.alternative >= 1.01 * self.threshold, "alternative", "must be at least 1% larger than threshold")
        _need(self.exposure > 0, "exposure", "must be positive")
        most = self.alternative * self.exposure
        _need(most <= LARGEST_COUNT, "alternative", f"times exposure must be at most {LARGEST_COUNT}")


@dataclass(frozen=True, kw_only=True)
class TwoArm(Design):
    """Two arms; ``allocation`` is (control, new) per block, persons enter blocks in order of arrival."""

    allocation: tuple[int, int] = (1, 1)
    arms: tuple[str, str] = ("control", "treatment")

    def __post_init__(self) -> None:
        """Check the arms."""
        super().__post_init__()
        sizes = len(self.allocation) == 2 and all(1 <= size <= 16 for size in self.allocation)
        _need(sizes, "allocation", "must be two numbers from 1 to 16")
        _need(len(self.arms) == 2 and self.arms[0] != self.arms[1], "arms", "must be two different names")


@dataclass(frozen=True, kw_only=True)
class TwoArmBinary(TwoArm):
    """Claim: the share in the new arm is higher than ``baseline`` in the control arm, by ``minimal_effect`` or more.

    The baseline is only used for planning: the guarantee on a false claim holds at every base rate. A negative
    ``minimal_effect`` is a claim that the share is lower.
    """

    kind: ClassVar[str] = "two_arm_binary"
    baseline: float
    minimal_effect: float

    def __post_init__(self) -> None:
        """Check the shares."""
        super().__post_init__()
        _need(0 < self.baseline < 1, "baseline", "must lie between 0 and 1")
        _need(abs(self.minimal_effect) >= 0.002, "minimal_effect", "must be at least 0.002 in size")
        _need(0 < self.baseline + self.minimal_effect < 1, "minimal_effect", "must keep the share between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class TwoArmContinuous(TwoArm):
    """Claim: the mean in the new arm is higher, by ``minimal_effect``; ``sd`` within an arm is only for planning.

    ``bounds`` (low, high) states a bounded outcome; values outside are refused.
    """

    kind: ClassVar[str] = "two_arm_continuous"
    minimal_effect: float
    sd: float = 1.0
    bounds: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        """Check effect and spread."""
        super().__post_init__()
        _need(self.sd > 0, "sd", "must be positive")
        _need(self.minimal_effect != 0, "minimal_effect", "must not be zero")
        _need(0.02 <= abs(self.minimal_effect) / self.sd <= 5, "minimal_effect", "must be 0.02 to 5 times sd")
        _need(self.bounds is None or self.bounds[0] < self.bounds[1], "bounds", "must be (low, high)")

    @property
    def residual_sd(self) -> float:
        """Planned spread of what is compared."""
        return self.sd


@dataclass(frozen=True, kw_only=True)
class TwoArmAdjusted(TwoArmContinuous):
    """A continuous outcome of which the same was measured before the lots were drawn (CUPED; Deng and others 2013).

    ``correlation`` of the two measurements and ``sd_before`` (None: as ``sd``) are only for planning: outcomes are
    compared after taking off slope times before, with the slope learned from earlier blocks. Within a block the lots
    decide who had the new way, whatever was taken off, so the promise on a false claim stays exact for every relation.
    """

    kind: ClassVar[str] = "two_arm_adjusted"
    correlation: float = 0.5
    sd_before: float | None = None

    def __post_init__(self) -> None:
        """Check what is known of the measurement before."""
        super().__post_init__()
        _need(-0.99 <= self.correlation <= 0.99, "correlation", "must lie between -0.99 and 0.99")
        _need(self.sd_before is None or self.sd_before > 0, "sd_before", "must be positive")
        _need(
            abs(self.minimal_effect) <= 5 * self.residual_sd, "minimal_effect", "must be at most 5 times what is left"
        )

    @property
    def residual_sd(self) -> float:
        """Planned spread of what the measurement before does not say."""
        return self.sd * sqrt(1 - self.correlation**2)

    @property
    def slope(self) -> float:
        """Planned change in the outcome per unit of the measurement before."""
        return self.correlation * self.sd / (self.sd_before or self.sd)


@dataclass(frozen=True, kw_only=True)
class TwoArmEvents(Design):
    """Time to an event. Claim: events come faster in the new arm (``minimal_ratio`` above 1) or slower (below 1).

    ``minimal_ratio`` is the hazard ratio, new over control, that matters. The test looks at who has each next event,
    given who could have had it: the log-rank test, one event at a time (Cox 1975; Ter Schure and others 2024). When the
    lots decided the arm and people leave for reasons of their own, P(SUPPORTED) on a false claim is at most the one-sided
    alpha, exactly, for every number of people and every chance of the event over time. ``at_risk`` are the people
    (control, new) under observation at the start; more may enter. ``event_share`` (share of people with an event before
    the end) is only for planning. A unit is an event.
    """

    kind: ClassVar[str] = "two_arm_events"
    minimal_ratio: float
    at_risk: tuple[int, int] = (0, 0)
    event_share: float = 1.0
    arms: tuple[str, str] = ("control", "treatment")

    def __post_init__(self) -> None:
        """Check the ratio and the numbers."""
        super().__post_init__()
        _need(1e-3 <= self.minimal_ratio <= 1e3, "minimal_ratio", "must be 0.001 to 1000")
        _need(not 0.95 < self.minimal_ratio < 1 / 0.95, "minimal_ratio", "must differ from 1 by at least 5%")
        sizes = len(self.at_risk) == 2 and all(0 <= size <= 1_000_000 for size in self.at_risk)
        _need(sizes, "at_risk", "must be two numbers of people")
        _need(0 < self.event_share <= 1, "event_share", "must lie in 0..1")
        _need(len(self.arms) == 2 and self.arms[0] != self.arms[1], "arms", "must be two different names")


@dataclass(frozen=True, kw_only=True)
class TwoArmCount(TwoArm):
    """Claim: events per unit of exposure are ``minimal_ratio`` times those of the control arm (Poisson).

    ``baseline`` is the control rate and ``exposure`` the usual exposure of a row; both are only for planning.
    """

    kind: ClassVar[str] = "two_arm_count"
    baseline: float
    minimal_ratio: float
    exposure: float = 1.0

    def __post_init__(self) -> None:
        """Check the rates."""
        super().__post_init__()
        _need(self.baseline > 0, "baseline", "must be positive")
        _need(self.exposure > 0, "exposure", "must be positive")
        _need(self.minimal_ratio > 0 and self.minimal_ratio != 1, "minimal_ratio", "must be positive and not 1")
        _need(not 0.999 < self.minimal_ratio < 1.001, "minimal_ratio", "must differ from 1 by at least 0.1%")
        most = self.baseline * self.exposure * max(self.minimal_ratio, 1.0)
        _need(most <= LARGEST_COUNT, "baseline", f"times exposure and ratio must be at most {LARGEST_COUNT}")
        _need(self.allocation == (1, 1), "allocation", "counts are compared row by row: use [1, 1] and exposure")


@dataclass(frozen=True, kw_only=True)
class TwoArmOrdinal(TwoArm):
    """Claim: answers in the new arm are higher; answers are 0..levels-1.

    ``baseline`` gives the shares of the answers in the control arm (planning only); the effect that matters multiplies
    the odds of each next higher answer by ``minimal_odds_ratio`` (adjacent categories).
    """

    kind: ClassVar[str] = "two_arm_ordinal"
    baseline: tuple[float, ...]
    minimal_odds_ratio: float

    def __post_init__(self) -> None:
        """Check the shares."""
        super().__post_init__()
        shares = 2 <= len(self.baseline) <= 21 and all(share > 0 for share in self.baseline)
        _need(
            shares and abs(sum(self.baseline) - 1) < 1e-6, "baseline", "must be 2 to 21 positive shares that sum to 1"
        )
        right = self.minimal_odds_ratio > 0 and self.minimal_odds_ratio != 1
        _need(right, "minimal_odds_ratio", "must be positive and not 1")
        _need(1e-3 <= self.minimal_odds_ratio <= 1e3, "minimal_odds_ratio", "must be 0.001 to 1000")


@dataclass(frozen=True, kw_only=True)
class MatchedPairs(Design):
    """Pairs of alike neighbourhoods, the new way in one of each by lot; one row per member: pair, arm, outcome.

    ``sd`` is the spread of the difference within a pair, only for planning.
    """

    kind: ClassVar[str] = "matched_pairs"
    minimal_effect: float
    sd: float = 1.0
    arms: tuple[str, str] = ("control", "treatment")

    def __post_init__(self) -> None:
        """Check effect and spread."""
        super().__post_init__()
        _need(self.sd > 0, "sd", "must be positive")
        _need(0.02 <= abs(self.minimal_effect) / self.sd <= 10, "minimal_effect", "must be 0.02 to 10 times sd")
        _need(len(self.arms) == 2 and self.arms[0] != self.arms[1], "arms", "must be two different names")


@dataclass(frozen=True, kw_only=True)
class SteppedWedge(Design):
    """Neighbourhoods switch to the new way in an order drawn by lot; ``starts[i]`` is the first period (0-based) in
    which cluster i has it (a number >= ``periods``: never).

    ``baseline``, ``sd`` (of one person), ``icc`` and ``cluster_size`` (persons per cluster and period) are only for
    planning. ``seed`` and ``draws`` fix the re-randomisation when there are too many orders to list.
    ``look_after`` lists the numbers of completed periods after which we look; empty: after the last one only.
    ``clusters`` names the neighbourhoods in the order of ``starts``; empty: see ``places`` for what the data must tell.
    """

    kind: ClassVar[str] = "stepped_wedge"
    starts: tuple[int, ...]
    periods: int
    minimal_effect: float
    baseline: float = 0.25
    sd: float = 0.43
    icc: float = 0.05
    cluster_size: int = 30
    seed: int = 0
    draws: int = 9999
    look_after: tuple[int, ...] = ()
    clusters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the wedge."""
        super().__post_init__()
        _need(2 <= self.periods <= 200, "periods", "must be 2 to 200")
        _need(3 <= len(self.starts) <= 2000, "starts", "must list 3 to 2000 clusters")
        _need(all(0 <= s <= self.periods for s in self.starts), "starts", "must be period numbers from 0")
        _need(len({min(s, self.periods) for s in self.starts}) > 1, "starts", "must differ between clusters")
        _need(self.sd > 0, "sd", "must be positive")
        _need(1 <= self.cluster_size <= 1_000_000, "cluster_size", "must be 1 to 1000000")
        _need(0.001 <= abs(self.minimal_effect) / self.sd <= 100, "minimal_effect", "must be 0.001 to 100 times sd")
        _need(0 <= self.icc < 1, "icc", "must lie in 0..1")
        _need(99 <= self.draws <= 200_000, "draws", "must be 99 to 200000")
        _need(self.draws * len(self.starts) <= 20_000_000, "draws", "times clusters must be at most 20 million")
        named = [name.strip() for name in self.clusters]
        good = not named or len(set(named) - {""}) == len(self.starts) == len(named)
        _need(good, "clusters", "must be as many different names as there are starts")
        ok = all(1 <= p <= self.periods for p in self.look_after) and list(self.look_after) == sorted(
            set(self.look_after)
        )
        _need(ok, "look_after", "must be rising period counts")


KINDS: Mapping[str, type[Design]] = {
    design.kind: design
    for design in (
        OneArmBinary, OneArmCount, TwoArmBinary, TwoArmContinuous, TwoArmAdjusted, TwoArmCount, TwoArmOrdinal,
        TwoArmEvents, MatchedPairs, SteppedWedge,
    )
}  # fmt: skip


def design_from_dict(plain: Mapping[str, Any]) -> Design:
    """The design described by plain values; DesignError names what is missing, unknown or out of range."""
    kind = plain.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise DesignError(f"kind: must be one of {', '.join(KINDS)}")
    if kind == SteppedWedge.kind and "clusters" in plain:
        plain = _with_starts(plain)
    known = {field.name: field for field in fields(KINDS[kind])}
    values: dict[str, Any] = {}
    for name, value in plain.items():
        if name == "kind":
            continue
        if name not in known:
            raise DesignError(f"{name}: not a field of {kind}")
        values[name] = _typed(name, value, str(known[name].type))
    try:
        return KINDS[kind](**values)
    except TypeError as error:
        missing = [
            name for name, field in known.items()
            if name not in values and field.default is field.default_factory
        ]  # fmt: skip
        raise DesignError(f"{', '.join(missing) or kind}: missing") from error


def _with_starts(plain: Mapping[str, Any]) -> Mapping[str, Any]:
    """A wedge described by the number or the names of its clusters; without starts these are spread evenly over periods
    1, 2, ...
    """
    clusters, periods = plain["clusters"], plain.get("periods", 0)
    number = len(clusters) if isinstance(clusters, list | tuple) else clusters
    if "starts" not in plain:
        for name, value in (("clusters", number), ("periods", periods)):
            whole = isinstance(value, int) and not isinstance(value, bool)
            _need(whole and 2 <= value <= 2000, name, "must be a whole number from 2")
        plain = {**plain, "starts": sorted(1 + cluster % (periods - 1) for cluster in range(number))}
    if number is not clusters:
        return plain
    starts = plain["starts"]
    _need(
        isinstance(starts, list | tuple) and len(starts) == clusters, "clusters", "must be as many as there are starts"
    )
    return {name: value for name, value in plain.items() if name != "clusters"}


def _typed(name: str, value: Any, annotation: str) -> Any:
    """The value with lists as tuples; refuses what a field cannot hold."""
    if isinstance(value, list):
        value = tuple(value)
    if isinstance(value, tuple):
        texts = "str" in annotation.split("tuple", 1)[-1].split("]", maxsplit=1)[0]
        good = "tuple" in annotation or annotation == "Looks"
        if texts:
            good = good and all(isinstance(item, str) for item in value)
        else:
            good = good and all(isinstance(item, int | float) and not isinstance(item, bool) for item in value)
            good = good and all(-1e300 < item < 1e300 for item in value)
            if "float" not in annotation:
                good = good and all(isinstance(item, int) for item in value)
        _need(good, name, "has values of the wrong type")
        return value
    if value is None:
        _need("None" in annotation, name, "must not be empty")
        return None
    if isinstance(value, bool):
        _need("bool" in annotation, name, "must be a number or text, not true or false")
        return value
    if isinstance(value, int | float):
        _need(annotation != "bool", name, "must be true or false")
        _need(-1e300 < value < 1e300, name, "must be a number of a usual size")
        if annotation.startswith("float"):
            return float(value)
        whole = float(value).is_integer()
        _need(("int" in annotation or annotation == "Looks") and whole, name, "must be a whole number")
        return int(value)
    _need(annotation in {"str", "Looks"}, name, "has a value of the wrong type")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no field comes twice."""
    plain = dict(pairs)
    for name in plain if len(plain) < len(pairs) else ():
        _need(sum(name == other for other, _ in pairs) == 1, name, "is given twice")
    return plain


def design_from_json(text: str) -> Design:
    """The design in a JSON text; DesignError gives line and column when it is not JSON."""
    try:
        plain = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise DesignError(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise DesignError("line 1: brackets within brackets too deep for a design") from error
    except ValueError as error:  # a whole number of thousands of digits, or a field that is there twice
        raise DesignError(str(error)) from error
    if not isinstance(plain, dict):
        raise DesignError("line 1: a design is a JSON object")
    return design_from_dict(plain)
