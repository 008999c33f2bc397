# SPDX-License-Identifier: EUPL-1.2
"""When may we stop, and what do we know? Designs, monitors, planning, many tests at once."""

from beproefd.engines.evidence.designs import (
    Design,
    DesignError,
    MatchedPairs,
    OneArmBinary,
    OneArmCount,
    SteppedWedge,
    TwoArmAdjusted,
    TwoArmBinary,
    TwoArmContinuous,
    TwoArmCount,
    TwoArmEvents,
    TwoArmOrdinal,
    design_from_dict,
    design_from_json,
)
from beproefd.engines.evidence.monitor import Monitor
from beproefd.engines.evidence.reading import Observation, ObservationError
from beproefd.engines.evidence.verdicts import Result, Verdict

__all__ = [
    "Design",
    "DesignError",
    "MatchedPairs",
    "Monitor",
    "Observation",
    "ObservationError",
    "OneArmBinary",
    "OneArmCount",
    "Result",
    "SteppedWedge",
    "TwoArmAdjusted",
    "TwoArmBinary",
    "TwoArmContinuous",
    "TwoArmCount",
    "TwoArmEvents",
    "TwoArmOrdinal",
    "Verdict",
    "design_from_dict",
    "design_from_json",
]
