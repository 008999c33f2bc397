# SPDX-License-Identifier: EUPL-1.2
"""Imagined juries: how many readings does the engine need, and how often is it right?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.ranking.allocation import Limits, best_reading, open_readings, still_needed
from beproefd.engines.ranking.border import border_of
from beproefd.engines.ranking.model import Readings, Spreads, estimate, first_guess, posterior
from beproefd.engines.ranking.stopping import Target, stand

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

WIDTH = 10.0
AT_ONCE = 100
LARGEST = 100.0
"""In units of the spread of the ideas; beyond it nothing can be found out."""
CROWD = 1000
MOST = 50_000_000
"""Imagined scores at once, half a gigabyte of them."""
EQUAL = 1e-9
"""Two qualities that are a tolerance apart up to rounding are not more than a tolerance apart."""


@dataclass(frozen=True)
class World:
    """A jury as it might be, in units of the spread of the ideas (1).

    ideas, jurors, top; gap: least distance between the last idea in the top and the next (0: none made); leniency: sd
    of jurors' leniency; noise: sd of a reading; unequal: sd of the logarithm of jurors' noise; erratic: number of
    jurors whose noise is 2.5 times as large; saboteurs: number of jurors who score the reverse; conflicts: share of
    readings ruled out beforehand; step: scores are rounded to it.
    """

    ideas: int = 30
    jurors: int = 12
    top: int = 3
    gap: float = 1.0
    leniency: float = 0.7
    noise: float = 1.0
    unequal: float = 0.0
    erratic: int = 0
    saboteurs: int = 0
    conflicts: float = 0.0
    step: float = 0.5

    def __post_init__(self) -> None:
        if self.ideas < 1 or self.jurors < 1 or self.top < 1:
            raise ValueError("A jury has at least one idea, one juror and one place in the top.")
        if max(self.ideas, self.jurors) > CROWD:
            raise ValueError(f"A jury is imagined with up to {CROWD} ideas and {CROWD} jurors.")
        sizes = (self.gap, self.leniency, self.unequal, self.noise, self.step)
        if not all(0 <= size <= LARGEST for size in sizes) or self.noise == 0 or self.step == 0:
            raise ValueError(
                f"Noise and step must be positive; gap, leniency and inequality not negative; none above {LARGEST:g}."
            )
        if not 0 <= self.conflicts < 1:
            raise ValueError("The share of conflicts lies from 0 to below 1.")
        if not (0 <= self.erratic <= self.jurors and 0 <= self.saboteurs <= self.jurors):
            raise ValueError("There cannot be more erratic jurors or saboteurs than jurors.")


@dataclass(frozen=True)
class Panels:
    """R imagined juries: quality (R, I), every score that could be given (R, J, I), who may read what (R, J, I),
    leniency (R, J), noise sd (R, J) and sign (R, J): -1 for a saboteur."""

    quality: Floats
    scores: Floats
    allowed: Flags
    leniency: Floats
    noise: Floats
    sign: Floats


@dataclass(frozen=True)
class Outcome:
    """Per jury (R,): readings until the stop, whether the chosen were right, whether it claimed so; loads (R, J)."""

    readings: Ints
    right: Flags
    claimed: Flags
    loads: Ints
    seen: Ints


def imagine(world: World, number: int, rng: np.random.Generator) -> Panels:
    """Draw R juries."""
    if number * world.jurors * world.ideas > MOST:
        raise ValueError(
            f"{number} juries of {world.jurors} jurors and {world.ideas} ideas are too many to imagine at once."
        )
    top, shape = world.top, (number, world.jurors)
    quality = -np.sort(-rng.standard_normal((number, world.ideas)), axis=1)
    if top < world.ideas and world.gap > 0:
        quality[:, :top] += np.maximum(world.gap - (quality[:, top - 1] - quality[:, top]), 0.0)[:, None]
    quality = rng.permuted(quality, axis=1)
    leniency = world.leniency * rng.standard_normal(shape)
    noise = world.noise * np.exp(world.unequal * rng.standard_normal(shape))
    noise[:, : world.erratic] *= 2.5
    sign = np.ones(shape)
    sign[:, world.jurors - world.saboteurs :] = -1.0
    # Anyone can be the erratic one: the engine must not profit from the order of the list.
    seat = rng.permuted(np.tile(np.arange(world.jurors), (number, 1)), axis=1)
    noise, sign = np.take_along_axis(noise, seat, axis=1), np.take_along_axis(sign, seat, axis=1)
    shown = sign[:, :, None] * quality[:, None, :] + leniency[:, :, None]
    scores = shown + noise[:, :, None] * rng.standard_normal((*shape, world.ideas))
    allowed = rng.random(scores.shape) >= world.conflicts
    return Panels(quality, np.round(scores / world.step) * world.step, allowed, leniency, noise, sign)


def is_right(quality: Floats, chosen: Ints, tolerance: float) -> Flags:
    """Whether every chosen idea (R, k) is at most the tolerance worse than the true number k."""
    top = chosen.shape[1]
    line = -np.sort(-quality, axis=1)[:, top - 1]
    right: Flags = np.take_along_axis(quality, chosen, axis=1).min(axis=1) >= line - tolerance - EQUAL
    return right


def run(panels: Panels, limits: Limits, target: Target, rng: np.random.Generator) -> Outcome:
    """Let every jury read one by one as `next_judgement` says, until it stops."""
    number = len(panels.scores)
    parts = [
        _run(panels, np.arange(start, min(start + AT_ONCE, number)), limits, target, rng)
        for start in range(0, number, AT_ONCE)
    ]
    return Outcome(*(np.concatenate([getattr(part, name) for part in parts]) for name in Outcome.__annotations__))


def _run(panels: Panels, rows: Ints, limits: Limits, target: Target, rng: np.random.Generator) -> Outcome:
    scores, allowed, quality = panels.scores[rows], panels.allowed[rows], panels.quality[rows]
    number, jurors, ideas = scores.shape
    read = np.zeros(scores.shape, dtype=bool)
    count, right, claimed = np.zeros(number, dtype=np.int64), np.zeros(number, dtype=bool), np.zeros(number, dtype=bool)
    active = np.arange(number)
    for step in range(jurors * ideas + 1):
        seen = read[active]
        readings = _seen(scores[active], seen)
        spreads = estimate(readings)
        free = open_readings(seen, allowed[active], limits)
        needed = still_needed(seen, allowed[active], limits)
        none_left = np.asarray(~free.any(axis=(1, 2)))
        covered = np.asarray(~needed.any(axis=1))
        left = allowed[active] & ~seen
        standing = stand(readings, spreads, left, covered | none_left, target, rng)
        done = none_left | standing.clear | standing.hopeless
        if done.any():
            ended = active[done]
            count[ended], claimed[ended] = step, standing.clear[done]
            right[ended] = is_right(quality[ended], standing.border.chosen[done], target.tolerance)
            active = active[~done]
            if not active.size:
                break
        keep = ~done
        juror, idea = best_reading(
            readings.only(keep), spreads.only(keep), free[keep], needed[keep], target.top, target.tolerance
        )
        read[active, juror, idea] = True
    return Outcome(count, right, claimed, read.sum(axis=2), read.sum(axis=1))


def truth(panels: Panels) -> Spreads:
    """What nobody knows in a real jury: the spread of these ideas and the noise of every juror."""
    noise = panels.noise**2
    return Spreads(panels.quality.var(axis=1), noise, np.maximum(panels.sign, 0.0), np.exp(np.log(noise).mean(axis=1)))


def right_after(
    panels: Panels, budgets: tuple[int, ...], limits: Limits, target: Target, known: Spreads | None = None
) -> Flags:
    """Whether the best by the model are right after each number of readings, (R, len(budgets)); nobody stops early.

    known: spreads that choose and judge in place of the estimated ones; with `truth` it shows what not knowing costs.
    """
    number, jurors, ideas = panels.scores.shape
    read = np.zeros(panels.scores.shape, dtype=bool)
    right = np.zeros((number, len(budgets)), dtype=bool)
    for step in range(min(max(budgets), jurors * ideas) + 1):
        readings = _seen(panels.scores, read)
        spreads = estimate(readings) if known is None else known
        if step in budgets:
            found = posterior(readings, spreads)
            chosen = border_of(found.quality, found.covariance, target.top).chosen
            right[:, [b for b, size in enumerate(budgets) if size == step]] = is_right(
                panels.quality, chosen, target.tolerance
            )[:, None]
        free = open_readings(read, panels.allowed, limits)
        can = np.asarray(free.any(axis=(1, 2)))
        needed = still_needed(read, panels.allowed, limits)
        juror, idea = best_reading(
            readings.only(can), spreads.only(can), free[can], needed[can], target.top, target.tolerance
        )
        read[can, juror, idea] = True
    return right


def _seen(scores: Floats, read: Flags) -> Readings:
    score, weight = np.where(read, scores, 0.0), read.astype(np.float64)
    return Readings(score, weight, first_guess(score, weight, WIDTH))


def raw_means_right(panels: Panels, target: Target) -> Flags:
    """Whether the best by the raw mean of all allowed readings are right, (R,): today's practice at full effort."""
    count = panels.allowed.sum(axis=1)
    mean = np.where(panels.allowed, panels.scores, 0.0).sum(axis=1) / np.maximum(count, 1)
    chosen = np.argsort(-np.where(count > 0, mean, -np.inf), axis=1, kind="stable")[:, : target.top]
    return is_right(panels.quality, chosen, target.tolerance)
