"""People's words: verdicts on pairs, corrections, rejections, relations, and taking any of them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from monitor.errors import LedgerError
from monitor.ledger import codec
from monitor.ledger import tables as t
from monitor.ledger.asof import evidences, redirect, states
from monitor.ledger.mentions import Standing, Word, attach, by_link, load, load_links, undone_ids, words
from monitor.ledger.standings import active_extractions
from monitor.ledger.taking import number_of, public
from monitor.ledger.writer import Writer, chunks
from monitor.model import Anchor, Evidence, Record, Verdict

# Records below this confidence are shown to a person.
DOUBTFUL_BELOW = 0.6

RelationKind = Literal["part_of", "supersedes", "restates"]
RELATIONS: tuple[RelationKind, ...] = ("part_of", "supersedes", "restates")


@dataclass(frozen=True, slots=True)
class Side:
    """A mention as a reviewer sees it."""

    mention: int
    commitment: str
    record: Record
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """Something for a person to decide. `pair`: two sides that may be one commitment; `doubtful`: a record that may be
    misread; `unattached`: a person's earlier word (`judgement`) whose passage the article no longer holds."""

    kind: Literal["pair", "doubtful", "unattached"]
    sides: tuple[Side, ...]
    score: float | None
    why: str
    judgement: int | None = None


def queue(connection: Connection, limit: int) -> list[ReviewItem]:
    """What awaits a person: words that lost their passage, then the most uncertain pairs, then doubtful records."""
    items = [ReviewItem("unattached", (), None, said, number) for number, said in unattached(connection)]
    items += _pairs(connection, limit)
    items += _doubtful(connection, limit)
    return items[:limit]


def _pairs(connection: Connection, limit: int) -> list[ReviewItem]:
    """Unsure pairs across commitments, the likeliest for each two commitments, unless a person spoke on these."""
    j, left, right = t.judgement, aliased(t.standing), aliased(t.standing)
    newer = aliased(t.judgement)
    outdated = (
        select(newer.c.id)
        .where(newer.c.left == j.c.left, newer.c.right == j.c.right, newer.c.id > j.c.id, newer.c.left_link.is_(None))
        .exists()
    )
    query = (
        select(
            j.c.id, j.c.left, j.c.right, j.c.score, j.c.why, left.c.commitment.label("a"), right.c.commitment.label("b")
        )
        .join(left, left.c.mention == j.c.left)
        .join(right, right.c.mention == j.c.right)
        .where(j.c.verdict == "unsure", j.c.left_link.is_(None), left.c.active, right.c.active, ~outdated)
        .where(left.c.commitment != right.c.commitment)
        .order_by(j.c.score.desc(), j.c.id)
    )
    best: dict[tuple[int, int], Any] = {}
    decided = _decided(connection)
    for row in connection.execute(query):
        pair = (min(row.a, row.b), max(row.a, row.b))
        if pair not in decided:
            best.setdefault(pair, row)
    chosen = list(best.values())[:limit]
    sides = _sides(connection, [m for row in chosen for m in (row.left, row.right)])
    return [
        ReviewItem("pair", (sides[row.left], sides[row.right]), row.score, row.why, row.id)
        for row in chosen
        if row.left in sides and row.right in sides
    ]


def _decided(connection: Connection) -> set[tuple[int, int]]:
    """Pairs of commitments on which a person's verdict is in force."""
    spoken = [w for w in words(connection) if w.kind == "pair" and w.right is not None]
    if not spoken:
        return set()
    standings = load_links(connection, {a.link for w in spoken for a in (w.left, w.right) if a is not None})
    home = {one.id: one.commitment for one in standings}
    places = by_link(one for one in standings if one.active)
    out = set()
    for word in spoken:
        left, right = attach(word.left, places), attach(word.right, places) if word.right else None
        if left is not None and right is not None:
            a, b = home[left], home[right]
            if a is not None and b is not None:
                out.add((min(a, b), max(a, b)))
    return out


def _doubtful(connection: Connection, limit: int) -> list[ReviewItem]:
    v, c = t.version, t.current
    query = (
        select(v.c.mention, v.c.confidence)
        .join(c, (c.c.commitment == v.c.commitment) & (c.c.seq == v.c.seq))
        .where(v.c.confidence < DOUBTFUL_BELOW)
        .order_by(v.c.confidence, v.c.mention)
    )
    scores = {row.mention: row.confidence for row in connection.execute(query)}
    chosen = _unspoken(connection, scores)[:limit]
    sides = _sides(connection, chosen)
    return [
        ReviewItem("doubtful", (sides[m],), scores[m], f"read with a confidence of {scores[m]:.2f}")
        for m in chosen
        if m in sides
    ]


def doubts(connection: Connection, mentions: Collection[int]) -> dict[int, float]:
    """The confidence of those mentions that are doubtful and that nobody spoke of yet."""
    v = t.version
    scores: dict[int, float] = {}
    for part in chunks(sorted(set(mentions))):
        query = select(v.c.mention, v.c.confidence).where(v.c.mention.in_(part), v.c.confidence < DOUBTFUL_BELOW)
        scores |= {row.mention: row.confidence for row in connection.execute(query)}
    return {m: scores[m] for m in _unspoken(connection, scores)}


def _unspoken(connection: Connection, mentions: Collection[int]) -> list[int]:
    """Those that stand and that no person accepted, corrected or rejected, in the order given."""
    standings = load(connection, mentions)
    seen = _spoken_of(connection, standings.values())
    return [m for m in mentions if standings[m].active and m not in seen]


def _spoken_of(connection: Connection, standings: Iterable[Standing]) -> set[int]:
    """Mentions that a person accepted, corrected or rejected."""
    standings = list(standings)
    places = by_link(standings)
    found = {attach(w.left, places) for w in words(connection, places) if w.kind != "pair"}
    return {number for number in found if number is not None}


def _sides(connection: Connection, mentions: Sequence[int]) -> dict[int, Side]:
    proofs = evidences(connection, mentions)
    return {
        one.id: Side(one.id, public(one.commitment), one.mention.record, proofs[one.id])
        for one in load(connection, mentions).values()
        if one.commitment is not None
    }


def unattached(connection: Connection) -> list[tuple[int, str]]:
    """(judgement, what it said) for people's words in force that hold no passage of an active reading any more."""
    spoken = words(connection)
    links = {a.link for w in spoken for a in (w.left, w.right) if a is not None}
    standings = load_links(connection, links)
    running = active_extractions(connection, {one.extraction for one in standings})
    places = by_link(one for one in standings if one.extraction in running)
    return [
        (word.id, described(word))
        for word in spoken
        if any(a is not None and attach(a, places) is None for a in (word.left, word.right))
    ]


def described(word: Word) -> str:
    """A person's word in words."""
    at = f"{word.left.link} ({word.left.sum_key})"
    if word.kind == "pair" and word.right is not None:
        return f"{word.by}: {at} and {word.right.link} ({word.right.sum_key}) are {word.verdict}. {word.why}"
    if word.kind == "edit":
        return f"{word.by}: {word.field} of {at} is {word.value!r}. {word.why}"
    return f"{word.by}: {word.kind} {at}. {word.why}"


def say_pair(writer: Writer, left: int, right: int, verdict: Verdict) -> set[int]:
    """Appends a verdict; the mentions that it touches."""
    if verdict not in ("same", "different", "unsure"):
        raise _refused(f"{verdict!r} is not same, different or unsure")
    if left == right:
        raise _refused("these are one mention")
    found = _existing(writer, (left, right))
    _append(
        writer,
        kind="pair",
        left=left,
        right=right,
        verdict=verdict,
        score={"same": 1.0, "different": 0.0, "unsure": 0.5}[verdict],
        left_anchor=found[left].mention.anchor,
        right_anchor=found[right].mention.anchor,
    )
    return {left, right}


def say(writer: Writer, mention: int, kind: Literal["edit", "reject", "accept"], field: str | None, value: Any) -> str:
    """Appends a word on one mention; the link of its article."""
    one = _existing(writer, (mention,))[mention]
    checked = codec.checked_edit(field, value) if kind == "edit" and field is not None else None
    _append(writer, kind=kind, left=mention, left_anchor=one.mention.anchor, field=field, value=checked)
    return one.mention.link


def undo(writer: Writer, judgement: int) -> tuple[set[int], set[str]]:
    """Appends the taking back of a person's word; the mentions and links that it touches."""
    j = t.judgement
    row = writer.connection.execute(select(j).where(j.c.id == judgement)).first()
    if row is None or row.left_link is None:
        raise _refused(f"{judgement} is no person's word; only those are taken back")
    if judgement in undone_ids(writer.connection):
        raise _refused(f"{judgement} was taken back already")
    anchor = codec.unpack_anchor(row.left_anchor)
    right = codec.unpack_anchor(row.right_anchor) if row.right_anchor else None
    _append(
        writer, kind="undo", left=row.left, right=row.right, left_anchor=anchor, right_anchor=right, undoes=judgement
    )
    links = {a.link for a in (anchor, right) if a is not None}
    writer.flush()
    return {one.id for one in load_links(writer.connection, links) if one.active}, links


def say_relation(writer: Writer, parent: str, child: str, kind: RelationKind) -> set[int]:
    """Appends a relation between two commitments; the mentions that it touches. What would close a circle is refused."""
    if kind not in RELATIONS:
        raise _refused(f"{kind!r} is not {', '.join(RELATIONS)}")
    above, below = (_number(writer.connection, name) for name in (parent, child))
    if above == below:
        raise _refused(f"{parent} and {child} are one commitment")
    if below in _ancestors(writer.connection, above, kind):
        raise _refused(f"{parent} is itself {kind.replace('_', ' ')} {child}: that would be a circle")
    ends = [representative(writer.connection, number) for number in (above, below)]
    anchors = [one.mention.anchor for one in ends]
    writer.append(
        t.relation,
        id=writer.new_id(t.relation),
        kind=kind,
        parent_link=anchors[0].link,
        parent_anchor=codec.pack_anchor(anchors[0]),
        child_link=anchors[1].link,
        child_anchor=codec.pack_anchor(anchors[1]),
        by=writer.by,
        why=writer.why,
    )
    return {ends[1].id}


def undo_relation(writer: Writer, relation: int) -> set[int]:
    """Appends the taking back of a relation; the mentions that it touches."""
    r = t.relation
    row = writer.connection.execute(select(r).where(r.c.id == relation, r.c.undoes.is_(None))).first()
    if row is None or writer.connection.scalar(select(r.c.id).where(r.c.undoes == relation)) is not None:
        raise _refused(f"there is no relation {relation} in force")
    same = {name: getattr(row, name) for name in ("kind", "parent_link", "parent_anchor", "child_link", "child_anchor")}
    writer.append(r, id=writer.new_id(r), by=writer.by, why=writer.why, undoes=relation, **same)
    return {one.id for one in load_links(writer.connection, [row.child_link]) if one.active}


def relations(connection: Connection) -> list[Any]:
    """People's relations in force, oldest first."""
    r = t.relation
    undone = select(r.c.undoes).where(r.c.undoes.is_not(None))
    query = select(r).where(r.c.undoes.is_(None), r.c.id.not_in(undone)).order_by(r.c.id)
    return list(connection.execute(query))


def representative(connection: Connection, number: int) -> Standing:
    """The mention that speaks for a commitment in a judgement: its first."""
    s = t.standing
    members = load(connection, connection.scalars(select(s.c.mention).where(s.c.commitment == number, s.c.active)))
    if not members:
        raise _refused(f"{public(number)} was taken back")
    return next(iter(members.values()))


def members_of(connection: Connection, name: str) -> list[int]:
    """The active mentions of a commitment in order of date."""
    s = t.standing
    query = select(s.c.mention).where(s.c.commitment == _number(connection, name), s.c.active)
    found = list(load(connection, connection.scalars(query)))
    if not found:
        raise _refused(f"{name} was taken back")
    return found


def _number(connection: Connection, name: str) -> int:
    number = redirect(connection, number_of(name), None)
    if number is None:
        raise _refused(f"there is no commitment {name}")
    return number


def _ancestors(connection: Connection, number: int, kind: str) -> set[int]:
    found: set[int] = set()
    todo = {number}
    while todo:
        rows = connection.execute(states(None, None, sorted(todo))).mappings().all()
        found |= todo
        todo = {parent for row in rows for said, parent in row["links"] if said == kind} - found
    return found


def _existing(writer: Writer, mentions: Sequence[int]) -> dict[int, Standing]:
    found = load(writer.connection, mentions)
    missing = [number for number in mentions if number not in found]
    if missing:
        raise _refused(f"there is no mention {missing[0]}")
    return found


def _append(writer: Writer, *, left_anchor: Anchor, right_anchor: Anchor | None = None, **values: Any) -> None:
    writer.append(
        t.judgement,
        id=writer.new_id(t.judgement),
        by=writer.by,
        why=writer.why,
        left_link=left_anchor.link,
        left_anchor=codec.pack_anchor(left_anchor),
        right_link=right_anchor.link if right_anchor else None,
        right_anchor=codec.pack_anchor(right_anchor) if right_anchor else None,
        **values,
    )


def _refused(cause: str) -> LedgerError:
    return LedgerError("Reviewing", cause=cause, hint="Nothing was changed.")
