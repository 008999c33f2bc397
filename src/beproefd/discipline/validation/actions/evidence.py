# SPDX-License-Identifier: EUPL-1.2
"""The evidence log, and the team's own say about a status."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change, record_creation

from .. import areas
from ..designs import locked_design
from ..models import Assumption, Evidence, EvidenceLink, Override, Reading, TestCard
from ..rules import can_retract
from ..sentences import verdict_text
from .doors import add, enter, need, sent_before

Direction = EvidenceLink.Direction
FIRM_ALPHA = 0.10  # a claim that passes wrongly in more than 1 of 10 tests is measured, not tested


def log_evidence(
    *,
    by: User,
    idea: Idea,
    values: Mapping[str, Any],
    directions: Mapping[Assumption, str],
    request_key: uuid.UUID | None = None,
) -> Evidence:
    """Log something seen, heard or read, and what it says about which assumptions. The same key, the same entry."""
    with transaction.atomic():
        idea = enter(by, idea)
        existing = sent_before(Evidence, idea, request_key)
        if existing:
            return existing
        if not directions:
            raise ValidationError(_("Say of at least one assumption what this means for it."))
        if any(assumption.idea_id != idea.pk for assumption in directions):
            raise ValidationError({"directions": _("Choose assumptions of this idea.")})
        group = values.get("group")
        if group is not None and group.idea_id != idea.pk:
            raise ValidationError({"group": _("Choose a target group of this idea.")})
        if values.get("source") == Evidence.Source.DESK and not values.get("source_title"):
            raise ValidationError({"source_title": _("Say where it stands: title, author and year.")})
        if values.get("strength") == Evidence.Strength.TESTED:
            raise ValidationError(
                {"strength": _("Only a test that was locked beforehand counts as this; it comes in by itself.")}
            )
        if values.get("seen_on") and values["seen_on"] > timezone.localdate():
            raise ValidationError({"seen_on": _("This date has yet to come.")})
        published = {"is_demo": False} if values.get("source") == Evidence.Source.DESK else {}
        known = {"place": areas.spelled(values.get("place", ""))}
        evidence = add(
            Evidence,
            by=by,
            action="log_evidence",
            idea=idea,
            values={**values, **known, **published},
            request_key=request_key,
        )
        _link(by, evidence, directions)
    return evidence


def log_verdict(by: User, card: TestCard, reading: Reading) -> Evidence:
    """The outcome of a locked test, for every assumption the test was about, as firm as it is.

    "Not good enough" (FUTILE) is no outcome of the locked claim: it is what was measured, and it speaks against the hope.
    """
    counted = card.observations.filter(struck_at=None, after_verdict=False)
    groups = {*counted.order_by().values_list("group", flat=True)}
    values = {
        "text": _in_dutch(card, reading),
        "source": Evidence.Source.PARTNER if card.method == TestCard.Method.PARTNER else Evidence.Source.TARGET_GROUP,
        "strength": _strength(card, reading),
        "group_id": groups.pop() if len(groups) == 1 else None,
        "place": _one_place(counted.values_list("place", flat=True)),
        "people": counted.count(),
        "seen_on": timezone.localdate(),
        "card": card,
    }
    evidence = add(Evidence, by=by, action="log_verdict", idea=card.idea, values=values)
    yes = reading.verdict == "SUPPORTED"
    _link(
        by,
        evidence,
        {
            link.assumption: Direction.SUPPORTS if yes == link.speaks_for else Direction.CONTRADICTS
            for link in card.links.select_related("assumption")
        },
    )
    return evidence


def _strength(card: TestCard, reading: Reading) -> int:
    """A tested outcome, unless the error allowed was large, the groups were not drawn by lot, or rows were struck out."""
    soft = (
        reading.verdict == "FUTILE"
        or locked_design(card).side_alpha > FIRM_ALPHA
        or (card.has_two_arms and not card.by_lot)
        or card.observations.exclude(struck_at=None).exists()
    )
    return Evidence.Strength.MEASURED if soft else Evidence.Strength.TESTED


def _in_dutch(card: TestCard, reading: Reading) -> str:
    with override("nl"):  # what is logged reads the same for everyone
        return verdict_text(card, reading)


def retract_evidence(*, by: User, evidence: Evidence, reason: str) -> Evidence:
    """Take something out that was wrong: it no longer counts and stays visible as taken out."""
    with transaction.atomic():
        require(can_retract(by, evidence))
        evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
        if evidence.retracted_at:
            return evidence
        with change(by, "retract_evidence", evidence):
            evidence.retracted_at = timezone.now()
            evidence.retracted_reason = need(reason, _("Say why this is taken out."))
            evidence.full_clean()
            evidence.save()
    return evidence


def override_status(*, by: User, assumption: Assumption, status: str, reason: str) -> Override:
    """Set the computed status aside, with a reason. It replaces an earlier one."""
    with transaction.atomic():
        enter(by, assumption.idea)
        reason = need(reason, _("Say why you set the computed status aside."))
        standing = assumption.overrides.filter(lifted_at=None, status=status, reason=reason).first()
        if standing:
            return standing
        lift_override(by=by, assumption=assumption)
        own_say = Override(assumption=assumption, status=status, reason=reason, created_by=by)
        own_say.full_clean()
        own_say.save()
        record_creation(by, "override_status", own_say, status=status)
    return own_say


def lift_override(*, by: User, assumption: Assumption) -> None:
    """Let the computed status count again. Harmless when it does."""
    with transaction.atomic():
        enter(by, assumption.idea)
        for own_say in assumption.overrides.select_for_update().filter(lifted_at=None):
            with change(by, "lift_override", own_say):
                own_say.lifted_at = timezone.now()
                own_say.save(update_fields=["lifted_at"])


def _link(by: User, evidence: Evidence, directions: Mapping[Assumption, str]) -> None:
    links = [
        EvidenceLink(evidence=evidence, assumption=assumption, direction=way) for assumption, way in directions.items()
    ]
    for link in links:
        link.full_clean()
        link.save()
    record_creation(by, "link_evidence", *links)


def _one_place(places: Any) -> str:
    found = set(places)
    return found.pop() if len(found) == 1 else ""
