# SPDX-License-Identifier: EUPL-1.2
import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from scipy import stats

from beproefd.engines.evidence import Monitor, Observation, ObservationError, SteppedWedge, Verdict
from beproefd.engines.evidence.clusters import (
    Cells,
    analyse_wedge,
    likelihood_roots,
    lots,
    normal_pairs,
    oracle_power,
    orders,
    sign_flip,
    treated,
    variance_scores,
    wedge_statistics,
)

STARTS = (1, 1, 2, 2, 3, 3)


def cells(generator, effect=0.0, icc=0.1, starts=STARTS, periods=4, size=20):
    level = generator.normal(0, np.sqrt(icc), len(starts))[:, None]
    noise = generator.normal(0, np.sqrt((1 - icc) / size), (len(starts), periods))
    given = treated(np.array(starts), periods)
    return Cells(np.full(given.shape, float(size)), level + noise + effect * given)


def test_all_orders_are_listed_once_and_the_drawn_one_comes_first():
    rows, listed = orders(STARTS, 999, 0)

    assert listed
    assert len(rows) == 90
    assert len({tuple(row) for row in rows.tolist()}) == 90
    assert tuple(rows[0]) == STARTS


def test_many_clusters_are_drawn_with_a_fixed_seed():
    starts = tuple(int(x) for x in np.repeat([1, 2, 3, 4], 6))
    one, listed = orders(starts, 999, 7)
    orders.cache_clear()
    two, _ = orders(starts, 999, 7)

    assert not listed
    assert (one == two).all()
    assert len(one) == 1000


@pytest.mark.parametrize("icc", [0.0, 0.05, 0.2])
def test_a_true_null_is_rejected_at_most_as_often_as_promised(icc):
    generator = np.random.default_rng(int(icc * 100))
    rejected = [
        analyse_wedge(cells(generator, icc=icc), STARTS, with_interval=False).p_two_sided <= 0.05 for _ in range(300)
    ]

    assert np.mean(rejected) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


def test_period_and_cluster_levels_and_units_do_not_matter():
    seen = cells(np.random.default_rng(1), effect=0.5)
    plain = analyse_wedge(seen, STARTS, with_interval=False)
    moved = analyse_wedge(Cells(seen.count, 3 + 2 * (seen.mean + np.arange(4))), STARTS, with_interval=False)

    assert moved.p_higher == plain.p_higher
    assert moved.estimate == pytest.approx(2 * plain.estimate)


def test_naming_the_clusters_otherwise_changes_nothing():
    seen = cells(np.random.default_rng(2), effect=0.5)
    turn = [5, 3, 0, 1, 4, 2]
    turned = Cells(seen.count[turn], seen.mean[turn])
    one = analyse_wedge(seen, STARTS, with_interval=False)
    two = analyse_wedge(turned, tuple(STARTS[k] for k in turn), with_interval=False)

    assert two.p_two_sided == one.p_two_sided
    assert two.estimate == pytest.approx(one.estimate)


def test_the_interval_holds_exactly_the_effects_that_are_not_rejected():
    seen = cells(np.random.default_rng(3), effect=0.6)
    found = analyse_wedge(seen, STARTS, alpha=0.1)
    given = treated(np.array(STARTS), 4)
    low, high = found.interval
    for effect, inside in ((low - 0.02, False), (low + 0.02, True), (high - 0.02, True), (high + 0.02, False)):
        shifted = analyse_wedge(Cells(seen.count, seen.mean - effect * given), STARTS, with_interval=False)
        assert (min(shifted.p_higher, shifted.p_lower) > 0.05) is inside
    assert low < found.estimate < high


def test_matched_pairs_count_every_sign():
    differences = np.array([0.5, 1.0, 2.0])
    higher, lower, both = sign_flip(differences)

    assert (higher, lower, both) == (1 / 8, 1.0, 1 / 4)
    assert sign_flip(-differences)[0] == 1.0
    assert sign_flip(np.zeros(4)) == (1.0, 1.0, 1.0)


def test_the_oracle_needs_a_larger_effect_when_neighbourhoods_differ():
    alike = oracle_power(STARTS, 4, effect=0.3, sd=1.0, icc=0.0, size=20)
    unlike = oracle_power(STARTS, 4, effect=0.3, sd=1.0, icc=0.2, size=20)

    assert unlike < alike


def rows_of(design, effect, generator):
    return [
        Observation(
            float(generator.normal() + effect * (period >= design.starts[cluster])), cluster=str(cluster), period=period
        )
        for period in range(design.periods)
        for cluster in range(len(design.starts))
        for _ in range(design.cluster_size)
    ]


def test_a_wedge_is_judged_at_its_last_period_and_goes_on_from_json():
    design = SteppedWedge(starts=STARTS, periods=4, minimal_effect=0.5, cluster_size=5, sd=1.0)
    rows = rows_of(design, 1.5, np.random.default_rng(4))
    whole = Monitor(design)
    whole.update(rows)
    broken = Monitor(design)
    broken.update(rows[:50])
    broken = Monitor.from_json(broken.to_json())
    broken.update(rows[50:])

    assert whole.verdict is Verdict.SUPPORTED
    assert broken.result.to_dict() == whole.result.to_dict()
    assert whole.interval[0] > 0


def test_an_unfinished_wedge_waits_until_it_is_closed():
    design = SteppedWedge(starts=STARTS, periods=4, minimal_effect=0.5, cluster_size=5, sd=1.0)
    monitor = Monitor(design)
    monitor.update(rows_of(design, 1.5, np.random.default_rng(4))[:-3])

    assert monitor.verdict is Verdict.CONTINUE
    assert monitor.close() is Verdict.SUPPORTED


def test_looks_between_keep_the_error_of_a_wedge():
    design = SteppedWedge(
        starts=STARTS, periods=4, minimal_effect=0.5, cluster_size=1, sd=1.0, alpha=0.3, look_after=(2, 3)
    )
    generator = np.random.default_rng(9)
    supported = 0
    for _ in range(120):
        monitor = Monitor(design)
        monitor.update(rows_of(design, 0.0, generator))
        supported += monitor.verdict is Verdict.SUPPORTED

    assert supported / 120 <= 0.15 + 3 * np.sqrt(0.15 * 0.85 / 120)


def test_a_cluster_or_period_that_is_not_in_the_design_is_refused():
    monitor = Monitor(SteppedWedge(starts=(1, 2, 3), periods=4, minimal_effect=0.5, clusters=("a", "b", "c")))
    monitor.update([Observation(1.0, cluster=name, period=0) for name in ("a", "b", "c")])

    with pytest.raises(ObservationError, match="cluster 'd' is not one of a, b, c"):
        monitor.update([Observation(1.0, cluster="d", period=0)])
    with pytest.raises(ObservationError, match="period must be 0 to 3"):
        monitor.update([Observation(1.0, cluster="a", period=4)])


@settings(max_examples=15, deadline=None)
@drawn(st.integers(0, 10**6), st.booleans())
def test_every_order_is_treated_alike_so_that_the_lots_decide(seed, uneven):
    generator = np.random.default_rng(seed)
    count = generator.integers(5, 40, (6, 4)).astype(float) if uneven else np.full((6, 4), 20.0)
    seen = Cells(count, generator.normal(size=(6, 4)))
    rows, _ = orders(STARTS, 999, 0)
    other = tuple(int(start) for start in rows[generator.integers(len(rows))])
    one, _ = likelihood_roots(seen, lots(STARTS, 999, 0))
    two, _ = likelihood_roots(seen, lots(other, 999, 0))

    assert np.sort(one) == pytest.approx(np.sort(two))


@pytest.mark.parametrize("uneven", [False, True])
def test_a_wedge_too_large_for_the_quick_table_gives_the_same(monkeypatch, uneven):
    generator = np.random.default_rng(8)
    count = generator.integers(5, 40, (6, 4)).astype(float) if uneven else np.full((6, 4), 20.0)
    seen = Cells(count, generator.normal(size=(6, 4)))
    quick, _ = likelihood_roots(seen, lots(STARTS, 999, 0))
    lots.cache_clear()
    monkeypatch.setattr("beproefd.engines.evidence.clusters.DENSE", 10)
    slow, _ = likelihood_roots(seen, lots(STARTS, 999, 0))
    lots.cache_clear()

    assert slow == pytest.approx(quick)


def test_with_one_ratio_only_the_roots_are_in_the_order_of_the_scores(monkeypatch):
    monkeypatch.setattr("beproefd.engines.evidence.clusters.RATIOS", np.array([0.1]))
    seen = cells(np.random.default_rng(5), effect=0.3)
    rows, _ = orders(STARTS, 999, 0)
    roots, icc = likelihood_roots(seen, lots(STARTS, 999, 0))
    scores = wedge_statistics(variance_scores(seen, 0.1 / 1.1), rows)

    assert icc == pytest.approx(0.1 / 1.1)
    assert (np.argsort(roots) == np.argsort(scores)).all()


def test_pairs_of_normal_differences_are_tested_by_t():
    differences = np.array([0.3, 1.2, 0.8, 0.1, 0.9, 0.6])
    higher, lower, both = normal_pairs(differences)
    found = stats.ttest_1samp(differences, 0.0)

    assert both == pytest.approx(found.pvalue)
    assert higher == pytest.approx(found.pvalue / 2)
    assert higher + lower == pytest.approx(1.0)
    assert normal_pairs(np.ones(6)) == normal_pairs(np.zeros(6)) == normal_pairs(np.ones(1)) == (1.0, 1.0, 1.0)


def test_pairs_with_unequal_spreads_keep_the_error_of_t():
    generator = np.random.default_rng(6)
    for spreads in ([1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 100], [1, 2, 4, 8, 16, 32], [0.01, 0.01, 0.01, 1, 1, 1]):
        rejected = np.mean([normal_pairs(generator.normal(0, spreads))[2] <= 0.05 for _ in range(3000)])
        assert rejected <= 0.05 + 3.5 * np.sqrt(0.05 * 0.95 / 3000)
