# SPDX-License-Identifier: EUPL-1.2
"""Gates with their reviews, and what of the learning is published or came from elsewhere."""

from .gates import WAITING, Decision, GateRequest, Outcome, Review, Reviewer, Tie
from .library import ImportedEntry, ImportedLibrary, LearningOutcome, Publication

__all__ = [
    "WAITING",
    "Decision",
    "GateRequest",
    "ImportedEntry",
    "ImportedLibrary",
    "LearningOutcome",
    "Outcome",
    "Publication",
    "Review",
    "Reviewer",
    "Tie",
]
