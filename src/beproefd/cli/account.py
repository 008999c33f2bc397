# SPDX-License-Identifier: EUPL-1.2
"""`beproefd account open`: the first administrator, on a fresh installation."""

import argparse
import getpass
import sys
from typing import Any

from .serve import migrate
from .start import start_django

ROLES = ("manager", "team", "juror", "coach", "administrator")


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("account", help="open an account, for example the first administrator")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    opening = actions.add_parser("open", help="open an account, or add roles to one")
    opening.add_argument("email")
    opening.add_argument("name")
    opening.add_argument("--organisation", default="")
    opening.add_argument("--role", action="append", choices=ROLES, default=[], help="may be given more than once")
    opening.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    opening.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Ask for a password, check it, open the account; 1 when it is refused."""
    if not options.password_stdin and not sys.stdin.isatty():
        print("There is no terminal to ask for the password; give it with --password-stdin.", file=sys.stderr)
        return 2
    start_django()
    migrate()
    from django.contrib.auth.password_validation import validate_password  # noqa: PLC0415 -- needs Django to be started
    from django.core.exceptions import ValidationError  # noqa: PLC0415 -- idem

    from beproefd.ground.accounts.actions import open_account  # noqa: PLC0415 -- idem

    password = sys.stdin.readline().rstrip("\n") if options.password_stdin else getpass.getpass("Password: ")
    try:
        validate_password(password)
        user = open_account(
            by="beproefd account",
            email=options.email,
            name=options.name,
            organisation=options.organisation,
            roles=options.role,
            password=password,
        )
    except ValidationError as refusal:
        print("\n".join(refusal.messages), file=sys.stderr)
        return 1
    print(f"{user.name} <{user.email}> holds: {', '.join(sorted(user.roles)) or 'no role'}.")
    return 0
