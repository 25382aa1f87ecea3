"""After a change: the affected mentions are clustered afresh, ids given, timelines folded, and what differs appended.

A resolver's `partition` joins groups only where some pair between them is judged likelier the same than not (score above
one half); so the mentions that such pairs connect, and those that shared a commitment until now, are all that a change
can affect.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select, update

from monitor.errors import LedgerError
from monitor.ledger import codec
from monitor.ledger import tables as t
from monitor.ledger.fixing import Fixing
from monitor.ledger.mentions import Standing, attach, by_link, load, load_links
from monitor.ledger.standings import neighbours, verdicts
from monitor.ledger.timeline import Told, differs, timeline
from monitor.ledger.writer import Writer, chunks
from monitor.model import Resolver, Step


@dataclass(slots=True)
class Settled:
    """What a settling came to: the commitment of each mention involved, and its step in the timeline."""

    commitments: dict[int, int | None] = field(default_factory=dict)
    steps: dict[int, Step] = field(default_factory=dict)


def settle(
    writer: Writer, resolver: Resolver, fixing: Fixing, touched: Iterable[int], refold: Iterable[int] = ()
) -> Settled:
    """Brings commitments up to date after the mentions `touched` changed; `refold` names commitments to fold besides."""
    writer.flush()
    standings = _component(writer, set(touched))
    groups = _partition(writer, resolver, standings)
    named = _named(writer, standings, groups)
    moved = _enrol(writer, standings, named)
    before = {one.commitment for one in standings.values() if one.commitment is not None}
    after = {number for number, _ in named}
    affected = before | after | set(refold) | _children(writer, moved)
    settled = Settled()
    for mention in standings:
        settled.commitments[mention] = None
    for number, group in named:
        settled.commitments.update({one.id: number for one in group})
    for number in sorted(affected):
        _renew(writer, resolver, fixing, number, settled, standings)
    writer.flush()
    return settled


def _component(writer: Writer, start: set[int]) -> dict[int, Standing]:
    found: dict[int, Standing] = {}
    todo = start
    while todo:
        loaded = load(writer.connection, todo)
        found.update(loaded)
        todo = neighbours(writer, loaded.values()) - found.keys()
    return dict(sorted(found.items(), key=lambda item: item[1].mention.key))


def _partition(writer: Writer, resolver: Resolver, standings: dict[int, Standing]) -> list[list[Standing]]:
    active = [one.mention for one in standings.values() if one.active]
    if not active:
        return []
    groups = resolver.partition(active, verdicts(writer, standings))
    if Counter(m.id for group in groups for m in group) != Counter(m.id for m in active):
        raise LedgerError("Grouping mentions", cause="recognition lost or repeated a mention")
    return [[standings[m.id] for m in group] for group in groups]


def _named(
    writer: Writer, standings: dict[int, Standing], groups: Sequence[Sequence[Standing]]
) -> list[tuple[int, Sequence[Standing]]]:
    """(commitment id, members) for each group.

    A group bears the oldest id minted for one of its statements. An id whose own statement is not active at the moment
    (rejected, say) stays with the group that bore it, if two claim it with the one that holds its oldest mention.
    """
    minted = _minted(writer, {one.origin for group in groups for one in group})
    borne = {one.commitment for group in groups for one in group if one.commitment is not None}
    orphaned = borne - _with_active_origin(writer, borne)
    claims = []
    for group in groups:
        own = {one.origin for one in group} & minted
        inherited = {one.commitment for one in group if one.commitment in orphaned}
        claims.append((sorted(own | {c for c in inherited if c is not None}), group))
    taken: set[int] = set()
    out: list[tuple[int, Sequence[Standing]]] = []
    for candidates, group in sorted(claims, key=lambda claim: min(one.origin for one in claim[1])):
        free = [number for number in candidates if number not in taken]
        number = free[0] if free else min(one.origin for one in group)
        if not free:
            writer.append(t.commitment, id=number)
        taken.add(number)
        out.append((number, group))
    return out


def _minted(writer: Writer, origins: Iterable[int]) -> set[int]:
    out: set[int] = set()
    for part in chunks(sorted(set(origins))):
        out.update(writer.connection.scalars(select(t.commitment.c.id).where(t.commitment.c.id.in_(part))))
    return out


def _with_active_origin(writer: Writer, numbers: Iterable[int]) -> set[int]:
    out: set[int] = set()
    for part in chunks(sorted(set(numbers))):
        query = (
            select(t.mention.c.origin)
            .join(t.standing, t.standing.c.mention == t.mention.c.id)
            .where(t.mention.c.origin.in_(part), t.standing.c.active)
        )
        out.update(writer.connection.scalars(query))
    return out


def _enrol(
    writer: Writer, standings: dict[int, Standing], named: Sequence[tuple[int, Sequence[Standing]]]
) -> dict[int, int | None]:
    """Writes the memberships that changed; the new commitment of each mention that moved."""
    after = {one.id: number for number, group in named for one in group}
    moved = {m: after.get(m) for m, one in standings.items() if after.get(m) != one.commitment}
    for mention in sorted(moved):
        writer.append(t.membership, mention=mention, commitment=moved[mention])
        writer.connection.execute(
            update(t.standing).where(t.standing.c.mention == mention).values(commitment=moved[mention])
        )
    return moved


def _children(writer: Writer, moved: Iterable[int]) -> set[int]:
    """Commitments that name one of the moved mentions as part of their umbrella, or are related to it by a person."""
    moved = sorted(moved)
    out: set[int | None] = set()
    for part in chunks(moved):
        query = (
            select(t.standing.c.commitment)
            .join(t.mention, t.mention.c.id == t.standing.c.mention)
            .where(t.mention.c.part_of.in_(part))
        )
        out.update(writer.connection.scalars(query))
    links = {one.mention.link for one in load(writer.connection, moved).values()}
    for part in chunks(sorted(links)):
        related = select(t.relation.c.child_link).where(t.relation.c.parent_link.in_(part))
        for one in load_links(writer.connection, set(writer.connection.scalars(related))):
            out.add(one.commitment)
    return {number for number in out if number is not None}


def _renew(
    writer: Writer, resolver: Resolver, fixing: Fixing, number: int, settled: Settled, standings: dict[int, Standing]
) -> None:
    """Folds a commitment's timeline and appends it as a revision when it differs from the newest stored one."""
    query = select(t.standing.c.mention).where(t.standing.c.commitment == number, t.standing.c.active)
    members = load(writer.connection, writer.connection.scalars(query))
    rows = []
    if members:
        steps = resolver.fold([one.mention for one in members.values()])
        settled.steps.update({step.mention: step for step in steps})
        rows = timeline(_told(writer, number, members, steps), lambda c, d: fixing.rate(writer, c, d))
    old = stored_rows(writer, number)
    if not differs(rows, old):
        return
    successor = None if rows else _successor(number, standings, settled)
    writer.append(t.revision, commitment=number, size=len(rows), successor=successor)
    for row in rows:
        writer.append(t.version, commitment=number, **row)
    writer.connection.execute(delete(t.current).where(t.current.c.commitment == number))
    writer.connection.execute(insert(t.current), [{"commitment": number, "seq": writer.seq}])


def stored_rows(writer: Writer, number: int) -> list[dict[str, Any]]:
    """The states of the newest revision; none when there is no revision or it is a retraction."""
    query = (
        select(t.version)
        .join(t.current, (t.current.c.commitment == t.version.c.commitment) & (t.current.c.seq == t.version.c.seq))
        .where(t.version.c.commitment == number)
        .order_by(t.version.c.position)
    )
    return [dict(row._mapping) for row in writer.connection.execute(query)]


def _successor(number: int, standings: dict[int, Standing], settled: Settled) -> int | None:
    """Where the mentions of a retracted commitment went, so that its id still leads somewhere."""
    former = [one for one in standings.values() if one.commitment == number and settled.commitments[one.id] is not None]
    former.sort(key=lambda one: (one.origin != number, one.origin))
    return settled.commitments[former[0].id] if former else None


def _told(writer: Writer, number: int, members: dict[int, Standing], steps: Sequence[Step]) -> list[Told]:
    parents = _article_parents(writer, number, members)
    said = _said_links(writer, number, members)
    out = []
    for at, step in enumerate(steps):
        links = parents[step.mention] | (said if at == 0 else frozenset())
        one = members[step.mention]
        out.append(Told(step, frozenset(links), one.restated, one.mention.record.confidence))
    return out


def _article_parents(
    writer: Writer, number: int, members: dict[int, Standing]
) -> dict[int, frozenset[tuple[str, int]]]:
    """The umbrellas that the articles themselves name."""
    umbrellas = load(writer.connection, {one.part_of for one in members.values() if one.part_of is not None})
    out: dict[int, frozenset[tuple[str, int]]] = defaultdict(frozenset)
    for one in members.values():
        parent = umbrellas.get(one.part_of) if one.part_of is not None else None
        if parent is not None and parent.active and parent.commitment not in (None, number):
            out[one.id] = frozenset({("part_of", parent.commitment)})
    return out


def _said_links(writer: Writer, number: int, members: dict[int, Standing]) -> frozenset[tuple[str, int]]:
    """The relations that people put between this commitment and others."""
    r = t.relation
    rows: list[Any] = []
    for part in chunks(sorted({one.mention.link for one in members.values()})):
        rows += writer.connection.execute(select(r).where(r.c.child_link.in_(part), r.c.undoes.is_(None))).all()
    if not rows:
        return frozenset()
    undone = set(writer.connection.scalars(select(r.c.undoes).where(r.c.undoes.is_not(None))))
    links = {row.parent_link for row in rows} | {row.child_link for row in rows}
    standings = {one.id: one for one in load_links(writer.connection, links) if one.active}
    places = by_link(standings.values())
    out = set()
    for row in rows:
        child = attach(codec.unpack_anchor(row.child_anchor), places)
        parent = attach(codec.unpack_anchor(row.parent_anchor), places)
        if row.id in undone or child not in members or parent is None:
            continue
        home = standings[parent].commitment
        if home is not None and home != number:
            out.add((row.kind, home))
    return frozenset(out)
