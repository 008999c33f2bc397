# SPDX-License-Identifier: EUPL-1.2
"""Who judges which idea: every idea read by enough people, nobody burdened more than needed. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Balance:
    """Pairs of (juror index, idea index) to add, and per idea how many readers are still missing."""

    pairs: tuple[tuple[int, int], ...]
    short: NDArray[np.int64]


def balance(eligible: NDArray[np.bool_], assigned: NDArray[np.bool_], per_idea: int) -> Balance:
    """Fill every idea up to `per_idea` readers with the smallest possible largest load.

    `eligible` and `assigned` have shape (jurors, ideas). A maximum flow idea -> juror under a load limit, with the limit
    raised until no more ideas can be filled; who may not read an idea has no edge to it, so is never assigned.
    """
    jurors, ideas = eligible.shape
    need = np.clip(per_idea - assigned.sum(axis=0), 0, None).astype(np.int32)
    loads = assigned.sum(axis=1).astype(np.int32)
    free = eligible & ~assigned
    if not jurors or not ideas or not need.any():
        return Balance((), need.astype(np.int64))
    possible = int(np.minimum(need, free.sum(axis=0)).sum())
    low = -(-(possible + int(loads.sum())) // jurors)
    for limit in range(low, int(loads.max()) + ideas + 1):
        flow = _flow(free, need, np.clip(limit - loads, 0, None).astype(np.int32))
        if int(flow.sum()) == possible:
            break
    pairs = tuple((int(juror), int(idea)) for idea, juror in zip(*np.nonzero(flow), strict=True))
    return Balance(pairs, need.astype(np.int64) - flow.sum(axis=1))


def _flow(free: NDArray[np.bool_], need: NDArray[np.int32], room: NDArray[np.int32]) -> NDArray[np.int64]:
    """Maximum flow source -> ideas -> jurors -> sink; returns the idea x juror part, 0 or 1."""
    jurors, ideas = free.shape
    size = ideas + jurors + 2
    graph = np.zeros((size, size), dtype=np.int32)
    graph[0, 1 : ideas + 1] = need
    graph[1 : ideas + 1, ideas + 1 : size - 1] = free.T
    graph[ideas + 1 : size - 1, size - 1] = room
    from scipy.sparse import csr_array  # noqa: PLC0415 -- slow import
    from scipy.sparse.csgraph import maximum_flow  # noqa: PLC0415 -- slow import

    flow = maximum_flow(csr_array(graph), 0, size - 1).flow.toarray()
    part: NDArray[np.int64] = np.clip(flow[1 : ideas + 1, ideas + 1 : size - 1], 0, None).astype(np.int64)
    return part
