# SPDX-License-Identifier: EUPL-1.2
"""Hours and load, for the team and its coach. For everyone else, whatever their role, there is nothing to read.

One person's week is shown to that person and the coach. The team sees averages, from three people who answered, and
only of weeks that are over: otherwise the average before and after someone's tap would give that tap away.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.ideas.rules import is_in_team
from beproefd.ground.accounts.models import User

from ..cycles import monday
from ..models import FULL_TIME, Agreement, Pulse, Track
from ..rules import can_see_capacity, sees_each_person
from ..sign_off_link import key_in

ENOUGH = 3  # people who answered, before an average is shown to the team; and weeks, before real is compared to agreed
LOW, HIGH = 0.7, 1.3


@dataclass(frozen=True)
class MemberHours:
    """One person with an account. `real` and `pulses` are there only for that person and the coach."""

    member: int
    user: User
    is_own: bool
    hours: int | None
    sign_off: str
    line_manager: str
    line_manager_email: str
    pulses: tuple[Pulse, ...]

    @property
    def real(self) -> float | None:
        """Average of the last three weeks that are over and were filled in; None with fewer."""
        this_week = monday(timezone.localdate())
        said = [pulse.hours for pulse in self.pulses if pulse.hours is not None and pulse.week < this_week][-ENOUGH:]
        return sum(said) / len(said) if len(said) == ENOUGH else None

    @property
    def diverges(self) -> str:
        """`under` 70% or `over` 130% of what was agreed."""
        return _diverges(self.real, self.hours)


@dataclass(frozen=True)
class Week:
    """The averages of one week; None where too few answered for this viewer."""

    monday: date
    hours: float | None
    load: float | None


@dataclass(frozen=True)
class Capacity:
    """What one viewer may see."""

    members: list[MemberHours]
    weeks: list[Week]
    this_week: Pulse | None
    all_part_time: bool
    team_diverges: str
    is_coach: bool

    @property
    def own(self) -> MemberHours | None:
        """The viewer's own line."""
        return next((line for line in self.members if line.is_own), None)


def capacity(viewer: Any, track: Track, idea: Idea) -> Capacity | None:
    """Hours and load as far as the viewer may see them; None for who is not in the team and not its coach."""
    if not can_see_capacity(viewer, idea):
        return None
    sees_all = sees_each_person(viewer, idea)
    agreed = {agreement.user_id: agreement for agreement in Agreement.objects.filter(track=track)}
    given: defaultdict[int, list[Pulse]] = defaultdict(list)
    for pulse in Pulse.objects.filter(track__in=with_earlier(track)).order_by("week"):
        given[pulse.user_id].append(pulse)
    members = [
        _line(viewer, member, agreed.get(member.user_id), given[member.user_id], sees_all=sees_all)
        for member in idea.members.all()
        if member.user_id
    ]
    everything = [pulse for pulses in given.values() for pulse in pulses]
    least = 1 if sees_all else ENOUGH
    hours = [line.hours for line in members if line.hours is not None]
    own = [pulse for pulse in given[viewer.pk] if pulse.week == monday(timezone.localdate())]
    return Capacity(
        members=members,
        weeks=_weeks(everything, least, with_this_week=sees_all),
        this_week=own[0] if own else None,
        all_part_time=bool(hours) and len(hours) == len(members) and all(value < FULL_TIME for value in hours),
        team_diverges=_team_diverges(everything, agreed, least),
        is_coach=sees_all,
    )


def with_earlier(track: Track) -> list[Track]:
    """The track and those it goes on from: a week is a week of the same people, also after a pivot."""
    found = [track]
    while found[-1].continues:
        found.append(found[-1].continues)
    return found


def _line(viewer: Any, member: Any, agreement: Agreement | None, pulses: list[Pulse], *, sees_all: bool) -> MemberHours:
    own = member.user_id == viewer.pk
    opens = own or sees_all
    return MemberHours(
        member=member.pk,
        user=member.user,
        is_own=own,
        hours=agreement.hours if agreement else None,
        sign_off=agreement.sign_off if agreement else "",
        line_manager=agreement.line_manager_name if agreement and opens else "",
        line_manager_email=agreement.line_manager_email if agreement and opens else "",
        pulses=tuple(pulses) if opens else (),
    )


def _shown(pulses: Sequence[Pulse], *, with_this_week: bool) -> dict[date, list[Pulse]]:
    weeks: defaultdict[date, list[Pulse]] = defaultdict(list)
    for pulse in pulses:
        if with_this_week or pulse.week < monday(timezone.localdate()):
            weeks[pulse.week].append(pulse)
    return dict(sorted(weeks.items()))


def _weeks(pulses: Sequence[Pulse], least: int, *, with_this_week: bool) -> list[Week]:
    return [
        Week(
            week,
            _mean([pulse.hours for pulse in said if pulse.hours is not None], least),
            _mean([pulse.load for pulse in said if pulse.load is not None], least),
        )
        for week, said in _shown(pulses, with_this_week=with_this_week).items()
    ]


def _mean(values: Sequence[int], least: int) -> float | None:
    return sum(values) / len(values) if len(values) >= least else None


def _team_diverges(pulses: Sequence[Pulse], agreed: dict[int, Agreement], least: int) -> str:
    """The same comparison for the team as a whole, over the last three weeks that are over and may be shown."""
    weeks = [
        [pulse for pulse in said if pulse.hours is not None and pulse.user_id in agreed]
        for said in _shown(pulses, with_this_week=False).values()
    ]
    counted = [said for said in weeks if len(said) >= least][-ENOUGH:]
    if len(counted) < ENOUGH:
        return ""
    real = sum(pulse.hours or 0 for said in counted for pulse in said)
    promised = sum(agreed[pulse.user_id].hours for said in counted for pulse in said)
    return _diverges(real, promised)


def _diverges(real: float | None, agreed: float | None) -> str:
    if real is None or not agreed:
        return ""
    return "under" if real < LOW * agreed else "over" if real > HIGH * agreed else ""


def agreement_behind(token: str) -> Agreement | None:
    """The hours a line manager's link is about, for the page without an account. The link is the right to see it."""
    key = key_in(token)
    if key is None:
        return None
    found = Agreement.objects.filter(link_key=key).select_related("track__idea", "user").order_by("-pk").first()
    if found is None or not found.track.is_open or not is_in_team(found.user, found.track.idea):
        return None
    return found


def own_agreement(viewer: Any, track: Track, user: User) -> Agreement | None:
    """Someone's agreement, for that person and the coach."""
    own = can_see_capacity(viewer, track.idea) and viewer.pk == user.pk
    if not own and not sees_each_person(viewer, track.idea):
        return None
    return Agreement.objects.filter(track=track, user=user).select_related("user", "track").first()
