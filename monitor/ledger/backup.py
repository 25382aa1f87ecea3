"""Backup and restore: every row of every table as JSON lines, compressed; the same from and to both databases."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Date, LargeBinary, Table, delete, func, insert, select

from monitor.errors import InputError, LedgerError, OutputError
from monitor.ledger import tables as t
from monitor.ledger.chain import plain
from monitor.ledger.columns import Utc
from monitor.ledger.schema import HEAD
from monitor.ledger.writer import Writer, chunks

KIND = "commitment-monitor ledger"
BATCH = 500


def save(connection: Connection, path: Path) -> int:
    """Writes a backup as of one moment, while others go on writing to the ledger; how many rows it holds.

    The file appears only when it is whole.
    """
    part = path.with_name(path.name + ".part")
    count = 0
    try:
        with gzip.open(part, "wt", encoding="utf-8", compresslevel=6) as out:
            out.write(json.dumps({"kind": KIND, "schema": HEAD}) + "\n")
            for table in (*t.LOG, *t.STATE):
                keys = list(table.primary_key.columns)
                result = connection.execute(select(table).order_by(*keys).execution_options(yield_per=BATCH))
                for row in result.mappings():
                    out.write(json.dumps([table.name, _packed(row)], ensure_ascii=True) + "\n")
                    count += 1
            out.write(json.dumps({"rows": count}) + "\n")
        part.replace(path)
    except OSError as error:
        raise OutputError("Writing a backup", subject=str(path), cause=error.strerror) from None
    return count


def _packed(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        key: base64.b64encode(value).decode() if isinstance(value, bytes) else _kept(value)
        for key, value in row.items()
        if value is not None
    }


def _kept(value: Any) -> Any:
    return value if isinstance(value, float) else plain(value) if isinstance(value, date | datetime) else value


def load(writer: Writer, path: Path) -> int:
    """Fills an empty ledger from a backup; how many rows. A torn or foreign file leaves the ledger empty."""
    connection = writer.connection
    connection.execute(delete(t.setting))
    for table in (*t.LOG, *t.STATE):
        if connection.scalar(select(func.count()).select_from(table)):
            raise LedgerError("Restoring a backup", cause="the ledger is not empty", hint="Give a new database.")
    count = 0
    waiting: tuple[Table, list[dict[str, Any]]] | None = None
    for table, row in _rows(path):
        if waiting is None or waiting[0] is not table or len(waiting[1]) >= BATCH:
            _put(connection, waiting)
            waiting = (table, [])
        waiting[1].append(row)
        count += 1
    _put(connection, waiting)
    return count


def _put(connection: Connection, waiting: tuple[Table, list[dict[str, Any]]] | None) -> None:
    if waiting is not None:
        for part in chunks(waiting[1]):
            connection.execute(insert(waiting[0]), list(part))


def _rows(path: Path) -> Iterator[tuple[Table, dict[str, Any]]]:
    count, end = 0, None
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            head = json.loads(next(lines, "null"))
            if not isinstance(head, dict) or head.get("kind") != KIND:
                raise InputError("Reading a backup", subject=str(path), cause="this is no backup of a ledger")
            if head.get("schema") != HEAD:
                cause = f"it has schema {head.get('schema')}, this program {HEAD}"
                raise InputError(
                    "Reading a backup", subject=str(path), cause=cause, hint="Use the version that wrote it."
                )
            for line in lines:
                value = json.loads(line)
                if isinstance(value, dict):
                    end = value.get("rows")
                    continue
                table = t.metadata.tables[value[0]]
                yield table, {column.name: _read(column.type, value[1].get(column.name)) for column in table.columns}
                count += 1
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise InputError("Reading a backup", subject=str(path), cause=error) from None
    if end != count:
        raise InputError("Reading a backup", subject=str(path), cause="the file is cut off")


def _read(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    if isinstance(kind, Utc):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return value
