# SPDX-License-Identifier: EUPL-1.2
"""Reading the jury room, as far as the viewer may see it.

Everything a viewer gets, orders, counts and averages included, is computed from the ideas that viewer may see and from
nothing else. So what is hidden cannot show through: the pages are the same as if it did not exist (tests/leaks).
"""

from .answering import answer_draft, answers, answers_to_read_again, basis_of, own_answers, what_is_decided
from .behind import behind
from .deliberation import standings_among, visible_changes, visible_dissents, visible_standings
from .field import (
    blocked_idea_ids,
    closed_idea_ids,
    current_round,
    decided_round,
    jury_members,
    readable_idea,
    seat_of,
    tied_idea_ids,
    visible_field,
    visible_rounds,
)
from .judging import assessments_of, ideas_with_open_scores, own_assessment, own_tasks, waiting_for
from .running import Progress, coverage, ideas_below_quorum, progress, scoring_readiness, visible_interests

__all__ = [
    "Progress",
    "answer_draft",
    "answers",
    "answers_to_read_again",
    "assessments_of",
    "basis_of",
    "behind",
    "blocked_idea_ids",
    "closed_idea_ids",
    "coverage",
    "current_round",
    "decided_round",
    "ideas_below_quorum",
    "ideas_with_open_scores",
    "jury_members",
    "own_answers",
    "own_assessment",
    "own_tasks",
    "progress",
    "readable_idea",
    "scoring_readiness",
    "seat_of",
    "standings_among",
    "tied_idea_ids",
    "visible_changes",
    "visible_dissents",
    "visible_field",
    "visible_interests",
    "visible_rounds",
    "visible_standings",
    "waiting_for",
    "what_is_decided",
]
