# SPDX-License-Identifier: EUPL-1.2
"""Which track needs a look first, what a learning card starts with, and what an ended track no longer asks."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.tracks import actions, queries
from beproefd.discipline.tracks.forms import LearnForm, ReflectionForm
from beproefd.discipline.tracks.models import Track
from beproefd.discipline.validation.actions import finish_card
from beproefd.discipline.validation.models import LearningCard
from tests import factories as make
from tests.discipline.pages import visit
from tests.factories.tracks import LEARNED, Course

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_dutch() -> Iterator[None]:
    with translation.override("nl"):
        yield


def of(course: Course, name: str, *args: Any) -> str:
    return reverse(f"tracks:{name}", args=[course.idea.challenge.slug, course.idea.reference, *args])


def main_of(user: Any, page: str) -> str:
    shown = visit(user).get(page)
    assert shown.status_code == 200, page
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown.content.decode().split("<main")[1]))


def test_the_coach_reads_per_track_why_it_needs_a_look_and_the_quiet_one_stands_first() -> None:
    course = make.running()
    second = Idea.objects.get(pk=course.jury.ideas[1].pk)
    actions.open_track(by=course.manager, idea=second, coach=course.coach, starts_on=timezone.localdate())
    lines = [(line.idea.pk, line.need) for line in queries.tracks(course.coach)]
    assert lines == [
        (course.idea.pk, "Er loopt geen test. Maak er een en ga naar de doelgroep."),
        (second.pk, "Het team maakt zich klaar voor de start."),
    ]
    make.card(course)
    assert [line.idea.pk for line in queries.tracks(course.coach)] == [second.pk, course.idea.pk]
    shown = main_of(course.coach, reverse("tracks:list"))
    assert ("Het team maakt zich klaar" in shown, "Er loopt 1 test." in shown) == (True, True)


def test_a_cycle_that_is_over_and_a_late_start_are_needs_of_their_own() -> None:
    course = make.running()
    second = Idea.objects.get(pk=course.jury.ideas[1].pk)
    actions.open_track(by=course.manager, idea=second, coach=course.coach, starts_on=timezone.localdate())
    with time_machine.travel(timezone.now() + timedelta(days=13), tick=False):
        make.observe(course, make.card(course), [True] * 12)
        finish_card(by=course.owner, card=course.idea.testcards.get())
        make.card(course)
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        assert [line.need for line in queries.tracks(course.coach)] == [
            "Ronde 1 is voorbij, maar nog niet gesloten.",
            "De eerste dag is voorbij, maar het team is nog niet gestart.",
        ]


def test_parked_and_ended_tracks_stand_last_and_need_nothing() -> None:
    course = make.running()
    second = Idea.objects.get(pk=course.jury.ideas[1].pk)
    actions.open_track(by=course.manager, idea=second, coach=course.coach, starts_on=timezone.localdate())
    for decision in ("park", "stop"):
        make.learn(course, decision)
        lines = queries.tracks(course.coach)
        assert [(line.idea.pk, bool(line.need)) for line in lines] == [(second.pk, True), (course.idea.pk, False)]


def test_a_wait_of_less_than_a_day_is_said_in_words() -> None:
    course = make.running()
    make.evidence(course, make.assumption(course))
    for page in (reverse("tracks:list"), of(course, "home")):
        shown = main_of(course.coach, page)
        assert ("meestal binnen een dag" in shown, "0,0" in shown) == (True, False)


# Writing a learning card


def test_a_learning_card_about_a_test_starts_with_its_verdict_what_it_tested_and_what_it_gave() -> None:
    course = make.running()
    about, other = make.assumption(course), make.assumption(course, "De bank wil dit")
    make.evidence(course, other)
    card = make.observe(course, make.card(course, [about]), [True] * 12)
    finish_card(by=course.owner, card=card)
    browser = visit(course.owner)
    form = browser.get(of(course, "learn"), {"test": card.number}).context["form"]
    assert form["assumptions"].value() == [str(about.pk)]
    assert form["evidence"].value() == [str(card.evidence.pk)]
    assert form["observed"].value().startswith("5 van de 5 keer ja")
    for unknown in ("99", "x", ""):
        form = browser.get(of(course, "learn"), {"test": unknown}).context["form"]
        assert (form["assumptions"].value(), form["evidence"].value(), form["observed"].value()) == ([], [], None)


def test_after_a_learning_card_the_page_offers_the_canvas_and_closing_the_cycle() -> None:
    course = make.running()
    make.evidence(course, make.assumption(course))
    browser = visit(course.owner)
    offers = {
        decision: saved(browser, course, decision).content.decode().split("<h1>")[0]
        for decision in ("continue", "park", "stop")
    }
    canvas = reverse("validation:canvas_edit", args=[course.idea.challenge.slug, course.idea.reference])
    cycle = of(course, "cycle", 1)
    found = {decision: (canvas in shown, f'href="{cycle}"' in shown) for decision, shown in offers.items()}
    assert found == {"continue": (True, True), "park": (True, False), "stop": (False, False)}
    assert "Jullie gaan door met dit idee." in offers["continue"]


def saved(browser: Client, course: Course, decision: str) -> Any:
    shown = browser.get(of(course, "learn"))
    said = LEARNED | {
        "assumptions": [course.idea.assumptions.first().pk],
        "evidence": [course.idea.evidences.first().pk],
        "decision": decision,
        "request_key": shown.context["form"]["request_key"].value(),
    }
    return browser.post(of(course, "learn"), said, follow=True)


def test_the_choices_say_with_which_idea_you_go_on() -> None:
    course = make.running()
    make.learn(course)
    labels = dict(LearnForm(assumptions=[], evidence=[]).fields["decision"].widget.choices)
    assert str(labels[LearningCard.Decision.CONTINUE]) == "Doorgaan met dit idee"
    assert "Doorgaan met dit idee" in main_of(course.owner, of(course, "home"))


def test_a_group_in_which_you_must_choose_never_says_that_it_is_not_required() -> None:
    course = make.running()
    make.evidence(course, make.assumption(course))
    refused = visit(course.owner).post(of(course, "learn"), {"decision": "pivot"})
    shown = refused.content.decode()
    assert shown.count("Kies er ten minste één.") == 4  # in the list at the top, and at both groups
    for label in ("Over welke aannames gaat het?", "Op welk bewijs rust het?", "Titel"):
        after = shown.split("<form")[-1].split(label, 1)[1][:80]
        assert "niet verplicht" not in after, label
    assert str(ReflectionForm({}).errors["skills"][0]) == "Kies er ten minste één."


# What people may know and what is over


def test_the_team_page_says_truly_who_sees_hours_and_weeks() -> None:
    course = make.running(members=1)
    shown = main_of(course.owner, of(course, "team"))
    assert "Wat je per week invult: alleen jij en de coach" in shown
    assert "Alleen het team en de coach zien" not in shown


def test_the_picture_says_which_day_it_is_and_draws_no_line_through_the_names() -> None:
    course = make.running()
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        picture = visit(course.owner).get(of(course, "home")).context["timeline"]
    assert [row[3] for row in picture.rows] == ["nu, dag 4 van 14", "komt nog", "komt nog", "komt nog"]
    assert "vandaag" not in picture.svg


@pytest.mark.parametrize("decision", ["stop", "pivot"])
def test_a_track_that_ended_asks_nothing_more(decision: str) -> None:
    course = make.running(members=1)
    make.assumption(course, "Er is een bank die meedoet")
    objection = actions.raise_objection(by=course.manager, idea=course.idea, kind="exists", text="De bank doet dit al.")
    actions.reply_to(by=course.owner, objection=objection, text="Dat denken wij niet.")
    actions.resolve(
        by=course.owner, objection=objection, decision="We bellen.", first_action="Bellen", owner=course.owner,
        due_on=timezone.localdate(), without_evidence=True,
    )  # fmt: skip
    actions.add_partner(by=course.owner, idea=course.idea, values={"organisation": "Demo Bank"})
    make.learn(course, decision)
    assert not Track.objects.get(pk=course.track.pk).is_open
    asking = (
        "Wat nu te doen", "komt nog", "nog niet gesloten", "spannendste aanname", "nog niets gehoord", "te laat",
        "nog niet compleet", "kan nog niet", "nog niet opgeschreven", "nog geen vraag", "Er loopt geen test",
    )  # fmt: skip
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=False):
        for name, *args in (("home",), ("team",), ("partners",), ("partner", 1), ("dialogue",), ("objection", 1), ("cycle", 1), ("cycle", 4)):  # fmt: skip
            for who in (course.coach, course.manager):
                shown = main_of(who, of(course, name, *args))
                assert [text for text in asking if text in shown] == [], (name, who.name)
        words = [row[3] for row in visit(course.owner).get(of(course, "home")).context["timeline"].rows]
    assert words == ["niet afgemaakt", "vervallen", "vervallen", "vervallen"]
