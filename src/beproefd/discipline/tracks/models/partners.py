# SPDX-License-Identifier: EUPL-1.2
"""Partners in view (lesson 2): a formal request comes after the idea is concrete, not before."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beproefd.discipline.validation.models.register import BY_NUMBER, NUMBERED, OfIdea


class Partner(OfIdea):
    """An organisation that may join in. The contact is a role, never a name: no personal data."""

    LETTER = "P"

    class Trust(models.IntegerChoices):
        """How well we know each other."""

        STRANGERS = 1, _("1: we do not know each other")
        MET = 2, _("2: we have met")
        TALKED = 3, _("3: good talks")
        WORKED = 4, _("4: worked together before")
        STRONG = 5, _("5: they stand behind us")

    class Timing(models.TextChoices):
        """Whether now is the moment."""

        EARLY = "early", _("Too early")
        NOW = "now", _("Now")
        LATER = "later", _("Later")

    class Stage(models.TextChoices):
        """How far it is."""

        VIEW = "view", _("In view")
        TALKING = "talking", _("Talking")
        ASKED = "asked", _("Asked")
        AGREED = "agreed", _("Joins in")
        DECLINED = "declined", _("Does not join")

    organisation = models.CharField(_("organisation"), max_length=120)
    contact_role = models.CharField(
        _("whom do you talk to? (the role)"), max_length=120, blank=True,
        help_text=_("For example: team leader debt help. No name, telephone number or e-mail address."),
    )  # fmt: skip
    need = models.CharField(_("what do we need from them?"), max_length=400, blank=True)
    gain = models.CharField(_("what do they gain?"), max_length=400, blank=True)
    trust = models.PositiveSmallIntegerField(_("trust"), choices=Trust.choices, default=Trust.STRANGERS)
    timing = models.CharField(_("timing"), max_length=5, choices=Timing.choices, default=Timing.EARLY)
    stage = models.CharField(_("stage"), max_length=8, choices=Stage.choices, default=Stage.VIEW)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = BY_NUMBER
        constraints = (
            *NUMBERED,
            models.CheckConstraint(condition=Q(trust__in=(1, 2, 3, 4, 5)), name="tracks_trust_known"),
            models.CheckConstraint(condition=Q(timing__in=("early", "now", "later")), name="tracks_timing_known"),
            models.CheckConstraint(
                condition=Q(stage__in=("view", "talking", "asked", "agreed", "declined")), name="tracks_stage_known"
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=("asked", "agreed"))
                | (Q(asked_at__isnull=False) & Q(asked_by__isnull=False) & ~Q(need="") & ~Q(gain="")),
                name="tracks_asked_says_what_for",
            ),
        )


NEXT_STAGES = {
    "view": {"talking", "asked", "declined"},
    "talking": {"view", "asked", "declined"},
    "asked": {"agreed", "declined"},
    "agreed": {"declined"},
    "declined": {"talking"},
}
