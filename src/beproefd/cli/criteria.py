# SPDX-License-Identifier: EUPL-1.2
"""`beproefd criteria verify FILE`: is this the published document?"""

import argparse
import sys
from pathlib import Path
from typing import Any

from .start import start_django


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("criteria", help="check published jury criteria")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="compare a downloaded criteria file with its published fingerprint")
    verify.add_argument("file", type=Path)
    verify.add_argument("--fingerprint", help="the published SHA-256; without it, this installation's own publications")
    verify.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Say whether the file is what was published; 1 when not, 2 when it cannot be read."""
    start_django(only_checks=True)
    from beproefd.discipline.challenges.models import CriteriaSet  # noqa: PLC0415 -- needs Django to be started
    from beproefd.discipline.challenges.rulebook import fingerprint  # noqa: PLC0415 -- idem

    try:
        found = fingerprint(options.file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        print(f"{options.file} cannot be read as criteria: {problem}", file=sys.stderr)
        return 2
    if options.fingerprint:
        if found == options.fingerprint.strip().lower():
            print(f"The file is what was published. SHA-256 {found}")
            return 0
        print(
            f"The file is NOT what was published.\n  file      {found}\n  published {options.fingerprint}",
            file=sys.stderr,
        )
        return 1
    published = CriteriaSet.objects.filter(fingerprint=found).select_related("challenge").first()
    if published is None:
        print(f"No criteria with this fingerprint were published here: {found}", file=sys.stderr)
        return 1
    print(
        f"The file is version {published.version} of the criteria of “{published.challenge}”, "
        f"published {published.locked_at:%Y-%m-%d %H:%M:%S} UTC. SHA-256 {found}"
    )
    return 0
