# SPDX-License-Identifier: EUPL-1.2
"""What someone may not see does not show on any page, in any file, count, order, heading, status or message.

Every test builds the same world twice: once with the hidden thing and once as if it had never been. Then every address
of the product, found by walking the resolver, must answer the same bytes to who may not see it. A new page is covered
the moment it has an address; an address the walk cannot fill in fails the test.
"""

import io
import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas import actions as idea_actions
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.juries import actions
from beproefd.discipline.juries.actions import ScoreInput
from beproefd.discipline.juries.models import Interest, Round
from beproefd.ground.accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HUSH = "Zilvervos"  # stands in every text of the hidden idea and of what the jury says about it
TEXTS = {
    "title": f"{HUSH} spaart",
    "problem": f"{HUSH}: mensen met weinig geld kunnen niet sparen.",
    "solution": f"{HUSH}: een maatje en een spaarrekening.",
    "value": f"{HUSH}: meer rust.",
    "building_blocks": f"{HUSH}: een bank.",
}
HIDDEN, OPEN, BINDING, RACING = "HHHHH", "PPPPP", "BBBBB", "MMMMM"
NOWHERE = "ZZZZZ"


# The two worlds


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


@pytest.fixture(autouse=True)
def lots(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lots]:
    """One moment in time, and lots that fall the same way in every world."""
    drawn = Lots()
    monkeypatch.setattr("beproefd.discipline.ideas.actions.secrets", SimpleNamespace(choice=drawn.choice))
    monkeypatch.setattr("beproefd.discipline.challenges.actions.secrets", SimpleNamespace(token_hex=drawn.token_hex))
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)  # thousands of refusals are meant here
    with time_machine.travel(NOW, tick=False):
        yield drawn


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


SEATS = ("free", "suggested", "confirmed", "declared", "late", "expert", "tardy", "seated")


@pytest.fixture
def trunk(lots: Lots) -> Room:
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


# Every address


Address = tuple[str, str]  # name and path


FOLLOW_UP = ("validation:", "tracks:", "prototypes:", "trying:", "portfolio:", "library:")  # test_follow_up.py


def every_address(room: Room, references: Iterable[str] = (HIDDEN, OPEN)) -> list[Address]:
    """Every address of the product up to the decision, filled in."""
    found = []
    for name, route, names in _patterns(get_resolver().url_patterns):
        if name.startswith(FOLLOW_UP):
            continue
        if not names:
            found.append((name, f"/{route}"))
            continue
        found += [(name, reverse(name, kwargs=values)) for values in _fillings(name, names, room, list(references))]
    return found


QUIET = ("/account/", "/accounts/", "/stijlgids/", "/taal/", "/.well-known/")


def rooms(addresses: Iterable[Address]) -> list[Address]:
    """The addresses that tell something of an idea or a jury, and every one that is new. The rest is looked at once."""
    return [(name, path) for name, path in addresses if not path.startswith(QUIET) and "challenges:" not in name]


def _patterns(patterns: Iterable[Any], route: str = "", space: str = "") -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for pattern in patterns:
        here, names = route + str(pattern.pattern), space
        if isinstance(pattern, URLResolver):
            names += f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _patterns(pattern.url_patterns, here, names)
        elif isinstance(pattern, URLPattern):
            yield f"{names}{pattern.name or here}", here, tuple(re.findall(r"<(?:\w+:)?(\w+)>", here))


def _fillings(name: str, names: tuple[str, ...], room: Room, references: list[str]) -> Iterator[dict[str, Any]]:
    """Values for the parts of an address. An address with a part that is not known here fails the test."""
    waiting = room.round.seats.filter(user=room.alternate).values_list("pk", flat=True)
    hidden = Interest.objects.filter(round=room.round, idea__reference=HIDDEN).values_list("pk", flat=True)
    known: dict[str, list[Any]] = {
        "slug": [room.challenge.slug],
        "reference": references,
        "number": [1],
        "version": [1],
        "juries:interest_decide/pk": [hidden[0] if hidden else 999_999],
        "juries:seat_remove/pk": list(waiting),
        "juries:seat_activate/pk": list(waiting),
        "juries:change_score/key": ["waarde"],
        "challenges:stimulus_edit/pk": [room.challenge.stimuli.get().pk],
        "challenges:criterion_edit/key": ["waarde"],
        "challenges:criterion_remove/key": ["waarde"],
        "accounts:edit/key": [room.owner.key],
        "tracks:sign_off/token": ["abc"],
        "account_confirm_email/key": ["abc"],
        "account_reset_password_from_key/uidb36": ["1"],
        "account_reset_password_from_key/key": ["abc-def"],
        "mfa_remove_webauthn/pk": [1],
        "mfa_edit_webauthn/pk": [1],
        "openid_connect_login/provider_id": ["gemeente"],
        "openid_connect_callback/provider_id": ["gemeente"],
    }
    filled: list[dict[str, Any]] = [{}]
    for part in names:
        values = known.get(f"{name}/{part}", known.get(part))
        assert values is not None, f"say in _fillings what <{part}> in the address {name} is"
        filled = [values_so_far | {part: value} for values_so_far in filled for value in values]
    yield from filled


# What an address answers


TOKENS = re.compile(rb'((?:name="(?:csrfmiddlewaretoken|request_key)" value="|X-CSRFToken": "))[^"]+')
NUMBERS = re.compile(rb'(/(?:belangen|zetels)/|(?:id|for)="reason-|name="remove" value=")\d+')


def said(response: Any) -> tuple[Any, ...]:
    """Everything an answer says, without what is random and the numbers of rows in addresses."""
    body = response.content
    assert response.status_code < 500
    if response.headers.get("Content-Type") == "application/pdf":
        body = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages).encode()
    body = NUMBERS.sub(rb"\g<1>N", TOKENS.sub(rb"\g<1>T", body))
    headers = tuple(response.headers.get(name) for name in ("Location", "Content-Type", "Content-Disposition"))
    return response.status_code, headers, body


class Browser(Client):
    """Django's test client without its bookkeeping of templates, which costs more here than the pages themselves."""

    def request(self, **request: Any) -> Any:
        """Ask, and keep the cookies."""
        response = self.handler(self._base_environ(**request))
        self.cookies.update(response.cookies)
        return response


def visit(viewer: User | None = None) -> Client:
    """A browser in which this person is signed in."""
    client = Browser()
    if viewer:
        client.force_login(viewer)
    return client


def look(viewer: User | None, addresses: Iterable[Address]) -> dict[Address, tuple[Any, ...]]:
    """What every address answers to this viewer."""
    client = visit(viewer)
    return {plain(address): said(client.get(address[1])) for address in addresses}


def plain(address: Address) -> Address:
    """The address without the numbers of rows."""
    return address[0], NUMBERS.sub(rb"\g<1>N", address[1].encode()).decode()


def differing(with_it: dict[Any, tuple[Any, ...]], without: dict[Any, tuple[Any, ...]]) -> list[str]:
    """The addresses whose answers differ, with the first line that does."""
    found = []
    assert list(with_it) == list(without)
    for key, one in with_it.items():
        other = without[key]
        if one != other:
            lines = zip(one[-1].splitlines(), other[-1].splitlines(), strict=False)
            first = next(((a, b) for a, b in lines if a != b), (one[:2], other[:2]))
            found.append(f"{key}: {first[0]!r} <> {first[1]!r}")
    return found


# One idea that is not there


MANAGERS = {"manager", "bound", "racing", "seated"}
THOROUGH = {"intake": ("racing",), "scoring": ("confirmed",), "deliberation": ("other",)}
HIDDEN_FROM = {
    "intake": ("anonymous", "other", "suggested", "manager", "racing", "administrator"),
    "preparing": ("other", "suggested", "free", "alternate", "racing", "bound", "administrator"),
    "scoring": ("suggested", "confirmed", "declared", "late", "alternate", "unseated", "racing", "bound"),
    "deliberation": ("other", "suggested", "late", "racing", "bound", "administrator"),
    "decided": ("anonymous", "other", "late", "bound"),
    "void": ("other", "confirmed", "racing", "bound"),
}


def known_to(viewer: str, state: str, name: str) -> bool:
    """Where the viewer may see it. Each line is a choice of the product."""
    return (
        # The log says who did what and when, with digests and no contents, to administrators.
        (viewer == "administrator" and name == "audit_log")
        # The decision is public, and the ideas of a decided challenge are building blocks for everyone.
        or (state == "decided" and name.startswith("juries:decision"))
        or (state == "decided" and name == "ideas:similar")
    )


def numbers_only(answers: Mapping[Address, tuple[Any, ...]]) -> dict[Address, tuple[Any, ...]]:
    """While the seal is on, the programme may know how many ideas there are, and nothing else."""
    return {
        address: (*answer[:-1], re.sub(rb'(value--html-dd">)\d+(</dd>)', rb"\1N\2", answer[-1]))
        if address[0] == "ideas:list"
        else answer
        for address, answer in answers.items()
    }


@pytest.mark.parametrize("state", HIDDEN_FROM)
def test_every_page_is_the_same_with_and_without_an_idea_that_the_viewer_may_not_see(state: str, trunk: Room) -> None:
    answers: dict[bool, dict[str, Any]] = {True: {}, False: {}}
    for hidden in (True, False):
        with world(trunk, state, hidden=hidden) as room:
            everything = every_address(room)
            for viewer in HIDDEN_FROM[state]:
                whole = everything if viewer in THOROUGH.get(state, ()) else rooms(everything)
                seen = look(room.people.get(viewer), [page for page in whole if not known_to(viewer, state, page[0])])
                answers[hidden][viewer] = numbers_only(seen) if viewer in MANAGERS and state == "intake" else seen
    for viewer in HIDDEN_FROM[state]:
        assert (viewer, differing(answers[True][viewer], answers[False][viewer])) == (viewer, [])
        told = [address for address, answer in answers[True][viewer].items() if HUSH.encode() in answer[-1]]
        assert (viewer, told) == (viewer, [])


SENT = (
    ("intake", "other"),
    ("intake", "racing"),
    ("preparing", "bound"),
    ("scoring", "confirmed"),
    ("scoring", "bound"),
    ("deliberation", "late"),
    ("deliberation", "bound"),
)


@pytest.mark.parametrize(("state", "viewer"), SENT)
def test_every_form_sent_at_a_hidden_idea_is_answered_as_one_sent_at_an_idea_that_does_not_exist(
    state: str, viewer: str, trunk: Room, django_capture_on_commit_callbacks: Any
) -> None:
    answers: dict[bool, dict[Any, tuple[Any, ...]]] = {True: {}, False: {}}
    for hidden in (True, False):
        with world(trunk, state, hidden=hidden) as room:
            client = visit(room.people[viewer])
            pages = every_address(room)
            if (state, viewer) != ("intake", "racing"):
                pages = rooms(pages)
            for name, path in pages:
                if known_to(viewer, state, name) or path.startswith("/account/"):
                    continue
                with transaction.atomic():
                    mail.outbox.clear()
                    with django_capture_on_commit_callbacks(execute=True):
                        response = client.post(path, filled_in(room, name))
                    then = said(client.get(response["Location"])) if response.status_code == 302 else (0, (), b"")
                    letters = [(letter.to, letter.subject, letter.body) for letter in mail.outbox]
                    answers[hidden][plain((name, path))] = (
                        *said(response)[:-1],
                        letters,
                        said(response)[-1] + then[-1],
                    )
                    transaction.set_rollback(True)
    if state == "intake" and viewer in MANAGERS:
        answers = {hidden: numbers_only(answers[hidden]) for hidden in answers}
    assert differing(answers[True], answers[False]) == []


def filled_in(room: Room, name: str) -> dict[str, Any]:
    """An answer to every form of the product at once, aimed at the hidden idea where a form asks for one."""
    reason = "Omdat het zo is."
    about = {"user": room.confirmed.pk, "kind": "personal", "idea": HIDDEN, "note": reason, "free": "no"}
    if name.startswith("ideas:"):
        about["kind"] = "resident"
    if name == "juries:seat_new":
        about |= {"user": room.unseated.pk, "kind": "member"}
    scores = {f"score_{key}": "1" for key in ("mag-het", "waarde", "haalbaar")}
    reasons = {f"reason_{key}": reason for key in ("mag-het", "waarde", "haalbaar")}
    return (
        dict.fromkeys(("submit", "confirm", "version_number", "base_number"), "1")
        | {"revision": "0", "confidence": "2", "value": "3", "old_value": "4", "per_idea": "8"}
        | {"reason": reason, "text": reason, "reference": HIDDEN, "met": HIDDEN, "name": "Jan", "email": ""}
        | {"request_key": "7c0b9d0e-6b0a-4d5c-8b7e-3f8a3a0c1d11", "channel": "online"}
        | TEXTS
        | scores
        | reasons
        | about
    )


def test_who_may_see_the_idea_does_see_it(trunk: Room) -> None:
    with world(trunk, "intake") as room:
        pages = every_address(room, [HIDDEN])
        assert seeing(room.owner, pages) >= {"home", "ideas:list", "ideas:detail", "ideas:edit", "ideas:version"}
    with world(trunk, "scoring") as room:
        pages = every_address(room, [HIDDEN])
        assert seeing(room.manager, pages) >= {"ideas:list", "ideas:detail", "juries:room", "juries:idea"}
        assert seeing(room.coach, pages) >= {"ideas:list", "ideas:detail"}
        assert seeing(room.free, pages) >= {"juries:room", "juries:idea"}
    with world(trunk, "deliberation") as room:
        pages = every_address(room, [HIDDEN])
        assert seeing(room.free, pages) >= {"juries:standings", "juries:standings_file", "juries:change_score"}
        assert seeing(room.manager, pages) >= {"juries:interests", "juries:answer", "juries:decide"}
    with world(trunk, "decided") as room:
        pages = every_address(room, [HIDDEN])
        assert seeing(None, pages) == {"juries:decision", "juries:decision_file", "juries:decision_pdf"}


def seeing(viewer: User | None, pages: Iterable[Address]) -> set[str]:
    """The names of the pages on which the word of the hidden idea stands."""
    return {address[0] for address, answer in look(viewer, rooms(pages)).items() if HUSH.encode() in answer[-1]}


# What an idea says while it is sealed


def test_while_sealed_the_programme_gets_a_number_and_not_a_byte_of_what_an_idea_says(trunk: Room) -> None:
    other_texts = {name: f"Iets heel anders over {name}." for name in TEXTS}
    answers = []
    for texts in (TEXTS, other_texts):
        with world(trunk, "intake", texts=texts) as room:
            pages = rooms(every_address(room))
            answers.append({viewer: look(room.people[viewer], pages) for viewer in ("manager", "racing", "coach")})
    for viewer, seen in answers[0].items():
        assert (viewer, differing(seen, answers[1][viewer])) == (viewer, [])


def test_who_writes_the_same_text_does_not_find_a_sealed_idea_by_its_likeness(trunk: Room) -> None:
    found = []
    for hidden in (True, False):
        with world(trunk, "intake", hidden=hidden) as room:
            path = reverse("ideas:similar", args=[room.challenge.slug])
            found.append([said(visit(room.people[name]).post(path, TEXTS)) for name in ("other", "manager", "racing")])
    assert [answer[0] for answer in found[0]] == [200, 200, 200]
    assert found[0] == found[1]


# What others gave


BEFORE_THEIR_OWN = {
    "scoring": ("other", "suggested", "tardy", "seated", "manager", "coach", "administrator"),
    "deliberation": ("tardy", "seated", "coach", "racing"),
}


@pytest.mark.parametrize("state", BEFORE_THEIR_OWN)
def test_nobody_gets_a_score_of_others_before_their_own(state: str, trunk: Room) -> None:
    answers: list[dict[str, Any]] = []
    for value in (5, 2):
        with world(trunk, state, hidden=False, value=value) as room:
            pages = rooms(every_address(room, [OPEN]))
            pages = [page for page in pages if page[0] != "audit_log"]
            answers.append({name: look(room.people.get(name), pages) for name in BEFORE_THEIR_OWN[state]})
    for viewer, seen in answers[0].items():
        assert (viewer, differing(seen, answers[1][viewer])) == (viewer, [])


def test_who_handed_in_gets_the_scores_of_others(trunk: Room) -> None:
    answers = []
    for value in (5, 2):
        with world(trunk, "scoring", hidden=False, value=value) as room:
            answers.append(look(room.expert, rooms(every_address(room, [OPEN]))))
    changed = {address[0] for address in answers[0] if answers[0][address] != answers[1][address]}
    assert changed == {"juries:idea"}


@pytest.mark.parametrize("state", ["scoring", "deliberation"])
def test_a_draft_is_seen_by_nobody_but_its_juror(state: str, trunk: Room) -> None:
    answers: list[dict[str, Any]] = []
    for draft in ("Mijn eigen kladje.", ""):
        with world(trunk, state, hidden=False, draft=draft) as room:
            pages = rooms(every_address(room, [OPEN]))
            viewers = ("free", "seated", "manager", "coach")
            answers.append({name: look(room.people[name], pages) for name in viewers})
            own = look(room.tardy, pages)
    for viewer, seen in answers[0].items():
        assert (viewer, differing(seen, answers[1][viewer])) == (viewer, [])
    assert own != {}


# Files


def test_the_decision_names_the_jury_and_nobody_who_gave_a_score(trunk: Room) -> None:
    with world(trunk, "decided", draft="Mijn eigen kladje.") as room:
        pages = {name: path for name, path in every_address(room) if name.startswith("juries:decision")}
        answers = {name: said(visit().get(path))[-1].decode() for name, path in pages.items()}
        package = json.loads(visit().get(pages["juries:decision_file"]).content)["package"]
        jurors = {user.name for name, user in room.people.items() if name in SEATS}
    assert set(answers) == {"juries:decision", "juries:decision_file", "juries:decision_pdf"}
    for name, text in answers.items():
        assert (name, "kladje" in text, "@" in text.replace("@media", "")) == (name, False, False)
        assert (name, {juror for juror in jurors if juror not in " ".join(text.split())}) == (name, set())
    said_of_scores = re.search(r'"scores":(\[.*?\]),"stability"', package)
    assert said_of_scores is not None
    assert [juror for juror in jurors if juror in said_of_scores.group(1)] == []
    late = '"reason":"Zilvervos krijgt 5."'
    assert late not in package


def test_an_address_that_the_walk_does_not_know_fails(trunk: Room) -> None:
    with pytest.raises(AssertionError, match="say in _fillings what <colour> in the address new:page is"):
        list(_fillings("new:page", ("slug", "colour"), trunk, [OPEN]))


# The idea pages lie below the jury room; the jury room tells them what is closed (ideas.queries.closed_to)


@pytest.mark.parametrize("state", ["preparing", "scoring", "deliberation"])
def test_a_manager_who_is_bound_to_an_idea_does_not_find_it_on_the_idea_pages_either(state: str, trunk: Room) -> None:
    with world(trunk, state) as room:
        assert seeing(room.bound, every_address(room, [HIDDEN, OPEN])) == set()


def test_a_draft_that_was_taken_back_before_the_deadline_stays_with_its_team(trunk: Room) -> None:
    with transaction.atomic():
        room = Room(trunk.lots, trunk.people, trunk.challenge, trunk.round, dict(trunk.ideas))
        room.lots.letters = list(HIDDEN)
        idea = factories.idea(room.owner, room.challenge, submit=False, **TEXTS)
        idea_actions.withdraw_idea(by=room.owner, idea=idea)
        room.challenge = factories.close_intake_early(room.manager, room.challenge)
        assert seeing(room.manager, every_address(room, [HIDDEN])) == set()
