# SPDX-License-Identifier: EUPL-1.2
"""A learning card does what it decides, once, and whole or not at all."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.tracks import actions
from beproefd.discipline.tracks.models import Agreement, Track
from beproefd.discipline.tracks.queries import cycle_lines, home, track_of
from beproefd.discipline.validation.actions import start_card
from beproefd.discipline.validation.models import Assumption, LearningCard
from beproefd.ground.audit.queries import verify
from tests import factories as make
from tests.factories.tracks import LEARNED, Course

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return make.running(members=1)


def test_going_on_changes_nothing_but_the_card(course: Course) -> None:
    make.learn(course)
    assert (course.fresh().track.state, course.idea.is_followed_up) == ("running", True)


def test_parking_waits_and_going_on_gives_the_days_back(course: Course) -> None:
    last, cycles = course.track.ends_on, [cycle.ends_on for cycle in course.track.cycles.all()]
    make.learn(course, "park")
    assert course.fresh().track.state == "parked"
    with time_machine.travel(timezone.now() + timedelta(days=10), tick=False):
        with pytest.raises(ValidationError, match="Say why"):
            actions.resume_track(by=course.owner, track=course.track, reason="")
        track = actions.resume_track(by=course.owner, track=course.track, reason="De school is weer open.")
        assert (
            actions.resume_track(by=course.owner, track=course.track, reason="Nog eens.").resume_reason
            == track.resume_reason
        )
    assert (track.state, track.ends_on - last) == ("running", timedelta(days=10))
    assert [cycle.ends_on for cycle in track.cycles.all()] == [day + timedelta(days=10) for day in cycles]


def test_stopping_ends_the_track_and_the_work(course: Course) -> None:
    key = uuid.uuid4()
    card = make.learn(course, "stop", key=key)
    assert (course.fresh().track.state, course.idea.is_followed_up) == ("stopped", False)
    again = actions.decide_on_learning(
        by=course.owner,
        idea=course.idea,
        values=LEARNED | {"decision": "stop"},
        assumptions=[],
        evidence=[],
        request_key=key,
    )
    assert (again, LearningCard.objects.count()) == (card, 1)
    with pytest.raises(PermissionDenied):
        make.learn(course)


def test_a_pivot_makes_a_child_with_the_assumptions_the_days_left_and_the_signed_hours(course: Course) -> None:
    make.agree(course, course.owner, 32)
    make.agree(course, course.members[0], 8, answer=None)
    make.assumption(course, "Een maatje helpt")
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=False):
        key = uuid.uuid4()
        cards = [make.learn(course, "pivot", key=key)]
        cards.append(
            actions.decide_on_learning(
                by=course.coach,
                idea=course.idea,
                values=LEARNED,
                assumptions=[],
                evidence=[],
                pivot={},
                request_key=key,
            )
        )
        today = timezone.localdate()
    child = Idea.objects.get(pivot_of=course.idea)
    parent, following = course.fresh().track, Track.objects.get(idea=child)
    assert cards[0] == cards[1]
    assert (parent.state, course.idea.is_followed_up, child.is_followed_up) == ("pivoted", False, True)
    assert (following.state, following.starts_on, following.ends_on) == ("running", today, parent.ends_on)
    assert (following.continues, following.cycles.count()) == (parent, 3)
    assert Assumption.objects.filter(idea=child, inherited_from__isnull=False).count() == 1
    hours = {a.user_id: (a.hours, a.sign_off) for a in Agreement.objects.filter(track=following)}
    assert hours == {course.owner.pk: (32, "agreed"), course.members[0].pk: (8, "waiting")}
    assert verify().problem == ""


def test_a_pivot_at_the_very_end_gets_one_short_cycle(course: Course) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=100), tick=False):
        make.learn(course, "pivot")
        following = Track.objects.get(idea__pivot_of=course.idea)
        assert (following.starts_on, following.ends_on) == (
            timezone.localdate(),
            timezone.localdate() + timedelta(days=6),
        )


def test_a_pivot_of_a_parked_idea_gets_the_days_of_the_pause_back(course: Course) -> None:
    last = course.track.ends_on
    make.learn(course, "park")
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
        make.learn(course, "pivot")
    assert Track.objects.get(idea__pivot_of=course.idea).ends_on == last + timedelta(days=5)


def test_what_cannot_be_done_leaves_no_card_behind() -> None:
    course = make.course()  # not started, so it cannot be parked
    with pytest.raises(ValidationError):
        make.learn(course, "park")
    with pytest.raises(ValidationError):
        make.learn(course, "pivot", title=" ")
    assert LearningCard.objects.count() == 0
    assert (Idea.objects.filter(pivot_of=course.idea).count(), course.fresh().track.state) == (0, "preparing")


def test_only_the_team_and_its_coach_decide(course: Course) -> None:
    for who in make.everyone(course).values():
        with pytest.raises(PermissionDenied):
            make.learn(course, "stop", by=who)
    make.learn(course, "park", by=course.coach)
    assert course.fresh().track.state == "parked"


def test_a_cycle_needs_its_question_an_answer_and_a_learning_card_written_since_it_began(course: Course) -> None:
    first, second = course.track.cycles.all()[:2]
    with pytest.raises(ValidationError, match="what you wanted to know"):
        actions.close_cycle(by=course.owner, cycle=first, answer="Ja.")
    actions.set_goal(by=course.owner, cycle=first, goal="Durven mensen hun post te laten zien?")
    with pytest.raises(ValidationError, match="Write a learning card first"):
        actions.close_cycle(by=course.owner, cycle=first, answer="Ja.")
    make.learn(course)
    with pytest.raises(ValidationError, match="Answer the question"):
        actions.close_cycle(by=course.owner, cycle=first, answer=" ")
    with pytest.raises(ValidationError, match="not begun"):
        actions.close_cycle(by=course.owner, cycle=second, answer="Ja.", goal="Wat?")
    closed = actions.close_cycle(by=course.owner, cycle=first, answer="Zeven van de tien wel.")
    assert actions.close_cycle(by=course.coach, cycle=first, answer="Iets anders.") == closed
    in_the_second = time_machine.travel(timezone.now() + timedelta(days=15), tick=False)
    with in_the_second, pytest.raises(ValidationError, match="Write a learning card first"):
        actions.close_cycle(by=course.owner, cycle=second, answer="Ja.", goal="Wat?")
    track = track_of(course.owner, course.idea)
    assert track is not None
    assert [(line.state, line.learned) for line in cycle_lines(track)][:2] == [("closed", 1), ("later", 0)]


def test_the_next_step_follows_the_work() -> None:
    course = make.course()

    def step() -> str:
        course.fresh()
        shown = home(course.owner, course.track, course.idea)
        assert shown is not None
        return shown.next.where

    assert step() == "validation:assumptions"
    abouts = [make.assumption(course, f"Aanname {n}") for n in range(3)]
    assert step() == "validation:cards"
    card = make.card(course, abouts[:1], started=False)
    assert step() == "tracks:team"
    make.agree(course, course.owner)
    assert step() == "tracks:start"
    for name in ("has_access", "knows_who_decides"):
        actions.tick_start(by=course.owner, track=course.track, name=name, done=True)
    actions.start_track(by=course.owner, track=course.track)
    assert (course.fresh().track.early_reason, step()) == ("", "validation:card")
    start_card(by=course.owner, card=card)
    make.observe(course, card, [True] * 8)
    shown = home(course.owner, course.fresh().track, course.idea)
    assert shown is not None
    assert [test.verdict for test in shown.running] == ["It holds"]
    assert "has an outcome" in shown.next.text
    make.learn(course, "park")
    assert step() == "tracks:resume"
    make.learn(course, "stop")
    assert step() == "validation:learning"


def test_a_track_without_a_running_test_gives_a_signal_on_the_page_and_the_list(course: Course, client: Any) -> None:
    client.force_login(course.manager)
    pages = ("/trajecten/", f"/trajecten/{course.idea.challenge.slug}/{course.idea.reference}/")
    assert all("Er loopt geen test." in client.get(page).content.decode() for page in pages)
    make.card(course)
    assert not any("Er loopt geen test." in client.get(page).content.decode() for page in pages)
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        client.force_login(course.manager)
        assert all("Maak de test kleiner" in client.get(page).content.decode() for page in pages)
