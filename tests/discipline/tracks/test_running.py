# SPDX-License-Identifier: EUPL-1.2
"""A track opens for a winner, starts when everything is ready, and runs in short cycles."""

import uuid
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from beproefd.discipline.ideas.for_rooms_above import pivot_idea
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.juries import actions as jury_actions
from beproefd.discipline.juries.actions import report_interest
from beproefd.discipline.tracks import actions, queries
from beproefd.discipline.tracks.cycles import lay_out, two_months_after
from beproefd.discipline.tracks.models import Cycle, Track
from beproefd.ground.audit.queries import verify
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_every_cycle_takes_one_or_two_weeks_from_the_first_day_to_the_last() -> None:
    first = date(2026, 3, 2)
    for total in range(7, 185):
        for wish in range(7, 15):
            last = first + timedelta(days=total - 1)
            found = lay_out(first, last, wish)
            days = [(end - start).days + 1 for start, end in found]
            assert (found[0][0], found[-1][1], sum(days)) == (first, last, total)
            assert all(7 <= day <= 14 for day in days)
            assert all(start == end + timedelta(days=1) for (_s, end), (start, _e) in pairwise(found))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 3, 2), date(2026, 5, 1)),
        (date(2026, 12, 31), date(2027, 2, 27)),
        (date(2026, 12, 29), date(2027, 2, 27)),
        (date(2026, 11, 1), date(2026, 12, 31)),
    ],
)
def test_two_months_end_the_day_before_the_same_day(first: date, last: date) -> None:
    assert two_months_after(first) == last


def test_a_winner_gets_two_months_and_a_coach() -> None:
    jury = make.world("decided", ideas=3, jurors=2)
    coach = make.person("coach")
    today = timezone.localdate()
    track = actions.open_track(by=jury.manager, idea=jury.ideas[0], coach=coach, starts_on=today)
    assert (track.ends_on, track.state, Idea.objects.get(pk=track.idea_id).coach) == (
        two_months_after(today),
        "preparing",
        coach,
    )
    assert track.cycles.count() == 5
    assert actions.open_track(by=jury.manager, idea=jury.ideas[0], coach=coach, starts_on=today) == track
    with pytest.raises(ValidationError, match="did not choose"):
        actions.open_track(by=jury.manager, idea=jury.ideas[2], coach=coach, starts_on=today)
    assert Track.objects.count() == 1
    assert verify().problem == ""


def test_only_the_programme_opens_a_track_and_nobody_tied_to_the_jury_round() -> None:
    jury = make.world("decided", ideas=3, jurors=2)
    coach, today = make.person("coach"), timezone.localdate()
    for who in (jury.owners[0], jury.jurors[0], coach, make.person("administrator")):
        with pytest.raises(PermissionDenied):
            actions.open_track(by=who, idea=jury.ideas[0], coach=coach, starts_on=today)
        assert queries.waiting_ideas(who) == []
    assert {idea.pk for idea in queries.waiting_ideas(jury.manager)} == {jury.ideas[0].pk, jury.ideas[1].pk}


@pytest.mark.parametrize(("days", "cycle"), [(13, 14), (185, 14), (56, 6), (56, 15)])
def test_a_track_of_impossible_dates_is_refused(days: int, cycle: int) -> None:
    jury = make.world("decided", ideas=2, jurors=2)
    today = timezone.localdate()
    with pytest.raises(ValidationError):
        actions.open_track(
            by=jury.manager,
            idea=jury.ideas[0],
            coach=make.person("coach"),
            starts_on=today,
            ends_on=today + timedelta(days=days - 1),
            cycle_days=cycle,
        )
    assert Track.objects.count() == 0


def test_a_team_cannot_start_before_everything_is_ready_but_the_coach_can_with_a_reason() -> None:
    course = make.course()
    with pytest.raises(ValidationError, match="Not everything is ready"):
        actions.start_track(by=course.owner, track=course.track)
    with pytest.raises(ValidationError, match="Say why"):
        actions.start_track(by=course.coach, track=course.track, reason=" ")
    track = actions.start_track(by=course.coach, track=course.track, reason="Het buurthuis wacht al.")
    assert (track.state, track.early_reason) == ("running", "Het buurthuis wacht al.")


def test_the_home_page_and_the_list_open_for_team_coach_and_programme_alone(client: Any) -> None:
    course = make.running()
    home = f"/trajecten/{course.idea.challenge.slug}/{course.idea.reference}/"
    for who, status in (
        (course.owner, 200),
        (course.coach, 200),
        (course.manager, 200),
        (course.jury.jurors[0], 404),
        (course.jury.owners[1], 404),
        (make.person("administrator"), 404),
    ):
        client.force_login(who)
        assert client.get(home).status_code == status
        listed = client.get("/trajecten/")
        assert (course.idea.title in listed.content.decode()) == (status == 200)


def test_a_manager_in_the_team_or_tied_to_the_jury_round_opens_no_track() -> None:
    jury = make.world("preparing", ideas=2, jurors=2)
    tied = jury.second_manager
    report_interest(
        by=jury.manager, jury_round=jury.round, user=tied, idea=jury.ideas[1], kind="personal", note="Mijn zus."
    )
    decide(jury)
    member = make.person("manager", "team", name="Dubbel")
    idea, coach = Idea.objects.get(pk=jury.ideas[0].pk), make.person("coach")
    actions.open_track(by=jury.manager, idea=jury.ideas[1], coach=coach, starts_on=timezone.localdate())
    make.joins(coach, jury.ideas[1], member, organisation="Gemeente", kind="municipality")
    for who, about in ((tied, idea), (member, jury.ideas[1])):
        with pytest.raises(PermissionDenied):
            actions.open_track(by=who, idea=Idea.objects.get(pk=about.pk), coach=coach)
    assert queries.waiting_ideas(tied) == []
    assert [found.pk for found in queries.waiting_ideas(jury.manager)] == [idea.pk]


def decide(jury: Any) -> None:
    """From preparing to decided."""
    jury_actions.assign_ideas(by=jury.manager, jury_round=jury.round, per_idea=2)
    jury_actions.open_scoring(by=jury.manager, jury_round=jury.round)
    make.judge_all(jury.fresh())
    jury_actions.close_scoring(by=jury.manager, jury_round=jury.round)
    make.answer_all(jury.fresh())
    jury_actions.close_round(by=jury.manager, jury_round=jury.round)
    jury.fresh()


def test_a_pivot_without_a_track_can_get_one() -> None:
    course = make.course()
    child = pivot_idea(
        by=course.owner, idea=course.idea, values={"title": "Nazorg na schuld"}, request_key=uuid.uuid4()
    )
    assert child.pk in {idea.pk for idea in queries.waiting_ideas(course.manager)}
    track = actions.open_track(by=course.manager, idea=child, coach=course.coach, cycle_days=7)
    assert (track.starts_on, track.state) == (timezone.localdate(), "preparing")


def test_dates_change_before_the_start_and_not_after() -> None:
    course = make.course()
    first = timezone.localdate() + timedelta(days=7)
    said = {"starts_on": first, "ends_on": first + timedelta(days=27), "cycle_days": 7}
    for who in (course.owner, course.jury.jurors[0], make.person("coach")):
        with pytest.raises(PermissionDenied):
            actions.replan_track(by=who, track=course.track, **said)
    track = actions.replan_track(by=course.coach, track=course.track, **said)
    assert [cycle.starts_on for cycle in track.cycles.all()] == [first + timedelta(days=7 * n) for n in range(4)]
    actions.start_track(by=course.coach, track=track, reason="Nu.")
    with pytest.raises(ValidationError, match="dates stand"):
        actions.replan_track(by=course.coach, track=track, **(said | {"cycle_days": 14}))
    assert verify().problem == ""


def test_a_closed_cycle_cannot_be_rewritten_in_the_database() -> None:
    course = make.running()
    make.learn(course)
    cycle = course.track.cycles.get(number=1)
    actions.close_cycle(by=course.owner, cycle=cycle, answer="Ja.", goal="Lukt het?")
    for change in (
        lambda: Cycle.objects.filter(pk=cycle.pk).update(answer="Nee."),
        lambda: Cycle.objects.filter(pk=cycle.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
