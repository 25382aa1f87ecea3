"""From the ledger to the mail: which digests are due, what is in them, and their way out.

A digest covers the writes after those of the subscriber's last one, up to the last write before its period's end: what
is told is a matter of the ledger's order, not of dates, so that nothing falls between two digests.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from monitor.config import Recipient, Settings
from monitor.digest.alerts import alerts
from monitor.digest.build import Digest, FailingSource, build
from monitor.digest.message import POLICY
from monitor.digest.outbox import Office, Outbox, Unnoted, always
from monitor.digest.post import Stationery, pack, store
from monitor.digest.smtp import Server, Session
from monitor.digest.subscription import Alert, Filter, Subscription
from monitor.errors import DeliveryError, SettingsError
from monitor.knowledge import actors, places
from monitor.ledger.counts import articles_read
from monitor.polling import SourceState
from monitor.schedule import Period, bounds, due_digest, latest

if TYPE_CHECKING:
    from monitor.ledger import Ledger


def subscriptions(settings: Settings) -> list[Subscription]:
    """Everybody who is told: the recipients by mail, and the folder for files."""
    own = settings.digest.language
    folder = Subscription(str(Path(settings.out).absolute()), language=own, channel="file")
    return [folder, *(_subscription(recipient, own) for recipient in settings.digest.to)]


def _subscription(recipient: Recipient, language: str) -> Subscription:
    only, alert = recipient.only, recipient.alert
    return Subscription(
        address=recipient.address,
        language=recipient.language or language,
        only=Filter(only.places, only.investors, only.purposes, only.at_least_eur),
        alert=Alert(alert.events, alert.at_least_eur) if alert else None,
    )


def templates(settings: Settings) -> Path | None:
    """The folder of restyled templates, None for the shipped ones."""
    if settings.digest.templates is None:
        return None
    folder = settings.path.parent / settings.digest.templates
    if not folder.is_dir():
        raise SettingsError(
            "Looking for templates",
            subject=str(folder),
            cause="no such folder",
            hint="`monitor init --templates` writes them.",
        )
    return folder


def stationery(settings: Settings) -> Stationery:
    return Stationery(
        sender=settings.digest.sender,
        secret=(settings.secret or "").encode(),
        public_url=settings.web.public_url,
        templates=templates(settings),
    )


def told_until(ledger: Ledger, settings: Settings, subscription: Subscription) -> date:
    """The end of what a subscriber was told last; for a new one the day on which the ledger or the subscription began.

    A subscriber who joins a running ledger is told from the first whole period after joining on.
    """
    stored = ledger.stored_digests(subscription.id, subscription.channel, content=False)
    ends = [date.fromisoformat(one.about["end"]) for one in stored if "end" in one.about]
    if ends:
        return max(ends)
    known = SINCE + subscription.id
    state = ledger.source_state(known)
    if state is None:
        day = ledger.today()
        ledger.save_source_state(known, {"since": day.isoformat()})
        return day
    return date.fromisoformat(state["since"])


# Under this name the day is kept since when somebody is told; no source can be called so.
SINCE = "told since\n"


def prepare(ledger: Ledger, settings: Settings, subscription: Subscription, period: Period, now: datetime) -> Digest:
    """The digest of a period for one subscriber, as the ledger knew it at the period's end."""
    start, end = _moments(settings, period)
    first = not ledger.stored_digests(subscription.id, subscription.channel, content=False) and not ledger.commitments(known=start)
    changes = ledger.changes(after=start, until=end)
    before = period.start - timedelta(days=1)
    disputed = {c.commitment for c in changes if c.after and c.after.disputed and not (c.before and c.before.disputed)}
    commitments = ledger.commitments(valid=period.last_day, known=end) if disputed or _new_year(period) else []
    return build(
        changes,
        totals_before=None if first else ledger.totals(valid=before, known=start),
        totals_after=ledger.totals(valid=period.last_day, known=end),
        articles_read=articles_read(ledger, start, end),
        failing_sources=failing(ledger, settings),
        review_waiting=len(ledger.review_queue(limit=MOST_WAITING)),
        period=period,
        subscription=subscription,
        totals_revised=None if first else ledger.totals(valid=before, known=end),
        overdue=[c for c in commitments if "overdue" in c.flags and c.state.horizon == period.last_day.year - 1]
        if _new_year(period)
        else (),
        disputed=[c for c in commitments if c.id in disputed and c.state.disputed],
        generated_at=now.astimezone(ZoneInfo(settings.schedule.timezone)),
        within=places.within,
        same_actor=actors.same,
    )


MOST_WAITING = 1000


def _moments(settings: Settings, period: Period) -> tuple[datetime, datetime]:
    """The last moments before the period and before its end."""
    start, end = bounds(period, ZoneInfo(settings.schedule.timezone))
    instant = timedelta(microseconds=1)
    return start - instant, end - instant


def _new_year(period: Period) -> bool:
    """Whether a year ended on the eve of one of the period's days: only then did a horizon pass."""
    return period.start.year != period.last_day.year or (period.start.month, period.start.day) == (1, 1)


def failing(ledger: Ledger, settings: Settings) -> list[FailingSource]:
    """The sources that could not be reached when they were last asked."""
    out = []
    for source in settings.watched():
        state = SourceState.from_json(ledger.source_state(source.name), source)
        if state.failures:
            out.append(FailingSource(source.name, state.reason, state.succeeded_at))
    return out


def tell_due(ledger: Ledger, settings: Settings, now: datetime) -> int:
    """Stores every digest that is due, with its delivery; how many. Telling again what was told stores nothing."""
    schedule, stored = settings.schedule.parsed(), 0
    for subscription in subscriptions(settings):
        period = due_digest(now, schedule, told_until(ledger, settings, subscription))
        if period is not None:
            digest = prepare(ledger, settings, subscription, period, now)
            parcel = pack(digest, subscription, stationery(settings), now)
            stored += store(ledger, parcel, {"end": period.end.isoformat(), "counts": dict(digest.counts)})
    return stored


def tell_alerts(ledger: Ledger, settings: Settings, now: datetime, after: int) -> int:
    """Stores what cannot wait of the writes after seq `after`; how many mails that makes."""
    asked = [s for s in subscriptions(settings) if s.alert is not None]
    changes = ledger.changes(after=after) if asked else []
    stored = 0
    for subscription in asked:
        zone = ZoneInfo(settings.schedule.timezone)
        for kind, digest in alerts(changes, subscription, zone, now, within=places.within, same_actor=actors.same):
            parcel = pack(digest, subscription, stationery(settings), now, kind)
            stored += store(ledger, parcel, {"counts": dict(digest.counts)})
    return stored


def outbox(
    ledger: Ledger,
    settings: Settings,
    clock: Callable[[], datetime],
    *,
    going: Callable[[], bool] = always,
    unnoted: list[Unnoted] | None = None,
) -> Outbox:
    """What brings stored digests to their recipients. Only the instance that leads may use it."""
    office = Office(
        sender=settings.digest.sender,
        server=Server.parse(settings.smtp) if settings.smtp else None,
        undelivered=Path(settings.out) / "undelivered",
        in_doubt=settings.digest.in_doubt,
    )
    return Outbox(ledger, office, clock, random.random, going, [] if unnoted is None else unnoted)


# Under this name stand the deliveries in doubt that a person wants sent again; no source can be called so.
DECIDED = "resend in doubt\n"


def decide(ledger: Ledger, deliveries: Iterable[int]) -> None:
    """Leaves word for the instance that leads to send these deliveries again, whatever its settings say."""
    ledger.save_source_state(DECIDED, {"deliveries": sorted({*_decided(ledger), *deliveries})})


def _decided(ledger: Ledger) -> frozenset[int]:
    return frozenset((ledger.source_state(DECIDED) or {}).get("deliveries", ()))


def deliver(ledger: Ledger, settings: Settings, clock: Callable[[], datetime], **more: Any) -> Counter[str]:
    """Delivers what is due; how many had which result. `more` is for the outbox."""
    decided = _decided(ledger)
    if decided:
        # Taken back first: a crash in between leaves them in doubt, and asks again, rather than sending them twice.
        ledger.save_source_state(DECIDED, {"deliveries": []})
    return outbox(ledger, settings, clock, **more).deliver(decided)


def try_mail_server(settings: Settings) -> str:
    """Connects and logs in; the server's name. Raises DeliveryError."""
    server = Server.parse(settings.smtp or "")
    Session(server).open().close()
    return str(server)


def send_test_mail(settings: Settings, address: str, now: datetime) -> str:
    """Sends a mail that says what it is; the server's answer. Raises DeliveryError."""
    mail = EmailMessage(policy=POLICY)
    mail["From"] = settings.digest.sender
    mail["To"] = address
    mail["Date"] = now
    mail["Message-ID"] = make_msgid(domain=settings.digest.sender.rpartition("@")[2])
    mail["Subject"] = "A test of the commitment monitor"
    mail.set_content("This mail was sent by `monitor check --mail`. Digests will come the same way.")
    session = Session(Server.parse(settings.smtp or "")).open()
    try:
        outcome = session.send(settings.digest.sender, address, mail.as_bytes(), begin=lambda: None)
    finally:
        session.close()
    if outcome.result != "delivered":
        raise DeliveryError("Sending a test mail", subject=address, cause=outcome.reason)
    return outcome.reason


def preview(ledger: Ledger, settings: Settings, now: datetime) -> tuple[Digest, Subscription]:
    """The digest of the period that is under way, for the folder. It is not stored: its period is still to be told."""
    folder = subscriptions(settings)[0]
    return prepare(ledger, settings, folder, current(settings, ledger, folder, now), now), folder


def current(settings: Settings, ledger: Ledger, subscription: Subscription, now: datetime) -> Period:
    """From the end of what was told last to the end of the period that is under way."""
    schedule = settings.schedule.parsed()
    last = latest(now, schedule)
    start = min(told_until(ledger, settings, subscription), last.end)
    today = now.astimezone(schedule.zone).date()
    following = next_period(last)
    while following.end <= today:
        following = next_period(following)
    return Period(schedule.kind, start, following.end)


def next_period(period: Period) -> Period:
    """The one day, week or month after a period."""
    days = {"day": 1, "week": 7, "month": 32}[period.kind]
    end = period.end + timedelta(days=days)
    return Period(period.kind, period.end, end.replace(day=1) if period.kind == "month" else end)
