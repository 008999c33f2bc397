# SPDX-License-Identifier: EUPL-1.2
"""Who may do what with a challenge."""

from typing import Any

from rules import predicate

from beproefd.ground.accounts.rules import is_administrator, is_coach, is_manager

from .models import Challenge, Phase

can_manage_challenges = is_manager


@predicate
def can_see_challenge(viewer: Any, challenge: Challenge) -> bool:
    """Public from the moment intake opens; before that the people who prepare it."""
    return challenge.phase != Phase.PREPARING or (is_manager | is_coach | is_administrator)(viewer)
