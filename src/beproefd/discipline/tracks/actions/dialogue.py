# SPDX-License-Identifier: EUPL-1.2
"""Objections are welcome, answers rest on evidence, and a disagreement ends in one decision and a first action."""

import uuid
from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.ideas.rules import is_in_team
from beproefd.discipline.validation.actions.doors import add, enter, sent_before
from beproefd.discipline.validation.models import Evidence
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change, record_creation

from ..models import FIRST_ACTION_WITHIN, Objection, Reply, Resolution
from ..queries.dialogue import usable_evidence
from ..rules import can_look_in


def raise_objection(*, by: User, idea: Idea, kind: str, text: str, request_key: uuid.UUID | None = None) -> Objection:
    """Say what you have against it. Anyone who may look in may say it, as long as the idea is being worked out."""
    with transaction.atomic():
        idea = _enter(by, idea)
        existing = sent_before(Objection, idea, request_key)
        if existing:
            return existing
        values = {"kind": kind, "text": text.strip()}
        return add(Objection, by=by, action="raise_objection", idea=idea, values=values, request_key=request_key)


def reply_to(
    *,
    by: User,
    objection: Objection,
    text: str,
    evidence: Iterable[Evidence] = (),
    request_key: uuid.UUID | None = None,
) -> Reply:
    """Answer. Without evidence it is marked as an opinion."""
    evidence = list(evidence)
    with transaction.atomic():
        idea = _enter(by, objection.idea)
        existing = Reply.objects.filter(objection=objection, request_key=request_key).first() if request_key else None
        if existing:
            return existing
        if Resolution.objects.filter(objection=objection).exists():
            raise ValidationError(_("This was decided on. Raise a new objection when there is something new."))
        usable = {item.pk for item in usable_evidence(by, idea)}
        if not usable >= {item.pk for item in evidence}:
            raise ValidationError({"evidence": _("Choose evidence about this idea.")})
        reply = Reply(
            objection=objection,
            text=text.strip(),
            rests_on_evidence=bool(evidence),
            created_by=by,
            request_key=request_key or uuid.uuid4(),
        )
        reply.full_clean()
        reply.save()
        reply.evidence.set(evidence)
        record_creation(by, "reply_to_objection", reply, evidence=sorted(item.pk for item in evidence))
    return reply


def resolve(
    *,
    by: User,
    objection: Objection,
    decision: str,
    owner: User,
    first_action: str,
    due_on: date,
    without_evidence: bool = False,
) -> Resolution:
    """Close a disagreement: one joint decision, who does the first thing, and a date within seven days (lesson 1).

    It was answered first. With nothing but opinions, the team says that it knows so (`without_evidence`).
    """
    with transaction.atomic():
        idea = enter(by, objection.idea)
        values = {
            "decision": decision.strip(),
            "owner": owner,
            "first_action": first_action.strip(),
            "due_on": due_on,
        }
        existing = Resolution.objects.filter(objection=objection).first()
        if existing:
            if all(getattr(existing, name) == value for name, value in values.items()):
                return existing
            raise ValidationError(_("A colleague just wrote down a decision about this. There is one joint decision."))
        if not is_in_team(owner, idea):
            raise ValidationError({"owner": _("Choose someone of the team.")})
        replies = list(Reply.objects.filter(objection=objection))
        if not replies:
            raise ValidationError(_("Answer the objection first. Then decide together."))
        if not without_evidence and not any(reply.rests_on_evidence for reply in replies):
            raise ValidationError(
                {
                    "without_evidence": _(
                        "Nobody answered with evidence. Answer with what you saw, or say that you decide without evidence."
                    )
                }
            )
        today = timezone.localdate()
        if not today <= due_on <= today + FIRST_ACTION_WITHIN:
            raise ValidationError(
                {"due_on": _("Choose a day within the coming seven days. Small and soon works best.")}
            )
        resolution = Resolution(objection=objection, created_by=by, **values)
        resolution.full_clean()
        resolution.save()
        record_creation(by, "resolve_objection", resolution)
    return resolution


def tick_action(*, by: User, resolution: Resolution, done: bool = True) -> Resolution:
    """The first action is done, or not after all."""
    with transaction.atomic():
        enter(by, resolution.objection.idea)
        resolution = (
            Resolution.objects.select_for_update(of=("self",))
            .select_related("objection__idea", "owner")
            .get(pk=resolution.pk)
        )
        if (resolution.done_at is not None) == done:
            return resolution
        with change(by, "tick_action", resolution):
            resolution.done_at = timezone.now() if done else None
            resolution.save(update_fields=["done_at"])
    return resolution


def _enter(by: User, idea: Idea) -> Idea:
    idea = Idea.objects.select_for_update(of=("self",)).select_related("challenge").get(pk=idea.pk)
    require(can_look_in(by, idea))
    if not idea.is_followed_up:
        raise ValidationError(_("This idea is no longer being worked out. You can still read everything."))
    return idea
