# SPDX-License-Identifier: EUPL-1.2
"""Reading a track. What is about hours, load and skills is in files of its own, each with its own gate."""

from .capacity import Capacity, MemberHours, Week, agreement_behind, capacity, own_agreement
from .dialogue import Thread, possible_owners, threads, usable_evidence
from .home import Home, NextStep, OwnStep, actions_to_do, home, own_steps
from .partners import concreteness, partners
from .skills import Profile, own_export, own_profile, own_reflections, own_shares, shared_profiles
from .track import (
    Check,
    Chosen,
    CycleLine,
    TrackLine,
    chosen_ideas,
    cycle_lines,
    has_follow_up,
    possible_coaches,
    start_checks,
    track_of,
    tracks,
    tracks_in_need,
    waiting_ideas,
)

__all__ = [
    "Capacity",
    "Check",
    "Chosen",
    "CycleLine",
    "Home",
    "MemberHours",
    "NextStep",
    "OwnStep",
    "Profile",
    "Thread",
    "TrackLine",
    "Week",
    "actions_to_do",
    "agreement_behind",
    "capacity",
    "chosen_ideas",
    "concreteness",
    "cycle_lines",
    "has_follow_up",
    "home",
    "own_agreement",
    "own_export",
    "own_profile",
    "own_reflections",
    "own_shares",
    "own_steps",
    "partners",
    "possible_coaches",
    "possible_owners",
    "shared_profiles",
    "start_checks",
    "threads",
    "track_of",
    "tracks",
    "tracks_in_need",
    "usable_evidence",
    "waiting_ideas",
]
