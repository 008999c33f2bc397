# SPDX-License-Identifier: EUPL-1.2
"""An invitation tells a title and who asks, to the one address it was sent to; and nothing to who sent it."""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beproefd.discipline.ideas.actions import ask_correction
from beproefd.discipline.ideas.models import TeamInvitation
from tests import factories
from tests.leaks.addresses import differing, every_address, look, rooms, said, visit
from tests.leaks.worlds import HIDDEN, HUSH, OPEN, TEXTS, Lots, Room, everyone, world

pytestmark = pytest.mark.django_db

ADDRESS = "bo@voorbeeld.example"


@pytest.fixture(autouse=True)
def lots(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lots]:
    """One moment in time, and lots that fall the same way in every world."""
    drawn = Lots()
    monkeypatch.setattr("beproefd.discipline.ideas.actions.secrets", SimpleNamespace(choice=drawn.choice))
    monkeypatch.setattr("beproefd.discipline.challenges.actions.secrets", SimpleNamespace(token_hex=drawn.token_hex))
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False):
        yield drawn


@pytest.fixture
def trunk(lots: Lots) -> Room:
    """Everyone, and a challenge that takes ideas."""
    return everyone(lots)


# Who is invited


INVITED = {
    "intake": ("free", "manager", "coach", "other"),
    "preparing": ("free", "suggested", "bound"),
    "scoring": ("free", "confirmed", "declared", "manager", "other"),
}
TOLD = {"home", "ideas:invitation"}


@pytest.mark.parametrize("state", INVITED)
def test_who_is_invited_and_did_not_say_yes_sees_what_everyone_like_them_sees(state: str, trunk: Room) -> None:
    """On every address but the start page, which says that someone asks, and the invitation itself."""
    for viewer in INVITED[state]:
        answers = []
        for invited in (True, False):
            with world(trunk, state) as room:
                if state != "intake":
                    ask_correction(by=room.manager, idea=room.ideas[HIDDEN], reason="Het team is niet volledig.")
                person = room.people[viewer]
                email = person.email if invited else ADDRESS
                factories.invited(room.owner, room.ideas[HIDDEN], person, email=email)
                answers.append(look(person, rooms(every_address(room))))
        others = [{page: answer for page, answer in seen.items() if page[0] not in TOLD} for seen in answers]
        assert (viewer, differing(others[0], others[1])) == (viewer, [])
        changed = {page[0] for page in answers[0] if answers[0][page] != answers[1][page]}
        assert (viewer, changed) == (viewer, TOLD)


def test_the_start_page_and_the_invitation_tell_the_title_and_who_asks_and_nothing_else(trunk: Room) -> None:
    with world(trunk, "intake") as room:
        factories.invited(room.owner, room.ideas[HIDDEN], room.free)
        seen = look(room.free, rooms(every_address(room)))
        pages = {page[0]: answer[-1].decode() for page, answer in seen.items() if HUSH.encode() in answer[-1]}
    assert set(pages) == TOLD
    for text in pages.values():
        assert (TEXTS["title"] in text, room.owner.name in text) == (True, True)
        assert HUSH not in text.replace(TEXTS["title"], "")


def test_an_invitation_for_another_is_on_no_page_of_anyone_outside_the_team(trunk: Room) -> None:
    """The hidden idea of every world invites an address that bears the word; so all of tests/leaks looks for it."""
    with world(trunk, "scoring") as room:
        assert TeamInvitation.objects.get().name == HUSH
        for viewer in ("manager", "coach", "free", "administrator", "other"):
            seen = look(room.people[viewer], rooms(every_address(room)))
            assert [page for page, answer in seen.items() if b"zilvervos@" in answer[-1].lower()] == []


# Who invites


def test_who_invites_cannot_tell_whether_an_address_has_an_account(
    trunk: Room, django_capture_on_commit_callbacks: Any
) -> None:
    """Not by the answer, the team page, the mail, the number of queries, or by asking again or taking back."""
    answers = []
    for roles in ((), ("juror",), ("manager", "coach"), None):
        with transaction.atomic():
            if roles is not None:
                factories.person(*roles, name="Iemand anders", email=ADDRESS)
            room = Room(trunk.lots, trunk.people, trunk.challenge, trunk.round, dict(trunk.ideas))
            team = reverse("ideas:team", args=[room.challenge.slug, OPEN])
            client = visit(room.other)
            form = {"name": "Bo", "organisation": "Bedrijf", "kind": "resident", "email": ADDRESS, "is_owner": "on"}
            told: list[Any] = []
            for withdraw in (False, False, True, False):
                waiting = TeamInvitation.objects.filter(idea__reference=OPEN, answer="waiting")
                sent = {"withdraw": waiting.get().pk} if withdraw else form
                with (
                    CaptureQueriesContext(connection) as asked,
                    django_capture_on_commit_callbacks(execute=True),
                ):
                    told.append(said(client.post(team, sent)))
                told += [len(asked), said(client.get(team)), said(client.get(reverse("home")))]
                told.append([(letter.to, letter.subject, without_keys(letter.body)) for letter in mail.outbox])
                mail.outbox.clear()
            answers.append(told)
            transaction.set_rollback(True)
    assert "Bo" in str(answers[0])
    assert [len(letters) for letters in answers[0][4::5]] == [1, 0, 0, 1]
    assert [answer == answers[0] for answer in answers] == [True] * 4


def without_keys(text: str) -> str:
    """A mail without the random part of its link."""
    return re.sub(r"/uitnodiging/[0-9a-f-]{36}", "/uitnodiging/N", text)
