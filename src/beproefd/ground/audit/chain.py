# SPDX-License-Identifier: EUPL-1.2
"""Digests of rows and the hash that links one entry to the one before (pure functions over values, plus bulk reading)."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

from .models import Audited, Entry

CHUNK = 500


def canonical(value: Any) -> str:
    """JSON that is the same for the same content: sorted keys, no spaces, plain UTF-8 (compare RFC 8785)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def sha256(text: str) -> str:
    """Hexadecimal SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def link(entry: Entry) -> str:
    """The hash of an entry over everything it says and the hash of the one before."""
    return sha256(
        canonical(
            [
                entry.sequence,
                entry.at,
                entry.actor,
                entry.action,
                entry.subject,
                entry.before,
                entry.after,
                entry.detail,
                entry.previous_hash,
            ]
        )
    )


def digest(subject: Audited) -> str:
    """SHA-256 over the row as the database holds it now; empty when there is no such row."""
    return digests(type(subject), [subject.pk]).get(subject.pk, "")


def digests(model: type[Audited], pks: Collection[Any] | None = None) -> dict[Any, str]:
    """Digest per primary key, in one query plus one per relation in AUDIT_WITH. `pks=None` means all rows."""
    rows = _rows(model, "pk", pks)
    children: dict[str, dict[Any, list[Any]]] = {}
    for name in model.AUDIT_WITH:
        child = getattr(model, name).rel  # the reverse side of a foreign key
        children[name] = defaultdict(list)
        for row in _rows(child.related_model, child.field.attname, pks).values():
            children[name][row[child.field.attname]].append(row)
    return {
        pk: sha256(canonical([model._meta.label_lower, row, {n: by[pk] for n, by in children.items() if pk in by}]))  # noqa: SLF001
        for pk, row in rows.items()
    }


def _rows(model: type[models.Model], key: str, values: Collection[Any] | None) -> dict[Any, dict[str, Any]]:
    """What stands in the rows, by primary key.

    A field that still holds its empty default (nothing, "", [], no, 0) is left out: a field that a later version of the
    product adds says nothing about older rows, so what the log holds of them stays true (docs/decisions/0001).
    """
    empty = {f.attname: f.get_default() for f in model._meta.concrete_fields if f.has_default() or f.null or f.blank}  # noqa: SLF001
    empty = {name: value for name, value in empty.items() if not value}

    def said(row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name not in empty or value != empty[name]}

    rows = model._base_manager.order_by("pk")  # noqa: SLF001 -- Django's documented meta API
    names = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001
    pk_name = model._meta.pk.attname  # noqa: SLF001
    if values is None:
        return {row[pk_name]: said(row) for row in rows.values(*names).iterator(chunk_size=CHUNK)}
    found: dict[Any, dict[str, Any]] = {}
    wanted = list(values)
    for start in range(0, len(wanted), CHUNK):
        part = rows.filter(**{f"{key}__in": wanted[start : start + CHUNK]})
        found |= {row[pk_name]: said(row) for row in part.values(*names)}
    return found
