# SPDX-License-Identifier: EUPL-1.2
"""Which neighbourhood of a stepped wedge a name in the data stands for. Never guessed: who starts when is the design's.

Three ways are certain: the design names its clusters in the order of ``starts``; the data number them 0 to n - 1 or
1 to n in that order; or every row says in ``arm`` whether the new way had begun, and the starts that follow from it are
those of the design. Anything else is refused. Where ``arm`` is given it must agree with the design in all three.
"""

from __future__ import annotations

from typing import Any

from beproefd.engines.evidence.designs import SteppedWedge
from beproefd.engines.evidence.reading import Observation, ObservationError, arm_index


class Places:
    """Names seen so far. Until ``settled`` they stand in order of appearance, then in the order of the design."""

    def __init__(self, design: SteppedWedge) -> None:
        """Nothing seen."""
        self.design = design
        self.names: list[str] = list(design.clusters)
        self.settled = bool(design.clusters)
        self.told: dict[str, dict[int, int]] = {}
        self._by_arm = False

    def take(self, seen: Observation) -> list[int] | None:
        """Read who a row is about. When that settles who is who: the former place of every cluster, -1 for none."""
        name, period = seen.cluster, seen.period
        if name is None or name == "" or period is None:
            raise ObservationError("cluster or period is missing")
        if not 0 <= period < self.design.periods:
            raise ObservationError(f"period must be 0 to {self.design.periods - 1}, not {period}")
        arm = None if seen.arm is None or seen.arm == "" else arm_index(self.design, seen.arm)
        self._check_name(name, arm)
        if arm is not None:
            self._check_arm(name, period, arm)
        if name not in self.names:
            if len(self.names) == len(self.design.starts):
                raise ObservationError(f"cluster {name!r} is one more than the design has")
            self.names.append(name)
        if arm is not None:
            self.told.setdefault(name, {})[period] = arm
        if self.settled or self._by_arm or name not in {"0", str(len(self.design.starts))}:
            return None
        return self._settle([str(place + (name != "0")) for place in range(len(self.design.starts))])

    def _check_name(self, name: str, arm: int | None) -> None:
        if self.settled:
            if name not in self.names:
                raise ObservationError(f"cluster {name!r} is not one of {', '.join(self.names[:12])}")
            return
        most = len(self.design.starts)
        number = name.isascii() and name.isdecimal() and str(int(name[:9])) == name and int(name) <= most
        if not self.names:
            self._by_arm = not number
        if self._by_arm and arm is None:
            raise ObservationError(
                f"cluster {name!r}: which start it has is not known; name the clusters in the design (clusters, in the "
                "order of starts) or give every row an arm"
            )
        if self._by_arm and self.design.look_after:
            raise ObservationError(f"cluster {name!r}: with look_after the design must name its clusters")
        if not self._by_arm and not number:
            raise ObservationError(f"cluster {name!r} stands next to numbers: number all clusters from 0 or from 1")

    def _check_arm(self, name: str, period: int, arm: int) -> None:
        told = self.told.get(name, {})
        if told.get(period, arm) != arm:
            raise ObservationError(f"cluster {name!r} has both arms in period {period}")
        if any(other > arm if before < period else other < arm for before, other in told.items() if before != period):
            raise ObservationError(f"cluster {name!r} goes back to the old way")
        if self.settled:
            start = self.design.starts[self.names.index(name)]
            if arm != (period >= start):
                when = f"starts in period {start}" if start < self.design.periods else "never starts"
                raise ObservationError(f"cluster {name!r} {when} by the design, the arm of period {period} differs")

    def _settle(self, names: list[str]) -> list[int]:
        former = {name: place for place, name in enumerate(self.names)}
        strange = [name for name in former if name not in names]
        if strange:
            raise ObservationError(
                f"clusters {strange[0]!r} and {names[0]!r}: numbers must all count from 0 or all from 1"
            )
        self.names, self.settled = names, True
        for name, periods in self.told.items():
            for period, arm in periods.items():
                self._check_arm(name, period, arm)
        return [former.get(name, -1) for name in names]

    def settle(self) -> list[int] | None:
        """Say who is who before a look; the former place of every cluster, None when that was known already."""
        if self.settled:
            return None
        if not self._by_arm:
            raise ObservationError(
                "clusters could be counted from 0 or from 1: name them in the design (clusters, in the order of starts)"
            )
        design = self.design
        starts = {
            name: min([p for p, arm in self.told[name].items() if arm], default=design.periods) for name in self.names
        }
        wanted = [min(start, design.periods) for start in design.starts]
        names: list[str] = []
        left = dict(starts)
        for start in wanted:
            fit = next((name for name, own in left.items() if own == start), None)
            if fit is None:
                raise ObservationError(
                    f"by the arms clusters start in periods {sorted(starts.values())}, by the design in {sorted(wanted)}"
                )
            names.append(fit)
            del left[fit]
        return self._settle(names)

    def to_plain(self) -> dict[str, Any]:
        """State as plain values."""
        told = {name: sorted(periods.items()) for name, periods in self.told.items()}
        return {"names": self.names, "settled": self.settled, "by_arm": self._by_arm, "told": told}

    @classmethod
    def from_plain(cls, design: SteppedWedge, plain: dict[str, Any]) -> Places:
        """Names in the state given."""
        places = cls(design)
        places.names, places.settled, places._by_arm = list(plain["names"]), plain["settled"], plain["by_arm"]
        places.told = {name: {int(p): int(arm) for p, arm in told} for name, told in plain["told"].items()}
        return places
