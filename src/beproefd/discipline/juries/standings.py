# SPDX-License-Identifier: EUPL-1.2
"""From scores to an order by the locked rules. Values in, values out; the engine does the arithmetic."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from beproefd.discipline.challenges.models import CriteriaSet
from beproefd.discipline.challenges.rulebook import Rulebook
from beproefd.engines.ranking import Criteria, Judgements, Ranking, rank

from . import lots


@dataclass(frozen=True)
class Given:
    """One value a juror gave: on a weighted criterion a score, on a knock-out 1 (yes) or 0 (no)."""

    juror: str
    idea: str
    criterion: str
    value: int


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
    winners: tuple[str, ...] = field(default=())


def compute(
    rules: Rulebook, ideas: Sequence[str], jurors: Sequence[str], given: Iterable[Given], *, seed: str = ""
) -> Standings:
    """Apply the rulebook. Without a seed, a tie at the border stays undecided and nobody in it wins yet."""
    weighted, values = rules.weighted, list(given)
    tensor = np.full((len(jurors), len(ideas), len(weighted)), np.nan)
    row = {juror: index for index, juror in enumerate(jurors)}
    column = {idea: index for index, idea in enumerate(ideas)}
    layer = {criterion.key: index for index, criterion in enumerate(weighted)}
    votes: dict[tuple[str, str], list[int]] = defaultdict(list)
    knock_outs = {criterion.key for criterion in rules.knock_outs}
    for item in values:
        if item.criterion in layer:
            tensor[row[item.juror], column[item.idea], layer[item.criterion]] = item.value
        elif item.criterion in knock_outs:
            votes[item.idea, item.criterion].append(item.value)
    out = {
        idea: tuple(key for key in sorted(knock_outs) if sum(v == 0 for v in votes[idea, key]) * 2 > len(votes[idea, key]))
        for idea in ideas
    }
    runners = [idea for idea in ideas if not out[idea]]
    criteria = Criteria(
        keys=tuple(criterion.key for criterion in weighted),
        weights=np.array([criterion.weight for criterion in weighted], dtype=float),
        scale=(rules.scale_min, rules.scale_max),
    )
    # Knocked-out ideas are ranked nowhere, so they may not push another idea out of the top either.
    keep = [column[idea] for idea in runners]
    ranking = rank(
        Judgements(jurors=tuple(jurors), ideas=tuple(runners), scores=tensor[:, keep, :]), criteria, top=rules.winners
    )
    with np.errstate(all="ignore"):
        counts = (~np.isnan(tensor)).sum(axis=0)
        sums = np.nansum(tensor, axis=0)
        means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return _lines(rules, ideas, runners, column, ranking, means, tensor, out, seed)


def _lines(rules, ideas, runners, column, ranking, means, tensor, out, seed) -> Standings:  # noqa: ANN001
    position = {idea: index for index, idea in enumerate(runners)}
    mean = {idea: round(float(ranking.mean[position[idea]]), 9) for idea in runners}
    scored = [idea for idea in runners if not np.isnan(mean[idea])]
    heaviest = [criterion.key for criterion in rules.weighted].index(rules.heaviest.key)

    def strength(idea: str) -> tuple[float, ...]:
        if rules.tie_break == CriteriaSet.TieBreak.HEAVIEST:
            value = round(float(means[column[idea], heaviest]), 9)
            return (mean[idea], value if not np.isnan(value) else -np.inf)
        return (mean[idea],)

    groups: dict[tuple[float, ...], list[str]] = defaultdict(list)
    for idea in scored:
        groups[strength(idea)].append(idea)
    order: list[str] = []
    place: dict[str, int] = {}
    drawn, undecided = [], []
    winners: list[str] = []
    for value in sorted(groups, reverse=True):
        group = sorted(groups[value])
        crosses = len(order) < rules.winners < len(order) + len(group)
        if len(group) > 1 and seed:
            group = lots.draw(seed, group)
            drawn.append(tuple(group))
        elif len(group) > 1:
            undecided.append(tuple(group))
        for offset, idea in enumerate(group):
            place[idea] = len(order) + 1 + (offset if seed else 0)
            if len(order) + (offset if seed or not crosses else rules.winners) < rules.winners:
                winners.append(idea)
        order += group
    tied = {idea: tuple(sorted(set(group) - {idea})) for group in groups.values() for idea in group}
    rest = sorted(idea for idea in runners if idea not in place) + sorted(idea for idea in ideas if out[idea])
    lines = []
    for idea in [*order, *rest]:
        scores = tensor[:, column[idea], :]
        index = position.get(idea)
        readings = int((~np.isnan(scores)).any(axis=1).sum())
        lines.append(
            Line(
                idea=idea,
                place=place.get(idea, 0),
                mean=_number(ranking.mean[index]) if index is not None else None,
                median=_number(ranking.median[index]) if index is not None else None,
                readings=readings,
                interval=_pair(ranking.interval[index]) if index is not None else None,
                p_top=_number(ranking.p_top[index]) if index is not None else None,
                spread={
                    criterion.key: _number(ranking.spread[index, layer]) if index is not None else None
                    for layer, criterion in enumerate(rules.weighted)
                },
                criterion_means={
                    criterion.key: _number(means[column[idea], layer]) for layer, criterion in enumerate(rules.weighted)
                },
                knocked_out_by=out[idea],
                tied_with=tied.get(idea, ()),
                wins=idea in winners,
                quorum_met=readings >= rules.quorum,
            )
        )
    return Standings(tuple(lines), ranking, tuple(drawn), tuple(undecided), tuple(winners))


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _pair(values: Sequence[float]) -> tuple[float, float] | None:
    low, high = float(values[0]), float(values[1])
    return None if np.isnan(low) or np.isnan(high) else (low, high)
