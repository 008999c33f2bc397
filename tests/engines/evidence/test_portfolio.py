# SPDX-License-Identifier: EUPL-1.2
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.engines.evidence import Verdict
from beproefd.engines.evidence.portfolio import (
    Candidate,
    closed_e_bh,
    combine,
    e_bh,
    guarded,
    order_of_testing,
    sweep,
    worth_of_testing,
)

e_lists = st.lists(st.floats(0, 200), min_size=1, max_size=6)


def by_listing(values, q):
    """Largest set for which every set of hypotheses agrees, by trying all."""
    m = len(values)
    best = ()
    for r in range(1, m + 1):
        for chosen in combinations(range(m), r):
            fine = all(
                np.mean([values[k] for k in group]) >= len(set(group) & set(chosen)) / (q * r) * (1 - 1e-12)
                for size in range(1, m + 1)
                for group in combinations(range(m), size)
            )
            if fine and r > len(best):
                best = chosen
    return len(best)


@settings(max_examples=40, deadline=None)
@given(values=e_lists, q=st.sampled_from([0.05, 0.1, 0.3]))
def test_closed_e_bh_finds_as_many_as_listing_every_set(values, q):
    assert closed_e_bh(values, q).sum() == by_listing(values, q)


@given(values=st.lists(st.floats(0, 1000), min_size=1, max_size=30), q=st.sampled_from([0.05, 0.1]))
def test_the_closed_form_never_finds_fewer_than_the_plain_one(values, q):
    plain, closed = e_bh(values, q), closed_e_bh(values, q)

    assert (closed | ~plain).all()


@given(values=st.lists(st.floats(0, 1000), min_size=2, max_size=12, unique=True), data=st.data())
def test_the_order_of_the_experiments_does_not_matter(values, data):
    turn = data.draw(st.permutations(range(len(values))))
    turned = closed_e_bh([values[k] for k in turn], 0.1)

    assert turned.tolist() == closed_e_bh(values, 0.1)[list(turn)].tolist()


def test_one_experiment_needs_one_over_q():
    assert e_bh([10.0], 0.1).tolist() == [True]
    assert closed_e_bh([9.99], 0.1).tolist() == [False]


def test_the_share_of_false_finds_stays_below_q():
    generator = np.random.default_rng(6)
    shares = []
    for _ in range(400):
        logs = generator.normal(-0.5 * 2.2**2, 2.2, 20)
        logs[:5] += 2.2**2
        found = closed_e_bh(np.exp(logs), 0.1)
        shares.append(found[5:].sum() / max(found.sum(), 1))

    assert np.mean(shares) <= 0.1


def test_a_sweep_drops_the_weak_and_keeps_what_already_stopped():
    now = sweep([500.0, 0.1, 3.0, 400.0], [True, True, True, False], q=0.1, drop_below=0.3)

    assert now.found.tolist() == [True, False, False, False]
    assert now.dropped.tolist() == [False, True, False, False]


def test_evidence_from_other_people_multiplies():
    assert combine([4.0, 5.0], independent=True) == 20.0
    assert combine([4.0, 5.0], independent=False) == 4.5


@pytest.mark.parametrize(
    ("main", "guards", "told"),
    [
        (Verdict.SUPPORTED, [Verdict.FUTILE], Verdict.SUPPORTED),
        (Verdict.SUPPORTED, [Verdict.CONTINUE], Verdict.CONTINUE),
        (Verdict.SUPPORTED, [Verdict.SUPPORTED], Verdict.REFUTED),
        (Verdict.FUTILE, [Verdict.CONTINUE], Verdict.FUTILE),
    ],
)
def test_a_guard_rail_can_stop_or_hold_a_success(main, guards, told):
    assert guarded(main, guards) is told


def candidate(prior, price=0.0):
    return Candidate(prior, 100.0, 100.0, 0.05, 0.8, 200.0, 120.0, price)


def test_testing_is_worth_most_where_we_doubt_most():
    sure, doubtful = worth_of_testing(candidate(0.95)), worth_of_testing(candidate(0.5))

    assert doubtful.gain > 0 > sure.gain
    assert order_of_testing([candidate(0.95), candidate(0.5), candidate(0.3)])[0] == 1
    assert order_of_testing([candidate(0.95), candidate(0.5), candidate(0.3)])[-1] == 0


def test_a_dear_test_is_not_worth_it():
    assert worth_of_testing(candidate(0.5, price=1.0)).gain < 0
