# SPDX-License-Identifier: EUPL-1.2
"""The published rule, which anyone can check with pen and paper."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.engines.ranking import Criteria, Judgements, Ranking, rank
from tests.engines.ranking.juries import NAN, ONE, TWO, juries, jury


def test_the_mean_is_over_jurors_first_and_over_criteria_second():
    ranking = rank(jury([[[8, 2], [4, 4]], [[6, NAN], [NAN, NAN]]], TWO), TWO, top=1)
    assert ranking.mean.tolist() == pytest.approx([0.6 * 7 + 0.4 * 2, 4.0])
    assert ranking.order.tolist() == [0, 1]
    assert ranking.readings.tolist() == [2, 1]


def test_a_criterion_without_scores_leaves_the_other_weights_in_proportion():
    ranking = rank(jury([[[8, NAN], [6, 6]]], TWO), TWO, top=1)
    assert ranking.mean.tolist() == [8.0, 6.0]


def test_the_median_ignores_one_extreme_juror():
    ranking = rank(jury([[5], [5], [0]]), ONE)
    assert ranking.median.tolist() == [5.0]
    assert ranking.mean[0] == pytest.approx(10 / 3)


def test_the_spread_is_unknown_with_one_reading():
    ranking = rank(jury([[5, 4], [7, NAN]]), ONE)
    assert ranking.spread[0, 0] == pytest.approx(np.sqrt(2))
    assert np.isnan(ranking.spread[1, 0])


def test_ideas_without_a_score_come_last_and_are_never_in_the_top():
    ranking = rank(jury([[NAN, 3, NAN]]), ONE, top=3)
    assert ranking.order.tolist() == [1, 0, 2]
    assert ranking.top == ("idea 1",)
    assert ranking.p_top.tolist() == [0.0, 1.0, 0.0]
    assert np.isnan(ranking.interval[0]).all()


def test_exact_ties_are_ordered_by_name_and_reported_only_when_they_cross_the_border():
    crossing = rank(jury([[5, 7, 5, 5]]), ONE, top=2)
    assert crossing.order.tolist() == [1, 0, 2, 3]
    assert crossing.ties == (("idea 0", "idea 2", "idea 3"),)
    assert rank(jury([[7, 7, 5, 4]]), ONE, top=2).ties == ()


def test_sums_in_another_order_do_not_break_a_tie():
    ranking = rank(jury([[0.1, 0.3], [0.2, 0.2], [0.3, 0.1]]), ONE, top=1)
    assert ranking.ties == (("idea 0", "idea 1"),)


@pytest.mark.parametrize(
    "table",
    [
        np.full((3, 4), NAN),
        [[5, 6]],
        [[5], [6]],
        np.full((4, 5), 6.0),
        [[3, 3, 3], [8, 8, 8]],
        np.empty((0, 3)),
        np.empty((2, 0)),
    ],
    ids=["no scores", "one juror", "one idea", "all the same", "constant jurors", "no jurors", "no ideas"],
)
def test_a_poor_round_still_gets_an_answer(table):
    ranking = rank(jury(table), ONE, top=3)
    assert Ranking.from_json(ranking.to_json()) == ranking
    assert sorted(ranking.order.tolist()) == list(range(len(ranking.ideas)))
    assert ((ranking.p_top >= 0) & (ranking.p_top <= 1)).all()


def test_a_round_without_scores_is_not_stable():
    assert not rank(jury(np.full((2, 4), NAN)), ONE).stability.stable


@given(juries(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_who_sits_where_changes_nothing(judgements, random):
    jurors, ideas = list(range(len(judgements.jurors))), list(range(len(judgements.ideas)))
    random.shuffle(jurors)
    random.shuffle(ideas)
    shuffled = Judgements(
        jurors=tuple(judgements.jurors[j] for j in jurors),
        ideas=tuple(judgements.ideas[i] for i in ideas),
        scores=judgements.scores[np.ix_(jurors, ideas)],
    )
    before, after = rank(judgements, TWO), rank(shuffled, TWO)
    assert [before.ideas[i] for i in before.order] == [after.ideas[i] for i in after.order]
    assert np.array_equal(before.mean[ideas], after.mean, equal_nan=True)
    assert before.stability.top == after.stability.top
    assert before.stability.weight_share == pytest.approx(after.stability.weight_share, abs=1e-6)


@given(juries(fewest=1), st.data())
@settings(max_examples=40, deadline=None)
def test_a_higher_score_never_lowers_the_place_of_an_idea(judgements, data):
    given_scores = np.argwhere(judgements.observed)
    if not len(given_scores):
        return
    j, i, c = given_scores[data.draw(st.integers(0, len(given_scores) - 1))]
    scores = judgements.scores.copy()
    scores[j, i, c] = min(10, scores[j, i, c] + 2)
    before = rank(judgements, TWO).order.tolist().index(i)
    after = rank(jury(scores, TWO), TWO).order.tolist().index(i)
    assert after <= before


@given(juries())
@settings(max_examples=40, deadline=None)
def test_a_ranking_survives_json(judgements):
    ranking = rank(judgements, TWO)
    assert Ranking.from_json(ranking.to_json()) == ranking
    assert Ranking.from_json(ranking.to_json()).to_json() == ranking.to_json()


@given(juries())
@settings(max_examples=40, deadline=None)
def test_judgements_and_criteria_survive_json(judgements):
    assert Judgements.from_json(judgements.to_json()) == judgements
    assert Criteria.from_json(TWO.to_json()) == TWO


@pytest.mark.parametrize(
    ("keys", "weights", "scale"),
    [
        ((), [], (0, 1)),
        (("a",), [0.0], (0, 1)),
        (("a", "a"), [1, 1], (0, 1)),
        (("a",), [1, 2], (0, 1)),
        (("a",), [1], (1, 1)),
        (("",), [1], (0, 1)),
    ],
)
def test_impossible_criteria_are_refused(keys, weights, scale):
    with pytest.raises(ValueError):
        Criteria(keys=keys, weights=np.array(weights), scale=scale)


def test_scores_outside_the_scale_are_refused():
    with pytest.raises(ValueError, match="outside the scale"):
        rank(jury([[11]]), ONE)
