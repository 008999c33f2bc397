# SPDX-License-Identifier: EUPL-1.2
"""The file in which municipalities give each other what they learned (docs/exchange.md). Values in, values out.

The same library always gives the same text: sorted keys, sorted entries, no spaces. What comes in is checked to the
last field; every problem says where it is.
"""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from beproefd.ground.audit.chain import canonical

FORMAT = "beproefd-leren"
VERSION = 1
LICENCE = "CC0-1.0"
MOST_BYTES = 5 * 1024 * 1024
MOST_ENTRIES = 20_000
MOST_FIGURES = 20
MOST_PROBLEMS = 20
KINDS = ("desirable", "feasible", "viable", "lawful", "partner", "scaling")
OUTCOMES = ("works", "fails", "mixed", "unclear")
SHORT, LINE, LONG = 120, 400, 2000  # characters
FIGURES = ("evidence_for", "evidence_against", "evidence_unclear", "evidence_from_target_group", "people", "tests_done")


@dataclass(frozen=True)
class Figure:
    """A number with the day it was counted and where it comes from."""

    name: str
    value: int
    as_of: str
    source: str


@dataclass(frozen=True)
class Entry:
    """A tested assumption and what was learned of it."""

    id: str
    statement: str
    kind: str
    target_group: str
    outcome: str
    learning: str
    tested_on: str
    published_on: str
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Library:
    """Everything a municipality has published. `as_of`: the last moment something was published or taken back."""

    municipality: str
    as_of: str
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: `entries[3].figures[0].value`."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}" if self.path else self.what


class FormatError(ValueError):
    """The file cannot be read; nothing of it is taken."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)[:MOST_PROBLEMS]
        super().__init__("; ".join(map(str, self.problems)))


def entry_document(entry: Entry) -> dict[str, Any]:
    """An entry as plain values."""
    return asdict(entry)


def write(library: Library) -> str:
    """The file, always the same for the same library."""
    entries = sorted((entry_document(entry) for entry in library.entries), key=lambda entry: str(entry["id"]))
    return canonical(
        {
            "format": FORMAT,
            "version": VERSION,
            "licence": LICENCE,
            "municipality": library.municipality,
            "as_of": library.as_of,
            "entries": entries,
        }
    )


def read(raw: bytes) -> Library:
    """The library in a file. Raises FormatError with everything that is wrong (the first twenty things)."""
    document = _parse(raw)
    check = _Checker()
    top = check.an_object("", document, ("format", "version", "licence", "municipality", "as_of", "entries"))
    if top is not None:
        check.exactly("format", top, FORMAT)
        check.exactly("version", top, VERSION)
        check.exactly("licence", top, LICENCE)
        check.text("municipality", top.get("municipality"), SHORT)
        check.moment("as_of", top.get("as_of"))
        entries = check.a_list("entries", top.get("entries"), MOST_ENTRIES)
        for place, entry in enumerate(entries):
            _entry(check, f"entries[{place}]", entry)
            if len(check.problems) >= MOST_PROBLEMS:
                break
        check.once(entries)
    if check.problems:
        raise FormatError(check.problems)
    return Library(document["municipality"], document["as_of"], tuple(map(entry_of, document["entries"])))


def entry_of(document: dict[str, Any]) -> Entry:
    """The entry in plain values that were checked before."""
    plain = {field.name: document[field.name] for field in fields(Entry)}
    return Entry(**plain | {"figures": tuple(Figure(**figure) for figure in plain["figures"])})


def texts(entry: Entry) -> list[tuple[str, str]]:
    """What people wrote in an entry: (name of the field, text)."""
    written = [(name, getattr(entry, name)) for name in ("statement", "learning", "target_group")]
    return written + [(f"figures[{place}].source", figure.source) for place, figure in enumerate(entry.figures)]


def _parse(raw: bytes) -> Any:
    if len(raw) > MOST_BYTES:
        raise FormatError([Problem("", _("the file is larger than 5 MB"))])
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_no_double)
    except UnicodeDecodeError:
        raise FormatError([Problem("", _("the file is not text in UTF-8"))]) from None
    except RecursionError:
        raise FormatError([Problem("", _("the file is nested too deeply"))]) from None
    except json.JSONDecodeError as problem:
        where = _("line %(line)s, column %(column)s") % {"line": problem.lineno, "column": problem.colno}
        raise FormatError([Problem(where, _("this is not JSON (%(why)s)") % {"why": problem.msg})]) from None
    except ValueError as problem:
        raise FormatError([Problem("", str(problem))]) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(_("%(name)s is not a number in JSON") % {"name": name})


def _no_double(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = Counter(name for name, value in pairs)
        raise ValueError(
            _("the name “%(name)s” stands twice in one object") % {"name": names.most_common(1)[0][0][:40]}
        )
    return found


def _entry(check: "_Checker", path: str, value: Any) -> None:
    entry = check.an_object(path, value, tuple(field.name for field in fields(Entry)))
    if entry is None:
        return
    check.identifier(f"{path}.id", entry.get("id"))
    check.text(f"{path}.statement", entry.get("statement"), LINE)
    check.one_of(f"{path}.kind", entry.get("kind"), KINDS)
    check.text(f"{path}.target_group", entry.get("target_group"), SHORT, empty=True)
    check.one_of(f"{path}.outcome", entry.get("outcome"), OUTCOMES)
    check.text(f"{path}.learning", entry.get("learning"), LONG, empty=True)
    check.day(f"{path}.tested_on", entry.get("tested_on"))
    check.day(f"{path}.published_on", entry.get("published_on"))
    for place, figure in enumerate(check.a_list(f"{path}.figures", entry.get("figures"), MOST_FIGURES)):
        _figure(check, f"{path}.figures[{place}]", figure)


def _figure(check: "_Checker", path: str, value: Any) -> None:
    figure = check.an_object(path, value, tuple(field.name for field in fields(Figure)))
    if figure is None:
        return
    check.one_of(f"{path}.name", figure.get("name"), FIGURES)
    check.count(f"{path}.value", figure.get("value"))
    check.day(f"{path}.as_of", figure.get("as_of"))
    check.text(f"{path}.source", figure.get("source"), LINE)


class _Checker:
    """Collects what is wrong."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, path: str, what: str) -> None:
        if not any(problem.path == path for problem in self.problems):
            self.problems.append(Problem(path, what))

    def an_object(self, path: str, value: Any, names: tuple[str, ...]) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self.wrong(path, _("an object is expected here"))
            return None
        for name in names:
            if name not in value:
                self.wrong(f"{path}.{name}".lstrip("."), _("this field is missing"))
        for name in value.keys() - set(names):
            self.wrong(f"{path}.{name[:40]!r}".lstrip("."), _("this field is not part of version 1"))
        return value

    def a_list(self, path: str, value: Any, most: int) -> list[Any]:
        if not isinstance(value, list):
            self.wrong(path, _("a list is expected here"))
            return []
        if len(value) > most:
            self.wrong(path, _("there are more than %(most)s") % {"most": most})
            return []
        return value

    def exactly(self, name: str, top: dict[str, Any], wanted: str | int) -> None:
        value = top.get(name)
        if type(value) is not type(wanted) or value != wanted:
            self.wrong(name, _("this must be %(wanted)s") % {"wanted": wanted})

    def text(self, path: str, value: Any, most: int, *, empty: bool = False) -> None:
        if not isinstance(value, str):
            self.wrong(path, _("a text is expected here"))
        elif not value.strip() and not (empty and not value):
            self.wrong(path, _("this text is empty"))
        elif len(value) > most:
            self.wrong(path, _("this text is longer than %(most)s characters") % {"most": most})
        elif any(sign < " " and sign != "\n" for sign in value) or any("\ud800" <= sign <= "\udfff" for sign in value):
            self.wrong(path, _("there is a sign in this text that cannot be shown"))

    def one_of(self, path: str, value: Any, allowed: tuple[str, ...]) -> None:
        if not isinstance(value, str) or value not in allowed:
            self.wrong(path, _("this must be one of %(words)s") % {"words": ", ".join(allowed)})

    def count(self, path: str, value: Any) -> None:
        if type(value) is not int or not 0 <= value <= 10_000_000:
            self.wrong(path, _("a whole number from 0 to 10 million is expected here"))

    def identifier(self, path: str, value: Any) -> None:
        if not isinstance(value, str) or not _reads(lambda: str(uuid.UUID(value)) == value):
            self.wrong(path, _("this must be a UUID in small letters, such as 0f8fad5b-d9cb-469f-a165-70867728950e"))

    def day(self, path: str, value: Any) -> None:
        if not isinstance(value, str) or not _reads(lambda: date.fromisoformat(value).isoformat() == value):
            self.wrong(path, _("this must be a date such as 2026-11-23"))

    def moment(self, path: str, value: Any) -> None:
        if value != "" and (
            not isinstance(value, str)
            or not value.endswith("+00:00")
            or not _reads(lambda: datetime.fromisoformat(value).isoformat(timespec="microseconds") == value)
        ):
            self.wrong(path, _("this must be a moment in UTC such as 2026-11-23T12:00:00.000000+00:00, or empty"))

    def once(self, entries: list[Any]) -> None:
        seen: dict[str, int] = {}
        for place, entry in enumerate(entries):
            name = entry.get("id") if isinstance(entry, dict) else None
            if isinstance(name, str) and name in seen:
                self.wrong(
                    f"entries[{place}].id", _("this id stands at %(path)s too") % {"path": f"entries[{seen[name]}]"}
                )
            elif isinstance(name, str):
                seen[name] = place


def _reads(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except ValueError:
        return False
