# SPDX-License-Identifier: EUPL-1.2
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture
def window(browser, live_server):
    """A Dutch window that allows no error in its console, such as a breach of the content policy."""
    context = browser.new_context(base_url=live_server.url, locale="nl-NL")
    page = context.new_page()
    problems = []
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    yield page
    context.close()
    assert problems == []


@pytest.fixture
def open_window(browser, live_server):
    """The same without the content policy, because the examination itself adds a style."""
    context = browser.new_context(base_url=live_server.url, locale="nl-NL", bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("theme", ["ui/theme.css", "ui/theme-avond.css"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_style_guide_breaks_no_accessibility_rule_and_fits_the_screen(open_window, axe, settings, theme, width):
    settings.THEME = theme
    open_window.set_viewport_size({"width": width, "height": 900})
    open_window.goto("/stijlgids/")
    open_window.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert axe(open_window) == []
    assert open_window.evaluate("document.documentElement.scrollWidth") == width


def test_what_can_be_pressed_is_large_enough_for_a_finger(window):
    window.set_viewport_size({"width": 360, "height": 900})
    window.goto("/stijlgids/")
    heights = window.evaluate(
        """() => [...document.querySelectorAll(
             'button, input:not([type=hidden], .option input), select, textarea, summary, .option,'
             + ' .utrecht-nav-bar a, .utrecht-button-link, .account a, .footer-links a')]
           .filter(part => part.checkVisibility())
           .map(part => [part.outerHTML.slice(0, 80), part.getBoundingClientRect().height])"""
    )
    assert [(html, height) for html, height in heights if height < 43.5] == []


def test_the_keyboard_reaches_the_content_first_and_the_focus_is_visible(window):
    window.goto("/stijlgids/")
    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.getAttribute('href')") == "#inhoud"
    assert window.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    window.keyboard.press("Enter")
    assert window.evaluate("document.activeElement.id") == "inhoud"
    window.keyboard.press("Tab")
    assert window.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_the_list_of_errors_gets_the_focus(window):
    window.goto("/account/login/")
    window.fill("[name=login]", "an@example.org")
    window.fill("[name=password]", "wrong")
    window.click("main button[type=submit] >> nth=0")
    window.wait_for_selector("[role=alert]")
    assert window.evaluate("document.activeElement.getAttribute('role')") == "alert"
