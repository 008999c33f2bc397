# SPDX-License-Identifier: EUPL-1.2
"""The challenge pages, as a browser without JavaScript uses them."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beproefd.discipline.challenges import actions
from beproefd.discipline.challenges.models import CanvasVersion, Challenge, CriteriaSet, CriteriaState, Phase, Stimulus
from beproefd.discipline.challenges.queries import intake_readiness
from tests import factories
from tests.discipline.pages import hidden, visit
from tests.factories.challenges import canvas_values
from tests.ui.page import Page

NASTY = "'; DROP TABLE x; --<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"


def url(name: str, challenge: Challenge, *args: Any) -> str:
    return reverse(f"challenges:{name}", args=[challenge.slug, *args])


def canvas_post(**changes: Any) -> dict[str, Any]:
    deadline = timezone.localtime() + timedelta(days=7)
    day = deadline.date()
    said = {
        "base_number": "0",
        "mission": "Hoe kunnen we sparen makkelijk maken?",
        "outcomes": ["autonomie"],
        "own_outcomes": "rust, vertrouwen",
        "target_group": "Mensen met een laag inkomen",
        "target_number": "73400",
        "target_number_source": "Armoedemonitor",
        "target_number_date": "2021-12-31",
        "out_of_scope": "Landelijke regels",
        "owner": "Wethouder",
        "mandate": "Drie proeven",
        "intake_deadline": f"{deadline:%Y-%m-%dT%H:%M}",
        "jury_until": str(day + timedelta(days=14)),
        "decision_on": str(day + timedelta(days=21)),
        "follow_up_until": str(day + timedelta(days=90)),
    }
    return said | changes


def test_a_challenge_goes_from_nothing_to_open_for_ideas_on_the_pages_alone(manager: Any) -> None:
    browser = visit(manager)
    key = hidden(browser.get(reverse("challenges:new")), "request_key")
    browser.post(reverse("challenges:new"), {"title": "Armoede voorbij", "request_key": key})
    challenge = Challenge.objects.get()
    missing = browser.get(url("detail", challenge)).content.decode()
    assert 'action="' + url("open_intake", challenge) + '"' not in missing
    assert browser.post(url("canvas_edit", challenge), canvas_post()).status_code == 302
    canvas = challenge.canvas_versions.get()
    assert canvas.outcome_words == ["autonomie", "rust", "vertrouwen"]
    card = {"kind": "case", "title": "Kaart", "body": "Tekst", "source": "Krant", "request_key": key}
    assert browser.post(url("stimulus_new", challenge), card).status_code == 302
    assert browser.post(url("criteria_new_version", challenge), {"reason": ""}).status_code == 302
    rules = {"scale_min": 1, "scale_max": 3, "quorum": 2, "winners": 1, "tie_break": "lottery"}
    assert browser.post(url("criteria_rules", challenge), rules).status_code == 302
    knock_out = {"name": "Mag het", "question": "Mag dit?", "anchor_0": "Nee.", "anchor_1": "Ja."}
    assert browser.post(url("criterion_new", challenge) + "?soort=knock-out", knock_out).status_code == 302
    weighted = {"name": "Waarde", "question": "Wat levert het op?", "weight": 100}
    weighted |= {f"anchor_{score}": f"Dat is een {score}." for score in (1, 2, 3)}
    assert browser.post(url("criterion_new", challenge), weighted).status_code == 302
    seen = hidden(browser.get(url("criteria_lock", challenge)), "seen")
    assert browser.post(url("criteria_lock", challenge), {"seen": seen, "sure": "on"}).status_code == 302
    assert challenge.criteria_sets.get().state == CriteriaState.LOCKED
    assert 'action="' + url("open_intake", challenge) + '"' in browser.get(url("detail", challenge)).content.decode()
    browser.post(url("open_intake", challenge))
    challenge.refresh_from_db()
    assert challenge.phase == Phase.INTAKE
    assert visit().get(url("detail", challenge)).status_code == 200


def test_a_challenge_sent_twice_is_one_challenge(manager: Any) -> None:
    browser = visit(manager)
    key = hidden(browser.get(reverse("challenges:new")), "request_key")
    for _time in range(2):
        browser.post(reverse("challenges:new"), {"title": "Armoede voorbij", "request_key": key})
    assert Challenge.objects.count() == 1


def test_a_card_and_a_criterion_sent_twice_are_made_once(manager: Any) -> None:
    challenge = factories.challenge(manager, cards=0)
    factories.add_criteria(manager, challenge)
    browser = visit(manager)
    key = hidden(browser.get(url("stimulus_new", challenge)), "request_key")
    card = {"kind": "case", "title": "Kaart", "body": "Tekst", "source": "Krant", "request_key": key}
    criterion = {"name": "Nieuw", "question": "Is het nieuw?", "weight": 10}
    for _time in range(2):
        browser.post(url("stimulus_new", challenge), card)
        browser.post(url("criterion_new", challenge), criterion)
    assert Stimulus.objects.count() == 1
    assert challenge.criteria_sets.get().criteria.filter(name="Nieuw").count() == 1


def test_a_criterion_or_challenge_named_as_one_of_our_addresses_can_still_be_opened(manager: Any) -> None:
    challenge = actions.create_challenge(by=manager, title="Nieuw")
    assert challenge.slug != "nieuw"
    draft = actions.draft_criteria(by=manager, challenge=challenge)
    values = {"kind": "weighted", "name": "Regels", "question": "Mag het?", "weight": 10}
    made = actions.save_criterion(by=manager, criteria_set=draft, values=values, anchors={1: "Een beetje."})
    page = visit(manager).get(url("criterion_edit", challenge, made.key)).content.decode()
    assert 'value="Regels"' in page


def test_before_intake_visitors_and_teams_see_nothing_of_a_challenge_but_its_locked_criteria(
    manager: Any, owner: Any
) -> None:
    challenge = factories.ready_challenge(manager)
    names = ("detail", "canvas_history", "stimuli", "draw", "canvas_edit", "criteria_lock", "stimulus_new")
    for name in names:
        assert visit().get(url(name, challenge)).status_code == 404
        assert visit(owner).get(url(name, challenge)).status_code == 404
    for who in (None, owner):
        assert visit(who).get(url("criteria", challenge)).status_code == 200
        assert visit(who).get(url("criteria_file", challenge, 1)).status_code == 200


def test_only_the_programme_changes_a_challenge(open_challenge: Any, owner: Any) -> None:
    for browser in (visit(), visit(owner)):
        for name in ("canvas_edit", "stimulus_new", "criteria_rules", "criterion_new", "criteria_lock"):
            assert browser.get(url(name, open_challenge)).status_code == 403
        for name in ("open_intake", "close_intake", "criteria_new_version"):
            assert browser.post(url(name, open_challenge), {"reason": "Zomaar"}).status_code == 403
    open_challenge.refresh_from_db()
    assert open_challenge.phase == Phase.INTAKE


def test_two_people_in_one_canvas_lose_no_text_and_see_each_others_version(manager: Any) -> None:
    challenge = factories.challenge(manager)
    browser = visit(manager)
    base = hidden(browser.get(url("canvas_edit", challenge)), "base_number")
    actions.revise_canvas(by=manager, challenge=challenge, base_number=1, values={"owner": "Iemand anders"})
    mine = canvas_post(base_number=base, mission="Hoe kunnen we dit zelf doen?")
    clash = browser.post(url("canvas_edit", challenge), mine)
    page = clash.content.decode()
    assert clash.status_code == 200
    assert "Hoe kunnen we dit zelf doen?" in page
    assert "Iemand anders" in page
    assert url("canvas_version", challenge, 2) in page
    assert CanvasVersion.objects.count() == 2
    again = browser.post(url("canvas_edit", challenge), mine | {"base_number": hidden(clash, "base_number")})
    assert again.status_code == 302
    assert Challenge.objects.get().canvas.mission == "Hoe kunnen we dit zelf doen?"


def test_a_canvas_saved_unchanged_makes_no_version_even_with_seconds_in_the_deadline(manager: Any) -> None:
    deadline = (timezone.now() + timedelta(days=3)).replace(second=59, microsecond=0)
    challenge = factories.challenge(manager, deadline=deadline)
    browser = visit(manager)
    form = browser.get(url("canvas_edit", challenge)).context["form"]
    said = {name: form[name].value() for name in form.fields}
    said = {name: value for name, value in said.items() if value is not None}
    said["intake_deadline"] = f"{timezone.localtime(deadline):%Y-%m-%dT%H:%M}"
    for name in ("target_number_date", "jury_until", "decision_on", "follow_up_until"):
        said[name] = str(said[name])
    assert browser.post(url("canvas_edit", challenge), said).status_code == 302
    assert challenge.canvas_versions.count() == 1


def test_a_text_of_five_megabytes_is_a_clear_error_and_comes_back(manager: Any) -> None:
    challenge = factories.challenge(manager)
    response = visit(manager).post(url("canvas_edit", challenge), canvas_post(base_number=1, mission="a" * 5_000_000))
    assert response.status_code == 200
    assert response.context["form"].errors["mission"]
    assert len(response.context["form"]["mission"].value()) == 5_000_000
    assert challenge.canvas_versions.count() == 1


def test_line_breaks_of_the_browser_do_not_make_a_text_too_long(manager: Any) -> None:
    challenge = factories.challenge(manager)
    text = "\r\n".join(["a" * 9] * 40)  # 399 characters as the browser counts them
    assert (
        visit(manager).post(url("canvas_edit", challenge), canvas_post(base_number=1, mission=text)).status_code == 302
    )


def test_code_in_any_field_is_shown_as_text(manager: Any) -> None:
    browser = visit(manager)
    challenge = actions.create_challenge(by=manager, title=NASTY)
    texts = dict.fromkeys(
        ("mission", "target_group", "target_number_source", "owner", "mandate", "out_of_scope"), NASTY
    )
    assert browser.post(url("canvas_edit", challenge), canvas_post(**texts, own_outcomes=NASTY)).status_code == 302
    actions.revise_canvas(by=manager, challenge=challenge, base_number=1, values={"owner": "x"}, reason=NASTY)
    card = dict.fromkeys(("title", "body", "source"), NASTY) | {"kind": "quote"}
    key = hidden(browser.get(url("stimulus_new", challenge)), "request_key")
    assert browser.post(url("stimulus_new", challenge), card | {"request_key": key}).status_code == 302
    draft = actions.draft_criteria(by=manager, challenge=challenge)
    values = {"kind": "weighted", "name": NASTY, "question": NASTY, "weight": 100}
    actions.save_criterion(by=manager, criteria_set=draft, values=values, anchors=dict.fromkeys(range(1, 6), NASTY))
    pages = [
        url(name, challenge) for name in ("detail", "canvas_edit", "canvas_history", "stimuli", "draw", "criteria_lock")
    ]
    pages += [
        url("canvas_version", challenge, 2),
        url("criteria", challenge),
        reverse("challenges:list"),
        reverse("home"),
    ]
    texts = [browser.get(address).content.decode() for address in pages]
    actions.lock_criteria(by=manager, criteria_set=draft)
    for text in [*texts, browser.get(url("criteria", challenge)).content.decode()]:
        assert "<script>alert" not in text
        assert ESCAPED in text


def test_a_script_is_no_address_for_a_source(manager: Any) -> None:
    challenge = factories.challenge(manager, cards=0)
    browser = visit(manager)
    key = hidden(browser.get(url("stimulus_new", challenge)), "request_key")
    card = {"kind": "case", "title": "K", "body": "T", "source": "S", "request_key": key}
    response = browser.post(url("stimulus_new", challenge), card | {"source_url": "javascript:alert(1)"})
    assert response.context["form"].errors["source_url"]
    assert Stimulus.objects.count() == 0


def test_criteria_that_changed_while_being_read_are_not_locked(manager: Any) -> None:
    challenge = factories.challenge(manager)
    draft = factories.add_criteria(manager, challenge)
    browser = visit(manager)
    seen = hidden(browser.get(url("criteria_lock", challenge)), "seen")
    actions.set_decision_rules(by=manager, criteria_set=draft, values={"winners": 1})
    refused = browser.post(url("criteria_lock", challenge), {"seen": seen, "sure": "on"})
    assert refused.status_code == 200
    assert CriteriaSet.objects.get().state == CriteriaState.DRAFT
    again = {"seen": hidden(refused, "seen"), "sure": "on"}
    assert browser.post(url("criteria_lock", challenge), again).status_code == 302
    assert browser.post(url("criteria_lock", challenge), again).status_code == 302  # sent twice
    assert CriteriaSet.objects.get().state == CriteriaState.LOCKED


def test_a_criterion_sent_after_the_lock_is_refused_with_the_text_kept(manager: Any) -> None:
    challenge = factories.challenge(manager)
    draft = factories.add_criteria(manager, challenge)
    browser = visit(manager)
    actions.lock_criteria(by=manager, criteria_set=draft)
    said = {"name": "Nog een", "question": "Te laat?", "weight": 10}
    response = browser.post(url("criterion_new", challenge), said)
    assert response.status_code == 200
    assert "Te laat?" in response.content.decode()
    assert response.context["form"].non_field_errors()
    assert draft.criteria.count() == len(factories.challenges.CRITERIA)


def test_the_draft_of_the_criteria_is_hidden_from_everyone_else(open_challenge: Any, manager: Any) -> None:
    actions.draft_criteria(by=manager, challenge=open_challenge, reason="GEHEIMEREDEN")
    assert "GEHEIMEREDEN" in visit(manager).get(url("criteria", open_challenge)).content.decode()
    assert "GEHEIMEREDEN" not in visit().get(url("criteria", open_challenge)).content.decode()
    assert visit().get(url("criteria_file", open_challenge, 2)).status_code == 404


def test_the_downloaded_criteria_have_the_published_fingerprint(open_challenge: Any) -> None:
    response = visit().get(url("criteria_file", open_challenge, 1))
    published = open_challenge.criteria_sets.get()
    assert hashlib.sha256(response.content).hexdigest() == published.fingerprint
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"].startswith("attachment")
    assert published.fingerprint in visit().get(url("criteria", open_challenge)).content.decode()


def test_a_shorter_scale_publishes_no_texts_for_scores_that_are_gone(manager: Any) -> None:
    challenge = factories.challenge(manager)
    draft = factories.add_criteria(manager, challenge)
    actions.set_decision_rules(by=manager, criteria_set=draft, values={"scale_max": 3})
    locked = actions.lock_criteria(by=manager, criteria_set=draft)
    assert "Dat is een 4." not in locked.canonical


def test_closing_early_needs_a_reason_and_closing_late_does_not(open_challenge: Any, manager: Any) -> None:
    browser = visit(manager)
    refused = browser.post(url("close_intake", open_challenge), {"reason": ""})
    assert refused.status_code == 200
    assert refused.context["close_form"].errors["reason"]
    assert browser.post(url("close_intake", open_challenge), {"reason": "Iedereen is klaar"}).status_code == 302
    open_challenge.refresh_from_db()
    assert open_challenge.phase == Phase.JURY


@pytest.mark.parametrize(("phase", "optional"), [(Phase.PREPARING, True), (Phase.INTAKE, False)])
def test_the_reason_for_a_change_is_called_optional_only_while_it_is(
    manager: Any, phase: Phase, *, optional: bool
) -> None:
    challenge = factories.ready_challenge(manager)
    if phase == Phase.INTAKE:
        actions.open_intake(by=manager, challenge=challenge)
    page = visit(manager).get(url("canvas_edit", challenge)).content.decode()
    label = re.search(r'<label[^>]*for="id_change_reason">(.*?)</label>', page, re.DOTALL)
    assert label is not None
    assert ("(niet verplicht)" in label[1]) == optional


def test_an_intake_that_is_not_ready_says_what_is_missing(manager: Any) -> None:
    challenge = actions.create_challenge(by=manager, title="Leeg")
    page = visit(manager).post(url("open_intake", challenge), follow=True).content.decode()
    assert page.count("utrecht-alert--error") >= 5
    challenge.refresh_from_db()
    assert challenge.phase == Phase.PREPARING


def test_drawing_cards_shows_each_card_once(manager: Any) -> None:
    challenge = factories.challenge(manager, cards=4)
    browser, seen = visit(manager), ""
    drawn = []
    for _turn in range(4):
        response = browser.get(url("draw", challenge), {"gezien": seen})
        drawn.append(response.context["card"].title)
        seen = response.context["seen"]
    assert sorted(drawn) == ["Kaart 1", "Kaart 2", "Kaart 3", "Kaart 4"]
    last = browser.get(url("draw", challenge), {"gezien": seen})
    assert last.context["card"] is None
    odd = browser.get(url("draw", challenge), {"gezien": "x,-1,99999999999999999999999,<b>", "soort": "onzin"})
    assert odd.status_code == 200


def test_the_version_page_shows_old_and_new_with_the_differing_words(manager: Any) -> None:
    challenge = factories.challenge(manager)
    actions.revise_canvas(by=manager, challenge=challenge, base_number=1, values={"owner": "Wethouder Zorg"})
    page = visit(manager).get(url("canvas_version", challenge, 2)).content.decode()
    assert "<del> Werk</del>" in page
    assert "<ins> Zorg</ins>" in page


def test_lists_take_the_same_number_of_queries_however_many_challenges_and_cards(manager: Any) -> None:
    def queries(address: str) -> int:
        browser = visit(manager)
        browser.get(address)
        with CaptureQueriesContext(connection) as taken:
            assert browser.get(address).status_code == 200
        return len(taken)

    few = factories.challenge(manager, cards=3)
    counts = {name: queries(url(name, few)) for name in ("stimuli", "draw", "detail")}
    listed = queries(reverse("challenges:list"))
    many = factories.challenge(manager, cards=30)
    for number in range(5):
        factories.challenge(manager, title=f"Uitdaging {number}")
    assert {name: queries(url(name, many)) for name in counts} == counts
    assert queries(reverse("challenges:list")) == listed


@pytest.mark.parametrize("what", ["card", "criterion", "rules"])
def test_two_managers_in_one_form_lose_no_text_and_see_each_others_change(
    what: str, manager: Any, second_manager: Any
) -> None:
    """The later save is refused once, shows both texts, and then goes on top."""
    challenge = factories.open_challenge(manager)
    card = challenge.stimuli.first()
    draft = actions.draft_criteria(by=manager, challenge=challenge, reason="Duidelijker")
    criterion = draft.criteria.filter(kind="weighted").first()
    address = {
        "card": url("stimulus_edit", challenge, card.pk),
        "criterion": url("criterion_edit", challenge, criterion.key),
        "rules": url("criteria_rules", challenge),
    }[what]
    first, second = visit(manager), visit(second_manager)
    field = "winners" if what == "rules" else "title" if what == "card" else "name"
    page = first.get(address).context["form"]
    said = {bound.html_name: bound.value() or "" for bound in page}
    mine, theirs = ("2", "1") if what == "rules" else ("Van mij", "Van een ander")
    assert second.post(address, said | {field: theirs}).status_code == 302

    refused = first.post(address, said | {field: mine})
    assert refused.status_code == 200
    text = refused.content.decode()
    assert (mine in text, theirs in text) == (True, True)
    again = said | {field: mine, "seen": hidden(refused, "seen")}
    assert first.post(address, again).status_code == 302
    kept = {"card": card, "criterion": criterion, "rules": draft}[what]
    kept.refresh_from_db()
    assert str(getattr(kept, field)) == mine


# Reading in English


WRITTEN = (
    "Armoede voorbij",
    "Hoe kunnen we de armoede radicaal bestrijden?",
    "Huishoudens met een laag inkomen.",
    "Landelijke regels.",
    "Drie proeven van twee maanden.",
    "Kaart 1",
    "Studenten leren ouderen werken met internet.",
    "Onderzoek uit 2019",
    "Wat levert het bewoners op?",
    "Dat is een 3.",
    "Haalbaar",
)


def test_an_english_page_marks_every_text_that_people_wrote_as_dutch(manager: Any, open_challenge: Challenge) -> None:
    browser = visit(manager)
    browser.cookies["django_language"] = "en"
    names = (
        "detail",
        "stimuli",
        "draw",
        "criteria",
        "canvas_edit",
        "canvas_history",
        "criteria_new_version",
        "stimulus_new",
    )
    addresses = [reverse("home"), reverse("challenges:list"), url("canvas_version", open_challenge, 1)]
    pages = [
        Page(browser.get(page).content.decode()) for page in [*addresses, *(url(n, open_challenge) for n in names)]
    ]
    english = " ".join(page.said_in("en") for page in pages)
    dutch = " ".join(page.said_in("nl") for page in pages)
    assert [text for text in WRITTEN if text in english] == []
    assert [text for text in WRITTEN if text not in dutch] == []


# What the lock publishes


def test_locked_criteria_are_public_before_ideas_are_welcome_and_nothing_else_is(ready_challenge: Challenge) -> None:
    visitor = visit(None)
    actions.draft_criteria(by=ready_challenge.created_by, challenge=ready_challenge, reason="Geheime reden.")
    shown = visitor.get(url("criteria", ready_challenge))
    text = shown.content.decode()
    fingerprint = ready_challenge.criteria_sets.get(version=1).fingerprint
    assert (shown.status_code, fingerprint in text, "Geheime reden." in text) == (200, True, False)
    assert f'href="{url("detail", ready_challenge)}"' not in text
    file = visitor.get(url("criteria_file", ready_challenge, 1))
    assert hashlib.sha256(file.content).hexdigest() == fingerprint
    others = [url("detail", ready_challenge), url("stimuli", ready_challenge), url("criteria_file", ready_challenge, 2)]
    assert [visitor.get(page).status_code for page in others] == [404, 404, 404]


def test_criteria_that_were_never_locked_stay_inside(manager: Any) -> None:
    challenge = factories.challenge(manager)
    factories.add_criteria(manager, challenge)
    assert visit(None).get(url("criteria", challenge)).status_code == 404


@pytest.mark.parametrize(
    ("mission", "asks"),
    [("Gratis bier", False), ("Hoe kunnen we sparen makkelijk maken?", True), ("How can we help?", True), ("", False)],
)
def test_a_mission_is_ready_when_it_asks_how_we_can(manager: Any, mission: str, asks: bool) -> None:
    challenge = factories.challenge(manager)
    values = canvas_values() | {"mission": mission}
    actions.revise_canvas(by=manager, challenge=challenge, base_number=1, values=values)
    assert intake_readiness(Challenge.objects.get(pk=challenge.pk))[0].done is asks


@pytest.mark.parametrize("name", ["canvas_edit", "stimulus_new", "criterion_new"])
def test_what_is_sent_after_the_session_ended_comes_back_to_copy(ready_challenge: Challenge, name: str) -> None:
    address = reverse(f"challenges:{name}", args=[ready_challenge.slug])
    for where in (address, "/uitdagingen/bestaat-niet/canvas/"):
        refused = Client().post(where)
        sent = Client().post(where, {"mission": "Hoe kunnen we lang schrijven?"})
        assert "Hoe kunnen we lang schrijven?" in sent.content.decode()
        assert sent.status_code == refused.status_code in {403, 404}
