# SPDX-License-Identifier: EUPL-1.2
"""Which juror may read what, and which reading helps most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.ranking.border import border_of, value_of_readings
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
        return free & (load - limits.load_spread < slowest[:, None])[:, :, None]
    early = load.sum(axis=1) < HEARD_FIRST * load.shape[1]
    return free & (~early[:, None] | (load - NEAR < slowest[:, None]))[:, :, None]


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
