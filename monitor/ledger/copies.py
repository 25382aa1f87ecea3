"""Wire copies: recognised before anything is extracted from them, kept as further sources of what the first one told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from monitor.errors import LedgerError
from monitor.ledger import signature
from monitor.ledger import tables as t
from monitor.ledger.mentions import article_from
from monitor.ledger.taking import add_reading, newest_reading, stored
from monitor.ledger.writer import Writer
from monitor.model import Article

# A text that returns later than this is told anew, by somebody who chose to.
COPIED_WITHIN = timedelta(days=7)
MOST_CANDIDATES = 20


def original(connection: Connection, article: Article) -> str | None:
    """The link of the stored article that this one reprints; the oldest when there are several."""
    for row in _candidates(connection, article):
        stored_article = article_from(row)
        if row.link != article.link and _near(row, article) and signature.is_copy(stored_article.full, article.full):
            return str(row.link)
    return None


def _candidates(connection: Connection, article: Article) -> list[Any]:
    r = t.reading
    first = r.c.copy_of.is_(None)
    equal = select(r).where(r.c.content_hash == signature.content_hash(article.full), first).order_by(r.c.id)
    found = list(connection.execute(equal.limit(MOST_CANDIDATES)))
    values = signature.signature(article.full)
    if values is not None:
        near = select(t.band.c.reading).where(t.band.c.band.in_(signature.bands(values))).distinct()
        query = select(r).where(r.c.id.in_(near), first).order_by(r.c.id).limit(MOST_CANDIDATES)
        found += list(connection.execute(query))
    return found


def _near(row: Any, article: Article) -> bool:
    if row.language != article.language:
        return False
    if row.published is None or article.published is None:
        return True
    return bool(abs(row.published - article.published) <= COPIED_WITHIN)


def add(writer: Writer, article: Article, of: str, raw: bytes, reader: str) -> None:
    """Appends a copy, once."""
    first = newest_reading(writer.connection, of)
    if first is None:
        raise LedgerError("Adding a copy of an article", subject=of, cause="the ledger has no article under this link")
    if stored(writer.connection, article, raw) is None:
        add_reading(writer, article, raw, reader, copy_of=first.copy_of or first.id)
