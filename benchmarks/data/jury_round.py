# SPDX-License-Identifier: EUPL-1.2
"""A large jury round: as many ideas, jurors and readings as asked for, in an empty database.

The challenge, its criteria, the assignments and every change of state come in through the actions a user calls. Teams,
ideas, seats, assessments and answers are written straight into the tables, together with the entries in the log that
belong to them: through the actions 20,000 assessments would take hours. A benchmark may do that; the product and its
demo may not.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from beproefd.discipline.challenges import actions as challenges
from beproefd.discipline.challenges.for_rooms_above import mark_criteria_used
from beproefd.discipline.challenges.models import Challenge, Criterion
from beproefd.discipline.ideas.models import Idea, IdeaState, IdeaVersion, TeamMember
from beproefd.discipline.ideas.queries import submitted_ideas
from beproefd.discipline.juries import actions as juries
from beproefd.discipline.juries.models import Answer, Assessment, Assignment, Declaration, Interest, Round, Score, Seat
from beproefd.discipline.juries.queries import basis_of
from beproefd.ground.accounts.actions import open_account
from beproefd.ground.accounts.models import Role, RoleGrant, User
from beproefd.ground.audit.actions import record_creation

WEIGHTS = (30, 20, 15, 15, 10, 10)
CONFLICTS = 50  # one in so many pairs of juror and idea is a conflict of interest
CHANGED = 40  # scores changed in the deliberation
DISSENTS = 5
TEXT = "Mensen met weinig geld hebben weinig tijd en weinig rust. Wij brengen hulp bij elkaar die er al is. "


@dataclass(frozen=True)
class Size:
    """`per_idea` jurors judge each idea; conflicts of interest come off."""

    ideas: int
    jurors: int
    per_idea: int
    criteria: int = 6


@dataclass(frozen=True)
class World:
    """The round in deliberation, and who looks at it."""

    size: Size
    manager: User
    juror: User
    round: Round
    idea: Idea

    @property
    def slug(self) -> str:
        return self.round.challenge.slug


def build(size: Size, say) -> World:
    """The whole round up to and including the deliberation, in one transaction."""
    rng = np.random.default_rng(20260301)
    with transaction.atomic():
        manager = open_account(by="the benchmark", email="manager@maat.example", name="Marga", roles=[Role.MANAGER])
        challenge = _challenge(manager, size)
        say(f"{size.ideas} ideas")
        _ideas(challenge, size)
        challenge = challenges.close_intake(by=manager, challenge=challenge, reason="Alle ideeën zijn binnen.")
        say(f"{size.jurors} seats, interests, assignments")
        jury_round, jurors = _jury(manager, challenge, size, rng)
        say("assessments")
        _assessments(jury_round, size, rng)
        jury_round = juries.close_scoring(by=manager, jury_round=jury_round)
        say("deliberation")
        _deliberation(jury_round, jurors)
        _answers(manager, jury_round)
    made = Round.objects.select_related("challenge", "criteria_set").get(pk=jury_round.pk)
    return World(size, manager, jurors[0], made, _judged_by(made, jurors[0]))


def _answers(manager: User, jury_round: Round) -> None:
    """A reasoned answer for every team, so that the round can close."""
    ideas = list(submitted_ideas(jury_round.challenge))
    basis = basis_of(jury_round, ideas)
    written = [
        Answer(round=jury_round, idea=idea, text=TEXT * 4, author=manager, based_on=basis[idea.pk]) for idea in ideas
    ]
    record_creation(manager, "write_answer", *Answer.objects.bulk_create(written, batch_size=500))


def _challenge(manager: User, size: Size) -> Challenge:
    made = challenges.create_challenge(by=manager, title="Maat")
    now = timezone.now()
    values = {
        "mission": "Hoe kunnen we de armoede bestrijden?",
        "target_group": "Huishoudens met een laag inkomen.",
        "target_number": 1000,
        "target_number_source": "Verzonnen voor deze meting",
        "target_number_date": now.date(),
        "outcome_words": ["autonomie"],
        "out_of_scope": "Landelijke regels.",
        "owner": "Wethouder",
        "mandate": "Drie proeven.",
        "intake_deadline": now + timedelta(days=7),
        "jury_until": now.date() + timedelta(days=14),
        "decision_on": now.date() + timedelta(days=21),
        "follow_up_until": now.date() + timedelta(days=90),
    }
    challenges.revise_canvas(by=manager, challenge=made, base_number=0, values=values)
    card = {"kind": "case", "title": "Kaart", "body": "Een voorbeeld.", "source": "Deze meting"}
    challenges.save_stimulus(by=manager, challenge=made, values=card)
    draft = challenges.draft_criteria(by=manager, challenge=made)
    challenges.set_decision_rules(by=manager, criteria_set=draft, values={"quorum": 3, "winners": 3})
    weights = WEIGHTS if size.criteria == len(WEIGHTS) else (100,)
    for number, weight in enumerate(weights, start=1):
        challenges.save_criterion(
            by=manager,
            criteria_set=draft,
            values={
                "kind": Criterion.Kind.WEIGHTED,
                "name": f"Criterium {number}",
                "question": f"Hoe goed is het op punt {number}?",
                "weight": weight,
            },
            anchors={score: f"Dat is een {score}." for score in range(1, 6)},
        )
    challenges.lock_criteria(by=manager, criteria_set=draft)
    return challenges.open_intake(by=manager, challenge=made)


def _ideas(challenge: Challenge, size: Size) -> None:
    by, now = "the benchmark", timezone.now()
    numbers = range(1, size.ideas + 1)
    owners = User.objects.bulk_create(
        User(email=f"team-{n}@maat.example", name=f"Team {n}", organisation=f"Stichting {n}", password="!")
        for n in numbers
    )
    grants = [RoleGrant(user=owner, role=Role.TEAM) for owner in owners]
    record_creation(by, "grant_role", *RoleGrant.objects.bulk_create(grants))
    made = Idea.objects.bulk_create(
        Idea(challenge=challenge, reference=f"{n:05}", state=IdeaState.SUBMITTED, submitted_at=now, entered_by=owner)
        for n, owner in zip(numbers, owners, strict=True)
    )
    record_creation(by, "submit_idea", *made)
    versions = [
        IdeaVersion(
            idea=idea,
            number=1,
            title=f"Idee {n}",
            problem=TEXT * 2,
            solution=TEXT * 4,
            value=TEXT * 2,
            author=idea.entered_by,
        )
        for n, idea in zip(numbers, made, strict=True)
    ]
    record_creation(by, "save_idea_version", *IdeaVersion.objects.bulk_create(versions))
    members = [
        TeamMember(
            idea=idea,
            user=idea.entered_by,
            name=idea.entered_by.name,
            organisation=idea.entered_by.organisation,
            kind=TeamMember.Kind.COMPANY,
            is_owner=True,
        )
        for idea in made
    ]
    record_creation(by, "join_team", *TeamMember.objects.bulk_create(members))


def _jury(manager: User, challenge: Challenge, size: Size, rng: np.random.Generator) -> tuple[Round, list[User]]:
    jury_round = juries.open_round(by=manager, challenge=challenge)
    jurors = [
        open_account(
            by="the benchmark",
            email=f"juror-{number}@maat.example",
            name=f"Jurylid {number}",
            organisation=f"Bureau {number}",
            roles=[Role.JUROR],
        )
        for number in range(1, size.jurors + 1)
    ]
    seats = [
        Seat(round=jury_round, user=juror, name=juror.name, organisation=juror.organisation, expertise="Armoede")
        for juror in jurors
    ]
    seats[-1].kind = Seat.Kind.EXPERIENCE
    record_creation(manager, "seat_juror", *Seat.objects.bulk_create(seats))
    field = list(submitted_ideas(challenge))
    bound = [
        Interest(round=jury_round, user=juror, idea=idea, kind=Interest.Kind.PERSONAL, note="Kent iemand in het team.")
        for juror in jurors
        for idea in field
        if rng.integers(CONFLICTS) == 0
    ]
    record_creation(manager, "note_interest", *Interest.objects.bulk_create(bound, batch_size=500))
    juries.assign_ideas(by=manager, jury_round=jury_round, per_idea=size.per_idea)
    return juries.open_scoring(by=manager, jury_round=jury_round), jurors


def _assessments(jury_round: Round, size: Size, rng: np.random.Generator) -> None:
    mark_criteria_used(by="the benchmark", criteria_set=jury_round.criteria_set)
    keys = [criterion.key for criterion in jury_round.rules.criteria]
    versions = {idea.pk: idea.current for idea in submitted_ideas(jury_round.challenge)}
    quality = dict(zip(sorted(versions), rng.normal(3, 0.7, len(versions)), strict=True))
    now = timezone.now()
    for seat in Seat.objects.filter(round=jury_round).select_related("user"):
        assigned = list(Assignment.objects.filter(seat=seat, withdrawn_at=None).values_list("idea_id", flat=True))
        free = [Declaration(seat=seat, idea_id=pk, free=True) for pk in assigned]
        record_creation(seat.user, "declare", *Declaration.objects.bulk_create(free, batch_size=500))
        handed_in = [
            Assessment(
                seat=seat,
                idea_id=pk,
                version=versions[pk],
                state=Assessment.State.SUBMITTED,
                confidence=2,
                revision=1,
                submitted_at=now,
            )
            for pk in assigned
        ]
        made = Assessment.objects.bulk_create(handed_in, batch_size=500)
        leniency = rng.normal(0, 0.4)
        scores = []
        for assessment in made:
            values = np.clip(np.rint(quality[assessment.idea_id] + leniency + rng.normal(0, 0.8, size.criteria)), 1, 5)
            scores += [
                Score(assessment=assessment, criterion=key, value=int(value), reason="Dat blijkt uit het plan.")
                for key, value in zip(keys, values, strict=True)
            ]
        Score.objects.bulk_create(scores, batch_size=1000)
        record_creation(seat.user, "submit_assessment", *made)


def _judged_by(jury_round: Round, juror: User) -> Idea:
    assignment = Assignment.objects.filter(seat__round=jury_round, seat__user=juror, withdrawn_at=None).first()
    return assignment.idea


def _deliberation(jury_round: Round, jurors: list[User]) -> None:
    """The same number of changed scores and dissents whatever the number of ideas, through the actions."""
    seats = {seat.user_id: seat for seat in jury_round.seats.all()}
    for number in range(CHANGED):
        juror = jurors[number % len(jurors)]
        rows = seats[juror.pk].assessments.order_by("pk")
        turn = number // len(jurors)
        assessment = rows[turn % rows.count()]
        score = assessment.scores.order_by("pk")[turn // rows.count()]
        juries.change_score(
            by=juror,
            jury_round=jury_round,
            idea=assessment.idea,
            criterion=score.criterion,
            value=score.value - 1 if score.value > 1 else 2,
            reason="Na het gesprek zie ik dit anders.",
            old_value=score.value,
        )
    for juror in jurors[:DISSENTS]:
        juries.note_dissent(by=juror, jury_round=jury_round, text="Ik had een ander idee hoger gezet.", is_named=True)
