# SPDX-License-Identifier: EUPL-1.2
"""Goal E7: neighbourhoods, few and unlike each other.

The oracle is the z test that knows all variances. Two ceilings say how near to it a test can come that does not:

- who trusts only the lots can do no better than the likelihood ratio over the orders with the variances known (Lehmann
  and Stein 1949); at the border of the error that test also draws lots, which ours does not;
- who trusts that differences within pairs are normal with one unknown spread can do no better than the t test: no test
  with that error at every spread has more power at every spread (invariance; Lehmann and Romano 2005, section 8.5).

`baseline` in the rows on power is the ceiling over the oracle's power, so `ratio` is our share of what is possible.
"""

from __future__ import annotations

import time

import numpy as np
from scipy import optimize, stats

from benchmarks.evidence_common import claim, simulated
from beproefd.engines.evidence.clusters import (
    Cells,
    analyse_wedge,
    normal_pairs,
    oracle_power,
    orders,
    sign_flip,
    treated,
    variance_scores,
    wedge_statistics,
)

ALPHA, PLANNED = 0.05, 0.8
ICCS = (0.0, 0.02, 0.05, 0.1, 0.2)
SD, SIZE = 0.43, 30.0


def e7(effort):
    for clusters in (6, 12, 24, 40):
        yield from wedge(effort, clusters)
    for pairs in (6, 12, 20, 24, 40):
        yield from matched(effort, pairs)


def border_share(p, atom):
    """How often a test that draws lots at its border rejects, given the p-value and the probability of the result."""
    return float(np.clip((ALPHA - (p - atom)) / atom, 0, 1))


def by_known_variances(cells, arrangement, icc):
    """Strongest test that trusts only the lots: the variances known, lots drawn at the border of the error."""
    statistics = np.abs(wedge_statistics(variance_scores(cells, icc), arrangement))
    slack = 1e-9 * (1 + statistics.max())
    p = float((statistics >= statistics[0] - slack).mean())
    return border_share(p, float((np.abs(statistics - statistics[0]) <= slack).mean()))


def wedge(effort, clusters):
    source, reps = effort.source(700 + clusters), effort.some(0.12)
    periods = 7 if clusters == 6 else 5
    steps = np.arange(1, periods)
    starts = tuple(int(x) for x in np.repeat(steps, -(-clusters // len(steps)))[:clusters])
    given = treated(np.array(starts), periods)
    arrangement, _ = orders(starts, 999, 0)
    nulls, powers, best, naive, took = [], [], [], [], []
    for icc in ICCS:
        effect = optimize.brentq(
            lambda x, share=icc: oracle_power(starts, periods, effect=x, sd=SD, icc=share, size=SIZE) - PLANNED, 1e-4, 3
        )
        for size in (0.0, effect):
            for _ in range(reps):
                level = source.normal(0, SD * np.sqrt(icc), clusters)[:, None]
                noise = source.normal(0, SD * np.sqrt((1 - icc) / SIZE), given.shape)
                mean = 0.25 + level + noise + size * given + source.normal(0, 0.05, periods)
                cells = Cells(np.full(given.shape, SIZE), mean)
                begin = time.process_time()
                found = analyse_wedge(cells, starts, draws=999, with_interval=False)
                took.append(time.process_time() - begin)
                if size:
                    powers.append(found.p_two_sided <= ALPHA)
                    best.append(by_known_variances(cells, arrangement, icc))
                else:
                    nulls.append(found.p_two_sided <= ALPHA)
                    gap = mean[given == 1].mean() - mean[given == 0].mean()
                    halves = SD**2 / SIZE * (1 / given.sum() + 1 / (1 - given).sum())
                    naive.append(abs(gap) > 1.96 * np.sqrt(halves))
    error = np.sqrt(ALPHA * (1 - ALPHA) / len(nulls))
    yield simulated(f"E7 wedge of {clusters}: rejection of a true null, ICC 0-.20; baseline: means compared as if persons were drawn",
                    np.mean(nulls), np.mean(naive), ALPHA, error, experiments=len(nulls))  # fmt: skip
    share, ceiling = np.mean(powers) / PLANNED, np.mean(best) / PLANNED
    yield claim(f"E7 wedge of {clusters}: power / oracle's; baseline: the strongest test that trusts only the lots", share,
                ceiling, ">= 0.95", share >= 0.95, error=np.std(powers) / np.sqrt(len(powers)) / PLANNED,
                possible=bool(ceiling >= 0.95), experiments=len(powers))  # fmt: skip
    each = float(np.median(took)) * 1000
    yield claim(f"E7 wedge of {clusters}: milliseconds per analysis", each, None, "<= 20", each <= 20)


def t_ceiling(pairs, drift):
    """Power of the two-sided t test: the most that is possible when the one spread is unknown."""
    border = stats.t.isf(ALPHA / 2, pairs - 1)
    return float(stats.nct.sf(border, pairs - 1, drift) + stats.nct.cdf(-border, pairs - 1, drift))


def matched(effort, pairs):
    source, reps = effort.source(750 + pairs), effort.some(0.6)
    border = stats.norm.isf(ALPHA / 2)
    drift = optimize.brentq(lambda x: stats.norm.sf(border - x) + stats.norm.cdf(-border - x) - PLANNED, 0.1, 5)
    draws = source.normal(size=(reps, pairs))
    uneven = draws * np.exp(source.uniform(0, np.log(10), draws.shape))
    shifted = draws + drift / np.sqrt(pairs)
    flips = np.array([sign_flip(row)[2] for row in shifted])
    best = np.mean([border_share(p, 2.0 ** (1 - pairs)) for p in flips])
    error = np.sqrt(ALPHA * (1 - ALPHA) / reps)
    power_error = np.sqrt(PLANNED * (1 - PLANNED) / reps) / PLANNED
    for name, test, power, ceiling, words in (
        ("lots alone", sign_flip, np.mean(flips <= ALPHA), best, "the strongest test that trusts only the lots"),
        ("normal differences", normal_pairs, np.mean([normal_pairs(row)[2] <= ALPHA for row in shifted]),
         t_ceiling(pairs, drift), "the strongest test when the spread is unknown (exact)"),
    ):  # fmt: skip
        null = max(np.mean([test(row)[2] <= ALPHA for row in rows]) for rows in (draws, uneven))
        yield simulated(f"E7 {pairs} matched pairs, {name}: rejection of a true null, spreads equal or 1 to 10", null, ALPHA,
                        ALPHA, error, experiments=reps)  # fmt: skip
        yield claim(f"E7 {pairs} matched pairs, {name}: power / oracle's; baseline: {words}", power / PLANNED,
                    ceiling / PLANNED, ">= 0.95", power / PLANNED >= 0.95, error=power_error,
                    possible=bool(ceiling / PLANNED >= 0.95), experiments=reps)  # fmt: skip
