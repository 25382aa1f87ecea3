"""The commitments in force as of (valid, known), with who told of each, its parts and what is computed of it.

Written for a whole register at once: one query for the states with their evidence, one for who printed them, and plain
tuples until the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from monitor.ledger import tables as t
from monitor.ledger.asof import first, states, with_first
from monitor.ledger.taking import public
from monitor.ledger.timeline import DEAD
from monitor.ledger.writer import chunks
from monitor.model import Commitment, Evidence, State

# Without new evidence for this long a commitment that is not over is called dormant.
DORMANT_AFTER = timedelta(days=365)

# (day, link, mention, outlet): one printing of a commitment; a copy has its original's mention.
Printed = tuple[date, str, int, str | None]
_IN_ORDER = itemgetter(0, 1, 2)

_STATE = len(fields(State))
_COLUMNS = (
    *(t.version.c[one.name] for one in fields(State)),
    t.version.c.commitment,
    t.version.c.links,
    t.version.c.eur_low,
    t.version.c.eur_high,
    t.version.c.rate_note,
    t.version.c.pending,
    t.version.c.confidence,
    first.c.valid_from.label("announced_on"),
    t.mention.c.record,
    func.coalesce(t.reading.c.published, t.mention.c.valid_from).label("published"),
    t.reading.c.outlet,
    t.reading.c.link,
    t.reading.c.language,
    t.reading.c.title,
)


def commitments(
    connection: Connection, valid: date | None, known: int | None, today: date, numbers: Sequence[int] | None = None
) -> list[Commitment]:
    """The commitments in force, in order of id."""
    rows = sorted(connection.execute(_told(states(valid, known, numbers, _COLUMNS))), key=attrgetter("commitment"))
    printed = printings(connection, valid, known, numbers)
    parts = _parts(connection, valid, known, rows, numbers)
    return [_commitment(row, printed[row.commitment], parts.get(row.commitment, ()), valid or today) for row in rows]


def _told(query: Select[Any]) -> Select[Any]:
    """Each state with the first one of its revision and with the words that it was read from."""
    v, m, e, r = t.version, t.mention, t.extraction, t.reading
    return (
        with_first(query)
        .join(m, m.c.id == v.c.mention)
        .join(e, e.c.id == m.c.extraction)
        .join(r, r.c.id == e.c.reading)
    )


def _commitment(row: Any, printed: Sequence[Printed], parts: Sequence[int], day: date) -> Commitment:
    state = State(*row[:_STATE])
    last = printed[-1][0] if printed else state.valid_from
    return Commitment(
        id=public(row.commitment),
        state=state,
        announced_on=row.announced_on,
        last_told_on=last,
        outlets=tuple(dict.fromkeys(outlet for _, _, _, outlet in printed if outlet)),
        parents=tuple(public(parent) for kind, parent in row.links if kind == "part_of"),
        parts=tuple(public(part) for part in parts),
        euros=(row.eur_low, row.eur_high),
        rate_note=row.rate_note,
        flags=_flags(state, last, {outlet or link for _, link, _, outlet in printed}, row.pending, day),
        confidence=row.confidence,
        evidence=Evidence(row.record["evidence"], row.outlet, row.link, row.published, row.language, row.title),
    )


def _flags(state: State, last: date, sources: set[str], pending: bool, day: date) -> tuple[str, ...]:
    """What is computed, never extracted: dormant, overdue, disputed, single_source, rate_pending."""
    over = state.status in DEAD or state.status == "completed"
    out = []
    if not over and day - last > DORMANT_AFTER:
        out.append("dormant")
    if not over and state.horizon is not None and state.horizon < day.year:
        out.append("overdue")
    if state.disputed:
        out.append("disputed")
    if len(sources) <= 1:
        out.append("single_source")
    if pending:
        out.append("rate_pending")
    return tuple(out)


def printings(
    connection: Connection, valid: date | None, known: int | None, numbers: Sequence[int] | None = None
) -> dict[int, list[Printed]]:
    """Who told of each of these commitments up to `valid`, copies included, in order of date."""
    home = _home(known, numbers)
    m, e, r = t.mention, t.extraction, t.reading
    day = func.coalesce(r.c.published, m.c.valid_from)
    query = (
        select(home.c.commitment, day, r.c.link, m.c.id, r.c.outlet, r.c.id)
        .join(m, m.c.id == home.c.mention)
        .join(e, e.c.id == m.c.extraction)
        .join(r, r.c.id == e.c.reading)
    )
    rows = connection.execute(query).all()
    copies = _copies(connection, known, None if numbers is None else {row[5] for row in rows})
    out: dict[int, list[Printed]] = defaultdict(list)
    for commitment, published, link, mention, outlet, reading in rows:
        if valid is None or published <= valid:
            out[commitment].append((published, link, mention, outlet))
        for copy in copies.get(reading, ()):
            if valid is None or (copy.published or published) <= valid:
                out[commitment].append((copy.published or published, copy.link, mention, copy.outlet))
    for told in out.values():
        told.sort(key=_IN_ORDER)
    return out


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


def _copies(connection: Connection, known: int | None, readings: Iterable[int] | None) -> Mapping[int, list[Any]]:
    """The copies of these readings, or of all."""
    r = t.reading
    query = select(r.c.copy_of, r.c.outlet, r.c.link, r.c.published)
    if known is not None:
        query = query.where(r.c.seq <= known)
    found: list[Any] = []
    if readings is None:
        found += connection.execute(query.where(r.c.copy_of.is_not(None)))
    else:
        for part in chunks(sorted(readings)):
            found += connection.execute(query.where(r.c.copy_of.in_(part)))
    out: dict[int, list[Any]] = defaultdict(list)
    for row in found:
        out[row.copy_of].append(row)
    return out


def _parts(
    connection: Connection, valid: date | None, known: int | None, rows: Sequence[Any], numbers: Sequence[int] | None
) -> dict[int, list[int]]:
    """The parts of each commitment. For few commitments only their own articles' and relations' parts are looked at."""
    children: Sequence[Any] = rows
    if numbers is not None:
        candidates = _possible_parts(connection, numbers)
        query = states(valid, known, candidates, (t.version.c.commitment, t.version.c.links))
        children = connection.execute(query.order_by(t.version.c.commitment)).all() if candidates else []
    out: dict[int, list[int]] = defaultdict(list)
    for row in children:
        for kind, parent in row.links:
            if kind == "part_of":
                out[parent].append(row.commitment)
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
    # Not `told OR related`: PostgreSQL would read every membership.
    ever = [select(home.c.commitment).where(home.c.mention.in_(found)) for found in (told, related)]
    return sorted({number for query in ever for number in connection.scalars(query) if number is not None})
