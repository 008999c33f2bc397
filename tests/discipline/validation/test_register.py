# SPDX-License-Identifier: EUPL-1.2
"""Assumptions, evidence, learning and the canvas."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import factories as make
from tests.factories.validation import Workshop

from beproefd.discipline.ideas.for_rooms_above import end_follow_up, pivot_idea
from beproefd.discipline.validation import actions
from beproefd.discipline.validation.models import Assumption, CanvasRevision, Evidence, LearningCard
from beproefd.discipline.validation.queries import (
    canvas_revisions,
    cards,
    coverage,
    evidence_log,
    family,
    learning,
    places,
    register,
    tempo,
    visible_work,
)
from beproefd.ground.audit.chain import digest
from beproefd.ground.audit.queries import verify

pytestmark = pytest.mark.django_db

CANVAS = {"problem": "Geen buffer.", "solution": "Sparen met een maatje."}
LEARNED = {
    "believed": "Mensen willen sparen.",
    "observed": "Niemand durfde.",
    "learned": "Eerst rust.",
    "therefore": "Nazorg.",
    "decision": "continue",
}


# The register


def test_the_riskiest_assumption_stands_first_with_one_sentence_why(shop: Workshop) -> None:
    make.assumption(shop, "Klein en onzeker", importance=1)
    make.assumption(shop, "Groot, maar duur om te beproeven", importance=5, effort_days=20)
    make.assumption(shop, "Groot en snel te beproeven", importance=4, effort_days=1)
    lines = register(shop.owner, shop.idea)
    assert [line.assumption.statement for line in lines] == [
        "Groot en snel te beproeven",
        "Klein en onzeker",
        "Groot, maar duur om te beproeven",
    ]
    assert lines[0].why == "Importance 4 of 5, nothing was seen yet, and testing takes about 1 day."


def test_money_counts_in_what_to_test_first_and_the_sentence_says_how(shop: Workshop, settings: Any) -> None:
    dear = make.assumption(shop, "Duur om te beproeven", importance=5, effort_days=2)
    cheap = make.assumption(shop, "Goedkoop om te beproeven", importance=4, effort_days=2)
    assert [line.assumption for line in register(shop.owner, shop.idea)] == [dear, cheap]
    make.card(shop, [dear], started=False, effort_days=2, cost_cents=120_000)
    make.card(shop, [cheap], started=False, effort_days=2, cost_cents=0)
    first, last = register(shop.owner, shop.idea)
    assert (first.assumption, last.assumption) == (cheap, dear)
    assert first.why == "Importance 4 of 5, nothing was seen yet, and testing takes about 2 days."
    assert last.why == (
        "Importance 5 of 5, nothing was seen yet, and testing takes about 2 days and € 1,200 "
        "(€ 500 weighs as much as a day of work)."
    )
    settings.DAY_OF_WORK_EUROS = 6000
    assert [line.assumption for line in register(shop.owner, shop.idea)] == [dear, cheap]


def test_a_settled_assumption_stands_last(shop: Workshop) -> None:
    settled = make.assumption(shop, "Bewezen", importance=5)
    make.assumption(shop, "Open", importance=1)
    make.observe(shop, make.card(shop, [settled]), [True] * 8)
    assert [line.assumption.statement for line in register(shop.owner, shop.idea)] == ["Open", "Bewezen"]


def test_with_evidence_the_sentence_stands_and_the_rest_may_change(shop: Workshop) -> None:
    about = make.assumption(shop)
    make.evidence(shop, about)
    with pytest.raises(ValidationError) as refusal:
        actions.change_assumption(by=shop.owner, assumption=about, values={"statement": "Iets anders"})
    assert "statement" in refusal.value.message_dict
    assert actions.change_assumption(by=shop.owner, assumption=about, values={"importance": 2}).importance == 2


def test_a_change_on_top_of_an_older_text_is_refused(shop: Workshop) -> None:
    about = make.assumption(shop)
    seen = digest(about)
    actions.change_assumption(by=shop.coach, assumption=about, values={"importance": 2}, seen=seen)
    with pytest.raises(ValidationError, match="Someone else"):
        actions.change_assumption(by=shop.owner, assumption=about, values={"importance": 3}, seen=seen)
    about.refresh_from_db()
    assert about.importance == 2


def test_the_owner_of_an_assumption_is_someone_of_the_team(shop: Workshop) -> None:
    with pytest.raises(ValidationError):
        make.assumption(shop, owner=shop.jury.jurors[0])
    assert make.assumption(shop, owner=shop.coach).owner == shop.coach


def test_what_no_longer_matters_stays_readable_with_the_reason(shop: Workshop) -> None:
    about = make.assumption(shop)
    actions.retire_assumption(by=shop.owner, assumption=about, reason="Dit doen we niet meer.")
    assert register(shop.owner, shop.idea) == []
    assert [line.assumption for line in register(shop.owner, shop.idea, retired=True)] == [about]


@pytest.mark.parametrize("field", ["kind", "importance", "belief", "effort_days"])
def test_the_database_refuses_a_value_it_does_not_know(shop: Workshop, field: str) -> None:
    about = make.assumption(shop)
    with pytest.raises(DatabaseError), transaction.atomic():
        Assumption.objects.filter(pk=about.pk).update(**{field: "x" if field == "kind" else 99})


# The say of the team


def test_a_team_sets_a_status_aside_with_a_reason_and_lifts_that_again(shop: Workshop) -> None:
    about = make.assumption(shop)
    with pytest.raises(ValidationError):
        actions.override_status(by=shop.owner, assumption=about, status="supported", reason="  ")
    actions.override_status(by=shop.owner, assumption=about, status="refuted", reason="De bank stopt ermee.")
    actions.override_status(by=shop.owner, assumption=about, status="supported", reason="Een andere bank doet mee.")
    line = register(shop.owner, shop.idea)[0]
    assert (line.status, line.standing.status) == ("supported", "open")
    actions.lift_override(by=shop.owner, assumption=about)
    assert register(shop.owner, shop.idea)[0].status == "open"
    assert about.overrides.count() == 2
    assert verify().problem == ""


# Evidence


def test_one_piece_of_evidence_counts_for_many_assumptions(shop: Workshop) -> None:
    one, two = make.assumption(shop, "Een"), make.assumption(shop, "Twee")
    values = {"text": "Dit zagen we.", "source": "target", "strength": 3, "seen_on": timezone.localdate()}
    actions.log_evidence(by=shop.owner, idea=shop.idea, values=values, directions={one: "supports", two: "contradicts"})
    standing = {line.assumption.statement: line.standing for line in register(shop.owner, shop.idea)}
    assert (standing["Een"].supporting, standing["Twee"].contradicting) == (1, 1)
    assert standing["Een"].chance > 0.5 > standing["Twee"].chance


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"source": "desk"}, "source_title"),
        ({"strength": 4}, "strength"),
        ({"seen_on": timezone.localdate() + timedelta(days=3)}, "seen_on"),
        ({"text": ""}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"source": "toverij"}, "source"),
    ],
)
def test_evidence_says_where_it_comes_from_and_is_not_stronger_than_it_is(
    shop: Workshop, wrong: dict[str, Any], field: str
) -> None:
    about = make.assumption(shop)
    with pytest.raises(ValidationError) as refusal:
        make.evidence(shop, about, **wrong)
    assert field in refusal.value.message_dict
    assert Evidence.objects.count() == 0


def test_what_is_taken_out_no_longer_counts_and_stays_visible(shop: Workshop) -> None:
    about = make.assumption(shop)
    item = make.evidence(shop, about, "contradicts", strength=3)
    actions.retract_evidence(by=shop.owner, evidence=item, reason="Het was een ander gesprek.")
    assert register(shop.owner, shop.idea)[0].standing.pieces == 0
    assert [entry.retracted_reason for entry in evidence_log(shop.owner, shop.idea)] == ["Het was een ander gesprek."]
    with pytest.raises(DatabaseError), transaction.atomic():
        Evidence.objects.filter(pk=item.pk).update(text="Iets anders")


def test_no_evidence_from_a_group_itself_is_an_alarm(shop: Workshop) -> None:
    about = make.assumption(shop)
    lvb = actions.add_target_group(by=shop.owner, idea=shop.idea, name="Mensen met LVB")
    again = actions.add_target_group(by=shop.owner, idea=shop.idea, name="mensen met lvb")
    assert lvb == again
    make.evidence(shop, about, source="partner", group=lvb)
    assert [(group.name, group.alarm) for group in coverage(shop.owner, shop.idea)] == [("Mensen met LVB", True)]
    make.evidence(shop, about, group=lvb, people=3)
    assert [(group.pieces, group.people, group.alarm) for group in coverage(shop.owner, shop.idea)] == [(1, 3, False)]


def test_a_test_with_people_of_two_groups_is_heard_from_both(shop: Workshop) -> None:
    lvb, young = (actions.add_target_group(by=shop.owner, idea=shop.idea, name=name) for name in ("LVB", "Jongeren"))
    card = make.card(shop, [make.assumption(shop)])
    people = [make.seen(True, group=group.pk) for group in (lvb, lvb, young, lvb, lvb, young, lvb, lvb, lvb)]
    actions.observe(by=shop.owner, card=card, seen=people)
    assert [group.alarm for group in coverage(shop.owner, shop.idea)] == [False, False]
    assert sum(group.people for group in coverage(shop.owner, shop.idea)) == Evidence.objects.get(card=card).people


def test_names_of_neighbourhoods_to_pick_from_are_those_of_the_challenge_and_of_the_team(shop: Workshop) -> None:
    about = make.assumption(shop)
    make.evidence(shop, about, place="Noord")
    actions.observe(by=shop.owner, card=make.card(shop, [about]), seen=[make.seen(place="Oost")])
    assert places(shop.owner, shop.idea) == ["Molenwijk", "Noord", "Oost"]
    assert places(make.person("juror"), shop.idea) == []


# Learning and the canvas


def test_learning_rests_on_evidence(shop: Workshop) -> None:
    about = make.assumption(shop)
    with pytest.raises(ValidationError) as refusal:
        actions.write_learning(by=shop.owner, idea=shop.idea, values=LEARNED, assumptions=[about], evidence=[])
    assert "evidence" in refusal.value.message_dict
    item, key = make.evidence(shop, about), uuid.uuid4()
    for _ in range(2):
        actions.write_learning(
            by=shop.owner, idea=shop.idea, values=LEARNED, assumptions=[about], evidence=[item], request_key=key
        )
    assert [card.learned for card in learning(shop.owner, shop.idea)] == ["Eerst rust."]
    with pytest.raises(DatabaseError), transaction.atomic():
        LearningCard.objects.update(learned="Iets anders")
    assert verify().problem == ""


def test_a_change_of_the_canvas_points_to_the_evidence_that_caused_it(shop: Workshop) -> None:
    def revise(base: int, **more: Any) -> CanvasRevision:
        values = CANVAS | {"solution": more.pop("solution", CANVAS["solution"])}
        return actions.revise_canvas(by=shop.owner, idea=shop.idea, base_number=base, values=values, **more)

    item = make.evidence(shop, make.assumption(shop))
    first = revise(0)
    assert (first.number, first.cause) == (1, "first")
    with pytest.raises(ValidationError) as refusal:
        revise(1, solution="Nazorg", cause="evidence", explanation="Eerst rust.")
    assert "evidence" in refusal.value.message_dict
    second = revise(1, solution="Nazorg", cause="evidence", explanation="Eerst rust.", evidence=[item])
    assert (second.number, list(second.evidence.all())) == (2, [item])
    with pytest.raises(ValidationError, match="Someone else"):
        revise(1, solution="Nog iets", cause="wording", explanation="Andere woorden.")
    assert revise(2, solution="Nazorg") == second  # the same again makes no new revision
    assert verify().problem == ""
    assert [revision.number for revision in canvas_revisions(shop.owner, shop.idea)] == [2, 1]


def test_what_the_team_itself_says_of_a_status_holds_after_a_pivot_too(shop: Workshop) -> None:
    refuted = make.assumption(shop)
    actions.override_status(by=shop.owner, assumption=refuted, status="refuted", reason="Onderzoek laat het zien.")
    child = pivot_idea(
        by=shop.owner,
        idea=shop.idea,
        values={"title": "Anders", "solution": "Iets", "value": "Meer"},
        request_key=uuid.uuid4(),
    )
    (heir,) = actions.inherit_assumptions(by=shop.owner, parent=shop.idea, child=child)
    assert [(said.status, said.reason, said.created_by) for said in heir.overrides.all()] == [
        ("refuted", "Onderzoek laat het zien.", shop.owner)
    ]
    assert verify().whole


@pytest.mark.parametrize("after", ["Geen student zit in het buurthuis.", "Een student zit nooit in het buurthuis."])
def test_a_no_more_or_less_is_never_a_change_of_words_only(shop: Workshop, after: str) -> None:
    actions.revise_canvas(
        by=shop.owner, idea=shop.idea, base_number=0, values={"solution": "Een student zit in het buurthuis."}
    )
    with pytest.raises(ValidationError) as refusal:
        actions.revise_canvas(
            by=shop.owner,
            idea=shop.idea,
            base_number=1,
            values={"solution": after},
            cause="wording",
            explanation="Andere woorden.",
        )
    assert list(refusal.value.message_dict) == ["cause"]


def test_a_pivot_takes_assumptions_and_what_is_known_along(shop: Workshop) -> None:
    kept, gone = make.assumption(shop, "Het maatje helpt"), make.assumption(shop, "Mensen willen sparen")
    group = actions.add_target_group(by=shop.owner, idea=shop.idea, name="Net uit de schulden")
    actions.change_assumption(by=shop.owner, assumption=kept, values={"group": group})
    make.evidence(shop, kept, strength=3)
    actions.retire_assumption(by=shop.owner, assumption=gone, reason="Weerlegd.")
    key = uuid.uuid4()
    child = pivot_idea(by=shop.owner, idea=shop.idea, values={"title": "Nazorg"}, request_key=key)
    assert pivot_idea(by=shop.owner, idea=shop.idea, values={"title": "Nazorg"}, request_key=key) == child
    for _ in range(2):
        actions.inherit_assumptions(by=shop.owner, parent=shop.idea, child=child)
    line = register(shop.owner, child)[0]
    assert (line.assumption.statement, line.standing.supporting) == ("Het maatje helpt", 1)
    assert line.assumption.group is not None
    assert line.assumption.group.idea == child
    assert Assumption.objects.filter(idea=child).count() == 1
    assert [(relative.idea.title, relative.depth) for relative in family(shop.owner, child)] == [
        (shop.idea.title, 0),
        ("Nazorg", 1),
    ]
    assert verify().problem == ""
    end_follow_up(by=shop.owner, idea=shop.idea)
    actions.retract_evidence(by=shop.owner, evidence=Evidence.objects.get(), reason="Het was een ander gesprek.")
    assert register(shop.owner, child)[0].standing.pieces == 0


def test_learning_rests_on_evidence_about_what_it_is_about(shop: Workshop) -> None:
    about, other = make.assumption(shop), make.assumption(shop, "Iets anders")
    item = make.evidence(shop, other)
    with pytest.raises(ValidationError) as refusal:
        actions.write_learning(by=shop.owner, idea=shop.idea, values=LEARNED, assumptions=[about], evidence=[item])
    assert "evidence" in refusal.value.message_dict


def test_when_the_work_has_ended_it_can_be_read_and_no_longer_changed(shop: Workshop) -> None:
    about = make.assumption(shop)
    end_follow_up(by=shop.coach, idea=shop.idea)
    shop.idea.refresh_from_db()
    assert [line.assumption for line in register(shop.owner, shop.idea)] == [about]
    with pytest.raises(PermissionDenied):
        make.assumption(shop, "Nog een")


# Who may see what


ASKED = (register, cards, evidence_log, coverage, learning, canvas_revisions, family, tempo)


@pytest.mark.parametrize("who", ["juror", "other owner", "administrator", "other coach", "nobody"])
def test_for_others_the_work_does_not_exist(shop: Workshop, who: str) -> None:
    from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415 -- needs the product

    people: dict[str, Any] = {
        "juror": shop.jury.jurors[0],
        "other owner": shop.jury.owners[1],
        "administrator": make.person("administrator", name="Ad", organisation="Gemeente"),
        "other coach": make.person("coach", name="Cas", organisation="Hogeschool"),
        "nobody": AnonymousUser(),
    }
    make.evidence(shop, make.assumption(shop))
    viewer = people[who]
    assert not visible_work(viewer).exists()
    assert [ask(viewer, shop.idea) or None for ask in ASKED] == [None] * len(ASKED)


@pytest.mark.parametrize("who", ["owner", "coach", "manager"])
def test_the_team_the_coach_and_the_programme_see_the_work(shop: Workshop, who: str) -> None:
    make.evidence(shop, make.assumption(shop))
    viewer = getattr(shop, who)
    assert list(visible_work(viewer)) == [shop.idea]
    assert len(register(viewer, shop.idea)) == len(evidence_log(viewer, shop.idea)) == 1


def test_the_register_asks_the_same_number_of_queries_for_two_and_for_eight(shop: Workshop) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            register(shop.owner, shop.idea)
            cards(shop.owner, shop.idea)
            evidence_log(shop.owner, shop.idea)
        return len(captured)

    def fill(number: int) -> None:
        for _ in range(number):
            about = make.assumption(shop)
            make.evidence(shop, about)
            make.observe(shop, make.card(shop, [about]), [True])

    fill(2)
    few = count()
    fill(6)
    assert count() == few


def test_evidence_against_is_said_before_it_is_enough_to_refute(shop: Workshop) -> None:
    about = make.assumption(shop, belief=4)
    desk = {"source": "desk", "strength": 3, "source_title": "Goedhart 2019"}
    make.evidence(shop, about, "contradicts", **desk)
    line = register(shop.owner, shop.idea)[0]
    assert (line.status, line.standing.leaning) == ("open", "against")
    assert "what we saw speaks against it" in line.why


# The canvas


def test_other_content_on_the_canvas_needs_evidence_and_other_words_do_not(shop: Workshop) -> None:
    def revise(base: int, **values: str) -> CanvasRevision:
        return actions.revise_canvas(
            by=shop.owner, idea=shop.idea, base_number=base, values=values, cause="wording", explanation="Korter."
        )

    actions.revise_canvas(
        by=shop.owner, idea=shop.idea, base_number=0, values={"problem": "Mensen hebben geen buffer voor tegenslag."}
    )
    assert revise(1, problem="Mensen hebben geen buffer voor een tegenslag.", costs="Tien euro.").number == 2
    with pytest.raises(ValidationError) as refusal:
        revise(2, problem="Jongeren kopen te veel op afbetaling.")
    assert list(refusal.value.message_dict) == ["cause"]


def test_after_a_pivot_the_canvas_shows_what_stood_and_what_the_evidence_changed(shop: Workshop) -> None:
    about = make.assumption(shop)
    item = make.evidence(shop, about, "contradicts")
    actions.revise_canvas(
        by=shop.owner, idea=shop.idea, base_number=0, values={"problem": "Geen buffer.", "solution": "Een app."}
    )
    words = {"believed": "a", "observed": "b", "learned": "Een app helpt niet.", "therefore": "d", "decision": "pivot"}
    actions.write_learning(by=shop.owner, idea=shop.idea, values=words, assumptions=[about], evidence=[item])
    child = pivot_idea(
        by=shop.owner, idea=shop.idea, values={"title": "Samen", "solution": "Een gesprek."}, request_key=uuid.uuid4()
    )
    actions.inherit_assumptions(by=shop.owner, parent=shop.idea, child=child)
    again = [actions.inherit_canvas(by=shop.owner, parent=shop.idea, child=child) for _ in range(2)]
    assert again[0] == again[1]
    first, second = CanvasRevision.objects.filter(idea=child)
    assert (first.solution, first.cause, first.problem) == ("Een app.", "first", "Geen buffer.")
    assert (second.solution, second.cause, second.explanation) == ("Een gesprek.", "evidence", "Een app helpt niet.")
    assert list(second.evidence.all()) == [item]
    assert verify().problem == ""
