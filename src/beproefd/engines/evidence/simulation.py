# SPDX-License-Identifier: EUPL-1.2
"""Seeded simulation of whole experiments, the same however the work is divided.

Replications come in chunks of 500 (wedges: 50); chunk k draws from child k of the seed. Any executor that maps a function over a
list (``map`` here, a cluster elsewhere) gives the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.evidence.boundary import Boundary
from beproefd.engines.evidence.clusters import Cells, lots, treated
from beproefd.engines.evidence.designs import (
    Design,
    DesignError,
    MatchedPairs,
    OneArmBinary,
    OneArmCount,
    SteppedWedge,
    TwoArm,
    TwoArmAdjusted,
    TwoArmBinary,
    TwoArmContinuous,
    TwoArmCount,
    TwoArmEvents,
    TwoArmOrdinal,
)
from beproefd.engines.evidence.fixed import arm_sizes, persons
from beproefd.engines.evidence.model import Model, model_of
from beproefd.engines.evidence.monitor import Monitor
from beproefd.engines.evidence.reading import ENTERED, EVENT, LEFT, Observation
from beproefd.engines.evidence.verdicts import Verdict
from beproefd.engines.evidence.wedge import WedgeTest

CHUNK, WEDGE_CHUNK = 500, 50
ESTIMATION_LIMIT = 10
"""A test without a largest size is given up after this many times the fixed size; it then counts as still running."""

LARGEST_TRUTH = 1000.0
"""Largest ratio, rate, or effect in standard deviations that is imagined."""

Executor = Callable[[Callable[["Chunk"], "Tally"], list["Chunk"]], Iterable["Tally"]]
Truth = tuple[float, ...]


@dataclass(frozen=True)
class Chunk:
    """Work for one call: a design, a truth, a number of replications and its own seed."""

    design: Design
    truth: Truth
    reps: int
    entropy: int
    key: int
    draws: int | None = None


@dataclass(frozen=True)
class Tally:
    """Counts of verdicts (supported, refuted, futile, still running) and sums of persons per arm and their squares."""

    verdicts: tuple[int, int, int, int]
    persons: float
    squares: float
    reps: int


def null_truth(design: Design) -> Truth:
    """The border of the claim, in the form of ``truth``."""
    if isinstance(design, OneArmBinary | OneArmCount):
        return (design.threshold,)
    if isinstance(design, TwoArmBinary):
        middle = design.baseline + design.minimal_effect / 2
        return middle, middle
    return (1.0,) if isinstance(design, TwoArmCount | TwoArmOrdinal | TwoArmEvents) else (0.0,)


def alternative_truth(design: Design) -> Truth:
    """The effect that matters, in the form of ``truth``."""
    if isinstance(design, OneArmBinary | OneArmCount):
        return (design.alternative,)
    if isinstance(design, TwoArmBinary):
        return design.baseline, design.baseline + design.minimal_effect
    if isinstance(design, TwoArmCount | TwoArmEvents):
        return (design.minimal_ratio,)
    if isinstance(design, TwoArmOrdinal):
        return (design.minimal_odds_ratio,)
    if isinstance(design, TwoArmContinuous | MatchedPairs | SteppedWedge):
        return (design.minimal_effect,)
    raise DesignError(f"kind: {design.kind} cannot be simulated")


def simulate(
    design: Design, truth: Truth, *, reps: int, seed: int, executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None, draws: int | None = None,
) -> Tally:  # fmt: skip
    """Run ``reps`` experiments at a truth. ``progress(done, all)`` is called after every chunk. ``draws``: a wedge is
    compared with so many other orders where there are many, quicker and nearly as strong; None: as the design says.
    """
    check_truth(design, truth)
    size = WEDGE_CHUNK if isinstance(design, SteppedWedge) else CHUNK
    starts = range(0, reps, size)
    chunks = [Chunk(design, truth, min(size, reps - start), seed, start // size, draws) for start in starts]
    done, tallies = 0, []
    for tally in (executor or map)(run_chunk, chunks):
        tallies.append(tally)
        done += tally.reps
        if progress is not None:
            progress(done, reps)
    counts = np.sum([tally.verdicts for tally in tallies], axis=0)
    return Tally(
        (int(counts[0]), int(counts[1]), int(counts[2]), int(counts[3])),
        sum(tally.persons for tally in tallies), sum(tally.squares for tally in tallies), reps,
    )  # fmt: skip


def check_truth(design: Design, truth: Truth) -> None:
    """DesignError when the truth does not fit the design."""
    wanted = 2 if isinstance(design, TwoArmBinary) else 1
    if len(truth) != wanted:
        raise DesignError(f"truth: {design.kind} needs {wanted} number(s)")
    if not all(abs(value) <= LARGEST_TRUTH * getattr(design, "sd", 1.0) for value in truth):
        raise DesignError("truth: must be a number of a usual size")
    if isinstance(design, OneArmBinary | TwoArmBinary) and not all(0 <= p <= 1 for p in truth):
        raise DesignError("truth: shares must lie between 0 and 1")
    if isinstance(design, OneArmCount | TwoArmCount | TwoArmOrdinal | TwoArmEvents) and truth[0] <= 0:
        raise DesignError("truth: must be positive")


def run_chunk(chunk: Chunk) -> Tally:
    """One chunk, vectorised where the boundary is a table."""
    generator = np.random.default_rng(np.random.SeedSequence(chunk.entropy, spawn_key=(chunk.key,)))
    design = chunk.design
    if not isinstance(design, SteppedWedge):
        model = model_of(design)
        if model.table is not None:
            return _table_chunk(model, model.table, chunk, generator)
    order = [Verdict.SUPPORTED, Verdict.REFUTED, Verdict.FUTILE, Verdict.CONTINUE]
    verdicts, total, squares = [0, 0, 0, 0], 0.0, 0.0
    for _ in range(chunk.reps):
        if isinstance(design, SteppedWedge):
            verdict, number = _wedge(design, chunk, generator)
        else:
            monitor, units = _one(design, chunk.truth, generator)
            verdict, number = monitor.verdict, persons(design, units)
        verdicts[order.index(verdict)] += 1
        total, squares = total + number, squares + number**2
    return Tally((verdicts[0], verdicts[1], verdicts[2], verdicts[3]), total, squares, chunk.reps)


def _table_chunk(model: Model, table: Boundary, chunk: Chunk, generator: np.random.Generator) -> Tally:
    """All replications at once: (reps, units) draws of wins and losses against the table."""
    cap = model.max_units or 1
    shape = (chunk.reps, cap)
    if isinstance(model.design, OneArmBinary):
        share = chunk.truth[0] if model.direction > 0 else 1 - chunk.truth[0]
        win = generator.random(shape) < share
        trial = np.ones(shape, dtype=bool)
    else:
        control, new = chunk.truth if model.direction > 0 else chunk.truth[::-1]
        good0, good1 = generator.random(shape) < control, generator.random(shape) < new
        trial, win = good0 != good1, good1 & ~good0
    trials, wins = trial.cumsum(axis=1), win.cumsum(axis=1)
    trials = np.minimum(trials, table.horizon)
    upper, lower, last, refute = (np.array(x) for x in (table.upper, table.lower, table.last, table.refute))
    high, low = wins >= upper[trials], wins <= lower[trials]
    end = np.zeros(shape, dtype=bool)
    end[:, -1] = True
    at = (high | low | end).argmax(axis=1)
    rows = np.arange(chunk.reps)
    d, w = trials[rows, at], wins[rows, at]
    supported = high[rows, at] | ((at == cap - 1) & ~low[rows, at] & (w >= last[d]))
    refuted = ~supported & (w <= refute[d])
    units = (at + 1).astype(float)
    counts = (int(supported.sum()), int(refuted.sum()), chunk.reps - int(supported.sum()) - int(refuted.sum()), 0)
    return Tally(counts, float(units.sum()), float((units**2).sum()), chunk.reps)


def _wedge(design: SteppedWedge, chunk: Chunk, generator: np.random.Generator) -> tuple[Verdict, float]:
    """One wedge through its test; (verdict, persons per arm)."""
    drawn = None
    if chunk.draws is not None:
        drawn = lots(design.starts, chunk.draws, design.seed, 5 * chunk.draws)
    done = WedgeTest.of_cells(design, wedge_cells(design, chunk.truth[0], generator), drawn)
    return done.verdict, len(design.starts) * done.units * design.cluster_size / 2


def _one(design: Design, truth: Truth, generator: np.random.Generator) -> tuple[Monitor, int]:
    """One experiment through the monitor itself; (monitor, units)."""
    monitor = Monitor(design)
    if isinstance(design, TwoArmEvents):
        monitor.update(event_rows(design, truth[0], generator))
        return monitor, monitor.units
    limit = model_of(design).max_units or ESTIMATION_LIMIT * model_of(design).fixed
    units = 0
    while units < limit and monitor.verdict is Verdict.CONTINUE:
        for unit in unit_rows(design, truth, generator, min(32, limit - units)):
            monitor.update(unit)
            units += 1
            if monitor.verdict is not Verdict.CONTINUE:
                break
    return monitor, units


def unit_rows(design: Design, truth: Truth, generator: np.random.Generator, units: int) -> list[list[Observation]]:
    """Observations of so many units at a truth; every row is a possible look."""
    control, new = arm_sizes(design)
    if isinstance(design, OneArmBinary):
        values = (generator.random(units) < truth[0]).astype(float)
        return [[Observation(float(value), look=True)] for value in values]
    if isinstance(design, OneArmCount):
        counts = generator.poisson(truth[0] * design.exposure, units)
        return [[Observation(float(value), exposure=design.exposure, look=True)] for value in counts]
    base = outcomes(design, truth, generator, 0, (units, control))
    test = outcomes(design, truth, generator, 1, (units, new))
    exposure = design.exposure if isinstance(design, TwoArmCount) else 1.0
    if isinstance(design, TwoArmAdjusted):
        return [
            [
                Observation(
                    float(value + design.slope * known), arm=name, before=float(known), look=name == design.arms[1]
                )
                for name, values, others in zip(design.arms, (base[row], test[row]), earlier[row], strict=True)
                for value, known in zip(values, others, strict=True)
            ]
            for earlier in [_earlier(design, generator, units)]
            for row in range(units)
        ]
    names = design.arms if isinstance(design, TwoArm | MatchedPairs) else ("control", "treatment")
    tag = int(generator.integers(1 << 62)) if isinstance(design, MatchedPairs) else 0
    return [
        [Observation(float(v), arm=names[0], pair=f"{tag}-{row}", exposure=exposure) for v in base[row]]
        + [Observation(float(v), arm=names[1], pair=f"{tag}-{row}", exposure=exposure, look=True) for v in test[row]]
        for row in range(units)
    ]


def _earlier(design: TwoArmAdjusted, generator: np.random.Generator, units: int) -> list[list[NDArray[np.float64]]]:
    """What was measured before the lots were drawn, per unit and arm."""
    return [
        [generator.normal(0, design.sd_before or design.sd, size) for size in design.allocation] for _ in range(units)
    ]


def event_rows(design: TwoArmEvents, ratio: float, generator: np.random.Generator) -> list[Observation]:
    """A whole study in order of time: all start together, times to the event are exponential, the end comes when the
    planned share of the control arm has had it. As many people as the largest number of events needs.
    """
    most = model_of(design).max_units or ESTIMATION_LIMIT * model_of(design).fixed
    sizes = design.at_risk if sum(design.at_risk) else (ceil(most / design.event_share),) * 2
    times = np.concatenate([generator.exponential(1.0, sizes[0]), generator.exponential(1.0 / ratio, sizes[1])])
    arm = np.repeat((0, 1), sizes)
    end = np.inf if design.event_share == 1 else -log(1 - design.event_share)
    entered = [] if sum(design.at_risk) else [Observation(ENTERED, arm=design.arms[side]) for side in arm]
    return entered + [
        Observation(EVENT if times[k] <= end else LEFT, arm=design.arms[arm[k]], look=True) for k in np.argsort(times)
    ]


def outcomes(
    design: Design, truth: Truth, generator: np.random.Generator, arm: int, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Outcomes of one arm at a truth."""
    if isinstance(design, TwoArmBinary):
        return (generator.random(shape) < truth[arm]).astype(float)
    if isinstance(design, TwoArmContinuous):
        if design.bounds is None:
            return generator.normal(arm * truth[0], design.residual_sd, shape)
        # Round the middle of what is possible: there the bounds take least away.
        middle = sum(design.bounds) / 2 + (arm - 0.5) * truth[0]
        return np.clip(generator.normal(middle, design.residual_sd, shape), *design.bounds)
    if isinstance(design, MatchedPairs):
        return generator.normal(arm * truth[0], design.sd / sqrt(2), shape)
    if isinstance(design, TwoArmCount):
        mean = design.baseline * design.exposure * exp(arm * log(truth[0]))
        return generator.poisson(mean, shape).astype(float)
    if isinstance(design, TwoArmOrdinal):
        weights = np.array(design.baseline) * truth[0] ** (arm * np.arange(len(design.baseline)))
        cumulative = np.cumsum(weights / weights.sum())
        return np.minimum(np.searchsorted(cumulative, generator.random(shape)), len(weights) - 1).astype(float)
    raise DesignError(f"kind: {design.kind} cannot be simulated")


def wedge_cells(design: SteppedWedge, effect: float, generator: np.random.Generator) -> Cells:
    """Cells of a whole wedge: normal outcomes with a cluster effect of the planned ICC. Lots need not be drawn anew,
    because the cluster effects are exchangeable.
    """
    given = treated(np.array(design.starts), design.periods)
    level = design.baseline + generator.normal(0, design.sd * sqrt(design.icc), len(given))[:, None]
    noise = generator.normal(0, design.sd * sqrt((1 - design.icc) / design.cluster_size), given.shape)
    return Cells(np.full(given.shape, float(design.cluster_size)), level + effect * given + noise)
