# SPDX-License-Identifier: EUPL-1.2
"""A track of a winning idea: being prepared, ready, or under way."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from beproefd.discipline.ideas.actions import add_member
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.tracks import actions
from beproefd.discipline.tracks.models import Track
from beproefd.ground.accounts.models import User

from .juries import World, world
from .people import person
from .validation import Workshop


@dataclass
class Course(Workshop):
    """A workshop with its track and its whole team (`owner` and `members`, all with an account)."""

    track: Track
    members: list[User]

    def fresh(self) -> "Course":
        """Forget what was read before."""
        self.idea = Idea.objects.get(pk=self.idea.pk)
        self.track = Track.objects.get(pk=self.track.pk)
        return self

    @property
    def team(self) -> list[User]:
        """Everyone in the team with an account."""
        return [self.owner, *self.members]


def course(*, members: int = 0, starts_on: date | None = None, days: int = 56, cycle_days: int = 14) -> Course:
    """A track that is being prepared, from today, with `members` more people in the team."""
    jury: World = world("decided", ideas=2, jurors=2)
    coach = person("coach", name="Carla Coach", organisation="Hogeschool")
    first = starts_on or timezone.localdate()
    track = actions.open_track(
        by=jury.manager,
        idea=jury.ideas[0],
        coach=coach,
        starts_on=first,
        ends_on=first + timedelta(days=days - 1),
        cycle_days=cycle_days,
    )
    idea = Idea.objects.get(pk=track.idea_id)
    found = Course(jury, idea, jury.owners[0], coach, track, [])
    for number in range(1, members + 1):
        found.members.append(join(found, f"Teamlid {number}"))
    return found.fresh()


def join(found: Course, name: str = "Teamlid") -> User:
    """Someone with an account joins the team."""
    user = person("team", name=name, organisation="Stichting 1")
    add_member(
        by=found.owner, idea=Idea.objects.get(pk=found.idea.pk), name=name, organisation="Stichting 1",
        kind="company", email=user.email,
    )  # fmt: skip
    return user


def running(**options: Any) -> Course:
    """A track under way, started by its coach before everything was ready."""
    found = course(**options)
    actions.start_track(by=found.coach, track=found.track, reason="We beginnen vast.")
    return found.fresh()
