# SPDX-License-Identifier: EUPL-1.2
"""A track opens, gets its dates, starts, runs in cycles, is taken up again and finishes."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.actions import follow_up
from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change, record_creation

from ..cycles import lay_out, two_months_after
from ..models import Cycle, Track
from ..queries.track import current_cycle, has_won, learned_in, start_checks
from ..rules import can_guide, can_open_track, can_work_on
from .capacity import ask_hours_again
from .doors import enter, locked, require_running, to_state

SHORTEST_TRACK, LONGEST_TRACK = 14, 184  # days: one full cycle, half a year
SHORTEST_CYCLE = timedelta(days=6)  # from the first day to the last of one week
TICKS = ("has_access", "knows_who_decides")


def open_track(
    *,
    by: User,
    idea: Idea,
    coach: User,
    starts_on: date | None = None,
    ends_on: date | None = None,
    cycle_days: int = 14,
) -> Track:
    """Give a winning idea its two months (from today) and a coach. Again, the same track comes back, with this coach."""
    starts_on = starts_on or timezone.localdate()
    with transaction.atomic():
        idea = Idea.objects.select_for_update(of=("self",)).select_related("challenge").get(pk=idea.pk)
        require(can_open_track(by, idea))
        if not has_won(idea):
            raise ValidationError(_("The jury did not choose this idea, so there is no follow-up."))
        ends_on = ends_on or two_months_after(starts_on)
        existing = Track.objects.filter(idea=idea).first()
        if existing is None:
            _check_dates(starts_on, ends_on, cycle_days)
        idea = follow_up(by=by, idea=idea, coach=coach)
        if existing:
            return existing
        return make_track(by=by, idea=idea, starts_on=starts_on, ends_on=ends_on, cycle_days=cycle_days)


def make_track(
    *, by: User, idea: Idea, starts_on: date, ends_on: date, cycle_days: int, continues: Track | None = None
) -> Track:
    """The row and its cycles; after a pivot it is under way at once."""
    track = Track(
        idea=idea,
        starts_on=starts_on,
        ends_on=ends_on,
        cycle_days=cycle_days,
        continues=continues,
        opened_by=by,
        is_demo=idea.is_demo,
    )
    if continues:
        track.has_access, track.knows_who_decides = continues.has_access, continues.knows_who_decides
        if continues.started_at:
            track.state, track.started_at = Track.State.RUNNING, timezone.now()
    track.full_clean()
    track.save()
    record_creation(by, "open_track", track)
    _lay_out(by, track)
    return track


def replan_track(*, by: User, track: Track, starts_on: date, ends_on: date, cycle_days: int) -> Track:
    """Other dates or shorter cycles, before the start. Other dates void what the line managers signed."""
    with transaction.atomic():
        track = locked(track)
        require(can_guide(by, track.idea))
        if (track.starts_on, track.ends_on, track.cycle_days) == (starts_on, ends_on, cycle_days):
            return track
        if track.state != Track.State.PREPARING:
            raise ValidationError(_("The track has started, so its dates stand."))
        _check_dates(starts_on, ends_on, cycle_days)
        with change(by, "replan_track", track):
            moves = (track.starts_on, track.ends_on) != (starts_on, ends_on)
            track.starts_on, track.ends_on, track.cycle_days = starts_on, ends_on, cycle_days
            track.full_clean()
            track.save()
            if moves:
                ask_hours_again(by, track)
        for cycle in track.cycles.all():
            with change(by, "drop_cycle", cycle):
                Cycle.objects.filter(pk=cycle.pk).delete()
        _lay_out(by, track)
    return track


def tick_start(*, by: User, track: Track, name: str, done: bool) -> Track:
    """Tick a line of the start checklist that only people can judge, or take the tick away."""
    with transaction.atomic():
        track = enter(by, track)
        if name not in TICKS:
            raise ValidationError(_("This is not on the list."))
        if getattr(track, name) == done:
            return track
        if track.state != Track.State.PREPARING:
            raise ValidationError(_("The track has started already."))
        with change(by, "tick_start", track):
            setattr(track, name, done)
            track.save(update_fields=[name])
    return track


def start_track(*, by: User, track: Track, reason: str = "") -> Track:
    """Start. With an incomplete checklist only the coach or the programme may, with a reason that everyone sees."""
    with transaction.atomic():
        track = locked(track)
        guides = can_guide(by, track.idea)
        require(guides or can_work_on(by, track.idea))
        if track.is_running:
            return track
        to_state(track, Track.State.RUNNING)
        early = not all(check.done for check in start_checks(track))
        if early and not guides:
            raise ValidationError(
                _("Not everything is ready. Your coach or the programme can start earlier, with a reason.")
            )
        if early and not reason.strip():
            raise ValidationError({"reason": _("Say why you start before everything is ready.")})
        with change(by, "start_track", track, complete=not early):
            if track.started_at is None:
                track.started_at = timezone.now()
            track.early_reason = reason.strip() if early else ""
            track.full_clean()
            track.save()
    return track


def set_goal(*, by: User, cycle: Cycle, goal: str) -> Cycle:
    """What the team wants to know at the end of a cycle."""
    with transaction.atomic():
        track = enter(by, cycle.track)
        cycle = _locked_cycle(cycle)
        if cycle.goal == goal.strip():
            return cycle
        _refuse_ended(track)
        if cycle.is_closed:
            raise ValidationError(_("This cycle is closed, so its goal stands."))
        if not goal.strip():
            raise ValidationError({"goal": _("Write one question.")})
        with change(by, "set_goal", cycle):
            cycle.goal = goal.strip()
            cycle.full_clean()
            cycle.save(update_fields=["goal"])
    return cycle


def close_cycle(*, by: User, cycle: Cycle, answer: str, goal: str = "") -> Cycle:
    """Close a cycle: its goal answered, and at least one learning card written in it (lesson 5)."""
    with transaction.atomic():
        track = enter(by, cycle.track)
        cycle = _locked_cycle(cycle)
        if cycle.is_closed:
            return cycle
        require_running(track)
        if not cycle.has_begun:
            raise ValidationError(_("This cycle has not begun yet."))
        if current_cycle(track, list(track.cycles.all())) != cycle:
            raise ValidationError(_("Close the cycles in their order."))
        if not (goal.strip() or cycle.goal):
            raise ValidationError({"goal": _("Write first what you wanted to know.")})
        if not answer.strip():
            raise ValidationError(
                {"answer": _("Answer the question of this cycle. “We do not know yet” is an answer too.")}
            )
        if not learned_in(cycle):
            raise ValidationError(_("Write a learning card first. A cycle without one is not finished."))
        with change(by, "close_cycle", cycle):
            cycle.goal, cycle.answer = goal.strip() or cycle.goal, answer.strip()
            cycle.closed_at, cycle.closed_by = timezone.now(), by
            cycle.full_clean()
            cycle.save()
    return cycle


def resume_track(*, by: User, track: Track, reason: str) -> Track:
    """Go on with a parked track. What was still to come moves as many days as the pause took.

    The last day moves too, so the line managers are asked again.
    """
    with transaction.atomic():
        track = locked(track)
        require(can_guide(by, track.idea) or can_work_on(by, track.idea))
        if track.is_running:
            return track
        if track.state != Track.State.PARKED or track.parked_on is None:
            raise ValidationError(
                _("This is not possible for a track that is “%(state)s”.") % {"state": track.get_state_display()}
            )
        if not reason.strip():
            raise ValidationError({"reason": _("Say why you go on now.")})
        pause = timezone.localdate() - track.parked_on
        parked_on = track.parked_on
        with change(by, "resume_track", track, days=pause.days):
            to_state(track, Track.State.RUNNING)
            track.parked_on, track.resume_reason = None, reason.strip()
            track.ends_on += pause
            track.full_clean()
            track.save()
            if pause:
                ask_hours_again(by, track)
        if pause:
            _move_cycles(by, track, parked_on, pause)
    return track


def finish_track(*, by: User, track: Track) -> Track:
    """The time is over and every cycle is closed. What comes next is decided at a gate."""
    with transaction.atomic():
        track = locked(track)
        require(can_guide(by, track.idea))
        if track.state == Track.State.FINISHED:
            return track
        to_state(track, Track.State.FINISHED)
        if track.cycles.filter(closed_at=None).exists():
            raise ValidationError(_("Close every cycle first, or stop or park the idea with a learning card."))
        with change(by, "finish_track", track):
            track.ended_at = timezone.now()
            track.full_clean()
            track.save()
    return track


def _move_cycles(by: User, track: Track, parked_on: date, pause: timedelta) -> None:
    for cycle in track.cycles.filter(closed_at=None, ends_on__gte=parked_on):
        with change(by, "move_cycle", cycle):
            cycle.ends_on += pause
            if cycle.starts_on > parked_on:
                cycle.starts_on += pause
            cycle.save(update_fields=["starts_on", "ends_on"])


def _lay_out(by: User, track: Track) -> None:
    days = lay_out(track.starts_on, track.ends_on, track.cycle_days)
    made = [
        Cycle.objects.create(track=track, number=number, starts_on=first, ends_on=last)
        for number, (first, last) in enumerate(days, start=1)
    ]
    record_creation(by, "lay_out_cycles", *made)


def _check_dates(starts_on: date, ends_on: date, cycle_days: int) -> None:
    days = (ends_on - starts_on).days + 1
    if not SHORTEST_TRACK <= days <= LONGEST_TRACK:
        raise ValidationError({"ends_on": _("A track takes at least two weeks and at most half a year.")})
    if not 7 <= cycle_days <= 14:
        raise ValidationError({"cycle_days": _("A cycle takes 7 to 14 days.")})


def _locked_cycle(cycle: Cycle) -> Cycle:
    return Cycle.objects.select_for_update(of=("self",)).select_related("track").get(pk=cycle.pk)


def _refuse_ended(track: Track) -> None:
    if not track.is_open:
        raise ValidationError(_("This track has ended."))
