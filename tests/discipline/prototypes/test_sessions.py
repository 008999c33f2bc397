# SPDX-License-Identifier: EUPL-1.2
"""Trying screens: no account, no hurry, always a way back, and stopping takes everything away."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from beproefd.discipline.prototypes import actions, queries
from beproefd.discipline.prototypes.models import Prototype, Screen, Session, Step
from beproefd.discipline.validation.actions import add_target_group, drop_card
from beproefd.discipline.validation.models import Observation
from beproefd.ground.audit.queries import verify
from tests import factories as make
from tests.factories import prototypes as draw
from tests.factories.validation import Workshop

pytestmark = pytest.mark.django_db


def again(session: Session) -> Session:
    """The session as the database holds it."""
    return Session.objects.get(pk=session.pk)


def test_a_session_ends_as_one_observation_with_the_path_in_its_note(shop: Workshop) -> None:
    group = add_target_group(by=shop.owner, idea=shop.idea, name="Mensen met LVB")
    session = draw.session(shop, group=group, place="Molenwijk")
    draw.tried(session)
    actions.confirm_session(by=shop.owner, session=session, result="yes")
    seen = Observation.objects.get()
    assert seen.key == session.key
    assert (seen.outcome, seen.answered_by, seen.group, seen.place) == (True, "self", group, "Molenwijk")
    assert (seen.entered_by, seen.card) == (shop.owner, session.card)
    assert seen.note == "S1, versie 1: Begin > Sparen > Klaar. Aan het eind: goed."
    assert again(session).state == "done"
    assert verify().problem == ""


@pytest.mark.parametrize("face", ["good", "so_so", "bad", "skip"])
def test_no_face_is_a_yes_or_a_no_until_someone_says_what_was_seen(shop: Workshop, face: str) -> None:
    session = draw.tried(draw.session(shop), face=face)
    assert (session.state, session.is_waiting, Observation.objects.count()) == ("done", True, 0)
    assert queries.paths(shop.owner, session.prototype).waiting == 1


RESULTS = [("yes", True, "self"), ("helped", False, "together"), ("no", False, None), ("unclear", None, None)]


@pytest.mark.parametrize(("result", "outcome", "who"), RESULTS)
def test_who_watched_says_what_counts(shop: Workshop, result: str, outcome: bool | None, who: str | None) -> None:
    session = draw.tried(draw.session(shop), face="good")
    for _time in range(2):
        assert actions.confirm_session(by=shop.coach, session=session, result=result).not_counted == ""
    seen = Observation.objects.get()
    assert (seen.outcome, seen.answered_by, seen.entered_by) == (outcome, who or "self", shop.coach)
    assert seen.seen_at == again(session).ended_at
    assert verify().problem == ""


@pytest.mark.parametrize(("result", "outcome", "who"), RESULTS)
def test_the_helper_says_what_counts_and_not_the_face(
    shop: Workshop, result: str, outcome: bool | None, who: str | None
) -> None:
    session = draw.tried(draw.session(shop, mode="assisted"), face="bad" if result == "yes" else "good", alone=result)
    seen = Observation.objects.get()
    assert (seen.outcome, seen.answered_by) == (outcome, who or "together")
    assert session.result == result


def test_help_is_a_yes_only_when_the_team_says_so_beforehand(shop: Workshop) -> None:
    for help_counts in (True, False):
        card = make.card(shop, measure="betaalt de rekening op tijd", help_counts=help_counts)
        draw.tried(draw.session(shop, None, card, mode="assisted"), alone="helped")
    seen = Observation.objects.order_by("pk")
    assert list(seen.values_list("outcome", "answered_by")) == [(True, "together"), (False, "together")]


@pytest.mark.parametrize(("first", "outcome"), [("1", True), ("2", False)])
def test_a_screen_agreed_on_beforehand_counts_by_itself(shop: Workshop, first: str, outcome: bool) -> None:
    made = draw.three_screens(shop)
    session = draw.session(shop, made, goal=made.screens.get(title="Sparen"))
    draw.walk(session, "on", first, *(["1", "skip", "on"] if outcome else []), "bad" if outcome else "good")
    assert actions.finish(session=session).is_waiting is False
    assert Observation.objects.get().outcome is outcome


def test_a_screen_counts_only_in_its_own_row_and_without_a_helper(shop: Workshop) -> None:
    made, other = draw.three_screens(shop), draw.prototype(shop, title="Ander")
    for said in ({"goal": draw.screen(shop, other)}, {"goal": made.screens.first(), "mode": "assisted"}):
        with pytest.raises(ValidationError) as refusal:
            draw.session(shop, made, **said)
        assert list(refusal.value.message_dict) == ["counts"]


def test_a_session_waits_for_who_watched_when_its_screen_is_taken_out(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    session = draw.session(shop, made, goal=made.screens.get(title="Klaar"))
    actions.remove_screen(by=shop.owner, screen=session.goal)
    draw.walk(session, "on", "2", "good")
    assert actions.finish(session=session).is_waiting
    assert verify().problem == ""


def test_what_was_seen_is_said_once_by_the_team_and_only_after_the_end(shop: Workshop) -> None:
    session = draw.session(shop)
    with pytest.raises(ValidationError):
        actions.confirm_session(by=shop.owner, session=session, result="yes")
    draw.tried(session)
    for person in (shop.manager, make.person("team")):
        with pytest.raises(PermissionDenied):
            actions.confirm_session(by=person, session=session, result="yes")
    with pytest.raises(ValidationError):
        actions.confirm_session(by=shop.owner, session=session, result="good")
    actions.confirm_session(by=shop.owner, session=session, result="no")
    with pytest.raises(ValidationError):
        actions.confirm_session(by=shop.coach, session=session, result="yes")
    assert Observation.objects.get().outcome is False


def test_with_a_helper_every_answer_says_who_gave_it(shop: Workshop) -> None:
    session = draw.session(shop, mode="assisted")
    draw.walk(session, "on", "1", "1", "good", "self", "on", "so_so", "helper", "no")
    actions.finish(session=session)
    faces = session.steps.filter(kind="face").order_by("position").values_list("answer", "answered_by")
    assert list(faces) == [("good", "self"), ("so_so", "helper")]
    assert Observation.objects.get().answered_by == "helper"


def test_whoever_presses_twice_moves_once(shop: Workshop) -> None:
    session = draw.session(shop)
    first = draw.walk(session)
    key = uuid.uuid4()
    steps = [actions.press(session=session, at=first.position, pressed="on", key=key) for _time in range(2)]
    assert steps[0] == steps[1]
    assert session.steps.count() == 2


def test_starting_joining_and_finishing_twice_double_nothing(shop: Workshop) -> None:
    made, card, key = draw.three_screens(shop), make.card(shop), uuid.uuid4()
    sessions = [draw.session(shop, made, card, request_key=key) for _time in range(2)]
    assert sessions[0] == sessions[1]
    for _time in range(2):
        actions.join(session=sessions[0])
    assert sessions[0].steps.count() == 1
    draw.tried(sessions[0])
    actions.finish(session=sessions[0])
    for _time in range(2):
        actions.confirm_session(by=shop.owner, session=sessions[0], result="yes")
    assert Observation.objects.count() == 1


def test_back_leads_to_where_one_came_from_and_counts_as_turning_back(shop: Workshop) -> None:
    session = draw.session(shop)
    step = draw.walk(session, "on", "1", "back")
    assert (step.kind, step.screen.title, step.came_from) == ("screen", "Begin", 1)
    lines = {line.screen.title: line for line in queries.paths(shop.owner, session.prototype).lines}
    assert (lines["Begin"].came, lines["Begin"].turned_back) == (1, 0)
    assert (lines["Sparen"].came, lines["Sparen"].turned_back) == (1, 1)


def test_the_phones_own_way_back_counts_as_turning_back_too(shop: Workshop) -> None:
    session = draw.session(shop)
    draw.walk(session, "on", "1")
    step = actions.press(session=session, at=2, pressed="2", key=uuid.uuid4())
    assert (step.kind, step.screen, step.came_from) == ("face", None, 2)
    assert session.steps.get(position=3).left == "back"


def test_a_new_answer_after_going_back_is_the_one_that_counts(shop: Workshop) -> None:
    session = draw.session(shop)
    draw.walk(session, "on", "2", "bad", "back", "good")
    actions.finish(session=session)
    found = queries.paths(shop.owner, session.prototype)
    assert (found.good, found.so_so, found.bad) == (1, 0, 0)


def test_stopping_erases_everything_but_that_it_was_stopped(shop: Workshop) -> None:
    group = add_target_group(by=shop.owner, idea=shop.idea, name="Jongeren")
    session = draw.session(shop, group=group, place="Noord")
    draw.walk(session, "on", "1")
    stopped, held = actions.stop(session=session)
    assert held
    kept = again(session)
    assert kept.key != session.key  # the digests in the log can no longer be tried out
    assert (kept.state, kept.steps.count(), kept.group, kept.place, kept.kept) == ("stopped", 0, None, "", False)
    assert Observation.objects.count() == 0
    found = queries.paths(shop.owner, session.prototype)
    assert (found.people, found.withdrawn, [line.came for line in found.lines]) == (0, 1, [0, 0, 0])
    assert verify().problem == ""
    assert actions.stop(session=stopped) == (stopped, "")


def test_who_stops_may_let_the_answers_be_kept_and_nobody_else_can(shop: Workshop) -> None:
    session, other = draw.session(shop), draw.session(shop)
    draw.walk(session, "on", "1")
    draw.walk(other, "on")
    _stopped, held = actions.stop(session=session)
    actions.stop(session=other)
    for false in ("", held[:-3] + "abc"):
        with pytest.raises(ValidationError):
            actions.keep_answers(session=session, held=false)
    with pytest.raises(ValidationError):
        actions.keep_answers(session=other, held=held)
    for _time in range(2):
        actions.keep_answers(session=session, held=held)
    assert again(session).kept
    assert list(session.steps.values_list("kind", "left")) == [("task", "on"), ("screen", "on"), ("screen", "stopped")]
    found = queries.paths(shop.owner, session.prototype)
    assert (found.stopped_kept, [line.stopped for line in found.lines]) == (1, [0, 1, 0])
    assert Observation.objects.count() == 0
    assert verify().problem == ""


def test_who_withdraws_after_a_day_is_still_heard(shop: Workshop) -> None:
    session = draw.session(shop)
    draw.walk(session, "on", "1")
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        actions.stop(session=session)
    assert (again(session).state, session.steps.count()) == ("stopped", 0)


def test_no_rather_not_keeps_nothing(shop: Workshop) -> None:
    session = draw.session(shop, place="Noord")
    for _time in range(2):
        actions.decline(session=session)
    assert (again(session).state, again(session).place, session.steps.count()) == ("declined", "", 0)
    assert not Prototype.objects.get().is_locked


def test_an_address_is_open_for_a_day_and_until_its_end(shop: Workshop) -> None:
    session = draw.session(shop)
    assert queries.session_of(session.token) == session
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert queries.session_of(session.token) is None
        with pytest.raises(ValidationError):
            actions.join(session=session)
    draw.tried(session)
    assert queries.session_of(session.token) is None


def test_the_first_tester_locks_the_screens_in_the_database_too(shop: Workshop) -> None:
    session = draw.session(shop)
    screen = session.prototype.screens.first()
    actions.change_screen(by=shop.owner, screen=screen, values={"title": "Nog een keer"})  # nobody saw it yet
    draw.walk(session)
    with pytest.raises(ValidationError):
        actions.change_screen(by=shop.owner, screen=screen, values={"title": "Anders"})
    with pytest.raises(ValidationError):
        actions.remove_screen(by=shop.owner, screen=screen)
    with pytest.raises(ValidationError):
        actions.change_prototype(by=shop.owner, prototype=session.prototype, values={"title": "Anders"})
    for model in (Prototype, Screen):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(title="Anders")


def test_a_test_that_was_closed_meanwhile_is_told_to_the_team_and_not_to_the_tester(shop: Workshop) -> None:
    session = draw.session(shop)
    draw.walk(session, "on", "2", "good")
    drop_card(by=shop.owner, card=session.card, reason="Te weinig mensen")
    actions.finish(session=session)
    done = actions.confirm_session(by=shop.owner, session=session, result="yes")
    assert done.not_counted == "This test is closed."
    assert Observation.objects.filter(after_verdict=False).count() == 0
    assert queries.paths(shop.owner, session.prototype).not_counted == 1


def test_nobody_reaches_the_end_by_a_shortcut(shop: Workshop) -> None:
    session = draw.session(shop)
    with pytest.raises(ValidationError):
        actions.finish(session=session)
    draw.walk(session, "on")
    with pytest.raises(ValidationError):
        actions.finish(session=session)
    with pytest.raises(ValidationError):
        actions.press(session=session, at=2, pressed="9", key=uuid.uuid4())
    assert session.steps.count() == 2


def test_a_session_needs_a_running_test_of_the_same_idea_and_someone_of_the_team(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    draft = make.card(shop, started=False)
    running = make.card(shop)
    with pytest.raises(ValidationError):
        draw.session(shop, made, draft)
    for person in (shop.manager, make.person("juror"), make.person("team")):
        with pytest.raises(PermissionDenied):
            actions.start_session(by=person, prototype=made, card=running, mode="alone")
    with pytest.raises(ValidationError):
        draw.session(shop, draw.prototype(shop, title="Leeg"), running)


def test_two_ways_side_by_side_carry_the_way_into_the_observation(shop: Workshop) -> None:
    card = make.card(shop, method="ab", right_from=3, hope_for=9)
    made = draw.three_screens(shop)
    with pytest.raises(ValidationError):
        draw.session(shop, made, card)
    session = draw.tried(draw.session(shop, made, card, arm="new"))
    assert actions.confirm_session(by=shop.owner, session=session, result="yes").not_counted == ""
    assert Observation.objects.get().arm == "new"


def test_the_paths_say_how_many_people_pressed_which_button_on_every_screen(shop: Workshop) -> None:
    made, card = draw.three_screens(shop), make.card(shop)
    draw.tried(draw.session(shop, made, card))
    draw.walk(draw.session(shop, made, card), "on", "1", "back", "2")
    stopped = draw.session(shop, made, card)
    draw.walk(stopped, "on", "2")
    actions.stop(session=stopped)  # what was erased is not counted
    shown = [
        (line.screen.title, [(row.step or row.word, row.pictogram, row.people) for row in line.pressed])
        for line in queries.paths(shop.owner, made).lines
    ]
    assert shown == [
        ("Begin", [("Ja", "yes", 2), ("Nee", "no", 1)]),
        ("Sparen", [("5 euro", "euro", 1), ("back", "back", 1)]),
        ("Klaar", [("on", "arrow", 1)]),
    ]


def test_the_paths_hold_numbers_and_no_people(shop: Workshop) -> None:
    made, card = draw.three_screens(shop), make.card(shop)
    draw.tried(draw.session(shop, made, card))
    draw.walk(draw.session(shop, made, card), "on", "2")
    found = queries.paths(shop.owner, made)
    assert [(way.start, way.to, way.people) for way in found.ways] == [(1, 2, 1), (1, None, 1), (2, 3, 1), (3, None, 1)]
    assert (found.done, found.under_way, found.lines[1].good) == (1, 1, 1)
    assert queries.paths(make.person("juror"), made) is None
    assert not {field.name for field in Step._meta.fields} & {"at", "created_at", "user", "name", "ip"}
