# SPDX-License-Identifier: EUPL-1.2
"""Which of two ideas is better? As evidence, and as a question to ask."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from beproefd.engines.ranking import Advice, Comparison, Judgements, Limits, advise, next_judgement
from beproefd.engines.ranking.border import border_of, value_of_comparisons
from beproefd.engines.ranking.comparisons import Answers, believe
from beproefd.engines.ranking.model import posterior
from tests.engines.ranking.juries import NAN, ONE, jury
from tests.engines.ranking.test_model import given_spreads, readings

LOOSE = Limits(min_readings=1, load_spread=None)


def with_answers(table, *answers):
    plain = jury(table)
    told = tuple(Comparison(f"juror {j}", f"idea {a}", f"idea {b}") for j, a, b in answers)
    return Judgements(plain.jurors, plain.ideas, plain.scores, told)


def table_of(jurors, ideas, share, seed):
    source = np.random.default_rng(seed)
    scores = source.integers(0, 11, (jurors, ideas)).astype(float)
    return np.where(source.random((jurors, ideas)) < share, scores, NAN)


def test_an_answer_never_says_more_than_two_scores_and_most_when_nothing_is_known():
    scores = np.array([[5.0, 5, 5, 1], [5.0, 5, 5, 1]])
    spreads = given_spreads(2)
    found = posterior(readings(scores), spreads)
    border = border_of(found.quality, found.covariance, 1)
    value = value_of_comparisons(border, found, spreads, 0.0)[0]
    a, b = border.order[0, 0], border.order[0, 1]
    spread = found.variance[0, a] + found.variance[0, b] - 2 * found.covariance[0, a, b] + 2 * spreads.noise[0]

    assert np.allclose(value, np.swapaxes(value, 1, 2))
    assert (value >= 0).all()
    # Level ideas: the sign keeps 2 / pi of the information in the difference.
    step = (found.quality[0, a] - found.quality[0, b]) / np.sqrt(spread)
    share = norm.pdf(step) ** 2 / (norm.cdf(step) * norm.cdf(-step))
    assert (share <= 2 / np.pi + 1e-12).all()


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_answers_and_scores_together_make_one_valid_normal(seed):
    source = np.random.default_rng(seed)
    scores = source.normal(5, 2, (3, 5))
    found = posterior(readings(scores), given_spreads(3))
    pairs = np.array([source.permutation(5)[:2] for _ in range(4)])
    answers = Answers.of(pairs[:, 0], pairs[:, 1], np.full(4, 2.0))
    belief, _ = believe(found, answers)
    whole = np.block([[belief.covariance[0], belief.cross[0]], [belief.cross[0].T, belief.leniency_cov[0]]])

    assert np.linalg.eigvalsh(whole).min() > -1e-9
    assert (np.diag(belief.covariance[0]) <= np.diag(found.covariance[0]) + 1e-12).all()
    none, factors = believe(found, None)
    assert factors is None
    assert np.array_equal(none.covariance, found.covariance)


def test_the_expected_gain_of_an_answer_is_what_answers_bring_on_average():
    found = posterior(readings(np.array([[6.0, 5, 2], [5.5, 5, 3]])), given_spreads(2))
    noise = np.array([2.0])
    apart = found.variance[0, 0] + found.variance[0, 1] - 2 * found.covariance[0, 0, 1]
    step = (found.quality[0, 0] - found.quality[0, 1]) / np.sqrt(apart + noise[0])
    mean = 0.0
    for better, worse, chance in ((0, 1, norm.cdf(step)), (1, 0, norm.cdf(-step))):
        belief, _ = believe(found, Answers.of(np.array([better]), np.array([worse]), noise))
        after = belief.covariance[0, 0, 0] + belief.covariance[0, 1, 1] - 2 * belief.covariance[0, 0, 1]
        mean += chance * (apart - after)
    share = norm.pdf(step) ** 2 / (norm.cdf(step) * norm.cdf(-step))

    assert mean == pytest.approx(share * apart**2 / (apart + noise[0]))


def test_comparisons_count_in_what_is_claimed():
    table = np.array([[7.0, 7.2, 3, 2], [7.1, 7.0, 2.5, 3], [6.9, 7.0, 3, 3]])
    alone = advise(jury(table), ONE, top=1, tolerance=0.0)
    told = advise(
        with_answers(np.vstack([table, [[NAN] * 4] * 4]), *((j, 0, 1) for j in (3, 4, 5, 6))), ONE, top=1, tolerance=0.0
    )

    assert alone.verdict != "clear"
    assert told.sure == ("idea 0",) or told.tied[0] == "idea 0"


@given(st.integers(2, 5), st.integers(3, 7), st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_who_compares_is_asked_about_two_new_ideas_and_never_in_conflict(jurors, ideas, seed):
    table = table_of(jurors, ideas, 0.3, seed)
    table[0] = NAN
    allowed = np.random.default_rng(seed).random((jurors, ideas)) < 0.8
    judged = with_answers(table)
    names = [f"juror {j}" for j in range(jurors)]
    advice = advise(judged, ONE, allowed=allowed, limits=LOOSE, top=1, comparing=names)

    assert Advice.from_json(advice.to_json()) == advice
    if advice.verdict == "read_on":
        j, a, b = names.index(advice.juror), judged.ideas.index(advice.idea), judged.ideas.index(advice.against)
        assert a != b
        assert allowed[j, [a, b]].all()
        assert not judged.read[j, [a, b]].any()


def test_a_compared_idea_is_read_and_not_asked_again():
    judged = with_answers(np.full((1, 2), NAN), (0, 0, 1))

    assert next_judgement(judged, ONE, limits=LOOSE) is None
    assert advise(judged, ONE, limits=LOOSE, top=1).readings == 2


def test_scores_are_asked_from_those_who_score():
    advice = advise(
        jury(np.full((2, 4), NAN)), ONE, comparing=["juror 1"], limits=Limits(min_readings=1, load_spread=1)
    )

    assert (advice.juror == "juror 1") == (advice.against is not None)


def test_a_round_of_comparisons_only_comes_to_an_end():
    source = np.random.default_rng(11)
    quality = np.array([3.0, 1.0, 0.0, -1.0])
    answers, names = [], tuple(f"juror {j}" for j in range(8))
    for _ in range(30):
        judged = with_answers(np.full((8, 4), NAN), *answers)
        advice = advise(judged, ONE, limits=LOOSE, top=1, tolerance=1.0, comparing=names)
        if advice.verdict != "read_on":
            break
        j, a, b = names.index(advice.juror), judged.ideas.index(advice.idea), judged.ideas.index(advice.against)
        lead = quality[a] - quality[b] + 0.3 * source.normal()
        answers.append((j, a, b) if lead > 0 else (j, b, a))
    touched = [(j, idea) for j, a, b in answers for idea in (a, b)]

    assert advice.verdict in {"clear", "tied"}
    assert len(set(touched)) == len(touched)
    assert "idea 0" in (*advice.sure, *advice.tied)


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="Juror Eve is not in this jury"):
        advise(jury(np.full((2, 2), NAN)), ONE, comparing=["Eve"])
