# SPDX-License-Identifier: EUPL-1.2
"""Who reads what next, and when a jury may stop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.engines.ranking import Advice, Limits, advise, next_judgement, stopping
from beproefd.engines.ranking.border import hope, share_assured, share_in_top, share_right
from beproefd.engines.ranking.model import posterior
from beproefd.engines.ranking.simulation import World, imagine, is_right, raw_means_right, right_after, run, truth
from beproefd.engines.ranking.stopping import Target, tied_group
from tests.engines.ranking.juries import NAN, ONE, jury
from tests.engines.ranking.test_model import given_spreads, readings


def read_on(table, allowed=None, limits=None, top=1, most=1000):
    """Let an imagined jury give the scores in the table one by one; return what was read and how often."""
    table = np.asarray(table, dtype=float)
    given_scores = np.full(table.shape, NAN)
    for _ in range(most):
        pick = next_judgement(jury(given_scores), ONE, allowed=allowed, limits=limits, top=top)
        if pick is None:
            break
        assert np.isnan(given_scores[pick])
        given_scores[pick] = table[pick]
    return ~np.isnan(given_scores)


@given(st.integers(1, 5), st.integers(1, 7), st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_conflicts_are_never_assigned_and_every_idea_is_read_twice_where_possible(jurors, ideas, seed):
    source = np.random.default_rng(seed)
    allowed = source.random((jurors, ideas)) < 0.7
    read = read_on(source.integers(0, 11, (jurors, ideas)), allowed)
    assert not (read & ~allowed).any()
    assert (read.sum(axis=0) >= np.minimum(2, allowed.sum(axis=0))).all()


def test_loads_differ_by_at_most_one():
    source = np.random.default_rng(2)
    table = np.linspace(2, 8, 12) + source.normal(0, 1, (5, 12))
    load = read_on(table.clip(0, 10).round(), limits=Limits(min_readings=2, load_spread=1)).sum(axis=1)
    assert load.max() - load.min() <= 1


def test_with_free_loads_everyone_is_heard_before_anyone_is_favoured():
    source = np.random.default_rng(12)
    table = (np.linspace(2, 8, 20) + source.normal(0, 1, (6, 20))).clip(0, 10)
    table[0] += source.normal(0, 4, 20)
    load = read_on(table.clip(0, 10), limits=Limits(min_readings=1, load_spread=None), most=30).sum(axis=1)
    assert load.max() - load.min() <= 6
    assert load.sum() == 30


def test_a_full_juror_is_not_asked_again():
    load = read_on(np.full((4, 6), 5.0), limits=Limits(min_readings=2, max_load=2, load_spread=None)).sum(axis=1)
    assert load.tolist() == [2, 2, 2, 2]


def test_a_juror_who_is_done_does_not_hold_up_the_others():
    table = np.full((2, 6), 5.0)
    allowed = np.ones((2, 6), dtype=bool)
    allowed[0, 1:] = False
    assert read_on(table, allowed).sum(axis=1).tolist() == [1, 6]


def test_readings_go_to_the_border_and_not_to_the_clear_losers():
    source = np.random.default_rng(3)
    quality = np.array([7.2, 7.0, 6.8, 3, 2.5, 2, 2, 1.5])
    table = (quality + source.normal(0, 0.7, (10, 8))).clip(0, 10)
    read = read_on(table, limits=Limits(min_readings=2, load_spread=None), most=50)
    seen = read.sum(axis=0)
    assert seen[:3].mean() > seen[3:].mean()


def test_nothing_to_ask_when_everything_is_read_or_nobody_is_there():
    assert next_judgement(jury(np.full((2, 2), 5.0)), ONE) is None
    assert next_judgement(jury(np.empty((0, 3))), ONE) is None
    assert next_judgement(jury(np.empty((3, 0))), ONE) is None


def test_an_impossible_question_is_refused():
    with pytest.raises(ValueError, match="jurors by ideas"):
        next_judgement(jury(np.full((2, 2), NAN)), ONE, allowed=np.ones((3, 2), bool))
    with pytest.raises(ValueError):
        next_judgement(jury(np.full((2, 2), NAN)), ONE, top=0)
    with pytest.raises(ValueError):
        Limits(load_spread=0)


def test_a_clear_winner_is_called_clear():
    table = np.array([[9, 3, 2, 2.5, 3], [9.5, 3, 2.5, 2, 3], [9, 3.5, 2, 2, 2.5], [9, 3, 2, 2.5, 3.5]])
    advice = advise(jury(table), ONE, top=1)
    assert (advice.verdict, advice.sure, advice.tied, advice.seats) == ("clear", ("idea 0",), (), 0)
    assert advice.probability > 0.95


@pytest.mark.parametrize(("second", "verdict"), [(0.945, "clear"), (0.935, "read_on")])
def test_two_sets_of_draws_together_carry_the_claim(monkeypatch, second, verdict):
    table = np.array([[9, 3, 2, 2.5, NAN], [9.5, 3, 2.5, 2, 3], [9, 3.5, 2, 2, 2.5], [9, 3, 2, 2.5, 3.5]])
    looks = iter([0.95, 0.96, second])
    monkeypatch.setattr(stopping, "_right", lambda *_: np.array([next(looks)]))
    assert advise(jury(table), ONE, top=1).verdict == verdict


def test_equal_ideas_are_a_tied_group_for_the_seats_that_are_left():
    source = np.random.default_rng(4)
    quality = np.array([9.0, 5, 5, 5, 5, 1, 1, 1])
    table = (quality + source.normal(0, 1.2, (8, 8))).clip(0, 10)
    advice = advise(jury(table), ONE, top=2, tolerance=0.1)
    assert advice.verdict == "tied"
    assert advice.sure == ("idea 0",)
    assert set(advice.tied) <= {f"idea {i}" for i in range(1, 5)}
    assert len(advice.tied) > advice.seats == 1
    assert Advice.from_json(advice.to_json()) == advice


def test_reading_on_names_the_juror_and_the_idea():
    advice = advise(jury(np.full((2, 3), NAN)), ONE)
    assert advice.verdict == "read_on"
    assert (advice.juror, advice.idea) == ("juror 0", "idea 0")


def test_the_same_question_gets_the_same_answer():
    source = np.random.default_rng(5)
    scores = np.where(source.random((6, 10)) < 0.5, source.integers(0, 11, (6, 10)), NAN)
    assert advise(jury(scores), ONE) == advise(jury(scores), ONE)


def test_a_group_is_right_when_its_best_come_close_to_the_true_top():
    draws = np.array([[[3.0, 2.0, 1.0], [1.0, 3.0, 2.0]]])
    assert share_in_top(draws, 1)[0].tolist() == [0.5, 0.5, 0.0]
    assert share_right(draws, np.array([[0]]), 1, 0.0)[0] == 0.5
    assert share_right(draws, np.array([[0]]), 1, 2.0)[0] == 1.0
    assert share_right(draws, np.array([[0, 1]]), 1, 0.0)[0] == 1.0


def test_a_claim_must_hold_where_there_is_a_gap_too():
    level, kept, swapped = [5.0, 5.0, 1.0], [6.0, 5.0, 1.0], [5.0, 6.0, 1.0]
    draws = np.array([[level] * 90 + [kept] * 6 + [swapped] * 4])
    chosen = np.array([[0]])
    assert share_right(draws, chosen, 1, 0.5)[0] == pytest.approx(0.96)
    assert share_assured(draws, chosen, 1, 0.5)[0] == pytest.approx(0.6)
    assert share_assured(draws, np.array([[0, 1]]), 1, 0.5)[0] == 1.0
    assert share_assured(draws[:, :90], chosen, 1, 0.5)[0] == 1.0
    assert share_assured(draws, np.array([[0, 1, 2]]), 3, 0.5)[0] == 1.0


@given(st.integers(0, 10_000), st.integers(1, 3), st.sampled_from([0.0, 0.3, 1.0]))
@settings(max_examples=40, deadline=None)
def test_no_claim_is_surer_than_all_draws_say(seed, top, tolerance):
    source = np.random.default_rng(seed)
    draws = source.normal(np.linspace(2, 0, 6), 1.0, (2, 300, 6))
    chosen = np.tile(np.arange(top), (2, 1))
    assured, right = share_assured(draws, chosen, top, tolerance), share_right(draws, chosen, top, tolerance)
    assert (assured <= right).all()
    if tolerance == 0:
        # Every draw has a gap then.
        assert np.array_equal(assured, right)


def test_ideas_exactly_the_tolerance_apart_are_equally_good():
    quality = np.array([[0.3, 0.1 + 0.2 - 0.5, -2.0], [0.1 + 0.7, 0.3, -2.0]])
    assert is_right(quality, np.array([[1], [1]]), 0.5).tolist() == [True, True]
    assert is_right(quality, np.array([[1], [1]]), 0.499).tolist() == [False, False]


def test_there_is_hope_only_for_a_claim_that_would_be_made():
    scores = np.array([[6.0, 5.0, 3.0, 2.0]] * 3)
    now, end = (posterior(readings(scores), given_spreads(3, noise=noise)) for noise in (1.0, 0.1))
    source = np.random.default_rng(0)
    assert hope(now, end, 1, 0.5, 0.05, source)[0] > 0.8
    # Level ideas, known well: right within the tolerance, but a coin where there is a gap.
    level = np.array([[6.0, 6.0, 3.0, 2.0]] * 3)
    known = posterior(readings(level), given_spreads(3, noise=0.2))
    assert hope(known, known, 1, 0.5, 0.05, source)[0] == 0.0


def test_the_tied_group_is_no_larger_than_needed():
    source = np.random.default_rng(6)
    draws = np.array([5.0, 3, 3, 0, 0]) + 0.3 * source.standard_normal((4000, 5))
    sure, tied, right = tied_group(draws, np.arange(5), Target(top=2, tolerance=0.0))
    assert (sure.tolist(), tied.tolist()) == ([0], [1, 2])
    assert right > 0.95


def test_there_is_no_hope_when_what_is_left_cannot_separate():
    scores = np.full((4, 6), 5.0)
    spreads = given_spreads(4)
    now, end = posterior(readings(scores), spreads), posterior(readings(scores), spreads)
    assert hope(now, end, 2, 0.1, 0.05, np.random.default_rng(0)).tolist() == [0.0]


def test_imagined_juries_stop_early_and_are_right():
    source = np.random.default_rng(2024)
    world = World(ideas=12, jurors=6, top=2, conflicts=0.1)
    panels = imagine(world, 40, source)
    outcome = run(panels, Limits(min_readings=2), Target(top=2), source)
    assert outcome.readings.mean() < 0.85 * panels.allowed.sum(axis=(1, 2)).mean()
    assert outcome.right[outcome.claimed].mean() > 0.85
    assert outcome.seen.min() >= 2


def test_an_imagined_jury_is_reproducible():
    def once():
        source = np.random.default_rng(7)
        panels = imagine(World(ideas=8, jurors=4, top=2), 5, source)
        return run(panels, Limits(), Target(top=2), source)

    first, second = once(), once()
    assert np.array_equal(first.readings, second.readings)
    assert np.array_equal(first.loads, second.loads)


def test_more_readings_are_right_more_often():
    world, target = World(ideas=10, jurors=6, top=2), Target(top=2)
    panels = imagine(world, 60, np.random.default_rng(8))
    few, many = right_after(panels, (10, 40), Limits(min_readings=1), target).mean(axis=0)
    assert few < many
    assert many >= raw_means_right(panels, target).mean() - 0.1


def test_who_knows_the_noise_of_the_jurors_is_right_more_often():
    world, target = World(ideas=10, jurors=6, top=2, unequal=1.0), Target(top=2)
    panels = imagine(world, 60, np.random.default_rng(9))
    limits = Limits(min_readings=1, load_spread=None)
    ours = right_after(panels, (20, 30), limits, target).mean()
    assert ours < right_after(panels, (20, 30), limits, target, truth(panels)).mean()
