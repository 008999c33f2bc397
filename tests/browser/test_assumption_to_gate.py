# SPDX-License-Identifier: EUPL-1.2
"""From an assumption to a passed gate, by hand in the browser: two phones, one of them offline for a while."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import running
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BETWEEN = 800  # milliseconds from one person to the next; two taps faster than .7 s are a double tap
ROWS = "table:has(th:text-is('Opmerking')) tbody tr"
YES_AND_NO = [True, False, True, False, True, False, False, True, False, True]
SENT = "#waarnemen[data-waiting='0']"
PILE = "**/stapel/"
KEPT = "caches.match(location.pathname).then(page => Boolean(page))"


def test_a_team_tests_pivots_and_passes_a_gate(
    browser: Any, demo_site: running.LiveSite, axe: Callable[[Any], list[str]]
) -> None:
    """Plan, lock, twenty observations by two people, verdict, learning, pivot, gate."""
    tess, cor, marit, dirk = (Person(browser, demo_site, axe).become(name) for name in ("Tess", "Cor", "Marit", "Dirk"))
    tess.go("/trajecten/")
    tess.press("main a:has-text('Tommi€')")
    room = tess.page.url.removeprefix(demo_site.url)

    card = _plan_and_start(tess, room)
    _observe_together(tess, cor, card)
    _close(tess, card)
    child = _learn_and_pivot(tess, room)
    _pass_the_gate(tess, marit, dirk, child)
    for person in (tess, cor, marit, dirk):
        assert person.problems == []
        person.context.close()


def _plan_and_start(tess: Person, room: str) -> str:
    tess.go(f"{room}aannames/")
    tess.press("main a:has-text('Wie elke dag ziet')")
    tess.press("main a:has-text('Maak een test')")
    tess.fill(
        question="Houdt iemand geld over?",
        method="field",
        who="Bewoners van een woonvorm in Noord",
        measure="heeft vrijdag nog geld",
        right_from=5,
        hope_for=8,
        stakes="large",
        duration_days=14,
    )
    tess.page.click("text=Hoeveel mensen heb je nodig?")
    tess.page.wait_for_selector("#mensen >> text=nooit meer dan")
    tess.send()
    assert "De testkaart is bewaard" in tess.page.inner_text("body")
    card = tess.page.url
    tess.press("button:has-text('Start de test')")
    assert "Er is nog niets waargenomen" in tess.text()
    return card


def _observe_together(tess: Person, cor: Person, card: str) -> None:
    """Ten each, at the same time; the coach has no connection while tapping."""
    for person in (tess, cor):
        person.go(f"{card}waarnemen/")
        person.page.set_viewport_size({"width": 360, "height": 780})
    for _ in range(50):
        if cor.page.evaluate(KEPT):
            break
        cor.page.wait_for_timeout(100)
    _lose_connection(cor)
    for turn, yes in enumerate(YES_AND_NO):
        if turn == len(YES_AND_NO) // 2:  # the phone closed the page meanwhile
            cor.page.reload()
            cor.page.wait_for_selector("#wachtrij:has-text('Er is geen verbinding')")
        cor.page.click("button[value=no]")
        tess.page.click(f"button[value={'yes' if yes else 'no'}]")
        tess.page.wait_for_timeout(BETWEEN)
    tess.page.wait_for_selector(SENT)  # the last one could be taken back for some seconds
    assert "wacht op verbinding: 10" in cor.page.inner_text("#wachtrij")
    tess.page.goto(card)
    assert tess.page.locator(ROWS).count() == 10
    assert "vastgezet op" in tess.text()

    cor.context.set_offline(False)
    cor.context.unroute(PILE)
    cor.page.evaluate("window.dispatchEvent(new Event('online'))")
    cor.page.wait_for_selector(SENT)
    assert "Alles is verstuurd" in cor.page.inner_text("#wachtrij")
    tess.go(card)
    assert tess.page.locator(ROWS).count() == 20
    assert "STOP: er zijn geen mensen meer nodig." in tess.text()


def _lose_connection(person: Person) -> None:
    """From here on nothing arrives. A page that opens anew is on line for a moment before Chromium cuts it off too."""
    person.context.route(PILE, lambda route: route.abort("internetdisconnected"))
    person.context.set_offline(True)


def _close(tess: Person, card: str) -> None:
    tess.go(card)
    tess.press("button:has-text('Sluit de test af')")
    assert "Klaar" in tess.text()


def _learn_and_pivot(tess: Person, room: str) -> str:
    tess.go(f"{room}besluit/")
    tess.page.locator("label:has-text('Wie elke dag ziet') input").check()
    tess.page.locator("label:has-text('heeft vrijdag nog geld') input").check()
    tess.fill(
        believed="Wie elke dag ziet wat er nog uit mag, houdt geld over.",
        observed="De helft hield niets over.",
        learned="Zien is niet genoeg. Mensen willen samen kijken.",
        therefore="We maken er een gesprek van, elke week met een helper.",
        decision="pivot",
    )
    tess.page.locator("details.explain summary").first.click()
    tess.fill(pivot_title="Samen kijken naar je geld", pivot_solution="Elke week tien minuten met een helper.")
    tess.send()
    assert "Samen kijken naar je geld" in tess.text()
    tess.go("/trajecten/")
    tess.press("main a:has-text('Samen kijken naar je geld')")
    child = tess.page.url
    tess.go(f"{child}leren/")
    assert "Waar dit idee vandaan komt" in tess.text()
    assert "Tommi€" in tess.text()
    return child


def _pass_the_gate(tess: Person, marit: Person, dirk: Person, child: str) -> None:
    tess.go(f"{child}canvas/wijzigen/")
    tess.fill(costs="Een helper, tien minuten per week.", cause="wording", explanation="De kosten stonden er nog niet.")
    tess.send()
    tess.go(f"{child}poorten/")
    tess.press("main a:has-text('Vraag een poort aan')")
    tess.fill(plan="Vier weken met twaalf bewoners in Noord.", budget=1500)
    tess.send()
    asked = tess.page.url if tess.page.url.rstrip("/").split("/")[-1].isdigit() else f"{child}poorten/1/"

    marit.go(asked)
    marit.press("main a:has-text('Wijs een beoordelaar aan'), main a:has-text('beoordelaar')")
    marit.page.locator("main select[name=user]").select_option(label=_choice(marit, "Dirk"))
    marit.send()
    dirk.go(asked)
    dirk.press("main form button.utrecht-button--primary-action")
    dirk.press("main a.utrecht-button-link--primary-action")
    dirk.fill(outcome="go", reasons="Het team weet wat het wil uitzoeken.")
    dirk.send()
    marit.go(asked)
    marit.press("main a.utrecht-button-link--primary-action")
    marit.fill(outcome="go", reasons="Ga door. Zoek eerst uit of een helper tijd heeft.", sure=True)
    marit.send()
    tess.go(f"{child}poorten/")
    assert "gehaald" in tess.text()


def _choice(person: Person, name: str) -> str:
    words = person.page.locator("main select[name=user] option").all_inner_texts()
    return next(word for word in words if word.startswith(name))
