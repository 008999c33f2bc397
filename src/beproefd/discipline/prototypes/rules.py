# SPDX-License-Identifier: EUPL-1.2
"""Who may change screens and who may see them. A tester has no account: the token of a live session opens its screens."""

from typing import Any

from rules import predicate

from beproefd.discipline.validation.rules import can_look_in, can_work_on

from .models import Prototype


@predicate
def can_change(user: Any, prototype: Prototype) -> bool:
    """The team and its coach, as long as no tester has seen it."""
    return bool(can_work_on(user, prototype.idea) and not prototype.is_locked)


@predicate
def can_see(user: Any, prototype: Prototype) -> bool:
    """The team, its coach and the programme."""
    return bool(can_look_in(user, prototype.idea))
