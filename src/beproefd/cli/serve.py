# SPDX-License-Identifier: EUPL-1.2
"""`beproefd serve` and `beproefd check`."""

import argparse
import sys
from typing import Any

from .start import start_django


def register(commands: Any) -> None:
    """Add the commands."""
    serve = commands.add_parser("serve", help="bring the database up to date and serve the site")
    serve.add_argument("--bind", default="127.0.0.1:8000", help="address and port (default 127.0.0.1:8000)")
    serve.add_argument("--workers", type=int, default=2)
    serve.set_defaults(run=run_serve)
    check = commands.add_parser("check", help="check settings, database and translations before going live")
    check.set_defaults(run=run_check)


def run_serve(options: argparse.Namespace) -> int:
    """Migrate, then serve until stopped."""
    start_django()
    prepare()
    serve_site(options.bind, options.workers)
    return 0


def prepare() -> None:
    """Bring the database to the current schema."""
    from django.conf import settings  # noqa: PLC0415 -- needs Django to be started
    from django.core.management import call_command  # noqa: PLC0415 -- idem

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)


def serve_site(bind: str, workers: int) -> None:
    """Serve with gunicorn: real workers, graceful restarts."""
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 -- only when serving

    class Site(BaseApplication):
        def load_config(self) -> None:
            # One process that loads the product before it forks; threads, because pages wait for the database.
            for name, value in {
                "bind": bind,
                "workers": workers,
                "threads": 4,
                "timeout": 60,
                "preload_app": True,
                "accesslog": None,
                "loglevel": "warning",
                "control_socket_disable": True,
            }.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            from beproefd.wsgi import application  # noqa: PLC0415 -- after gunicorn has read its settings

            return application

    Site().run()


def run_check(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Django's deployment checks plus our own; 1 when something must be mended."""
    start_django()
    from django.conf import settings  # noqa: PLC0415 -- needs Django to be started
    from django.core.management import call_command  # noqa: PLC0415 -- idem
    from django.core.management.base import SystemCheckError  # noqa: PLC0415 -- idem
    from django.db import connection  # noqa: PLC0415 -- idem
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 -- idem

    problems = []
    try:
        call_command("check", deploy=not (settings.DEBUG or settings.DEMO), fail_level="ERROR")
    except SystemCheckError as found:
        problems.append(str(found))
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        problems.append(f"{len(waiting)} database changes wait; `beproefd serve` applies them.")
    for language, _name in settings.LANGUAGES:
        texts = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.mo"
        if language != "en" and not texts.exists():
            problems.append(f"The texts in {language!r} are not compiled; `make setup` does that.")
    if settings.DEMO:
        print("Note: this is a demo, anyone can sign in as anyone (BEPROEFD_DEMO).")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"Database: {connection.vendor}. Data folder: {settings.DATA_DIR}. Site: {settings.BASE_URL}.")
    return 1 if problems else 0
