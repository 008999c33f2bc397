# SPDX-License-Identifier: EUPL-1.2
"""Publishing what was learned, after a check on personal data; and taking it back."""

import uuid
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.discipline.validation.models import Assumption
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change, record_creation
from beproefd.ground.audit.chain import canonical, sha256
from beproefd.ground.personal_data import Flag, spread

from ..exchange import Entry, FormatError, Library, entry_document, read, texts, write
from ..models import Publication
from ..queries.library import entry_of_assumption, names_around, public_id, worded
from ..rules import can_publish, tied_idea_ids
from .doors import need

Found = tuple[str, Flag]  # where, and what


class FlaggedError(ValidationError):
    """Something may be personal data, and nobody has said why it may stay. `found`: where and what."""

    def __init__(self, found: Iterable[Found]) -> None:
        self.found = list(found)
        super().__init__(
            _(
                "This may say who someone is. Change the text, or say for each of them why it may stay. Nothing was saved."
            )
        )


def flag_key(where: str, flag: Flag) -> str:
    """By what name a confirmation is given: the same text at the same place is confirmed once."""
    return sha256(canonical([where, flag.kind, flag.text]))[:16]


def confirm_flags(found: Iterable[Found], confirmed: Mapping[str, str]) -> str:
    """What was confirmed and why, as it is kept. Raises FlaggedError as long as one has no reason."""
    found = list({flag_key(where, flag): (where, flag) for where, flag in found}.values())
    left = [(where, flag) for where, flag in found if not confirmed.get(flag_key(where, flag), "").strip()]
    if left:
        raise FlaggedError(found)
    return canonical(
        [
            {
                "where": where,
                "kind": flag.kind,
                "text": flag.text,
                "reason": confirmed[flag_key(where, flag)].strip()[:300],
            }
            for where, flag in found
        ]
    )


def publish_entry(
    *,
    by: User,
    assumption: Assumption,
    statement: str,
    learning: str,
    target_group: str,
    confirmed: Mapping[str, str],
    request_key: uuid.UUID | None = None,
) -> Publication:
    """Put an entry on the public page in these words; newer words take the place of older ones.

    `confirmed`: per flag of the personal-data check (flag_key) why it may stay. The same key, the same publication.
    """
    with transaction.atomic():
        require(bool(can_publish(by)) and assumption.idea_id not in tied_idea_ids(by))
        assumption = Assumption.objects.select_for_update(of=("self",)).get(pk=assumption.pk)
        sent = Publication.objects.filter(assumption=assumption, request_key=request_key) if request_key else None
        existing = sent.first() if sent is not None else None
        if existing:
            return existing
        known = entry_of_assumption(assumption)
        if known is None:
            raise ValidationError(_("This assumption was not tested, so there is nothing to publish."))
        entry = worded(
            known,
            statement=need(statement, _("Write the assumption in words for everyone."), "statement"),
            learning=learning,
            target_group=target_group,
        )
        _check_format(entry)
        reasons = confirm_flags(spread(texts(entry), **names_around(assumption)), confirmed)
        document = canonical(entry_document(entry))
        now = timezone.now()
        live = Publication.objects.select_for_update(of=("self",)).filter(assumption=assumption, unpublished_at=None)
        for older in live:
            if older.document == document:
                return older
            _take_back(by, older, _("Newer words took its place."))
        publication = Publication(
            assumption=assumption,
            public_id=public_id(assumption),
            document=document,
            outcome=entry.outcome,
            confirmed=reasons,
            published_by=by,
            published_at=now,
            request_key=request_key or uuid.uuid4(),
        )
        publication.full_clean()
        publication.save()
        record_creation(by, "publish_learning", publication, id=entry.id, sha256=sha256(document))
    return publication


def unpublish_entry(*, by: User, assumption: Assumption, reason: str) -> Publication | None:
    """Take an entry off the public page and out of the export, with a reason. Harmless when it is not public."""
    with transaction.atomic():
        require(bool(can_publish(by)) and assumption.idea_id not in tied_idea_ids(by))
        publication = (
            Publication.objects.select_for_update(of=("self",))
            .filter(assumption=assumption, unpublished_at=None)
            .first()
        )
        if publication:
            _take_back(by, publication, need(reason, _("Say why this is taken back.")))
    return publication


def _take_back(by: User, publication: Publication, reason: str) -> None:
    with change(by, "unpublish_learning", publication):
        publication.unpublished_by, publication.unpublish_reason = by, reason
        publication.unpublished_at = max(timezone.now(), publication.published_at)
        publication.full_clean()
        publication.save()


def _check_format(entry: Entry) -> None:
    """What is published can always be read by others: it goes through the reader of the format first."""
    try:
        read(write(Library("-", "", (entry,))).encode("utf-8", "surrogatepass"))
    except FormatError as problems:
        raise ValidationError(
            {
                (name if name in {"statement", "learning", "target_group"} else "statement"): problem.what
                for problem in problems.problems
                for name in [problem.path.rpartition(".")[2]]
            }
        ) from problems
