"""Page → Entries: what a source's page says of its articles. Pure. One file a kind, one registry.

    entries(source, page)   the entries, in the page's order (sitemaps: newest first); raises SourceError

An entry of kind `sitemap` is another page of the same source: fetch it and call `entries` on it. A new kind of source
is a function `(Source, Page) -> list[Entry]` in a file of its own and a line in `KINDS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from monitor.errors import SourceError
from monitor.model import Entry, Page, Source
from monitor.sources.feed import read_feed
from monitor.sources.listing import read_listing
from monitor.sources.page import read_page
from monitor.sources.sitemap import read_sitemap

KINDS: dict[str, Callable[[Source, Page], list[Entry]]] = {
    "feed": read_feed,
    "sitemap": read_sitemap,
    "listing": read_listing,
    "page": read_page,
}

__all__ = ["KINDS", "entries"]


def entries(source: Source, page: Page) -> list[Entry]:
    """The entries of a source's page, each address once, those that `must_match` excludes left out.

    Raises SourceError when the page cannot be read as its kind. A feed that is well but empty gives an empty list.
    """
    read = KINDS.get(source.kind)
    if read is None:
        raise SourceError("There is no such kind of source", subject=source.kind, hint=f"Known: {', '.join(KINDS)}.")
    return _once(_matching(source, read(source, page)))


def _matching(source: Source, found: list[Entry]) -> list[Entry]:
    """Entries whose address, title or summary holds the source's pattern; sub-sitemaps always stay."""
    if not source.must_match:
        return found
    try:
        pattern = re.compile(source.must_match, re.IGNORECASE)
    except re.error as error:
        raise SourceError(
            "The source's must_match is not a regular expression", subject=source.name, cause=error
        ) from None
    return [e for e in found if e.kind == "sitemap" or any(pattern.search(t) for t in (e.url, e.title, e.summary) if t)]


def _once(found: list[Entry]) -> list[Entry]:
    """The first entry of each id and of each address."""
    seen: set[str] = set()
    kept: list[Entry] = []
    for entry in found:
        keys = {f"id {entry.id}", f"url {entry.url}"}
        if entry.kind == "article" and keys & seen:
            continue
        seen |= keys
        kept.append(entry)
    return kept
