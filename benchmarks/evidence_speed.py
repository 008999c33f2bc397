# SPDX-License-Identifier: EUPL-1.2
"""Goal E9: milliseconds."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from benchmarks.evidence_common import B1, PAIR, THETA, claim
from beproefd.engines.evidence import (
    Monitor,
    Observation,
    evalues,
)
from beproefd.engines.evidence.model import canonical, model_of
from beproefd.engines.evidence.planning import plan


def timed(work, times):
    best = np.inf
    for _ in range(3):
        begin = time.process_time()
        for _ in range(times):
            work()
        best = min(best, (time.process_time() - begin) / times)
    return best * 1000


def e9(effort):
    source = effort.source(9)
    quick = evalues.TrialEvidence(THETA, PAIR)
    wins = source.random(38_000) < 0.5
    from_raw = timed(lambda: np.max(THETA * wins.cumsum() - np.arange(1, 38_001) * 0.036), 20)
    each = timed(lambda: quick.value(19_400, 38_000), 2000)
    yield claim("E9 e-value from counts, ms", each, from_raw, "<= 0.01", each <= 0.01)
    sequence = timed(lambda: evalues.share_sequence(19_400, 38_000, 0.05), 200)
    candidates = np.linspace(0.001, 0.999, 100)
    steps, path = np.arange(1, 38_001), wins.cumsum()

    def by_grid():
        for candidate in candidates:
            np.logaddexp.accumulate(path * np.log(candidate) + (steps - path) * np.log(1 - candidate))

    grid = timed(by_grid, 1)
    yield claim(
        "E9 confidence sequence from counts, ms (baseline: 100 candidates over the raw path)",
        sequence,
        grid,
        "<= 0.2",
        sequence <= 0.2,
    )
    monitors = [Monitor(B1) for _ in range(1000)]
    pairs = [
        [Observation(float(a), arm="0"), Observation(float(b), arm="1")] for a, b in source.random((1000, 2)) < 0.25
    ]

    def update():
        for monitor, pair in zip(monitors, pairs, strict=True):
            monitor.update(pair)
            _ = monitor.verdict, monitor.e_value

    live = timed(update, 1)
    yield claim("E9 1,000 live tests, a pair each with verdict and e-value, ms", live, 250.0, "<= 250", live <= 250)
    for name, design in (("looks after every pair", B1), ("looks every 25 pairs", replace(B1, looks=25))):
        model_of.cache_clear()
        canonical.cache_clear()
        begin = time.process_time()
        plan(design)
        took = time.process_time() - begin
        yield claim(f"E9 design with its boundary, {name}, processor seconds", took, 2.0, "<= 2", took <= 2)
