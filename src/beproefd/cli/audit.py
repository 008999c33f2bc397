# SPDX-License-Identifier: EUPL-1.2
"""`beproefd audit verify`: is the log whole?"""

import argparse
import sys
from typing import Any

from .start import start_django


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("audit", help="check the log of everything that happened")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="walk the hash chain and compare every row with its last entry")
    verify.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Print what was checked; 1 when something is broken, 2 when there is no log to read."""
    start_django(only_checks=True)
    from django.db import DatabaseError  # noqa: PLC0415 -- needs Django to be started

    from beproefd.ground.audit.queries import verify  # noqa: PLC0415 -- idem

    def show(count: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{count} entries", end="", file=sys.stderr)

    try:
        found = verify(progress=show)
    except DatabaseError as problem:
        print(f"The log cannot be read: {problem}. Is this the right data folder or DATABASE_URL?", file=sys.stderr)
        return 2
    if found.whole:
        print(f"The log is whole: {found.entries} entries about {found.subjects} subjects, last hash {found.head}.")
        return 0
    where = f" at entry {found.sequence}" if found.sequence else ""
    print(f"The log is broken{where}: {found.problem}.", file=sys.stderr)
    return 1
