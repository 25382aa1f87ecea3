"""Mentions as they stand: loading them, and applying people's words to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from monitor.ledger import anchors, codec
from monitor.ledger import tables as t
from monitor.ledger.writer import chunks
from monitor.model import Anchor, Article, Mention


@dataclass(frozen=True, slots=True)
class Standing:
    """A mention with what the ledger knows of it besides; `mention.record` has people's corrections in it."""

    mention: Mention
    extraction: int
    reading: int
    origin: int
    part_of: int | None
    active: bool
    commitment: int | None
    restated: float | None
    edited: bool

    @property
    def id(self) -> int:
        return self.mention.id


_COLUMNS = (
    t.mention.c.id,
    t.mention.c.extraction,
    t.mention.c.position,
    t.mention.c.valid_from,
    t.mention.c.record,
    t.mention.c.anchor,
    t.mention.c.part_of,
    t.mention.c.origin,
    t.extraction.c.reading,
    t.reading.c.link,
    t.reading.c.outlet,
    t.reading.c.trust,
    t.reading.c.language,
    t.reading.c.title,
    t.standing.c.active,
    t.standing.c.commitment,
    t.standing.c.record.label("edited_record"),
    t.standing.c.traits,
    t.standing.c.restated,
)


def load(connection: Connection, ids: Iterable[int]) -> dict[int, Standing]:
    """The mentions of these ids, in order of `Mention.key`."""
    out: list[Standing] = []
    for part in chunks(sorted(set(ids))):
        out += _fetch(connection, t.mention.c.id.in_(part))
    return {one.id: one for one in sorted(out, key=lambda s: s.mention.key)}


def load_links(connection: Connection, links: Iterable[str]) -> list[Standing]:
    """Every mention of these articles, active or not."""
    out: list[Standing] = []
    for part in chunks(sorted(set(links))):
        out += _fetch(connection, t.reading.c.link.in_(part))
    return sorted(out, key=lambda s: s.id)


def _fetch(connection: Connection, where: ColumnElement[bool]) -> list[Standing]:
    query = (
        select(*_COLUMNS)
        .join(t.extraction, t.extraction.c.id == t.mention.c.extraction)
        .join(t.reading, t.reading.c.id == t.extraction.c.reading)
        .join(t.standing, t.standing.c.mention == t.mention.c.id)
        .where(where)
    )
    return [_standing(row) for row in connection.execute(query)]


def _standing(row: Any) -> Standing:
    record = codec.unpack_record(row.edited_record if row.edited_record is not None else row.record)
    mention = Mention(
        id=row.id,
        record=record,
        link=row.link,
        index=row.position,
        valid_from=row.valid_from,
        outlet=row.outlet,
        trust=row.trust,
        language=row.language,
        title=row.title,
        anchor=codec.unpack_anchor(row.anchor),
        traits=row.traits,
    )
    return Standing(
        mention,
        row.extraction,
        row.reading,
        row.origin,
        row.part_of,
        bool(row.active),
        row.commitment,
        row.restated,
        row.edited_record is not None,
    )


def article_of(connection: Connection, reading: int) -> Article:
    """The article of a stored reading."""
    row = connection.execute(select(t.reading).where(t.reading.c.id == reading)).one()
    return article_from(row)


def article_from(row: Any) -> Article:
    return Article(
        link=row.link,
        title=row.title,
        text=row.text,
        language=row.language,
        published=row.published,
        outlet=row.outlet,
        trust=row.trust,
        partial=row.partial,
    )


def raw_records(connection: Connection, extraction: int) -> list[tuple[int, Any]]:
    """(mention id, record as extracted) of a run, in order."""
    query = (
        select(t.mention.c.id, t.mention.c.record)
        .where(t.mention.c.extraction == extraction)
        .order_by(t.mention.c.position)
    )
    return [(row.id, codec.unpack_record(row.record)) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Word:
    """A person's word that is in force: a row of `judgement` that nobody undid."""

    id: int
    kind: str
    verdict: str | None
    why: str
    by: str
    left: Anchor
    right: Anchor | None
    field: str | None
    value: Any


def words(connection: Connection, links: Iterable[str] | None = None) -> list[Word]:
    """People's words in force on articles (all of them when `links` is None), oldest first."""
    j = t.judgement
    columns = (j.c.id, j.c.kind, j.c.verdict, j.c.why, j.c.by, j.c.left_anchor, j.c.right_anchor, j.c.field, j.c.value)
    rows: dict[int, Any] = {}
    if links is None:
        rows = {row.id: row for row in connection.execute(select(*columns).where(j.c.left_link.is_not(None)))}
    else:
        for part in chunks(sorted(set(links))):
            for side in (j.c.left_link, j.c.right_link):
                rows.update({row.id: row for row in connection.execute(select(*columns).where(side.in_(part)))})
    undone = undone_ids(connection)
    return [_word(rows[number]) for number in sorted(rows) if number not in undone]


def _word(row: Any) -> Word:
    right = codec.unpack_anchor(row.right_anchor) if row.right_anchor else None
    left = codec.unpack_anchor(row.left_anchor)
    return Word(row.id, row.kind, row.verdict, row.why, row.by, left, right, row.field, row.value)


def undone_ids(connection: Connection) -> set[int]:
    """Judgements that were undone; an undo that was undone itself no longer counts."""
    j = t.judgement
    query = select(j.c.id, j.c.undoes).where(j.c.left_link.is_not(None), j.c.undoes.is_not(None))
    undone: set[int] = set()
    # Sorted here: asked to do it, SQLite reads every judgement that there is instead of the index of people's words.
    for row in sorted(connection.execute(query), key=attrgetter("id"), reverse=True):
        if row.id not in undone:
            undone.add(row.undoes)
    return undone


def attach(anchor: Anchor, by_link: Mapping[str, Sequence[tuple[int, Anchor]]]) -> int | None:
    """The mention that an anchor holds among those of its article."""
    return anchors.find(anchor, by_link.get(anchor.link, ()))


def by_link(standings: Iterable[Standing]) -> dict[str, list[tuple[int, Anchor]]]:
    """(id, anchor) of mentions by article, newest first: of two readings of one statement the newer is meant."""
    out: dict[str, list[tuple[int, Anchor]]] = defaultdict(list)
    for one in sorted(standings, key=lambda s: -s.id):
        out[one.mention.link].append((one.id, one.mention.anchor))
    return out


def valid_from(article: Article, today: date) -> date:
    """The world's date of what an article tells: its own, or the day on which it was read when it bears none."""
    return article.published or today
