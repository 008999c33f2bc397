# SPDX-License-Identifier: EUPL-1.2
"""What of a session counts as a yes: what someone did, never how someone felt about it.

A face says whether a person liked it. The test card asks for something that can be seen. So a yes comes from who
watched (the helper on the phone, or the team on the session's page), or from a screen the person came to. Help makes
it a no, unless the team said beforehand that help is fine and the card does not ask for “alone” or “without help”.
"""

import re
from collections.abc import Sequence

from .models import Session, Step

ALONE = re.compile(
    r"\b(zonder\b.{0,30}\bh[eu]lp\w*|alleen|zelf|zelfstandig\w*|eigen kracht|"
    r"without\b.{0,30}\bhelp|alone|unaided|independently|(him|her|them|your)sel(f|ves)|on (their|his|her|your) own)\b",
    re.IGNORECASE,
)


def wants_alone(measure: str) -> bool:
    """Whether a test card asks that it goes without help. When in doubt it does: “alleen” also means “only”."""
    return bool(ALONE.search(measure))


def help_is_a_yes(session: Session) -> bool:
    """Whether help is fine here. The card is read again: it can change until its first observation."""
    return session.help_counts and not wants_alone(session.card.measure)


def result_of(session: Session, steps: Sequence[Step]) -> str:
    """What is known at the end: what the helper said, or whether the screen was reached; empty: the team must say it."""
    if session.is_assisted:
        said = [step.answer for step in steps if step.kind == Step.Kind.RESULT and step.left == Step.Left.ON]
        return said[-1] if said else ""
    if session.goal_id is None:
        return ""
    came = any(step.kind == Step.Kind.SCREEN and step.screen_id == session.goal_id for step in steps)
    return Session.Result.YES if came else Session.Result.NO


def outcome(session: Session) -> bool | None:
    """The result as the test card takes it: yes, no, or no answer."""
    return {
        Session.Result.YES: True,
        Session.Result.HELPED: help_is_a_yes(session),
        Session.Result.NO: False,
    }.get(Session.Result(session.result))


def answered_by(session: Session, steps: Sequence[Step]) -> str:
    """Who did it: a yes without help is the person alone. Otherwise: who gave the last answer with a face."""
    if session.result == Session.Result.YES:
        return "self"
    if session.result == Session.Result.HELPED:
        return "together"
    said = [step.answered_by for step in steps if step.kind == Step.Kind.FACE and step.answered_by]
    if said and said[-1]:
        return said[-1]
    return "together" if session.is_assisted else "self"
