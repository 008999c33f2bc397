# SPDX-License-Identifier: EUPL-1.2
"""The board: what it counts, who sees which line, and that it asks the database as often for 8 ideas as for 2."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from beproefd.discipline.ideas.actions import follow_up
from beproefd.discipline.ideas.for_rooms_above import end_follow_up
from beproefd.discipline.portfolio.models import Tie
from beproefd.discipline.portfolio.queries.board import Stand, board, board_challenges, stands_of
from beproefd.discipline.portfolio.queries.library import own_learning
from beproefd.discipline.validation import actions as work
from beproefd.discipline.validation.models import Assumption
from beproefd.discipline.validation.queries import lines_of
from beproefd.ui.charts import Placed, placed
from tests import factories
from tests.factories import person, portfolio, tracks

pytestmark = pytest.mark.django_db


def line(shop, viewer=None):
    [found] = [one for one in board(viewer or shop.manager).lines if one.idea.pk == shop.idea.pk]
    return found


def test_risk_is_importance_times_uncertainty_of_what_is_critical_and_open(shop):
    factories.assumption(shop, "Kritisch", importance=5)
    factories.assumption(shop, "Ook kritisch", importance=4)
    factories.assumption(shop, "Een detail", importance=1)
    assert (line(shop).risk, line(shop).open_critical) == (5 * 1.0 + 4 * 1.0, 2)


def test_what_is_settled_is_no_risk_but_an_answer(shop):
    about = factories.assumption(shop, importance=5)
    portfolio.settle(shop, about, "contradicts")
    assert (line(shop).risk, line(shop).open_critical, line(shop).settled) == (0, 0, 1)


def test_time_and_money_per_answer(shop):
    about = factories.assumption(shop)
    done = factories.card(shop, [about], cost_cents=30_000)
    factories.observe(shop, done, [True] * 9)
    work.finish_card(by=shop.owner, card=done)
    other = factories.assumption(shop, "Nog iets")
    portfolio.settle(shop, other)
    factories.card(shop, [about], cost_cents=99_900)
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        found = line(shop)
    assert (found.settled, found.days_per_answer, found.cents_per_answer) == (2, 5.0, 15_000)


def test_without_an_answer_there_is_no_price_for_one(shop):
    assert (line(shop).days_per_answer, line(shop).cents_per_answer) == (None, None)


def test_the_stage_is_the_gate_that_was_passed(shop):
    assert line(shop).stage == 0
    portfolio.decide(portfolio.gate(shop), "adjust")
    assert line(shop).stage == 0
    factories.assumption(shop)
    portfolio.decide(portfolio.gate(shop), "go")
    assert (line(shop).stage, line(shop).gate.key) == (1, "work_out")


def test_a_team_that_writes_no_learning_is_quiet(shop):
    about = factories.assumption(shop)
    portfolio.settle(shop, about)
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        assert (line(shop).quiet_days, line(shop).is_quiet) == (None, True)
        portfolio.learn(shop, [about])
        assert (line(shop).quiet_days, line(shop).is_quiet) == (0, False)


def test_the_stop_rate_counts_stops_and_pivots_of_what_was_begun(shop):
    assert board(shop.manager).stop_rate == 0
    about = factories.assumption(shop)
    portfolio.settle(shop, about, "contradicts")
    portfolio.learn(shop, [about], decision="stop")
    assert board(shop.manager).stop_rate == 0
    end_follow_up(by=shop.manager, idea=shop.idea)
    assert (board(shop.manager).stop_rate, line(shop).ended) == (1.0, "stop")


def test_a_stop_at_a_gate_shows_and_counts_before_the_team_has_stopped(shop):
    portfolio.decide(portfolio.gate(shop), "stop")
    shown = board(shop.manager)
    assert (line(shop).must_stop, line(shop).ended, shown.stopped, shown.started) == (True, "", 1, 1)
    about = factories.assumption(shop)
    factories.evidence(shop, about)
    portfolio.learn(shop, [about], decision="stop")
    end_follow_up(by=shop.manager, idea=shop.idea)
    assert (line(shop).must_stop, line(shop).ended, board(shop.manager).stopped) == (False, "stop", 1)


def test_after_a_pivot_an_answer_counts_where_it_was_given_and_the_risk_where_it_is_run():
    course = tracks.running()
    settled = factories.assumption(course, "Dit weten we", importance=5)
    portfolio.settle(course, settled)
    factories.assumption(course, "Dit nog niet", importance=4)
    tracks.learn(course, "pivot")
    [child, parent] = board(course.manager).lines
    assert child.idea.pivot_of_id == parent.idea.pk
    assert (parent.settled, child.settled, child.days_per_answer) == (1, 0, None)
    assert (parent.risk, parent.open_critical, child.open_critical, child.risk > 0) == (None, None, 1, True)
    assert (board(course.manager).started, board(course.manager).stop_rate) == (1, 1.0)
    heir = Assumption.objects.get(idea=child.idea, inherited_from=settled)
    factories.evidence(replace(course, idea=child.idea), heir)
    assert [one.settled for one in board(course.manager).lines] == [1, 1]


def test_a_parked_idea_is_marked_and_not_in_the_picture():
    course = tracks.running()
    tracks.learn(course, "park")
    [shown] = board(course.manager).lines
    assert (shown.is_parked, shown.is_going, shown.idea.is_followed_up) == (True, False, True)


def test_who_was_heard_and_where(shop):
    group = work.add_target_group(by=shop.owner, idea=shop.idea, name="Minima")
    work.add_target_group(by=shop.owner, idea=shop.idea, name="Jongeren")
    about = factories.assumption(shop)
    factories.evidence(shop, about, group=group, place="Noord", people=4)
    factories.evidence(shop, about, group=group, place=" noord ", people=2)
    factories.evidence(shop, about, source="desk", source_title="Rapport 2024", people=1000)
    shown = board(shop.manager)
    assert [(one.name, one.pieces, one.people) for one in shown.groups] == [("Jongeren", 0, 0), ("Minima", 2, 6)]
    assert [(one.name, one.pieces, one.people) for one in shown.places] == [("Molenwijk", 0, 0), ("Noord", 2, 6)]


def test_neighbourhoods_stand_by_district_where_the_area_says_which(shop):
    canvas = shop.idea.challenge.canvas
    areas = "Molenwijk (Noord)\nBijlmer (Zuidoost)\nBanne (Noord)"
    type(canvas).objects.create(**{**values_of(canvas), "number": canvas.number + 1, "areas": areas})
    factories.evidence(shop, factories.assumption(shop), place="molenwijk", people=2)
    factories.evidence(shop, factories.assumption(shop), place="Elders")
    shown = board(shop.manager)
    assert [(one.district, one.name, one.pieces) for one in shown.places] == [
        ("Noord", "Banne", 0), ("Noord", "Molenwijk", 1), ("Zuidoost", "Bijlmer", 0), ("", "Elders", 1),
    ]  # fmt: skip
    assert shown.names_districts


def values_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name != "id"}


def test_a_test_in_two_neighbourhoods_is_heard_in_both(shop):
    card = factories.card(shop, [factories.assumption(shop)])
    work.observe(by=shop.owner, card=card, seen=[factories.seen(place=place) for place in ("Noord", "Oost") * 5])
    heard = {one.name: (one.pieces, one.ideas) for one in board(shop.manager).places}
    assert heard == {"Molenwijk": (0, 0), "Noord": (1, 1), "Oost": (1, 1)}


def test_an_assumption_stands_where_the_workshop_says_it_stands(shop):
    sure = factories.assumption(shop, "Zeker", importance=5)
    portfolio.settle(shop, sure)
    mixed = factories.assumption(shop, "Beide kanten", importance=4)
    factories.evidence(shop, mixed, strength=3)
    factories.evidence(shop, mixed, "contradicts", strength=3, source="partner")
    own = factories.assumption(shop, "Eigen oordeel", importance=4)
    work.override_status(by=shop.owner, assumption=own, status="refuted", reason="Dat weten we.")
    lifted = factories.assumption(shop, "Toch niet", importance=3)
    work.override_status(by=shop.owner, assumption=lifted, status="supported", reason="Denken we.")
    work.lift_override(by=shop.owner, assumption=lifted)
    gone = factories.evidence(shop, lifted, strength=3)
    work.retract_evidence(by=shop.owner, evidence=gone, reason="Dubbel.")
    asked = Assumption.objects.filter(idea=shop.idea)
    here = sorted(one[:3] for one in stands_of(asked)[shop.idea.pk])
    there = [
        (line.assumption.importance, line.standing.uncertainty, line.status, line.is_settled, line.is_critical)
        for line in lines_of(asked)
    ]
    stands = [Stand(*one) for one in here]
    assert [(*one[:3], one.is_settled, one.is_critical) for one in stands] == sorted(there)


def test_the_picture_shows_what_its_table_says():
    items = [Placed("Sparen", 1, 4.5), Placed("Nazorg", 1, 4.5), Placed("Laptops", 0, 0.0)]
    chart = placed(items, stages=["Geen", "Een"], caption="Bord", axis="Risico", name="Idee", stage="Poort")
    assert chart.rows == (("1. Sparen", "Een", "4.5"), ("2. Nazorg", "Een", "4.5"), ("3. Laptops", "Geen", "0.0"))
    assert [f">{number}<" in chart.svg for number in (1, 2, 3)] == [True, True, True]
    assert ("style=" in chart.svg, "<script" in chart.svg) == (False, False)


# Who sees which line


def test_each_sees_the_own_lines_and_the_programme_all(shop):
    other = factories.workshop()
    both = {shop.idea.pk, other.idea.pk}
    for viewer, ideas in (
        (shop.manager, both),
        (shop.owner, {shop.idea.pk}),
        (shop.coach, {shop.idea.pk}),
        (other.owner, {other.idea.pk}),
        (shop.jury.owners[1], set()),
        (shop.jury.jurors[0], set()),
        (person("coach"), set()),
        (person("administrator"), set()),
        (AnonymousUser(), set()),
    ):
        assert {one.idea.pk for one in board(viewer).lines} == ideas
        assert board(viewer).started == len(ideas)


def test_the_figures_over_the_board_count_only_visible_lines(shop):
    tied = person("manager")
    before = board(tied)
    assert before.started == 1
    Tie.objects.create(idea=shop.idea, user=tied, kind="personal", note="Familie.")
    about = factories.assumption(shop)
    factories.evidence(shop, about, place="Noord")
    after = board(tied)
    assert (after.lines, after.started, after.stop_rate, after.places, after.groups) == ([], 0, None, [], [])
    assert board_challenges(tied) == []


def test_a_challenge_can_be_chosen(shop):
    other = factories.workshop()
    shown = board(shop.manager, other.idea.challenge)
    assert [one.idea.pk for one in shown.lines] == [other.idea.pk]


# Numbers of queries


def _city(ideas):
    jury = factories.world("decided", ideas=ideas, jurors=2)
    for idea in jury.ideas:
        coach = person("coach")
        shop = factories.Workshop(jury, follow_up(by=jury.manager, idea=idea, coach=coach), None, coach)
        shop.owner = idea.members.get().user
        group = work.add_target_group(by=shop.owner, idea=shop.idea, name="Minima")
        about = portfolio.describe(shop)
        portfolio.settle(shop, about, group=group, place="Noord")
        portfolio.learn(shop, [about])
        portfolio.decide(portfolio.gate(shop))
        portfolio.publish(shop, about)
    return jury.manager


def _queries(ask):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ask()
    return len(asked)


def test_the_board_and_the_library_ask_as_often_for_eight_ideas_as_for_two(client):
    few = _city(2)
    counted = {}
    for name, ask in (("board", board), ("library", own_learning)):
        ask(type(few).objects.get(pk=few.pk))
        counted[name] = _queries(lambda ask=ask: ask(type(few).objects.get(pk=few.pk)))
    client.force_login(few)
    pages = ("/portfolio/", "/leren/")
    for page in pages:
        client.get(page)
        counted[page] = _queries(lambda page=page: client.get(page))
    many = _city(6)
    assert len(board(many).lines) == 8
    for name, ask in (("board", board), ("library", own_learning)):
        assert _queries(lambda ask=ask: ask(type(many).objects.get(pk=many.pk))) == counted[name]
    client.force_login(few)
    for page in pages:
        client.get(page)
        assert _queries(lambda page=page: client.get(page)) == counted[page]
