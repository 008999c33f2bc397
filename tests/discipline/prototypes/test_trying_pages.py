# SPDX-License-Identifier: EUPL-1.2
"""The pages of who tries the screens: calm, without an account, at their own pace, whole without JavaScript."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from beproefd.discipline import prototypes
from beproefd.discipline.prototypes import actions
from beproefd.discipline.prototypes.models import Session
from beproefd.discipline.validation.models import Observation
from tests import factories as make
from tests.discipline.pages import hidden
from tests.discipline.prototypes.pages import pages_walked, text_of
from tests.factories import prototypes as draw
from tests.factories.validation import Workshop
from tests.ui.page import Page

pytestmark = pytest.mark.django_db
HURRY = re.compile(
    r"http-equiv=.refresh|<progress|<meter|role=.progressbar|aria-valuenow|\b\d+ (van de|van|of|/) \d+\b|%"
)
JUMPS = re.compile(r"setTimeout|setInterval|location|\.submit\(|requestSubmit|requestAnimationFrame|fetch\(")


def test_a_whole_session_goes_without_javascript_and_without_an_account(shop: Workshop) -> None:
    session = draw.session(shop, mode="assisted")
    client = Client()
    address = reverse("trying:welcome", args=[session.token])
    answer = client.post(address, {"yes": "1"}, follow=True)
    for press in ("on", "1", "1", "good", "together", "on", "so_so", "helper", "no"):
        said = {"pressed": press, "key": hidden(answer, "key")}
        answer = client.post(answer.request["PATH_INFO"], said, follow=True)
        assert answer.status_code == 200
    assert "Je bent klaar" in text_of(answer)
    done = client.post(answer.request["PATH_INFO"], {"pressed": "on", "key": hidden(answer, "key")}, follow=True)
    assert "Dank je wel" in text_of(done)
    seen = Observation.objects.get()
    assert (seen.outcome, seen.answered_by) == (False, "helper")
    assert set(client.cookies) <= {"csrftoken", "sessionid"}


def test_the_same_press_sent_twice_from_a_page_moves_once(shop: Workshop) -> None:
    session, client = draw.session(shop), Client()
    page = client.post(reverse("trying:welcome", args=[session.token]), {"yes": "1"}, follow=True)
    said = {"pressed": "on", "key": hidden(page, "key")}
    answers = [client.post(page.request["PATH_INFO"], said) for _time in range(3)]
    assert len({answer.url for answer in answers}) == 1
    assert session.steps.count() == 2


@pytest.mark.parametrize("mode", ["alone", "assisted"])
def test_no_page_hurries_counts_or_moves_by_itself(shop: Workshop, mode: str) -> None:
    session, client = draw.session(shop, mode=mode), Client()
    welcome = client.get(reverse("trying:welcome", args=[session.token])).content.decode()
    assert HURRY.findall(welcome) == []
    for address in pages_walked(session)[1:]:
        answer = client.get(address)
        html = answer.content.decode()
        page = Page(html)
        assert HURRY.findall(html) == []
        assert "Refresh" not in answer
        assert "no-store" in answer["Cache-Control"]
        assert [attrs["src"].rpartition("/")[2].split(".")[0] for attrs in page.all("script")] == ["read_aloud"]
        assert reverse("trying:stop", args=[session.token]) in html  # stopping is one press away
        assert 'value="back"' in html or "?uitleg" in html  # and there is a way back
        assert "data-read-button" in html
        assert page.all("nav") == []
        assert [attrs["href"] for attrs in page.all("a") if not attrs["href"].startswith(("/proef/", "#"))] == []


def test_the_scripts_start_nothing_by_themselves() -> None:
    folder = Path(prototypes.__file__).parent / "static" / "prototypes"
    assert {path.name: JUMPS.findall(path.read_text(encoding="utf-8")) for path in folder.glob("*.js")} == {
        "copy.js": [],
        "drawing.js": [],
        "read_aloud.js": [],
    }


def test_an_address_that_has_ended_is_calmly_closed_and_gives_no_pictures(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    session = draw.session(shop, made)
    picture = reverse("trying:picture", args=[session.token, made.screens.get(title="Begin").pk])
    client = Client()
    assert client.get(picture).status_code == 404  # not before someone takes part
    pages = pages_walked(session)
    assert client.get(picture)["Content-Type"] == "image/png"
    assert {client.get(page).status_code for page in pages[1:]} == {200}
    actions.finish(session=session)
    stop = reverse("trying:stop", args=[session.token])
    assert client.get(picture).status_code == 404
    answers = [client.get(page) for page in pages] + [client.post(stop), client.post(pages[0], {"yes": "1"})]
    assert {answer.status_code for answer in answers} == {410}
    for answer in answers:
        assert "Deze test is al gedaan Je hoeft niets te doen. Dank je wel." in text_of(answer)
        assert Page(answer.content.decode()).all("form") == []
    late = draw.session(shop, made)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert "Deze test is gesloten" in text_of(client.get(reverse("trying:welcome", args=[late.token])))


def test_an_address_with_a_typing_error_says_so(shop: Workshop) -> None:
    answer = Client().get(reverse("trying:welcome", args=["x" * 32]))
    assert answer.status_code == 404
    assert "Dit adres klopt niet" in text_of(answer)


def test_a_closed_address_does_not_tell_that_someone_stopped_or_said_no(shop: Workshop) -> None:
    stopped, declined, client = draw.session(shop), draw.session(shop), Client()
    draw.walk(stopped, "on")
    actions.stop(session=stopped)
    actions.decline(session=declined)
    pages = [client.get(reverse("trying:welcome", args=[session.token])) for session in (stopped, declined)]
    assert text_of(pages[0]) == text_of(pages[1])
    assert "Deze test is gesloten Je hoeft niets te doen. Dank je wel." in text_of(pages[0])


def test_who_takes_part_after_the_screens_were_taken_out_gets_a_calm_page(shop: Workshop) -> None:
    made = draw.prototype(shop)
    screen = draw.screen(shop, made)
    session = draw.session(shop, made)
    actions.remove_screen(by=shop.owner, screen=screen)
    answer = Client().post(reverse("trying:welcome", args=[session.token]), {"yes": "1"})
    assert "Deze test is gesloten" in text_of(answer)


def test_a_tester_gets_no_picture_of_another_row(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    other = draw.prototype(shop, title="Ander")
    draw.screen(shop, other)
    session = draw.session(shop, other)
    draw.walk(session)
    picture = reverse("trying:picture", args=[session.token, made.screens.get(title="Begin").pk])
    assert Client().get(picture).status_code == 404


def test_stopping_on_the_page_throws_away_and_asks_once_whether_it_may_be_kept(shop: Workshop) -> None:
    session, client = draw.session(shop), Client()
    page = client.post(reverse("trying:welcome", args=[session.token]), {"yes": "1"}, follow=True)
    client.post(page.request["PATH_INFO"], {"pressed": "on", "key": hidden(page, "key")})
    stop = reverse("trying:stop", args=[session.token])
    asked = client.post(stop)
    assert "Je antwoorden zijn weggegooid. Wil je ze toch bewaren?" in text_of(asked)
    assert "Nee, gooi ze weg Ja, bewaar ze" in text_of(asked)
    assert session.steps.count() == 0
    assert client.post(stop).url == reverse("trying:stopped")  # a second press has nothing left to keep
    kept = client.post(reverse("trying:keep", args=[session.token]), {"held": hidden(asked, "held")})
    assert kept.url == reverse("trying:kept")
    assert session.steps.count() == 2


def test_at_the_end_no_throws_everything_away_and_does_not_ask_again(shop: Workshop) -> None:
    session, client = draw.session(shop), Client()
    last = draw.walk(session, "on", "2", "good")
    page = client.get(reverse("trying:step", args=[session.token, last.position]))
    assert "Ja, geef mijn antwoorden Nee, gooi ze weg" in text_of(page)
    answer = client.post(reverse("trying:stop", args=[session.token]), {"sure": hidden(page, "sure")}, follow=True)
    assert "Je antwoorden zijn weggegooid. Je kunt deze pagina sluiten." in text_of(answer)
    assert (session.steps.count(), Observation.objects.count()) == (0, 0)


def test_who_says_no_is_thanked_and_the_address_closes(shop: Workshop) -> None:
    session, client = draw.session(shop), Client()
    address = reverse("trying:welcome", args=[session.token])
    assert client.post(address, {"no": "1"}).url == reverse("trying:declined")
    assert client.get(address).status_code == 410


def test_the_same_phone_twice_in_one_test_is_warned_about_and_not_blocked(shop: Workshop) -> None:
    made, card = draw.three_screens(shop), make.card(shop)
    phone, other_phone = Client(), Client()
    sessions = [draw.session(shop, made, card) for _time in range(3)]
    welcomes = [reverse("trying:welcome", args=[session.token]) for session in sessions]
    phone.post(welcomes[0], {"yes": "1"})
    assert "Was jij dat?" in text_of(phone.get(welcomes[1]))
    assert "Was jij dat?" not in text_of(other_phone.get(welcomes[2]))
    phone.post(welcomes[1], {"yes": "1"})
    other_phone.post(welcomes[2], {"yes": "1"})
    assert [Session.objects.get(pk=session.pk).same_device for session in sessions] == [False, True, False]


def test_the_explanation_can_be_read_again_on_the_way(shop: Workshop) -> None:
    session, client = draw.session(shop), Client()
    address = reverse("trying:welcome", args=[session.token])
    client.post(address, {"yes": "1"})
    assert client.get(address).status_code == 302
    again = client.get(address, {"uitleg": ""})
    assert "Wil je ons helpen?" in text_of(again)
    assert 'name="yes"' not in again.content.decode()
