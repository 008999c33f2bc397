# SPDX-License-Identifier: EUPL-1.2
from itertools import pairwise
from pathlib import Path

import pytest
from django.template.loader import get_template

from beproefd.ui.templatetags.ui import ALERTS, BADGES
from beproefd.ui.views import ICONS
from tests.ui.page import Page


def styleguide(client, language="nl"):
    client.cookies["django_language"] = language
    response = client.get("/stijlgids/")
    assert response.status_code == 200
    return response, Page(response.content.decode())


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_style_guide_speaks_the_language_that_was_chosen(client, language):
    _response, page = styleguide(client, language)
    assert page.all("html") == [{"lang": language}]


def test_no_page_part_holds_inline_style_or_script_or_fetches_from_elsewhere(client):
    response, page = styleguide(client)
    assert page.inline_code == []
    assert page.foreign_addresses == []
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "style-src 'self'" in policy


def test_no_id_is_used_twice(client):
    _response, page = styleguide(client)
    assert page.double_ids == []


def test_every_reference_to_an_id_finds_it(client):
    _response, page = styleguide(client)
    named = {
        name
        for attrs in page.all()
        for key in ("aria-describedby", "aria-labelledby", "for")
        for name in attrs.get(key, "").split()
    }
    links = {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")}
    assert (named | links) - set(page.ids) == set()


def test_it_shows_every_alert_badge_and_icon(client):
    _response, page = styleguide(client)
    classes = {name for attrs in page.all() for name in attrs.get("class", "").split()}
    assert {f"utrecht-alert--{kind}" for kind in ALERTS} <= classes
    assert {name for kinds in BADGES.values() for name in kinds.split()} <= classes
    folder = Path(get_template("ui/icons/ok.svg").origin.name).parent
    assert sorted(ICONS) == sorted(file.stem for file in folder.glob("*.svg"))


def test_headings_do_not_skip_a_level(client):
    _response, page = styleguide(client)
    levels = [int(tag[1]) for tag, _attrs in page.elements if tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_language_can_be_switched_without_javascript(client):
    _response, page = styleguide(client)
    assert [(b["value"], b["lang"]) for b in page.all("button", name="language")] == [("nl", "nl"), ("en", "en")]
    assert page.all("input", name="next")[0]["value"] == "/stijlgids/"


def test_the_first_stop_of_the_keyboard_leads_to_the_content(client):
    _response, page = styleguide(client)
    first = next(
        attrs for tag, attrs in page.elements if tag in {"a", "button", "input"} and attrs.get("type") != "hidden"
    )
    assert first["href"] == "#inhoud"
    assert page.all("main", id="inhoud", tabindex="-1")
