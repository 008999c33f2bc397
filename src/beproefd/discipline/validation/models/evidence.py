# SPDX-License-Identifier: EUPL-1.2
"""The evidence log: what was seen or read, where it comes from, and what it says about which assumptions."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beproefd.ground.audit.models import Audited

from .cards import TestCard
from .register import BY_NUMBER, NUMBERED, Assumption, OfIdea, TargetGroup


class Evidence(OfIdea):
    """One thing seen, heard or read. Wrong? Then it is taken out with a reason, and stays visible as taken out."""

    LETTER = "B"

    class Source(models.TextChoices):
        """Where it comes from."""

        TARGET_GROUP = "target", _("The target group")
        PARTNER = "partner", _("A partner")
        DESK = "desk", _("Desk research: a report, figures, a publication")

    class Strength(models.IntegerChoices):
        """How firm it is (weighing.FACTORS holds how much it counts)."""

        SAID = 1, _("1: someone said it")
        SEEN = 2, _("2: we saw someone do it")
        MEASURED = 3, _("3: measured with several people")
        TESTED = 4, _("4: outcome of a test that was locked beforehand")

    text = models.CharField(_("what did you see, hear or read?"), max_length=1000)
    source = models.CharField(_("from whom?"), max_length=8, choices=Source.choices)
    strength = models.PositiveSmallIntegerField(_("how firm is it?"), choices=Strength.choices)
    group = models.ForeignKey(
        TargetGroup,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
        verbose_name=_("target group"),
    )
    place = models.CharField(_("neighbourhood"), max_length=60, blank=True)
    people = models.PositiveIntegerField(_("number of people"), default=1)
    seen_on = models.DateField(_("date"))
    source_title = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("For desk research: title, author, year.")
    )
    source_url = models.URLField(_("web address of the source"), max_length=500, blank=True)
    card = models.OneToOneField(TestCard, null=True, blank=True, on_delete=models.PROTECT, related_name="evidence")
    retracted_at = models.DateTimeField(null=True, blank=True)
    retracted_reason = models.CharField(_("why is it taken out?"), max_length=500, blank=True)
    assumptions = models.ManyToManyField(Assumption, through="EvidenceLink", related_name="evidence")

    class Meta:
        ordering = BY_NUMBER
        constraints = (
            *NUMBERED,
            models.CheckConstraint(
                condition=Q(source__in=("target", "partner", "desk")), name="validation_evidence_source_known"
            ),
            models.CheckConstraint(condition=Q(people__gte=1), name="validation_evidence_of_someone"),
            models.CheckConstraint(condition=Q(strength__range=(1, 4)), name="validation_evidence_strength_1_to_4"),
            models.CheckConstraint(
                condition=~Q(source="desk") | ~Q(source_title=""), name="validation_desk_research_names_source"
            ),
            models.CheckConstraint(condition=~Q(strength=4) | Q(card__isnull=False), name="validation_tested_has_test"),
            models.CheckConstraint(
                condition=Q(retracted_at=None) | ~Q(retracted_reason=""), name="validation_retracted_with_reason"
            ),
        )


class EvidenceLink(Audited):
    """What a piece of evidence says about an assumption."""

    class Direction(models.TextChoices):
        """Which way it points."""

        SUPPORTS = "supports", _("supports it")
        CONTRADICTS = "contradicts", _("contradicts it")
        UNCLEAR = "unclear", _("unclear")

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="links")
    assumption = models.ForeignKey(Assumption, on_delete=models.PROTECT, related_name="evidence_links")
    direction = models.CharField(max_length=11, choices=Direction.choices)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("evidence", "assumption"), name="validation_evidence_counts_once"),
            models.CheckConstraint(
                condition=Q(direction__in=("supports", "contradicts", "unclear")), name="validation_direction_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.evidence} {self.direction} {self.assumption}"
