# SPDX-License-Identifier: EUPL-1.2
"""Learning cards and the canvas. What a pivot or a stop does to the track is decided in the room above (tracks)."""

import uuid
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.models import User

from ..models import CANVAS_FIELDS, Assumption, CanvasRevision, Evidence, EvidenceLink, LearningCard
from .doors import add, enter, sent_before

NOES = ("geen", "niet", "nooit", "niemand", "niets", "zonder", "no", "not", "never", "nobody", "nothing", "without")
SAME_THING = 0.6  # share of the words of a box that must stay for a change to be one of wording only


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

    Errors: ValidationError when a colleague saved meanwhile, or when a change of content points to no evidence. Filling
    in what was empty and other words for the same thing are no change of content.
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
        if cause == CanvasRevision.Cause.WORDING and any(
            not _says_the_same(getattr(latest, name), text) for name, text in texts.items()
        ):
            raise ValidationError(
                {"cause": _("This says something else than before. Choose the evidence that showed it.")}
            )
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
    """After a pivot: the canvas as it stood, then what the changed idea says, because of what the pivot rests on.

    Again, nothing is added.
    """
    with transaction.atomic():
        child = enter(by, child)
        latest = parent.canvasrevisions.order_by("-number").first()
        if latest is None or child.canvasrevisions.exists():
            return child.canvasrevisions.order_by("-number").first()
        stood = {name: getattr(latest, name) for name in CANVAS_FIELDS}
        with override("nl"):  # what is written down reads the same for everyone
            origin = _("Taken over from “%(title)s”, version %(number)s.") % {
                "title": parent.title,
                "number": latest.number,
            }
        first = {"cause": CanvasRevision.Cause.FIRST, "explanation": origin[:500]}
        made = add(CanvasRevision, by=by, action="inherit_canvas", idea=child, values=stood | first)
        said = {name: getattr(child.current, name).strip()[:1000] for name in ("solution", "value")}
        values = stood | {name: text for name, text in said.items() if text}
        turn = parent.learningcards.filter(decision=LearningCard.Decision.PIVOT).order_by("-number").first()
        if values == stood or turn is None:
            return made
        why = {"cause": CanvasRevision.Cause.EVIDENCE, "explanation": turn.learned[:500]}
        many = {"evidence": turn.evidence.all()}
        return add(CanvasRevision, by=by, action="revise_canvas", idea=child, values=values | why, many=many)


def _says_the_same(before: str, after: str) -> bool:
    """Whether a box was empty, or still holds most of its words and says no as often as it did."""
    old, new = before.casefold().split(), after.casefold().split()
    noes = [sum(words.count(no) for no in NOES) for words in (old, new)]
    return not old or (noes[0] == noes[1] and SequenceMatcher(None, old, new).ratio() >= SAME_THING)


def _usable(idea: Idea) -> Iterable[int]:
    """Evidence of the idea itself, and of its parents that counts for an inherited assumption."""
    own = Evidence.objects.filter(idea=idea, retracted_at=None).values_list("pk", flat=True)
    inherited = Evidence.objects.filter(links__assumption__idea=idea, retracted_at=None).values_list("pk", flat=True)
    return {*own, *inherited}
