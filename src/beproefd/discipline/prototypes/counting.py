# SPDX-License-Identifier: EUPL-1.2
"""What of a session counts as a yes: what someone did, never how someone felt about it.

A face says whether a person liked it. The test card asks for something that can be seen. So a yes comes from who
watched (the helper on the phone, or the team on the session's page), or from a screen the person came to. Help makes
it a no, unless the card says that help is fine.
"""

from collections.abc import Sequence

from .models import Session, Step


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
        Session.Result.HELPED: session.card.help_counts,
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
