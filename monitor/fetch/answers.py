"""What a server's answer means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from monitor.errors import FetchError
from monitor.fetch.problems import problem

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
_WEEK = 7 * 86400.0

# Pages that ask the visitor to prove to be human. Each mark was seen on the challenge alone, not on pages that merely
# use the same protection.
_CHALLENGES = (
    b"_cf_chl_opt",
    b"captcha-delivery.com/captcha",
    b"/_Incapsula_Resource?CWUDNSAI",
    b"px-captcha",
    b"awsWafCookieDomainList",
)
_CHALLENGE_SIZE = 60_000
_UNREADABLE = ("image/", "audio/", "video/", "font/", "application/zip", "application/x-msdownload")
_BY_STATUS = {
    401: "blocked",
    402: "blocked",
    403: "blocked",
    404: "not_found",
    407: "blocked",
    408: "timeout",
    410: "gone",
    429: "rate_limited",
    451: "blocked",
}


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """True if the answer is a test for humans instead of the page."""
    if headers.get("cf-mitigated") == "challenge":
        return True
    return len(body) <= _CHALLENGE_SIZE and any(mark in body for mark in _CHALLENGES)


def refusal(status: int, headers: Mapping[str, str], beginning: bytes, url: str, now: datetime) -> FetchError:
    """The error that an answer of status 400 or more stands for."""
    if is_challenge(headers, beginning):
        return problem("blocked", url, f"status {status}, a test for humans")
    kind = _BY_STATUS.get(status) or ("server_error" if status >= 500 else "refused")
    wait = retry_after(headers, now) if status in (429, 503) else None
    return problem(kind, url, f"status {status}", retry_after=wait)


def unreadable_type(headers: Mapping[str, str]) -> str | None:
    """The content type, if it is one that no room can read."""
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return content_type if content_type.startswith(_UNREADABLE) else None


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to stay away, from a Retry-After in seconds or as a date; at most a week, None if absent or unreadable."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), _WEEK)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return min(max((when - now).total_seconds(), 0.0), _WEEK)
