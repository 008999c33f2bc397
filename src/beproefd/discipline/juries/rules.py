# SPDX-License-Identifier: EUPL-1.2
"""Who may do what in the jury room."""

from typing import Any

from rules import predicate

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas.rules import competes
from beproefd.ground.accounts.rules import is_manager

from .models import Round
from .ties import blocking_ties


@predicate
def can_run_jury(user: Any, challenge: Challenge) -> bool:
    """The programme, but nobody who is in a team of this challenge."""
    return is_manager(user) and not competes(user, challenge)


@predicate
def can_decide_round(user: Any, jury_round: Round) -> bool:
    """Who runs the jury and is bound to none of its ideas."""
    if not can_run_jury(user, jury_round.challenge):
        return False
    return not blocking_ties([jury_round.challenge], user=user)
