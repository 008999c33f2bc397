# SPDX-License-Identifier: EUPL-1.2
"""Every way in which a test of one arm can end, one by one: slow and plain, to check the engine with."""

from __future__ import annotations

from collections.abc import Iterator

from beproefd.engines.evidence import OneArmBinary, Verdict
from beproefd.engines.evidence.model import model_of
from beproefd.engines.evidence.stopped import StoppedWalk
from beproefd.engines.evidence.units import UnitTest


def stopping_points(design: OneArmBinary, share: float) -> Iterator[tuple[int, int, float]]:
    """(people, successes, probability) of every end, when this share of the people succeeds."""
    table = model_of(design).table
    running = {0: 1.0}
    for people in range(1, table.horizon + 1):
        step: dict[int, float] = {}
        for wins, chance in running.items():
            step[wins] = step.get(wins, 0.0) + chance * (1 - share)
            step[wins + 1] = step.get(wins + 1, 0.0) + chance * share
        running = {}
        for wins, chance in step.items():
            if wins >= table.upper[people] or wins <= table.lower[people]:
                yield people, wins, chance
            else:
                running[wins] = chance


def stopped_walk(design: OneArmBinary, people: int, wins: int) -> StoppedWalk:
    """What is known after this end."""
    test = UnitTest(design)
    test.trials, test.score, test.stopped_at, test.verdict = people, wins, people, Verdict.FUTILE
    walk = test.stopped_walk()
    assert walk is not None
    return walk
