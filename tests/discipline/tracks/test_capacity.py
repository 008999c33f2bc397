# SPDX-License-Identifier: EUPL-1.2
"""Hours and load belong to the team and its coach. A line manager without an account says yes or no by a link."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from beproefd.discipline.ideas.actions import follow_up, remove_member
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.tracks import actions
from beproefd.discipline.tracks.models import Agreement, Pulse
from beproefd.discipline.tracks.queries import Capacity, capacity, own_agreement, start_checks
from beproefd.discipline.tracks.sign_off_link import token_of
from beproefd.ground.audit.models import Entry
from beproefd.ground.audit.queries import verify
from tests import factories as make
from tests.factories.tracks import Course

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    """A team of four people with an account."""
    return make.running(members=3)


def seen_by(viewer: Any, course: Course) -> Capacity:
    shown = capacity(viewer, course.fresh().track, course.idea)
    assert shown is not None
    return shown


def weeks_of_pulses(course: Course, hours: list[int], *, people: int = 4, weeks: int = 3, load: int = 3) -> Any:
    """The first `people` of the team answer for some weeks; gives a moment in the week after."""
    now = timezone.now()
    for week in range(weeks):
        with time_machine.travel(now + timedelta(weeks=week), tick=False):
            for member, value in zip(course.team[:people], hours, strict=False):
                make.pulse(course, member, value, load)
    return time_machine.travel(now + timedelta(weeks=weeks), tick=False)


# The line manager


def test_the_line_manager_gets_a_link_and_answers_without_an_account(
    course: Course, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        make.agree(course, course.owner, 16, answer=None)
    letter = mail.outbox[-1]
    path = re.search(r"http://\S+?(/trajecten/akkoord/\S+)", letter.body).group(1)
    assert letter.to == ["lia@werkgever.example"]
    visitor = Client()
    for _time in range(2):
        assert "16" in visitor.get(path).content.decode()
    assert Agreement.objects.get().sign_off == "waiting"  # looking changes nothing
    entries = Entry.objects.count()
    for _time in range(2):
        assert visitor.post(path, {"answer": "yes"}).status_code == 302
    agreement = Agreement.objects.get()
    assert (agreement.sign_off, Entry.objects.count()) == ("agreed", entries + 1)
    visitor.post(path, {"answer": "no"})
    assert Agreement.objects.get().sign_off == "refused"
    assert verify().problem == ""


def test_other_hours_void_the_sign_off_and_the_old_link(course: Course) -> None:
    agreement = make.agree(course, course.owner, 16)
    old = token_of(agreement)
    assert make.agree(course, course.owner, 16, answer=None).sign_off == "agreed"  # the same hours: nothing happened
    assert make.agree(course, course.owner, 24, answer=None).sign_off == "waiting"
    with pytest.raises(ValidationError):
        actions.sign_off_hours(token=old, agrees=True)
    page = Client().get(reverse("tracks:sign_off", args=[old]))
    assert (page.status_code, course.owner.name in page.content.decode()) == (410, False)


@pytest.mark.parametrize("spoil", ["old", "changed", "foreign", "left", "ended"])
def test_a_link_that_is_no_longer_good_says_so_and_shows_nothing(course: Course, spoil: str) -> None:
    member = course.members[0]
    token = token_of(make.agree(course, member, 16, answer=None))
    later = timezone.now()
    if spoil == "old":
        later += timedelta(days=31)
    if spoil == "changed":
        token = token[:-1] + ("a" if token[-1] != "a" else "b")
    if spoil == "foreign":
        token = "abc"
    if spoil == "left":
        remove_member(by=course.owner, member=course.fresh().idea.members.get(user=member))
    if spoil == "ended":
        make.learn(course, "stop")
    with time_machine.travel(later, tick=False):
        page = reverse("tracks:sign_off", args=[token])
        for response in (Client().get(page), Client().post(page, {"answer": "yes"})):
            assert (response.status_code, member.name in response.content.decode()) == (410, False)
    assert Agreement.objects.get().sign_off == "waiting"


def test_the_link_works_for_30_days_and_also_after_a_pivot(course: Course) -> None:
    token = token_of(make.agree(course, course.owner, 16, answer=None))
    make.learn(course, "pivot")
    with time_machine.travel(timezone.now() + timedelta(days=29), tick=False):
        signed = actions.sign_off_hours(token=token, agrees=True)
    assert signed.track.idea.pivot_of == course.idea


def test_the_link_is_sent_again_until_the_line_manager_agrees(
    course: Course, django_capture_on_commit_callbacks: Any
) -> None:
    agreement = make.agree(course, course.owner, 16, answer=False)
    for who in (course.owner, course.coach):
        with django_capture_on_commit_callbacks(execute=True):
            actions.send_link_again(by=who, agreement=agreement)
    assert len(mail.outbox) == 2
    for who in (course.members[0], course.manager):
        with pytest.raises(PermissionDenied):
            actions.send_link_again(by=who, agreement=agreement)
    actions.sign_off_hours(token=token_of(agreement), agrees=True)
    with pytest.raises(ValidationError, match="agreed already"):
        actions.send_link_again(by=course.owner, agreement=agreement)


def test_nobody_of_the_team_nor_the_coach_signs_off(course: Course) -> None:
    for address in (course.owner.email, course.members[0].email.upper(), course.coach.email):
        with pytest.raises(ValidationError):
            actions.agree_hours(
                by=course.owner,
                track=course.track,
                user=course.owner,
                hours=16,
                line_manager_name="Ik",
                line_manager_email=address,
            )


def test_hours_are_agreed_by_the_person_or_the_coach(course: Course) -> None:
    said = {
        "track": course.track,
        "user": course.owner,
        "hours": 8,
        "line_manager_name": "L",
        "line_manager_email": "l@w.example",
    }
    for who in (course.members[0], *make.everyone(course).values()):
        with pytest.raises(PermissionDenied):
            actions.agree_hours(by=who, **said)
    assert actions.agree_hours(by=course.coach, **said).hours == 8


def test_the_start_checklist_waits_for_every_member_with_an_account() -> None:
    course = make.course(members=1)

    def complete() -> bool:
        return start_checks(course.fresh().track)[4].done

    make.agree(course, course.owner)
    assert complete() is False
    make.agree(course, course.members[0], answer=False)
    assert complete() is False
    make.agree(course, course.members[0], 12)
    assert complete() is True
    make.join(course)
    assert complete() is False


# The pulse


def test_a_pulse_is_one_per_week_and_changes_within_that_week(course: Course) -> None:
    now = timezone.now()
    monday = now - timedelta(days=timezone.localdate().weekday())
    for moment, hours in ((monday, 8), (monday + timedelta(days=6), 16), (monday + timedelta(days=7), 24)):
        with time_machine.travel(moment, tick=False):
            actions.give_pulse(by=course.owner, track=course.track, hours=hours)
    assert list(Pulse.objects.values_list("hours", flat=True)) == [16, 24]


def test_only_someone_in_the_team_gives_a_pulse_and_only_while_it_runs(course: Course) -> None:
    for who in (course.coach, *make.everyone(course).values()):
        with pytest.raises(PermissionDenied):
            actions.give_pulse(by=who, track=course.track, hours=8)
    make.learn(course, "park")
    with pytest.raises(ValidationError):
        actions.give_pulse(by=course.owner, track=course.track, hours=8)


@pytest.mark.parametrize(("hours", "warns"), [([5], "under"), ([12], ""), ([24], "over")])
def test_real_hours_far_from_the_agreed_ones_warn_the_person_and_the_coach(
    course: Course, hours: list[int], warns: str
) -> None:
    hours = [{5: 4, 12: 16, 24: 24}[value] for value in hours]
    make.agree(course, course.owner, 16)
    with weeks_of_pulses(course, hours, people=1):
        assert seen_by(course.owner, course).own.diverges == warns
        coached = {line.user: line.diverges for line in seen_by(course.coach, course).members}
        assert coached[course.owner] == warns
        of_colleague = {
            line.user: (line.real, line.pulses, line.diverges) for line in seen_by(course.members[0], course).members
        }
        assert of_colleague[course.owner] == (None, (), "")


def test_two_weeks_are_too_few_to_warn(course: Course) -> None:
    make.agree(course, course.owner, 40)
    with weeks_of_pulses(course, [4], people=1, weeks=2):
        assert seen_by(course.owner, course).own.diverges == ""


@pytest.mark.parametrize(("weeks", "today", "warns"), [(40, 8, "over"), (24, 0, "")])
def test_a_week_that_is_not_over_hides_no_warning_and_makes_none(
    course: Course, weeks: int, today: int, warns: str
) -> None:
    for member in course.team:
        make.agree(course, member, 24)
    with weeks_of_pulses(course, [weeks] * 4):
        for member in course.team:
            actions.give_pulse(by=member, track=course.track, hours=today)
        assert seen_by(course.owner, course).own.diverges == warns
        assert [line.diverges for line in seen_by(course.coach, course).members] == [warns] * 4
        assert seen_by(course.coach, course).team_diverges == warns


def test_after_a_pivot_the_weeks_go_on(course: Course) -> None:
    make.agree(course, course.owner, 16)
    with weeks_of_pulses(course, [40], people=1, weeks=2):
        actions.give_pulse(by=course.owner, track=course.track, hours=40)
        make.learn(course, "pivot")
        child = Idea.objects.get(pivot_of=course.idea)
        shown = capacity(course.owner, child.track, child)
        assert ([pulse.hours for pulse in shown.own.pulses], shown.this_week.hours) == ([40, 40, 40], 40)
        actions.give_pulse(by=course.owner, track=child.track, hours=32)
        assert list(Pulse.objects.order_by("week").values_list("hours", flat=True)) == [40, 40, 32]
    with time_machine.travel(timezone.now() + timedelta(weeks=3), tick=False):
        assert capacity(course.owner, child.track, child).own.diverges == "over"
    assert verify().problem == ""


def test_a_team_in_which_everyone_is_part_time_is_warned(course: Course) -> None:
    for member in course.team[:3]:
        make.agree(course, member, 31)
    assert seen_by(course.owner, course).all_part_time is False  # of the fourth we do not know yet
    make.agree(course, course.team[3], 8)
    assert seen_by(course.owner, course).all_part_time is True
    make.agree(course, course.team[3], 32)
    assert seen_by(course.owner, course).all_part_time is False


# Who sees what


def test_the_team_sees_averages_from_three_people_and_of_weeks_that_are_over(course: Course) -> None:
    with weeks_of_pulses(course, [8, 16, 24], people=3, weeks=1):
        assert [(week.hours, week.load) for week in seen_by(course.owner, course).weeks] == [(16, 3)]
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        assert seen_by(course.owner, course).weeks == []  # this week: someone may still tap
        assert [(week.hours, week.load) for week in seen_by(course.coach, course).weeks] == [(16, 3)]


def test_the_team_sees_nothing_of_two_people_who_answered(course: Course) -> None:
    with weeks_of_pulses(course, [8, 40], people=2):
        shown = seen_by(course.owner, course)
        assert [(week.hours, week.load) for week in shown.weeks] == [(None, None)] * 3
        assert shown.team_diverges == ""


def test_an_average_does_not_change_when_someone_leaves_the_team(course: Course) -> None:
    with weeks_of_pulses(course, [8, 16, 24, 40], weeks=1):
        before = seen_by(course.owner, course).weeks
        remove_member(by=course.owner, member=course.idea.members.get(user=course.members[2]))
        assert seen_by(course.owner, course).weeks == before


def test_nobody_outside_the_team_and_its_coach_reads_hours_pulses_or_warnings(course: Course) -> None:
    for member in course.team:
        make.agree(course, member, 19)
    with weeks_of_pulses(course, [4, 4, 4, 4], load=5):
        course.fresh()
        for name, who in make.everyone(course).items():
            assert capacity(who, course.track, course.idea) is None, name
            assert own_agreement(who, course.track, course.owner) is None, name
        assert own_agreement(course.members[0], course.track, course.owner) is None
        assert own_agreement(course.owner, course.track, course.owner) is not None
        assert own_agreement(course.coach, course.track, course.owner) is not None


PLACES = ("tracks:home", "tracks:team", "tracks:start", "tracks:skills", "tracks:dialogue", "tracks:partners")
TOKENS = re.compile(r'name="(?:csrfmiddlewaretoken|request_key)" value="[^"]*"|X-CSRFToken": "[^"]*"')


def told(course: Course, viewer: Any) -> list[str]:
    """Every page of the track, the list, the home page and the log, as this person reads them."""
    client = Client()
    client.force_login(viewer)
    where = [course.idea.challenge.slug, course.idea.reference]
    pages = [reverse("home"), reverse("tracks:list"), *(reverse(name, args=where) for name in PLACES)]
    return [TOKENS.sub("", client.get(page).content.decode()) for page in pages]


def test_every_page_of_the_programme_is_the_same_whatever_the_hours_and_pulses_are(course: Course) -> None:
    for member in course.team:
        make.agree(course, member, 40)
    pages: dict[str, list[str]] = {}
    moment = timezone.now() + timedelta(weeks=3)
    others = make.everyone(course)
    with time_machine.travel(moment, tick=False):
        pages = {name: told(course, who) for name, who in others.items()}
    with weeks_of_pulses(course, [4, 4, 4, 4], load=5):
        pass
    with time_machine.travel(moment, tick=False):
        for member in course.team:
            make.agree(course, member, 8)
        assert {name: told(course, who) for name, who in others.items()} == pages
        assert told(course, course.coach)[3] != pages["manager"][3]


def test_the_log_does_not_name_who_gave_a_pulse_and_holds_no_hours(course: Course) -> None:
    make.pulse(course, course.owner, 16, 5)
    entries = Entry.objects.filter(action="give_pulse")
    assert {(entry.actor, str(entry.detail)) for entry in entries} == {("someone in a team", "{}")}
    assert verify().problem == ""


def test_a_new_coach_sees_the_team_and_the_old_one_no_longer(course: Course) -> None:
    make.agree(course, course.owner)
    new = make.person("coach")
    follow_up(by=course.manager, idea=course.idea, coach=new)
    idea = Idea.objects.get(pk=course.idea.pk)
    assert capacity(course.coach, course.track, idea) is None
    assert capacity(new, course.track, idea) is not None


def test_a_manager_who_is_in_the_team_reads_as_a_team_member_and_not_more(course: Course) -> None:
    both = make.person("manager", "team", name="Dubbel")
    course.fresh()
    make.joins(course.owner, course.idea, both, organisation="Gemeente", kind="municipality")
    make.pulse(course, course.owner, 16, 5)
    lines = {line.user: line.pulses for line in seen_by(both, course).members}
    assert lines[course.owner] == ()
