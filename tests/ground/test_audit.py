# SPDX-License-Identifier: EUPL-1.2
"""The log holds, and shows where it was touched."""

from collections import defaultdict
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from hypothesis import given
from hypothesis import strategies as st

from beproefd.cli import main
from beproefd.discipline.challenges.actions import save_stimulus
from beproefd.discipline.challenges.models import CanvasVersion, Challenge, Criterion, Stimulus
from beproefd.discipline.juries.actions import change_score
from beproefd.discipline.juries.models import Score
from beproefd.ground.audit.chain import canonical, digest, link
from beproefd.ground.audit.guards import DECLARED
from beproefd.ground.audit.models import Entry, Head
from beproefd.ground.audit.queries import verify
from tests import factories


def sql(statement: str, *values: Any) -> None:
    """What someone with a direct line to the database could do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def drop_guard(event: str, table: str) -> None:
    """Take the database's own guard away, as its owner can."""
    name = f"forbid_{event}_{table}"
    sql(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))


def test_the_log_of_a_whole_round_is_whole(decided):
    found = verify()
    assert (found.problem, found.entries) == ("", Entry.objects.count())
    assert found.head == Entry.objects.order_by("-sequence").first().hash


def test_an_empty_log_is_whole(db):
    assert verify().whole


def test_every_entry_starts_where_the_entry_before_about_the_same_row_ended(decided):
    ended: dict[str, str] = defaultdict(str)
    gaps = []
    for entry in Entry.objects.order_by("sequence"):
        if entry.before != ended[entry.subject]:
            gaps.append((entry.action, entry.subject))
        ended[entry.subject] = entry.after
    assert gaps == []


def test_the_log_names_people_by_key_and_holds_no_names_or_addresses(decided):
    text = canonical(list(Entry.objects.values("actor", "action", "subject", "detail")))
    everyone = [decided.manager, *decided.owners, *decided.jurors]
    assert [person.name for person in everyone if person.name in text or person.email in text] == []


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET actor = 'x' WHERE sequence = 1", "DELETE FROM audit_entry"]
)
def test_the_database_refuses_to_touch_an_entry(open_challenge, statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
    assert verify().whole


@pytest.mark.parametrize("table", ["challenges_canvasversion", "ideas_ideaversion", "juries_scorechange"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_touch_what_is_only_ever_added(deliberation, statement, table):
    change_score(
        by=deliberation.jurors[0],
        jury_round=deliberation.round,
        idea=deliberation.ideas[0],
        criterion="waarde",
        value=2,
        reason="Bij nader inzien.",
        old_value=4,
    )
    with pytest.raises(DatabaseError, match="never changes|keeps both values"), transaction.atomic():
        sql(statement.format(table))
    assert verify().whole


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "user:someone-else"),
        ("action", "nothing"),
        ("subject", "x:1"),
        ("before", "f" * 64),
        ("after", "0" * 64),
        ("at", "2020-01-01 00:00:00+00:00"),
        ("detail", '{"role": "administrator"}'),
    ],
)
def test_with_the_guard_gone_an_edited_entry_is_found_at_its_own_number(open_challenge, column, value):
    drop_guard("update", "audit_entry")
    sql(f"UPDATE audit_entry SET {column} = %s WHERE sequence = 3", value)
    found = verify()
    assert (found.sequence, found.problem) == (3, "its contents were changed after it was written")


def test_an_edited_entry_with_a_recomputed_hash_is_found_at_the_next_entry(open_challenge):
    drop_guard("update", "audit_entry")
    entry = Entry.objects.get(sequence=3)
    entry.actor = "user:someone-else"
    sql("UPDATE audit_entry SET actor = %s, hash = %s WHERE sequence = 3", entry.actor, link(entry))
    found = verify()
    assert (found.sequence, found.problem) == (4, "it does not follow from the entry before it")


def test_a_removed_entry_is_found(open_challenge):
    drop_guard("delete", "audit_entry")
    sql("DELETE FROM audit_entry WHERE sequence = 3")
    found = verify()
    assert (found.sequence, found.problem) == (3, "entry 3 is missing")


def test_a_cut_off_tail_is_found(open_challenge):
    last = Entry.objects.count()
    drop_guard("delete", "audit_entry")
    sql("DELETE FROM audit_entry WHERE sequence > %s", last - 2)
    found = verify()
    assert (found.sequence, found.problem) == (last - 1, "entries were cut off the end of the log")


def test_an_emptied_log_is_found(open_challenge):
    drop_guard("delete", "audit_entry")
    sql("DELETE FROM audit_entry")
    assert verify().sequence == 1


def test_an_emptied_log_whose_head_is_gone_too_is_found_by_the_rows_it_was_about(open_challenge):
    drop_guard("delete", "audit_entry")
    sql("DELETE FROM audit_entry")
    sql("DELETE FROM audit_head")
    assert verify().problem.endswith("was added outside the product")


def test_a_row_changed_outside_the_product_is_found_at_the_last_entry_about_it(open_challenge):
    card = Stimulus.objects.get()
    entry = Entry.objects.get(subject=card.audit_key)
    sql("UPDATE challenges_stimulus SET source = 'verzonnen' WHERE id = %s", card.pk)
    found = verify()
    assert (found.sequence, found.problem) == (
        entry.sequence,
        f"challenges.stimulus:{card.pk} was changed outside the product after this entry",
    )


def test_a_changed_row_that_belongs_to_another_is_found(open_challenge):
    criteria_set = open_challenge.criteria_sets.get()
    Criterion.objects.filter(key="waarde").update(weight=10)
    assert verify().problem == f"{criteria_set.audit_key} was changed outside the product after this entry"


def test_a_changed_score_is_found(deliberation):
    sql("UPDATE juries_score SET value = 1 WHERE id = (SELECT max(id) FROM juries_score WHERE value = 4)")
    found = verify()
    assert found.problem.startswith("juries.assessment:")
    assert found.problem.endswith("was changed outside the product after this entry")


def test_a_row_removed_outside_the_product_is_found(manager, ready_challenge):
    card = Stimulus.objects.get()
    sql("DELETE FROM challenges_stimulus WHERE id = %s", card.pk)
    assert verify().problem == f"challenges.stimulus:{card.pk} was removed outside the product after this entry"


def test_a_row_added_outside_the_product_is_found(manager, open_challenge):
    card = Stimulus.objects.create(challenge=open_challenge, kind="quote", title="x", source="y", created_by=manager)
    found = verify()
    assert (found.sequence, found.problem) == (None, f"{card.audit_key} was added outside the product")


def test_of_several_touched_rows_the_earliest_entry_is_named(manager, open_challenge):
    card = Stimulus.objects.get()
    first = Entry.objects.filter(subject=open_challenge.audit_key).order_by("-sequence").first()
    Stimulus.objects.update(title="x")
    Challenge.objects.update(title="x")
    touched = Entry.objects.filter(subject=card.audit_key).order_by("-sequence").first()
    assert verify().sequence == min(first.sequence, touched.sequence)


def test_a_refused_action_leaves_no_entry(manager, open_challenge):
    before = Entry.objects.count()
    with pytest.raises(Exception, match="source"):
        save_stimulus(
            by=manager, challenge=open_challenge, values={"kind": "case", "title": "x", "body": "y", "source": ""}
        )
    assert (Entry.objects.count(), verify().whole) == (before, True)


def test_the_command_says_the_log_is_whole_and_ends_with_0(open_challenge, capsys):
    code = main(["audit", "verify"])
    count = Entry.objects.count()
    assert code == 0
    assert capsys.readouterr().out.startswith(f"The log is whole: {count} entries about ")


def test_the_command_names_the_first_broken_entry_and_ends_with_1(open_challenge, capsys):
    drop_guard("update", "audit_entry")
    sql("UPDATE audit_entry SET action = 'nothing' WHERE sequence = 2")
    code = main(["audit", "verify"])
    expected = "The log is broken at entry 2: its contents were changed after it was written.\n"
    assert (code, capsys.readouterr().err) == (1, expected)


def test_every_guard_a_migration_declares_stands_in_the_database(db):
    MigrationExecutor(connection)  # loads every migration, which fills DECLARED
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal"
            )
        found = dict(cursor.fetchall())
    assert found == DECLARED
    assert len(found) >= 8


# The chain itself

details = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcé€", max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=5), details, max_size=4), st.randoms(use_true_random=False)
)
def test_the_same_content_has_the_same_hash_in_whatever_order_it_is_written(detail, random):
    keys = list(detail)
    random.shuffle(keys)
    assert canonical({key: detail[key] for key in keys}) == canonical(detail)


@given(st.lists(st.tuples(st.text('ab:/[]",', max_size=6), st.text('ab:/[]",', max_size=6)), min_size=2, max_size=6))
def test_no_two_different_entries_share_a_hash(lines):
    hashes = {
        link(Entry(sequence=1, at=None, actor=actor, action=action, subject="s", detail={}, previous_hash="0" * 64))
        for actor, action in lines
    }
    assert len(hashes) == len(set(lines))


def test_there_is_one_last_link(manager, open_challenge):
    with pytest.raises(DatabaseError), transaction.atomic():
        Head.objects.create(pk=2)


def test_a_second_person_with_the_same_deed_makes_a_second_entry(db):
    factories.person("juror")
    factories.person("juror")
    assert Entry.objects.filter(action="grant_role").count() == 2


def test_a_field_that_an_upgrade_adds_changes_no_digest_of_an_older_row(monkeypatch, ready_challenge):
    canvas, meta = ready_challenge.canvas, CanvasVersion._meta
    with_areas = digest(canvas)
    drop_guard("update", meta.db_table)
    CanvasVersion.objects.filter(pk=canvas.pk).update(areas="")
    empty = digest(canvas)
    monkeypatch.setitem(meta.__dict__, "concrete_fields", [f for f in meta.concrete_fields if f.name != "areas"])
    assert digest(canvas) == empty != with_areas


def test_nothing_and_no_score_are_not_the_same_to_the_log(decided):
    score = Score.objects.filter(value__isnull=False).first()
    told = dict.fromkeys((None, 0, 1), "")
    for value in told:
        Score.objects.filter(pk=score.pk).update(value=value)
        told[value] = digest(score.assessment)
    assert len(set(told.values())) == 3
