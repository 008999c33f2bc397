# SPDX-License-Identifier: EUPL-1.2
"""The file between municipalities: the same both ways, checked to the last field, all of it or nothing."""

import json
import uuid
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from beproefd.discipline.portfolio import actions
from beproefd.discipline.portfolio.exchange import (
    FIGURES,
    KINDS,
    MOST_BYTES,
    OUTCOMES,
    Entry,
    Figure,
    FormatError,
    Library,
    read,
    write,
)
from beproefd.discipline.portfolio.models import ImportedEntry, ImportedLibrary, LearningOutcome
from beproefd.discipline.portfolio.queries import library as queries
from beproefd.discipline.validation.models import Assumption
from beproefd.ground.audit.queries import verify
from tests.factories import person, portfolio

SIGNS = st.characters(blacklist_categories=("Cs", "Cc"))


def texts(most, least=1):
    return st.text(SIGNS, min_size=least, max_size=most).filter(lambda text: text.strip() or not (text or least))


DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat)
FIGURE = st.builds(Figure, st.sampled_from(FIGURES), st.integers(0, 10_000_000), DAYS, texts(60))
ENTRY = st.builds(
    Entry,
    id=st.uuids().map(str),
    statement=texts(80),
    kind=st.sampled_from(KINDS),
    target_group=texts(40, 0),
    outcome=st.sampled_from(OUTCOMES),
    learning=texts(80, 0),
    tested_on=DAYS,
    published_on=DAYS,
    figures=st.lists(FIGURE, max_size=3).map(tuple),
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 -- made aware below
    lambda moment: moment.replace(tzinfo=UTC).isoformat(timespec="microseconds")
)
LIBRARY = st.builds(
    Library, texts(60), MOMENTS, st.lists(ENTRY, max_size=4, unique_by=lambda entry: entry.id).map(tuple)
)


@given(LIBRARY)
def test_what_goes_out_comes_in_the_same(library):
    there = read(write(library).encode())
    assert there == Library(
        library.municipality, library.as_of, tuple(sorted(library.entries, key=lambda entry: entry.id))
    )
    assert write(there) == write(library)


def test_the_words_of_the_format_are_those_of_the_product():
    assert tuple(Assumption.Kind.values) == KINDS
    assert tuple(LearningOutcome.values) == OUTCOMES


GOOD = json.loads(portfolio.library_file())


def changed(path, value):
    document = json.loads(json.dumps(GOOD))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (["format"], "anders", "format"),
        (["version"], 2, "version"),
        (["version"], True, "version"),
        (["licence"], "CC-BY", "licence"),
        (["municipality"], " ", "municipality"),
        (["as_of"], "gisteren", "as_of"),
        (["as_of"], "2026-02-01T12:00:00", "as_of"),
        (["entries"], {}, "entries"),
        (["extra"], 1, "'extra'"),
        (["entries", 0], "tekst", "entries[0]"),
        (["entries", 0, "id"], "1", "entries[0].id"),
        (["entries", 0, "id"], "0F8FAD5B-D9CB-469F-A165-70867728950E", "entries[0].id"),
        (["entries", 0, "statement"], None, "entries[0].statement"),
        (["entries", 0, "statement"], "x" * 401, "entries[0].statement"),
        (["entries", 0, "statement"], "voor\x00na", "entries[0].statement"),
        (["entries", 0, "statement"], "half \ud800", "entries[0].statement"),
        (["entries", 0, "kind"], "mooi", "entries[0].kind"),
        (["entries", 0, "outcome"], ["works"], "entries[0].outcome"),
        (["entries", 0, "tested_on"], "2026-02-31", "entries[0].tested_on"),
        (["entries", 0, "figures", 0, "value"], 1.5, "entries[0].figures[0].value"),
        (["entries", 0, "figures", 0, "value"], True, "entries[0].figures[0].value"),
        (["entries", 0, "figures", 0, "value"], -1, "entries[0].figures[0].value"),
        (["entries", 0, "figures", 0, "name"], "geluk", "entries[0].figures[0].name"),
        (["entries", 0, "figures", 0, "source"], "", "entries[0].figures[0].source"),
        (["entries", 0, "figures", 0], None, "entries[0].figures[0]"),
    ],
)
def test_a_wrong_field_is_named_by_its_path(path, value, where):
    with pytest.raises(FormatError) as refusal:
        read(changed(path, value))
    assert [problem.path for problem in refusal.value.problems] == [where]


def test_a_missing_field_is_named():
    document = json.loads(json.dumps(GOOD))
    del document["entries"][0]["learning"]
    with pytest.raises(FormatError) as refusal:
        read(json.dumps(document).encode())
    assert str(refusal.value.problems[0]) == "entries[0].learning: this field is missing"


def test_the_same_id_twice_is_wrong():
    document = json.loads(json.dumps(GOOD))
    document["entries"] *= 2
    with pytest.raises(FormatError) as refusal:
        read(json.dumps(document).encode())
    assert refusal.value.problems[0].path == "entries[1].id"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[" * 100_000,
        b"null",
        b'{"version": NaN}',
        b'{"format": 1, "format": 2}',
        b" " * (MOST_BYTES + 1),
        b"1" * 10_000,
    ],
)
def test_what_is_no_such_file_is_refused_without_a_crash(raw):
    with pytest.raises(FormatError):
        read(raw)


@given(st.binary(max_size=200))
def test_no_file_crashes_the_reader(raw):
    with pytest.raises(FormatError):
        read(raw)


# Taking in


@pytest.fixture
def here(db):
    """Who takes files in."""
    return person("manager", name="Mira")


def take(by, *entries, confirmed=None, **values):
    return actions.import_library(by=by, raw=portfolio.library_file(*entries, **values), confirmed=confirmed or {})


def shown(viewer):
    return [(item.municipality, item.entry.id) for item in queries.from_elsewhere(viewer)]


def test_a_file_is_taken_in_and_shown_apart_under_its_municipality(here):
    taken = take(here, portfolio.entry(1), portfolio.entry(2))
    assert (taken.added, taken.changed, taken.unchanged, taken.gone) == (2, 0, 0, 0)
    assert shown(here) == [("Gemeente Elders", portfolio.entry(n).id) for n in (1, 2)]
    assert queries.published() == []
    assert queries.own_learning(here) == []
    assert verify().problem == ""


def test_the_same_file_again_changes_nothing(here):
    take(here, portfolio.entry(1))
    before = verify().entries
    taken = take(here, portfolio.entry(1))
    assert (taken.added, taken.changed, taken.unchanged) == (0, 0, 1)
    assert verify().entries == before


def test_a_newer_file_changes_adds_and_drops(here):
    take(here, portfolio.entry(1), portfolio.entry(2))
    later = "2026-03-01T12:00:00.000000+00:00"
    taken = take(here, portfolio.entry(1, outcome="mixed"), portfolio.entry(3), as_of=later)
    assert (taken.added, taken.changed, taken.unchanged, taken.gone) == (1, 1, 0, 1)
    assert shown(here) == [("Gemeente Elders", portfolio.entry(n).id) for n in (1, 3)]
    assert verify().problem == ""
    with pytest.raises(ValidationError, match="newer file"):
        take(here, portfolio.entry(2))


def test_another_municipality_cannot_overwrite_an_entry_by_its_id(here):
    take(here, portfolio.entry(1))
    take(here, portfolio.entry(1, statement="Iets anders"), municipality="Gemeente Verderop")
    assert ImportedEntry.objects.count() == 2
    assert next(item.entry.statement for item in queries.from_elsewhere(here)) == portfolio.entry(1).statement


def test_nothing_is_half_taken_in(here):
    document = json.loads(portfolio.library_file(portfolio.entry(1), portfolio.entry(2)))
    document["entries"][1]["kind"] = "mooi"
    with pytest.raises(ValidationError) as refusal:
        actions.import_library(by=here, raw=json.dumps(document).encode(), confirmed={})
    assert refusal.value.messages[0].startswith("entries[1].kind: ")
    assert (ImportedEntry.objects.count(), ImportedLibrary.objects.count()) == (0, 0)


def test_personal_data_in_a_file_is_refused_until_each_has_a_reason(here):
    wrong = portfolio.entry(1, learning="Vraag het aan mevrouw Jansen, 06-12345678.")
    with pytest.raises(actions.FlaggedError) as refusal:
        take(here, wrong)
    assert [(where, flag.kind) for where, flag in refusal.value.found] == [
        ("entries[0].learning", "name"),
        ("entries[0].learning", "phone"),
    ]
    assert ImportedLibrary.objects.count() == 0
    one, two = (actions.flag_key(*found) for found in refusal.value.found)
    with pytest.raises(actions.FlaggedError):
        take(here, wrong, confirmed={one: "Een verzonnen naam.", two: " "})
    taken = take(here, wrong, confirmed={one: "Een verzonnen naam.", two: "Een verzonnen nummer."})
    assert taken.added == 1
    assert "Een verzonnen nummer." in taken.library.confirmed


def test_only_the_programme_takes_files_in(db):
    for role in ("coach", "team", "juror", "administrator"):
        with pytest.raises(PermissionDenied):
            take(person(role))


def test_the_own_file_is_not_taken_in(shop):
    about = portfolio.describe(shop)
    portfolio.settle(shop, about)
    portfolio.publish(shop, about)
    with pytest.raises(ValidationError, match="our own library"):
        actions.import_library(by=shop.manager, raw=write(queries.export()).encode(), confirmed={})


def test_what_we_publish_can_be_taken_in_elsewhere_word_for_word(shop):
    about = portfolio.describe(shop)
    portfolio.settle(shop, about, "contradicts")
    portfolio.publish(shop, about, learning="Sparen lukt pas met een vast inkomen.")
    library = queries.export()
    moved = Library("Gemeente Elders", library.as_of, tuple(
        Entry(**{**entry.__dict__, "id": str(uuid.uuid4())}) for entry in library.entries
    ))  # fmt: skip
    actions.import_library(by=shop.manager, raw=write(moved).encode(), confirmed={})
    [item] = queries.from_elsewhere(shop.manager)
    assert item.entry == moved.entries[0]
    assert (item.entry.outcome, item.entry.learning) == ("fails", "Sparen lukt pas met een vast inkomen.")
    assert {figure.name for figure in item.entry.figures} == set(FIGURES)
    assert all(figure.source and figure.as_of for figure in item.entry.figures)
