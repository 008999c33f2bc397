# SPDX-License-Identifier: EUPL-1.2
"""What every test can ask for: people, challenges and rounds, a real site, a browser and its accessibility check."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from tests import running
from tests.require import missing

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_data_dir = Path(tempfile.mkdtemp(prefix="beproefd-tests-"))


def pytest_configure() -> None:
    """Keep the tests out of the data of the person who runs them, and make signing in quick."""
    settings.DATA_DIR = _data_dir
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.STATIC_ROOT = _data_dir / "static"
    settings.STATIC_ROOT.mkdir()
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}  # tests/ui/test_static_files.py tries the real one
    settings.SIGNING_KEY_FILE = _data_dir / "decision-signing-key.pem"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.REQUIRE_MFA = False  # tests/ground/accounts turns it on


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(_data_dir, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever drives a browser carries its mark."""
    for item in items:
        asked = getattr(item, "fixturenames", ())
        if "page" in asked or "browser" in asked:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def own_language() -> None:
    """A page that was asked for in English leaves its language behind in the process; every test begins without one."""
    translation.deactivate()


@pytest.fixture
def require() -> Callable[[str, str], None]:
    """`require("browser", "why not")`: skip, or fail when BEPROEFD_REQUIRE names it."""
    return missing


def _factories() -> Any:
    from tests import factories  # noqa: PLC0415 -- the engines' tests run without the product

    return factories


@pytest.fixture
def mail_is_down_once(settings: Any) -> None:
    """The first message of this test is refused; the rest goes out."""
    from tests.broken_mail import FirstFails  # noqa: PLC0415 -- as above

    FirstFails.down = True
    settings.EMAIL_BACKEND = "tests.broken_mail.FirstFails"


# People


@pytest.fixture
def manager(db: None) -> Any:
    """The programme manager."""
    return _factories().person("manager", name="Mira Manager", organisation="Gemeente")


@pytest.fixture
def second_manager(db: None) -> Any:
    """A colleague of the programme manager."""
    return _factories().person("manager", name="Sander Manager", organisation="Gemeente")


@pytest.fixture
def owner(db: None) -> Any:
    """Someone who hands in ideas."""
    return _factories().person("team", name="Olga Eigenaar", organisation="Stichting Sparen")


@pytest.fixture
def jurors(db: None) -> Any:
    """Four jury members, each of another organisation."""
    return [_factories().person("juror", name=f"Jurylid {n}", organisation=f"Bureau {n}") for n in range(1, 5)]


@pytest.fixture
def juror(jurors: Any) -> Any:
    """One jury member."""
    return jurors[0]


@pytest.fixture
def coach(db: None) -> Any:
    """A coach."""
    return _factories().person("coach", name="Carla Coach", organisation="Hogeschool")


@pytest.fixture
def administrator(db: None) -> Any:
    """An administrator."""
    return _factories().person("administrator", name="Ad Beheer", organisation="Gemeente")


# Challenges and rounds


@pytest.fixture
def ready_challenge(manager: Any) -> Any:
    """A challenge with everything in place, not yet open."""
    return _factories().ready_challenge(manager)


@pytest.fixture
def open_challenge(manager: Any) -> Any:
    """A challenge that takes ideas."""
    return _factories().open_challenge(manager)


@pytest.fixture
def jury_challenge(manager: Any) -> Any:
    """A challenge with three handed-in ideas, intake closed."""
    owners = [_factories().person("team", name=f"Team {n}", organisation=f"Stichting {n}") for n in range(1, 4)]
    return _factories().jury_challenge(manager, owners)


@pytest.fixture
def preparing(db: None) -> Any:
    """A jury round being prepared: seats, no assignments."""
    return _factories().world("preparing")


@pytest.fixture
def scoring(db: None) -> Any:
    """A jury round in which nobody has judged yet."""
    return _factories().world("scoring")


@pytest.fixture
def deliberation(db: None) -> Any:
    """A jury round in which everyone has judged everything; idea 1 is ahead."""
    return _factories().world("deliberation")


@pytest.fixture
def decided(db: None) -> Any:
    """A decided jury round."""
    return _factories().world("decided")


@pytest.fixture
def void(db: None) -> Any:
    """A void jury round."""
    return _factories().world("void")


# A real site and a real browser


@pytest.fixture(scope="session")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.LiveSite]:
    """A served site with an empty database and the demo's one-click sign-in."""
    _assets_present()
    with running.serve(tmp_path_factory.mktemp("site"), demo_city=False) as served:
        yield served


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.LiveSite]:
    """A served site with the demo city."""
    _assets_present()
    with running.serve(tmp_path_factory.mktemp("demo"), demo_city=True) as served:
        yield served


def _assets_present() -> None:
    if not (ROOT / "src/beproefd/ui/static/ui/vendor/components.css").exists():
        missing("browser", "the front-end assets are not built (make setup)")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium, driven by Playwright."""
    executable = (
        os.environ.get("CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if executable is None:
        missing("browser", "there is no Chromium on this machine")
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 -- a part the machine may miss
    except ImportError as problem:
        missing("browser", f"Playwright cannot be loaded ({problem})")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread, next to Django
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(
                executable_path=executable,
                args=[
                    "--no-sandbox",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--disable-gpu",
                ],
            )
        except Error as problem:
            missing("browser", f"Chromium does not start ({str(problem).splitlines()[0]})")
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, live_site: running.LiveSite) -> Iterator[Any]:
    """A fresh, signed-out Dutch window on `live_site`. A script error or breach of the content policy is an error."""
    yield from _window(browser, live_site)


@pytest.fixture
def demo_page(browser: Any, demo_site: running.LiveSite) -> Iterator[Any]:
    """The same on `demo_site`."""
    yield from _window(browser, demo_site)


def _window(browser: Any, served: running.LiveSite) -> Iterator[Any]:
    context = browser.new_context(base_url=served.url, locale="nl-NL", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    window = context.new_page()
    problems: list[str] = []
    window.on("pageerror", lambda problem: problems.append(str(problem)))
    window.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    yield window
    context.close()
    assert problems == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Any], list[str]]:
    """`axe(page)`: what breaks WCAG 2.2 A or AA on the page as it is now, one line per element."""
    if not AXE.exists():
        missing("browser", "axe-core is not installed (make setup)")
    source = AXE.read_text(encoding="utf-8")

    def run(window: Any) -> list[str]:
        # Evaluated through the debugger: our content policy rightly refuses a script tag.
        window.evaluate(source)
        found = window.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG)
        return [
            f"{rule['id']} ({rule['impact']}): {' '.join(map(str, node['target']))} | {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    return run
