# SPDX-License-Identifier: EUPL-1.2
"""Learning cards, and the idea canvas with its history."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .evidence import Evidence
from .register import BY_NUMBER, NUMBERED, Assumption, OfIdea


class LearningCard(OfIdea):
    """We believed, we saw, so we learned, therefore we will. Written once; a better insight is a new card."""

    LETTER = "L"

    class Decision(models.TextChoices):
        """What the team does with it."""

        CONTINUE = "continue", _("Go on with this idea")
        PIVOT = "pivot", _("Pivot: go on with a changed idea")
        PARK = "park", _("Park: wait for now")
        STOP = "stop", _("Stop")

    believed = models.CharField(_("we believed that"), max_length=600)
    observed = models.CharField(_("we saw"), max_length=1000)
    learned = models.CharField(_("so we learned that"), max_length=1000)
    therefore = models.CharField(_("therefore we will"), max_length=1000)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision.choices)
    assumptions = models.ManyToManyField(Assumption, related_name="learning_cards")
    evidence = models.ManyToManyField(Evidence, related_name="learning_cards")

    class Meta:
        ordering = BY_NUMBER
        constraints = (
            *NUMBERED,
            models.CheckConstraint(
                condition=Q(decision__in=("continue", "pivot", "park", "stop")), name="validation_decision_known"
            ),
        )


class CanvasRevision(OfIdea):
    """The idea on one page, at one moment. Every revision after the first points to the evidence that caused it."""

    LETTER = "C"

    class Cause(models.TextChoices):
        """Why it changed."""

        FIRST = "first", _("First version")
        EVIDENCE = "evidence", _("Evidence showed it")
        WORDING = "wording", _("Only the wording; the idea stays the same")

    problem = models.CharField(_("problem"), max_length=1000, blank=True)
    target_group = models.CharField(_("target group"), max_length=600, blank=True)
    solution = models.CharField(_("solution"), max_length=1000, blank=True)
    value = models.CharField(_("value for residents"), max_length=1000, blank=True)
    means = models.CharField(_("mix of existing means"), max_length=1000, blank=True)
    costs = models.CharField(_("costs"), max_length=1000, blank=True)
    risks = models.CharField(_("risks"), max_length=1000, blank=True)
    cause = models.CharField(_("why does it change?"), max_length=8, choices=Cause.choices)
    explanation = models.CharField(_("what changed, in one sentence"), max_length=500, blank=True)
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="canvas_revisions")

    class Meta:
        ordering = BY_NUMBER
        constraints = (
            *NUMBERED,
            models.CheckConstraint(
                condition=Q(cause__in=("first", "evidence", "wording")), name="validation_cause_known"
            ),
            models.CheckConstraint(condition=~Q(cause="first") | Q(number=1), name="validation_first_canvas_is_first"),
        )


CANVAS_FIELDS = ("problem", "target_group", "solution", "value", "means", "costs", "risks")
