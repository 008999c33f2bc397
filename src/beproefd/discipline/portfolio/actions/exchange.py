# SPDX-License-Identifier: EUPL-1.2
"""Taking in what another municipality learned: all of a file or nothing."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change, change_all, record_creation
from beproefd.ground.audit.chain import canonical, sha256
from beproefd.ground.personal_data import spread

from ..exchange import Entry, FormatError, Library, entry_document, read, texts
from ..models import ImportedEntry, ImportedLibrary, Publication
from ..rules import can_publish
from .library import Found, confirm_flags


@dataclass(frozen=True)
class Taken:
    """What an import did."""

    library: ImportedLibrary
    added: int
    changed: int
    unchanged: int
    gone: int


def import_library(*, by: User, raw: bytes, confirmed: Mapping[str, str]) -> Taken:
    """Take in a file of another municipality. The same file again changes nothing.

    A file holds everything its makers publish, so what is no longer in it is no longer shown. `confirmed`: per flag of
    the personal-data check (flag_key) why it may stay. Errors: ValidationError, FlaggedError; then nothing is taken.
    """
    require(bool(can_publish(by)))
    try:
        library = read(raw)
    except FormatError as problems:
        raise ValidationError([str(problem) for problem in problems.problems]) from problems
    ids = [uuid.UUID(entry.id) for entry in library.entries]
    reasons = confirm_flags(found_in(library), confirmed)
    with transaction.atomic():
        if _any_of_ours(ids):
            raise ValidationError(_("This file holds entries of our own library. It was not made by someone else."))
        kept = _library(by, library, sha256(raw.decode()), reasons)
        return _entries(by, kept, library.entries)


def found_in(library: Library) -> list[Found]:
    """What in a file may be personal data, with the path of the field."""
    named = [("municipality", library.municipality)]
    for place, entry in enumerate(library.entries):
        named += [(f"entries[{place}].{name}", text) for name, text in texts(entry)]
    return spread(named, known=[settings.ORGANISATION])


def _any_of_ours(ids: Sequence[uuid.UUID]) -> bool:
    ours = set(Publication.objects.values_list("public_id", flat=True))
    return any(one in ours for one in ids)


def _library(by: User, library: Library, digest: str, reasons: str) -> ImportedLibrary:
    kept = ImportedLibrary.objects.select_for_update(of=("self",)).filter(municipality=library.municipality).first()
    if kept is None:
        kept = ImportedLibrary(
            municipality=library.municipality,
            as_of=library.as_of,
            digest=digest,
            confirmed=reasons,
            imported_by=by,
            imported_at=timezone.now(),
        )
        kept.full_clean()
        kept.save()
        record_creation(by, "import_library", kept, file=digest)
    elif library.as_of < kept.as_of:
        raise ValidationError(
            _("A newer file of %(municipality)s was taken in already. Nothing was changed.")
            % {"municipality": library.municipality}
        )
    elif kept.digest != digest:
        with change(by, "import_library", kept, file=digest):
            kept.as_of, kept.digest, kept.confirmed = library.as_of, digest, reasons
            kept.imported_by, kept.imported_at = by, timezone.now()
            kept.full_clean()
            kept.save()
    return kept


def _entries(by: User, kept: ImportedLibrary, entries: Sequence[Entry]) -> Taken:
    known = {row.public_id: row for row in ImportedEntry.objects.select_for_update(of=("self",)).filter(library=kept)}
    fresh: list[ImportedEntry] = []
    newer: dict[ImportedEntry, Entry] = {}
    for entry in entries:
        row = known.pop(uuid.UUID(entry.id), None)
        document = canonical(entry_document(entry))
        if row is None:
            fresh.append(
                ImportedEntry(library=kept, public_id=uuid.UUID(entry.id), document=document, outcome=entry.outcome)
            )
        elif row.document != document or row.gone_at is not None:
            newer[row] = entry
    with change_all(by, "import_newer_entry", list(newer)):
        for row, entry in newer.items():
            row.document, row.outcome, row.gone_at = canonical(entry_document(entry)), entry.outcome, None
            row.save()
    made = ImportedEntry.objects.bulk_create(fresh, batch_size=500)
    record_creation(by, "import_entry", *made)
    gone = [row for row in known.values() if row.gone_at is None]
    with change_all(by, "drop_imported_entry", gone):
        for row in gone:
            row.gone_at = timezone.now()
            row.save(update_fields=["gone_at"])
    return Taken(kept, len(fresh), len(newer), len(entries) - len(fresh) - len(newer), len(gone))
