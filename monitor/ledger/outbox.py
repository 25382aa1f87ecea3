"""Digests, their deliveries and the attempts at them: what was told to whom. All of it is log; results are rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from monitor.errors import LedgerError
from monitor.ledger import tables as t
from monitor.ledger.writer import Writer


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A finished mail or file for one recipient."""

    recipient: str
    message_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as it stands. `attempts` counts those begun; `in_doubt`: the last of them has no known result, and the
    recipient may or may not have it; `settled`: no further attempt is due."""

    id: int
    subscription: str
    channel: str
    period_kind: str
    period_start: date
    recipient: str
    message_id: str
    content: bytes
    due_at: datetime
    attempts: int
    in_doubt: bool
    settled: bool
    result: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class StoredDigest:
    """A digest that was made, with the bytes that went out (empty when they were not asked for)."""

    id: int
    subscription: str
    channel: str
    period_kind: str
    period_start: date
    made_at: datetime
    about: Mapping[str, Any]
    content: bytes


def store_digest(
    writer: Writer,
    subscription: str,
    channel: str,
    period_kind: str,
    period_start: date,
    deliveries: Sequence[NewDelivery],
    about: Mapping[str, Any],
) -> bool:
    """Appends a digest with its deliveries; False, and nothing written, when the period was told already."""
    d = t.digest
    query = select(d.c.id).where(
        d.c.subscription == subscription,
        d.c.channel == channel,
        d.c.period_kind == period_kind,
        d.c.period_start == period_start,
    )
    if writer.connection.scalar(query) is not None:
        return False
    number = writer.new_id(d)
    writer.append(
        d,
        id=number,
        subscription=subscription,
        channel=channel,
        period_kind=period_kind,
        period_start=period_start,
        about=dict(about),
    )
    for one in deliveries:
        writer.append(
            t.delivery,
            id=writer.new_id(t.delivery),
            digest=number,
            recipient=one.recipient,
            message_id=one.message_id,
            content=one.content,
            due_at=writer.at,
        )
    return True


def begin(writer: Writer, delivery: int, at: datetime) -> int:
    """Appends an attempt; its id."""
    number = writer.new_id(t.delivery_attempt)
    writer.append(t.delivery_attempt, id=number, delivery=delivery, at=at, detail="")
    return number


def finish(writer: Writer, attempt: int, at: datetime, result: str, detail: str, retry_at: datetime | None) -> None:
    """Appends the result of an attempt; a second result is refused."""
    a = t.delivery_attempt
    row = writer.connection.execute(select(a).where(a.c.id == attempt, a.c.attempt.is_(None))).first()
    if row is None:
        raise LedgerError("Noting the result of a delivery", subject=str(attempt), cause="no such attempt was begun")
    if writer.connection.scalar(select(a.c.id).where(a.c.attempt == attempt)) is not None:
        raise LedgerError("Noting the result of a delivery", subject=str(attempt), cause="it has a result already")
    number = writer.new_id(a)
    writer.append(
        a, id=number, delivery=row.delivery, attempt=attempt, at=at, result=result, detail=detail, retry_at=retry_at
    )


def open_deliveries(connection: Connection) -> list[Delivery]:
    """Deliveries that are not settled, oldest first."""
    a = t.delivery_attempt
    closed = select(a.c.delivery).where(a.c.attempt.is_not(None), a.c.retry_at.is_(None), a.c.result != "in_doubt")
    return _deliveries(connection, t.delivery.c.id.not_in(closed))


def deliveries_of(connection: Connection, subscription: str | None = None) -> list[Delivery]:
    """Every delivery, or those of a subscription, oldest first."""
    return _deliveries(connection, t.digest.c.subscription == subscription if subscription is not None else None)


def _deliveries(connection: Connection, where: ColumnElement[bool] | None) -> list[Delivery]:
    d, g = t.delivery, t.digest
    query = select(d, g.c.subscription, g.c.channel, g.c.period_kind, g.c.period_start).join(g, g.c.id == d.c.digest)
    rows = connection.execute((query if where is None else query.where(where)).order_by(d.c.id)).all()
    return [_delivery(connection, row) for row in rows]


def _delivery(connection: Connection, row: Any) -> Delivery:
    a = t.delivery_attempt
    attempts = connection.execute(select(a).where(a.c.delivery == row.id).order_by(a.c.id)).all()
    begun = [one for one in attempts if one.attempt is None]
    results = {one.attempt: one for one in attempts if one.attempt is not None}
    last = results.get(begun[-1].id) if begun else None
    unknown = bool(begun) and (last is None or last.result == "in_doubt")
    due = last.retry_at if last is not None and last.retry_at is not None else row.due_at
    return Delivery(
        id=row.id,
        subscription=row.subscription,
        channel=row.channel,
        period_kind=row.period_kind,
        period_start=row.period_start,
        recipient=row.recipient,
        message_id=row.message_id,
        content=row.content,
        due_at=due,
        attempts=len(begun),
        in_doubt=unknown,
        settled=last is not None and last.retry_at is None and not unknown,
        result=last.result if last is not None else None,
        detail=last.detail if last is not None else "",
    )


def doubtful(connection: Connection) -> list[Delivery]:
    """Deliveries of whose last attempt nobody knows the result."""
    last, result = _last_attempts()
    unknown = or_(result.c.id.is_(None), result.c.result == "in_doubt")
    found = select(last.c.delivery).outerjoin(result, result.c.attempt == last.c.id).where(unknown)
    return _deliveries(connection, t.delivery.c.id.in_(found))


def _last_attempts() -> tuple[Any, Any]:
    """(delivery, id) of the last attempt begun at each delivery, and the table in which its result stands beside it."""
    a = t.delivery_attempt
    last = select(a.c.delivery, func.max(a.c.id).label("id")).where(a.c.attempt.is_(None)).group_by(a.c.delivery)
    return last.subquery("last"), a.alias("result")


def states(connection: Connection) -> dict[str, int]:
    """How many deliveries are `waiting` (for their first or another attempt), `in_doubt`, or settled, by result."""
    d = t.delivery
    last, result = _last_attempts()
    query = (
        select(last.c.id.is_not(None), result.c.result, result.c.retry_at.is_not(None), func.count())
        .select_from(d)
        .outerjoin(last, last.c.delivery == d.c.id)
        .outerjoin(result, result.c.attempt == last.c.id)
        .group_by(last.c.id.is_not(None), result.c.result, result.c.retry_at.is_not(None))
    )
    counts: Counter[str] = Counter()
    for begun, said, again, number in connection.execute(query):
        state = "in_doubt" if said is None or said == "in_doubt" else "waiting" if again else said
        counts[state if begun else "waiting"] += number
    return dict(counts)


def stored_digests(
    connection: Connection,
    subscription: str | None = None,
    channel: str | None = None,
    period_kind: str | None = None,
    period_start: date | None = None,
    content: bool = True,
) -> list[StoredDigest]:
    """Digests that were made, newest first, with the bytes of their first delivery unless `content` is false."""
    g, d, x = t.digest, t.delivery, t.transaction
    query = select(g, x.c.at).join(x, x.c.seq == g.c.seq).order_by(g.c.id.desc())
    wanted = {
        "subscription": subscription,
        "channel": channel,
        "period_kind": period_kind,
        "period_start": period_start,
    }
    for name, value in wanted.items():
        if value is not None:
            query = query.where(g.c[name] == value)
    out = []
    for row in connection.execute(query).all():
        wanted_bytes = select(d.c.content).where(d.c.digest == row.id).order_by(d.c.id).limit(1)
        sent = connection.scalar(wanted_bytes) if content else None
        out.append(
            StoredDigest(
                row.id,
                row.subscription,
                row.channel,
                row.period_kind,
                row.period_start,
                row.at,
                row.about,
                sent or b"",
            )
        )
    return out
