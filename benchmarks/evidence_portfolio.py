# SPDX-License-Identifier: EUPL-1.2
"""Goal E8: many experiments at once."""

from __future__ import annotations

import numpy as np
from scipy import stats

from benchmarks.evidence_common import FIXED, ODDS, THETA, claim, simulated
from beproefd.engines.evidence.portfolio import closed_e_bh, sweep


def e8(effort):
    source, reps, q = effort.source(8), effort.some(0.15), 0.10
    real = np.arange(20) < 5
    found = false = people = plain_found = 0.0
    rates, plain_rates = [], []
    cap, step = 380, 5
    for _ in range(reps):
        zero = source.random((20, cap)) < 0.2
        one = source.random((20, cap)) < np.where(real, 0.3, 0.2)[:, None]
        trials, wins = (zero != one).cumsum(axis=1), (one & ~zero).cumsum(axis=1)
        logs = THETA * wins - float(np.log((1 + ODDS) / 2)) * trials
        values, live, used = np.ones(20), np.ones(20, dtype=bool), np.zeros(20)
        for t in range(step - 1, cap, step):
            values, used = np.where(live, np.exp(logs[:, t]), values), np.where(live, t + 1, used)
            now = sweep(values, live, q=q, drop_below=0.45)
            live &= ~(now.found | now.dropped)
            if not live.any():
                break
        final = closed_e_bh(values, q)
        found, false, people = found + final[real].sum(), false + final[~real].sum(), people + 2 * used.sum()
        rates.append(final[~real].sum() / max(final.sum(), 1))
        a, b = source.binomial(FIXED, 0.2, 20), source.binomial(FIXED, np.where(real, 0.3, 0.2))
        pooled = (a + b) / 2 / FIXED
        p = stats.norm.sf((b - a) / FIXED / np.sqrt(2 * pooled * (1 - pooled) / FIXED))
        order = np.argsort(p)
        good = np.flatnonzero(p[order] <= q * np.arange(1, 21) / 20)
        chosen = np.zeros(20, dtype=bool)
        chosen[order[: good[-1] + 1 if len(good) else 0]] = True
        plain_found += chosen[real].sum()
        plain_rates.append(chosen[~real].sum() / max(chosen.sum(), 1))
    ours, plain = found / people * 1000, plain_found / (reps * 40 * FIXED) * 1000
    error = np.std(rates) / np.sqrt(reps)
    yield claim("E8 portfolio of 20: true finds per 1,000 people", ours, plain, ">= 1.75 x BH at fixed n", ours >= 1.75 * plain,
                share_found=found / reps / 5, share_found_plain=plain_found / reps / 5, people=people / reps)  # fmt: skip
    yield simulated("E8 portfolio of 20: share of false finds", np.mean(rates), np.mean(plain_rates), q, error)
