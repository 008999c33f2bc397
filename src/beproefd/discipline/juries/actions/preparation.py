# SPDX-License-Identifier: EUPL-1.2
"""From an empty round to jurors who can start."""

from datetime import timedelta

import numpy as np
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.discipline.challenges.models import Challenge, Phase
from beproefd.discipline.challenges.queries import criteria_in_force
from beproefd.discipline.ideas.queries import submitted_ideas
from beproefd.ground.accounts.models import Role, User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change, change_all, change_values, record_creation

from ..balance import balance
from ..models import Assessment, Assignment, Round, RoundState, Seat
from ..queries import Progress, progress, scoring_readiness, visible_field
from ..rules import can_run_jury
from ..ties import blocked_pairs
from .doors import enter, locked_round, mail_after_commit, require_runner, require_state
from .interests import suggest_interests

BETWEEN_REMINDERS = timedelta(hours=20)


def open_round(*, by: User, challenge: Challenge) -> Round:
    """Start a jury round by the criteria in force; returns the round that is already there.

    Errors: ValidationError when no criteria are locked. Criteria come first: no juror opens an idea before the lock.
    """
    with transaction.atomic():
        challenge = Challenge.objects.select_for_update().get(pk=challenge.pk)
        require(can_run_jury(by, challenge))
        existing = Round.objects.filter(challenge=challenge).exclude(state=RoundState.VOID).first()
        if existing:
            return existing
        criteria_set = criteria_in_force(challenge)
        if criteria_set is None:
            raise ValidationError(_("Lock the criteria first. A jury starts only with criteria set beforehand."))
        last = Round.objects.filter(challenge=challenge).order_by("-number").first()
        jury_round = Round.objects.create(
            challenge=challenge, number=last.number + 1 if last else 1, criteria_set=criteria_set, created_by=by
        )
        record_creation(by, "open_round", jury_round, fingerprint=criteria_set.fingerprint)
        suggest_interests(by=by, jury_round=jury_round)  # what was noted in a void round goes along
    return jury_round


def seat_juror(*, by: User, jury_round: Round, user: User, kind: str, expertise: str = "") -> Seat:
    """Give someone with the jury role a seat. An alternate starts outside the room."""
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        require_runner(by, jury_round)
        require_state(jury_round, RoundState.PREPARING, RoundState.SCORING, RoundState.DELIBERATION)
        existing = jury_round.seats.filter(user=user).first()
        if existing:
            return existing
        if Role.JUROR not in user.roles:
            raise ValidationError({"user": _("This person does not have the role of jury member.")})
        seat = Seat(
            round=jury_round,
            user=user,
            name=user.name,
            organisation=user.organisation,
            expertise=expertise.strip(),
            kind=kind,
            is_active=kind != Seat.Kind.ALTERNATE,
        )
        seat.full_clean()
        seat.save()
        record_creation(by, "seat_juror", seat)
        suggest_interests(by=by, jury_round=jury_round)
    return seat


def remove_seat(*, by: User, seat: Seat) -> None:
    """Take a seat away while the jury is being prepared."""
    with transaction.atomic():
        jury_round = locked_round(seat.round)
        require_runner(by, jury_round)
        require_state(jury_round, RoundState.PREPARING)
        for assignment in seat.assignments.all():
            with change(by, "remove_assignment", assignment):
                Assignment.objects.filter(pk=assignment.pk).delete()
        with change(by, "remove_seat", seat):
            Seat.objects.filter(pk=seat.pk).delete()


def lay_down_seat(*, by: User, seat: Seat, reason: str) -> Seat:
    """Someone leaves the jury during the work. What was handed in still counts, what was open goes to others."""
    with transaction.atomic():
        jury_round = locked_round(seat.round)
        require_runner(by, jury_round)
        require_state(jury_round, RoundState.SCORING, RoundState.DELIBERATION)
        seat = jury_round.seats.select_for_update().get(pk=seat.pk)
        if not seat.is_active:
            return seat
        if not reason.strip():
            raise ValidationError({"reason": _("Say why this person leaves the jury.")})
        done = seat.assessments.filter(state=Assessment.State.SUBMITTED).values("idea")
        undone = list(seat.assignments.filter(withdrawn_at=None).exclude(idea__in=done))
        with change_all(by, "withdraw_assignment", undone):
            Assignment.objects.filter(pk__in=[row.pk for row in undone]).update(withdrawn_at=timezone.now())
        change_values(by, "lay_down_seat", seat, {"is_active": False, "left_reason": reason.strip()})
    return seat


def activate_alternate(*, by: User, seat: Seat) -> Seat:
    """Let an alternate in, after a recusal for example, or someone who left back in. Harmless when already in."""
    with transaction.atomic():
        jury_round = locked_round(seat.round)
        require_runner(by, jury_round)
        require_state(jury_round, RoundState.PREPARING, RoundState.SCORING, RoundState.DELIBERATION)
        if not seat.is_active:
            with change(by, "activate_alternate", seat):
                seat.is_active, seat.left_reason = True, ""
                seat.save(update_fields=["is_active", "left_reason"])
    return seat


def assign_ideas(*, by: User, jury_round: Round, per_idea: int) -> int:
    """Fill every idea up to `per_idea` readers, evenly and around interests.

    Returns how many were added on ideas the person may see. Ideas that cannot get enough readers get what there is;
    the readiness check names the shortage.
    """
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        require_runner(by, jury_round)
        require_state(jury_round, RoundState.PREPARING, RoundState.SCORING, RoundState.DELIBERATION)
        if per_idea < jury_round.rules.quorum:
            raise ValidationError(
                {
                    "per_idea": _("The locked criteria ask for at least %(quorum)s.")
                    % {"quorum": jury_round.rules.quorum}
                }
            )
        suggest_interests(by=by, jury_round=jury_round)
        seats = list(jury_round.seats.filter(is_active=True).order_by("pk"))
        ideas = list(submitted_ideas(jury_round.challenge))
        blocked = blocked_pairs(jury_round.challenge)
        held = {
            (a.seat_id, a.idea_id): a.withdrawn_at is None for a in Assignment.objects.filter(seat__round=jury_round)
        }
        eligible = np.array(
            [[(s.user_id, i.pk) not in blocked and held.get((s.pk, i.pk), True) for i in ideas] for s in seats]
        )
        assigned = np.array([[held.get((s.pk, i.pk), False) for i in ideas] for s in seats])
        shape = (len(seats), len(ideas))
        result = balance(eligible.reshape(shape).astype(bool), assigned.reshape(shape).astype(bool), per_idea)
        added = Assignment.objects.bulk_create(
            [Assignment(seat=seats[seat], idea=ideas[idea]) for seat, idea in result.pairs], batch_size=500
        )
        record_creation(by, "assign_idea", *added)
        seen = {idea.pk for idea in visible_field(by, jury_round)}
    return sum(assignment.idea_id in seen for assignment in added)


def open_scoring(*, by: User, jury_round: Round) -> Round:
    """Open the ideas to the jury, once intake is closed. Harmless when already open."""
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        require_runner(by, jury_round)
        if jury_round.state == RoundState.SCORING:
            return jury_round
        require_state(jury_round, RoundState.PREPARING)
        if jury_round.challenge.phase != Phase.JURY:
            raise ValidationError(_("Close intake first. Until then the ideas stay sealed."))
        jury_round.criteria_set = criteria_in_force(jury_round.challenge) or jury_round.criteria_set
        suggest_interests(by=by, jury_round=jury_round)
        missing = [check.text for check in scoring_readiness(by, jury_round) if not check.done]
        if missing:
            raise ValidationError(
                [_("Not ready to start. Still needed: %(what)s.") % {"what": text} for text in missing]
            )
        with change(by, "open_scoring", jury_round):
            enter(jury_round, RoundState.SCORING)
            jury_round.scoring_opened_at = timezone.now()
            jury_round.save()
    return jury_round


def send_reminders(*, by: User, jury_round: Round) -> int:
    """Mail every juror with work left, at most once in 20 hours each; returns how many mails went out."""
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        require_runner(by, jury_round)
        require_state(jury_round, RoundState.SCORING, RoundState.DELIBERATION)
        now = timezone.now()
        due = [
            line
            for line in progress(by, jury_round)
            if line.seat.is_active
            and line.done < line.total
            and (line.seat.reminded_at is None or now - line.seat.reminded_at > BETWEEN_REMINDERS)
        ]
        address = settings.BASE_URL + reverse("juries:room", args=[jury_round.challenge.slug])
        seats = [line.seat for line in due]
        with change_all(by, "remind_juror", seats):
            Seat.objects.filter(pk__in=[seat.pk for seat in seats]).update(reminded_at=now)
        for line in due:
            _remind(line, jury_round.challenge, address)
    return len(due)


def _remind(line: Progress, challenge: Challenge, address: str) -> None:
    """The mail, in Dutch: we do not know which language someone reads mail in."""
    until = challenge.canvas.jury_until if challenge.canvas else None
    with override("nl"):
        subject = _("Your scores for the jury")
        text = _(
            "Dear %(name)s,\n\nYou have judged %(done)s of %(total)s ideas for “%(challenge)s”. "
            "Would you do the others by %(until)s?\n\n%(address)s\n"
        ) % {
            "name": line.seat.name,
            "done": line.done,
            "total": line.total,
            "challenge": challenge.title,
            "until": date_format(until, "DATE_FORMAT") if until else _("soon"),
            "address": address,
        }
    mail_after_commit(subject, text, line.seat.user.email)
