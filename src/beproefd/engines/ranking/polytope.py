# SPDX-License-Identifier: EUPL-1.2
"""Volume of the weights that keep the same top: a polytope cut out by half-spaces.

Volume by the sum over corners of Lawrence (1991), "Polytope volume computation", Mathematics of Computation 57, 259-271.
It needs simple corners (as many walls as dimensions), and equal weights or three ideas level with each other give corners
where more walls meet; so the walls are moved by about 10^-9 first, and by up to 10^-7 when that is not enough. The
answer is right to five decimals, mostly to seven.
"""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EQUAL = 1e-9
NUDGES = (1e-9, 1e-8, 1e-7)
"""How far walls are moved: as little as gives simple corners."""
DIRECTIONS = 15
LOST = 1e8
"""Largest cancellation of corner terms at which eight of the sixteen digits are still right."""


class UnmeasurableError(ValueError):
    """The corners could not be found or summed with enough precision."""


def share_kept(inside: Floats, outside: Floats, low: Floats, high: Floats) -> float:
    """Share of the weights low <= w <= high, sum w = 1, under which no outside idea passes an inside idea.

    inside: (A, C) and outside: (B, C) cell means without NaN; at least three criteria. The walls are added one corner
    at a time: the pair that is violated most at a corner, until no corner violates any pair.
    """
    size = len(low)
    step = np.eye(size - 1)
    walls = np.concatenate(
        [
            np.column_stack([-step, low[:-1]]),
            np.column_stack([step, -high[:-1]]),
            [[*np.ones(size - 1), low[-1] - 1.0], [*-np.ones(size - 1), 1.0 - high[-1]]],
        ]
    )
    corners, whole, walls = _measure(walls)
    volume = whole
    cut: set[tuple[int, int]] = set()
    while True:
        weights = np.column_stack([corners, 1.0 - corners.sum(axis=1)])
        ins, outs = weights @ inside.T, weights @ outside.T
        worst, best = ins.argmin(axis=1), outs.argmax(axis=1)
        violated = outs.max(axis=1) - ins.min(axis=1) > 10 * EQUAL
        fresh = {(int(worst[p]), int(best[p])) for p in np.flatnonzero(violated)} - cut
        if not fresh:
            return float(np.clip(volume / whole, 0.0, 1.0))
        cut |= fresh
        pairs = np.array([inside[a] - outside[b] for a, b in sorted(fresh)])
        added = np.column_stack([pairs[:, -1:] - pairs[:, :-1], -pairs[:, -1]])
        if _centre(np.concatenate([walls, added])) is None:
            return 0.0
        corners, volume, walls = _measure(np.concatenate([walls, added]))


def _centre(walls: Floats) -> Floats | None:
    """The middle of the largest ball in {x: A x + b <= 0}; None when there is no inside."""
    from scipy.optimize import linprog  # noqa: PLC0415 -- slow import, stays out of the start of the web application

    dimensions = walls.shape[1] - 1
    found = linprog(
        np.append(np.zeros(dimensions), -1.0),
        A_ub=np.column_stack([walls[:, :-1], np.linalg.norm(walls[:, :-1], axis=1)]),
        b_ub=-walls[:, -1],
        bounds=[(None, None)] * dimensions + [(0, None)],
    )
    if not found.success or found.x[-1] < 100 * EQUAL:
        return None
    return np.asarray(found.x[:-1], dtype=np.float64)


def _measure(walls: Floats) -> tuple[Floats, float, Floats]:
    """Corners (V, n), volume, and the walls that matter, scaled to normals of length 1."""
    lengths = np.linalg.norm(walls[:, :-1], axis=1, keepdims=True)
    flat = lengths[:, 0] > EQUAL
    walls = walls[flat] / lengths[flat]
    # A fixed, irregular pattern: no two walls move alike.
    pattern = 0.5 + np.modf(np.arange(1, len(walls) + 1) * np.sqrt(5.0))[0]
    for nudge in NUDGES:
        moved = walls.copy()
        moved[:, -1] -= nudge * pattern
        try:
            corners, meeting = _corners(moved)
            return corners, _volume(corners, meeting, moved), walls[np.unique(meeting)]
        except UnmeasurableError:
            continue
    raise UnmeasurableError


def _corners(walls: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Corners (V, n) and the n walls that meet in each (V, n)."""
    from scipy.spatial import HalfspaceIntersection, QhullError  # noqa: PLC0415 -- slow import

    centre = _centre(walls)
    if centre is None:
        raise UnmeasurableError
    try:
        found = HalfspaceIntersection(walls, centre)
    except QhullError as error:
        raise UnmeasurableError from error
    if any(len(facet) != walls.shape[1] - 1 for facet in found.dual_facets):
        raise UnmeasurableError
    return found.intersections, np.array(found.dual_facets, dtype=np.int64)


def _volume(corners: Floats, meeting: NDArray[np.int64], walls: Floats) -> float:
    """Sum over the corners v of (c.v)^n / (n! |det A_v| prod g), with A_v' g = c, for any direction c."""
    dimensions = corners.shape[1]
    origin = corners.mean(axis=0)
    size = np.abs(corners - origin).max()
    placed = (corners - origin) / size
    normals = walls[meeting, :-1]
    determinant = np.abs(np.linalg.det(normals))
    if (determinant < 1e-12).any():
        raise UnmeasurableError
    directions = np.random.default_rng(1991).standard_normal((DIRECTIONS, dimensions))
    slopes = np.linalg.solve(np.swapaxes(normals, 1, 2)[:, None], directions[None, :, :, None])[..., 0]
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        terms = (placed @ directions.T) ** dimensions / (determinant[:, None] * slopes.prod(axis=2))
        lost = np.abs(terms).sum(axis=0) / np.abs(terms.sum(axis=0))
    best = int(np.nanargmin(lost)) if np.isfinite(lost).any() else -1
    if best < 0 or lost[best] > LOST:
        raise UnmeasurableError
    return float(terms[:, best].sum() / factorial(dimensions) * size**dimensions)
