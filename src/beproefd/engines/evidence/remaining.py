# SPDX-License-Identifier: EUPL-1.2
"""How many people are still to come, in expectation, from where a test stands."""

from __future__ import annotations

import numpy as np

from beproefd.engines.evidence.model import Model

PSEUDO_TRIALS = 10.0
"""Weight of the middle between both hypotheses in the present estimate, in trials, so that a first failure does not
make the forecast jump."""


def expected_trials(model: Model, units: int, trials: int, successes: int) -> tuple[float, float, float]:
    """Expected further units at the present estimate, at the border of the claim and at the effect that matters.

    Exact forward pass through the boundary in trials; trials become units by the planned yield, and no more than the
    remaining units are counted.
    """
    boundary = model.table if model.table is not None else model.canonical.boundary
    estimate = (successes + PSEUDO_TRIALS * (boundary.pi0 + boundary.pi1) / 2) / (trials + PSEUDO_TRIALS)
    truths = np.array([estimate, boundary.pi0, boundary.pi1])[:, None]
    upper, lower = np.array(boundary.upper), np.array(boundary.lower)
    inside = min(max(successes, int(lower[trials]) + 1), max(int(upper[trials]) - 1, 0)) if trials else 0
    mass, low = np.ones((3, 1)), inside
    total = np.zeros(3)
    for d in range(trials + 1, boundary.horizon + 1):
        total += mass.sum(axis=1)
        step = np.zeros((3, mass.shape[1] + 1))
        step[:, :-1] = mass * (1 - truths)
        step[:, 1:] += mass * truths
        up = min(max(int(upper[d]) - low, 0), step.shape[1])
        down = min(max(int(lower[d]) + 1 - low, 0), up)
        mass, low = step[:, down:up], low + down
        if mass.shape[1] == 0:
            break
    left = max((model.max_units or 0) - units, 0)
    per_trial = np.array([(model.yield0 + model.yield1) / 2, model.yield0, model.yield1])
    if model.table is None and model.max_units:
        per_trial = np.full(3, boundary.horizon / model.max_units)
    found = np.minimum(total / per_trial, left)
    return float(found[0]), float(found[1]), float(found[2])
