"""Whether the ledger's file is still the one that was opened.

SQLite does not notice when its file is deleted or replaced: it goes on writing into a file that nobody will find again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import LedgerError

if TYPE_CHECKING:
    from monitor.ledger import Ledger


class LedgerFile:
    """The file of an open ledger; a ledger on a server or in memory has none, and always passes."""

    def __init__(self, ledger: Ledger) -> None:
        url = ledger.engine.url
        in_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
        self._path = Path(url.database or "").absolute() if in_file else None
        self._opened = _identity(self._path) if self._path else None

    def check(self) -> None:
        """Raises LedgerError when the file was moved away, deleted or replaced. It passes again once it is put back."""
        if self._path is None:
            return
        found = _identity(self._path)
        if found is None:
            raise LedgerError(
                "Using the ledger",
                subject=str(self._path),
                cause="the file has gone from its place",
                hint="Put it back; or put a backup there and start again. Nothing is written meanwhile.",
            )
        if found != self._opened:
            raise LedgerError(
                "Using the ledger",
                subject=str(self._path),
                cause="another file has taken its place",
                hint="Start again to use that one, or put the old one back. Nothing is written meanwhile.",
            )


def _identity(path: Path) -> tuple[int, int] | None:
    """What stays the same while a file is the same; None when there is none, or none can be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
