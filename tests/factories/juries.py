# SPDX-License-Identifier: EUPL-1.2
"""Jury rounds in every state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.juries import actions
from beproefd.discipline.juries.actions import ScoreInput
from beproefd.discipline.juries.models import Assessment, Round, RoundState, Seat
from beproefd.ground.accounts.models import User

from .ideas import jury_challenge
from .kept import kept
from .people import person

ABSTAIN = "abstain"


@dataclass
class World:
    """Everyone and everything of one jury round. `fresh()` reads the round and the ideas again."""

    manager: User
    second_manager: User
    owners: list[User]
    jurors: list[User]
    challenge: Challenge
    round: Round
    ideas: list[Idea]

    def fresh(self) -> "World":
        """Forget what was read before."""
        self.challenge = Challenge.objects.get(pk=self.challenge.pk)
        self.round = Round.objects.get(pk=self.round.pk)
        self.ideas = [Idea.objects.get(pk=idea.pk) for idea in self.ideas]
        return self

    def seat(self, juror: User) -> Seat:
        """The seat of a juror."""
        return self.round.seats.get(user=juror)


def scores(**values: Any) -> dict[str, ScoreInput]:
    """Scores per criterion key (`mag_het` is mag-het); None is left open, "abstain" is an abstention."""
    made = {}
    for name, value in values.items():
        key = name.replace("_", "-")
        made[key] = ScoreInput(abstained=True) if value == ABSTAIN else ScoreInput(value, reason=f"Want {value}.")
    return made


def all_scores(value: Any = 4, mag_het: Any = 1) -> dict[str, ScoreInput]:
    """The same score on every weighted criterion of `challenges.CRITERIA`."""
    return scores(mag_het=mag_het, waarde=value, haalbaar=value)


def judge(
    world: World,
    juror: User,
    idea: Idea,
    given: Any = 4,
    *,
    submit: bool = True,
    confidence: int | None = 2,
    revision: int | None = None,
) -> Assessment:
    """A juror declares that nothing binds and judges. `given` is one score for all, or scores per criterion key."""
    idea = Idea.objects.get(pk=idea.pk)
    actions.declare(by=juror, jury_round=world.round, idea=idea, free=True)
    live = Assessment.objects.filter(seat__round=world.round, seat__user=juror, idea=idea).exclude(state="void").first()
    return actions.save_assessment(
        by=juror,
        jury_round=world.round,
        idea=idea,
        version_number=idea.current.number,
        revision=revision if revision is not None else (live.revision if live else 0),
        scores=given if isinstance(given, Mapping) else all_scores(given),
        confidence=confidence,
        submit=submit,
    )


def judge_all(world: World, values: Sequence[int] | None = None) -> None:
    """Every juror judges every idea on their list; `values` gives the score per idea (4, 3, 2 ... by default)."""
    values = values or [max(1, 5 - number) for number in range(1, len(world.ideas) + 1)]
    given = dict(zip([idea.pk for idea in world.ideas], values, strict=True))
    for juror in world.jurors:
        for assignment in world.seat(juror).assignments.filter(withdrawn_at=None).select_related("idea"):
            judge(world, juror, assignment.idea, given[assignment.idea_id])


def answer_all(world: World, text: str = "Dank voor uw idee. Dit is onze reden.") -> None:
    """A reasoned answer for every team."""
    for idea in world.ideas:
        actions.write_answer(
            by=world.manager, jury_round=world.round, idea=idea, text=f"{text} ({idea.reference})", revision=0
        )


@kept
def world(
    state: str = RoundState.SCORING,
    *,
    ideas: int = 4,
    jurors: int = 4,
    per_idea: int | None = None,
    values: Sequence[int] | None = None,
    **rules: Any,
) -> World:
    """A jury round in this state with its people. Idea number 1 gets the highest scores unless `values` says otherwise.

    Nobody is bound to anything: jurors and owners come from different organisations. The last juror is an expert by
    experience. In DELIBERATION and later every idea is judged by `per_idea` jurors (all of them by default).
    """
    manager = person("manager", name="Marga Programma", organisation="Gemeente")
    second_manager = person("manager", name="Tom Programma", organisation="Gemeente")
    owners = [person("team", name=f"Eigenaar {n}", organisation=f"Stichting {n}") for n in range(1, ideas + 1)]
    members = [person("juror", name=f"Jurylid {n}", organisation=f"Bureau {n}") for n in range(1, jurors + 1)]
    challenge = jury_challenge(manager, owners, **rules)
    found = [Idea.objects.get(challenge=challenge, members__user=owner) for owner in owners]
    jury_round = actions.open_round(by=manager, challenge=challenge)
    for number, juror in enumerate(members, start=1):
        kind = Seat.Kind.EXPERIENCE if number == jurors else Seat.Kind.MEMBER
        actions.seat_juror(by=manager, jury_round=jury_round, user=juror, kind=kind, expertise=f"Vak {number}")
    made = World(manager, second_manager, owners, members, challenge, jury_round, found)
    if state == RoundState.PREPARING:
        return made.fresh()
    actions.assign_ideas(by=manager, jury_round=jury_round, per_idea=per_idea or jurors)
    actions.open_scoring(by=manager, jury_round=jury_round)
    made.fresh()
    if state == RoundState.VOID:
        actions.void_round(by=manager, jury_round=made.round, reason="Opnieuw, want de regels veranderen.")
    if state in {RoundState.DELIBERATION, RoundState.DECIDED}:
        judge_all(made, values)
        actions.close_scoring(by=manager, jury_round=made.round)
    if state == RoundState.DECIDED:
        answer_all(made.fresh())
        actions.close_round(by=manager, jury_round=made.round)
    return made.fresh()
