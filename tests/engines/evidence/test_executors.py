# SPDX-License-Identifier: EUPL-1.2
"""Work that is shared out gives the same bits: processes here, a Dask cluster elsewhere."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from dask.distributed import Client, LocalCluster

from beproefd.engines.evidence import SteppedWedge, TwoArmBinary
from beproefd.engines.evidence.simulation import simulate

PAIRS = TwoArmBinary(baseline=0.2, minimal_effect=0.4)
WEDGE = SteppedWedge(starts=(1, 1, 2, 2, 3, 3), periods=4, minimal_effect=0.2)


def test_processes_give_the_same_bits_as_one_after_another():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        apart = simulate(PAIRS, (0.2, 0.6), reps=1200, seed=7, executor=pool.map)

    assert apart == simulate(PAIRS, (0.2, 0.6), reps=1200, seed=7)


@pytest.mark.parametrize(("design", "truth", "reps"), [(PAIRS, (0.2, 0.6), 1200), (WEDGE, (0.2,), 60)])
def test_a_dask_cluster_gives_the_same_bits_as_one_after_another(design, truth, reps):
    heard = []
    with (
        LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        apart = simulate(
            design, truth, reps=reps, seed=7, draws=99, executor=client.get_executor().map,
            progress=lambda done, of: heard.append((done, of)),
        )  # fmt: skip

    assert apart == simulate(design, truth, reps=reps, seed=7, draws=99)
    assert heard[-1] == (reps, reps)
