# SPDX-License-Identifier: EUPL-1.2
"""What a design costs before it starts: expected and largest numbers of people, error and power."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np

from beproefd.engines.evidence.boundary import Operating, law
from beproefd.engines.evidence.clusters import oracle_power
from beproefd.engines.evidence.designs import Design, DesignError, OneArmBinary, SteppedWedge, TwoArmBinary
from beproefd.engines.evidence.fixed import arm_sizes, persons
from beproefd.engines.evidence.model import Model, model_of


@dataclass(frozen=True)
class Plan:
    """Persons per arm (one arm: persons). ``exact``: worked out from the exact law at the planned base rate; otherwise
    from the exact law of the walk that stands for it. ``alpha``: exact bound at every base rate; ``power``: at the
    effect that matters. ``range_*``: the middle 80% of the numbers. ``weeks_*`` only when an intake is given.
    """

    kind: str
    expected_n_alternative: float | None
    expected_n_null: float | None
    max_n: float | None
    fixed_n: float
    alpha: float
    power: float
    exact: bool
    persons_per_unit: tuple[int, int]
    range_alternative: tuple[float, float] | None
    range_null: tuple[float, float] | None
    refuted_alternative: float | None
    digest: str
    weeks_alternative: float | None = None
    weeks_null: float | None = None
    weeks_max: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def plan(design: Design, intake_per_week: float | None = None) -> Plan:
    """The plan of a design. ``intake_per_week``: persons in all arms together."""
    if isinstance(design, SteppedWedge):
        return _wedge_plan(design)
    model = model_of(design)
    if design.mode == "estimation":
        fixed = persons(design, model.fixed)
        cap = None if model.max_units is None else persons(design, model.max_units)
        return Plan(
            design.kind, None, None, cap, fixed, design.side_alpha, 1.0, False, arm_sizes(design), None, None, 0.0,
            design.digest,
        )  # fmt: skip
    null, alternative = operating(model, "null"), operating(model, "alternative")
    made = Plan(
        kind=design.kind,
        expected_n_alternative=persons(design, alternative.expected),
        expected_n_null=persons(design, null.expected),
        max_n=persons(design, model.max_units or 0),
        fixed_n=persons(design, model.fixed),
        alpha=model.alpha,
        power=alternative.supported,
        exact=model.table is not None,
        persons_per_unit=arm_sizes(design),
        range_alternative=_range(model, "alternative"),
        range_null=_range(model, "null"),
        refuted_alternative=alternative.refuted if isfinite(alternative.refuted) else None,
        digest=design.digest,
    )
    if intake_per_week is None:
        return made
    if intake_per_week <= 0:
        raise DesignError("intake: must be positive")
    weekly = intake_per_week / (1 if arm_sizes(design) == (0, 1) else 2)
    weeks = [None if n is None else n / weekly for n in (made.expected_n_alternative, made.expected_n_null, made.max_n)]
    return Plan(**{**asdict(made), "weeks_alternative": weeks[0], "weeks_null": weeks[1], "weeks_max": weeks[2]})


def operating(model: Model, truth: str) -> Operating:
    """Figures in units at the "null" (border of the claim) or the "alternative" (the effect that matters)."""
    boundary = model.table or model.canonical.boundary
    pi = boundary.pi1 if truth == "alternative" else boundary.pi0
    cap = model.max_units or 1
    if model.table is not None:
        return law(boundary, pi).operating(cap, model.yield1 if truth == "alternative" else model.yield0)
    if model.calendar is not None:
        seen = model.calendar[truth == "alternative"]
        return Operating(seen.supported, float("nan"), seen.expected)
    found = law(boundary, pi).operating(boundary.horizon, 1.0)
    # The walk that stands for the test keeps a margin of power for what differs from it; only the promise is reported.
    supported = found.supported if truth == "null" else min(found.supported, model.design.power)
    return Operating(supported, found.refuted, found.expected / boundary.horizon * cap)


def operating_at(design: Design, truth: tuple[float, ...]) -> Operating:
    """Exact figures at any truth: (share,) in one arm, (control, new) in two arms with binary outcomes, looks always.

    Raises DesignError where only simulation can tell.
    """
    if isinstance(design, SteppedWedge) or design.mode == "estimation":
        raise DesignError("kind: not exact, simulate instead")
    model = model_of(design)
    if model.table is None:
        raise DesignError("kind: not exact, simulate instead")
    cap = model.max_units or 1
    if isinstance(design, OneArmBinary):
        share = truth[0] if model.direction > 0 else 1 - truth[0]
        return law(model.table, share).operating(cap, 1.0)
    if isinstance(design, TwoArmBinary):
        control, new = truth if model.direction > 0 else truth[::-1]
        wins, losses = new * (1 - control), control * (1 - new)
        if wins + losses == 0:
            return Operating(0.0, 0.0, float(cap))
        return law(model.table, wins / (wins + losses)).operating(cap, wins + losses)
    raise DesignError("kind: not exact, simulate instead")


def _range(model: Model, truth: str) -> tuple[float, float]:
    """10% and 90% points of the number of persons per arm."""
    boundary = model.table or model.canonical.boundary
    pi = boundary.pi1 if truth == "alternative" else boundary.pi0
    found = law(boundary, pi)
    stopped = np.cumsum(found.support + found.reject)
    cap = model.max_units or 1
    rate = model.yield1 if truth == "alternative" else model.yield0
    if model.table is None:
        rate = boundary.horizon / cap
    ends = [min(int(np.searchsorted(stopped, share)) / rate, float(cap)) for share in (0.1, 0.9)]
    return persons(model.design, ends[0]), persons(model.design, ends[1])


def _wedge_plan(design: SteppedWedge) -> Plan:
    """A wedge is as large as its neighbourhoods are; what is planned is the power."""
    power = oracle_power(
        design.starts, design.periods, effect=design.minimal_effect, sd=design.sd, icc=design.icc,
        size=design.cluster_size, alpha=2 * design.side_alpha,
    )  # fmt: skip
    total = float(len(design.starts) * design.periods * design.cluster_size)
    return Plan(
        kind=design.kind, expected_n_alternative=total / 2, expected_n_null=total / 2, max_n=total / 2,
        fixed_n=total / 2, alpha=design.side_alpha, power=power, exact=False, persons_per_unit=(0, 0),
        range_alternative=None, range_null=None, refuted_alternative=0.0, digest=design.digest,
    )  # fmt: skip
