# SPDX-License-Identifier: EUPL-1.2
"""What someone may not see does not show on any page, in any file, count, order, heading, status or message.

Every test builds the same world twice: once with the hidden thing and once as if it had never been. Then every address
of the product, found by walking the resolver, must answer the same bytes to who may not see it. A new page is covered
the moment it has an address; an address the walk cannot fill in fails the test.
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.urls import reverse

from beproefd.discipline.ideas import actions as idea_actions
from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.models import User
from tests import factories
from tests.leaks.addresses import Address, differing, every_address, fillings, look, plain, rooms, said, visit
from tests.leaks.worlds import HIDDEN, HUSH, OPEN, SEATS, TEXTS, Lots, Room, everyone, world

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def lots(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lots]:
    """One moment in time, and lots that fall the same way in every world."""
    drawn = Lots()
    monkeypatch.setattr("beproefd.discipline.ideas.actions.secrets", SimpleNamespace(choice=drawn.choice))
    monkeypatch.setattr("beproefd.discipline.challenges.actions.secrets", SimpleNamespace(token_hex=drawn.token_hex))
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)  # thousands of refusals are meant here
    with time_machine.travel(NOW, tick=False):
        yield drawn


@pytest.fixture
def trunk(lots: Lots) -> Room:
    """Everyone, and a challenge that takes ideas: what both worlds have in common."""
    return everyone(lots)


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
        # The decision is public, its order too, and the ideas of a decided challenge are building blocks for everyone.
        or (state == "decided" and name.startswith(("juries:decision", "juries:standings")))
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
    with pytest.raises(AssertionError, match="say in fillings what <colour> in the address new:page is"):
        list(fillings("new:page", ("slug", "colour"), trunk, [OPEN]))


# The idea pages lie below the jury room; the jury room tells them what is closed (ideas.rules.closed_to)


@pytest.mark.parametrize("state", ["preparing", "scoring", "deliberation"])
def test_a_manager_who_is_bound_to_an_idea_does_not_find_it_on_the_idea_pages_either(state: str, trunk: Room) -> None:
    with world(trunk, state) as room:
        assert seeing(room.bound, every_address(room, [HIDDEN, OPEN])) == set()


@pytest.mark.parametrize("state", ["preparing", "scoring", "deliberation"])
def test_a_manager_with_a_seat_finds_no_idea_anywhere_before_saying_that_nothing_binds(state: str, trunk: Room) -> None:
    with world(trunk, state) as room:
        texts = {name for name in seeing(room.seated, every_address(room, [HIDDEN])) if name.startswith("ideas:")}
        assert texts == set()


def test_a_manager_who_typed_an_idea_in_and_is_tied_to_it_does_not_find_it_as_their_own(trunk: Room) -> None:
    with world(trunk, "preparing") as room:
        Idea.objects.filter(reference=HIDDEN).update(channel="paper", entered_by=room.bound)
        assert seeing(room.bound, every_address(room, [HIDDEN, OPEN])) == set()


def test_a_draft_that_was_taken_back_before_the_deadline_stays_with_its_team(trunk: Room) -> None:
    with transaction.atomic():
        room = Room(trunk.lots, trunk.people, trunk.challenge, trunk.round, dict(trunk.ideas))
        room.lots.letters = list(HIDDEN)
        idea = factories.idea(room.owner, room.challenge, submit=False, **TEXTS)
        idea_actions.withdraw_idea(by=room.owner, idea=idea)
        room.challenge = factories.close_intake_early(room.manager, room.challenge)
        assert seeing(room.manager, every_address(room, [HIDDEN])) == set()
