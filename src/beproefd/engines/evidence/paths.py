# SPDX-License-Identifier: EUPL-1.2
"""How a test behaves whose steps differ from block to block: streams are drawn, what the lots decide is not.

Given the outcomes in the blocks, only the lots decide which of them belong to the new arm. So for every stream of
blocks that is drawn, the chance of each verdict and the number of units are exact sums over the running score's law,
at the border of the claim (which sets the limits) and at the truth together. Only the streams are chance, and they
differ little: a few hundred are worth tens of thousands of whole experiments. Where all steps are alike there is one
stream, and the figures are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

from beproefd.engines.evidence.evalues import MULTIPLES, WEIGHTS, calibrated_threshold
from beproefd.engines.evidence.model import Model, planned_looks
from beproefd.engines.evidence.streams import Steps, Stream, stream_of
from beproefd.engines.evidence.walk import TINY

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Progress = Callable[[int, int], None]

WORK = 30_000
"""Steps of streams drawn for one truth; short tests get more streams, for there streams differ most."""

NEGLIGIBLE = 1e-14
"""Mass that is left out of the window of scores that is carried along."""


@dataclass(frozen=True)
class Figures:
    """Behaviour at one truth: chances of support and refutation, expected units, their standard errors (0: exact), and
    the chance of stopping at unit 0, 1, ... up to the largest number.
    """

    supported: float
    refuted: float
    expected: float
    supported_se: float
    expected_se: float
    stopping: Floats


def streams_for(units: int) -> int:
    """Number of streams drawn for a test of at most so many units."""
    return min(max(WORK // units, 60), 2000)


@dataclass
class _Running:
    """Law of the score among streams that still run: column i of row r is score ``low[r] + i``."""

    null: Floats
    true: Floats
    low: NDArray[np.int64]

    def step(self, steps: Steps) -> None:
        """Add a step to every stream."""
        scores = steps.scores
        centre = np.rint((scores * steps.null).sum(axis=1)).astype(np.int64)
        if (scores == scores[:1]).all():
            centre[:] = int(centre.mean())
        shift = scores - centre[:, None]
        below, above = max(int(-shift.min()), 0), max(int(shift.max()), 0)
        wide = self.null.shape[1] + below + above
        null, true = np.zeros((2, len(self.low), wide))
        reach = np.arange(self.null.shape[1])
        rows = np.arange(len(self.low))[:, None]
        for k in range(scores.shape[1]):
            if (shift[:, k] == shift[0, k]).all():
                at = below + int(shift[0, k])
                part = np.s_[:, at : at + self.null.shape[1]]
                null[part] += self.null * steps.null[:, k : k + 1]
                true[part] += self.true * steps.true[:, k : k + 1]
            else:
                place = reach + (below + shift[:, k])[:, None]
                null[rows, place] += self.null * steps.null[:, k : k + 1]
                true[rows, place] += self.true * steps.true[:, k : k + 1]
        self.null, self.true, self.low = null, true, self.low + centre - below

    def stop(self, gone: Bools) -> Floats:
        """Take out what stops; the true mass that did, per column."""
        stopped = np.where(gone, self.true, 0.0)
        self.null, self.true = np.where(gone, 0.0, self.null), np.where(gone, 0.0, self.true)
        return stopped

    def trim(self) -> None:
        """Leave out columns without mass."""
        alive: Bools = np.asarray((np.maximum(self.null, self.true) > NEGLIGIBLE).any(axis=0))
        if not alive.any():
            self.null, self.true = self.null[:, :1] * 0, self.true[:, :1] * 0
            return
        first, after = int(alive.argmax()), len(alive) - int(alive[::-1].argmax())
        self.null, self.true, self.low = self.null[:, first:after], self.true[:, first:after], self.low + first

    @property
    def scores(self) -> NDArray[np.int64]:
        """Score of every cell."""
        return np.asarray(self.low[:, None] + np.arange(self.null.shape[1]))


class _Limits:
    """The rules of ``units.UnitTest`` for looks on a walk, for all streams at once."""

    def __init__(self, model: Model, streams: int) -> None:
        self.model = model
        self.cumulant, self.information, self.alpha, self.beta, self.below = np.zeros((5, streams))

    def step(self, steps: Steps) -> None:
        """Information and cumulant of a step."""
        theta, scores = self.model.theta, steps.scores
        added = special.logsumexp(theta * scores, b=steps.null, axis=1)
        tilted = steps.null * np.exp(theta * scores - added[:, None])
        below, above = (scores * steps.null).sum(axis=1), (scores * tilted).sum(axis=1)
        self.cumulant += added
        self.information += 2 * np.minimum(added - theta * below, theta * above - added)

    def ends(self, running: _Running, last: bool) -> tuple[Bools, Bools, Bools]:
        """(support, stop without support, of these: refuted)."""
        model, spending = self.model, self.model.spending
        share = np.where(last, 1.0, self.information / model.information)
        allowed_alpha = np.interp(share, spending.share, spending.alpha)[:, None]
        allowed_beta = np.interp(share, spending.share, spending.beta)[:, None]
        final = (share >= 1)[:, None]
        tail = running.null[:, ::-1].cumsum(axis=1)[:, ::-1]
        high = self.alpha[:, None] + tail <= allowed_alpha * (1 + TINY)
        deep = self.below[:, None] + running.null.cumsum(axis=1) <= model.design.side_alpha * (1 + TINY)
        exponents = np.clip(model.theta * running.scores - self.cumulant[:, None], -700, 700)
        tilted = running.null * np.exp(exponents)
        low = np.where(final, True, self.beta[:, None] + tilted.cumsum(axis=1) <= allowed_beta * (1 + TINY)) & ~high
        self.alpha += (running.null * high).sum(axis=1)
        self.below += (running.null * low).sum(axis=1)
        self.beta += (tilted * low).sum(axis=1)
        return high, low, low & deep


class _Evidence:
    """The rules of estimation mode: the e-value decides."""

    def __init__(self, model: Model, streams: int) -> None:
        self.tilts = model.theta * np.concatenate([MULTIPLES, -MULTIPLES])
        self.cumulants = np.zeros((streams, len(self.tilts)))
        equal = model.trial is not None and model.design.looks == 1
        side = model.design.side_alpha
        limit = calibrated_threshold(model.theta, model.trial, side) if equal and model.trial else 1 / side
        self.border = log(limit)

    def step(self, steps: Steps) -> None:
        """Cumulants of a step."""
        exponents = self.tilts[None, :, None] * steps.scores[:, None, :]
        self.cumulants += special.logsumexp(exponents, b=steps.null[:, None, :], axis=2)

    def ends(self, running: _Running, last: bool) -> tuple[Bools, Bools, Bools]:
        """(support, stop without support, of these: refuted)."""
        half, scores = len(MULTIPLES), running.scores
        sides = []
        for own in (slice(None, half), slice(half, None)):
            total = np.full(scores.shape, -np.inf)
            for weight, tilt, cumulant in zip(WEIGHTS, self.tilts[own], self.cumulants[:, own].T, strict=True):
                total = np.logaddexp(total, log(weight) + tilt * scores - cumulant[:, None])
            sides.append(total >= self.border)
        high, refuted = sides[0], sides[1] & ~sides[0]
        return high, np.full(high.shape, True) & ~high if last else refuted, refuted


def figures(
    model: Model, truth: str, *, seed: int = 0, streams: int | None = None, progress: Progress | None = None
) -> Figures:
    """Figures at the "null" or the "alternative" for a design with a largest number of units, looked at as planned.

    "marked" looks are taken after every unit. Standard errors are those of the mean over streams.
    """
    most = model.max_units
    if most is None:
        raise ValueError("a test without a largest number has no figures")
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(truth == "alternative"),)))
    stream: Stream = stream_of(model, truth, streams or streams_for(most), generator)
    count = stream.streams
    looks = planned_looks(model.design, most)
    planned = None if looks is None else frozenset(looks)
    rules = (_Evidence if model.design.mode == "estimation" else _Limits)(model, count)
    running = _Running(np.ones((count, 1)), np.ones((count, 1)), np.zeros(count, dtype=np.int64))
    supported, refuted, expected, gone = np.zeros((4, count))
    stopping = np.zeros(most + 1)
    for unit in range(1, most + 1):
        steps = stream.next()
        if stream.over is not None and stream.over.any():
            here = running.stop(stream.over[:, None]).sum(axis=1)
            expected += (unit - 1) * here
            gone += here
            stopping[unit - 1] += here.mean()
        running.step(steps)
        rules.step(steps)
        if progress is not None and (unit % 8 == 0 or unit == most):
            progress(unit, most)
        if planned is not None and unit not in planned:
            continue
        high, low, refute = rules.ends(running, unit == most)
        supported += np.where(high, running.true, 0.0).sum(axis=1)
        refuted += np.where(refute, running.true, 0.0).sum(axis=1)
        here = running.stop(high | low).sum(axis=1)
        expected += unit * here
        gone += here
        stopping[unit] += here.mean()
        if gone.min() > 1 - 1e-9:
            break
        running.trim()
    root = sqrt(count)
    exact = count == 1
    return Figures(
        float(supported.mean()), float(refuted.mean()), float(expected.mean()),
        0.0 if exact else float(supported.std()) / root, 0.0 if exact else float(expected.std()) / root, stopping,
    )  # fmt: skip
