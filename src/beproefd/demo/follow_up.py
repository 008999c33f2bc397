# SPDX-License-Identifier: EUPL-1.2
"""The winning teams of the demo at work: assumptions, tests, evidence, learning, and the pivot of Sparen Loont."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from typing import Any

from django.utils import timezone

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.ideas.queries import submitted_ideas
from beproefd.discipline.portfolio import actions as portfolio
from beproefd.discipline.portfolio.exchange import Library, write
from beproefd.discipline.prototypes import actions as prototypes
from beproefd.discipline.prototypes.models import Screen
from beproefd.discipline.prototypes.pictures import read_picture
from beproefd.discipline.tracks import actions as tracks
from beproefd.discipline.tracks.models import Track
from beproefd.discipline.tracks.sign_off_link import token_of
from beproefd.discipline.validation import actions
from beproefd.discipline.validation.models import Assumption, CanvasRevision, Evidence, TargetGroup, TestCard
from beproefd.ground.accounts.models import User

from .calendar import Story, day
from .elsewhere import ELSEWHERE
from .follow_up_content import WORK
from .picture import twelve_euros

OPENED, WRITTEN, SIGNED, STARTED = -49, -48, -46, -45
"""The first days of a team: the track opens, assumptions are written, hours are signed off, the work starts."""
LATEST = -1
Act = tuple[int, Callable[[], None]]


@dataclass
class Team:
    """One team, and what it has made so far. After a pivot `idea` is the changed idea."""

    people: dict[str, User]
    owner: User
    idea: Idea
    content: dict[str, Any]
    groups: dict[str, TargetGroup] = field(default_factory=dict)
    assumptions: dict[str, Assumption] = field(default_factory=dict)

    @property
    def track(self) -> Track:
        """As it is now."""
        return Track.objects.get(idea=self.idea)

    def evidence_about(self, keys: list[str]) -> list[Evidence]:
        """Everything that counts for these assumptions."""
        about = [self.assumptions[key] for key in keys]
        return list(Evidence.objects.filter(links__assumption__in=about, retracted_at=None).distinct())


def teams_at_work(people: dict[str, User], challenge: Challenge) -> Iterator[Story]:
    """A story for each winning idea, and one of what the programme shares."""
    teams = {}
    for idea in submitted_ideas(challenge):
        if idea.title in WORK:
            owner = next(member.user for member in idea.members.all() if member.is_owner)
            teams[idea.title] = Team(people, owner, idea, WORK[idea.title])
            yield _story(teams[idea.title])
    yield _sharing(people["manager"], teams)


def _story(team: Team) -> Story:
    for number, act in sorted(_acts(team), key=lambda dated: dated[0]):
        yield number
        act()


def _acts(team: Team) -> Iterator[Act]:
    """Everything the team does, each with its day."""
    content = team.content
    yield OPENED, partial(_open, team)
    yield WRITTEN, partial(_write_down, team)
    for key, (hours, weeks) in content["hours"].items():
        yield SIGNED, partial(_agree_hours, team, team.people[key], hours)
        for number, (spent, load) in enumerate(weeks):
            yield STARTED + 4 + 7 * number, partial(_pulse, team, team.people[key], spent, load)
    yield STARTED, partial(_start, team)
    for test in content["tests"]:
        yield from _test(team, test)
    for kind, act in WRITES.items():
        for said in content.get(kind, []):
            yield said.get("on", WRITTEN), partial(act, team, said)
    for number, said in enumerate(content.get("cycles", []), start=1):
        yield said["on"], partial(_close_cycle, team, number, said)
    for said in content.get("gates", []):
        yield from _gate(team, said)


def _open(team: Team) -> None:
    manager, coach = team.people["manager"], team.people["coach"]
    tracks.open_track(by=manager, idea=team.idea, coach=coach, starts_on=day(STARTED).date(), cycle_days=14)
    team.idea = Idea.objects.get(pk=team.idea.pk)


def _write_down(team: Team) -> None:
    for name in team.content["groups"]:
        team.groups[name] = actions.add_target_group(by=team.owner, idea=team.idea, name=name)
    for key, said in team.content["assumptions"].items():
        values = {"owner": team.owner, "effort_days": 2} | said | {"group": team.groups.get(said.get("group", ""))}
        team.assumptions[key] = actions.add_assumption(by=team.owner, idea=team.idea, values=values)


def _log(team: Team, said: dict[str, Any]) -> None:
    values = {name: value for name, value in said.items() if name not in {"about", "on"}}
    values |= {"group": team.groups.get(said.get("group", "")), "seen_on": said["seen_on"] or timezone.localdate()}
    directions = {team.assumptions[key]: way for key, way in said["about"].items()}
    actions.log_evidence(by=team.owner, idea=team.idea, values=values, directions=directions)


def _revise(team: Team, said: dict[str, Any]) -> None:
    because = team.evidence_about(said.get("because", []))
    actions.revise_canvas(
        by=team.owner,
        idea=team.idea,
        base_number=team.idea.canvasrevisions.count(),
        values=said["values"],
        cause=CanvasRevision.Cause.EVIDENCE,
        explanation=said.get("explanation", ""),
        evidence=because,
    )


def _agree_hours(team: Team, user: User, hours: int) -> None:
    """The line manager, who has no account, presses "agree" behind the link in the mail."""
    agreement = tracks.agree_hours(
        by=user,
        track=team.track,
        user=user,
        hours=hours,
        line_manager_name="Leidinggevende (demo)",
        line_manager_email="leiding@demo.example",
    )
    tracks.sign_off_hours(token=token_of(agreement), agrees=True)


def _start(team: Team) -> None:
    for name in ("has_access", "knows_who_decides"):
        tracks.tick_start(by=team.owner, track=team.track, name=name, done=True)
    tracks.start_track(by=team.owner, track=team.track)


def _pulse(team: Team, user: User, hours: int, load: int) -> None:
    tracks.give_pulse(by=user, track=team.track, hours=hours)
    tracks.give_pulse(by=user, track=team.track, load=load)


def _test(team: Team, test: dict[str, Any]) -> Iterator[Act]:
    """Plan, start, observe on the days of the test until the content or the verdict ends it."""
    card: list[TestCard] = []
    yield test["plan"], lambda: card.append(_plan(team, test))
    yield test["start"], lambda: card.append(actions.start_card(by=team.owner, card=card[-1]))
    seen = zip(test["outcomes"], cycle(test.get("places", ("",))), strict=False)
    for number, (outcome, place) in enumerate(seen):
        note = test["note"] if number == 0 else ""
        today = test["start"] + 1 + int(number * test.get("days_between", 1))
        yield min(today, LATEST), partial(_observe, team, card, outcome, place, note)


def _plan(team: Team, test: dict[str, Any]) -> TestCard:
    other = {"about", "outcomes", "places", "note", "plan", "start", "days_between"}
    values = {name: value for name, value in test.items() if name not in other}
    return actions.plan_card(
        by=team.owner,
        idea=team.idea,
        values=values | {"group": team.groups[test["group"]]},
        assumptions={team.assumptions[key]: yes for key, yes in test["about"].items()},
    )


def _observe(team: Team, started: list[TestCard], outcome: bool, place: str, note: str) -> None:
    card = TestCard.objects.get(pk=started[-1].pk)
    if card.state != TestCard.State.RUNNING:
        return
    seen = actions.Seen(key=uuid.uuid4(), outcome=outcome, seen_at=timezone.now(), place=place, note=note)
    actions.observe(by=team.owner, card=card, seen=[seen])
    if card.readings.exclude(verdict="CONTINUE").exists():
        actions.finish_card(by=team.owner, card=card)


def _learn(team: Team, said: dict[str, Any]) -> None:
    tracks.decide_on_learning(
        by=team.owner,
        idea=team.idea,
        values={name: said[name] for name in ("believed", "observed", "learned", "therefore", "decision")},
        assumptions=[team.assumptions[key] for key in said["about"]],
        evidence=team.evidence_about(said["about"]),
        pivot=said.get("pivot"),
        request_key=uuid.uuid4(),
    )
    if "pivot" in said:
        team.idea = Idea.objects.get(pivot_of=team.idea)


def _override(team: Team, said: dict[str, Any]) -> None:
    actions.override_status(
        by=team.owner, assumption=team.assumptions[said["about"]], status=said["status"], reason=said["reason"]
    )


def _close_cycle(team: Team, number: int, said: dict[str, Any]) -> None:
    closing = team.track.cycles.get(number=number)
    tracks.close_cycle(by=team.owner, cycle=closing, goal=said["goal"], answer=said["answer"])
    for key, (skills, sentence) in said.get("skills", {}).items():
        tracks.write_reflection(by=team.people[key], cycle=closing, skills=skills, sentence=sentence)


def _draw(team: Team, content: dict[str, Any]) -> None:
    made = prototypes.make_prototype(by=team.owner, idea=team.idea, values=content["about"])
    for said in content["rows"]:
        picture = read_picture(twelve_euros()) if "alt" in said else None
        prototypes.add_screen(
            by=team.owner,
            prototype=made,
            kind=Screen.Kind.DRAWING if picture else Screen.Kind.TEXT,
            values={name: said[name] for name in ("title", "text", "alt") if name in said},
            buttons=[prototypes.ButtonInput(word=word, pictogram=pictogram) for word, pictogram in said["buttons"]],
            picture=picture,
        )


def _partner(team: Team, said: dict[str, Any]) -> None:
    values = {name: value for name, value in said.items() if name != "on"}
    tracks.add_partner(by=team.owner, idea=team.idea, values=values)


def _talk(team: Team, said: dict[str, Any]) -> None:
    objection = tracks.raise_objection(by=team.people["coach"], idea=team.idea, kind=said["kind"], text=said["text"])
    tracks.reply_to(
        by=team.owner, objection=objection, text=said["reply"], evidence=team.evidence_about(said["because"])
    )
    resolution = tracks.resolve(
        by=team.owner,
        objection=objection,
        decision=said["decision"],
        owner=team.owner,
        first_action=said["first_action"],
        due_on=day(said["on"] + 5).date(),
    )
    tracks.tick_action(by=team.owner, resolution=resolution)


def _gate(team: Team, said: dict[str, Any]) -> Iterator[Act]:
    manager, reviewer = team.people["manager"], team.people["expert"]
    request: list[Any] = []

    def ask() -> None:
        request.append(
            portfolio.ask_review(by=team.owner, idea=team.idea, plan=said["plan"], budget_cents=said["budget_cents"])
        )
        portfolio.name_reviewer(by=manager, request=request[0], user=reviewer)

    def review() -> None:
        portfolio.declare(by=reviewer, request=request[0], free=True)
        portfolio.write_review(by=reviewer, request=request[0], outcome="go", reasons=said["reasons"])

    yield said["on"], ask
    yield said["on"] + 3, review
    yield (
        said["on"] + 5,
        lambda: portfolio.decide_gate(by=manager, request=request[0], outcome="go", reasons=said["reasons"]),
    )


WRITES: dict[str, Callable[[Team, dict[str, Any]], None]] = {
    "evidence": _log,
    "canvas": _revise,
    "learning": _learn,
    "overrides": _override,
    "screens": _draw,
    "partners": _partner,
    "objections": _talk,
}
"""What a team writes down -> how."""


def _sharing(manager: User, teams: dict[str, Team]) -> Story:
    """What was learned goes to everyone, failures included; and what another city learned comes in."""
    yield -9
    for team in teams.values():
        for said in team.content.get("published", []):
            portfolio.publish_entry(
                by=manager,
                assumption=team.assumptions[said["about"]],
                statement=said["statement"],
                learning=said["learning"],
                target_group=said["target_group"],
                confirmed={},
            )
    yield -8
    library = Library(**{**ELSEWHERE, "as_of": f"{day(-30):%Y-%m-%dT%H:%M:%S}.000000+00:00"})
    portfolio.import_library(by=manager, raw=write(library).encode(), confirmed={})
