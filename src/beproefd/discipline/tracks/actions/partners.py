# SPDX-License-Identifier: EUPL-1.2
"""Partners: in view, talked to, and asked only when the idea is concrete enough (lesson 2)."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation.actions.doors import add, enter, refuse_stale, sent_before
from beproefd.ground.accounts.models import User
from beproefd.ground.audit.actions import change, change_values
from beproefd.ground.personal_data import flags

from ..models import NEXT_STAGES, Partner
from ..queries.partners import concreteness

PARTNER_FIELDS = ("organisation", "contact_role", "need", "gain", "trust", "timing")
Stage = Partner.Stage
REACHES_A_PERSON = re.compile(r"@|(?:\d[\s().-]*){8,}")  # an e-mail address or a telephone number


def add_partner(*, by: User, idea: Idea, values: Mapping[str, Any], request_key: uuid.UUID | None = None) -> Partner:
    """Put an organisation in view. The same key, the same partner."""
    with transaction.atomic():
        idea = enter(by, idea)
        existing = sent_before(Partner, idea, request_key)
        if existing:
            return existing
        _check(values)
        return add(Partner, by=by, action="add_partner", idea=idea, values=values, request_key=request_key)


def change_partner(*, by: User, partner: Partner, values: Mapping[str, Any], seen: str = "") -> Partner:
    """Write down what is known now."""
    with transaction.atomic():
        enter(by, partner.idea)
        partner = _locked(partner)
        if all(getattr(partner, name) == value for name, value in values.items()):
            return partner
        refuse_stale(partner, seen)
        _check(values)
        asked = partner.stage in {Stage.ASKED, Stage.AGREED}
        for name in ("need", "gain"):
            if asked and not values.get(name, getattr(partner, name)).strip():
                raise ValidationError({name: _("You asked this partner already, so this cannot be empty.")})
        change_values(by, "change_partner", partner, values)
    return partner


def move_partner(*, by: User, partner: Partner, stage: str) -> Partner:
    """To another stage. Asking is an action of its own (`ask_partner`)."""
    with transaction.atomic():
        enter(by, partner.idea)
        partner = _locked(partner)
        if partner.stage == stage:
            return partner
        if stage == Stage.ASKED:
            raise ValidationError(_("A formal request has its own button, because it needs a concrete idea."))
        _to_stage(partner, stage)
        with change(by, "move_partner", partner):
            partner.full_clean()
            partner.save()
    return partner


def ask_partner(*, by: User, partner: Partner) -> Partner:
    """Ask formally. Refused as long as the idea is not concrete: then the answer would come too early to be a yes."""
    with transaction.atomic():
        idea = enter(by, partner.idea)
        partner = _locked(partner)
        if partner.stage in {Stage.ASKED, Stage.AGREED}:
            return partner
        lacks = [check for check in concreteness(by, idea, partner) if not check.done]
        if lacks:
            missing = "; ".join(check.text for check in lacks)
            text = _("Not concrete enough yet. Still missing: %(what)s.") % {"what": missing}
            if any(check.wrong for check in lacks):
                text += " " + _("What turned out not to be true: test it again, let it go, or change the idea (pivot).")
            raise ValidationError(text)
        _to_stage(partner, Stage.ASKED)
        with change(by, "ask_partner", partner):
            partner.asked_at, partner.asked_by = timezone.now(), by
            partner.full_clean()
            partner.save()
    return partner


def carry_over_partners(by: User, parent: Idea, child: Idea) -> None:
    """After a pivot: who was in view stays so. Who was asked said yes or no to another idea, so that is a talk again."""
    back = {Stage.ASKED: Stage.TALKING, Stage.AGREED: Stage.TALKING}
    for old in Partner.objects.filter(idea=parent).order_by("number"):
        values = {name: getattr(old, name) for name in PARTNER_FIELDS}
        stage = back.get(Stage(old.stage), old.stage)
        add(Partner, by=by, action="carry_over_partner", idea=child, values={**values, "stage": stage})


def _to_stage(partner: Partner, stage: str) -> None:
    if stage not in NEXT_STAGES[partner.stage]:
        raise ValidationError(
            _("This is not possible for a partner that is “%(stage)s”.") % {"stage": partner.get_stage_display()}
        )
    partner.stage = stage


def _check(values: Mapping[str, Any]) -> None:
    for name in ("contact_role", "need", "gain"):
        if REACHES_A_PERSON.search(values.get(name, "")):
            raise ValidationError({name: _("Leave out e-mail addresses and telephone numbers. Write the role only.")})
    role = flags(values.get("contact_role", ""), known=[values.get("organisation", "")])
    named = next((flag.text for flag in role if flag.kind == "name"), "")
    if named:
        raise ValidationError(
            {"contact_role": _("“%(name)s” looks like a name. Write the role, in small letters.") % {"name": named}}
        )


def _locked(partner: Partner) -> Partner:
    return Partner.objects.select_for_update(of=("self",)).select_related("idea__challenge").get(pk=partner.pk)
