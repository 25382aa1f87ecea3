"""`monitor run`: the service; with --once one cycle and a digest to a folder."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import emit, open_ledger, settings_options, sum_in_words
from monitor.config import Settings
from monitor.model import Change

if TYPE_CHECKING:
    from monitor.cycle import Poll
    from monitor.ledger import Ledger

NEW = ("event", "id", "investor", "amount", "place", "status", "outlet")
FAILING = ("source", "reason")
SHOWN = 25


@click.command()
@click.option("--once", is_flag=True, help="One cycle over all sources, then a digest to a folder.")
@click.option("--out", metavar="DIR", help="That folder; else MONITOR_OUT, else out.")
@settings_options
def run(settings: Settings, once: bool, out: str | None) -> None:
    """The service: polls each source at its own pace and sends digests when they are due, until it is told to stop.

    Sources that cannot be reached are listed with the reason; the exit status of --once is 0 all the same, because
    ledger and digest are sound without them.

    Example: monitor run --once --out digests
    """
    if out:
        settings = settings.model_copy(update={"out": out})
    if once:
        _once(settings)
    else:
        from monitor.service import serve

        serve(settings)


def _once(settings: Settings) -> None:
    from monitor import cycle, seeding
    from monitor.line import Intake, Line, extractor, fetching, now
    from monitor.reading import Reader
    from monitor.shipped import shipped

    logging.getLogger().setLevel(logging.ERROR)  # the tables below tell of what went wrong
    with open_ledger(settings) as ledger:
        start = ledger.seq()
        with fetching(settings, patient=False) as fetcher, Reader() as reader:
            intake = Intake(ledger, extractor(settings))
            seeding.plant(intake, shipped("seeds"))
            click.echo(f"Polling {len(settings.sources)} sources …", err=True)
            polls = cycle.run(Line(intake, fetcher, reader.read, now), settings.watched())
        files = _digest(ledger, settings)
        _report(ledger, settings, polls, ledger.changes(after=start), files)


def _digest(ledger: Ledger, settings: Settings) -> tuple[Path, Path]:
    """Writes the digest of the period that is under way."""
    from monitor import telling
    from monitor.digest.files import write
    from monitor.digest.post import file_name
    from monitor.digest.render import Renderer
    from monitor.line import now

    digest, folder = telling.preview(ledger, settings, now())
    rendered = Renderer(telling.templates(settings)).render(digest, folder.language)
    return write(Path(settings.out), file_name(digest, folder), rendered)


def _report(
    ledger: Ledger, settings: Settings, polls: Sequence[Poll], changes: Sequence[Change], files: tuple[Path, Path]
) -> None:
    # The address and what to do about it are in `monitor sources list`.
    failing = [{"source": p.source.name, "reason": p.reason.partition(": http")[0]} for p in polls if p.reason]
    if failing:
        click.echo(f"{len(failing)} of {len(polls)} sources could not be reached:")
        emit(failing, FAILING)
    click.echo(f"{sum(poll.articles for poll in polls)} articles read. New in the ledger:")
    emit([change_row(change) for change in changes[:SHOWN]], NEW)
    if len(changes) > SHOWN:
        click.echo(f"… and {len(changes) - SHOWN} more.")
    totals = ledger.totals()
    low, high = totals.headline
    click.echo(
        f"The ledger holds {len(ledger.commitments())} commitments: {sum_in_words(low, high, 'EUR', 'exact')} in all."
    )
    click.echo(f"The digest is in {files[0]} and {files[1]}.")
    click.echo("To look further: monitor list · monitor totals --explain · monitor history ID · monitor sources list")


def change_row(change: Change) -> dict[str, Any]:
    """A change as a row for people."""
    state = change.after or change.before
    assert state is not None
    return {
        "event": change.event if change.after else "withdrawn",
        "id": change.commitment,
        "investor": state.investor or (state.recipient,),
        "amount": sum_in_words(state.amount_min, state.amount_max, state.currency, state.qualifier),
        "place": state.place,
        "status": state.status,
        "outlet": change.evidence.outlet if change.evidence else None,
    }
