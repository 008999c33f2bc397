# SPDX-License-Identifier: EUPL-1.2
"""Starting Django for a command, with one clear line when the settings are wrong."""

import os
import secrets
import sys


def start_django(*, only_checks: bool = False) -> None:
    """Load settings and apps; stop with exit code 2 when a setting is wrong.

    A command that only checks needs no secret key, so that anyone can run it; it gets a throw-away one.
    """
    if only_checks and not {"BEPROEFD_SECRET_KEY", "BEPROEFD_SECRET_KEY_FILE"} & os.environ.keys():
        os.environ["BEPROEFD_SECRET_KEY"] = secrets.token_urlsafe(50)
    import django  # noqa: PLC0415 -- the engines' commands run without Django
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 -- idem

    try:
        django.setup()
    except ImproperlyConfigured as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
