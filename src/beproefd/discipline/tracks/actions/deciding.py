# SPDX-License-Identifier: EUPL-1.2
"""A learning card with its decision, and what that does to the track: all of it, or nothing."""

import uuid
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.for_rooms_above import end_follow_up, pivot_idea
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation.actions import (
    drop_card,
    finish_card,
    inherit_assumptions,
    inherit_canvas,
    write_learning,
)
from beproefd.discipline.validation.models import Assumption, Evidence, LearningCard, TestCard
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change

from ..models import Track
from ..rules import can_look_in
from .capacity import ask_hours_again, carry_over_hours
from .doors import to_state
from .partners import carry_over_partners
from .running import SHORTEST_CYCLE, make_track

Decision = LearningCard.Decision


def decide_on_learning(
    *,
    by: User,
    idea: Idea,
    values: Mapping[str, str],
    assumptions: Iterable[Assumption],
    evidence: Iterable[Evidence],
    request_key: uuid.UUID,
    pivot: Mapping[str, str] | None = None,
) -> LearningCard:
    """Write what was learned and do what was decided. `pivot` says what the changed idea is. The same key, done once.

    Go on: nothing changes. Park: the track waits. Stop: the follow-up ends. Pivot: a changed idea with the open
    assumptions, a track for the days that are left, and the hours that were signed off.
    """
    with transaction.atomic():
        idea = Idea.objects.select_for_update(of=("self",)).select_related("challenge").get(pk=idea.pk)
        existing = LearningCard.objects.filter(idea=idea, request_key=request_key).first()
        if (
            existing
        ):  # after a stop or a pivot nobody works on the idea any more, and the same form may still come again
            require(can_look_in(by, idea))
            return existing
        track = Track.objects.select_for_update(of=("self",)).filter(idea=idea).first()  # before the log is locked
        card = write_learning(
            by=by, idea=idea, values=values, assumptions=assumptions, evidence=evidence, request_key=request_key
        )
        if card.decision == Decision.PARK:
            _park(by, track)
        elif card.decision == Decision.STOP:
            _end(by, track, Track.State.STOPPED)
            _end_work(by, idea, _("The team stopped with this idea."))
        elif card.decision == Decision.PIVOT:
            _pivot(by, idea, track, pivot or {}, request_key)
    return card


def _park(by: User, track: Track | None) -> None:
    if track is None:
        raise ValidationError({"decision": _("There is no track to park.")})
    if track.state == Track.State.PARKED:
        return
    to_state(track, Track.State.PARKED)
    with change(by, "park_track", track):
        track.parked_on = timezone.localdate()
        track.full_clean()
        track.save()


def _end(by: User, track: Track | None, state: str) -> None:
    if track is None or not track.is_open:
        return
    to_state(track, state)
    with change(by, "end_track", track):
        track.ended_at, track.parked_on = timezone.now(), None
        track.full_clean()
        track.save()


def _pivot(by: User, idea: Idea, track: Track | None, values: Mapping[str, str], request_key: uuid.UUID) -> Idea:
    """The changed idea goes on where this one ends, in the days that are left (at least one short cycle).

    When its last day is a later one, the line managers are asked again.
    """
    goes_on = track is not None and track.is_open
    child = pivot_idea(by=by, idea=idea, values=values, request_key=request_key)
    inherit_assumptions(by=by, parent=idea, child=child)
    inherit_canvas(by=by, parent=idea, child=child)
    carry_over_partners(by, idea, child)
    if track is not None and goes_on:
        paused = timezone.localdate() - track.parked_on if track.parked_on else None
        last = track.ends_on + paused if paused else track.ends_on
        _end(by, track, Track.State.PIVOTED)
        first = max(timezone.localdate(), track.starts_on)
        following = make_track(
            by=by,
            idea=child,
            starts_on=first,
            ends_on=max(last, first + SHORTEST_CYCLE),
            cycle_days=track.cycle_days,
            continues=track,
        )
        carry_over_hours(by, track, following)
        if following.ends_on != track.ends_on:
            ask_hours_again(by, following)
    _end_work(by, idea, _("The team went on with another idea."))
    return child


def _end_work(by: User, idea: Idea, reason: str) -> None:
    """The follow-up ends, and its tests with it: after this nobody may close them any more."""
    for card in TestCard.objects.filter(idea=idea, state__in=(TestCard.State.DRAFT, TestCard.State.RUNNING)):
        if card.readings.exclude(verdict="CONTINUE").exists():
            finish_card(by=by, card=card)
        else:
            drop_card(by=by, card=card, reason=reason)
    end_follow_up(by=by, idea=idea)
