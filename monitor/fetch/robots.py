"""What a site's robots.txt allows, remembered for a while (RFC 9309)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from monitor.errors import FetchError

# RFC 9309 2.4 and 2.5: not older than a day; at least 500 KiB are to be read.
_KEPT = timedelta(hours=24)
_KEPT_AFTER_FAULT = timedelta(hours=1)
_READ = 512_000
_LONGEST_DELAY = 30.0
# No answer at all: the page would fare no better.
_NO_SERVER = frozenset({"dns", "unreachable", "timeout", "tls", "broken_off", "refused_address"})

ALLOWED, FORBIDDEN, UNKNOWN = "allowed", "forbidden", "unknown"


@dataclass(frozen=True, slots=True)
class _Rules:
    until: datetime
    parsed: Protego | None
    readable: bool


class Robots:
    """Asks each origin for its robots.txt once a day. `fetch` gives the body of an address or raises FetchError."""

    def __init__(self, product: str, *, fetch: Callable[[str], bytes], clock: Callable[[], datetime]) -> None:
        self._product = product
        self._fetch = fetch
        self._clock = clock
        self._rules: dict[str, _Rules] = {}

    def verdict(self, origin: str, url: str) -> str:
        """`allowed`, `forbidden`, or `unknown` while the server cannot serve its rules, which forbids for now.

        Raises FetchError when there is no server to ask."""
        rules = self._of(origin)
        if not rules.readable:
            return UNKNOWN
        if rules.parsed is None or rules.parsed.can_fetch(url, self._product):
            return ALLOWED
        return FORBIDDEN

    def delay(self, origin: str) -> float:
        """Seconds between requests that the site asks for, at most 30."""
        rules = self._of(origin)
        asked = rules.parsed.crawl_delay(self._product) if rules.parsed else None
        return min(float(asked or 0.0), _LONGEST_DELAY)

    def _of(self, origin: str) -> _Rules:
        known = self._rules.get(origin)
        now = self._clock()
        if known is not None and now < known.until:
            return known
        fresh = self._read(origin, now)
        self._rules[origin] = fresh
        return fresh

    def _read(self, origin: str, now: datetime) -> _Rules:
        try:
            body = self._fetch(f"{origin}/robots.txt")
        except FetchError as error:
            if error.kind in _NO_SERVER:
                raise
            if error.kind in ("server_error", "rate_limited"):
                return _Rules(now + _KEPT_AFTER_FAULT, None, readable=False)
            return _Rules(now + _KEPT, None, readable=True)
        text = body[:_READ].decode("utf-8-sig", errors="replace")
        return _Rules(now + _KEPT, Protego.parse(text), readable=True)
