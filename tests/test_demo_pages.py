# SPDX-License-Identifier: EUPL-1.2
"""The demo's page of roles: by what you come to do, and for a resident."""

from typing import Any

import pytest
from django.urls import include, path, reverse

from beproefd.discipline.prototypes.models import Session
from beproefd.ground.accounts.models import User
from beproefd.site import urls
from tests import factories
from tests.discipline.pages import visit
from tests.factories.prototypes import three_screens
from tests.ui.page import Page

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
urlpatterns = [*urls.urlpatterns, path("demo/", include("beproefd.demo.urls"))]


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.DEMO = True


def test_people_are_listed_under_what_they_come_to_do_in_the_language_of_the_reader(manager: Any, owner: Any) -> None:
    User.objects.update(is_demo=True)
    browser = visit()
    browser.cookies["django_language"] = "en"
    text = " ".join(Page(browser.get("/demo/").content.decode()).text.split())
    tasks = ["I lead the programme", "Be Mira Manager", "I have an idea", "Be Olga Eigenaar"]
    assert [word for word in tasks if word in text] == tasks == sorted(tasks, key=text.index)
    assert ("I am in the jury" in text, "I am a resident" in text) == (False, False)


def test_a_resident_tries_the_screens_of_a_demo_team_without_an_account() -> None:
    shop = factories.workshop()
    made = three_screens(shop)
    assert "Ik ben bewoner" not in visit().get("/demo/").content.decode()
    User.objects.update(is_demo=True)
    assert visit().post("/demo/probeer/").status_code == 404
    factories.card(shop)
    assert "Ik ben bewoner" in visit().get("/demo/").content.decode()
    opened = visit().post("/demo/probeer/")
    session = Session.objects.get()
    assert (opened.status_code, opened.url) == (302, reverse("trying:welcome", args=[session.token]))
    assert (session.prototype, session.started_by) == (made, shop.owner)


def test_without_the_demo_flag_there_is_no_screen_to_try(settings: Any) -> None:
    settings.DEMO = False
    assert visit().post("/demo/probeer/").status_code == 404
