# SPDX-License-Identifier: EUPL-1.2
"""The pages of the follow-up, as their users find them."""

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import factories as make
from tests.discipline.pages import visit
from tests.factories.validation import Workshop

from beproefd.discipline.ideas.for_rooms_above import end_follow_up
from beproefd.discipline.validation.models import Assumption, CanvasRevision, Evidence, Observation, TestCard

pytestmark = pytest.mark.django_db


def at(shop: Workshop, name: str, *more: Any) -> str:
    return reverse(f"validation:{name}", args=[shop.idea.challenge.slug, shop.idea.reference, *more])


@pytest.fixture
def furnished(shop: Workshop) -> Workshop:
    """One of everything."""
    about = make.assumption(shop)
    make.assumption(shop, "Partners doen mee", kind="partner", importance=3)
    make.observe(shop, make.card(shop, [about]), [True, False, True])
    make.evidence(shop, about)
    return shop


PAGES = [
    "assumptions",
    "assumption_new",
    "groups",
    "cards",
    "card_new",
    "evidence",
    "evidence_new",
    "learning",
    "canvas",
    "canvas_edit",
]
ABOUT_ONE = ["assumption", "assumption_edit", "override", "retire", "card", "live", "observe", "deviation", "card_drop"]


def test_the_team_opens_every_page(furnished: Workshop) -> None:
    client = visit(furnished.owner)
    codes = {name: client.get(at(furnished, name)).status_code for name in PAGES}
    codes |= {name: client.get(at(furnished, name, 1)).status_code for name in [*ABOUT_ONE, "evidence_entry"]}
    codes["strike"] = client.get(at(furnished, "strike", 1, 1)).status_code
    assert set(codes.values()) == {200}, codes


def test_for_others_no_page_exists(furnished: Workshop) -> None:
    strangers = [None, furnished.jury.jurors[0], furnished.jury.owners[1]]
    for stranger in strangers:
        client = visit(stranger)
        codes = {name: client.get(at(furnished, name)).status_code for name in PAGES}
        codes |= {name: client.get(at(furnished, name, 1)).status_code for name in [*ABOUT_ONE, "evidence_entry"]}
        assert set(codes.values()) == {404}, codes


def test_the_programme_reads_along_and_cannot_write(furnished: Workshop) -> None:
    client = visit(furnished.manager)
    assert client.get(at(furnished, "card", 1)).status_code == 200
    assert client.get(at(furnished, "observe", 1)).status_code == 403
    before = Assumption.objects.count()
    client.post(
        at(furnished, "assumption_new"),
        {"statement": "x", "kind": "desirable", "importance": 3, "belief": 3, "effort_days": 1},
    )
    assert Assumption.objects.count() == before


# From assumption to verdict, through the forms


def send(client: Client, address: str, **values: Any) -> Any:
    return client.post(address, {"request_key": str(uuid.uuid4())} | values)


def test_a_team_writes_plans_starts_observes_and_closes_through_the_pages(shop: Workshop) -> None:
    client = visit(shop.owner)
    said = {"statement": "Mensen durven te bellen", "kind": "desirable", "importance": 5, "belief": 3, "effort_days": 1}
    assert send(client, at(shop, "assumption_new"), **said).status_code == 302
    said = {
        "question": "Belt iemand zelf?", "method": "paper", "who": "Bezoekers", "measure": "belt zonder hulp",
        "right_from": 5, "hope_for": 8, "stakes": "middle", "cost_cents": 120, "effort_days": 1, "duration_days": 3,
        "about_1": "yes",
    }  # fmt: skip
    assert send(client, at(shop, "card_new"), **said).status_code == 302
    card = TestCard.objects.get()
    assert card.cost_cents == 12_000
    client.post(at(shop, "card_start", 1))
    for _ in range(8):
        assert send(client, at(shop, "observe", 1), outcome="yes", answered_by="self").status_code == 302
    page = client.get(at(shop, "card", 1)).content.decode()
    assert "STOP: er zijn geen mensen meer nodig." in page
    client.post(at(shop, "card_finish", 1))
    card.refresh_from_db()
    assert card.state == "done"
    assert Evidence.objects.get().card == card


def test_how_many_people_a_test_takes_is_told_before_anything_is_saved(shop: Workshop) -> None:
    make.assumption(shop)
    client = visit(shop.owner)
    said = {"method": "paper", "right_from": 6, "hope_for": 9, "stakes": "large", "look": "1"}
    page = client.post(at(shop, "card_new"), said).content.decode()
    assert "nooit meer dan" in page
    assert TestCard.objects.count() == 0


def test_an_observation_without_an_outcome_is_asked_for(furnished: Workshop) -> None:
    answer = send(visit(furnished.owner), at(furnished, "observe", 1), answered_by="self")
    assert "Druk op een van de knoppen" in answer.content.decode()
    assert Observation.objects.count() == 3


def test_the_canvas_is_written_and_changed_with_the_evidence_that_caused_it(furnished: Workshop) -> None:
    client = visit(furnished.owner)
    send(client, at(furnished, "canvas_edit"), base_number=0, problem="Geen buffer.", solution="Sparen.")
    item = Evidence.objects.first()
    assert item is not None
    changed = {"base_number": 1, "problem": "Geen buffer.", "solution": "Nazorg."}
    refused = send(client, at(furnished, "canvas_edit"), **changed, cause="evidence", explanation="Eerst rust.")
    assert refused.status_code == 200
    send(
        client, at(furnished, "canvas_edit"), **changed, cause="evidence", explanation="Eerst rust.", evidence=[item.pk]
    )
    assert [revision.number for revision in CanvasRevision.objects.all()] == [1, 2]
    page = client.get(at(furnished, "canvas_revision", 2)).content.decode()
    assert item.reference in page


def test_two_who_change_the_canvas_at_once_both_keep_their_text(furnished: Workshop) -> None:
    client = visit(furnished.owner)
    for text in ("Eerste tekst.", "Tweede tekst."):
        answer = send(client, at(furnished, "canvas_edit"), base_number=0, problem=text)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Eerste tekst." in page
    assert "Tweede tekst." in page


def test_what_is_seen_in_a_running_test_stands_with_the_evidence_as_on_its_way(furnished: Workshop) -> None:
    page = " ".join(visit(furnished.owner).get(at(furnished, "evidence")).content.decode().split())
    assert re.search(r"Onderweg</h2>.*T1: Kan iemand alleen sparen\?</a> <span class=.soft.>3 mensen</span>", page)
    assert "schermen/" in page.partition("Onderweg</h2>")[2]


def test_what_was_written_down_is_told_with_the_way_to_strike_it_out(furnished: Workshop) -> None:
    client = visit(furnished.owner)
    said = {"outcome": "yes", "answered_by": "together", "other_place": "  molenwijk "}
    answer = send(client, at(furnished, "observe", 1), **said)
    page = client.get(answer.url).content.decode()
    assert "Opgeschreven: nee." in " ".join(page.split())
    assert at(furnished, "strike", 1, 4) in page
    assert '<option value="Molenwijk" selected>' in page  # the next person is met in the same place
    assert Observation.objects.latest("pk").place == "Molenwijk"


def test_enter_in_a_field_is_no_outcome(furnished: Workshop) -> None:
    page = visit(furnished.owner).get(at(furnished, "observe", 1)).content.decode()
    form = page[page.index('id="waarnemen"') :]
    assert re.findall(r"<button[^>]*type=.submit.[^>]*>", form)[0] == '<button type="submit" disabled hidden>'


def test_a_colleagues_change_is_shown_in_words_and_only_where_it_differs(furnished: Workshop) -> None:
    client, address = visit(furnished.owner), at(furnished, "assumption_edit", 2)
    seen = re.search(r'name="seen" value="(\w+)"', client.get(address).content.decode())
    assert seen is not None
    mine = {"statement": "Partners doen mee", "importance": 4, "belief": 3, "effort_days": 2, "seen": seen.group(1)}
    send(visit(furnished.coach), address, **mine, kind="lawful")
    page = client.post(address, mine | {"kind": "partner", "request_key": str(uuid.uuid4())}).content.decode()
    shown = re.search(r"Een collega heeft intussen dit bewaard.*?</dl>", page, re.DOTALL)
    assert shown is not None
    assert re.findall(r"<d[td]>(.*?)</d[td]>", shown.group()) == ["Soort", "Mag het, en is het goed om te doen?"]


def test_a_card_that_locked_meanwhile_leads_to_noting_what_goes_otherwise(furnished: Workshop) -> None:
    card = make.card(furnished, [Assumption.objects.get(number=1)])
    client, address = visit(furnished.owner), at(furnished, "card_edit", card.number)
    seen = re.search(r'name="seen" value="(\w+)"', client.get(address).content.decode())
    assert seen is not None
    make.observe(furnished, card, [True])
    said = {
        "question": "Anders?", "method": "paper", "who": "x", "measure": "y", "right_from": 5, "hope_for": 8,
        "stakes": "middle", "cost_cents": 0, "effort_days": 1, "duration_days": 3, "about_1": "yes",
    }  # fmt: skip
    page = send(client, address, **said, seen=seen.group(1)).content.decode()
    assert "Een collega heeft intussen dit bewaard" not in page
    assert at(furnished, "deviation", card.number) in page


# A phone that was offline


def pile(client: Client, shop: Workshop, rows: Any, who: str = "") -> Any:
    """As the phone sends it: what was seen, and who was signed in when it was seen."""
    if isinstance(rows, dict):
        rows = {"who": who or client.session.get("_auth_user_id", "")} | rows
    return client.post(at(shop, "pile", 1), json.dumps(rows), content_type="application/json")


def row(**more: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "outcome": "yes", "at": timezone.now().isoformat()} | more


def test_a_pile_is_taken_in_and_sent_again_doubles_nothing(furnished: Workshop) -> None:
    client, rows = visit(furnished.coach), [row(), row(outcome="no"), row(outcome="none", note="Liep weg.")]
    first = pile(client, furnished, {"observations": rows}).json()
    again = pile(client, furnished, {"observations": rows}).json()
    assert first["taken"] == again["taken"] == [one["key"] for one in rows]
    assert Observation.objects.count() == 6
    assert "Ga " in first["live"] or "klopt" in first["live"] or "goed genoeg" in first["live"]


def test_what_may_no_longer_be_written_down_is_refused_row_by_row(furnished: Workshop) -> None:
    late, early = row(), row(at=(timezone.now() - timedelta(hours=1)).isoformat())
    client = visit(furnished.coach)
    end_follow_up(by=furnished.coach, idea=furnished.idea)
    late["at"] = timezone.now().isoformat()
    answer = pile(client, furnished, {"observations": [early, late]})
    assert (answer.status_code, answer.json()["taken"]) == (200, [early["key"]])
    assert list(answer.json()["refused"]) == [late["key"]]
    page = client.get(at(furnished, "observe", 1)).content.decode()
    assert "Het werk aan dit idee is gestopt." in page
    assert 'name="outcome"' not in page


def test_a_pile_with_one_bad_observation_says_which_and_takes_the_others(furnished: Workshop) -> None:
    bad = row(arm="new")
    answer = pile(visit(furnished.owner), furnished, {"observations": [row(), bad]}).json()
    assert list(answer["refused"]) == [bad["key"]]
    assert len(answer["taken"]) == 1


def test_what_someone_else_saw_on_the_same_phone_is_not_sent_under_another_name(furnished: Workshop) -> None:
    answer = pile(visit(furnished.coach), furnished, {"observations": [row()]}, who=str(furnished.owner.pk))
    assert answer.status_code == 401
    assert Observation.objects.count() == 3


def test_the_form_names_what_makes_it_open_without_a_connection(furnished: Workshop) -> None:
    page = visit(furnished.owner).get(at(furnished, "observe", 1)).content.decode()
    worker = re.search(r'data-worker="([^"]+)" data-scope="([^"]+)"', page)
    assert worker is not None
    name = (
        r"/static/validation/worker(\.[0-9a-f]{12})?\.js"  # tests/ui/test_static_files.py fetches it, with its headers
    )
    assert (bool(re.fullmatch(name, worker.group(1))), worker.group(2)) == (True, "/trajecten/")


@pytest.mark.parametrize(
    "nonsense",
    [
        [],
        {"observations": 3},
        {"observations": [{"key": "x"}]},
        {"observations": [None]},
    ],
)
def test_a_pile_that_cannot_be_read_changes_nothing(furnished: Workshop, nonsense: Any) -> None:
    answer = pile(visit(furnished.owner), furnished, nonsense)
    assert answer.status_code == 400
    assert Observation.objects.count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "maybe"},
        {"at": "yesterday"},
        {"at": "2026-01-01T10:00:00"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "1999-01-01T00:00:00Z"},
        {"group": "x"},
    ],
)
def test_one_row_that_cannot_be_read_does_not_hold_up_the_others(furnished: Workshop, wrong: dict[str, Any]) -> None:
    bad = row(**wrong)
    answer = pile(visit(furnished.owner), furnished, {"observations": [bad, row()]})
    assert answer.status_code == 200
    assert list(answer.json()["refused"]) == [bad["key"]]
    assert Observation.objects.count() == 4


def test_signs_that_no_page_can_show_are_left_out(furnished: Workshop) -> None:
    said = {"observations": [row(note="Liep\x00 \ud800weg.")]}
    assert pile(visit(furnished.owner), furnished, said).status_code == 200
    assert Observation.objects.latest("pk").note == "Liep weg."


def test_who_was_signed_out_meanwhile_is_told_and_nothing_is_taken(furnished: Workshop) -> None:
    assert pile(visit(None), furnished, {"observations": [row()]}).status_code == 401
    assert Observation.objects.count() == 3


def test_what_people_type_is_shown_as_text(furnished: Workshop) -> None:
    nasty = "<script>alert(1)</script>'; DROP TABLE x; --"
    make.assumption(furnished, nasty)
    make.evidence(furnished, Assumption.objects.get(statement=nasty), text=nasty)
    client = visit(furnished.owner)
    for name in ("assumptions", "evidence", "card_new", "evidence_new"):
        page = client.get(at(furnished, name)).content.decode()
        assert "<script>alert" not in page
        assert "alert(1)" in page
