"""Reading the ledger as of (valid, known): the newest revision with seq <= known, and in it the newest state with
valid_from <= valid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, and_, func, or_, select

from monitor.ledger import codec
from monitor.ledger import tables as t
from monitor.ledger.taking import public
from monitor.ledger.timeline import DEAD, state_of
from monitor.ledger.writer import chunks
from monitor.model import Commitment, Evidence

Known = int | date | datetime | None

# Without new evidence for this long a commitment that is not over is called dormant.
DORMANT_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Member:
    """A mention of a commitment and where it was printed; a copy has its original's mention."""

    mention: int
    commitment: int
    outlet: str | None
    link: str
    published: date
    language: str
    title: str
    quote: str


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


def states(valid: date | None, known: int | None, numbers: Sequence[int] | None = None) -> Select[Any]:
    """The states in force, one row of `version` a commitment, in order of id."""
    newest = newest_revisions(known, numbers)
    v = t.version
    query = select(v).join(newest, and_(newest.c.commitment == v.c.commitment, newest.c.seq == v.c.seq))
    until = v.c.valid_until
    if valid is None:
        query = query.where(until.is_(None))
    else:
        query = query.where(v.c.valid_from <= valid, or_(until.is_(None), until > valid))
    return query.order_by(v.c.commitment)


def first_days(connection: Connection, known: int | None, numbers: Sequence[int] | None) -> dict[int, date]:
    """When each commitment was first told."""
    newest = newest_revisions(known, numbers)
    v = t.version
    query = select(v.c.commitment, v.c.valid_from).join(
        newest, and_(newest.c.commitment == v.c.commitment, newest.c.seq == v.c.seq)
    )
    return {row.commitment: row.valid_from for row in connection.execute(query.where(v.c.position == 0))}


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


def members(connection: Connection, known: int | None, numbers: Sequence[int] | None = None) -> list[Member]:
    """Who told of these commitments, copies included, in order of date."""
    home = _home(known, numbers)
    m, e, r = t.mention, t.extraction, t.reading
    columns = (m.c.id, home.c.commitment, m.c.valid_from, m.c.record, r.c.id.label("reading"))
    printed = (r.c.outlet, r.c.link, r.c.published, r.c.language, r.c.title)
    query = (
        select(*columns, *printed)
        .join(home, home.c.mention == m.c.id)
        .join(e, e.c.id == m.c.extraction)
        .join(r, r.c.id == e.c.reading)
    )
    out = []
    told: dict[int, list[Member]] = defaultdict(list)
    for row in connection.execute(query):
        day = row.published or row.valid_from
        quote = row.record.get("evidence", "")
        one = Member(row.id, row.commitment, row.outlet, row.link, day, row.language, row.title, quote)
        out.append(one)
        told[row.reading].append(one)
    out += _copies(connection, told, known)
    return sorted(out, key=lambda one: (one.published, one.link, one.mention))


def _home(known: int | None, numbers: Sequence[int] | None) -> Any:
    """(mention, commitment) of active mentions, as a subquery."""
    if known is None:
        s = t.standing
        query = select(s.c.mention, s.c.commitment).where(s.c.active, s.c.commitment.is_not(None))
        return (query if numbers is None else query.where(s.c.commitment.in_(numbers))).subquery("home")
    m = t.membership
    newest = select(m.c.mention, func.max(m.c.seq).label("seq")).where(m.c.seq <= known).group_by(m.c.mention)
    if numbers is not None:
        newest = newest.where(m.c.mention.in_(select(m.c.mention).where(m.c.commitment.in_(numbers))))
    last = newest.subquery("last")
    both = and_(m.c.mention == last.c.mention, m.c.seq == last.c.seq)
    query = select(m.c.mention, m.c.commitment).join(last, both).where(m.c.commitment.is_not(None))
    return (query if numbers is None else query.where(m.c.commitment.in_(numbers))).subquery("home")


def _copies(connection: Connection, told: dict[int, list[Member]], known: int | None) -> list[Member]:
    r = t.reading
    out = []
    query = select(r.c.copy_of, r.c.outlet, r.c.link, r.c.published, r.c.language, r.c.title)
    if known is not None:
        query = query.where(r.c.seq <= known)
    if len(told) > 2000:
        rows = connection.execute(query.where(r.c.copy_of.is_not(None))).all()
    else:
        rows = [row for part in chunks(sorted(told)) for row in connection.execute(query.where(r.c.copy_of.in_(part)))]
    for row in rows:
        for one in told.get(row.copy_of, ()):
            day = row.published or one.published
            out.append(
                Member(one.mention, one.commitment, row.outlet, row.link, day, row.language, row.title, one.quote)
            )
    return out


def commitments(
    connection: Connection, valid: date | None, known: int | None, today: date, numbers: Sequence[int] | None = None
) -> list[Commitment]:
    """The commitments in force, in order of id."""
    rows = connection.execute(states(valid, known, numbers)).mappings().all()
    first = first_days(connection, known, numbers)
    told: dict[int, list[Member]] = defaultdict(list)
    for one in members(connection, known, numbers):
        if valid is None or one.published <= valid:
            told[one.commitment].append(one)
    parts = _parts(connection, valid, known, rows, numbers)
    evidence = evidences(connection, [row["mention"] for row in rows])
    return [
        _commitment(row, first[row["commitment"]], told[row["commitment"]], parts, evidence, valid or today)
        for row in rows
    ]


def _parts(
    connection: Connection, valid: date | None, known: int | None, rows: Sequence[Any], numbers: Sequence[int] | None
) -> dict[int, list[int]]:
    """The parts of each commitment. For few commitments only their own articles' and relations' parts are looked at."""
    children = rows
    if numbers is not None:
        candidates = _possible_parts(connection, numbers)
        children = connection.execute(states(valid, known, candidates)).mappings().all() if candidates else []
    out: dict[int, list[int]] = defaultdict(list)
    for row in children:
        for kind, parent in row["links"]:
            if kind == "part_of":
                out[parent].append(row["commitment"])
    return out


def _possible_parts(connection: Connection, numbers: Sequence[int]) -> list[int]:
    """Commitments that may ever have named one of these as their umbrella: by an article or by a person."""
    m, home, r = t.mention, t.membership, t.relation
    own = select(home.c.mention).where(home.c.commitment.in_(numbers))
    links = (
        select(t.reading.c.link)
        .join(t.extraction, t.extraction.c.reading == t.reading.c.id)
        .join(m, m.c.extraction == t.extraction.c.id)
        .where(m.c.id.in_(own))
    )
    related = (
        select(m.c.id)
        .join(t.extraction, t.extraction.c.id == m.c.extraction)
        .join(t.reading, t.reading.c.id == t.extraction.c.reading)
        .where(t.reading.c.link.in_(select(r.c.child_link).where(r.c.parent_link.in_(links))))
    )
    told = select(m.c.id).where(m.c.part_of.in_(own))
    ever = select(home.c.commitment).where(or_(home.c.mention.in_(told), home.c.mention.in_(related)))
    return sorted({number for number in connection.scalars(ever.distinct()) if number is not None})


def _commitment(
    row: Any, first: date, told: Sequence[Member], parts: dict[int, list[int]], evidence: dict[int, Evidence], day: date
) -> Commitment:
    state = state_of(row)
    outlets = tuple(dict.fromkeys(one.outlet for one in told if one.outlet))
    last = max((one.published for one in told), default=row["valid_from"])
    return Commitment(
        id=public(row["commitment"]),
        state=state,
        announced_on=first,
        last_told_on=last,
        outlets=outlets,
        parents=tuple(public(parent) for kind, parent in row["links"] if kind == "part_of"),
        parts=tuple(public(part) for part in parts.get(row["commitment"], ())),
        euros=(row["eur_low"], row["eur_high"]),
        rate_note=row["rate_note"],
        flags=flags(row, last, {one.outlet or one.link for one in told}, day),
        confidence=row["confidence"],
        evidence=evidence.get(row["mention"]),
    )


def flags(row: Any, last: date, sources: set[str], day: date) -> tuple[str, ...]:
    """What is computed, never extracted: dormant, overdue, disputed, single_source, rate_pending."""
    over = row["status"] in DEAD or row["status"] == "completed"
    out = []
    if not over and day - last > DORMANT_AFTER:
        out.append("dormant")
    if not over and row["horizon"] is not None and row["horizon"] < day.year:
        out.append("overdue")
    if row["disputed"]:
        out.append("disputed")
    if len(sources) <= 1:
        out.append("single_source")
    if row["pending"]:
        out.append("rate_pending")
    return tuple(out)


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
            quote = codec.unpack_record(row.record).evidence
            out[row.id] = Evidence(quote, row.outlet, row.link, day, row.language, row.title)
    return out
