"""Fragments of markup in feeds and listings → plain words."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
# Tags that do not part words.
_INLINE = re.compile(r"</?(?:a|abbr|b|em|font|i|mark|s|small|span|strong|sub|sup|u)(?:\s[^<>]*)?>", re.IGNORECASE)
_UNREAD = tuple(
    (re.compile(opening, re.IGNORECASE), re.compile(closing, re.IGNORECASE))
    for opening, closing in (("<!--", "-->"), (r"<script\b", r"</script\s*>"), (r"<style\b", r"</style\s*>"))
)
# Control characters, and those that turn the direction of text.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def plain(fragment: object) -> str | None:
    """The words of a fragment, tags and entities resolved, on one line; None when there are none."""
    if not isinstance(fragment, str):
        return None
    text = html.unescape(_TAG.sub(" ", _INLINE.sub("", _without_unread(fragment))))
    return " ".join((text if text.isprintable() else _UNSEEN.sub("", text)).split()) or None


def _without_unread(fragment: str) -> str:
    """Without comments, scripts and styles; what is not closed is cut off. One pass for each: never quadratic."""
    for opening, closing in _UNREAD:
        kept: list[str] = []
        end = 0
        while start := opening.search(fragment, end):
            kept.append(fragment[end : start.start()])
            stop = closing.search(fragment, start.end())
            end = stop.end() if stop else len(fragment)
        fragment = " ".join([*kept, fragment[end:]])
    return fragment


def moment(value: object) -> datetime | None:
    """A zoned time from ISO 8601; one without a zone is taken as UTC. None when it cannot be read."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
