# SPDX-License-Identifier: EUPL-1.2
"""A world that was built once in this process is put back row by row, instead of walked through again.

Walking to a decided jury round takes hundreds of queries. The first test that asks for one walks; what it left in the
database and in the mailbox is kept, and the next test that asks for the same in an empty database gets a copy. Not when
the clock was moved, and not when the test made something first: then the world is walked through as if nothing was kept.
"""

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import time_machine
from django.core import mail
from django.db import connection, transaction

PLAIN = (str, int, bool, float, tuple, type(None))
NOT_OURS = {"django_migrations", "sqlite_sequence"}
P = ParamSpec("P")
R = TypeVar("R")
Table = tuple[list[str], list[tuple[Any, ...]]]  # columns and rows


@dataclass(frozen=True)
class _Kept:
    tables: dict[str, Table]  # only those that changed
    before: dict[str, int]  # how many rows these had
    made: bytes
    mails: bytes


_kept: dict[tuple[Any, ...], _Kept] = {}


def kept(build: Callable[P, R]) -> Callable[P, R]:
    """Keep what `build` makes, per arguments. It may use nothing but its arguments, the database and the mailbox."""

    @wraps(build)
    def built(*args: P.args, **kwargs: P.kwargs) -> R:
        plain = all(isinstance(value, PLAIN) for value in (*args, *kwargs.values()))
        if not plain or time_machine.escape_hatch.is_travelling() or getattr(mail, "outbox", None):
            return build(*args, **kwargs)
        key = (build.__module__, build.__name__, args, tuple(sorted(kwargs.items())))
        found = _kept.get(key)
        if found is None:
            return _keep(key, lambda: build(*args, **kwargs))
        if {table: len(_table(table)[1]) for table in found.before} != found.before:
            return build(*args, **kwargs)
        return _put_back(found)

    return built


def _keep(key: tuple[Any, ...], build: Callable[[], R]) -> R:
    before = _tables()
    made = build()
    if before["accounts_user"][1]:
        return made
    after = {name: table for name, table in _tables().items() if table != before[name]}
    counts = {name: len(before[name][1]) for name in after}
    _kept[key] = _Kept(after, counts, pickle.dumps(made), pickle.dumps(getattr(mail, "outbox", [])))
    return made


def _put_back(found: _Kept) -> Any:
    quote = connection.ops.quote_name
    with transaction.atomic(), _guards_off(found.tables), connection.cursor() as cursor:
        for name, (columns, rows) in found.tables.items():
            if found.before[name]:
                cursor.execute(f"DELETE FROM {quote(name)}")
            places = ", ".join(["%s"] * len(columns))
            names = ", ".join(map(quote, columns))
            cursor.executemany(f"INSERT INTO {quote(name)} ({names}) VALUES ({places})", rows)
    if mails := pickle.loads(found.mails):  # noqa: S301 -- pickled by this process
        mail.outbox.extend(mails)
    return pickle.loads(found.made)  # noqa: S301 -- idem


@contextmanager
def _guards_off(tables: dict[str, Table]) -> Iterator[None]:
    """Rows come back in no order, so references and triggers wait; they passed them all when they were made."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = origin")
            return
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        guards = [(name, sql) for name, table, sql in cursor.fetchall() if table in tables]
        for name, _sql in guards:
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
        yield
        for _name, sql in guards:
            cursor.execute(sql)


def _tables() -> dict[str, Table]:
    return {name: _table(name) for name in connection.introspection.table_names() if name not in NOT_OURS}


def _table(name: str) -> Table:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
        return [column[0] for column in cursor.description], cursor.fetchall()
