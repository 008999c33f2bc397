# SPDX-License-Identifier: EUPL-1.2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from beproefd.engines.evidence import evalues
from beproefd.engines.evidence.steps import step_law

PAIR = ("bernoulli", (0.5,))
THETA = float(np.log(0.3 * 0.8 / (0.2 * 0.7)))

descriptors = st.one_of(
    st.floats(0.05, 0.95).map(lambda p: ("bernoulli", (p,))),
    st.integers(1, 6).map(lambda g: ("sign", (float(g),))),
    st.tuples(st.integers(1, 6), st.floats(0.1, 0.9)).map(lambda x: ("binomial", (float(x[0]), x[1]))),
    st.floats(0.1, 4).map(lambda mean: ("poisson", (mean,))),
    st.just(("block", (2.0, 0.0, 0.0, 1.0, 2.0, 2.0))),
)


@settings(deadline=None)
@given(descriptor=descriptors, theta=st.floats(-1.5, 1.5).filter(lambda t: abs(t) > 0.01))
def test_one_step_has_mean_one_when_the_claim_is_false(descriptor, theta):
    name, values = descriptor
    # A count has no largest value: its law is listed as far as the largest tilt reaches.
    chances = stats.poisson.pmf(np.arange(600), values[0]) if name == "poisson" else step_law(descriptor).pmf
    mean = sum(chance * evalues.e_value(score, {descriptor: 1}, theta) for score, chance in enumerate(chances))

    assert mean == pytest.approx(1.0, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    limits=st.lists(st.integers(0, 14), min_size=12, max_size=12),
    floors=st.lists(st.integers(-1, 4), min_size=12, max_size=12),
)
def test_the_mean_is_at_most_one_under_any_stopping_rule(limits, floors):
    quick = evalues.TrialEvidence(THETA, PAIR)
    running, mean = {0: 1.0}, 0.0
    for d, (limit, floor) in enumerate(zip(limits, floors, strict=True), start=1):
        step = {}
        for wins, chance in running.items():
            for new in (wins, wins + 1):
                step[new] = step.get(new, 0.0) + chance / 2
        running = {}
        for wins, chance in step.items():
            if wins >= limit or wins <= floor or d == 12:
                mean += chance * quick.value(wins, d)
            else:
                running[wins] = chance

    assert mean == pytest.approx(1.0, abs=1e-9)


def test_the_fast_form_equals_the_general_one():
    quick = evalues.TrialEvidence(THETA, PAIR)

    assert quick.value(31, 50) == pytest.approx(evalues.e_value(31, {PAIR: 50}, THETA))


def test_the_calibrated_threshold_is_below_villes_and_keeps_alpha():
    threshold = evalues.calibrated_threshold(THETA, PAIR, 0.025)

    assert 30 < threshold < 40
    assert evalues.ever_crosses(THETA, PAIR, threshold, 3000) <= 0.025


def test_the_confidence_sequence_covers_at_all_times_together():
    generator = np.random.default_rng(8)
    missed = 0
    for _ in range(300):
        wins = (generator.random(120) < 0.3).cumsum()
        missed += any(
            not low <= 0.3 <= high
            for low, high in (evalues.share_sequence(int(wins[n - 1]), n, 0.1) for n in range(4, 121, 4))
        )

    assert missed / 300 <= 0.1


def test_both_confidence_sequences_narrow_around_the_truth():
    early = evalues.tilt_sequence(60, {PAIR: 100}, THETA, 0.05)
    late = evalues.tilt_sequence(600, {PAIR: 1000}, THETA, 0.05)
    truth = np.log(0.6 / 0.4)

    assert early[0] < late[0] < truth < late[1] < early[1]
    low, high = evalues.share_sequence(600, 1000, 0.05)
    assert low < 0.6 < high
    assert high - low < 0.15


def test_nothing_seen_means_nothing_known():
    assert evalues.e_value(0, {}, THETA) == 1.0
    assert evalues.share_sequence(0, 0, 0.05) == (0.0, 1.0)
    assert evalues.tilt_sequence(0, {}, THETA, 0.05) == (-np.inf, np.inf)
