# SPDX-License-Identifier: EUPL-1.2
"""Everything that can happen in a track."""

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

__all__ = [
    "close_cycle",
    "finish_track",
    "open_track",
    "replan_track",
    "resume_track",
    "set_goal",
    "start_track",
    "tick_start",
]
