# SPDX-License-Identifier: EUPL-1.2
"""Many tests at once: combine e-values, keep the share of false finds low, and choose what to test next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.evidence.verdicts import Verdict

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def e_bh(e_values: Sequence[float] | Floats, q: float) -> Bools:
    """Plain e-BH (Wang and Ramdas 2022): expected share of false finds at most ``q`` under any dependence.

    Shape of the answer: that of ``e_values``; True: found.
    """
    values = np.asarray(e_values, dtype=float)
    order = np.argsort(-values, kind="stable")
    ranks = np.arange(1, len(values) + 1)
    good = np.flatnonzero(values[order] * ranks * q >= len(values) * (1 - 1e-12))
    found = np.zeros(len(values), dtype=bool)
    if len(good):
        found[order[: good[-1] + 1]] = True
    return found


def closed_e_bh(e_values: Sequence[float] | Floats, q: float) -> Bools:
    """Closed e-BH (Xu, Solari, Fischer, de Heide, Ramdas, Goeman 2025): the same guarantee, never finds fewer.

    A set R is taken when for every set S of hypotheses the mean of its e-values is at least ``|R & S| / (q |R|)``. For
    the r largest e-values the hardest S are the a smallest inside and the b smallest outside: O(m^2) per r.
    """
    values = np.asarray(e_values, dtype=float)
    m = len(values)
    order = np.argsort(-values, kind="stable")
    ranked = np.minimum(values[order], 1e12)
    found = np.zeros(m, dtype=bool)
    outside = np.concatenate([[0.0], ranked[::-1].cumsum()])
    for r in range(m, 0, -1):
        inside = ranked[:r][::-1].cumsum()[:, None]
        a, b = np.arange(1, r + 1)[:, None], np.arange(m - r + 1)[None, :]
        if (inside + outside[None, : m - r + 1] >= a * (a + b) / (q * r) * (1 - 1e-12)).all():
            found[order[:r]] = True
            break
    return found


@dataclass(frozen=True)
class Sweep:
    """Which running tests stop now: found (in the closed e-BH set) or dropped (evidence too far down)."""

    found: Bools
    dropped: Bools


def sweep(e_values: Sequence[float] | Floats, running: Sequence[bool] | Bools, *, q: float, drop_below: float) -> Sweep:
    """One moment in a portfolio: every e-value as it stands, stopped ones as they were when they stopped.

    A stopped e-value is never changed again, so the closed e-BH set at the very end keeps its guarantee whatever was
    dropped or stopped here (only the e-value at the stopping time is an e-value, not its largest value).
    """
    live = np.asarray(running, dtype=bool)
    values = np.asarray(e_values, dtype=float)
    found = closed_e_bh(values, q) & live
    return Sweep(found, live & ~found & (values <= drop_below))


def combine(e_values: Sequence[float] | Floats, *, independent: bool) -> float:
    """One e-value from several on the same claim: the product when independent (other people), else the mean."""
    values = np.asarray(e_values, dtype=float)
    return float(values.prod() if independent else values.mean())


def guarded(main: Verdict, guards: Sequence[Verdict]) -> Verdict:
    """Verdict with guard rails: a guard is a test of the claim that harm is done; SUPPORTED harm ends everything.

    A main SUPPORTED waits (CONTINUE) for guards that are still running.
    """
    if Verdict.SUPPORTED in guards:
        return Verdict.REFUTED
    if main is Verdict.SUPPORTED and Verdict.CONTINUE in guards:
        return Verdict.CONTINUE
    return main


@dataclass(frozen=True)
class Candidate:
    """An assumption that could be tested: chance that it holds, value if we go on and it holds, loss if it does not,
    and the test's error, power, expected persons under both, and price of a person (in the unit of value).
    """

    prior: float
    value: float
    loss: float
    alpha: float
    power: float
    persons_if_true: float
    persons_if_false: float
    price: float


@dataclass(frozen=True)
class Worth:
    """Expected gain of testing over deciding now, expected persons, gain per person, and the better choice untested."""

    gain: float
    persons: float
    gain_per_person: float
    untested: str


def worth_of_testing(candidate: Candidate) -> Worth:
    """Expected value of testing next: value with the test's verdict less the best value without, less its cost."""
    c = candidate
    go = c.prior * c.value - (1 - c.prior) * c.loss
    persons = c.prior * c.persons_if_true + (1 - c.prior) * c.persons_if_false
    tested = c.prior * c.power * c.value - (1 - c.prior) * c.alpha * c.loss - c.price * persons
    gain = tested - max(go, 0.0)
    return Worth(gain, persons, gain / persons if persons > 0 else 0.0, "go" if go > 0 else "stop")


def order_of_testing(candidates: Sequence[Candidate]) -> list[int]:
    """Positions of the candidates, largest expected gain per person first; those not worth testing last."""
    worths = [worth_of_testing(candidate) for candidate in candidates]
    return sorted(range(len(worths)), key=lambda k: (worths[k].gain <= 0, -worths[k].gain_per_person, k))
