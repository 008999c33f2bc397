# SPDX-License-Identifier: EUPL-1.2
"""`beproefd demo`: build the demo city once, print what it ran, and serve it."""

import argparse
import os
from typing import Any

from .serve import prepare, serve_site
from .start import start_django


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("demo", help="build the demo city (once) and serve it")
    parser.add_argument("--bind", default="127.0.0.1:8000", help="address and port (default 127.0.0.1:8000)")
    parser.add_argument("--no-serve", action="store_true", help="build and report only")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Migrate, build unless it is there, report, serve."""
    os.environ.setdefault("BEPROEFD_DEMO", "true")
    start_django()
    print("Bezig      de demostad klaarzetten; de eerste keer duurt dat een minuut", flush=True)
    prepare()
    from beproefd.demo.city import build, report  # noqa: PLC0415 -- needs Django to be started

    print("De demostad wordt klaargezet; de eerste keer duurt dat een minuut ...", flush=True)
    build()
    for line in report(f"http://{options.bind}"):
        print(line, flush=True)
    if not options.no_serve:
        serve_site(options.bind, workers=2)
    return 0
