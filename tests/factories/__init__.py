# SPDX-License-Identifier: EUPL-1.2
"""Builders for the tests. They call the actions a user calls and never write a table."""

from .challenges import ANCHORS, add_criteria, challenge, locked_criteria, open_challenge, ready_challenge
from .ideas import TEXTS, close_intake_early, idea, invited, joins, jury_challenge, paper_idea
from .juries import World, all_scores, answer_all, judge, judge_all, scores, world
from .people import person
from .tracks import Course, agree, course, everyone, join, learn, pulse, running
from .validation import Workshop, assumption, card, evidence, observe, seen, workshop

__all__ = [
    "ANCHORS",
    "TEXTS",
    "Course",
    "Workshop",
    "World",
    "add_criteria",
    "agree",
    "all_scores",
    "answer_all",
    "assumption",
    "card",
    "challenge",
    "close_intake_early",
    "course",
    "everyone",
    "evidence",
    "idea",
    "invited",
    "join",
    "joins",
    "judge",
    "judge_all",
    "jury_challenge",
    "learn",
    "locked_criteria",
    "observe",
    "open_challenge",
    "paper_idea",
    "person",
    "pulse",
    "ready_challenge",
    "running",
    "scores",
    "seen",
    "workshop",
    "world",
]
