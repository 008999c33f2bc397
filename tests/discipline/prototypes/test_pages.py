# SPDX-License-Identifier: EUPL-1.2
"""The team's pages: closed for who may not look in, whole without JavaScript. Who tries the screens: test_trying_pages."""

import base64
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beproefd.discipline.prototypes import actions, queries
from beproefd.discipline.prototypes.models import Prototype, Screen, Session
from beproefd.discipline.prototypes.views import sessions as pages_about_sessions
from beproefd.discipline.validation.models import Evidence, Observation
from tests import factories as make
from tests.discipline.pages import hidden, visit
from tests.discipline.prototypes.pages import of, pages_walked, text_of
from tests.factories import prototypes as draw
from tests.factories.validation import Workshop
from tests.ui.page import Page

pytestmark = pytest.mark.django_db


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
        assert [visit(person).get(page).status_code for page in pages] == [404] * len(pages)
        sent = [of(made, "copy"), of(made, "screen_move", made.screens.first().pk)]
        assert [visit(person).post(page).status_code for page in sent] == [404, 404]


def test_the_team_and_its_coach_open_everything_and_the_programme_only_looks(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    session = draw.session(shop, made)
    for person in (shop.owner, shop.coach):
        pages = [*team_pages(made, session), *writing_pages(made)]
        assert [visit(person).get(page).status_code for page in pages] == [200] * len(pages)
    looks = [page for page in team_pages(made, session) if page != of(made, "session_qr", session.pk)]
    assert {visit(shop.manager).get(page).status_code for page in looks} == {200}
    assert visit(shop.manager).get(of(made, "session_qr", session.pk)).status_code == 404
    assert session.token not in visit(shop.manager).get(of(made, "session", session.pk)).content.decode()
    assert {visit(shop.manager).get(page).status_code for page in writing_pages(made)} == {403}


def test_a_screen_of_one_row_is_not_found_in_another(shop: Workshop) -> None:
    made, other = draw.three_screens(shop), draw.prototype(shop, title="Ander")
    client = visit(shop.owner)
    screen = made.screens.get(title="Begin").pk
    for name in ("picture", "screen_edit", "screen_look", "screen_remove"):
        assert client.get(of(other, name, screen)).status_code == 404


def test_no_page_runs_code_or_shows_data_as_a_picture(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    session = draw.session(shop, made)
    client = visit(shop.owner)
    for address in [*team_pages(made, session)[:4], *writing_pages(made), *pages_walked(session)]:
        answer = client.get(address)
        page = Page(answer.content.decode())
        assert (address, page.inline_code, page.foreign_addresses, page.double_ids) == (address, [], [], [])
        policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if part)
        assert policy["img-src"] == "'self'"


# Making


def test_a_screen_is_made_from_an_uploaded_picture_and_nothing_of_the_file_survives(shop: Workshop) -> None:
    made, client = draw.prototype(shop), visit(shop.owner)
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
    made, client = draw.prototype(shop), visit(shop.owner)
    upload = SimpleUploadedFile("pot.png", b"<svg onload='alert(1)'/>", "image/png")
    answer = client.post(of(made, "screen_new", "foto"), {"title": "Begin", "alt": "Een pot", "picture": upload})
    assert "Kies een PNG, JPEG of WebP." in text_of(answer)
    assert 'value="Een pot"' in answer.content.decode()
    assert Screen.objects.count() == 0


def test_a_drawing_arrives_as_png_and_is_drawn_anew(shop: Workshop) -> None:
    made, client = draw.prototype(shop), visit(shop.owner)
    drawing = "data:image/png;base64," + base64.b64encode(draw.picture_bytes()).decode()
    said = {"title": "Getekend", "alt": "Een huis", "drawing": drawing, "request_key": uuid.uuid4()}
    assert client.post(of(made, "screen_new", "tekening"), said).status_code == 302
    screen = Screen.objects.get()
    assert (screen.kind, screen.width, screen.height) == ("drawing", 60, 80)
    answer = client.post(of(made, "screen_new", "tekening"), said | {"drawing": ""})
    assert "Kies een plaatje, of teken er een." in text_of(answer)


def test_a_drawing_survives_a_refused_form_and_can_be_sent_again_as_it_came_back(shop: Workshop) -> None:
    made, client = draw.prototype(shop), visit(shop.owner)
    drawing = "data:image/png;base64," + base64.b64encode(draw.picture_bytes()).decode()
    said = {"title": "Getekend", "drawing": drawing, "request_key": uuid.uuid4()}
    refused = client.post(of(made, "screen_new", "tekening"), said)
    assert "Je tekening is er nog" in text_of(refused)
    assert hidden(refused, "drawing") == drawing
    again = said | {"alt": "Een huis", "drawing": hidden(refused, "drawing")}
    assert client.post(of(made, "screen_new", "tekening"), again).status_code == 302
    assert Screen.objects.get().kind == "drawing"


def test_a_drawing_that_cannot_be_read_or_is_too_large_does_not_come_back(shop: Workshop) -> None:
    made, client = draw.prototype(shop), visit(shop.owner)
    for drawing in ("data:image/png;base64,AAAA", "data:image/png;base64," + "A" * 7_100_000):
        refused = client.post(of(made, "screen_new", "tekening"), {"title": "Getekend", "drawing": drawing})
        assert "Je tekening is er nog" not in text_of(refused)
        assert drawing not in refused.content.decode()


def test_who_chose_a_file_hears_that_it_must_be_chosen_again(shop: Workshop) -> None:
    made, client = draw.prototype(shop), visit(shop.owner)
    upload = SimpleUploadedFile("pot.png", draw.picture_bytes(), "image/png")
    refused = client.post(of(made, "screen_new", "foto"), {"title": "Begin", "picture": upload})
    assert "Kies het plaatje opnieuw" in text_of(refused)


def test_a_screen_changes_on_its_page_with_buttons_to_other_screens(shop: Workshop) -> None:
    made, client = draw.three_screens(shop), visit(shop.owner)
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
    made, card, client = draw.three_screens(shop), make.card(shop), visit(shop.owner)
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
    made, client = draw.three_screens(shop), visit(shop.owner)
    card = make.card(shop, measure="zet alleen 5 euro opzij")
    address = of(made, "session_new")
    said = text_of(client.get(address))
    assert "Ja is: “zet alleen 5 euro opzij”" in said
    assert "Een blij gezicht is geen ja" in said
    assert "Met hulp is een nee." in said
    sent = {"card": card.pk, "mode": "alone", "request_key": uuid.uuid4(), "place": "Oostzanerwerf"}
    klaar = made.screens.get(title="Klaar")
    client.post(address, sent | {"counts": f"screen-{klaar.pk}"})
    session = Session.objects.get()
    assert (session.goal, session.place) == (klaar, "Oostzanerwerf")
    assert "de persoon komt op het scherm “Klaar”" in text_of(client.get(of(made, "session", session.pk)))


def test_the_address_of_a_session_can_be_copied_and_opened_on_this_screen(shop: Workshop, settings: Any) -> None:
    settings.BASE_URL = "https://beproefd.example"
    made = draw.three_screens(shop)
    session = draw.session(shop, made)
    path = reverse("trying:welcome", args=[session.token])
    shown = visit(shop.owner).get(of(made, "session", session.pk)).content.decode()
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
    address, client = of(made, "session", session.pk), visit(shop.owner)
    assert address in client.get(of(made, "detail")).content.decode()
    assert "Begin > Sparen > Klaar" in text_of(client.get(address))
    assert "Kies er een." in text_of(client.post(address, {}))
    assert 'name="result"' not in visit(shop.manager).get(address).content.decode()
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
    shown = visit(shop.owner).get(of(made, "paths"))
    html, said = " ".join(shown.content.decode().split()), text_of(shown)
    assert "Van 1 persoon is iets bewaard" in said
    rows = re.findall(
        r'<th scope="row"[^>]*>([^<]*)</th><td role[^>]*>(.*?)</td><td class="number"[^>]*>(\d+)</td>', html
    )
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


def test_the_faces_stand_beside_the_outcome_in_the_log_of_evidence_and_count_for_nothing(shop: Workshop) -> None:
    prototype, card = draw.three_screens(shop), make.card(shop)
    for face in ("good", "good", "so_so", "bad", "bad", "bad", "skip", "good"):
        draw.tried(draw.session(shop, prototype, card, mode="assisted"), face=face, alone="yes")
    stopped = draw.session(shop, prototype, card)
    draw.walk(stopped, "on", "1", "1", "bad", "on", "bad")
    actions.stop(session=stopped)  # withdrawn: nothing of it is kept
    card.refresh_from_db()
    item = Evidence.objects.get(card=card)
    here = [shop.idea.challenge.slug, shop.idea.reference]
    said = "Faces at the end: 3 good, 1 so-so, 3 not good. A face does not count for the outcome."
    for address in (reverse("validation:evidence", args=here), reverse("validation:evidence_entry", args=[*here, item.number])):  # fmt: skip
        browser = visit(shop.owner)
        browser.cookies["django_language"] = "en"
        assert said in browser.get(address).content.decode()
        assert "Faces" not in visit(shop.jury.jurors[0]).get(address).content.decode()
    assert item.links.get().direction == "supports"  # more people did it than not, whatever their face
    assert "good" not in item.text
    assert queries.faces_beside(shop.jury.jurors[0], shop.idea, [card.pk]) == {}


def test_the_log_of_evidence_asks_no_more_for_more_tests_with_screens(shop: Workshop) -> None:
    counts = []
    for _round in range(2):
        prototype, card = draw.three_screens(shop), make.card(shop)
        for _n in range(8):
            draw.tried(draw.session(shop, prototype, card, mode="assisted"))
        assert Evidence.objects.filter(card=card).exists()
        browser, address = visit(shop.owner), reverse("validation:evidence", args=[shop.idea.challenge.slug, shop.idea.reference])  # fmt: skip
        browser.get(address)
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]
