# SPDX-License-Identifier: EUPL-1.2
"""A juror judges alone; an abstention is missing, never a nought; others' scores open after the own one."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from beproefd.discipline.ideas.actions import ask_correction, revise_idea
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.juries.actions import change_score, close_scoring, declare, note_dissent, save_assessment
from beproefd.discipline.juries.actions.scoring import ScoreInput
from beproefd.discipline.juries.models import Assessment, Score, ScoreChange
from beproefd.discipline.juries.queries import (
    answer_draft,
    assessments_of,
    coverage,
    own_assessment,
    own_tasks,
    progress,
    standings_among,
    visible_changes,
    visible_dissents,
    visible_standings,
)
from beproefd.ground.audit.models import Entry
from beproefd.ground.audit.queries import verify
from tests import factories


def line_of(world, idea):
    lines = standings_among(world.fresh().round, world.ideas).lines
    return next(line for line in lines if line.idea == idea.reference)


def correct(world, idea, title="Verbeterd"):
    """The idea gets a new version while the jury scores."""
    owner = world.owners[world.ideas.index(idea)]
    ask_correction(by=world.manager, idea=idea, reason="Het bedrag klopt niet.")
    return revise_idea(by=owner, idea=idea, base_number=idea.current.number, values={"title": title})


# Handing in


def test_a_score_is_kept_with_its_reason_and_the_version_it_is_about(scoring):
    made = factories.judge(scoring, scoring.jurors[0], scoring.ideas[0], 4)
    kept = {(score.criterion, score.value, score.reason) for score in made.scores.all()}
    assert kept == {("mag-het", 1, "Want 1."), ("waarde", 4, "Want 4."), ("haalbaar", 4, "Want 4.")}
    assert (made.state, made.version, made.confidence) == ("submitted", scoring.ideas[0].current, 2)


def test_handing_in_the_same_twice_is_once(scoring):
    first = factories.judge(scoring, scoring.jurors[0], scoring.ideas[0])
    head = verify().head
    assert factories.judge(scoring, scoring.jurors[0], scoring.ideas[0]) == first
    assert (Assessment.objects.count(), verify().head) == (1, head)


def test_after_handing_in_another_score_is_refused(scoring):
    factories.judge(scoring, scoring.jurors[0], scoring.ideas[0], 4)
    with pytest.raises(ValidationError, match="In the deliberation you can change one"):
        factories.judge(scoring, scoring.jurors[0], scoring.ideas[0], 5)
    assert set(Score.objects.filter(criterion="waarde").values_list("value", flat=True)) == {4}


def test_a_draft_is_the_jurors_own_and_counts_nowhere(scoring):
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    factories.judge(scoring, juror, idea, factories.scores(waarde=5), submit=False, confidence=None)
    assert own_assessment(juror, scoring.round, idea).state == "draft"
    assert [assessments_of(other, scoring.round, idea) for other in scoring.jurors] == [[]] * 4
    assert (line_of(scoring, idea).readings, progress(scoring.manager, scoring.round)[0].done) == (0, 0)


def test_a_draft_saved_in_two_windows_does_not_overwrite(scoring):
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    factories.judge(scoring, juror, idea, 3, submit=False)
    factories.judge(scoring, juror, idea, 4, submit=False)
    with pytest.raises(ValidationError, match="another window"):
        factories.judge(scoring, juror, idea, 5, submit=False, revision=1)
    assert own_assessment(juror, scoring.round, idea).scores.get(criterion="waarde").value == 4


@pytest.mark.parametrize(
    ("given", "confidence", "wrong"),
    [
        (factories.scores(mag_het=1, waarde=4), 2, ["haalbaar"]),
        ({}, 2, ["haalbaar", "mag-het", "waarde"]),
        (factories.all_scores(0), 2, ["haalbaar", "waarde"]),
        (factories.all_scores(6), 2, ["haalbaar", "waarde"]),
        (factories.all_scores(-1), 2, ["haalbaar", "waarde"]),
        (factories.all_scores(4, mag_het=2), 2, ["mag-het"]),
        (factories.all_scores(4) | {"waarde": ScoreInput(4, reason="  ")}, 2, ["waarde"]),
        (factories.all_scores(4) | {"waarde": ScoreInput(4, reason="a" * 1001)}, 2, ["waarde"]),
        (factories.all_scores(4) | {"waarde": ScoreInput(4, reason="a" * 5_000_000)}, 2, ["waarde"]),
        (factories.all_scores(4), None, ["confidence"]),
        (factories.all_scores(4), 9, ["confidence"]),
    ],
)
def test_what_is_missing_or_off_the_scale_is_named_per_criterion(scoring, given, confidence, wrong):
    head = verify().head
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    declare(by=juror, jury_round=scoring.round, idea=idea, free=True)
    with pytest.raises(ValidationError) as refusal:
        factories.judge(scoring, juror, idea, given, confidence=confidence)
    assert sorted(refusal.value.message_dict) == wrong
    assert Assessment.objects.count() == 0
    assert verify().head != head  # the declaration alone


@pytest.mark.parametrize(("value", "confidence"), [(6, None), (-1, None), (4, 9), (4, -1)])
def test_a_draft_takes_nothing_off_the_scale_either(scoring, value, confidence):
    with pytest.raises(ValidationError):
        factories.judge(scoring, scoring.jurors[0], scoring.ideas[0], value, confidence=confidence, submit=False)
    assert Assessment.objects.count() == 0


def test_scores_for_criteria_that_do_not_exist_are_not_kept(scoring):
    made = factories.judge(
        scoring, scoring.jurors[0], scoring.ideas[0], factories.all_scores(4) | factories.scores(vals=5)
    )
    assert sorted(made.scores.values_list("criterion", flat=True)) == ["haalbaar", "mag-het", "waarde"]


def test_an_idea_that_is_not_on_the_list_gets_no_score(db):
    world = factories.world("scoring", per_idea=2)
    juror = world.jurors[0]
    idea = next(idea for idea in world.ideas if not world.seat(juror).assignments.filter(idea=idea).exists())
    with pytest.raises(PermissionDenied):
        factories.judge(world, juror, idea)


def test_an_idea_of_another_challenge_gets_no_score(scoring):
    other = factories.world("scoring")
    with pytest.raises(PermissionDenied):
        save_assessment(
            by=scoring.jurors[0],
            jury_round=scoring.round,
            idea=other.ideas[0],
            version_number=1,
            revision=0,
            scores=factories.all_scores(),
            confidence=2,
            submit=True,
        )


# Abstaining


def test_abstaining_is_missing_and_never_a_nought(scoring):
    idea = scoring.ideas[0]
    factories.judge(scoring, scoring.jurors[0], idea, factories.scores(mag_het=1, waarde=4, haalbaar=4))
    factories.judge(scoring, scoring.jurors[1], idea, factories.scores(mag_het="abstain", waarde="abstain", haalbaar=2))
    line = line_of(scoring, idea)
    assert line.criterion_means == {"waarde": 4.0, "haalbaar": 3.0}
    assert line.mean == pytest.approx(0.6 * 4 + 0.4 * 3)
    assert (line.readings, line.knocked_out_by) == (2, ())


def test_who_abstains_from_everything_has_worked_but_judged_nothing(scoring):
    idea, juror = scoring.ideas[0], scoring.jurors[0]
    nothing = dict.fromkeys(["mag_het", "waarde", "haalbaar"], "abstain")
    factories.judge(scoring, juror, idea, factories.scores(**nothing))
    done = {line.seat.name: line.done for line in progress(scoring.manager, scoring.round)}
    judged = {line.idea: line.done for line in coverage(scoring.manager, scoring.round)}
    assert (done["Jurylid 1"], judged[idea]) == (1, 0)
    assert (line_of(scoring, idea).mean, line_of(scoring, idea).place) == (None, 0)


def test_the_database_holds_no_abstention_with_a_value(scoring):
    factories.judge(scoring, scoring.jurors[0], scoring.ideas[0])
    with pytest.raises(DatabaseError), transaction.atomic():
        Score.objects.filter(criterion="waarde").update(abstained=True)


# Others' scores only after the own


def test_scores_of_others_open_after_the_own_score(scoring):
    first, second = scoring.jurors[:2]
    idea = scoring.ideas[0]
    factories.judge(scoring, first, idea)
    declare(by=second, jury_round=scoring.round, idea=idea, free=True)
    factories.judge(scoring, second, idea, 5, submit=False)
    assert assessments_of(second, scoring.round, idea) == []
    factories.judge(scoring, second, idea, 5)
    assert [each.seat.name for each in assessments_of(second, scoring.round, idea)] == ["Jurylid 1", "Jurylid 2"]


def test_who_runs_the_jury_sees_no_score_while_jurors_judge_on_their_own(scoring):
    idea = scoring.ideas[0]
    for juror in scoring.jurors:
        factories.judge(scoring, juror, idea)
    assert assessments_of(scoring.manager, scoring.round, idea) == []
    assert visible_standings(scoring.manager, scoring.round) is None
    assert answer_draft(scoring.manager, scoring.round, idea) == ""


def test_there_is_no_order_for_anyone_before_the_deliberation(scoring):
    factories.judge_all(scoring)
    viewers = [scoring.manager, scoring.second_manager, *scoring.jurors, *scoring.owners]
    assert [visible_standings(viewer, scoring.round) for viewer in viewers] == [None] * len(viewers)


# An idea that changed


def test_a_changed_idea_flags_the_score_and_leaves_it_out_until_confirmed(scoring):
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    factories.judge(scoring, juror, idea, 4)
    correct(scoring, idea)
    steps = {task.idea: task.step for task in own_tasks(juror, scoring.fresh().round)}
    assert steps[idea] == "again"
    assert (line_of(scoring, idea).readings, coverage(scoring.manager, scoring.round)[0].done) == (0, 0)
    factories.judge(scoring, juror, idea, 4)
    assert line_of(scoring, idea).readings == 1
    states = Assessment.objects.filter(idea=idea).order_by("pk").values_list("state", "version__number")
    assert list(states) == [("void", 1), ("submitted", 2)]


def test_a_score_for_the_version_that_was_read_is_refused_after_a_change(scoring):
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    declare(by=juror, jury_round=scoring.round, idea=idea, free=True)
    correct(scoring, idea)
    with pytest.raises(ValidationError, match="The idea was changed while you were judging"):
        save_assessment(
            by=juror,
            jury_round=scoring.round,
            idea=idea,
            version_number=1,
            revision=0,
            scores=factories.all_scores(),
            confidence=2,
            submit=True,
        )


def test_a_draft_moves_to_the_new_version_with_its_text(scoring):
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    factories.judge(scoring, juror, idea, 4, submit=False)
    correct(scoring, idea)
    made = factories.judge(scoring, juror, idea, 4, submit=False)
    assert (made.version.number, made.revision, Assessment.objects.count()) == (2, 2, 1)


def test_scores_for_an_old_version_do_not_make_the_quorum(scoring):
    factories.judge_all(scoring)
    correct(scoring, scoring.ideas[0])
    with pytest.raises(ValidationError) as refusal:
        close_scoring(by=scoring.manager, jury_round=scoring.round)
    reference = scoring.ideas[0].reference
    assert refusal.value.messages == [f"Idea {reference} has 0 of the 2 judgements the criteria ask for."]


# Quorum


@pytest.mark.parametrize("quorum", [1, 2, 3, 4])
def test_scoring_closes_when_every_idea_has_its_quorum_and_not_before(db, quorum):
    world = factories.world("scoring", ideas=2, quorum=quorum)
    everything = [(juror, idea) for juror in world.jurors[:quorum] for idea in world.ideas]
    for juror, idea in everything[:-1]:
        factories.judge(world, juror, idea)
    with pytest.raises(ValidationError) as refusal:
        close_scoring(by=world.manager, jury_round=world.round)
    assert len(refusal.value.messages) == 1
    factories.judge(world, *everything[-1])
    assert close_scoring(by=world.manager, jury_round=world.round).state == "deliberation"


# Deliberation


def change(world, juror, idea, value=2, old_value=4, reason="Na het gesprek."):
    return change_score(
        by=juror, jury_round=world.round, idea=idea, criterion="waarde", value=value, reason=reason, old_value=old_value
    )


def test_a_changed_score_keeps_both_values_and_the_reason(deliberation):
    juror, idea = deliberation.jurors[0], deliberation.ideas[0]
    made = change(deliberation, juror, idea)
    assert (made.old_value, made.new_value, made.reason) == (4, 2, "Na het gesprek.")
    assert line_of(deliberation, idea).criterion_means["waarde"] == pytest.approx((4 * 3 + 2) / 4)
    assert visible_changes(deliberation.manager, deliberation.round) == [made]
    assert verify().whole


def test_changing_twice_the_same_is_once_and_a_new_change_is_a_new_line(deliberation):
    juror, idea = deliberation.jurors[0], deliberation.ideas[0]
    assert change(deliberation, juror, idea) == change(deliberation, juror, idea)
    change(deliberation, juror, idea, value=3, old_value=2)
    change(deliberation, juror, idea, value=None, old_value=3)
    assert list(ScoreChange.objects.values_list("old_value", "new_value")) == [(4, 2), (2, 3), (3, None)]
    assert Score.objects.get(assessment__seat__user=juror, assessment__idea=idea, criterion="waarde").abstained


@pytest.mark.parametrize(
    ("value", "old_value", "reason"),
    [(2, 4, " "), (9, 4, "x"), (0, 4, "x"), (4, 4, "x"), (2, 3, "x"), (2, 4, "a" * 1001)],
)
def test_a_change_that_makes_no_sense_is_refused(deliberation, value, old_value, reason):
    head = verify().head
    with pytest.raises(ValidationError):
        change(deliberation, deliberation.jurors[0], deliberation.ideas[0], value, old_value, reason)
    assert verify().head == head


def test_scores_change_in_the_deliberation_alone(scoring):
    factories.judge(scoring, scoring.jurors[0], scoring.ideas[0])
    with pytest.raises(ValidationError, match="not possible now"):
        change(scoring, scoring.jurors[0], scoring.ideas[0])


def test_nobody_changes_the_score_of_another(deliberation):
    for someone in (deliberation.manager, deliberation.owners[0], factories.person("juror")):
        with pytest.raises(PermissionDenied):
            change(deliberation, someone, deliberation.ideas[0])


def test_the_database_refuses_to_rewrite_a_change(deliberation):
    change(deliberation, deliberation.jurors[0], deliberation.ideas[0])
    with pytest.raises(DatabaseError, match="keeps both values"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE juries_scorechange SET old_value = 1")


def test_dissent_is_noted_changed_and_taken_back(deliberation):
    juror = deliberation.jurors[0]
    for text in ("Ik ben tegen.", "Ik ben erg tegen."):
        note_dissent(by=juror, jury_round=deliberation.round, text=text, is_named=False)
    seen = [note.text for note in visible_dissents(deliberation.manager, deliberation.round)]
    assert seen == ["Ik ben erg tegen."]
    assert visible_dissents(deliberation.jurors[1], deliberation.round) == []
    for _time in range(2):
        assert note_dissent(by=juror, jury_round=deliberation.round, text="", is_named=False) is None
    assert (visible_dissents(juror, deliberation.round), verify().whole) == ([], True)


def test_a_dissent_of_five_megabytes_is_refused(deliberation):
    with pytest.raises(ValidationError):
        note_dissent(by=deliberation.jurors[0], jury_round=deliberation.round, text="a" * 5_000_000, is_named=True)


def test_a_refused_score_leaves_no_trace_but_the_word_before_it(scoring):
    idea = Idea.objects.get(pk=scoring.ideas[0].pk)
    declare(by=scoring.jurors[0], jury_round=scoring.round, idea=idea, free=True)
    entries = Entry.objects.count()
    with pytest.raises(ValidationError):
        factories.judge(scoring, scoring.jurors[0], idea, 99)
    assert Entry.objects.count() == entries
