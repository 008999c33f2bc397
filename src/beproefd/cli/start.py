# SPDX-License-Identifier: EUPL-1.2
"""Starting Django for a command, with one clear line when the settings are wrong."""

import sys


def start_django() -> None:
    """Load settings and apps; stop with exit code 2 when a setting is wrong."""
    import django  # noqa: PLC0415 -- the engines' commands run without Django
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 -- idem

    try:
        django.setup()
    except ImproperlyConfigured as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
