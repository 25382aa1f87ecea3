"""Bringing a database up to this program's schema, and saying so when it is another's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from monitor.errors import LedgerError
from monitor.ledger import triggers
from monitor.ledger.engine import reading, shown, writing

HEAD = "v1"


def version(connection: Connection) -> str | None:
    """The schema's version; None for an empty database."""
    names = inspect(connection).get_table_names()
    if "alembic_version" in names:
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found
    if names:
        raise LedgerError(
            "Opening the ledger", cause="the database holds tables of another program", hint="Give it one of its own."
        )
    return None


def upgrade(engine: Engine, target: str = HEAD) -> bool:
    """Creates or upgrades the schema; whether there was anything to do. Two processes may call it at once."""
    with reading(engine) as connection:
        if version(connection) == target:
            return False
    with writing(engine) as connection:
        found = version(connection)
        if found == target:
            return False
        _refuse_newer(engine, found)
        _run(connection, target)
        triggers.create(connection)
    return True


def require(engine: Engine) -> None:
    """A LedgerError unless the schema is this program's."""
    with reading(engine) as connection:
        found = version(connection)
    if found != HEAD:
        _refuse_newer(engine, found)
        raise LedgerError(
            "Opening the ledger",
            subject=shown(engine.url),
            cause=f"its schema is {found or 'not there yet'}, this program's is {HEAD}",
            hint="Run `monitor db upgrade`.",
        )


def _refuse_newer(engine: Engine, found: str | None) -> None:
    if found is None or found in _scripts():
        return
    raise LedgerError(
        "Opening the ledger",
        subject=shown(engine.url),
        cause=f"it was made by a newer version of this program (schema {found}, this one knows {HEAD})",
        hint="Install that version.",
    )


def config() -> Any:
    """The migrations' configuration, without a file."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", "monitor.ledger:migrations")
    return settings


def _scripts() -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


def _run(connection: Connection, target: str) -> None:
    from alembic import command

    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, target)
