# SPDX-License-Identifier: EUPL-1.2
"""The track and its cycles, the hours of the team, partners, disagreements, and what people learn to do."""

from .capacity import FULL_TIME, Agreement, Pulse
from .dialogue import FIRST_ACTION_WITHIN, Objection, Reply, Resolution
from .partners import NEXT_STAGES, Partner
from .skills import Practice, Reflection, Share, Skill
from .track import NEXT_STATES, Cycle, Track

__all__ = [
    "FIRST_ACTION_WITHIN",
    "FULL_TIME",
    "NEXT_STAGES",
    "NEXT_STATES",
    "Agreement",
    "Cycle",
    "Objection",
    "Partner",
    "Practice",
    "Pulse",
    "Reflection",
    "Reply",
    "Resolution",
    "Share",
    "Skill",
    "Track",
]
