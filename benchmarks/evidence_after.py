# SPDX-License-Identifier: EUPL-1.2
"""Goal E6: what is known after stopping."""

from __future__ import annotations

import numpy as np

from benchmarks.evidence_common import B1, claim
from beproefd.engines.evidence import (
    OneArmBinary,
    Verdict,
)
from beproefd.engines.evidence.model import model_of
from beproefd.engines.evidence.reading import Reader
from beproefd.engines.evidence.scales import interval, risk_difference
from beproefd.engines.evidence.units import UnitTest


def after_stopping(design, pi, alpha=0.05):
    """(weights, estimates, intervals) on the tilt over all stopping points of a table; exact."""
    table = model_of(design).table
    mass, points = {0: 1.0}, []
    for d in range(1, table.horizon + 1):
        step = {}
        for wins, chance in mass.items():
            step[wins] = step.get(wins, 0.0) + chance * (1 - pi)
            step[wins + 1] = step.get(wins + 1, 0.0) + chance * pi
        mass = {}
        for wins, chance in step.items():
            if wins >= table.upper[d] or wins <= table.lower[d]:
                points.append((d, wins, chance))
            else:
                mass[wins] = chance
    return [(d, w, chance, *stopped_at(design, d, w, alpha)) for d, w, chance in points if chance > 1e-7]


STOPPED = {}


def stopped_at(design, d, wins, alpha):
    key = (design, d, wins)
    if key not in STOPPED:
        test = UnitTest(design)
        test.trials, test.score, test.stopped_at, test.verdict = d, wins, d, Verdict.FUTILE
        walk = test.stopped_walk()
        STOPPED[key] = (walk.estimate(), walk.interval(alpha))
    return STOPPED[key]


def median_bias(values, weights, truth, *, between=False):
    """Distance of the estimate's median from the truth in standard errors; ``between``: median interpolated."""
    attainable, place = np.unique(np.round(values, 9), return_inverse=True)
    chances = np.bincount(place, weights / weights.sum())
    mean = attainable @ chances
    spread = np.sqrt((attainable - mean) ** 2 @ chances)
    if between:
        middle = np.interp(0.5, chances.cumsum() - chances / 2, attainable)
    else:
        middle = attainable[np.searchsorted(chances.cumsum(), 0.5)]
    return abs(middle - truth) / spread


def e6(effort):
    design = OneArmBinary(threshold=0.6, alternative=0.85)
    border = np.log(0.6 / 0.4)
    coverage, bias, smooth, naive = 1.0, 0.0, 0.0, 1.0
    for share in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9):
        truth = np.log(share / (1 - share)) - border
        points = after_stopping(design, share)
        weights = np.array([point[2] for point in points])
        inside = np.array([low - 1e-9 <= truth <= high + 1e-9 for *_, (low, high) in points])
        coverage = min(coverage, float(weights @ inside / weights.sum()))
        shares = np.array([1 / (1 + np.exp(-np.clip(border + point[3], -700, 700))) for point in points])
        bias = max(bias, median_bias(shares, weights, share))
        smooth = max(smooth, median_bias(shares, weights, share, between=True))
        plain = np.array([abs(w / d - share) <= 1.96 * np.sqrt(w / d * (1 - w / d) / d) for d, w, *_ in points])
        naive = min(naive, float(weights @ plain / weights.sum()))
    yield claim("E6 one arm: smallest coverage over six truths (exact)", coverage, naive, ">= 0.95", coverage >= 0.95)
    yield claim("E6 one arm, 25 people: largest median bias in standard errors (exact; one person is a step of .2 to .4)",
                bias, None, "<= 0.1", bias <= 0.1)  # fmt: skip
    yield claim("E6 one arm, 25 people: the same, median taken between attainable results (exact)", smooth, None,
                "<= 0.1", smooth <= 0.1)  # fmt: skip
    worst, worst_bias, worst_naive, reps = 1.0, 0.0, 1.0, effort.some(1.0)
    for number, (p0, p1) in enumerate(((0.2, 0.3), (0.25, 0.25), (0.2, 0.35), (0.1, 0.2), (0.2, 0.26))):
        seen, estimates, plain = two_arm_runs(effort.source(60 + number), p0, p1, reps)
        worst, worst_naive = min(worst, seen), min(worst_naive, plain)
        worst_bias = max(worst_bias, median_bias(estimates, np.ones(reps), p1 - p0))
    slack = 3 * np.sqrt(0.05 * 0.95 / reps)
    yield claim("E6 two arms, risk difference: smallest coverage over five truths", worst, worst_naive, ">= 0.95",
                worst >= 0.95 - slack, error=slack / 3)  # fmt: skip
    yield claim("E6 two arms, risk difference: largest median bias in standard errors", worst_bias, None, "<= 0.1",
                worst_bias <= 0.1 + 2 * 1.25 / np.sqrt(reps), error=1.25 / np.sqrt(reps))  # fmt: skip


def two_arm_runs(source, p0, p1, reps):
    """(coverage, estimates, coverage of the naive interval) over whole experiments with looks after every pair."""
    model = model_of(B1)
    table, cap = model.table, model.max_units
    covered = naive = 0
    estimates = np.zeros(reps)
    for row in range(reps):
        good0, good1 = source.random(cap) < p0, source.random(cap) < p1
        d, w = np.minimum((good0 != good1).cumsum(), table.horizon), (good1 & ~good0).cumsum()
        stop = (w >= np.take(table.upper, d)) | (w <= np.take(table.lower, d))
        n = int(stop.argmax()) + 1 if stop.any() else cap
        reader = Reader(B1, 1, people=[n, n], sums=[float(good0[:n].sum()), float(good1[:n].sum())])
        if d[n - 1] == 0:
            covered, naive = covered + 1, naive + 1
            continue
        middle, (low, high) = stopped_at(B1, int(d[n - 1]), int(w[n - 1]), 0.05)
        estimates[row] = risk_difference(middle, reader)
        ends = interval(B1, reader, (low, high))
        covered += ends[0] <= p1 - p0 <= ends[1]
        a, b = reader.sums[0] / n, reader.sums[1] / n
        naive += abs(b - a - (p1 - p0)) <= 1.96 * np.sqrt((a * (1 - a) + b * (1 - b)) / n)
    return covered / reps, estimates, naive / reps
