"""What the service keeps beside the log: sources, the lease, suppressions, stored pages and how much room they take."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from monitor.ledger import tables as t
from monitor.ledger.writer import LEADER, chunks


def source_state(connection: Connection, name: str) -> dict[str, Any] | None:
    return connection.scalar(select(t.source_state.c.state).where(t.source_state.c.name == name))


def save_source_state(connection: Connection, name: str, state: Mapping[str, Any], at: datetime) -> None:
    row = {"name": name, "state": dict(state), "changed_at": at}
    _put(connection, t.source_state, "name", row)


def acquire(connection: Connection, holder: str, ttl: timedelta, now: datetime) -> int | None:
    """The epoch of the lease when `holder` has it, None while another has. Each change of holder is a new epoch."""
    row = connection.execute(select(t.lease).where(t.lease.c.name == LEADER)).first()
    if row is not None and row.holder != holder and row.expires_at > now:
        return None
    epoch: int = 1 if row is None else row.epoch if row.holder == holder else row.epoch + 1
    _put(connection, t.lease, "name", {"name": LEADER, "holder": holder, "epoch": epoch, "expires_at": now + ttl})
    return epoch


def release(connection: Connection, holder: str, now: datetime) -> None:
    """Gives the lease up, so that a standby need not wait for its end. The epoch stays."""
    where = (t.lease.c.name == LEADER, t.lease.c.holder == holder)
    connection.execute(update(t.lease).where(*where).values(holder="", expires_at=now))


def suppress(connection: Connection, address: str, at: datetime, why: str) -> None:
    _put(connection, t.suppression, "address", {"address": address.strip().casefold(), "at": at, "why": why})


def unsuppress(connection: Connection, address: str) -> None:
    connection.execute(delete(t.suppression).where(t.suppression.c.address == address.strip().casefold()))


def suppressed(connection: Connection, address: str) -> bool:
    query = select(t.suppression.c.address).where(t.suppression.c.address == address.strip().casefold())
    return connection.scalar(query) is not None


def _put(connection: Connection, table: Table, key: str, row: Mapping[str, Any]) -> None:
    """Updates or inserts a row of a state table; the write lock is held, so nobody comes between."""
    where = table.c[key] == row[key]
    if connection.scalar(select(func.count()).select_from(table).where(where)):
        connection.execute(update(table).where(where).values(**row))
    else:
        connection.execute(insert(table), [dict(row)])


def content(connection: Connection, name: str) -> bytes | None:
    """The bytes of a blob; None once they were let go."""
    packed = connection.scalar(select(t.blob.c.content).where(t.blob.c.hash == name))
    return None if packed is None else zlib.decompress(packed)


def prunable(connection: Connection, before: datetime) -> list[tuple[str, int]]:
    """(hash, bytes) of blobs older than `before` that hold no evidence: no mention was ever read from them."""
    m, e, r = t.mention, t.extraction, t.reading
    proving = select(r.c.blob).join(e, e.c.reading == r.c.id).join(m, m.c.extraction == e.c.id)
    copied = select(r.c.blob).where(r.c.copy_of.is_not(None))
    b = t.blob
    query = (
        select(b.c.hash, b.c.stored)
        .where(b.c.added_at < before, b.c.content.is_not(None), b.c.hash.not_in(proving), b.c.hash.not_in(copied))
        .order_by(b.c.added_at)
    )
    return [(row.hash, row.stored) for row in connection.execute(query)]


def prune(connection: Connection, names: Iterable[str]) -> None:
    """Lets the bytes of blobs go; that they were there stays known."""
    for part in chunks(sorted(names)):
        connection.execute(update(t.blob).where(t.blob.c.hash.in_(part)).values(content=None, stored=0))


@dataclass(frozen=True, slots=True)
class Disk:
    """Room taken, in bytes. `growth` is a day's, over the last `GROWTH_DAYS`; `days_left` until the budget is used up,
    None when no budget is set or nothing grows."""

    used: int
    blobs: int
    growth: float
    days_left: float | None


GROWTH_DAYS = 28


def disk(connection: Connection, now: datetime, budget: int | None) -> Disk:
    used = _size(connection)
    since = now - timedelta(days=GROWTH_DAYS)
    b = t.blob
    total = select(func.coalesce(func.sum(b.c.stored), 0))
    blobs = int(connection.scalar(total) or 0)
    recent = int(connection.scalar(total.where(b.c.added_at >= since)) or 0)
    first = connection.scalar(select(func.min(b.c.added_at)))
    days = min(GROWTH_DAYS, max(1.0, (now - first).total_seconds() / 86400)) if first is not None else 1.0
    # The rest of the ledger grows with the pages it was read from.
    growth = recent / days * (used / blobs if blobs else 1.0)
    left = None if budget is None or growth <= 0 else max(0.0, (budget - used) / growth)
    return Disk(used, blobs, growth, left)


def _size(connection: Connection) -> int:
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        return int(pages) * int(size)
    return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
