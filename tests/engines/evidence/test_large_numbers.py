# SPDX-License-Identifier: EUPL-1.2
from math import exp, log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.engines.evidence import (
    DesignError,
    MatchedPairs,
    Monitor,
    Observation,
    ObservationError,
    OneArmCount,
    TwoArmAdjusted,
    TwoArmContinuous,
    TwoArmCount,
    TwoArmOrdinal,
    Verdict,
    design_from_json,
)

COUNTS = TwoArmCount(baseline=2000, minimal_ratio=1.05)


def fed(design, *observations):
    monitor = Monitor(design)
    monitor.update(observations)
    return monitor


@settings(max_examples=12, deadline=None)
@given(st.integers(3000, 80_000), st.floats(1.15, 1.25))
def test_the_estimate_of_large_counts_is_their_ratio_and_the_interval_is_that_of_a_large_sample(count, ratio):
    new = round(count * ratio)
    result = fed(COUNTS, Observation(float(count), arm="0"), Observation(float(new), arm="1")).result
    error = 1.96 * sqrt(1 / count + 1 / new)

    assert result.verdict is Verdict.SUPPORTED
    assert result.estimate == pytest.approx(new / count, rel=1e-4)
    assert result.interval == pytest.approx((exp(log(new / count) - error), exp(log(new / count) + error)), rel=2e-3)
    assert result.interval[0] < result.estimate_bounds[0] <= result.estimate <= result.estimate_bounds[1]


def test_a_count_far_from_the_claim_has_an_estimate_and_an_interval():
    result = fed(OneArmCount(threshold=2, alternative=3.5), Observation(100_000.0)).result

    assert result.estimate == pytest.approx(100_000, rel=1e-4)
    assert result.interval == pytest.approx((100_000 - 1.96 * sqrt(1e5), 100_000 + 1.96 * sqrt(1e5)), rel=1e-3)


def test_a_jump_that_no_tilt_explains_keeps_the_interval_that_holds_at_all_times():
    result = fed(OneArmCount(threshold=2, alternative=3.5), *(Observation(v) for v in (3.0, 2.0, 100_000.0))).result

    assert result.interval_kind == "sequence"
    assert result.interval[0] < result.estimate < result.interval[1]


@pytest.mark.parametrize("value", [1e16, -1e160, 1e308, float("inf"), float("nan")])
@pytest.mark.parametrize(
    "design", [TwoArmContinuous(minimal_effect=0.5), MatchedPairs(minimal_effect=1), TwoArmAdjusted(minimal_effect=0.5)]
)
def test_an_amount_of_no_usual_size_is_refused_and_the_test_goes_on(design, value):
    monitor = Monitor(design)
    with pytest.raises(ObservationError, match="outcome must be"):
        monitor.update([Observation(value, arm="0", pair="a")])
    monitor.update([Observation(1e15, arm="0", pair="a"), Observation(-1e15, arm="1", pair="a")])

    assert monitor.units == 1
    assert monitor.result.to_dict()["n"] == 2


@pytest.mark.parametrize(
    ("exposure", "reason"), [(1e300, "exposure must be"), (1e-9, "exposure must be"), (1e6, "exposure times")]
)
def test_an_exposure_of_no_usual_size_is_refused(exposure, reason):
    with pytest.raises(ObservationError, match=reason):
        fed(OneArmCount(threshold=2, alternative=3.5), Observation(1.0, exposure=exposure))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"kind": "one_arm_count", "threshold": 1e11, "alternative": 2e11}', "alternative: times exposure"),
        ('{"kind": "matched_pairs", "minimal_effect": 1, "max_units": 1' + "0" * 400 + "}", "max_units: must be"),
        (
            '{"kind": "matched_pairs", "minimal_effect": 1, "max_units": 1' + "0" * 5000 + "}",
            "integer string conversion",
        ),
        ('{"kind": "matched_pairs", "minimal_effect": 1, "looks": [1' + "0" * 400 + "]}", "looks: has values"),
        ('{"kind": "matched_pairs", "minimal_effect": 1e-300, "sd": 1e-300}', "minimal_effect: must be a number of"),
        ('{"kind": "matched_pairs", "minimal_effect": NaN}', "minimal_effect: must be a number of"),
        ('{"kind": "matched_pairs", "minimal_effect": 1, "minimal_effect": 2}', "minimal_effect: is given twice"),
        ("[" * 100_000, "brackets within brackets"),
        (
            '{"kind": "stepped_wedge", "clusters": 3, "periods": 4, "minimal_effect": 0}',
            "minimal_effect: must be 0.001",
        ),
    ],
)
def test_a_design_of_no_usual_size_is_refused(text, reason):
    with pytest.raises(DesignError) as refused:
        design_from_json(text)

    assert reason in str(refused.value)


def test_a_third_row_for_a_finished_pair_is_refused():
    monitor = fed(
        MatchedPairs(minimal_effect=1), Observation(1.0, arm="0", pair="a"), Observation(2.0, arm="1", pair="a")
    )
    monitor = Monitor.from_json(monitor.to_json())

    with pytest.raises(ObservationError, match="pair 'a' already has both arms"):
        monitor.update([Observation(3.0, arm="1", pair="a")])


@pytest.mark.parametrize(
    ("design", "seen", "bounds", "scale"),
    [
        (
            TwoArmOrdinal(baseline=(0.25, 0.25, 0.25, 0.25), minimal_odds_ratio=2),
            (1, 2, None),
            (0.0, 1.5),
            "mean_difference",
        ),
        (TwoArmContinuous(minimal_effect=1, bounds=(0, 4)), (1, 2, None), (-0.5, 1.5), "mean_difference"),
        (TwoArmContinuous(minimal_effect=1), (1, 2, None), (None, None), "mean_difference"),
        (TwoArmContinuous(minimal_effect=1), (1, 2, 3), (0.0, 0.0), "mean_difference"),
        (TwoArmCount(baseline=2, minimal_ratio=2), (1, 2, None), (0.0, 4.0), "rate_ratio"),
        (MatchedPairs(minimal_effect=1), (1, 2, None), (None, None), "mean_difference"),
    ],
)
def test_what_the_missing_could_have_been_is_bounded_as_far_as_it_can_be(design, seen, bounds, scale):
    arms = ("0", "1", "0")
    rows = [
        Observation(None if v is None else float(v), arm=arm, pair=str(k))
        for k, (v, arm) in enumerate(zip(seen, arms, strict=True))
    ]
    result = fed(design, *rows).result

    assert result.sensitivity_scale == scale
    assert result.to_dict()["sensitivity"] == list(bounds)


def test_a_missing_count_in_one_arm_leaves_only_the_upper_end_open():
    result = fed(OneArmCount(threshold=2, alternative=4), Observation(3.0), Observation(None, exposure=2.0)).result

    assert result.to_dict()["sensitivity"] == [1.0, None]
