# SPDX-License-Identifier: EUPL-1.2
"""The canvas: versions that are kept, and nobody's work overwritten."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from beproefd.discipline.challenges.actions import close_intake, create_challenge, revise_canvas, save_stimulus
from beproefd.discipline.challenges.models import CanvasVersion, Challenge, Stimulus
from beproefd.discipline.challenges.queries import canvas_history, timeline, visible_challenges, visible_stimuli
from beproefd.ground.audit.models import Entry
from tests import factories
from tests.factories.challenges import canvas_values


def test_a_change_is_a_new_version_and_the_old_one_stays(manager):
    challenge = factories.challenge(manager)
    revise_canvas(by=manager, challenge=challenge, base_number=1, values={"mission": "Hoe kunnen we sparen?"})
    versions = [(version.number, version.mission) for version in canvas_history(manager, challenge)]
    assert versions == [(2, "Hoe kunnen we sparen?"), (1, canvas_values()["mission"])]


def test_a_new_version_keeps_the_fields_that_were_not_sent(manager):
    challenge = factories.challenge(manager)
    version = revise_canvas(by=manager, challenge=challenge, base_number=1, values={"owner": "De directeur"})
    assert (version.owner, version.mandate) == ("De directeur", "Drie proeven van twee maanden.")


def test_the_same_content_again_makes_no_version(manager):
    challenge = factories.challenge(manager)
    again = revise_canvas(by=manager, challenge=challenge, base_number=1, values={"owner": "Wethouder Werk"})
    assert (again.number, CanvasVersion.objects.count()) == (1, 1)


def test_whoever_saves_the_same_form_twice_gets_the_version_that_was_made(manager):
    challenge = factories.challenge(manager)
    first = revise_canvas(by=manager, challenge=challenge, base_number=1, values={"owner": "De directeur"})
    assert revise_canvas(by=manager, challenge=challenge, base_number=1, values={"owner": "De directeur"}) == first


def test_a_form_that_started_from_an_older_version_is_refused_and_nothing_is_lost(manager, second_manager):
    challenge = factories.challenge(manager)
    revise_canvas(by=second_manager, challenge=challenge, base_number=1, values={"owner": "De directeur"})
    with pytest.raises(ValidationError, match="Someone else saved version 2"):
        revise_canvas(by=manager, challenge=challenge, base_number=1, values={"owner": "De burgemeester"})
    assert Challenge.objects.get().canvas.owner == "De directeur"


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("intake_opens", "intake_deadline"),
        ("intake_deadline", "jury_until"),
        ("jury_until", "decision_on"),
        ("decision_on", "follow_up_until"),
    ],
)
def test_phases_follow_each_other(manager, earlier, later):
    challenge = create_challenge(by=manager, title="Volgorde")
    now = timezone.now()
    day = timezone.localdate()
    values = {
        earlier: now + timedelta(days=9) if earlier == "intake_deadline" else day + timedelta(days=9),
        later: now + timedelta(days=2) if later == "intake_deadline" else day + timedelta(days=2),
    }
    with pytest.raises(ValidationError) as refusal:
        revise_canvas(by=manager, challenge=challenge, base_number=0, values=values)
    assert list(refusal.value.message_dict) == [later]
    assert refusal.value.message_dict[later][0].startswith("This date lies before “")
    assert CanvasVersion.objects.count() == 0


def test_once_ideas_can_be_handed_in_a_change_needs_a_reason(manager, open_challenge):
    with pytest.raises(ValidationError) as refusal:
        revise_canvas(by=manager, challenge=open_challenge, base_number=1, values={"owner": "De directeur"})
    assert list(refusal.value.message_dict) == ["change_reason"]
    version = revise_canvas(
        by=manager,
        challenge=open_challenge,
        base_number=1,
        values={"owner": "De directeur"},
        reason="Ander portefeuille.",
    )
    assert (version.number, version.change_reason) == (2, "Ander portefeuille.")


def test_an_open_intake_keeps_a_deadline(manager, open_challenge):
    with pytest.raises(ValidationError, match="there must be a deadline"):
        revise_canvas(
            by=manager, challenge=open_challenge, base_number=1, values={"intake_deadline": None}, reason="Weg."
        )


def test_why_intake_closed_early_is_kept_with_the_challenge_and_not_in_the_log(manager, open_challenge):
    closed = close_intake(by=manager, challenge=open_challenge, reason=" Alle teams zijn klaar. ")
    assert closed.closing_reason == "Alle teams zijn klaar."
    assert Entry.objects.get(action="close_intake").detail == {}  # a text in the log could never be erased


def test_after_closing_early_the_deadline_is_the_moment_of_closing(manager, open_challenge):
    planned = open_challenge.deadline
    closed = Challenge.objects.get(pk=close_intake(by=manager, challenge=open_challenge, reason="Klaar.").pk)
    assert closed.deadline == closed.intake_closed_at < planned
    shown = next(m for m in timeline(closed.canvas, deadline=closed.deadline) if m.has_time)
    assert (shown.when, shown.is_past) == (closed.intake_closed_at, True)


def test_closing_after_the_deadline_leaves_the_deadline_as_it_was(manager, open_challenge):
    planned = open_challenge.deadline
    with time_machine.travel(planned + timedelta(days=1)):
        closed = close_intake(by=manager, challenge=open_challenge)
    assert Challenge.objects.get(pk=closed.pk).deadline == planned


def test_after_the_decision_the_canvas_stays_as_it_is(decided):
    with pytest.raises(ValidationError, match="The decision is taken"):
        revise_canvas(by=decided.manager, challenge=decided.challenge, base_number=1, values={"owner": "x"}, reason="y")


@pytest.mark.parametrize(
    "field", ["mission", "target_group", "target_number_source", "out_of_scope", "owner", "mandate"]
)
def test_five_megabytes_of_text_are_refused_and_nothing_is_saved(manager, field):
    challenge = create_challenge(by=manager, title="Groot")
    with pytest.raises(ValidationError) as refusal:
        revise_canvas(by=manager, challenge=challenge, base_number=0, values={field: "a" * 5_000_000})
    assert list(refusal.value.message_dict) == [field]
    assert CanvasVersion.objects.count() == 0


def test_the_same_request_makes_one_challenge_and_one_card(manager):
    key = uuid.uuid4()
    assert create_challenge(by=manager, title="Een", request_key=key) == create_challenge(
        by=manager, title="Een", request_key=key
    )
    challenge = Challenge.objects.get()
    card = {"kind": "quote", "title": "Zin", "body": "Tekst", "source": "Iemand"}
    twice = [save_stimulus(by=manager, challenge=challenge, values=card, request_key=key) for _time in range(2)]
    assert (twice[0], Stimulus.objects.count()) == (twice[1], 1)


def test_challenges_with_the_same_title_get_addresses_of_their_own(manager):
    slugs = [create_challenge(by=manager, title="Armoede").slug for _time in range(3)]
    assert slugs == ["armoede", "armoede-2", "armoede-3"]


@pytest.mark.parametrize(
    "title", ["???", "'; DROP TABLE challenges_challenge; --", "<script>alert(1)</script>", "日本"]
)
def test_any_title_is_kept_as_it_was_typed(manager, title):
    challenge = create_challenge(by=manager, title=title)
    assert Challenge.objects.get(slug=challenge.slug).title == title


@pytest.mark.parametrize("title", ["", "   ", "a" * 121])
def test_a_title_that_does_not_fit_is_refused(manager, title):
    with pytest.raises(ValidationError):
        create_challenge(by=manager, title=title)
    assert Challenge.objects.count() == 0


@pytest.mark.parametrize("role", ["team", "juror", "coach", "administrator"])
def test_only_the_programme_changes_a_challenge(manager, ready_challenge, role):
    someone = factories.person(role)
    before = Entry.objects.count()
    for attempt in (
        lambda: create_challenge(by=someone, title="x"),
        lambda: revise_canvas(by=someone, challenge=ready_challenge, base_number=1, values={"owner": "x"}),
        lambda: save_stimulus(by=someone, challenge=ready_challenge, values={}),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert Entry.objects.count() == before


def test_a_challenge_in_preparation_is_seen_by_the_people_who_prepare_it_alone(
    ready_challenge, manager, coach, administrator
):
    sees = {
        who: list(visible_challenges(factories.person(who)))
        for who in ("manager", "coach", "administrator", "team", "juror")
    }
    prepares = [ready_challenge]
    assert sees == {"manager": prepares, "coach": prepares, "administrator": prepares, "team": [], "juror": []}
    assert list(visible_stimuli(factories.person("team"), ready_challenge)) == []


def test_a_card_without_a_source_is_refused(manager, ready_challenge):
    values = {"kind": "figure", "title": "17%", "body": "Laag inkomen", "source": ""}
    with pytest.raises(ValidationError) as refusal:
        save_stimulus(by=manager, challenge=ready_challenge, values=values)
    assert list(refusal.value.message_dict) == ["source"]


def test_a_moved_deadline_does_not_seal_again_what_was_opened(manager, owner):
    """Who could read the others' ideas may not get more time for a better one."""
    import time_machine  # noqa: PLC0415 -- moves the clock

    challenge = factories.open_challenge(manager)
    factories.idea(owner, challenge)
    with time_machine.travel(challenge.deadline + timedelta(hours=1)):
        with pytest.raises(ValidationError) as refusal:
            revise_canvas(
                by=manager,
                challenge=challenge,
                base_number=1,
                values={"intake_deadline": timezone.now() + timedelta(days=2)},
                reason="Iets meer tijd.",
            )
        assert list(refusal.value.message_dict) == ["intake_deadline"]
