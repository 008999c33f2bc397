# SPDX-License-Identifier: EUPL-1.2
"""Ideas from a CSV file, row by row: what came in, what was refused and why."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from beproefd.discipline.challenges.models import Challenge
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import is_manager, require
from beproefd.ground.audit.chain import canonical, sha256

from .actions import add_member, start_idea, submit_idea
from .models import VERSION_FIELDS, Idea, TeamMember

COLUMNS = {  # Dutch header in the file -> name in code
    "titel": "title",
    "probleem": "problem",
    "idee": "solution",
    "waarde": "value",
    "bouwstenen": "building_blocks",
    "naam": "name",
    "organisatie": "organisation",
    "soort": "kind",
}
REQUIRED = ("titel", "probleem", "idee", "waarde", "naam", "soort")
KINDS = {
    "gemeente": TeamMember.Kind.MUNICIPALITY,
    "bedrijf": TeamMember.Kind.COMPANY,
    "kennisinstelling": TeamMember.Kind.KNOWLEDGE,
    "start-up": TeamMember.Kind.STARTUP,
    "startup": TeamMember.Kind.STARTUP,
    "bewoner": TeamMember.Kind.RESIDENT,
}
MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 2000


@dataclass(frozen=True)
class RowReport:
    """What happened to one row. `line` counts from 1 and includes the header."""

    line: int
    title: str
    outcome: str  # "taken", "known" or "refused"
    why: str = ""
    idea: Idea | None = None


def import_ideas(*, by: User, challenge: Challenge, content: bytes) -> list[RowReport]:
    """Take in every good row; report each refused one. The same file twice takes nothing in twice.

    Errors: ValidationError when the file as a whole cannot be read; then nothing is taken in.
    """
    require(is_manager(by))
    if not challenge.takes_ideas:
        raise ValidationError(_("Intake is not open. Nothing was taken in."))
    return [_take(by, challenge, line, row) for line, row in _rows(content)]


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(content) > MOST_BYTES:
        raise ValidationError(_("The file is larger than 2 MB. Split it and try again. Nothing was taken in."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(
            _("This is not a text file in UTF-8. Save it as “CSV UTF-8” and try again. Nothing was taken in.")
        ) from None
    if "\0" in text:
        raise ValidationError(_("This is not a CSV file. Nothing was taken in."))
    for_excel = text.lower().startswith("sep=")  # a line before the header, for the spreadsheet itself
    first = text.split("\n", 2)[for_excel : for_excel + 1] or [""]
    delimiter = max(";,\t", key=first[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    csv.field_size_limit(MOST_BYTES)  # a long cell is refused with its own row, by the length a field may have
    if for_excel:
        next(reader)
    header = [name.strip().lower() for name in next(reader, [])]
    twice = sorted({name for name in header if name in COLUMNS and header.count(name) > 1})
    if twice:
        raise ValidationError(
            _("These columns stand in the file twice: %(columns)s. Nothing was taken in.")
            % {"columns": ", ".join(twice)}
        )
    absent = [name for name in REQUIRED if name not in header]
    if absent:
        raise ValidationError(
            _("The first line must name the columns. Missing: %(columns)s. Nothing was taken in.")
            % {"columns": ", ".join(absent)}
        )
    rows = list(_numbered(reader))
    if len(rows) > MOST_ROWS:
        raise ValidationError(_("The file has more than %(most)s rows. Nothing was taken in.") % {"most": MOST_ROWS})
    return [(line, _row(header, cells, delimiter)) for line, cells in rows]


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row that says something, with the line on which it begins."""
    begins = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _row(header: list[str], cells: list[str], delimiter: str) -> dict[str, str]:
    """The cells by column, or under "" why this is no row."""
    if any(line.count(delimiter) >= len(header) - 1 for cell in cells for line in cell.split("\n")[1:]):
        return {"": _('a quotation mark (") is opened and not closed, so the rows after it became part of this one')}
    if len(cells) > len(header):
        return {"": _("more cells than columns")}
    return dict(zip(header, cells, strict=False))


def _take(by: User, challenge: Challenge, line: int, row: dict[str, str]) -> RowReport:
    if "" in row and len(row) == 1:
        return RowReport(line, "", "refused", row[""])
    cells = {name: row.get(column, "").strip() for column, name in COLUMNS.items()}
    title = cells["title"][:120]
    wrong = _wrong(cells)
    if wrong:
        return RowReport(line, title, "refused", wrong)
    key = sha256(canonical(cells))
    known_idea = Idea.objects.filter(challenge=challenge, import_key=key).first()
    if known_idea:
        return RowReport(
            line, title, "known", _("already taken in as %(reference)s") % {"reference": known_idea}, known_idea
        )
    try:
        with transaction.atomic():
            idea = start_idea(
                by=by,
                challenge=challenge,
                values={name: cells[name] for name in VERSION_FIELDS},
                channel=Idea.Channel.IMPORT,
                import_key=key,
            )
            kind = KINDS[cells["kind"].lower()]
            add_member(by=by, idea=idea, name=cells["name"], organisation=cells["organisation"], kind=kind)
            submit_idea(by=by, idea=idea)
    except ValidationError as refusal:
        return RowReport(line, title, "refused", _reasons(refusal))
    except PermissionDenied as refusal:  # intake closed while the file was being read
        return RowReport(line, title, "refused", str(refusal))
    return RowReport(line, title, "taken", "", idea)


def _wrong(cells: dict[str, str]) -> str:
    """What cannot be right about a row, before anything is tried; empty when nothing is."""
    empty = [column for column in REQUIRED if not cells[COLUMNS[column]]]
    if empty:
        return _("empty: %(columns)s") % {"columns": ", ".join(empty)}
    if cells["kind"].lower() not in KINDS:
        known = ", ".join(sorted(set(KINDS) - {"startup"}))
        return _("“soort” must be one of: %(known)s") % {"known": known}
    return ""


def _reasons(refusal: ValidationError) -> str:
    if not hasattr(refusal, "error_dict"):
        return " ".join(refusal.messages)
    columns = {name: column for column, name in COLUMNS.items()}
    return "; ".join(f"{columns.get(name, name)}: {' '.join(errors)}" for name, errors in refusal.message_dict.items())
