# SPDX-License-Identifier: EUPL-1.2
"""A juror judges an idea, alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.discipline.challenges.for_rooms_above import mark_criteria_used
from beproefd.discipline.challenges.models import IN_FORCE
from beproefd.discipline.challenges.rulebook import Rulebook, RuledCriterion
from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change

from ..models import Assessment, Round, RoundState, Score
from .doors import locked_round, own_seat, require_state, require_visible


@dataclass(frozen=True)
class ScoreInput:
    """What a juror filled in for one criterion. `abstained` means: I cannot judge this."""

    value: int | None = None
    abstained: bool = False
    reason: str = ""


def save_assessment(
    *,
    by: User,
    jury_round: Round,
    idea: Idea,
    version_number: int,
    revision: int,
    scores: Mapping[str, ScoreInput],
    confidence: int | None,
    submit: bool,
) -> Assessment:
    """Keep a draft, or hand in. `version_number` is the version the juror read, `revision` the draft it started from.

    Handing in the same twice changes nothing. Errors: ValidationError (per criterion key) for what is missing or off
    the scale, for an idea that changed meanwhile, and for a draft that was saved elsewhere meanwhile.
    """
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        seat = own_seat(by, jury_round)
        require_state(jury_round, RoundState.SCORING, RoundState.DELIBERATION)
        idea = require_visible(by, jury_round, idea)
        require(
            seat.declarations.filter(idea=idea, free=True).exists(),
            _("First say whether anything binds you to this idea."),
        )
        require(
            seat.assignments.filter(idea=idea, withdrawn_at=None).exists(),
            _("This idea is not on your list. Nothing was changed."),
        )
        if version_number != idea.current.number:
            raise ValidationError(
                _(
                    "The idea was changed while you were judging. Your text is kept below. Read the new version, then save again."
                )
            )
        if jury_round.criteria_set.state not in IN_FORCE:
            raise ValidationError(
                _("The criteria were replaced by a new version. This round must be started again first.")
            )
        clean = _clean(jury_round.rules, scores, confidence, complete=submit)
        current = seat.assessments.select_for_update().filter(idea=idea).exclude(state=Assessment.State.VOID).first()
        if current and current.state == Assessment.State.SUBMITTED:
            if current.version.number == version_number:
                return _handed_in(current, clean, confidence)
            with override("nl"), change(by, "void_assessment", current, reason="idea_changed"):
                current.state, current.void_reason = Assessment.State.VOID, _("The idea was changed.")
                current.save()
            current, revision = None, 0
        if current and current.revision != revision:
            raise ValidationError(
                _(
                    "You saved this in another window too. Your text is kept below. Compare it with the other window, then save again."
                )
            )
        return _write(by, current or Assessment(seat=seat, idea=idea), clean, confidence, submit=submit)


def _write(
    by: User, assessment: Assessment, clean: dict[str, ScoreInput], confidence: int | None, *, submit: bool
) -> Assessment:
    assessment.version = assessment.idea.current
    assessment.confidence = confidence
    assessment.revision += 1
    with change(by, "submit_assessment" if submit else "save_assessment", assessment):
        if submit:
            assessment.state, assessment.submitted_at = Assessment.State.SUBMITTED, timezone.now()
        assessment.save()
        assessment.scores.all().delete()
        Score.objects.bulk_create(
            Score(assessment=assessment, criterion=key, value=said.value, abstained=said.abstained, reason=said.reason)
            for key, said in clean.items()
        )
        if submit:
            mark_criteria_used(by=by, criteria_set=assessment.seat.round.criteria_set)
    return assessment


def _handed_in(current: Assessment, clean: dict[str, ScoreInput], confidence: int | None) -> Assessment:
    said = {score.criterion: (score.value, score.abstained, score.reason) for score in current.scores.all()}
    again = {key: (score.value, score.abstained, score.reason) for key, score in clean.items()}
    if (said, current.confidence) == (again, confidence):
        return current
    raise ValidationError(
        _("You have handed in your scores for this idea. In the deliberation you can change one, with a reason.")
    )


def _clean(
    rules: Rulebook, scores: Mapping[str, ScoreInput], confidence: int | None, *, complete: bool
) -> dict[str, ScoreInput]:
    clean: dict[str, ScoreInput] = {}
    errors: dict[str, str] = {}
    for criterion in rules.criteria:
        said = scores.get(criterion.key, ScoreInput())
        reason = said.reason.strip()
        problem = check_score(rules, criterion, said.value, reason, abstained=said.abstained, complete=complete)
        if problem:
            errors[criterion.key] = problem
        clean[criterion.key] = ScoreInput(None if said.abstained else said.value, said.abstained, reason)
    if confidence not in Assessment.Confidence.values and (complete or confidence is not None):
        errors["confidence"] = _("Say how sure you are.")
    if errors:
        raise ValidationError(errors)
    return clean


def check_score(
    rules: Rulebook,
    criterion: RuledCriterion,
    value: int | None,
    reason: str,
    *,
    abstained: bool = False,
    complete: bool = True,
) -> str:
    """What is wrong with one score, in plain words; empty when nothing is."""
    allowed = (0, 1) if criterion.is_knock_out else range(rules.scale_min, rules.scale_max + 1)
    if len(reason) > 1000:
        return _("Your reason is longer than 1,000 characters.")
    if value is not None and not abstained and value not in allowed:
        return _("Choose one of the scores shown.")
    if not complete or abstained:
        return ""
    if value is None:
        return _("Choose a score, or “I cannot judge this”.")
    return "" if reason else _("Give your reason in one sentence.")
