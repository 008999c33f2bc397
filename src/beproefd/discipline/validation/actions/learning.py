# SPDX-License-Identifier: EUPL-1.2
"""Learning cards and the canvas. What a pivot or a stop does to the track is decided in the room above (tracks)."""

import uuid
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.models import User

from ..models import CANVAS_FIELDS, Assumption, CanvasRevision, Evidence, EvidenceLink, LearningCard
from .doors import add, enter, sent_before


def write_learning(
    *,
    by: User,
    idea: Idea,
    values: Mapping[str, str],
    assumptions: Iterable[Assumption],
    evidence: Iterable[Evidence],
    request_key: uuid.UUID | None = None,
) -> LearningCard:
    """Write what was believed, seen and learned. A learning rests on evidence and is about an assumption."""
    assumptions, evidence = list(assumptions), list(evidence)
    with transaction.atomic():
        idea = enter(by, idea)
        existing = sent_before(LearningCard, idea, request_key)
        if existing:
            return existing
        if not assumptions or any(assumption.idea_id != idea.pk for assumption in assumptions):
            raise ValidationError({"assumptions": _("Choose at least one assumption of this idea.")})
        if not evidence or not set(_usable(idea)) >= {item.pk for item in evidence}:
            raise ValidationError(
                {"evidence": _("Choose at least one piece of evidence. Without it there is no learning.")}
            )
        if not EvidenceLink.objects.filter(evidence__in=evidence, assumption__in=assumptions).exists():
            raise ValidationError({"evidence": _("Choose evidence that is about one of these assumptions.")})
        return add(
            LearningCard,
            by=by,
            action="write_learning",
            idea=idea,
            values=values,
            many={"assumptions": assumptions, "evidence": evidence},
            request_key=request_key,
        )


def revise_canvas(
    *,
    by: User,
    idea: Idea,
    base_number: int,
    values: Mapping[str, str],
    cause: str = "",
    explanation: str = "",
    evidence: Iterable[Evidence] = (),
    request_key: uuid.UUID | None = None,
) -> CanvasRevision:
    """Save a new revision. `base_number` is the one the writer started from (0: none). The same content makes none.

    Errors: ValidationError when a colleague saved meanwhile, or when a change of content points to no evidence.
    """
    evidence = list(evidence)
    with transaction.atomic():
        idea = enter(by, idea)
        existing = sent_before(CanvasRevision, idea, request_key)
        if existing:
            return existing
        latest = idea.canvasrevisions.order_by("-number").first()
        texts = {name: values.get(name, getattr(latest, name, "")).strip() for name in CANVAS_FIELDS}
        if latest and all(getattr(latest, name) == text for name, text in texts.items()):
            return latest
        if base_number != (latest.number if latest else 0):
            raise ValidationError(_("Someone else saved a canvas while you were writing. Compare, then save again."))
        cause = cause if latest else CanvasRevision.Cause.FIRST
        if latest and cause not in {CanvasRevision.Cause.EVIDENCE, CanvasRevision.Cause.WORDING}:
            raise ValidationError({"cause": _("Say why the canvas changes.")})
        if latest and not explanation.strip():
            raise ValidationError({"explanation": _("Say in one sentence what changed.")})
        if cause == CanvasRevision.Cause.EVIDENCE and (
            not evidence or not set(_usable(idea)) >= {item.pk for item in evidence}
        ):
            raise ValidationError({"evidence": _("Choose the evidence that showed it.")})
        return add(
            CanvasRevision,
            by=by,
            action="revise_canvas",
            idea=idea,
            values={**texts, "cause": cause, "explanation": explanation.strip()},
            many={"evidence": evidence if cause == CanvasRevision.Cause.EVIDENCE else []},
            request_key=request_key,
        )


def inherit_canvas(*, by: User, parent: Idea, child: Idea) -> CanvasRevision | None:
    """After a pivot: the canvas goes on where it stood, with what the changed idea says. Again, nothing is added."""
    latest = parent.canvasrevisions.order_by("-number").first()
    if latest is None or child.canvasrevisions.exists():
        return child.canvasrevisions.order_by("-number").first()
    said = {name: getattr(child.current, name) for name in ("solution", "value")}
    values = {name: said.get(name) or getattr(latest, name) for name in CANVAS_FIELDS}
    return revise_canvas(by=by, idea=child, base_number=0, values={name: text[:1000] for name, text in values.items()})


def _usable(idea: Idea) -> Iterable[int]:
    """Evidence of the idea itself, and of its parents that counts for an inherited assumption."""
    own = Evidence.objects.filter(idea=idea, retracted_at=None).values_list("pk", flat=True)
    inherited = Evidence.objects.filter(links__assumption__idea=idea, retracted_at=None).values_list("pk", flat=True)
    return {*own, *inherited}
