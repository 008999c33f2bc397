# SPDX-License-Identifier: EUPL-1.2
"""`beproefd serve` and `beproefd check`."""

import argparse
import sys
from typing import Any

from .start import start_django, stop


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
    """Refuse what the checks call an error, put the files that browsers fetch in place, and update the database."""
    from django.core import checks  # noqa: PLC0415 -- needs Django to be started
    from django.core.management import call_command  # noqa: PLC0415 -- idem

    if wrong := [found for found in checks.run_checks() if found.level >= checks.ERROR]:
        stop(*(f"Beproefd cannot start: {found.msg} {found.hint or ''}".rstrip() for found in wrong))
    try:
        call_command("collectstatic", verbosity=0, interactive=False)
    except ValueError as problem:  # a style sheet that names a file which is not there
        stop(f"Beproefd cannot start: {' '.join(str(problem).split())}")
    migrate()


def migrate() -> None:
    """Bring the database to the current schema."""
    from django.core.management import call_command  # noqa: PLC0415 -- needs Django to be started

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
    if not (settings.DEBUG or settings.DEMO):
        problems += _open_doors()
    if settings.DEMO:
        print("Note: this is a demo, anyone can sign in as anyone (BEPROEFD_DEMO).")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"Database: {connection.vendor}. Data folder: {settings.DATA_DIR}. Site: {settings.BASE_URL}.")
    return 1 if problems else 0


def _open_doors() -> list[str]:
    """What is handy in a demo and wrong on a site that people use."""
    from django.conf import settings  # noqa: PLC0415 -- needs Django to be started
    from django.db import connection  # noqa: PLC0415 -- idem

    doors = []
    if settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend", "locmem.EmailBackend")):
        doors.append("Mail reaches nobody: it goes to the log, with the links in it. Set BEPROEFD_EMAIL_URL.")
    if connection.vendor == "sqlite" and settings.DATA_DIR.stat().st_mode & 0o077:
        doors.append(f"Other accounts on this machine can look into the data folder: chmod 700 {settings.DATA_DIR}")
    return doors
