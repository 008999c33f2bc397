# SPDX-License-Identifier: EUPL-1.2
"""The follow-up of the demo city, walked link by link: who does not belong finds nothing, and bad input breaks nothing."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from beproefd.demo.city import build
from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.models import User
from beproefd.ground.audit.queries import verify
from tests.factories.kept import kept
from tests.leaks.forms import NASTY, Form, forms_in, judge_answer, rows, send

OURS = re.compile(r"^/(trajecten|portfolio|leren)/")
PEOPLE = ("manager", "coach", "owner", "owner2", "owner3", "juror", "expert", "administrator")
TEAMS = {"IAMconnected": "owner", "Tommi€": "owner2", "Sparen Loont": "owner3", "Nazorg met een maatje": "owner3"}


class Links(HTMLParser):
    """The addresses a page points to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Links and htmx fragments."""
        for name, value in attrs:
            if name in {"href", "hx-get"} and value and OURS.match(value):
                self.found.add(value.partition("#")[0])


@kept
def built() -> None:
    """The demo city, as `make demo` builds it."""
    build()


@pytest.fixture
def city(db: None) -> dict[str, User]:
    """The people of the demo city."""
    cache.clear()
    built()
    people = {key: User.objects.get(email=f"{key}@demo.example") for key in PEOPLE if key != "administrator"}
    administrator = User.objects.filter(grants__role="administrator").first()
    assert administrator is not None
    return people | {"administrator": administrator}


def visit(person: User | None) -> Client:
    """A browser in which this person is signed in."""
    client = Client(raise_request_exception=False)
    if person:
        client.force_login(person)
    return client


def walk(client: Client, start: tuple[str, ...] = ("/trajecten/", "/portfolio/", "/leren/")) -> dict[str, str]:
    """Every page of the follow-up that can be reached by links, with what it says. Nothing on the way may break."""
    pages: dict[str, str] = {}
    waiting = list(start)
    while waiting:
        address = waiting.pop()
        if address in pages:
            continue
        response = client.get(address)
        assert (address, response.status_code) in {(address, code) for code in (200, 302, 403, 404)}
        is_page = response.status_code == 200 and "text/html" in response["Content-Type"]
        pages[address] = response.content.decode() if is_page else ""
        reader = Links()
        reader.feed(pages[address])
        waiting += sorted(reader.found - pages.keys())
    return {address: text for address, text in pages.items() if text}


def about(pages: dict[str, str], idea: Idea) -> dict[str, str]:
    """The pages about one idea."""
    return {address: text for address, text in pages.items() if f"/{idea.reference}/" in address}


def followed() -> Iterator[Idea]:
    """The ideas that are or were worked out."""
    yield from Idea.objects.filter(followed_up_at__isnull=False).order_by("pk")


def test_everyone_finds_the_pages_of_their_own_idea_and_strangers_find_none(city: dict[str, User]) -> None:
    inside: dict[str, set[str]] = {}
    for idea in followed():
        owner = city[TEAMS[idea.title]]
        pages = about(walk(visit(owner)), idea)
        assert len(pages) >= 10, idea.title
        inside[idea.reference] = set(pages)
    for idea in followed():
        for key, person in {**city, "nobody": None}.items():
            if key in {"manager", "coach", TEAMS[idea.title]}:
                continue
            client = visit(person)
            for address in sorted(inside[idea.reference]):
                if key in {"juror", "expert"} and "/poorten/" in address:
                    continue  # reviewers have a way in of their own: tests/discipline/portfolio
                response = client.get(address)
                assert (key, address, response.status_code) in {(key, address, code) for code in (302, 403, 404)}
                if response.status_code == 302:
                    assert response["Location"].startswith(("/account/login/", "/trajecten/"))


def test_no_page_of_a_stranger_tells_what_a_team_wrote(city: dict[str, User]) -> None:
    secrets = [
        "Wie elke dag ziet wat er nog uit mag",
        "noemt zonder hulp het goede bedrag",
        "twee bewoners zeiden",
        "Elke week een tafel en koffie",
    ]
    for key in ("juror", "administrator", "owner3"):
        told = " ".join(walk(visit(city[key])).values())
        assert [secret for secret in secrets if secret in told] == []
    told = " ".join(walk(visit(None), ("/leren/", "/")).values())
    assert [secret for secret in secrets if secret in told] == []


def test_hours_and_load_are_on_no_page_of_the_programme(city: dict[str, User]) -> None:
    told = walk(visit(city["manager"]))
    assert [address for address, text in told.items() if "leiding@demo.example" in text] == []
    assert [address for address, text in told.items() if "Leidinggevende (demo)" in text] == []
    assert any("leiding@demo.example" in text for text in walk(visit(city["owner"])).values())


_forms: list[tuple[str, Form]] = []


@pytest.fixture
def forms(city: dict[str, User]) -> list[tuple[Client, Form]]:
    """Every form of the follow-up, each kind once. The city is the same for every test, so the walk is made once."""
    known = {(form.name, tuple(form.kinds)) for _key, form in _forms}
    for key in () if _forms else ("owner", "owner2", "owner3", "coach", "manager", "expert"):
        for address, text in sorted(walk(visit(city[key])).items()):
            for form in forms_in(address, text):
                kind = (form.name, tuple(form.kinds))
                if not form.name.startswith("account") and kind not in known:
                    known.add(kind)
                    _forms.append((key, form))
    assert len(_forms) > 25
    clients = {key: visit(city[key]) for key in PEOPLE}
    return [(clients[key], form) for key, form in _forms]


def test_strange_text_in_every_field_of_the_follow_up_is_kept_or_refused_and_comes_out_escaped(
    forms: list[tuple[Client, Form]],
) -> None:
    before = rows()
    for what, text in NASTY.items():
        for client, form in forms:
            fields = form.of_kind("text")
            if not fields:
                continue
            with transaction.atomic():
                response = send(client, form, **dict.fromkeys(fields, text))
                judge_answer(form, what, response, before)
                if response.status_code == 302:
                    shown = client.get(response["Location"])
                    assert b"<script>alert(1)" not in shown.content
                transaction.set_rollback(True)


def test_impossible_choices_and_numbers_and_missing_fields_break_nothing(forms: list[tuple[Client, Form]]) -> None:
    before = rows()
    for client, form in forms:
        numbers = [name for name in form.of_kind("number", "hidden") if name != "csrfmiddlewaretoken"]
        tries: list[tuple[str, dict[str, Any]]] = [("nothing", {})]
        tries += [(f"{name}={value[:9]}", {name: value}) for name in numbers for value in ("9" * 30, "-1", "x")]
        tries += [(f"{name}=bestaat-niet", {name: "bestaat-niet"}) for name in form.of_kind("choice")]
        tries += [(f"{name}=31 februari", {name: "2026-02-31"}) for name in form.of_kind("date")]
        for what, changed in tries:
            with transaction.atomic():
                answer = client.post(form.action, {}) if what == "nothing" else send(client, form, **changed)
                judge_answer(form, what, answer, before)
                transaction.set_rollback(True)


def test_a_text_of_five_megabytes_is_refused_in_every_field_of_the_follow_up(
    forms: list[tuple[Client, Form]],
) -> None:
    before, long = rows(), "x" * (5 * 1024 * 1024)
    for client, form in forms:
        fields = form.of_kind("text")
        if fields:
            response = send(client, form, **{fields[-1]: long})
            assert (form.name, response.status_code) in {(form.name, code) for code in (200, 302, 400, 404)}
            assert (form.name, rows()) == (form.name, before)
    assert verify().problem == ""
