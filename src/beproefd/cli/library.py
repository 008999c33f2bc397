# SPDX-License-Identifier: EUPL-1.2
"""`beproefd library export FILE` and `beproefd library import FILE`: give and take what was learned (docs/exchange.md)."""

import argparse
import sys
from pathlib import Path
from typing import Any

from .start import start_django


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("library", help="exchange what was learned with other municipalities")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    giving = actions.add_parser("export", help="write everything that is published to a file")
    giving.add_argument("file", type=Path)
    giving.set_defaults(run=export)
    taking = actions.add_parser("import", help="take in the file of another municipality: all of it or nothing")
    taking.add_argument("file", type=Path)
    taking.add_argument("--by", required=True, metavar="EMAIL", help="the programme manager who takes it in")
    taking.add_argument(
        "--confirm",
        nargs=2,
        action="append",
        default=[],
        metavar=("KEY", "REASON"),
        help="why a text that may be personal data may stay; without it the command prints the keys",
    )
    taking.set_defaults(run=import_)


def export(options: argparse.Namespace) -> int:
    """Write the file; 2 when that is not possible."""
    start_django()
    from beproefd.discipline.portfolio.exchange import write  # noqa: PLC0415 -- needs Django to be started
    from beproefd.discipline.portfolio.queries.library import export as everything  # noqa: PLC0415 -- idem

    library = everything()
    try:
        options.file.write_text(write(library), encoding="utf-8", newline="")
    except OSError as problem:
        print(f"{options.file} cannot be written: {problem.strerror}", file=sys.stderr)
        return 2
    print(f"{len(library.entries)} entries of {library.municipality} stand in {options.file}.")
    return 0


def import_(options: argparse.Namespace) -> int:
    """Take the file in; 1 when it is refused, 2 when it cannot be read."""
    start_django()
    from django.core.exceptions import PermissionDenied, ValidationError  # noqa: PLC0415 -- needs Django to be started
    from django.utils.translation import override  # noqa: PLC0415 -- idem

    from beproefd.discipline.portfolio import actions  # noqa: PLC0415 -- idem
    from beproefd.discipline.portfolio.exchange import MOST_BYTES  # noqa: PLC0415 -- idem
    from beproefd.ground.accounts.models import User  # noqa: PLC0415 -- idem

    try:
        with options.file.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as problem:
        print(f"{options.file} cannot be read: {problem.strerror}", file=sys.stderr)
        return 2
    by = User.objects.filter(email__iexact=options.by, is_active=True).first()
    if by is None:
        print(f"There is no account with the address {options.by}.", file=sys.stderr)
        return 1
    with override("en"):
        try:
            taken = actions.import_library(by=by, raw=raw, confirmed=dict(options.confirm))
        except actions.FlaggedError as refusal:
            print("Nothing was taken in. This may say who someone is:", file=sys.stderr)
            for where, flag in refusal.found:
                print(f"  {actions.flag_key(where, flag)}  {where}: {flag.kind} {flag.text!r}", file=sys.stderr)
            print("Have it changed there, or confirm each with --confirm KEY REASON.", file=sys.stderr)
            return 1
        except (ValidationError, PermissionDenied) as refusal:
            lines = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
            print("\n".join(["Nothing was taken in.", *lines]), file=sys.stderr)
            return 1
    print(
        f"From {taken.library.municipality}: {taken.added} new, {taken.changed} changed, {taken.unchanged} as they were, "
        f"{taken.gone} no longer published there."
    )
    return 0
