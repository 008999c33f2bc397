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
    verify.add_argument("--key", help="the municipality's public key (base64); without it, the keys used here before")
    verify.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """One line per check; 1 when a check fails, 2 when the file cannot be read."""
    start_django(only_checks=True)
    from beproefd.discipline.juries.package import check, signer  # noqa: PLC0415 -- needs Django to be started
    from beproefd.discipline.juries.signing import is_own_key  # noqa: PLC0415 -- idem

    try:
        text = options.file.read_text(encoding="utf-8")
        checks = check(text)
        key = signer(text)
    except (OSError, ValueError) as problem:
        print(f"{options.file} cannot be read as a decision package: {problem}", file=sys.stderr)
        return 2
    # Anyone can sign with a key of their own: the key itself must be the municipality's.
    checks.append(("key of the municipality", key == options.key if options.key else is_own_key(key)))
    print(f"signed with the key {key}")
    for name, holds in checks:
        print(f"{'holds ' if holds else 'BROKEN'}  {name}")
    return 0 if all(holds for _name, holds in checks) else 1
