"""What readers say is wrong, kept in a file until a person has looked at it: one JSON object a line."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from monitor.errors import OutputError

# A page that anybody can write to must not fill the disk.
MOST = 4_000_000


def add(folder: Path, commitment: str, what: str, at: datetime) -> None:
    """Appends a report to `reports.jsonl`. Raises OutputError, also when the file has grown beyond reason."""
    path = folder / "reports.jsonl"
    line = json.dumps({"at": at.isoformat(), "commitment": commitment, "what": what}, ensure_ascii=True) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > MOST:
            raise OutputError(
                "Keeping a report", subject=str(path), cause="the file is full", hint="Read and empty it."
            )
        # one write with O_APPEND: two reports at once never mix
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OutputError("Keeping a report", subject=str(path), cause=error.strerror or error) from error


def count(folder: Path) -> int:
    """How many reports wait."""
    path = folder / "reports.jsonl"
    try:
        with path.open("rb") as file:
            return sum(1 for line in file if line.strip())
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise OutputError("Reading the reports", subject=str(path), cause=error.strerror or error) from error
