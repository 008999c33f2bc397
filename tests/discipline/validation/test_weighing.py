# SPDX-License-Identifier: EUPL-1.2
"""What all evidence together says, and what to test next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beproefd.discipline.validation.weighing import Weighed, riskiest_first, weigh, worth

PIECES = st.lists(
    st.builds(
        Weighed,
        st.sampled_from([-1, 0, 1]),
        st.sampled_from([1, 2, 3, 4]),
        st.sampled_from(["target", "partner", "desk"]),
    ),
    max_size=12,
)
BELIEF = st.sampled_from([1, 2, 3, 4, 5])


def test_without_evidence_the_first_belief_stands_and_nothing_is_settled() -> None:
    assert [weigh(belief, []).status for belief in (1, 2, 3, 4, 5)] == ["open"] * 5
    assert weigh(3, []).uncertainty == 1.0


def test_a_locked_test_settles_what_was_open() -> None:
    assert weigh(3, [Weighed(1, 4, "target")]).status == "supported"
    assert weigh(3, [Weighed(-1, 4, "target")]).status == "refuted"


def test_one_remark_settles_nothing() -> None:
    assert weigh(3, [Weighed(1, 1, "target")]).status == "open"


def test_firm_evidence_both_ways_is_mixed() -> None:
    assert weigh(3, [Weighed(1, 4, "target"), Weighed(-1, 4, "target")]).status == "mixed"


@given(BELIEF, PIECES, st.randoms())
def test_the_order_in_which_evidence_comes_in_does_not_matter(belief: int, pieces: list[Weighed], dice) -> None:
    shuffled = list(pieces)
    dice.shuffle(shuffled)
    one, two = weigh(belief, pieces), weigh(belief, shuffled)
    assert one.chance == pytest.approx(two.chance)
    assert one.pieces == two.pieces == len(pieces)


@given(BELIEF, PIECES, st.sampled_from([1, 2, 3, 4]))
def test_support_never_lowers_the_chance_and_contradiction_never_raises_it(
    belief: int, pieces: list[Weighed], strength: int
) -> None:
    base = weigh(belief, pieces).chance
    assert weigh(belief, [*pieces, Weighed(1, strength, "desk")]).chance >= base
    assert weigh(belief, [*pieces, Weighed(-1, strength, "desk")]).chance <= base
    assert weigh(belief, [*pieces, Weighed(0, strength, "desk")]).chance == pytest.approx(base)


@given(BELIEF, PIECES)
def test_the_chance_stays_a_chance(belief: int, pieces: list[Weighed]) -> None:
    found = weigh(belief, pieces)
    assert 0 < found.chance < 1
    assert 0 <= found.uncertainty <= 1


def test_important_unsure_and_cheap_comes_first() -> None:
    worths = [worth(5, 1.0, 10), worth(4, 1.0, 2), worth(5, 0.1, 1), worth(1, 1.0, 1)]
    assert riskiest_first(worths) == [1, 3, 0, 2]


def test_money_is_counted_as_days_of_work() -> None:
    assert worth(4, 1.0, 2, 500, 500) == worth(4, 1.0, 3) == pytest.approx(4 / 3)
    assert worth(4, 1.0, 2, 0, 500) == worth(4, 1.0, 2)


@given(st.integers(1, 5), st.floats(0, 1), st.integers(1, 60), st.floats(0, 1e6), st.floats(0, 1e6), st.floats(1, 5000))
def test_more_money_never_makes_a_test_come_earlier(
    importance: int, unsure: float, days: int, euros: float, more: float, day: float
) -> None:
    assert worth(importance, unsure, days, euros + more, day) <= worth(importance, unsure, days, euros, day)


@given(st.lists(st.floats(0, 100), max_size=20))
def test_everything_has_one_place_in_the_order(worths: list[float]) -> None:
    order = riskiest_first(worths)
    assert sorted(order) == list(range(len(worths)))
    assert [worths[index] for index in order] == sorted(worths, reverse=True)
