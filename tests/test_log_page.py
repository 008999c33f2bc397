# SPDX-License-Identifier: EUPL-1.2
"""The page with the log says what happened in words, with the name in the log beside it."""

import ast
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from beproefd.ground.audit.models import Entry
from beproefd.site.deeds import DEEDS
from tests.running import ROOT

LOGGING = {"change", "change_all", "record_creation", "record_event", "_to_state"}
ROOMS = (
    "ground/accounts",
    "discipline/challenges",
    "discipline/ideas",
    "discipline/juries",
    "discipline/prototypes",
    "discipline/tracks",
    "discipline/validation",
    "discipline/portfolio",
)


def logged(source: str) -> set[str]:
    """The names of what this source writes in the log."""
    found: set[str] = set()
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in LOGGING:
            named = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "action")]
            constants = [part for name in named for part in ast.walk(name) if isinstance(part, ast.Constant)]
            found |= {part.value for part in constants if isinstance(part.value, str)}
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_everything_that_is_logged_has_words(room: str) -> None:
    files = (ROOT / "src" / "beproefd" / room).rglob("*.py")
    names = {name for path in files for name in logged(path.read_text(encoding="utf-8"))}
    assert len(names) >= 5
    assert sorted(names - DEEDS.keys()) == []


def test_the_page_shows_words_and_the_name_in_the_log(decided: Any, administrator: Any) -> None:
    client = Client()
    client.force_login(administrator)
    page = " ".join(client.get(reverse("audit_log")).content.decode().split())
    assert 'Besluit genomen en ondertekend<br><code class="small">close_round</code>' in page


def test_a_name_without_words_is_shown_as_it_is(open_challenge: Any, administrator: Any) -> None:
    last = Entry.objects.order_by("-sequence").first()
    assert last is not None
    Entry(sequence=last.sequence + 1, at=last.at, actor="x", action="of_a_later_version", subject="x", hash="x").save()
    client = Client()
    client.force_login(administrator)
    shown = client.get(reverse("audit_log")).content.decode()
    assert 'data-column="Wat"><code class="small">of_a_later_version</code></td>' in shown
