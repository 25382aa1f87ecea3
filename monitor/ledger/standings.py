"""Which mentions count, with which words: activations and people's edits and rejections applied, pairs judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from monitor.ledger import codec
from monitor.ledger import tables as t
from monitor.ledger.mentions import Standing, Word, article_of, attach, by_link, load, load_links, raw_records, words
from monitor.ledger.writer import Writer, chunks
from monitor.model import Judgement, Record, Resolver


@dataclass(slots=True)
class _Wanted:
    """How a mention should stand."""

    active: bool
    edits: dict[str, Any] = field(default_factory=dict)
    record: Record | None = None
    traits: dict[str, Any] | None = None


def restand(writer: Writer, resolver: Resolver, links: Iterable[str]) -> set[int]:
    """Brings the standing of every mention of these articles up to date; the ids of those whose standing changed."""
    writer.flush()
    links = set(links)
    standings = load_links(writer.connection, links)
    running = active_extractions(writer.connection, {one.extraction for one in standings})
    wanted = {one.id: _Wanted(one.extraction in running) for one in standings}
    places = by_link([one for one in standings if one.extraction in running])
    for word in words(writer.connection, links):
        _apply(word, places, wanted)
    _describe(writer, resolver, standings, wanted)
    changed = {one.id for one in standings if _store(writer, one, wanted[one.id])}
    index(writer, resolver, changed)
    judge(writer, resolver, changed)
    return changed


def active_extractions(connection: Connection, extractions: Iterable[int]) -> set[int]:
    """Those whose newest activation says so."""
    newest: dict[int, bool] = {}
    a = t.activation
    for part in chunks(sorted(set(extractions))):
        query = select(a.c.extraction, a.c.active).where(a.c.extraction.in_(part)).order_by(a.c.seq)
        newest.update({row.extraction: row.active for row in connection.execute(query)})
    return {extraction for extraction, active in newest.items() if active}


def _apply(word: Word, places: dict[str, list[tuple[int, Any]]], wanted: dict[int, _Wanted]) -> None:
    if word.kind not in ("edit", "reject"):
        return
    mention = attach(word.left, places)
    if mention is None:
        return
    if word.kind == "reject":
        wanted[mention].active = False
    else:
        wanted[mention].edits[word.field or ""] = word.value


def _describe(writer: Writer, resolver: Resolver, standings: Sequence[Standing], wanted: dict[int, _Wanted]) -> None:
    """Records and traits where somebody edits, or did before; the traits of a whole article are made together."""
    touched = [one for one in standings if one.edited or wanted[one.id].edits]
    for extraction, reading in {one.extraction: one.reading for one in touched}.items():
        edits = {one.id: wanted[one.id].edits for one in standings if one.extraction == extraction}
        for mention, record, changed, trait in described(writer.connection, resolver, extraction, reading, edits):
            wanted[mention].traits = trait
            wanted[mention].record = record if changed else None


def described(
    connection: Connection, resolver: Resolver, extraction: int, reading: int, edits: Mapping[int, Mapping[str, Any]]
) -> list[tuple[int, Record, bool, dict[str, Any]]]:
    """(mention, record, whether a person's correction changed that, traits) for each mention of a run."""
    rows = raw_records(connection, extraction)
    records = [codec.edited(record, edits.get(mention, {})) for mention, record in rows]
    traits = resolver.describe(article_of(connection, reading), records)
    return [
        (mention, record, record != raw, trait)
        for (mention, raw), record, trait in zip(rows, records, traits, strict=True)
    ]


def _store(writer: Writer, one: Standing, wanted: _Wanted) -> bool:
    """Writes a standing that changed. Its commitment is settled later."""
    new: dict[str, Any] = {"active": wanted.active, "restated": wanted.edits.get("restated")}
    if wanted.traits is not None:
        new["traits"] = wanted.traits
        new["record"] = codec.pack_record(wanted.record) if wanted.record else None
    s = t.standing
    row = writer.connection.execute(select(s).where(s.c.mention == one.id)).one()
    if {name: getattr(row, name) for name in new} == new:
        return False
    writer.connection.execute(update(s).where(s.c.mention == one.id).values(**new))
    return True


def index(writer: Writer, resolver: Resolver, ids: Iterable[int]) -> None:
    """Renews the block keys of mentions; inactive ones have none."""
    standings = load(writer.connection, ids)
    for part in chunks(list(standings)):
        writer.connection.execute(delete(t.block_key).where(t.block_key.c.mention.in_(part)))
    rows = [
        {"key": key, "mention": one.id}
        for one in standings.values()
        if one.active
        for key in sorted(resolver.keys(one.mention))
    ]
    if rows:
        writer.connection.execute(insert(t.block_key), rows)


def judge(writer: Writer, resolver: Resolver, ids: Iterable[int]) -> None:
    """Judges every pair of one of these mentions and an active one that shares a block key with it, once."""
    subjects = {number: one for number, one in load(writer.connection, ids).items() if one.active}
    partners = {number: _partners(writer, number) for number in subjects}
    others = load(writer.connection, {other for found in partners.values() for other in found})
    done: set[tuple[int, int]] = set()
    for number, one in subjects.items():
        stored = engine_verdicts(writer, number)
        for other in sorted(partners[number] | stored.keys()):
            pair = (min(number, other), max(number, other))
            if pair in done:
                continue
            done.add(pair)
            if other in partners[number]:
                found = resolver.judge(one.mention, others[other].mention)
            elif stored[other].verdict != "different":
                found = Judgement(*pair, "different", 0.0, "after a correction they have no block key in common")
            else:
                continue
            if other not in stored or (found.verdict, found.score) != (stored[other].verdict, stored[other].score):
                _append(writer, pair, found)


def _partners(writer: Writer, mention: int) -> set[int]:
    b = t.block_key
    own = select(b.c.key).where(b.c.mention == mention)
    query = select(b.c.mention).where(b.c.key.in_(own), b.c.mention != mention).distinct()
    return set(writer.connection.scalars(query))


def engine_verdicts(writer: Writer, mention: int) -> dict[int, Judgement]:
    """The engine's newest verdict on each pair with this mention, by the other one."""
    j = t.judgement
    out: dict[int, tuple[int, Judgement]] = {}
    for side, other in ((j.c.left, j.c.right), (j.c.right, j.c.left)):
        query = select(j.c.id, other.label("other"), j.c.verdict, j.c.score, j.c.why).where(
            side == mention, j.c.left_link.is_(None)
        )
        for row in writer.connection.execute(query):
            if row.other not in out or out[row.other][0] < row.id:
                out[row.other] = (row.id, Judgement(mention, row.other, row.verdict, row.score, row.why))
    return {other: verdict for other, (_, verdict) in out.items()}


def _append(writer: Writer, pair: tuple[int, int], found: Judgement) -> None:
    writer.append(
        t.judgement,
        id=writer.new_id(t.judgement),
        kind="pair",
        left=pair[0],
        right=pair[1],
        verdict=found.verdict,
        score=float(found.score),
        by="engine",
        why=found.why,
    )


def verdicts(writer: Writer, standings: dict[int, Standing]) -> list[Judgement]:
    """One judgement for each judged pair among active mentions: a person's where there is one, else the engine's."""
    active = {number for number, one in standings.items() if one.active}
    found: dict[tuple[int, int], tuple[int, Judgement]] = {}
    j = t.judgement
    columns = (j.c.id, j.c.left, j.c.right, j.c.verdict, j.c.score, j.c.why)
    for part in chunks(sorted(active)):
        query = select(*columns).where(j.c.left.in_(part), j.c.kind == "pair", j.c.left_link.is_(None))
        for row in writer.connection.execute(query):
            pair = (row.left, row.right)
            if row.right in active and (pair not in found or found[pair][0] < row.id):
                found[pair] = (row.id, Judgement(row.left, row.right, row.verdict, row.score, row.why))
    out = {pair: verdict for pair, (_, verdict) in found.items()}
    for left, right, word in person_pairs(writer, standings.values()):
        if left in active and right in active:
            pair = (min(left, right), max(left, right))
            score = {"same": 1.0, "different": 0.0}.get(word.verdict or "", 0.5)
            out[pair] = Judgement(*pair, word.verdict or "unsure", score, word.why, word.by)  # type: ignore[arg-type]
    return [out[pair] for pair in sorted(out)]


def person_pairs(writer: Writer, standings: Iterable[Standing]) -> list[tuple[int, int, Word]]:
    """(left, right, word) for people's verdicts on pairs that touch these mentions' articles, where both attach."""
    spoken = [w for w in words(writer.connection, {s.mention.link for s in standings}) if w.kind == "pair"]
    if not spoken:
        return []
    links = {a.link for w in spoken for a in (w.left, w.right) if a is not None}
    places = by_link([one for one in load_links(writer.connection, links) if one.active])
    out = []
    for word in spoken:
        left = attach(word.left, places)
        right = attach(word.right, places) if word.right else None
        if left is not None and right is not None and left != right:
            out.append((left, right, word))
    return out


def neighbours(writer: Writer, standings: Iterable[Standing]) -> set[int]:
    """Mentions that were ever judged likelier the same as one of these than not, or bear the same commitment."""
    standings = list(standings)
    ids = sorted(one.id for one in standings)
    out: set[int] = set()
    j = t.judgement
    for part in chunks(ids):
        for side, other in ((j.c.left, j.c.right), (j.c.right, j.c.left)):
            likely = (j.c.verdict.in_(("same", "unsure")), j.c.score > 0.5)
            query = select(other).where(side.in_(part), *likely, j.c.left_link.is_(None))
            out.update(number for number in writer.connection.scalars(query) if number is not None)
    for left, right, word in person_pairs(writer, standings):
        if word.verdict == "same":
            out |= {left, right}
    commitments = sorted({one.commitment for one in standings if one.commitment is not None})
    for part in chunks(commitments):
        query = select(t.standing.c.mention).where(t.standing.c.commitment.in_(part))
        out.update(writer.connection.scalars(query))
    return out
