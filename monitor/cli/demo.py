"""`monitor demo`: a time-lapse over a bundled press."""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import inert
from monitor.errors import InputError, OutputError

if TYPE_CHECKING:
    from monitor.demo.lapse import Day
    from monitor.model import Change


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default="demo", show_default=True, help="Where ledger and digests go."
)
@click.option("--language", type=click.Choice(["fr", "en", "de", "es", "it"]), default="en", show_default=True)
@click.option("--press", type=click.Path(path_type=Path), help="Another press than the bundled one.")
def demo(out: Path, language: str, press: Path | None) -> None:
    """Three weeks of an invented press through the real line, with no network: three digests and a ledger.

    Example: monitor demo --language fr && monitor list --database sqlite:///demo/ledger.db
    """
    from monitor.demo.lapse import play
    from monitor.demo.press import BUNDLED, load

    outlets = load(press or BUNDLED)
    if not outlets:
        raise InputError("Looking for a press", subject=str(press), cause="no outlet's YAML file is there")
    _clear(out)
    logging.getLogger().setLevel(logging.ERROR)  # what goes wrong is part of the story told below
    click.echo(
        f"{len(outlets)} invented outlets, {sum(len(o.pieces) for o in outlets)} articles, served from this machine.\n"
    )
    started = time.monotonic()
    digests: list[Path] = []
    known: set[str] = set()
    for day in play(outlets, out, language):  # type: ignore[arg-type]
        _tell(day, known)
        digests += day.digests
    click.echo(f"\nDone in {time.monotonic() - started:.0f} s. Digests:")
    for path in digests:
        click.echo(f"  {path}")
    database = f"sqlite:///{(out / 'ledger.db').as_posix()}"
    click.echo("\nTo look further:")
    for command in ("list", "changes", "totals --explain"):
        click.echo(f"  monitor {command} --database {database}")


def _clear(out: Path) -> None:
    """Makes room for a fresh demo; a folder that holds anything else is left alone."""
    try:
        if out.exists():
            strange = [p.name for p in out.iterdir() if not p.name.startswith(("ledger.db", "digest-", "undelivered"))]
            if strange:
                raise InputError(
                    "Clearing the demo's folder",
                    subject=str(out),
                    cause=f"it holds {strange[0]}",
                    hint="Name another: --out DIR.",
                )
            shutil.rmtree(out)
        out.mkdir(parents=True)
    except OSError as error:
        raise OutputError("Making the demo's folder", subject=str(out), cause=error.strerror) from None


def _tell(day: Day, known: set[str]) -> None:
    """One day as the monitor lived it; nothing is said of a day without news."""
    lines = [f"  digest of the week before: {path.name}" for path in day.digests if path.suffix == ".html"]
    lines += [_change(change) for change in day.changes if change.cause != "seed"]
    for name, reason in day.failing:
        if name not in known:
            lines.append(f"  {inert(name)} fails and is left out from now on: {reason}")
            known.add(name)
    if lines:
        read = f"{day.articles} article{'s' * (day.articles != 1)}"
        click.echo(f"{day.day:%a %d %B}: {read}, {day.unchanged} of {day.polled} sources unchanged")
        for line in lines:
            click.echo(line)


def _change(change: Change) -> str:
    from monitor.cli.run import change_row

    row = change_row(change)
    if change.after is None:
        return inert(f"  {row['event']:<18} {row['id']:<5} {change.why}")
    who = ", ".join(str(name).split("|")[0] for name in row["investor"] if name) or "somebody unnamed"
    where = f", {', '.join(row['place'])}" if row["place"] else ""
    return inert(
        f"  {row['event']:<18} {row['id']:<5} {who}: {row['amount']}{where} ({row['status']}; {row['outlet']})"
    )
