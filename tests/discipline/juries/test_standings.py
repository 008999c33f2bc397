# SPDX-License-Identifier: EUPL-1.2
"""The order by the published rule: weighted mean, knock-out by majority, ties by the heaviest criterion or by lot."""

import hashlib
from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.discipline.challenges.rulebook import Rulebook, RuledCriterion
from beproefd.discipline.juries import lots
from beproefd.discipline.juries.sentences import is_firm, stability_sentence
from beproefd.discipline.juries.standings import compute

ANCHORS = {n: str(n) for n in range(1, 6)}
RULES = Rulebook(
    version=1,
    fingerprint="f",
    scale_min=1,
    scale_max=5,
    quorum=1,
    winners=2,
    tie_break="lottery",
    lottery_commitment=lots.commitment("zaad"),
    criteria=(
        RuledCriterion("mag", "Mag het", "?", "knock_out", 0, {0: "Nee", 1: "Ja"}),
        RuledCriterion("waarde", "Waarde", "?", "weighted", 60, ANCHORS),
        RuledCriterion("kan", "Kan het", "?", "weighted", 40, ANCHORS),
    ),
)
IDEAS = ["AAA", "BBB", "CCC", "DDD"]


def give(**per_idea):
    """Scores per idea as (waarde, kan) per juror."""
    return [
        (f"j{juror}", idea, key, value)
        for idea, rows in per_idea.items()
        for juror, row in enumerate(rows)
        for key, value in zip(("waarde", "kan"), row, strict=True)
        if value is not None
    ]


def order(given, rules=RULES, seed="zaad", jurors=3, ideas=tuple(IDEAS)):
    return compute(rules, list(ideas), [f"j{n}" for n in range(jurors)], given, seed=seed)


def test_the_order_is_the_weighted_mean_one_can_check_with_a_pen():
    found = order(give(AAA=[(5, 1)], BBB=[(4, 4)], CCC=[(1, 5)], DDD=[(2, 2)]))
    assert [(line.idea, line.place, line.mean, line.wins) for line in found.lines] == [
        ("BBB", 1, 4.0, True),
        ("AAA", 2, pytest.approx(3.4), True),
        ("CCC", 3, pytest.approx(2.6), False),
        ("DDD", 4, 2.0, False),
    ]
    assert (found.winners, found.drawn) == (("BBB", "AAA"), ())


@pytest.mark.parametrize(
    ("votes", "out"),
    [
        ([0, 0, 1], True),
        ([0, 1, 1], False),
        ([0, 1], False),
        ([0], True),
        ([1], False),
        ([], False),
        ([0, 0, 1, 1], False),
    ],
)
def test_a_majority_of_noes_ends_the_race_and_an_equal_vote_does_not(votes, out):
    given = give(AAA=[(5, 5)], BBB=[(4, 4)], CCC=[(3, 3)], DDD=[(1, 1)])
    given += [(f"j{number}", "AAA", "mag", vote) for number, vote in enumerate(votes)]
    found = order(given, jurors=4)
    line = {item.idea: item for item in found.lines}["AAA"]
    assert (line.knocked_out_by, line.place, line.wins) == ((("mag",), 0, False) if out else ((), 1, True))
    assert found.winners == (("BBB", "CCC") if out else ("AAA", "BBB"))


def test_an_idea_without_a_score_is_out_of_the_race_and_last():
    found = order(give(AAA=[(1, 1)], BBB=[(2, 2)]))
    assert [(line.idea, line.place, line.wins) for line in found.lines] == [
        ("BBB", 1, True),
        ("AAA", 2, True),
        ("CCC", 0, False),
        ("DDD", 0, False),
    ]


@pytest.mark.parametrize("given", [[], [("j0", idea, "mag", 0) for idea in IDEAS]])
def test_a_round_in_which_nothing_is_left_has_no_winners(given):
    found = order(given)
    assert (found.winners, [line.place for line in found.lines]) == ((), [0, 0, 0, 0])


def test_no_ideas_or_no_jurors_give_an_empty_order():
    assert order([], ideas=()).lines == ()
    assert order([], jurors=0).winners == ()


def test_more_winners_than_ideas_make_everyone_win():
    found = order(give(AAA=[(1, 1)], BBB=[(2, 2)]), replace(RULES, winners=9), ideas=("AAA", "BBB"))
    assert found.winners == ("BBB", "AAA")


# Ties

TIED = give(AAA=[(4, 4)], BBB=[(4, 4)], CCC=[(4, 4)], DDD=[(1, 1)])


def test_without_a_seed_nobody_in_a_tie_across_the_border_wins_yet():
    found = order(TIED, seed="")
    assert (found.winners, found.undecided_ties) == ((), (("AAA", "BBB", "CCC"),))
    assert [(line.idea, line.place) for line in found.lines] == [("AAA", 1), ("BBB", 1), ("CCC", 1), ("DDD", 4)]


def test_without_a_seed_a_tie_inside_the_winners_costs_nobody_the_win():
    found = order(give(AAA=[(4, 4)], BBB=[(4, 4)], CCC=[(1, 1)]), seed="")
    assert found.winners == ("AAA", "BBB")


def test_with_the_seed_anyone_can_repeat_the_lots():
    found = order(TIED)
    by_hand = sorted(["AAA", "BBB", "CCC"], key=lambda name: hashlib.sha256(f"zaad:{name}".encode()).hexdigest())
    assert found.drawn == (tuple(by_hand),)
    assert found.winners == tuple(by_hand[:2])
    assert [line.idea for line in found.lines] == [*by_hand, "DDD"]


def test_the_heaviest_criterion_decides_before_the_lot():
    rules = replace(RULES, tie_break="heaviest", winners=1)
    # Both 3.4: AAA 5 and 1, BBB 3 and 4. Waarde weighs most.
    given = give(AAA=[(5, 1)], BBB=[(3, 4)])
    assert order(given, rules, ideas=("AAA", "BBB")).winners == ("AAA",)
    assert order(given, rules, ideas=("BBB", "AAA")).drawn == ()
    assert order(given, replace(rules, tie_break="lottery"), ideas=("AAA", "BBB")).drawn != ()


def test_a_tie_on_the_heaviest_criterion_too_goes_to_the_lot():
    rules = replace(RULES, tie_break="heaviest", winners=1)
    given = give(AAA=[(4, 4), (2, 2)], BBB=[(3, 3), (3, 3)])
    assert set(order(given, rules, ideas=("AAA", "BBB")).drawn[0]) == {"AAA", "BBB"}


def test_equal_means_made_of_thirds_are_a_tie():
    given = give(AAA=[(1, 3), (2, 3), (2, 3)], BBB=[(2, 3), (1, 3), (2, 3)])
    assert set(order(given, ideas=("AAA", "BBB")).drawn[0]) == {"AAA", "BBB"}


def told(found):
    """The sentence about stability, with the references as titles."""
    with translation.override("en"):
        return stability_sentence(found, {idea: idea for idea in IDEAS})


def test_the_sentence_speaks_of_a_lot_only_where_a_lot_decides():
    rules = replace(RULES, tie_break="heaviest", winners=1)
    two = ("AAA", "BBB")
    equal = give(AAA=[(4, 4)], BBB=[(4, 4)])
    cases = {
        "decided by the heaviest criterion": order(give(AAA=[(5, 1)], BBB=[(3, 4)]), rules, ideas=two),
        "drawn": order(equal, rules, ideas=two),
        "not drawn yet": order(equal, rules, ideas=two, seed=""),
        "inside the top": order(give(AAA=[(4, 4)], BBB=[(4, 4)], CCC=[(1, 1)]), ideas=("AAA", "BBB", "CCC")),
    }
    sentence = "the lot falls differently between AAA, BBB"
    assert [name for name, found in cases.items() if sentence in told(found)] == ["drawn", "not drawn yet"]


def test_a_lot_that_decides_the_top_is_told_before_and_after_it_is_drawn():
    rules = replace(RULES, winners=1)
    three = ("AAA", "BBB", "CCC")
    exactly = give(**{idea: [(4, 4), (4, 4)] for idea in three})
    sentence = "The top 1 changes if the lot falls differently between AAA, BBB, CCC, which have the same score."
    for seed in ("", "zaad"):
        found = order(exactly, rules, seed=seed, ideas=three)
        assert (told(found), is_firm(found)) == (sentence, False)


def test_a_tie_below_the_border_takes_nothing_from_a_firm_top():
    rules = replace(RULES, winners=1)
    given = give(AAA=[(5, 5), (5, 5)], BBB=[(2, 2), (2, 2)], CCC=[(2, 2), (2, 2)])
    firm = "The top 1 is stable: no single jury member and no shift of 10 points in the weights changes it."
    for seed in ("", "zaad"):
        found = order(given, rules, seed=seed, ideas=("AAA", "BBB", "CCC"))
        assert (told(found), is_firm(found)) == (firm, True)


def test_when_every_idea_is_knocked_out_the_sentence_says_so():
    given = give(AAA=[(4, 4)]) + [("j0", idea, "mag", 0) for idea in IDEAS]
    assert told(order(given)) == "No idea is left to rank: none meets every knock-out criterion and has scores."
    assert told(order([])) == "There are no scores to rank yet."


score = st.none() | st.integers(1, 5)
tables = st.lists(st.lists(st.tuples(score, score), min_size=3, max_size=3), min_size=4, max_size=4)


@settings(deadline=None, max_examples=40)
@given(tables, st.permutations(range(4)), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_ideas_jurors_or_scores(table, permutation, random):
    given = give(**dict(zip(IDEAS, table, strict=True)))
    shuffled = given[:]
    random.shuffle(shuffled)
    once = order(given)
    again = compute(RULES, [IDEAS[n] for n in permutation], ["j2", "j0", "j1"], shuffled, seed="zaad")
    lines = [
        [(line.idea, line.place, line.wins, line.mean, line.tied_with) for line in found.lines]
        for found in (once, again)
    ]
    assert lines[0] == lines[1]


@settings(deadline=None, max_examples=40)
@given(tables, st.integers(1, 5))
def test_places_count_from_one_and_there_are_never_too_many_winners(table, winners):
    found = order(give(**dict(zip(IDEAS, table, strict=True))), replace(RULES, winners=winners))
    placed = [line.place for line in found.lines if line.place]
    assert placed == list(range(1, len(placed) + 1))
    assert len(found.winners) == min(winners, len(placed))
    assert [line.idea for line in found.lines if line.wins] == list(found.winners)


@settings(deadline=None, max_examples=40)
@given(tables, st.integers(0, 3), st.integers(0, 2))
def test_a_higher_score_never_costs_an_idea_a_place(table, idea, juror):
    before = order(give(**dict(zip(IDEAS, table, strict=True))))
    raised = [[list(row) for row in rows] for rows in table]
    raised[idea][juror] = [value and min(5, value + 1) for value in raised[idea][juror]]
    after = order(give(**dict(zip(IDEAS, raised, strict=True))))
    place = [{line.idea: line.place for line in found.lines}[IDEAS[idea]] for found in (before, after)]
    assert place[1] <= place[0]


# Lots


@given(
    st.text("0123456789abcdef", min_size=64, max_size=64), st.sets(st.text("23456789ABCDEFGH", min_size=5, max_size=5))
)
def test_lots_are_drawn_from_the_seed_and_the_references_alone(seed, references):
    drawn = lots.draw(seed, sorted(references))
    assert drawn == lots.draw(seed, sorted(references, reverse=True))
    assert sorted(drawn) == sorted(references)
    assert [lots.lot(seed, name) for name in drawn] == sorted(lots.lot(seed, name) for name in references)


def test_every_idea_has_the_same_chance():
    firsts = [lots.draw(f"zaad {n}", ["AAA", "BBB", "CCC"])[0] for n in range(3000)]
    assert all(900 < firsts.count(name) < 1100 for name in ("AAA", "BBB", "CCC"))


def test_another_seed_does_not_fit_the_published_commitment():
    assert lots.commitment("zaad") == hashlib.sha256(b"zaad").hexdigest()
    assert lots.commitment("zaad") != lots.commitment("zaad ")
