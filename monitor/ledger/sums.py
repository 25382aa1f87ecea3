"""From stored states to totals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from monitor.errors import LedgerError
from monitor.ledger import tables as t
from monitor.ledger.asof import first_days, states
from monitor.ledger.taking import public
from monitor.ledger.totals import Node
from monitor.ledger.totals import totals as summed
from monitor.model import Totals

DIMENSIONS = ("investor", "place", "purpose", "status", "nature", "quarter")


def totals(connection: Connection, valid: date | None, known: int | None, by: str | None, explain: bool) -> Totals:
    if by is not None and by not in DIMENSIONS:
        raise LedgerError("Adding up", subject=by, cause="no such view", hint=f"There are: {', '.join(DIMENSIONS)}.")
    return summed(nodes(connection, valid, known, by is not None or explain), by, explain)


def nodes(connection: Connection, valid: date | None, known: int | None, views: bool = True) -> list[Node]:
    """The commitments in force as totals see them; without `views` there are no labels and groups, which costs less."""
    first = first_days(connection, known, None) if views else {}
    needed = states(valid, known) if views else states(valid, known).with_only_columns(*_SUMMED)
    return [_node(row, first.get(row["commitment"])) for row in connection.execute(needed).mappings()]


_SUMMED = tuple(
    t.version.c[name]
    for name in (
        "commitment",
        "eur_low",
        "eur_high",
        "eur_restated",
        "status",
        "nature",
        "links",
        "itemised",
        "dead_since",
        "stated_on",
        "amount_min",
        "amount_max",
        "rate_note",
    )
)


def _node(row: Any, first: date | None) -> Node:
    links = row["links"]
    return Node(
        id=public(row["commitment"]),
        low=row["eur_low"],
        high=row["eur_high"],
        status=row["status"],
        nature=row["nature"],
        label=label(row) if first else "",
        parents=_linked(links, "part_of"),
        superseded_by=_linked(links, "supersedes"),
        restated_by=_linked(links, "restates"),
        restated=row["eur_restated"] or 0.0,
        itemised=row["itemised"],
        dead_since=row["dead_since"],
        stated_on=row["stated_on"],
        has_sum=row["amount_min"] is not None or row["amount_max"] is not None,
        rate_note=row["rate_note"],
        groups=_groups(row, first) if first else {},
    )


def _groups(row: Any, first: date) -> dict[str, tuple[str, ...]]:
    return {
        "investor": tuple(row["investor"]),
        "place": tuple(row["place"]),
        "purpose": (row["purpose"],),
        "status": (row["status"],),
        "nature": (row["nature"],),
        "quarter": (f"{first.year}-Q{(first.month + 2) // 3}",),
    }


_NONE: frozenset[str] = frozenset()


def _linked(links: Iterable[tuple[str, int]], kind: str) -> frozenset[str]:
    return frozenset(public(number) for said, number in links if said == kind) if links else _NONE


def label(row: Any) -> str:
    """Who and for whom, in the article's words."""
    who = ", ".join(row["investor"]) or "nobody named"
    return f"{who} → {row['recipient']}" if row["recipient"] else who


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
