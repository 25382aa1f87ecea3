"""The hash chain over the log: each transaction's hash covers its rows and the hash before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from monitor.ledger.columns import canonical

GENESIS = "0" * 64


def chained(
    previous: str, head: Mapping[str, Any], rows: Iterable[tuple[str, tuple[Any, ...], Mapping[str, Any]]]
) -> str:
    """The hash of a transaction. `head` is its own row without `hash`; a row is (table, primary key, values)."""
    digest = hashlib.sha256(previous.encode())
    digest.update(canonical(plain(head)).encode("utf-8", "surrogatepass"))
    for table, _, values in sorted(rows, key=lambda row: (row[0], [str(plain(part)) for part in row[1]])):
        digest.update(b"\n" + table.encode() + b" ")
        digest.update(canonical(plain(values)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def plain(value: Any) -> Any:
    """A value in a form that both databases give back alike."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value
