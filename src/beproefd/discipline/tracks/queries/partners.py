# SPDX-License-Identifier: EUPL-1.2
"""Partners, and whether the idea is concrete enough to ask one (lesson 2)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation.models import CANVAS_FIELDS, Assumption, LearningCard
from beproefd.discipline.validation.queries import lines_of
from beproefd.discipline.validation.rules import can_look_in

from ..models import Partner
from .track import Check


def partners(viewer: Any, idea: Idea) -> list[Partner]:
    """The partners, the furthest first."""
    if not can_look_in(viewer, idea):
        return []
    far = {stage: place for place, stage in enumerate(("agreed", "asked", "talking", "view", "declined"))}
    found = Partner.objects.filter(idea=idea).select_related("asked_by")
    return sorted(found, key=lambda partner: (far[partner.stage], partner.number))


def concreteness(viewer: Any, idea: Idea, partner: Partner | None = None) -> list[Check]:
    """What must be there before a partner is asked; with a partner, what is written about that partner too."""
    if not can_look_in(viewer, idea):
        return []
    canvas = idea.canvasrevisions.order_by("-number").first()
    lines = lines_of(Assumption.objects.filter(idea=idea, retired_reason=""))
    desirable = [line for line in lines if line.assumption.kind == Assumption.Kind.DESIRABLE]
    checks = [
        Check(
            _("Every box of the canvas is filled in"),
            canvas is not None and all(getattr(canvas, name) for name in CANVAS_FIELDS),
            where="validation:canvas",
        ),
        Check(
            _("It was shown that people want it: a “desirable” assumption holds"),
            any(line.status == "supported" for line in desirable),
            where="validation:assumptions",
        ),
        *_proved_wrong([line.assumption for line in lines if line.is_critical and line.status == "refuted"]),
        Check(
            _("There is at least one learning card"),
            LearningCard.objects.filter(idea=idea).exists(),
            where="validation:learning",
        ),
    ]
    if partner is not None:
        checks += [
            Check(_("It says what you need from this partner"), bool(partner.need)),
            Check(_("It says what this partner gains"), bool(partner.gain)),
            Check(_("You have met this partner"), partner.trust > Partner.Trust.STRANGERS),
            Check(_("It is not too early for this partner"), partner.timing != Partner.Timing.EARLY),
        ]
    return checks


def _proved_wrong(wrong: Sequence[Assumption]) -> list[Check]:
    """A line for every assumption that the idea cannot do without and that does not hold: which one, and what now."""
    if not wrong:
        return [Check(_("No critical assumption turned out to be wrong"), True)]
    return [
        Check(
            _("%(reference)s: %(statement)s This matters a lot, and it turned out not to be true")
            % {"reference": item.reference, "statement": _as_sentence(item.statement)},
            False,
            where="validation:assumption",
            numbers=(item.number,),
            wrong=item,
        )
        for item in sorted(wrong, key=lambda item: item.number)
    ]


def _as_sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
