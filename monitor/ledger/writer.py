"""One write: rows collected, numbered under the write lock, chained and committed together, or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select

from monitor.errors import LedgerError, LostLeadError
from monitor.ledger import tables as t
from monitor.ledger.chain import GENESIS, chained
from monitor.ledger.engine import writing

LEADER = "leader"


class Writer:
    """The open write. Rows of the log go through `append`; state tables are written directly on `connection`.

    `seq` is the number that this write will have if it appends anything; a write that appends nothing leaves none.
    """

    def __init__(self, connection: Connection, now: datetime, cause: str, by: str, why: str, epoch: int | None) -> None:
        last = connection.execute(
            select(t.transaction.c.seq, t.transaction.c.at, t.transaction.c.hash)
            .order_by(t.transaction.c.seq.desc())
            .limit(1)
        ).first()
        self.connection = connection
        self.seq: int = last.seq + 1 if last else 1
        # A clock that was set back never makes a later write look earlier.
        self.at: datetime = max(now, last.at) if last else now
        self.cause = cause
        self.by = by
        self.why = why
        self.epoch = epoch
        self._previous: str = last.hash if last else GENESIS
        self._written: list[tuple[str, tuple[Any, ...], Mapping[str, Any]]] = []
        self._waiting: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._ids: dict[str, int] = {}

    def append(self, table: Table, **values: Any) -> None:
        """One row of the log; the seq is set here. It is in the database after `flush`."""
        row = {column.name: values.pop(column.name, None) for column in table.columns if column.name != "seq"}
        if values:
            raise TypeError(f"no such columns in {table.name}: {', '.join(values)}")
        row["seq"] = self.seq
        key = tuple(row[column.name] for column in table.primary_key.columns)
        self._written.append((table.name, key, row))
        self._waiting[table.name].append(row)

    def new_id(self, table: Table) -> int:
        """The next id of a table; ids are given under the write lock, so none is given twice."""
        if table.name not in self._ids:
            self._ids[table.name] = self.connection.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0
        self._ids[table.name] += 1
        return self._ids[table.name]

    def flush(self) -> None:
        """Sends what was appended, so that it can be read in this write."""
        for name, rows in self._waiting.items():
            if rows:
                self.connection.execute(insert(t.metadata.tables[name]), rows)
        self._waiting.clear()

    @property
    def wrote(self) -> bool:
        return bool(self._written)

    def finish(self) -> None:
        """Writes the row of the transaction itself."""
        self.flush()
        if not self._written:
            return
        head = {
            "seq": self.seq,
            "at": self.at,
            "cause": self.cause,
            "by": self.by,
            "why": self.why,
            "epoch": self.epoch,
            "previous": self._previous,
        }
        digest = chained(self._previous, head, self._written)
        self.connection.execute(insert(t.transaction), [{**head, "hash": digest}])


@contextmanager
def write(
    engine: Engine, now: datetime, *, cause: str, by: str = "engine", why: str = "", epoch: int | None = None
) -> Iterator[Writer]:
    """A write that holds the one write lock until it is committed.

    With an `epoch` the lease must still bear it: an instance that lost its lead cannot commit (LostLeadError).
    """
    if now.tzinfo is None:
        raise LedgerError("Writing to the ledger", cause=f"the clock gave a moment without a zone: {now}")
    with writing(engine) as connection:
        if epoch is not None:
            check_lead(connection, epoch)
        writer = Writer(connection, now, cause, by, why, epoch)
        yield writer
        writer.finish()


def check_lead(connection: Connection, epoch: int) -> None:
    held = connection.scalar(select(t.lease.c.epoch).where(t.lease.c.name == LEADER))
    if held != epoch:
        raise LostLeadError(
            "Writing to the ledger",
            cause=f"another instance leads (epoch {held}, ours was {epoch})",
            hint="This instance goes back to standby.",
        )


def chunks(values: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Slices short enough for one statement's parameters."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
