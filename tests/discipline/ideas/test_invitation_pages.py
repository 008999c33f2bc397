# SPDX-License-Identifier: EUPL-1.2
"""Being asked into a team, on the pages: who reads what, and what one press does."""

import uuid
from typing import Any

import pytest
from django.urls import reverse

from beproefd.discipline.ideas.actions import add_member, invite_member, revise_idea
from beproefd.discipline.ideas.models import Idea, TeamInvitation
from beproefd.discipline.ideas.queries import own_invitation
from beproefd.site.waiting import Waiting
from tests import factories
from tests.discipline.pages import visit

pytestmark = pytest.mark.django_db

BO = {"name": "Bo", "organisation": "Bedrijf", "kind": "company"}


def team_page(idea: Idea) -> str:
    return reverse("ideas:team", args=[idea.challenge.slug, idea.reference])


def invitation_page(invitation: TeamInvitation) -> str:
    return reverse("ideas:invitation", args=[invitation.idea.challenge.slug, invitation.key])


def waiting_for(person: Any) -> list[Waiting]:
    return list(visit(person).get(reverse("home")).context["waiting"])


def test_from_the_team_page_to_the_start_page_of_who_is_invited_and_into_the_team(
    idea: Idea, owner: Any, bo: Any
) -> None:
    browser = visit(owner)
    said = {"name": "Bo", "organisation": "", "kind": "resident", "email": bo.email.upper()}
    shown = browser.post(team_page(idea), said, follow=True).content.decode()
    assert ("Uitgenodigd, nog geen antwoord" in shown, bo.email in shown) == (True, True)
    (item,) = waiting_for(bo)
    assert (item.title, item.why) == (idea.title, f"{owner.name} nodigt je uit voor het team van dit idee.")
    page = visit(bo).get(item.url).content.decode()
    assert [text for name, text in factories.TEXTS.items() if name != "title" and text in page] == []
    answer = visit(bo).post(item.url, {"accept": "1"})
    assert answer.url == reverse("ideas:detail", args=[idea.challenge.slug, idea.reference])
    assert waiting_for(bo) == []
    assert "Uitgenodigd" not in browser.get(team_page(idea)).content.decode()
    assert "ja gezegd" in visit(bo).get(item.url).content.decode()


def test_no_is_one_press_too_and_the_team_page_tells_it(idea: Idea, owner: Any, bo: Any) -> None:
    invitation = factories.invited(owner, idea, bo)
    shown = visit(bo).post(invitation_page(invitation), {"decline": "1"}, follow=True).content.decode()
    assert ("nee gezegd" in shown, 'name="accept"' in shown) == (True, False)
    assert waiting_for(bo) == []
    assert "Heeft nee gezegd" in visit(owner).get(team_page(idea)).content.decode()


def test_the_team_takes_an_invitation_back_with_one_press(idea: Idea, owner: Any, bo: Any) -> None:
    invitation = factories.invited(owner, idea, bo)
    for _time in range(2):
        shown = visit(owner).post(team_page(idea), {"withdraw": invitation.pk}, follow=True).content.decode()
    assert (bo.email in shown, "Uitgenodigd" in shown) == (False, False)
    refused = visit(bo).post(invitation_page(invitation), {"accept": "1"})
    assert (refused.status_code, "Deze uitnodiging is er niet" in refused.content.decode()) == (404, True)
    assert idea.members.count() == 1


def test_an_invitation_of_another_answers_as_one_that_never_was(idea: Idea, owner: Any, bo: Any, manager: Any) -> None:
    invitation = factories.invited(owner, idea, bo)
    nowhere = reverse("ideas:invitation", args=[idea.challenge.slug, uuid.uuid4()])
    for person in (owner, manager, factories.person("juror")):
        browser = visit(person)
        answers = [browser.get(address) for address in (invitation_page(invitation), nowhere)]
        assert {answer.status_code for answer in answers} == {404}
        pages = [
            " ".join(answer.content.decode().replace(str(invitation.key), "").split()).partition("<main")[2]
            for answer in answers
        ]
        assert pages[0] == pages[1] != ""
        assert browser.post(invitation_page(invitation), {"accept": "1"}).status_code == 404
    assert TeamInvitation.objects.get(pk=invitation.pk).waits


def test_who_is_not_signed_in_signs_in_first_and_comes_back_to_the_invitation(idea: Idea, owner: Any, bo: Any) -> None:
    address = invitation_page(factories.invited(owner, idea, bo))
    answer = visit().get(address)
    assert (answer.status_code, address in answer.url) == (302, True)
    assert visit().post(address, {"accept": "1"}).status_code == 302
    assert idea.members.count() == 1


def test_opening_the_page_answers_nothing(idea: Idea, owner: Any, bo: Any) -> None:
    invitation = factories.invited(owner, idea, bo)
    visit(bo).get(invitation_page(invitation), {"accept": "1"})
    visit(bo).post(invitation_page(invitation), {})
    assert TeamInvitation.objects.get(pk=invitation.pk).waits


def test_the_title_is_the_one_the_inviter_told(idea: Idea, owner: Any, bo: Any) -> None:
    """Later titles are sealed like the rest."""
    invitation = factories.invited(owner, idea, bo)
    revise_idea(by=owner, idea=idea, base_number=1, values={"title": "Een nieuwe naam"})
    assert [item.title for item in waiting_for(bo)] == ["Sparen loont"]
    assert "Een nieuwe naam" not in visit(bo).get(invitation_page(invitation)).content.decode()


@pytest.mark.parametrize("role", ["juror", "manager", "coach"])
def test_who_judges_or_decides_is_warned_what_a_yes_costs(idea: Idea, owner: Any, role: str) -> None:
    person, member = factories.person(role), factories.person("team")
    warned = [
        "Als je ja zegt, stop je daarmee"
        in visit(who).get(invitation_page(factories.invited(owner, idea, who))).content.decode()
        for who in (person, member)
    ]
    assert warned == [True, False]


def test_only_the_team_reads_who_is_invited_and_only_its_owners_the_address(
    idea: Idea, owner: Any, manager: Any, coach: Any
) -> None:
    member = factories.person("team", name="Mia")
    factories.joins(owner, idea, member)
    invite_member(by=owner, idea=idea, email="zilvervos@voorbeeld.example", **BO | {"name": "Zilvervos"})
    factories.close_intake_early(manager, idea.challenge)
    shown = {}
    for person in (owner, member, manager, coach):
        pages = [visit(person).get(page) for page in (team_page(idea), team_page(idea).removesuffix("team/"))]
        assert {page.status_code for page in pages} == {200}
        text = "".join(page.content.decode() for page in pages)
        shown[person.pk] = ("Zilvervos" in text, "zilvervos@" in text, 'name="withdraw"' in text)
    assert shown == {
        owner.pk: (True, True, True),
        member.pk: (True, False, False),
        manager.pk: (False, False, False),
        coach.pk: (False, False, False),
    }


def test_names_and_titles_come_out_escaped(open_challenge: Any, bo: Any) -> None:
    nasty = "<script>alert(1)</script>"
    writer = factories.person("team", name=nasty)
    idea = factories.idea(writer, open_challenge, title=nasty)
    invitation = factories.invited(writer, idea, bo, name=nasty, organisation=nasty)
    pages = [
        *(visit(bo).get(address) for address in (reverse("home"), invitation_page(invitation))),
        *(visit(writer).get(address) for address in (team_page(idea), team_page(idea).removesuffix("team/"))),
    ]
    for page in pages:
        assert (page.status_code, nasty in page.content.decode()) == (200, False)
        assert "&lt;script&gt;alert(1)" in page.content.decode()


def test_a_name_without_an_address_is_noted_in_the_team_as_before(idea: Idea, owner: Any) -> None:
    assert add_member(by=owner, idea=idea, **BO).user is None
    assert (own_invitation(owner, idea.challenge, uuid.uuid4()), TeamInvitation.objects.count()) == (None, 0)
