# SPDX-License-Identifier: EUPL-1.2
"""What the jury does to a challenge. The room above checked who may; pages, commands and the API do not come here."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from beproefd.ground.accounts.models import User
from beproefd.ground.audit.actions import change

from .actions import _enter, _locked_row, _to_state
from .models import IN_FORCE, Challenge, CriteriaSet, CriteriaState, Phase


def mark_criteria_used(*, by: User, criteria_set: CriteriaSet) -> None:
    """Note that the first score was given: from now on there is no new version, only a void round."""
    with transaction.atomic():
        criteria_set = CriteriaSet.objects.select_for_update().get(pk=criteria_set.pk)
        if criteria_set.state not in IN_FORCE:
            raise ValidationError(
                _("The criteria were replaced by a new version. This round must be started again first.")
            )
        if criteria_set.state == CriteriaState.LOCKED:
            _to_state(criteria_set, CriteriaState.IN_USE, by=by, action="use_criteria")


def void_criteria(*, by: User, criteria_set: CriteriaSet) -> None:
    """Void used criteria together with their jury round, so that a new version can be written."""
    with transaction.atomic():
        criteria_set = CriteriaSet.objects.select_for_update().get(pk=criteria_set.pk)
        if criteria_set.state == CriteriaState.IN_USE:
            _to_state(criteria_set, CriteriaState.VOIDED, by=by, action="void_criteria")


def note_decision(*, by: User, challenge: Challenge) -> Challenge:
    """Mark that the jury round of this challenge ended in a decision."""
    with transaction.atomic():
        challenge = _locked_row(challenge)
        with change(by, "note_decision", challenge):
            _enter(challenge, Phase.DECIDED)
            challenge.save()
    return challenge
