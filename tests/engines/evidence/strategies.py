# SPDX-License-Identifier: EUPL-1.2
"""Designs and observations to try the engine on."""

from __future__ import annotations

from hypothesis import strategies as st

from beproefd.engines.evidence import (
    Design,
    MatchedPairs,
    Observation,
    OneArmBinary,
    OneArmCount,
    TwoArmAdjusted,
    TwoArmBinary,
    TwoArmContinuous,
    TwoArmCount,
    TwoArmEvents,
    TwoArmOrdinal,
)

DESIGNS: tuple[Design, ...] = (
    OneArmBinary(threshold=0.6, alternative=0.85),
    OneArmBinary(threshold=0.4, alternative=0.2, looks=4),
    OneArmCount(threshold=2, alternative=3.5),
    TwoArmBinary(baseline=0.3, minimal_effect=0.25),
    TwoArmBinary(baseline=0.3, minimal_effect=0.25, looks=7),
    TwoArmBinary(baseline=0.3, minimal_effect=0.25, looks=(5, 11, 30)),
    TwoArmBinary(baseline=0.4, minimal_effect=-0.25, looks="marked"),
    TwoArmBinary(baseline=0.3, minimal_effect=0.25, allocation=(1, 2)),
    TwoArmBinary(baseline=0.3, minimal_effect=0.25, mode="estimation"),
    TwoArmContinuous(minimal_effect=0.8, sd=1.0),
    TwoArmContinuous(minimal_effect=-8, sd=10.0, allocation=(2, 2)),
    TwoArmCount(baseline=2, minimal_ratio=1.6),
    TwoArmOrdinal(baseline=(0.2, 0.3, 0.3, 0.2), minimal_odds_ratio=2.0),
    MatchedPairs(minimal_effect=1.0),
    TwoArmAdjusted(minimal_effect=0.8, sd=1.0, correlation=0.6),
    TwoArmAdjusted(minimal_effect=-8, sd=10.0, allocation=(1, 2)),
    TwoArmEvents(minimal_ratio=2.5, at_risk=(60, 60)),
    TwoArmEvents(minimal_ratio=0.5, at_risk=(60, 60), mode="estimation"),
)


def outcome_values(design: Design) -> st.SearchStrategy[float]:
    if isinstance(design, OneArmBinary | TwoArmBinary):
        return st.sampled_from([0.0, 1.0])
    if isinstance(design, TwoArmEvents):
        return st.sampled_from([0.0, 1.0, 1.0, 2.0])
    if isinstance(design, OneArmCount | TwoArmCount):
        return st.integers(0, 8).map(float)
    if isinstance(design, TwoArmOrdinal):
        return st.integers(0, 3).map(float)
    return st.integers(-40, 40).map(lambda value: value / 8)


@st.composite
def streams(draw: st.DrawFn, design: Design, longest: int = 60) -> list[Observation]:
    size = draw(st.integers(0, longest))
    values = draw(st.lists(st.one_of(outcome_values(design), st.none()), min_size=size, max_size=size))
    arms = draw(st.lists(st.sampled_from(["control", "treatment"]), min_size=size, max_size=size))
    looks = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    if isinstance(design, MatchedPairs):
        order = ("control", "treatment")
        return [
            Observation(0.0 if value is None else value, arm=order[k % 2], pair=str(k // 2), look=looks[k])
            for k, value in enumerate(values)
        ]
    before = draw(st.lists(st.one_of(st.integers(-8, 8).map(float), st.none()), min_size=size, max_size=size))
    return [
        Observation(v, arm=a, look=look, before=known)
        for v, a, look, known in zip(values, arms, looks, before, strict=True)
    ]
