# SPDX-License-Identifier: EUPL-1.2
"""What a track does to an idea. The room above checked who may; pages, commands and the API do not come here."""

import uuid
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.ground.accounts.models import User
from beproefd.ground.audit.actions import change, record_creation

from .actions import _add_version, _free_reference, _locked_row, _share_authorship, _take_back_all
from .models import VERSION_FIELDS, Idea, IdeaState


def end_follow_up(*, by: User, idea: Idea) -> Idea:
    """The team no longer works on it; what it wrote stays readable."""
    with transaction.atomic():
        idea = _locked_row(idea)
        if idea.is_followed_up:
            with change(by, "end_follow_up", idea):
                idea.follow_up_ended_at = timezone.now()
                idea.save(update_fields=["follow_up_ended_at"])
            _take_back_all(by, idea)
    return idea


def pivot_idea(*, by: User, idea: Idea, values: Mapping[str, str], request_key: uuid.UUID) -> Idea:
    """A changed idea that goes on where this one ends: same challenge, team and coach. The same key, the same idea.

    The room above ends the follow-up of the parent.
    """
    with transaction.atomic():
        idea = _locked_row(idea)
        existing = Idea.objects.filter(request_key=request_key, pivot_of=idea).first()
        if existing:
            return existing
        if not idea.is_followed_up:
            raise ValidationError(_("Only an idea that is being worked out can pivot."))
        if not values.get("title", "").strip():
            raise ValidationError({"title": _("Give the changed idea a name.")})
        child = Idea(
            challenge=idea.challenge,
            reference=_free_reference(idea.challenge),
            state=IdeaState.PIVOT,
            pivot_of=idea,
            coach=idea.coach,
            followed_up_at=timezone.now(),
            channel=idea.channel,
            channel_note=idea.channel_note,
            entered_by=idea.entered_by,
            request_key=request_key,
            is_demo=idea.is_demo,
        )
        child.full_clean()
        child.save()
        record_creation(by, "pivot_idea", child, parent=idea.reference)
        kept = {name: getattr(idea.current, name) for name in VERSION_FIELDS}
        _add_version(by=by, idea=child, number=1, values=kept | dict(values))
        _share_authorship(by=by, into=child, source=idea)
    return child
