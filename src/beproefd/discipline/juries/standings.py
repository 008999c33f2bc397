# SPDX-License-Identifier: EUPL-1.2
"""From scores to an order by the locked rules. Values in, values out; the engine does the arithmetic."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from beproefd.discipline.challenges.models import CriteriaSet
from beproefd.discipline.challenges.rulebook import Rulebook

from . import lots

if TYPE_CHECKING:
    from beproefd.engines.ranking import Ranking

Given = tuple[str, str, str, int]
"""One value a juror gave: juror, idea, criterion, and on a weighted criterion a score, on a knock-out 1 (yes) or 0 (no).

A plain tuple, because a large round has a hundred thousand of these.
"""


@dataclass(frozen=True)
class Line:
    """One idea in the standings. `place` counts from 1; 0 means out of the race (knocked out or without scores)."""

    idea: str
    place: int
    mean: float | None
    median: float | None
    readings: int
    interval: tuple[float, float] | None
    p_top: float | None
    spread: Mapping[str, float | None]
    criterion_means: Mapping[str, float | None]
    knocked_out_by: tuple[str, ...]
    tied_with: tuple[str, ...]
    wins: bool
    quorum_met: bool
    lot_decides: bool = False

    @property
    def lacks_criteria(self) -> bool:
        """Whether nobody scored it on some criterion, so that its mean rests on the others alone."""
        return self.mean is not None and None in self.criterion_means.values()

    @property
    def by_criterion(self) -> list[tuple[float | None, float | None]]:
        """Mean and spread per weighted criterion, in the locked order."""
        return [(mean, self.spread[key]) for key, mean in self.criterion_means.items()]


@dataclass(frozen=True)
class Standings:
    """The order by the published rule, and how firm it is."""

    lines: tuple[Line, ...]
    ranking: Ranking
    drawn: tuple[tuple[str, ...], ...] = ()
    undecided_ties: tuple[tuple[str, ...], ...] = ()
    winners: tuple[str, ...] = ()


def compute(
    rules: Rulebook, ideas: Sequence[str], jurors: Sequence[str], given: Iterable[Given], *, seed: str = ""
) -> Standings:
    """Apply the rulebook. Without a seed, a tie at the border stays undecided and nobody in it wins yet."""
    table = _Table.of(rules, ideas, jurors, given)
    order = _Order.of(table, seed)
    rest = [idea for idea in sorted(ideas) if idea not in order.place]
    rest.sort(key=lambda idea: bool(table.knocked_out[idea]))
    lines = tuple(_line(table, order, idea) for idea in [*order.place, *rest])
    return Standings(lines, table.ranking, order.drawn, order.undecided, order.winners)


@dataclass(frozen=True)
class _Table:
    """Who is knocked out, what the engine says of the rest, and per idea the number of readings and the mean of each
    weighted criterion."""

    rules: Rulebook
    column: dict[str, int]
    knocked_out: dict[str, tuple[str, ...]]
    ranking: Ranking
    ranked: dict[str, int]
    readings: NDArray[np.int64]
    means: NDArray[np.float64]

    @classmethod
    def of(cls, rules: Rulebook, ideas: Sequence[str], jurors: Sequence[str], given: Iterable[Given]) -> _Table:
        """Rank the ideas that are still in the race."""
        from beproefd.engines.ranking import Criteria, Judgements, rank  # noqa: PLC0415 -- slow import

        column = {idea: index for index, idea in enumerate(ideas)}
        values = _values(rules, column, jurors, given)
        weighted = len(rules.weighted)
        scores, votes = values[:, :, :weighted], values[:, :, weighted:]
        noes = 2 * (votes == 0).sum(axis=0) > (~np.isnan(votes)).sum(axis=0)
        knocked_out = {
            idea: tuple(criterion.key for criterion, no in zip(rules.knock_outs, row, strict=True) if no)
            for idea, row in zip(ideas, noes.tolist(), strict=True)
        }
        # Who is knocked out is ranked nowhere, so it cannot push another idea out of the top either.
        runners = [idea for idea in ideas if not knocked_out[idea]]
        criteria = Criteria(
            keys=tuple(criterion.key for criterion in rules.weighted),
            weights=np.array([criterion.weight for criterion in rules.weighted], dtype=float),
            scale=(rules.scale_min, rules.scale_max),
        )
        runners_scores = scores[:, [column[idea] for idea in runners], :]
        judgements = Judgements(jurors=tuple(jurors), ideas=tuple(runners), scores=runners_scores)
        observed = ~np.isnan(scores)
        counts = observed.sum(axis=0)
        means = np.divide(np.nansum(scores, axis=0), counts, out=np.full(counts.shape, np.nan), where=counts > 0)
        return cls(
            rules=rules,
            column=column,
            knocked_out=knocked_out,
            ranking=rank(judgements, criteria, top=rules.winners),
            ranked={idea: index for index, idea in enumerate(runners)},
            readings=observed.any(axis=2).sum(axis=0),
            means=means,
        )

    def strength(self, idea: str) -> tuple[float, ...]:
        """What decides the order: the weighted mean, then what the tie-break rule adds. Larger is better."""
        mean = round(float(self.ranking.mean[self.ranked[idea]]), 9)
        if self.rules.tie_break != CriteriaSet.TieBreak.HEAVIEST:
            return (mean,)
        layer = self.rules.weighted.index(self.rules.heaviest)
        value = float(self.means[self.column[idea], layer])
        return (mean, -np.inf if np.isnan(value) else round(value, 9))


def _values(
    rules: Rulebook, column: Mapping[str, int], jurors: Sequence[str], given: Iterable[Given]
) -> NDArray[np.float64]:
    """What was given as an array (jurors, ideas, criteria), NaN where nothing was; the weighted criteria come first."""
    row = {juror: index for index, juror in enumerate(jurors)}
    layer = {criterion.key: index for index, criterion in enumerate((*rules.weighted, *rules.knock_outs))}
    values = np.full((len(row), len(column), len(layer)), np.nan)
    places, numbers = [], []
    for juror, idea, criterion, value in given:
        if criterion in layer:
            places.append((row[juror] * len(column) + column[idea]) * len(layer) + layer[criterion])
            numbers.append(value)
    values.ravel()[places] = numbers
    return values


@dataclass(frozen=True)
class _Order:
    """Places from 1, in that order; groups with the same strength share a place until a lot is drawn."""

    place: dict[str, int]
    ties: dict[str, tuple[str, ...]]
    drawn: tuple[tuple[str, ...], ...]
    undecided: tuple[tuple[str, ...], ...]
    winners: tuple[str, ...]

    @classmethod
    def of(cls, table: _Table, seed: str) -> _Order:
        """Order by strength; draw lots with the seed, or leave ties open without one."""
        groups: dict[tuple[float, ...], list[str]] = defaultdict(list)
        for idea, index in table.ranked.items():
            if not np.isnan(table.ranking.mean[index]):
                groups[table.strength(idea)].append(idea)
        place: dict[str, int] = {}
        drawn, undecided, winners = [], [], []
        for strength in sorted(groups, reverse=True):
            before, group = len(place), sorted(groups[strength])
            if len(group) > 1 and seed:
                group = lots.draw(seed, group)
                drawn.append(tuple(group))
            elif len(group) > 1:
                undecided.append(tuple(group))
            decided = bool(seed) or before + len(group) <= table.rules.winners
            for offset, idea in enumerate(group):
                place[idea] = before + 1 + (offset if seed else 0)
                if decided and before + offset < table.rules.winners:
                    winners.append(idea)
        ties = {
            idea: tuple(other for other in sorted(group) if other != idea)
            for group in groups.values()
            for idea in group
        }
        return cls(place, ties, tuple(drawn), tuple(undecided), tuple(winners))


def _line(table: _Table, order: _Order, idea: str) -> Line:
    index = table.ranked.get(idea)
    ranking, column = table.ranking, table.column[idea]
    readings = int(table.readings[column])
    keys = [criterion.key for criterion in table.rules.weighted]
    spread = [None] * len(keys) if index is None else [_number(value) for value in ranking.spread[index]]
    return Line(
        idea=idea,
        place=order.place.get(idea, 0),
        mean=None if index is None else _number(ranking.mean[index]),
        median=None if index is None else _number(ranking.median[index]),
        readings=readings,
        interval=None if index is None else _pair(ranking.interval[index]),
        p_top=None if index is None else _number(ranking.p_top[index]),
        spread=dict(zip(keys, spread, strict=True)),
        criterion_means={key: _number(table.means[column, layer]) for layer, key in enumerate(keys)},
        knocked_out_by=table.knocked_out[idea],
        tied_with=order.ties.get(idea, ()),
        wins=idea in order.winners,
        quorum_met=readings >= table.rules.quorum,
        lot_decides=any(idea in group for group in order.undecided)
        and order.place[idea] <= table.rules.winners
        and idea not in order.winners,
    )


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _pair(values: NDArray[np.float64]) -> tuple[float, float] | None:
    low, high = float(values[0]), float(values[1])
    return None if math.isnan(low) or math.isnan(high) else (low, high)
