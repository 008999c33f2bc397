# SPDX-License-Identifier: EUPL-1.2
"""Who judges which idea: fair loads, and never someone who is bound."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.discipline.juries.balance import balance


@st.composite
def rooms(draw):
    """A jury: who may read what, what is assigned already, and how many readers an idea needs."""
    jurors, ideas = draw(st.integers(0, 6)), draw(st.integers(0, 7))
    flags = st.lists(st.lists(st.booleans(), min_size=ideas, max_size=ideas), min_size=jurors, max_size=jurors)
    eligible = np.array(draw(flags), dtype=bool).reshape(jurors, ideas)
    assigned = np.array(draw(flags), dtype=bool).reshape(jurors, ideas) & eligible
    return eligible, assigned, draw(st.integers(0, 9))


def after(room):
    eligible, assigned, per_idea = room
    result = balance(eligible, assigned, per_idea)
    table = assigned.copy()
    for juror, idea in result.pairs:
        assert not table[juror, idea]  # nothing is assigned twice
        table[juror, idea] = True
    return result, table


@settings(deadline=None)
@given(rooms())
def test_who_may_not_read_an_idea_never_gets_it(room):
    eligible, assigned, _per_idea = room
    _result, table = after(room)
    assert not (table & ~eligible).any()
    assert (table | assigned).sum() == table.sum()  # what was assigned stays


@settings(deadline=None)
@given(rooms())
def test_every_idea_gets_the_readers_it_can_get_and_no_more(room):
    eligible, assigned, per_idea = room
    result, table = after(room)
    possible = np.maximum(assigned.sum(axis=0), np.minimum(per_idea, eligible.sum(axis=0)))
    assert table.sum(axis=0).tolist() == possible.tolist()
    assert result.short.tolist() == np.clip(per_idea - possible, 0, None).tolist()


def spread(free, need, limits):
    """Whether every idea can get its readers within the limits, by trying all ways (small rooms only)."""
    if not need:
        return True
    readers = [juror for juror in range(len(limits)) if free[juror, 0] and limits[juror] > 0]
    for chosen in combinations(readers, need[0]):
        left = [limit - (juror in chosen) for juror, limit in enumerate(limits)]
        if spread(free[:, 1:], need[1:], left):
            return True
    return False


@settings(deadline=None, max_examples=80)
@given(rooms().filter(lambda room: 0 < room[0].shape[0] <= 4 and 0 < room[0].shape[1] <= 4))
def test_nobody_is_burdened_more_than_needed(room):
    eligible, assigned, per_idea = room
    _result, table = after(room)
    free = eligible & ~assigned
    need = np.minimum(np.clip(per_idea - assigned.sum(axis=0), 0, None), free.sum(axis=0)).tolist()
    had = assigned.sum(axis=1)
    best = next(limit for limit in range(10) if spread(free, need, (limit - had).tolist()))
    assert table.sum(axis=1).max() == max(best, had.max())


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 6), st.integers(1, 7), st.integers(1, 6))
def test_without_conflicts_loads_differ_by_at_most_one(jurors, ideas, per_idea):
    free = np.ones((jurors, ideas), dtype=bool)
    _result, table = after((free, np.zeros_like(free), per_idea))
    loads = table.sum(axis=1)
    total = min(per_idea, jurors) * ideas
    assert loads.sum() == total
    assert loads.max() == -(-total // jurors)


def test_a_jury_smaller_than_the_wish_gives_what_it_can():
    free = np.ones((2, 1), dtype=bool)
    result = balance(free, np.zeros_like(free), 5)
    assert (len(result.pairs), result.short.tolist()) == (2, [3])


def test_the_same_jury_gets_the_same_lists():
    eligible = np.random.default_rng(1).random((8, 20)) > 0.2
    lists = {balance(eligible, np.zeros_like(eligible), 3).pairs for _time in range(3)}
    assert len(lists) == 1
