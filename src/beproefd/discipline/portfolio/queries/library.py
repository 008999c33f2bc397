# SPDX-License-Identifier: EUPL-1.2
"""The learning library: every assumption that was tested or learned about, failures first among equals.

It is computed from the teams' own work (what a team says against its own evidence stays in its workshop), so what a
stopped or pivoted idea learned is in it by itself and nothing is copied. Who works on the challenges reads it all, except
what they are bound to; everyone else reads what is published.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from typing import Any

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.discipline.challenges.queries import visible_challenges
from beproefd.discipline.ideas.models import TeamMember
from beproefd.discipline.validation.models import Assumption, Evidence, LearningCard, TestCard
from beproefd.discipline.validation.queries import Line, lines_of
from beproefd.ground.accounts.models import User

from ..exchange import LONG, Entry, Figure, Library
from ..models import ImportedEntry, Publication
from ..rules import can_publish, reads_all_learning, tied_idea_ids

SPACE = uuid.UUID("8d4cbbd4-9a3a-4a0e-9b0c-6f4f6b1f2f7e")  # of the public ids; never change it
OUTCOME_OF = {"supported": "works", "refuted": "fails", "mixed": "mixed", "open": "unclear"}
ALIKE = 0.12  # as for ideas: below this, likeness says little
SIMILAR = 3


@dataclass(frozen=True)
class Shelved:
    """An entry of the library as this viewer sees it. `municipality` is set for what came from elsewhere."""

    entry: Entry
    municipality: str = ""
    line: Line | None = None
    publication: Publication | None = None
    is_changed: bool = False

    @property
    def text(self) -> str:
        """What is compared when searching."""
        return f"{self.entry.statement} {self.entry.learning} {self.entry.target_group}"

    @property
    def points_against(self) -> bool:
        """Not sure yet, and everything that is known speaks against it."""
        known = {figure.name: figure.value for figure in self.entry.figures}
        against, others = known.get("evidence_against", 0), known.get("evidence_for", 0)
        return self.entry.outcome == "unclear" and against > 0 and others == 0

    @property
    def is_failure(self) -> bool:
        """A failure is knowledge too, and shown as such."""
        return self.entry.outcome == "fails"


@dataclass(frozen=True)
class Asked:
    """A search: words and filters."""

    words: str = ""
    kind: str = ""
    group: str = ""
    outcome: str = ""


def public_id(assumption: Assumption) -> uuid.UUID:
    """The same for ever, and not the key of anything else."""
    return uuid.uuid5(SPACE, str(assumption.request_key))


# The own learning


def own_learning(viewer: Any) -> list[Shelved]:
    """Every tested assumption whose learning this viewer may read, with its publication."""
    if not reads_all_learning(viewer):
        return []
    found = tested().filter(idea__challenge__in=visible_challenges(viewer)).exclude(idea__in=_closed(viewer))
    return _shelved(found)


def tested() -> Any:
    """Assumptions of ideas that are or were worked out, with evidence, a finished test or a learning. For this room."""
    seen = Q(evidence_links__evidence__retracted_at=None) & Q(evidence_links__isnull=False)
    done = Q(cards__state=TestCard.State.DONE)
    learned = Q(learning_cards__isnull=False)
    pks = Assumption.objects.filter(seen | done | learned, idea__followed_up_at__isnull=False).values("pk")
    return Assumption.objects.filter(pk__in=pks)


def entry_of_assumption(assumption: Assumption) -> Entry | None:
    """The entry this assumption makes now; None when nothing is tested. For the actions."""
    found = _shelved(tested().filter(pk=assumption.pk))
    return found[0].entry if found else None


def names_around(assumption: Assumption) -> dict[str, list[str]]:
    """What the personal-data check knows: names of no person (`known`), and of everyone with an account or in the team.

    A first name alone is looked for only of who works on this idea: elsewhere it is too often a word.
    """
    idea = assumption.idea
    team = list(TeamMember.objects.filter(idea=idea).select_related("user"))
    near = [member.name for member in team if member.user] + ([idea.coach.name] if idea.coach else [])
    names = [*near, *(member.name for member in team), *User.objects.values_list("name", flat=True)]
    whole = [name.partition("(")[0].strip() for name in names]
    homes = [member.organisation for member in team] + ([idea.coach.organisation] if idea.coach else [])
    areas = idea.challenge.canvas.area_names if idea.challenge.canvas else []
    return {
        "known": [settings.ORGANISATION, idea.title, idea.challenge.title, *homes, *areas],
        "people": [*(name.split()[0] for name in near if name.split()), *(name for name in whole if " " in name)],
    }


def _closed(viewer: Any) -> set[int]:
    """Ideas this viewer is tied to; the own team's ideas stay open."""
    tied = set(tied_idea_ids(viewer))
    return tied - set(TeamMember.objects.filter(user=viewer).values_list("idea_id", flat=True)) if tied else tied


def _shelved(assumptions: Any) -> list[Shelved]:
    learned: defaultdict[int, list[str]] = defaultdict(list)
    links = LearningCard.assumptions.through.objects.filter(assumption__in=assumptions.values("pk"))
    for pk, text in links.order_by("-learningcard__number").values_list("assumption_id", "learningcard__learned"):
        learned[pk].append(text)
    lines = [line for line in lines_of(assumptions) if line.assumption.pk in learned or _is_tested(line)]
    pks = [line.assumption.pk for line in lines]
    live = {row.assumption_id: row for row in Publication.objects.filter(assumption__in=pks, unpublished_at=None)}
    found = []
    for line in lines:
        publication = live.get(line.assumption.pk)
        entry = _entry(line, learned[line.assumption.pk])
        changed = publication is not None and publication.outcome != entry.outcome
        found.append(Shelved(entry, line=line, publication=publication, is_changed=changed))
    return sorted(found, key=lambda item: (item.entry.tested_on, item.entry.id), reverse=True)


def _is_tested(line: Line) -> bool:
    """Settled by its evidence, or with a finished test. What only came along with a pivot stands with the parent."""
    assumption = line.assumption
    finished = any(card.state == TestCard.State.DONE for card in line.cards)
    own = (
        assumption.inherited_from_id is None
        or finished
        or any(link.evidence.idea_id == assumption.idea_id for link in assumption.evidence_links.all())
    )
    return own and (line.standing.status in {"supported", "refuted"} or finished)


def _entry(line: Line, learned: Sequence[str]) -> Entry:
    pieces = [link.evidence for link in line.assumption.evidence_links.all()]
    finished = [card for card in line.cards if card.state == TestCard.State.DONE]
    days = [piece.seen_on for piece in pieces] + [_day(card.ended_at) for card in finished if card.ended_at]
    tested_on = max(days, default=_day(line.assumption.created_at))
    with override("nl"):  # what is published reads the same for everyone
        source = _("%(municipality)s, evidence log") % {"municipality": settings.ORGANISATION}
    from_group = [piece for piece in pieces if piece.source == Evidence.Source.TARGET_GROUP]
    counted = {
        "evidence_for": line.standing.supporting,
        "evidence_against": line.standing.contradicting,
        "evidence_unclear": line.standing.unclear,
        "evidence_from_target_group": len(from_group),
        "people": sum(piece.people for piece in from_group),
        "tests_done": len(finished),
    }
    return Entry(
        id=str(public_id(line.assumption)),
        statement=line.assumption.statement,
        kind=line.assumption.kind,
        target_group=line.assumption.group.name if line.assumption.group else "",
        outcome=OUTCOME_OF[line.standing.status],
        learning="\n\n".join(learned)[:LONG].strip(),
        tested_on=tested_on.isoformat(),
        published_on=timezone.localdate().isoformat(),
        figures=tuple(Figure(name, value, tested_on.isoformat(), source) for name, value in counted.items()),
    )


def _day(moment: Any) -> date:
    return timezone.localdate(moment)


# What is public, and what came from elsewhere


def published() -> list[Shelved]:
    """The public entries in their approved words, newest first. For everyone, signed in or not."""
    rows = Publication.objects.filter(unpublished_at=None).order_by("-published_at", "-pk")
    return [Shelved(row.entry, publication=row) for row in rows]


def from_elsewhere(viewer: Any) -> list[Shelved]:
    """Entries of other municipalities, for who works here; they are not ours to publish."""
    if not viewer.is_authenticated:
        return []
    rows = ImportedEntry.objects.filter(gone_at=None).select_related("library").order_by("library", "public_id")
    return [Shelved(row.entry, municipality=row.library.municipality) for row in rows]


def readable(viewer: Any) -> list[Shelved]:
    """Everything of our own this viewer may read: the own learning where they may, else what is published."""
    own = own_learning(viewer)
    known = {item.entry.id for item in own}
    return own + [item for item in published() if item.entry.id not in known]


def one_entry(viewer: Any, entry_id: uuid.UUID) -> Shelved | None:
    """One entry by its id."""
    everything = (*readable(viewer), *from_elsewhere(viewer))
    return next((item for item in everything if item.entry.id == str(entry_id)), None)


def publishable(viewer: Any, entry_id: uuid.UUID) -> Shelved | None:
    """An entry of our own, for who may publish it."""
    if not can_publish(viewer):
        return None
    return next((item for item in own_learning(viewer) if item.entry.id == str(entry_id)), None)


def export() -> Library:
    """What everyone may take along: the published entries, and the last moment something changed."""
    rows = Publication.objects.aggregate(on=Max("published_at"), off=Max("unpublished_at"))
    moments = [moment for moment in rows.values() if moment]
    as_of = max(moments).astimezone(UTC) if moments else None
    return Library(
        municipality=settings.ORGANISATION,
        as_of=as_of.isoformat(timespec="microseconds") if as_of else "",
        entries=tuple(item.entry for item in published()),
    )


# Searching


def search(items: Iterable[Shelved], asked: Asked) -> list[Shelved]:
    """Those that fit the filters, most alike first when there are words."""
    wanted = asked.group.casefold().strip()
    fit = [
        item
        for item in items
        if asked.kind in {"", item.entry.kind}
        and asked.outcome in {"", item.entry.outcome}
        and wanted in {"", item.entry.target_group.casefold().strip()}
    ]
    return _most_alike(fit, asked.words) if asked.words.strip() else fit


def groups_of(items: Iterable[Shelved]) -> list[str]:
    """The target groups to filter on."""
    shown: dict[str, str] = {}
    for item in items:
        if item.entry.target_group:
            shown.setdefault(item.entry.target_group.casefold().strip(), item.entry.target_group)
    return sorted(shown.values(), key=str.casefold)


def counts(items: Iterable[Shelved]) -> Counter[str]:
    """How many entries per outcome."""
    return Counter(item.entry.outcome for item in items)


def similar(viewer: Any, text: str) -> list[Shelved]:
    """At most three entries that look like what someone types; from elsewhere too."""
    everything = [*readable(viewer), *from_elsewhere(viewer)]
    return _most_alike(everything, text)[:SIMILAR] if text.strip() else []


def _most_alike(items: Sequence[Shelved], words: str) -> list[Shelved]:
    from beproefd.discipline.ideas.similarity import likeness  # noqa: PLC0415 -- slow import (scikit-learn)

    values = likeness(words, [item.text for item in items])
    plain = words.casefold().strip()
    ranked = [
        (value + (plain in item.text.casefold()), item)
        for value, item in zip(values, items, strict=True)
        if value >= ALIKE or plain in item.text.casefold()
    ]
    return [item for _value, item in sorted(ranked, key=lambda pair: -pair[0])]


def worded(entry: Entry, *, statement: str, learning: str, target_group: str) -> Entry:
    """The entry in public words."""
    return replace(entry, statement=statement.strip(), learning=learning.strip(), target_group=target_group.strip())
