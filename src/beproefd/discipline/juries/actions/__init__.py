# SPDX-License-Identifier: EUPL-1.2
"""Everything that can happen in a jury round, in the order in which it happens."""

from .decision import close_round, void_round, write_answer
from .deliberation import change_score, close_scoring, note_dissent
from .interests import confirm_interest, declare, dismiss_interest, recuse, report_interest
from .preparation import (
    activate_alternate,
    assign_ideas,
    lay_down_seat,
    open_round,
    open_scoring,
    remove_seat,
    seat_juror,
    send_reminders,
)
from .scoring import ScoreInput, save_assessment

__all__ = [
    "ScoreInput",
    "activate_alternate",
    "assign_ideas",
    "change_score",
    "close_round",
    "close_scoring",
    "confirm_interest",
    "declare",
    "dismiss_interest",
    "lay_down_seat",
    "note_dissent",
    "open_round",
    "open_scoring",
    "recuse",
    "remove_seat",
    "report_interest",
    "save_assessment",
    "seat_juror",
    "send_reminders",
    "void_round",
    "write_answer",
]
