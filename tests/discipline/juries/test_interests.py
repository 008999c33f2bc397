# SPDX-License-Identifier: EUPL-1.2
"""Conflicts of interest: declared before an idea opens, and blocking everywhere from that moment (Awb 2:4)."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from beproefd.discipline.ideas.actions import (
    ask_correction,
    merge_ideas,
    start_idea,
    submit_idea,
    withdraw_idea,
)
from beproefd.discipline.ideas.queries import own_ideas, visible_ideas
from beproefd.discipline.juries.actions import (
    assign_ideas,
    change_score,
    close_round,
    close_scoring,
    confirm_interest,
    declare,
    dismiss_interest,
    note_dissent,
    open_round,
    open_scoring,
    recuse,
    report_interest,
    save_assessment,
    seat_juror,
    write_answer,
)
from beproefd.discipline.juries.models import Assessment, Assignment, Declaration, Interest
from beproefd.discipline.juries.queries import (
    assessments_of,
    coverage,
    own_assessment,
    own_tasks,
    readable_idea,
    visible_dissents,
    visible_field,
    visible_interests,
    visible_standings,
)
from beproefd.discipline.juries.sentences import interest_paragraph
from beproefd.ground.audit.models import Entry
from beproefd.ground.audit.queries import verify
from tests import factories

KINDS = ["organisation", "financial", "personal", "competing", "own_team"]


def test_an_idea_opens_only_after_the_word_that_nothing_binds(scoring):
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    assert readable_idea(juror, scoring.round, idea.reference) is None
    declare(by=juror, jury_round=scoring.round, idea=idea, free=True)
    assert readable_idea(juror, scoring.round, idea.reference) == idea


def test_there_is_no_score_without_that_word(scoring):
    idea = scoring.ideas[0]
    with pytest.raises(PermissionDenied, match="First say whether anything binds you"):
        save_assessment(
            by=scoring.jurors[0],
            jury_round=scoring.round,
            idea=idea,
            version_number=1,
            revision=0,
            scores=factories.all_scores(),
            confidence=2,
            submit=True,
        )
    assert Assessment.objects.count() == 0


def test_the_same_word_twice_is_once(scoring):
    for _time in range(2):
        declare(by=scoring.jurors[0], jury_round=scoring.round, idea=scoring.ideas[0], free=True)
    assert Declaration.objects.count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_who_says_to_be_bound_never_sees_the_idea_again(scoring, kind):
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    declare(by=juror, jury_round=scoring.round, idea=idea, free=False, kind=kind, note="Zus werkt er.")
    assert idea not in visible_field(juror, scoring.round)
    assert idea not in [task.idea for task in own_tasks(juror, scoring.round)]
    assert readable_idea(juror, scoring.round, idea.reference) is None
    interest = Interest.objects.get()
    assert (interest.kind, interest.status, interest.is_late, interest.is_suggested) == (
        kind,
        "confirmed",
        False,
        False,
    )
    assert Assignment.objects.get(seat__user=juror, idea=idea).withdrawn_at is not None


def test_an_unknown_kind_of_tie_is_refused(scoring):
    with pytest.raises(ValidationError):
        declare(by=scoring.jurors[0], jury_round=scoring.round, idea=scoring.ideas[0], free=False, kind="love")
    assert (Declaration.objects.count(), Interest.objects.count()) == (0, 0)


# Suggested ties


def test_a_suggested_tie_blocks_until_someone_decides(tied):
    juror, idea = tied.jurors[-1], tied.ideas[0]
    assert idea not in visible_field(juror, tied.round)
    assert not Assignment.objects.filter(seat__user=juror, idea=idea).exists()
    with pytest.raises(PermissionDenied):
        declare(by=juror, jury_round=tied.round, idea=idea, free=True)


def test_a_dismissed_tie_opens_the_idea_again_with_the_reason_kept(tied):
    juror, idea = tied.jurors[-1], tied.ideas[0]
    interest = Interest.objects.get()
    with pytest.raises(ValidationError) as refusal:
        dismiss_interest(by=tied.manager, interest=interest, reason=" ")
    assert list(refusal.value.message_dict) == ["reason"]
    dismissed = dismiss_interest(by=tied.manager, interest=interest, reason="Andere afdeling, geen contact.")
    assert (dismissed.decision_reason, dismissed.decided_by) == ("Andere afdeling, geen contact.", tied.manager)
    assign_ideas(by=tied.manager, jury_round=tied.round, per_idea=4)
    factories.judge(tied, juror, idea)


def test_a_tie_that_counts_after_all_voids_what_was_scored_meanwhile(tied):
    juror, idea = tied.jurors[-1], tied.ideas[0]
    dismiss_interest(by=tied.manager, interest=Interest.objects.get(), reason="Andere afdeling.")
    assign_ideas(by=tied.manager, jury_round=tied.round, per_idea=4)
    factories.judge(tied, juror, idea)
    interest = confirm_interest(by=tied.manager, interest=Interest.objects.get(), reason="Toch wel.")
    interest.refresh_from_db()
    left = tied.seat(juror).assessments.filter(idea=idea).values_list("state", flat=True)
    assert (interest.is_late, list(left)) == (True, ["void"])
    assert idea not in visible_field(juror, tied.round)


def test_a_tie_noted_by_mistake_is_taken_back_and_stays_as_a_trace(scoring):
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    noted = report_interest(
        by=scoring.manager, jury_round=scoring.round, user=juror, idea=idea, kind="personal", note="Verkeerde persoon."
    )
    assert (noted.can_be_taken_back, idea in visible_field(juror, scoring.round)) == (True, False)
    taken_back = dismiss_interest(by=scoring.second_manager, interest=noted, reason="Naamgenoot.")
    assert (taken_back.status, taken_back.note, taken_back.decision_reason) == (
        "dismissed",
        "Verkeerde persoon.",
        "Naamgenoot.",
    )
    assert declare(by=juror, jury_round=scoring.round, idea=idea, free=True).free
    assert readable_idea(juror, scoring.round, idea.reference) == idea
    assert verify().whole


@pytest.mark.parametrize("when", ["before reading", "later", "over a suggestion"])
def test_what_jury_members_say_of_themselves_stays_their_word(tied, when):
    juror, idea = tied.jurors[0], tied.ideas[0]
    said = {"by": juror, "jury_round": tied.round, "idea": idea, "kind": "personal", "note": "Oud-collega."}
    if when == "over a suggestion":
        report_interest(
            by=tied.manager, jury_round=tied.round, user=juror, idea=idea, kind="personal", note="Vermoeden."
        )
        dismiss_interest(by=tied.manager, interest=Interest.objects.get(user=juror), reason="Niets gevonden.")
    if when == "before reading":
        declare(**said, free=False)
    else:
        declare(by=juror, jury_round=tied.round, idea=idea, free=True)
        recuse(**said)
    interest = Interest.objects.get(user=juror)
    with pytest.raises(ValidationError, match="said so personally"):
        dismiss_interest(by=tied.manager, interest=interest, reason="Tien jaar geleden.")
    interest.refresh_from_db()
    assert (interest.status, interest.can_be_taken_back) == ("confirmed", False)


def test_a_confirmed_tie_stays_closed(tied):
    confirm_interest(by=tied.manager, interest=Interest.objects.get())
    assert tied.ideas[0] not in visible_field(tied.jurors[-1], tied.round)


def test_nobody_decides_about_their_own_tie(scoring):
    interest = report_interest(
        by=scoring.manager,
        jury_round=scoring.round,
        user=scoring.second_manager,
        idea=scoring.ideas[0],
        kind="personal",
        note="x",
    )
    with pytest.raises(PermissionDenied):
        dismiss_interest(by=scoring.second_manager, interest=interest, reason="Valt mee.")


def test_a_tie_through_a_team_cannot_be_dismissed(manager):
    both = factories.person("team", "juror", organisation="X")
    challenge = factories.jury_challenge(manager, [both, factories.person("team", organisation="Y")])
    jury_round = open_round(by=manager, challenge=challenge)
    seat_juror(by=manager, jury_round=jury_round, user=both, kind="member")
    for interest in Interest.objects.all():
        with pytest.raises(ValidationError):
            dismiss_interest(by=manager, interest=interest, reason="Toch wel.")
    assert list(visible_field(both, jury_round)) == []


LONG = "a" * 5_000_000
EXPLANATIONS = {
    "confirm": lambda w: confirm_interest(by=w.manager, interest=Interest.objects.get(), reason=LONG),
    "dismiss": lambda w: dismiss_interest(by=w.manager, interest=Interest.objects.get(), reason=LONG),
    "report the tie that was suggested": lambda w: report_interest(
        by=w.manager, jury_round=w.round, user=w.jurors[-1], idea=w.ideas[0], kind="organisation", note=LONG
    ),
    "recuse": lambda w: recuse(by=w.jurors[0], jury_round=w.round, idea=w.ideas[0], kind="personal", note=LONG),
    "declare": lambda w: declare(by=w.jurors[0], jury_round=w.round, idea=w.ideas[0], free=False, note=LONG),
}


@pytest.mark.parametrize("attempt", EXPLANATIONS)
def test_an_explanation_of_five_megabytes_is_refused(tied, attempt):
    head = verify().head
    with pytest.raises(ValidationError):
        EXPLANATIONS[attempt](tied)
    assert verify().head == head


# Late recusal


def test_a_late_recusal_voids_the_scores_recomputes_and_leaves_a_trace(deliberation):
    juror, (first, *_others) = deliberation.jurors[0], deliberation.ideas
    before = visible_standings(deliberation.manager, deliberation.round)
    line = {item.idea: item for item in before.lines}[first.reference]
    assert (line.readings, line.mean) == (4, 4.0)
    change_score(
        by=juror,
        jury_round=deliberation.round,
        idea=first,
        criterion="waarde",
        value=1,
        reason="Toch niet.",
        old_value=4,
    )
    interest = recuse(by=juror, jury_round=deliberation.round, idea=first, kind="personal", note="Mijn broer doet mee.")
    assert interest.is_late
    after = visible_standings(deliberation.manager, deliberation.round)
    line = {item.idea: item for item in after.lines}[first.reference]
    assert (line.readings, line.mean) == (3, 4.0)
    kept = Assessment.objects.get(seat__user=juror, idea=first)
    assert (kept.state, kept.scores.count()) == ("void", 3)
    assert own_assessment(juror, deliberation.round, first) is None
    assert assessments_of(juror, deliberation.round, first) == []
    assert first.reference not in [item.idea for item in visible_standings(juror, deliberation.round).lines]
    text = interest_paragraph(Interest.objects.select_related("user", "idea"))
    assert f"Jurylid 1: {first.reference}" in text
    assert len(text) > len(interest_paragraph(Interest.objects.none()))
    assert verify().whole


def test_after_a_recusal_below_the_quorum_the_round_waits_for_an_alternate(db):
    world = factories.world("deliberation", per_idea=2, ideas=2, jurors=3)
    idea = world.ideas[0]
    reader = Assignment.objects.filter(idea=idea).first().seat.user
    recuse(by=reader, jury_round=world.round, idea=idea, kind="financial", note="Lening.")
    factories.answer_all(world)
    with pytest.raises(ValidationError) as refusal:
        close_round(by=world.manager, jury_round=world.round)
    assert refusal.value.messages == [f"Idea {idea.reference} has 1 of the 2 judgements the criteria ask for."]
    assert assign_ideas(by=world.manager, jury_round=world.round, per_idea=2) == 1
    newcomer = Assignment.objects.filter(idea=idea, withdrawn_at=None).order_by("-pk").first().seat.user
    factories.judge(world, newcomer, idea)
    factories.answer_all(world)  # the answers are read again: they rested on one judgement less
    assert close_round(by=world.manager, jury_round=world.round).state == "decided"


def test_a_recusal_needs_one_sentence_and_a_seat(scoring):
    with pytest.raises(ValidationError) as refusal:
        recuse(by=scoring.jurors[0], jury_round=scoring.round, idea=scoring.ideas[0], kind="personal", note="")
    assert list(refusal.value.message_dict) == ["note"]
    with pytest.raises(PermissionDenied):
        recuse(by=scoring.owners[0], jury_round=scoring.round, idea=scoring.ideas[0], kind="personal", note="x")


def test_a_juror_who_joins_a_team_during_a_correction_no_longer_counts(scoring):
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    for member in scoring.jurors:
        for each in scoring.ideas:
            factories.judge(scoring, member, each, 5 if member == juror else 3)
    ask_correction(by=scoring.manager, idea=idea, reason="Het team is niet volledig.")
    factories.joins(scoring.owners[0], idea, juror)
    assert list(visible_field(juror, scoring.round)) == []  # in a team, so every other idea competes
    close_scoring(by=scoring.manager, jury_round=scoring.round)
    standings = visible_standings(scoring.manager, scoring.fresh().round)
    assert {line.idea: line.readings for line in standings.lines} == {each.reference: 3 for each in scoring.ideas}
    assert set(Interest.objects.filter(user=juror).values_list("kind", flat=True)) == {"own_team", "competing"}


def test_an_undecided_tie_with_an_idea_that_was_merged_away_does_not_hold_up_the_decision(tied):
    source, into = tied.ideas[0], tied.ideas[1]
    merge_ideas(by=tied.manager, into=into, sources=[source], reason="Zelfde.", values={}, base_number=1)
    tied.ideas = tied.ideas[1:]
    tied.fresh()
    for interest in Interest.objects.filter(idea=into, status="open"):
        confirm_interest(by=tied.manager, interest=interest)
    for juror in tied.jurors:
        for task in own_tasks(juror, tied.round):
            factories.judge(tied, juror, task.idea)
    close_scoring(by=tied.manager, jury_round=tied.round)
    factories.answer_all(tied)
    for interest in Interest.objects.filter(idea=into, status="open"):
        confirm_interest(by=tied.manager, interest=interest)
    assert close_round(by=tied.manager, jury_round=tied.round).state == "decided"


# Two managers, one of them bound


@pytest.fixture
def bound(deliberation):
    """The second manager is bound to the first idea."""
    report_interest(
        by=deliberation.second_manager,
        jury_round=deliberation.round,
        user=deliberation.second_manager,
        idea=deliberation.ideas[0],
        kind="personal",
        note="Mijn buurvrouw.",
    )
    return deliberation


def test_a_bound_manager_sees_the_round_as_if_the_idea_did_not_exist(bound):
    hidden, *others = bound.ideas
    second = bound.second_manager
    assert set(visible_field(second, bound.round)) == set(others)
    assert {line.idea for line in coverage(second, bound.round)} == set(others)
    assert {line.idea for line in visible_standings(second, bound.round).lines} == {idea.reference for idea in others}
    assert list(visible_interests(second, bound.round)) == []
    assert readable_idea(second, bound.round, hidden.reference) is None


def test_a_bound_manager_neither_decides_nor_reads_what_may_name_the_idea(bound):
    note_dissent(by=bound.jurors[0], jury_round=bound.round, text="Idee 1 had niet mogen winnen.", is_named=True)
    factories.answer_all(bound)
    second = bound.second_manager
    assert (visible_dissents(second, bound.round), len(visible_dissents(bound.manager, bound.round))) == ([], 1)
    entries = Entry.objects.count()
    for attempt in (
        lambda: close_round(by=second, jury_round=bound.round),
        lambda: write_answer(by=second, jury_round=bound.round, idea=bound.ideas[0], text="x", revision=1),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert Entry.objects.count() == entries
    assert close_round(by=bound.manager, jury_round=bound.round).state == "decided"


def test_while_ideas_are_sealed_no_suggested_tie_shows_them(manager):
    challenge = factories.open_challenge(manager)
    owner = factories.person("team", organisation="Stichting A")
    factories.idea(owner, challenge)
    jury_round = open_round(by=manager, challenge=challenge)
    juror = factories.person("juror", organisation="Stichting A")
    seat_juror(by=manager, jury_round=jury_round, user=juror, kind="member")
    assert list(visible_interests(manager, jury_round)) == []


def test_a_manager_with_a_seat_sees_the_scores_of_others_only_after_the_own_score(manager):
    both = factories.person("manager", "juror", name="Beide", organisation="Z")
    world = factories.world("scoring", ideas=2, jurors=3)
    seat_juror(by=world.manager, jury_round=world.round, user=both, kind="member")
    assign_ideas(by=world.manager, jury_round=world.round, per_idea=4)
    factories.judge_all(world)
    close_scoring(by=world.manager, jury_round=world.round)
    idea = world.fresh().ideas[0]
    assert (assessments_of(both, world.round, idea), list(visible_standings(both, world.round).lines)) == ([], [])
    factories.judge(world, both, idea)
    assert len(assessments_of(both, world.round, idea)) == 4


# The idea pages


@pytest.mark.parametrize("role", ["manager", "coach"])
def test_who_has_a_seat_reads_an_idea_nowhere_before_saying_that_nothing_binds(preparing, role):
    both = factories.person(role, "juror", name="Beide", organisation="Z")
    idea, *others = preparing.ideas
    assert set(visible_ideas(both, preparing.challenge)) == {idea, *others}
    seat_juror(by=preparing.manager, jury_round=preparing.round, user=both, kind="member")
    assert list(visible_ideas(both, preparing.challenge)) == []
    assign_ideas(by=preparing.manager, jury_round=preparing.round, per_idea=5)
    open_scoring(by=preparing.manager, jury_round=preparing.round)
    assert list(visible_ideas(both, preparing.challenge)) == []
    declare(by=both, jury_round=preparing.round, idea=idea, free=True)
    assert list(visible_ideas(both, preparing.challenge)) == [idea]


def test_a_tied_manager_does_not_keep_an_idea_that_was_typed_in(manager, second_manager):
    challenge = factories.open_challenge(manager)
    told = start_idea(
        by=second_manager,
        challenge=challenge,
        values={"title": "Verteld", "problem": "x", "solution": "x", "value": "x"},
        channel="spoken",
        channel_note="Op de markt.",
    )
    submit_idea(by=second_manager, idea=told)
    jury_round = open_round(by=manager, challenge=challenge)
    factories.close_intake_early(manager, challenge)
    assert list(own_ideas(second_manager, challenge)) == [told]
    report_interest(
        by=manager, jury_round=jury_round, user=second_manager, idea=told, kind="financial", note="Aandelen."
    )
    challenge.refresh_from_db()
    assert (list(own_ideas(second_manager, challenge)), list(visible_ideas(second_manager, challenge))) == ([], [])
    for attempt in (withdraw_idea, ask_correction):
        with pytest.raises(PermissionDenied):
            attempt(by=second_manager, idea=told, reason="Weg ermee.")
    told.refresh_from_db()
    assert told.state == "submitted"
