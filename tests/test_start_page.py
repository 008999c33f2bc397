# SPDX-License-Identifier: EUPL-1.2
"""The start page: what waits for whoever signed in."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.juries.models import Interest
from beproefd.discipline.juries.queries import progress
from beproefd.discipline.juries.queries.behind import behind
from beproefd.discipline.tracks import actions
from beproefd.discipline.tracks.models import Track
from beproefd.site.waiting import Waiting
from tests import factories as make
from tests.factories.portfolio import decide as decide_gate
from tests.factories.portfolio import describe, gate, review
from tests.factories.tracks import Course

pytestmark = pytest.mark.django_db


def start(user: Any = None) -> Any:
    client = Client()
    if user:
        client.force_login(user)
    return client.get(reverse("home"))


def waits(user: Any) -> list[Waiting]:
    return start(user).context["waiting"]


def urls(user: Any) -> list[str]:
    return [item.url for item in waits(user)]


def at(idea: Idea, name: str, *numbers: int) -> str:
    return reverse(name, args=[idea.challenge.slug, idea.reference, *numbers])


def test_a_visitor_reads_what_the_city_does_and_nothing_waits() -> None:
    shown = start().content.decode()
    assert ("De stad stelt een vraag" in shown, "Wat wacht op jou" in shown) == (True, False)


def test_who_has_nothing_to_do_reads_just_that() -> None:
    shown = start(make.person("team")).content.decode()
    assert "Er wacht nu niets op jou." in shown


def test_the_team_sees_the_same_next_step_as_on_the_first_page_of_its_track() -> None:
    course = make.course()
    client = Client()
    client.force_login(course.owner)
    steps = []
    for change in (
        lambda: None,
        lambda: actions.start_track(by=course.coach, track=course.track, reason="We beginnen vast."),
        lambda: make.assumption(course),
        lambda: make.observe(course, make.card(course), [True]),
        lambda: actions.set_goal(by=course.owner, cycle=course.track.cycles.get(number=1), goal="Lukt het?"),
        lambda: make.observe(course, make.card(course), [True] * 12),
    ):
        change()
        shown = client.get(at(course.idea, "tracks:home")).context["home"].next
        assert [item.why for item in waits(course.owner)] == [shown.text]
        steps.append(shown.text)
    assert len(set(steps)) >= 4


def test_a_cycle_that_is_over_waits_for_its_team() -> None:
    course = make.running()
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        assert urls(course.owner) == [at(course.idea, "tracks:learn")]
        make.learn(course)
        assert urls(course.owner) == [at(course.idea, "tracks:cycle", 1)]


def test_a_parked_or_stopped_idea_asks_nothing_of_its_team() -> None:
    course = make.running()
    for decision in ("park", "stop"):
        make.learn(course, decision)
        assert waits(course.owner) == []


def test_nobody_else_sees_the_step_of_a_team() -> None:
    course = make.running()
    for who in (course.jury.owners[1], course.jury.jurors[0], make.person("coach"), make.person("administrator")):
        assert at(course.idea, "tracks:home") not in str(urls(who))
        assert course.idea.title not in [item.title for item in waits(who)]


def test_a_coach_sees_the_own_tracks_that_need_a_look_the_quiet_one_first() -> None:
    course = make.running()
    other = Idea.objects.get(pk=course.jury.ideas[1].pk)
    actions.open_track(by=course.manager, idea=other, coach=course.coach, starts_on=timezone.localdate())
    assert urls(course.coach) == [at(course.idea, "tracks:home"), at(other, "tracks:home")]
    assert [item.why for item in waits(course.coach)] == [
        "Er loopt geen test. Maak er een en ga naar de doelgroep.",
        "Het team maakt zich klaar voor de start.",
    ]
    make.card(course)
    assert urls(course.coach) == [at(other, "tracks:home")]


def test_the_programme_sees_winners_without_a_track_until_it_opens_one() -> None:
    jury = make.world("decided", ideas=2, jurors=2)
    opens = [at(idea, "tracks:open") for idea in jury.ideas]
    assert sorted(urls(jury.manager)) == sorted(url for url in opens if url in urls(jury.manager)) != []
    won = Idea.objects.get(pk=jury.ideas[0].pk)
    actions.open_track(by=jury.manager, idea=won, coach=make.person("coach"))
    assert at(won, "tracks:open") not in urls(jury.manager)


def test_a_gate_waits_for_its_reviewer_and_for_who_runs_it_and_then_the_team_reads_the_outcome() -> None:
    shop = make.running()
    describe(shop)
    requested = gate(shop)
    page = at(shop.idea, "portfolio:request", requested.request.number)
    assert (page in urls(requested.reviewers[0]), page in urls(shop.manager), page in urls(shop.owner)) == (
        True,
        True,
        False,
    )
    review(requested, requested.reviewers[0])
    assert page not in urls(requested.reviewers[0])
    decide_gate(requested)
    assert (page in urls(shop.manager), page in urls(shop.owner), page in urls(shop.jury.owners[1])) == (
        False,
        True,
        False,
    )
    assert "is besloten: Ga verder" in start(shop.owner).content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        assert page not in urls(shop.owner)


def test_ideas_wait_for_a_jury_member_until_all_are_judged() -> None:
    world = make.world("scoring", ideas=3, jurors=2)
    room = reverse("juries:room", args=[world.challenge.slug])
    assert [(item.url, item.why) for item in waits(world.jurors[0])] == [(room, "3 ideeën wachten op jouw oordeel.")]
    make.judge_all(world)
    assert waits(world.jurors[0]) == []


def test_the_programme_hears_who_of_the_jury_still_has_ideas_to_judge() -> None:
    world = make.world("scoring", ideas=3, jurors=2)
    make.judge(world, world.jurors[0], world.ideas[0])
    room = reverse("juries:room", args=[world.challenge.slug])
    names = [f"{juror.name}: {left}" for juror, left in zip(world.jurors, (2, 3), strict=True)]
    why = f"De jury is nog niet klaar. Nog te beoordelen ideeën: {names[0]} en {names[1]}."
    assert [(item.url, item.why) for item in waits(world.manager)] == [(room, why)]
    make.judge_all(world)
    assert waits(world.manager) == []


def test_who_is_behind_is_counted_as_in_the_jury_room_without_what_the_viewer_may_not_see() -> None:
    world = make.world("scoring", ideas=3, jurors=2)
    Interest.objects.create(
        round=world.round, user=world.manager, idea=world.ideas[0], kind="personal", status="confirmed"
    )
    late = behind(world.manager, [world.challenge])[world.challenge.pk]
    room = [line for line in progress(world.manager, world.round) if line.done < line.total]
    assert [(line.seat.pk, line.done, line.total) for line in late] == [(r.seat.pk, r.done, r.total) for r in room]
    assert {line.total for line in late} == {2}
    for who in (world.jurors[0], world.owners[0], make.person("coach")):
        assert behind(who, [world.challenge]) == {}


def test_the_programme_hears_of_a_team_without_a_test() -> None:
    course = make.running()
    assert at(course.idea, "tracks:home") in urls(course.manager)
    make.card(course)
    assert at(course.idea, "tracks:home") not in urls(course.manager)


def test_the_start_page_asks_no_more_questions_for_two_teams_than_for_one() -> None:
    course = make.running()
    second = Idea.objects.get(pk=course.jury.ideas[1].pk)
    both = make.person("team", name="Bo Beide")
    join(course.idea, both)
    before = {who.name: questions(who) for who in (both, course.coach, course.manager)}
    actions.open_track(by=course.manager, idea=second, coach=course.coach, starts_on=course.track.starts_on)
    actions.start_track(by=course.coach, track=Track.objects.get(idea=second), reason="Vast begonnen.")
    join(second, both)
    after = {who.name: questions(who) for who in (both, course.coach, course.manager)}
    assert {name: after[name] <= before[name] for name in before} == dict.fromkeys(before, True), (before, after)
    assert len(waits(both)) == 2


def join(idea: Idea, user: Any) -> None:
    idea = Idea.objects.get(pk=idea.pk)
    owner = idea.members.get(is_owner=True).user
    make.joins(owner, idea, user, organisation="Stichting 9")


def questions(user: Any) -> int:
    client = Client()
    client.force_login(user)
    client.get(reverse("home"))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("home"))
    return len(asked)


# The badge of an idea


def badge(user: Any, idea: Idea) -> str:
    client = Client()
    client.force_login(user)
    shown = client.get(at(idea, "ideas:detail"))
    if shown.status_code != 200:
        return ""
    main = shown.content.decode().partition("<h1")[2].split("</h1>")[1][:400]
    return next(
        (word for word in ("Gekozen, wordt uitgewerkt", "Gekozen", "Ingediend") if word in main), "something else"
    )


def test_a_team_reads_nothing_new_before_its_idea_is_worked_out() -> None:
    world = make.world("deliberation", ideas=2, jurors=2)
    assert badge(world.owners[0], world.ideas[0]) == "Ingediend"


def test_a_chosen_idea_says_that_it_is_worked_out_and_later_still_that_it_was_chosen() -> None:
    course = make.running()
    assert badge(course.owner, course.idea) == "Gekozen, wordt uitgewerkt"
    assert "Gekozen, wordt uitgewerkt" in start(course.owner).content.decode()
    make.learn(course, "stop")
    assert badge(course.owner, course.idea) == "Gekozen"


def test_who_may_not_see_the_work_on_an_idea_reads_what_was_there_before() -> None:
    course: Course = make.running()
    assert (badge(make.person("coach"), course.idea), badge(course.coach, course.idea)) == (
        "Ingediend",
        "Gekozen, wordt uitgewerkt",
    )
