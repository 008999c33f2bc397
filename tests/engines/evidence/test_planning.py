# SPDX-License-Identifier: EUPL-1.2
import numpy as np
import pytest

from beproefd.engines.evidence import (
    DesignError,
    Monitor,
    Observation,
    OneArmBinary,
    SteppedWedge,
    TwoArmBinary,
    TwoArmContinuous,
    TwoArmCount,
    normal,
)
from beproefd.engines.evidence.explain import KEYS, reasons
from beproefd.engines.evidence.fixed import fixed_units, two_proportions
from beproefd.engines.evidence.floors import floors
from beproefd.engines.evidence.planning import plan
from beproefd.engines.evidence.simulation import alternative_truth, null_truth, run_chunk, simulate

ONE_ARM = OneArmBinary(threshold=0.6, alternative=0.85)


def test_the_plan_of_the_example_is_exact_and_small():
    made = plan(ONE_ARM)

    assert made.exact
    assert made.fixed_n == 21
    assert made.max_n <= 1.3 * made.fixed_n
    assert made.expected_n_null < made.expected_n_alternative < made.fixed_n


def test_the_plan_agrees_with_simulation():
    for design in (ONE_ARM, TwoArmBinary(baseline=0.2, minimal_effect=0.1)):
        made = plan(design)
        tally = simulate(design, alternative_truth(design), reps=4000, seed=5)
        spread = np.sqrt(tally.squares / 4000 - (tally.persons / 4000) ** 2) / np.sqrt(4000)
        assert tally.persons / 4000 == pytest.approx(made.expected_n_alternative, abs=4 * spread)
        assert tally.verdicts[0] / 4000 == pytest.approx(made.power, abs=0.025)


def test_simulation_gives_the_same_bits_on_any_executor():
    progress = []
    design = TwoArmCount(baseline=2, minimal_ratio=2.0)
    here = simulate(design, (2.0,), reps=600, seed=3, progress=lambda done, all_: progress.append((done, all_)))
    backwards = simulate(design, (2.0,), reps=600, seed=3, executor=lambda work, chunks: [work(c) for c in chunks][::1])

    assert here == backwards
    assert progress == [(500, 600), (600, 600)]
    assert run_chunk.__module__.endswith("simulation")


def test_the_fast_simulation_and_the_monitor_stop_alike():
    design = TwoArmBinary(baseline=0.3, minimal_effect=0.25)
    generator = np.random.default_rng(2)
    supported = 0
    for _ in range(150):
        monitor = Monitor(design)
        drawn = generator.random((80, 2)) < (0.3, 0.55)
        monitor.update([Observation(float(pair[arm]), arm=str(arm)) for pair in drawn for arm in (0, 1)])
        supported += monitor.verdict == "SUPPORTED"

    assert supported / 150 == pytest.approx(plan(design).power, abs=0.11)


def test_an_intake_turns_people_into_weeks():
    made = plan(TwoArmBinary(baseline=0.2, minimal_effect=0.1), intake_per_week=20)

    assert made.weeks_max == pytest.approx(made.max_n / 10)


def test_a_wedge_is_planned_by_its_power():
    made = plan(SteppedWedge(starts=(1, 1, 2, 2, 3, 3), periods=4, minimal_effect=0.2))

    assert 0.5 < made.power < 0.92  # a test that knows both variances has .94
    assert not made.exact


def test_a_truth_that_does_not_fit_is_refused():
    with pytest.raises(DesignError, match="truth: two_arm_binary needs 2"):
        simulate(TwoArmBinary(baseline=0.2, minimal_effect=0.1), (0.3,), reps=1, seed=0)
    with pytest.raises(DesignError, match="truth: shares"):
        simulate(ONE_ARM, (1.3,), reps=1, seed=0)


def test_fixed_sizes_agree_with_published_ones():
    assert two_proportions(0.2, 0.3, 0.025, 0.8) == pytest.approx(293.1513, abs=1e-4)
    assert fixed_units(TwoArmContinuous(minimal_effect=0.5)) == 64


@pytest.mark.parametrize(
    ("looks", "pocock", "obrien"), [(2, 2.178, 1.977), (3, 2.289, 2.004), (5, 2.413, 2.040), (10, 2.555, 2.087)]
)
def test_group_sequential_constants_agree_with_jennison_and_turnbull(looks, pocock, obrien):
    assert normal.power_family(looks, 0.05, 0.5)[0] == pytest.approx(pocock, abs=0.00051)
    assert normal.power_family(looks, 0.05, 0.0)[-1] == pytest.approx(obrien, abs=0.00051)


def test_spending_bounds_agree_with_lan_and_demets():
    bounds = normal.spending_bounds(normal.obrien_fleming_spending(0.05), (0.2, 0.4, 0.6, 0.8, 1.0))

    assert bounds == pytest.approx([4.877, 3.357, 2.680, 2.290, 2.031], abs=0.00051)


def test_inflation_factors_agree_with_jennison_and_turnbull():
    shares = (0.2, 0.4, 0.6, 0.8, 1.0)

    assert normal.inflation(normal.power_family(5, 0.05, 0.5), shares, 0.05, 0.8) == pytest.approx(1.228, abs=0.0006)
    assert normal.inflation(normal.power_family(5, 0.05, 0.0), shares, 0.05, 0.8) == pytest.approx(1.028, abs=0.0006)


def test_reasons_are_keys_and_numbers_only():
    monitor = Monitor(ONE_ARM)
    monitor.update([Observation(1.0)] * 8)
    told = reasons(ONE_ARM, monitor.result, (0.0, 8.0))
    monitor.update([Observation(None)] + [Observation(1.0)] * 6)
    told += reasons(ONE_ARM, monitor.result, (0.0, 9.0))

    assert [reason.key for reason in told][:2] == ["share_seen", "continue"] or told[1].key == "supported"
    for reason in told:
        assert tuple(reason.numbers) == KEYS[reason.key]
        assert all(value is None or isinstance(value, int | float) for value in reason.numbers.values())


def test_null_and_alternative_truths_fit_their_designs():
    assert null_truth(ONE_ARM) == (0.6,)
    assert alternative_truth(TwoArmBinary(baseline=0.2, minimal_effect=0.1)) == (0.2, pytest.approx(0.3))


def test_no_plan_is_below_its_floor_and_the_published_floors_are_met():
    design = TwoArmBinary(baseline=0.2, minimal_effect=0.1)

    assert floors(design) == pytest.approx((183.2, 107.7), abs=0.2)
    for other in (design, ONE_ARM):
        made, (works, fails) = plan(other), floors(other)
        assert made.expected_n_alternative >= works
        assert made.expected_n_null >= fails
