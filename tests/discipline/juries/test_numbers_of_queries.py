# SPDX-License-Identifier: EUPL-1.2
"""Reading and acting take the same number of queries for 2 and for 6 of something."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from beproefd.discipline.ideas.actions import ask_correction, revise_idea
from beproefd.discipline.ideas.models import TeamMember
from beproefd.discipline.juries import actions
from beproefd.discipline.juries.actions.interests import suggest_interests
from beproefd.discipline.juries.models import Assessment, Interest
from beproefd.discipline.juries.queries import own_answers, own_tasks, waiting_for
from beproefd.ground.accounts.models import User
from beproefd.ground.audit.queries import verify
from tests import factories

pytestmark = pytest.mark.django_db


def queries(do: Callable[[], Any]) -> int:
    """How many queries it takes."""
    with CaptureQueriesContext(connection) as taken:
        do()
    return len(taken)


def seated(juror: User) -> Any:
    """A round that is scored, in which this person has two ideas to judge."""
    world = factories.world("scoring", ideas=2, jurors=2, quorum=1)
    actions.seat_juror(by=world.manager, jury_round=world.round, user=juror, kind="member")
    actions.assign_ideas(by=world.manager, jury_round=world.round, per_idea=3)
    world.jurors.append(juror)
    return world.fresh()


def test_the_home_page_for_2_and_for_6_challenges() -> None:
    juror = factories.person("juror", "team", organisation="Ergens")
    client, taken, waiting = Client(), [], []
    client.force_login(juror)
    client.get("/")
    for count in (2, 4):
        for _challenge in range(count):
            seated(juror)
        taken.append(queries(lambda: waiting.append(client.get("/").context)))
    assert [
        [item["to_judge"] for item in (home["first"], *home["others"], *home["exercises"])] for home in waiting
    ] == [[2] * 2, [2] * 6]
    assert taken[0] == taken[1]


def test_what_waits_on_the_home_page_is_what_the_jury_room_shows() -> None:
    juror = factories.person("juror", organisation="Ergens")
    worlds = [seated(juror) for _case in range(6)]
    judged, draft, changed, bound, dismissed, teamed = worlds
    factories.judge(judged, juror, judged.ideas[0])
    factories.judge(draft, juror, draft.ideas[0], submit=False)
    factories.judge(changed, juror, changed.ideas[0])
    ask_correction(by=changed.manager, idea=changed.ideas[0], reason="Het bedrag klopt niet.")
    revise_idea(by=changed.owners[0], idea=changed.ideas[0], base_number=1, values={"title": "Beter"})
    actions.declare(by=juror, jury_round=bound.round, idea=bound.ideas[0], free=False, note="Buren.")
    note = {"user": juror, "idea": dismissed.ideas[0], "kind": "personal", "note": "Mis."}
    mistake = actions.report_interest(by=dismissed.manager, jury_round=dismissed.round, **note)
    actions.dismiss_interest(by=dismissed.manager, interest=mistake, reason="Naamgenoot.")
    TeamMember.objects.create(idea=teamed.ideas[0], user=juror, name=juror.name, kind="resident")
    challenges = [world.fresh().challenge for world in worlds]
    shown = [
        sum(task.assigned and task.step in {"declare", "judge", "again"} for task in own_tasks(juror, world.round))
        for world in worlds
    ]
    assert [waiting_for(juror, challenges)[challenge.pk] for challenge in challenges] == shown == [1, 2, 2, 1, 2, 0]


def test_the_answers_to_2_and_to_6_ideas() -> None:
    world = factories.world("decided", ideas=6, jurors=2)
    member, taken = factories.person("team"), []
    for ideas in (world.ideas[:2], world.ideas[2:]):
        for idea in ideas:
            TeamMember.objects.create(idea=idea, user=member, name=member.name, kind="resident")
        taken.append(queries(lambda: [(answer.idea.title, answer.round.challenge) for answer in own_answers(member)]))
    assert (own_answers(member).count(), taken[0]) == (6, taken[1])


def test_reminding_2_and_6_jurors() -> None:
    taken = []
    for count in (2, 6):
        world = factories.world("scoring", ideas=2, jurors=count)
        taken.append(queries(lambda made=world: actions.send_reminders(by=made.manager, jury_round=made.round)))
    assert taken[0] == taken[1]
    assert verify().whole


def test_finding_ties_of_2_and_of_6_jurors_who_have_judged() -> None:
    taken = []
    for count in (2, 6):
        world = factories.world("scoring", ideas=2, jurors=count)
        factories.judge_all(world)
        for number in range(1, count + 1):
            added = {"idea": world.ideas[0], "name": f"Lid {number}", "organisation": f"Bureau {number}"}
            TeamMember.objects.create(**added, kind="company")
        taken.append(queries(lambda made=world: suggest_interests(by=made.manager, jury_round=made.round)))
        found = Interest.objects.filter(round=world.round, is_late=True, status="open").count()
        void = Assessment.objects.filter(seat__round=world.round, state="void").count()
        assert (found, void) == (count, count)
    assert taken[0] == taken[1]
