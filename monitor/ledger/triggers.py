"""Triggers that keep the log tables append-only, whoever connects.

SQLite: REPLACE deletes without firing a delete trigger unless the connection has `recursive_triggers` on, so an insert
over an existing key is refused as well. PostgreSQL: TRUNCATE fires no row trigger, and only an error with a code of
class 23 is an integrity error to the driver.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Table, text

from monitor.ledger.tables import LOG

FUNCTION = """
CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def names(dialect: str) -> set[str]:
    """The names of all triggers that ought to be there."""
    return {name for name, _ in _statements(dialect)}


def create(connection: Connection) -> None:
    """Makes every trigger that is missing."""
    dialect = connection.dialect.name
    there = present(connection)
    if dialect == "postgresql":
        connection.execute(text(FUNCTION))
    for name, statement in _statements(dialect):
        if name not in there:
            connection.execute(text(statement))


def present(connection: Connection) -> set[str]:
    """The triggers of ours that are there and switched on."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND tgname LIKE 'append_only_%'"
    return {row[0] for row in connection.execute(text(query))}


def _statements(dialect: str) -> Iterator[tuple[str, str]]:
    for table in LOG:
        yield from _sqlite(table) if dialect == "sqlite" else _postgresql(table)


def _sqlite(table: Table) -> Iterator[tuple[str, str]]:
    for operation in ("UPDATE", "DELETE"):
        name = f"append_only_{table.name}_{operation.lower()}"
        refusal = f"SELECT RAISE(ABORT, 'append-only: {operation} on {table.name} is refused');"
        yield name, f'CREATE TRIGGER {name} BEFORE {operation} ON "{table.name}" BEGIN {refusal} END'
    name = f"append_only_{table.name}_replace"
    key = " AND ".join(f'"{c.name}" = NEW."{c.name}"' for c in table.primary_key.columns)
    yield (
        name,
        f'CREATE TRIGGER {name} BEFORE INSERT ON "{table.name}" '
        f'WHEN EXISTS (SELECT 1 FROM "{table.name}" WHERE {key}) '
        f"BEGIN SELECT RAISE(ABORT, 'append-only: REPLACE on {table.name} is refused'); END",
    )


def _postgresql(table: Table) -> Iterator[tuple[str, str]]:
    for operations, level in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = f"append_only_{table.name}_{level.lower()}"
        yield (
            name,
            f'CREATE TRIGGER {name} BEFORE {operations} ON "{table.name}" '
            f"FOR EACH {level} EXECUTE FUNCTION ledger_append_only()",
        )
