# SPDX-License-Identifier: EUPL-1.2
"""What all evidence together says of an assumption, and which assumption to test next. Values in, values out.

Every piece of evidence multiplies the odds that the assumption is true by a factor that depends on how firm it is
(Good 1950, Probability and the Weighing of Evidence). The factors are a policy, not a measurement; they stand here and
on the page that explains them. What comes from the target group itself counts in full, what others say about them less.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BELIEFS = {1: 0.15, 2: 0.30, 3: 0.50, 4: 0.70, 5: 0.85}
"""Chance beforehand, by the team's answer. Never near 0 or 1: a team that is sure can still be shown wrong."""
FACTORS = {1: 1.5, 2: 2.5, 3: 4.0, 4: 10.0}
"""How much the odds change, by strength. A locked test says yes .8/.10 to .8/.05 times as often when it is true."""
WEIGHTS = {"target": 1.0, "partner": 0.7, "desk": 0.6}
"""How much of that counts, by source (a power of the factor)."""
SUPPORTED_FROM = 0.90
REFUTED_TO = 0.10
FIRM = 3  # from this strength on, evidence both ways is called mixed


@dataclass(frozen=True)
class Weighed:
    """One piece of evidence. `direction`: +1 supports, -1 contradicts, 0 unclear."""

    direction: int
    strength: int
    source: str


@dataclass(frozen=True)
class Standing:
    """Where an assumption stands: status, chance that it is true, how unsure that is (0 to 1), and what was counted."""

    status: str
    chance: float
    uncertainty: float
    supporting: int
    contradicting: int
    unclear: int
    from_target_group: int

    @property
    def pieces(self) -> int:
        """How many pieces of evidence there are."""
        return self.supporting + self.contradicting + self.unclear

    @property
    def leaning(self) -> str:
        """Which way the evidence points: "for", "against", "both", or "" without any that points somewhere."""
        if self.supporting and self.contradicting:
            return "both"
        return "for" if self.supporting else "against" if self.contradicting else ""


def weigh(belief: int, pieces: Iterable[Weighed]) -> Standing:
    """Weigh all pieces. Supported or refuted needs the chance and at least one piece that points that way."""
    pieces = list(pieces)
    prior = BELIEFS[belief]
    log_odds = math.log(prior / (1 - prior)) + sum(
        piece.direction * WEIGHTS[piece.source] * math.log(FACTORS[piece.strength]) for piece in pieces
    )
    chance = 1 / (1 + math.exp(-log_odds))
    both_ways = {piece.direction for piece in pieces if piece.strength >= FIRM} >= {1, -1}
    status = "open"
    if chance >= SUPPORTED_FROM and any(piece.direction > 0 for piece in pieces):
        status = "supported"
    elif chance <= REFUTED_TO and any(piece.direction < 0 for piece in pieces):
        status = "refuted"
    elif both_ways:
        status = "mixed"
    return Standing(
        status=status,
        chance=chance,
        uncertainty=4 * chance * (1 - chance),
        supporting=sum(piece.direction > 0 for piece in pieces),
        contradicting=sum(piece.direction < 0 for piece in pieces),
        unclear=sum(piece.direction == 0 for piece in pieces),
        from_target_group=sum(piece.source == "target" for piece in pieces),
    )


def worth(importance: int, uncertainty: float, days: int, euros: float = 0, day_in_euros: float = 500) -> float:
    """What testing next is worth: importance (1 to 5) x uncertainty (0 to 1) for what it costs, in days of work.

    Money is counted in the same unit: `day_in_euros` is what weighs as much as one day of work.
    """
    return importance * uncertainty / (max(days, 1) + euros / day_in_euros)


def riskiest_first(worths: Sequence[float]) -> list[int]:
    """Positions, the one most worth testing first; equal ones keep their order."""
    return sorted(range(len(worths)), key=lambda index: (-worths[index], index))
