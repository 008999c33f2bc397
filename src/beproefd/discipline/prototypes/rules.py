# SPDX-License-Identifier: EUPL-1.2
"""Who may change screens. Who may see them is for `can_look_in`; a tester has no account but the token of a session."""

from typing import Any

from rules import predicate

from beproefd.discipline.validation.rules import can_work_on

from .models import Prototype


@predicate
def can_change(user: Any, prototype: Prototype) -> bool:
    """The team and its coach, as long as no tester has seen it."""
    return bool(can_work_on(user, prototype.idea) and not prototype.is_locked)
