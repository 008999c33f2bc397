# SPDX-License-Identifier: EUPL-1.2
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.engines.evidence import (
    Design,
    DesignError,
    MatchedPairs,
    OneArmCount,
    SteppedWedge,
    TwoArmBinary,
    TwoArmContinuous,
    TwoArmCount,
    TwoArmEvents,
    TwoArmOrdinal,
)
from beproefd.engines.evidence.model import largest_units, model_of
from beproefd.engines.evidence.paths import figures
from beproefd.engines.evidence.planning import plan
from beproefd.engines.evidence.simulation import alternative_truth, null_truth, simulate

SMALL: tuple[Design, ...] = (
    MatchedPairs(minimal_effect=1.0),
    TwoArmContinuous(minimal_effect=-8, sd=10.0, allocation=(2, 2)),
    TwoArmContinuous(minimal_effect=1.0, bounds=(-1, 1)),
    TwoArmCount(baseline=2, minimal_ratio=2.0),
    TwoArmOrdinal(baseline=(0.2, 0.3, 0.3, 0.2), minimal_odds_ratio=2.5),
    TwoArmBinary(baseline=0.2, minimal_effect=0.5, allocation=(1, 2)),
    TwoArmBinary(baseline=0.2, minimal_effect=0.5, looks="marked"),
    TwoArmEvents(minimal_ratio=4.0, at_risk=(40, 40)),
    OneArmCount(threshold=2, alternative=3.5, looks=3),
    TwoArmBinary(baseline=0.2, minimal_effect=0.5, mode="estimation", max_units=30),
)


@pytest.mark.parametrize("design", SMALL, ids=lambda design: f"{design.kind} {design.mode}")
def test_the_plan_of_every_kind_agrees_with_whole_experiments(design):
    made = plan(design)
    for truth, expected in (
        (alternative_truth(design), made.expected_n_alternative),
        (null_truth(design), made.expected_n_null),
    ):
        tally = simulate(design, truth, reps=150, seed=11)
        mean = tally.persons / 150
        spread = np.sqrt((tally.squares / 150 - mean**2) / 150)
        assert mean == pytest.approx(expected, abs=4 * (spread + made.expected_n_se))
        if truth == alternative_truth(design):
            error = np.sqrt(max(made.power * (1 - made.power), 0.01) / 150)
            assert tally.verdicts[0] / 150 == pytest.approx(made.power, abs=4 * (error + made.power_se))


@pytest.mark.parametrize("effect", [0.5, 0.8, 1.0, 1.2, 1.5, 2.0, 4.0])
def test_matched_pairs_have_the_power_that_was_asked(effect):
    made = plan(MatchedPairs(minimal_effect=effect))

    assert made.power >= 0.8 - 2 * made.power_se
    assert made.power_short == 0.0
    assert made.max_n <= max(1.36 * made.fixed_n, made.fixed_n + 4)


def test_a_ceiling_that_is_too_low_is_told_as_the_power_that_is_left():
    five = plan(MatchedPairs(minimal_effect=4, max_units=5))  # (1/2)^5 is more than .025
    twenty = plan(TwoArmContinuous(minimal_effect=0.5, max_units=20))

    assert five.power == 0.0
    assert five.power_short == five.power_asked == 0.8
    assert twenty.max_n == 20
    assert 0.1 < twenty.power < 0.5
    assert twenty.power + twenty.power_short == pytest.approx(0.8)


@pytest.mark.parametrize("design", [TwoArmBinary(baseline=0.2, minimal_effect=0.3), MatchedPairs(minimal_effect=1.0)])
def test_more_people_than_are_needed_is_a_ceiling_and_not_a_stretch(design):
    ceiling = replace(design, max_units=2000)
    one, two = plan(design), plan(ceiling)

    assert two.max_n == one.max_n
    assert two.expected_n_alternative == one.expected_n_alternative
    assert two.power == one.power


def test_without_a_largest_number_there_is_no_power_to_tell():
    free = plan(TwoArmBinary(baseline=0.2, minimal_effect=0.3, mode="estimation"))
    capped = plan(TwoArmBinary(baseline=0.2, minimal_effect=0.3, mode="estimation", max_units=60))

    assert free.power is None
    assert free.max_n is None
    assert 0.3 < capped.power < 1.0


@settings(max_examples=12, deadline=None)
@given(st.sampled_from([0.7, 1.0, 1.6, 3.0]), st.integers(3, 16))
def test_power_never_falls_with_more_people_and_is_never_more_than_it_is(effect, units):
    few, more = (
        figures(model_of(MatchedPairs(minimal_effect=effect, max_units=most)), "alternative", streams=150)
        for most in (units, units + 6)
    )

    assert 0 <= few.supported <= more.supported + 3 * (few.supported_se + more.supported_se) <= 1.2
    assert few.stopping.sum() == pytest.approx(1.0)
    assert units >= 6 or few.supported == 0.0


def test_steps_that_are_all_alike_are_worked_out_exactly():
    made = plan(OneArmCount(threshold=2, alternative=3.5))

    assert made.exact
    assert made.power_se == 0.0
    assert made.power >= 0.8


def test_a_plan_is_the_same_for_the_same_seed_and_tells_how_far_it_is():
    heard = []
    design = MatchedPairs(minimal_effect=1.0)
    one, two = plan(design, seed=4, progress=lambda done, of: heard.append(done / of)), plan(design, seed=4)

    assert one == two
    assert heard == sorted(heard)
    assert heard[-1] <= 1.0


def test_few_units_are_given_room_where_a_multiple_has_none():
    assert largest_units(MatchedPairs(minimal_effect=4), 3) == 7
    assert largest_units(MatchedPairs(minimal_effect=4, cap_factor=2), 3) == 6
    assert largest_units(MatchedPairs(minimal_effect=4, max_units=5), 3) == 5


WEDGE = SteppedWedge(starts=(1, 1, 2, 2, 3, 3), periods=4, minimal_effect=0.2)


def test_a_wedge_whose_lots_cannot_reject_has_no_power():
    made = plan(SteppedWedge(starts=(1, 2, 3, 4), periods=5, minimal_effect=0.6))  # 24 orders, and 1/24 > .025

    assert made.power == 0.0
    assert made.exact
    assert made.power_short == 0.8


def test_a_wedge_without_an_effect_is_refused():
    with pytest.raises(DesignError, match="minimal_effect: must be 0.001 to 100 times sd"):
        SteppedWedge(starts=(1, 2, 3), periods=4, minimal_effect=0)


def test_imagined_wedges_give_the_same_bits_on_any_executor():
    with ThreadPoolExecutor(2) as pool:
        apart = simulate(WEDGE, (0.2,), reps=60, seed=1, executor=pool.map, draws=99)

    assert apart == simulate(WEDGE, (0.2,), reps=60, seed=1, draws=99)


def test_a_long_test_is_planned_as_a_shorter_one_scaled_up(monkeypatch):
    monkeypatch.setattr("beproefd.engines.evidence.planning.LONG", 30)
    monkeypatch.setattr("beproefd.engines.evidence.planning.FIXED_SHORT", 90)
    design = TwoArmContinuous(minimal_effect=0.5)
    scaled = plan(design)
    monkeypatch.undo()
    whole = plan(design)

    assert scaled.max_n == whole.max_n
    assert scaled.power == pytest.approx(whole.power, abs=0.02)
    assert scaled.expected_n_alternative == pytest.approx(whole.expected_n_alternative, rel=0.04)
    assert scaled.expected_n_null == pytest.approx(whole.expected_n_null, rel=0.04)
