# SPDX-License-Identifier: EUPL-1.2
"""Observations come in, one by one or as a pile from a phone that was offline; each updates the live verdict."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.ground.accounts.models import User
from beproefd.ground.audit.actions import change, record_creation
from beproefd.ground.audit.chain import canonical, sha256
from beproefd.ground.personal_data import without_addresses

from .. import areas
from ..designs import locked_design
from ..helping import counts_as
from ..models import Observation, Reading, TargetGroup, TestCard
from ..signals import verdict_reached
from .cards import lock_card, locked_row
from .doors import enter, enter_again, need
from .evidence import log_verdict

if TYPE_CHECKING:
    from beproefd.engines.evidence import Monitor

AHEAD = timedelta(minutes=10)  # how far the clock of a phone may run ahead
LARGEST_PILE = 500
FIRST_YEAR = 2020
ARMS = {"": None, "control": "control", "new": "treatment"}  # as the engine calls them


@dataclass(frozen=True)
class Seen:
    """What was seen of one person. `key` was made on the phone: sent twice, it counts once. `outcome` None: no answer."""

    key: uuid.UUID
    outcome: bool | None
    seen_at: datetime
    arm: str = ""
    group: int | None = None
    place: str = ""
    note: str = ""
    answered_by: str = Observation.AnsweredBy.SELF


@dataclass(frozen=True)
class Refused:
    """An observation that was not taken, and why. The others were."""

    key: uuid.UUID
    reason: str


def observe(*, by: User, card: TestCard, seen: Sequence[Seen]) -> tuple[list[Observation], list[Refused]]:
    """Take in what was seen, in the order given; those sent before are found again, what cannot be read is refused.

    What arrives after the verdict, or was seen before the work on the idea ended and arrives after that (a phone that
    was offline), is kept and marked, and does not change the verdict. Help counts as the card says (helping.py). An
    e-mail address, phone number, BSN or bank account in a note is left out: an observation is about nobody in particular.
    """
    if len(seen) > LARGEST_PILE:
        raise ValidationError(_("Send at most %(most)s observations at once.") % {"most": LARGEST_PILE})
    with transaction.atomic():
        idea = enter_again(by, card.idea)
        card = locked_row(card)
        groups = set(TargetGroup.objects.filter(idea=idea).values_list("pk", flat=True))
        taken, fresh, refused = _sorted_out(by, card, seen, groups)
        if fresh:
            decided = card.readings.exclude(verdict="CONTINUE").exists()
            if not card.is_locked:
                lock_card(by, card)
            stand = None if decided or card.state == TestCard.State.DROPPED or not idea.is_followed_up else resume(card)
            _take_in(stand, fresh)
            for row in fresh:
                row.save()
            record_creation(by, "observe", *fresh)
            if stand:
                _keep_reading(by, card, stand)
    return taken, refused


def strike_observation(*, by: User, observation: Observation, reason: str) -> Observation:
    """Strike out a mistake; it stays visible as struck out. Not after the verdict: then note a deviation."""
    with transaction.atomic():
        enter(by, observation.card.idea)
        card = locked_row(observation.card)
        observation = Observation.objects.select_for_update(of=("self",)).get(pk=observation.pk)
        if observation.struck_at:
            return observation
        if card.readings.exclude(verdict="CONTINUE").exists():
            raise ValidationError(_("This test has its outcome. Note the mistake as a deviation."))
        with change(by, "strike_observation", observation):
            observation.struck_at = timezone.now()
            observation.struck_reason = need(reason, _("Say what was wrong."))
            observation.full_clean()
            observation.save()
        _keep_reading(by, card, recompute(card))
    return observation


def erase_note(*, by: User, observation: Observation) -> Observation:
    """Take away a note that tells too much about someone. What was seen stays and counts. Harmless when there is none."""
    with transaction.atomic():
        enter(by, observation.card.idea)
        observation = Observation.objects.select_for_update(of=("self",)).get(pk=observation.pk)
        if observation.note:
            with change(by, "erase_note", observation):
                observation.note = ""
                observation.save(update_fields=["note"])
    return observation


def _sorted_out(
    by: User, card: TestCard, seen: Sequence[Seen], groups: set[int]
) -> tuple[list[Observation], list[Observation], list[Refused]]:
    """What is taken, what of that is new and not saved yet, and what is refused."""
    known = {row.key: row for row in Observation.objects.filter(key__in=[item.key for item in seen])}
    taken: list[Observation] = []
    fresh: list[Observation] = []
    refused: list[Refused] = []
    position = card.observations.count() + 1
    for item in seen:
        earlier = known.get(item.key)
        if earlier and earlier.card_id == card.pk:
            taken.append(earlier)
            continue
        reason = _("This belongs to another test.") if earlier else _unreadable(card, item, groups)
        row = _row(by, card, item, position)
        if not reason:
            try:
                row.full_clean()
            except ValidationError as problem:
                reason = " ".join(problem.messages)
        if reason:
            refused.append(Refused(item.key, reason))
            continue
        known[item.key] = row
        fresh.append(row)
        taken.append(row)
        position += 1
    return taken, fresh, refused


def _unreadable(card: TestCard, item: Seen, groups: set[int]) -> str:
    ended = card.idea.follow_up_ended_at
    if ended and item.seen_at > ended:
        return _("The work on this idea ended before this was seen.")
    if card.state == TestCard.State.DRAFT:
        return _("This test has not started.")
    if card.has_two_arms != (item.arm in {"control", "new"}):
        return (
            _("Say which of the two ways this person got.") if card.has_two_arms else _("This test has one way only.")
        )
    if item.group is not None and item.group not in groups:
        return _("Choose a target group of this idea.")
    return _wrong_clock(item)


def _wrong_clock(item: Seen) -> str:
    if item.seen_at.year < FIRST_YEAR:
        return _("The clock of this phone is not right. Set it right and try again.")
    if item.seen_at > timezone.now() + AHEAD:
        return _("The clock of this phone runs ahead. Set it right and try again.")
    return ""


def _row(by: User, card: TestCard, item: Seen, position: int) -> Observation:
    outcome = counts_as(card, item.outcome, item.answered_by)
    note = without_addresses(_readable(item.note))
    if outcome != item.outcome:
        with override("nl"):  # what is written down reads the same for everyone
            note = f"{_('It succeeded with help.')} {note}".strip()
    return Observation(
        card=card,
        key=item.key,
        position=position,
        outcome=outcome,
        arm=item.arm,
        group_id=item.group if item.group is not None else card.group_id,
        place=areas.spelled(_readable(item.place)),
        note=note,
        answered_by=item.answered_by,
        entered_by=by,
        seen_at=min(item.seen_at, timezone.now()),
        is_demo=by.is_demo,
    )


def _readable(text: str) -> str:
    """What can be printed; a phone may send signs that no page can show."""
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n").strip()


@dataclass
class Stand:
    """The engine with all that counted until now, and the digest of the locked design and of what went in, in order."""

    monitor: "Monitor"
    digest: str

    def take(self, row: Observation) -> None:
        """One more. Raises ObservationError (a ValueError) for what the design cannot hold."""
        from beproefd.engines.evidence import Observation as Row  # noqa: PLC0415 -- slow import

        outcome = None if row.outcome is None else float(row.outcome)
        self.monitor.update([Row(outcome=outcome, arm=ARMS[row.arm])])
        self.digest = sha256(canonical([self.digest, row.position, row.arm, row.outcome]))

    @property
    def is_decided(self) -> bool:
        """Whether there is a verdict."""
        return self.monitor.verdict.value != "CONTINUE"


def resume(card: TestCard) -> Stand:
    """As the last reading left it; no observation is read again. Every change of what counts leaves a reading."""
    from beproefd.engines.evidence.monitor import ENGINE_VERSION, Monitor  # noqa: PLC0415 -- slow import

    last = card.readings.order_by("-pk").first()
    if last is None or last.engine_version != ENGINE_VERSION:
        return recompute(card)
    return Stand(Monitor.from_json(last.state), last.inputs_digest)


def recompute(card: TestCard) -> Stand:
    """The same from the locked design and every observation that counts; after a strike, or to check."""
    from beproefd.engines.evidence import Monitor  # noqa: PLC0415 -- slow import

    stand = Stand(Monitor(locked_design(card)), card.design_digest)
    for row in card.observations.filter(struck_at=None, after_verdict=False).order_by("position"):
        stand.take(row)
    return stand


def _take_in(stand: Stand | None, fresh: Sequence[Observation]) -> None:
    """Read what is new; mark what comes after the verdict, also when it comes in the same pile."""
    for row in fresh:
        row.after_verdict = stand is None or stand.is_decided
        if stand and not row.after_verdict:
            try:
                stand.take(row)
            except ValueError as problem:
                told = _("This observation does not fit the test: %(why)s.") % {"why": problem}
                raise ValidationError(told) from problem


def _keep_reading(by: User, card: TestCard, stand: Stand) -> None:
    """Keep what the engine says; a verdict becomes evidence and news."""
    from beproefd.engines.evidence.monitor import ENGINE_VERSION  # noqa: PLC0415 -- slow import

    reading = Reading(
        card=card,
        verdict=stand.monitor.verdict.value,
        result=stand.monitor.result.to_dict(),
        state=stand.monitor.to_json(),
        engine_version=ENGINE_VERSION,
        inputs_digest=stand.digest,
    )
    reading.save()
    record_creation(by, "read_verdict", reading, verdict=reading.verdict, inputs=stand.digest)
    if stand.is_decided:
        log_verdict(by, card, reading)
        transaction.on_commit(lambda: verdict_reached.send(TestCard, card=card, reading=reading))
