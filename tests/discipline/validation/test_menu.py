# SPDX-License-Identifier: EUPL-1.2
"""The menu of an idea has four groups, and shows the pages of the one where you are."""

import pytest
from django.urls import reverse

from beproefd.discipline.validation.menu import menu

pytestmark = pytest.mark.django_db


def at(name, shop, *args):
    return reverse(name, args=[shop.idea.challenge.slug, shop.idea.reference, *args])


@pytest.mark.parametrize(
    ("name", "args", "group", "pages", "current"),
    [
        ("tracks:home", (), "Overview", [], []),
        ("validation:cards", (), "Testing", ["Assumptions", "Tests", "Screens", "Evidence"], [("Tests", "page")]),
        ("validation:card", (1,), "Testing", ["Assumptions", "Tests", "Screens", "Evidence"], [("Tests", "true")]),
        ("portfolio:gates", (), "Learning", ["Learning cards", "Canvas", "Gates"], [("Gates", "page")]),
        ("tracks:dialogue", (), "Team", ["Team", "Partners", "Dialogue"], [("Dialogue", "page")]),
    ],
)
def test_the_menu_has_four_groups_and_opens_the_one_you_are_in(shop, name, args, group, pages, current):
    found = menu(at(name, shop, *args), shop.idea, works=False)
    assert [str(link.label) for link in found["menu"]] == ["Overview", "Testing", "Learning", "Team"]
    assert [str(link.label) for link in found["menu"] if link.current] == [group]
    assert [str(link.label) for link in found["menu_pages"]] == pages
    assert [(str(link.label), link.current) for link in found["menu_pages"] if link.current] == current


def test_skills_are_for_who_works_on_it(shop):
    pages = menu(at("tracks:team", shop), shop.idea, works=True)["menu_pages"]
    assert [str(link.label) for link in pages] == ["Team", "Skills", "Partners", "Dialogue"]
