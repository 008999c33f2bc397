# SPDX-License-Identifier: EUPL-1.2
"""The monitor of one experiment: built from a locked design, fed with observations, asked for a verdict."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from beproefd.engines.evidence.designs import Design, SteppedWedge, design_from_dict
from beproefd.engines.evidence.reading import Observation
from beproefd.engines.evidence.units import UnitTest
from beproefd.engines.evidence.verdicts import Result, Verdict
from beproefd.engines.evidence.wedge import WedgeTest

ENGINE_VERSION = 3


class Monitor:
    """Runs a locked design. Guarantees, at every base rate, calendar and number of looks:

    - SUPPORTED is said of a false claim with probability at most ``design.side_alpha``;
    - REFUTED is said of a true claim with probability at most ``design.side_alpha``;
    - at the effect that matters SUPPORTED is said with probability at least ``design.power``, as planned;
    - the verdict, once given, does not change; later observations are counted only.

    The state is the same however the observations are cut into batches. Order of arrival is data.
    """

    def __init__(self, design: Design) -> None:
        """A monitor that has seen nothing."""
        self.design = design
        self._test: UnitTest | WedgeTest = WedgeTest(design) if isinstance(design, SteppedWedge) else UnitTest(design)

    def update(self, observations: Iterable[Observation]) -> Verdict:
        """Read observations in order of arrival; the verdict after the last one.

        Raises ObservationError for an observation the design cannot hold; those before it have been read.
        """
        for seen in observations:
            self._test.read(seen)
        return self._test.verdict

    def close(self) -> Verdict:
        """Say that no more observations come; only a stepped wedge then looks at an unfinished last period."""
        if isinstance(self._test, WedgeTest):
            self._test.close()
        return self._test.verdict

    @property
    def verdict(self) -> Verdict:
        """SUPPORTED, REFUTED, FUTILE or CONTINUE."""
        return self._test.verdict

    @property
    def units(self) -> int:
        """Completed units: persons, pairs, blocks or events; for a stepped wedge, periods."""
        return self._test.units

    @property
    def result(self) -> Result:
        """Everything known now."""
        return self._test.result()

    @property
    def estimate(self) -> float | None:
        """Median-unbiased after stopping, most likely value before."""
        return self.result.estimate

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """Exact interval after stopping; before, a confidence sequence that holds at all times together."""
        return self.result.interval

    @property
    def e_value(self) -> float:
        """Evidence against a false claim; may be multiplied with that of independent experiments."""
        return self._test.e_value

    @property
    def expected_remaining(self) -> float | None:
        """Expected further units (persons in one arm, pairs or blocks in two) at the present estimate."""
        return self.result.expected_remaining

    def to_json(self) -> str:
        """The whole state; ``from_json`` goes on as if nothing had happened."""
        state: dict[str, Any] = {
            "engine": ENGINE_VERSION, "design": self.design.to_dict(), "digest": self.design.digest,
            "state": self._test.to_plain(),
        }  # fmt: skip
        return json.dumps(state, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Monitor:
        """A monitor in the state given. Raises ValueError when the design is not the one that was locked."""
        state = json.loads(text)
        design = design_from_dict(state["design"])
        if state["engine"] != ENGINE_VERSION:
            raise ValueError(f"state of engine version {state['engine']}, this is {ENGINE_VERSION}")
        if state["digest"] != design.digest:
            raise ValueError("the design in this state is not the design that was locked")
        monitor = cls(design)
        monitor._test = type(monitor._test).from_plain(design, state["state"])  # type: ignore[arg-type]
        return monitor
