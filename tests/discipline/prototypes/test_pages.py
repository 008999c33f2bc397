# SPDX-License-Identifier: EUPL-1.2
"""The pages: closed for who may not look in, calm for who tries the screens, whole without JavaScript."""

import base64
import re
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from beproefd.discipline import prototypes
from beproefd.discipline.prototypes import actions
from beproefd.discipline.prototypes.models import Prototype, Screen, Session
from beproefd.discipline.prototypes.views import sessions as pages_about_sessions
from beproefd.discipline.validation.models import Observation
from tests import factories as make
from tests.factories import prototypes as draw
from tests.factories.validation import Workshop
from tests.ui.page import Page

pytestmark = pytest.mark.django_db
HURRY = re.compile(
    r"http-equiv=.refresh|<progress|<meter|role=.progressbar|aria-valuenow|\b\d+ (van de|van|of|/) \d+\b|%"
)
JUMPS = re.compile(r"setTimeout|setInterval|location|\.submit\(|requestSubmit|requestAnimationFrame|fetch\(")


@pytest.fixture
def shop() -> Workshop:
    return make.workshop()


def signed_in(user: Any = None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def of(prototype: Prototype, name: str, *rest: Any) -> str:
    idea = prototype.idea
    return reverse(f"prototypes:{name}", args=[idea.challenge.slug, idea.reference, prototype.number, *rest])


def hidden(response: Any, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', response.content.decode())
    assert found is not None, f"no hidden field {name}"
    return found.group(1)


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", Page(response.content.decode()).text)


def team_pages(prototype: Prototype, session: Session) -> list[str]:
    idea, screen = prototype.idea, prototype.screens.get(title="Begin").pk
    return [
        reverse("prototypes:list", args=[idea.challenge.slug, idea.reference]),
        of(prototype, "detail"),
        of(prototype, "paths"),
        of(prototype, "screen_look", screen),
        of(prototype, "picture", screen),
        of(prototype, "session", session.pk),
        of(prototype, "session_qr", session.pk),
    ]


def writing_pages(prototype: Prototype) -> list[str]:
    idea, screen = prototype.idea, prototype.screens.get(title="Begin").pk
    return [
        reverse("prototypes:new", args=[idea.challenge.slug, idea.reference]),
        of(prototype, "edit"),
        of(prototype, "screen_new", "foto"),
        of(prototype, "screen_new", "tekening"),
        of(prototype, "screen_new", "tekst"),
        of(prototype, "screen_edit", screen),
        of(prototype, "screen_remove", screen),
        of(prototype, "session_new"),
    ]


# Who may look


def test_a_teams_screens_do_not_exist_for_who_may_not_look_in(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    session = draw.session(shop, made)
    pages = [*team_pages(made, session), *writing_pages(made)]
    for person in (None, make.person("juror"), make.person("team"), make.person("coach"), shop.jury.owners[1]):
        assert [signed_in(person).get(page).status_code for page in pages] == [404] * len(pages)
        sent = [of(made, "copy"), of(made, "screen_move", made.screens.first().pk)]
        assert [signed_in(person).post(page).status_code for page in sent] == [404, 404]


def test_the_team_and_its_coach_open_everything_and_the_programme_only_looks(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    session = draw.session(shop, made)
    for person in (shop.owner, shop.coach):
        pages = [*team_pages(made, session), *writing_pages(made)]
        assert [signed_in(person).get(page).status_code for page in pages] == [200] * len(pages)
    looks = [page for page in team_pages(made, session) if page != of(made, "session_qr", session.pk)]
    assert {signed_in(shop.manager).get(page).status_code for page in looks} == {200}
    assert signed_in(shop.manager).get(of(made, "session_qr", session.pk)).status_code == 404
    assert session.token not in signed_in(shop.manager).get(of(made, "session", session.pk)).content.decode()
    assert {signed_in(shop.manager).get(page).status_code for page in writing_pages(made)} == {403}


def test_a_screen_of_one_row_is_not_found_in_another(shop: Workshop) -> None:
    made, other = draw.three_screens(shop), draw.prototype(shop, title="Ander")
    client = signed_in(shop.owner)
    screen = made.screens.get(title="Begin").pk
    for name in ("picture", "screen_edit", "screen_look", "screen_remove"):
        assert client.get(of(other, name, screen)).status_code == 404


def test_no_page_runs_code_or_shows_data_as_a_picture(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    session = draw.session(shop, made)
    client = signed_in(shop.owner)
    for address in [*team_pages(made, session)[:4], *writing_pages(made), *pages_walked(session)]:
        answer = client.get(address)
        page = Page(answer.content.decode())
        assert (address, page.inline_code, page.foreign_addresses, page.double_ids) == (address, [], [], [])
        policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if part)
        assert policy["img-src"] == "'self'"


# Making


def test_a_screen_is_made_from_an_uploaded_picture_and_nothing_of_the_file_survives(shop: Workshop) -> None:
    made, client = draw.prototype(shop), signed_in(shop.owner)
    sent = draw.picture_bytes("JPEG") + b"<script>alert(1)</script>"
    said = {
        "title": "Begin",
        "alt": "Een pot",
        "text": "Sparen",
        "word_1": "Ja",
        "pictogram_1": "yes",
        "goes_1": "next",
        "request_key": uuid.uuid4(),
    }
    upload = SimpleUploadedFile("pot.php.jpg", sent, "text/html")
    assert client.post(of(made, "screen_new", "foto"), said | {"picture": upload}).status_code == 302
    screen = Screen.objects.get()
    answer = client.get(of(made, "picture", screen.pk))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert b"script" not in answer.content
    assert screen.image not in client.get(of(made, "detail")).content.decode()
    assert list(screen.buttons.values_list("word", "pictogram", "goes")) == [("Ja", "yes", "next")]


def test_a_wrong_file_is_refused_with_a_clear_sentence_and_the_typed_text_stays(shop: Workshop) -> None:
    made, client = draw.prototype(shop), signed_in(shop.owner)
    upload = SimpleUploadedFile("pot.png", b"<svg onload='alert(1)'/>", "image/png")
    answer = client.post(of(made, "screen_new", "foto"), {"title": "Begin", "alt": "Een pot", "picture": upload})
    assert "Kies een PNG, JPEG of WebP." in text_of(answer)
    assert 'value="Een pot"' in answer.content.decode()
    assert Screen.objects.count() == 0


def test_a_drawing_arrives_as_png_and_is_drawn_anew(shop: Workshop) -> None:
    made, client = draw.prototype(shop), signed_in(shop.owner)
    drawing = "data:image/png;base64," + base64.b64encode(draw.picture_bytes()).decode()
    said = {"title": "Getekend", "alt": "Een huis", "drawing": drawing, "request_key": uuid.uuid4()}
    assert client.post(of(made, "screen_new", "tekening"), said).status_code == 302
    screen = Screen.objects.get()
    assert (screen.kind, screen.width, screen.height) == ("drawing", 60, 80)
    answer = client.post(of(made, "screen_new", "tekening"), said | {"drawing": ""})
    assert "Kies een plaatje, of teken er een." in text_of(answer)


def test_a_drawing_survives_a_refused_form_and_can_be_sent_again_as_it_came_back(shop: Workshop) -> None:
    made, client = draw.prototype(shop), signed_in(shop.owner)
    drawing = "data:image/png;base64," + base64.b64encode(draw.picture_bytes()).decode()
    said = {"title": "Getekend", "drawing": drawing, "request_key": uuid.uuid4()}
    refused = client.post(of(made, "screen_new", "tekening"), said)
    assert "Je tekening is er nog" in text_of(refused)
    assert hidden(refused, "drawing") == drawing
    again = said | {"alt": "Een huis", "drawing": hidden(refused, "drawing")}
    assert client.post(of(made, "screen_new", "tekening"), again).status_code == 302
    assert Screen.objects.get().kind == "drawing"


def test_a_drawing_that_cannot_be_read_or_is_too_large_does_not_come_back(shop: Workshop) -> None:
    made, client = draw.prototype(shop), signed_in(shop.owner)
    for drawing in ("data:image/png;base64,AAAA", "data:image/png;base64," + "A" * 7_100_000):
        refused = client.post(of(made, "screen_new", "tekening"), {"title": "Getekend", "drawing": drawing})
        assert "Je tekening is er nog" not in text_of(refused)
        assert drawing not in refused.content.decode()


def test_who_chose_a_file_hears_that_it_must_be_chosen_again(shop: Workshop) -> None:
    made, client = draw.prototype(shop), signed_in(shop.owner)
    upload = SimpleUploadedFile("pot.png", draw.picture_bytes(), "image/png")
    refused = client.post(of(made, "screen_new", "foto"), {"title": "Begin", "picture": upload})
    assert "Kies het plaatje opnieuw" in text_of(refused)


def test_a_screen_changes_on_its_page_with_buttons_to_other_screens(shop: Workshop) -> None:
    made, client = draw.three_screens(shop), signed_in(shop.owner)
    begin, klaar = made.screens.get(title="Begin"), made.screens.get(title="Klaar")
    address = of(made, "screen_edit", begin.pk)
    said = {"title": "Start", "alt": "Een pot", "text": "Hoi", "seen": hidden(client.get(address), "seen")}
    said |= {"word_1": "Naar eind", "goes_1": f"screen-{klaar.pk}"}
    assert client.post(address, said).status_code == 302
    assert list(begin.buttons.values_list("word", "goes", "to")) == [("Naar eind", "screen", klaar.pk)]
    stale = client.post(address, said | {"title": "Te laat"})
    assert stale.status_code == 200
    assert "Te laat" in stale.content.decode()
    assert Screen.objects.get(pk=begin.pk).title == "Start"


def test_a_session_starts_on_the_page_and_its_address_is_shown_once_it_is_open(shop: Workshop) -> None:
    made, card, client = draw.three_screens(shop), make.card(shop), signed_in(shop.owner)
    address = of(made, "session_new")
    said = {"card": card.pk, "mode": "assisted", "place": "Noord"}
    said["request_key"] = hidden(client.get(address), "request_key")
    answers = [client.post(address, said) for _time in range(2)]
    session = Session.objects.get()
    assert {answer.url for answer in answers} == {of(made, "session", session.pk)}
    shown = client.get(of(made, "session", session.pk)).content.decode()
    assert session.token in shown
    assert b"<svg" in client.get(of(made, "session_qr", session.pk)).content
    draw.tried(session)
    assert session.token not in client.get(of(made, "session", session.pk)).content.decode()
    assert client.get(of(made, "session_qr", session.pk)).status_code == 404


def test_the_page_that_starts_a_session_says_what_counts_before_anyone_tries(shop: Workshop) -> None:
    made, client = draw.three_screens(shop), signed_in(shop.owner)
    card = make.card(shop, measure="zet alleen 5 euro opzij")
    address = of(made, "session_new")
    said = text_of(client.get(address))
    assert "Ja is: “zet alleen 5 euro opzij”" in said
    assert "Een blij gezicht is geen ja" in said
    sent = {"card": card.pk, "mode": "alone", "help_counts": "on", "request_key": uuid.uuid4()}
    assert "Met hulp is dan geen ja" in text_of(client.post(address, sent))
    klaar = made.screens.get(title="Klaar")
    del sent["help_counts"]
    client.post(address, sent | {"counts": f"screen-{klaar.pk}"})
    session = Session.objects.get()
    assert session.goal == klaar
    assert "de persoon komt op het scherm “Klaar”" in text_of(client.get(of(made, "session", session.pk)))


def test_the_address_of_a_session_can_be_copied_and_opened_on_this_screen(shop: Workshop, settings: Any) -> None:
    settings.BASE_URL = "https://beproefd.example"
    made = draw.three_screens(shop)
    session = draw.session(shop, made)
    path = reverse("trying:welcome", args=[session.token])
    shown = signed_in(shop.owner).get(of(made, "session", session.pk)).content.decode()
    assert f"https://beproefd.example{path}" in shown
    assert f'href="{path}"' in shown
    assert re.search(r"<button[^>]*data-copy[^>]*hidden", shown)  # shows with JavaScript only


@pytest.mark.parametrize(
    ("host", "here"), [("192.168.1.20:8211", False), ("localhost:8000", True), ("127.0.0.1", True), ("[::1]:80", True)]
)
def test_in_the_demo_the_address_is_the_one_the_visitor_came_by(
    shop: Workshop, settings: Any, rf: RequestFactory, host: str, here: bool
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    session = draw.session(shop)
    path, request = reverse("trying:welcome", args=[session.token]), rf.get("/", headers={"host": host})
    assert (pages_about_sessions.address(request, session), pages_about_sessions.leads_here_only(request)) == (
        settings.BASE_URL + path,
        False,
    )
    settings.DEMO = True
    assert (pages_about_sessions.address(request, session), pages_about_sessions.leads_here_only(request)) == (
        f"http://{host}{path}",
        here,
    )


def test_the_team_says_on_the_page_of_a_session_what_it_saw(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    session = draw.tried(draw.session(shop, made))
    address, client = of(made, "session", session.pk), signed_in(shop.owner)
    assert address in client.get(of(made, "detail")).content.decode()
    assert "Begin > Sparen > Klaar" in text_of(client.get(address))
    assert "Dit veld is verplicht" in text_of(client.post(address, {}))
    assert 'name="result"' not in signed_in(shop.manager).get(address).content.decode()
    assert client.post(address, {"result": "helped"}).status_code == 302
    assert "Het is al gezegd" in text_of(client.post(address, {"result": "yes"}))
    assert "Ja, met hulp" in text_of(client.get(address))
    assert Observation.objects.get().outcome is False


def test_the_paths_page_shows_numbers_and_withdrawals_alone(shop: Workshop) -> None:
    made, card = draw.three_screens(shop), make.card(shop)
    draw.tried(draw.session(shop, made, card))
    stopped = draw.session(shop, made, card)
    draw.walk(stopped, "on", "1")
    actions.stop(session=stopped)
    shown = signed_in(shop.owner).get(of(made, "paths"))
    html, said = " ".join(shown.content.decode().split()), text_of(shown)
    assert "Van 1 persoon is iets bewaard" in said
    rows = re.findall(r'<th scope="row">([^<]*)</th><td>(.*?)</td><td class="number">(\d+)</td>', html)
    assert [(screen, re.sub(r"<.*?>", "", word).strip(), int(people)) for screen, word, people in rows[:4]] == [
        ("1. Begin", "Ja", 1),
        ("1. Begin", "Nee", 0),
        ("2. Sparen", "5 euro", 1),
        ("3. Klaar", "Verder", 1),
    ]
    assert all("<svg" in word for _screen, word, _people in rows[:4])  # with its small picture
    assert "Ja: 1" in said  # in the picture
    assert "1 persoon stopte; die antwoorden zijn gewist." in said
    assert "nooit een gezicht" in said


# Trying


def pages_walked(session: Session) -> list[str]:
    """Every page of a session with a helper, walked to its end; each looked at before it is left."""
    found = [reverse("trying:welcome", args=[session.token])]
    actions.join(session=session)
    presses = ["on", "1", "1", "good", "together", "on", "good", "self", "yes"]
    if not session.is_assisted:
        presses = ["on", "1", "1", "good", "on", "good"]
    for press in [*presses, ""]:
        last = session.steps.order_by("-position")[0]
        found.append(reverse("trying:step", args=[session.token, last.position]))
        if press:
            draw.walk(session, press)
    return found


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
