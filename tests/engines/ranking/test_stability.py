# SPDX-License-Identifier: EUPL-1.2
"""One juror less, or slightly other weights: is the top still the top?"""

import numpy as np
import pytest
from hypothesis import given, settings

from beproefd.engines.ranking import Criteria, rank
from beproefd.engines.ranking.official import best_first, tabulate, weighted
from beproefd.engines.ranking.polytope import share_kept
from beproefd.engines.ranking.stability import share_on_points
from tests.engines.ranking.juries import NAN, ONE, TWO, juries, jury


def test_the_juror_who_decides_is_named_with_the_ideas_that_swap():
    stability = rank(jury([[6, 5, 1], [6, 5, 1], [1, 10, 1]]), ONE, top=1).stability
    assert stability.top == ("idea 1",)
    assert stability.without_juror == (("juror 2", ("idea 0",), ("idea 1",)),)
    assert not stability.stable


def test_agreement_is_stable():
    stability = rank(jury([[9, 8, 2, 1], [9, 7, 3, 2], [8, 8, 1, 1]]), ONE, top=2).stability
    assert stability.without_juror == ()
    assert stability.weight_share == 1.0
    assert stability.smallest_weight_change is None
    assert stability.stable


@given(juries(fewest=1))
@settings(max_examples=60, deadline=None)
def test_leaving_out_a_juror_is_the_same_as_ranking_without_that_juror(judgements):
    whole = rank(judgements, TWO, top=2)
    found = {name: (enter, leave) for name, enter, leave in whole.stability.without_juror}
    for j, name in enumerate(judgements.jurors):
        rest = jury(np.delete(judgements.scores, j, axis=0), TWO)
        mean = weighted(tabulate(rest).mean, TWO.shares)
        top = {rest.ideas[i] for i in best_first(mean, rest.ideas)[:2] if not np.isnan(mean[i])}
        assert (set(whole.top) - top, top - set(whole.top)) == tuple(map(set, found.get(name, ((), ()))[::-1]))


def test_two_criteria_give_the_weight_at_which_two_ideas_swap():
    # 8x + 2(1 - x) = 4x + 7(1 - x) at x = 5/9.
    stability = rank(jury([[[8, 2], [4, 7]]], TWO), TWO, top=1).stability
    change = stability.smallest_weight_change
    assert change.points == pytest.approx(100 * (0.6 - 5 / 9))
    assert (change.up, change.down) == (("effort",), ("impact",))
    assert (change.entering, change.leaving) == ("idea 1", "idea 0")
    assert stability.weight_share == pytest.approx((0.7 - 5 / 9) / 0.2)
    assert not stability.stable


def test_no_weights_help_an_idea_that_is_worse_on_everything():
    assert rank(jury([[[8, 8], [4, 7]]], TWO), TWO, top=1).stability.smallest_weight_change is None


@pytest.mark.parametrize("size", [3, 4, 5, 6, 8])
def test_the_exact_share_agrees_with_counting_points(size):
    source = np.random.default_rng(size)
    cells = source.normal(6, 1, (60, size))
    shares = np.full(size, 1 / size)
    inside = np.zeros(60, dtype=bool)
    inside[np.argsort(-cells @ shares)[:3]] = True
    exact = share_kept(cells[inside], cells[~inside], np.maximum(shares - 0.1, 0), shares + 0.1)
    assert exact == pytest.approx(share_on_points(cells, inside, ~inside, shares), abs=0.02)


def test_the_exact_share_of_a_cut_through_the_middle_is_a_half():
    cells = np.array([[6.0, 4.0, 5.0, 5.0], [4.0, 6.0, 5.0, 5.0]])
    assert share_kept(cells[:1], cells[1:], np.full(4, 0.15), np.full(4, 0.35)) == pytest.approx(0.5, abs=1e-6)


def test_the_smallest_change_is_where_the_top_is_about_to_change():
    source = np.random.default_rng(3)
    criteria = Criteria(keys=tuple("abcd"), weights=np.array([4, 3, 2, 1.0]), scale=(0, 10))
    judgements = jury(np.clip(source.normal(6, 1, (5, 12, 4)), 0, 10), criteria)
    ranking = rank(judgements, criteria)
    change = ranking.stability.smallest_weight_change
    cells = tabulate(judgements).mean
    a, b = ranking.ideas.index(change.entering), ranking.ideas.index(change.leaving)
    assert cells[a] @ change.weights == pytest.approx(cells[b] @ change.weights)
    assert change.points == pytest.approx(100 * np.abs(change.weights - criteria.shares).max())
    for _ in range(500):
        step = source.uniform(-1, 1, 4)
        step -= step.mean()
        nearby = criteria.shares + 0.99 * change.points / 100 * step / np.abs(step).max()
        if (nearby >= 0).all():
            assert set(np.argsort(-cells @ nearby)[:3]) == set(ranking.order[:3])


def test_ideas_that_miss_a_whole_criterion_are_examined_on_points():
    stability = rank(jury([[[8, 2], [4, 7], [6, NAN]]], TWO), TWO, top=1).stability
    assert stability.weight_method == "points"
    assert 0 < stability.weight_share < 1
    assert stability.smallest_weight_change.leaving == "idea 2"
