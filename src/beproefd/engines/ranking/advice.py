# SPDX-License-Identifier: EUPL-1.2
"""What a jury that is still reading should do: read on (who reads what), stop with a clear top, or settle a tie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from beproefd.engines.ranking.allocation import Limits, best_reading, open_readings, still_needed
from beproefd.engines.ranking.chains import draw_scores
from beproefd.engines.ranking.inputs import Criteria, Judgements, check_fit
from beproefd.engines.ranking.model import Readings, Spreads, estimate, readings_of
from beproefd.engines.ranking.record import Json, Record
from beproefd.engines.ranking.stopping import Standing, Target, stand, tied_group

CLEAR, TIED, READ_ON = "clear", "tied", "read_on"
TOLERANCE = 0.05
"""Two ideas whose quality differs by less than this share of the scale are equally good, unless said otherwise."""


@dataclass(frozen=True, eq=False)
class Advice(Record):
    """What to do now.

    verdict: "clear" (`sure` is the top with the confidence asked), "tied" (nothing is left to read, or reading on will
    not make it clear: `seats` of the top go to the `tied` ideas by debate or lot) or "read_on" (`juror` reads `idea`).
    readings: given so far. sure and tied are filled in for every verdict, as it stands now; probability: that the sure
    ideas together with the best of the tied ones are right within `tolerance` score points.
    """

    verdict: str
    juror: str | None
    idea: str | None
    sure: tuple[str, ...]
    tied: tuple[str, ...]
    seats: int
    probability: float
    tolerance: float
    readings: int

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Self:
        """Build from what `to_dict` gave."""
        return cls(**{**data, "sure": tuple(data["sure"]), "tied": tuple(data["tied"])})


def default_tolerance(criteria: Criteria) -> float:
    """A twentieth of the scale, in score points."""
    low, high = criteria.scale
    return TOLERANCE * (high - low)


def advise(
    judgements: Judgements,
    criteria: Criteria,
    *,
    allowed: ArrayLike | None = None,
    limits: Limits | None = None,
    top: int = 3,
    tolerance: float | None = None,
    confidence: float = 0.95,
    rng: np.random.Generator | None = None,
) -> Advice:
    """Say what a jury should do next; the arguments are those of `next_judgement`."""
    desk = _Desk(judgements, criteria, allowed, limits, _target(criteria, top, tolerance, confidence))
    if desk.empty:
        return Advice(
            TIED, None, None, (), judgements.ideas, min(top, len(judgements.ideas)), 1.0, desk.target.tolerance, 0
        )
    rng = rng or np.random.default_rng(0)
    standing = desk.standing(rng)
    verdict = desk.verdict(standing)
    pick = desk.pick() if verdict == READ_ON else None
    draws, _ = draw_scores(desk.readings, desk.spreads, rng)
    inside, sharing, probability = tied_group(draws[0], standing.border.order[0], desk.target)
    if verdict == CLEAR:
        # The claim was checked twice; a third set of draws must not make another answer of it.
        inside, sharing = standing.border.chosen[0], inside[:0]
    elif verdict == TIED and not sharing.size:
        # On the edge of the confidence asked: nothing is shared, so nothing is tied.
        verdict = CLEAR
    sure, tied = (tuple(judgements.ideas[i] for i in group) for group in (inside, sharing))
    return Advice(
        verdict=verdict,
        juror=None if pick is None else judgements.jurors[pick[0]],
        idea=None if pick is None else judgements.ideas[pick[1]],
        sure=sure,
        tied=tied,
        seats=min(top, len(judgements.ideas)) - len(sure),
        probability=probability,
        tolerance=desk.target.tolerance,
        readings=int(judgements.read.sum()),
    )


def next_judgement(
    judgements: Judgements,
    criteria: Criteria,
    *,
    allowed: ArrayLike | None = None,
    limits: Limits | None = None,
    top: int = 3,
    tolerance: float | None = None,
    confidence: float = 0.95,
    rng: np.random.Generator | None = None,
) -> tuple[int, int] | None:
    """Positions of the juror and the idea to ask next; None when the jury may stop or nothing is left to ask.

    allowed: (J, I), False where a juror may not read an idea (conflict of interest, abstention); never proposed. limits:
    loads and the least number of readings per idea. The jury may stop when every idea has been read often enough and the
    best `top` are each at most `tolerance` score points (default: a twentieth of the scale) worse than the true number
    `top` with posterior probability `confidence`, or when reading everything that is left would probably not make it
    so. Without `rng` the draws behind that check come from a fixed stream.
    """
    desk = _Desk(judgements, criteria, allowed, limits, _target(criteria, top, tolerance, confidence))
    if desk.empty or desk.verdict(desk.standing(rng or np.random.default_rng(0))) != READ_ON:
        return None
    return desk.pick()


def _target(criteria: Criteria, top: int, tolerance: float | None, confidence: float) -> Target:
    return Target(top, default_tolerance(criteria) if tolerance is None else tolerance, confidence)


class _Desk:
    """The round as one jury with a leading axis of 1, worked out once."""

    def __init__(
        self,
        judgements: Judgements,
        criteria: Criteria,
        allowed: ArrayLike | None,
        limits: Limits | None,
        target: Target,
    ) -> None:
        check_fit(judgements, criteria)
        limits = limits or Limits()
        read = judgements.read
        may: NDArray[np.bool_] = np.ones(read.shape, bool) if allowed is None else np.asarray(allowed, dtype=bool)
        if may.shape != read.shape:
            raise ValueError("`allowed` must be an array of jurors by ideas.")
        self.target = target
        self.free = open_readings(read[None], may[None], limits)
        self.needed = still_needed(read[None], may[None], limits)
        self.left = (may & ~read)[None]
        self.empty = not read.size
        if not self.empty:
            self.readings: Readings = readings_of(judgements, criteria)
            self.spreads: Spreads = estimate(self.readings)

    def standing(self, rng: np.random.Generator) -> Standing:
        """Where the jury stands."""
        covered = np.asarray(~self.needed.any(axis=1) | ~self.free.any(axis=(1, 2)))
        return stand(self.readings, self.spreads, self.left, covered, self.target, rng)

    def verdict(self, standing: Standing) -> str:
        """Clear, tied, or read on."""
        if standing.clear[0]:
            return CLEAR
        if standing.hopeless[0] or not self.free.any():
            return TIED
        return READ_ON

    def pick(self) -> tuple[int, int]:
        """The most valuable reading."""
        juror, idea = best_reading(
            self.readings, self.spreads, self.free, self.needed, self.target.top, self.target.tolerance
        )
        return int(juror[0]), int(idea[0])
