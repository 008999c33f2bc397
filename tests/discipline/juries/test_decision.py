# SPDX-License-Identifier: EUPL-1.2
"""The end of a round: an answer for every team, a package anyone can check, and nothing that changes after it."""

import io
import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext, override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from beproefd.cli import main
from beproefd.discipline.challenges.models import Phase
from beproefd.discipline.ideas.actions import ask_correction, withdraw_idea
from beproefd.discipline.juries import lots
from beproefd.discipline.juries.actions import (
    change_score,
    close_round,
    close_scoring,
    lay_down_seat,
    note_dissent,
    recuse,
    seat_juror,
    void_round,
    write_answer,
)
from beproefd.discipline.juries.models import Answer
from beproefd.discipline.juries.package import check, envelope, pdf
from beproefd.discipline.juries.queries import (
    answers,
    answers_to_read_again,
    basis_of,
    decided_round,
    what_is_decided,
)
from beproefd.discipline.juries.signing import sign
from beproefd.ground.audit.models import Entry
from beproefd.ground.audit.queries import verify
from tests import factories

CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def package(world):
    return json.loads(world.round.package)


# Final


def test_deciding_twice_is_once(decided):
    entries = Entry.objects.count()
    again = close_round(by=decided.manager, jury_round=decided.round)
    assert (again.signature, Entry.objects.count()) == (decided.round.signature, entries)


def test_after_the_decision_nothing_changes(decided):
    juror, idea, jury_round = decided.jurors[0], decided.ideas[0], decided.round
    head = verify().head
    for attempt in (
        lambda: factories.judge(decided, juror, idea, 1),
        lambda: change_score(
            by=juror, jury_round=jury_round, idea=idea, criterion="waarde", value=1, reason="x", old_value=4
        ),
        lambda: recuse(by=juror, jury_round=jury_round, idea=idea, kind="personal", note="x"),
        lambda: note_dissent(by=juror, jury_round=jury_round, text="x", is_named=True),
        lambda: write_answer(by=decided.manager, jury_round=jury_round, idea=idea, text="x", revision=1),
        lambda: void_round(by=decided.manager, jury_round=jury_round, reason="x"),
        lambda: ask_correction(by=decided.manager, idea=idea, reason="x"),
    ):
        with pytest.raises((ValidationError, PermissionDenied)):
            attempt()
    assert verify().head == head


@pytest.mark.parametrize(
    "statement",
    ["UPDATE juries_round SET package = '{}'", "UPDATE juries_round SET state = 'void'", "DELETE FROM juries_round"],
)
def test_the_database_refuses_to_touch_a_decision(decided, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_decision_is_public_and_ends_the_challenge(decided):
    from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415

    assert decided_round(AnonymousUser(), decided.challenge) == decided.round
    assert decided.challenge.phase == Phase.DECIDED


# The package


def test_the_package_names_the_jury_and_nobodys_scores(decided):
    document = package(decided)
    assert [member["name"] for member in document["jury"]] == [juror.name for juror in decided.jurors]
    assert document["winners"] == [idea.reference for idea in decided.ideas[:2]]
    assert {row["juror"] for row in document["scores"]} == {"J1", "J2", "J3", "J4"}
    assert "Jurylid" not in json.dumps(document["scores"])
    assert len(document["scores"]) == 16


def test_the_package_holds_the_answer_and_the_digest_of_the_judged_text_of_every_idea(decided):
    told = {item["reference"]: item for item in package(decided)["ideas"]}
    assert {reference: item["answer"] for reference, item in told.items()} == {
        answer.idea.reference: answer.text for answer in Answer.objects.all()
    }
    assert all(len(item["version_sha256"]) == 64 for item in told.values())


def test_changed_scores_late_recusals_and_dissent_are_in_the_package(deliberation):
    first, second, third, _fourth = deliberation.jurors
    idea = deliberation.ideas[0]
    change_score(
        by=first,
        jury_round=deliberation.round,
        idea=idea,
        criterion="waarde",
        value=2,
        reason="Na het gesprek.",
        old_value=4,
    )
    recuse(by=second, jury_round=deliberation.round, idea=idea, kind="financial", note="Geheim geldbedrag.")
    note_dissent(by=first, jury_round=deliberation.round, text="Ik ben tegen.", is_named=True)
    note_dissent(by=third, jury_round=deliberation.round, text="Ik ook.", is_named=False)
    factories.answer_all(deliberation)
    close_round(by=deliberation.manager, jury_round=deliberation.round)
    document = package(deliberation.fresh())
    change = [(item["old"], item["new"], item["reason"], item["idea"]) for item in document["changed_scores"]]
    assert change == [(4, 2, "Na het gesprek.", idea.reference)]
    assert f"Jurylid 2: {idea.reference}" in document["interests"]
    assert {(note["name"], note["text"]) for note in document["dissent"]} == {
        ("Jurylid 1", "Ik ben tegen."),
        ("", "Ik ook."),
    }
    assert sum(row["idea"] == idea.reference for row in document["scores"]) == 3
    assert "Geheim geldbedrag" not in deliberation.round.package
    assert all(holds for _name, holds in check(envelope(deliberation.round)))


def test_a_tie_is_drawn_by_the_seed_that_was_fixed_at_the_lock(db):
    world = factories.world("decided", values=[4, 4, 4, 1])
    document = package(world)
    seed = document["lottery"]["seed"]
    assert lots.commitment(seed) == document["criteria"]["lottery_commitment"]
    drawn = [item["reference"] for item in document["lottery"]["drawn"][0]]
    assert drawn == lots.draw(seed, [idea.reference for idea in world.ideas[:3]])
    assert document["winners"] == drawn[:2]
    assert all(holds for _name, holds in check(envelope(world.round)))


def test_a_good_package_passes_every_check(decided):
    assert check(envelope(decided.round)) == [
        ("hash", True),
        ("signature", True),
        ("criteria fingerprint", True),
        ("lottery seed", True),
        ("order recomputed from the scores", True),
    ]


def holds(text: str) -> bool:
    """Whether a package file is accepted."""
    try:
        return all(result for _name, result in check(text))
    except ValueError:
        return False


@CALM
@given(data=st.data())
def test_one_changed_character_of_the_signed_text_breaks_it(decided, data):
    outer = json.loads(envelope(decided.round))
    signed = outer["package"]
    at = data.draw(st.integers(0, len(signed) - 1))
    other = data.draw(st.sampled_from('0123456789aZ}"é ').filter(lambda letter: letter != signed[at]))
    outer["package"] = signed[:at] + other + signed[at + 1 :]
    assert not holds(json.dumps(outer))


@pytest.mark.parametrize("field", ["sha256", "signature", "public_key"])
def test_a_changed_seal_breaks_it(decided, field):
    outer = json.loads(envelope(decided.round))
    outer[field] = outer[field].translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    assert not holds(json.dumps(outer))


def test_a_rigged_order_under_a_fresh_hash_is_found(decided):
    outer = json.loads(envelope(decided.round))
    document = json.loads(outer["package"])
    document["ideas"][0]["wins"], document["ideas"][-1]["wins"] = False, True
    outer["package"] = json.dumps(document)
    found = dict(check(json.dumps(outer)))
    assert (found["hash"], found["signature"], found["order recomputed from the scores"]) == (False, False, False)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"package": "{}"}', '{"package": 1}', "[" * 100_000])
def test_a_file_that_is_no_package_is_refused_with_a_plain_error(text):
    with pytest.raises(ValueError):
        check(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 12) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@CALM
@given(data=st.data())
def test_whatever_stands_in_a_package_the_check_gives_an_answer(decided, data):
    outer = json.loads(envelope(decided.round))
    document = json.loads(outer["package"])
    holder = document
    for _depth in range(data.draw(st.integers(1, 4))):
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(holder[key], dict | list) or not holder[key]:
            break
        parent, holder = holder, holder[key]
    else:
        holder = parent
    holder[key] = data.draw(json_values)
    outer["package"] = json.dumps(document)
    assert not holds(json.dumps(outer)) or outer["package"] == decided.round.package


def test_the_command_checks_a_package(decided, tmp_path, capsys):
    good, bad, none = tmp_path / "goed.json", tmp_path / "fout.json", tmp_path / "geen.json"
    good.write_text(envelope(decided.round), encoding="utf-8")
    bad.write_text(envelope(decided.round).replace("Jurylid 1", "Jurylid 9"), encoding="utf-8")
    none.write_text("geen json", encoding="utf-8")
    assert [main(["decision", "verify", str(file)]) for file in (good, bad, none)] == [0, 1, 2]
    assert "BROKEN  signature" in capsys.readouterr().out


def test_the_printed_decision_names_every_juror_every_idea_and_the_hash(decided):
    reader = PdfReader(io.BytesIO(pdf(decided.round)))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    names = [juror.name for juror in decided.jurors] + [idea.title for idea in decided.ideas]
    assert [name for name in names if name not in text] == []
    solid = text.replace(" ", "")
    assert json.loads(envelope(decided.round))["sha256"] in solid
    assert reader.trailer["/Root"]["/Lang"].startswith("nl")


def test_the_signing_key_is_kept_and_its_owner_alone_reads_it(decided, settings):
    from pathlib import Path  # noqa: PLC0415

    assert Path(settings.SIGNING_KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert factories.world("decided").round.public_key == decided.round.public_key


def test_a_package_signed_anew_with_another_key_is_not_the_municipalitys(decided, tmp_path, settings):
    own = settings.SIGNING_KEY_FILE
    file = json.loads(envelope(decided.round))
    settings.SIGNING_KEY_FILE = tmp_path / "forger.pem"
    file["signature"], file["public_key"] = sign(file["package"])
    forged = tmp_path / "besluit.json"
    forged.write_text(json.dumps(file), encoding="utf-8")
    settings.SIGNING_KEY_FILE = own
    assert all(holds for _name, holds in check(forged.read_text(encoding="utf-8")))  # sound in itself
    assert main(["decision", "verify", str(forged)]) == 1
    assert main(["decision", "verify", str(forged), "--key", file["public_key"]]) == 0


# On what was seen


def say_otherwise(world, idea):
    """Everyone gives the idea a 1 after all."""
    for juror in world.jurors:
        for criterion in ("waarde", "haalbaar"):
            change_score(
                by=juror,
                jury_round=world.round,
                idea=idea,
                criterion=criterion,
                value=1,
                reason="Na het gesprek.",
                old_value=4,
            )


def test_nobody_decides_on_an_order_that_is_no_longer_there(deliberation):
    factories.answer_all(deliberation)
    seen = what_is_decided(deliberation.manager, deliberation.round)
    say_otherwise(deliberation, deliberation.ideas[0])
    with pytest.raises(ValidationError, match="after you opened this page"):
        close_round(by=deliberation.manager, jury_round=deliberation.round, seen=seen)
    assert deliberation.fresh().round.state == "deliberation"


def test_an_answer_that_was_written_before_the_scores_changed_is_read_again_before_the_decision(deliberation):
    factories.answer_all(deliberation)
    first = deliberation.ideas[0]
    recuse(by=deliberation.jurors[0], jury_round=deliberation.round, idea=first, kind="financial", note="Aandelen.")
    say = answers_to_read_again(deliberation.manager, deliberation.round)
    assert say == {first.pk}
    with pytest.raises(ValidationError, match=f"written for: {first.reference}"):
        close_round(by=deliberation.manager, jury_round=deliberation.round)
    kept = answers(deliberation.manager, deliberation.round)[first.pk]
    write_answer(
        by=deliberation.manager,
        jury_round=deliberation.round,
        idea=first,
        text=kept.text,
        revision=kept.revision,
        seen=basis_of(deliberation.round, [first])[first.pk],
    )
    assert answers_to_read_again(deliberation.manager, deliberation.round) == set()
    assert close_round(by=deliberation.manager, jury_round=deliberation.round).state == "decided"
    assert verify().whole


def test_an_answer_saved_from_a_page_with_older_scores_is_still_to_be_read_again(deliberation):
    idea = deliberation.ideas[0]
    seen = basis_of(deliberation.round, [idea])[idea.pk]
    say_otherwise(deliberation, idea)
    write_answer(by=deliberation.manager, jury_round=deliberation.round, idea=idea, text="Mooi.", revision=0, seen=seen)
    assert answers_to_read_again(deliberation.manager, deliberation.round) == {idea.pk}


def test_a_round_without_ideas_is_not_decided(deliberation):
    for idea in deliberation.ideas:
        withdraw_idea(by=deliberation.manager, idea=idea, reason="Teruggetrokken.")
    with pytest.raises(ValidationError, match="No idea is left"):
        close_round(by=deliberation.manager, jury_round=deliberation.round)


# Who is in it


def test_the_labels_of_a_decision_follow_from_nothing(deliberation):
    factories.answer_all(deliberation)
    first = deliberation.ideas[0]
    change_score(  # by this score we know the first juror in the package
        by=deliberation.jurors[0],
        jury_round=deliberation.round,
        idea=first,
        criterion="waarde",
        value=1,
        reason="Toch niet.",
        old_value=4,
    )
    factories.answer_all(deliberation)
    labels = set()
    for _time in range(16):  # with one outcome for the same data, someone could work it out
        with transaction.atomic():
            jury_round = close_round(by=deliberation.manager, jury_round=deliberation.round)
            assert all(holds for _name, holds in check(envelope(jury_round)))
            rows = json.loads(jury_round.package)["scores"]
            labels |= {row["juror"] for row in rows if (row["idea"], row["values"]["waarde"]) == (first.reference, 1)}
            transaction.set_rollback(True)
    assert len(labels) > 1


def test_who_left_stays_named_with_what_was_handed_in_and_the_rest_goes_to_others(db):
    world = factories.world("scoring", ideas=2, jurors=3, quorum=2)
    leaver, (first, second) = world.jurors[0], world.ideas
    factories.judge(world, leaver, first)
    with pytest.raises(ValidationError):
        lay_down_seat(by=world.manager, seat=world.seat(leaver), reason=" ")
    lay_down_seat(by=world.manager, seat=world.seat(leaver), reason="Ziek.")
    assert world.seat(leaver).assignments.get(idea=second).withdrawn_at is not None
    with pytest.raises(PermissionDenied):
        factories.judge(world, leaver, second)
    for juror in world.jurors[1:]:
        for idea in world.ideas:
            factories.judge(world, juror, idea)
    close_scoring(by=world.manager, jury_round=world.round)
    factories.answer_all(world.fresh())
    close_round(by=world.manager, jury_round=world.round)
    document = package(world.fresh())
    with override("nl"):
        kind = gettext("%(kind)s, left during the work") % {"kind": gettext("Jury member")}
    assert {member["name"]: member["kind"] for member in document["jury"]}["Jurylid 1"] == kind
    assert len(document["scores"]) == 5
    assert "Ziek" not in world.round.package
    assert verify().whole


def test_an_alternate_who_was_never_called_in_is_not_in_the_decision_and_does_not_hold_it_up(db):
    world = factories.world("deliberation")
    waiting = factories.person("juror", name="Reserve R", organisation="Stichting 1")
    seat_juror(by=world.manager, jury_round=world.round, user=waiting, kind="alternate")
    factories.answer_all(world)
    assert world.round.interests.filter(status="open").count() == 1
    close_round(by=world.manager, jury_round=world.round)
    assert "Reserve R" not in world.fresh().round.package
