# SPDX-License-Identifier: EUPL-1.2
"""What a jury that is still reading should do: read on (who reads what), stop with a clear top, or settle a tie."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from beproefd.engines.ranking.allocation import (
    Limits,
    Question,
    best_question,
    best_reading,
    open_readings,
    still_needed,
)
from beproefd.engines.ranking.border import share_right
from beproefd.engines.ranking.chains import draw_scores
from beproefd.engines.ranking.comparisons import Answers, answers_of, believe
from beproefd.engines.ranking.inputs import Criteria, Judgements, check_fit
from beproefd.engines.ranking.model import Readings, Spreads, estimate, posterior, readings_of, readings_per_criterion
from beproefd.engines.ranking.record import Json, Record
from beproefd.engines.ranking.stopping import Standing, Target, stand, tied_group

CLEAR, TIED, READ_ON = "clear", "tied", "read_on"
TOLERANCE = 0.05
"""Two ideas whose quality differs by less than this share of the scale are equally good, unless said otherwise."""


@dataclass(frozen=True, eq=False)
class Advice(Record):
    """What to do now.

    verdict: "clear" (`sure` is the top with the confidence asked), "tied" (nothing is left to read, or reading on will
    not make it clear: `seats` of the top go to the `tied` ideas by debate or lot) or "read_on" (`juror` reads `idea`, or says
    whether `idea` or `against` is better).
    readings: given so far. sure and tied are filled in for every verdict, as it stands now. probability: that the best
    `top` ideas by the model, as it stands now, are right within `tolerance` score points; small when little was read.
    group_probability: that the sure ideas together with the best of the tied ones are: the confidence asked or more, and 1
    when all ideas are still tied.
    """

    verdict: str
    juror: str | None
    idea: str | None
    sure: tuple[str, ...]
    tied: tuple[str, ...]
    seats: int
    probability: float
    group_probability: float
    tolerance: float
    readings: int
    against: str | None = None

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
    comparing: Collection[str] = (),
) -> Advice:
    """Say what a jury should do next; the arguments are those of `next_judgement`.

    comparing: jurors who say which of two ideas is better instead of giving scores; the question asked is the one that
    helps most per reading, and a comparison is two readings. Raises ValueError for a name that is not in the jury.
    """
    unknown = set(comparing) - set(judgements.jurors)
    if unknown:
        raise ValueError(f"Juror {min(unknown)} is not in this jury.")
    desk = _Desk(judgements, criteria, allowed, limits, _target(criteria, top, tolerance, confidence))
    if desk.empty:
        return Advice(TIED, None, None, (), (), 0, 1.0, 1.0, desk.target.tolerance, 0)
    rng = rng or np.random.default_rng(0)
    standing = desk.standing(rng)
    verdict = desk.verdict(standing)
    pick = desk.question(comparing) if verdict == READ_ON else None
    if verdict == READ_ON and pick is None:
        verdict = TIED
    draws, _ = draw_scores(desk.readings, desk.spreads, rng)
    _, factors = believe(posterior(desk.readings, desk.spreads), desk.answers)
    if factors is not None:
        draws = factors.shift(draws[0], rng)[None]
    order = standing.border.order
    probability = float(share_right(draws, order[:, :top], min(top, order.shape[1]), desk.target.tolerance)[0])
    inside, sharing, group = tied_group(draws[0], order[0], desk.target)
    if verdict == CLEAR:
        # The claim rests on two sets of draws; a third must not make another answer of it.
        inside, sharing = standing.border.chosen[0], inside[:0]
        probability = group = float(standing.right[0])
    elif verdict == TIED and not sharing.size:
        # On the edge of the confidence asked: nothing is shared, so nothing is tied.
        verdict = CLEAR
    sure, tied = (tuple(judgements.ideas[i] for i in group) for group in (inside, sharing))
    return Advice(
        verdict=verdict,
        juror=None if pick is None else judgements.jurors[pick.juror],
        idea=None if pick is None else judgements.ideas[pick.idea],
        sure=sure,
        tied=tied,
        seats=min(top, len(judgements.ideas)) - len(sure),
        probability=probability,
        group_probability=group,
        tolerance=desk.target.tolerance,
        readings=int(desk.read.sum()),
        against=None if pick is None or pick.against is None else judgements.ideas[pick.against],
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
    so. Without `rng` the draws behind that check come from a fixed stream. Comparisons given count as readings of both ideas
    and in every probability.
    """
    desk = _Desk(judgements, criteria, allowed, limits, _target(criteria, top, tolerance, confidence))
    if desk.empty or desk.verdict(desk.standing(rng or np.random.default_rng(0))) != READ_ON:
        return None
    return desk.pick()


def _compared(judgements: Judgements) -> NDArray[np.bool_]:
    """Which juror compared which idea with another, (J, I): a reading too."""
    juror = {name: j for j, name in enumerate(judgements.jurors)}
    idea = {name: i for i, name in enumerate(judgements.ideas)}
    compared = np.zeros(judgements.read.shape, dtype=bool)
    for answer in judgements.comparisons:
        compared[juror[answer.juror], [idea[answer.better], idea[answer.worse]]] = True
    return compared


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
        self.judgements = judgements
        self.limits = limits
        self.read = read = judgements.read | _compared(judgements)
        may: NDArray[np.bool_] = np.ones(read.shape, bool) if allowed is None else np.asarray(allowed, dtype=bool)
        if may.shape != read.shape:
            raise ValueError("`allowed` must be an array of jurors by ideas.")
        self.target = target
        self.free = open_readings(read[None], may[None], limits)
        self.needed = still_needed(read[None], may[None], limits)
        self.left = (may & ~read)[None]
        self.empty = not judgements.ideas
        if not self.empty:
            self.readings: Readings = readings_of(judgements, criteria)
            self.spreads: Spreads = estimate(self.readings)
            self.answers: Answers | None = None
            if judgements.comparisons:
                spread = estimate(readings_per_criterion(judgements, criteria)).ideas
                everyone = np.arange(len(judgements.ideas))
                self.answers = answers_of(judgements, criteria, self.spreads.noise[0], spread, everyone)

    def standing(self, rng: np.random.Generator) -> Standing:
        """Where the jury stands."""
        covered = np.asarray(~self.needed.any(axis=1) | ~self.free.any(axis=(1, 2)))
        return stand(self.readings, self.spreads, self.left, covered, self.target, rng, self.answers)

    def verdict(self, standing: Standing) -> str:
        """Clear, tied, or read on."""
        if standing.clear[0]:
            return CLEAR
        if standing.hopeless[0] or not self.free.any():
            return TIED
        return READ_ON

    def question(self, comparing: Collection[str]) -> Question | None:
        """The most valuable question: a reading, or a comparison by one of those who compare."""
        if not comparing and self.answers is None:
            return Question(*self.pick(), None, 0.0)
        return best_question(
            self.readings, self.spreads, self.free[0], self.needed[0], self.target.top, self.target.tolerance,
            answers=self.answers, comparing=np.array([name in comparing for name in self.judgements.jurors], dtype=bool),
            loads=(self.read.sum(axis=1), self.limits),
        )  # fmt: skip

    def pick(self) -> tuple[int, int]:
        """The most valuable reading."""
        if self.answers is not None:
            found = self.question(())
            assert found is not None  # noqa: S101 -- only asked while a reading is free
            return found.juror, found.idea
        juror, idea = best_reading(
            self.readings, self.spreads, self.free, self.needed, self.target.top, self.target.tolerance
        )
        return int(juror[0]), int(idea[0])
