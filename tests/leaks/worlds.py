# SPDX-License-Identifier: EUPL-1.2
"""The same jury room with and without the hidden thing, grown to the same state."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core import mail
from django.db import transaction

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.juries import actions
from beproefd.discipline.juries.actions import ScoreInput
from beproefd.discipline.juries.models import Interest, Round
from beproefd.ground.accounts.models import User
from tests import factories

HUSH = "Zilvervos"  # stands in every text of the hidden idea and of what the jury says about it
TEXTS = {
    "title": f"{HUSH} spaart",
    "problem": f"{HUSH}: mensen met weinig geld kunnen niet sparen.",
    "solution": f"{HUSH}: een maatje en een spaarrekening.",
    "value": f"{HUSH}: meer rust.",
    "building_blocks": f"{HUSH}: een bank.",
}
HIDDEN, OPEN, BINDING, RACING = "HHHHH", "PPPPP", "BBBBB", "MMMMM"
SEATS = ("free", "suggested", "confirmed", "declared", "late", "expert", "tardy", "seated")


@dataclass
class Lots:
    """Draws the references and the lottery's seed the same in both worlds."""

    letters: list[str] = field(default_factory=list)

    def choice(self, alphabet: str) -> str:
        """The next letter of the planned reference."""
        return self.letters.pop(0) if self.letters else alphabet[0]

    def token_hex(self, size: int) -> str:
        """The seed."""
        return "5e" * size


@dataclass
class Room:
    """A challenge with its jury, on the way to a decision."""

    lots: Lots
    people: dict[str, User]
    challenge: Challenge
    round: Round
    ideas: dict[str, Idea] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        """`room.manager`: someone by the name of the part they play."""
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def hand_in(self, reference: str, owner: User, **texts: str) -> Idea:
        """An idea with this reference."""
        self.lots.letters = list(reference)
        self.ideas[reference] = factories.idea(owner, self.challenge, **texts)
        return self.ideas[reference]

    def judge(self, juror: str, reference: str, value: int = 4, *, submit: bool = True, says: str = "") -> None:
        """A juror declares that nothing binds and judges; what is said of the hidden idea holds the word."""
        reason = says or (f"{HUSH} krijgt {value}." if reference == HIDDEN else "Dit past goed.")
        given = {key: ScoreInput(value, reason=reason) for key in ("waarde", "haalbaar")}
        given["mag-het"] = ScoreInput(1, reason=reason)
        factories.judge(self, self.people[juror], self.ideas[reference], given, submit=submit)

    def answer(self, reference: str, text: str) -> None:
        """The answer to a team."""
        actions.write_answer(by=self.manager, jury_round=self.round, idea=self.ideas[reference], text=text, revision=0)


def everyone(lots: Lots) -> Room:
    """Everyone, and a challenge that takes ideas: what both worlds have in common."""
    person = factories.person
    people = {
        "manager": person("manager", name="Marga", organisation="Gemeente"),
        "bound": person("manager", name="Bram Gebonden", organisation="Gemeente"),
        "racing": person("manager", "team", name="Rik Doet-mee", organisation="Gemeente"),
        "seated": person("manager", "juror", name="Stella Zetel", organisation="Gemeente"),
        "coach": person("coach", name="Coach", organisation="Hogeschool"),
        "administrator": person("administrator", name="Beheer", organisation="ICT"),
        "owner": person("team", name="Olga", organisation="Stichting Stil"),
        "other": person("team", name="Otto", organisation="Stichting Open"),
        "third": person("team", name="Thea", organisation="Stichting Drie"),
        "unseated": person("juror", name="Una", organisation="Bureau 0"),
        "alternate": person("juror", name="Alex", organisation="Bureau A"),
        "suggested": person("juror", name="Sofie", organisation="stichting  STIL"),
    }
    for name in ("free", "confirmed", "declared", "late", "expert", "tardy"):
        people[name] = person("juror", name=f"Jurylid {name}", organisation=f"Bureau {name}")
    challenge = factories.open_challenge(people["manager"])
    jury_round = actions.open_round(by=people["manager"], challenge=challenge)
    room = Room(lots, people, challenge, jury_round)
    room.hand_in(BINDING, people["third"], title="Bindend idee")
    room.hand_in(RACING, people["racing"], title="Idee van een manager")
    room.hand_in(OPEN, people["other"], title="Open idee")
    return room


@contextmanager
def world(trunk: Room, state: str, **options: Any) -> Iterator[Room]:
    """The trunk grown to a state; afterwards it is as it was."""
    with transaction.atomic():
        room = Room(trunk.lots, trunk.people, trunk.challenge, trunk.round, dict(trunk.ideas))
        grow(room, state, **options)
        yield room
        transaction.set_rollback(True)
    mail.outbox.clear()


def grow(room: Room, state: str, *, hidden: bool = True, value: int = 4, draft: str = "", texts: Any = TEXTS) -> None:
    """Walk from intake to the state. `value` is what the jury gives the open idea, `draft` what a juror keeps alone."""
    if hidden:
        room.hand_in(HIDDEN, room.owner, **texts)
        factories.invited(room.owner, room.ideas[HIDDEN], room.owner, name=HUSH, email=f"{HUSH}@voorbeeld.example")
    for name in SEATS:
        kind = "experience" if name == "expert" else "member"
        actions.seat_juror(by=room.manager, jury_round=room.round, user=room.people[name], kind=kind)
    actions.seat_juror(by=room.manager, jury_round=room.round, user=room.alternate, kind="alternate")
    if state != "intake":
        room.challenge = factories.close_intake_early(room.manager, room.challenge)
        _prepare(room, hidden=hidden)
    if state not in {"intake", "preparing"}:
        _score(room, hidden=hidden, value=value, draft=draft)
    if state == "void":
        actions.void_round(by=room.manager, jury_round=room.round, reason="Opnieuw.")
    if state in {"deliberation", "decided"}:
        _deliberate(room, hidden=hidden, value=value)
    if state == "decided":
        for interest in Interest.objects.filter(round=room.round, status="open"):
            actions.confirm_interest(by=room.manager, interest=interest)
        actions.close_round(by=room.manager, jury_round=room.round)
    room.challenge, room.round = Challenge.objects.get(pk=room.challenge.pk), Round.objects.get(pk=room.round.pk)


def _prepare(room: Room, *, hidden: bool) -> None:
    """The bound manager is bound to one idea in both worlds, and to the hidden one too where it is there."""
    for reference in (BINDING, HIDDEN) if hidden else (BINDING,):
        actions.report_interest(
            by=room.bound,
            jury_round=room.round,
            user=room.bound,
            idea=room.ideas[reference],
            kind="personal",
            note=f"{HUSH}: mijn broer." if reference == HIDDEN else "Mijn zus.",
        )
    if hidden:
        actions.report_interest(
            by=room.manager,
            jury_round=room.round,
            user=room.confirmed,
            idea=room.ideas[HIDDEN],
            kind="financial",
            note=f"{HUSH}: aandelen.",
        )
    actions.assign_ideas(by=room.manager, jury_round=room.round, per_idea=len(SEATS))


def _score(room: Room, *, hidden: bool, value: int, draft: str) -> None:
    actions.open_scoring(by=room.manager, jury_round=room.round)
    room.round = Round.objects.get(pk=room.round.pk)
    for juror in ("free", "expert"):
        for reference in (BINDING, RACING):
            room.judge(juror, reference, 3)
        room.judge(juror, OPEN, value, says=f"Deze {value} geef ik graag.")
        if hidden:
            room.judge(juror, HIDDEN, 5)
    for juror in ("confirmed", "declared", "late"):
        room.judge(juror, BINDING, 4)
    for juror in ("tardy", "seated"):  # they read the open idea, and have not judged it yet
        actions.declare(by=room.people[juror], jury_round=room.round, idea=room.ideas[OPEN], free=True)
    if draft:
        room.judge("tardy", OPEN, 2, submit=False, says=draft)
    if hidden:
        idea = room.ideas[HIDDEN]
        actions.declare(
            by=room.declared, jury_round=room.round, idea=idea, free=False, kind="personal", note=f"{HUSH}: mijn tante."
        )
        room.judge("late", HIDDEN, 5)
        actions.recuse(by=room.late, jury_round=room.round, idea=idea, kind="personal", note=f"{HUSH}: toch familie.")


def _deliberate(room: Room, *, hidden: bool, value: int) -> None:
    for juror in ("suggested", "confirmed", "declared", "late"):
        for reference in (RACING, OPEN) if juror != "suggested" else (BINDING, RACING, OPEN):
            room.judge(juror, reference, 3)
    actions.close_scoring(by=room.manager, jury_round=room.round)
    room.round = Round.objects.get(pk=room.round.pk)
    for reference in (OPEN, HIDDEN) if hidden else (OPEN,):
        old = 5 if reference == HIDDEN else value
        actions.change_score(
            by=room.free,
            jury_round=room.round,
            idea=room.ideas[reference],
            criterion="waarde",
            value=old - 1,
            old_value=old,
            reason=f"Na het gesprek over {HUSH}." if reference == HIDDEN else "Na het gesprek.",
        )
    text = f"{HUSH} verdient meer." if hidden else "Het open idee verdient meer."
    actions.note_dissent(by=room.expert, jury_round=room.round, text=text, is_named=False)
    for reference in room.ideas:
        room.answer(reference, f"Dank u. {HUSH} is mooi." if reference == HIDDEN else f"Dank u. De jury geeft {value}.")
