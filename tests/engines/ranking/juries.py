# SPDX-License-Identifier: EUPL-1.2
"""Juries for the tests: small ones by hand, random ones by hypothesis."""

import numpy as np
from hypothesis import strategies as st

from beproefd.engines.ranking import Criteria, Judgements

NAN = float("nan")
ONE = Criteria(keys=("impact",), weights=np.array([1.0]), scale=(0, 10))
TWO = Criteria(keys=("impact", "effort"), weights=np.array([60.0, 40.0]), scale=(0, 10))


def jury(table, criteria=ONE, **more):
    """Build judgements from rows of jurors; cells are scores or lists of scores per criterion."""
    scores = np.array(table, dtype=float)
    if scores.ndim == 2:
        scores = scores[:, :, None]
    names = tuple(f"juror {j}" for j in range(scores.shape[0]))
    ideas = tuple(f"idea {i}" for i in range(scores.shape[1]))
    assert scores.shape[2] == len(criteria.keys)
    return Judgements(jurors=names, ideas=ideas, scores=scores, **more)


@st.composite
def juries(draw, criteria=TWO, most_ideas=7, most_jurors=5, fewest=0, missing=True):
    """Scores in half points with anything missing."""
    jurors, ideas = draw(st.integers(fewest, most_jurors)), draw(st.integers(fewest, most_ideas))
    size = jurors * ideas * len(criteria.keys)
    score = st.integers(0, 20).map(lambda half: half / 2)
    cell = st.one_of(score, score, st.just(NAN)) if missing else score
    values = draw(st.lists(cell, min_size=size, max_size=size))
    scores = np.array(values).reshape(jurors, ideas, len(criteria.keys))
    return jury(scores, criteria)
