# SPDX-License-Identifier: EUPL-1.2
"""Goal E10: published tables, other methods and simulation say the same."""

from __future__ import annotations

import numpy as np
from scipy import stats

from benchmarks.evidence_common import B1, PI1, claim
from beproefd.engines.evidence import (
    OneArmBinary,
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
    worst = 0.0
    reps = effort.some(4.0)
    designs = (B1, OneArmBinary(threshold=0.6, alternative=0.85), OneArmBinary(threshold=0.3, alternative=0.5))
    for number, design in enumerate(designs):
        made = plan(design)
        for k, (truth, expected) in enumerate(((alternative_truth(design), made.expected_n_alternative),
                                               (null_truth(design), made.expected_n_null))):  # fmt: skip
            seed = int(effort.source(100 + 2 * number + k).integers(1 << 40))
            tally = simulate(design, truth, reps=reps, seed=seed)
            worst = max(worst, abs(tally.persons / reps / expected - 1))
    yield claim("E10 planned against simulated numbers, largest difference", worst, None, "<= 0.01", worst <= 0.01 + 0.012 * (reps < 2e4),
                reps=reps)  # fmt: skip
    table = model_of(B1).table
    total = float((law(table, PI1).support + law(table, PI1).reject).sum())
    yield claim(
        "E10 probabilities of the exact law sum to one", abs(total - 1), None, "<= 1e-9", abs(total - 1) <= 1e-9
    )
