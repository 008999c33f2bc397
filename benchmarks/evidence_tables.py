# SPDX-License-Identifier: EUPL-1.2
"""Goal E10: published tables, other methods and simulation say the same."""

from __future__ import annotations

import numpy as np
from scipy import stats

from benchmarks.evidence_common import B1, PI1, claim, simulated
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
    normal,
)
from beproefd.engines.evidence.boundary import law
from beproefd.engines.evidence.fixed import two_proportions
from beproefd.engines.evidence.model import model_of
from beproefd.engines.evidence.planning import plan
from beproefd.engines.evidence.simulation import alternative_truth, null_truth, simulate

PUBLISHED = {
    # Jennison and Turnbull (2000), tables 2.1 and 2.3, two-sided .05; Lan-DeMets as in the rpact manual.
    "Pocock": {2: 2.178, 3: 2.289, 4: 2.361, 5: 2.413, 10: 2.555},
    "O'Brien-Fleming": {2: 1.977, 3: 2.004, 4: 2.024, 5: 2.040, 10: 2.087},
    "Lan-DeMets": (4.877, 3.357, 2.680, 2.290, 2.031),
    # SAS/STAT SEQDESIGN, "Applicable tests and sample size": largest information, O'Brien-Fleming, two-sided .05, power .90,
    # effect .25; five digits.
    "information": {1: 168.12, 2: 169.32, 5: 172.57, 10: 174.42},
}


def no_crossing(bounds, shares, drift=0.0):
    """Chance to stay within the bounds at all looks, by Genz's integration of the joint normal law (SciPy).

    The engine integrates look by look instead, so the two have nothing in common but the law.
    """
    root = np.sqrt(np.asarray(shares))
    law_of_looks = stats.multivariate_normal(
        mean=drift * root, cov=np.minimum(root[:, None] / root, root / root[:, None]), seed=0, maxpts=4_000_000,
        abseps=1e-8, releps=1e-8,
    )  # fmt: skip
    return float(law_of_looks.cdf(np.asarray(bounds), lower_limit=-np.asarray(bounds)))


def by_another_method():
    """Largest difference in the bounds, and in power, between the engine and the other integration."""
    in_bounds, in_power = 0.0, 0.0
    drift = stats.norm.isf(0.025) + stats.norm.ppf(0.8)
    for looks in (2, 3, 4, 5, 10):
        shares = np.arange(1, looks + 1) / looks
        spent = normal.spending_bounds(normal.obrien_fleming_spending(0.05), tuple(shares))
        for bounds in (normal.power_family(looks, 0.05, 0.5), normal.power_family(looks, 0.05, 0.0), spent):
            # An error in the probability, turned into the shift of all bounds that would make it.
            error = 1 - no_crossing(bounds, shares) - 0.05
            slope = (normal.crossing(bounds + 1e-4, shares).sum() - normal.crossing(bounds, shares).sum()) / 1e-4
            in_bounds = max(in_bounds, abs(error / slope))
            power = float(normal.crossing(bounds, shares, drift).sum())
            in_power = max(in_power, abs(power - (1 - no_crossing(bounds, shares, drift))))
    return in_bounds, in_power


def e10(effort):
    off = 0.0
    for looks in (2, 3, 4, 5, 10):
        bounds = normal.power_family(looks, 0.05, 0.5), normal.power_family(looks, 0.05, 0.0)
        off = max(
            off,
            abs(bounds[0][0] - PUBLISHED["Pocock"][looks]),
            abs(bounds[1][-1] - PUBLISHED["O'Brien-Fleming"][looks]),
        )
    yield claim("E10 largest difference with published constants (given to 3 decimals)", off, None, "<= 0.0005 (rounding)",
                off <= 0.00051)  # fmt: skip
    shares = (0.2, 0.4, 0.6, 0.8, 1.0)
    spent = normal.spending_bounds(normal.obrien_fleming_spending(0.05), shares)
    off = float(np.abs(spent - PUBLISHED["Lan-DeMets"]).max())
    yield claim(
        "E10 largest difference with published spending bounds (3 decimals)",
        off,
        None,
        "<= 0.0005 (rounding)",
        off <= 0.00051,
    )
    fixed = (stats.norm.isf(0.025) + stats.norm.ppf(0.9)) ** 2 / 0.25**2
    off = 0.0
    for looks, published in PUBLISHED["information"].items():
        shares = np.arange(1, looks + 1) / looks
        factor = normal.inflation(normal.power_family(looks, 0.05, 0.0), shares, 0.05, 0.9)
        off = max(off, abs(factor * fixed / published - 1))
    yield claim("E10 largest size against SAS SEQDESIGN, published to five digits: largest relative difference", off, None,
                "<= 1e-4", off <= 1e-4)  # fmt: skip
    in_bounds, in_power = by_another_method()
    yield claim("E10 bounds at 2 to 10 looks against another integration (Genz, SciPy): largest difference", in_bounds, None,
                "<= 1e-4", in_bounds <= 1e-4)  # fmt: skip
    yield claim("E10 power at 2 to 10 looks against another integration (Genz, SciPy): largest difference", in_power, None,
                "<= 1e-4", in_power <= 1e-4)  # fmt: skip
    off = abs(two_proportions(0.2, 0.3, 0.025, 0.8) - 293.1513)
    yield claim("E10 fixed size of .20 v .30 against rpact's 293.1513", off, None, "<= 1e-4", off <= 1e-4)
    yield from plans(effort)
    table = model_of(B1).table
    total = float((law(table, PI1).support + law(table, PI1).reject).sum())
    yield claim(
        "E10 probabilities of the exact law sum to one", abs(total - 1), None, "<= 1e-9", abs(total - 1) <= 1e-9
    )


KINDS = (
    ("two arms, yes or no", B1, 4.0),
    ("one arm, yes or no", OneArmBinary(threshold=0.6, alternative=0.85), 4.0),
    ("looks every 10 pairs", TwoArmBinary(baseline=0.2, minimal_effect=0.3, looks=10), 0.6),
    ("marked looks", TwoArmBinary(baseline=0.2, minimal_effect=0.3, looks="marked"), 0.6),
    ("unequal blocks 1+2", TwoArmBinary(baseline=0.2, minimal_effect=0.3, allocation=(1, 2)), 0.6),
    ("one arm, counts", OneArmCount(threshold=0.5, alternative=1.0), 0.6),
    ("two arms, counts", TwoArmCount(baseline=2, minimal_ratio=1.6), 0.6),
    ("continuous, 0.8 sd", TwoArmContinuous(minimal_effect=0.8), 0.6),
    ("with a measurement before", TwoArmAdjusted(minimal_effect=0.6, correlation=0.7), 0.6),
    ("four answers", TwoArmOrdinal(baseline=(0.2, 0.3, 0.3, 0.2), minimal_odds_ratio=2.0), 0.6),
    ("events, hazard ratio 3", TwoArmEvents(minimal_ratio=3.0), 0.6),
    ("matched pairs, 0.6 sd", MatchedPairs(minimal_effect=0.6), 0.6),
    ("matched pairs, 1.2 sd", MatchedPairs(minimal_effect=1.2), 0.6),
)


def plans(effort):
    """Every kind: planned numbers and power against whole experiments through the monitor."""
    for number, (name, design, share) in enumerate(KINDS):
        made, reps = plan(design), effort.some(share)
        seeds = effort.source(100 + number).integers(1 << 40, size=2)
        off, supported = [], 0.0
        for truth, expected, seed in (
            (alternative_truth(design), made.expected_n_alternative, seeds[0]),
            (null_truth(design), made.expected_n_null, seeds[1]),
        ):
            tally = simulate(design, truth, reps=reps, seed=int(seed))
            mean = tally.persons / reps
            spread = np.sqrt(max(tally.squares / reps - mean**2, 0) / reps) + made.expected_n_se
            off.append((abs(mean / expected - 1), spread / expected))
            supported = tally.verdicts[0] / reps if len(off) == 1 else supported
        worst, error = max(off)
        yield simulated(f"E10 {name}: planned against simulated numbers, largest difference", worst, None, 0.01, error,
                        experiments=reps)  # fmt: skip
        yield simulated(f"E10 {name}: planned against simulated power, difference", abs(supported - made.power), None, 0.0,
                        np.sqrt(0.16 / reps) + made.power_se, power=made.power)  # fmt: skip
