# SPDX-License-Identifier: EUPL-1.2
"""An idea that is being worked out, with assumptions, tests and evidence."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from beproefd.discipline.ideas.actions import follow_up
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation import actions
from beproefd.discipline.validation.actions import Seen
from beproefd.discipline.validation.models import Assumption, Evidence, TestCard
from beproefd.ground.accounts.models import User

from .juries import World, world
from .kept import kept
from .people import person


@dataclass
class Workshop:
    """A winning idea in the follow-up, with its people."""

    jury: World
    idea: Idea
    owner: User
    coach: User

    @property
    def manager(self) -> User:
        """The programme manager."""
        return self.jury.manager


@kept
def workshop(**rules: Any) -> Workshop:
    """The winning idea of a decided round, followed up with a coach."""
    jury = world("decided", ideas=2, jurors=2, **rules)
    coach = person("coach", name="Carla Coach", organisation="Hogeschool")
    idea = follow_up(by=jury.manager, idea=jury.ideas[0], coach=coach)
    return Workshop(jury, idea, jury.owners[0], coach)


def assumption(shop: Workshop, statement: str = "Mensen willen sparen", **values: Any) -> Assumption:
    """Something the team believes."""
    values = {"statement": statement, "kind": "desirable", "importance": 5, "belief": 3, "effort_days": 2} | values
    return actions.add_assumption(by=shop.owner, idea=shop.idea, values=values)


def card(shop: Workshop, about: Sequence[Assumption] = (), *, started: bool = True, **values: Any) -> TestCard:
    """A test card: right if more than 5 of 10, hoping for 8, an error in 1 of 10."""
    values = {
        "question": "Kan iemand alleen sparen?",
        "method": "paper",
        "who": "Mensen bij het buurthuis",
        "measure": "zet zonder hulp 5 euro opzij",
        "right_from": 5,
        "hope_for": 8,
        "stakes": "middle",
    } | values
    planned = actions.plan_card(
        by=shop.owner, idea=shop.idea, values=values, assumptions=dict.fromkeys(about or [assumption(shop)], True)
    )
    return actions.start_card(by=shop.owner, card=planned) if started else planned


def seen(outcome: bool | None = True, **values: Any) -> Seen:
    """What was seen of one person, just now."""
    return Seen(key=uuid.uuid4(), outcome=outcome, seen_at=timezone.now(), **values)


def observe(shop: Workshop, of: TestCard, outcomes: Sequence[bool | None], *, by: User | None = None) -> TestCard:
    """One observation after the other."""
    for outcome in outcomes:
        _taken, refused = actions.observe(by=by or shop.owner, card=of, seen=[seen(outcome)])
        assert refused == []
    return TestCard.objects.get(pk=of.pk)


def evidence(shop: Workshop, about: Assumption, direction: str = "supports", **values: Any) -> Evidence:
    """Something seen with the target group."""
    values = {
        "text": "Iemand deed het zonder hulp.",
        "source": "target",
        "strength": 2,
        "seen_on": timezone.localdate(),
    } | values
    return actions.log_evidence(by=shop.owner, idea=shop.idea, values=values, directions={about: direction})
