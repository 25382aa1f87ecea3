"""From stored states to totals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Text, or_, select, type_coerce

from monitor.errors import LedgerError
from monitor.ledger import tables as t
from monitor.ledger.asof import first, states, with_first
from monitor.ledger.taking import public
from monitor.ledger.timeline import COUNTABLE
from monitor.ledger.totals import Leaves, Node
from monitor.ledger.totals import totals as summed
from monitor.ledger.writer import chunks
from monitor.model import Totals

DIMENSIONS = ("investor", "place", "purpose", "status", "nature", "quarter")


_T = t.version.c
_SUMMED = (
    _T.commitment,
    _T.eur_low,
    _T.eur_high,
    _T.eur_restated,
    _T.status,
    _T.nature,
    _T.links,
    _T.itemised,
    _T.dead_since,
    _T.stated_on,
    _T.amount_min,
    _T.amount_max,
    _T.rate_note,
)
_TIED = or_(type_coerce(_T.links, Text) != "[]", _T.eur_restated.is_not(None))


def totals(connection: Connection, valid: date | None, known: int | None, by: str | None, explain: bool) -> Totals:
    if by is not None and by not in DIMENSIONS:
        raise LedgerError("Adding up", subject=by, cause="no such view", hint=f"There are: {', '.join(DIMENSIONS)}.")
    if by is not None or explain:
        return summed(nodes(connection, valid, known), by=by, explain=explain)
    return summed(*_apart(connection, valid, known))


def nodes(connection: Connection, valid: date | None, known: int | None) -> list[Node]:
    """The commitments in force as totals see them, with labels and groups, in order of id."""
    shown = (_T.investor, _T.recipient, _T.place, _T.purpose, first.c.valid_from.label("announced_on"))
    query = with_first(states(valid, known, columns=(*_SUMMED, *shown))).order_by(_T.commitment)
    return [
        replace(_node(row), label=label(row.investor, row.recipient), groups=_groups(row))
        for row in connection.execute(query)
    ]


def _apart(connection: Connection, valid: date | None, known: int | None) -> tuple[list[Node], Leaves]:
    """What totals are made of, quickly: nodes for the commitments that are tied to others, for the rest their sums."""
    given = or_(_T.amount_min.is_not(None), _T.amount_max.is_not(None))
    columns = (_T.commitment, _T.nature, _T.eur_low, _T.eur_high, given, _TIED)
    query = states(valid, known, columns=columns).where(or_(_TIED, _T.status.in_(sorted(COUNTABLE))))
    found = connection.execute(query).all()
    tied = {row[0] for row in found if row[5]}
    rows = _summed(connection, valid, known, tied)
    others = {other for row in rows for _, other in row.links} - tied
    rows += _summed(connection, valid, known, others)
    apart = tied | others
    leaves = Leaves()
    for number, nature, low, high, has_sum, _ in found:
        if number not in apart:
            leaves.add(nature, low, high, has_sum)
    return [_node(row) for row in rows], leaves


def _summed(connection: Connection, valid: date | None, known: int | None, numbers: Iterable[int]) -> list[Any]:
    rows: list[Any] = []
    for part in chunks(sorted(numbers)):
        rows += connection.execute(states(valid, known, part, _SUMMED))
    return rows


def _node(row: Any) -> Node:
    return Node(
        id=public(row.commitment),
        low=row.eur_low,
        high=row.eur_high,
        status=row.status,
        nature=row.nature,
        parents=_linked(row.links, "part_of"),
        superseded_by=_linked(row.links, "supersedes"),
        restated_by=_linked(row.links, "restates"),
        restated=row.eur_restated or 0.0,
        itemised=row.itemised,
        dead_since=row.dead_since,
        stated_on=row.stated_on,
        has_sum=row.amount_min is not None or row.amount_max is not None,
        rate_note=row.rate_note,
    )


def _groups(row: Any) -> dict[str, tuple[str, ...]]:
    day = row.announced_on
    return {
        "investor": row.investor,
        "place": row.place,
        "purpose": (row.purpose,),
        "status": (row.status,),
        "nature": (row.nature,),
        "quarter": (f"{day.year}-Q{(day.month + 2) // 3}",),
    }


_NONE: frozenset[str] = frozenset()


def _linked(links: Iterable[tuple[str, int]], kind: str) -> frozenset[str]:
    return frozenset(public(number) for said, number in links if said == kind) if links else _NONE


def label(investor: Sequence[str], recipient: str | None) -> str:
    """Who and for whom, in the article's words."""
    who = ", ".join(investor) or "nobody named"
    return f"{who} → {recipient}" if recipient else who


def valued_by(connection: Connection, filled: Iterable[tuple[str, date]]) -> set[int]:
    """Commitments whose newest revision has a sum in one of these currencies at a rate that is not final."""
    currencies = {currency for currency, _ in filled}
    v, c = t.version, t.current
    query = (
        select(v.c.commitment)
        .join(c, (c.c.commitment == v.c.commitment) & (c.c.seq == v.c.seq))
        .where(v.c.currency.in_(sorted(currencies)), v.c.pending | v.c.eur_low.is_(None))
    )
    return set(connection.scalars(query))
