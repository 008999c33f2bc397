# SPDX-License-Identifier: EUPL-1.2
"""Everything that can happen while a team works its idea out."""

from .cards import change_card, drop_card, finish_card, note_deviation, plan_card, start_card
from .evidence import lift_override, log_evidence, override_status, retract_evidence
from .learning import inherit_canvas, revise_canvas, write_learning
from .observing import Refused, Seen, erase_note, observe, strike_observation
from .register import (
    add_assumption,
    add_target_group,
    change_assumption,
    inherit_assumptions,
    retire_assumption,
)

__all__ = [
    "Refused",
    "Seen",
    "add_assumption",
    "add_target_group",
    "change_assumption",
    "change_card",
    "drop_card",
    "erase_note",
    "finish_card",
    "inherit_assumptions",
    "inherit_canvas",
    "lift_override",
    "log_evidence",
    "note_deviation",
    "observe",
    "override_status",
    "plan_card",
    "retire_assumption",
    "retract_evidence",
    "revise_canvas",
    "start_card",
    "strike_observation",
    "write_learning",
]
