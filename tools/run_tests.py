# SPDX-License-Identifier: EUPL-1.2
"""Run every test this machine can run, and say plainly which ones it could not (`make test`).

BEPROEFD_REQUIRE=browser,postgres makes a missing browser or database a failure. Arguments go on to pytest.
"""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.postgres import PostgresMissingError, server  # noqa: E402 -- the path comes first
from tests.require import required  # noqa: E402 -- idem

TWO_AT_ONCE = ("-n", "2", "--dist", "loadfile", "--durations=12")  # a file builds its world once
NOT_BROWSER = (*TWO_AT_ONCE, "-m", "not browser")
SAME_ON_BOTH = (  # pages, texts and engines do not know which database there is, and some tests bring a SQLite of their own
    "--ignore=tests/cli",
    "--ignore=tests/engines",
    "--ignore=tests/ui",
    "--ignore=tests/test_crash.py",
    "--ignore=tests/test_crash_observing.py",
    "--ignore=tests/test_docs.py",
    "--ignore=tests/test_house.py",
    "--ignore=tests/test_messages.py",
    "--ignore=tests/test_wheel.py",
    "--ignore=tests/discipline/prototypes/test_at_the_same_time.py",
    "--ignore-glob=*/test_*page.py",
    "--ignore-glob=*/test_*pages.py",
)


@dataclass
class Outcome:
    """How one part went."""

    name: str
    ok: bool
    counts: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    could_not: str = ""

    def line(self) -> str:
        """One plain line."""
        if self.could_not:
            return f"{self.name}: NOT RUN, {self.could_not}"
        parts = [f"{self.counts['passed']} passed"]
        parts += [f"{self.counts[kind]} {kind}" for kind in ("failed", "skipped") if self.counts[kind]]
        return f"{self.name}: {'ok' if self.ok else 'FAILED'}, {', '.join(parts)}, {self.seconds:.0f} s"


def run(name: str, *arguments: str, **variables: str) -> Outcome:
    """Run pytest once and read what it reports."""
    print(f"\n== {name}", flush=True)
    own = {key: value for key, value in os.environ.items() if not key.startswith("BEPROEFD_") and key != "DATABASE_URL"}
    kept = {"BEPROEFD_REQUIRE": ",".join(sorted(required()))} if required() else {}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments, *sys.argv[1:]]
        start = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, env=own | kept | variables, check=False).returncode
        outcome = Outcome(name, code == 0, seconds=time.monotonic() - start)
        if code == 5:  # pytest: no tests were collected
            outcome.ok, outcome.could_not = bool(sys.argv[1:]), "there is no such test"
        if report.exists():
            _read(report, outcome)
    return outcome


def _read(report: Path, outcome: Outcome) -> None:
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 -- pytest's own file
        if (skip := case.find("skipped")) is not None:
            outcome.counts["skipped"] += 1
            outcome.skipped[skip.get("message") or "no reason given"] += 1
        elif case.find("failure") is not None or case.find("error") is not None:
            outcome.counts["failed"] += 1
        else:
            outcome.counts["passed"] += 1


def main() -> int:
    """Three parts, a summary, and 1 when one of them failed."""
    outcomes = [run("Tests on SQLite", *NOT_BROWSER)]
    name = "Tests on PostgreSQL"
    with ExitStack() as stack:
        try:
            url = stack.enter_context(server())
        except PostgresMissingError as problem:
            outcomes.append(Outcome(name, "postgres" not in required(), could_not=str(problem)))
        else:
            outcomes.append(run(name, *NOT_BROWSER, *SAME_ON_BOTH, DATABASE_URL=url))
    outcomes.append(run("Tests in a browser", *TWO_AT_ONCE, "-m", "browser"))
    print("\n== Summary")
    for outcome in outcomes:
        print(outcome.line())
        for reason, count in sorted(outcome.skipped.items()):
            print(f"    {count} could not run: {reason}")
    return 0 if all(outcome.ok for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
