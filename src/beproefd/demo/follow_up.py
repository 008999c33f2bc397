# SPDX-License-Identifier: EUPL-1.2
"""The winning teams of the demo at work: assumptions, tests, evidence, learning, and the pivot of Sparen Loont."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.ideas.queries import submitted_ideas
from beproefd.discipline.tracks import actions as tracks
from beproefd.discipline.validation import actions
from beproefd.discipline.validation.models import Assumption, Evidence, TestCard
from beproefd.ground.accounts.models import User

from .follow_up_content import WORK


def follow_up(people: dict[str, User], challenge: Challenge) -> None:
    """Three tracks, each at another point."""
    won = {idea.title: idea for idea in submitted_ideas(challenge)}
    for title, content in WORK.items():
        idea = won[title]
        owner = next(member.user for member in idea.members.all() if member.user)
        track = tracks.open_track(by=people["manager"], idea=idea, coach=people["coach"])
        idea = Idea.objects.get(pk=idea.pk)
        assumptions = _write_down(owner, idea, content)
        for test in content["tests"]:
            _run(owner, idea, assumptions, test)
        track.refresh_from_db()
        tracks.start_track(
            by=people["coach"], track=track, reason="Demo: het team begint, de handtekeningen volgen deze week."
        )
        if "learning" in content:
            _learn(owner, idea, assumptions, content)


def _write_down(owner: User, idea: Idea, content: dict[str, Any]) -> dict[str, Assumption]:
    groups = {name: actions.add_target_group(by=owner, idea=idea, name=name) for name in content["groups"]}
    found = {}
    for key, said in content["assumptions"].items():
        values = {"owner": owner, "effort_days": 2} | said | {"group": groups.get(said.get("group", ""))}
        found[key] = actions.add_assumption(by=owner, idea=idea, values=values)
    for said in content["evidence"]:
        values = {name: value for name, value in said.items() if name != "about"}
        values |= {"group": groups.get(said.get("group", "")), "seen_on": said["seen_on"] or timezone.localdate()}
        directions = {found[key]: way for key, way in said["about"].items()}
        actions.log_evidence(by=owner, idea=idea, values=values, directions=directions)
    actions.revise_canvas(by=owner, idea=idea, base_number=0, values=content["canvas"])
    return found


def _run(owner: User, idea: Idea, assumptions: dict[str, Assumption], test: dict[str, Any]) -> None:
    """Plan, start and observe until the content or the verdict ends it."""
    group = idea.target_groups.filter(name=test["group"]).first()
    told = {name: value for name, value in test.items() if name not in {"about", "outcomes", "note", "finish"}}
    card = actions.plan_card(
        by=owner,
        idea=idea,
        values=told | {"group": group},
        assumptions={assumptions[key]: yes for key, yes in test["about"].items()},
    )
    card = actions.start_card(by=owner, card=card)
    for number, outcome in enumerate(test["outcomes"]):
        if card.readings.exclude(verdict="CONTINUE").exists():
            break
        at = timezone.now() - timedelta(hours=len(test["outcomes"]) - number)
        note = test["note"] if number == 0 else ""
        actions.observe(
            by=owner, card=card, seen=[actions.Seen(key=uuid.uuid4(), outcome=outcome, seen_at=at, note=note)]
        )
        card = TestCard.objects.get(pk=card.pk)
    if card.readings.exclude(verdict="CONTINUE").exists():
        actions.finish_card(by=owner, card=card)


def _learn(owner: User, idea: Idea, assumptions: dict[str, Assumption], content: dict[str, Any]) -> None:
    said = content["learning"]
    about = [assumptions[key] for key in said["about"]]
    evidence = Evidence.objects.filter(links__assumption__in=about, retracted_at=None).distinct()
    tracks.decide_on_learning(
        by=owner,
        idea=idea,
        values={name: value for name, value in said.items() if name != "about"},
        assumptions=about,
        evidence=list(evidence),
        pivot=content.get("pivot"),
        request_key=uuid.uuid4(),
    )
