"""Taking an article into the ledger, once."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select

from monitor.errors import LedgerError
from monitor.ledger import anchors, codec
from monitor.ledger import tables as t
from monitor.ledger.fixing import Fixing
from monitor.ledger.mentions import Standing, load_links, valid_from
from monitor.ledger.settle import Settled, settle
from monitor.ledger.standings import active_extractions, restand
from monitor.ledger.writer import Writer
from monitor.model import Anchor, Article, Cause, Event, Mention, Record, Resolver


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record of an article, as told when it came. `commitment` is an id as people see it."""

    mention: int
    record: Record
    commitment: str
    event: Event
    also: tuple[Event, ...]
    cause: Cause
    why: str


def public(number: int) -> str:
    """A commitment's id as people see it."""
    return f"c{number}"


def number_of(public_id: str) -> int:
    """The inverse of `public`; a LedgerError for anything else."""
    if public_id[:1] == "c" and public_id[1:].isascii() and public_id[1:].isdigit() and len(public_id) < 12:
        return int(public_id[1:])
    raise LedgerError("Looking for a commitment", subject=public_id, cause="ids look like c17")


def stored(connection: Connection, article: Article, raw: bytes) -> int | None:
    """The reading of this article that is stored already: the newest of its link when the bytes or the words are the
    same as then."""
    row = newest_reading(connection, article.link)
    if row is None:
        return None
    same_words = (row.title, row.text, row.published) == (article.title, article.text, article.published)
    return row.id if row.blob == digest(raw) or same_words else None


def newest_reading(connection: Connection, link: str) -> Any:
    r = t.reading
    return connection.execute(select(r).where(r.c.link == link).order_by(r.c.id.desc()).limit(1)).first()


def digest(raw: bytes) -> str:
    return sha256(raw).hexdigest()


def cause_of(
    connection: Connection, article: Article, reader: str, today: date, late_after: int, asked: Cause | None
) -> Cause:
    """Why an article that is not stored yet comes in."""
    if asked is not None:
        return asked
    former = newest_reading(connection, article.link)
    if former is not None:
        # Another reader may find other words in a page that did not change.
        return "source_correction" if former.reader == reader else "reprocess"
    if article.published is not None and today - article.published > timedelta(days=late_after):
        return "late"
    return "news"


def take(
    writer: Writer,
    resolver: Resolver,
    fixing: Fixing,
    article: Article,
    records: Sequence[Record],
    raw: bytes,
    reader: str,
    extractor: str,
    today: date,
) -> None:
    """Appends an article that is not stored yet, its mentions, and what they change."""
    known = load_links(writer.connection, [article.link])
    running = active_runs(writer.connection, article.link)
    former = [one for one in known if one.extraction in running]
    reading = add_reading(writer, article, raw, reader)
    extraction = add_extraction(writer, reading, extractor)
    for old in sorted(running):
        writer.append(t.activation, extraction=old, active=False)
    writer.append(t.activation, extraction=extraction, active=True)
    own = add_mentions(writer, resolver, article, records, extraction, former, today)
    changed = restand(writer, resolver, [article.link])
    settled = settle(writer, resolver, fixing, changed)
    tell(writer, own, settled)


def active_runs(connection: Connection, link: str) -> set[int]:
    """The runs in force over an article; those that found nothing too."""
    e, r = t.extraction, t.reading
    query = select(e.c.id).join(r, r.c.id == e.c.reading).where(r.c.link == link)
    return active_extractions(connection, connection.scalars(query))


def add_reading(writer: Writer, article: Article, raw: bytes, reader: str, copy_of: int | None = None) -> int:
    """Appends a reading with its blob and its near-duplicate signature."""
    from monitor.ledger import signature  # numpy, which reading the ledger does not need

    add_blob(writer.connection, raw, writer.at)
    number = writer.new_id(t.reading)
    writer.append(
        t.reading,
        id=number,
        blob=digest(raw),
        link=article.link,
        reader=reader,
        title=article.title,
        text=article.text,
        language=article.language,
        published=article.published,
        outlet=article.outlet,
        trust=article.trust,
        partial=article.partial,
        content_hash=signature.content_hash(article.full),
        copy_of=copy_of,
    )
    values = signature.signature(article.full) if copy_of is None else None
    if values is not None:
        rows = [{"band": band, "reading": number} for band in sorted(set(signature.bands(values)))]
        writer.connection.execute(insert(t.band), rows)
    return number


def add_blob(connection: Connection, raw: bytes, at: datetime) -> None:
    if connection.scalar(select(t.blob.c.hash).where(t.blob.c.hash == digest(raw))) is None:
        connection.execute(insert(t.blob), [packed(raw, at)])


def packed(raw: bytes, at: datetime) -> dict[str, Any]:
    """The row of a blob."""
    content = zlib.compress(raw, 6)
    return {"hash": digest(raw), "content": content, "size": len(raw), "stored": len(content), "added_at": at}


def add_extraction(writer: Writer, reading: int, extractor: str) -> int:
    number = writer.new_id(t.extraction)
    writer.append(t.extraction, id=number, reading=reading, extractor=extractor)
    return number


def add_mentions(
    writer: Writer,
    resolver: Resolver,
    article: Article,
    records: Sequence[Record],
    extraction: int,
    former: Sequence[Standing],
    today: date,
) -> list[int]:
    """Appends the records of an article. A statement that `former` readings held keeps its origin."""
    check_evidence(article, records)
    traits = resolver.describe(article, records)
    places = anchors.anchors(article.link, records)
    ids = [writer.new_id(t.mention) for _ in records]
    day = valid_from(article, today)
    new = [
        Mention(
            ids[at],
            record,
            article.link,
            at,
            day,
            article.outlet,
            article.trust,
            article.language,
            article.title,
            places[at],
            traits[at],
        )
        for at, record in enumerate(records)
    ]
    origins = succession(resolver, former, new)
    for at, record in enumerate(records):
        parent = record.part_of
        writer.append(
            t.mention,
            id=ids[at],
            extraction=extraction,
            position=at,
            valid_from=day,
            record=codec.pack_record(record),
            anchor=codec.pack_anchor(places[at]),
            part_of=ids[parent] if parent is not None and 0 <= parent < len(ids) and parent != at else None,
            origin=origins.get(ids[at], ids[at]),
        )
    if ids:
        rows = [
            {"mention": number, "active": False, "traits": trait} for number, trait in zip(ids, traits, strict=True)
        ]
        writer.connection.execute(insert(t.standing), rows)
    return ids


def check_evidence(article: Article, records: Sequence[Record]) -> None:
    """Refuses a record whose quote does not stand in the article, and spans outside of it."""
    full = article.full
    for record in records:
        if not record.evidence or record.evidence not in full:
            raise LedgerError(
                "Taking a record",
                subject=article.link,
                cause=f"its quote is not in the article: {record.evidence[:80]!r}",
            )
        for role, span in record.spans:
            if not 0 <= span.start < span.end <= len(full):
                raise LedgerError(
                    "Taking a record", subject=article.link, cause=f"its span of {role} is outside the text"
                )


def succession(resolver: Resolver, former: Sequence[Standing], new: Sequence[Mention]) -> dict[int, int]:
    """The origin of each new mention that tells what a former reading of the article told: by anchor, then by
    recognition (a paper that corrects a sum still speaks of the same commitment)."""
    out: dict[int, int] = {}
    free = {one.id: one for one in former}
    for mention in new:
        places: list[tuple[int, Anchor]] = [(one.id, one.mention.anchor) for one in free.values()]
        found = anchors.find(mention.anchor, places)
        if found is not None:
            out[mention.id] = free.pop(found).origin
    pairs = []
    for mention in new:
        for old in free.values():
            if mention.id in out:
                continue
            # Two statements of one article are told apart by it; the former one stands for another article here.
            verdict = resolver.judge(replace(old.mention, link=f"{old.mention.link}#former"), mention)
            if verdict.verdict == "same":
                pairs.append((-verdict.score, old.mention.index, mention.index, old.id, mention.id))
    for _, _, _, before, after in sorted(pairs):
        if before in free and after not in out:
            out[after] = free.pop(before).origin
    return out


def tell(writer: Writer, mentions: Sequence[int], settled: Settled) -> None:
    """Appends what is told of new mentions. One that a person's word rejects at once is not told."""
    for mention in mentions:
        number = settled.commitments.get(mention)
        if number is None:
            continue
        step = settled.steps[mention]
        writer.append(
            t.outcome, mention=mention, commitment=number, event=step.event, also=list(step.also), why=step.why
        )


def outcomes(connection: Connection, link: str, writer: Writer | None = None) -> list[Outcome]:
    """What was told of the newest article under this link; of a write that is still open, what it tells itself, which is
    nothing when a person's word rejects all that the article says now."""
    m, o = t.mention, t.outcome
    query = (
        select(m.c.id, m.c.extraction, m.c.record, o.c.commitment, o.c.event, o.c.also, o.c.why, t.transaction.c.cause)
        .join(t.extraction, t.extraction.c.id == m.c.extraction)
        .join(t.reading, t.reading.c.id == t.extraction.c.reading)
        .join(o, o.c.mention == m.c.id)
        .outerjoin(t.transaction, t.transaction.c.seq == o.c.seq)
        .where(t.reading.c.link == link)
        .order_by(m.c.id)
    )
    if writer is not None:
        query = query.where(o.c.seq == writer.seq)
    rows = connection.execute(query).all()
    newest = max((row.extraction for row in rows), default=None)
    cause: Any = writer.cause if writer else ""
    return [
        Outcome(
            row.id,
            codec.unpack_record(row.record),
            public(row.commitment),
            row.event,
            tuple(row.also),
            row.cause or cause,
            row.why,
        )
        for row in rows
        if row.extraction == newest
    ]
