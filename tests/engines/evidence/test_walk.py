# SPDX-License-Identifier: EUPL-1.2
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.engines.evidence import MatchedPairs, Monitor, Observation, TwoArmBinary, TwoArmContinuous, Verdict
from beproefd.engines.evidence.calendar import calendar_figures
from beproefd.engines.evidence.model import model_of
from beproefd.engines.evidence.steps import block_step, gain, step_law
from beproefd.engines.evidence.walk import Spending, Walk

values = st.lists(st.integers(0, 5), min_size=1, max_size=4)


@given(treated=values, others=values)
def test_the_law_of_a_block_is_what_listing_every_draw_gives(treated, others):
    step, score = block_step(treated, others)
    everyone = treated + others
    sums = np.array([sum(draw) for draw in combinations(everyone, len(treated))])
    if step is None:
        assert len(set(sums.tolist())) == 1
        return
    law = step_law(step)
    floor = sums.min()
    counted = np.bincount(sums - floor, minlength=len(law.pmf)) / len(sums)

    assert law.pmf == pytest.approx(counted)
    if len(treated) + len(others) > 2:
        assert score == sum(treated) - floor


def test_two_binary_arms_in_a_block_follow_fishers_law():
    step, _ = block_step([1, 0, 1], [0, 0, 1, 0])

    assert step_law(step).pmf == pytest.approx([4 / 35, 18 / 35, 12 / 35, 1 / 35])


@given(g=st.integers(1, 40), theta=st.floats(0.01, 2))
def test_a_step_cannot_teach_more_than_it_can_say(g, theta):
    learned = gain(("sign", (float(g),)), theta)

    assert 0 < learned <= theta**2 * g**2 / 4 + 1e-12
    assert learned <= theta * g + 1e-9


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(st.integers(1, 9), min_size=3, max_size=25),
    looks=st.sets(st.integers(1, 25)),
    alpha=st.sampled_from([0.025, 0.05, 0.2]),
)
def test_no_calendar_of_looks_uses_more_than_alpha(steps, looks, alpha):
    spending = Spending((0.0, 0.5, 1.0), (0.0, alpha / 3, alpha), (0.0, 0.1, 0.2))
    walk = Walk(0.2, alpha)
    for made, g in enumerate(steps, start=1):
        walk.step(("sign", (float(g),)))
        if made in looks or made == len(steps):
            upper, lower, _ = walk.limits(*spending.at(made / len(steps)), final=made == len(steps))
            walk.look(upper, lower)

    assert walk.spent_alpha <= alpha + 1e-12


@pytest.mark.parametrize("looks", [25, (10, 20, 60, 130, 150, 300)])
def test_limits_made_for_a_calendar_keep_the_error_and_the_power(looks):
    model = model_of(TwoArmBinary(baseline=0.2, minimal_effect=0.1, looks=looks))
    generator = np.random.default_rng(11)
    pi1 = model.canonical.boundary.pi1 if model.canonical.boundary.pi0 != 0.5 else 0.24 / 0.38
    setting = {"theta": model.theta, "alpha": 0.025, "paths": 300}
    none = calendar_figures(model.ratios, rate=0.375, pi=0.5, generator=generator, **setting)
    some = calendar_figures(model.ratios, rate=0.38, pi=pi1, generator=generator, **setting)
    rare = calendar_figures(model.ratios, rate=0.02, pi=0.5, generator=generator, **setting)

    assert none.worst_alpha <= 0.025 + 1e-12
    assert rare.worst_alpha <= 0.025 + 1e-12
    assert pi1 != 0.24 / 0.38 or some.supported >= 0.79


def test_a_false_claim_about_skewed_outcomes_is_rarely_supported():
    design = TwoArmContinuous(minimal_effect=0.8, sd=1.0, alpha=0.2)
    generator = np.random.default_rng(5)
    supported = 0
    for _ in range(400):
        drawn = generator.exponential(size=120)
        monitor = Monitor(design)
        monitor.update([Observation(float(value), arm=str(k % 2)) for k, value in enumerate(drawn)])
        supported += monitor.verdict is Verdict.SUPPORTED

    assert supported / 400 <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / 400)


def test_five_matched_pairs_can_never_support_at_one_in_forty():
    monitor = Monitor(MatchedPairs(minimal_effect=2.0, max_units=5))
    monitor.update([Observation(float(5 * k), arm=str(k), pair=str(pair)) for pair in range(5) for k in (0, 1)])

    assert monitor.verdict is Verdict.FUTILE
