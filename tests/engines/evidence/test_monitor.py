# SPDX-License-Identifier: EUPL-1.2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.engines.evidence import (
    Monitor,
    Observation,
    ObservationError,
    OneArmBinary,
    TwoArmBinary,
    TwoArmContinuous,
    Verdict,
)
from tests.engines.evidence.strategies import DESIGNS, streams

ONE_ARM = OneArmBinary(threshold=0.6, alternative=0.85)


def told(monitor: Monitor) -> dict[str, object]:
    return monitor.result.to_dict()


def fed(design, observations) -> Monitor:
    monitor = Monitor(design)
    monitor.update(observations)
    return monitor


@settings(max_examples=40, deadline=None)
@given(data=st.data(), design=st.sampled_from(DESIGNS))
def test_the_result_is_the_same_whatever_the_batching(data, design):
    rows = data.draw(streams(design))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=4)))
    parts = [rows[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    pieces = Monitor(design)
    for part in parts:
        pieces.update(part)

    assert told(pieces) == told(fed(design, rows))


@settings(max_examples=40, deadline=None)
@given(data=st.data(), design=st.sampled_from(DESIGNS))
def test_a_monitor_goes_on_from_json_as_if_nothing_had_happened(data, design):
    rows = data.draw(streams(design))
    cut = data.draw(st.integers(0, len(rows)))
    broken = Monitor.from_json(fed(design, rows[:cut]).to_json())
    whole = fed(design, rows)
    broken.update(rows[cut:])

    assert told(broken) == told(whole)
    assert broken.to_json() == whole.to_json()


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_the_names_of_the_arms_do_not_matter(data):
    design = TwoArmBinary(baseline=0.3, minimal_effect=0.25)
    rows = data.draw(streams(design))
    names = {"control": "0", "treatment": "1"}
    renamed = [Observation(row.outcome, arm=names[row.arm], look=row.look) for row in rows]

    assert told(fed(design, renamed)) == told(fed(design, rows))


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_turning_outcomes_and_claim_around_turns_the_result_around(data):
    up = OneArmBinary(threshold=0.6, alternative=0.85)
    down = OneArmBinary(threshold=1 - up.threshold, alternative=1 - up.alternative)
    rows = data.draw(streams(up))
    turned = [Observation(None if row.outcome is None else 1 - row.outcome) for row in rows]
    one, two = fed(up, rows), fed(down, turned)

    assert one.verdict == two.verdict
    assert one.e_value == pytest.approx(two.e_value)
    if one.estimate is not None:
        assert two.estimate == pytest.approx(1 - one.estimate, abs=1e-6)


def test_seven_of_eight_is_not_called_too_early_and_a_long_run_is():
    seven_of_eight = fed(ONE_ARM, [Observation(1.0)] * 4 + [Observation(0.0)] + [Observation(1.0)] * 3)
    all_right = fed(ONE_ARM, [Observation(1.0)] * 25)

    assert seven_of_eight.verdict is Verdict.CONTINUE
    assert all_right.verdict is Verdict.SUPPORTED
    assert all_right.result.stopped_at < 25
    assert all_right.result.after_stop == 25 - all_right.result.stopped_at


def test_support_comes_with_a_p_value_below_alpha():
    done = fed(ONE_ARM, [Observation(1.0)] * 25)

    assert done.result.p_value <= 0.05
    assert done.expected_remaining == 0.0


def test_a_clearly_worse_new_way_is_refuted_and_an_equal_one_is_futile():
    design = TwoArmBinary(baseline=0.3, minimal_effect=0.25)
    worse = [
        Observation(outcome, arm=arm) for _ in range(200) for arm, outcome in (("control", 1.0), ("treatment", 0.0))
    ]
    equal = [Observation(float(k % 4 == arm), arm=str(arm)) for k in range(400) for arm in (0, 1)]

    assert fed(design, worse).verdict in {Verdict.REFUTED, Verdict.FUTILE}
    assert fed(design, equal).verdict is Verdict.FUTILE


def test_every_running_test_stops_at_its_largest_number():
    design = TwoArmBinary(baseline=0.3, minimal_effect=0.25)
    silent = [Observation(0.0, arm=str(k % 2)) for k in range(400)]
    done = fed(design, silent)

    assert done.verdict is Verdict.FUTILE
    assert done.result.units == done.result.max_units


def test_arms_may_fill_unevenly_and_nobody_is_lost():
    design = TwoArmBinary(baseline=0.3, minimal_effect=0.25)
    control = [Observation(float(k % 3 == 0), arm="control") for k in range(20)]
    new = [Observation(float(k % 2 == 0), arm="treatment") for k in range(20)]
    mixed = [row for pair in zip(control, new, strict=True) for row in pair]

    assert fed(design, control + new).result.units == 20
    assert fed(design, control + new).e_value == fed(design, mixed).e_value


def test_missing_outcomes_are_counted_and_bounded():
    rows = [Observation(1.0)] * 3 + [Observation(None)] * 2
    seen = fed(ONE_ARM, rows).result

    assert seen.missing == (0, 2)
    assert seen.n == 3
    assert seen.sensitivity == (0.6, 1.0)


def test_a_state_with_another_design_is_refused():
    text = Monitor(ONE_ARM).to_json().replace('"threshold":0.6', '"threshold":0.5')

    with pytest.raises(ValueError, match="not the design that was locked"):
        Monitor.from_json(text)


@pytest.mark.parametrize(
    ("design", "seen", "reason"),
    [
        (ONE_ARM, Observation(2.0), "outcome must be 0 or 1, not 2"),
        (ONE_ARM, Observation(float("nan")), "outcome must be a finite number"),
        (DESIGNS[3], Observation(1.0, arm="green"), "arm 'green' is not one of control, treatment"),
        (DESIGNS[3], Observation(1.0), "arm is missing"),
        (DESIGNS[11], Observation(1.5, arm="0"), "outcome must be a count, not 1.5"),
        (DESIGNS[12], Observation(4.0, arm="0"), "outcome must be a whole number from 0 to 3, not 4"),
        (DESIGNS[13], Observation(4.0, arm="0"), "pair is missing"),
        (DESIGNS[2], Observation(4.0, exposure=0.0), "exposure must be positive"),
    ],
)
def test_an_observation_that_cannot_be_read_is_refused_with_the_reason(design, seen, reason):
    with pytest.raises(ObservationError) as refused:
        fed(design, [seen])

    assert str(refused.value) == reason


def test_a_constant_added_to_all_outcomes_changes_nothing():
    design = TwoArmContinuous(minimal_effect=0.5)
    generator = np.random.default_rng(4)
    values = np.round(generator.normal(size=120) * 64) / 64
    plain = [Observation(float(v) + 0.5 * (k % 2), arm=str(k % 2)) for k, v in enumerate(values)]
    moved = [Observation(row.outcome + 32.0, arm=row.arm) for row in plain]

    assert fed(design, moved).result.tilt == fed(design, plain).result.tilt
    assert fed(design, moved).verdict == fed(design, plain).verdict


def test_marked_looks_are_the_only_ones():
    design = TwoArmBinary(baseline=0.3, minimal_effect=0.25, looks="marked")
    rows = [Observation(float(k % 2), arm=str(k % 2)) for k in range(60)]
    unmarked = fed(design, rows)
    marked = fed(design, [*rows[:-1], Observation(1.0, arm="1", look=True)])

    assert unmarked.verdict is Verdict.CONTINUE
    assert marked.verdict is Verdict.SUPPORTED


def test_unequal_arms_are_monitored_in_blocks_and_nobody_is_lost():
    design = TwoArmBinary(baseline=0.2, minimal_effect=0.5, allocation=(1, 2))
    generator = np.random.default_rng(8)
    rows = [
        Observation(float(generator.random() < share), arm=arm)
        for _ in range(60)
        for arm, share in (("0", 0.2), ("1", 0.8), ("1", 0.8))
    ]
    done = fed(design, rows)
    result = done.result

    assert done.verdict is Verdict.SUPPORTED
    assert result.per_arm == (result.units, 2 * result.units)
    assert result.interval[0] > 0
    late = fed(design, [*(row for row in rows if row.arm == "1"), *(row for row in rows if row.arm == "0")])
    assert late.result.units == result.units
    assert late.verdict is Verdict.SUPPORTED


def test_unequal_arms_keep_the_error_of_a_false_claim():
    design = TwoArmBinary(baseline=0.2, minimal_effect=0.5, allocation=(1, 2), alpha=0.2)
    generator = np.random.default_rng(9)
    supported = 0
    for _ in range(200):
        drawn = generator.random((60, 3)) < 0.4
        rows = [Observation(float(v), arm=arm) for block in drawn for v, arm in zip(block, "011", strict=True)]
        supported += fed(design, rows).verdict is Verdict.SUPPORTED

    assert supported / 200 <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / 200)


@pytest.mark.parametrize("slower", ["0", "1"])
def test_outcomes_that_come_late_in_one_arm_keep_the_error_of_a_false_claim(slower):
    design = TwoArmBinary(baseline=0.3, minimal_effect=0.4, alpha=0.2)
    generator = np.random.default_rng(10)
    supported = 0
    for _ in range(200):
        people = [(arm, float(generator.random() < 0.4)) for _ in range(45) for arm in "01"]
        delays = [generator.exponential(40.0 if arm == slower else 5.0) for arm, _ in people]
        arrival = np.argsort(np.arange(len(people)) + delays, kind="stable")
        rows = [Observation(people[k][1], arm=people[k][0]) for k in arrival]
        supported += fed(design, rows).verdict is Verdict.SUPPORTED

    assert supported / 200 <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / 200)


def test_late_outcomes_wait_for_a_partner_and_are_all_used_in_the_end():
    design = TwoArmBinary(baseline=0.3, minimal_effect=0.25)
    new = [Observation(1.0, arm="1")] * 40
    early = fed(design, new)
    whole = fed(design, new + [Observation(float(k % 4 == 0), arm="0") for k in range(40)])

    assert early.units == 0
    assert early.verdict is Verdict.CONTINUE
    assert whole.verdict is Verdict.SUPPORTED
    assert whole.units == whole.result.per_arm[0]
