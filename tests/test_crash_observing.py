# SPDX-License-Identifier: EUPL-1.2
"""The power goes out while a phone sends its observations: what was taken is whole, and sending again doubles nothing."""

import http.client
import json
import random
import re
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests import running
from tests.test_crash import Site, built

CRASHES = 6
BUILD = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from django.conf import settings
from django.test import Client
from tests import factories
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
shop = factories.workshop()
for _ in range(2):
    factories.card(shop, right_from=5, hope_for=6, stakes="large")
cookies = []
for person in (shop.owner, shop.coach):
    client = Client()
    client.force_login(person)
    cookies.append(client.cookies["sessionid"].value)
print(json.dumps({"slug": shop.idea.challenge.slug, "ideas": [shop.idea.reference], "sessions": cookies}))
"""


class Phone:
    """A phone on the page of one test."""

    def __init__(self, site: Site, person: int, card: int) -> None:
        self.host = urlsplit(site.url).netloc
        self.page = f"/trajecten/{site.slug}/{site.ideas[0]}/tests/{card}/"
        self.cookie = f"sessionid={site.sessions[person]}"
        _status, headers, page = self._ask("GET", "waarnemen/")
        token = re.search(r"csrftoken=(\w+)", headers.get("Set-Cookie", ""))
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        assert found is not None
        self.cookie += f"; csrftoken={token.group(1)}"
        self.token = found.group(1)
        self.who = re.search(r'data-who="(\d+)"', page)[1]  # type: ignore[index]

    def send(self, keys: list[str]) -> int:
        """Send these observations; the status of the answer, or 0 when there was none."""
        rows = [{"key": key, "outcome": "yes", "at": "2026-01-01T10:00:00Z"} for key in keys]
        try:
            return self._ask("POST", "stapel/", json.dumps({"who": self.who, "observations": rows}))[0]
        except (OSError, http.client.HTTPException):
            return 0

    def _ask(self, method: str, where: str, body: str | None = None) -> tuple[int, http.client.HTTPMessage, str]:
        with closing(http.client.HTTPConnection(self.host, timeout=30)) as line:
            headers = {"Cookie": self.cookie, "Content-Type": "application/json"}
            if body is not None:
                headers["X-CSRFToken"] = self.token
            line.request(method, self.page + where, body, headers)
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read().decode()


def stored(site: Site, card: int) -> list[str]:
    """The keys that are there, in order of position, read past the product."""
    with closing(sqlite3.connect(site.data_dir / "beproefd.sqlite3", timeout=20)) as database:
        rows = database.execute(
            "SELECT o.key, o.position FROM validation_observation o JOIN validation_testcard t ON t.id = o.card_id"
            " WHERE t.number = ? ORDER BY o.position",
            (card,),
        ).fetchall()
    assert [position for _key, position in rows] == list(range(1, len(rows) + 1))
    return [str(uuid.UUID(key)) for key, _position in rows]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all of this."""
    with built(tmp_path_factory.mktemp("crash"), BUILD) as served:
        yield served


def test_a_server_killed_while_a_pile_comes_in_takes_all_of_it_or_nothing(site: Site) -> None:
    dice, sent = random.Random(20191105), []  # noqa: S311 -- moments, not secrets
    phone = Phone(site, 0, 1)
    for number in range(CRASHES):
        pile = [str(uuid.uuid4()) for _ in range(4)]
        sending = threading.Thread(target=phone.send, args=(pile,))
        sending.start()
        time.sleep(dice.uniform(0.0, 0.15))
        whole = number % 3 == 2
        site.kill() if whole else site.kill_worker()
        sending.join()
        if whole:
            site.start()
        assert stored(site, 1) in (sent, sent + pile)
        assert phone.send(pile) == 200  # the phone tries again
        sent += pile
        assert stored(site, 1) == sent
    checked = running.beproefd("audit", "verify", **site.variables)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_two_phones_at_the_same_moment_and_a_pile_sent_four_times_count_each_person_once(site: Site) -> None:
    one, two = Phone(site, 0, 2), Phone(site, 1, 2)
    piles = [[str(uuid.uuid4()) for _ in range(5)] for _ in range(2)]
    jobs = [(one, piles[0]), (two, piles[1]), (one, piles[0]), (one, piles[0]), (one, piles[0])]
    answers: list[int] = []
    threads = [threading.Thread(target=lambda p=phone, k=pile: answers.append(p.send(k))) for phone, pile in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 5
    assert sorted(stored(site, 2)) == sorted(piles[0] + piles[1])
