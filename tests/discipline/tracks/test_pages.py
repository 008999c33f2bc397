# SPDX-License-Identifier: EUPL-1.2
"""The pages of a track, as a browser without JavaScript uses them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.tracks import actions
from beproefd.discipline.tracks.models import Objection, Partner, Pulse, Resolution, Track
from beproefd.discipline.validation.actions import retire_assumption, revise_canvas
from beproefd.discipline.validation.models import CANVAS_FIELDS
from tests import factories as make
from tests.discipline.pages import hidden, visit
from tests.factories.tracks import LEARNED, Course

pytestmark = pytest.mark.django_db


def of(course: Course, name: str, *args: Any) -> str:
    return reverse(f"tracks:{name}", args=[course.idea.challenge.slug, course.idea.reference, *args])


EVERY_PAGE = [
    ("home",), ("plan",), ("start",), ("cycle", 1), ("resume",), ("learn",), ("team",), ("partners",), ("partner_new",),
    ("partner", 1), ("partner_edit", 1), ("dialogue",), ("objection", 1), ("skills",), ("reflect", 1),
]  # fmt: skip


@pytest.fixture
def busy() -> Course:
    """A track under way with something of everything."""
    course = make.running(members=1)
    make.card(course)
    make.agree(course, course.owner)
    make.pulse(course, course.owner)
    make.learn(course)
    actions.add_partner(by=course.owner, idea=course.idea, values={"organisation": "Demo Bank"})
    actions.raise_objection(by=course.manager, idea=course.idea, kind="exists", text="De bank doet dit al.")
    return course


def test_every_page_opens_for_the_team_and_does_not_exist_for_others(busy: Course) -> None:
    allowed = {"owner": {200, 302}, "plan": {403}}
    for name, *args in EVERY_PAGE:
        page = of(busy, name, *args)
        assert visit(busy.owner).get(page).status_code in (allowed["plan"] if name == "plan" else allowed["owner"]), (
            name
        )
        assert visit(busy.coach).get(page).status_code in ({404} if name == "reflect" else {200, 302}), name
        for who in (busy.jury.jurors[0], busy.jury.owners[1], make.person("administrator", "coach", "juror")):
            assert visit(who).get(page).status_code == 404, name
            assert visit(who).post(page, {}).status_code in {404, 405}, name


def test_a_visitor_without_an_account_is_sent_to_sign_in_or_finds_nothing(busy: Course) -> None:
    assert visit().get(reverse("tracks:list")).status_code == 302
    assert visit().get(reverse("tracks:skills_export")).status_code == 302
    assert [visit().get(of(busy, name, *args)).status_code for name, *args in EVERY_PAGE] == [404] * len(EVERY_PAGE)


def test_the_menu_shows_the_follow_up_to_who_has_something_to_see(busy: Course) -> None:
    link = f'href="{reverse("tracks:list")}"'
    for who, shows in ((busy.owner, True), (busy.coach, True), (busy.manager, True), (busy.jury.jurors[0], False), (make.person("coach"), False), (None, False)):  # fmt: skip
        assert (link in visit(who).get(reverse("challenges:list")).content.decode()) == shows


def test_the_programme_opens_a_track_and_the_team_starts_it_on_the_pages_alone() -> None:
    jury = make.world("decided", ideas=2, jurors=2)
    coach = make.person("coach", name="Carla Coach")
    browser, idea = visit(jury.manager), jury.ideas[0]
    address = reverse("tracks:open", args=[idea.challenge.slug, idea.reference])
    assert address in browser.get(reverse("tracks:list")).content.decode()
    said = {"coach": coach.pk, "starts_on": "2026-11-23", "ends_on": "", "cycle_days": "14"}
    for _time in range(2):
        response = browser.post(address, said)
    assert response.status_code == 404  # it is open already
    track = Track.objects.get()
    assert str(track.ends_on) == "2027-01-22"
    course = Course(jury, Idea.objects.get(pk=idea.pk), jury.owners[0], coach, track, [])
    for n in range(3):
        about = make.assumption(course, f"Aanname {n}")
    make.card(course, [about], started=False)
    make.agree(course, course.owner)
    team = visit(course.owner)
    for name in ("has_access", "knows_who_decides"):
        assert "disabled" not in team.get(of(course, "start")).content.decode()
        team.post(of(course, "start"), {"tick": name, "done": "yes"})
    assert team.post(of(course, "start"), {}).status_code == 302
    assert course.fresh().track.state == "running"


def ready() -> Course:
    """A track that starts with everything in place."""
    course = make.course()
    for n in range(3):
        about = make.assumption(course, f"Aanname {n}")
    make.card(course, [about], started=False)
    make.agree(course, course.owner)
    for name in ("has_access", "knows_who_decides"):
        actions.tick_start(by=course.owner, track=course.track, name=name, done=True)
    actions.start_track(by=course.owner, track=course.track)
    return course.fresh()


def english(person: Any) -> Any:
    browser = visit(person)
    browser.cookies["django_language"] = "en"
    return browser


def test_the_start_checklist_can_be_read_after_the_start_as_it_was_then() -> None:
    course = ready()
    for who in (course.owner, course.coach, course.manager):
        shown = english(who).get(of(course, "home")).content.decode()
        assert "Start: 7 of 7 ready" in shown
        assert "It is agreed who decides when you disagree" in shown
    make.join(course)  # someone whose hours are not agreed yet
    retire_assumption(by=course.owner, assumption=course.idea.assumptions.first(), reason="Niet meer nodig.")
    assert "Start: 7 of 7 ready" in english(course.owner).get(of(course, "home")).content.decode()
    assert visit(course.owner).get(of(course, "start")).url == of(course, "home") + "#start"


def test_a_track_that_started_early_shows_what_is_ready_by_now_and_of_hours_only_to_team_and_coach() -> None:
    course = make.running()
    hours = "The hours of everyone with an account are agreed"
    for who, sees, summary in (
        (course.owner, True, "2 of 7 of the start checklist"),
        (course.coach, True, "2 of 7 of the start checklist"),
        (course.manager, False, "2 of 6 of the start checklist"),
    ):
        shown = english(who).get(of(course, "home")).content.decode()
        assert (hours in shown, summary in shown) == (sees, True)


def test_after_a_pivot_the_start_checklist_stands_with_the_idea_before() -> None:
    course = ready()
    make.learn(course, "pivot")
    before = of(course, "home")
    course.idea = Idea.objects.get(pivot_of=course.idea)
    shown = english(course.owner).get(of(course, "home")).content.decode()
    assert (f'href="{before}#start"' in shown, "of 7" in shown) == (True, False)
    assert "Start: 7 of 7 ready" in english(course.owner).get(before).content.decode()


def test_a_cycle_is_closed_on_its_page(busy: Course) -> None:
    browser, page = visit(busy.owner), of(busy, "cycle", 1)
    assert browser.post(page, {"goal": "Durven mensen?"}).status_code == 302
    assert browser.post(page, {"answer": ""}).status_code == 200
    assert browser.post(page, {"answer": "Nog niet."}).status_code == 302
    assert busy.track.cycles.get(number=1).is_closed


def test_a_pivot_on_the_page_ends_at_the_changed_idea_also_when_sent_twice(busy: Course) -> None:
    browser, page = visit(busy.owner), of(busy, "learn")
    shown = browser.get(page)
    evidence, about = busy.idea.evidences.first(), busy.idea.assumptions.first()
    said = LEARNED | {
        "assumptions": [about.pk],
        "evidence": [evidence.pk],
        "decision": "pivot",
        "request_key": hidden(shown, "request_key"),
    }
    refused = browser.post(page, said)
    assert refused.context["form"].errors.keys() == {"pivot_title"}
    said["pivot_title"] = "Nazorg na schuld"
    answers = [browser.post(page, said).url for _time in range(2)]
    child = Idea.objects.get(pivot_of=busy.idea)
    assert answers == [reverse("tracks:home", args=[child.challenge.slug, child.reference])] * 2
    shown = browser.get(answers[0]).content.decode()
    assert "Nazorg na schuld" in shown
    assert busy.idea.title in shown  # the family tree


def test_one_tap_notes_the_hours_and_one_the_load(busy: Course) -> None:
    browser = visit(busy.members[0])
    for said in ({"hours": "16"}, {"load": "4"}, {"hours": "24"}, {"hours": "25"}, {"load": "six"}, {}):
        assert browser.post(of(busy, "pulse"), said).status_code == 302
    pulse = Pulse.objects.get(user=busy.members[0])
    assert (pulse.hours, pulse.load) == (24, 4)
    assert 'value="24" aria-pressed="true"' in browser.get(of(busy, "team")).content.decode()


def test_hours_are_agreed_on_the_page_by_the_person_or_the_coach_alone(busy: Course) -> None:
    member = busy.idea.members.get(user=busy.members[0])
    page = of(busy, "hours", member.pk)
    said = {"hours": "24", "line_manager_name": "Lia", "line_manager_email": "lia@werkgever.example"}
    for who in (busy.owner, busy.manager):
        assert visit(who).get(page).status_code == 404
        assert visit(who).post(page, said).status_code == 404
    assert visit(busy.members[0]).post(page, said).status_code == 302
    assert visit(busy.coach).post(page, said | {"hours": "28"}).status_code == 302
    assert visit(busy.coach).post(page, said | {"hours": "41"}).status_code == 200
    assert busy.track.agreements.get(user=busy.members[0]).hours == 28


def test_a_partner_goes_from_in_view_to_refused_request_on_the_pages(busy: Course) -> None:
    browser = visit(busy.owner)
    key = hidden(browser.get(of(busy, "partner_new")), "request_key")
    said = {"organisation": "Demo Buurthuis", "contact_role": "Beheerder", "trust": "3", "timing": "now", "request_key": key, "need": "", "gain": ""}  # fmt: skip
    for _time in range(2):
        response = browser.post(of(busy, "partner_new"), said)
    assert response.url == of(busy, "partner", 2)
    assert Partner.objects.count() == 2
    assert browser.post(of(busy, "partner", 2), {"stage": "talking"}).status_code == 302
    browser.post(of(busy, "partner", 2), {"stage": "asked"})
    assert Partner.objects.get(number=2).stage == "talking"
    edit = of(busy, "partner_edit", 2)
    stamp = hidden(browser.get(edit), "seen")
    actions.change_partner(by=busy.coach, partner=Partner.objects.get(number=2), values={"gain": "Bekendheid"})
    clash = browser.post(edit, said | {"seen": stamp, "need": "Een zaal"})
    assert "Bekendheid" in clash.content.decode()
    assert browser.post(edit, said | {"seen": hidden(clash, "seen"), "need": "Een zaal"}).status_code == 302


def test_a_disagreement_is_answered_decided_and_ticked_on_the_pages(busy: Course) -> None:
    browser, page = visit(busy.owner), of(busy, "objection", 1)
    assert 'name="decision"' not in browser.get(page).content.decode()
    key = hidden(browser.get(page), "request_key")
    for _time in range(2):
        browser.post(page, {"text": "Niet met een maatje.", "request_key": key, "evidence": []})
    assert Objection.objects.get().replies.get().rests_on_evidence is False
    due = browser.get(page).context["resolve_form"]["due_on"].value()
    said = {"decision": "We bellen de bank.", "first_action": "Bellen", "owner": busy.owner.pk, "due_on": str(due)}
    assert browser.post(page, said | {"owner": "999"}).status_code == 200
    assert browser.post(page, said).status_code == 200
    assert browser.post(page, said | {"without_evidence": "on"}).status_code == 302
    assert "besloten zonder bewijs" in browser.get(page).content.decode()
    assert browser.post(of(busy, "tick", 1), {"done": "yes"}).status_code == 302
    assert Resolution.objects.get().done_at is not None


def draw(by: Any, idea: Idea) -> None:
    """A first canvas: a change of it asks for evidence."""
    revise_canvas(by=by, idea=idea, base_number=0, values=dict.fromkeys(CANVAS_FIELDS, "Tekst"))


def test_after_a_pivot_evidence_carries_the_name_of_its_idea_wherever_it_is_chosen_or_shown(busy: Course) -> None:
    browser = visit(busy.owner)
    before = [
        label for _pk, label in browser.get(of(busy, "objection", 1)).context["reply_form"]["evidence"].field.choices
    ]
    assert before == ["B1: Iemand deed het zonder hulp."]  # one idea: no name needed
    make.learn(busy, "pivot", title="Nazorg na schuld")
    parent, child = busy.idea, Idea.objects.get(pivot_of=busy.idea)
    busy.idea = child
    own = make.evidence(busy, child.assumptions.first(), text="Iemand kwam terug.")
    draw(busy.owner, child)
    actions.raise_objection(by=busy.manager, idea=child, kind="never", text="Dit wordt niets.")
    page = of(busy, "objection", 1)
    names = {"Nazorg na schuld B1: Iemand kwam terug.", f"{parent.title} B1: Iemand deed het zonder hulp."}
    pages = {
        page: "reply_form",
        of(busy, "learn"): "form",
        reverse("validation:canvas_edit", args=[child.challenge.slug, child.reference]): "form",
    }
    for address, form in pages.items():
        assert names <= {label for _pk, label in browser.get(address).context[form]["evidence"].field.choices}, address
    chosen = [own.pk, parent.evidences.get(number=1).pk]
    key = hidden(browser.get(page), "request_key")
    assert browser.post(page, {"text": "Kijk.", "request_key": key, "evidence": chosen}).status_code == 302
    answer = browser.get(page).content.decode().split("Iemand kwam terug")[0]
    assert f"{parent.title} B1" in answer
    about = reverse("validation:assumption", args=[child.challenge.slug, child.reference, own.assumptions.get().number])
    assert f"<strong>{parent.title} B1</strong>" in browser.get(about).content.decode()
    assert f'">{child.title} B1' not in answer  # evidence of the idea itself needs no name outside a mixed list


@pytest.mark.parametrize("name", ["tracks:objection", "tracks:learn", "validation:evidence", "validation:canvas_edit"])
def test_the_evidence_of_an_earlier_idea_costs_no_query_for_each_piece(name: str) -> None:
    counts = []
    for pieces in (2, 5):
        course = make.running()
        about = make.assumption(course)
        for _n in range(pieces):
            make.evidence(course, about)
        make.learn(course, "pivot")
        child = Idea.objects.get(pivot_of=course.idea)
        draw(course.owner, child)
        said = actions.raise_objection(by=course.manager, idea=child, kind="never", text="Dit wordt niets.")
        numbers = [said.number] if name == "tracks:objection" else []
        address = reverse(name, args=[child.challenge.slug, child.reference, *numbers])
        browser = visit(course.owner)
        browser.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert "Iemand deed het" in browser.get(address).content.decode()
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_skills_are_written_shared_and_taken_along_on_the_pages(busy: Course) -> None:
    browser = visit(busy.owner)
    page = of(busy, "reflect", 1)
    assert browser.post(page, {"sentence": "Geen keuze"}).status_code == 200
    assert browser.post(page, {"skills": ["asking", "small"], "sentence": "Ik vroeg het gewoon."}).status_code == 302
    assert browser.post(of(busy, "share"), {"audience": "coach", "on": "yes"}).status_code == 302
    shown = visit(busy.coach).get(of(busy, "skills")).content.decode()
    assert (busy.owner.name in shown.split("<main")[1], "Ik vroeg het gewoon." in shown) == (True, False)
    assert browser.post(of(busy, "share"), {"audience": "iedereen", "on": "yes"}).status_code == 302
    file = browser.get(reverse("tracks:skills_export"))
    assert file.json()["reflections"][0]["sentence"] == "Ik vroeg het gewoon."
    assert visit(busy.coach).get(reverse("tracks:skills_export")).json()["reflections"] == []


def test_the_list_asks_the_same_number_of_questions_for_one_track_and_for_two() -> None:
    course = make.running()
    counts = []
    for _round in range(2):
        browser = visit(course.coach)
        browser.get(reverse("tracks:list"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            browser.get(reverse("tracks:list"))
        counts.append(len(asked))
        other = course.jury.ideas[1]
        actions.open_track(by=course.manager, idea=other, coach=course.coach, starts_on=course.track.starts_on)
    assert counts[0] == counts[1]
    assert len(browser.get(reverse("tracks:list")).context["lines"]) == 2


def test_the_first_page_asks_the_same_number_of_questions_however_much_there_is() -> None:
    course = make.running()
    counts = []
    for _round in range(2):
        for _n in range(3):
            make.observe(course, make.card(course), [True])
            make.learn(course)
        visit(course.owner).get(of(course, "home"))
        with CaptureQueriesContext(connection) as asked:
            visit(course.owner).get(of(course, "home"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_programme_changes_the_coach_and_the_coach_cannot(busy: Course) -> None:
    new = make.person("coach", name="Nieuwe Coach")
    visit(busy.coach).post(of(busy, "plan"), {"coach": new.pk})
    assert busy.fresh().idea.coach == busy.coach
    assert visit(busy.manager).post(of(busy, "plan"), {"coach": new.pk}).status_code == 302
    assert busy.fresh().idea.coach == new
    assert visit(busy.coach).get(of(busy, "team")).status_code == 404


def test_a_track_whose_cycles_are_all_closed_is_finished_by_the_coach(busy: Course) -> None:
    for number, cycle in enumerate(busy.track.cycles.all()):
        with time_machine.travel(timezone.now() + timedelta(days=50, hours=number), tick=False):
            make.learn(busy)
            assert of(busy, "finish") not in visit(busy.coach).get(of(busy, "home")).content.decode()
            actions.close_cycle(by=busy.owner, cycle=cycle, answer="Ja.", goal="Lukt het?")
    with time_machine.travel(timezone.now() + timedelta(days=51), tick=False):
        assert visit(busy.owner).post(of(busy, "finish")).status_code == 403
        assert of(busy, "finish") in visit(busy.coach).get(of(busy, "home")).content.decode()
        visit(busy.coach).post(of(busy, "finish"))
    assert busy.fresh().track.state == "finished"
