"""`monitor db check`: is the log whole, is nothing altered, and do the state tables say what the log says?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, func, select

from monitor.ledger import refold, triggers
from monitor.ledger import tables as t
from monitor.ledger.chain import GENESIS, chained
from monitor.ledger.mentions import load
from monitor.ledger.standings import active_extractions
from monitor.model import Resolver


def check(connection: Connection, resolver: Resolver) -> list[str]:
    """What is wrong, a sentence each; nothing when all is well."""
    out = [*_integrity(connection), *_schema(connection), *_triggers(connection), *chain(connection)]
    out += [*_current(connection), *_standing(connection), *_keys(connection, resolver)]
    last = connection.scalar(select(func.coalesce(func.max(t.transaction.c.seq), 0))) or 0
    return out + refold.problems(connection, resolver, last)


def _integrity(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    return [f"the file is damaged: {line}" for line in found if line != "ok"]


def _schema(connection: Connection) -> list[str]:
    return [f"the schema differs from this program's: {difference}" for difference in schema_differences(connection)]


def schema_differences(connection: Connection) -> list[Any]:
    """What the migrations made otherwise than the models say."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, t.metadata))


def _triggers(connection: Connection) -> list[str]:
    missing = triggers.names(connection.dialect.name) - triggers.present(connection)
    return [f"the trigger {name} is gone: its table could be altered" for name in sorted(missing)]


def chain(connection: Connection) -> list[str]:
    """Where the log is not what it was when it was written."""
    tables = [table for table in t.LOG if table is not t.transaction]
    streams = {table.name: _grouped(connection, table) for table in tables}
    heads = {name: next(stream, None) for name, stream in streams.items()}
    previous, expected, out = GENESIS, 1, []
    for row in connection.execute(select(t.transaction).order_by(t.transaction.c.seq)).mappings():
        head = dict(row)
        stored = head.pop("hash")
        rows = []
        for name, stream in streams.items():
            while (found := heads[name]) is not None and found[0] <= row["seq"]:
                if found[0] == row["seq"]:
                    rows += found[1]
                else:
                    out.append(f"{name} holds rows of {found[0]}, which is no write")
                heads[name] = next(stream, None)
        if row["seq"] != expected:
            out.append(f"write {expected} is gone")
        if head["previous"] != previous or chained(previous, head, rows) != stored:
            out.append(f"write {row['seq']} of {row['at']:%Y-%m-%d %H:%M} was altered after it was written")
        previous, expected = stored, row["seq"] + 1
    out += [f"{name} holds rows of {found[0]}, which is no write" for name, found in heads.items() if found is not None]
    return out


def _grouped(connection: Connection, table: Table) -> Iterator[tuple[int, list[tuple[str, tuple[Any, ...], Any]]]]:
    keys = [column.name for column in table.primary_key.columns]
    query = select(table).order_by(table.c.seq).execution_options(yield_per=1000)
    for seq, rows in groupby(connection.execute(query).mappings(), key=lambda row: row["seq"]):
        yield seq, [(table.name, tuple(row[key] for key in keys), dict(row)) for row in rows]


def _current(connection: Connection) -> list[str]:
    r, c = t.revision, t.current
    newest = {
        row[0]: row[1] for row in connection.execute(select(r.c.commitment, func.max(r.c.seq)).group_by(r.c.commitment))
    }
    held = {row.commitment: row.seq for row in connection.execute(select(c))}
    wrong = sorted(n for n in newest.keys() | held.keys() if newest.get(n) != held.get(n))
    return [f"the index of newest revisions is wrong for c{number}" for number in wrong]


def _standing(connection: Connection) -> list[str]:
    m, s = t.membership, t.standing
    homes: dict[int, int | None] = {}
    for row in connection.execute(select(m).order_by(m.c.seq)):
        homes[row.mention] = row.commitment
    running = active_extractions(connection, connection.scalars(select(t.extraction.c.id)))
    out = []
    query = select(t.mention.c.id, t.mention.c.extraction, s.c.active, s.c.commitment).outerjoin(
        s, s.c.mention == t.mention.c.id
    )
    for row in connection.execute(query):
        if row.commitment != homes.get(row.id) or bool(row.active) != (row.commitment is not None):
            out.append(f"the standing of mention {row.id} is not what the log says")
        elif row.active and row.extraction not in running:
            out.append(f"mention {row.id} counts although its reading does not")
    return out


def _keys(connection: Connection, resolver: Resolver) -> list[str]:
    b = t.block_key
    held: dict[int, set[str]] = {}
    for row in connection.execute(select(b)):
        held.setdefault(row.mention, set()).add(row.key)
    active = list(connection.scalars(select(t.standing.c.mention).where(t.standing.c.active)))
    wanted = {number: set(resolver.keys(one.mention)) for number, one in load(connection, active).items()}
    wrong = sorted(n for n in wanted.keys() | held.keys() if wanted.get(n, set()) != held.get(n, set()))
    return [f"the block keys of mention {number} are not those of this program's recognition" for number in wrong]
