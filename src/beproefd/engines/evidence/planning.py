# SPDX-License-Identifier: EUPL-1.2
"""What a design costs before it starts: expected and largest numbers of people, error, and the power that is there."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from math import isfinite, sqrt
from typing import Any

import numpy as np

from beproefd.engines.evidence.boundary import Boundary, Operating, law
from beproefd.engines.evidence.clusters import LIST_LIMIT, ways_to_draw
from beproefd.engines.evidence.designs import (
    Design,
    DesignError,
    OneArmBinary,
    SteppedWedge,
    TwoArmBinary,
    TwoArmContinuous,
)
from beproefd.engines.evidence.fixed import arm_sizes, normal_sum, persons
from beproefd.engines.evidence.model import Model, model_of
from beproefd.engines.evidence.paths import Figures, Progress, figures
from beproefd.engines.evidence.simulation import Executor, Tally, alternative_truth, null_truth, simulate

LONG, FIXED_SHORT = 2000, 1400
"""Units above which a test is planned as a shorter one, and the fixed size of that one."""

SCALED_ERROR = 0.005
"""How far such figures are taken to be off (relative for numbers)."""

WEDGES = 600
"""Imagined wedges for a plan, and the lots each is compared with."""


@dataclass(frozen=True)
class Plan:
    """Persons per arm (one arm: persons). ``alpha``: exact bound at every base rate. ``power``: the chance of SUPPORTED
    at the effect that matters, as it is; None without a largest number. ``power_asked`` is the design's; ``power_short``
    what is missing (0 when reached, simulation error allowed for). ``exact``: worked out from the exact law at the
    planned outcomes; otherwise from streams or experiments that were drawn with a seed, with standard errors ``*_se``.
    ``range_*``: the middle 80% of the numbers. ``weeks_*`` only when an intake is given.
    """

    kind: str
    expected_n_alternative: float | None
    expected_n_null: float | None
    max_n: float | None
    fixed_n: float
    alpha: float
    power: float | None
    exact: bool
    persons_per_unit: tuple[int, int]
    range_alternative: tuple[float, float] | None
    range_null: tuple[float, float] | None
    refuted_alternative: float | None
    digest: str
    power_asked: float
    power_short: float = 0.0
    power_se: float = 0.0
    expected_n_se: float = 0.0
    weeks_alternative: float | None = None
    weeks_null: float | None = None
    weeks_max: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def plan(
    design: Design, intake_per_week: float | None = None, *, seed: int = 0, progress: Progress | None = None,
    executor: Executor | None = None,
) -> Plan:  # fmt: skip
    """The plan of a design. ``intake_per_week``: persons in all arms together. Takes a second or two where there is no
    exact law: ``seed`` starts the draws, ``progress`` hears (done, of), ``executor`` shares out imagined wedges.
    """
    if intake_per_week is not None and not (isfinite(intake_per_week) and intake_per_week > 0):
        raise DesignError("intake: must be positive")
    if isinstance(design, SteppedWedge):
        made = _wedge_plan(design, seed, progress, executor)
    else:
        made = _unit_plan(design, seed, progress)
    short = 0.0 if made.power is None else design.power - made.power
    made = replace(made, power_short=short if short > max(2 * made.power_se, 1e-9) else 0.0)
    if intake_per_week is None:
        return made
    weekly = intake_per_week / (1 if arm_sizes(design) == (0, 1) else 2)
    weeks = [None if n is None else n / weekly for n in (made.expected_n_alternative, made.expected_n_null, made.max_n)]
    return replace(made, weeks_alternative=weeks[0], weeks_null=weeks[1], weeks_max=weeks[2])


def planned_sizes(design: Design) -> tuple[float | None, float]:
    """(largest, fixed) number of persons per arm, at once."""
    if isinstance(design, SteppedWedge):
        total = float(len(design.starts) * design.periods * design.cluster_size) / 2
        return total, total
    model = model_of(design)
    return None if model.max_units is None else persons(design, model.max_units), persons(design, model.fixed)


def _unit_plan(design: Design, seed: int, progress: Progress | None) -> Plan:
    model = model_of(design)
    most, fixed = planned_sizes(design)
    made = Plan(
        kind=design.kind, expected_n_alternative=None, expected_n_null=None, max_n=most, fixed_n=fixed,
        alpha=model.alpha, power=None, exact=False, persons_per_unit=arm_sizes(design), range_alternative=None,
        range_null=None, refuted_alternative=None, digest=design.digest, power_asked=design.power,
    )  # fmt: skip
    if model.max_units is None:
        return made
    seen: dict[str, Figures] = {}
    for half, truth in enumerate(("null", "alternative")):
        seen[truth] = behaviour(model, truth, seed=seed, progress=_half(progress, half))
    null, there = seen["null"], seen["alternative"]
    return replace(
        made,
        expected_n_alternative=persons(design, there.expected),
        expected_n_null=persons(design, null.expected),
        power=there.supported,
        exact=there.supported_se == 0.0,
        range_alternative=_range(design, there),
        range_null=_range(design, null),
        refuted_alternative=there.refuted if isfinite(there.refuted) else None,
        power_se=there.supported_se,
        expected_n_se=persons(design, max(there.expected_se, null.expected_se)),
    )


def _half(progress: Progress | None, half: int) -> Progress | None:
    """Progress through one of two equal parts."""
    return None if progress is None else lambda done, of: progress(done + half * of, 2 * of)


def behaviour(model: Model, truth: str, *, seed: int = 0, progress: Progress | None = None) -> Figures:
    """Figures in units at the "null" (border of the claim) or the "alternative" (the effect that matters)."""
    cap = model.max_units or 1
    if model.table is not None:
        return _by_law(model.table, truth, cap, model.yield1 if truth == "alternative" else model.yield0)
    if model.calendar is not None:
        seen = model.calendar[truth == "alternative"]
        return Figures(seen.supported, float("nan"), seen.expected, seen.supported_se, seen.expected_se, seen.stopping)
    if cap <= LONG or model.design.mode == "estimation":
        return figures(model, truth, seed=seed, progress=progress)
    return _scaled(model, cap, truth, seed, progress)


def _scaled(model: Model, cap: int, truth: str, seed: int, progress: Progress | None) -> Figures:
    """A long test is like a shorter one with the same promises and larger, still small, steps."""
    design, scale = model.design, FIXED_SHORT / model.fixed
    looks = design.looks
    if isinstance(looks, tuple):
        looks = tuple(sorted({max(1, round(look * scale)) for look in looks}))
    elif isinstance(looks, int):
        looks = max(1, round(looks * scale))
    short = model_of(
        TwoArmContinuous(
            minimal_effect=normal_sum(design) * sqrt(2 / FIXED_SHORT), alpha=design.alpha, power=design.power,
            two_sided=design.two_sided, looks=looks, cap_factor=10, max_units=max(1, round(cap * scale)),
        )
    )  # fmt: skip
    found = figures(replace(short, spending=model.spending), truth, seed=seed, progress=progress)
    stopping = np.zeros(cap + 1)
    places = np.minimum(np.rint(np.arange(len(found.stopping)) / scale), cap).astype(np.int64)
    np.add.at(stopping, places, found.stopping)
    expected = found.expected / scale
    return Figures(
        found.supported, found.refuted, expected, max(found.supported_se, SCALED_ERROR),
        max(found.expected_se / scale, SCALED_ERROR * expected), stopping,
    )  # fmt: skip


def _by_law(table: Boundary, truth: str, cap: int, rate: float) -> Figures:
    """Exact figures of a table."""
    found = law(table, table.pi1 if truth == "alternative" else table.pi0)
    seen = found.operating(cap, rate)
    stopping = np.zeros(cap + 1)
    places = np.minimum(np.rint(np.arange(len(found.support)) / rate), cap).astype(np.int64)
    np.add.at(stopping, places, found.support + found.reject)
    stopping[cap] += max(0.0, 1.0 - float(stopping.sum()))
    return Figures(seen.supported, seen.refuted, seen.expected, 0.0, 0.0, stopping)


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


def _range(design: Design, seen: Figures) -> tuple[float, float]:
    """10% and 90% points of the number of persons per arm."""
    stopped = np.cumsum(seen.stopping)
    last = len(stopped) - 1
    ends = [min(int(np.searchsorted(stopped, share - 1e-12)), last) for share in (0.1, 0.9)]
    return persons(design, ends[0]), persons(design, ends[1])


def _wedge_plan(design: SteppedWedge, seed: int, progress: Progress | None, executor: Executor | None) -> Plan:
    """A wedge is as large as its neighbourhoods are; what is planned is the power of the lots drawn again."""
    total, _ = planned_sizes(design)
    ways = ways_to_draw(design.starts)
    compared = ways if ways <= LIST_LIMIT else design.draws + 1
    made = Plan(
        kind=design.kind, expected_n_alternative=total, expected_n_null=total, max_n=total, fixed_n=total or 0.0,
        alpha=design.side_alpha, power=0.0, exact=True, persons_per_unit=(0, 0), range_alternative=None,
        range_null=None, refuted_alternative=0.0, digest=design.digest, power_asked=design.power,
    )  # fmt: skip
    if design.side_alpha * compared < 1:
        return made  # even the strongest of all orders is not rare enough
    tallies: dict[str, Tally] = {}
    for half, (truth, at) in enumerate((("null", null_truth(design)), ("alternative", alternative_truth(design)))):
        if truth == "null" and not design.look_after:
            continue
        tallies[truth] = simulate(
            design, at, reps=WEDGES, seed=seed + half, executor=executor, progress=progress, draws=WEDGES - 1
        )
    there = tallies["alternative"]
    null = tallies.get("null", there)
    power = there.verdicts[0] / WEDGES
    spread = sqrt(max(there.squares / WEDGES - (there.persons / WEDGES) ** 2, 0.0) / WEDGES)
    return replace(
        made, expected_n_alternative=there.persons / WEDGES, expected_n_null=null.persons / WEDGES, power=power,
        refuted_alternative=there.verdicts[1] / WEDGES, exact=False, expected_n_se=spread,
        power_se=max(sqrt(power * (1 - power) / WEDGES), 1 / WEDGES),
    )  # fmt: skip
