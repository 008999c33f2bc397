# SPDX-License-Identifier: EUPL-1.2
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.engines.evidence import OneArmBinary, TwoArmBinary
from beproefd.engines.evidence.boundary import Calendar, NoBoundaryError, law, optimise
from beproefd.engines.evidence.model import model_of
from beproefd.engines.evidence.planning import operating_at, plan

B1 = TwoArmBinary(baseline=0.2, minimal_effect=0.1)


def test_the_law_of_a_stopped_walk_is_what_counting_every_path_gives():
    found = optimise(pi0=0.4, pi1=0.8, alpha=0.1, power=0.75, horizon=12, calendar=Calendar(12))
    boundary, pi = found.boundary, 0.7
    supported = expected = 0.0
    for path in product((0, 1), repeat=12):
        wins, chance = 0, float(np.prod([pi if x else 1 - pi for x in path]))
        for d, x in enumerate(path, start=1):
            wins += x
            if wins >= boundary.upper[d] or wins <= boundary.lower[d]:
                supported += chance * (wins >= boundary.upper[d])
                expected += chance * d
                break

    exact = law(boundary, pi).operating(12, 1.0)
    assert exact.supported == pytest.approx(supported, abs=1e-12)
    assert exact.expected == pytest.approx(expected, abs=1e-12)


def test_eight_people_who_can_do_it_alone_are_enough_at_six_in_ten():
    boundary = model_of(OneArmBinary(threshold=0.6, alternative=0.85)).table

    assert boundary.upper[9] <= 9
    assert boundary.spent_alpha[-1] <= 0.05


def test_two_arms_meet_the_goals_for_the_expected_numbers():
    made = plan(B1)

    assert made.expected_n_alternative <= 1.10 * 183.2
    assert made.expected_n_null <= 1.15 * 107.6
    assert made.max_n <= 1.30 * 293
    assert made.power >= 0.80
    assert made.alpha <= 0.025
    assert made.exact


@pytest.mark.parametrize("rate", [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 0.9])
def test_the_error_is_at_most_alpha_at_every_base_rate(rate):
    seen = operating_at(B1, (rate, rate))

    assert seen.supported <= 0.025
    assert seen.refuted <= 0.025


def test_the_error_is_at_most_alpha_however_early_people_run_out():
    boundary = model_of(B1).table
    null = law(boundary, 0.5)

    assert (null.support.cumsum() + null.last_support).max() <= 0.025 + 1e-12


def test_finer_looks_never_raise_the_error():
    fine = plan(OneArmBinary(threshold=0.3, alternative=0.5))
    for step in (2, 5):
        coarse = plan(OneArmBinary(threshold=0.3, alternative=0.5, looks=step))
        assert coarse.alpha <= 0.05
        assert coarse.power >= 0.8
    assert fine.alpha <= 0.05


def test_looking_more_often_saves_people():
    sizes = [plan(OneArmBinary(threshold=0.3, alternative=0.5, looks=k)).expected_n_null for k in (1, 5, 20)]

    assert sizes == sorted(sizes)


@settings(max_examples=6, deadline=None)
@given(
    threshold=st.floats(0.1, 0.75),
    step=st.floats(0.19, 0.199),
    alpha=st.sampled_from([0.01, 0.05, 0.1]),
    power=st.sampled_from([0.7, 0.8, 0.9]),
)
def test_error_and_power_are_kept_for_any_one_arm_design(threshold, step, alpha, power):
    design = OneArmBinary(threshold=threshold, alternative=threshold + step, alpha=alpha, power=power)
    at_null, at_alternative = operating_at(design, (threshold,)), operating_at(design, (threshold + step,))

    assert at_null.supported <= alpha
    assert at_alternative.supported >= power
    assert operating_at(design, (threshold / 2,)).supported <= at_null.supported
    assert at_null.refuted <= alpha


def test_a_claim_that_something_is_rarer_mirrors_the_claim_that_it_is_more_common():
    more = plan(OneArmBinary(threshold=0.6, alternative=0.85))
    less = plan(OneArmBinary(threshold=0.4, alternative=0.15))

    assert less.expected_n_alternative == pytest.approx(more.expected_n_alternative, abs=1e-9)


def test_too_few_people_give_less_power_and_say_so():
    made = plan(OneArmBinary(threshold=0.6, alternative=0.85, max_units=12))

    assert made.max_n <= 12
    assert made.power < 0.8
    assert made.alpha <= 0.05


def test_a_horizon_that_is_too_short_is_refused():
    with pytest.raises(NoBoundaryError):
        optimise(pi0=0.5, pi1=0.6, alpha=0.05, power=0.8, horizon=20, calendar=Calendar(20))


def test_long_walks_keep_their_error_too():
    seen = operating_at(TwoArmBinary(baseline=0.2, minimal_effect=0.04), (0.22, 0.22))

    assert seen.supported <= 0.025
