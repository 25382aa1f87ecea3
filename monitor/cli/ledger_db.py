"""monitor db: upgrade, check, backup, restore."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli.common import inert, open_ledger, settings_options
from monitor.config import Settings


@click.group("db")
def db() -> None:
    """Upgrade, check, back up and restore the database."""


@db.command("upgrade")
@settings_options
def upgrade(settings: Settings) -> None:
    """Creates the ledger or brings its schema up to date.

    Example: monitor db upgrade
    """
    with open_ledger(settings) as ledger:
        click.echo(f"The ledger is up to date; its last write is number {ledger.seq()}.")


@db.command("check")
@settings_options
def check(settings: Settings) -> None:
    """Checks that nothing in the log was altered and that everything derived from it is right.

    Example: monitor db check
    """
    from monitor.line import now, opened

    with opened(settings, now, upgrade=False) as ledger:
        found = ledger.check()
        for sentence in found:
            click.echo(inert(sentence))
        if found:
            sys.exit(1)
        click.echo(f"All is well up to write number {ledger.seq()}.")


@db.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@settings_options
def backup(file: Path, settings: Settings) -> None:
    """Writes a backup while the service goes on; it can be restored to SQLite and PostgreSQL alike.

    Example: monitor db backup ledger-2026-11.gz
    """
    with open_ledger(settings) as ledger:
        rows = ledger.backup(file)
    click.echo(f"{rows} rows are in {inert(file)}.")


@db.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@settings_options
def restore(file: Path, settings: Settings) -> None:
    """Fills a new, empty database from a backup, and checks what came out.

    Example: monitor db restore ledger-2026-11.gz --database sqlite:///restored.db
    """
    with open_ledger(settings) as ledger:
        rows = ledger.restore(file)
    click.echo(f"{rows} rows are restored.")
