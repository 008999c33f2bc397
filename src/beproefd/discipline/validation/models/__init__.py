# SPDX-License-Identifier: EUPL-1.2
"""What a team believes (register), tests (cards), sees (evidence), learns (learning) and makes of its idea (canvas)."""

from .cards import Deviation, Observation, Reading, TestAssumption, TestCard
from .evidence import Evidence, EvidenceLink
from .learning import CANVAS_FIELDS, CanvasRevision, LearningCard
from .register import Assumption, Override, TargetGroup

__all__ = [
    "CANVAS_FIELDS",
    "Assumption",
    "CanvasRevision",
    "Deviation",
    "Evidence",
    "EvidenceLink",
    "LearningCard",
    "Observation",
    "Override",
    "Reading",
    "TargetGroup",
    "TestAssumption",
    "TestCard",
]
