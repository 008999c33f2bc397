# SPDX-License-Identifier: EUPL-1.2
"""Database triggers that forbid a change, written once for SQLite and for PostgreSQL.

A migration lists `Forbid(...)` as an operation. On SQLite, Django rebuilds a table when a column changes and loses its
triggers with it: repeat the operation in that migration, which is harmless where the trigger still stands
(tests/ground/test_audit.py checks that every guard stands).
"""

from typing import Any

from django.db.migrations.operations.base import Operation

DECLARED: dict[str, str] = {}  # trigger name -> table, filled as migrations are loaded


class Forbid(Operation):
    """Forbid UPDATE or DELETE on rows of `table`, always or when `when` (SQL over OLD and NEW) holds."""

    reversible = True

    def __init__(self, table: str, *, event: str, message: str, when: str = "") -> None:
        """Declare the guard; `event` is UPDATE or DELETE, `when` must be valid in both databases."""
        self.table, self.event, self.message, self.when = table, event, message, when
        self.name = f"forbid_{event.lower()}_{table}"
        DECLARED[self.name] = table

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file would write this operation."""
        return (
            self.__class__.__qualname__,
            [self.table],
            {"event": self.event, "message": self.message, "when": self.when},
        )

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Triggers are not part of Django's model state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002
        """Create the trigger."""
        when = f"WHEN ({self.when})" if self.when else ""
        message = self.message.replace("'", "''")
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER IF NOT EXISTS {self.name} BEFORE {self.event} ON {self.table} {when} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
                params=None,
            )
            return
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{message.replace('%', '%%')}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            params=None,
        )
        schema_editor.execute(
            f"CREATE OR REPLACE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW {when} "
            f"EXECUTE FUNCTION {self.name}()",
            params=None,
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002
        """Drop the trigger."""
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {self.name}")
        else:
            schema_editor.execute(f"DROP TRIGGER {self.name} ON {self.table}")
            schema_editor.execute(f"DROP FUNCTION {self.name}()")

    def describe(self) -> str:
        """One line for `migrate`."""
        return f"Forbid {self.event} on {self.table}"
