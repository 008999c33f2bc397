# SPDX-License-Identifier: EUPL-1.2
"""Objections, answers, and the one joint decision with a first action (lesson 1)."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beproefd.discipline.validation.models import Evidence
from beproefd.discipline.validation.models.register import BY_NUMBER, NUMBERED, OfIdea
from beproefd.ground.audit.models import Audited

FIRST_ACTION_WITHIN = timedelta(days=7)


class Objection(OfIdea):
    """Something someone has against it. Never thrown away: it is answered, and decided on together."""

    LETTER = "O"

    class Kind(models.TextChoices):
        """The two that every new idea hears, and the rest."""

        EXISTS = "exists", _("That already exists")
        NEVER = "never", _("That will never work")
        OTHER = "other", _("Something else")

    kind = models.CharField(_("what is the objection?"), max_length=6, choices=Kind.choices)
    text = models.CharField(_("tell more"), max_length=600, help_text=_("Why do you think so? What did you see?"))

    class Meta:
        ordering = BY_NUMBER
        constraints = (
            *NUMBERED,
            models.CheckConstraint(condition=Q(kind__in=("exists", "never", "other")), name="tracks_objection_known"),
            models.CheckConstraint(condition=~Q(text=""), name="tracks_objection_says_something"),
        )


class Reply(Audited):
    """An answer. With evidence it rests on something; without, it is an opinion and is marked as one."""

    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="replies")
    text = models.CharField(_("your answer"), max_length=600)
    rests_on_evidence = models.BooleanField(default=False)
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    request_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="tracks_reply_says_something"),)

    def __str__(self) -> str:
        return self.text


class Resolution(Audited):
    """The one decision the team takes together, who does the first thing, and when. Only the done-tick can change."""

    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, related_name="resolution")
    decision = models.CharField(_("what do we decide together?"), max_length=600)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who does it?")
    )
    first_action = models.CharField(_("what is the first thing to do?"), max_length=300)
    due_on = models.DateField(_("done by"), help_text=_("Within seven days."))
    done_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("due_on", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(decision="") & ~Q(first_action=""), name="tracks_resolution_is_whole"),
        )

    def __str__(self) -> str:
        return self.first_action

    @property
    def is_overdue(self) -> bool:
        """The date has passed and it is not done."""
        return self.done_at is None and self.due_on < timezone.localdate()
