# SPDX-License-Identifier: EUPL-1.2
"""Which juror may read what, and which reading helps most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.ranking.border import border_of, value_of_comparisons, value_of_readings
from beproefd.engines.ranking.comparisons import Answers, believe
from beproefd.engines.ranking.model import Readings, Spreads, leniency_tie, posterior

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

EVEN = 1e-9

HEARD_FIRST = 5
"""Where loads are free, they still stay near each other for this many readings per juror: who is noisy shows only in what
was read, and a jury that favours some jurors before it knows pays for it later (measured: J2 in benchmarks/ranking.py)."""
NEAR = 6
"""How far loads may differ until then."""


@dataclass(frozen=True)
class Limits:
    """What a fair round asks.

    min_readings: how often every idea is read at least, as far as conflicts of interest leave readers. max_load: how
    many ideas one juror reads at most (None: all). load_spread: by how many ideas the loads of two jurors who can still
    read may differ (None: free, after a first round of about five readings per juror).
    """

    min_readings: int = 2
    max_load: int | None = None
    load_spread: int | None = 1

    def __post_init__(self) -> None:
        if self.min_readings < 1 or (self.max_load is not None and self.max_load < 1):
            raise ValueError("Every idea and every juror gets at least one reading.")
        if self.load_spread is not None and self.load_spread < 1:
            raise ValueError("Loads must be allowed to differ by one: readings come one at a time.")


def open_readings(read: Flags, allowed: Flags, limits: Limits) -> Flags:
    """Which readings may still be asked, (B, J, I): allowed, not done, within the limits on loads."""
    free: Flags = allowed & ~read
    load = read.sum(axis=2)
    if limits.max_load is not None:
        free = free & (load < limits.max_load)[:, :, None]
    # The least loaded juror who can still read sets the pace; who is done, or has only conflicts left, does not.
    able = free.any(axis=2)
    slowest = np.where(able, load, np.iinfo(np.int64).max).min(axis=1, initial=np.iinfo(np.int64).max)
    if limits.load_spread is not None:
        near = load - limits.load_spread < slowest[:, None]
    else:
        early = load.sum(axis=1) < HEARD_FIRST * load.shape[1]
        near = ~early[:, None] | (load - NEAR < slowest[:, None])
    within: Flags = free & near[:, :, None]
    return within


def still_needed(read: Flags, allowed: Flags, limits: Limits) -> Flags:
    """Which ideas have not been read often enough, (B, I)."""
    seen = read.sum(axis=1)
    needed: Flags = seen < np.minimum(limits.min_readings, (allowed | read).sum(axis=1))
    return needed


def best_reading(
    readings: Readings, spreads: Spreads, free: Flags, needed: Flags, top: int, tolerance: float
) -> tuple[Ints, Ints]:
    """Juror and idea of the most valuable free reading in each jury, (B,) and (B,); ideas still needed go first."""
    read = readings.weight > 0
    tie = leniency_tie(readings, posterior(readings, spreads))
    found = posterior(readings, spreads, tie)
    border = border_of(found.quality, found.covariance, top)
    value = value_of_readings(border, found, spreads, tolerance)
    first = free & needed[:, None, :]
    free = np.where(first.any(axis=(1, 2), keepdims=True), first, free)
    value = np.where(free, value, -1.0)
    best = value.max(axis=(1, 2), keepdims=True)
    # Equal value: the idea read least, then the juror who read least, then the first in the list.
    seen, load = read.sum(axis=1)[:, None, :], read.sum(axis=2)[:, :, None]
    order = seen * (load.max(initial=0) + 1) + load
    order = np.where(value >= best - EVEN * np.maximum(best, EVEN), order, np.iinfo(np.int64).max)
    jurors, ideas = np.divmod(order.reshape(len(order), -1).argmin(axis=1), value.shape[2])
    return jurors, ideas


@dataclass(frozen=True)
class Question:
    """Positions of the juror and the idea to read, or of two ideas to compare (`against`), and how much it helps."""

    juror: int
    idea: int
    against: int | None
    value: float


def best_question(
    readings: Readings,
    spreads: Spreads,
    free: Flags,
    needed: Flags,
    top: int,
    tolerance: float,
    *,
    answers: Answers | None,
    comparing: Flags,
    loads: tuple[Ints, Limits],
) -> Question | None:
    """The most valuable question per reading in one jury; None when there is none.

    free: (J, I) and needed: (I,) as for `best_reading`; comparing: (J,), who answers "which is better?" and gives no scores.
    A comparison takes two readings, of ideas new to the juror: who has read an idea before would judge the same impression
    twice. loads: readings per juror (J,) and the limits; a comparison may leave loads two apart.
    """
    tie = leniency_tie(readings, posterior(readings, spreads))
    found, _ = believe(posterior(readings, spreads, tie), answers)
    border = border_of(found.quality, found.covariance, top)
    single = np.where(free & ~comparing[:, None], value_of_readings(border, found, spreads, tolerance)[0], -1.0)
    load, limits = loads
    able = comparing & (load + 2 <= (limits.max_load or np.iinfo(np.int64).max))
    if limits.load_spread is not None and free.any():
        able &= load + 2 - load[free.any(axis=1)].min() <= max(limits.load_spread, 2)
    pair = (free & able[:, None])[:, :, None] & (free & able[:, None])[:, None, :]
    pair &= ~np.eye(free.shape[1], dtype=bool)
    double = np.where(pair, value_of_comparisons(border, found, spreads, tolerance)[0] / 2, -1.0)
    # Ideas not read often enough go first: a comparison serves two of them, or one when only one is left.
    if needed.any():
        first = (single >= 0) & needed
        both = (double >= 0) & (needed[:, None] & needed[None, :])
        one = (double >= 0) & (needed[:, None] | needed[None, :])
        if first.any() or both.any():
            single, double = np.where(first, single, -1.0), np.where(both, double, -1.0)
        elif one.any():
            single, double = np.full_like(single, -1.0), np.where(one, double, -1.0)
    if max(single.max(initial=-1.0), double.max(initial=-1.0)) < 0:
        return None
    if single.max(initial=-1.0) >= double.max(initial=-1.0):
        juror, idea = np.unravel_index(int(single.argmax()), single.shape)
        return Question(int(juror), int(idea), None, float(single.max()))
    juror, idea, against = np.unravel_index(int(double.argmax()), double.shape)
    if found.quality[0, against] > found.quality[0, idea]:
        idea, against = against, idea
    return Question(int(juror), int(idea), int(against), float(double.max()))
