# SPDX-License-Identifier: EUPL-1.2
"""Time to an event: who has the next one, given who could have had it."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.engines.evidence import DesignError, Monitor, Observation, ObservationError, TwoArmEvents, Verdict
from beproefd.engines.evidence.planning import plan
from beproefd.engines.evidence.simulation import simulate

SMALL = TwoArmEvents(minimal_ratio=3.0, at_risk=(6, 6), max_units=12, alpha=0.2)


def every_deal(events, new):
    """Arms of the people in order of their events, for every way the lots could have fallen."""
    return [tuple(int(place in chosen) for place in range(events)) for chosen in combinations(range(events), new)]


def fed(design, arms, outcomes=None):
    monitor = Monitor(design)
    outcomes = outcomes or [1.0] * len(arms)
    monitor.update([Observation(value, arm=str(arm)) for value, arm in zip(outcomes, arms, strict=True)])
    return monitor


def test_the_score_is_that_of_the_log_rank_test():
    monitor = fed(TwoArmEvents(minimal_ratio=2.0, at_risk=(3, 2)), (1, 0, 1))
    test = monitor._test

    assert [step[1][0] for step in test._walk.steps] == [
        pytest.approx(2 / 5),
        pytest.approx(1 / 4),
        pytest.approx(1 / 3),
    ]
    assert test.score == 2


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=7, max_size=7), st.sampled_from([0.4, 2.5]))
def test_the_e_value_is_one_on_average_whatever_the_lots_and_whoever_leaves(outcomes, ratio):
    design = TwoArmEvents(minimal_ratio=ratio, at_risk=(4, 3), mode="estimation", alpha=1e-6, power=0.8)
    for length in (2, 5, 7):
        values = [fed(design, deal[:length], outcomes[:length]).e_value for deal in every_deal(7, 3)]
        assert np.mean(values) == pytest.approx(1.0)


@pytest.mark.parametrize("ratio", [3.0, 1 / 3])
def test_a_false_claim_is_supported_at_most_as_often_as_promised_exactly(ratio):
    design = TwoArmEvents(minimal_ratio=ratio, at_risk=(6, 6), max_units=12, alpha=0.2)
    deals = every_deal(12, 6)
    verdicts = [fed(design, deal).verdict for deal in deals]

    assert len(deals) == comb(12, 6)
    assert 0 < np.mean([verdict is Verdict.SUPPORTED for verdict in verdicts]) <= design.side_alpha
    assert np.mean([verdict is Verdict.REFUTED for verdict in verdicts]) <= design.side_alpha


def test_faster_and_slower_are_mirror_images():
    fast, slow = (TwoArmEvents(minimal_ratio=ratio, at_risk=(20, 20)) for ratio in (2.0, 0.5))
    arms = np.random.default_rng(1).integers(0, 2, 24)
    one, two = fed(fast, arms), fed(slow, 1 - arms)

    assert one.verdict is two.verdict
    assert one.e_value == pytest.approx(two.e_value)
    assert one.estimate == pytest.approx(1 / two.estimate)


def test_who_started_together_is_compared_only_with_each_other():
    design = TwoArmEvents(minimal_ratio=2.0)
    entered = [Observation(2.0, arm=arm, cluster=group) for arm, group in zip("0011", "mjjj", strict=True)]
    monitor = Monitor(design)
    monitor.update([*entered, Observation(1.0, arm="1", cluster="j")])

    assert [step[1][0] for step in monitor._test._walk.steps] == [pytest.approx(2 / 3)]


def test_people_enter_leave_and_are_lost():
    design = TwoArmEvents(minimal_ratio=2.0)
    monitor = Monitor(design)
    rows = [(2.0, "0"), (2.0, "0"), (2.0, "1"), (2.0, "1"), (0.0, "0"), (None, "1"), (1.0, "1")]
    monitor.update([Observation(value, arm=arm) for value, arm in rows])
    result = monitor.result

    assert result.per_arm == (2, 2)
    assert result.missing == (0, 1)
    assert result.units == 1
    assert result.scale == "hazard_ratio"
    assert [step[1][0] for step in monitor._test._walk.steps] == [0.5]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [([(1.0, "0")], "nobody in this arm"), ([(3.0, "0")], "outcome must be 0"), ([(2.0, "0"), (0.0, "1")], "nobody")],
)
def test_an_event_of_someone_who_was_not_there_is_refused(rows, reason):
    with pytest.raises(ObservationError, match=reason):
        Monitor(TwoArmEvents(minimal_ratio=2.0)).update([Observation(value, arm=arm) for value, arm in rows])


def test_a_plan_counts_people_by_the_share_that_has_the_event():
    whole, part = (plan(TwoArmEvents(minimal_ratio=2.0, event_share=share)) for share in (1.0, 0.25))

    assert part.fixed_n == 4 * whole.fixed_n
    assert whole.fixed_n == 33
    assert whole.power >= 0.8 - 3 * whole.power_se


def test_power_and_error_in_imagined_studies():
    design = TwoArmEvents(minimal_ratio=2.0)
    works = simulate(design, (2.0,), reps=150, seed=5)
    not_at_all = simulate(design, (1.0,), reps=150, seed=6)

    assert works.verdicts[0] / 150 >= 0.8 - 3.5 * np.sqrt(0.16 / 150)
    assert not_at_all.verdicts[0] / 150 <= 0.025 + 3.5 * np.sqrt(0.025 / 150)
    assert not_at_all.persons < works.persons < 150 * plan(design).max_n


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"minimal_ratio": 1.01}, "minimal_ratio"),
        ({"minimal_ratio": 2, "event_share": 0}, "event_share"),
        ({"minimal_ratio": 2, "at_risk": (1, -1)}, "at_risk"),
        ({"minimal_ratio": 2, "arms": ("a", "a")}, "arms"),
    ],
)
def test_a_design_that_cannot_be_is_refused(fields, reason):
    with pytest.raises(DesignError, match=reason):
        TwoArmEvents(**fields)
