# SPDX-License-Identifier: EUPL-1.2
"""What every jury action starts with: the round's row locked, and the right person before it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import is_juror, require

from ..models import NEXT_ROUND_STATES, Round, RoundState, Seat
from ..queries import visible_field
from ..rules import can_run_jury


def locked_round(jury_round: Round) -> Round:
    """The round's row, locked until the end of the transaction."""
    return (
        Round.objects.select_for_update(of=("self",)).select_related("challenge", "criteria_set").get(pk=jury_round.pk)
    )


def require_runner(by: User, jury_round: Round) -> None:
    """Refuse who does not run this jury."""
    require(can_run_jury(by, jury_round.challenge))


def require_state(jury_round: Round, *states: RoundState) -> None:
    """Refuse a step that does not belong to where the round is."""
    if jury_round.state not in states:
        raise ValidationError(
            _("This is not possible now. The round is at: %(state)s. Nothing was changed.")
            % {"state": jury_round.get_state_display()}
        )


def enter(jury_round: Round, state: RoundState) -> None:
    """Move to the next state, if it follows."""
    if state not in NEXT_ROUND_STATES[RoundState(jury_round.state)]:
        require_state(jury_round)
    jury_round.state = state


def own_seat(by: User, jury_round: Round) -> Seat:
    """The active seat of the person; refused in the same words for no seat, a laid-down seat and a role taken away."""
    seat = jury_round.seats.select_for_update().filter(user=by, is_active=True).first()
    if seat is None or not is_juror(by):
        raise PermissionDenied(_("You have no seat in this jury. Nothing was changed."))
    return seat


def require_visible(by: User, jury_round: Round, idea: Idea) -> Idea:
    """Refuse an idea that does not exist for this person, in words that say nothing about whether it exists."""
    seen = visible_field(by, jury_round).filter(pk=idea.pk).first()
    if seen is None:
        raise PermissionDenied(_("This idea is not on your list. Nothing was changed."))
    return seen


def mail_after_commit(subject: str, text: str, address: str) -> None:
    """Send a mail once the transaction stands; a mail server that is down undoes nothing."""
    transaction.on_commit(lambda: send_mail(subject, text, None, [address]), robust=True)
