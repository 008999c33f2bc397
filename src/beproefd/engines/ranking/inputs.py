# SPDX-License-Identifier: EUPL-1.2
"""What a jury gives: criteria with weights, scores, and comparisons of two ideas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.ranking.record import Json, Record, frozen_floats

HEAVIEST = 1e100
LIGHTEST = 1e-12
"""The second as a share of the heaviest weight."""
FARTHEST = 1e9
NARROWEST = 1e-6
"""Scales beyond these bounds, the second as a share of the largest number on the scale, leave no digits to reckon with."""


@dataclass(frozen=True, eq=False)
class Criteria(Record):
    """What ideas are judged on.

    keys: C names, each once. weights: (C,) positive, in any unit; used after division by their sum. scale: lowest and
    highest score a juror can give, the same for all criteria.
    """

    keys: tuple[str, ...]
    weights: NDArray[np.float64]
    scale: tuple[float, float]

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", tuple(self.keys))
        object.__setattr__(self, "weights", frozen_floats(self.weights))
        low, high = (float(bound) for bound in self.scale)
        object.__setattr__(self, "scale", (low, high))
        _check_names(self.keys, "criterion")
        if not self.keys:
            raise ValueError("There must be at least one criterion.")
        if self.weights.shape != (len(self.keys),):
            raise ValueError(f"{len(self.keys)} criteria need {len(self.keys)} weights.")
        if not (np.isfinite(self.weights).all() and (self.weights > 0).all()):
            raise ValueError("Every weight must be a positive number.")
        if self.weights.max() > HEAVIEST or self.weights.min() < LIGHTEST * self.weights.max():
            raise ValueError("The weights are too large, or differ too much, to be added up.")
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise ValueError("The scale must run from a lower to a higher number.")
        farthest = max(abs(low), abs(high))
        if farthest > FARTHEST or high - low < NARROWEST * max(farthest, 1.0):
            raise ValueError(
                f"The scale must lie within {FARTHEST:g} of zero and not be so narrow that scores look the same."
            )

    @property
    def shares(self) -> NDArray[np.float64]:
        """Weights divided by their sum, (C,)."""
        shares: NDArray[np.float64] = self.weights / self.weights.sum()
        return shares


@dataclass(frozen=True, eq=False)
class Comparison(Record):
    """One juror found one idea better than another, on one criterion, or over all (criterion None)."""

    juror: str
    better: str
    worse: str
    criterion: str | None = None

    def __post_init__(self) -> None:
        if self.better == self.worse:
            raise ValueError(f"Idea {self.better} cannot be compared with itself.")

    @property
    def question(self) -> tuple[str, frozenset[str], str | None]:
        """What was asked: the same juror answers it once."""
        return self.juror, frozenset((self.better, self.worse)), self.criterion


@dataclass(frozen=True, eq=False)
class Judgements(Record):
    """All scores of one jury round.

    jurors: J names; ideas: I names; scores: (J, I, C), NaN = missing by design (conflict of interest, abstention, not
    assigned); comparisons: pairwise answers, used by the model next to the scores, not by the published mean; as with
    scores, a juror says one thing about the same two ideas on the same criterion.
    """

    jurors: tuple[str, ...]
    ideas: tuple[str, ...]
    scores: NDArray[np.float64]
    comparisons: tuple[Comparison, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "jurors", tuple(self.jurors))
        object.__setattr__(self, "ideas", tuple(self.ideas))
        object.__setattr__(self, "scores", frozen_floats(self.scores))
        object.__setattr__(self, "comparisons", tuple(self.comparisons))
        _check_names(self.jurors, "juror")
        _check_names(self.ideas, "idea")
        if self.scores.ndim != 3 or self.scores.shape[:2] != (len(self.jurors), len(self.ideas)):
            raise ValueError("Scores must be an array of jurors by ideas by criteria.")
        if np.isinf(self.scores).any():
            raise ValueError("A score must be a finite number, or NaN where none was given.")
        jurors, ideas = set(self.jurors), set(self.ideas)
        for comparison in self.comparisons:
            if comparison.juror not in jurors or not {comparison.better, comparison.worse} <= ideas:
                raise ValueError("A comparison names a juror or an idea that is not in this round.")
        if len({comparison.question for comparison in self.comparisons}) < len(self.comparisons):
            raise ValueError("A juror compared the same two ideas on the same criterion twice.")

    @property
    def observed(self) -> NDArray[np.bool_]:
        """Which scores were given, (J, I, C)."""
        given: NDArray[np.bool_] = ~np.isnan(self.scores)
        return given

    @property
    def read(self) -> NDArray[np.bool_]:
        """Which juror gave at least one score to which idea, (J, I)."""
        return np.asarray(self.observed.any(axis=2), dtype=bool)

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Self:
        """Build from what `to_dict` gave."""
        jurors, ideas = tuple(data["jurors"]), tuple(data["ideas"])
        scores = np.array(data["scores"], dtype=np.float64)
        if scores.ndim != 3:
            scores = np.empty((len(jurors), len(ideas), 0))
        comparisons = tuple(Comparison.from_dict(item) for item in data.get("comparisons", ()))
        return cls(jurors=jurors, ideas=ideas, scores=scores, comparisons=comparisons)


def check_fit(judgements: Judgements, criteria: Criteria) -> None:
    """Raise ValueError when the scores do not belong to these criteria."""
    if judgements.scores.shape[2] != len(criteria.keys):
        raise ValueError(f"There are scores on {judgements.scores.shape[2]} criteria, expected {len(criteria.keys)}.")
    low, high = criteria.scale
    given = judgements.scores[judgements.observed]
    if given.size and (given.min() < low or given.max() > high):
        raise ValueError(f"A score lies outside the scale from {low:g} to {high:g}.")
    for comparison in judgements.comparisons:
        if comparison.criterion is not None and comparison.criterion not in criteria.keys:
            raise ValueError(f"A comparison is about an unknown criterion, {comparison.criterion}.")


def _check_names(names: tuple[str, ...], kind: str) -> None:
    if not all(isinstance(name, str) and name for name in names):
        raise ValueError(f"Every {kind} needs a name.")
    if any("\ud800" <= sign <= "\udfff" for name in names for sign in name):
        raise ValueError(f"The name of a {kind} holds half a character.")
    if len(set(names)) != len(names):
        raise ValueError(f"A {kind} is named twice.")
