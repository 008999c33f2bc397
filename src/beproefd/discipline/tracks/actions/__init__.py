# SPDX-License-Identifier: EUPL-1.2
"""Everything that can happen in a track."""

from .capacity import HOUR_STEPS, agree_hours, give_pulse, send_link_again, sign_off_hours
from .deciding import decide_on_learning
from .dialogue import raise_objection, reply_to, resolve, tick_action
from .partners import PARTNER_FIELDS, add_partner, ask_partner, change_partner, move_partner
from .running import (
    close_cycle,
    finish_track,
    open_track,
    replan_track,
    resume_track,
    set_goal,
    start_track,
    tick_start,
)
from .skills import share_skills, unshare_skills, write_reflection

__all__ = [
    "HOUR_STEPS",
    "PARTNER_FIELDS",
    "add_partner",
    "agree_hours",
    "ask_partner",
    "change_partner",
    "close_cycle",
    "decide_on_learning",
    "finish_track",
    "give_pulse",
    "move_partner",
    "open_track",
    "raise_objection",
    "replan_track",
    "reply_to",
    "resolve",
    "resume_track",
    "send_link_again",
    "set_goal",
    "share_skills",
    "sign_off_hours",
    "start_track",
    "tick_action",
    "tick_start",
    "unshare_skills",
    "write_reflection",
]
