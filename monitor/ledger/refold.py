"""The state of the ledger computed afresh from its log, as of any seq: what the stored revisions must equal.

Reads whole tables into memory and clusters every mention at once, where the ledger itself touches only what a change
can affect. It is the check, not the way.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from monitor.ledger import codec
from monitor.ledger import tables as t
from monitor.ledger.mentions import Standing, Word, attach, by_link, load
from monitor.ledger.standings import described
from monitor.ledger.timeline import Told, differs, timeline
from monitor.model import Judgement, Resolver
from monitor.rates import Conversion


@dataclass(slots=True)
class Past:
    """The log up to a seq."""

    connection: Connection
    seq: int
    words: list[Word] = field(default_factory=list)
    homes: dict[int, int | None] = field(default_factory=dict)
    standings: dict[int, Standing] = field(default_factory=dict)
    rates: dict[tuple[str, date], Conversion] = field(default_factory=dict)


def problems(connection: Connection, resolver: Resolver, seq: int) -> list[str]:
    """How the stored revisions as of `seq` differ from the fold of the log up to it; nothing when they are equal."""
    past = _past(connection, resolver, seq)
    groups = resolver.partition([one.mention for one in past.standings.values()], _verdicts(past))
    out = []
    for group in groups:
        if len({past.homes.get(m.id) for m in group}) != 1 or past.homes.get(group[0].id) is None:
            out.append(f"mentions {sorted(m.id for m in group)} belong together and are stored apart")
    folded: dict[int, list[dict[str, Any]]] = {}
    for group in groups:
        number = past.homes.get(group[0].id)
        if number in folded:
            out.append(f"c{number} holds mentions that do not belong together")
        if number is not None:
            folded[number] = _timeline(past, resolver, number, [past.standings[m.id] for m in group])
    stored = _stored(connection, seq)
    for number in sorted(folded.keys() | stored.keys()):
        if differs(folded.get(number, []), stored.get(number, [])):
            out.append(f"the stored timeline of c{number} is not the fold of the log up to {seq}")
    return out


def _past(connection: Connection, resolver: Resolver, seq: int) -> Past:
    past = Past(connection, seq)
    active: dict[int, bool] = {}
    for row in connection.execute(select(t.activation).where(t.activation.c.seq <= seq).order_by(t.activation.c.seq)):
        active[row.extraction] = row.active
    for row in connection.execute(select(t.membership).where(t.membership.c.seq <= seq).order_by(t.membership.c.seq)):
        past.homes[row.mention] = row.commitment
    for row in connection.execute(select(t.rate).where(t.rate.c.seq <= seq).order_by(t.rate.c.seq)):
        past.rates[row.currency, row.day] = Conversion(None, row.rate, row.rate_day, row.note, row.pending)
    past.words = _words(connection, seq)
    ids = list(connection.scalars(select(t.mention.c.id).where(t.mention.c.seq <= seq)))
    loaded = {number: one for number, one in load(connection, ids).items() if active.get(one.extraction)}
    _apply(past, resolver, loaded)
    return past


def _words(connection: Connection, seq: int) -> list[Word]:
    j = t.judgement
    rows = connection.execute(select(j).where(j.c.left_link.is_not(None), j.c.seq <= seq).order_by(j.c.id)).all()
    undone: set[int] = set()
    for row in reversed(rows):
        if row.undoes is not None and row.id not in undone:
            undone.add(row.undoes)
    return [
        Word(
            row.id,
            row.kind,
            row.verdict,
            row.why,
            row.by,
            codec.unpack_anchor(row.left_anchor),
            codec.unpack_anchor(row.right_anchor) if row.right_anchor else None,
            row.field,
            row.value,
        )
        for row in rows
        if row.id not in undone
    ]


def _apply(past: Past, resolver: Resolver, loaded: dict[int, Standing]) -> None:
    """Mentions as they stood: with the corrections of then, without what was rejected then."""
    places = by_link(loaded.values())
    edits: dict[int, dict[str, Any]] = defaultdict(dict)
    rejected = set()
    for word in past.words:
        mention = attach(word.left, places) if word.kind in ("edit", "reject") else None
        if mention is not None and word.kind == "reject":
            rejected.add(mention)
        elif mention is not None:
            edits[mention][word.field or ""] = word.value
    for run in {one.extraction: one.reading for one in loaded.values()}.items():
        _describe(past, resolver, run, edits, loaded)
    past.standings = {number: one for number, one in loaded.items() if number not in rejected}


def _describe(
    past: Past,
    resolver: Resolver,
    run: tuple[int, int],
    edits: dict[int, dict[str, Any]],
    loaded: dict[int, Standing],
) -> None:
    for mention, record, _, trait in described(past.connection, resolver, run[0], run[1], edits):
        one = loaded[mention]
        restated = edits.get(mention, {}).get("restated")
        loaded[mention] = replace(one, mention=replace(one.mention, record=record, traits=trait), restated=restated)


def _verdicts(past: Past) -> list[Judgement]:
    j = t.judgement
    out: dict[tuple[int, int], Judgement] = {}
    query = select(j).where(j.c.left_link.is_(None), j.c.seq <= past.seq).order_by(j.c.id)
    for row in past.connection.execute(query):
        if row.left in past.standings and row.right in past.standings:
            out[row.left, row.right] = Judgement(row.left, row.right, row.verdict, row.score, row.why)
    places = by_link(past.standings.values())
    for word in past.words:
        if word.kind != "pair" or word.right is None:
            continue
        left, right = attach(word.left, places), attach(word.right, places)
        if left is not None and right is not None and left != right:
            pair = (min(left, right), max(left, right))
            score = {"same": 1.0, "different": 0.0}.get(word.verdict or "", 0.5)
            out[pair] = Judgement(*pair, word.verdict or "unsure", score, word.why, word.by)  # type: ignore[arg-type]
    return [out[pair] for pair in sorted(out)]


def _timeline(past: Past, resolver: Resolver, number: int, group: list[Standing]) -> list[dict[str, Any]]:
    members = {one.id: one for one in group}
    said = _said(past, number, members)
    told = []
    for at, step in enumerate(resolver.fold([one.mention for one in group])):
        one = members[step.mention]
        links = set(said) if at == 0 else set()
        parent = past.homes.get(one.part_of) if one.part_of in past.standings and one.part_of is not None else None
        if parent is not None and parent != number:
            links.add(("part_of", parent))
        told.append(Told(step, frozenset(links), one.restated, one.mention.record.confidence))
    euro = Conversion(None, 1.0, None, "in euro")
    return timeline(told, lambda currency, day: euro if currency == "EUR" else past.rates[currency, day])


def _said(past: Past, number: int, members: dict[int, Standing]) -> set[tuple[str, int]]:
    r = t.relation
    rows = past.connection.execute(select(r).where(r.c.seq <= past.seq).order_by(r.c.id)).all()
    undone = {row.undoes for row in rows if row.undoes is not None}
    places = by_link(past.standings.values())
    out = set()
    for row in rows:
        if row.undoes is not None or row.id in undone:
            continue
        child = attach(codec.unpack_anchor(row.child_anchor), places)
        parent = attach(codec.unpack_anchor(row.parent_anchor), places)
        home = past.homes.get(parent) if parent is not None else None
        if child in members and home is not None and home != number:
            out.add((row.kind, home))
    return out


def _stored(connection: Connection, seq: int) -> dict[int, list[dict[str, Any]]]:
    newest: dict[int, int] = {}
    for row in connection.execute(select(t.revision).where(t.revision.c.seq <= seq).order_by(t.revision.c.seq)):
        newest[row.commitment] = row.seq
    out: dict[int, list[dict[str, Any]]] = {number: [] for number in newest}
    v = t.version
    for state in connection.execute(select(v).where(v.c.seq <= seq).order_by(v.c.commitment, v.c.position)).mappings():
        if newest[state["commitment"]] == state["seq"]:
            out[state["commitment"]].append(dict(state))
    return out
