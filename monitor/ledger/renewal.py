"""When recognition itself changed: everything is described, judged and folded anew, with cause `reprocess`.

Otherwise the next article would move old commitments for a reason that is not its own.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from monitor.ledger import codec
from monitor.ledger import tables as t
from monitor.ledger.fixing import Fixing
from monitor.ledger.mentions import attach, by_link, load_links, words
from monitor.ledger.settle import settle
from monitor.ledger.standings import active_extractions, described, index, judge
from monitor.ledger.writer import Writer, chunks
from monitor.model import Resolver

NAME = "recognition"


def version(connection: Connection) -> str | None:
    """The version of recognition that the state tables were made with."""
    return connection.scalar(select(t.setting.c.value).where(t.setting.c.name == NAME))


def renew(writer: Writer, resolver: Resolver, fixing: Fixing) -> None:
    """Brings every mention and commitment to this version of recognition; nothing when they are there already."""
    if version(writer.connection) == resolver.version:
        return
    _describe(writer, resolver)
    active = list(writer.connection.scalars(select(t.standing.c.mention).where(t.standing.c.active)))
    for part in chunks(active):
        index(writer, resolver, part)
    for part in chunks(active):
        judge(writer, resolver, part)
        writer.flush()
    settle(writer, resolver, fixing, active)
    note_version(writer.connection, resolver)


def note_version(connection: Connection, resolver: Resolver) -> None:
    connection.execute(delete(t.setting).where(t.setting.c.name == NAME))
    connection.execute(insert(t.setting), [{"name": NAME, "value": resolver.version}])


def _describe(writer: Writer, resolver: Resolver) -> None:
    r, e = t.reading, t.extraction
    rows = writer.connection.execute(select(r.c.link, e.c.id, e.c.reading).join(e, e.c.reading == r.c.id)).all()
    for row in rows:
        edits = _edits(writer.connection, row.link, row.id)
        for mention, record, changed, traits in described(writer.connection, resolver, row.id, row.reading, edits):
            values = {"traits": traits, "record": codec.pack_record(record) if changed else None}
            writer.connection.execute(update(t.standing).where(t.standing.c.mention == mention).values(**values))


def _edits(connection: Connection, link: str, extraction: int) -> dict[int, dict[str, object]]:
    """People's corrections in force on the mentions of a run, if it is the one in force."""
    spoken = [word for word in words(connection, [link]) if word.kind == "edit"]
    if not spoken or extraction not in active_extractions(connection, [extraction]):
        return {}
    places = by_link(one for one in load_links(connection, [link]) if one.extraction == extraction)
    out: dict[int, dict[str, object]] = {}
    for word in spoken:
        mention = attach(word.left, places)
        if mention is not None:
            out.setdefault(mention, {})[word.field or ""] = word.value
    return out
