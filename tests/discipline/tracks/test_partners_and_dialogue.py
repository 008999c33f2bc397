# SPDX-License-Identifier: EUPL-1.2
"""Partners are asked when the idea is concrete; disagreements end in one decision and a first action."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.tracks import actions
from beproefd.discipline.tracks.models import Objection, Partner, Reply, Resolution
from beproefd.discipline.tracks.queries import actions_to_do, concreteness, partners, threads
from beproefd.discipline.validation.actions import retire_assumption, revise_canvas
from beproefd.discipline.validation.models import CANVAS_FIELDS
from beproefd.ground.audit.queries import verify
from tests import factories as make
from tests.discipline.pages import visit
from tests.factories.tracks import Course

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return make.running(members=1)


def add(course: Course, **values: Any) -> Partner:
    said = {
        "organisation": "Demo Bank",
        "need": "Een rekening",
        "gain": "Klanten",
        "trust": 3,
        "timing": "now",
    } | values
    return actions.add_partner(by=course.owner, idea=course.idea, values=said)


def missing(course: Course, partner: Partner) -> int:
    return sum(not check.done for check in concreteness(course.owner, course.idea, partner))


def test_a_partner_is_asked_only_when_nothing_is_missing(course: Course) -> None:
    partner = add(course, need="", gain="")
    assert missing(course, partner) == 5
    with pytest.raises(ValidationError, match="Not concrete enough yet"):
        actions.ask_partner(by=course.owner, partner=partner)
    revise_canvas(by=course.owner, idea=course.idea, base_number=0, values=dict.fromkeys(CANVAS_FIELDS, "Tekst"))
    wanted, wrong = make.assumption(course), make.assumption(course, "De bank doet mee", kind="partner", belief=2)
    make.observe(course, make.card(course, [wanted]), [True] * 8)
    make.learn(course)
    assert missing(course, partner) == 2
    partner = actions.change_partner(
        by=course.owner, partner=partner, values={"need": "Een rekening", "gain": "Klanten"}
    )
    assert missing(course, partner) == 0
    make.observe(course, make.card(course, [wrong]), [False] * 12)
    assert missing(course, partner) == 1
    with pytest.raises(ValidationError):
        actions.ask_partner(by=course.owner, partner=partner)
    assert Partner.objects.get().stage == "view"


def concrete(course: Course) -> None:
    revise_canvas(by=course.owner, idea=course.idea, base_number=0, values=dict.fromkeys(CANVAS_FIELDS, "Tekst"))
    make.observe(course, make.card(course), [True] * 8)
    make.learn(course)


def test_a_request_is_written_down_once_and_leads_to_yes_or_no(course: Course) -> None:
    concrete(course)
    partner = add(course)
    asked = actions.ask_partner(by=course.coach, partner=partner)
    again = actions.ask_partner(by=course.owner, partner=partner)
    assert (again.asked_by, again.asked_at) == (course.coach, asked.asked_at)
    with pytest.raises(ValidationError):
        actions.change_partner(by=course.owner, partner=partner, values={"need": " "})
    assert actions.move_partner(by=course.owner, partner=partner, stage="agreed").stage == "agreed"
    for stage in ("talking", "view", "asked"):
        with pytest.raises(ValidationError):
            actions.move_partner(by=course.owner, partner=partner, stage=stage)
    assert verify().problem == ""


@pytest.mark.parametrize("values", [{"trust": 1}, {"timing": "early"}])
def test_a_stranger_is_not_asked_nor_is_anyone_too_early(course: Course, values: dict[str, Any]) -> None:
    concrete(course)
    partner = add(course, **values)
    assert missing(course, partner) == 1
    with pytest.raises(ValidationError, match="Not concrete enough yet"):
        actions.ask_partner(by=course.owner, partner=partner)


def test_after_a_pivot_the_partners_come_along_and_who_was_asked_is_talked_to_again(course: Course) -> None:
    concrete(course)
    add(course, organisation="Bibliotheek")
    actions.ask_partner(by=course.owner, partner=add(course))
    make.learn(course, "pivot")
    child = Idea.objects.get(pivot_of=course.idea)
    found = [(one.organisation, one.stage, one.need, one.trust) for one in partners(course.owner, child)]
    assert found == [("Demo Bank", "talking", "Een rekening", 3), ("Bibliotheek", "view", "Een rekening", 3)]
    assert verify().problem == ""


def test_an_assumption_that_proved_wrong_is_named_with_the_ways_out(course: Course) -> None:
    concrete(course)
    wrong = make.assumption(course, "De bank doet mee", kind="partner", belief=2)
    make.observe(course, make.card(course, [wrong]), [False] * 12)
    partner = add(course)
    [lack] = [check for check in concreteness(course.owner, course.idea, partner) if not check.done]
    assert f"{wrong.reference}: De bank doet mee" in lack.text
    with pytest.raises(ValidationError, match=f"{wrong.reference}: De bank doet mee.*test it again"):
        actions.ask_partner(by=course.owner, partner=partner)
    here = [course.idea.challenge.slug, course.idea.reference]
    ways = [
        reverse("validation:card_new", args=here) + f"?aanname={wrong.number}",
        reverse("validation:retire", args=[*here, wrong.number]),
        reverse("tracks:learn", args=here) + f"?aanname={wrong.number}",
    ]
    for page in (reverse("tracks:partners", args=here), reverse("tracks:partner", args=[*here, partner.number])):
        shown = visit(course.owner).get(page).content.decode()
        assert reverse("validation:assumption", args=[*here, wrong.number]) in shown
        assert [way in shown for way in ways] == [True] * 3
        read = visit(course.manager).get(page).content.decode()
        assert f"{wrong.reference}: De bank doet mee" in read
        assert [way in read for way in ways] == [False] * 3  # the programme reads along and does not decide
    retire_assumption(by=course.owner, assumption=wrong, reason="Het kan zonder bank.")
    assert actions.ask_partner(by=course.owner, partner=partner).stage == "asked"


def test_two_assumptions_that_proved_wrong_are_two_lines(course: Course) -> None:
    concrete(course)
    wrong = [make.assumption(course, f"Aanname {n}", kind="partner", belief=2) for n in range(2)]
    make.observe(course, make.card(course, wrong), [False] * 12)
    lacks = [check.text for check in concreteness(course.owner, course.idea) if not check.done]
    assert [about.reference in text for about, text in zip(wrong, lacks, strict=True)] == [True, True]


def test_asking_has_no_back_door(course: Course) -> None:
    partner = add(course)
    for stage in ("asked", "agreed"):
        with pytest.raises(ValidationError):
            actions.move_partner(by=course.owner, partner=partner, stage=stage)


@pytest.mark.parametrize("text", ["Jan: jan@bank.example", "06 12 34 56 78", "Bel (020) 555-1234"])
def test_a_contact_is_a_role_and_never_an_address_or_number(course: Course, text: str) -> None:
    for name in ("contact_role", "need", "gain"):
        with pytest.raises(ValidationError) as refused:
            add(course, **{name: text})
        assert list(refused.value.message_dict) == [name]
    assert add(course, contact_role="Teamleider schuldhulp").contact_role == "Teamleider schuldhulp"


def test_a_contact_has_no_name(course: Course) -> None:
    for name in ("Jan de Vries", "teamleider, mevrouw Jansen"):
        with pytest.raises(ValidationError, match="looks like a name"):
            add(course, contact_role=name)
    assert add(course, contact_role="Teamleider Demo Bank Noord").contact_role == "Teamleider Demo Bank Noord"


def test_only_the_team_and_its_coach_write_about_partners(course: Course) -> None:
    partner = add(course)
    for who in make.everyone(course).values():
        for act in (
            lambda who=who: actions.add_partner(by=who, idea=course.idea, values={"organisation": "X"}),
            lambda who=who: actions.move_partner(by=who, partner=partner, stage="talking"),
            lambda who=who: actions.ask_partner(by=who, partner=partner),
            lambda who=who: actions.change_partner(by=who, partner=partner, values={"need": "X"}),
        ):
            with pytest.raises(PermissionDenied):
                act()
    reads = {name: len(partners(who, course.idea)) for name, who in make.everyone(course).items()}
    assert {name for name, count in reads.items() if count} == {"manager", "second manager", "everything at once"}


def objection(course: Course, by: Any = None, **values: Any) -> Objection:
    said = {"kind": "never", "text": "Mensen willen dit niet."} | values
    return actions.raise_objection(by=by or course.manager, idea=course.idea, **said)


def test_anyone_who_may_look_in_may_object_and_nobody_else(course: Course) -> None:
    key = uuid.uuid4()
    first = objection(course, request_key=key)
    assert objection(course, request_key=key) == first
    for who in (course.owner, course.coach):
        objection(course, who)
    for name in ("juror", "administrator", "another team", "another coach"):
        with pytest.raises(PermissionDenied):
            objection(course, make.everyone(course)[name])
    assert len(threads(course.owner, course.idea)) == 3


def test_an_answer_without_evidence_is_an_opinion(course: Course) -> None:
    about = objection(course)
    seen = make.evidence(course, make.assumption(course))
    key = uuid.uuid4()
    for _time in range(2):
        opinion = actions.reply_to(by=course.owner, objection=about, text="Jawel.", request_key=key)
    assert [thread.only_opinions for thread in threads(course.owner, course.idea)] == [True]
    founded = actions.reply_to(by=course.owner, objection=about, text="Zeven van de tien deden het.", evidence=[seen])
    assert (opinion.rests_on_evidence, founded.rests_on_evidence, Reply.objects.count()) == (False, True, 2)
    assert [thread.only_opinions for thread in threads(course.owner, course.idea)] == [False]


def test_evidence_about_another_idea_does_not_count(course: Course) -> None:
    other = make.running()
    foreign = make.evidence(other, make.assumption(other))
    with pytest.raises(ValidationError):
        actions.reply_to(by=course.owner, objection=objection(course), text="Kijk.", evidence=[foreign])


def close(course: Course, about: Objection, **values: Any) -> Resolution:
    said = {
        "decision": "We vragen het vijf mensen.",
        "owner": course.members[0],
        "first_action": "Het buurthuis bellen",
        "due_on": timezone.localdate() + timedelta(days=7),
    } | values
    if not about.replies.exists():
        actions.reply_to(by=course.owner, objection=about, text="Dat denken wij niet.")
    return actions.resolve(by=course.owner, objection=about, **{"without_evidence": True, **said})


def test_a_disagreement_closes_with_one_decision_an_owner_and_a_day_within_a_week(course: Course) -> None:
    about, today = objection(course), timezone.localdate()
    for values in (
        {"decision": " "},
        {"first_action": ""},
        {"due_on": today + timedelta(days=8)},
        {"due_on": today - timedelta(days=1)},
        {"owner": course.manager},
        {"owner": course.coach},
    ):
        with pytest.raises(ValidationError):
            close(course, about, **values)
    made = close(course, about)
    assert close(course, about) == made
    with pytest.raises(ValidationError, match="one joint decision"):
        close(course, about, decision="Toch iets anders.")
    with pytest.raises(ValidationError):
        actions.reply_to(by=course.owner, objection=about, text="Nog iets.")
    assert Resolution.objects.count() == 1


def test_a_disagreement_closes_after_an_answer_and_says_so_when_that_was_only_an_opinion(course: Course) -> None:
    about = objection(course)
    said = {
        "decision": "Wij doen het.",
        "owner": course.owner,
        "first_action": "Bellen",
        "due_on": timezone.localdate(),
    }
    with pytest.raises(ValidationError, match="Answer the objection first"):
        actions.resolve(by=course.owner, objection=about, without_evidence=True, **said)
    actions.reply_to(by=course.owner, objection=about, text="Onzin.")
    with pytest.raises(ValidationError, match="Nobody answered with evidence"):
        actions.resolve(by=course.owner, objection=about, **said)
    actions.resolve(by=course.owner, objection=about, without_evidence=True, **said)
    [thread] = threads(course.owner, course.idea)
    assert (thread.resolution is not None, thread.rests_on_evidence) == (True, False)
    founded = objection(course, text="Dit bestaat al.")
    seen = make.evidence(course, make.assumption(course))
    actions.reply_to(by=course.owner, objection=founded, text="Zeven van de tien.", evidence=[seen])
    actions.resolve(by=course.owner, objection=founded, **said)
    assert [thread.rests_on_evidence for thread in threads(course.owner, course.idea)] == [False, True]


def test_a_late_first_action_shows_until_it_is_done(course: Course) -> None:
    made = close(course, objection(course))
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert [action.is_overdue for action in actions_to_do(course.manager, course.idea)] == [True]
        with pytest.raises(PermissionDenied):
            actions.tick_action(by=course.manager, resolution=made)
        done = actions.tick_action(by=course.members[0], resolution=made)
        assert actions.tick_action(by=course.owner, resolution=made).done_at == done.done_at
        assert list(actions_to_do(course.manager, course.idea)) == []
        assert actions.tick_action(by=course.owner, resolution=made, done=False).done_at is None
    assert verify().problem == ""


def test_what_was_said_and_decided_cannot_be_rewritten_in_the_database(course: Course) -> None:
    about = objection(course)
    actions.reply_to(by=course.owner, objection=about, text="Jawel.")
    close(course, about)
    for change in (
        lambda: Objection.objects.update(text="Niets aan de hand."),
        lambda: Reply.objects.update(text="Nee."),
        lambda: Resolution.objects.update(decision="Niets."),
        lambda: Resolution.objects.all().delete(),
        lambda: Reply.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
