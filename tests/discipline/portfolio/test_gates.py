# SPDX-License-Identifier: EUPL-1.2
"""A team asks for a gate, named people review, the programme decides."""

import json
import uuid

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from beproefd.discipline.ideas.for_rooms_above import end_follow_up, pivot_idea
from beproefd.discipline.juries.models import Interest
from beproefd.discipline.portfolio import actions
from beproefd.discipline.portfolio.levels import GATES, Facts, Level, level_of
from beproefd.discipline.portfolio.models import Decision, GateRequest, Review, Reviewer, Tie
from beproefd.discipline.portfolio.queries import gates as queries
from beproefd.discipline.portfolio.queries.dossier import facts_of
from beproefd.discipline.portfolio.rules import bound_idea_ids
from beproefd.discipline.tracks.queries import home, own_steps
from beproefd.discipline.validation import actions as work
from beproefd.ground.accounts.actions import change_account, open_account
from beproefd.ground.audit.chain import sha256
from beproefd.ground.audit.models import Entry
from beproefd.ground.audit.queries import verify
from tests import factories
from tests.factories import portfolio, tracks
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


# Asking


def test_a_request_keeps_what_was_known_with_a_fingerprint(shop):
    about = portfolio.describe(shop)
    asked = actions.ask_review(by=shop.owner, idea=shop.idea, plan="Een proef.", budget_cents=123_400)
    known = json.loads(asked.dossier)
    assert asked.dossier_digest == sha256(asked.dossier)
    assert (known["level"], known["level_asked"], known["gate"]) == (1, 1, "work_out")
    assert (known["budget_cents"], known["plan"], known["open_critical"]) == (123_400, "Een proef.", ["A1"])
    assert [line["statement"] for line in known["assumptions"]] == [about.statement]


def test_the_dossier_stays_the_same_when_the_team_goes_on(shop, gate):
    kept = gate.fresh().dossier
    factories.assumption(shop, "Iets nieuws")
    assert gate.fresh().dossier == kept


def test_the_same_request_sent_twice_is_one_request(shop):
    key = uuid.uuid4()
    values = {"by": shop.owner, "idea": shop.idea, "plan": "Een proef.", "budget_cents": 0, "request_key": key}
    assert actions.ask_review(**values) == actions.ask_review(**values)
    assert GateRequest.objects.count() == 1


def test_a_second_request_waits_for_the_first(shop, gate):
    with pytest.raises(ValidationError, match="open request"):
        actions.ask_review(by=shop.owner, idea=shop.idea, plan="Nog een.", budget_cents=0)


def test_the_coach_can_ask_and_others_cannot(shop):
    for person in (shop.manager, shop.jury.jurors[0], shop.jury.owners[1]):
        with pytest.raises(PermissionDenied):
            actions.ask_review(by=person, idea=shop.idea, plan="Een proef.", budget_cents=0)
    assert actions.ask_review(by=shop.coach, idea=shop.idea, plan="Een proef.", budget_cents=0).number == 1


def test_after_a_go_the_next_gate_is_asked_and_after_an_adjust_the_same_one(shop, gate):
    portfolio.decide(gate, "adjust")
    factories.assumption(shop, "Dit zoeken we eerst uit")
    again = portfolio.gate(shop)
    assert (again.request.gate, again.request.number) == ("work_out", 2)
    portfolio.decide(again, "go")
    assert queries.next_gate(shop.idea).key == "small_trial"


def test_after_an_adjust_the_same_dossier_is_not_asked_for_again(shop, gate):
    portfolio.decide(gate, "adjust")
    same = {"by": shop.owner, "idea": shop.idea, "plan": gate.request.plan, "budget_cents": gate.request.budget_cents}
    with pytest.raises(ValidationError, match="Nothing has changed"):
        actions.ask_review(**same)
    assert actions.ask_review(**{**same, "budget_cents": 100}).number == 2


def test_after_a_stop_no_gate_is_asked_any_more_and_the_team_hears_what_to_do(shop, gate):
    portfolio.decide(gate, "stop")
    factories.assumption(shop, "Toch iets nieuws")
    with pytest.raises(ValidationError, match="Write the learning card that stops"):
        portfolio.gate(shop)
    assert (queries.may_ask(shop.owner, shop.idea), queries.told_to_stop([shop.idea.pk])) == (False, {shop.idea.pk})


def test_the_first_thing_to_do_after_a_stop_at_a_gate_is_the_learning_card_that_stops():
    course = tracks.running()
    factories.assumption(course)
    assert home(course.owner, course.track, course.idea).next.where != "tracks:learn"
    portfolio.decide(portfolio.gate(course), "stop")
    step = home(course.owner, course.track, course.idea).next
    assert (step.where, "to stop" in step.text) == ("tracks:learn", True)
    assert [own.step for own in own_steps(course.owner)] == [step]
    tracks.learn(course, "stop")
    course.fresh()
    assert home(course.owner, course.track, course.idea).next.where == "validation:learning"


# When the team stops first


def test_a_stopped_idea_passes_no_gate_and_asks_nobody_anything(shop, gate):
    first, other = gate.reviewers
    portfolio.review(gate, first)
    end_follow_up(by=shop.manager, idea=shop.idea)
    request = gate.fresh()
    assert (request.is_open, request.is_lapsed) == (False, True)
    for attempt in (
        lambda: portfolio.review(gate, other),
        lambda: actions.name_reviewer(by=shop.manager, request=request, user=factories.person("juror")),
        lambda: actions.declare(by=other, request=request, free=False, note="Familie."),
        lambda: actions.decide_gate(
            by=shop.manager, request=request, outcome="go", reasons="Ja.", exception_reason="Toch."
        ),
    ):
        with pytest.raises(ValidationError, match="no longer works on this idea"):
            attempt()
    assert (queries.gate_tasks(shop.manager), queries.review_tasks(other)) == ([], [])
    assert (queries.candidates(shop.manager, request), Decision.objects.count()) == ([], 0)


# Levels of evidence


FULL = Facts(True, 4, 4, 2, 2, 3, 2, 2)


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({}, Level.REPEATED),
        ({"comparison_places": 1}, Level.COMPARED),
        ({"critical_supported": 3}, Level.COMPARED),
        ({"critical_supported": 2}, Level.GROUNDED),
        ({"comparisons_passed": 0}, Level.GROUNDED),
        ({"tests_passed": 0}, Level.DESCRIBED),
        ({"groups_heard": 1}, Level.DESCRIBED),
        ({"groups": 0, "groups_heard": 0}, Level.DESCRIBED),
        ({"critical_supported": 1}, Level.DESCRIBED),
        ({"critical": 0, "critical_supported": 0}, Level.NONE),
        ({"canvas_complete": False}, Level.NONE),
    ],
)
def test_a_level_is_reached_when_everything_it_asks_is_so(changed, level):
    assert level_of(Facts(**{**FULL.__dict__, **changed})) == level


def test_each_gate_asks_more_than_the_one_before():
    assert [gate.level for gate in GATES] == sorted({gate.level for gate in GATES})


def test_a_locked_test_that_supports_an_assumption_counts_as_passed_once_it_is_closed(shop):
    group = work.add_target_group(by=shop.owner, idea=shop.idea, name="Minima")
    about = portfolio.describe(shop)
    card = factories.card(shop, [about], group=group)
    factories.observe(shop, card, [True] * 9)
    assert facts_of(shop.idea).tests_passed == 0
    work.finish_card(by=shop.owner, card=card)
    facts = facts_of(shop.idea)
    assert (facts.tests_passed, facts.groups, facts.groups_heard, facts.critical_supported) == (1, 1, 1, 1)
    assert level_of(facts) == Level.GROUNDED


def test_evidence_that_was_taken_out_does_not_count(shop):
    group = work.add_target_group(by=shop.owner, idea=shop.idea, name="Minima")
    about = portfolio.describe(shop)
    seen = factories.evidence(shop, about, group=group)
    assert facts_of(shop.idea).groups_heard == 1
    work.retract_evidence(by=shop.owner, evidence=seen, reason="Dubbel.")
    assert facts_of(shop.idea).groups_heard == 0


# Who may judge


def test_the_team_and_the_coach_cannot_be_named(shop, gate):
    for person in (_also(shop.owner, "manager"), _also(shop.coach, "manager")):
        with pytest.raises(ValidationError, match="coach"):
            actions.name_reviewer(by=gate.manager, request=gate.request, user=person)


def test_someone_without_the_role_cannot_be_named(gate):
    with pytest.raises(ValidationError, match="jury member"):
        actions.name_reviewer(by=gate.manager, request=gate.request, user=factories.person("coach"))


def test_a_reviewer_whose_role_was_taken_away_reads_and_writes_nothing_any_more(shop, gate):
    reviewer = gate.reviewers[0]
    change_account(by=factories.person("administrator"), user=reviewer, roles=["team"], active=True)
    assert queries.seat_of(reviewer, gate.request) is None
    with pytest.raises(PermissionDenied):
        actions.declare(by=reviewer, request=gate.request, free=True)


def test_someone_the_jury_knew_to_be_tied_cannot_be_named(shop, gate):
    juror = shop.jury.jurors[0]
    Interest.objects.create(round=shop.jury.round, user=juror, idea=shop.idea, kind="personal")
    with pytest.raises(ValidationError, match="bound"):
        actions.name_reviewer(by=gate.manager, request=gate.request, user=juror)


def test_someone_of_a_competing_team_cannot_be_named(shop, gate):
    rival = _also(shop.jury.owners[1], "juror")
    with pytest.raises(ValidationError, match="bound"):
        actions.name_reviewer(by=gate.manager, request=gate.request, user=rival)


def test_the_same_organisation_is_suggested_as_a_tie_and_blocks_until_someone_decides(shop, gate):
    near = factories.person("juror", name="Noor", organisation=f" {shop.owner.organisation.upper()} ")
    actions.name_reviewer(by=gate.manager, request=gate.request, user=near)
    tie = Tie.objects.get(user=near)
    assert (tie.kind, tie.status, tie.is_suggested) == ("organisation", "open", True)
    assert queries.seat_of(near, gate.request) is None
    with pytest.raises(PermissionDenied):
        actions.declare(by=near, request=gate.request, free=True)
    actions.decide_tie(by=gate.manager, request=gate.request, tie=tie, binds=False, reason="Een heel grote stichting.")
    assert actions.declare(by=near, request=gate.request, free=True).declared_free is True


def test_a_tie_that_binds_takes_the_reviewer_off(shop, gate):
    near = factories.person("juror", organisation=shop.owner.organisation)
    seat = actions.name_reviewer(by=gate.manager, request=gate.request, user=near)
    actions.decide_tie(
        by=gate.manager, request=gate.request, tie=Tie.objects.get(), binds=True, reason="Zij werken samen."
    )
    seat.refresh_from_db()
    assert (seat.is_active, queries.readable_request(near, *_address(gate))) == (False, None)


def test_nobody_decides_about_the_own_tie(shop, gate):
    tied = factories.person("manager", organisation=shop.owner.organisation)
    actions.name_reviewer(by=gate.manager, request=gate.request, user=tied)
    with pytest.raises(PermissionDenied):
        actions.decide_tie(
            by=tied, request=gate.request, tie=Tie.objects.get(), binds=False, reason="Ik vind van niet."
        )


def test_someone_of_the_programme_can_say_to_be_bound_and_then_sees_nothing_of_its_gates(shop, gate):
    second = shop.jury.second_manager
    assert queries.readable_request(second, *_address(gate)) is not None
    with pytest.raises(ValidationError, match="what binds you"):
        actions.note_own_tie(by=second, idea=shop.idea, kind="personal", note=" ")
    actions.note_own_tie(by=second, idea=shop.idea, kind="personal", note="Mijn buurman zit in het team.")
    assert (queries.readable_request(second, *_address(gate)), queries.gate_tasks(second)) == (None, [])
    with pytest.raises(PermissionDenied):
        actions.note_own_tie(by=shop.coach, idea=shop.idea, kind="personal", note="Ik ben de coach.")


def test_who_waits_for_a_decision_about_a_tie_gets_the_mail_only_after_it(
    shop, gate, django_capture_on_commit_callbacks
):
    near = factories.person("juror", organisation=shop.owner.organisation)
    with django_capture_on_commit_callbacks(execute=True):
        actions.name_reviewer(by=gate.manager, request=gate.request, user=near)
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        actions.decide_tie(
            by=gate.manager, request=gate.request, tie=Tie.objects.get(), binds=False, reason="Een grote stichting."
        )
    assert [letter.to for letter in mail.outbox] == [[near.email]]
    assert shop.idea.title not in mail.outbox[0].subject + mail.outbox[0].body


def test_a_tie_goes_along_with_a_pivot(shop):
    juror = shop.jury.jurors[0]
    Interest.objects.create(round=shop.jury.round, user=juror, idea=shop.idea, kind="financial")
    child = pivot_idea(by=shop.owner, idea=shop.idea, values={"title": "Nazorg"}, request_key=uuid.uuid4())
    assert {shop.idea.pk, child.pk} <= bound_idea_ids(juror)


# Reviewing


def test_a_reviewer_first_says_that_nothing_binds(shop):
    at = portfolio.gate(shop, declared=False)
    assert queries.opens_dossier(at.reviewers[0], at.request) is False
    with pytest.raises(PermissionDenied, match="whether anything binds"):
        portfolio.review(at, at.reviewers[0])
    actions.declare(by=at.reviewers[0], request=at.request, free=True)
    assert queries.opens_dossier(at.reviewers[0], at.request) is True
    assert portfolio.review(at, at.reviewers[0]).outcome == "go"


def test_a_go_below_the_level_needs_a_reason_that_is_kept(gate):
    first = gate.reviewers[0]
    with pytest.raises(ValidationError) as refusal:
        portfolio.review(gate, first, exception_reason=" ")
    assert list(refusal.value.error_dict) == ["exception_reason"]
    review = portfolio.review(gate, first, exception_reason="De winter komt.")
    assert (review.is_exception, review.exception_reason) == (True, "De winter komt.")


def test_an_adjust_or_stop_is_never_an_exception(gate):
    assert portfolio.review(gate, gate.reviewers[0], "stop").exception_reason == ""


def test_the_database_refuses_an_exception_without_a_reason(gate):
    seat = Reviewer.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(reviewer=seat, outcome="go", reasons="Ja.", level_met=False)


def test_a_go_at_the_level_needs_no_exception(shop):
    portfolio.describe(shop)
    at = portfolio.gate(shop)
    review = portfolio.review(at, at.reviewers[0], exception_reason="")
    assert (review.level_met, review.is_exception) == (True, False)


def test_a_review_sent_twice_is_one_review_and_a_second_one_is_refused(gate):
    key, first = uuid.uuid4(), gate.reviewers[0]
    assert portfolio.review(gate, first, request_key=key) == portfolio.review(gate, first, request_key=key)
    with pytest.raises(ValidationError, match="stays as it was written"):
        portfolio.review(gate, first, "stop")


def test_a_review_cannot_be_changed_or_removed(gate):
    review = portfolio.review(gate, gate.reviewers[0])
    for change in (lambda: Review.objects.filter(pk=review.pk).update(reasons="Anders."), review.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_dossier_and_a_decision_cannot_be_changed_or_removed(gate):
    decision = portfolio.decide(gate)
    asked = gate.fresh()
    for change in (
        lambda: GateRequest.objects.filter(pk=asked.pk).update(dossier="{}"),
        lambda: GateRequest.objects.filter(pk=asked.pk).update(decided_at=None),
        asked.delete,
        lambda: Decision.objects.filter(pk=decision.pk).update(outcome="stop"),
        decision.delete,
    ):
        with pytest.raises(Exception), transaction.atomic():  # noqa: B017 -- a guard, or PROTECT before it
            change()
    assert (Decision.objects.get().outcome, gate.fresh().dossier) == ("go", asked.dossier)


def test_a_reviewer_sees_the_others_only_after_the_own_review(gate):
    first, second = gate.reviewers
    portfolio.review(gate, first)
    assert queries.reviews_of(second, gate.request) == []
    portfolio.review(gate, second, "stop")
    assert [review.outcome for review in queries.reviews_of(second, gate.request)] == ["go", "stop"]


def test_who_steps_back_later_leaves_a_review_that_does_not_count(gate):
    first, second = gate.reviewers
    portfolio.review(gate, first, "stop")
    actions.declare(by=first, request=gate.request, free=False, kind="personal", note="Mijn zus zit in het team.")
    assert queries.readable_request(first, *_address(gate)) is None
    assert [review.outcome for review in queries.reviews_of(gate.manager, gate.request)] == ["stop"]
    portfolio.review(gate, second)
    decision = portfolio.decide(portfolio.Gate(gate.shop, gate.request, [second]))
    assert decision.reviewers == second.name


# Deciding


def test_a_decision_waits_for_everyone_who_was_named(gate):
    with pytest.raises(ValidationError, match="Nobody has reviewed"):
        actions.decide_gate(by=gate.manager, request=gate.request, outcome="stop", reasons="Nee.")
    portfolio.review(gate, gate.reviewers[0])
    with pytest.raises(ValidationError, match="Not everyone"):
        actions.decide_gate(by=gate.manager, request=gate.request, outcome="stop", reasons="Nee.")
    actions.release_reviewer(by=gate.manager, reviewer=Reviewer.objects.get(user=gate.reviewers[1]))
    assert actions.decide_gate(by=gate.manager, request=gate.request, outcome="stop", reasons="Nee.").outcome == "stop"


def test_the_team_hears_outcome_reasons_and_who_reviewed(gate, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        decision = portfolio.decide(gate, reasons="Dit is goed bedacht.")
    assert decision.reviewers == "Beoordelaar 1, Beoordelaar 2"
    assert {address for letter in mail.outbox for address in letter.to} == {
        gate.shop.owner.email,
        gate.shop.coach.email,
    }
    assert "Dit is goed bedacht." in mail.outbox[0].body
    assert "Beoordelaar 1 vindt" not in mail.outbox[0].body


def test_only_who_is_not_bound_runs_a_gate(shop, gate):
    bound = factories.person("manager")
    Tie.objects.create(idea=shop.idea, user=bound, kind="personal", note="Buren.")
    for person in (shop.owner, shop.coach, bound, gate.reviewers[0]):
        with pytest.raises(PermissionDenied):
            actions.decide_gate(by=person, request=gate.request, outcome="stop", reasons="Nee.")
        with pytest.raises(PermissionDenied):
            actions.name_reviewer(by=person, request=gate.request, user=factories.person("juror"))


def test_a_decision_sent_twice_is_one_decision(gate):
    key = uuid.uuid4()
    assert portfolio.decide(gate, request_key=key) == portfolio.decide(gate, request_key=key)
    with pytest.raises(ValidationError, match="was decided"):
        actions.decide_gate(by=gate.manager, request=gate.request, outcome="stop", reasons="Toch niet.")


def test_everything_is_in_the_log_and_the_rows_still_say_what_it_recorded(gate):
    portfolio.decide(gate)
    done = set(Entry.objects.values_list("action", flat=True))
    assert {"ask_gate_review", "name_reviewer", "declare_at_gate", "write_gate_review", "decide_gate"} <= done
    assert verify().problem == ""


def _address(at: portfolio.Gate) -> tuple[str, str, int]:
    return at.idea.challenge.slug, at.idea.reference, at.request.number


def _also(person, role):
    """Someone who gets one more role."""
    open_account(
        by="the tests",
        email=person.email,
        name=person.name,
        organisation=person.organisation,
        roles=[role],
        password=PASSWORD,
    )
    return type(person).objects.get(pk=person.pk)
