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


def test_a_tap_can_be_taken_back_and_what_is_added_belongs_to_the_person_of_just_now(
    browser: Any, demo_site: running.LiveSite, axe: Callable[[Any], list[str]]
) -> None:
    phone, card = _at_the_form(browser, demo_site, axe)
    rows = _rows(phone, card)
    assert phone.page.locator("button[value=yes]").bounding_box()["y"] < 780  # within the first screen of a phone
    phone.page.click("button[value=no]")
    phone.page.click("[data-undo]")
    assert "Ongedaan gemaakt" in phone.page.inner_text("#wachtrij")
    phone.page.wait_for_timeout(800)
    phone.page.click("label:has-text('Met hulp')")
    phone.page.click("button[value=yes]")
    assert "Opgeschreven: nee, want het was met hulp." in phone.page.inner_text("#wachtrij")
    phone.page.click("[data-add]")
    phone.page.fill("[name=note]", "Vroeg eerst haar zoon.")
    phone.look()
    phone.page.wait_for_timeout(800)
    phone.page.click("button[value=no]")  # the next person
    phone.page.wait_for_selector("#waarnemen[data-waiting='0']")
    assert "Opgeschreven: nee. Alles is verstuurd." in phone.page.inner_text("#wachtrij")
    phone.page.locator("summary:has-text('Waar ben je')").click()
    phone.page.fill("[name=other_place]", "Molenwijk")
    phone.page.press("[name=other_place]", "Enter")  # typing is no outcome
    assert phone.page.url.endswith("/waarnemen/")
    added = _rows(phone, card)[: -len(rows)] if rows else _rows(phone, card)
    assert [("haar zoon" in row, "met hulp" in row) for row in added] == [(False, False), (True, True)]
    phone.context.close()


def test_with_no_room_on_the_phone_a_tap_goes_the_ordinary_way(
    browser: Any, demo_site: running.LiveSite, axe: Callable[[Any], list[str]]
) -> None:
    phone, card = _at_the_form(browser, demo_site, axe)
    before = len(_rows(phone, card))
    phone.go(f"{card}waarnemen/")
    phone.page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    with phone.page.expect_navigation():
        phone.page.click("button[value=no]")
    assert "Opgeschreven: nee." in " ".join(phone.page.inner_text("#wachtrij").split())
    assert len(_rows(phone, card)) == before + 1
    phone.context.close()


def test_the_next_person_on_the_phone_finds_no_page_of_the_one_before(
    browser: Any, demo_site: running.LiveSite, axe: Callable[[Any], list[str]]
) -> None:
    phone, _card = _at_the_form(browser, demo_site, axe)
    _wait(phone, KEPT)
    phone.page.goto("/demo/")
    assert phone.page.evaluate("caches.keys()") == ["beproefd-waarnemen"]
    phone.become("Jamila")
    _wait(phone, "caches.keys().then(names => !names.length)")
    phone.context.close()


def test_what_waits_is_sent_from_another_page_of_the_work_too(
    browser: Any, demo_site: running.LiveSite, axe: Callable[[Any], list[str]]
) -> None:
    phone, card = _at_the_form(browser, demo_site, axe)
    phone.page.click("button[value=no]")
    phone.page.goto(card)  # before the tap was sent
    phone.page.wait_for_selector("#wachtend:has-text('is verstuurd')", timeout=30_000)
    assert (
        phone.page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('beproefd.observations'))") == []
    )
    phone.context.close()


def test_who_signs_out_while_something_still_waits_is_told_so_and_how_to_send_it_first(
    browser: Any, demo_site: running.LiveSite, axe: Callable[[Any], list[str]]
) -> None:
    phone, card = _at_the_form(browser, demo_site, axe)
    phone.context.route("**/stapel/", lambda route: route.abort())  # no connection for what was tapped
    phone.page.click("button[value=no]")
    warning, sign_out = "#eerst-versturen", "form[action='/account/logout/'] button"
    for start in ("/", "/account/logout/"):  # the button on every page, and the page of its own
        phone.page.goto(start)
        assert phone.page.locator(warning).is_hidden()
        if start == "/":
            phone.page.click("summary:has-text('Menu')")
        phone.page.locator(f"{'main ' if start != '/' else ''}{sign_out}").first.click()
        phone.page.wait_for_selector(f"{warning}:has-text('wachten: 1')")
        assert "Je bent nog niet uitgelogd" in phone.page.inner_text(warning)
        assert phone.page.evaluate("document.activeElement.id") == "eerst-versturen"
        assert phone.page.get_attribute(f"{warning} li a", "href") == f"{card}waarnemen/"
        assert phone.axe(phone.page) == []
        phone.page.click(f"{warning} [data-stay]")
        assert phone.page.locator(warning).is_hidden()
    phone.page.locator(f"main {sign_out}").first.click()
    with phone.page.expect_navigation():
        phone.page.click(f"{warning} [data-leave]")
    phone.become("Cor")
    phone.page.click("summary:has-text('Menu')")
    with phone.page.expect_navigation():  # what waits is of someone else
        phone.page.locator(sign_out).first.click()
    phone.become("Otis")
    phone.page.goto("/account/logout/")
    phone.page.locator(f"main {sign_out}").first.click()
    phone.page.wait_for_selector(f"{warning}:has-text('wachten: 1')")
    phone.context.unroute("**/stapel/")
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    phone.page.wait_for_selector(f"{warning}:has-text('Alles is verstuurd')")
    assert phone.problems == []
    phone.context.close()


def _at_the_form(browser: Any, site: running.LiveSite, axe: Callable[[Any], list[str]]) -> tuple[Person, str]:
    """Otis at the form for observations of a running test, and the address of the test."""
    phone = Person(browser, site, axe).become("Otis")
    phone.go("/trajecten/")
    phone.press("main a:has-text('IAMconnected')")
    phone.press("main a:has-text('Naar deze test')")
    card = phone.page.url.removeprefix(site.url)
    phone.go(f"{card}waarnemen/")
    phone.page.set_viewport_size({"width": 360, "height": 780})
    return phone, card


def _rows(phone: Person, card: str) -> list[str]:
    """What stands on the page of the test, the newest first."""
    here = phone.page.url
    phone.page.goto(card)
    rows = phone.page.locator("table:has(th:text-is('Opmerking')) tbody tr").all_inner_texts()
    phone.page.goto(here)
    return list(rows)


def _waiting(phone: Person) -> str | None:
    """How many taps wait, once the phone has counted them."""
    return phone.page.wait_for_selector("#waarnemen[data-waiting]", state="attached").get_attribute("data-waiting")


def _wait(phone: Person, until: str) -> None:
    """The content policy of the page allows no function to wait for, so ask again and again."""
    for _ in range(50):
        if phone.page.evaluate(until):
            return
        phone.page.wait_for_timeout(100)
    raise AssertionError(until)
