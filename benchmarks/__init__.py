# SPDX-License-Identifier: EUPL-1.2
"""One module per claim: `python -m benchmarks.NAME --json` prints one JSON object per claim per line.

{"claim", "value", "baseline", "ratio", "goal", "met"} and what else is worth knowing; progress goes to stderr. Without
--json the same as readable lines; --quick is a small version that only shows that everything runs.
`python -m benchmarks` runs them all and writes the table in docs/benchmarks.md.
"""
