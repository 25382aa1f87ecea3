"""The log: lines for people in a terminal, one JSON object a line elsewhere; hostile text inert, secrets left out."""

from __future__ import annotations

import json
import logging
import os
import sys
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

HIDDEN = "[secret]"


def set_up(level: int = logging.INFO, *, secrets: Iterable[str | None] = (), form: str | None = None) -> None:
    """Logs to standard error. `form` is `text` or `json`; else MONITOR_LOG decides, else whether a person is there."""
    form = form or os.environ.get("MONITOR_LOG") or ("text" if sys.stderr.isatty() else "json")
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(secrets) if form == "json" else Lines(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Libraries tell of every request and every job they wait for.
    for noisy in ("httpx", "httpcore", "apscheduler", "trafilatura", "htmldate", "uvicorn.access", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class Lines(logging.Formatter):
    """`08:15:02 warning A paper: The server has a fault`."""

    def __init__(self, secrets: Iterable[str | None] = ()) -> None:
        super().__init__()
        self._secrets = tuple(sorted(_parts(secrets), key=len, reverse=True))

    def clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return "".join(c if c == "\n" or not unicodedata.category(c).startswith("C") else " " for c in text)

    def words(self, record: logging.LogRecord) -> str:
        text = record.getMessage().replace("\n", " ")
        return self.clean(f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text)

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        return f"{moment} {record.levelname.lower()} {self.words(record)}"


class JsonLines(Lines):
    """One object a line: at, level, room, message."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": moment, "level": record.levelname.lower(), "room": record.name, "message": self.words(record)}
        return json.dumps(line, ensure_ascii=False)


def _parts(secrets: Iterable[str | None]) -> set[str]:
    """The secrets as they may appear: whole, and the password of an address alone."""
    out: set[str] = set()
    for secret in secrets:
        if secret:
            out.add(secret)
            try:
                password = urlsplit(secret).password
            except ValueError:
                password = None
            if password:
                out.add(password)
    return {part for part in out if len(part) >= 4}
