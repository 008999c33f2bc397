# SPDX-License-Identifier: EUPL-1.2
"""The `beproefd` command."""

import argparse
import os
import sys
from collections.abc import Sequence

from . import account, audit, criteria, decision, demo, evidence, jury, serve


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 when all is well, 1 when a check failed, 2 for wrong use or a broken file."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beproefd.settings")
    parser = argparse.ArgumentParser(prog="beproefd", description="Finds out what works against poverty, and runs it.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for room in (demo, serve, account, audit, criteria, decision, evidence, jury):
        room.register(commands)
    options = parser.parse_args(arguments)
    return int(options.run(options) or 0)


if __name__ == "__main__":
    sys.exit(main())
