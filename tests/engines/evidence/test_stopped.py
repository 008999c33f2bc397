# SPDX-License-Identifier: EUPL-1.2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.engines.evidence import Monitor, Observation, OneArmBinary, TwoArmBinary, Verdict
from beproefd.engines.evidence.boundary import law
from beproefd.engines.evidence.model import model_of
from tests.engines.evidence.listing import stopped_walk, stopping_points

DESIGN = OneArmBinary(threshold=0.3, alternative=0.55)


def ends(share):
    """(probability, estimate, interval, p, bounds) of every way in which the test can end."""
    for people, wins, chance in stopping_points(DESIGN, share):
        walk = stopped_walk(DESIGN, people, wins)
        yield chance, walk.estimate(), walk.interval(0.05), walk.p_value(), walk.estimate_bounds()


@pytest.mark.parametrize("share", [0.2, 0.3, 0.45, 0.55, 0.7])
def test_the_interval_after_stopping_covers_and_the_estimate_is_even_handed(share):
    truth = np.log(share / (1 - share)) - np.log(0.3 / 0.7)
    points = list(ends(share))
    covered = sum(chance for chance, _, (low, high), *_ in points if low - 1e-7 <= truth <= high + 1e-7)
    above = sum(chance for chance, middle, *_ in points if middle > truth)
    below = sum(chance for chance, middle, *_ in points if middle < truth)

    assert sum(point[0] for point in points) == pytest.approx(1.0)
    assert covered >= 0.95
    assert max(above, below) <= 0.5 + max(chance for chance, *_ in points)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 0.95))
def test_two_estimates_are_exactly_median_unbiased_one_from_each_side(share):
    truth = np.log(share / (1 - share)) - np.log(0.3 / 0.7)
    points = list(ends(share))

    assert sum(chance for chance, *_, (low, _) in points if low > truth + 1e-6) <= 0.5 + 1e-9
    assert sum(chance for chance, *_, (_, high) in points if high < truth - 1e-6) <= 0.5 + 1e-9
    assert all(low <= middle + 1e-6 and middle <= high + 1e-6 for _, middle, _, _, (low, high) in points)


def test_the_result_gives_both_on_the_scale_people_use():
    running, done = Monitor(DESIGN), Monitor(DESIGN)
    running.update([Observation(1.0)])
    done.update([Observation(float(k % 5 != 0)) for k in range(40)])
    low, high = done.result.estimate_bounds

    assert running.result.estimate_bounds == (None, None)
    assert 0.3 < low < done.estimate < high < 1


def test_the_p_value_is_at_most_alpha_exactly_as_often_as_alpha_allows():
    points = list(ends(0.3))
    for level in (0.01, 0.05, 0.2):
        assert sum(chance for chance, _, _, p, _ in points if p <= level) <= level + 1e-9


def test_an_earlier_stop_for_support_is_stronger():
    fast = Monitor(DESIGN)
    fast.update([Observation(1.0)] * 30)
    slow = Monitor(DESIGN)
    slow.update([Observation(float(k % 5 != 0)) for k in range(40)])

    assert fast.verdict is slow.verdict is Verdict.SUPPORTED
    assert fast.result.p_value < slow.result.p_value
    assert fast.estimate > slow.estimate


def test_the_estimate_lies_in_its_interval_and_support_excludes_no_effect():
    design = TwoArmBinary(baseline=0.2, minimal_effect=0.1)
    generator = np.random.default_rng(3)
    seen = 0
    for _ in range(12):
        drawn = generator.random((380, 2)) < (0.2, 0.33)
        monitor = Monitor(design)
        monitor.update([Observation(float(pair[arm]), arm=str(arm)) for pair in drawn for arm in (0, 1)])
        result = monitor.result
        assert result.interval[0] <= result.estimate <= result.interval[1]
        if result.verdict is Verdict.SUPPORTED:
            seen += 1
            assert result.interval[0] > 0
            assert result.p_value <= 0.025
    assert seen


def test_the_law_and_the_listing_agree():
    table = model_of(DESIGN).table
    found = law(table, 0.45)

    assert found.support.sum() + found.reject.sum() == pytest.approx(1.0)
