# SPDX-License-Identifier: EUPL-1.2
"""Test cards: planned, started, locked by the first observation, finished."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.models import User
from beproefd.ground.audit.actions import change, change_values, record_creation

from ..designs import design_of
from ..helping import wants_alone
from ..models import Assumption, Deviation, TestAssumption, TestCard
from .doors import add, enter, need, refuse_stale, sent_before


def plan_card(
    *,
    by: User,
    idea: Idea,
    values: Mapping[str, Any],
    assumptions: Mapping[Assumption, bool],
    request_key: uuid.UUID | None = None,
) -> TestCard:
    """Plan a test of one or more assumptions; per assumption whether a yes speaks for it. The same key, the same card."""
    with transaction.atomic():
        idea = enter(by, idea)
        existing = sent_before(TestCard, idea, request_key)
        if existing:
            return existing
        _check(idea, values, assumptions)
        card = add(TestCard, by=by, action="plan_card", idea=idea, values=values, request_key=request_key)
        _link(by, card, assumptions)
    return card


def change_card(
    *, by: User, card: TestCard, values: Mapping[str, Any], assumptions: Mapping[Assumption, bool], seen: str = ""
) -> TestCard:
    """Change a card that nothing was observed on yet. Afterwards only a note of what went otherwise is possible."""
    with transaction.atomic():
        idea = enter(by, card.idea)
        card = locked_row(card)
        if card.is_locked:
            raise ValidationError(
                _(
                    "The first observation has locked this card. Note what goes otherwise as a deviation, or plan a new test."
                )
            )
        if card.state in {TestCard.State.DONE, TestCard.State.DROPPED}:
            raise ValidationError(_("This test is closed."))
        refuse_stale(card, seen)
        _check(idea, values, assumptions)
        change_values(by, "change_card", card, values)
        kept = {}
        for link in card.links.select_related("assumption"):
            if assumptions.get(link.assumption) == link.speaks_for:
                kept[link.assumption] = link.speaks_for
            else:
                with change(by, "unlink_test", link):
                    TestAssumption.objects.filter(pk=link.pk).delete()
        _link(by, card, {assumption: yes for assumption, yes in assumptions.items() if assumption not in kept})
    return card


def start_card(*, by: User, card: TestCard) -> TestCard:
    """From now on observations count. Harmless when already running."""
    with transaction.atomic():
        enter(by, card.idea)
        card = locked_row(card)
        if card.state == TestCard.State.RUNNING:
            return card
        if not card.links.exists():
            raise ValidationError(_("Say first which assumption this test is about."))
        _to_state(card, TestCard.State.RUNNING)
        with change(by, "start_card", card):
            card.started_at = timezone.now()
            card.save()
    return card


def lock_card(by: User, card: TestCard) -> None:
    """With the first observation: what was promised is written down and can no longer change (database trigger)."""
    design = design_of(card)
    with change(by, "lock_card", card, digest=design.digest):
        card.design, card.design_digest, card.locked_at = design.to_json(), design.digest, timezone.now()
        card.save()


def finish_card(*, by: User, card: TestCard) -> TestCard:
    """Close a test that has its verdict, or that the team closes without one: then it is evidence of nothing."""
    with transaction.atomic():
        enter(by, card.idea)
        card = locked_row(card)
        if card.state == TestCard.State.DONE:
            return card
        if not card.readings.exclude(verdict="CONTINUE").exists():
            raise ValidationError(_("This test has no outcome yet. Go on, or stop it and say why."))
        _to_state(card, TestCard.State.DONE)
        with change(by, "finish_card", card):
            card.ended_at = timezone.now()
            card.save()
    return card


def drop_card(*, by: User, card: TestCard, reason: str) -> TestCard:
    """Stop a test without an outcome. What was observed stays."""
    with transaction.atomic():
        enter(by, card.idea)
        card = locked_row(card)
        if card.state == TestCard.State.DROPPED:
            return card
        if card.readings.exclude(verdict="CONTINUE").exists():
            raise ValidationError(_("This test has an outcome. Close it instead."))
        _to_state(card, TestCard.State.DROPPED)
        with change(by, "drop_card", card):
            card.ended_at, card.end_reason = timezone.now(), need(reason, _("Say why this test stops."))
            card.full_clean()
            card.save()
    return card


def note_deviation(
    *,
    by: User,
    card: TestCard,
    what: str,
    reason: str,
    results_seen: str,
    request_key: uuid.UUID | None = None,
) -> Deviation:
    """Write down what went otherwise than the locked card says, and whether results had been seen by then."""
    with transaction.atomic():
        enter(by, card.idea)
        card = locked_row(card)
        existing = card.deviations.filter(request_key=request_key).first() if request_key else None
        if existing:
            return existing
        if not card.is_locked:
            raise ValidationError(_("Nothing was observed yet, so you can still change the card itself."))
        deviation = Deviation(
            card=card,
            what=need(what, _("Say what went otherwise."), "what"),
            reason=need(reason, _("Say why.")),
            results_seen=results_seen,
            observations=card.observations.count(),
            created_by=by,
            request_key=request_key or uuid.uuid4(),
        )
        deviation.full_clean()
        deviation.save()
        record_creation(by, "note_deviation", deviation)
    return deviation


def locked_row(card: TestCard) -> TestCard:
    """The card as it stands, with its row locked."""
    return TestCard.objects.select_for_update(of=("self",)).select_related("idea__challenge").get(pk=card.pk)


def _link(by: User, card: TestCard, assumptions: Mapping[Assumption, bool]) -> None:
    links = [
        TestAssumption.objects.create(card=card, assumption=assumption, speaks_for=speaks_for)
        for assumption, speaks_for in assumptions.items()
    ]
    record_creation(by, "link_test", *links)


def _check(idea: Idea, values: Mapping[str, Any], assumptions: Mapping[Assumption, bool]) -> None:
    if any(assumption.idea_id != idea.pk for assumption in assumptions):
        raise ValidationError({"assumptions": _("Choose assumptions of this idea.")})
    if not assumptions:
        raise ValidationError({"assumptions": _("Choose at least one assumption.")})
    group = values.get("group")
    if group is not None and group.idea_id != idea.pk:
        raise ValidationError({"group": _("Choose a target group of this idea.")})
    if values.get("help_counts") and wants_alone(values.get("measure", "")):
        told = _("What counts as a yes says: “%(measure)s”. So with help is not a yes. Take the tick away.")
        raise ValidationError({"help_counts": told % {"measure": values["measure"]}})
    low, high = values.get("right_from", 6), values.get("hope_for", 8)
    if not 0 <= low < high <= 10:
        raise ValidationError(
            {"hope_for": _("You hope for more than the number from which you are right, at most 10.")}
        )
    try:
        design_of(TestCard(**{name: value for name, value in values.items() if name != "group"}))
    except ValueError as problem:
        raise ValidationError({"hope_for": _("This cannot be tested: %(why)s.") % {"why": problem}}) from problem


def _to_state(card: TestCard, state: TestCard.State) -> None:
    if state not in TestCard.NEXT_STATES[card.state]:
        raise ValidationError(
            _("This is not possible for a test that is “%(state)s”.") % {"state": card.get_state_display()}
        )
    card.state = state
