# SPDX-License-Identifier: EUPL-1.2
"""At a gate nobody plays two parts, and whose review counts is free until the decision itself."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from beproefd.discipline.ideas.actions import add_member, remove_member
from beproefd.discipline.ideas.for_rooms_above import pivot_idea
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.juries.models import Interest
from beproefd.discipline.portfolio import actions
from beproefd.discipline.portfolio.models import GateRequest, Reviewer, Tie
from beproefd.discipline.portfolio.queries import gates as queries
from beproefd.discipline.portfolio.rules import tied_idea_ids
from beproefd.discipline.validation import actions as work
from beproefd.discipline.validation.queries import visible_work
from tests import factories
from tests.factories import person, portfolio

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(shop):
    """Another one of the programme, of no organisation near the team."""
    manager = shop.jury.second_manager
    manager.organisation = "Gemeente"
    manager.save()
    return manager


def seat(at, user):
    return Reviewer.objects.get(request=at.request, user=user)


def joins(shop, user):
    return factories.joins(shop.owner, shop.idea, user)


def named(shop, near):
    """A colleague without an account, in the team by name."""
    idea = Idea.objects.get(pk=shop.idea.pk)
    return add_member(by=shop.owner, idea=idea, name="Piet", organisation=near.organisation, kind="company")


def settle(at, outcome="stop"):
    return actions.decide_gate(by=at.manager, request=at.request, outcome=outcome, reasons="Zo is het.")


# One person, one part


def test_nobody_names_themselves(gate, second):
    with pytest.raises(ValidationError, match="You run this gate"):
        actions.name_reviewer(by=second, request=gate.request, user=second)
    assert second not in queries.candidates(second, gate.request)
    assert second in queries.candidates(gate.manager, gate.request)


def test_who_could_read_a_review_is_not_named_any_more(gate, second):
    portfolio.review(gate, gate.reviewers[0], "stop")
    with pytest.raises(ValidationError, match="could read the reviews"):
        actions.name_reviewer(by=gate.manager, request=gate.request, user=second)
    assert second not in queries.candidates(gate.manager, gate.request)
    late = person("juror")
    assert late in queries.candidates(gate.manager, gate.request)
    assert actions.name_reviewer(by=gate.manager, request=gate.request, user=late).is_active


def test_who_reviews_does_not_run_the_same_request(gate, second):
    actions.name_reviewer(by=gate.manager, request=gate.request, user=second)
    other = seat(gate, gate.reviewers[0])
    near = Tie.objects.create(idea=gate.idea, user=person("juror"), kind="organisation", status="open")
    for attempt in (
        lambda: actions.release_reviewer(by=second, reviewer=other),
        lambda: actions.decide_gate(by=second, request=gate.request, outcome="go", reasons="Ja."),
        lambda: actions.name_reviewer(by=second, request=gate.request, user=person("juror")),
        lambda: actions.decide_tie(by=second, request=gate.request, tie=near, binds=True, reason="Toch."),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert (queries.gate_tasks(second), queries.candidates(second, gate.request)) == ([], [])
    assert queries.open_ties(second, gate.request) == []


def test_who_was_taken_off_reads_no_review_and_does_not_run_the_request(gate, second):
    actions.name_reviewer(by=gate.manager, request=gate.request, user=second)
    actions.declare(by=second, request=gate.request, free=True)
    portfolio.review(gate, gate.reviewers[0], "stop")
    actions.release_reviewer(by=gate.manager, reviewer=seat(gate, second))
    assert queries.reviews_of(second, gate.request) == []
    with pytest.raises(PermissionDenied):
        actions.release_reviewer(by=second, reviewer=seat(gate, gate.reviewers[1]))
    with pytest.raises(ValidationError, match="could read the reviews"):
        actions.name_reviewer(by=gate.manager, request=gate.request, user=second)
    assert [review.outcome for review in queries.reviews_of(gate.manager, gate.request)] == ["stop"]


# Who runs it is not bound either


def test_who_decides_is_held_up_by_a_colleague_in_the_team_until_another_has_looked_at_it(gate, second):
    for one in gate.reviewers:
        portfolio.review(gate, one, "stop")
    joins(gate.shop, person("team", organisation=" gemeente "))
    with pytest.raises(ValidationError, match="work for the same organisation"):
        portfolio.decide(gate)
    tie = Tie.objects.get(user=gate.manager)
    assert (tie.status, queries.gate_tasks(gate.manager)) == ("open", [])
    with pytest.raises(PermissionDenied):
        portfolio.decide(gate)
    assert queries.open_ties(second, gate.request) == [tie]
    actions.decide_tie(by=second, request=gate.request, tie=tie, binds=False, reason="Een andere afdeling.")
    assert portfolio.decide(gate, "stop").decided_by == gate.manager


def test_who_names_the_reviewers_is_not_a_colleague_of_the_team(gate):
    joins(gate.shop, person("team", organisation="Gemeente"))
    with pytest.raises(ValidationError, match="work for the same organisation"):
        actions.name_reviewer(by=gate.manager, request=gate.request, user=person("juror"))
    assert Tie.objects.get().user == gate.manager


# Bound in the meantime


def test_a_reviewer_who_joined_the_team_blocks_the_decision_until_taken_off(gate):
    first, other = gate.reviewers
    for one in gate.reviewers:
        portfolio.review(gate, one)
    joins(gate.shop, first)
    with pytest.raises(ValidationError, match=f"may bind {first.name}"):
        settle(gate)
    assert [place.is_bound for place in queries.reviewers_of(gate.manager, gate.fresh())] == [True, False]
    actions.release_reviewer(by=gate.manager, reviewer=seat(gate, first))
    assert settle(gate).reviewers == other.name


def test_a_review_that_counts_is_not_taken_off(gate):
    portfolio.review(gate, gate.reviewers[0])
    with pytest.raises(ValidationError, match="It counts"):
        actions.release_reviewer(by=gate.manager, reviewer=seat(gate, gate.reviewers[0]))


def test_a_colleague_of_a_reviewer_who_joins_the_team_is_a_tie_to_decide_about_first(gate):
    first = gate.reviewers[0]
    for one in gate.reviewers:
        portfolio.review(gate, one)
    named(gate.shop, first)
    with pytest.raises(ValidationError, match=f"may bind {first.name}"):
        settle(gate)
    [tie] = queries.open_ties(gate.manager, gate.fresh())
    assert (tie.user, tie.kind, tie.is_suggested) == (first, "organisation", True)
    actions.decide_tie(by=gate.manager, request=gate.request, tie=tie, binds=False, reason="Een heel groot instituut.")
    assert settle(gate).reviewers == "Beoordelaar 1, Beoordelaar 2"


def test_someone_who_comes_back_is_compared_with_the_team_again(gate):
    first = gate.reviewers[0]
    actions.release_reviewer(by=gate.manager, reviewer=seat(gate, first))
    named(gate.shop, first)
    actions.name_reviewer(by=gate.manager, request=gate.request, user=first)
    assert [tie.user for tie in queries.open_ties(gate.manager, gate.fresh())] == [first]


def test_the_organisation_of_the_coach_is_compared_as_well(shop, gate):
    near = person("juror", organisation=shop.coach.organisation)
    actions.name_reviewer(by=gate.manager, request=gate.request, user=near)
    assert [tie.user for tie in queries.open_ties(gate.manager, gate.request)] == [near]


def test_who_worked_on_the_idea_and_left_cannot_review_it(shop):
    made = {
        "assumption": lambda one: work.add_assumption(
            by=one, idea=shop.idea, values={"statement": "Iets", "kind": "desirable", "importance": 5, "belief": 3}
        ),
        "evidence": lambda one: work.log_evidence(
            by=one, idea=shop.idea, directions={about: "supports"},
            values={"text": "Iets", "source": "target", "strength": 1, "seen_on": about.created_at.date()},
        ),
        "card": lambda one: factories.card(factories.Workshop(shop.jury, shop.idea, one, shop.coach), [about]),
        "learning": lambda one: portfolio.learn(factories.Workshop(shop.jury, shop.idea, one, shop.coach), [about]),
        "request": lambda one: actions.ask_review(by=one, idea=shop.idea, plan="Een proef.", budget_cents=0),
    }  # fmt: skip
    about = factories.assumption(shop)
    left = [person("juror", "team", organisation=f"Bureau {name}") for name in made]
    for one, make in zip(left, made.values(), strict=True):
        member = joins(shop, one)
        make(one)
        remove_member(by=shop.owner, member=member)
    request = GateRequest.objects.get()
    for one in left:
        with pytest.raises(ValidationError, match="bound to this idea"):
            actions.name_reviewer(by=shop.manager, request=request, user=one)


def test_a_tie_with_a_pivot_binds_to_the_idea_it_came_from(shop, gate):
    child = pivot_idea(by=shop.owner, idea=shop.idea, values={"title": "Nazorg"}, request_key=gate.request.request_key)
    near = person("juror")
    Tie.objects.create(idea=child, user=near, kind="personal", note="Mijn zus.")
    assert tied_idea_ids(near) == {shop.idea.pk, child.pk}
    with pytest.raises(ValidationError, match="bound to this idea"):
        actions.name_reviewer(by=gate.manager, request=gate.request, user=near)


def test_someone_who_confirms_a_dismissed_tie_leaves_no_old_reason(shop, gate):
    near = person("juror", organisation=shop.owner.organisation)
    actions.name_reviewer(by=gate.manager, request=gate.request, user=near)
    tie = Tie.objects.get(user=near)
    actions.decide_tie(by=gate.manager, request=gate.request, tie=tie, binds=False, reason="Een grote stichting.")
    actions.declare(by=near, request=gate.request, free=False, kind="organisation", note="Wij delen een kamer.")
    tie.refresh_from_db()
    assert (tie.status, tie.note, tie.decision_reason, tie.decided_by) == (
        "confirmed", "Wij delen een kamer.", "", None,
    )  # fmt: skip


# The work of the idea


@pytest.mark.parametrize("known_by", ["gate", "jury"])
def test_a_tied_manager_does_not_see_the_work_of_the_idea_nor_of_its_family(client, known_by):
    found = factories.course()
    idea, second = found.idea, found.jury.second_manager
    pages = [
        reverse(name, args=[idea.challenge.slug, idea.reference])
        for name in ("tracks:home", "validation:assumptions", "validation:evidence", "validation:learning")
    ]
    client.force_login(second)
    assert {client.get(page).status_code for page in pages} == {200}
    if known_by == "gate":
        actions.note_own_tie(by=second, idea=idea, kind="personal", note="Mijn zus.")
    else:
        Interest.objects.create(round=found.jury.round, user=second, idea=idea, kind="personal")
    child = pivot_idea(by=found.owner, idea=idea, values={"title": "Nazorg"}, request_key=uuid.uuid4())
    assert {client.get(page).status_code for page in pages} == {404}
    assert not visible_work(second).filter(pk__in=[idea.pk, child.pk]).exists()
    assert visible_work(found.owner).filter(pk=idea.pk).exists()


def test_the_team_and_the_coach_keep_their_own_idea(shop):
    for one in (shop.owner, shop.coach):
        Tie.objects.create(idea=shop.idea, user=one, kind="personal", note="Familie.")
        assert visible_work(one).filter(pk=shop.idea.pk).exists()
