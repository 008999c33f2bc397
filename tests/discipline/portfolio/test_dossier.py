# SPDX-License-Identifier: EUPL-1.2
"""What a dossier says of the work, also of what the team would rather leave out."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from beproefd.discipline.ideas.for_rooms_above import pivot_idea
from beproefd.discipline.portfolio import actions
from beproefd.discipline.portfolio.levels import GATES
from beproefd.discipline.portfolio.queries.dossier import dossier_of, facts_of
from beproefd.discipline.validation import actions as work
from tests import factories
from tests.factories import portfolio

pytestmark = pytest.mark.django_db


def dossier(idea):
    return dossier_of(idea, GATES[0], plan="Een proef.", budget_cents=0, at=timezone.now())


def left_out(line):
    return line["dropped_tests"], line["struck"], line["deviations"]


def messy(shop, about):
    """A test dropped after a no, a planned test dropped unseen, and a test with a strike and a deviation."""
    seen = factories.card(shop, [about])
    factories.observe(shop, seen, [False])
    for card in (seen, factories.card(shop, [about])):
        work.drop_card(by=shop.owner, card=card, reason="Anders.")
    running = factories.card(shop, [about])
    factories.observe(shop, running, [True, False, True])
    no = running.observations.get(outcome=False)
    work.strike_observation(by=shop.owner, observation=no, reason="Verkeerde knop.")
    for what in ("Buiten in plaats van binnen.", "Met een tolk."):
        work.note_deviation(by=shop.owner, card=running, what=what, reason="Het kon niet anders.", results_seen="no")


# What counts


def test_the_own_say_of_a_team_without_evidence_raises_nothing(shop):
    about = portfolio.describe(shop)
    work.override_status(by=shop.owner, assumption=about, status="supported", reason="Dat weten wij zeker.")
    known = dossier(shop.idea)
    assert (known["facts"]["critical_supported"], known["open_critical"]) == (0, ["A1"])
    assert (known["assumptions"][0]["status"], known["assumptions"][0]["own_say"]) == (
        "supported", "Dat weten wij zeker.",
    )  # fmt: skip
    factories.evidence(shop, about, "contradicts", strength=1)
    assert facts_of(shop.idea).critical_supported == 0
    factories.evidence(shop, about, strength=1)
    assert facts_of(shop.idea).critical_supported == 1


def test_a_test_that_was_not_good_enough_is_not_passed_whichever_way_a_yes_speaks(shop):
    for speaks_for in (True, False):
        about = factories.assumption(shop)
        card = work.plan_card(
            by=shop.owner,
            idea=shop.idea,
            values={"question": "Kan het?", "method": "paper", "who": "Wij", "measure": "doet het",
                    "right_from": 5, "hope_for": 8, "stakes": "middle"},
            assumptions={about: speaks_for},
        )  # fmt: skip
        card = work.start_card(by=shop.owner, card=card)
        outcomes = [True, True, False] * 40
        while not card.readings.exclude(verdict="CONTINUE").exists():
            factories.observe(shop, card, [outcomes.pop()])
        assert card.readings.exclude(verdict="CONTINUE").get().verdict == "FUTILE"
        work.finish_card(by=shop.owner, card=card)
    assert facts_of(shop.idea).tests_passed == 0


def test_a_refuted_test_is_not_passed_even_if_it_supports_an_assumption(shop):
    about = factories.assumption(shop, "Mensen willen dit niet")
    card = work.plan_card(
        by=shop.owner,
        idea=shop.idea,
        values={"question": "Wil iemand het?", "method": "paper", "who": "Wij", "measure": "wil het",
                "right_from": 5, "hope_for": 8, "stakes": "middle"},
        assumptions={about: False},
    )  # fmt: skip
    factories.observe(shop, work.start_card(by=shop.owner, card=card), [False] * 9)
    work.finish_card(by=shop.owner, card=card)
    assert about.evidence_links.get().direction == "supports"
    assert facts_of(shop.idea).tests_passed == 0


# What is shown


def test_what_the_figures_leave_out_stands_with_the_assumption(shop):
    about = portfolio.describe(shop)
    clean = factories.assumption(shop, "Iets anders")
    messy(shop, about)
    shown = {line["reference"]: left_out(line) for line in dossier(shop.idea)["assumptions"]}
    assert shown == {about.reference: (1, 1, 2), clean.reference: (0, 0, 0)}


def test_a_pivot_does_not_wash_the_figures_clean(shop):
    messy(shop, portfolio.describe(shop))
    child = pivot_idea(by=shop.owner, idea=shop.idea, values={"title": "Nazorg"}, request_key=uuid.uuid4())
    work.inherit_assumptions(by=shop.owner, parent=shop.idea, child=child)
    assert [left_out(line) for line in dossier(child)["assumptions"]] == [(1, 1, 2)]


def test_a_critical_assumption_that_was_put_aside_stays_in_the_dossier_with_the_reason(shop):
    about = portfolio.describe(shop)
    small = factories.assumption(shop, "Een detail", importance=1)
    portfolio.settle(shop, about, "contradicts")
    for one in (about, small):
        work.retire_assumption(by=shop.owner, assumption=one, reason="Het doet er niet meer toe.")
    known = dossier(shop.idea)
    assert known["assumptions"] == []
    assert [(line["reference"], line["status"], line["reason"]) for line in known["retired_critical"]] == [
        (about.reference, "refuted", "Het doet er niet meer toe.")
    ]


def test_a_reviewer_reads_what_was_left_out(shop, client):
    aside = portfolio.describe(shop)
    work.retire_assumption(by=shop.owner, assumption=aside, reason="Het doet er niet meer toe.")
    messy(shop, factories.assumption(shop, "Iets anders"))
    at = portfolio.gate(shop)
    client.force_login(at.reviewers[0])
    address = reverse("portfolio:request", args=[shop.idea.challenge.slug, shop.idea.reference, at.request.number])
    page = " ".join(client.get(address).content.decode().split())
    assert "Het doet er niet meer toe." in page
    assert "1 test die halverwege stopte, 1 doorgestreepte waarneming, 2 keer ging het anders dan gepland" in page


def test_who_runs_the_gate_sees_whose_review_may_not_count(shop, gate, client):
    for one in gate.reviewers:
        portfolio.review(gate, one)
    near = gate.reviewers[0]
    shop.idea.members.create(name="Piet", organisation=near.organisation, kind="company")
    client.force_login(gate.manager)
    slug, reference, number = shop.idea.challenge.slug, shop.idea.reference, gate.request.number
    address = reverse("portfolio:decide", args=[slug, reference, number])
    said = {"outcome": "stop", "reasons": "Nee.", "sure": "on", "request_key": str(uuid.uuid4())}
    refused = client.post(address, said).content.decode()
    assert f"{near.name} heeft nu misschien een belang of band bij dit idee." in refused
    page = client.get(reverse("portfolio:request", args=[slug, reference, number])).content.decode()
    assert page.count("misschien een band, telt nog niet mee") == 1
    assert actions.gates.Tie.objects.get(user=near).status == "open"
