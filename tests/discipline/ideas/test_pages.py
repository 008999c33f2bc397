# SPDX-License-Identifier: EUPL-1.2
"""The idea pages, as a browser without JavaScript uses them."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas import actions
from beproefd.discipline.ideas.models import VERSION_FIELDS, Idea, IdeaState
from tests import factories
from tests.discipline.pages import hidden, visit

NASTY = "'; DROP TABLE x; --<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
GOOD_ROW = "Samen koken;Eten is duur;Koken met buren;Beter eten;Buurthuis;Fatima;De Kade;bewoner"
HEADER = "titel;probleem;idee;waarde;bouwstenen;naam;organisatie;soort"


def url(name: str, challenge: Challenge, *args: Any) -> str:
    return reverse(f"ideas:{name}", args=[challenge.slug, *args])


def of(idea: Idea, name: str, *args: Any) -> str:
    return url(name, idea.challenge, idea.reference, *args)


def test_an_idea_goes_from_a_card_to_handed_in_on_the_pages_alone(open_challenge: Any, owner: Any) -> None:
    browser, card = visit(owner), open_challenge.stimuli.get()
    page = browser.get(url("new", open_challenge), {"kaart": card.pk})
    assert re.search(rf'value="{card.pk}"[^>]*checked', page.content.decode())
    said = factories.TEXTS | {"kind": "company", "sparks": [card.pk], "request_key": hidden(page, "request_key")}
    for _time in range(2):  # sent twice
        answer = browser.post(url("new", open_challenge), said)
    idea = Idea.objects.get()
    assert answer.url == of(idea, "detail")
    assert [member.kind for member in idea.members.all()] == ["company"]
    assert list(idea.sparks.all()) == [card]
    assert of(idea, "submit") in browser.get(of(idea, "detail")).content.decode()
    assert browser.post(of(idea, "submit")).status_code == 302
    idea.refresh_from_db()
    assert idea.state == IdeaState.SUBMITTED


def test_an_idea_with_holes_says_what_is_missing_and_is_not_handed_in(open_challenge: Any, owner: Any) -> None:
    idea = factories.idea(owner, open_challenge, submit=False, problem="", value="")
    browser = visit(owner)
    page = browser.get(of(idea, "detail"))
    assert len(page.context["missing"]) == 2
    assert 'action="' + of(idea, "submit") not in page.content.decode()
    assert "utrecht-alert--error" in browser.post(of(idea, "submit"), follow=True).content.decode()
    idea.refresh_from_db()
    assert idea.state == IdeaState.DRAFT


def test_ideas_are_sealed_for_everyone_but_their_own_team(
    open_challenge: Any, manager: Any, second_manager: Any, owner: Any, juror: Any, coach: Any
) -> None:
    idea = factories.idea(owner, open_challenge, title="GEHEIM IDEE")
    pages = [of(idea, name) for name in ("detail", "edit", "team", "withdraw", "correction", "merge")]
    pages.append(of(idea, "version", 1))
    for person in (None, manager, second_manager, juror, coach, factories.person("team")):
        browser = visit(person)
        closed = 404 if person else 302  # to the sign-in page, whatever is there
        assert [browser.get(page).status_code for page in pages] == [closed] * len(pages)
        assert browser.post(of(idea, "submit")).status_code == closed
        for page in (
            url("list", open_challenge),
            reverse("challenges:detail", args=[open_challenge.slug]),
            reverse("home"),
        ):
            assert "GEHEIM" not in browser.get(page).content.decode()
    assert "GEHEIM IDEE" in visit(owner).get(url("list", open_challenge)).content.decode()


def test_the_programme_sees_numbers_while_sealed_and_all_handed_in_ideas_after(
    open_challenge: Any, manager: Any, owner: Any
) -> None:
    factories.idea(owner, open_challenge, title="Ingediend idee")
    factories.idea(owner, open_challenge, title="Los concept", submit=False)
    browser = visit(manager)
    numbers = browser.get(url("list", open_challenge)).context["numbers"]
    assert (numbers.submitted, numbers.drafts) == (1, 1)
    factories.close_intake_early(manager, open_challenge)
    page = browser.get(url("list", open_challenge)).content.decode()
    assert "Ingediend idee" in page
    assert "Los concept" not in page


def test_a_manager_in_a_team_keeps_seeing_only_that_teams_idea(open_challenge: Any, manager: Any, owner: Any) -> None:
    factories.idea(owner, open_challenge, title="Van een ander")
    own = factories.idea(manager, open_challenge, title="Van mij")
    factories.close_intake_early(manager, open_challenge)
    browser = visit(manager)
    page = browser.get(url("list", open_challenge)).content.decode()
    assert "Van een ander" not in page
    assert "Van mij" in page
    own = Idea.objects.get(pk=own.pk)
    assert browser.post(of(own, "correction"), {"reason": "Voor mezelf"}).status_code == 403
    assert browser.get(of(own, "merge")).status_code == 403


def test_similar_ideas_show_cards_but_never_a_sealed_idea(open_challenge: Any, owner: Any) -> None:
    factories.idea(
        factories.person("team"), open_challenge, title="Studenten en ouderen", solution="Studenten leren ouderen"
    )
    browser, said = visit(owner), {"title": "Studenten leren ouderen werken met internet"}
    whole = browser.post(url("similar", open_challenge), said).content.decode()
    part = browser.post(url("similar", open_challenge), said, headers={"HX-Request": "true"}).content.decode()
    for page in (whole, part):
        assert "Kaart 1" in page
        assert "Studenten en ouderen" not in page
    assert "<html" not in part


def test_looking_for_similar_ideas_without_javascript_keeps_what_was_typed(open_challenge: Any, owner: Any) -> None:
    browser, card = visit(owner), open_challenge.stimuli.get()
    key = hidden(browser.get(url("new", open_challenge)), "request_key")
    said = {"title": "Studenten leren ouderen", "problem": "Alleen thuis", "sparks": [card.pk], "kind": "resident"}
    response = browser.post(url("new", open_challenge), said | {"look": "1", "request_key": key})
    page = response.content.decode()
    assert "Kaart 1" in page
    assert "Alleen thuis" in page
    assert re.search(rf'value="{card.pk}"[^>]*checked', page)
    assert re.search(r'value="resident"[^>]*checked', page)
    assert hidden(response, "request_key") == key
    assert not response.context["form"].errors
    assert Idea.objects.count() == 0


def test_the_search_for_similar_ideas_is_closed_for_who_has_no_idea(open_challenge: Any, juror: Any) -> None:
    for person in (None, juror):
        assert visit(person).get(url("similar", open_challenge), {"title": "sparen"}).status_code == 403


def test_two_people_in_one_idea_lose_no_text_and_see_each_others_version(open_challenge: Any, owner: Any) -> None:
    idea = factories.idea(owner, open_challenge)
    browser = visit(owner)
    base = hidden(browser.get(of(idea, "edit")), "base_number")
    actions.revise_idea(by=owner, idea=idea, base_number=1, values={"value": "Iets van een ander"})
    mine = factories.TEXTS | {"base_number": base, "problem": "Mijn lange tekst"}
    clash = browser.post(of(idea, "edit"), mine)
    page = clash.content.decode()
    assert clash.status_code == 200
    assert "Mijn lange tekst" in page
    assert "een ander" in page
    assert of(idea, "version", 2) in page
    assert idea.versions.count() == 2
    assert browser.post(of(idea, "edit"), mine | {"base_number": hidden(clash, "base_number")}).status_code == 302
    assert idea.versions.count() == 3


def test_the_deadline_that_passes_while_writing_costs_no_text(open_challenge: Any, owner: Any) -> None:
    idea = factories.idea(owner, open_challenge)
    browser = visit(owner)
    key = hidden(browser.get(url("new", open_challenge)), "request_key")
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        browser = visit(owner)
        new = browser.post(url("new", open_challenge), factories.TEXTS | {"kind": "company", "request_key": key})
        edit = browser.post(of(idea, "edit"), factories.TEXTS | {"base_number": 1, "problem": "Nog net dit"})
    assert new.context["form"].non_field_errors()
    assert factories.TEXTS["solution"] in new.content.decode()
    assert edit.context["form"].non_field_errors()
    assert "Nog net dit" in edit.content.decode()
    assert Idea.objects.count() == 1


def test_who_was_signed_out_while_writing_gets_the_text_back(open_challenge: Any) -> None:
    response = visit().post(url("new", open_challenge), factories.TEXTS | {"kind": "company"})
    assert response.status_code == 200
    assert factories.TEXTS["solution"] in response.content.decode()
    assert Idea.objects.count() == 0


def test_a_text_of_five_megabytes_is_a_clear_error_and_comes_back(open_challenge: Any, owner: Any) -> None:
    browser = visit(owner)
    key = hidden(browser.get(url("new", open_challenge)), "request_key")
    said = factories.TEXTS | {"kind": "company", "request_key": key, "solution": "a" * 5_000_000}
    response = browser.post(url("new", open_challenge), said)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["solution"]
    assert Idea.objects.count() == 0


def test_code_in_any_field_is_shown_as_text(open_challenge: Any, manager: Any, second_manager: Any) -> None:
    writer = factories.person("team", name=NASTY, organisation=NASTY)
    idea = factories.idea(writer, open_challenge, **dict.fromkeys(VERSION_FIELDS, NASTY))
    other = factories.idea(writer, open_challenge, **dict.fromkeys(VERSION_FIELDS, NASTY))
    actions.revise_idea(by=writer, idea=idea, base_number=1, values={"value": f"{NASTY} en meer"})
    own = [of(idea, name) for name in ("detail", "edit", "team", "withdraw")] + [of(idea, "version", 2)]
    texts = [visit(writer).get(page).content.decode() for page in [*own, url("list", open_challenge)]]
    said = dict.fromkeys(VERSION_FIELDS, NASTY) | {"look": "1", "base_number": "2"}
    texts.append(visit(writer).post(of(idea, "edit"), said).content.decode())
    factories.close_intake_early(manager, open_challenge)
    browser = visit(second_manager)
    pages = [
        of(idea, "detail"),
        of(idea, "correction"),
        of(idea, "merge"),
        of(idea, "merge") + f"?met={other.reference}",
    ]
    texts += [browser.get(page).content.decode() for page in [*pages, url("list", open_challenge)]]
    for text in texts:
        assert "<script>alert" not in text
        assert ESCAPED in text


def test_a_spoken_idea_asks_who_told_it_and_leads_to_the_team(open_challenge: Any, manager: Any) -> None:
    browser = visit(manager)
    key = hidden(browser.get(url("new", open_challenge)), "request_key")
    said = factories.TEXTS | {"channel": "spoken", "request_key": key}
    assert browser.post(url("new", open_challenge), said).context["form"].errors["channel_note"]
    answer = browser.post(url("new", open_challenge), said | {"channel_note": "Mw. Jansen, aan de balie"})
    idea = Idea.objects.get()
    assert answer.url == of(idea, "team")
    assert idea.members.count() == 0
    member = {"name": "Mw. Jansen", "organisation": "", "kind": "resident", "email": ""}
    for _time in range(2):
        assert browser.post(of(idea, "team"), member).status_code == 302
    assert idea.members.count() == 1


def test_a_team_keeps_an_owner_and_an_owner_without_an_address_is_refused_with_the_text_kept(
    open_challenge: Any, owner: Any
) -> None:
    idea = factories.idea(owner, open_challenge)
    browser = visit(owner)
    refused = browser.post(of(idea, "team"), {"name": "Bo", "kind": "resident", "email": "", "is_owner": "on"})
    assert refused.context["form"].errors["email"]
    assert 'value="Bo"' in refused.content.decode()
    assert browser.post(of(idea, "team"), {"remove": idea.members.get().pk}).status_code == 302
    assert idea.members.count() == 1
    assert browser.post(of(idea, "team"), {"remove": "99999999999999999999"}).status_code == 302


def test_withdrawing_asks_once_and_keeps_the_idea_for_its_team(open_challenge: Any, owner: Any) -> None:
    idea = factories.idea(owner, open_challenge)
    browser = visit(owner)
    assert browser.get(of(idea, "withdraw")).status_code == 200
    assert browser.post(of(idea, "withdraw"), {"reason": "We doen iets anders"}).status_code == 302
    idea.refresh_from_db()
    assert idea.state == IdeaState.WITHDRAWN
    assert browser.get(of(idea, "detail")).status_code == 200


def test_a_correction_opens_one_idea_for_its_team_after_the_deadline(
    open_challenge: Any, manager: Any, owner: Any
) -> None:
    idea = factories.idea(owner, open_challenge)
    factories.close_intake_early(manager, open_challenge)
    assert visit(owner).get(of(idea, "edit")).status_code == 403
    assert visit(manager).post(of(idea, "correction"), {"reason": "Het bedrag klopt niet."}).status_code == 302
    browser = visit(owner)
    assert "Het bedrag klopt niet." in browser.get(of(idea, "edit")).content.decode()
    assert browser.post(of(idea, "edit"), factories.TEXTS | {"base_number": 1, "value": "500 euro"}).status_code == 302
    assert browser.get(of(idea, "edit")).status_code == 403


def test_merging_makes_one_idea_with_everyone_in_the_team_and_keeps_the_lineage(
    jury_challenge: Any, manager: Any
) -> None:
    into, source, _other = Idea.objects.filter(challenge=jury_challenge)
    browser = visit(manager)
    assert browser.get(of(into, "merge"), {"verder": "1"}).context["nothing_chosen"]
    page = browser.get(of(into, "merge"), {"met": source.reference})
    form = page.context["form"]
    said = {name: form[name].value() for name in VERSION_FIELDS} | {"base_number": hidden(page, "base_number")}
    refused = browser.post(of(into, "merge"), said | {"met": source.reference})
    assert refused.context["form"].errors["reason"]
    done = browser.post(of(into, "merge"), said | {"met": source.reference, "reason": "Ze vullen elkaar aan."})
    assert done.status_code == 302
    source.refresh_from_db()
    assert source.state == IdeaState.MERGED
    assert into.members.count() == 2
    assert source.reference in browser.get(of(into, "detail")).content.decode()
    assert into.reference in browser.get(of(source, "detail")).content.decode()


def send(browser: Client, challenge: Challenge, name: str, content: bytes) -> Any:
    return browser.post(url("import", challenge), {"file": SimpleUploadedFile(name, content)})


def test_an_import_reports_every_row_and_takes_nothing_in_twice(open_challenge: Any, manager: Any) -> None:
    browser = visit(manager)
    rows = [
        HEADER,
        GOOD_ROW,
        f"Zonder soort;p;i;w;;{NASTY};;ruimtewezen",
        "Te weinig;;;;;Jan;;bewoner",
        "a;b;c;d;e;f;g;bewoner;i",
    ]
    content = "\r\n".join(rows).encode("utf-8-sig")
    page = send(browser, open_challenge, "ideeen.csv", content)
    assert page.context["counts"] == {"taken": 1, "known": 0, "refused": 3}
    assert [row.line for row in page.context["report"]] == [2, 3, 4, 5]
    assert "<script>alert" not in page.content.decode()
    again = send(browser, open_challenge, "ideeen.csv", content)
    assert again.context["counts"] == {"taken": 0, "known": 1, "refused": 3}
    assert Idea.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ideeen.xlsx", b"PK\x03\x04"),
        ("ideeen.exe", HEADER.encode()),
        ("plaatje.csv", b"\x89PNG\r\n\x1a\n\xff\xfe"),
        ("nul.csv", b"titel;\0"),
        ("leeg.csv", b""),
        ("verkeerd.csv", b"naam;kleur\nx;y"),
        ("groot.csv", b"a" * (2 * 1024 * 1024 + 1)),
    ],
)
def test_a_wrong_file_is_refused_with_a_clear_sentence(
    open_challenge: Any, manager: Any, name: str, content: bytes
) -> None:
    page = send(visit(manager), open_challenge, name, content)
    assert page.status_code == 200
    assert page.context["form"].errors["file"]
    assert Idea.objects.count() == 0


def test_no_file_at_all_is_refused_and_the_example_can_be_taken_in(open_challenge: Any, manager: Any) -> None:
    browser = visit(manager)
    assert browser.post(url("import", open_challenge), {}).context["form"].errors["file"]
    example = browser.get(url("import_example", open_challenge))
    assert "attachment" in example["Content-Disposition"]
    assert send(browser, open_challenge, "voorbeeld.csv", example.content).context["counts"]["taken"] == 1


def test_only_the_programme_takes_in_files(open_challenge: Any, owner: Any) -> None:
    for browser, status in ((visit(), 302), (visit(owner), 403)):
        assert browser.get(url("import", open_challenge)).status_code == status
        assert send(browser, open_challenge, "ideeen.csv", HEADER.encode()).status_code == status


def test_who_cannot_start_an_idea_is_sent_on_with_a_reason(open_challenge: Any, juror: Any) -> None:
    assert visit().get(url("new", open_challenge)).url.startswith(reverse("account_login"))
    response = visit(juror).get(url("new", open_challenge), follow=True)
    assert response.redirect_chain[0][0] == url("list", open_challenge)
    assert "utrecht-alert--warning" in response.content.decode()


def test_lists_take_the_same_number_of_queries_for_3_and_for_30_ideas(manager: Any) -> None:
    def queries(person: Any, address: str) -> int:
        browser = visit(person)
        browser.get(address)
        with CaptureQueriesContext(connection) as taken:
            assert browser.get(address).status_code == 200
        return len(taken)

    def counted(ideas: int) -> dict[str, int]:
        challenge = factories.open_challenge(manager, title=f"Met {ideas}")
        writer = factories.person("team")
        made = [factories.idea(writer, challenge, title=f"Idee {n}") for n in range(ideas)]
        own = queries(writer, url("list", challenge))
        new = queries(writer, url("new", challenge))
        look = queries(writer, url("similar", challenge) + "?title=sparen+met+een+maatje")
        factories.close_intake_early(manager, challenge)
        everything = queries(manager, url("list", challenge))
        one = queries(manager, of(made[0], "detail"))
        merge = queries(manager, of(made[0], "merge"))
        return {"own": own, "new": new, "look": look, "all": everything, "one": one, "merge": merge}

    assert counted(3) == counted(30)


def test_a_change_that_is_sent_after_the_session_ended_comes_back_to_copy(open_challenge: Any, owner: Any) -> None:
    idea = factories.idea(owner, open_challenge)
    shown = visit().post(of(idea, "edit"), {"title": "Nieuw", "solution": "Een lange tekst.", "base_number": "1"})
    assert (shown.status_code, "Een lange tekst." in shown.content.decode()) == (200, True)
    assert idea.versions.count() == 1


@pytest.mark.parametrize("who", ["anonymous", "juror"])
def test_the_ideas_of_a_challenge_with_the_jury_say_when_they_can_be_read(
    jury_challenge: Any, juror: Any, who: str
) -> None:
    page = visit(juror if who == "juror" else None).get(url("list", jury_challenge)).content.decode()
    room = reverse("juries:room", args=[jury_challenge.slug])
    with override("nl"):
        told = gettext(
            "The jury reads and judges the ideas. Until the decision only their own teams and the programme see them."
        )
    assert (told in page, room in page) == (True, who == "juror")
