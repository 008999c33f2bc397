# SPDX-License-Identifier: EUPL-1.2
"""The log's entries, and the base class of everything whose changes must be in it."""

from typing import ClassVar

from django.db import models


class Audited(models.Model):
    """A model whose every change is logged; `beproefd audit verify` compares its rows with the log."""

    AUDIT_WITH: ClassVar[tuple[str, ...]] = ()
    """Names of reverse relations whose rows belong to this one and are part of its digest."""

    class Meta:
        abstract = True

    @property
    def audit_key(self) -> str:
        """How the log names this row, for example `challenges.criteriaset:5`."""
        return f"{self._meta.label_lower}:{self.pk}"


class Entry(models.Model):
    """One thing that happened. It holds digests, not contents: the log outlives the personal data it is about."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    action = models.CharField(max_length=100)
    subject = models.CharField(max_length=150, db_index=True)
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("sequence",)
        constraints = (
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="audit_entry_sequence_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.subject}"


class Head(models.Model):
    """The last link. Locked while an entry is added, so that the chain never forks; shows when the tail was cut off."""

    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="audit_head_is_one_row"),)
