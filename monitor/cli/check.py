"""`monitor check`: everything that could be wrong, tried once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import click

from monitor.cli.common import emit, format_option, inert, open_ledger, settings_options
from monitor.config import Settings
from monitor.errors import FetchError, MonitorError, SourceError
from monitor.model import Page, Request, Source
from monitor.sources import entries

COLUMNS = ("what", "state", "detail")


@click.command()
@click.option("--mail", metavar="ADDRESS", help="Also send a test mail to this address.")
@format_option
@settings_options
def check(settings: Settings, mail: str | None, form: str) -> None:
    """Try the settings, the database, the mail server and every source once; say what is wrong and how to mend it.

    The exit status is 1 if anything is wrong. Nothing is stored and, without --mail, nothing is sent.

    Example: monitor check --mail desk@example.org
    """
    rows = [
        {"what": "settings", "state": "well", "detail": f"{settings.path}: {len(settings.sources)} sources"},
        _tried("database", lambda: _database(settings)),
        _tried("templates", lambda: _templates(settings)),
        _tried("mail server", lambda: _mail_server(settings, mail)),
        *_sources(settings),
    ]
    emit(rows, COLUMNS, form)
    if any(row["state"] == "wrong" for row in rows):
        sys.exit(1)


def _tried(what: str, attempt: Callable[[], tuple[str, str]]) -> dict[str, Any]:
    try:
        state, detail = attempt()
    except MonitorError as error:
        state, detail = "wrong", str(error)
    return {"what": what, "state": state, "detail": detail}


def _database(settings: Settings) -> tuple[str, str]:
    with open_ledger(settings):
        return "well", "reachable, its schema up to date"


def _templates(settings: Settings) -> tuple[str, str]:
    from monitor.telling import templates

    folder = templates(settings)
    return "well", str(folder) if folder else "those that are shipped"


def _mail_server(settings: Settings, mail: str | None) -> tuple[str, str]:
    from monitor.telling import send_test_mail, try_mail_server

    if settings.smtp is None:
        if settings.digest.to or mail:
            return "wrong", "no mail server is set, so no mail can go out. Set MONITOR_SMTP_URL."
        return "not used", "nobody is to be mailed"
    if mail:
        return "well", f"it took a test mail to {inert(mail)}: {send_test_mail(settings, mail, datetime.now().astimezone())}"
    return "well", f"{try_mail_server(settings)} lets us in"


def _sources(settings: Settings) -> Iterator[dict[str, Any]]:
    from monitor.line import fetching
    by_url: dict[str, list[Source]] = {}
    for source in settings.watched():
        by_url.setdefault(source.url, []).append(source)
    rows = {}
    with fetching(settings, patient=False) as fetcher:
        for request, outcome in fetcher.get_many(Request(url) for url in by_url):
            for source in by_url[request.url]:
                state, detail = _state(source, outcome)
                rows[source.name] = {"what": source.name, "state": state, "detail": detail}
    yield from (rows[source.name] for source in settings.watched())


def _state(source: Source, outcome: Page | FetchError) -> tuple[str, str]:
    try:
        if isinstance(outcome, FetchError):
            raise outcome
        found = len(entries(source, outcome))
    except (FetchError, SourceError) as error:
        return "wrong", str(error)
    moved = f"; it has moved to {outcome.moved_to}: change its address" if outcome.moved_to else ""
    return "well", f"{found} entries{moved}"
