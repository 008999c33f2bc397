# SPDX-License-Identifier: EUPL-1.2
"""The power goes out while a juror hands in scores: nothing is half, nothing is double, and the juror goes on."""

import http.client
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests import running

CRASHES = 12
BUILD = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from django.conf import settings
from django.test import Client
from beproefd.discipline.juries import actions
from tests import factories
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
world = factories.world("scoring", ideas=9, jurors=2)
cookies = []
for juror in world.jurors:
    for idea in world.ideas:
        actions.declare(by=juror, jury_round=world.round, idea=idea, free=True)
    client = Client()
    client.force_login(juror)
    cookies.append(client.cookies["sessionid"].value)
print(json.dumps({"slug": world.challenge.slug, "ideas": [i.reference for i in world.ideas], "sessions": cookies}))
"""


@dataclass
class Site:
    """A site that can be killed. `jurors` are browsers that are signed in."""

    data_dir: Path
    variables: dict[str, str]
    slug: str
    ideas: list[str]
    sessions: list[str]
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Where it is."""
        return self.variables["BEPROEFD_BASE_URL"]

    def start(self) -> None:
        """Serve, in a process group of its own."""
        log = self.data_dir / "server.log"
        with log.open("a") as sink:
            self.process = subprocess.Popen(
                [*running.COMMAND, "serve", "--bind", urlsplit(self.url).netloc, "--workers", "1"],
                env=running.environment(**self.variables),
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd=running.ROOT,
                start_new_session=True,
            )
        running._wait(self.process, self.url, log)

    def kill(self) -> None:
        """No goodbye: the whole group at once, as when the power goes."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def kill_worker(self) -> None:
        """The process that answers dies; gunicorn's parent starts another."""
        assert self.process is not None
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=True
        ).stdout.split()
        for pid in found:
            os.kill(int(pid), signal.SIGKILL)

    def stored(self, juror: int, reference: str) -> list[tuple[str, int]]:
        """State and number of scores of every assessment that is there, read past the product."""
        with closing(sqlite3.connect(self.data_dir / "beproefd.sqlite3", timeout=20)) as database:
            return database.execute(
                "SELECT a.state, (SELECT count(*) FROM juries_score s WHERE s.assessment_id = a.id)"
                " FROM juries_assessment a JOIN juries_seat z ON z.id = a.seat_id JOIN ideas_idea i ON i.id = a.idea_id"
                " WHERE z.name = ? AND i.reference = ?",
                (f"Jurylid {juror + 1}", reference),
            ).fetchall()


class Window:
    """A juror's browser window on one idea: opened once, so that what it sends can be sent again."""

    def __init__(self, site: Site, juror: int, reference: str) -> None:
        self.host, self.path = urlsplit(site.url).netloc, f"/uitdagingen/{site.slug}/jury/ideeen/{reference}/"
        self.cookie = f"sessionid={site.sessions[juror]}"
        status, headers, page = self._ask("GET")
        assert status == 200
        token = re.search(r"csrftoken=(\w+)", headers.get("Set-Cookie", ""))
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        assert found is not None
        self.cookie += f"; csrftoken={token.group(1)}"
        said = {"csrfmiddlewaretoken": found.group(1), "version_number": "1", "revision": "0", "confidence": "2"}
        said |= {"score_mag-het": "1", "score_waarde": "4", "score_haalbaar": "3", "submit": "1"}
        self.form = said | {f"reason_{key}": "Omdat het past." for key in ("mag-het", "waarde", "haalbaar")}

    def send(self) -> int:
        """Hand in; the status of the answer, or 0 when there was none."""
        try:
            return self._ask("POST", urlencode(self.form))[0]
        except (OSError, http.client.HTTPException):
            return 0

    def _ask(self, method: str, body: str | None = None) -> tuple[int, Any, str]:
        with closing(http.client.HTTPConnection(self.host, timeout=30)) as line:
            headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
            line.request(method, self.path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read().decode()


def together(*windows: Window) -> list[int]:
    """All send at the same moment."""
    ready, answers = threading.Barrier(len(windows)), [0] * len(windows)

    def go(number: int) -> None:
        ready.wait()
        answers[number] = windows[number].send()

    threads = [threading.Thread(target=go, args=(number,)) for number in range(len(windows))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@contextmanager
def built(data_dir: Path, build: str = BUILD) -> Iterator[Site]:
    """A served site with a round that is being scored."""
    url = f"http://127.0.0.1:{running._free_port()}"
    variables = {
        "BEPROEFD_DATA_DIR": str(data_dir),
        "BEPROEFD_DEMO": "true",
        "BEPROEFD_BASE_URL": url,
        "BEPROEFD_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "beproefd.settings",
    }
    made = subprocess.run(
        [sys.executable, "-c", build],
        env=running.environment(**variables),
        cwd=running.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    site = Site(data_dir, variables, **json.loads(made.stdout.splitlines()[-1]))
    site.start()
    try:
        yield site
    finally:
        site.kill()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all of this."""
    with built(tmp_path_factory.mktemp("crash")) as served:
        yield served


def test_a_server_killed_while_scores_are_handed_in_keeps_each_assessment_whole_or_absent(site: Site) -> None:
    dice, outcomes = random.Random(20161107), set()  # noqa: S311 -- moments, not secrets
    usual = Window(site, 0, site.ideas[-1])
    start = time.monotonic()
    assert usual.send() == 302
    usually = time.monotonic() - start
    for number in range(CRASHES):
        juror, reference = number % 2, site.ideas[number // 2]
        window = Window(site, juror, reference)
        sending = threading.Thread(target=window.send)
        sending.start()
        time.sleep(dice.uniform(0.0, 2.0 * usually * number / CRASHES))
        whole = number % 6 == 5
        site.kill() if whole else site.kill_worker()
        sending.join()
        if whole:
            site.start()
        left = site.stored(juror, reference)
        assert left in ([], [("submitted", 3)])
        outcomes.add(len(left))
        assert window.send() == 302  # the same form again: the juror presses once more
        assert site.stored(juror, reference) == [("submitted", 3)]
    assert 0 in outcomes  # at least one died before its scores were in
    checked = running.beproefd("audit", "verify", **site.variables)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_two_jurors_who_hand_in_at_the_same_moment_both_get_in(site: Site) -> None:
    for reference in site.ideas[CRASHES // 2 : CRASHES // 2 + 2]:
        assert together(Window(site, 0, reference), Window(site, 1, reference)) == [302, 302]
        assert [site.stored(juror, reference) for juror in (0, 1)] == [[("submitted", 3)]] * 2


def test_scores_sent_four_times_at_once_are_stored_once(site: Site) -> None:
    reference = site.ideas[-1]
    window = Window(site, 1, reference)
    assert together(window, window, window, window) == [302] * 4
    assert site.stored(1, reference) == [("submitted", 3)]
    checked = running.beproefd("audit", "verify", **site.variables)
    assert (checked.returncode, checked.stderr) == (0, "")
