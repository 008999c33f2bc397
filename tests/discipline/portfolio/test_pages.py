# SPDX-License-Identifier: EUPL-1.2
"""The pages: the whole way through them, and nobody reads on any of them what they may not see."""

import json
import logging
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from beproefd.discipline.ideas.actions import follow_up
from beproefd.discipline.ideas.for_rooms_above import end_follow_up
from beproefd.discipline.juries.models import Interest
from beproefd.discipline.portfolio import actions
from beproefd.discipline.portfolio.levels import GATES
from beproefd.discipline.portfolio.models import Decision, ImportedEntry, Publication, Review, Reviewer, Tie
from beproefd.discipline.portfolio.queries.library import public_id
from tests import factories
from tests.factories import person, portfolio

pytestmark = pytest.mark.django_db
HUSH = "Zilvervos"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)  # hundreds of refusals are meant here


def visit(someone=None):
    client = Client()
    client.cookies["django_language"] = "en"
    if someone:
        client.force_login(someone)
    return client


def at(name, gate, *rest):
    return reverse(
        f"portfolio:{name}", args=[gate.idea.challenge.slug, gate.idea.reference, gate.request.number, *rest]
    )


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


# The whole way


def test_from_asking_to_the_decision_through_the_pages(shop):
    portfolio.describe(shop)
    team, manager, reviewer = (
        visit(shop.owner),
        visit(shop.manager),
        person("juror", name="Rita", organisation="Elders"),
    )
    gates = reverse("portfolio:gates", args=[shop.idea.challenge.slug, shop.idea.reference])
    assert "No gate was asked for yet." in text(team.get(gates))
    answer = team.post(
        f"{gates}vragen/", {"plan": "Een proef.", "budget": "1500", "request_key": "0" * 32}, follow=True
    )
    assert "€ 1,500" in text(answer)
    asked = f"{gates}1/"
    assert "waits for a decision" in text(team.get(asked))
    chosen = manager.post(f"{asked}beoordelaar/", {"user": str(reviewer.key)}, follow=True)
    assert "has not declared yet" in text(chosen)
    room = visit(reviewer)
    assert shop.idea.title in text(room.get(reverse("portfolio:board")))
    closed = text(room.get(asked))
    assert "does anything bind you" in closed
    assert "SHA-256" not in closed
    assert "SHA-256" in text(room.post(f"{asked}verklaring/", follow=True))
    said = {"outcome": "go", "reasons": f"{HUSH} zegt ja.", "request_key": "1" * 32}
    assert HUSH in text(room.post(f"{asked}beoordeling/", said, follow=True))
    said = {"outcome": "go", "reasons": "Goed bedacht.", "sure": "on", "request_key": "2" * 32}
    assert "Goed bedacht." in text(manager.post(f"{asked}besluit/", said, follow=True))
    heard = text(team.get(gates))
    assert ("Goed bedacht." in heard, "Rita" in heard, HUSH in heard) == (True, True, False)


def test_a_go_below_the_level_comes_back_with_the_question_and_what_was_typed(shop):
    gate = portfolio.gate(shop)
    said = {"outcome": "go", "reasons": "Ik vind het goed.", "request_key": "1" * 32}
    answer = visit(gate.reviewers[0]).post(at("review", gate), said)
    assert "below the level this gate asks" in text(answer)
    assert "Ik vind het goed." in text(answer)
    assert Review.objects.count() == 0
    visit(gate.reviewers[0]).post(at("review", gate), said | {"exception_reason": "De winter komt."})
    assert "De winter komt." in text(visit(gate.manager).get(at("request", gate)))


def test_the_dossier_can_be_downloaded_byte_for_byte(shop):
    gate = portfolio.gate(shop)
    answer = visit(shop.owner).get(at("dossier_file", gate))
    assert answer.content.decode() == gate.fresh().dossier
    assert visit(gate.reviewers[0]).get(at("dossier_file", gate)).status_code == 200


def test_asking_for_a_gate_that_cannot_be_asked_says_what_happened_what_was_kept_and_what_to_do(shop):
    portfolio.describe(shop)
    gate = portfolio.gate(shop)
    here = [shop.idea.challenge.slug, shop.idea.reference]
    ask, learn = reverse("portfolio:ask", args=here), reverse("tracks:learn", args=here)
    team, coach = visit(shop.owner), visit(shop.coach)
    waits = team.get(ask)
    assert waits.status_code == 200
    assert "waits for a decision. Nothing is lost." in text(waits)
    assert f'href="{at("request", gate)}"' in text(waits)
    portfolio.decide(gate, "stop")
    for browser in (team, coach):
        told = browser.get(ask)
        assert told.status_code == 200
        assert "The decision at this gate was to stop. Everything you wrote is kept" in text(told)
        assert (f'href="{learn}"' in text(told), f'href="{at("request", gate)}"' in text(told)) == (True, True)
        assert "<textarea" not in text(told)  # no form that can only be refused
    typed = team.post(ask, {"plan": "Toch nog een proef.", "budget": "0", "request_key": "3" * 32})
    assert "The decision at this gate was to stop. Everything you wrote is kept" in text(typed)
    assert "Toch nog een proef." in text(typed)
    end_follow_up(by=shop.manager, idea=shop.idea)
    ended = team.get(ask)
    assert (ended.status_code, "no longer being worked out. Everything you wrote is kept" in text(ended)) == (200, True)


def test_an_idea_that_passed_every_gate_hears_so(shop):
    portfolio.describe(shop)
    for _gate in GATES:
        portfolio.decide(portfolio.gate(shop))
    page = visit(shop.owner).get(reverse("portfolio:ask", args=[shop.idea.challenge.slug, shop.idea.reference]))
    assert (page.status_code, "has passed all gates. Nothing more is asked of you here." in text(page)) == (200, True)


def test_why_a_gate_cannot_be_asked_is_told_to_nobody_but_the_team_and_its_coach(shop):
    portfolio.describe(shop)
    gate = portfolio.gate(shop)
    portfolio.decide(gate, "stop")
    ask = reverse("portfolio:ask", args=[shop.idea.challenge.slug, shop.idea.reference])
    manager = visit(shop.manager).get(ask)
    assert (manager.status_code, "to stop" in text(manager)) == (403, False)
    assert "Only the team and its coach ask for a gate." in text(manager)
    outside = [*gate.reviewers, shop.jury.owners[1], person("juror"), person("coach"), person("administrator"), None]
    for someone in outside:
        for answer in (visit(someone).get(ask), visit(someone).post(ask, {"plan": "x"})):
            assert (answer.status_code, "to stop" in text(answer)) == (404, False)


def test_publishing_asks_about_what_may_be_personal_data_and_keeps_what_was_typed(shop):
    about = portfolio.describe(shop)
    portfolio.settle(shop, about)
    manager, entry = visit(shop.manager), public_id(about)
    words = {
        "statement": "Mevrouw Jansen spaart",
        "learning": "Het werkt.",
        "target_group": "",
        "request_key": "1" * 32,
    }
    answer = manager.post(reverse("library:publish", args=[entry]), words)
    [name] = re.findall(r'name="(stays_\w+)"', answer.content.decode())
    assert "Mevrouw Jansen spaart" in text(answer)
    assert Publication.objects.count() == 0
    done = manager.post(reverse("library:publish", args=[entry]), words | {name: "Uit een lied."}, follow=True)
    assert "Public since" in text(done)
    assert "Mevrouw Jansen spaart" in text(visit().get(reverse("portfolio:library")))
    manager.post(reverse("library:unpublish", args=[entry]), {"reason": "Toch niet."})
    assert "Mevrouw Jansen" not in text(visit().get(reverse("portfolio:library")))
    assert visit().get(reverse("library:entry", args=[entry])).status_code == 404


def test_publishing_asks_about_the_names_of_the_team_and_of_whoever_has_an_account(shop):
    about = portfolio.describe(shop)
    portfolio.settle(shop, about)
    person("juror", name="Quincy Zonderling")
    for statement, asked in (
        ("Carla zei: zo sparen ze in de Molenwijk.", ["Carla"]),
        ("quincy zei dat Quincy Zonderling het wist.", ["Quincy Zonderling"]),
        ("Een bewoner (54 jaar) wil sparen bij Stichting 1.", ["(54 jaar"]),
    ):
        with pytest.raises(actions.FlaggedError) as refusal:
            portfolio.publish(shop, about, statement=statement)
        assert [flag.text for _where, flag in refusal.value.found] == asked
    assert portfolio.publish(shop, about, statement="In de Molenwijk wil men sparen.").outcome == "works"


def test_learning_from_elsewhere_is_counted_and_has_pages(shop):
    entries = [portfolio.entry(number, statement=f"Een fiets helpt {number}") for number in range(1, 46)]
    actions.import_library(by=shop.manager, raw=portfolio.library_file(*entries), confirmed={})
    manager, page = visit(shop.manager), reverse("portfolio:library")
    seen = [len(manager.get(page, {"elders": number}).context["elsewhere"]) for number in (1, 2, 3)]
    found = text(manager.get(page, {"zoek": "fiets"}))
    assert (seen, "45 found" in found, "We find nothing" in found) == ([20, 20, 5], True, False)
    assert "And 45 from other municipalities." in text(manager.get(page))


def test_a_file_goes_out_and_comes_in_through_the_pages(shop):
    about = portfolio.describe(shop)
    portfolio.settle(shop, about)
    portfolio.publish(shop, about)
    out = visit().get(reverse("library:export"))
    assert [entry["statement"] for entry in json.loads(out.content)["entries"]] == [about.statement]
    raw = portfolio.library_file(portfolio.entry(learning="Bel 06-12345678."))
    manager, page = visit(shop.manager), reverse("library:import")
    answer = manager.post(page, {"file": SimpleUploadedFile("leren.json", raw), "request_key": "1" * 32})
    [name] = re.findall(r'name="(stays_\w+)"', answer.content.decode())
    assert ImportedEntry.objects.count() == 0
    values = {"file": SimpleUploadedFile("leren.json", raw), "request_key": "1" * 32, name: "Verzonnen."}
    assert "1 new" in text(manager.post(page, values, follow=True))
    assert "Gemeente Elders" in text(visit(shop.owner).get(reverse("portfolio:library")))
    assert "Gemeente Elders" not in text(visit().get(reverse("portfolio:library")))


def test_a_wrong_field_in_a_file_is_named_on_the_page(shop):
    raw = portfolio.library_file().replace(b'"kind":"desirable"', b'"kind":"mooi"')
    values = {"file": SimpleUploadedFile("leren.json", raw), "request_key": "1" * 32}
    assert "entries[0].kind: " in text(visit(shop.manager).post(reverse("library:import"), values))


def test_what_someone_types_brings_up_what_was_tested_before(shop):
    about = factories.assumption(shop, "Mensen met schulden willen eerst sparen")
    portfolio.settle(shop, about, "contradicts")
    fragment = visit(shop.owner).get(reverse("library:similar"), {"text": "willen mensen met schulden sparen"})
    assert about.statement in text(fragment)
    assert "<html" not in text(fragment)
    assert text(visit().get(reverse("library:similar"), {"text": "willen mensen met schulden sparen"})).strip() == ""


def test_the_library_is_searched_and_filtered(shop):
    about = factories.assumption(shop, "Mensen met schulden willen eerst sparen")
    portfolio.settle(shop, about, "contradicts")
    other = factories.assumption(shop, "De bibliotheek doet mee", kind="partner")
    portfolio.settle(shop, other)
    client, page = visit(shop.manager), reverse("portfolio:library")
    assert "This does not hold, and now we know it" in text(client.get(page))
    for asked, found, not_found in (
        ({"zoek": "schulden en sparen"}, about, other),
        ({"soort": "partner"}, other, about),
        ({"uitkomst": "fails"}, about, other),
    ):
        shown = text(client.get(page, asked))
        assert (found.statement in shown, not_found.statement in shown) == (True, False)


def test_strange_questions_get_an_answer(shop):
    client = visit(shop.manager)
    for asked in ({"pagina": "x"}, {"soort": "<script>"}, {"zoek": "\ud7ff" * 400}, {"pagina": "9" * 400}):
        answer = client.get(reverse("portfolio:library"), asked)
        assert answer.status_code == 200
        assert "<script>" not in answer.content.decode().replace("<script src", "")
    assert client.get(reverse("portfolio:board"), {"uitdaging": "' OR 1=1"}).status_code == 200


# Leaks


@pytest.fixture
def told(shop):
    """A gate at which two people said something that the hush word stands in."""
    return portfolio.gate(shop, reviewers=2)


def _people(gate):
    """Everyone who may not read the reviews, by name."""
    shop, tied = gate.shop, person("manager", name="Bram")
    Interest.objects.create(round=shop.jury.round, user=tied, idea=shop.idea, kind="personal")
    near = person("juror", name="Noor", organisation=shop.owner.organisation)
    actions.name_reviewer(by=gate.manager, request=gate.request, user=near)
    stepped_back = person("juror", name="Teun")
    actions.name_reviewer(by=gate.manager, request=gate.request, user=stepped_back)
    actions.declare(by=stepped_back, request=gate.request, free=False, kind="personal", note="Vriend.")
    waiting = person("juror", name="Wim")
    actions.name_reviewer(by=gate.manager, request=gate.request, user=waiting)
    racing, rival_coach = person("manager", name="Rik"), person("coach")
    rival = follow_up(by=gate.manager, idea=shop.jury.ideas[1], coach=rival_coach)
    factories.joins(rival_coach, rival, racing, kind="municipality")
    return {
        "team": shop.owner,
        "coach": shop.coach,
        "rival team": shop.jury.owners[1],
        "tied manager": tied,
        "reviewer of the same organisation": near,
        "reviewer who stepped back": stepped_back,
        "reviewer who has not declared": waiting,
        "jury member": shop.jury.jurors[0],
        "coach of a rival team": rival_coach,
        "administrator": person("administrator"),
        "manager in a team": racing,
        "nobody": None,
    }


def _addresses(gate):
    names = ("request", "dossier_file", "review", "decide", "recuse", "name_reviewer", "decide_tie")
    rest = {"decide_tie": [1]}
    found = [at(name, gate, *rest.get(name, [])) for name in names]
    found += [reverse("portfolio:gates", args=[gate.idea.challenge.slug, gate.idea.reference])]
    return [
        *found,
        reverse("portfolio:board"),
        reverse("portfolio:library"),
        reverse("library:similar") + "?text=sparen",
        "/",
    ]


def _seen(someone, addresses):
    """What someone sees at every address, without what differs at each visit."""
    client, found = visit(someone), {}
    for address in addresses:
        answer = client.get(address)
        body = re.sub(
            r'name="csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"|value="[0-9a-f-]{36}"|data-token="\w+"',
            "",
            answer.content.decode(),
        )
        found[address] = (answer.status_code, answer.get("Location", ""), re.sub(r"nonce-[\w-]+", "", body))
    return found


def test_the_reviews_change_nothing_for_who_may_not_read_them(told):
    people, addresses = _people(told), _addresses(told)
    before = {name: _seen(someone, addresses) for name, someone in people.items()}
    portfolio.review(told, told.reviewers[0], "stop", reasons=f"{HUSH} vindt van niet.")
    portfolio.review(
        told, told.reviewers[1], "go", reasons=f"{HUSH} vindt van wel.", exception_reason=f"{HUSH} wil het."
    )
    for name, someone in people.items():
        after = _seen(someone, addresses)
        for address in addresses:
            assert (name, address, after[address] == before[name][address]) == (name, address, True)


def test_who_may_read_the_reviews_does(told):
    portfolio.review(told, told.reviewers[0], "stop", reasons=f"{HUSH} vindt van niet.")
    for someone, sees in ((told.manager, True), (told.reviewers[0], True), (told.reviewers[1], False)):
        assert (HUSH in text(visit(someone).get(at("request", told)))) is sees


def test_a_gate_that_someone_is_bound_to_is_as_if_it_had_never_been(shop):
    """For a tied manager every page is the same with the gate, its reviews and its decision, and without."""
    tied = person("manager", name="Bram")
    Tie.objects.create(idea=shop.idea, user=tied, kind="personal", note="Familie.")
    number_one = portfolio.Gate(shop, type("Asked", (), {"number": 1})(), [])
    addresses = [one for one in _addresses(number_one) if "lijkt-op" not in one]
    before = _seen(tied, addresses)
    gate = portfolio.gate(shop)
    portfolio.decide(gate, reasons=f"{HUSH} mag door.")
    assert Decision.objects.count() == 1
    assert _seen(tied, addresses) == before
    assert before[addresses[0]][0] == 404


def test_what_only_the_programme_does_is_not_there_for_others(told):
    people = _people(told)
    tie, seat = Tie.objects.filter(status="open").get(), Reviewer.objects.filter(user=told.reviewers[0]).get()
    for name, someone in people.items():
        client = visit(someone)
        for address, values in (
            (reverse("portfolio:own_tie", args=[told.idea.challenge.slug, told.idea.reference]), {}),
            (at("name_reviewer", told), {"user": str(told.manager.key)}),
            (at("release_reviewer", told, seat.pk), {}),
            (at("decide_tie", told, tie.pk), {"binds": "no", "reason": "Mag."}),
            (at("decide", told), {"outcome": "stop", "reasons": "Nee.", "sure": "on", "request_key": "1" * 32}),
        ):
            assert (name, address, client.post(address, values).status_code) == (name, address, 404)
    tie.refresh_from_db()
    assert (tie.status, Decision.objects.count()) == ("open", 0)


def test_the_menu_leads_to_the_board_for_who_steers_and_to_the_library_for_everyone(told):
    board, library = f'href="{reverse("portfolio:board")}"', f'href="{reverse("portfolio:library")}"'
    leads = {
        "manager": (told.manager, True),
        "coach": (told.shop.coach, True),
        "reviewer": (told.reviewers[0], True),
        "team": (told.shop.owner, False),
        "nobody": (None, False),
    }
    for name, (someone, shown) in leads.items():
        home = text(visit(someone).get("/"))
        assert (name, board in home, library in home) == (name, shown, True)


def test_without_an_account_the_board_asks_to_sign_in(shop):
    assert visit().get(reverse("portfolio:board")).status_code == 302
