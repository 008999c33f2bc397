# SPDX-License-Identifier: EUPL-1.2
"""The door through which everything that happens enters the log."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone

from .chain import digest, digests, link
from .models import Audited, Entry, Head


@contextmanager
def change(actor: Any, action: str, subject: Audited, **detail: Any) -> Iterator[None]:
    """Log what the block does to `subject`: one transaction, digests taken before and after, the entry last."""
    with transaction.atomic():
        before = digest(subject) if subject.pk else ""
        yield
        _append(actor, action, [(subject.audit_key, before, digest(subject))], detail)


def change_values(actor: Any, action: str, subject: Audited, values: Mapping[str, Any]) -> None:
    """Give `subject` these values, check it, save it and log it. Errors: ValidationError, and then nothing is saved."""
    with change(actor, action, subject):
        for name, value in values.items():
            setattr(subject, name, value)
        subject.full_clean()
        subject.save()


@contextmanager
def change_all(actor: Any, action: str, subjects: Collection[Audited], **detail: Any) -> Iterator[None]:
    """Log what the block does to rows of one kind: one entry each, in the same few queries however many there are."""
    kinds = {type(subject) for subject in subjects}
    with transaction.atomic():
        pks = [subject.pk for subject in subjects]
        before = {pk: value for kind in kinds for pk, value in digests(kind, pks).items()}
        yield
        after = {pk: value for kind in kinds for pk, value in digests(kind, pks).items()}
        lines = [(row.audit_key, before.get(row.pk, ""), after.get(row.pk, "")) for row in subjects]
        if lines:
            _append(actor, action, lines, detail)


def record_creation(actor: Any, action: str, *subjects: Audited, **detail: Any) -> None:
    """Log rows that were just made (one kind of row per call), inside the caller's transaction."""
    if subjects:
        now = digests(type(subjects[0]), [subject.pk for subject in subjects])
        _append(actor, action, [(subject.audit_key, "", now[subject.pk]) for subject in subjects], detail)


def record_event(actor: Any, action: str, about: str, **detail: Any) -> None:
    """Log something that happened to what is kept outside the audited rows, such as an account being closed."""
    _append(actor, action, [(about, "", "")], detail)


def _append(actor: Any, action: str, lines: list[tuple[str, str, str]], detail: dict[str, Any]) -> None:
    """Add one entry per (subject, before, after) behind the last link, which stays locked until the commit."""
    with transaction.atomic():
        Head.objects.get_or_create(pk=1)
        head = Head.objects.select_for_update().get(pk=1)
        at = timezone.now()
        entries = []
        for subject, before, after in lines:
            entry = Entry(
                sequence=head.sequence + 1,
                at=at,
                actor=getattr(actor, "audit_key", None) or str(actor),
                action=action,
                subject=subject,
                before=before,
                after=after,
                detail=detail,
                previous_hash=head.hash,
            )
            entry.hash = link(entry)
            head.sequence, head.hash = entry.sequence, entry.hash
            entries.append(entry)
        Entry.objects.bulk_create(entries, batch_size=500)
        head.save(update_fields=["sequence", "hash"])
