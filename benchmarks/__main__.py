# SPDX-License-Identifier: EUPL-1.2
"""Run every benchmark, one after another, and write the table in docs/benchmarks.md.

`python -m benchmarks` runs all; names behind it run only those, and the lines of the others stay as they were.
`--quick` passes through and writes no table, because small versions prove nothing. The code is 1 when a benchmark
fails; a goal that is not met is a finding, not a failure.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
COLUMNS = ("Claim", "Value", "Baseline", "Ratio", "Goal", "Met")


def names():
    """Every module here that has a `main` and prints JSON."""
    found = []
    for path in sorted(HERE.glob("[!_]*.py")):
        text = path.read_text(encoding="utf-8")
        if "def main(" in text and "--json" in text:
            found.append(path.stem)
    return found


def run(name, *, quick):
    """The claims of one benchmark, and what went wrong ("" when nothing did)."""
    command = [sys.executable, "-m", f"benchmarks.{name}", "--json", *(["--quick"] if quick else [])]
    ended = subprocess.run(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True, check=False)
    found, unreadable = [], 0
    for line in ended.stdout.splitlines():
        try:
            claim = json.loads(line)
        except ValueError:
            claim = None
        if isinstance(claim, dict) and "claim" in claim:
            found.append(claim)
        else:
            unreadable += bool(line.strip())
    if ended.returncode:
        return found, f"it stopped with code {ended.returncode}"
    if unreadable:
        return found, f"{unreadable} lines of its output are not claims"
    return found, "" if found else "it made no claim"


def section(name, claims, problem, when):
    """The part of the document about one benchmark, with what its figures depend on."""
    lines = [f"<!-- {name} -->", f"### benchmarks/{name}.py", "", surroundings(claims, when), ""]
    if problem:
        lines += [f"**FAILED: {problem}.**", ""]
    if claims:
        lines += [row(COLUMNS), row(["---"] * len(COLUMNS))]
        lines += [row(cells(claim)) for claim in claims]
        lines.append("")
    return "\n".join(lines)


def cells(claim):
    unit = claim.get("unit", "")
    return [
        claim["claim"],
        figure(claim.get("value"), unit) + (f" ({figure(claim['cpu'], unit)} cpu)" if "cpu" in claim else ""),
        figure(claim.get("baseline"), unit),
        figure(claim.get("ratio"), ""),
        claim.get("goal", ""),
        "yes" if claim.get("met") else "**no**",
    ]


def row(values):
    return "| " + " | ".join(str(value).replace("|", "\\|").replace("\n", " ") for value in values) + " |"


def figure(value, unit):
    """At most four digits that say something; a dash for what was not measured."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{text} {unit}" if unit == "s" else text


def surroundings(claims, when):
    """What the figures depend on; nothing that names the machine."""
    databases = sorted({claim["database"] for claim in claims if "database" in claim})
    cores = os.process_cpu_count() if hasattr(os, "process_cpu_count") else len(os.sched_getaffinity(0))
    parts = [
        f"Measured on {when:%Y-%m-%d}",
        f"Python {platform.python_version()}",
        *databases,
        f"{cores} cores, shared with other work",
    ]
    return f"{', '.join(parts)}."


def sections_in(document):
    """The parts that stand in the document now, by name."""
    inside = document.partition(BEGIN)[2].partition(END)[0]
    found = {}
    for part in inside.split("\n<!-- ")[1:]:
        name, _arrow, rest = part.partition(" -->\n")
        found[name] = f"<!-- {name} -->\n{rest.strip()}\n"
    return found


def written(document, sections):
    """The document with a new table between its markers."""
    if BEGIN not in document or END not in document:
        raise ValueError(f"the markers {BEGIN} and {END} are missing")
    before, _begin, rest = document.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    table = "\n".join(sections[name].strip() + "\n" for name in sorted(sections))
    return f"{before}{BEGIN}\n\n{table}{END}{after}"


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="only these (all by default)")
    parser.add_argument("--quick", action="store_true", help="small versions, only to see that they run; no table")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(names())
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    everything, failed = {}, []
    for name in options.names or names():
        print(f"{name} ...", file=sys.stderr, flush=True)
        started = time.monotonic()
        claims, problem = run(name, quick=options.quick)
        everything[name] = (claims, problem)
        met = sum(bool(claim.get("met")) for claim in claims)
        print(f"{name}: {met} of {len(claims)} goals met, {time.monotonic() - started:.0f} s", flush=True)
        for claim in claims:
            if not claim.get("met"):
                print(f"  NOT met: {claim['claim']}: {claim.get('value')} (goal {claim.get('goal')})", flush=True)
        if problem:
            failed.append(name)
            print(f"  FAILED: {problem}", flush=True)
    if not options.quick:
        document = DOCUMENT.read_text(encoding="utf-8")
        sections = {} if not options.names else sections_in(document)
        sections |= {name: section(name, *outcome, datetime.now(UTC)) for name, outcome in everything.items()}
        DOCUMENT.write_text(written(document, sections), encoding="utf-8")
        print(f"The table stands in {DOCUMENT.relative_to(HERE.parent)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
