# SPDX-License-Identifier: EUPL-1.2
"""The jury talks: scores may change with a reason, and who disagrees may say so."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change, record_creation

from ..models import Assessment, Dissent, Round, RoundState, ScoreChange
from ..queries import ideas_below_quorum
from ..rules import can_decide_round
from .doors import enter, locked_round, own_seat, require_runner, require_state, require_visible
from .interests import suggest_interests
from .scoring import check_score


def close_scoring(*, by: User, jury_round: Round) -> Round:
    """End scoring alone and start the deliberation. Refused while an idea has fewer judgements than the quorum."""
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        require_runner(by, jury_round)
        require(
            can_decide_round(by, jury_round), _("You are bound to an idea in this round. Let a colleague do this step.")
        )
        if jury_round.state == RoundState.DELIBERATION:
            return jury_round
        require_state(jury_round, RoundState.SCORING)
        suggest_interests(by=by, jury_round=jury_round)  # a team may have grown since
        refuse_below_quorum(jury_round)
        with change(by, "close_scoring", jury_round):
            enter(jury_round, RoundState.DELIBERATION)
            jury_round.scoring_closed_at = timezone.now()
            jury_round.save()
    return jury_round


def refuse_below_quorum(jury_round: Round) -> None:
    """Raise ValidationError that names every idea with too few judgements."""
    short = ideas_below_quorum(jury_round)
    if short:
        raise ValidationError(
            [
                _("Idea %(reference)s has %(done)s of the %(quorum)s judgements the criteria ask for.")
                % {"reference": line.idea.reference, "done": line.done, "quorum": line.quorum}
                for line in short
            ]
        )


def change_score(
    *, by: User, jury_round: Round, idea: Idea, criterion: str, value: int | None, reason: str, old_value: int | None
) -> ScoreChange:
    """A juror changes a score in deliberation; old and new value and the reason stay. `value=None` is abstaining.

    `old_value` is the value the juror saw. The same change again gives the change that was made.
    """
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        seat = own_seat(by, jury_round)
        require_state(jury_round, RoundState.DELIBERATION)
        idea = require_visible(by, jury_round, idea)
        assessment = seat.assessments.select_for_update().filter(idea=idea, state=Assessment.State.SUBMITTED).first()
        if assessment is None:
            raise PermissionDenied(_("You have no score for this idea. Nothing was changed."))
        score = assessment.scores.filter(criterion=criterion).first()
        rule = next((rule for rule in jury_round.rules.criteria if rule.key == criterion), None)
        if score is None or rule is None:
            raise ValidationError(_("There is no such criterion. Nothing was changed."))
        problem = check_score(jury_round.rules, rule, value, reason.strip(), abstained=value is None)
        if not reason.strip():
            problem = _("Say why you change your score.")
        if problem:
            raise ValidationError({"reason": problem})
        last = assessment.changes.filter(criterion=criterion).last()
        if score.value == value:
            if last and (last.new_value, last.reason) == (value, reason.strip()):
                return last
            raise ValidationError(_("You already gave this score."))
        if score.value != old_value:
            raise ValidationError(_("This score was changed in another window. Look again, then decide."))
        with change(by, "change_score", assessment, criterion=criterion):
            old = score.value
            score.value, score.abstained = value, value is None
            score.save()
            made = ScoreChange.objects.create(
                assessment=assessment, criterion=criterion, old_value=old, new_value=value, reason=reason.strip()
            )
            record_creation(by, "note_score_change", made)
    return made


def note_dissent(*, by: User, jury_round: Round, text: str, is_named: bool) -> Dissent | None:
    """Note that a juror does not agree, with or without the name; an empty text takes the note back."""
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        seat = own_seat(by, jury_round)
        require_state(jury_round, RoundState.DELIBERATION)
        dissent = Dissent.objects.filter(seat=seat).first()
        if not text.strip():
            if dissent:
                with change(by, "withdraw_dissent", dissent):
                    Dissent.objects.filter(pk=dissent.pk).delete()
            return None
        is_new = dissent is None
        dissent = dissent or Dissent(seat=seat)
        if is_new:
            dissent.text, dissent.is_named = text.strip(), is_named
            dissent.full_clean()
            dissent.save()
            record_creation(by, "note_dissent", dissent)
            return dissent
        with change(by, "change_dissent", dissent):
            dissent.text, dissent.is_named = text.strip(), is_named
            dissent.full_clean()
            dissent.save()
    return dissent
