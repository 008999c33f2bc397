# SPDX-License-Identifier: EUPL-1.2
"""What the engine answers: a ranking with its uncertainty and its stability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.ranking.record import Json, Record, frozen_floats, frozen_ints

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class WeightChange(Record):
    """The smallest change of the weights at which another idea enters the top.

    points: the largest change of a single weight, in percentage points; weights: (C,) the weights at that moment, as
    shares of 1; up and down: the criteria whose weight goes up and down; entering and leaving: the ideas that swap.
    """

    points: float
    weights: Floats
    up: tuple[str, ...]
    down: tuple[str, ...]
    entering: str
    leaving: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", frozen_floats(self.weights))
        object.__setattr__(self, "up", tuple(self.up))
        object.__setattr__(self, "down", tuple(self.down))


@dataclass(frozen=True, eq=False)
class Stability(Record):
    """Would the top be another one with one juror less, or with slightly other weights?

    top: names by the published mean, best first; by the model where there are comparisons and no scores. without_juror: (juror, entering, leaving) for each juror without whom
    the set of names in the top differs. weight_share: share of all weight vectors within 10 percentage points of the
    given ones (none negative, sum 100 %) that keep the same set; weight_method: "exact" (volume of the polytope cut out
    by half-spaces) or "points" (a fixed low-discrepancy set; used when ideas miss whole criteria or there are more than
    eight criteria; of 64 points where comparisons on a criterion decide). smallest_weight_change: None when no weights at
    all change the set, and not sought where comparisons decide. stable: no single juror and no
    weights within 10 points change the set, and there is a top.
    """

    top: tuple[str, ...]
    without_juror: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    weight_share: float
    weight_method: str
    smallest_weight_change: WeightChange | None
    stable: bool

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Self:
        """Build from what `to_dict` gave."""
        change = data["smallest_weight_change"]
        return cls(
            top=tuple(data["top"]),
            without_juror=tuple((juror, tuple(enter), tuple(leave)) for juror, enter, leave in data["without_juror"]),
            weight_share=data["weight_share"],
            weight_method=data["weight_method"],
            smallest_weight_change=None if change is None else WeightChange.from_dict(change),
            stable=data["stable"],
        )


@dataclass(frozen=True, eq=False)
class Ranking(Record):
    """The order of the ideas by the published mean, with the model's second opinion.

    ideas, jurors: I and J names. criteria: C keys. top_size: k.

    By the published rule. order: (I,) positions best first, exact ties by name, ideas without a score last and among
    themselves as the model has them; when there are comparisons and no scores at all, `basis` is "comparisons" and order,
    ties, top and stability are the model's. mean,
    median: (I,) weighted, NaN without scores. readings: (I,) jurors who gave at least one score. spread: (I, C) standard
    deviation over jurors, NaN below two. ties: names exactly tied across the border of the top. stability: see there.

    By the model. model_score: (I,) score points as if every juror heard had read the idea, NaN when the idea was neither
    scored nor compared. model_order: (I,). model_criteria: (I, C) idem per criterion. interval: (I, 2) 95 % interval of
    the model score. p_top: (I,) probability of being among the best k of the ideas that take part. p_right: probability
    that the model's first k are right: each at most `tolerance` score points worse than the true number k;
    p_published_right: idem for the published top. sure, tied, seats: with probability .95 the answer is right when the
    sure ideas win and the best of the tied ideas take the other seats; tied is empty when the top is clear. leniency:
    (J,) score points above the mean juror; noise: (J,) standard deviation of a juror's reading; scale: (J,) how strongly
    a juror's scores follow quality, 1 = as others do; NaN for jurors without scores.
    """

    ideas: tuple[str, ...]
    jurors: tuple[str, ...]
    criteria: tuple[str, ...]
    top_size: int
    order: Ints
    mean: Floats
    median: Floats
    readings: Ints
    spread: Floats
    ties: tuple[tuple[str, ...], ...]
    stability: Stability
    model_score: Floats
    model_order: Ints
    model_criteria: Floats
    interval: Floats
    p_top: Floats
    p_right: float
    p_published_right: float
    tolerance: float
    sure: tuple[str, ...]
    tied: tuple[str, ...]
    seats: int
    leniency: Floats
    noise: Floats
    scale: Floats
    engine_version: str

    def __post_init__(self) -> None:
        for name in ("mean", "median", "spread", "model_score", "model_criteria", "interval", "p_top"):
            object.__setattr__(self, name, frozen_floats(getattr(self, name)))
        for name in ("leniency", "noise", "scale"):
            object.__setattr__(self, name, frozen_floats(getattr(self, name)))
        for name in ("order", "readings", "model_order"):
            object.__setattr__(self, name, frozen_ints(getattr(self, name)))
        for name in ("ideas", "jurors", "criteria", "sure", "tied"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "ties", tuple(tuple(group) for group in self.ties))

    @property
    def basis(self) -> str:
        """What decides the order: "scores" (the published rule), "comparisons" (the model) or "nothing"."""
        if self.readings.any():
            return "scores"
        return "nothing" if np.isnan(self.model_score).all() else "comparisons"

    @property
    def top(self) -> tuple[str, ...]:
        """Names in the top by the published mean (see `basis`), best first."""
        return self.stability.top

    @property
    def model_top(self) -> tuple[str, ...]:
        """Names in the top by the model, best first."""
        return tuple(self.ideas[i] for i in self.model_order[: self.top_size] if not np.isnan(self.model_score[i]))

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Self:
        """Build from what `to_dict` gave."""
        shaped = dict(data)
        ideas, criteria = len(data["ideas"]), len(data["criteria"])
        for name, width in (("spread", criteria), ("model_criteria", criteria), ("interval", 2)):
            shaped[name] = np.array(data[name], dtype=np.float64).reshape(ideas, width)
        shaped["stability"] = Stability.from_dict(data["stability"])
        return cls(**shaped)
