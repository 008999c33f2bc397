# SPDX-License-Identifier: EUPL-1.2
"""How few people does a decision need, and is the engine honest about it? Goals E1 to E10.

`python -m benchmarks.evidence --json` prints one object per claim; `--quick` uses a fifth of the imagined experiments;
`--seed` starts the random numbers elsewhere (without it they are fresh every time). Floors are information-theoretic:
no test with the same error and power can need fewer people on average (Wald). Figures named exact hold no simulation.
A goal is met when the value measured reaches it. Where a guarantee is checked by simulation the goal itself says by how
many standard errors a value may be off, and the error is in the object: of some forty such rows one or two would
otherwise fail by chance alone.
"""

from __future__ import annotations

import argparse
import json
import sys

import numpy as np

from benchmarks.evidence_after import e6
from benchmarks.evidence_clusters import e7
from benchmarks.evidence_common import Effort
from benchmarks.evidence_peers import peers
from benchmarks.evidence_portfolio import e8
from benchmarks.evidence_speed import e9
from benchmarks.evidence_stopping import e1, e2, e3, e4, e5
from benchmarks.evidence_tables import e10

CLAIMS = {
    "E1": e1,
    "E2": e2,
    "E3": e3,
    "E4": e4,
    "E5": e5,
    "E6": e6,
    "E7": e7,
    "E8": e8,
    "E9": e9,
    "E10": e10,
    "peers": peers,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.add_argument("--quick", action="store_true", help="a fifth of the imagined experiments")
    parser.add_argument("--seed", type=int, help="start of the random numbers; without it they are fresh")
    parser.add_argument("--only", choices=sorted(CLAIMS), action="append", help="only these goals")
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else int(np.random.SeedSequence().entropy % (1 << 32))
    print(f"seed {seed}", file=sys.stderr)
    effort = Effort(1000 if args.quick else 5000, seed)
    for name in args.only or CLAIMS:
        for found in CLAIMS[name](effort):
            if args.json:
                print(json.dumps(found), flush=True)
            else:
                mark = "met" if found["met"] else "NOT MET"
                print(
                    f"{found['claim']}: {found['value']} (goal {found['goal']}, baseline {found['baseline']}) {mark}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
