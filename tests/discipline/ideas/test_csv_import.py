# SPDX-License-Identifier: EUPL-1.2
"""A file of ideas: row by row, nothing half-written, and the same file twice adds nothing."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beproefd.discipline.challenges.actions import close_intake
from beproefd.discipline.ideas.csv_import import COLUMNS, MOST_BYTES, import_ideas
from beproefd.discipline.ideas.models import Idea, TeamMember
from beproefd.ground.audit.queries import verify
from tests import factories

HEADER = "titel;probleem;idee;waarde;bouwstenen;naam;organisatie;soort"
ROW = "Sparen;Geen geld;Een maatje;Rust;Een bank;Mw. Jansen;Buurthuis;bewoner"
CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def file(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def outcomes(report):
    return [(row.line, row.outcome, row.why) for row in report]


def test_every_row_is_accounted_for(open_challenge, manager):
    report = import_ideas(
        by=manager,
        challenge=open_challenge,
        content=file(
            HEADER,
            ROW,
            ROW.replace("Sparen", "Laptops"),
            ROW.replace("bewoner", "marsmannetje"),
            ROW.replace("Geen geld", ""),
            ROW.replace("Sparen", "a" * 121),
            ROW + ";te;veel",
            ROW,
        ),
    )
    taken = Idea.objects.get(versions__title="Sparen")
    assert outcomes(report) == [
        (2, "taken", ""),
        (3, "taken", ""),
        (4, "refused", "“soort” must be one of: bedrijf, bewoner, gemeente, kennisinstelling, start-up"),
        (5, "refused", "empty: probleem"),
        (6, "refused", "titel: Ensure this value has at most 120 characters (it has 121)."),
        (7, "refused", "more cells than columns"),
        (8, "known", f"already taken in as {taken.reference}"),
    ]
    assert Idea.objects.count() == 2
    assert verify().whole


def test_an_imported_idea_is_handed_in_and_belongs_to_who_is_named(open_challenge, manager):
    import_ideas(by=manager, challenge=open_challenge, content=file(HEADER, ROW))
    idea = Idea.objects.get()
    assert (idea.state, idea.channel, idea.current.building_blocks) == ("submitted", "import", "Een bank")
    member = TeamMember.objects.get()
    assert (member.name, member.organisation, member.kind, member.user) == ("Mw. Jansen", "Buurthuis", "resident", None)


def test_the_same_file_twice_takes_nothing_in_twice(open_challenge, manager):
    content = file(HEADER, ROW, ROW.replace("Sparen", "Laptops"))
    import_ideas(by=manager, challenge=open_challenge, content=content)
    head = verify().head
    again = import_ideas(by=manager, challenge=open_challenge, content=content)
    assert [row.outcome for row in again] == ["known", "known"]
    assert (Idea.objects.count(), verify().head) == (2, head)


@pytest.mark.parametrize(
    "content",
    [
        file(HEADER.replace(";", ","), ROW.replace(";", ",")),
        ("\ufeff" + HEADER + "\r\n" + ROW + "\r\n").encode(),
        file(HEADER.upper(), ROW, "", ";;;;;;;"),
        file(HEADER + ";extra", ROW + ";x"),
        file(HEADER + ";;", ROW + ";;"),
    ],
)
def test_files_as_spreadsheets_write_them_are_read(open_challenge, manager, content):
    assert [row.outcome for row in import_ideas(by=manager, challenge=open_challenge, content=content)] == ["taken"]


def test_a_cell_may_hold_line_ends_and_quotes(open_challenge, manager):
    row = ROW.replace("Een maatje", '"Een ""maatje"";\neen bank"')
    import_ideas(by=manager, challenge=open_challenge, content=file(HEADER, row))
    assert Idea.objects.get().current.solution == 'Een "maatje";\neen bank'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The first line must name the columns"),
        (b"naam\nx", "The first line must name the columns"),
        (b"\xff\xfet\x00i\x00", "not a text file in UTF-8"),
        (b"PK\x03\x04\x00\x00", "not a CSV file"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "not a text file in UTF-8"),
        (b"a" * (MOST_BYTES + 1), "larger than 2 MB"),
        (file(HEADER, *[ROW] * 2001), "more than 2000 rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(open_challenge, manager, content, sentence):
    head = verify().head
    with pytest.raises(ValidationError, match=sentence):
        import_ideas(by=manager, challenge=open_challenge, content=content)
    assert verify().head == head


@pytest.mark.parametrize("role", ["team", "juror", "coach", "administrator"])
def test_only_the_programme_imports(open_challenge, role):
    with pytest.raises(PermissionDenied):
        import_ideas(by=factories.person(role), challenge=open_challenge, content=file(HEADER, ROW))


def test_nothing_comes_in_outside_intake(jury_challenge, manager):
    with pytest.raises(ValidationError, match="Intake is not open"):
        import_ideas(by=manager, challenge=jury_challenge, content=file(HEADER, ROW))


def test_when_intake_closes_while_the_file_is_read_every_row_still_gets_its_answer(open_challenge, manager):
    close_intake(
        by=manager, challenge=open_challenge, reason="Net nu."
    )  # `open_challenge` is what the importer read before
    report = import_ideas(
        by=manager, challenge=open_challenge, content=file(HEADER, ROW, ROW.replace("Sparen", "Laptops"))
    )
    assert [row.outcome for row in report] == ["refused", "refused"]
    assert Idea.objects.count() == 0


@pytest.fixture
def nothing_kept(open_challenge, manager):
    """Import inside a transaction that is rolled back, so that every example starts from the same database."""

    def run(content: bytes) -> None:
        with transaction.atomic():
            try:
                report = import_ideas(by=manager, challenge=open_challenge, content=content)
            except ValidationError:
                assert Idea.objects.count() == 0
            else:
                taken = [row for row in report if row.outcome == "taken"]
                assert Idea.objects.filter(state="submitted", members__isnull=False).count() == len(taken)
                assert Idea.objects.count() == len(taken)
            transaction.set_rollback(True)

    return run


@CALM
@given(content=st.binary(max_size=300))
def test_any_bytes_are_either_refused_or_taken_in_whole(nothing_kept, content):
    nothing_kept(content)


@CALM
@given(content=st.binary(max_size=200) | st.text("\"';,\n\r\t a\ufeff", max_size=60).map(str.encode))
def test_any_bytes_after_a_good_first_line_are_either_refused_or_taken_in_whole(nothing_kept, content):
    nothing_kept(HEADER.encode() + b"\n" + content)


cell = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8) | st.sampled_from(
    ["bewoner", "x" * 2001]
)


@CALM
@given(rows=st.lists(st.lists(cell, min_size=6, max_size=9), max_size=4))
def test_any_rows_are_either_refused_or_taken_in_whole(nothing_kept, rows):
    lines = [";".join('"' + value.replace('"', '""') + '"' for value in row) for row in rows]
    nothing_kept("\n".join([";".join(COLUMNS), *lines]).encode())


# Files that are not quite right


def test_a_cell_that_is_far_too_long_costs_its_own_row_alone(open_challenge, manager):
    content = file(HEADER, ROW, ROW.replace("Een maatje", "a" * 200_000), ROW.replace("Sparen", "Laptops"))
    report = import_ideas(by=manager, challenge=open_challenge, content=content)
    assert outcomes(report) == [
        (2, "taken", ""),
        (3, "refused", "idee: Ensure this value has at most 3000 characters (it has 200000)."),
        (4, "taken", ""),
    ]


def test_a_quotation_mark_that_is_not_closed_is_named_as_what_is_wrong(open_challenge, manager):
    content = file(HEADER, ROW, ROW.replace("Een maatje", '"Een maatje'), ROW.replace("Sparen", "Laptops"))
    report = import_ideas(by=manager, challenge=open_challenge, content=content)
    assert outcomes(report) == [
        (2, "taken", ""),
        (
            3,
            "refused",
            'a quotation mark (") is opened and not closed, so the rows after it became part of this one',
        ),
    ]


def test_a_row_of_more_lines_is_named_by_its_first(open_challenge, manager):
    content = file(HEADER, ROW.replace("Een maatje", '"Een\nmaatje"'), ROW.replace("bewoner", "fout"))
    report = import_ideas(by=manager, challenge=open_challenge, content=content)
    assert [(row.line, row.outcome) for row in report] == [(2, "taken"), (4, "refused")]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("for_excel", [True, False])
def test_what_a_spreadsheet_saves_is_read(open_challenge, manager, delimiter, for_excel):
    lines = [line.replace(";", delimiter) for line in (HEADER, ROW)]
    content = file(*([f"sep={delimiter}"] if for_excel else []), *lines)
    report = import_ideas(by=manager, challenge=open_challenge, content=content)
    assert outcomes(report) == [(3 if for_excel else 2, "taken", "")]


def test_a_column_that_stands_in_the_file_twice_is_refused(open_challenge, manager):
    with pytest.raises(ValidationError, match="twice: titel"):
        import_ideas(by=manager, challenge=open_challenge, content=file(f"{HEADER};titel", f"{ROW};x"))
    assert Idea.objects.count() == 0
