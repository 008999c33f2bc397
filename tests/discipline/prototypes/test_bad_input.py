# SPDX-License-Identifier: EUPL-1.2
"""Bad input in every form about screens: a clear answer, nothing half-written, nothing executed."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from beproefd.discipline.prototypes.models import Button, Prototype, Screen, Session, Step
from beproefd.ground.audit.queries import verify
from tests import factories as make
from tests.factories import prototypes as draw
from tests.factories.validation import Workshop

pytestmark = pytest.mark.django_db
NASTY = "\"><script>alert(1)</script>{{ 7|add:7 }}%(naam)s'); DROP TABLE prototypes_screen; --"
STRANGE = ["", "\0", "x" * 5000, "9" * 5000, "-1", "²", "📎", "back\0", "../..", "{}", "1 OR 1=1"]


def rows() -> list[int]:
    return [model.objects.count() for model in (Prototype, Screen, Button, Session, Step)]


def of(made: Prototype, name: str, *rest: Any) -> str:
    return reverse(f"prototypes:{name}", args=[made.idea.challenge.slug, made.idea.reference, made.number, *rest])


def test_strange_text_is_kept_and_comes_out_escaped_everywhere(shop: Workshop) -> None:
    made = draw.prototype(shop, title=NASTY[:80], task=NASTY, question=NASTY)
    screen = draw.screen(shop, made, NASTY[:40], text=NASTY, question=NASTY)
    client = Client()
    client.force_login(shop.owner)
    session = draw.session(shop, made, place=NASTY[:60])
    pages = [of(made, name) for name in ("detail", "edit", "paths", "session_new")]
    pages += [of(made, "screen_edit", screen.pk), of(made, "screen_look", screen.pk), of(made, "session", session.pk)]
    address = reverse("trying:welcome", args=[session.token])
    page = client.post(address, {"yes": "1"}, follow=True)
    for press in ("on", "on", "good", "on"):
        html = page.content.decode()
        assert "<script>alert" not in html
        key = re.search(r'name="key" value="([^"]+)"', html).group(1)
        page = client.post(page.request["PATH_INFO"], {"pressed": press, "key": key}, follow=True)
    for shown in pages:
        assert "<script>alert" not in client.get(shown).content.decode()


@pytest.mark.parametrize("value", STRANGE, ids=range(len(STRANGE)))
def test_impossible_values_in_the_teams_forms_write_nothing(shop: Workshop, value: str) -> None:
    made = draw.three_screens(shop)
    screen = made.screens.get(title="Begin")
    make.card(shop)
    client, before = Client(raise_request_exception=False), rows()
    client.force_login(shop.owner)
    names = ["word_1", "pictogram_1", "goes_1", "drawing", "picture", "text", "alt", "title", "pictogram", "seen"]
    tries = [
        (of(made, "screen_new", "tekening"), dict.fromkeys(names, value)),
        (of(made, "screen_new", "foto"), dict.fromkeys(names, value)),
        (of(made, "screen_new", "tekst"), {"title": "X", "text": "Y", "word_1": "Z", "goes_1": value or "screen-0"}),
        (of(made, "screen_edit", screen.pk), dict.fromkeys(names, value)),
        (of(made, "session_new"), dict.fromkeys(["card", "mode", "group", "arm", "request_key"], value)),
        (reverse("prototypes:new", args=[made.idea.challenge.slug, made.idea.reference]), {"title": value}),
    ]
    for address, said in tries:
        assert client.post(address, said).status_code == 200, address
    assert rows() == before
    assert verify().problem == ""


@pytest.mark.parametrize("value", STRANGE, ids=range(len(STRANGE)))
def test_impossible_presses_leave_a_session_where_it_was(shop: Workshop, value: str) -> None:
    session, client = draw.session(shop), Client(raise_request_exception=False)
    draw.walk(session, "on")
    step = reverse("trying:step", args=[session.token, 2])
    for said in ({"pressed": value, "key": str(uuid.uuid4())}, {"pressed": "1", "key": value}, {}):
        assert client.post(step, said).status_code == 302
    keep = client.post(reverse("trying:keep", args=[session.token]), {"held": value})
    assert keep.status_code == 302  # nobody stopped
    assert session.steps.count() == 2
    client.post(reverse("trying:stop", args=[session.token]))
    client.post(reverse("trying:keep", args=[session.token]), {"held": value})
    assert session.steps.count() == 0


def test_addresses_with_impossible_numbers_do_not_exist(shop: Workshop) -> None:
    made, session = draw.three_screens(shop), draw.session(shop)
    draw.walk(session)
    client, huge = Client(raise_request_exception=False), int("9" * 40)
    client.force_login(shop.owner)
    base = reverse("prototypes:list", args=[made.idea.challenge.slug, made.idea.reference])
    for path in (
        f"{huge}/",
        f"1/schermen/{huge}/",
        f"1/schermen/{huge}/plaatje/",
        f"1/sessies/{huge}/",
        "1/schermen/nieuw/x/",
    ):
        assert client.get(base + path).status_code == 404, path
    assert client.get(f"/proef/{session.token}/{huge}/").status_code == 302  # back to where the session stands
    assert client.get(f"/proef/{session.token}/plaatjes/{huge}/").status_code == 404
    assert client.get(f"/proef/{'x' * 3000}/").status_code == 404
