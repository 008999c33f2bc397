# SPDX-License-Identifier: EUPL-1.2
"""Goals E1 to E5: how few people a decision needs, and whether the errors are as promised."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from scipy import stats

from benchmarks.evidence_common import B1, FIXED, PAIR, PI1, THETA, b1_floors, claim, simulated
from beproefd.engines.evidence import (
    MatchedPairs,
    OneArmBinary,
    OneArmCount,
    TwoArmAdjusted,
    TwoArmBinary,
    TwoArmContinuous,
    TwoArmCount,
    TwoArmEvents,
    TwoArmOrdinal,
    evalues,
    normal,
)
from beproefd.engines.evidence.calendar import Ratios, calendar_figures
from beproefd.engines.evidence.fixed import persons
from beproefd.engines.evidence.floors import floors, kl, smallest
from beproefd.engines.evidence.model import model_of
from beproefd.engines.evidence.planning import operating_at, plan
from beproefd.engines.evidence.simulation import alternative_truth, null_truth, simulate


def grouped_expected(looks=10):
    """Expected pairs of a classical group-sequential design (Wang-Tsiatis 0.25, no futility) at the effect planned."""
    shares = np.arange(1, looks + 1) / looks
    bounds = normal.power_family(looks, 0.05, 0.25)
    factor = normal.inflation(bounds, shares, 0.05, 0.8)
    drift = np.sqrt(factor) * (stats.norm.isf(0.025) + stats.norm.ppf(0.8))
    stop = normal.crossing(bounds, shares, drift)
    return float(stop @ shares + 1 - stop.sum()) * factor * FIXED, factor * FIXED


def e1(_effort):
    floor1, floor0 = b1_floors()
    made = plan(B1)
    grouped, grouped_largest = grouped_expected()
    yield claim("E1 pairs if it works / floor (exact)", made.expected_n_alternative / floor1, grouped / floor1, "<= 1.10",
                made.expected_n_alternative <= 1.10 * floor1, pairs=made.expected_n_alternative, floor=floor1)  # fmt: skip
    yield claim("E1 pairs if it does not / floor (exact)", made.expected_n_null / floor0, FIXED / floor0, "<= 1.15",
                made.expected_n_null <= 1.15 * floor0, pairs=made.expected_n_null, floor=floor0)  # fmt: skip
    yield claim(
        "E1 largest number / fixed design",
        made.max_n / FIXED,
        grouped_largest / FIXED,
        "<= 1.30",
        made.max_n <= 1.30 * FIXED,
    )
    yield claim("E1 power (exact)", made.power, 0.8, ">= 0.80", made.power >= 0.8)
    yield claim("E1 alpha, the largest over all base rates (exact)", made.alpha, 0.025, "<= 0.025", made.alpha <= 0.025)


def e2(effort):
    floor1, floor0 = b1_floors()
    source = effort.source(2)
    uneven, place = [], 0
    while (place := place + int(source.integers(15, 36))) < 370:
        uneven.append(place)
    for name, looks in (("every 25 pairs", 25), ("uneven looks, 15 to 35 pairs apart", tuple(uneven))):
        begin = time.perf_counter()
        model = model_of(replace(B1, looks=looks))
        took = time.perf_counter() - begin
        figures = []
        wald = Ratios(model.ratios.looks, *((side,) * len(model.ratios.looks) for side in (np.log(0.2), np.log(32))))
        for ratios in (model.ratios, wald):
            for rate, pi in ((0.38, PI1), (0.375, 0.5)):
                figures.append(calendar_figures(ratios, theta=THETA, alpha=0.025, rate=rate, pi=pi,
                                                paths=effort.some(0.2), generator=source))  # fmt: skip
        one, none, wald1, wald0 = figures
        yield claim(f"E2 {name}: pairs if it works / floor", one.expected / floor1, wald1.expected / floor1, "<= 1.12",
                    one.expected <= 1.12 * floor1, error=one.expected_se / floor1, power=one.supported,
                    largest=max(model.ratios.looks), seconds=took)  # fmt: skip
        yield claim(f"E2 {name}: pairs if it does not / floor", none.expected / floor0, wald0.expected / floor0,
                    "<= 1.18", none.expected <= 1.18 * floor0, error=none.expected_se / floor0)  # fmt: skip
        yield claim(f"E2 {name}: largest error given any arrivals (exact)", none.worst_alpha, 0.025, "<= 0.025",
                    none.worst_alpha <= 0.025 + 1e-12)  # fmt: skip


def mixture_sprt(source, p1, paths, cap=6000, tau=0.1):
    """Expected pairs of the normal-mixture SPRT with plugged-in variance (Johari, Pekelis, Walsh), two-sided .05."""
    total = 0.0
    for _ in range(paths):
        zero, one = (source.random(cap) < 0.2).cumsum(), (source.random(cap) < p1).cumsum()
        n = np.arange(1, cap + 1)
        pooled = np.clip((zero + one) / 2 / n, 0.5 / n, 1)
        variance = 2 * pooled * (1 - pooled) / n + 1e-12
        log_ratio = 0.5 * np.log(variance / (variance + tau**2)) + ((one - zero) / n) ** 2 * tau**2 / (
            2 * variance * (variance + tau**2)
        )
        hit = (log_ratio >= np.log(20)) & (n > 5)
        total += hit.argmax() + 1 if hit.any() else cap
    return total / paths


def e3(effort):
    threshold = evalues.calibrated_threshold(THETA, PAIR, 0.025)
    worst, at = 0.0, 0.0
    horizon = 4000
    for p1 in (0.25, 0.275, 0.30, 0.35, 0.40):
        rate = p1 * 0.8 + 0.2 * (1 - p1)
        floor = np.log(20) / smallest(lambda q, p=p1: kl(0.2, q) + kl(p, q), 0.2, p1)
        stop = evalues.crossing_law(THETA, PAIR, threshold, p1 * 0.8 / rate, horizon)
        pairs = (stop @ np.arange(horizon + 1) + (1 - stop.sum()) * horizon) / rate
        if pairs / floor > worst:
            worst, at, worst_floor = pairs / floor, p1, floor
    peers = [
        mixture_sprt(effort.source(3), p1, effort.some(0.05))
        / (np.log(20) / smallest(lambda q, p=p1: kl(0.2, q) + kl(p, q), 0.2, p1))
        for p1 in (0.25, 0.40)
    ]
    yield claim("E3 effect unknown: worst pairs / (ln 20 / KLinf) over p1 .25-.40 (exact)", worst, max(peers), "<= 1.45",
                worst <= 1.45, worst_at=at, floor=worst_floor, threshold=threshold)  # fmt: skip
    error = 2 * evalues.ever_crosses(THETA, PAIR, threshold, 4000)
    yield claim("E3 error for ever, both sides (exact bound)", error, 0.05, "<= 0.05", error <= 0.05)


def naive_peeking(source, rate, paths, horizon=1172):
    zero, one = ((source.random((paths, horizon)) < rate).cumsum(axis=1) for _ in range(2))
    n = np.arange(1, horizon + 1)
    pooled = (zero + one) / 2 / n
    spread = np.sqrt(np.maximum(2 * pooled * (1 - pooled) / n, 1e-12))
    return float(((np.abs(one - zero) / n > 1.96 * spread) & (pooled > 0)).any(axis=1).mean())


def e4(effort):
    rates = (0.005, 0.01, 0.02, 0.05, 0.10, 0.25, 0.50, 0.90)
    seen = [operating_at(B1, (rate, rate)) for rate in rates]
    capped = max(one.supported + one.refuted for one in seen)
    threshold = evalues.calibrated_threshold(THETA, PAIR, 0.025)
    up = evalues.crossing_law(THETA, PAIR, threshold, 0.5, 4 * FIXED).cumsum()
    open_ended = 0.0
    for rate in rates:
        trials = stats.binom.pmf(np.arange(4 * FIXED + 1), 4 * FIXED, 2 * rate * (1 - rate))
        open_ended = max(open_ended, 2 * float(trials @ up))
    naive = max(naive_peeking(effort.source(4), rate, effort.some(0.1)) for rate in (0.02, 0.25))
    yield claim("E4 decision mode: largest two-sided error at 8 base rates, looks after every person (exact)", capped,
                naive, "<= 0.05", capped <= 0.05)  # fmt: skip
    yield claim("E4 estimation mode: the same, to 4 times the fixed size (exact)", open_ended, naive, "<= 0.05",
                open_ended <= 0.05)  # fmt: skip


def e5(effort):
    designs = (
        ("one arm, 60% v 85%", OneArmBinary(threshold=0.6, alternative=0.85), 1.0),
        ("one arm, counts", OneArmCount(threshold=0.2, alternative=0.35), 0.2),
        ("counts with exposure", TwoArmCount(baseline=2, minimal_ratio=1.3), 0.2),
        ("continuous, 0.5 sd", TwoArmContinuous(minimal_effect=0.5), 0.2),
        ("continuous, 0.3 sd", TwoArmContinuous(minimal_effect=0.3), 0.1),
        ("five answers", TwoArmOrdinal(baseline=(0.1, 0.2, 0.4, 0.2, 0.1), minimal_odds_ratio=1.4), 0.16),
        ("uneven blocks 1+2", TwoArmBinary(baseline=0.2, minimal_effect=0.1, allocation=(1, 2)), 0.08),
        ("matched pairs, 0.5 sd", MatchedPairs(minimal_effect=0.5), 0.3),
        ("events, hazard ratio 2", TwoArmEvents(minimal_ratio=2.0), 0.3),
        ("0.5 sd with a measurement before, correlation .7", TwoArmAdjusted(minimal_effect=0.5, correlation=0.7), 0.2),
    )
    for number, (name, design, share) in enumerate(designs):
        reps = effort.some(share)
        seeds = effort.source(50 + number).integers(1 << 40, size=2)
        one = simulate(design, alternative_truth(design), reps=reps, seed=int(seeds[0]))
        none = simulate(design, null_truth(design), reps=reps, seed=int(seeds[1]))
        per_unit = persons(design, 1.0)
        floor1, floor0 = floors(design)
        fixed = model_of(design).fixed
        for label, tally, floor in (("works", one, floor1), ("does not", none, floor0)):
            mean = tally.persons / reps / per_unit
            error = np.sqrt(max(tally.squares / reps / per_unit**2 - mean**2, 0) / reps) / floor
            yield claim(f"E5 {name}: units if it {label} / own floor", mean / floor, fixed / floor, "<= 1.25",
                        mean / floor <= 1.25, error=error)  # fmt: skip
        for label, value, limit in (
            ("power", one.verdicts[0] / reps, design.power),
            ("error", none.verdicts[0] / reps, design.side_alpha),
        ):
            error = np.sqrt(limit * (1 - limit) / reps)
            yield simulated(f"E5 {name}: {label}", value, limit, limit, error, least=label == "power")
