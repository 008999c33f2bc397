# SPDX-License-Identifier: EUPL-1.2
"""What someone practised is that person's own, until that person shares it, and again after that."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from beproefd.discipline.ideas.actions import remove_member
from beproefd.discipline.tracks import actions
from beproefd.discipline.tracks.models import Reflection, Share, Skill
from beproefd.discipline.tracks.queries import own_export, own_profile, own_reflections, shared_profiles
from beproefd.discipline.tracks.skill_cards import CARDS
from beproefd.ground.audit.actions import record_creation
from beproefd.ground.audit.chain import canonical, digest, sha256
from beproefd.ground.audit.models import Entry
from beproefd.ground.audit.queries import verify
from tests import factories as make
from tests.factories.tracks import Course

pytestmark = pytest.mark.django_db

SECRET = "Ik durfde eindelijk te bellen."


@pytest.fixture
def course() -> Course:
    course = make.running(members=1)
    write(course, course.owner)
    return course


def write(course: Course, by: Any, *skills: str, sentence: str = SECRET, number: int = 1) -> Reflection:
    cycle = course.track.cycles.get(number=number)
    return actions.write_reflection(by=by, cycle=cycle, skills=skills or ("daring", "asking"), sentence=sentence)


def test_a_reflection_is_one_per_person_and_cycle_and_can_be_changed(course: Course) -> None:
    write(course, course.owner)
    changed = write(course, course.owner, "small", sentence="Anders.")
    assert [practice.skill for practice in changed.practices.all()] == ["small"]
    write(course, course.members[0])
    assert Reflection.objects.count() == 2
    assert verify().problem == ""


def test_a_reflection_names_a_skill_that_exists_in_a_cycle_that_began(course: Course) -> None:
    for skills in ((), ("vliegen",)):
        with pytest.raises(ValidationError):
            actions.write_reflection(by=course.owner, cycle=course.track.cycles.get(number=1), skills=skills)
    with pytest.raises(ValidationError, match="not begun"):
        write(course, course.owner, number=2)


def test_the_log_does_not_give_away_who_shares(course: Course) -> None:
    share = actions.share_skills(by=course.owner, track=course.track, audience="coach")
    known = Entry.objects.get(action="share_skills")
    salt = share.salt
    Share.objects.update(salt=None)
    assert digest(share) != known.after
    Share.objects.update(salt=salt)
    assert (known.actor, digest(share)) == ("someone in a team", known.after)


def test_a_share_from_before_there_was_a_salt_stays_true_in_the_log(course: Course) -> None:
    share = Share.objects.create(track=course.track, user=course.owner, audience="team")
    record_creation("someone in a team", "share_skills", share)
    row = Share.objects.values().get()
    empty = {"coach_id", "salt"}
    before = {name: value for name, value in row.items() if name not in empty}
    assert Entry.objects.get(action="share_skills").after == sha256(canonical(["tracks.share", before, {}]))
    actions.unshare_skills(by=course.owner, track=course.track, audience="team")
    assert verify().problem == ""


def test_only_someone_in_the_team_looks_back(course: Course) -> None:
    for who in (course.coach, *make.everyone(course).values()):
        with pytest.raises(PermissionDenied):
            write(course, who)
        with pytest.raises(PermissionDenied):
            actions.share_skills(by=who, track=course.track, audience="team")


def test_the_profile_and_the_file_hold_the_own_reflections_and_no_others(course: Course) -> None:
    write(course, course.members[0], "network", sentence="Van een ander.")
    profile = own_profile(course.owner)
    assert (dict(profile.skills)["daring"], dict(profile.skills)["network"], profile.cycles) == (1, 0, 1)
    file = own_export(course.owner)
    assert [row["sentence"] for row in file["reflections"]] == [SECRET]
    assert file["skills"]["asking"] == 1


def may_see(course: Course, who: Any) -> bool:
    course.fresh()
    return [profile.user for profile in shared_profiles(who, course.track, course.idea)] == [course.owner]


def page(course: Course, who: Any) -> str:
    client = Client()
    client.force_login(who)
    where = [course.idea.challenge.slug, course.idea.reference]
    return "".join(
        client.get(reverse(f"tracks:{name}", args=where)).content.decode() for name in ("skills", "home", "team")
    )


@pytest.mark.parametrize("audience", ["", "coach", "team"])
def test_a_profile_is_seen_by_those_it_is_shared_with_and_by_nobody_else(course: Course, audience: str) -> None:
    if audience:
        for _time in range(2):
            actions.share_skills(by=course.owner, track=course.track, audience=audience)
    assert may_see(course, course.coach) is (audience == "coach")
    assert may_see(course, course.members[0]) is (audience == "team")
    for name, who in make.everyone(course).items():
        assert may_see(course, who) is False, name
        assert own_reflections(who) == [], name
    for who in (course.coach, course.members[0], *make.everyone(course).values()):
        assert SECRET not in page(course, who)
    assert SECRET in page(course, course.owner)


def test_sharing_stops_at_once(course: Course) -> None:
    actions.share_skills(by=course.owner, track=course.track, audience="coach")
    for _time in range(2):
        actions.unshare_skills(by=course.owner, track=course.track, audience="coach")
    assert may_see(course, course.coach) is False
    assert verify().problem == ""


def test_who_left_the_team_is_no_longer_seen_and_can_still_take_it_back(course: Course) -> None:
    member = course.members[0]
    write(course, member)
    actions.share_skills(by=member, track=course.track, audience="coach")
    remove_member(by=course.owner, member=course.fresh().idea.members.get(user=member))
    course.fresh()
    assert shared_profiles(course.coach, course.track, course.idea) == []
    actions.unshare_skills(by=member, track=course.track, audience="coach")
    assert Share.objects.count() == 0
    assert [row["sentence"] for row in own_export(member)["reflections"]] == [SECRET]


def test_the_log_does_not_name_who_looked_back_or_shared(course: Course) -> None:
    actions.share_skills(by=course.owner, track=course.track, audience="team")
    entries = Entry.objects.filter(action__in=("write_reflection", "share_skills"))
    assert {(entry.actor, str(entry.detail)) for entry in entries} == {("someone in a team", "{}")}


def test_every_skill_has_a_card_for_daily_work() -> None:
    assert [card.skill for card in CARDS] == list(Skill)


def test_a_pivot_does_not_share_what_was_shared_before(course: Course) -> None:
    actions.share_skills(by=course.owner, track=course.track, audience="coach")
    make.learn(course, "pivot")
    following = course.fresh().track.continued_by
    assert shared_profiles(course.coach, following, following.idea) == []
    assert following.starts_on - course.track.starts_on == timedelta(0)
