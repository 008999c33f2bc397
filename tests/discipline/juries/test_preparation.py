# SPDX-License-Identifier: EUPL-1.2
"""From an empty round to jurors who can start."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from beproefd.discipline.challenges.actions import draft_criteria, lock_criteria, set_decision_rules
from beproefd.discipline.challenges.models import CriteriaState
from beproefd.discipline.challenges.queries import lock_warnings
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.juries.actions import (
    activate_alternate,
    assign_ideas,
    close_round,
    close_scoring,
    confirm_interest,
    open_round,
    open_scoring,
    remove_seat,
    report_interest,
    seat_juror,
    send_reminders,
    void_round,
)
from beproefd.discipline.juries.models import (
    NEXT_ROUND_STATES,
    Assessment,
    Assignment,
    Interest,
    Round,
    RoundState,
    Seat,
)
from beproefd.discipline.juries.queries import (
    coverage,
    current_round,
    own_tasks,
    progress,
    scoring_readiness,
    visible_rounds,
)
from beproefd.ground.accounts.actions import change_account
from beproefd.ground.accounts.models import User
from beproefd.ground.audit.models import Entry
from beproefd.ground.audit.queries import verify
from tests import factories


def lacks(world):
    return [check.text for check in scoring_readiness(world.manager, world.round) if not check.done]


def test_a_round_starts_only_by_locked_criteria(manager):
    challenge = factories.challenge(manager)
    factories.add_criteria(manager, challenge)
    with pytest.raises(ValidationError, match="Lock the criteria first"):
        open_round(by=manager, challenge=challenge)


def test_there_is_one_round_at_a_time(preparing):
    assert open_round(by=preparing.manager, challenge=preparing.challenge) == preparing.round


def test_scoring_waits_for_intake_to_close(manager):
    challenge = factories.open_challenge(manager)
    jury_round = open_round(by=manager, challenge=challenge)
    with pytest.raises(ValidationError, match="Close intake first"):
        open_scoring(by=manager, jury_round=jury_round)


def test_before_assignment_only_the_readers_are_lacking(preparing):
    assert lacks(preparing) == ["Every idea assigned to at least 2 jury members"]
    with pytest.raises(ValidationError, match="Every idea assigned to at least 2 jury members"):
        open_scoring(by=preparing.manager, jury_round=preparing.round)


def test_a_jury_without_an_expert_by_experience_does_not_start(preparing):
    assign_ideas(by=preparing.manager, jury_round=preparing.round, per_idea=2)
    remove_seat(by=preparing.manager, seat=preparing.seat(preparing.jurors[-1]))
    assert "A seat for an expert by experience" in lacks(preparing)


def test_a_jury_smaller_than_the_quorum_does_not_start(preparing):
    for juror in preparing.jurors[1:]:
        remove_seat(by=preparing.manager, seat=preparing.seat(juror))
    assert "As many jury members as the quorum (2)" in lacks(preparing)


def test_opening_scoring_twice_is_harmless(scoring):
    entries = Entry.objects.count()
    again = open_scoring(by=scoring.manager, jury_round=scoring.round)
    assert (again.scoring_opened_at, Entry.objects.count()) == (scoring.round.scoring_opened_at, entries)


# Seats


def test_only_someone_with_the_jury_role_gets_a_seat(preparing):
    with pytest.raises(ValidationError) as refusal:
        seat_juror(by=preparing.manager, jury_round=preparing.round, user=factories.person("coach"), kind="member")
    assert list(refusal.value.message_dict) == ["user"]


def test_a_second_invitation_gives_the_same_seat(preparing):
    juror = preparing.jurors[0]
    assert seat_juror(by=preparing.manager, jury_round=preparing.round, user=juror, kind="member") == preparing.seat(
        juror
    )


def test_an_unknown_kind_of_seat_is_refused(preparing):
    with pytest.raises(ValidationError):
        seat_juror(by=preparing.manager, jury_round=preparing.round, user=factories.person("juror"), kind="boss")


def test_a_seat_keeps_the_name_it_was_given_under(preparing):
    juror = preparing.jurors[0]
    juror.name = "Andere Naam"
    juror.save()
    assert preparing.seat(juror).name == "Jurylid 1"


def test_an_alternate_waits_outside_until_called_in(scoring):
    alternate = factories.person("juror", name="Reserve", organisation="Bureau R")
    seat = seat_juror(by=scoring.manager, jury_round=scoring.round, user=alternate, kind=Seat.Kind.ALTERNATE)
    assert (list(visible_rounds(alternate, scoring.challenge)), own_tasks(alternate, scoring.round)) == ([], [])
    for _time in range(2):
        activate_alternate(by=scoring.manager, seat=seat)
    assert list(visible_rounds(alternate, scoring.challenge)) == [scoring.round]
    assign_ideas(by=scoring.manager, jury_round=scoring.round, per_idea=5)
    assert [task.step for task in own_tasks(alternate, scoring.round)] == ["declare"] * 4
    factories.judge(scoring, alternate, scoring.ideas[0])


def test_an_alternate_is_not_one_of_the_members_the_quorum_needs(preparing):
    for juror in preparing.jurors[:3]:
        remove_seat(by=preparing.manager, seat=preparing.seat(juror))
    seat = seat_juror(
        by=preparing.manager, jury_round=preparing.round, user=factories.person("juror"), kind="alternate"
    )
    activate_alternate(by=preparing.manager, seat=seat)
    assert "As many jury members as the quorum (2)" in lacks(preparing)


def test_no_seat_is_removed_once_the_jury_scores(scoring):
    with pytest.raises(ValidationError, match="not possible now"):
        remove_seat(by=scoring.manager, seat=scoring.seat(scoring.jurors[0]))


# Assignment


def test_every_idea_gets_its_readers_and_loads_differ_by_at_most_one(preparing):
    added = assign_ideas(by=preparing.manager, jury_round=preparing.round, per_idea=3)
    loads = [preparing.seat(juror).assignments.count() for juror in preparing.jurors]
    assert (added, [line.assigned for line in coverage(preparing.manager, preparing.round)]) == (12, [3, 3, 3, 3])
    assert loads == [3, 3, 3, 3]


def test_assigning_again_adds_nothing(preparing):
    assign_ideas(by=preparing.manager, jury_round=preparing.round, per_idea=2)
    entries = Entry.objects.count()
    assert assign_ideas(by=preparing.manager, jury_round=preparing.round, per_idea=2) == 0
    assert Entry.objects.count() == entries


def test_fewer_readers_than_the_quorum_are_refused(preparing):
    with pytest.raises(ValidationError) as refusal:
        assign_ideas(by=preparing.manager, jury_round=preparing.round, per_idea=1)
    assert list(refusal.value.message_dict) == ["per_idea"]


@pytest.mark.parametrize("per_idea", [5, 100, 10**6])
def test_more_readers_than_there_are_jurors_gives_everyone_everything(preparing, per_idea):
    assert assign_ideas(by=preparing.manager, jury_round=preparing.round, per_idea=per_idea) == 16


def test_an_idea_is_never_assigned_to_someone_who_is_bound(preparing):
    juror, idea = preparing.jurors[0], preparing.ideas[0]
    report_interest(
        by=preparing.manager, jury_round=preparing.round, user=juror, idea=idea, kind="financial", note="Aandelen."
    )
    assign_ideas(by=preparing.manager, jury_round=preparing.round, per_idea=4)
    assert not Assignment.objects.filter(seat__user=juror, idea=idea).exists()
    assert [(line.assigned) for line in coverage(preparing.manager, preparing.round) if line.idea == idea] == [3]


def test_a_withdrawn_assignment_is_not_given_back(scoring):
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    interest = report_interest(
        by=scoring.manager, jury_round=scoring.round, user=juror, idea=idea, kind="personal", note="Zus."
    )
    confirm_interest(by=scoring.second_manager, interest=interest)
    assert assign_ideas(by=scoring.manager, jury_round=scoring.round, per_idea=4) == 0
    assert Assignment.objects.get(seat__user=juror, idea=idea).withdrawn_at is not None


# Progress and reminders


def test_progress_says_x_of_y_per_juror(scoring):
    first = scoring.jurors[0]
    factories.judge(scoring, first, scoring.ideas[0])
    factories.judge(scoring, first, scoring.ideas[1], submit=False)
    found = {line.seat.name: (line.done, line.total) for line in progress(scoring.manager, scoring.round)}
    assert found == {"Jurylid 1": (1, 4), "Jurylid 2": (0, 4), "Jurylid 3": (0, 4), "Jurylid 4": (0, 4)}


def test_reminders_go_to_who_has_work_left_once_in_twenty_hours(scoring, django_capture_on_commit_callbacks):
    for idea in scoring.ideas:
        factories.judge(scoring, scoring.jurors[0], idea)

    def remind(hours):
        mail.outbox.clear()
        with (
            time_machine.travel(timezone.now() + timedelta(hours=hours)),
            django_capture_on_commit_callbacks(execute=True),
        ):
            count = send_reminders(by=scoring.manager, jury_round=scoring.round)
        return count, sorted(address for message in mail.outbox for address in message.to)

    waiting = sorted(juror.email for juror in scoring.jurors[1:])
    assert remind(0) == (3, waiting)
    assert "0 van de 4 ideeën" in mail.outbox[0].body
    assert remind(19.9) == (0, [])
    assert remind(20.1) == (3, waiting)


def test_a_reminder_names_no_idea(scoring, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send_reminders(by=scoring.manager, jury_round=scoring.round)
    text = "".join(message.subject + message.body for message in mail.outbox)
    assert [idea.title for idea in scoring.ideas if idea.title in text or idea.reference in text] == []


# Who may


ACTIONS = {
    "open_round": lambda by, w: open_round(by=by, challenge=w.challenge),
    "seat_juror": lambda by, w: seat_juror(by=by, jury_round=w.round, user=w.coming, kind="member"),
    "remove_seat": lambda by, w: remove_seat(by=by, seat=w.seat(w.jurors[0])),
    "activate_alternate": lambda by, w: activate_alternate(by=by, seat=w.seat(w.jurors[0])),
    "assign_ideas": lambda by, w: assign_ideas(by=by, jury_round=w.round, per_idea=2),
    "open_scoring": lambda by, w: open_scoring(by=by, jury_round=w.round),
    "send_reminders": lambda by, w: send_reminders(by=by, jury_round=w.round),
    "close_scoring": lambda by, w: close_scoring(by=by, jury_round=w.round),
    "close_round": lambda by, w: close_round(by=by, jury_round=w.round),
    "void_round": lambda by, w: void_round(by=by, jury_round=w.round, reason="x"),
    "report_interest": lambda by, w: report_interest(
        by=by, jury_round=w.round, user=w.jurors[0], idea=w.ideas[0], kind="personal", note="x"
    ),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_only_the_programme_runs_the_jury(scoring, name):
    people = [factories.person(role) for role in ("team", "coach", "administrator", "juror")]
    scoring.coming = people[-1]
    entries = Entry.objects.count()
    for someone in [*people, scoring.jurors[0], scoring.owners[0]]:
        with pytest.raises(PermissionDenied):
            ACTIONS[name](someone, scoring)
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("name", ACTIONS)
def test_a_manager_in_a_competing_team_does_not_run_the_jury(manager, name):
    competing = factories.person("manager", "team", name="Beide")
    world = factories.world("scoring")
    world.coming = factories.person("juror")
    from beproefd.discipline.ideas.actions import ask_correction  # noqa: PLC0415

    ask_correction(by=world.manager, idea=world.ideas[0], reason="Vul het team aan.")
    factories.joins(world.owners[0], world.ideas[0], competing)
    with pytest.raises(PermissionDenied):
        ACTIONS[name](competing, world)


# The life of a round


def test_a_round_goes_one_way_and_ends_decided_or_void():
    assert {state for state, following in NEXT_ROUND_STATES.items() if not following} == {
        RoundState.DECIDED,
        RoundState.VOID,
    }
    assert [state for state, following in NEXT_ROUND_STATES.items() if RoundState.PREPARING in following] == []


STEPS = {
    "open_scoring": (open_scoring, RoundState.PREPARING, RoundState.SCORING),
    "close_scoring": (close_scoring, RoundState.SCORING, RoundState.DELIBERATION),
    "close_round": (close_round, RoundState.DELIBERATION, RoundState.DECIDED),
}


@pytest.mark.parametrize("state", list(RoundState))
@pytest.mark.parametrize("name", STEPS)
def test_a_step_out_of_order_is_refused_and_changes_nothing(db, state, name):
    step, before, after = STEPS[name]
    if state in {before, after}:
        return
    world = factories.world(state)
    entries = Entry.objects.count()
    with pytest.raises(ValidationError, match=r"not possible now|Close intake first"):
        step(by=world.manager, jury_round=world.round)
    assert (world.fresh().round.state, Entry.objects.count()) == (state, entries)


def test_a_void_round_keeps_its_trace_and_makes_room_for_a_new_one(scoring):
    factories.judge(scoring, scoring.jurors[0], scoring.ideas[0])
    with pytest.raises(ValidationError) as refusal:
        void_round(by=scoring.manager, jury_round=scoring.round, reason=" ")
    assert list(refusal.value.message_dict) == ["reason"]
    for _time in range(2):
        void_round(by=scoring.manager, jury_round=scoring.round, reason="De criteria waren niet duidelijk.")
    scoring.fresh()
    assert (scoring.round.state, scoring.round.criteria_set.state) == (RoundState.VOID, CriteriaState.VOIDED)
    assert Assessment.objects.filter(seat__round=scoring.round).count() == 1
    assert current_round(scoring.jurors[0], scoring.challenge) is None
    with pytest.raises(ValidationError, match="Lock the criteria first"):
        open_round(by=scoring.manager, challenge=scoring.challenge)
    draft = draft_criteria(by=scoring.manager, challenge=scoring.challenge, reason="Duidelijker.")
    lock_criteria(by=scoring.manager, criteria_set=draft)
    again = open_round(by=scoring.manager, challenge=scoring.challenge)
    assert (again.number, again.rules.version, again.seats.count()) == (2, 2, 0)
    assert verify().whole


def test_a_round_void_before_any_score_leaves_its_criteria_in_force(scoring):
    void_round(by=scoring.manager, jury_round=scoring.round, reason="Verkeerde jury.")
    again = open_round(by=scoring.manager, challenge=scoring.challenge)
    assert (again.number, again.criteria_set) == (2, scoring.round.criteria_set)


def test_nothing_happens_any_more_in_a_void_round(void):
    juror, idea = void.jurors[0], void.ideas[0]
    assert own_tasks(juror, void.round) == []
    with pytest.raises((PermissionDenied, ValidationError)):
        factories.judge(void, juror, idea)


def test_a_new_version_locked_before_scoring_is_the_one_the_jury_goes_by(preparing):
    draft = draft_criteria(by=preparing.manager, challenge=preparing.challenge, reason="Beter.")
    new = lock_criteria(by=preparing.manager, criteria_set=draft)
    assign_ideas(by=preparing.manager, jury_round=preparing.round, per_idea=4)
    opened = open_scoring(by=preparing.manager, jury_round=preparing.round)
    assert opened.criteria_set == new
    assert Round.objects.get().rules.version == 2


def test_suggested_ties_of_organisation_wait_for_a_word_and_those_of_teams_do_not(manager):
    owners = [factories.person("team", organisation="Stichting A"), factories.person("team", "juror", organisation="B")]
    challenge = factories.jury_challenge(manager, owners)
    jury_round = open_round(by=manager, challenge=challenge)
    same = factories.person("juror", organisation="  stichting   a ")
    for user in (same, owners[1]):
        seat_juror(by=manager, jury_round=jury_round, user=user, kind="member")
    first, second = (Idea.objects.get(members__user=owner) for owner in owners)
    found = {(i.user, i.idea, i.kind, i.status, i.is_suggested) for i in Interest.objects.all()}
    assert found == {
        (same, first, "organisation", "open", True),
        (owners[1], second, "own_team", "confirmed", True),
        (owners[1], first, "competing", "confirmed", True),
    }


# Before new criteria are locked


@pytest.mark.django_db
def test_new_criteria_are_compared_with_the_seats_and_the_ideas_of_this_jury():
    world = factories.world("preparing", ideas=3, jurors=4)
    draft = factories.add_criteria(world.manager, world.challenge, reason="Strenger.", quorum=5, winners=4)
    assert lock_warnings(world.manager, draft) == [
        "A quorum of 5 cannot be reached: the jury has 4 seats.",
        "4 winners is more than the ideas that you see: 3. Then every idea wins.",
    ]
    set_decision_rules(by=world.manager, criteria_set=draft, values={"quorum": 4, "winners": 3})
    draft.refresh_from_db()
    assert lock_warnings(world.manager, draft) == []


@pytest.mark.django_db
def test_ideas_are_counted_once_the_seal_is_off_and_for_who_competes_not_at_all():
    world = factories.world("preparing", ideas=3, jurors=4)
    draft = factories.add_criteria(world.manager, world.challenge, reason="Strenger.", quorum=2, winners=9)
    competitor = world.owners[0]
    change_account(by=factories.person("administrator"), user=competitor, roles={"team", "manager"}, active=True)
    competitor = User.objects.get(pk=competitor.pk)
    assert [len(lock_warnings(who, draft)) for who in (world.manager, competitor)] == [1, 0]
    sealed = factories.person("manager")
    challenge = factories.open_challenge(sealed, title="Nog open")
    early = factories.add_criteria(sealed, challenge, reason="Strenger.", quorum=2, winners=9)
    assert lock_warnings(sealed, early) == []
