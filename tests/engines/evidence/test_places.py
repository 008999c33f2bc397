# SPDX-License-Identifier: EUPL-1.2
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beproefd.engines.evidence import (
    DesignError,
    Monitor,
    Observation,
    ObservationError,
    SteppedWedge,
    design_from_json,
)

STARTS = (1, 1, 2, 2, 3, 3)
NAMES = ("Noord", "Oost", "Zuid", "West", "Centrum", "Haven")
PLAIN = {"starts": STARTS, "periods": 4, "minimal_effect": 0.5, "cluster_size": 2, "sd": 1.0}
DESIGN = SteppedWedge(**PLAIN)
NAMED = SteppedWedge(**PLAIN, clusters=NAMES)


def outcomes(seed=4, effect=1.0):
    generator = np.random.default_rng(seed)
    given = np.arange(4) >= np.array(STARTS)[:, None]
    return generator.normal(size=(6, 4, 2)) + effect * given[:, :, None]


def rows(names, order=range(6), arm=False, seed=4):
    values = outcomes(seed)
    return [
        Observation(
            float(values[cluster, period, k]), cluster=names[cluster], period=period,
            arm=str(int(period >= STARTS[cluster])) if arm else None,
        )
        for period in range(4)
        for cluster in order
        for k in range(2)
    ]  # fmt: skip


def told(design, observations):
    monitor = Monitor(design)
    monitor.update(observations)
    return monitor.result.to_dict()


@settings(max_examples=4, deadline=None)
@given(st.permutations(range(6)), st.integers(0, 3))
def test_the_result_is_the_same_however_clusters_are_named_and_in_whatever_order_they_come(order, seed):
    by_zero = told(DESIGN, rows([str(k) for k in range(6)], order, seed=seed))
    by_one = told(DESIGN, rows([str(k + 1) for k in range(6)], order, seed=seed))
    by_name = told(NAMED, rows(NAMES, order, seed=seed))
    by_arm = told(DESIGN, rows(NAMES, order, arm=True, seed=seed))

    assert by_one == by_zero == by_name
    for key, value in by_arm.items():
        assert value == by_zero[key] or np.allclose(value, by_zero[key], rtol=1e-9, atol=1e-9)


def test_a_wedge_goes_on_from_json_before_it_is_known_who_is_who():
    seen = rows([str(k + 1) for k in range(6)])
    broken = Monitor(DESIGN)
    broken.update(seen[:7])
    broken = Monitor.from_json(broken.to_json())
    broken.update(seen[7:])

    assert broken.result.to_dict() == told(DESIGN, seen)


@pytest.mark.parametrize(
    ("names", "arms", "reason"),
    [
        (["Noord"], [None], "cluster 'Noord': which start it has is not known"),
        (["1", "Noord"], [None, None], "cluster 'Noord' stands next to numbers"),
        (["0", "6"], [None, None], "cluster '6' is not one of 0, 1, 2, 3, 4, 5"),
        (["6", "0"], [None, None], "cluster '0' is not one of 1, 2, 3, 4, 5, 6"),
        (["7"], [None], "cluster '7': which start it has is not known"),
        (["01"], [None], "cluster '01': which start it has is not known"),
        (["0"], ["1"], "cluster '0' starts in period 1 by the design, the arm of period 0 differs"),
        (["a", "a"], ["0", "1"], "cluster 'a' has both arms in period 0"),
    ],
)
def test_what_cannot_be_matched_is_refused_with_its_reason(names, arms, reason):
    monitor = Monitor(DESIGN)
    with pytest.raises(ObservationError) as refused:
        monitor.update([Observation(1.0, cluster=n, period=0, arm=a) for n, a in zip(names, arms, strict=True)])

    assert reason in str(refused.value)


def test_arms_that_are_not_those_of_the_design_are_refused():
    seen = [
        Observation(1.0, cluster=name, period=period, arm=str(int(period >= 1)))
        for period in range(4)
        for name in NAMES
        for _ in range(2)
    ]
    with pytest.raises(ObservationError, match=r"by the arms clusters start in periods \[1, 1, 1, 1, 1, 1\]"):
        Monitor(DESIGN).update(seen)


def test_numbers_that_could_count_from_zero_or_from_one_are_refused_at_the_look():
    seen = [Observation(1.0, cluster=str(k), period=p) for p in range(4) for k in range(1, 6)]
    monitor = Monitor(DESIGN)
    monitor.update(seen)
    with pytest.raises(ObservationError, match="counted from 0 or from 1"):
        monitor.close()


def test_a_cluster_that_goes_back_is_refused():
    monitor = Monitor(DESIGN)
    monitor.update([Observation(1.0, cluster="a", period=1, arm="1")])
    with pytest.raises(ObservationError, match="goes back to the old way"):
        monitor.update([Observation(1.0, cluster="a", period=2, arm="0")])


def test_names_are_part_of_the_locked_design_and_designs_without_keep_their_digest():
    assert "clusters" not in json.loads(DESIGN.to_json())
    assert json.loads(NAMED.to_json())["clusters"] == list(NAMES)
    assert design_from_json(NAMED.to_json()) == NAMED
    short = design_from_json(
        '{"kind": "stepped_wedge", "clusters": ["a", "b", "c"], "periods": 4, "minimal_effect": 1}'
    )
    assert (short.clusters, short.starts) == (("a", "b", "c"), (1, 2, 3))
    assert design_from_json('{"kind": "stepped_wedge", "clusters": 3, "periods": 4, "minimal_effect": 1}').starts == (
        1,
        2,
        3,
    )


@pytest.mark.parametrize("clusters", [("a", "b"), ("a", "a", "b", "c", "d", "e"), ("", "b", "c", "d", "e", "f")])
def test_names_must_be_different_and_as_many_as_there_are_starts(clusters):
    with pytest.raises(DesignError, match="clusters: must be as many different names"):
        SteppedWedge(**PLAIN, clusters=clusters)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e308])
def test_an_outcome_that_is_no_usual_number_is_refused(value):
    with pytest.raises(ObservationError, match="outcome must be"):
        Monitor(DESIGN).update([Observation(value, cluster="0", period=0)])
