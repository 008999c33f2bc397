# SPDX-License-Identifier: EUPL-1.2
"""Hours agreed and hours real (lesson 6). Read only by the team and its coach; never a measure of performance.

The rows carry a random `salt`, so that a digest in the log cannot be guessed back to hours.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beproefd.ground.audit.models import Audited

from .track import Track

FULL_TIME = 32
"""Fewer agreed hours a week than this is part-time."""


class Agreement(Audited):
    """How many hours a week someone may work on it, and what the line manager says. New hours void the sign-off."""

    class SignOff(models.TextChoices):
        """What the line manager says."""

        WAITING = "waiting", _("Waiting for the line manager")
        AGREED = "agreed", _("Line manager agrees")
        REFUSED = "refused", _("Line manager does not agree")

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="agreements")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    hours = models.PositiveSmallIntegerField(
        _("hours a week"), help_text=_("On average, in your working time. Innovating goes best full-time.")
    )
    line_manager_name = models.CharField(_("name of your line manager"), max_length=120)
    line_manager_email = models.EmailField(
        _("e-mail address of your line manager"),
        help_text=_("Your line manager gets one e-mail with a link, and needs no account."),
    )
    sign_off = models.CharField(max_length=8, choices=SignOff.choices, default=SignOff.WAITING)
    signed_at = models.DateTimeField(null=True, blank=True)
    link_key = models.UUIDField(default=uuid.uuid4, editable=False)
    salt = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("track", "user"), name="tracks_hours_agreed_once"),
            models.CheckConstraint(
                condition=Q(sign_off__in=("waiting", "agreed", "refused")), name="tracks_sign_off_known"
            ),
            models.CheckConstraint(condition=Q(hours__range=(1, 40)), name="tracks_hours_1_to_40"),
            models.CheckConstraint(
                condition=Q(sign_off="waiting", signed_at=None) | (~Q(sign_off="waiting") & Q(signed_at__isnull=False)),
                name="tracks_signed_has_time",
            ),
        )

    def __str__(self) -> str:
        return self.get_sign_off_display()

    @property
    def is_signed(self) -> bool:
        """Whether the line manager agreed with these hours."""
        return self.sign_off == self.SignOff.AGREED


class Pulse(Audited):
    """What one person says of one week: hours and how heavy it was. Two taps; can be changed within that week."""

    class Load(models.IntegerChoices):
        """How heavy the week was."""

        EASY = 1, _("Light")
        FINE = 2, _("Good")
        BUSY = 3, _("Busy")
        HEAVY = 4, _("Heavy")
        TOO_MUCH = 5, _("Too heavy")

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="pulses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    week = models.DateField()  # the Monday
    hours = models.PositiveSmallIntegerField(null=True, blank=True)
    load = models.PositiveSmallIntegerField(null=True, blank=True, choices=Load.choices)
    salt = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ("week", "pk")
        constraints = (
            models.UniqueConstraint(fields=("track", "user", "week"), name="tracks_one_pulse_a_week"),
            models.CheckConstraint(condition=Q(load=None) | Q(load__in=(1, 2, 3, 4, 5)), name="tracks_load_known"),
            models.CheckConstraint(
                condition=Q(hours__isnull=False) | Q(load__isnull=False), name="tracks_pulse_says_something"
            ),
            models.CheckConstraint(
                condition=Q(hours=None) | Q(hours__range=(0, 60)), name="tracks_pulse_hours_0_to_60"
            ),
        )

    def __str__(self) -> str:
        return str(self.week)
