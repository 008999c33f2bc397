# SPDX-License-Identifier: EUPL-1.2
"""The engine next to Python packages for the same questions, on the same data, in the same run.

`requirements/bench.txt` holds the packages; one that is not there gives a row that says so. confseq is not among them:
it has no wheel and its source wants the C++ library Boost, so its figure is the published one and named so.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import time
import warnings

import numpy as np
from scipy import optimize

from benchmarks.evidence_common import PAIR, THETA, claim, missing
from beproefd.engines.evidence import evalues
from beproefd.engines.evidence.clusters import Cells, analyse_wedge, oracle_power, treated
from beproefd.engines.evidence.floors import kl, smallest

WEDGE = tuple(int(start) for start in np.repeat([1, 2, 3, 4], 3))
PERIODS, SIZE, SD = 5, 30, 0.43
CONFSEQ_MS = 7924.0
"""betting_cs at 100,000 observations: measured for ../shared/research/engines.md (4d), not here."""


def peers(effort):
    yield from statsmodels_wedge(effort)
    yield from ville_two_arms(effort)
    sequence = spent(lambda: evalues.share_sequence(50_100, 100_000, 0.05), 200)
    yield claim("Peer confseq, betting_cs (PUBLISHED figure, not run: it does not build without Boost): interval at 100,000, ms",
                sequence, CONFSEQ_MS, "< the peer's", sequence < CONFSEQ_MS)  # fmt: skip


def spent(work, times):
    begin = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begin) / times * 1000


def statsmodels_wedge(effort):
    """A wedge of 12 with 30 persons per cell: exact lots against GEE and a mixed model."""
    if importlib.util.find_spec("statsmodels") is None:
        yield missing("statsmodels", "wedge of 12, GEE and MixedLM")
        return
    version = importlib.metadata.version("statsmodels")
    source, reps = effort.source(900), effort.some(0.1)
    given = treated(np.array(WEDGE), PERIODS)
    found = {name: ([], [], []) for name in ("ours", "GEE, default robust", "GEE, bias reduced", "MixedLM, Wald")}
    for icc in (0.0, 0.05, 0.2):
        effect = optimize.brentq(
            lambda x, share=icc: oracle_power(WEDGE, PERIODS, effect=x, sd=SD, icc=share, size=SIZE) - 0.8, 1e-4, 3
        )
        for place, size in enumerate((0.0, effect)):
            for _ in range(reps // 3):
                level = source.normal(0, SD * np.sqrt(icc), 12)[:, None, None]
                noise = source.normal(0, SD * np.sqrt(1 - icc), (12, PERIODS, SIZE))
                outcomes = level + noise + size * given[:, :, None]
                for name, p, took in p_values(outcomes, given):
                    found[name][place].append(p <= 0.05)
                    found[name][2].append(took)
    nulls, powers, ours_ms = found.pop("ours")
    error = np.sqrt(0.05 * 0.95 / len(nulls))
    for name, (null, power, took) in found.items():
        label = f"Peer statsmodels {version}, {name}; wedge of 12"
        yield claim(f"{label}: rejection of a true null, ours against the peer's", np.mean(nulls), np.mean(null), "<= 0.05",
                    np.mean(nulls) <= 0.05 + 3 * error, error=error, experiments=len(null))  # fmt: skip
        lack = np.subtract(power, powers, dtype=float)  # on the same data
        slack = lack.std() / np.sqrt(len(lack))
        yield claim(f"{label}: power, ours against the peer's (that of a test that rejects too often counts for little)",
                    np.mean(powers), np.mean(power),
                    f">= the peer's where that keeps its level (± 3 standard errors of {slack:.2g})",
                    lack.mean() <= 3 * slack or np.mean(null) > 0.05 + 3 * error,
                    error=slack, experiments=len(power))  # fmt: skip
        yield claim(
            f"{label}: milliseconds", np.mean(ours_ms), np.mean(took), "< the peer's", np.mean(ours_ms) < np.mean(took)
        )


def p_values(outcomes, given):
    """(name, two-sided p-value, milliseconds) of every analysis; outcomes (clusters, periods, persons)."""
    import pandas as pd  # noqa: PLC0415 -- only where the peers are installed
    import statsmodels.api as sm  # noqa: PLC0415
    import statsmodels.formula.api as smf  # noqa: PLC0415

    begin = time.process_time()
    cells = Cells(np.full(given.shape, float(SIZE)), outcomes.mean(axis=2))
    p = analyse_wedge(cells, WEDGE, draws=999, with_interval=False).p_two_sided
    yield "ours", p, (time.process_time() - begin) * 1000
    cluster, period, _ = (index.ravel() for index in np.indices(outcomes.shape))
    frame = pd.DataFrame({"y": outcomes.ravel(), "x": given[cluster, period], "c": cluster, "p": period})
    model = smf.gee("y ~ x + C(p)", "c", frame, cov_struct=sm.cov_struct.Exchangeable())
    for name, fit in (
        ("GEE, default robust", model.fit),
        ("GEE, bias reduced", lambda: model.fit(cov_type="bias_reduced")),
        ("MixedLM, Wald", smf.mixedlm("y ~ x + C(p)", frame, groups="c").fit),
    ):
        begin = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                p = fit().pvalues["x"]
            except np.linalg.LinAlgError:
                p = 1.0
        yield name, p, (time.process_time() - begin) * 1000


def ville_two_arms(effort):
    """Two arms, .20 against .30, effect unknown: persons per arm until the interval excludes zero."""
    if importlib.util.find_spec("ville") is None:
        yield missing("ville", "two arms, effect unknown")
        return
    import ville  # noqa: PLC0415 -- only where the peers are installed

    version, source, reps, cap = importlib.metadata.version("ville"), effort.source(901), effort.some(0.06), 3000
    threshold = evalues.calibrated_threshold(THETA, PAIR, 0.025)
    limits = evalues.crossing_limits(THETA, PAIR, threshold, cap)
    floor = np.log(20) / smallest(lambda q: kl(0.2, q) + kl(0.3, q), 0.2, 0.3)
    ours, theirs, wrong_ours, wrong_theirs = [], [], 0, 0
    for truth, (mine, other) in ((0.3, (ours, theirs)), (0.2, ([], []))):
        for _ in range(reps):
            zero, one = source.random(cap) < 0.2, source.random(cap) < truth
            trials, wins = (zero != one).cumsum(), (one & ~zero).cumsum()
            hit = (wins >= limits[trials]) | (trials - wins >= limits[trials])
            mine.append(hit.argmax() + 1 if hit.any() else cap)
            outcomes = np.stack([zero, one], axis=1).ravel().astype(float)
            stop = ville.AsymptoticABTest(t_opt=588).fit(outcomes, np.tile([0.0, 1.0], cap)).stopping_time()
            other.append(cap if stop is None else stop / 2)
            if truth == 0.2:
                wrong_ours, wrong_theirs = wrong_ours + bool(hit.any()), wrong_theirs + (stop is not None)
    error = np.sqrt(0.05 * 0.95 / reps)
    yield claim(f"Peer ville {version}, AsymptoticABTest: pairs until .20 v .30 is seen / (ln 20 / KLinf), ours against the peer's",
                np.mean(ours) / floor, np.mean(theirs) / floor, "< the peer's", np.mean(ours) < np.mean(theirs),
                experiments=reps)  # fmt: skip
    yield claim(f"Peer ville {version}, AsymptoticABTest: error in {cap} pairs without a difference, ours against the peer's",
                wrong_ours / reps, wrong_theirs / reps, "<= 0.05", wrong_ours / reps <= 0.05 + 3 * error,
                error=error)  # fmt: skip
