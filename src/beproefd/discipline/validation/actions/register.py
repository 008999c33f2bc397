# SPDX-License-Identifier: EUPL-1.2
"""The assumption register."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.ideas.rules import is_in_team
from beproefd.ground.accounts.models import User
from beproefd.ground.audit.actions import change, change_values, record_creation

from ..models import Assumption, EvidenceLink, Override, TargetGroup
from .doors import add, enter, need, refuse_stale, sent_before

ASSUMPTION_FIELDS = ("statement", "kind", "importance", "belief", "effort_days", "alternative", "group", "owner")


def add_target_group(*, by: User, idea: Idea, name: str) -> TargetGroup:
    """Name a group the idea is for. The same name again gives the same group."""
    with transaction.atomic():
        idea = enter(by, idea)
        existing = TargetGroup.objects.filter(idea=idea, name__iexact=name.strip()).first()
        if existing:
            return existing
        group = TargetGroup(idea=idea, name=name.strip())
        group.full_clean()
        group.save()
        record_creation(by, "add_target_group", group)
    return group


def add_assumption(
    *, by: User, idea: Idea, values: Mapping[str, Any], request_key: uuid.UUID | None = None
) -> Assumption:
    """Write down what must be true. The same request key gives the same assumption."""
    with transaction.atomic():
        idea = enter(by, idea)
        existing = sent_before(Assumption, idea, request_key)
        if existing:
            return existing
        _check(idea, values)
        return add(Assumption, by=by, action="add_assumption", idea=idea, values=values, request_key=request_key)


def change_assumption(*, by: User, assumption: Assumption, values: Mapping[str, Any], seen: str = "") -> Assumption:
    """Change it. Once there is evidence, the sentence and the first belief stand: write a new assumption instead."""
    with transaction.atomic():
        idea = enter(by, assumption.idea)
        assumption = Assumption.objects.select_for_update(of=("self",)).get(pk=assumption.pk)
        if all(getattr(assumption, name) == value for name, value in values.items()):
            return assumption
        refuse_stale(assumption, seen)
        _check(idea, values)
        fixed = [
            name
            for name in ("statement", "belief")
            if values.get(name, getattr(assumption, name)) != getattr(assumption, name)
        ]
        if fixed and assumption.evidence_links.exists():
            raise ValidationError(
                {fixed[0]: _("There is evidence about this already, so this stays as it was. Write a new assumption.")}
            )
        change_values(by, "change_assumption", assumption, values)
    return assumption


def retire_assumption(*, by: User, assumption: Assumption, reason: str) -> Assumption:
    """Say that it no longer matters, and why. It stays readable."""
    with transaction.atomic():
        enter(by, assumption.idea)
        assumption = Assumption.objects.select_for_update(of=("self",)).get(pk=assumption.pk)
        if assumption.retired_reason:
            return assumption
        with change(by, "retire_assumption", assumption):
            assumption.retired_reason = need(reason, _("Say why this no longer matters."))
            assumption.full_clean()
            assumption.save()
    return assumption


def inherit_assumptions(*, by: User, parent: Idea, child: Idea) -> list[Assumption]:
    """After a pivot: the child takes over the groups, the assumptions that still count, and what is known about them.

    Evidence stays with the parent and counts for the child too: its links are repeated on the inherited assumption. So is
    what the team itself says of a status, or what was found wrong would be open again.
    """
    with transaction.atomic():
        child = enter(by, child)
        done = set(
            Assumption.objects.filter(idea=child, inherited_from__isnull=False).values_list("inherited_from", flat=True)
        )
        groups = {
            group.pk: add_target_group(by=by, idea=child, name=group.name)
            for group in TargetGroup.objects.filter(idea=parent)
        }
        heirs = []
        for assumption in Assumption.objects.filter(idea=parent, retired_reason="").prefetch_related("evidence_links"):
            if assumption.pk in done:
                continue
            values = {name: getattr(assumption, name) for name in ASSUMPTION_FIELDS}
            values |= {"group": groups.get(assumption.group_id or 0), "inherited_from": assumption}
            heir = add(Assumption, by=by, action="inherit_assumption", idea=child, values=values)
            links = [
                EvidenceLink.objects.create(evidence_id=link.evidence_id, assumption=heir, direction=link.direction)
                for link in assumption.evidence_links.all()
            ]
            record_creation(by, "link_evidence", *links)
            for said in assumption.overrides.filter(lifted_at=None):
                own_say = Override.objects.create(
                    assumption=heir, status=said.status, reason=said.reason, created_by=said.created_by
                )
                record_creation(by, "override_status", own_say, status=said.status)
            heirs.append(heir)
    return heirs


def _check(idea: Idea, values: Mapping[str, Any]) -> None:
    group, owner = values.get("group"), values.get("owner")
    if group is not None and group.idea_id != idea.pk:
        raise ValidationError({"group": _("Choose a target group of this idea.")})
    if owner is not None and not (is_in_team(owner, idea) or owner.pk == idea.coach_id):
        raise ValidationError({"owner": _("Choose someone of the team.")})
