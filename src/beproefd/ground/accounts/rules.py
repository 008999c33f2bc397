# SPDX-License-Identifier: EUPL-1.2
"""Who may, as predicates that read like sentences. An anonymous visitor holds no role."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from rules import predicate

from .models import Role


def _holds(role: Role) -> Any:
    return predicate(lambda user: role in getattr(user, "roles", ()), name=f"is_{role.value}")


is_manager = _holds(Role.MANAGER)
is_team_member = _holds(Role.TEAM)
is_juror = _holds(Role.JUROR)
is_coach = _holds(Role.COACH)
is_administrator = _holds(Role.ADMINISTRATOR)


def require(allowed: bool, sentence: str = "") -> None:
    """Refuse unless allowed. The sentence must not reveal anything about what the person may not see."""
    if not allowed:
        raise PermissionDenied(sentence or _("You may not do this. Nothing was changed."))
