# SPDX-License-Identifier: EUPL-1.2
"""The winning teams of the demo at work: assumptions, tests, evidence, learning, and the pivot of Sparen Loont."""

import uuid
from datetime import timedelta
from itertools import cycle
from typing import Any

from django.utils import timezone

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.ideas.queries import submitted_ideas
from beproefd.discipline.portfolio import actions as gates
from beproefd.discipline.prototypes import actions as prototypes
from beproefd.discipline.prototypes.models import Screen
from beproefd.discipline.tracks import actions as tracks
from beproefd.discipline.tracks.models import Track
from beproefd.discipline.tracks.sign_off_link import token_of
from beproefd.discipline.validation import actions
from beproefd.discipline.validation.models import Assumption, Evidence, TestCard
from beproefd.ground.accounts.models import User

from .follow_up_content import WORK


def follow_up(people: dict[str, User], challenge: Challenge) -> None:
    """Three tracks, each at another point."""
    won = {idea.title: idea for idea in submitted_ideas(challenge)}
    coach, today = people["coach"], timezone.localdate()
    for title, content in WORK.items():
        idea = won[title]
        owner = next(member.user for member in idea.members.all() if member.user)
        track = tracks.open_track(
            by=people["manager"], idea=idea, coach=coach, starts_on=today - timedelta(days=10), cycle_days=14
        )
        idea = Idea.objects.get(pk=idea.pk)
        assumptions = _write_down(owner, idea, content)
        _agree_hours(owner, track, content["hours"])
        for name in ("has_access", "knows_who_decides"):
            track = tracks.tick_start(by=owner, track=track, name=name, done=True)
        for test in content["tests"]:
            _run(owner, idea, assumptions, test)
        track = tracks.start_track(by=owner, track=track)
        tracks.give_pulse(by=owner, track=track, hours=content["hours"])
        tracks.give_pulse(by=owner, track=track, load=content["load"])
        if "screens" in content:
            _draw(owner, idea, content["screens"])
        if "partner" in content:
            tracks.add_partner(by=owner, idea=idea, values=content["partner"])
        if "objection" in content:
            _talk(owner, coach, idea, content["objection"])
        if "learning" in content:
            _learn(owner, idea, assumptions, content)
        if "gate" in content:
            _pass_a_gate(people, owner, idea, content["gate"])


def _agree_hours(owner: User, track: Track, hours: int) -> None:
    """The line manager, who has no account, presses "agree" behind the link in the mail."""
    agreement = tracks.agree_hours(
        by=owner,
        track=track,
        user=owner,
        hours=hours,
        line_manager_name="Leidinggevende (demo)",
        line_manager_email="leiding@demo.example",
    )
    tracks.sign_off_hours(token=token_of(agreement), agrees=True)


def _draw(owner: User, idea: Idea, content: dict[str, Any]) -> None:
    made = prototypes.make_prototype(by=owner, idea=idea, values=content["about"])
    for title, text, *words in content["rows"]:
        buttons = [prototypes.ButtonInput(word=word, pictogram=pictogram) for word, pictogram in words]
        prototypes.add_screen(
            by=owner, prototype=made, kind=Screen.Kind.TEXT, values={"title": title, "text": text}, buttons=buttons
        )


def _talk(owner: User, coach: User, idea: Idea, content: dict[str, Any]) -> None:
    objection = tracks.raise_objection(by=coach, idea=idea, kind=content["kind"], text=content["text"])
    evidence = Evidence.objects.filter(idea=idea, retracted_at=None)[:1]
    tracks.reply_to(by=owner, objection=objection, text=content["reply"], evidence=list(evidence))
    tracks.resolve(
        by=owner,
        objection=objection,
        decision=content["decision"],
        owner=owner,
        first_action=content["first_action"],
        due_on=timezone.localdate() + timedelta(days=5),
    )


def _pass_a_gate(people: dict[str, User], owner: User, idea: Idea, content: dict[str, Any]) -> None:
    request = gates.ask_review(by=owner, idea=idea, plan=content["plan"], budget_cents=content["budget_cents"])
    reviewer = people["expert"]
    gates.name_reviewer(by=people["manager"], request=request, user=reviewer)
    gates.declare(by=reviewer, request=request, free=True)
    gates.write_review(by=reviewer, request=request, outcome="go", reasons=content["reasons"])
    gates.decide_gate(by=people["manager"], request=request, outcome="go", reasons=content["reasons"])


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
    told = {
        name: value for name, value in test.items() if name not in {"about", "outcomes", "places", "note", "finish"}
    }
    card = actions.plan_card(
        by=owner,
        idea=idea,
        values=told | {"group": group},
        assumptions={assumptions[key]: yes for key, yes in test["about"].items()},
    )
    card = actions.start_card(by=owner, card=card)
    for number, (outcome, place) in enumerate(zip(test["outcomes"], cycle(test.get("places", ("",))), strict=False)):
        if card.readings.exclude(verdict="CONTINUE").exists():
            break
        note = test["note"] if number == 0 else ""
        actions.observe(
            by=owner,
            card=card,
            seen=[actions.Seen(key=uuid.uuid4(), outcome=outcome, seen_at=timezone.now(), place=place, note=note)],
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
