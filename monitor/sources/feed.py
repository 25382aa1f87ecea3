"""Feeds: RSS 0.9 to 2.0, RDF, Atom, JSON Feed, well formed or not.

The fast parser reads what is well formed. It drops what it cannot read in silence, so anything else goes to the slow
one, which reads nearly everything. Both are handed bytes: a string could be taken for an address or a file.
"""

from __future__ import annotations

import html.entities
import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from monitor.charsets import decode
from monitor.errors import SourceError
from monitor.links import canonical, resolve
from monitor.model import Entry, Page, Source
from monitor.sources.markup import moment, plain

_LANGUAGE = re.compile(r"<(?:dc:)?language>\s*(?:<!\[CDATA\[)?\s*([A-Za-z]{2,3})(?![A-Za-z])", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_ROOT = re.compile(r"<(?:\w+:)?(rss|feed|rdf|channel)\b", re.IGNORECASE)
_NAMED = re.compile(r"&([A-Za-z]{2,10}[0-9]{0,2});")
_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,32};)")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ALTERNATE = re.compile(r"<link\b[^>]*application/(?:rss|atom)\+xml[^>]*>", re.IGNORECASE)
_HREF = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_PREDEFINED = ("amp", "lt", "gt", "quot", "apos")
# A description shorter than this is a teaser; longer content may stand in for a page that cannot be had.
_CONTENT = 600


def read_feed(source: Source, page: Page) -> list[Entry]:
    """The entries of a feed in its order. Entries without an address are left out: they could not be cited."""
    text = decode(page.body, page.headers.get("content-type", "")).lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        return _entries(_fast(text), page, source.language)
    if not _ROOT.search(text[:20_000]):
        raise _not_a_feed(text, page)
    document = _as_xml(text)
    language = _first(_LANGUAGE, text[:20_000])
    if not _well_formed(document):
        document = _BARE_AMPERSAND.sub("&amp;", document)
    parsed = _fast(document) if _well_formed(document) else None
    if not _sound(parsed) or (_has_relative(parsed) and "xml:base" in text):
        parsed = _slow(document)
    return _entries(parsed, page, language or source.language)


def _as_xml(text: str) -> str:
    """The document from its root on, in Unicode, with only the entities that XML knows and none of its own."""
    root = _ROOT.search(text)
    assert root is not None
    if "<!ENTITY" in text[: root.start()]:
        raise SourceError("The feed defines entities of its own, which real feeds do not", hint="Nothing was read.")
    return _NOT_XML.sub("", _NAMED.sub(_numeric, text[root.start() :]))


def _numeric(match: re.Match[str]) -> str:
    code = html.entities.name2codepoint.get(match[1])
    return match[0] if code is None or match[1] in _PREDEFINED else f"&#{code};"


def _well_formed(document: str) -> bool:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        etree.fromstring(document.encode(), parser)
    except etree.XMLSyntaxError:
        return False
    return True


def _fast(document: str) -> Mapping[str, Any] | None:
    import fastfeedparser

    parsed: Mapping[str, Any]
    try:
        parsed = fastfeedparser.parse(
            document.encode(), include_tags=False, include_media=False, include_enclosures=False
        )
    except Exception:  # whatever a parser does with hostile input, the slow one gets its turn
        return None
    return parsed


def _slow(document: str) -> Mapping[str, Any]:
    import feedparser

    parsed: Mapping[str, Any] = feedparser.parse(
        io.BytesIO(document.encode()), sanitize_html=False, resolve_relative_uris=True
    )
    return parsed


def _sound(parsed: Mapping[str, Any] | None) -> bool:
    """True if the fast parser found entries and lost no address."""
    return bool(parsed and parsed["entries"] and all(_link(e) or _guid(e) for e in parsed["entries"]))


def _has_relative(parsed: Mapping[str, Any] | None) -> bool:
    return bool(parsed) and any("://" not in _link(e) for e in parsed["entries"])  # type: ignore[index]


def _entries(parsed: Mapping[str, Any] | None, page: Page, language: str | None) -> list[Entry]:
    if parsed is None:
        raise SourceError(
            "The feed cannot be read", subject=page.url, hint="Is it really a feed? Open it in a browser."
        )
    language = (parsed["feed"].get("language") or language or "")[:2].lower() or None
    return [entry for item in parsed["entries"] if (entry := _entry(item, page, language))]


def _entry(item: Mapping[str, Any], page: Page, language: str | None) -> Entry | None:
    url = resolve(page.url, _link(item) or _guid(item) or "")
    if not url or url == page.url:
        return None
    address = canonical(url)
    own_id = str(item.get("id") or "")
    content = max((str(c.get("value") or "") for c in item.get("content") or ()), key=len, default="")
    description = str(item.get("summary") or item.get("description") or "")
    fullest = max(content, description, key=len)
    return Entry(
        url=address,
        id=own_id if own_id and own_id != _link(item) else address,
        title=plain(item.get("title")),
        summary=plain(description or content),
        published=_when(item, "published"),
        language=language,
        content_html=fullest if len(fullest) >= _CONTENT else None,
        modified=_when(item, "updated"),
    )


def _link(item: Mapping[str, Any]) -> str:
    """The entry's own address, not those of its comments, its parts or its neighbours."""
    own = [link for link in item.get("links") or () if link.get("href") and link.get("rel") in (None, "alternate")]
    return str(own[0]["href"] if own else item.get("link") or "")


def _guid(item: Mapping[str, Any]) -> str | None:
    """The entry's id, where it is an address."""
    guid = str(item.get("id") or "")
    return guid if guid.startswith(("http://", "https://")) else None


def _when(item: Mapping[str, Any], name: str) -> datetime | None:
    """A date of the entry: ISO text from the fast parser, a UTC tuple from the slow one."""
    fields = item.get(f"{name}_parsed")
    if fields:
        try:
            return datetime(*fields[:6]).replace(tzinfo=UTC)
        except ValueError:
            return None
    return moment(item.get(name))


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None


def _not_a_feed(text: str, page: Page) -> SourceError:
    """Says what was found instead and, where the page names its feeds, which."""
    if "<urlset" in text[:5000] or "<sitemapindex" in text[:5000]:
        return SourceError("This is a sitemap, not a feed", subject=page.url, hint="Set its kind to sitemap.")
    named = (_first(_HREF, link) for link in _ALTERNATE.findall(text[:200_000]))
    feeds = [url for href in named if href and (url := resolve(page.url, html.unescape(href)))]
    hint = f"The page names a feed: {feeds[0]}" if feeds else "Give a feed's address, or use kind listing with `links`."
    if "<html" in text[:5000].lower() or "<!doctype html" in text[:200].lower():
        return SourceError("This is a web page, not a feed", subject=page.url, hint=hint)
    return SourceError("This is not a feed", subject=page.url, hint=hint)
