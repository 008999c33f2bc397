# SPDX-License-Identifier: EUPL-1.2
"""Goal E6: what is known after stopping."""

from __future__ import annotations

import numpy as np
from tests.engines.evidence.listing import stopped_walk, stopping_points

from benchmarks.evidence_common import B1, claim, simulated
from beproefd.engines.evidence import Monitor, Observation, OneArmBinary, TwoArmContinuous, Verdict
from beproefd.engines.evidence.model import model_of
from beproefd.engines.evidence.reading import Reader
from beproefd.engines.evidence.scales import interval, risk_difference


def after_stopping(design, pi, alpha=0.05):
    """(people, successes, probability, estimate, interval, bounds) of every end of a table, on the tilt; exact."""
    points = stopping_points(design, pi)
    return [(d, w, chance, *stopped_at(design, d, w, alpha)) for d, w, chance in points if chance > 1e-7]


STOPPED = {}


def stopped_at(design, d, wins, alpha):
    key = (design, d, wins)
    if key not in STOPPED:
        walk = stopped_walk(design, d, wins)
        STOPPED[key] = (walk.estimate(), walk.interval(alpha), walk.estimate_bounds())
    return STOPPED[key]


def median_bias(values, weights, truth):
    """Distance of the estimate's median from the truth in standard errors; two medians: their middle."""
    attainable, place = np.unique(np.round(values, 9), return_inverse=True)
    chances = np.bincount(place, weights / weights.sum())
    spread = np.sqrt((attainable - attainable @ chances) ** 2 @ chances)
    below = chances.cumsum()
    lowest, highest = np.searchsorted(below, 0.5 - 1e-9), np.searchsorted(below, 0.5 + 1e-9)
    middle = (attainable[lowest] + attainable[min(highest, len(attainable) - 1)]) / 2
    return abs(middle - truth) / spread, spread


def least_bias(truths, places, spreads):
    """What no estimate can avoid with this order of results: one number stands for all truths with the same median."""
    least = 0.0
    for place in set(places):
        same = np.array([other == place for other in places])
        least = max(least, np.ptp(truths[same]) / 2 / spreads[same].max())
    return least


def one_arm(design, truths):
    """Exact figures over truths: coverage, naive coverage, bias (truths,), what no estimate avoids, too high or low."""
    border = np.log(design.threshold / (1 - design.threshold))
    coverage, naive, one_sided, naive_sided = 1.0, 1.0, 0.0, 0.0
    biases, spreads, places = [], [], []
    for share in truths:
        truth = np.log(share / (1 - share)) - border
        points = after_stopping(design, share)
        weights = np.array([point[2] for point in points])
        weights /= weights.sum()
        ends = np.array([point[4] for point in points])
        coverage = min(coverage, float(weights @ ((ends[:, 0] - 1e-9 <= truth) & (truth <= ends[:, 1] + 1e-9))))
        shares = 1 / (1 + np.exp(-np.clip(border + np.array([point[3] for point in points]), -700, 700)))
        bias, spread = median_bias(shares, weights, share)
        order = np.argsort(shares)
        biases.append(bias)
        spreads.append(spread)
        places.append(points[order[np.searchsorted(weights[order].cumsum(), 0.5 - 1e-9)]][:2])
        bounds = np.array([point[5] for point in points])
        one_sided = max(one_sided, weights @ (bounds[:, 0] > truth + 1e-6), weights @ (bounds[:, 1] < truth - 1e-6))
        plain = np.array([w / d for d, w, *_ in points])
        naive_sided = max(naive_sided, weights @ (plain > share + 1e-9), weights @ (plain < share - 1e-9))
        error = np.array([1.96 * np.sqrt(w / d * (1 - w / d) / d) for d, w, *_ in points])
        naive = min(naive, float(weights @ (np.abs(plain - share) <= error)))
    return coverage, naive, np.array(biases), least_bias(truths, places, np.array(spreads)), one_sided, naive_sided


def e6(effort):
    small, large = OneArmBinary(threshold=0.6, alternative=0.85), OneArmBinary(threshold=0.6, alternative=0.7)
    for design, truths in ((small, np.arange(450, 921, 5) / 1000), (large, np.arange(550, 771, 5) / 1000)):
        name = f"E6 one arm, {design.threshold} v {design.alternative}, at most {model_of(design).max_units} people"
        coverage, naive, biases, least, one_sided, naive_sided = one_arm(design, truths)
        yield claim(f"{name}: smallest coverage over {len(truths)} truths (exact); baseline: the plain interval", coverage,
                    naive, ">= 0.95", coverage >= 0.95)  # fmt: skip
        yield claim(f"{name}: largest median bias in standard errors (exact); baseline: what no estimate can avoid",
                    biases.max(), least, "<= 0.1", biases.max() <= 0.1, mean=float(biases.mean()),
                    share_of_truths_within_goal=float((biases <= 0.1).mean()))  # fmt: skip
        yield claim(f"{name}: chance that the lower estimate is too high, or the upper too low, at most (exact); baseline: plain share",
                    one_sided, naive_sided, "<= 0.5", one_sided <= 0.5 + 1e-9)  # fmt: skip
    worst, worst_bias, worst_naive, reps = 1.0, 0.0, 1.0, effort.some(1.0)
    for number, (p0, p1) in enumerate(((0.2, 0.3), (0.25, 0.25), (0.2, 0.35), (0.1, 0.2), (0.2, 0.26))):
        seen, estimates, plain = two_arm_runs(effort.source(60 + number), p0, p1, reps)
        worst, worst_naive = min(worst, seen), min(worst_naive, plain)
        worst_bias = max(worst_bias, median_bias(estimates, np.ones(reps), p1 - p0)[0])
    error = np.sqrt(0.05 * 0.95 / reps)
    yield simulated("E6 two arms, risk difference: smallest coverage over five truths", worst, worst_naive, 0.95, error,
                    least=True)  # fmt: skip
    yield simulated("E6 two arms, risk difference: largest median bias in standard errors", worst_bias, None, 0.1,
                    1.25 / np.sqrt(reps))  # fmt: skip
    yield from amounts(effort)


def amounts(effort):
    """Continuous outcomes, whole experiments through the monitor: the spread is learned on the way."""
    design, reps = TwoArmContinuous(minimal_effect=0.5), effort.some(0.2)
    source, covered, biases = effort.source(68), 1.0, []
    for truth in (0.0, 0.5):
        estimates, inside = np.zeros(reps), 0
        for row in range(reps):
            monitor = Monitor(design)
            while monitor.verdict is Verdict.CONTINUE:
                old, new = source.normal(0, 1), source.normal(truth, 1)
                monitor.update([Observation(old, arm="0"), Observation(new, arm="1")])
            result = monitor.result
            low, high = (
                end if end is not None else side * np.inf for side, end in zip((-1, 1), result.interval, strict=True)
            )
            estimates[row], inside = result.estimate, inside + (low <= truth <= high)
        covered = min(covered, inside / reps)
        biases.append(median_bias(np.clip(estimates, -9, 9), np.ones(reps), truth)[0])
    yield simulated("E6 continuous, 0.5 sd: smallest coverage over no effect and the one planned", covered, None, 0.95,
                    np.sqrt(0.05 * 0.95 / reps), least=True, experiments=reps)  # fmt: skip
    yield simulated("E6 continuous, 0.5 sd: largest median bias in standard errors", max(biases), None, 0.1,
                    1.25 / np.sqrt(reps), experiments=reps)  # fmt: skip


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
        middle, (low, high), _ = stopped_at(B1, int(d[n - 1]), int(w[n - 1]), 0.05)
        estimates[row] = risk_difference(middle, reader)
        ends = interval(B1, reader, (low, high))
        covered += ends[0] <= p1 - p0 <= ends[1]
        a, b = reader.sums[0] / n, reader.sums[1] / n
        naive += abs(b - a - (p1 - p0)) <= 1.96 * np.sqrt((a * (1 - a) + b * (1 - b)) / n)
    return covered / reps, estimates, naive / reps
