# SPDX-License-Identifier: EUPL-1.2
"""The assumption register: what must be true for the idea to work."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beproefd.discipline.ideas.models import Idea
from beproefd.ground.audit.models import Audited

NUMBERED = (models.UniqueConstraint(fields=("idea", "number"), name="%(app_label)s_%(class)s_number_once"),)
BY_NUMBER = ("idea", "number")


class OfIdea(Audited):
    """Something numbered within an idea. People call it by its letter and number: A3 is the third assumption."""

    LETTER: ClassVar[str] = ""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="%(class)ss")
    number = models.PositiveIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    request_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True
        ordering = ("idea", "number")
        constraints = (models.UniqueConstraint(fields=("idea", "number"), name="%(app_label)s_%(class)s_number_once"),)

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"{self.LETTER}{self.number}"


class TargetGroup(Audited):
    """A group the idea is for. Without evidence from the group itself, the pages say so."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="target_groups")
    name = models.CharField(
        _("target group"), max_length=80, help_text=_("For example: people with a mild intellectual disability.")
    )

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("idea", "name"), name="validation_target_group_once"),)

    def __str__(self) -> str:
        return self.name


class Assumption(OfIdea):
    """Something that must be true for the idea to work, and of which we are not sure."""

    LETTER = "A"

    class Kind(models.TextChoices):
        """What it is about."""

        DESIRABLE = "desirable", _("Desirable: do people want it?")
        FEASIBLE = "feasible", _("Feasible: can it be made?")
        VIABLE = "viable", _("Viable: can it be kept up and paid for?")
        LAWFUL = "lawful", _("Lawful and ethical: may it, is it right?")
        PARTNER = "partner", _("Partner: will others join in?")
        SCALING = "scaling", _("Scaling: does it work elsewhere too?")

    class Importance(models.IntegerChoices):
        """What happens to the idea when it is not true."""

        DETAIL = 1, _("1: hardly matters")
        SMALL = 2, _("2: a small change")
        CHANGE = 3, _("3: the idea changes")
        LARGE = 4, _("4: the idea changes a lot")
        CRITICAL = 5, _("5: without this the idea fails")

    class Belief(models.IntegerChoices):
        """How likely the team thought it, before any evidence (weighing.BELIEFS holds the chances)."""

        HARDLY = 1, _("probably not true")
        RATHER_NOT = 2, _("rather not true")
        NO_IDEA = 3, _("no idea: it could go either way")
        RATHER = 4, _("rather true")
        LIKELY = 5, _("probably true")

    statement = models.CharField(
        _("we believe that"),
        max_length=400,
        help_text=_("One thing, in one sentence. It must be possible to be wrong."),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    importance = models.PositiveSmallIntegerField(_("importance"), choices=Importance.choices)
    belief = models.PositiveSmallIntegerField(
        _("how likely is it, before any test?"), choices=Belief.choices, default=Belief.NO_IDEA
    )
    effort_days = models.PositiveSmallIntegerField(
        _("days of work to test it"), default=2, help_text=_("A rough guess. Talking to five people is about one day.")
    )
    alternative = models.CharField(
        _("or is it rather that"),
        max_length=400,
        blank=True,
        help_text=_("A different explanation that you also think possible."),
    )
    group = models.ForeignKey(
        TargetGroup,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assumptions",
        verbose_name=_("about which group"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who follows it"),
    )
    retired_reason = models.CharField(_("why it no longer matters"), max_length=400, blank=True)
    inherited_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="heirs")

    class Meta:
        ordering = BY_NUMBER
        constraints = (
            *NUMBERED,
            models.CheckConstraint(
                condition=Q(kind__in=("desirable", "feasible", "viable", "lawful", "partner", "scaling")),
                name="validation_assumption_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(importance__range=(1, 5)), name="validation_assumption_importance_1_to_5"
            ),
            models.CheckConstraint(condition=Q(belief__range=(1, 5)), name="validation_assumption_belief_1_to_5"),
            models.CheckConstraint(
                condition=Q(effort_days__range=(1, 60)), name="validation_assumption_effort_1_to_60"
            ),
        )

    @property
    def is_open(self) -> bool:
        """Whether it still counts."""
        return not self.retired_reason


class Override(Audited):
    """A team sets aside the computed status, with a reason. Taking it back leaves the trace."""

    assumption = models.ForeignKey(Assumption, on_delete=models.PROTECT, related_name="overrides")
    status = models.CharField(_("status"), max_length=10)
    reason = models.CharField(_("reason"), max_length=500)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("assumption",), condition=Q(lifted_at=None), name="validation_one_override_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(status__in=("open", "supported", "refuted", "mixed")),
                name="validation_override_status_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="validation_override_has_reason"),
        )

    def __str__(self) -> str:
        return self.status
