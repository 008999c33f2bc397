# SPDX-License-Identifier: EUPL-1.2
"""From a blank database to a signed decision, by hand in the browser, as the people of a municipality would."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import running
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "Een-lang-wachtwoord-2016"
PEOPLE = {
    "manager": ("Marit", "manager", "Gemeente"),
    "owner1": ("Otis", "team", "Hogeschool"),
    "owner2": ("Tess", "team", "Start-up"),
    "juror1": ("Jamila", "juror", "Corporatie"),
    "juror2": ("Bram", "juror", "Bibliotheek"),
    "juror3": ("Dirk", "juror", ""),
    "juror4": ("Hanna", "juror", "hogeschool"),
}
NASTY = """<script>alert(1)</script> '; DROP TABLE ideas_idea; -- {{ 7*7 }} "quotes" & ünïcode"""


@pytest.fixture(scope="module")
def blank_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.LiveSite]:
    """A site with an empty database, without the demo; accounts come from the command line."""
    data_dir = tmp_path_factory.mktemp("blank")
    with running.serve(
        data_dir,
        demo_city=False,
        BEPROEFD_DEMO="false",
        BEPROEFD_REQUIRE_MFA="false",
        BEPROEFD_SECRET_KEY=running.SECRET_KEY,
    ) as site:
        for key, (name, role, organisation) in PEOPLE.items():
            options = ["--organisation", organisation, "--role", role, "--password-stdin"]
            opened = subprocess.run(
                [*running.COMMAND, "account", "open", f"{key}@example.org", name, *options],
                env=running.environment(**site.variables),
                input=PASSWORD + "\n",
                capture_output=True,
                text=True,
                check=False,
            )
            assert opened.returncode == 0, opened.stderr
        yield site


def test_a_municipality_goes_from_a_blank_database_to_a_signed_decision(
    browser: Any, blank_site: running.LiveSite, axe: Callable[[Any], list[str]], tmp_path: Path
) -> None:
    """Challenge, cards, criteria, lock, ideas, interests, scores, ranking, answers, decision package."""
    people = {key: Person(browser, blank_site, axe).sign_in(f"{key}@example.org", PASSWORD) for key in PEOPLE}
    manager = people["manager"]

    slug = _prepare_the_challenge(manager)
    home = f"/uitdagingen/{slug}"
    _hand_in(people["owner1"], home, "Internet voor iedereen")
    _hand_in(people["owner2"], home, NASTY[:110])

    manager.go(f"{home}/ideeen/")
    assert "Internet voor iedereen" not in manager.text()  # sealed until intake closes
    manager.go(f"{home}/")
    manager.page.locator(f"form[action='{home}/intake/sluiten/'] [name=reason]").fill("Alle teams zijn klaar.")
    manager.press(f"form[action='{home}/intake/sluiten/'] button")
    manager.go(f"{home}/ideeen/")
    assert "Internet voor iedereen" in manager.text()

    _form_the_jury(manager, home)
    jurors = [people[key] for key in ("juror1", "juror2", "juror3")]
    titles = ["Internet voor iedereen", NASTY[:110]]
    for number, juror in enumerate(jurors):
        for title in titles:
            _judge(juror, home, title, 5 - number if title == titles[0] else 3)
    people["juror4"].go(f"{home}/jury/")
    assert "Internet voor iedereen" not in people["juror4"].text()  # same organisation: closed everywhere

    manager.go(f"{home}/jury/")
    assert "6" in manager.text()
    manager.press(f"form[action='{home}/jury/beoordelen-sluiten/'] button")
    manager.go(f"{home}/jury/stand/")
    first = manager.page.locator("main tbody tr.highlight").first.inner_text()
    assert "Internet voor iedereen" in first

    jurors[0].go(f"{home}/jury/")
    jurors[0].press("text=Internet voor iedereen")
    jurors[0].press("main a[href*='/scores/waarde']")
    jurors[0].fill(value="4", reason="Na het gesprek zie ik minder bereik.")
    jurors[0].send()
    assert "Na het gesprek zie ik minder bereik." in jurors[0].text()

    manager.go(f"{home}/jury/stand/")
    links = [link.get_attribute("href") for link in manager.page.locator("main a[href$='/antwoord/']").all()]
    assert len(links) == 2
    manager.go(f"{home}/jury/beslissen/")
    manager.send()
    assert manager.page.url.endswith("/jury/beslissen/")  # no decision without an answer for every team
    for link in links:
        manager.go(link)
        manager.send()
    manager.go(f"{home}/jury/beslissen/")
    manager.fill(sure=True)
    manager.send()
    assert manager.page.url.endswith("/jury/besluit/")

    _check_the_decision(browser, blank_site, axe, home, tmp_path)
    for person in people.values():
        assert person.problems == []
    checked = blank_site.command("audit", "verify")
    assert checked.returncode == 0, checked.stderr


def _prepare_the_challenge(manager: Person) -> str:
    manager.go("/uitdagingen/nieuw/")
    manager.fill(title="Armoede radicaal bestrijden")
    manager.send()
    slug = urlsplit(manager.page.url).path.split("/")[2]
    home = f"/uitdagingen/{slug}"
    manager.go(f"{home}/canvas/")
    manager.fill(
        mission="Hoe kunnen we armoede radicaal bestrijden?",
        target_group="Huishoudens met weinig geld",
        target_number="100000",
        target_number_source="de Volkskrant",
        target_number_date="2016-07-12",
        own_outcomes="autonomie, zelfvertrouwen",
        out_of_scope="Landelijke wetten",
        owner="Programma armoede",
        mandate="Drie teams, twee maanden",
        intake_opens="2030-01-01",
        intake_deadline="2030-02-01T17:00",
        jury_until="2030-03-01",
        decision_on="2030-03-08",
        follow_up_until="2030-05-08",
    )
    manager.send()
    manager.go(f"{home}/kaarten/nieuw/")
    manager.fill(kind="case", title="Snap de brief", body="Een helper belt terug.", source="Overheidsexpertise")
    manager.send()
    manager.go(f"{home}/kaarten/trekken/")
    manager.go(f"{home}/criteria/")
    if manager.page.locator("form[action$='/criteria/nieuwe-versie/']").count():
        manager.press("form[action$='/criteria/nieuwe-versie/'] button")
    manager.go(f"{home}/criteria/regels/")
    manager.fill(quorum="3", winners="1")
    manager.send()
    for name, weight in (("Waarde", 60), ("Haalbaar", 40)):
        manager.go(f"{home}/criteria/nieuw/?soort=weighted")
        manager.fill(name=name, question=f"Hoe goed is: {name}?", weight=weight)
        manager.fill(**{f"anchor_{score}": f"{name} op niveau {score}" for score in range(1, 6)})
        manager.send()
    manager.go(f"{home}/criteria/vastleggen/")
    manager.fill(sure=True)
    manager.send()
    manager.go(f"{home}/criteria/")
    assert manager.page.locator(".fingerprint").first.inner_text().strip()
    manager.go(f"{home}/")
    manager.press(f"form[action='{home}/intake/openen/'] button")
    return slug


def _hand_in(owner: Person, home: str, title: str) -> None:
    owner.go(f"{home}/ideeen/nieuw/")
    owner.fill(title=title, problem=NASTY, solution="We doen het samen.", value="Meer grip.", kind="resident")
    owner.fill(building_blocks="Bibliotheek en studenten")
    owner.send()
    owner.press("form[action$='/indienen/'] button")
    assert title in owner.text()


def _form_the_jury(manager: Person, home: str) -> None:
    manager.go(f"{home}/jury/")
    manager.send()
    for name, kind in (("Jamila", "member"), ("Bram", "member"), ("Dirk", "experience"), ("Hanna", "member")):
        manager.go(f"{home}/jury/zetels/nieuw/")
        manager.page.locator("[name=user]").select_option(label=name)
        manager.fill(kind=kind, expertise="Armoede")
        manager.send()
    manager.go(f"{home}/jury/belangen/")
    assert "Hanna" in manager.text()  # same organisation as a team: suggested by itself
    manager.press("button[name=confirm]")
    manager.go(f"{home}/jury/verdelen/")
    manager.fill(per_idea="3")
    manager.send()
    manager.go(f"{home}/jury/")
    manager.press(f"form[action='{home}/jury/beoordelen-openen/'] button")


def _judge(juror: Person, home: str, title: str, value: int) -> None:
    juror.go(f"{home}/jury/")
    card = juror.page.locator(".cards a").filter(has_text=title)
    if not card.count():  # divided to someone else
        return
    with juror.page.expect_navigation():
        card.first.click()
    juror.look()
    assert "We doen het samen." not in juror.text()  # nothing opens before the declaration
    juror.fill(free="yes")
    juror.send()
    assert "We doen het samen." in juror.text()
    juror.press("button[name=submit]")  # nothing filled in: every mistake at once, nothing lost
    assert juror.page.locator(".utrecht-alert--error").count() == 1
    for key in ("waarde", "haalbaar"):
        juror.page.check(f"[name=score_{key}][value='{value}']")
        juror.page.fill(f"[name=reason_{key}]", f"Omdat. {NASTY}")
    juror.page.check("[name=confidence][value='2']")
    juror.press("button[name=draft]")
    juror.press("button[name=submit]")


def _check_the_decision(browser: Any, site: running.LiveSite, axe: Any, home: str, tmp_path: Path) -> None:
    """A visitor without an account reads, downloads and checks the decision."""
    context = browser.new_context(base_url=site.url, locale="nl-NL", viewport={"width": 360, "height": 780})
    page = context.new_page()
    assert page.goto(f"{home}/jury/besluit/").status == 200
    assert axe(page) == []
    package = context.request.get(f"{home}/jury/besluit.json")
    file = tmp_path / "besluit.json"
    file.write_bytes(package.body())
    document = json.loads(json.loads(package.text())["package"])
    assert [member["name"] for member in document["jury"]] == ["Bram", "Dirk", "Hanna", "Jamila"]
    assert document["winners"] == [document["ideas"][0]["reference"]]
    checked = site.command("decision", "verify", str(file))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    pdf = context.request.get(f"{home}/jury/besluit.pdf")
    assert (pdf.status, pdf.body()[:5]) == (200, b"%PDF-")
    criteria = context.request.get(f"{home}/criteria/v1.json")
    file = tmp_path / "criteria.json"
    file.write_bytes(criteria.body())
    assert site.command("criteria", "verify", str(file)).returncode == 0
    context.close()
