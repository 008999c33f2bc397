# SPDX-License-Identifier: EUPL-1.2
"""Starting Django for a command, with one clear line when the settings are wrong."""

import os
import secrets
import sys
from typing import NoReturn


def start_django(*, only_checks: bool = False) -> None:
    """Load settings and apps; stop with exit code 2 when a setting is wrong.

    A command that only checks needs no secret key, so that anyone can run it; it gets a throw-away one.
    """
    if only_checks and not {"BEPROEFD_SECRET_KEY", "BEPROEFD_SECRET_KEY_FILE"} & os.environ.keys():
        os.environ["BEPROEFD_SECRET_KEY"] = secrets.token_urlsafe(50)
    import django  # noqa: PLC0415 -- the engines' commands run without Django
    from django.conf import settings  # noqa: PLC0415 -- idem
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 -- idem

    try:
        django.setup()
        if not only_checks:
            settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    except ImproperlyConfigured as problem:
        stop(str(problem))
    except OSError as problem:
        stop(f"Beproefd cannot start: BEPROEFD_DATA_DIR cannot be used ({problem}).")


def stop(*lines: str) -> NoReturn:
    """Say why there is no start, and end with exit code 2."""
    print(*lines, sep="\n", file=sys.stderr)
    sys.exit(2)
