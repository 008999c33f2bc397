# SPDX-License-Identifier: EUPL-1.2
"""`beproefd decision verify FILE`: check a decision package on its own."""

import argparse
import sys
from pathlib import Path
from typing import Any

from .start import start_django


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("decision", help="check a signed jury decision")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="check hash, signature, criteria, lots, and recompute the order")
    verify.add_argument("file", type=Path)
    verify.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """One line per check; 1 when a check fails, 2 when the file cannot be read."""
    start_django()
    from beproefd.discipline.juries.package import check  # noqa: PLC0415 -- needs Django to be started

    try:
        checks = check(options.file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        print(f"{options.file} cannot be read as a decision package: {problem}", file=sys.stderr)
        return 2
    for name, holds in checks:
        print(f"{'holds ' if holds else 'BROKEN'}  {name}")
    return 0 if all(holds for _name, holds in checks) else 1
