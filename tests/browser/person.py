# SPDX-License-Identifier: EUPL-1.2
"""Someone at a screen, for the tests that walk a whole path."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests import running

TOO_WIDE = """width => document.documentElement.scrollWidth <= width ? [] :
    [...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > width)
        .map(e => e.outerHTML.slice(0, 120))"""


class Person:
    """Someone at a screen. Every page they reach is checked at phone and desktop width."""

    def __init__(self, browser: Any, site: running.LiveSite, axe: Callable[[Any], list[str]]) -> None:
        self.context = browser.new_context(base_url=site.url, locale="nl-NL", viewport={"width": 360, "height": 780})
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.axe, self.seen, self.problems = axe, set(), []
        self.page.on("pageerror", lambda problem: self.problems.append(str(problem)))
        self.page.on("dialog", lambda dialog: self.problems.append(f"a script ran: {dialog.message}"))

    def sign_in(self, email: str, password: str) -> "Person":
        """With the form."""
        self.go("/account/login/")
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", password)
        self.press("main form button[type=submit], main form button:not([type])")
        return self

    def become(self, name: str) -> "Person":
        """With one click on the demo's page of roles."""
        self.page.goto("/demo/")
        self.press(f"button:has-text('Word {name}')")
        return self

    def look(self) -> None:
        """No WCAG 2.2 A or AA violation and no sideways scroll, at both widths; each address and state once."""
        here = (urlsplit(self.page.url).path, self.page.locator("h1").inner_text(), self.page.locator("form").count())
        if here in self.seen:
            return
        self.seen.add(here)
        for width in (360, 1280):
            self.page.set_viewport_size({"width": width, "height": 780})
            assert self.axe(self.page) == [], f"{self.page.url} at {width} px"
            assert self.page.evaluate(TOO_WIDE, width) == [], f"{self.page.url} scrolls sideways at {width} px"

    def go(self, path: str) -> Any:
        response = self.page.goto(path)
        assert response.status == 200, f"{path} answers {response.status}"
        self.look()
        return response

    def fill(self, **fields: Any) -> None:
        for name, value in fields.items():
            place = self.page.locator(f"main [name={name}]").first
            kind = place.get_attribute("type")
            if place.evaluate("e => e.tagName") == "SELECT":
                place.select_option(str(value))
            elif kind in {"radio", "checkbox"}:
                self.page.locator(
                    f"main [name={name}]" + (f'[value="{value}"]' if value is not True else "")
                ).first.check()
            else:
                place.fill(str(value))

    def press(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        self.look()

    def send(self) -> None:
        """Press the main button of the page."""
        self.press("main form button.utrecht-button--primary-action")

    def text(self) -> str:
        return str(self.page.locator("main").inner_text())
