# SPDX-License-Identifier: EUPL-1.2
"""What of the learning is public, and what came from other municipalities. The library itself is computed (queries)."""

import json
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from beproefd.discipline.validation.models import Assumption
from beproefd.ground.audit.models import Audited

from ..exchange import Entry, entry_of


class LearningOutcome(models.TextChoices):
    """What a test of an assumption taught."""

    WORKS = "works", _("This holds")
    FAILS = "fails", _("This does not hold, and now we know it")
    MIXED = "mixed", _("It holds for some, not for others")
    UNCLEAR = "unclear", _("Tested, and not clear yet")


class Publication(Audited):
    """One entry on the public page, in the words that were approved. Taken back it stays as a trace."""

    assumption = models.ForeignKey(Assumption, on_delete=models.PROTECT, related_name="publications")
    public_id = models.UUIDField(editable=False)
    document = models.TextField(editable=False)
    outcome = models.CharField(max_length=8, choices=LearningOutcome.choices)
    confirmed = models.TextField(default="[]", editable=False)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    unpublished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unpublished_at = models.DateTimeField(null=True, blank=True)
    unpublish_reason = models.CharField(_("reason"), max_length=500, blank=True)
    request_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ("-published_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("assumption",), condition=Q(unpublished_at=None), name="portfolio_published_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("works", "fails", "mixed", "unclear")), name="portfolio_learning_outcome_known"
            ),
            models.CheckConstraint(condition=~Q(document=""), name="portfolio_publication_says_something"),
            models.CheckConstraint(
                condition=Q(unpublished_at=None, unpublished_by=None)
                | (Q(unpublished_at__gte=F("published_at"), unpublished_by__isnull=False) & ~Q(unpublish_reason="")),
                name="portfolio_taken_back_with_reason",
            ),
        )

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def entry(self) -> Entry:
        """The approved words and figures."""
        return entry_of(json.loads(self.document))


class ImportedLibrary(Audited):
    """The newest file of another municipality."""

    municipality = models.CharField(max_length=120, unique=True)
    as_of = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    confirmed = models.TextField(default="[]", editable=False)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ("municipality",)

    def __str__(self) -> str:
        return self.municipality


class ImportedEntry(Audited):
    """An entry of another municipality, always shown under its name. What they took back is no longer shown."""

    library = models.ForeignKey(ImportedLibrary, on_delete=models.PROTECT, related_name="entries")
    public_id = models.UUIDField()
    document = models.TextField()
    outcome = models.CharField(max_length=8, choices=LearningOutcome.choices)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("library", "public_id")
        constraints = (
            models.UniqueConstraint(fields=("library", "public_id"), name="portfolio_imported_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=("works", "fails", "mixed", "unclear")), name="portfolio_imported_outcome_known"
            ),
        )

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def entry(self) -> Entry:
        """Its words and figures."""
        return entry_of(json.loads(self.document))
