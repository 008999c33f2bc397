# SPDX-License-Identifier: EUPL-1.2
"""The pages of a track in a real browser: readable on a phone, and by a screen reader."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

PAGES = ("", "team/", "partners/", "gesprek/", "gesprek/1/", "vaardigheden/", "besluit/", "rondes/1/", "partners/1/")


@pytest.mark.parametrize("who", ["Otis (demo)", "Cor (demo)", "Marit (demo)"])
def test_every_page_of_a_track_fits_a_phone_and_breaks_no_rule_of_access(demo_page: Any, axe: Any, who: str) -> None:
    demo_page.set_viewport_size({"width": 360, "height": 800})
    demo_page.goto("/demo/")
    demo_page.get_by_role("button", name=who).click()
    demo_page.goto("/trajecten/")
    home = demo_page.locator("main .cards a[href^='/trajecten/']").first.get_attribute("href")
    assert home is not None
    for page in ("/trajecten/", *(home + name for name in PAGES)):
        response = demo_page.goto(page)
        if response.status in {403, 404}:  # not for this person, or there is no such partner in this track
            continue
        assert (page, axe(demo_page)) == (page, [])
        assert demo_page.evaluate("document.documentElement.scrollWidth") <= 360, page
