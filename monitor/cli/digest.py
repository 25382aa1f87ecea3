"""`monitor digest` and `monitor status`: what people are told, and whether all is well."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import emit, format_option, inert, open_ledger, settings_options, to_json
from monitor.config import Settings
from monitor.errors import InputError
from monitor.schedule import Period

if TYPE_CHECKING:
    from monitor.digest.render import Rendered
    from monitor.digest.subscription import Subscription
    from monitor.ledger import Delivery, Ledger, StoredDigest

STORED = ("id", "made_at", "subscription", "channel", "period", "subject")
DOUBTFUL = ("id", "recipient", "period", "attempts", "message_id")


@click.command()
@click.option("--period", metavar="PERIOD", help="2026-W47, 2026-11 or 2026-11-16; without it the period under way.")
@click.option("--to", "recipient", metavar="ADDRESS", help="As this subscriber gets it; else as the folder does.")
@click.option("--language", type=click.Choice(["fr", "en", "de", "es", "it"]), help="In another language.")
@click.option("--html", is_flag=True, help="Print the HTML instead of the text.")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Write both to this folder instead.")
@click.option("--send", is_flag=True, help="Store what is due and deliver what waits, as the service does.")
@click.option("--stored", "listed", is_flag=True, help="List the digests that were made.")
@click.option("--reprint", metavar="ID", type=int, help="Print a stored digest from the bytes that went out.")
@click.option(
    "--in-doubt",
    type=click.Choice(["list", "resend", "arrived", "hold"]),
    help="Deliveries of which nobody knows the result: list them, send them again, note that they arrived; or send "
    "what is due without them.",
)
@format_option
@settings_options
def digest(
    settings: Settings,
    period: str | None,
    recipient: str | None,
    language: str | None,
    html: bool,
    out: Path | None,
    send: bool,
    listed: bool,
    reprint: int | None,
    in_doubt: str | None,
    form: str,
) -> None:
    """Build, show or send a digest; reprint an old one.

    Without options the digest of the period under way is printed and nothing is stored. A period that was told already
    is reprinted from its stored bytes. While `monitor run` is at work it alone sends; `--in-doubt resend` leaves word
    for it.

    Examples: monitor digest --period 2026-W47 --out digests · monitor digest --stored · monitor digest --send
    """
    with open_ledger(settings) as ledger:
        if in_doubt == "list":
            emit([_doubtful_row(one) for one in ledger.in_doubt()], DOUBTFUL, form)
        elif in_doubt == "resend":
            _resend(ledger, settings)
        elif in_doubt == "arrived":
            _settle(ledger, settings)
        elif send or in_doubt == "hold":
            _send(ledger, settings, in_doubt)
        elif listed:
            emit([_stored_row(one) for one in ledger.stored_digests()], STORED, form)
        else:
            name, rendered = (
                _reprint(ledger, reprint) if reprint else _made(ledger, settings, period, recipient, language)
            )
            _show(name, rendered, html, out)


# Longer than one run of the outbox takes, so that no service begins to send meanwhile.
LEAD = timedelta(minutes=10)


@contextmanager
def _leading(ledger: Ledger) -> Iterator[bool]:
    """Whether this command may send: not while a service does."""
    holder = f"monitor digest, process {os.getpid()}"
    leads = ledger.acquire_lease(holder, LEAD) is not None
    try:
        yield leads
    finally:
        if leads:
            ledger.release_lease(holder)


def _send(ledger: Ledger, settings: Settings, in_doubt: str | None) -> None:
    from monitor import telling
    from monitor.line import now

    if in_doubt:
        settings = settings.model_copy(update={"digest": settings.digest.model_copy(update={"in_doubt": in_doubt})})
    with _leading(ledger) as leads:
        if not leads:
            raise InputError(
                "Sending digests",
                cause="`monitor run` is at work, or ended badly a few minutes ago",
                hint="It sends what is due by itself; see `monitor status`.",
            )
        stored = telling.tell_due(ledger, settings, now())
        results = telling.deliver(ledger, settings, now)
    click.echo(f"{stored} digests were due. Deliveries: {_in_words(results)}.")
    if results["held"]:
        emit([_doubtful_row(one) for one in ledger.in_doubt()], DOUBTFUL)
        click.echo(
            "Did they arrive? `monitor digest --in-doubt arrived` notes it, `--in-doubt resend` sends them again."
        )


def _resend(ledger: Ledger, settings: Settings) -> None:
    from monitor import telling
    from monitor.line import now

    doubtful = [one.id for one in ledger.in_doubt()]
    telling.decide(ledger, doubtful)
    with _leading(ledger) as leads:
        if leads:
            click.echo(f"Deliveries: {_in_words(telling.deliver(ledger, settings, now))}.")
        else:
            click.echo(f"{len(doubtful)} deliveries are in doubt; `monitor run` will send them again within a minute.")


def _settle(ledger: Ledger, settings: Settings) -> None:
    from monitor import telling
    from monitor.line import now

    outbox = telling.outbox(ledger, settings, now)
    doubtful = ledger.in_doubt()
    for one in doubtful:
        outbox.settle(one)
    click.echo(f"{len(doubtful)} deliveries are noted as arrived.")


def _in_words(results: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {result.replace('_', ' ')}" for result, n in sorted(results.items())) or "none"


def _made(
    ledger: Ledger, settings: Settings, period: str | None, recipient: str | None, language: str | None
) -> tuple[str, Rendered]:
    """(file name, digest): from the stored bytes where the period was told in this language, else made now."""
    from monitor import telling
    from monitor.digest.post import file_name
    from monitor.digest.render import Renderer
    from monitor.line import now

    to = _subscription(settings, recipient)
    if period is None:
        wanted = telling.current(settings, ledger, to, now())
    else:
        wanted = parse_period(period)
        told = ledger.stored_digests(to.id, to.channel, wanted.kind, wanted.start)
        if told and language in (None, to.language):
            return _unpacked(told[0])
    to = replace(to, language=language or to.language)
    built = telling.prepare(ledger, settings, to, wanted, now())
    return file_name(built, to), Renderer(telling.templates(settings)).render(built, to.language)


def _subscription(settings: Settings, recipient: str | None) -> Subscription:
    from monitor import telling

    known = telling.subscriptions(settings)
    if recipient is None:
        return known[0]
    for one in known:
        if one.address == recipient:
            return one
    raise InputError(
        "Looking for a subscriber",
        subject=recipient,
        cause="not in the settings",
        hint="Recipients stand under digest: to.",
    )


def _reprint(ledger: Ledger, number: int) -> tuple[str, Rendered]:
    for one in ledger.stored_digests():
        if one.id == number:
            return _unpacked(one)
    raise InputError(
        "Reprinting a digest", subject=str(number), cause="there is none", hint="See `monitor digest --stored`."
    )


def _unpacked(stored: StoredDigest) -> tuple[str, Rendered]:
    from monitor.digest.files import parts
    from monitor.digest.render import Rendered

    html, text = parts(stored.content)
    name = f"digest-{stored.period_kind.replace(':', '-')}-{stored.period_start}"
    return name, Rendered(str(stored.about.get("subject", "")), html, text)


def _show(name: str, rendered: Rendered, html: bool, out: Path | None) -> None:
    from monitor.digest.files import write

    if out is not None:
        for path in write(out, name, rendered):
            click.echo(str(path))
    elif html:
        click.echo(rendered.html, nl=False)
    else:
        click.echo(f"{inert(rendered.subject)}\n")
        click.echo("\n".join(inert(line) for line in rendered.text.splitlines()))


def parse_period(text: str) -> Period:
    """2026-W47, 2026-11 or 2026-11-16. Raises InputError."""
    try:
        if found := re.fullmatch(r"(\d{4})-W(\d{1,2})", text, re.IGNORECASE):
            start = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            return Period("week", start, start + timedelta(days=7))
        if found := re.fullmatch(r"(\d{4})-(\d{2})", text):
            start = date(int(found[1]), int(found[2]), 1)
            return Period("month", start, (start + timedelta(days=32)).replace(day=1))
        start = date.fromisoformat(text)
        return Period("day", start, start + timedelta(days=1))
    except ValueError:
        raise InputError(
            "Reading the period",
            subject=text,
            cause="no such week, month or day",
            hint="Write 2026-W47, 2026-11 or 2026-11-16.",
        ) from None


def _stored_row(one: StoredDigest) -> dict[str, Any]:
    return {
        "id": one.id,
        "made_at": one.made_at.strftime("%Y-%m-%d %H:%M"),
        "subscription": one.subscription,
        "channel": one.channel,
        "period": f"{one.period_kind} from {one.period_start}",
        "subject": one.about.get("subject"),
    }


def _doubtful_row(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.id,
        "recipient": one.recipient,
        "period": f"{one.period_kind} from {one.period_start}",
        "attempts": one.attempts,
        "message_id": one.message_id,
    }


@click.command()
@click.option("--health", "only_health", is_flag=True, help="One line, and exit status 1 unless all is well.")
@click.option("--json", "as_json", is_flag=True, help="As /health answers.")
@settings_options
def status(settings: Settings, only_health: bool, as_json: bool) -> None:
    """Is all well? Judged by the oldest overdue source and the last digest, not by a process being up.

    Example: monitor status
    """
    from monitor.health import assess
    from monitor.line import now

    database = settings.database
    if database.startswith("sqlite:///") and not Path(database.removeprefix("sqlite:///").partition("?")[0]).exists():
        raise InputError(
            "Looking for the ledger", subject=database, cause="no such file", hint="`monitor run` makes one."
        )
    with open_ledger(settings) as ledger:
        found = assess(ledger, settings, now())
        if as_json:
            click.echo(to_json(found.to_json(), indent=2))
        elif only_health:
            click.echo("All is well." if found.well else inert(" ".join(found.problems)))
        else:
            _tell(ledger, settings, found)
    if not found.well and (only_health or as_json):
        sys.exit(1)


def _tell(ledger: Ledger, settings: Settings, found: Any) -> None:
    from monitor.web.reports import count

    click.echo("All is well." if found.well else "Not all is well.")
    for problem in found.problems:
        click.echo(f"  ! {inert(problem)}")
    for note in found.notes:
        click.echo(f"  - {inert(note)}")
    if reports := count(Path(settings.out)):
        click.echo(f"  - {reports} reports from readers wait in {Path(settings.out) / 'reports.jsonl'}.")
    oldest = found.oldest_overdue
    late = f", the most overdue {inert(oldest.name)}" if oldest else ""
    click.echo(f"Sources: {len(found.sources)} watched, {sum(s.failures > 0 for s in found.sources)} failing{late}.")
    last = found.last_digest.strftime("%Y-%m-%d %H:%M") if found.last_digest else "none yet"
    click.echo(f"Last digest: {last}{f' ({found.last_digest_period})' if found.last_digest else ''}.")
    told = ", ".join(f"{n} {state.replace('_', ' ')}" for state, n in found.deliveries.items() if n)
    click.echo(f"Deliveries: {told or 'none yet'}.")
    disk = ledger.disk()
    click.echo(f"Ledger: {found.seq} writes, {disk.used / 1e6:,.1f} MB, {disk.growth / 1e6:,.2f} MB more each day.")
