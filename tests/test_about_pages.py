# SPDX-License-Identifier: EUPL-1.2
"""The pages about the site itself, the menu and the footer."""

from typing import Any

import pytest
from django.urls import reverse

from tests import factories
from tests.discipline.pages import visit
from tests.ui.page import Page

pytestmark = pytest.mark.django_db
ABOUT = ("privacy", "accessibility", "contact")


@pytest.mark.parametrize("name", ABOUT)
def test_a_page_about_the_site_opens_for_everyone_and_holds_no_inline_code(name: str) -> None:
    shown = visit().get(reverse(name))
    page = Page(shown.content.decode())
    assert (shown.status_code, page.inline_code, page.double_ids, len(page.all("h1"))) == (200, [], [], 1)


@pytest.mark.parametrize(("address", "link"), [("help@gemeente.example", 1), ("", 0)])
def test_the_contact_page_shows_the_address_that_the_municipality_set(settings: Any, address: str, link: int) -> None:
    settings.CONTACT = address
    page = Page(visit().get(reverse("contact")).content.decode())
    assert len(page.all("a", href=f"mailto:{address}")) == link


def test_the_style_guide_is_offered_to_staff_alone() -> None:
    guide = f'href="{reverse("styleguide")}"'
    shown = {
        role: guide in visit(factories.person(role)).get(reverse("contact")).content.decode()
        for role in ("manager", "team", "administrator")
    }
    assert shown | {"visitor": guide in visit().get(reverse("contact")).content.decode()} == {
        "manager": True,
        "team": False,
        "administrator": True,
        "visitor": False,
    }


def test_the_menu_is_a_disclosure_that_needs_no_script_and_comes_before_the_content(manager: Any) -> None:
    page = Page(visit(manager).get(reverse("home")).content.decode())
    tags = [tag for tag, _attributes in page.elements]
    menu = tags.index("details")
    assert tags[menu : menu + 2] == ["details", "summary"]
    assert menu < tags.index("main")
    assert [item["aria-current"] for item in page.all("a", class_="") + page.all("a") if "aria-current" in item] == [
        "page"
    ]
