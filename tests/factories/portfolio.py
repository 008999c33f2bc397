# SPDX-License-Identifier: EUPL-1.2
"""Gates with their reviewers, and a library with something in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.portfolio import actions
from beproefd.discipline.portfolio.exchange import Entry, Figure, Library, write
from beproefd.discipline.portfolio.models import Decision, GateRequest, Publication, Review
from beproefd.discipline.validation import actions as work
from beproefd.discipline.validation.models import CANVAS_FIELDS, Assumption
from beproefd.ground.accounts.models import User

from .people import person
from .validation import Workshop, assumption, evidence

CANVAS = {name: f"Wat wij weten over {name}." for name in CANVAS_FIELDS}
WORDS = {"statement": "Mensen willen sparen", "learning": "Dat lukt pas met een vast inkomen.", "target_group": ""}


@dataclass
class Gate:
    """A request at a gate, with who reviews it."""

    shop: Workshop
    request: GateRequest
    reviewers: list[User]

    @property
    def manager(self) -> User:
        """Who runs the gate."""
        return self.shop.manager

    @property
    def idea(self) -> Idea:
        """The idea it is about."""
        return self.shop.idea

    def fresh(self) -> GateRequest:
        """The request as it stands."""
        return GateRequest.objects.get(pk=self.request.pk)


def describe(shop: Workshop) -> Assumption:
    """What level 1 asks: a full canvas and a critical assumption."""
    work.revise_canvas(by=shop.owner, idea=shop.idea, base_number=0, values=CANVAS)
    return assumption(shop)


def gate(shop: Workshop, *, reviewers: int = 1, declared: bool = True, budget_cents: int = 500_000) -> Gate:
    """A request for the next gate, with reviewers of other organisations."""
    request = actions.ask_review(
        by=shop.owner, idea=shop.idea, plan="Acht gesprekken in de buurt.", budget_cents=budget_cents
    )
    people = [person("juror", name=f"Beoordelaar {n}", organisation=f"Instituut {n}") for n in range(1, reviewers + 1)]
    for one in people:
        actions.name_reviewer(by=shop.manager, request=request, user=one)
        if declared:
            actions.declare(by=one, request=request, free=True)
    return Gate(shop, request, people)


def review(at: Gate, by: User, outcome: str = "go", **values: Any) -> Review:
    """A reviewer who judges; an exception gets its reason."""
    values = {"reasons": f"{by.name} vindt dit.", "exception_reason": "Het kan niet wachten."} | values
    return actions.write_review(by=by, request=at.request, outcome=outcome, **values)


def decide(at: Gate, outcome: str = "go", **values: Any) -> Decision:
    """The decision, after everyone reviewed."""
    for one in at.reviewers:
        if not Review.objects.filter(reviewer__request=at.request, reviewer__user=one).exists():
            review(at, one, outcome)
    values = {"reasons": "De jury is het eens.", "exception_reason": "Het kan niet wachten."} | values
    return actions.decide_gate(by=at.manager, request=at.request, outcome=outcome, **values)


def settle(shop: Workshop, about: Assumption, direction: str = "supports", *, pieces: int = 3, **values: Any) -> None:
    """Enough evidence to settle an assumption: it is supported, or refuted."""
    for number in range(pieces):
        evidence(shop, about, direction, strength=3, text=f"Stuk {number}.", **values)


def learn(
    shop: Workshop, about: Sequence[Assumption], *, learned: str = "Zo werkt het.", decision: str = "continue"
) -> Any:
    """A learning card about assumptions that have evidence."""
    rests_on = [link.evidence for one in about for link in one.evidence_links.select_related("evidence")]
    return work.write_learning(
        by=shop.owner,
        idea=shop.idea,
        values={
            "believed": "Wij dachten iets.",
            "observed": "Wij zagen iets.",
            "learned": learned,
            "therefore": "Wij gaan door.",
            "decision": decision,
        },
        assumptions=about,
        evidence=rests_on,
    )


def publish(shop: Workshop, about: Assumption, **words: str) -> Publication:
    """An entry on the public page."""
    confirmed: dict[str, str] = {}
    return actions.publish_entry(
        by=shop.manager, assumption=about, **({**WORDS, "statement": about.statement} | words), confirmed=confirmed
    )


def entry(number: int = 1, **values: Any) -> Entry:
    """An entry of another municipality."""
    values = {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "statement": f"Bewoners openen de brief van de gemeente nummer {number}",
        "kind": "desirable",
        "target_group": "Mensen met schulden",
        "outcome": "fails",
        "learning": "Een blauwe envelop blijft dicht.",
        "tested_on": "2026-01-15",
        "published_on": "2026-02-01",
        "figures": (Figure("people", 12, "2026-01-15", "Gemeente Elders, registratie van bewijs"),),
    } | values
    return Entry(**values)


def library_file(*entries: Entry, municipality: str = "Gemeente Elders", as_of: str = "") -> bytes:
    """The file of another municipality."""
    as_of = as_of or "2026-02-01T12:00:00.000000+00:00"
    return write(Library(municipality, as_of, entries or (entry(),))).encode()
