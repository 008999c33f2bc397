# SPDX-License-Identifier: EUPL-1.2
"""A track of a winning idea: being prepared, ready, or under way."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.tracks import actions
from beproefd.discipline.tracks.models import Agreement, Track
from beproefd.discipline.tracks.sign_off_link import token_of
from beproefd.discipline.validation.models import Assumption
from beproefd.ground.accounts.models import User

from .ideas import joins
from .juries import World, world
from .kept import kept
from .people import person
from .validation import Workshop, assumption, evidence

LEARNED = {
    "believed": "Mensen willen sparen.",
    "observed": "Bijna niemand durfde te beginnen.",
    "learned": "Er is eerst rust nodig.",
    "therefore": "We helpen eerst met de post.",
}


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


@kept
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
    joins(found.owner, found.idea, user)
    return user


@kept
def running(**options: Any) -> Course:
    """A track under way, started by its coach before everything was ready."""
    found = course(**options)
    actions.start_track(by=found.coach, track=found.track, reason="We beginnen vast.")
    return found.fresh()


def learn(found: Course, decision: str = "continue", *, by: User | None = None, key: Any = None, **pivot: str) -> Any:
    """A learning card with its decision, on a fresh piece of evidence. Words after the decision describe the pivot."""
    about = Assumption.objects.filter(idea=found.idea).first() or assumption(found)
    seen = evidence(found, about)
    return actions.decide_on_learning(
        by=by or found.owner,
        idea=found.idea,
        values=LEARNED | {"decision": decision},
        assumptions=[about],
        evidence=[seen],
        pivot=pivot or {"title": "Een maatje na de schuld"},
        request_key=key or uuid.uuid4(),
    )


def agree(found: Course, user: User, hours: int = 16, *, answer: bool | None = True) -> Agreement:
    """Hours with the answer of the line manager (None: not answered yet)."""
    agreement = actions.agree_hours(
        by=user, track=found.track, user=user, hours=hours,
        line_manager_name="Leidinggevende Lia", line_manager_email="lia@werkgever.example",
    )  # fmt: skip
    if answer is not None:
        actions.sign_off_hours(token=token_of(agreement), agrees=answer)
    return Agreement.objects.get(pk=agreement.pk)


def pulse(found: Course, user: User, hours: int = 8, load: int = 3) -> None:
    """What someone says of this week."""
    actions.give_pulse(by=user, track=found.track, hours=hours)
    actions.give_pulse(by=user, track=found.track, load=load)


def everyone(found: Course) -> dict[str, User]:
    """One person of every kind that must not read what belongs to the team."""
    jury = found.jury
    return {
        "manager": jury.manager,
        "second manager": jury.second_manager,
        "juror": jury.jurors[0],
        "administrator": person("administrator"),
        "another team": jury.owners[1],
        "another coach": person("coach"),
        "everything at once": person("manager", "juror", "coach", "administrator", "team"),
    }
