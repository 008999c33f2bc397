# SPDX-License-Identifier: EUPL-1.2
"""Walk the real case from challenge to decision, through the actions that the pages call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import override

from beproefd.discipline.challenges import actions as challenges
from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas import actions as ideas
from beproefd.discipline.ideas.models import VERSION_FIELDS, Idea, TeamMember
from beproefd.discipline.ideas.queries import submitted_ideas
from beproefd.discipline.juries import actions as juries
from beproefd.discipline.juries.models import Assignment, Interest, Round, RoundState, Seat
from beproefd.discipline.juries.queries import answer_draft, decided_round, standings_among, visible_interests
from beproefd.discipline.juries.sentences import stability_sentence
from beproefd.ground.accounts.actions import open_account
from beproefd.ground.accounts.models import Role, User
from beproefd.ground.audit.queries import verify

from .calendar import Story, day, play
from .content import CHALLENGE, COLLEAGUES, CRITERIA, IDEAS, JURORS, LENIENCY, OWNERS, PEOPLE, QUALITY, STIMULI
from .follow_up import teams_at_work

BUILDER = "beproefd demo"
OPENED, CLOSED, DECIDED = -97, -66, -51
"""Days on which the real case lets ideas in, closes, and is decided; today is 0. The teams work from then on."""
PRACTICE = -2
TO_PRACTISE = {
    "intake": "Oefenen: dien zelf een idee in",
    "jury": "Oefenen: beoordeel als jurylid",
}


def build() -> None:
    """Build what is not there yet. A second run changes nothing, so what a visitor entered stays."""
    if Challenge.objects.filter(title=CHALLENGE["title"], is_demo=True).exists():
        return
    with override("nl"), _no_mail(), transaction.atomic():
        people = _people()
        play(_decided_case(people))
        challenge = Challenge.objects.get(title=CHALLENGE["title"])
        play(*teams_at_work(people, challenge), _open_for_ideas(people), _with_the_jury(people))


@contextmanager
def _no_mail() -> Iterator[None]:
    """The walk-through would mail a dozen made-up people; the pages do mail, to the console."""
    kept, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.dummy.EmailBackend"
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = kept


def _people() -> dict[str, User]:
    people = {
        key: open_account(
            by=BUILDER, email=f"{key}@demo.example", name=name, organisation=organisation, roles=roles, is_demo=True
        )
        for key, (name, organisation, roles, _about) in PEOPLE.items()
    }
    for key, name, organisation, *_rest in JURORS:
        people[key] = open_account(
            by=BUILDER,
            email=f"{key}@demo.example",
            name=name,
            organisation=organisation,
            roles=[Role.JUROR],
            is_demo=True,
        )
    for key, name, organisation, *_rest in (*OWNERS.values(), *COLLEAGUES):
        people[key] = open_account(
            by=BUILDER,
            email=f"{key}@demo.example",
            name=name,
            organisation=organisation,
            roles=[Role.TEAM],
            is_demo=True,
        )
    return people


def _challenge(manager: User, title: str, opened: int) -> Challenge:
    """A challenge with canvas, cards and locked criteria, open for ideas from the day `opened`."""
    challenge = challenges.create_challenge(by=manager, title=title, is_demo=True)
    dates = {
        "intake_opens": day(opened).date(),
        "intake_deadline": day(opened + 30, hour=17),
        "jury_until": day(opened + 43).date(),
        "decision_on": day(opened + 46).date(),
        "follow_up_until": day(opened + 112).date(),
    }
    values = {name: value for name, value in CHALLENGE.items() if name != "title"} | dates
    challenges.revise_canvas(by=manager, challenge=challenge, base_number=0, values=values)
    for card in STIMULI:
        challenges.save_stimulus(by=manager, challenge=challenge, values=card)
    draft = challenges.draft_criteria(by=manager, challenge=challenge)
    challenges.set_decision_rules(by=manager, criteria_set=draft, values={"quorum": 3, "winners": 3})
    for criterion in CRITERIA:
        values = {name: value for name, value in criterion.items() if name != "anchors"}
        challenges.save_criterion(by=manager, criteria_set=draft, values=values, anchors=criterion["anchors"])
    challenges.lock_criteria(by=manager, criteria_set=draft)
    return challenges.open_intake(by=manager, challenge=challenge)


def _hand_in(challenge: Challenge, people: dict[str, User], content: dict[str, Any]) -> Idea:
    cards = {card.title: card for card in challenge.stimuli.all()}
    owner = people[OWNERS[content["title"]][0]]
    idea = ideas.start_idea(
        by=owner,
        challenge=challenge,
        values={name: content[name] for name in VERSION_FIELDS},
        sparks=[cards[title] for title in content["sparks"]],
        kind=content["kind"],
        is_demo=content["is_demo"],
    )
    for key, name, organisation, kind, title in COLLEAGUES:
        if title == idea.title:
            who = {"name": name, "organisation": organisation, "kind": kind, "email": people[key].email}
            ideas.accept_invitation(by=people[key], invitation=ideas.invite_member(by=owner, idea=idea, **who))
    ideas.add_member(
        by=owner, idea=idea, name="Ervaringsdeskundige (demo)", organisation="", kind=TeamMember.Kind.RESIDENT
    )
    return ideas.submit_idea(by=owner, idea=idea)


def _jury(manager: User, challenge: Challenge, people: dict[str, User], per_idea: int, reason: str = "") -> Round:
    challenges.close_intake(by=manager, challenge=challenge, reason=reason)
    jury_round = juries.open_round(by=manager, challenge=challenge)
    for key, _name, _organisation, expertise, kind in JURORS:
        juries.seat_juror(by=manager, jury_round=jury_round, user=people[key], kind=kind, expertise=expertise)
    for interest in visible_interests(manager, jury_round).filter(status=Interest.Status.OPEN):
        juries.confirm_interest(
            by=manager, interest=interest, reason="Zelfde organisatie: dit jurylid leest het idee niet."
        )
    juries.assign_ideas(by=manager, jury_round=jury_round, per_idea=per_idea)
    return juries.open_scoring(by=manager, jury_round=jury_round)


def _judge(jury_round: Round, person: User, key: str, idea: Idea) -> None:
    """Declare and hand in made-up scores for one idea."""
    juries.declare(by=person, jury_round=jury_round, idea=idea, free=True)
    qualities = iter(QUALITY[idea.title])
    scores = {}
    for criterion in jury_round.rules.criteria:
        if criterion.is_knock_out:
            scores[criterion.key] = juries.ScoreInput(value=1, reason="Ik zie geen bezwaar.")
            continue
        value = min(5, max(1, next(qualities) + LENIENCY[key]))
        if key == "expert" and criterion.name == "Haalbaar":
            scores[criterion.key] = juries.ScoreInput(abstained=True, reason="Dit weet ik niet goed genoeg.")
        else:
            scores[criterion.key] = juries.ScoreInput(value=value, reason=criterion.anchors[value])
    juries.save_assessment(
        by=person,
        jury_round=jury_round,
        idea=idea,
        version_number=idea.current.number,
        revision=0,
        scores=scores,
        confidence=2,
        submit=True,
    )


def _readings(jury_round: Round) -> list[tuple[User, str, Idea]]:
    keys = {f"{key}@demo.example": key for key, *_rest in JURORS}
    assignments = Assignment.objects.filter(seat__round=jury_round, withdrawn_at=None).select_related(
        "seat__user", "idea"
    )
    return [(a.seat.user, keys[a.seat.user.email], a.idea) for a in assignments.order_by("pk")]


def _decided_case(people: dict[str, User]) -> Story:
    """The whole path: six ideas, a late recusal with an alternate, a changed score, a dissent, a decision."""
    manager = people["manager"]
    yield OPENED
    challenge = _challenge(manager, CHALLENGE["title"], OPENED)
    handed_in = []
    for number, content in enumerate(IDEAS):
        yield OPENED + 4 + 4 * number
        handed_in.append(_hand_in(challenge, people, content))
    yield CLOSED
    jury_round = _jury(manager, challenge, people, per_idea=5)
    for number, (person, key, idea) in enumerate(_readings(jury_round)):
        yield CLOSED + 1 + number // 4
        _judge(jury_round, person, key, idea)

    yield DECIDED - 5
    late = next(idea for person, key, idea in _readings(jury_round) if key == "juror4")
    juries.recuse(
        by=people["juror4"],
        jury_round=jury_round,
        idea=late,
        kind=Interest.Kind.PERSONAL,
        note="Demo: een oud-collega blijkt in het team te zitten.",
    )
    juries.activate_alternate(by=manager, seat=Seat.objects.get(round=jury_round, user=people["alternate"]))
    juries.assign_ideas(by=manager, jury_round=jury_round, per_idea=5)
    for person, key, idea in _readings(jury_round):
        if key == "alternate":
            yield DECIDED - 4
            _judge(jury_round, person, key, idea)

    yield DECIDED - 2
    jury_round = juries.close_scoring(by=manager, jury_round=jury_round)
    mind_changed = next(idea for person, key, idea in _readings(jury_round) if key == "juror5")
    value = jury_round.rules.heaviest
    before = min(5, QUALITY[mind_changed.title][0] + LENIENCY["juror5"])
    juries.change_score(
        by=people["juror5"],
        jury_round=jury_round,
        idea=mind_changed,
        criterion=value.key,
        value=before - 1,
        reason="Na het gesprek zie ik dat minder mensen dit zullen gebruiken.",
        old_value=before,
    )
    juries.note_dissent(
        by=people["expert"],
        jury_round=jury_round,
        text="Ik had ‘Klusruil in de straat’ hoger gezet: buren helpen elkaar het snelst.",
        is_named=True,
    )
    yield DECIDED
    for idea in handed_in:
        text = answer_draft(manager, jury_round, idea)
        juries.write_answer(by=manager, jury_round=jury_round, idea=idea, text=text, revision=0)
    juries.close_round(by=manager, jury_round=jury_round)


def _open_for_ideas(people: dict[str, User]) -> Story:
    yield PRACTICE
    _challenge(people["manager"], TO_PRACTISE["intake"], PRACTICE)


def _with_the_jury(people: dict[str, User]) -> Story:
    """A round in which the first juror still has everything to do."""
    manager = people["manager"]
    yield PRACTICE
    challenge = _challenge(manager, TO_PRACTISE["jury"], PRACTICE)
    for content in IDEAS:
        if content["title"] in {"Klusruil in de straat", "Brief in gewone taal", "Korting aan de kassa"}:
            _hand_in(challenge, people, content)
    yield PRACTICE + 1
    early = "Demo: de inzending sluit eerder, dan kan de jury beginnen."
    jury_round = _jury(manager, challenge, people, per_idea=5, reason=early)
    for person, key, idea in _readings(jury_round):
        if key not in {"juror", "expert"}:
            _judge(jury_round, person, key, idea)


def report(address: str) -> list[str]:
    """What the demo ran, in about ten lines."""
    with override("nl"):
        challenge = Challenge.objects.filter(title=CHALLENGE["title"], is_demo=True).first()
        jury_round = decided_round(None, challenge) if challenge else None
        if challenge is None or jury_round is None or jury_round.state != RoundState.DECIDED:
            return [f"De demo staat op {address}/demo/"]
        field = list(submitted_ideas(challenge))
        titles = {idea.reference: idea.title for idea in field}
        standings = standings_among(jury_round, field, seed=jury_round.criteria_set.lottery_seed)
        top = ", ".join(
            f"{line.place}. {titles[line.idea]} ({number_format(round(line.mean, 2), decimal_pos=2)})"
            for line in standings.lines
            if line.wins
        )
        seats = jury_round.seats.filter(is_active=True).count()
        judged = jury_round.seats.filter(assessments__state="submitted").values("assessments").count()
        log = verify()
        return [
            "",
            f"Uitdaging    {challenge.canvas.mission}",
            (
                f"Criteria     versie {jury_round.rules.version}, vastgelegd vóór het eerste idee, "
                f"SHA-256 {jury_round.criteria_set.fingerprint}"
            ),
            f"Jury         {seats} leden gaven {judged} oordelen over {len(field)} ideeën (demo)",
            f"Uitslag      {top}",
            f"Hoe stevig?  {stability_sentence(standings, titles)}",
            f"Logboek      {log.entries} regels, {'heel' if log.whole else 'NIET HEEL: ' + log.problem}",
            f"Kijk zelf    {address}/demo/  kies een rol: programmamanager, team, jurylid, coach of beheerder",
            f"Het besluit  {address}{reverse('juries:decision', args=[challenge.slug])}",
            "Zelf doen    twee uitdagingen om te oefenen: idee indienen (team) en beoordelen (jurylid)",
            f"Stoppen      Ctrl+C. Wat je invult blijft staan in {settings.DATA_DIR}",
            "",
        ]
