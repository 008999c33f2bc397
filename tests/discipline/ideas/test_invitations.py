# SPDX-License-Identifier: EUPL-1.2
"""Nobody is in a team unasked: who is invited by e-mail says yes first, and until then nothing is different."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from beproefd.discipline.ideas.actions import (
    MOST_IN_A_DAY,
    MOST_OF_AN_IDEA,
    accept_invitation,
    ask_correction,
    decline_invitation,
    invite_member,
    merge_ideas,
    remove_member,
    revise_idea,
    withdraw_idea,
    withdraw_invitation,
)
from beproefd.discipline.ideas.for_rooms_above import end_follow_up
from beproefd.discipline.ideas.models import Idea, TeamInvitation
from beproefd.discipline.ideas.queries import own_ideas, own_invitations, visible_invitations
from beproefd.discipline.ideas.rules import competes
from beproefd.discipline.juries.models import Interest
from beproefd.discipline.juries.queries import visible_field
from beproefd.ground.audit.models import Entry
from beproefd.ground.audit.queries import verify
from tests import factories
from tests.discipline.pages import visit

pytestmark = pytest.mark.django_db

BO = {"name": "Bo", "organisation": "Bedrijf", "kind": "company"}
STRANGER = "Niemand@Voorbeeld.example"


def again(invitation: TeamInvitation) -> TeamInvitation:
    return TeamInvitation.objects.get(pk=invitation.pk)


def deeds(subject: Any) -> list[tuple[str, str]]:
    """What the log says of a row, and who did it."""
    return list(Entry.objects.filter(subject=subject.audit_key).order_by("sequence").values_list("action", "actor"))


# Until someone says yes


@pytest.mark.parametrize("role", ["team", "juror", "manager", "coach", "administrator"])
def test_who_is_invited_is_in_no_team_and_bound_to_nothing(idea: Idea, owner: Any, role: str) -> None:
    person = factories.person(role)
    factories.invited(owner, idea, person)
    assert [member.user for member in idea.members.all()] == [owner]
    assert (list(own_ideas(person, idea.challenge)), competes(person, idea.challenge)) == ([], False)
    with pytest.raises(PermissionDenied):
        revise_idea(by=person, idea=idea, base_number=1, values={"title": "x"})


def test_who_says_yes_is_in_the_team_by_their_own_deed(idea: Idea, owner: Any, bo: Any) -> None:
    invitation = factories.invited(owner, idea, bo)
    accept_invitation(by=bo, invitation=invitation)
    member = idea.members.get(user=bo)
    assert (member.name, member.kind, member.is_owner) == ("Bo", "company", False)
    assert list(own_ideas(bo, idea.challenge)) == [idea]
    assert deeds(member) == [("join_team", bo.audit_key)]
    assert deeds(invitation) == [("invite_member", owner.audit_key), ("accept_invitation", bo.audit_key)]
    assert verify().whole


def test_saying_yes_twice_is_once_and_brings_nobody_back_who_left(idea: Idea, owner: Any, bo: Any) -> None:
    invitation = factories.invited(owner, idea, bo)
    for _time in range(2):
        accept_invitation(by=bo, invitation=invitation)
    assert idea.members.filter(user=bo).count() == 1
    entries = Entry.objects.count()
    remove_member(by=bo, member=idea.members.get(user=bo))
    accept_invitation(by=bo, invitation=invitation)
    assert (idea.members.filter(user=bo).count(), Entry.objects.count()) == (0, entries + 1)


def test_capitals_in_an_address_make_no_difference(idea: Idea, owner: Any) -> None:
    person = factories.person("team", email="Bo.Bakker@Voorbeeld.example")
    invitation = factories.invited(owner, idea, person, email=" BO.bakker@voorbeeld.EXAMPLE ")
    assert own_invitations(person) == [invitation]
    accept_invitation(by=person, invitation=invitation)
    assert idea.members.filter(user=person).exists()


def test_an_invitation_waits_until_its_address_has_an_account(idea: Idea, owner: Any) -> None:
    invitation = invite_member(by=owner, idea=idea, email=STRANGER, **BO)
    person = factories.person("team", email=STRANGER)
    assert own_invitations(person) == [invitation]
    accept_invitation(by=person, invitation=invitation)
    assert idea.members.filter(user=person).exists()


@pytest.mark.parametrize("answer", [accept_invitation, decline_invitation])
def test_nobody_answers_for_another(idea: Idea, owner: Any, bo: Any, manager: Any, answer: Any) -> None:
    invitation = factories.invited(owner, idea, bo)
    others = (owner, manager, factories.person("team"))
    entries = Entry.objects.count()
    for someone in others:
        with pytest.raises(PermissionDenied, match="for another e-mail address"):
            answer(by=someone, invitation=invitation)
    assert (again(invitation).answer, Entry.objects.count()) == ("waiting", entries)


def test_only_who_may_change_the_team_invites_and_takes_back(idea: Idea, owner: Any, bo: Any, manager: Any) -> None:
    invitation = factories.invited(owner, idea, bo)
    member = factories.person("team")
    factories.joins(owner, idea, member)
    for someone in (member, bo, manager, factories.person("team")):
        with pytest.raises(PermissionDenied):
            invite_member(by=someone, idea=idea, email=STRANGER, **BO)
        with pytest.raises(PermissionDenied):
            withdraw_invitation(by=someone, invitation=invitation)
    assert again(invitation).waits


# No, and never mind


def test_who_says_no_stays_out_and_the_team_reads_it(idea: Idea, owner: Any, bo: Any) -> None:
    invitation = factories.invited(owner, idea, bo)
    for _time in range(2):
        decline_invitation(by=bo, invitation=invitation)
    assert not idea.members.filter(user=bo).exists()
    assert [(item.name, item.answer) for item in visible_invitations(owner, idea)] == [("Bo", "declined")]
    assert deeds(invitation)[1:] == [("decline_invitation", bo.audit_key)]
    with pytest.raises(ValidationError, match="invite you again"):
        accept_invitation(by=bo, invitation=invitation)


def test_a_no_is_told_for_a_month_and_not_after_a_later_yes(idea: Idea, owner: Any, bo: Any) -> None:
    decline_invitation(by=bo, invitation=factories.invited(owner, idea, bo))
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert visible_invitations(owner, idea) == []
    factories.joins(owner, idea, bo)
    assert visible_invitations(owner, Idea.objects.get(pk=idea.pk)) == []


def test_who_said_yes_cannot_say_no_any_more_but_can_leave(idea: Idea, owner: Any, bo: Any) -> None:
    invitation = factories.invited(owner, idea, bo)
    accept_invitation(by=bo, invitation=invitation)
    with pytest.raises(ValidationError, match="On the page of the team you can leave it"):
        decline_invitation(by=bo, invitation=invitation)
    with pytest.raises(ValidationError, match="answered meanwhile"):
        withdraw_invitation(by=owner, invitation=invitation)


def test_an_invitation_that_was_taken_back_cannot_be_accepted(idea: Idea, owner: Any, bo: Any) -> None:
    invitation = factories.invited(owner, idea, bo)
    for _time in range(2):
        withdraw_invitation(by=owner, invitation=invitation)
    assert own_invitations(bo) == []
    with pytest.raises(PermissionDenied, match="no longer there"):
        accept_invitation(by=bo, invitation=invitation)
    assert idea.members.count() == 1
    assert deeds(invitation)[1:] == [("withdraw_invitation", owner.audit_key)]
    factories.joins(owner, idea, bo)  # a new one can
    assert verify().whole


def test_the_database_keeps_an_answer_as_it_was_given(idea: Idea, owner: Any, bo: Any) -> None:
    invitation = factories.invited(owner, idea, bo)
    withdraw_invitation(by=owner, invitation=invitation)
    with pytest.raises(DatabaseError, match="invite again"), transaction.atomic():
        TeamInvitation.objects.filter(pk=invitation.pk).update(answer="accepted", user=bo)


# What is kept


def test_an_address_is_erased_with_the_answer_and_a_name_with_an_invitation_taken_back(idea: Idea, owner: Any) -> None:
    people = [factories.person("team", name=f"Persoon {number}") for number in range(3)]
    made = [factories.invited(owner, idea, person) for person in people]
    accept_invitation(by=people[0], invitation=made[0])
    decline_invitation(by=people[1], invitation=made[1])
    withdraw_invitation(by=owner, invitation=made[2])
    kept = TeamInvitation.objects.order_by("pk").values_list("email", "name", "user")
    assert list(kept) == [("", "Persoon 0", people[0].pk), ("", "Persoon 1", people[1].pk), ("", "", None)]
    assert [row.email for row in TeamInvitation.objects.all()] == [""] * 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "accepted"},
        {"answer": "declined", "answered_at": timezone.now(), "email": ""},
        {"answer": "withdrawn", "answered_at": timezone.now(), "email": ""},
        {"email": ""},
        {"name": ""},
        {"answered_at": timezone.now()},
        {"answer": "maybe"},
        {"kind": "martian"},
    ],
)
def test_the_database_refuses_an_invitation_that_is_half_answered(idea: Idea, owner: Any, wrong: Any) -> None:
    invitation = invite_member(by=owner, idea=idea, email=STRANGER, **BO)
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamInvitation.objects.filter(pk=invitation.pk).update(**wrong)


def test_one_open_invitation_for_an_idea_and_an_address(idea: Idea, owner: Any) -> None:
    made = invite_member(by=owner, idea=idea, email=STRANGER, **BO)
    twin = {"idea": idea, "version": made.version, "email": made.email, "invited_by": owner, **BO}
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamInvitation.objects.create(**twin)


# The mail


def test_the_mail_tells_who_which_idea_and_what_a_yes_means_and_no_text_of_the_idea(
    open_challenge: Any, owner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    idea = factories.idea(owner, open_challenge, title="Sparen\nloont")
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite_member(by=owner, idea=idea, email=STRANGER, **BO)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (
        [STRANGER.lower()],
        f"{owner.name} nodigt je uit voor het team van “Sparen loont”",
    )
    for part in (owner.name, "Sparen loont", open_challenge.title, "niet meer beoordelen"):
        assert part in letter.body
    assert reverse("ideas:invitation", args=[open_challenge.slug, invitation.key]) in letter.body
    assert [text for name, text in factories.TEXTS.items() if name != "title" and text in letter.body] == []


@pytest.mark.parametrize(("is_owner", "told"), [(False, "openen en meedenken"), (True, "veranderen en indienen")])
def test_the_mail_says_what_this_person_may_do(
    idea: Idea, owner: Any, is_owner: bool, told: str, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invite_member(by=owner, idea=idea, email=STRANGER, is_owner=is_owner, **BO)
    assert told in mail.outbox[0].body


@pytest.mark.usefixtures("mail_is_down_once")
def test_a_mail_server_that_is_down_undoes_nothing(
    idea: Idea, owner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invite_member(by=owner, idea=idea, email=STRANGER, **BO)
    assert (TeamInvitation.objects.get().waits, mail.outbox) == (True, [])


def test_the_same_address_again_is_the_same_invitation_and_no_second_mail(
    idea: Idea, owner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = invite_member(by=owner, idea=idea, email=STRANGER, **BO)
        entries = Entry.objects.count()
        assert invite_member(by=owner, idea=idea, email=STRANGER.upper(), **BO) == first
        assert Entry.objects.count() == entries
        assert invite_member(by=owner, idea=idea, email=STRANGER, is_owner=True, **BO) == first
    assert ([item.is_owner for item in TeamInvitation.objects.all()], len(mail.outbox)) == ([True], 1)
    assert verify().whole


@pytest.mark.parametrize("email", ["geen adres", "a@b", "", "x" * 300 + "@voorbeeld.example"])
def test_what_is_no_address_is_refused(idea: Idea, owner: Any, email: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        invite_member(by=owner, idea=idea, email=email, **BO)
    assert (set(refusal.value.message_dict) >= {"email"}, TeamInvitation.objects.count()) == (True, 0)


def test_nobody_invites_themselves_into_the_own_team(idea: Idea, owner: Any) -> None:
    with pytest.raises(ValidationError, match="your own address"):
        invite_member(by=owner, idea=idea, email=owner.email.upper(), **BO)


def test_a_mailbox_is_not_flooded_from_one_idea_also_not_by_taking_back(
    idea: Idea, owner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(MOST_OF_AN_IDEA):
            withdraw_invitation(by=owner, invitation=invite_member(by=owner, idea=idea, email=STRANGER, **BO))
        with pytest.raises(ValidationError, match="Too many invitations"):
            invite_member(by=owner, idea=idea, email=STRANGER, **BO)
    assert len(mail.outbox) == MOST_OF_AN_IDEA
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=False):
        assert invite_member(by=owner, idea=idea, email=STRANGER, **BO).waits


def test_what_waits_keeps_counting_and_who_said_yes_does_not(idea: Idea, owner: Any, bo: Any) -> None:
    factories.joins(owner, idea, bo)
    for number in range(MOST_OF_AN_IDEA):
        invite_member(by=owner, idea=idea, email=f"{number}@voorbeeld.example", **BO)
    with (
        time_machine.travel(timezone.now() + timedelta(days=2), tick=False),
        pytest.raises(ValidationError, match="Too many invitations"),
    ):
        invite_member(by=owner, idea=idea, email=STRANGER, **BO)


def test_one_person_does_not_get_round_the_limit_with_more_ideas(open_challenge: Any, owner: Any) -> None:
    ideas = [factories.idea(owner, open_challenge, submit=False, title=f"Idee {number}") for number in range(3)]
    for number in range(MOST_IN_A_DAY):
        invite_member(by=owner, idea=ideas[number % 2], email=f"{number}@voorbeeld.example", **BO)
    with pytest.raises(ValidationError, match="Too many invitations"):
        invite_member(by=owner, idea=ideas[2], email=STRANGER, **BO)


# When the idea goes on, or ends


def test_who_was_in_the_team_by_name_only_gets_access_under_that_name(open_challenge: Any, manager: Any) -> None:
    """A paper idea: first whose idea it is, and then the invitation."""
    idea = factories.paper_idea(manager, open_challenge, member="Mw. Jansen")
    person = factories.person("team", name="J. Jansen")
    invitation = factories.invited(manager, idea, person, name="Mw. Jansen", organisation="", is_owner=True)
    assert [(member.name, member.user) for member in idea.members.all()] == [("Mw. Jansen", None)]
    accept_invitation(by=person, invitation=invitation)
    found = Idea.objects.get(pk=idea.pk)
    assert [(member.name, member.user, member.is_owner) for member in found.members.all()] == [
        ("Mw. Jansen", person, True)
    ]
    assert verify().whole


def test_a_withdrawn_idea_takes_its_invitations_along(idea: Idea, owner: Any, bo: Any) -> None:
    invitation = factories.invited(owner, idea, bo)
    withdraw_idea(by=owner, idea=idea)
    assert ((again(invitation).answer, again(invitation).email), own_invitations(bo)) == (("withdrawn", ""), [])
    with pytest.raises(PermissionDenied, match="no longer there"):
        accept_invitation(by=bo, invitation=invitation)
    assert verify().whole


def test_an_idea_that_became_part_of_another_takes_its_invitations_along(
    open_challenge: Any, manager: Any, bo: Any
) -> None:
    ideas = [factories.idea(factories.person("team"), open_challenge, title=f"Idee {number}") for number in (1, 2)]
    made = [factories.invited(idea.owners[0].user, idea, bo) for idea in ideas]
    factories.close_intake_early(manager, open_challenge)
    merge_ideas(by=manager, into=ideas[0], sources=[ideas[1]], reason="Dubbel.", values={}, base_number=1)
    assert [again(invitation).answer for invitation in made] == ["waiting", "withdrawn"]
    assert verify().whole


def test_an_idea_whose_follow_up_ended_takes_its_invitations_along(bo: Any) -> None:
    course = factories.course()
    invitation = factories.invited(course.coach, course.idea, bo)
    end_follow_up(by=course.manager, idea=course.idea)
    assert again(invitation).answer == "withdrawn"
    assert verify().whole


def test_a_draft_that_was_not_handed_in_takes_nobody_any_more_and_says_so(
    open_challenge: Any, owner: Any, bo: Any
) -> None:
    idea = factories.idea(owner, open_challenge, submit=False)
    invitation = factories.invited(owner, idea, bo)
    with time_machine.travel(open_challenge.deadline + timedelta(minutes=1), tick=False):
        assert own_invitations(bo) == []
        with pytest.raises(ValidationError, match="was not handed in"):
            accept_invitation(by=bo, invitation=invitation)
        page = visit(bo).get(reverse("ideas:invitation", args=[open_challenge.slug, invitation.key]))
        assert ('name="accept"' in page.content.decode(), 'name="decline"' in page.content.decode()) == (False, True)
        decline_invitation(by=bo, invitation=invitation)
    assert again(invitation).email == ""


def test_an_invitation_for_a_handed_in_idea_can_be_answered_after_the_deadline(
    idea: Idea, owner: Any, bo: Any, manager: Any
) -> None:
    """And an owner can still take it back, though nobody can be invited then."""
    made = [factories.invited(owner, idea, person) for person in (bo, factories.person("team"))]
    factories.close_intake_early(manager, idea.challenge)
    with pytest.raises(PermissionDenied):
        invite_member(by=owner, idea=idea, email=STRANGER, **BO)
    accept_invitation(by=bo, invitation=made[0])
    withdraw_invitation(by=owner, invitation=made[1])
    assert {member.user for member in Idea.objects.get(pk=idea.pk).members.all()} == {owner, bo}


# Judging


def test_a_juror_who_is_invited_keeps_judging_until_saying_yes() -> None:
    world = factories.world("scoring", ideas=3, jurors=2)
    juror, idea = world.jurors[0], world.ideas[0]
    factories.judge(world, juror, world.ideas[1])
    ask_correction(by=world.manager, idea=idea, reason="Het team is niet volledig.")
    before = list(visible_field(juror, world.round))
    invitation = factories.invited(world.owners[0], idea, juror, organisation="Ergens")
    assert list(visible_field(juror, world.fresh().round)) == before != []
    assert not Interest.objects.filter(user=juror).exists()
    accept_invitation(by=juror, invitation=invitation)
    assert list(visible_field(juror, world.fresh().round)) == []
    kinds = Interest.objects.filter(user=juror).values_list("kind", "status")
    assert set(kinds) == {("own_team", "confirmed"), ("competing", "confirmed")}


def test_a_manager_cannot_be_shut_out_by_an_invitation() -> None:
    world = factories.world("scoring", ideas=2, jurors=2)
    ask_correction(by=world.manager, idea=world.ideas[0], reason="Vul het team aan.")
    invitation = factories.invited(world.owners[0], world.ideas[0], world.manager)
    room = reverse("juries:room", args=[world.challenge.slug])
    shown = visit(world.manager).get(room).content.decode()
    assert (competes(world.manager, world.challenge), world.ideas[1].title in shown) == (False, True)
    decline_invitation(by=world.manager, invitation=invitation)
    assert not competes(world.manager, world.challenge)
