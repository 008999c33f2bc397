# SPDX-License-Identifier: EUPL-1.2
"""Reading a track. What is about hours, load and skills is in files of its own, each with its own gate."""

from .home import Home, NextStep, actions_to_do, home
from .track import (
    CycleLine,
    StartCheck,
    TrackLine,
    cycle_lines,
    has_follow_up,
    possible_coaches,
    start_checks,
    track_of,
    tracks,
    waiting_ideas,
)

__all__ = [
    "CycleLine",
    "Home",
    "NextStep",
    "StartCheck",
    "TrackLine",
    "actions_to_do",
    "cycle_lines",
    "has_follow_up",
    "home",
    "possible_coaches",
    "start_checks",
    "track_of",
    "tracks",
    "waiting_ideas",
]
