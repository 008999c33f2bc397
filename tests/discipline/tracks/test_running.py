# SPDX-License-Identifier: EUPL-1.2
"""A track opens for a winner, starts when everything is ready, and runs in short cycles."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.tracks import actions, queries
from beproefd.discipline.tracks.cycles import lay_out, two_months_after
from beproefd.discipline.tracks.models import Track
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
