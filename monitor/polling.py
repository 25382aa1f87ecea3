"""What is known of a source between polls, and what follows from each poll. Pure: data in, data out.

A server's validators are kept only when every entry of its page is settled: read, or given up on. Until then the page is
asked for in full again, so that a crash or a failed article costs a request and never an article.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from monitor.errors import FetchError, MonitorError
from monitor.links import canonical
from monitor.model import Entry, Page, Request, Source
from monitor.schedule import next_pace, next_poll

# How many entries of a page are looked at, and how many of them are read in one poll; the others wait for the next.
CONSIDERED = 500
READ_A_POLL = 25
# After so many polls in which an article could not be had, what the source itself says of it must do.
TRIES = 3


@dataclass(frozen=True, slots=True)
class SourceState:
    """`seen` holds the keys of the settled entries on the page, `tries` how often an entry's article was not to be had.

    `pace` is in seconds; `reason` is empty unless the last poll failed. `url` is the address that all this is true of.
    """

    url: str = ""
    etag: str | None = None
    last_modified: str | None = None
    pace: float | None = None
    next_poll: datetime | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    failures: int = 0
    reason: str = ""
    gone: bool = False
    moved_to: str | None = None
    seen: tuple[str, ...] = ()
    tries: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            key: value.isoformat() if isinstance(value, datetime) else list(value) if key == "seen" else value
            for key, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None, source: Source) -> SourceState:
        """The state of a source; a fresh one when nothing is known or its address was changed in the settings."""
        if not data or data.get("url") != source.url:
            return cls(url=source.url)
        values = {key: value for key, value in data.items() if key in cls.__dataclass_fields__}
        for key in ("next_poll", "polled_at", "succeeded_at"):
            values[key] = datetime.fromisoformat(values[key]) if values.get(key) else None
        return cls(**{**values, "seen": tuple(values.get("seen") or ())})


def request(source: Source, state: SourceState) -> Request:
    return Request(source.url, etag=state.etag, last_modified=state.last_modified)


def key(entry: Entry) -> str:
    """What an entry is known by; one that its source says was modified has another."""
    parts = (entry.id, canonical(entry.url), entry.modified.isoformat() if entry.modified else "")
    return sha256("\n".join(parts).encode()).hexdigest()[:12]


def fresh(entries: Sequence[Entry], state: SourceState) -> list[Entry]:
    """The entries to read now, newest first as far as the source tells dates."""
    seen = set(state.seen)
    new = [entry for entry in entries[:CONSIDERED] if key(entry) not in seen]
    dated = sorted((e for e in new if e.published), key=lambda e: e.published or datetime.min, reverse=True)
    return [*dated, *(e for e in new if not e.published)][:READ_A_POLL]


def tries(entry: Entry, state: SourceState) -> int:
    return state.tries.get(key(entry), 0)


def after_entries(
    state: SourceState,
    page: Page,
    entries: Sequence[Entry],
    settled: Collection[str],
    failed: Collection[str],
) -> SourceState:
    """The state after a page was had and its fresh entries were tried; `settled` and `failed` are keys."""
    keys = [key(entry) for entry in entries[:CONSIDERED]]
    known = set(state.seen) | set(settled)
    seen = tuple(k for k in keys if k in known)
    complete = len(seen) == len(keys)
    return replace(
        state,
        etag=page.headers.get("etag") if complete else None,
        last_modified=page.headers.get("last-modified") if complete else None,
        moved_to=page.moved_to,
        seen=seen,
        tries={k: state.tries.get(k, 0) + 1 for k in failed},
    )


def after_success(
    source: Source, state: SourceState, now: datetime, *, brought: bool, jitter: float = 0.5
) -> SourceState:
    """The state after a poll that reached its source, whether or not anything was new."""
    every = timedelta(seconds=source.every)
    pace = next_pace(timedelta(seconds=state.pace or source.every), every, brought)
    return replace(
        state,
        pace=pace.total_seconds(),
        next_poll=next_poll(now, pace, jitter=jitter),
        polled_at=now,
        succeeded_at=now,
        failures=0,
        reason="",
        gone=False,
    )


def after_failure(
    source: Source, state: SourceState, error: MonitorError, now: datetime, *, jitter: float = 0.5
) -> SourceState:
    """The state after a poll that failed; a page that is gone for good is not asked for again."""
    failures = state.failures + 1
    asked = timedelta(seconds=error.retry_after) if isinstance(error, FetchError) and error.retry_after else None
    pace = timedelta(seconds=state.pace or source.every)
    return replace(
        state,
        next_poll=next_poll(now, pace, failures=failures, asked=asked, jitter=jitter),
        polled_at=now,
        failures=failures,
        reason=str(error),
        gone=isinstance(error, FetchError) and error.gone,
    )
