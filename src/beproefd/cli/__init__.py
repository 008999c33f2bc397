# SPDX-License-Identifier: EUPL-1.2
"""The `beproefd` command."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

# Which file holds a command. Only the one that is asked is read in: the engines' commands need SciPy, the others do not.
COMMANDS = {
    "demo": "demo",
    "serve": "serve",
    "check": "serve",
    "account": "account",
    "audit": "audit",
    "criteria": "criteria",
    "decision": "decision",
    "evidence": "evidence",
    "jury": "jury",
    "library": "library",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 when all is well, 1 when a check failed, 2 for wrong use or a broken file."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beproefd.settings")
    parser = argparse.ArgumentParser(prog="beproefd", description="Finds out what works against poverty, and runs it.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = [COMMANDS[word] for word in given[:1] if word in COMMANDS]
    for name in asked or dict.fromkeys(COMMANDS.values()):
        import_module(f".{name}", "beproefd.cli").register(commands)
    options = parser.parse_args(given)
    try:
        return int(options.run(options) or 0)
    except Exception as problem:
        if not _is_database_trouble(problem):
            raise
        print(
            f"The database cannot be read: {problem}. `beproefd serve` makes it and brings it up to date.",
            file=sys.stderr,
        )
        return 2


def _is_database_trouble(problem: Exception) -> bool:
    """A database that is not there, out of reach or too old. The engines' commands never load Django, so ask it last."""
    if "django" not in sys.modules:
        return False
    from django.db.utils import OperationalError, ProgrammingError  # noqa: PLC0415 -- see above

    return isinstance(problem, OperationalError | ProgrammingError)


if __name__ == "__main__":
    sys.exit(main())
