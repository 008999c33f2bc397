# SPDX-License-Identifier: EUPL-1.2
"""One phone that two people use, with and without a connection: nobody reads or sends what belongs to the other."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import running
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KEPT = "caches.match(location.pathname).then(page => Boolean(page))"


def test_after_signing_out_the_page_is_gone_and_what_was_tapped_waits_for_its_owner(
    browser: Any, demo_site: running.LiveSite, axe: Callable[[Any], list[str]]
) -> None:
    phone = Person(browser, demo_site, axe).become("Otis")
    phone.go("/trajecten/")
    phone.press("main a:has-text('IAMconnected')")
    phone.press("main a:has-text('Naar deze test')")
    form = f"{phone.page.url.removeprefix(demo_site.url)}waarnemen/"
    phone.go(form)
    _wait(phone, KEPT)
    phone.context.set_offline(True)
    phone.page.click("button[value=yes]")
    phone.page.reload()
    assert _waiting(phone) == "1"

    phone.context.clear_cookies(name="sessionid")  # signed out meanwhile, by time or by hand elsewhere
    phone.context.set_offline(False)
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    phone.page.wait_for_selector("#wachtrij:has-text('Je bent uitgelogd')")
    phone.page.goto("/demo/")
    _wait(phone, "caches.keys().then(names => !names.length)")
    phone.become("Cor")
    phone.go(form)
    assert _waiting(phone) == "0"

    phone.become("Otis")
    phone.go(form)
    phone.page.wait_for_selector("#waarnemen[data-waiting='0']")
    assert "Alles is verstuurd" in phone.page.inner_text("#wachtrij")
    phone.context.close()


def _waiting(phone: Person) -> str | None:
    return phone.page.get_attribute("#waarnemen", "data-waiting")


def _wait(phone: Person, until: str) -> None:
    """The content policy of the page allows no function to wait for, so ask again and again."""
    for _ in range(50):
        if phone.page.evaluate(until):
            return
        phone.page.wait_for_timeout(100)
    raise AssertionError(until)
