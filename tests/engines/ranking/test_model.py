# SPDX-License-Identifier: EUPL-1.2
"""The Gaussian model: leniency, noise and scale of jurors, and what they leave of the differences between ideas."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import log_ndtr, ndtr

from beproefd.engines.ranking import Comparison, Judgements, rank
from beproefd.engines.ranking.chains import draw_scores
from beproefd.engines.ranking.comparisons import Answers, propagate
from beproefd.engines.ranking.model import Readings, Spreads, estimate, first_guess, posterior
from beproefd.engines.ranking.simulation import World, imagine
from tests.engines.ranking.juries import NAN, ONE, TWO, juries, jury


def readings(scores, weight=None):
    scores = np.asarray(scores, dtype=float)
    weight = np.ones_like(scores) if weight is None else np.asarray(weight, dtype=float)
    return Readings(scores[None], weight[None], first_guess(scores[None], weight[None], 10.0))


def given_spreads(jurors, ideas=1.0, noise=1.0):
    return Spreads(np.array([ideas]), np.full((1, jurors), noise), np.ones((1, jurors)), np.array([noise]))


def test_the_posterior_is_that_of_the_joint_normal_distribution():
    source = np.random.default_rng(1)
    scores, weight = source.normal(0, 1, (3, 4)), source.integers(0, 2, (3, 4)).astype(float)
    weight[:, 0] = 1.0
    scores *= weight
    spreads = Spreads(np.array([1.3]), np.array([[0.5, 1.0, 2.0]]), np.array([[0.9, 1.0, 1.2]]), np.array([1.0]))
    found = posterior(readings(scores, weight), spreads)
    design = np.zeros((12, 7))
    precision = np.zeros(12)
    for j in range(3):
        for i in range(4):
            design[4 * j + i, [i, 4 + j]] = spreads.scale[0, j], 1.0
            precision[4 * j + i] = weight[j, i] / spreads.noise[0, j]
    inner = design.T @ (precision[:, None] * design) + np.diag([1 / 1.3] * 4 + [0.0] * 3)
    covariance = np.linalg.inv(inner)
    mean = covariance @ design.T @ (precision * scores.ravel())
    assert found.quality[0] == pytest.approx(mean[:4])
    assert found.leniency[0] == pytest.approx(mean[4:])
    assert found.covariance[0] == pytest.approx(covariance[:4, :4])
    assert found.cross[0] == pytest.approx(covariance[:4, 4:])
    assert found.variance[0] == pytest.approx(np.diag(covariance)[:4])


def test_the_variances_are_found_back():
    panels = imagine(World(ideas=60, jurors=20, gap=0.0, unequal=0.4, step=0.01), 20, np.random.default_rng(2))
    data = Readings(panels.scores, np.ones_like(panels.scores), np.ones(20))
    spreads = estimate(data, rounds=200)
    assert spreads.ideas.mean() == pytest.approx(1.0, abs=0.12)
    assert np.corrcoef(np.log(spreads.noise.ravel()), np.log(panels.noise.ravel() ** 2))[0, 1] > 0.9
    assert spreads.scale.mean() == pytest.approx(1.0, abs=0.05)


def test_draws_agree_with_the_exact_posterior_when_there_is_much_data():
    panels = imagine(World(ideas=20, jurors=30, gap=0.0), 1, np.random.default_rng(3))
    data = Readings(panels.scores, np.ones_like(panels.scores), np.ones(1))
    spreads = estimate(data, rounds=200)
    found = posterior(data, spreads)
    draws, _ = draw_scores(data, spreads, np.random.default_rng(4), sweeps=60)
    assert draws[0].mean(axis=0) == pytest.approx(found.quality[0], abs=0.12)
    assert draws[0].std(axis=0) == pytest.approx(np.sqrt(found.variance[0]), rel=0.12)


@given(juries(fewest=2), st.integers(0, 4), st.sampled_from([-3.0, 1.5, 4.0]))
@settings(max_examples=40, deadline=None)
def test_a_constant_added_to_one_juror_changes_no_difference_in_the_model(judgements, who, constant):
    wide = ONE.__class__(keys=TWO.keys, weights=TWO.weights, scale=(-20, 20))
    scores = judgements.scores.copy()
    scores[who % len(judgements.jurors)] += constant
    before, after = rank(judgements, wide), rank(jury(scores, TWO), wide)
    assert np.diff(after.model_score) == pytest.approx(np.diff(before.model_score), abs=1e-6, nan_ok=True)
    assert after.noise == pytest.approx(before.noise, abs=1e-6, nan_ok=True)


def test_a_constant_added_to_one_juror_changes_no_probability():
    source = np.random.default_rng(6)
    scores = source.normal(5, 1.5, (5, 8)).clip(1, 8)
    higher = scores.copy()
    higher[2] += 2.0
    before, after = rank(jury(scores), ONE), rank(jury(higher), ONE)
    assert after.p_top == pytest.approx(before.p_top, abs=0.002)
    assert after.leniency[2] - before.leniency[2] == pytest.approx(2.0 * 4 / 5)
    assert after.p_right == pytest.approx(before.p_right, abs=0.002)


@given(juries(fewest=1), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_model_does_not_see_who_sits_where(judgements, random):
    assume(
        len(set(np.nanmean(np.where(judgements.observed, judgements.scores, 0), axis=(0, 2)))) == len(judgements.ideas)
    )
    ideas = list(range(len(judgements.ideas)))
    jurors = list(range(len(judgements.jurors)))
    random.shuffle(ideas)
    random.shuffle(jurors)
    shuffled = Judgements(
        tuple(judgements.jurors[j] for j in jurors),
        tuple(judgements.ideas[i] for i in ideas),
        judgements.scores[np.ix_(jurors, ideas)],
    )
    before, after = rank(judgements, TWO), rank(shuffled, TWO)
    assert after.model_score == pytest.approx(before.model_score[ideas], abs=1e-9, nan_ok=True)
    assert after.p_top == pytest.approx(before.p_top[ideas], abs=0.01)


def test_a_lenient_juror_does_not_lift_the_ideas_that_only_he_read():
    # Juror 0 gives three points more; idea 3 was read by him alone.
    scores = [[8, 7, 6, 7], [5, 4, 3, NAN], [5, 4, 3, NAN]]
    ranking = rank(jury(scores), ONE, top=1)
    assert ranking.ideas[ranking.order[0]] == "idea 3"
    assert ranking.ideas[ranking.model_order[0]] == "idea 0"
    assert ranking.leniency[0] > 1.5


def test_an_erratic_juror_is_called_noisy_and_counts_less():
    source = np.random.default_rng(8)
    quality = source.normal(5, 1.5, 20)
    scores = quality + source.normal(0, 0.4, (6, 20))
    scores[5] = source.uniform(1, 9, 20)
    ranking = rank(jury(scores.clip(0, 10)), ONE)
    assert ranking.noise[5] > 2 * ranking.noise[:5].max()
    assert np.corrcoef(ranking.model_score, quality)[0, 1] > np.corrcoef(ranking.mean, quality)[0, 1]


def test_one_saboteur_who_scores_the_reverse_is_ignored():
    source = np.random.default_rng(9)
    quality = np.linspace(2, 8, 12)
    scores = (quality + source.normal(0, 0.6, (8, 12))).clip(0, 10)
    without = rank(jury(scores[:7]), ONE)
    scores[7] = 10 - scores[7]
    assert set(rank(jury(scores), ONE).model_top) == set(without.model_top)


def test_more_readings_give_narrower_intervals():
    source = np.random.default_rng(10)
    scores = (np.linspace(3, 7, 10) + source.normal(0, 1, (12, 10))).clip(0, 10)
    few, many = rank(jury(scores[:3]), ONE), rank(jury(scores), ONE)
    assert np.diff(many.interval).mean() < np.diff(few.interval).mean()


@given(juries(fewest=2, missing=False), st.data())
@settings(max_examples=30, deadline=None)
def test_a_higher_score_never_lowers_an_idea_below_another_when_the_spreads_are_known(judgements, data):
    scores = judgements.scores.mean(axis=2)
    i = data.draw(st.integers(0, scores.shape[1] - 1))
    j = data.draw(st.integers(0, scores.shape[0] - 1))
    higher = scores.copy()
    higher[j, i] += 1.0
    spreads = given_spreads(len(scores))
    before = posterior(readings(scores), spreads).quality[0]
    after = posterior(readings(higher), spreads).quality[0]
    assert ((after[i] - after) - (before[i] - before) >= -1e-9).all()


def test_a_comparison_moves_both_ideas_as_the_truncated_normal_says():
    # q ~ N(0, I): the difference d ~ N(0, 2), seen through probit noise of variance 2.
    factors = propagate(np.zeros(2), np.eye(2), Answers.of(np.array([0]), np.array([1]), np.array([2.0])))
    lead = factors.shift(np.zeros(2))
    # E[d | better] = 2 phi(0) / (Phi(0) sqrt(2 + 2))
    expected = 2 * (1 / np.sqrt(2 * np.pi)) / 0.5 / 2
    assert lead[0] - lead[1] == pytest.approx(expected, abs=1e-6)
    moments = factors.covariance
    assert moments[0, 0] + moments[1, 1] - 2 * moments[0, 1] == pytest.approx(2 - expected**2, abs=1e-6)


def test_comparisons_in_a_circle_are_close_to_the_exact_answer():
    better, worse = np.array([0, 1, 0, 2]), np.array([1, 2, 2, 1])
    factors = propagate(np.zeros(3), np.eye(3), Answers.of(better, worse, np.full(4, 2.0)))
    draws = np.random.default_rng(11).standard_normal((400_000, 3))
    weight = ndtr((draws[:, better] - draws[:, worse]) / np.sqrt(2)).prod(axis=1)
    exact = (weight[:, None] * draws).sum(axis=0) / weight.sum()
    assert factors.shift(np.zeros(3)) == pytest.approx(exact, abs=0.02)
    assert np.diag(factors.covariance) == pytest.approx(
        (weight[:, None] * draws**2).sum(axis=0) / weight.sum() - exact**2, abs=0.02
    )


@pytest.mark.parametrize("noise", [2.0, 0.02, 1e-4])
@pytest.mark.parametrize(("first", "second"), [(1, 0), (10, 0), (500, 0), (500, 500), (7, 3)])
def test_any_number_of_answers_about_two_ideas_is_exact(first, second, noise):
    better, worse = [0] * first + [1] * second, [1] * first + [0] * second
    factors = propagate(np.zeros(2), np.eye(2), Answers.of(better, worse, np.full(first + second, noise)))
    points = np.linspace(-12, 12, 1_000_001)
    logs = first * log_ndtr(points / np.sqrt(noise)) + second * log_ndtr(-points / np.sqrt(noise)) - points**2 / 4
    weight = np.exp(logs - logs.max())
    mean = (weight * points).sum() / weight.sum()
    moved = factors.shift(np.zeros(2))
    assert moved[0] - moved[1] == pytest.approx(mean, abs=0.01)
    exact = (weight * (points - mean) ** 2).sum() / weight.sum()
    assert factors.answers.apart(factors.covariance)[0] == pytest.approx(exact, rel=0.02)


@given(st.integers(2, 5), st.integers(1, 40), st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_counting_the_same_answers_changes_nothing(ideas, number, seed):
    source = np.random.default_rng(seed)
    ends = np.array([source.permutation(ideas)[:2] for _ in range(number)])
    noise = source.choice([0.5, 2.0], number)
    turn = source.permutation(number)
    found = Answers.of(ends[:, 0], ends[:, 1], noise)
    assert found.times.sum() == number
    assert len(found.better) == len({frozenset(pair) for pair in ends.tolist()})
    again = propagate(np.zeros(ideas), np.eye(ideas), Answers.of(ends[turn, 0], ends[turn, 1], noise[turn]))
    assert np.array_equal(again.covariance, propagate(np.zeros(ideas), np.eye(ideas), found).covariance)


def test_thousands_of_answers_are_put_in_order():
    source = np.random.default_rng(13)
    ends = np.array([source.permutation(30)[:2] for _ in range(5000)])
    answers = Answers.of(ends.min(axis=1), ends.max(axis=1), source.choice([1.0, 2.0, 3.0], 5000))
    quality = propagate(np.zeros(30), np.eye(30), answers).shift(np.zeros(30))
    assert np.argsort(-quality).tolist() == list(range(30))


def comparisons_of(orders):
    """One juror per order, who compares every two neighbours in it, best first."""
    return tuple(
        Comparison(f"juror {j}", f"idea {a}", f"idea {b}")
        for j, order in enumerate(orders)
        for a, b in itertools.pairwise(order)
    )


def test_comparisons_alone_give_the_order_the_top_and_its_stability():
    answers = comparisons_of([[3, 2, 1, 0]] * 4)
    ranking = rank(jury(np.full((4, 4), NAN), comparisons=answers), ONE, top=1)
    assert ranking.basis == "comparisons"
    assert ranking.order.tolist() == ranking.model_order.tolist() == [3, 2, 1, 0]
    assert ranking.top == ranking.model_top == ("idea 3",)
    assert ranking.stability.stable
    assert ranking.p_published_right == ranking.p_right
    assert np.isnan(ranking.mean).all()
    assert ranking.p_top[3] > 0.6


def test_the_juror_whose_comparisons_decide_is_named():
    answers = comparisons_of([[0, 1, 2], [1, 0, 2], [1, 0, 2]])
    stability = rank(jury(np.full((3, 3), NAN), comparisons=answers), ONE, top=1).stability
    assert stability.top == ("idea 1",)
    assert stability.without_juror == (
        ("juror 1", ("idea 0",), ("idea 1",)),
        ("juror 2", ("idea 0",), ("idea 1",)),
    )
    assert not stability.stable


def test_the_weights_count_in_the_stability_of_comparisons_on_a_criterion():
    blank = np.full((2, 2, 2), NAN)

    def told(first, second):
        answers = (Comparison("juror 0", "idea 0", "idea 1", first), Comparison("juror 1", "idea 1", "idea 0", second))
        return rank(jury(blank, TWO, comparisons=answers), TWO, top=1).stability

    split = told("impact", "effort")
    assert (split.top, split.weight_method) == (("idea 0",), "points")
    assert 0.9 < split.weight_share <= 1.0
    assert told(None, None).weight_method == "exact"


def test_opposite_comparisons_are_a_tie_at_the_border():
    answers = (Comparison("juror 0", "idea 0", "idea 1"), Comparison("juror 1", "idea 1", "idea 0"))
    assert rank(jury(np.full((2, 2), NAN), comparisons=answers), ONE, top=1).ties == (("idea 0", "idea 1"),)


def test_ideas_without_a_score_come_last_in_the_order_of_their_comparisons():
    scores = [[4, 6, NAN, NAN, NAN]]
    answers = (Comparison("juror 0", "idea 3", "idea 2"), Comparison("juror 0", "idea 3", "idea 1"))
    ranking = rank(jury(scores, comparisons=answers), ONE, top=3)
    assert ranking.basis == "scores"
    assert ranking.order.tolist() == [1, 0, 3, 2, 4]
    assert ranking.top == ("idea 1", "idea 0")


@given(st.lists(st.permutations(range(5)), min_size=1, max_size=4), st.permutations(range(5)))
@settings(max_examples=25, deadline=None)
def test_the_order_from_comparisons_does_not_depend_on_the_names(orders, names):
    before = rank(jury(np.full((len(orders), 5), NAN), comparisons=comparisons_of(orders)), ONE)
    renamed = [[names[i] for i in order] for order in orders]
    after = rank(jury(np.full((len(orders), 5), NAN), comparisons=comparisons_of(renamed)), ONE)
    assert after.model_score[list(names)] == pytest.approx(before.model_score, abs=1e-6)
    assert after.stability.stable == before.stability.stable or before.ties or after.ties


@given(st.lists(st.permutations(range(5)), min_size=1, max_size=4), st.data())
@settings(max_examples=25, deadline=None)
def test_one_more_comparison_never_lowers_the_score_of_the_better_idea(orders, data):
    answers = comparisons_of(orders)
    better, worse = data.draw(st.permutations(range(5)))[:2]
    more = (*answers, Comparison(f"juror {len(orders)}", f"idea {better}", f"idea {worse}"))
    blank = np.full((len(orders) + 1, 5), NAN)
    before, after = rank(jury(blank, comparisons=answers), ONE), rank(jury(blank, comparisons=more), ONE)
    assert after.model_score[better] >= before.model_score[better] - 1e-6


def test_the_same_question_is_answered_once():
    with pytest.raises(ValueError, match="the same two ideas on the same criterion twice"):
        jury(
            np.full((1, 2), NAN),
            comparisons=(Comparison("juror 0", "idea 0", "idea 1"), Comparison("juror 0", "idea 1", "idea 0")),
        )


def test_comparisons_break_what_scores_leave_open():
    scores = [[7, 7, 3], [6, 6, 2], [5, 5, 1]]
    answers = tuple(Comparison(f"juror {j}", "idea 1", "idea 0", "impact") for j in range(3))
    open_ended, settled = rank(jury(scores), ONE, top=1), rank(jury(scores, comparisons=answers), ONE, top=1)
    assert open_ended.model_score[0] == pytest.approx(open_ended.model_score[1])
    assert settled.model_top == ("idea 1",)
    assert settled.p_top[1] > 0.6
    assert settled.order.tolist() == open_ended.order.tolist()


def test_a_juror_who_left_one_criterion_open_counts_for_the_rest():
    scores = np.array([[[8.0, 6.0], [4.0, 2.0], [6.0, NAN]], [[8, 6], [4, 2], [6, 4]]])
    ranking = rank(jury(scores, TWO), TWO, top=1)
    assert ranking.model_score[0] > ranking.model_score[2] > ranking.model_score[1]
