# SPDX-License-Identifier: EUPL-1.2
"""Test cards: locked by the first observation, read by the engine, stopped when we know enough."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from tests import factories as make
from tests.factories.validation import Workshop

from beproefd.discipline.ideas.for_rooms_above import end_follow_up
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation import actions
from beproefd.discipline.validation.actions import observing
from beproefd.discipline.validation.actions.observing import recompute
from beproefd.discipline.validation.designs import locked_design
from beproefd.discipline.validation.models import Deviation, Evidence, Observation, Reading, TestCard
from beproefd.discipline.validation.queries import register, tempo, verdict_of, visible_work
from beproefd.discipline.validation.rules import can_look_in, can_work_on
from beproefd.discipline.validation.signals import verdict_reached
from beproefd.engines.evidence import Monitor
from beproefd.engines.evidence import Observation as Row
from beproefd.ground.accounts.actions import change_account
from beproefd.ground.accounts.models import User
from beproefd.ground.audit.queries import verify

pytestmark = pytest.mark.django_db


CHANGED = {
    "question": "Iets anders?",
    "method": "interview",
    "who": "Anderen",
    "measure": "zegt ja",
    "right_from": 3,
    "hope_for": 6,
    "stakes": "small",
}


# Planning


def test_a_card_says_which_assumption_it_is_about(shop: Workshop) -> None:
    with pytest.raises(ValidationError) as refusal:
        actions.plan_card(by=shop.owner, idea=shop.idea, values=CHANGED, assumptions={})
    assert "assumptions" in refusal.value.message_dict


def test_a_card_cannot_be_about_an_assumption_of_another_idea(shop: Workshop) -> None:
    other = make.assumption(shop)
    other.idea_id = shop.jury.ideas[1].pk
    with pytest.raises(ValidationError):
        actions.plan_card(by=shop.owner, idea=shop.idea, values=CHANGED, assumptions={other: True})


@pytest.mark.parametrize(("right_from", "hope_for"), [(6, 6), (8, 3), (6, 11)])
def test_what_we_hope_for_lies_above_what_makes_us_right(shop: Workshop, right_from: int, hope_for: int) -> None:
    about = make.assumption(shop)
    with pytest.raises(ValidationError) as refusal:
        make.card(shop, [about], right_from=right_from, hope_for=hope_for)
    assert "hope_for" in refusal.value.message_dict
    assert TestCard.objects.count() == 0


def test_the_same_form_sent_twice_plans_one_test(shop: Workshop) -> None:
    about, key = make.assumption(shop), uuid.uuid4()
    cards = {
        actions.plan_card(by=shop.owner, idea=shop.idea, values=CHANGED, assumptions={about: True}, request_key=key).pk
        for _ in range(2)
    }
    assert len(cards) == 1


def test_a_card_that_nothing_was_observed_on_can_change(shop: Workshop) -> None:
    about, other = make.assumption(shop), make.assumption(shop, "Iets anders")
    card = actions.change_card(by=shop.owner, card=make.card(shop, [about]), values=CHANGED, assumptions={other: False})
    assert card.hope_for == 6
    assert [(link.assumption, link.speaks_for) for link in card.links.all()] == [(other, False)]
    assert verify().problem == ""


# The lock


def test_the_first_observation_locks_the_card(shop: Workshop) -> None:
    card = make.observe(shop, make.card(shop), [True])
    assert card.is_locked
    assert locked_design(card).digest == card.design_digest
    with pytest.raises(ValidationError, match="locked"):
        actions.change_card(by=shop.owner, card=card, values=CHANGED, assumptions={card.links.get().assumption: True})


@pytest.mark.parametrize("change", [{"right_from": 1}, {"design": "{}"}, {"measure": "x"}, {"locked_at": None}])
def test_the_database_itself_keeps_a_locked_promise(shop: Workshop, change: dict[str, Any]) -> None:
    card = make.observe(shop, make.card(shop), [True])
    with pytest.raises(DatabaseError), transaction.atomic():
        TestCard.objects.filter(pk=card.pk).update(**change)


def test_an_observation_cannot_be_changed_or_removed_past_the_product(shop: Workshop) -> None:
    make.observe(shop, make.card(shop), [True, None])
    attempts = {
        "a yes becomes a no": lambda: Observation.objects.filter(position=1).update(outcome=False),
        "no answer becomes a yes": lambda: Observation.objects.filter(position=2).update(outcome=True),
        "an observation goes": lambda: Observation.objects.filter(position=1).delete(),
        "what the engine said goes": lambda: Reading.objects.all().delete(),
    }
    done = []
    for name, attempt in attempts.items():
        try:
            with transaction.atomic():
                attempt()
        except DatabaseError:
            continue
        done.append(name)
    assert done == []


def test_what_goes_otherwise_is_noted_with_whether_results_were_seen(shop: Workshop) -> None:
    card = make.card(shop)
    note = {"what": "Wij zochten ook in Noord.", "reason": "Te weinig mensen.", "results_seen": "partly"}
    with pytest.raises(ValidationError, match="still change the card"):
        actions.note_deviation(by=shop.owner, card=card, **note)
    make.observe(shop, card, [True, False])
    key = uuid.uuid4()
    deviation, again = (actions.note_deviation(by=shop.owner, card=card, request_key=key, **note) for _ in range(2))
    assert deviation == again
    assert (deviation.observations, deviation.results_seen) == (2, "partly")
    with pytest.raises(DatabaseError), transaction.atomic():
        Deviation.objects.update(results_seen="no")


# The verdict


def test_eight_of_eight_ends_the_test_and_becomes_evidence(shop: Workshop) -> None:
    about = make.assumption(shop)
    card = make.observe(shop, make.card(shop, [about]), [True] * 8)
    reading = verdict_of(card)
    assert reading is not None
    assert reading.verdict == "SUPPORTED"
    found = Evidence.objects.get(card=card)
    assert (found.strength, found.source) == (4, "target")
    assert "Je kunt stoppen" in found.text
    assert [line.status for line in register(shop.owner, shop.idea)] == ["supported"]
    assert verify().problem == ""


def test_a_yes_that_speaks_against_an_assumption_refutes_it(shop: Workshop) -> None:
    about = make.assumption(shop, "Niemand durft te bellen")
    card = actions.start_card(
        by=shop.owner,
        card=actions.plan_card(
            by=shop.owner, idea=shop.idea, values=CHANGED | {"stakes": "middle"}, assumptions={about: False}
        ),
    )
    make.observe(shop, card, [True] * 8)
    assert [line.status for line in register(shop.owner, shop.idea)] == ["refuted"]


def test_the_verdict_is_the_same_one_by_one_and_in_one_pile_and_can_be_recomputed(shop: Workshop) -> None:
    outcomes = [True, False, True, True, True, False, True, True, True]
    single = make.observe(shop, make.card(shop), outcomes)
    pile = make.card(shop)
    actions.observe(by=shop.owner, card=pile, seen=[make.seen(outcome) for outcome in outcomes])
    pile.refresh_from_db()
    last, whole = verdict_of(single), verdict_of(pile)
    assert last is not None
    assert whole is not None
    assert whole.verdict == last.verdict
    for card, reading in ((single, last), (pile, whole)):
        again = recompute(card)
        assert (again.monitor.verdict.value, again.digest) == (reading.verdict, reading.inputs_digest)
        assert again.monitor.to_json() == reading.state
    monitor = Monitor(locked_design(single))
    monitor.update([Row(outcome=float(outcome)) for outcome in outcomes])
    assert monitor.verdict.value == last.verdict


def test_news_of_a_verdict_is_sent_once(shop: Workshop, django_capture_on_commit_callbacks: Any) -> None:
    heard: list[Any] = []
    listen = lambda sender, card, reading, **_: heard.append((card.pk, reading.verdict))  # noqa: E731
    verdict_reached.connect(listen, weak=False)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            card = make.observe(shop, make.card(shop), [True] * 8)
            actions.observe(by=shop.owner, card=card, seen=[make.seen()])
    finally:
        verdict_reached.disconnect(listen)
    assert heard == [(card.pk, "SUPPORTED")]


def test_what_arrives_after_the_verdict_is_kept_and_changes_nothing(shop: Workshop) -> None:
    card = make.observe(shop, make.card(shop), [True] * 8)
    before = verdict_of(card)
    taken, refused = actions.observe(by=shop.owner, card=card, seen=[make.seen(outcome=False)])
    assert refused == []
    assert taken[0].after_verdict
    assert verdict_of(card) == before


def test_two_ways_are_compared_with_each_other(shop: Workshop) -> None:
    card = make.card(shop, method="ab", right_from=2, hope_for=8)
    for _ in range(12):
        actions.observe(by=shop.owner, card=card, seen=[make.seen(arm="control", outcome=False), make.seen(arm="new")])
    reading = verdict_of(card)
    assert reading is not None
    assert reading.verdict == "SUPPORTED"
    _taken, refused = actions.observe(by=shop.owner, card=card, seen=[make.seen()])
    assert len(refused) == 1


# Coming in


def test_the_same_observation_sent_again_counts_once(shop: Workshop) -> None:
    card, one, two = make.card(shop), make.seen(), make.seen(outcome=False)
    actions.observe(by=shop.owner, card=card, seen=[one])
    taken, refused = actions.observe(by=shop.owner, card=card, seen=[one, two, two])
    assert (len(taken), refused) == (3, [])
    assert [row.outcome for row in card.observations.all()] == [True, False]


def test_a_pile_with_something_unreadable_takes_the_rest(shop: Workshop) -> None:
    card = make.card(shop)
    wrong = [make.seen(group=999), make.seen(arm="new"), make.seen(note="x" * 500)]
    ahead = actions.Seen(key=uuid.uuid4(), outcome=True, seen_at=timezone.now() + timedelta(hours=2))
    taken, refused = actions.observe(by=shop.owner, card=card, seen=[*wrong, ahead, make.seen()])
    assert (len(taken), len(refused)) == (1, 4)
    assert [row.position for row in card.observations.all()] == [1]


def test_a_test_that_has_not_started_takes_nothing(shop: Workshop) -> None:
    draft = make.card(shop, started=False)
    taken, refused = actions.observe(by=shop.owner, card=draft, seen=[make.seen()])
    assert (taken, len(refused)) == ([], 1)
    draft.refresh_from_db()
    assert not draft.is_locked


def test_what_a_phone_sends_after_the_end_is_kept_and_counts_no_more(shop: Workshop) -> None:
    dropped = make.observe(shop, make.card(shop), [True])
    actions.drop_card(by=shop.owner, card=dropped, reason="Geen tijd meer.")
    done = make.observe(shop, make.card(shop), [True] * 8)
    actions.finish_card(by=shop.owner, card=done)
    for card in (dropped, done):
        taken, refused = actions.observe(by=shop.owner, card=card, seen=[make.seen(outcome=False)])
        assert (taken[0].after_verdict, refused) == (True, [])
    assert dropped.readings.count() == 1


def test_a_pile_in_which_the_verdict_falls_counts_what_came_before_it(shop: Workshop) -> None:
    card = make.card(shop)
    actions.observe(by=shop.owner, card=card, seen=[make.seen() for _ in range(8)] + [make.seen(outcome=False)] * 1)
    single = make.observe(shop, make.card(shop), [True] * 8)
    counted = [row.position for row in card.observations.filter(after_verdict=False)]
    assert counted == [row.position for row in single.observations.filter(after_verdict=False)]
    found, alone = Evidence.objects.get(card=card), Evidence.objects.get(card=single)
    assert (found.text, found.people) == (alone.text, alone.people)


def test_not_good_enough_is_measured_and_not_tested(shop: Workshop) -> None:
    about = make.assumption(shop)
    card = make.observe(shop, make.card(shop, [about]), [False, False, False])
    reading = verdict_of(card)
    assert reading is not None
    assert reading.verdict == "FUTILE"
    assert Evidence.objects.get(card=card).strength == 3
    assert register(shop.owner, shop.idea)[0].status == "open"


def test_a_struck_observation_takes_the_exact_chance_away(shop: Workshop) -> None:
    card = make.observe(shop, make.card(shop), [False])
    actions.strike_observation(by=shop.owner, observation=card.observations.get(), reason="Dit was een collega.")
    make.observe(shop, card, [True] * 8)
    found = Evidence.objects.get(card=card)
    assert found.strength == 3
    assert "doorgestreept" in found.text
    assert "hoogstens 1 van" not in found.text


def test_evidence_is_of_the_group_that_was_seen(shop: Workshop) -> None:
    asked, seen = (
        actions.add_target_group(by=shop.owner, idea=shop.idea, name=name) for name in ("Mensen met LVB", "Studenten")
    )
    card = make.card(shop, group=asked)
    actions.observe(by=shop.owner, card=card, seen=[make.seen(group=seen.pk) for _ in range(8)])
    assert Evidence.objects.get(card=card).group == seen
    mixed = make.card(shop, group=asked)
    piles = [make.seen(group=(seen.pk if n == 0 else None)) for n in range(8)]
    actions.observe(by=shop.owner, card=mixed, seen=piles)
    assert Evidence.objects.get(card=mixed).group is None


def test_two_ways_that_were_not_drawn_by_lot_are_weaker_evidence(shop: Workshop) -> None:
    strengths = {}
    for by_lot in (True, False):
        card = make.card(shop, method="ab", right_from=2, hope_for=8, by_lot=by_lot)
        pairs = [(make.seen(arm="control", outcome=False), make.seen(arm="new")) for _ in range(12)]
        actions.observe(by=shop.owner, card=card, seen=[one for pair in pairs for one in pair])
        strengths[by_lot] = Evidence.objects.get(card=card).strength
    assert strengths == {True: 4, False: 3}


def test_no_answer_is_kept_and_counts_for_neither_side(shop: Workshop) -> None:
    card = make.observe(shop, make.card(shop), [None, None, True])
    reading = verdict_of(card)
    assert reading is not None
    assert reading.result["n"] == 1


def test_a_mistake_is_struck_out_and_the_result_computed_again(shop: Workshop) -> None:
    card = make.observe(shop, make.card(shop), [True, False])
    wrong = card.observations.get(position=2)
    with pytest.raises(ValidationError):
        actions.strike_observation(by=shop.owner, observation=wrong, reason=" ")
    actions.strike_observation(by=shop.owner, observation=wrong, reason="Dit was een collega.")
    reading = verdict_of(card)
    assert reading is not None
    assert reading.result["n"] == 1
    assert card.observations.count() == 2
    assert verify().problem == ""


def test_after_the_verdict_nothing_is_struck_out(shop: Workshop) -> None:
    card = make.observe(shop, make.card(shop), [True] * 8)
    with pytest.raises(ValidationError, match="outcome"):
        actions.strike_observation(by=shop.owner, observation=card.observations.first(), reason="Toch niet.")


# Ending


def test_a_test_closes_with_its_outcome_or_stops_with_a_reason(shop: Workshop) -> None:
    going = make.observe(shop, make.card(shop), [True])
    with pytest.raises(ValidationError, match="no outcome"):
        actions.finish_card(by=shop.owner, card=going)
    with pytest.raises(ValidationError):
        actions.drop_card(by=shop.owner, card=going, reason="")
    done = make.observe(shop, make.card(shop), [True] * 8)
    with pytest.raises(ValidationError, match="has an outcome"):
        actions.drop_card(by=shop.owner, card=done, reason="Nee")
    assert actions.finish_card(by=shop.owner, card=done).state == "done"
    assert actions.drop_card(by=shop.owner, card=going, reason="Geen mensen meer.").state == "dropped"


@pytest.mark.parametrize("who", ["manager", "juror", "other owner", "second_manager"])
def test_only_the_team_and_its_coach_work_on_it(shop: Workshop, who: str) -> None:
    people = {
        "manager": shop.manager,
        "juror": shop.jury.jurors[0],
        "other owner": shop.jury.owners[1],
        "second_manager": shop.jury.second_manager,
    }
    card = make.card(shop)
    with pytest.raises(PermissionDenied):
        actions.observe(by=people[who], card=card, seen=[make.seen()])
    assert Observation.objects.count() == 0


def test_the_coach_works_along(shop: Workshop) -> None:
    make.observe(shop, make.card(shop), [True], by=shop.coach)
    assert Observation.objects.get().entered_by == shop.coach


def test_two_weeks_without_a_finished_test_is_a_signal(shop: Workshop) -> None:
    quiet = tempo(shop.owner, shop.idea)
    assert quiet is not None
    assert quiet.quiet
    make.card(shop)
    shop.idea.refresh_from_db()
    busy = tempo(shop.owner, shop.idea)
    assert busy is not None
    assert (busy.running, busy.quiet) == (1, False)


def test_the_fourteen_days_count_from_when_the_work_began_or_went_on(shop: Workshop) -> None:
    make.card(shop)
    Idea.objects.filter(pk=shop.idea.pk).update(followed_up_at=timezone.now() - timedelta(days=20))
    shop.idea.refresh_from_db()
    signals = [tempo(shop.owner, shop.idea, begun=begun) for begun in (None, timezone.now() - timedelta(days=1))]
    assert [found and found.quiet for found in signals] == [True, False]


# Notes


def test_what_leads_straight_to_a_person_is_left_out_of_a_note(shop: Workshop) -> None:
    card = make.card(shop)
    note = "Bel haar op 06 12345678 of mail a.b@voorbeeld.example. Ze spaart al 50 euro."
    taken, _refused = actions.observe(by=shop.owner, card=card, seen=[make.seen(note=note)])
    assert Observation.objects.get(pk=taken[0].pk).note == "Bel haar op […] of mail […]. Ze spaart al 50 euro."


def test_a_note_can_be_taken_away_and_what_was_seen_stays(shop: Workshop) -> None:
    card = make.card(shop)
    (row,), _refused = actions.observe(by=shop.owner, card=card, seen=[make.seen(note="De buurman van nummer 3.")])
    before = verdict_of(card)
    assert actions.erase_note(by=shop.coach, observation=row).note == ""
    assert verdict_of(card) == before
    assert Observation.objects.get().outcome is True
    assert verify().problem == ""
    with pytest.raises(DatabaseError), transaction.atomic():
        Observation.objects.update(note="Toch weer iets.")


def test_a_note_of_a_struck_observation_can_be_taken_away_too(shop: Workshop) -> None:
    card = make.card(shop)
    (row,), _refused = actions.observe(by=shop.owner, card=card, seen=[make.seen(note="Mijn zus.")])
    row = actions.strike_observation(by=shop.owner, observation=row, reason="Hoort er niet bij.")
    actions.erase_note(by=shop.owner, observation=row)
    assert Observation.objects.get().note == ""
    with pytest.raises(PermissionDenied):
        actions.erase_note(by=shop.manager, observation=row)


def test_an_observation_is_read_alone_and_not_with_all_before_it(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = make.observe(shop, make.card(shop), [True, False])
    with monkeypatch.context() as patch:
        patch.setattr(observing, "recompute", None)
        make.observe(shop, card, [False, True])
    reading = verdict_of(card)
    assert reading is not None
    assert (reading.state, reading.inputs_digest) == (recompute(card).monitor.to_json(), recompute(card).digest)


# Help


def test_with_help_a_yes_is_a_no_unless_the_card_says_otherwise(shop: Workshop) -> None:
    seen: list[Any] = []
    for help_counts in (False, True):
        card = make.card(shop, measure="betaalt de rekening op tijd", help_counts=help_counts)
        rows = [
            make.seen(answered_by="together", note="Bij de balie."),
            make.seen(outcome=None, answered_by="together"),
        ]
        seen += actions.observe(by=shop.owner, card=card, seen=rows)[0]
    assert [(row.outcome, row.note) for row in seen] == [
        (False, "Het lukte met hulp. Bij de balie."),
        (None, ""),
        (True, "Bij de balie."),
        (None, ""),
    ]


@pytest.mark.parametrize(
    "measure",
    ["betaalt alleen", "doet het zonder hulp", "pays without any help", "Zelfstandig geregeld", "does it alone"],
)
def test_help_is_never_a_yes_when_what_counts_says_alone(shop: Workshop, measure: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        make.card(shop, measure=measure, help_counts=True)
    assert list(refusal.value.message_dict) == ["help_counts"]


def test_whether_help_counts_is_locked_with_the_card(shop: Workshop) -> None:
    card = make.observe(shop, make.card(shop), [True])
    with pytest.raises(DatabaseError), transaction.atomic():
        TestCard.objects.filter(pk=card.pk).update(help_counts=True)


# After the end


def test_what_was_seen_before_the_work_ended_comes_in_late_and_counts_no_more(shop: Workshop) -> None:
    card, early = make.observe(shop, make.card(shop), [True]), make.seen(outcome=False)
    end_follow_up(by=shop.coach, idea=shop.idea)
    taken, refused = actions.observe(by=shop.coach, card=card, seen=[early, make.seen()])
    assert [(row.outcome, row.after_verdict) for row in taken] == [(False, True)]
    assert [item.reason for item in refused] == ["The work on this idea ended before this was seen."]
    assert card.readings.count() == 1
    assert verify().problem == ""
    with pytest.raises(PermissionDenied):
        actions.observe(by=shop.manager, card=card, seen=[make.seen()])


def test_who_is_no_coach_any_more_does_not_work_along(shop: Workshop) -> None:
    card = make.card(shop)
    change_account(by=make.person("administrator"), user=shop.coach, roles=[], active=True)
    gone = User.objects.get(pk=shop.coach.pk)
    assert not can_work_on(gone, shop.idea)
    assert not can_look_in(gone, shop.idea)
    assert list(visible_work(gone)) == []
    with pytest.raises(PermissionDenied):
        actions.observe(by=gone, card=card, seen=[make.seen()])
