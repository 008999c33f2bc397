# SPDX-License-Identifier: EUPL-1.2
"""The jury room's pages for who runs the jury, as a browser without JavaScript uses them; a juror's: test_judging_pages."""

import csv
import io
import json
import re
from importlib import resources
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.dateformat import format as date
from django.utils.timezone import localtime
from django.utils.translation import override

from beproefd.discipline.juries import actions
from beproefd.discipline.juries.models import Answer, Interest, Round, Seat
from tests import factories
from tests.discipline.juries.pages import again, dutch, filled, flat, gettext_dutch, url
from tests.discipline.pages import hidden, visit
from tests.ui.page import Page

pytestmark = pytest.mark.django_db


# Who gets in


@pytest.mark.parametrize("state", ["preparing", "scoring", "deliberation", "decided", "void"])
def test_the_room_opens_for_the_jury_and_who_runs_it_and_is_not_there_for_anyone_else(state: str) -> None:
    world = factories.world(state, ideas=2, jurors=2)
    inside = {"manager": world.manager, "colleague": world.second_manager, "juror": world.jurors[0]}
    outside = {
        "anonymous": AnonymousUser(),
        "team": world.owners[0],
        "unseated": factories.person("juror"),
        "coach": factories.person("coach"),
        "administrator": factories.person("administrator"),
    }
    found = {who: visit(person).get(url(world, "room")).status_code for who, person in (inside | outside).items()}
    expected = dict.fromkeys(inside, 200) | dict.fromkeys(outside, 404) | {"anonymous": 302}
    assert found == expected | ({"juror": 404} if state == "void" else {})


def test_what_is_only_for_who_runs_the_jury_is_not_there_for_a_juror() -> None:
    world = factories.world("deliberation", ideas=2, jurors=2)
    idea, seat = world.ideas[0], world.seat(world.jurors[1])
    pages = [url(world, name) for name in ("seat_new", "assign", "interests", "decide", "void")]
    pages.append(url(world, "answer", idea.reference))
    buttons = [url(world, name) for name in ("start", "scoring_open", "scoring_close", "remind")]
    buttons += [url(world, "seat_remove", seat.pk), url(world, "seat_activate", seat.pk)]
    buttons.append(url(world, "seat_lay_down", seat.pk))
    for person in (world.jurors[0], world.owners[0]):
        client = visit(person)
        assert {client.get(page).status_code for page in pages} == {404}
        assert {client.post(page, {"reason": "Zo maar."}).status_code for page in (*pages, *buttons)} == {404}


@pytest.mark.parametrize("state", ["none", "scoring"])
def test_the_link_in_a_reminder_leads_who_is_signed_out_to_signing_in_and_tells_nothing(state: str) -> None:
    challenge = factories.world("scoring", ideas=2, jurors=2).challenge
    if state == "none":
        challenge = factories.open_challenge(factories.person("manager"))
    for name, more in (("room", []), ("idea", ["ZZZZZ"]), ("standings", []), ("decide", []), ("start", [])):
        page = reverse(f"juries:{name}", args=[challenge.slug, *more])
        assert visit().get(page).url == f"{reverse('account_login')}?next={page}"


def test_what_a_signed_out_juror_sends_comes_back_on_the_page_and_nothing_is_saved(scoring: Any) -> None:
    page = url(scoring, "idea", scoring.ideas[0].reference)
    shown = visit().post(page, filled(reason_waarde="Omdat <b>dit</b> helpt."))
    assert shown.status_code == 200
    text = flat(shown)
    assert (
        dutch("Nothing was saved or changed. What you filled in is below. Copy it, sign in again, and paste it.")
        in text
    )
    assert "Omdat &lt;b&gt;dit&lt;/b&gt; helpt." in text
    assert f"?next={page.replace('/', '%2F')}" in text


# What a page says


def test_the_button_for_reminders_is_there_only_while_someone_has_work_left(scoring: Any) -> None:
    button = dutch("Remind who has work left")
    assert button in flat(visit(scoring.manager).get(url(scoring, "room")))
    factories.judge_all(scoring)
    assert button not in flat(visit(scoring.manager).get(url(scoring, "room")))


@pytest.mark.parametrize("name", ["seat_new", "interests"])
def test_a_select_that_starts_empty_says_what_to_do(preparing: Any, name: str) -> None:
    shown = flat(visit(preparing.manager).get(url(preparing, name)))
    assert ("---------" in shown, '<option value="" selected>Kies…</option>' in shown) == (False, True)


def test_the_paragraph_of_the_law_comes_with_one_plain_sentence(decided: Any) -> None:
    plain = dutch("In plain words: a jury member who has a tie with an idea does not decide about that idea.")
    page = flat(Client().get(url(decided, "decision")))
    assert page.index(plain) < page.index("artikel 2:4")
    printed = resources.files("beproefd.discipline.juries").joinpath("decision.typ").read_text(encoding="utf-8")
    assert f"{plain}\n\n#package.interests" in printed


def test_an_english_page_writes_every_date_in_one_way(decided: Any) -> None:
    with override("nl"):  # what the visitor chose ends with the visit
        client = visit(decided.manager)
        client.cookies["django_language"] = "en"
        with override("en"):
            day = date(localtime(decided.round.decided_at), "j F Y")
        assert day in flat(client.get(url(decided, "decision")))
        criteria = client.get(reverse("challenges:criteria", args=[decided.challenge.slug]))
        assert (day in flat(criteria), re.findall(r"[ap]\.m\.|[A-Z][a-z]{2,}\.? \d{1,2}, \d{4}", flat(criteria))) == (
            True,
            [],
        )


# Forms that are no longer fresh


@pytest.mark.parametrize("what", ["assessment", "change", "dissent", "answer", "interest"])
def test_what_is_sent_after_the_decision_is_refused_in_words_and_stays_on_the_page(what: str) -> None:
    world = factories.world("decided", ideas=2, jurors=2)
    reference = world.ideas[0].reference
    before = world.round.package
    sent = {
        "assessment": (world.jurors[0], url(world, "idea", reference), filled(reason_waarde="Net te laat.")),
        "change": (
            world.jurors[0],
            url(world, "change_score", reference, "waarde"),
            {"old_value": "4", "value": "2", "reason": "Net te laat."},
        ),
        "dissent": (world.jurors[0], url(world, "dissent"), {"text": "Net te laat."}),
        "answer": (world.manager, url(world, "answer", reference), {"text": "Net te laat.", "revision": "1"}),
        "interest": (
            world.manager,
            url(world, "interests"),
            {"user": world.jurors[0].pk, "idea": reference, "kind": "personal", "note": "Net te laat."},
        ),
    }
    person, page, said = sent[what]
    response = visit(person).post(page, said)
    sentence = dutch(
        "This is not possible now. The round is at: %(state)s. Nothing was changed.", state=gettext_dutch("Decided")
    )
    assert (response.status_code, sentence in response.content.decode()) == (200, True)
    assert "Net te laat." in response.content.decode()
    assert Round.objects.get(pk=world.round.pk).package == before


def test_an_answer_a_colleague_changed_is_shown_beside_what_was_typed_and_the_second_save_works() -> None:
    world = factories.world("deliberation", ideas=2, jurors=2)
    idea = world.ideas[0]
    page, client = url(world, "answer", idea.reference), visit(world.manager)
    first = client.get(page)
    assert (first.context["is_draft"], first.context["form"]["revision"].value()) == (True, 0)
    colleague = visit(world.second_manager)
    assert colleague.post(page, {"text": "Van de collega.", "revision": "0"}).url == url(world, "standings")
    refused = client.post(page, {"text": "Van mij.", "revision": "0"})
    sentence = "A colleague changed this answer meanwhile. Your text is kept below. Compare, then save."
    shown = refused.content.decode()
    assert (dutch(sentence) in shown, "Van de collega." in shown, "Van mij." in shown) == (True, True, True)
    assert Answer.objects.get().text == "Van de collega."
    assert client.post(page, again(refused)).url == url(world, "standings")
    assert (Answer.objects.get().text, Answer.objects.get().revision) == ("Van mij.", 2)


# From a seat to the decision


def test_the_programme_goes_from_an_empty_round_to_the_decision_on_the_pages_alone(jury_challenge: Any) -> None:
    manager = jury_challenge.created_by
    jurors = [factories.person("juror", name=f"Lid {n}") for n in range(3)]
    world = factories.World(manager, manager, [], jurors, jury_challenge, None, [])
    client = visit(manager)
    for _time in range(2):
        assert client.post(url(world, "start")).url == url(world, "room")
    world.round = Round.objects.get()
    refused = client.post(url(world, "scoring_open"), follow=True).content.decode()
    needed = "Not ready to start. Still needed: %(what)s."
    assert dutch(needed, what=gettext_dutch("A seat for an expert by experience")) in refused
    assert dutch(needed, what=gettext_dutch("At least one idea was handed in")) not in refused
    for number, juror in enumerate(jurors):
        said = {"user": juror.pk, "kind": "experience" if number == 2 else "member", "expertise": "Schulden"}
        assert client.post(url(world, "seat_new"), said).status_code == 302
    spare = factories.person("juror", name="Reserve")
    client.post(url(world, "seat_new"), {"user": spare.pk, "kind": "alternate"})
    low = client.post(url(world, "assign"), {"per_idea": "1"})
    assert dutch("The locked criteria ask for at least %(quorum)s.", quorum=2) in low.content.decode()
    assert client.post(url(world, "assign"), {"per_idea": "3"}).url == url(world, "room")
    assert client.post(url(world, "scoring_open")).url == url(world, "room")
    world.round = Round.objects.get()
    world.ideas = list(jury_challenge.ideas.order_by("pk"))
    early = flat(client.post(url(world, "scoring_close"), follow=True))
    sentence = "Idea %(reference)s has %(done)s of the %(quorum)s judgements the criteria ask for."
    assert [dutch(sentence, reference=idea.reference, done=0, quorum=2) in early for idea in world.ideas] == [True] * 3
    assert "3" in re.findall(r"\d+", flat(client.post(url(world, "remind"), follow=True)))
    activate = url(world, "seat_activate", Seat.objects.get(user=spare).pk)
    assert [client.post(activate).status_code for _time in range(2)] == [302, 302]
    factories.judge_all(world)
    assert client.post(url(world, "scoring_close")).url == url(world, "room")
    assert list(client.post(url(world, "decide"), {}).context["form"].errors) == ["sure"]
    seen = hidden(client.get(url(world, "decide")), "seen")
    silent = client.post(url(world, "decide"), {"sure": "on", "seen": seen})
    assert silent.status_code == 200
    references = ", ".join(sorted(idea.reference for idea in world.ideas))
    assert dutch("No answer yet for: %(ideas)s. Every team gets a reason.", ideas=references) in silent.content.decode()
    empty = client.post(url(world, "answer", world.ideas[0].reference), {"text": "  ", "revision": "0"})
    assert list(empty.context["form"].errors) == ["text"]
    for idea in world.ideas:
        text = client.get(url(world, "answer", idea.reference)).context["form"]["text"].value()
        assert client.post(url(world, "answer", idea.reference), {"text": text, "revision": "0"}).status_code == 302
    sure = {"sure": "on", "seen": hidden(client.get(url(world, "decide")), "seen")}
    assert [client.post(url(world, "decide"), sure).url for _time in range(2)] == [url(world, "decision")] * 2
    public = Client().get(url(world, "decision"))
    assert [juror.name in public.content.decode() for juror in jurors] == [True] * 3
    package = public.context["package"]
    assert [idea["wins"] for idea in package["ideas"]] == [True, True, False]
    assert Client().get(url(world, "decision_pdf")).content[:5] == b"%PDF-"


def test_the_file_holds_the_same_lines_as_the_page_in_the_same_order() -> None:
    world = factories.world("deliberation", ideas=3, jurors=2)
    for person in (world.manager, world.jurors[0]):
        client = visit(person)
        rows = client.get(url(world, "standings")).context["rows"]
        text = client.get(url(world, "standings_file")).content.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text), delimiter=";"))
        assert [line[1] for line in lines[1:]] == [line.idea for line, *_more in rows]
        assert [line[3] for line in lines[1:]] == [f"{line.mean:.4f}".replace(".", ",") for line, *_more in rows]


def test_a_round_becomes_void_with_a_reason_and_the_room_can_start_again() -> None:
    world = factories.world("scoring", ideas=2, jurors=2)
    client, page = visit(world.manager), url(world, "void")
    refused = client.post(page, {"reason": " "})
    assert dutch("Say why this round is void.") in refused.content.decode()
    assert client.post(page, {"reason": "De regels klopten niet."}).url == url(world, "room")
    assert url(world, "start") in client.get(url(world, "room")).content.decode()
    assert Round.objects.get().void_reason == "De regels klopten niet."


# Interests


def test_an_interest_is_decided_with_a_reason_and_by_someone_else_than_the_person_bound() -> None:
    world = factories.world("preparing", ideas=2, jurors=2)
    tied = factories.person("juror", organisation="Stichting 1")
    actions.seat_juror(by=world.manager, jury_round=world.round, user=tied, kind="member")
    interest = Interest.objects.get()
    client, page = visit(world.manager), url(world, "interest_decide", interest.pk)
    refused = client.post(page, {"dismiss": "1", "reason": ""}, follow=True)
    assert dutch("Say why this does not bind.") in refused.content.decode()
    assert client.post(page, {"dismiss": "1", "reason": "Andere vestiging."}).url == url(world, "interests")
    interest.refresh_from_db()
    assert (interest.status, interest.decision_reason) == ("dismissed", "Andere vestiging.")
    own = {"user": world.manager.pk, "idea": world.ideas[0].reference, "kind": "personal", "note": "Mijn broer."}
    assert client.post(url(world, "interests"), own).url == url(world, "interests")
    mine = Interest.objects.get(user=world.manager)
    assert (
        client.post(url(world, "interest_decide", mine.pk), {"dismiss": "1", "reason": "Valt mee."}).status_code == 404
    )
    assert client.get(url(world, "void")).status_code == 200
    assert client.post(url(world, "void"), {"reason": "Zo."}).status_code == 403


def test_a_bound_manager_does_not_decide_and_a_colleague_does() -> None:
    world = factories.world("deliberation", ideas=2, jurors=2)
    factories.answer_all(world)
    actions.report_interest(
        by=world.manager,
        jury_round=world.round,
        user=world.manager,
        idea=world.ideas[0],
        kind="personal",
        note="Broer.",
    )
    assert visit(world.manager).get(url(world, "decide")).status_code == 404
    assert visit(world.manager).post(url(world, "decide"), {"sure": "on"}).status_code == 404
    client, page = visit(world.second_manager), url(world, "decide")
    said = {"sure": "on", "seen": hidden(client.get(page), "seen")}
    assert client.post(page, said).url == url(world, "decision")


def test_a_decision_on_a_page_that_is_no_longer_true_is_asked_again_on_the_order_as_it_is() -> None:
    world = factories.world("deliberation", ideas=2, jurors=2, winners=1)
    factories.answer_all(world)
    client, page = visit(world.manager), url(world, "decide")
    seen = hidden(client.get(page), "seen")
    actions.recuse(
        by=world.jurors[0], jury_round=world.round, idea=world.ideas[0], kind="personal", note="Toch een band."
    )
    actions.assign_ideas(by=world.manager, jury_round=world.round, per_idea=2)
    refused = client.post(page, {"sure": "on", "seen": seen})
    told = dutch(
        "A score or an answer changed after you opened this page. Nothing was decided. Look at the order again."
    )
    assert told in flat(refused)
    form = refused.context["form"]
    assert (form["seen"].value() == seen, form["sure"].value()) == (False, False)
    assert dutch("answer: read again") in flat(refused)
    answer = url(world, "answer", world.ideas[0].reference)
    again = client.get(answer)
    assert dutch("The first text as it would be made now") in flat(again)
    kept = {name: again.context["form"][name].value() for name in ("text", "revision", "seen")}
    assert client.post(answer, kept).url == url(world, "standings")
    assert dutch("answer: read again") not in flat(client.get(page))


# After the decision


def test_after_the_decision_everyone_in_the_room_sees_its_one_order() -> None:
    world = factories.world("deliberation")
    hidden_idea = world.ideas[0]
    actions.recuse(by=world.jurors[0], jury_round=world.round, idea=hidden_idea, kind="personal", note="Toch een band.")
    actions.change_score(
        by=world.jurors[1],
        jury_round=world.round,
        idea=hidden_idea,
        criterion="waarde",
        value=5,
        old_value=4,
        reason="Na het gesprek.",
    )
    factories.answer_all(world)
    actions.close_round(by=world.manager, jury_round=world.round)
    package = json.loads(world.fresh().round.package)
    order = [(idea["reference"], idea["place"], idea["wins"]) for idea in package["ideas"]]
    shown = {who: visit(who).get(url(world, "standings")) for who in (world.jurors[0], world.manager)}
    for page in shown.values():
        assert [(line.idea, line.place, line.wins) for line, *_more in page.context["rows"]] == order
    tied, free = (flat(shown[who]) for who in (world.jurors[0], world.manager))
    sentence = dutch(
        "You did not take part for %(ideas)s. There you see the outcome, and not what each jury member gave.",
        ideas=hidden_idea.title,
    )
    idea_page = url(world, "idea", hidden_idea.reference)
    assert (sentence in tied, idea_page in tied, world.jurors[1].name in tied) == (True, False, False)
    assert (sentence in free, idea_page in free, world.jurors[1].name in free) == (False, True, True)


def test_the_public_decision_starts_with_who_goes_on_and_names_no_label_of_a_juror(decided: Any) -> None:
    page = flat(Client().get(url(decided, "decision")))
    first, second, *_others = decided.ideas
    places = [page.index(text) for text in (f"<strong>{first.title}", f"<strong>{second.title}", "artikel 2:4")]
    assert places == sorted(places)
    assert dutch("For who wants to check it") in page
    assert page.index(dutch("For who wants to check it")) < page.index(decided.round.public_key)


def test_an_english_decision_says_in_english_how_firm_it_is_and_marks_what_is_dutch(decided: Any) -> None:
    signed = json.loads(decided.round.package)["stability"]
    client = visit()
    client.cookies["django_language"] = "en"
    page = flat(client.get(url(decided, "decision")))
    assert (signed in page, "The top 2 " in page, "(Expert by experience)" in page) == (False, True, True)
    assert f"<strong>{decided.ideas[0].title}</strong>" in page.partition('<ol lang="nl">')[2]
    client.cookies["django_language"] = "nl"
    assert signed in flat(client.get(url(decided, "decision")))


def test_a_tie_noted_by_mistake_has_a_button_to_take_it_back_and_an_own_word_has_none(scoring: Any) -> None:
    idea, (first, second, *_rest) = scoring.ideas[0], scoring.jurors
    actions.report_interest(
        by=scoring.manager, jury_round=scoring.round, user=first, idea=idea, kind="personal", note="Mis."
    )
    actions.declare(by=second, jury_round=scoring.round, idea=idea, free=False, note="Buren.")
    client = visit(scoring.manager)
    shown = flat(client.get(url(scoring, "interests")))
    assert shown.count(dutch("Take back: this does not count")) == 1
    noted, own = (Interest.objects.get(user=juror) for juror in (first, second))
    taken_back = flat(
        client.post(url(scoring, "interest_decide", noted.pk), {"dismiss": "1", "reason": "Naamgenoot."}, follow=True)
    )
    assert (dutch("Noted: this does not bind.") in taken_back, "Naamgenoot." in taken_back) == (True, True)
    refused = client.post(url(scoring, "interest_decide", own.pk), {"dismiss": "1", "reason": "Valt mee."}, follow=True)
    assert dutch("This person said so personally. That stays as it is.") in flat(refused)


# The number of questions to the database


def test_no_page_asks_the_database_more_when_there_are_more_ideas() -> None:
    counted = []
    for ideas in (3, 12):
        world = factories.world("deliberation", ideas=ideas, jurors=2)
        factories.answer_all(world)
        reference = world.ideas[0].reference
        people = {"manager": world.manager, "juror": world.jurors[0]}
        pages = {(who, name): url(world, name) for who in people for name in ("room", "standings", "standings_file")}
        pages |= {(who, "idea"): url(world, "idea", reference) for who in people}
        pages |= {("manager", name): url(world, name) for name in ("interests", "decide")}
        pages[("manager", "answer")] = url(world, "answer", reference)
        numbers = {}
        clients = {who: visit(person) for who, person in people.items()}
        for (who, name), page in pages.items():
            clients[who].get(page)
            with CaptureQueriesContext(connection) as asked:
                assert clients[who].get(page).status_code == 200
            numbers[who, name] = len(asked)
        actions.close_round(by=world.manager, jury_round=world.round)
        for name in ("decision", "decision_file"):
            Client().get(url(world, name))
            with CaptureQueriesContext(connection) as asked:
                assert Client().get(url(world, name)).status_code == 200
            numbers["anyone", name] = len(asked)
        counted.append(numbers)
    assert counted[0] == counted[1]
    assert max(counted[0].values()) < 60


def not_marked(person: Any, address: str) -> str:
    """The words on the page in English that are not marked as Dutch; what stands in a field is not read here."""
    client = visit(person)
    client.cookies["django_language"] = "en"
    page = re.sub(r"<textarea.*?</textarea>", "", flat(client.get(address)))
    return " ".join(text for language, text in Page(page).pieces if language != "nl")


@pytest.mark.parametrize("name", ["room", "standings", "decide", "answer", "idea"])
def test_what_people_wrote_is_marked_as_dutch_on_english_pages_of_the_jury(name: str) -> None:
    world = factories.world("deliberation", ideas=3, jurors=3)
    juror, idea = world.jurors[0], world.ideas[0]
    actions.change_score(
        by=juror, jury_round=world.round, idea=idea, criterion="waarde", value=1, reason="Toch te duur.", old_value=4
    )
    more = [idea.reference] if name in {"answer", "idea"} else []
    who = juror if name == "idea" else world.manager
    address = url(world, name, *more)
    read = not_marked(who, address)
    said = [world.challenge.title, "Toch te duur.", "Vak 1", *(one.title for one in world.ideas)]
    assert [text for text in said if text in read] == []
    dutch_page = flat(visit(who).get(address))
    assert ' lang="nl"' not in dutch_page.split("<main")[0].split("</header>")[1]  # a Dutch page needs no mark
    assert "\ue000" not in dutch_page
