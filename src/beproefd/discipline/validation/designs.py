# SPDX-License-Identifier: EUPL-1.2
"""From the plain words on a test card to a design of the evidence engine, and what that design asks. No database.

The engine (and SciPy with it) is read in when something is asked of it, not when the product starts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .models import TestCard

if TYPE_CHECKING:
    from beproefd.engines.evidence import Design

ALPHA = {TestCard.Stakes.SMALL: 0.20, TestCard.Stakes.MIDDLE: 0.10, TestCard.Stakes.LARGE: 0.05}
"""How often a false assumption may pass, by how bad that is. Ten people a week cannot carry the .05 of a laboratory for
every question; the page says what was chosen in words ("1 of 10")."""
POWER = 0.8
EDGE = 0.03  # a share of 0 or 10 of 10 is read as 3% or 97%: nothing is always so


def design_of(card: TestCard) -> Design:
    """The design a card describes. One arm: more than `right_from` of 10. Two: `hope_for` against `right_from` of 10.

    Errors: DesignError (a ValueError) for what no test can be made of.
    """
    from beproefd.engines.evidence import OneArmBinary, TwoArmBinary  # noqa: PLC0415 -- slow import

    alpha = ALPHA[TestCard.Stakes(card.stakes)]
    low, high = (min(1 - EDGE, max(EDGE, tenths / 10)) for tenths in (card.right_from, card.hope_for))
    if card.has_two_arms:
        return TwoArmBinary(baseline=low, minimal_effect=high - low, alpha=alpha, power=POWER, two_sided=False)
    return OneArmBinary(threshold=low, alternative=high, alpha=alpha, power=POWER)


def locked_design(card: TestCard) -> Design:
    """The design as it was locked. Raises ValueError before that."""
    from beproefd.engines.evidence import design_from_json  # noqa: PLC0415 -- slow import

    return design_from_json(card.design)


@dataclass(frozen=True)
class Needed:
    """People a test asks, per arm: on average if we are right, on average if we are wrong, and never more than."""

    if_right: int
    if_wrong: int
    most: int
    arms: int
    wrong_in: int


def people_needed(design: Design) -> Needed:
    """What the plan of the engine says, rounded up to whole people. `wrong_in`: a false claim passes in 1 of so many."""
    from beproefd.engines.evidence.planning import plan  # noqa: PLC0415 -- slow import

    planned = plan(design)
    return Needed(
        _up(planned.expected_n_alternative),
        _up(planned.expected_n_null),
        _up(planned.max_n),
        arms_of(design),
        round(1 / design.alpha),
    )


def arms_of(design: Design) -> int:
    """How many ways are tried."""
    return 2 if design.kind == "two_arm_binary" else 1


def _up(number: float | None) -> int:
    return math.ceil(number or 0)
