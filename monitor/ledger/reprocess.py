"""A new reader or extractor over the stored articles: kept as a second set, compared in words, then put to work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from monitor.ledger import codec, taking, upkeep
from monitor.ledger import tables as t
from monitor.ledger.anchors import sum_key
from monitor.ledger.fixing import Fixing
from monitor.ledger.mentions import article_from, load_links, raw_records
from monitor.ledger.settle import settle
from monitor.ledger.standings import active_extractions, restand
from monitor.ledger.writer import Writer
from monitor.model import Article, Record, Resolver, Totals

Extract = Callable[[Article], Sequence[Record]]
# The stored bytes and the article as it was read from them -> the article as it is read now.
Reread = Callable[[bytes, Article], Article]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a new set says otherwise of one article, a sentence each."""

    link: str
    title: str
    sentences: tuple[str, ...]


@dataclass(slots=True)
class Preview:
    """What putting a second set to work would change. `failed`: (link, reason) of articles that keep their old reading."""

    extractor: str
    articles: int = 0
    differences: list[Difference] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    before: Totals | None = None
    after: Totals | None = None
    lost_words: list[str] = field(default_factory=list)

    def add(self, difference: Difference | None) -> None:
        self.articles += 1
        if difference is not None:
            self.differences.append(difference)

    def sentences(self) -> list[str]:
        """The whole in plain words."""
        out = [f"{self.articles} articles read; {len(self.differences)} would be told otherwise."]
        for one in self.differences:
            out += [f"{one.title or one.link}: {said}" for said in one.sentences]
        out += [f"{link} keeps its old reading: {reason}" for link, reason in self.failed]
        if self.before is not None and self.after is not None:
            for name in ("itemised", "remainder", "headline"):
                was, is_ = getattr(self.before, name), getattr(self.after, name)
                if was != is_:
                    out.append(f"The {name} total goes from {_range(was)} to {_range(is_)} bn euro.")
        out += [f"A person's word would lose its passage: {said}" for said in self.lost_words]
        return out


def _range(pair: tuple[float, float]) -> str:
    low, high = (f"{value / 1e9:,.3f}" for value in pair)
    return low if low == high else f"{low}–{high}"


def current_readings(connection: Connection) -> list[Any]:
    """The reading in force of each article, copies left out, with the id of its run."""
    r, e = t.reading, t.extraction
    rows = connection.execute(
        select(r, e.c.id.label("run"), e.c.extractor).join(e, e.c.reading == r.c.id).order_by(r.c.id)
    ).all()
    running = active_extractions(connection, [row.run for row in rows])
    return [row for row in rows if row.run in running]


def add(
    writer: Writer,
    resolver: Resolver,
    row: Any,
    extract: Extract,
    extractor: str,
    reread: Reread | None,
    reader: str | None,
) -> Difference | None:
    """Reads one stored article anew and keeps the result beside the one in force; how they differ, None when not."""
    article = article_from(row)
    reading: int = row.id
    if reread is not None and reader is not None and reader != row.reader:
        raw = upkeep.content(writer.connection, row.blob)
        if raw is not None:
            new = codec.storable_article(reread(raw, article))
            if new != article:
                article = new
                reading = taking.add_reading(writer, article, raw, reader)
                writer.flush()
    existing = writer.connection.scalar(
        select(t.extraction.c.id).where(t.extraction.c.reading == reading, t.extraction.c.extractor == extractor)
    )
    before = [record for _, record in raw_records(writer.connection, row.run)]
    if existing is not None:
        return _compared(row, before, [record for _, record in raw_records(writer.connection, existing)])
    records = [codec.storable_record(record) for record in extract(article)]
    former = [one for one in load_links(writer.connection, [row.link]) if one.extraction == row.run]
    run = taking.add_extraction(writer, reading, extractor)
    day = former[0].mention.valid_from if former else row.published or writer.at.date()
    taking.add_mentions(writer, resolver, article, records, run, former, day)
    return _compared(row, before, records)


def _compared(row: Any, before: Sequence[Record], after: Sequence[Record]) -> Difference | None:
    """The difference of two readings, record by record; a statement is the same by its quote, else by its sum."""
    left, gone, changed = list(after), [], []
    for record in before:
        match = next((r for r in left if r == record), None) or _counterpart(record, left)
        if match is None:
            gone.append(record)
            continue
        left.remove(match)
        fields = [f for f in codec.EDITABLE if f != "restated" and getattr(record, f) != getattr(match, f)]
        fields += ["part_of"] if record.part_of != match.part_of else []
        if fields:
            said = "; ".join(f"{f} {_said(getattr(record, f))} becomes {_said(getattr(match, f))}" for f in fields)
            changed.append(f"{_titled(record)}: {said}")
    new = [f"found now: {_titled(record)}" for record in left]
    sentences = tuple([f"no longer found: {_titled(record)}" for record in gone] + new + changed)
    return Difference(row.link, row.title, sentences) if sentences else None


def _counterpart(record: Record, others: Sequence[Record]) -> Record | None:
    for other in others:
        if record.evidence and (record.evidence in other.evidence or other.evidence in record.evidence):
            return other
    return next((other for other in others if sum_key(other) == sum_key(record)), None)


def _titled(record: Record) -> str:
    return f"{', '.join(record.investor) or 'nobody named'} {sum_key(record)} («{record.evidence[:60]}»)"


def _said(value: Any) -> str:
    if value is None or value == ():
        return "nothing"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def activate(writer: Writer, resolver: Resolver, fixing: Fixing, extractor: str) -> int:
    """Puts the runs of an extractor to work in place of those in force; how many articles that changes."""
    inactive = _newest_runs(writer.connection, extractor)
    links = set()
    for row in current_readings(writer.connection):
        new = inactive.get((row.link, row.blob))
        if new is None or new == row.run:
            continue
        writer.append(t.activation, extraction=row.run, active=False)
        writer.append(t.activation, extraction=new, active=True)
        links.add(row.link)
    if links:
        settle(writer, resolver, fixing, restand(writer, resolver, links))
    return len(links)


def _newest_runs(connection: Connection, extractor: str) -> dict[tuple[str, str], int]:
    """The newest run of an extractor by (link, blob): one over a page that its paper edited since is no use."""
    r, e = t.reading, t.extraction
    query = (
        select(r.c.link, r.c.blob, e.c.id)
        .join(e, e.c.reading == r.c.id)
        .where(e.c.extractor == extractor)
        .order_by(e.c.id)
    )
    return {(row.link, row.blob): row.id for row in connection.execute(query)}
