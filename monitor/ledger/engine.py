"""Connections: one writer at a time on both databases, and errors that people can read."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from monitor.errors import LedgerError

# Any number will do, as long as every instance uses the same.
WRITE_LOCK = 0x6D6F6E69746F72
BUSY_SECONDS = 30


def connect(url: str) -> Engine:
    """An engine for a SQLite file or PostgreSQL; nothing is opened yet."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise LedgerError("Opening the ledger", subject=url, cause=error, hint="Write sqlite:///ledger.db.") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite(parsed)
    if backend == "postgresql":
        return _postgresql(parsed)
    raise LedgerError(
        "Opening the ledger",
        subject=shown(parsed),
        cause=f"{backend} is not supported",
        hint="Use SQLite or PostgreSQL.",
    )


def shown(url: URL) -> str:
    """An address without its password."""
    return url.render_as_string(hide_password=True)


def _sqlite(url: URL) -> Engine:
    memory = url.database in (None, "", ":memory:")
    options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
    if memory:
        options["poolclass"] = StaticPool
    engine = create_engine(url, **options)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # The driver's own transactions begin too late (at the first write) and would fail at once when another
        # process writes meanwhile, whatever the time-out; so we begin them ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        _write_ahead(cursor)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _write_ahead(cursor: Any) -> None:
    """Switches the file to WAL, once in its life. While another process does the same, SQLite says "locked" at once
    and without its time-out, so the waiting is done here."""
    patience = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > patience:
                raise
            time.sleep(0.02)


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, connect_args={"connect_timeout": 10}
    )


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is alone in writing, from its first statement on."""
    with guarded(engine), engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITE_LOCK})
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state throughout."""
    with guarded(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def guarded(engine: Engine) -> Iterator[None]:
    """Says what a database error means."""
    try:
        yield
    except SQLAlchemyError as error:
        raise explained(error, shown(engine.url)) from error


def explained(error: SQLAlchemyError, subject: str) -> LedgerError:
    cause = str(error.orig if isinstance(error, DBAPIError) and error.orig else error).strip().splitlines()
    first = cause[0] if cause else type(error).__name__
    return LedgerError("Using the ledger", subject=subject, cause=first, hint=_hint(first))


def _hint(cause: str) -> str | None:
    for words, hint in (
        ("locked", "Another program holds the file; close it or try again."),
        ("unable to open", "Does the folder exist, and may this user write in it?"),
        ("readonly", "This user may not write the file."),
        ("not a database", "The file is something else; give another path."),
        ("disk", "Make room and start again; nothing of the open transaction was kept."),
        ("connection", "Is the database server running, and is its address right?"),
        ("append-only", "The log is never altered; add a correction instead."),
    ):
        if words in cause:
            return hint
    return None
