# SPDX-License-Identifier: EUPL-1.2
"""Hours: agreed, signed off by a line manager without an account, and what the weeks really took.

A pulse stands in the log without the name of who gave it: who reads the log must not see who keeps up (lesson 6).
"""

import uuid

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change, change_values, record_creation

from ..cycles import monday
from ..models import Agreement, Pulse, Track
from ..queries.capacity import with_earlier
from ..rules import coaches, is_in_team
from ..sign_off_link import key_in, link_of
from .doors import enter, require_running

SOMEONE = "someone in a team"
LINE_MANAGER = "a line manager"
HOUR_STEPS = (0, 4, 8, 12, 16, 24, 32, 40)


def agree_hours(
    *, by: User, track: Track, user: User, hours: int, line_manager_name: str, line_manager_email: str
) -> Agreement:
    """Agree on hours a week, by the person or the coach. The line manager gets a link; other hours void a sign-off."""
    with transaction.atomic():
        track = enter(by, track)
        require(by.pk == user.pk or coaches(by, track.idea))
        if not track.is_open:
            raise ValidationError(_("This track has ended."))
        if not is_in_team(user, track.idea):
            raise ValidationError(_("This person is not in the team."))
        values = {
            "hours": hours,
            "line_manager_name": line_manager_name.strip(),
            "line_manager_email": line_manager_email.strip().lower(),
        }
        _refuse_own_signature(track, line_manager_email.strip().lower())
        agreement = Agreement.objects.select_for_update().filter(track=track, user=user).first()
        if agreement is None:
            agreement = Agreement(track=track, user=user, **values)
            agreement.full_clean()
            agreement.save()
            record_creation(by, "agree_hours", agreement)
        elif all(getattr(agreement, name) == value for name, value in values.items()):
            return agreement
        else:
            with change(by, "agree_hours", agreement):
                for name, value in values.items():
                    setattr(agreement, name, value)
                _void(agreement)
                agreement.full_clean()
                agreement.save()
        _mail_line_manager(agreement)
    return agreement


def send_link_again(*, by: User, agreement: Agreement) -> Agreement:
    """Mail the line manager once more; the new link is good for another 30 days."""
    with transaction.atomic():
        track = enter(by, agreement.track)
        require(by.pk == agreement.user_id or coaches(by, track.idea))
        agreement = Agreement.objects.select_related("user", "track").get(pk=agreement.pk)
        if agreement.is_signed:
            raise ValidationError(_("The line manager agreed already."))
        _mail_line_manager(agreement)
    return agreement


def ask_hours_again(by: User, track: Track) -> None:
    """Other dates: nobody agreed with those, so every line manager gets a new link. The old one is void.

    Takes the rows before anything is logged, as the answer of a line manager does: two orders of locks can deadlock.
    """
    members = set(track.idea.members.exclude(user=None).values_list("user_id", flat=True))
    agreements = Agreement.objects.select_for_update(of=("self",)).select_related("user").filter(track=track)
    for agreement in list(agreements):
        agreement.track = track
        with change(by, "void_sign_off", agreement):
            _void(agreement)
            agreement.save()
        if agreement.user_id in members:
            _mail_line_manager(agreement)


def sign_off_hours(*, token: str, agrees: bool) -> Agreement:
    """What a line manager answers by the link. The same answer again changes nothing.

    Errors: ValidationError for a link that is not ours, is too old, or is about hours that changed since.
    """
    with transaction.atomic():
        key = key_in(token)
        agreement = (
            Agreement.objects.select_for_update(of=("self",))
            .select_related("track__idea", "user")
            .filter(link_key=key)
            .order_by("-pk")
            .first()
            if key
            else None
        )
        if agreement is None:
            raise ValidationError(_("This link does not work any more. Ask your colleague for a new one."))
        if not agreement.track.is_open or not is_in_team(agreement.user, agreement.track.idea):
            raise ValidationError(_("Your answer is no longer needed: this has ended."))
        answer = Agreement.SignOff.AGREED if agrees else Agreement.SignOff.REFUSED
        if agreement.sign_off == answer:
            return agreement
        with change(LINE_MANAGER, "answer_hours", agreement):
            agreement.sign_off, agreement.signed_at = answer, timezone.now()
            agreement.full_clean()
            agreement.save()
    return agreement


def give_pulse(*, by: User, track: Track, hours: int | None = None, load: int | None = None) -> Pulse:
    """Say of this week how many hours it took, or how heavy it was. Until Sunday you can change it."""
    with transaction.atomic():
        track = enter(by, track)
        require(is_in_team(by, track.idea), _("Only someone in the team says how the own week was."))
        require_running(track)
        if (hours is None) == (load is None):
            raise ValidationError(_("Press one button at a time."))
        if (hours is not None and hours not in HOUR_STEPS) or (load is not None and load not in Pulse.Load.values):
            raise ValidationError(_("Choose one of the buttons."))
        week = monday(timezone.localdate())
        given = Pulse.objects.select_for_update().filter(track__in=with_earlier(track), user=by, week=week)
        pulse = given.order_by("-pk").first()
        if pulse is None:
            pulse = Pulse(track=track, user=by, week=week, hours=hours, load=load)
            pulse.full_clean()
            pulse.save()
            record_creation(SOMEONE, "give_pulse", pulse)
            return pulse
        said = {name: value for name, value in (("hours", hours), ("load", load)) if value is not None}
        if all(getattr(pulse, name) == value for name, value in said.items()):
            return pulse
        change_values(SOMEONE, "give_pulse", pulse, said)
    return pulse


def carry_over_hours(by: User, track: Track, following: Track) -> None:
    """After a pivot: the hours and what the line manager said of them. A link that was sent keeps working."""
    members = set(following.idea.members.exclude(user=None).values_list("user_id", flat=True))
    copied = [
        Agreement.objects.create(
            track=following,
            user_id=old.user_id,
            hours=old.hours,
            line_manager_name=old.line_manager_name,
            line_manager_email=old.line_manager_email,
            sign_off=old.sign_off,
            signed_at=old.signed_at,
            link_key=old.link_key,
        )
        for old in Agreement.objects.filter(track=track)
        if old.user_id in members
    ]
    record_creation(by, "carry_over_hours", *copied)


def _refuse_own_signature(track: Track, address: str) -> None:
    """A sign-off by the team itself, or its coach, says nothing."""
    own = set(track.idea.members.exclude(user=None).values_list("user__email", flat=True))
    if track.idea.coach is not None:
        own.add(track.idea.coach.email)
    if address in {email.lower() for email in own}:
        raise ValidationError(
            {"line_manager_email": _("This is someone of the team or the coach. Fill in the line manager.")}
        )


def _void(agreement: Agreement) -> None:
    """What was signed no longer holds, and the link that was sent no longer works."""
    agreement.sign_off, agreement.signed_at = Agreement.SignOff.WAITING, None
    agreement.link_key = uuid.uuid4()


def _mail_line_manager(agreement: Agreement) -> None:
    """In Dutch, because the line manager chose no language."""
    with override("nl"):
        subject = _("Do you agree with the hours of %(name)s?") % {"name": agreement.user.name}
        text = _(
            "Dear %(manager)s,\n\n%(name)s is in a team that works out an idea of the municipality. For that %(name)s "
            "wants to use %(hours)s hours a week, from %(first)s until %(last)s. Read more and answer here. You need "
            "no account:\n\n%(link)s\n\nThe link works for 30 days."
        ) % {
            "manager": agreement.line_manager_name,
            "name": agreement.user.name,
            "hours": agreement.hours,
            "first": f"{agreement.track.starts_on:%d-%m-%Y}",
            "last": f"{agreement.track.ends_on:%d-%m-%Y}",
            "link": link_of(agreement),
        }
    address = agreement.line_manager_email
    transaction.on_commit(lambda: send_mail(subject, text, None, [address]), robust=True)
