"""Fragments of markup in feeds and listings → plain words."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

from lxml import etree
from lxml import html as lxml_html

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
_BLANKS = re.compile(r"\s+")
# Control characters, and those that turn the direction of text.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def plain(fragment: object) -> str | None:
    """The words of a fragment, tags and entities resolved, on one line; None when there are none."""
    if not isinstance(fragment, str):
        return None
    text = _words(fragment) if _TAG.search(fragment) else html.unescape(fragment)
    return _BLANKS.sub(" ", _UNSEEN.sub("", text)).strip() or None


def _words(fragment: str) -> str:
    try:
        tree = lxml_html.fragment_fromstring(
            _UNSEEN.sub("", fragment).encode("utf-8", errors="replace"),
            create_parent="div",
            parser=lxml_html.HTMLParser(encoding="utf-8"),
        )
    except (etree.LxmlError, ValueError, AssertionError):
        return html.unescape(_TAG.sub(" ", fragment))
    etree.strip_elements(tree, "script", "style", etree.Comment, with_tail=False)
    return " ".join(tree.itertext())


def moment(value: object) -> datetime | None:
    """A zoned time from ISO 8601; one without a zone is taken as UTC. None when it cannot be read."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
