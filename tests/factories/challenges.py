# SPDX-License-Identifier: EUPL-1.2
"""Challenges, from an empty one to one that takes ideas."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from beproefd.discipline.challenges import actions
from beproefd.discipline.challenges.models import Challenge, CriteriaSet, Criterion
from beproefd.ground.accounts.models import User

ANCHORS = {1: "Niets.", 2: "Een beetje.", 3: "Genoeg.", 4: "Veel.", 5: "Heel veel."}
YES_NO = {0: "Nee.", 1: "Ja."}
CRITERIA: tuple[Mapping[str, Any], ...] = (
    {"kind": "knock_out", "name": "Mag het", "question": "Mag dit van de wet?", "weight": 0},
    {"kind": "weighted", "name": "Waarde", "question": "Wat levert het bewoners op?", "weight": 60},
    {"kind": "weighted", "name": "Haalbaar", "question": "Kan het met wat er is?", "weight": 40},
)
RULES = {"quorum": 2, "winners": 2, "tie_break": "lottery"}


def canvas_values(deadline: datetime | None = None) -> dict[str, Any]:
    """A complete canvas whose intake ends at `deadline` (a week from now)."""
    deadline = deadline or timezone.now() + timedelta(days=7)
    day = timezone.localtime(deadline).date()
    return {
        "mission": "Hoe kunnen we de armoede radicaal bestrijden?",
        "target_group": "Huishoudens met een laag inkomen.",
        "target_number": 73_400,
        "target_number_source": "Armoedemonitor",
        "target_number_date": date(2021, 12, 31),
        "outcome_words": ["autonomie", "betrokkenheid", "competentie"],
        "areas": "Molenwijk",
        "out_of_scope": "Landelijke regels.",
        "owner": "Wethouder Werk",
        "mandate": "Drie proeven van twee maanden.",
        "intake_deadline": deadline,
        "jury_until": day + timedelta(days=14),
        "decision_on": day + timedelta(days=21),
        "follow_up_until": day + timedelta(days=90),
    }


def challenge(
    by: User, *, title: str = "Armoede voorbij", deadline: datetime | None = None, cards: int = 1
) -> Challenge:
    """A challenge with a full canvas and stimulus cards, without criteria."""
    made = actions.create_challenge(by=by, title=title)
    actions.revise_canvas(by=by, challenge=made, base_number=0, values=canvas_values(deadline))
    for number in range(1, cards + 1):
        actions.save_stimulus(
            by=by,
            challenge=made,
            values={
                "kind": "case",
                "title": f"Kaart {number}",
                "body": "Studenten leren ouderen werken met internet.",
                "source": "Onderzoek uit 2019",
            },
        )
    return Challenge.objects.get(pk=made.pk)


def add_criteria(
    by: User, made: Challenge, *, criteria: tuple[Mapping[str, Any], ...] = CRITERIA, reason: str = "", **rules: Any
) -> CriteriaSet:
    """A draft with these criteria, ready to lock."""
    draft = actions.draft_criteria(by=by, challenge=made, reason=reason)
    actions.set_decision_rules(by=by, criteria_set=draft, values=RULES | rules)
    draft = CriteriaSet.objects.get(pk=draft.pk)
    for values in criteria:
        anchors = YES_NO if values["kind"] == Criterion.Kind.KNOCK_OUT else {n: f"Dat is een {n}." for n in draft.scale}
        actions.save_criterion(by=by, criteria_set=draft, values=values, anchors=anchors)
    return CriteriaSet.objects.get(pk=draft.pk)


def locked_criteria(by: User, made: Challenge, **rules: Any) -> CriteriaSet:
    """Criteria, published."""
    return actions.lock_criteria(by=by, criteria_set=add_criteria(by, made, **rules))


def ready_challenge(
    by: User, *, deadline: datetime | None = None, title: str = "Armoede voorbij", **rules: Any
) -> Challenge:
    """A challenge that can be opened for ideas."""
    made = challenge(by, title=title, deadline=deadline)
    locked_criteria(by, made, **rules)
    return Challenge.objects.get(pk=made.pk)


def open_challenge(
    by: User, *, deadline: datetime | None = None, title: str = "Armoede voorbij", **rules: Any
) -> Challenge:
    """A challenge that takes ideas."""
    made = ready_challenge(by, deadline=deadline, title=title, **rules)
    actions.open_intake(by=by, challenge=made)
    return Challenge.objects.get(pk=made.pk)
