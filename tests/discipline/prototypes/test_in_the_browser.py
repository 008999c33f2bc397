# SPDX-License-Identifier: EUPL-1.2
"""A whole session on a phone: looked at, reached by keyboard, and read with the rules of accessibility."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests import running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AxeCheck = Callable[[Any], list[str]]
TOO_WIDE = """width => document.documentElement.scrollWidth <= width ? [] :
    [...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > width)
        .map(e => e.outerHTML.slice(0, 120))"""
TARGETS = """() => [...document.querySelectorAll("main button, main a")]
    .filter(e => e.offsetParent && e.getBoundingClientRect().height < 64).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def scene(live_site: running.LiveSite) -> dict[str, Any]:
    """A team with screens, on the data of the running site."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.discipline.prototypes.scene"],
        env=running.environment(**live_site.variables),
        cwd=running.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"url": live_site.url}


def look(page: Any, axe: AxeCheck, *, calm: bool = True) -> None:
    """No WCAG 2.2 A or AA violation, no sideways scroll; on the calm pages every target at least 64 px high."""
    assert axe(page) == [], page.url
    assert page.evaluate(TOO_WIDE, page.viewport_size["width"]) == [], page.url
    if calm:
        assert page.evaluate(TARGETS) == [], page.url


def press_with_keyboard(page: Any, selector: str) -> None:
    """Reach a control with Tab alone and press Enter."""
    wanted = page.locator(selector).first
    page.locator("body").press("Home")
    for _time in range(30):
        page.keyboard.press("Tab")
        if wanted.evaluate("e => e === document.activeElement"):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    pytest.fail(f"{selector} on {page.url} is not reached with Tab")


def test_a_session_with_a_helper_goes_by_keyboard_on_a_phone(page: Any, scene: dict[str, Any], axe: AxeCheck) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"/proef/{scene['assisted']}/")
    for selector in (
        "[href$=verder]", "button[name=yes]", "[value=on]", "[name=pressed][value='1']", "[value=back]",
        "[name=pressed][value='1']", "[name=pressed][value='1']", "[value=good]", "[value=together]", "[value=on]",
        "[value=so_so]", "[href$=helper]", "[value=self]", "[value=yes]", "[value=on]",
    ):  # fmt: skip
        look(page, axe)
        press_with_keyboard(page, selector)
    look(page, axe)
    assert page.url.endswith("/proef/klaar/")
    assert page.goto(f"/proef/{scene['assisted']}/").status == 410
    look(page, axe)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.context.add_cookies([{"name": "sessionid", "value": scene["cookie"], "url": scene["url"]}])
    page.goto(scene["prototype"] + "paden/")
    look(page, axe, calm=False)
    first = page.locator("main table").first.locator("tbody tr").first.locator("td").all_inner_texts()
    assert first[:3] == ["1", "0", "0"]


def test_the_phones_own_way_back_stays_inside_the_session(page: Any, scene: dict[str, Any]) -> None:
    page.goto(f"/proef/{scene['alone']}/")
    for selector in ("[href$=verder]", "button[name=yes]", "[value=on]", "[name=pressed][value='1']"):
        with page.expect_navigation():
            page.locator(selector).first.click()
    page.go_back()
    assert page.locator("h1").inner_text() == "Begin"
    with page.expect_navigation():
        page.locator("[name=pressed][value='2']").click()
    assert page.locator("h1").inner_text() == "Wat vind je ervan?"
    page.wait_for_timeout(1500)  # nothing moves by itself
    assert page.locator("h1").inner_text() == "Wat vind je ervan?"
    with page.expect_navigation():
        page.locator("form[action$='/stoppen/'] button").click()
    assert "weggegooid" in page.locator("main").inner_text()


def test_the_address_is_copied_with_one_press(page: Any, scene: dict[str, Any], axe: AxeCheck) -> None:
    page.context.add_cookies([{"name": "sessionid", "value": scene["cookie"], "url": scene["url"]}])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"{scene['prototype']}sessies/{scene['session']}/")
    look(page, axe, calm=False)
    page.locator("[data-copy]").click()
    page.locator("[data-copy]", has_text="Gekopieerd").wait_for()
    assert page.locator("[data-copy-said]").inner_text() == "Gekopieerd"
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"/proef/{scene['assisted']}/")


def test_reading_aloud_shows_with_a_dutch_voice_only_and_starts_on_asking(page: Any, scene: dict[str, Any]) -> None:
    page.add_init_script("""
        window.said = [];
        const fake = {speaking: false, getVoices: () => window.voices, speak: u => window.said.push(u.text), cancel() {},
                      addEventListener() {}};
        Object.defineProperty(window, "speechSynthesis", {value: fake});
        window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } addEventListener() {} };
        window.voices = location.search.includes("stil") ? [{lang: "en-GB"}] : [{lang: "nl-NL"}];
    """)
    page.goto(f"/proef/{scene['alone']}/?stil")
    assert not page.locator("[data-read-button]").is_visible()
    page.goto(f"/proef/{scene['alone']}/")
    assert page.evaluate("window.said") == []
    page.locator("[data-read-button]").click()
    said = page.evaluate("window.said")
    assert said == [
        "Wil je ons helpen?",
        "Wij hebben iets gemaakt. Jij probeert het uit.",
        "Jij zegt wat je ervan vindt. Je kunt niets fout doen.",
        "Ga verder",
    ]


DARK = """() => { const c = document.querySelector("canvas");
    const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
    let n = 0; for (let i = 0; i < d.length; i += 4) n += d[i] < 128; return n; }"""


def test_a_drawing_stands_on_the_board_again_when_the_form_comes_back(page: Any, scene: dict[str, Any]) -> None:
    page.context.add_cookies([{"name": "sessionid", "value": scene["cookie"], "url": scene["url"]}])
    page.goto(scene["prototype"] + "schermen/nieuw/tekening/")
    page.fill("[name=title]", "Getekend")
    page.locator("[data-stamp=house]").focus()
    page.keyboard.press("Enter")
    before = page.evaluate(DARK)
    for _time in range(2):  # nothing is drawn the second time: what came back is sent back
        with page.expect_navigation():
            page.locator("main form button.utrecht-button--primary-action").click()
        for _wait in range(50):  # the content policy forbids the page to poll for us
            if page.evaluate(DARK) == before:
                break
            page.wait_for_timeout(100)
        assert page.evaluate(DARK) == before
    page.fill("[name=alt]", "Een huis")
    with page.expect_navigation():
        page.locator("main form button.utrecht-button--primary-action").click()
    assert page.locator("img[alt='Een huis']").evaluate("e => [e.complete, e.naturalWidth]") == [True, 720]


def test_a_drawing_is_made_undone_stamped_and_sent(page: Any, scene: dict[str, Any], axe: AxeCheck) -> None:
    page.context.add_cookies([{"name": "sessionid", "value": scene["cookie"], "url": scene["url"]}])
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(scene["prototype"] + "schermen/nieuw/tekening/")
    look(page, axe, calm=False)
    page.fill("[name=title]", "Getekend")
    page.fill("[name=alt]", "Een huis")
    canvas = page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 90, steps=5)
    page.mouse.up()
    assert page.evaluate(DARK) > 500
    page.locator("[data-undo]").click()
    assert page.evaluate(DARK) == 0
    page.locator("[data-stamp=house]").focus()
    page.keyboard.press("Enter")  # a stamp by keyboard lands in the middle
    assert page.evaluate(DARK) > 500
    with page.expect_navigation():
        page.locator("main form button.utrecht-button--primary-action").click()
    picture = page.locator("img[alt='Een huis']")
    assert picture.evaluate("e => [e.complete, e.naturalWidth, e.naturalHeight]") == [True, 720, 960]
