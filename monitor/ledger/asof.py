"""Reading the ledger as of (valid, known): the newest revision with seq <= known, and in it the newest state with
valid_from <= valid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, and_, func, or_, select

from monitor.ledger import tables as t
from monitor.ledger.writer import chunks
from monitor.model import Evidence

Known = int | date | datetime | None


def last_seq(connection: Connection) -> int:
    return connection.scalar(select(func.coalesce(func.max(t.transaction.c.seq), 0))) or 0


def known_seq(connection: Connection, known: Known, zone: ZoneInfo) -> int | None:
    """The seq up to which is read; None for all. A date means the end of that day in the schedule's zone."""
    if known is None or isinstance(known, int):
        return known
    if not isinstance(known, datetime):
        known = datetime.combine(known + timedelta(days=1), time(), zone) - timedelta(microseconds=1)
    return connection.scalar(select(func.coalesce(func.max(t.transaction.c.seq), 0)).where(t.transaction.c.at <= known))


def newest_revisions(known: int | None, numbers: Sequence[int] | None = None) -> Any:
    """(commitment, seq) of the revision in force for each commitment, as a subquery."""
    if known is None:
        query = select(t.current.c.commitment, t.current.c.seq)
        return (query if numbers is None else query.where(t.current.c.commitment.in_(numbers))).subquery("newest")
    r = t.revision
    query = select(r.c.commitment, func.max(r.c.seq).label("seq")).where(r.c.seq <= known).group_by(r.c.commitment)
    return (query if numbers is None else query.where(r.c.commitment.in_(numbers))).subquery("newest")


def states(
    valid: date | None, known: int | None, numbers: Sequence[int] | None = None, columns: Sequence[Any] = (t.version,)
) -> Select[Any]:
    """The states in force, one row of `version` a commitment; `columns` of it, since reading all of them takes longer."""
    newest = newest_revisions(known, numbers)
    v = t.version
    query = select(*columns).select_from(v)
    query = query.join(newest, and_(newest.c.commitment == v.c.commitment, newest.c.seq == v.c.seq))
    until = v.c.valid_until
    if valid is None:
        return query.where(until.is_(None))
    return query.where(v.c.valid_from <= valid, or_(until.is_(None), until > valid))


first = t.version.alias("first")


def with_first(query: Select[Any]) -> Select[Any]:
    """`states` with the `first` state of the same revision, which says when the commitment was first told."""
    v = t.version
    return query.join(first, and_(first.c.commitment == v.c.commitment, first.c.seq == v.c.seq, first.c.position == 0))


def redirect(connection: Connection, number: int, known: int | None) -> int | None:
    """The commitment to which an id leads, through merges; None for an id that was never given out by then."""
    seen: set[int] = set()
    while number not in seen:
        seen.add(number)
        r = t.revision
        query = select(r).where(r.c.commitment == number).order_by(r.c.seq.desc()).limit(1)
        row = connection.execute(query if known is None else query.where(r.c.seq <= known)).first()
        if row is None:
            return None
        if row.size or row.successor is None:
            return number
        number = row.successor
    return number


def evidences(connection: Connection, mentions: Iterable[int]) -> dict[int, Evidence]:
    """The words that each mention was read from."""
    out: dict[int, Evidence] = {}
    m, e, r = t.mention, t.extraction, t.reading
    for part in chunks(sorted(set(mentions))):
        query = (
            select(m.c.id, m.c.record, m.c.valid_from, r.c.outlet, r.c.link, r.c.published, r.c.language, r.c.title)
            .join(e, e.c.id == m.c.extraction)
            .join(r, r.c.id == e.c.reading)
            .where(m.c.id.in_(part))
        )
        for row in connection.execute(query):
            day = row.published or row.valid_from
            quote = row.record["evidence"]
            out[row.id] = Evidence(quote, row.outlet, row.link, day, row.language, row.title)
    return out
