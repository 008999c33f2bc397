# SPDX-License-Identifier: EUPL-1.2
"""A running stepped wedge: cells fill up, and at the planned looks the lots are drawn again, exactly."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import numpy as np

from beproefd.engines.evidence.clusters import (
    Cells,
    ClusterResult,
    Lots,
    analyse_wedge,
    likelihood_roots,
    lots,
    treated,
)
from beproefd.engines.evidence.designs import SteppedWedge
from beproefd.engines.evidence.places import Places
from beproefd.engines.evidence.reading import Observation, check_outcome
from beproefd.engines.evidence.verdicts import Result, Verdict


class WedgeTest:
    """Cells of a stepped wedge and what its looks have said.

    A period is complete when every cluster has ``cluster_size`` observations in it, when one of a later period comes
    in, or when ``close`` is called. At look k of K the error used is at most the share k/K squared of alpha; the
    orders that would have stopped earlier are taken out first, so that the total is exact over all looks.
    """

    def __init__(self, design: SteppedWedge, drawn: Lots | None = None) -> None:
        """A wedge that has seen nothing. ``drawn``: the lots to compare with; None: those of the design."""
        self.design = design
        self._drawn = drawn
        self.places = Places(design)
        shape = (len(design.starts), design.periods)
        self.count = np.zeros(shape)
        self.total = np.zeros(shape)
        self.rows = 0
        self.missing = 0
        self.after_stop = 0
        self.complete = 0
        self.verdict = Verdict.CONTINUE
        self.stopped_at: int | None = None
        looks = [look for look in design.look_after if look < design.periods]
        self.looks = (*looks, design.periods)
        self._gone: np.ndarray | None = None

    @classmethod
    def of_cells(cls, design: SteppedWedge, cells: Cells, drawn: Lots | None = None) -> WedgeTest:
        """A finished wedge, its clusters in the order of the design."""
        test = cls(design, drawn)
        test.places.settled = True
        test.count, test.total = cells.count, cells.count * cells.mean
        test.rows = int(cells.count.sum())
        test.close()
        return test

    @property
    def units(self) -> int:
        """Completed periods."""
        return self.complete

    @property
    def lots(self) -> Lots:
        """The orders with which the wedge is compared."""
        if self._drawn is None:
            return lots(self.design.starts, self.design.draws, self.design.seed)
        return self._drawn

    def read(self, seen: Observation) -> None:
        """Take in one observation; look when a period is complete."""
        if self.stopped_at is not None:
            self.after_stop += 1
            return
        value = None if seen.outcome is None else check_outcome(self.design, seen.outcome)
        self._move(self.places.take(seen))
        period = seen.period or 0
        if period > self.complete:
            self._complete_to(period)
            if self.stopped_at is not None:
                self.after_stop += 1
                return
        self.rows += 1
        if value is None:
            self.missing += 1
            return
        cluster = self.places.names.index(seen.cluster or "")
        self.count[cluster, period] += 1
        self.total[cluster, period] += value
        if period == self.complete and (self.count[:, period] >= self.design.cluster_size).all():
            self._complete_to(period + 1)

    def _move(self, former: list[int] | None) -> None:
        """Put the cells of every cluster in its place in the design, now that it is known."""
        if former is None:
            return
        seen = np.array(former) >= 0
        self.count, self.total = (
            np.where(seen[:, None], cells[np.maximum(former, 0)], 0.0) for cells in (self.count, self.total)
        )

    def close(self) -> None:
        """No more observations will come."""
        if self.stopped_at is None and self.count.any():
            self._complete_to(self.design.periods)

    def _complete_to(self, period: int) -> None:
        while self.complete < period and self.stopped_at is None:
            self.complete += 1
            if self.complete in self.looks and self.count[:, : self.complete].any():
                self._look()

    def _cells(self, periods: int) -> Cells:
        count = self.count[:, :periods]
        return Cells(count, self.total[:, :periods] / np.maximum(count, 1))

    def _look(self) -> None:
        design = self.design
        self._move(self.places.settle())
        statistics, _ = likelihood_roots(self._cells(self.complete), self.lots)
        statistics = statistics * (1 if design.minimal_effect > 0 else -1)
        if self._gone is None:
            self._gone = np.zeros(len(statistics), dtype=bool)
        final = self.complete == design.periods
        share = 1.0 if final else (self.looks.index(self.complete) + 1) / len(self.looks)
        room = int(np.floor(design.side_alpha * share**2 * len(statistics) + 1e-9)) - int(self._gone.sum())
        alive = np.where(self._gone, -np.inf, statistics)
        stronger = int((alive >= statistics[0] - 1e-9 * (1 + abs(float(statistics[0])))).sum())
        if stronger <= room:
            self._stop(Verdict.SUPPORTED)
            return
        if final:
            weaker = float((statistics <= statistics[0] + 1e-9 * (1 + abs(float(statistics[0])))).mean())
            self._stop(Verdict.REFUTED if weaker <= design.side_alpha else Verdict.FUTILE)
            return
        border = np.sort(alive)[::-1]
        # Ties at the border stay in, so that no more than the room is used.
        limit = border[room] if room > 0 else np.inf
        self._gone |= alive > limit + 1e-9 * (1 + abs(float(limit))) if room > 0 else False

    def _stop(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.stopped_at = self.rows

    @property
    def e_value(self) -> float:
        """1: a wedge gives no e-value before it is done; after that the calibrated p-value 1/(2 sqrt p)."""
        if self.stopped_at is None:
            return 1.0
        p = self._p_value()
        return 0.5 / float(np.sqrt(p))

    def _p_value(self) -> float:
        analysis = self._analysis(with_interval=False)
        return analysis.p_higher if self.design.minimal_effect > 0 else analysis.p_lower

    def _analysis(self, *, with_interval: bool) -> ClusterResult:
        periods = max(self.complete, 1) if self.stopped_at is not None else self.design.periods
        return analyse_wedge(
            self._cells(periods), self.design.starts, alpha=self.design.alpha, draws=self.design.draws,
            seed=self.design.seed, with_interval=with_interval,
        )  # fmt: skip

    def result(self) -> Result:
        """What is known now."""
        given = treated(np.array(self.design.starts), self.design.periods)
        people = (int((self.count * (1 - given)).sum()), int((self.count * given).sum()))
        if not self.places.settled:
            people = (0, 0)  # who had the new way is not known yet
        known = min(people) > 0 and self.complete > 0
        analysis = self._analysis(with_interval=self.stopped_at is not None) if known else None
        limits = analysis.interval if analysis is not None and self.stopped_at is not None else (-inf, inf)
        left = float((self.design.periods - self.complete) * len(self.design.starts) * self.design.cluster_size)
        remaining = 0.0 if self.stopped_at is not None else left
        estimate = analysis.estimate if analysis is not None else None
        return Result(
            verdict=self.verdict, n=self.rows - self.missing, units=self.complete, per_arm=people,
            missing=(self.missing, 0), after_stop=self.after_stop, stopped_at=self.stopped_at,
            scale="mean_difference", estimate=estimate, interval=limits, tilt=estimate, tilt_interval=limits,
            interval_kind="randomisation" if self.stopped_at is not None else "none", level=1 - self.design.alpha,
            e_value=self.e_value, p_value=self._p_value() if self.stopped_at is not None and known else None,
            expected_remaining=remaining, remaining_if=(remaining, remaining), max_units=self.design.periods,
            sensitivity=(nan, nan),
        )  # fmt: skip

    def to_plain(self) -> dict[str, Any]:
        """State as plain values."""
        return {
            "places": self.places.to_plain(), "count": self.count.tolist(), "total": self.total.tolist(), "rows": self.rows,
            "missing": self.missing, "after_stop": self.after_stop, "complete": self.complete,
            "verdict": self.verdict.value, "stopped_at": self.stopped_at,
            "gone": None if self._gone is None else np.flatnonzero(self._gone).tolist(),
        }  # fmt: skip

    @classmethod
    def from_plain(cls, design: SteppedWedge, plain: dict[str, Any]) -> WedgeTest:
        """The test in the state given."""
        test = cls(design)
        test.places = Places.from_plain(design, plain["places"])
        for name in ("rows", "missing", "after_stop", "complete", "stopped_at"):
            setattr(test, name, plain[name])
        test.count, test.total = np.array(plain["count"]), np.array(plain["total"])
        test.verdict = Verdict(plain["verdict"])
        if plain["gone"] is not None:
            drawn = lots(design.starts, design.draws, design.seed)
            test._gone = np.zeros(len(drawn.arrangement), dtype=bool)
            test._gone[plain["gone"]] = True
        return test
