# SPDX-License-Identifier: EUPL-1.2
"""Criteria set beforehand: locked once, published, and never changed."""

import hashlib
import html
import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from beproefd.cli import main
from beproefd.discipline.challenges import rulebook
from beproefd.discipline.challenges.actions import (
    close_intake,
    draft_criteria,
    lock_criteria,
    open_intake,
    remove_criterion,
    save_criterion,
    set_decision_rules,
)
from beproefd.discipline.challenges.for_rooms_above import note_decision
from beproefd.discipline.challenges.models import (
    NEXT_CRITERIA_STATES,
    NEXT_PHASES,
    Challenge,
    CriteriaSet,
    CriteriaState,
    Criterion,
    Phase,
)
from beproefd.discipline.challenges.queries import (
    criteria_in_force,
    intake_readiness,
    lock_readiness,
    lock_warnings,
    visible_criteria,
)
from beproefd.discipline.juries import lots
from beproefd.ground.audit.chain import canonical, digest
from beproefd.ground.audit.models import Entry
from beproefd.ground.audit.queries import verify
from tests import factories

WEIGHTED = {"kind": "weighted", "name": "Bereik", "question": "Wie bereikt het?", "weight": 10}


def lacks(checks):
    return [check.text for check in checks if not check.done]


def test_an_empty_challenge_lacks_everything_before_intake(manager):
    from beproefd.discipline.challenges.actions import create_challenge  # noqa: PLC0415

    challenge = create_challenge(by=manager, title="Leeg")
    assert len(lacks(intake_readiness(challenge))) == 10
    with pytest.raises(ValidationError) as refusal:
        open_intake(by=manager, challenge=challenge)
    assert len(refusal.value.messages) == 10


def test_a_complete_challenge_lacks_nothing(ready_challenge):
    assert lacks(intake_readiness(ready_challenge)) == []


def test_a_challenge_without_locked_criteria_does_not_open(manager):
    challenge = factories.challenge(manager)
    factories.add_criteria(manager, challenge)
    assert lacks(intake_readiness(challenge)) == ["Criteria locked and published"]
    with pytest.raises(ValidationError, match="Criteria locked and published"):
        open_intake(by=manager, challenge=challenge)


def test_intake_does_not_open_after_its_deadline(manager, ready_challenge):
    import time_machine  # noqa: PLC0415 -- moves the clock

    with time_machine.travel(ready_challenge.deadline), pytest.raises(ValidationError, match="lies in the past"):
        open_intake(by=manager, challenge=ready_challenge)


def test_opening_and_closing_intake_twice_is_harmless(manager, ready_challenge):
    opened = open_intake(by=manager, challenge=ready_challenge)
    entries = Entry.objects.count()
    assert open_intake(by=manager, challenge=ready_challenge).intake_opened_at == opened.intake_opened_at
    assert Entry.objects.count() == entries
    closed = close_intake(by=manager, challenge=ready_challenge, reason="Klaar.")
    assert close_intake(by=manager, challenge=ready_challenge).intake_closed_at == closed.intake_closed_at


def test_closing_intake_before_the_deadline_needs_a_reason(manager, open_challenge):
    with pytest.raises(ValidationError) as refusal:
        close_intake(by=manager, challenge=open_challenge)
    assert list(refusal.value.message_dict) == ["reason"]
    assert Challenge.objects.get().phase == Phase.INTAKE


# The lock


@pytest.fixture
def draft(manager):
    return factories.add_criteria(manager, factories.challenge(manager))


def test_the_fingerprint_is_the_sha256_of_the_published_file(manager, draft):
    locked = lock_criteria(by=manager, criteria_set=draft)
    assert locked.fingerprint == hashlib.sha256(locked.canonical.encode()).hexdigest()


def test_the_published_document_holds_everything_that_was_fixed(manager, draft):
    locked = lock_criteria(by=manager, criteria_set=draft)
    document = json.loads(locked.canonical)
    assert document["scale"] == {"min": 1, "max": 5}
    assert (document["quorum"], document["winners"], document["tie_break"]) == (2, 2, "lottery")
    assert [(item["key"], item["kind"], item["weight"]) for item in document["criteria"]] == [
        ("mag-het", "knock_out", 0),
        ("waarde", "weighted", 60),
        ("haalbaar", "weighted", 40),
    ]
    assert document["lottery_commitment"] == lots.commitment(locked.lottery_seed)
    assert locked.lottery_seed not in locked.canonical


def test_the_rulebook_reads_back_what_was_published(manager, draft):
    locked = lock_criteria(by=manager, criteria_set=draft)
    rules = rulebook.parse(locked.canonical)
    assert (rules.fingerprint, rules.version, rules.quorum, rules.winners) == (locked.fingerprint, 1, 2, 2)
    assert [criterion.key for criterion in rules.knock_outs] == ["mag-het"]
    assert [criterion.key for criterion in rules.weighted] == ["waarde", "haalbaar"]
    assert rules.heaviest.key == "waarde"
    assert rules.weighted[0].anchors == {number: f"Dat is een {number}." for number in range(1, 6)}


def test_locking_twice_gives_what_was_locked_the_first_time(manager, draft):
    first = lock_criteria(by=manager, criteria_set=draft)
    entries = Entry.objects.count()
    second = lock_criteria(by=manager, criteria_set=draft)
    same = ("canonical", "fingerprint", "locked_at", "lottery_seed")
    assert [getattr(first, name) for name in same] == [getattr(second, name) for name in same]
    assert Entry.objects.count() == entries


@pytest.mark.parametrize(
    "attempt",
    [
        lambda by, locked: set_decision_rules(by=by, criteria_set=locked, values={"winners": 1}),
        lambda by, locked: save_criterion(by=by, criteria_set=locked, values=WEIGHTED, anchors=factories.ANCHORS),
        lambda by, locked: remove_criterion(by=by, criterion=locked.criteria.first()),
    ],
)
def test_locked_criteria_do_not_change(manager, draft, attempt):
    locked = lock_criteria(by=manager, criteria_set=draft)
    before = verify().head
    with pytest.raises(ValidationError, match="These criteria are locked since"):
        attempt(manager, locked)
    assert verify().head == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE challenges_criteriaset SET canonical = '{}'",
        "UPDATE challenges_criteriaset SET fingerprint = 'f'",
        "UPDATE challenges_criteriaset SET lottery_seed = 'f'",
        "UPDATE challenges_criteriaset SET locked_at = '2020-01-01'",
        "UPDATE challenges_criteriaset SET locked_at = NULL",
        "UPDATE challenges_criteriaset SET state = 'draft'",
        "DELETE FROM challenges_criteriaset",
    ],
)
def test_the_database_itself_refuses_to_change_published_criteria(manager, draft, statement):
    lock_criteria(by=manager, criteria_set=draft)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify().whole


def test_an_edited_row_below_the_published_document_changes_nothing_for_the_jury(scoring):
    before = scoring.round.rules
    Criterion.objects.update(name="Anders")
    CriteriaSet.objects.update(quorum=9)
    assert scoring.fresh().round.rules == before


@pytest.mark.parametrize(
    ("spoil", "lacking"),
    [
        (lambda draft: draft.criteria.filter(kind="weighted").delete(), "At least one weighted criterion"),
        (
            lambda draft: draft.criteria.filter(key="waarde").update(weight=59),
            "Weights that make 100 together (now 99)",
        ),
        (
            lambda draft: draft.criteria.filter(key="waarde").update(anchors={"1": "Niets."}),
            "A plain text for every score of every criterion",
        ),
        (
            lambda draft: draft.criteria.filter(key="mag-het").update(anchors={"0": "Nee.", "1": "  "}),
            "A plain text for every score of every criterion",
        ),
    ],
)
def test_criteria_that_are_not_ready_do_not_lock(manager, draft, spoil, lacking):
    spoil(draft)
    assert lacking in lacks(lock_readiness(draft))
    with pytest.raises(ValidationError):
        lock_criteria(by=manager, criteria_set=draft)
    assert CriteriaSet.objects.get().state == CriteriaState.DRAFT


def test_a_longer_scale_asks_for_the_missing_texts(manager, draft):
    set_decision_rules(by=manager, criteria_set=draft, values={"scale_max": 7})
    draft.refresh_from_db()
    assert lacks(lock_readiness(draft)) == ["A plain text for every score of every criterion"]


@pytest.mark.parametrize(
    "values",
    [{"scale_min": 5, "scale_max": 5}, {"scale_max": 11}, {"winners": 0}, {"quorum": 0}, {"tie_break": "manager"}],
)
def test_decision_rules_that_make_no_sense_are_refused(manager, draft, values):
    with pytest.raises(ValidationError):
        set_decision_rules(by=manager, criteria_set=draft, values=values)
    assert verify().whole


def test_before_the_lock_the_programme_hears_what_looks_wrong_and_can_lock_all_the_same(manager, draft, client):
    for number in range(2):
        factories.person("juror", name=f"Jurylid {number}")
    assert lock_warnings(manager, draft) == []
    heavy = draft.criteria.get(name="Waarde")
    values = {name: getattr(heavy, name) for name in ("kind", "name", "question", "weight")}
    texts = {1: "Niets.", 2: "Veel.", 3: "Genoeg.", 4: " veel. ", 5: "Heel veel."}
    save_criterion(by=manager, criteria_set=draft, criterion=heavy, values=values, anchors=texts)
    gate = draft.criteria.get(name="Mag het")
    values = {name: getattr(gate, name) for name in ("kind", "name", "question", "weight")}
    save_criterion(
        by=manager, criteria_set=draft, criterion=gate, values=values, anchors={0: "Weet niet", 1: "Weet niet"}
    )
    set_decision_rules(by=manager, criteria_set=draft, values={"winners": 40, "quorum": 30})
    draft.refresh_from_db()
    said = lock_warnings(manager, draft)
    assert said == [
        "“Mag het”: no and yes have the same text, so nobody can tell them apart.",
        "“Waarde”: 2 and 4 have the same text, so nobody can tell them apart.",
        "40 winners is a lot: every winner gets a coach and two months.",
        "A quorum of 30 cannot be reached yet: 2 people can be in a jury.",
    ]
    client.force_login(manager)
    client.cookies["django_language"] = "en"
    for name in ("criteria", "criteria_lock"):
        page = html.unescape(client.get(reverse(f"challenges:{name}", args=[draft.challenge.slug])).content.decode())
        assert [text in page for text in said] == [True] * 4
    assert lock_criteria(by=manager, criteria_set=draft).is_locked


def test_what_looks_wrong_in_a_draft_is_for_the_programme_alone(manager, draft):
    set_decision_rules(by=manager, criteria_set=draft, values={"winners": 40, "quorum": 30})
    draft.refresh_from_db()
    for role in ("juror", "coach", "team", "administrator"):
        assert lock_warnings(factories.person(role), draft) == []


def test_two_criteria_of_one_set_do_not_have_the_same_name(manager, draft):
    names = [criterion.name for criterion in draft.criteria.all()]
    values = {"kind": "weighted", "name": f"  {names[0].upper()} ", "question": "Iets anders?", "weight": 5}
    with pytest.raises(ValidationError) as refusal:
        save_criterion(by=manager, criteria_set=draft, values=values, anchors={})
    assert list(refusal.value.message_dict) == ["name"]
    last = draft.criteria.last()
    kept = {name: getattr(last, name) for name in ("kind", "name", "question", "weight")}
    with pytest.raises(ValidationError, match="with this name already"):
        save_criterion(
            by=manager, criteria_set=draft, criterion=last, values=kept | {"name": names[0]}, anchors=last.anchors
        )
    save_criterion(by=manager, criteria_set=draft, criterion=last, values=kept, anchors=last.anchors)
    assert [criterion.name for criterion in draft.criteria.all()] == names


def test_a_weighted_criterion_weighs_something_and_a_knock_out_nothing(manager, draft):
    with pytest.raises(ValidationError) as refusal:
        save_criterion(by=manager, criteria_set=draft, values=WEIGHTED | {"weight": 0}, anchors=factories.ANCHORS)
    assert list(refusal.value.message_dict) == ["weight"]
    knock_out = {"kind": "knock_out", "name": "Veilig", "question": "Is het veilig?", "weight": 30}
    assert save_criterion(by=manager, criteria_set=draft, values=knock_out, anchors={0: "Nee", 1: "Ja"}).weight == 0


@pytest.mark.parametrize("role", ["team", "juror", "coach", "administrator"])
def test_only_the_programme_locks(manager, draft, role):
    with pytest.raises(PermissionDenied):
        lock_criteria(by=factories.person(role), criteria_set=draft)


def test_a_draft_is_seen_by_the_programme_alone(manager, draft, coach):
    assert list(visible_criteria(manager, draft.challenge)) == [draft]
    assert list(visible_criteria(coach, draft.challenge)) == []


# A new version


def test_a_new_version_needs_a_reason_and_replaces_the_old_one_at_its_own_lock(manager, ready_challenge):
    old = criteria_in_force(ready_challenge)
    with pytest.raises(ValidationError) as refusal:
        draft_criteria(by=manager, challenge=ready_challenge)
    assert list(refusal.value.message_dict) == ["reason"]
    draft = draft_criteria(by=manager, challenge=ready_challenge, reason="Een vraag was dubbel.")
    assert (draft.version, [c.key for c in draft.criteria.all()]) == (2, [c.key for c in old.criteria.all()])
    assert criteria_in_force(ready_challenge) == old
    new = lock_criteria(by=manager, criteria_set=draft)
    old.refresh_from_db()
    assert (criteria_in_force(ready_challenge), old.state) == (new, CriteriaState.REPLACED)
    assert new.lottery_seed != old.lottery_seed
    assert json.loads(new.canonical)["reason"] == "Een vraag was dubbel."


def test_asking_for_a_draft_twice_gives_the_same_draft(manager, ready_challenge):
    drafts = {draft_criteria(by=manager, challenge=ready_challenge, reason="x").pk for _time in range(2)}
    assert len(drafts) == 1


def test_after_the_first_score_there_is_no_new_version(scoring):
    factories.judge(scoring, scoring.jurors[0], scoring.ideas[0])
    with pytest.raises(ValidationError, match="Void the round first"):
        draft_criteria(by=scoring.manager, challenge=scoring.challenge, reason="Toch anders.")


def test_a_draft_made_before_the_first_score_does_not_lock_after_it(scoring):
    draft = draft_criteria(by=scoring.manager, challenge=scoring.challenge, reason="Toch anders.")
    factories.judge(scoring, scoring.jurors[0], scoring.ideas[0])
    with pytest.raises(ValidationError, match="cannot change any more"):
        lock_criteria(by=scoring.manager, criteria_set=draft)
    assert criteria_in_force(scoring.challenge).version == 1


def test_a_draft_score_does_not_fix_the_criteria_and_a_new_version_stops_the_old_round(scoring):
    factories.judge(scoring, scoring.jurors[0], scoring.ideas[0], submit=False)
    draft = draft_criteria(by=scoring.manager, challenge=scoring.challenge, reason="Toch anders.")
    lock_criteria(by=scoring.manager, criteria_set=draft)
    with pytest.raises(ValidationError, match="must be started again first"):
        factories.judge(scoring, scoring.jurors[0], scoring.ideas[0])


# `beproefd criteria verify`


def test_the_published_file_is_recognised_and_a_changed_one_is_not(manager, draft, tmp_path, capsys):
    locked = lock_criteria(by=manager, criteria_set=draft)
    good, bad = tmp_path / "goed.json", tmp_path / "fout.json"
    good.write_text(locked.canonical, encoding="utf-8")
    bad.write_text(locked.canonical.replace('"weight":60', '"weight":61'), encoding="utf-8")
    assert main(["criteria", "verify", str(good)]) == 0
    assert locked.fingerprint in capsys.readouterr().out
    assert main(["criteria", "verify", str(bad)]) == 1
    assert main(["criteria", "verify", str(good), "--fingerprint", locked.fingerprint.upper()]) == 0
    assert main(["criteria", "verify", str(bad), "--fingerprint", locked.fingerprint]) == 1


def test_a_file_that_was_only_laid_out_differently_is_still_the_same_document(manager, draft, tmp_path):
    locked = lock_criteria(by=manager, criteria_set=draft)
    file = tmp_path / "mooi.json"
    file.write_text(json.dumps(json.loads(locked.canonical), indent=4), encoding="utf-8")
    assert main(["criteria", "verify", str(file)]) == 0


@pytest.mark.parametrize("content", [b"", b"not json", b"[]", b'{"format": "other"}', b"\xff\xfe\x00", b"[" * 100_000])
def test_a_file_that_is_no_criteria_document_ends_with_2_and_one_line(db, tmp_path, capsys, content):
    file = tmp_path / "x.json"
    file.write_bytes(content)
    assert main(["criteria", "verify", str(file)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_missing_file_ends_with_2(db, tmp_path):
    assert main(["criteria", "verify", str(tmp_path / "niet")]) == 2


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.dictionaries(texts, texts | st.integers() | st.lists(texts, max_size=2), max_size=5))
def test_any_document_keeps_its_fingerprint_through_a_file(content):
    document = {**content, "format": rulebook.FORMAT}
    once = rulebook.fingerprint(canonical(document))
    assert rulebook.fingerprint(json.dumps(document, indent=2)) == once
    assert once == hashlib.sha256(canonical(document).encode()).hexdigest()


# The state tables


def test_a_challenge_goes_one_way(manager):
    assert {
        Phase.PREPARING: {Phase.INTAKE},
        Phase.INTAKE: {Phase.JURY},
        Phase.JURY: {Phase.DECIDED},
        Phase.DECIDED: set(),
    } == NEXT_PHASES


@pytest.mark.parametrize(
    ("phase", "step"),
    [
        (phase, step)
        for phase in Phase
        for step, to in ((open_intake, Phase.INTAKE), (close_intake, Phase.JURY), (note_decision, Phase.DECIDED))
        if to not in NEXT_PHASES[phase] and to != phase
    ],
)
def test_a_step_that_does_not_follow_is_refused(manager, phase, step):
    challenge = {
        Phase.PREPARING: lambda: factories.ready_challenge(manager),
        Phase.INTAKE: lambda: factories.open_challenge(manager),
        Phase.JURY: lambda: factories.jury_challenge(manager, [factories.person("team")]),
        Phase.DECIDED: lambda: factories.world("decided").challenge,
    }[phase]()
    more = {"reason": "x"} if step is close_intake else {}
    with pytest.raises(ValidationError, match="This step does not follow now"):
        step(by=manager, challenge=challenge, **more)
    challenge.refresh_from_db()
    assert challenge.phase == phase


def test_criteria_never_go_back_to_draft():
    assert [state for state, following in NEXT_CRITERIA_STATES.items() if CriteriaState.DRAFT in following] == []
    assert {state for state, following in NEXT_CRITERIA_STATES.items() if not following} == {
        CriteriaState.REPLACED,
        CriteriaState.VOIDED,
    }


def test_a_criterion_of_a_locked_set_cannot_be_changed_through_a_draft(open_challenge, manager):
    locked = criteria_in_force(open_challenge).criteria.first()
    draft = draft_criteria(by=manager, challenge=open_challenge, reason="Duidelijker")
    with pytest.raises(Criterion.DoesNotExist):
        save_criterion(by=manager, criteria_set=draft, values=WEIGHTED, anchors={}, criterion=locked)
    assert verify().whole


def test_a_draft_that_changed_while_it_was_read_is_not_locked(open_challenge, manager):
    draft = draft_criteria(by=manager, challenge=open_challenge, reason="Duidelijker")
    seen = digest(draft)
    set_decision_rules(by=manager, criteria_set=draft, values={"winners": 1})
    with pytest.raises(ValidationError):
        lock_criteria(by=manager, criteria_set=draft, seen=seen)
    assert lock_criteria(by=manager, criteria_set=draft, seen=digest(draft)).state == CriteriaState.LOCKED
