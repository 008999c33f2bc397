# SPDX-License-Identifier: EUPL-1.2
"""Adjustment for a measurement made before the lots were drawn."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.engines.evidence import DesignError, Monitor, Observation, TwoArmAdjusted, TwoArmContinuous, Verdict
from beproefd.engines.evidence.planning import plan
from beproefd.engines.evidence.simulation import simulate

PAIRS = 8


def fed(design, outcomes, before, arms):
    monitor = Monitor(design)
    monitor.update(
        [
            Observation(float(y), arm=str(arm), before=None if x is None else float(x))
            for y, x, arm in zip(outcomes, before, arms, strict=True)
        ]
    )
    return monitor


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.6, -0.5]))
def test_over_all_lots_a_false_claim_is_supported_at_most_as_often_as_promised_exactly(seed, correlation):
    design = TwoArmAdjusted(minimal_effect=1.0, correlation=correlation, alpha=0.2, max_units=PAIRS)
    generator = np.random.default_rng(seed)
    before = generator.normal(size=2 * PAIRS) ** 3
    # A relation that no straight line describes, and outcomes that no bell curve does.
    outcomes = np.sin(before) + generator.exponential(size=2 * PAIRS)
    deals = list(product((0, 1), repeat=PAIRS))
    verdicts = [
        fed(design, outcomes, before, [side for first in deal for side in (first, 1 - first)]).verdict for deal in deals
    ]

    assert np.mean([verdict is Verdict.SUPPORTED for verdict in verdicts]) <= design.side_alpha
    assert np.mean([verdict is Verdict.REFUTED for verdict in verdicts]) <= design.side_alpha


def test_without_a_relation_it_is_the_plain_test():
    generator = np.random.default_rng(2)
    outcomes, arms = generator.normal(size=40), [0, 1] * 20
    plain = Monitor(TwoArmContinuous(minimal_effect=1.0))
    plain.update([Observation(float(y), arm=str(arm)) for y, arm in zip(outcomes, arms, strict=True)])
    adjusted = fed(TwoArmAdjusted(minimal_effect=1.0, correlation=0.0), outcomes, [5.0] * 40, arms)

    assert adjusted.verdict is plain.verdict
    assert adjusted.e_value == plain.e_value
    assert adjusted.estimate == plain.estimate


def test_who_was_not_measured_before_counts_as_average():
    design = TwoArmAdjusted(minimal_effect=1.0, correlation=0.5)
    known = fed(design, [1, 2, 3, 4], [1, 2, 1.5, 1.5], [0, 1, 0, 1])
    unknown = fed(design, [1, 2, 3, 4], [1, 2, None, None], [0, 1, 0, 1])

    assert unknown.e_value == known.e_value
    assert unknown.result.units == 2


def test_a_strong_relation_halves_the_people():
    plain = plan(TwoArmContinuous(minimal_effect=0.5))
    adjusted = plan(TwoArmAdjusted(minimal_effect=0.5, correlation=0.7))

    assert adjusted.expected_n_alternative < 0.55 * plain.expected_n_alternative
    assert adjusted.max_n < 0.55 * plain.max_n


def test_power_holds_even_when_the_planned_relation_was_wrong_in_size():
    design = TwoArmAdjusted(minimal_effect=0.5, correlation=0.7, sd_before=2.0)
    works = simulate(design, (0.5,), reps=200, seed=7)
    not_at_all = simulate(design, (0.0,), reps=200, seed=8)

    assert works.verdicts[0] / 200 >= 0.8 - 3.5 * np.sqrt(0.16 / 200)
    assert not_at_all.verdicts[0] / 200 <= 0.025 + 3.5 * np.sqrt(0.025 / 200)


def test_the_estimate_is_near_the_effect():
    design = TwoArmAdjusted(minimal_effect=0.5, correlation=0.8, alpha=0.01, power=0.99)
    generator = np.random.default_rng(9)
    before = generator.normal(size=400)
    arms = np.array([0, 1] * 200)
    outcomes = 0.8 * before + 0.6 * generator.normal(size=400) + 0.5 * arms
    found = fed(design, outcomes, before, arms)

    assert found.verdict is Verdict.SUPPORTED
    assert found.interval[0] <= 0.5 <= found.interval[1]
    assert found.estimate == pytest.approx(0.5, abs=0.25)


def test_a_relation_that_cannot_be_is_refused():
    for fields in ({"correlation": 1.0}, {"sd_before": 0.0}, {"minimal_effect": 4.0, "correlation": 0.9}):
        with pytest.raises(DesignError):
            TwoArmAdjusted(**{"minimal_effect": 0.5, **fields})
