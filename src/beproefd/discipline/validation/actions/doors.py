# SPDX-License-Identifier: EUPL-1.2
"""What every action here begins with: the idea locked, the person allowed, a number handed out."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import record_creation
from beproefd.ground.audit.chain import digest

from ..models.register import OfIdea
from ..rules import can_work_on, has_worked_on

Numbered = TypeVar("Numbered", bound=OfIdea)


def enter(by: User, idea: Idea) -> Idea:
    """The idea with its row locked: whoever works on the same idea at the same time waits here."""
    idea = _locked(idea)
    require_work(by, idea)
    return idea


def enter_again(by: User, idea: Idea) -> Idea:
    """As `enter`, also when the work has ended: for what was seen before that and comes in late."""
    idea = _locked(idea)
    require(has_worked_on(by, idea), _("Only the team and its coach may do this. Nothing was saved."))
    return idea


def _locked(idea: Idea) -> Idea:
    return Idea.objects.select_for_update(of=("self",)).select_related("challenge").get(pk=idea.pk)


def require_work(by: User, idea: Idea) -> None:
    """Refuse who does not work on it."""
    require(
        can_work_on(by, idea),
        _("Only the team and its coach may do this, while the idea is being worked out. Nothing was saved."),
    )


def sent_before(model: type[Numbered], idea: Idea, request_key: uuid.UUID | None) -> Numbered | None:
    """What an earlier sending of the same form made."""
    return model._default_manager.filter(idea=idea, request_key=request_key).first() if request_key else None  # noqa: SLF001 -- Django's documented meta API


def add(
    model: type[Numbered],
    *,
    by: User,
    action: str,
    idea: Idea,
    values: Mapping[str, Any],
    many: Mapping[str, Iterable[Any]] | None = None,
    request_key: uuid.UUID | None = None,
) -> Numbered:
    """Make the next numbered thing of an idea, tie it to other rows (`many`), and log it. Errors: ValidationError."""
    last = model._default_manager.filter(idea=idea).order_by("-number").values_list("number", flat=True).first()  # noqa: SLF001 -- idem
    made = model(
        idea=idea,
        number=(last or 0) + 1,
        created_by=by,
        request_key=request_key or uuid.uuid4(),
        **{"is_demo": by.is_demo, **values},
    )
    made.full_clean()
    made.save()
    for name, rows in (many or {}).items():
        getattr(made, name).set(rows)
    record_creation(by, action, made)
    return made


def refuse_stale(row: Any, seen: str) -> None:
    """Refuse a change on top of something else than the row as it stands. `seen`: its digest when the writer saw it."""
    if seen and seen != digest(row):
        raise ValidationError(_("Someone else changed this while you were writing. Compare, then save again."))


def need(reason: str, sentence: str, name: str = "reason") -> str:
    """A reason that says something."""
    if not reason.strip():
        raise ValidationError({name: sentence})
    return reason.strip()
