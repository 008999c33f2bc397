# SPDX-License-Identifier: EUPL-1.2
"""Innovation skills serve daily work too (lesson 3). What someone writes here is that person's own."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beproefd.ground.audit.models import Audited

from .track import Cycle, Track


class Skill(models.TextChoices):
    """What one can practise (skill_cards.py says how to use each in daily work)."""

    WIDER = "wider", _("Looking wider")
    UNUSUAL = "unusual", _("Unusual partnerships")
    NETWORK = "network", _("Using your network")
    DARING = "daring", _("Daring to act")
    ASKING = "asking", _("Asking the target group")
    SMALL = "small", _("Making it small")
    EVIDENCE = "evidence", _("Deciding on evidence")
    STOPPING = "stopping", _("Stopping in time")


class Reflection(Audited):
    """What one person practised in one cycle, in one sentence. The salt keeps its digest in the log unguessable."""

    AUDIT_WITH = ("practices",)

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="reflections")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sentence = models.CharField(
        _("one sentence about it"), max_length=300, blank=True, help_text=_("Only you read this.")
    )
    written_on = models.DateField()
    salt = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ("cycle", "pk")
        constraints = (models.UniqueConstraint(fields=("cycle", "user"), name="tracks_reflection_once_a_cycle"),)

    def __str__(self) -> str:
        return str(self.cycle)


class Practice(models.Model):
    """One skill that was practised; part of the digest of its reflection."""

    reflection = models.ForeignKey(Reflection, on_delete=models.CASCADE, related_name="practices")
    skill = models.CharField(max_length=8, choices=Skill.choices)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("reflection", "skill"), name="tracks_practised_once_a_cycle"),
            models.CheckConstraint(
                condition=Q(
                    skill__in=(
                        "wider", "unusual", "network", "daring", "asking", "small", "evidence", "stopping",
                    )
                ),
                name="tracks_skill_known",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.get_skill_display()


class Share(Audited):
    """Someone lets the coach or the team see which skills were practised. Taken back by removing the row.

    The coach is named: a next one sees nothing before being asked. The salt keeps its digest in the log unguessable;
    rows from before there was one have none, so that what the log says of them stays true.
    """

    class Audience(models.TextChoices):
        """Who may see it."""

        COACH = "coach", _("the coach")
        TEAM = "team", _("the team")

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="shares")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=5, choices=Audience.choices)
    coach = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    salt = models.UUIDField(null=True, editable=False)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("track", "user", "audience"), name="tracks_shared_once"),
            models.CheckConstraint(condition=Q(audience__in=("coach", "team")), name="tracks_audience_known"),
            models.CheckConstraint(
                condition=Q(audience="coach", coach__isnull=False) | (~Q(audience="coach") & Q(coach=None)),
                name="tracks_shared_with_a_named_coach",
            ),
        )

    def __str__(self) -> str:
        return self.audience
