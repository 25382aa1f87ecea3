"""Sitemaps: plain, news, indexes; XML or one address a line; gzipped or not."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from typing import Any, TypeAlias

from lxml import etree

from monitor.charsets import decode
from monitor.errors import SourceError
from monitor.links import canonical, resolve
from monitor.model import Entry, Page, Source
from monitor.sources.feed import read_feed
from monitor.sources.markup import moment, plain

# The protocol allows 50 MB unpacked and 50,000 addresses a file.
_UNPACKED = 52_428_800
_ADDRESSES = 50_000
_OLDEST = datetime.min.replace(tzinfo=UTC)
Node: TypeAlias = Any  # an lxml element


def read_sitemap(source: Source, page: Page) -> list[Entry]:
    """The entries of a sitemap, newest first. Of an index: one entry of kind `sitemap` for each file it names.

    `published` is set by news sitemaps alone; `lastmod` becomes `modified`.
    """
    body = _unpacked(page)
    text = decode(body, page.headers.get("content-type", "")).lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        return _plain_list(text, page, source.language)
    if "<!ENTITY" in text[:20_000]:
        raise SourceError("The sitemap defines entities of its own", subject=page.url, hint="Nothing was read.")
    root = _root(text)
    name = _name(root) if root is not None else ""
    if root is None or name not in ("urlset", "sitemapindex"):
        if name in ("rss", "feed", "RDF"):
            return read_feed(source, page)
        raise SourceError("This is not a sitemap", subject=page.url, hint="Most sites name theirs in /robots.txt.")
    wanted, kind = ("url", "article") if name == "urlset" else ("sitemap", "sitemap")
    nodes = [node for node in root if _name(node) == wanted][:_ADDRESSES]
    found = [e for node in nodes if (e := _entry(node, page, source.language, sub=kind == "sitemap"))]
    return sorted(found, key=lambda e: e.published or e.modified or _OLDEST, reverse=True)


def _unpacked(page: Page) -> bytes:
    """The body, or what is in it if it is a gzip file, within the protocol's bounds."""
    if not page.body.startswith(b"\x1f\x8b"):
        return page.body
    inflater = zlib.decompressobj(31)
    try:
        body = inflater.decompress(page.body, _UNPACKED)
    except zlib.error as error:
        raise SourceError("The gzipped sitemap cannot be unpacked", subject=page.url, cause=error) from None
    if not inflater.eof:
        raise SourceError("The gzipped sitemap is broken or larger than the protocol allows", subject=page.url)
    return body


def _root(text: str) -> Node | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=True, encoding="utf-8")
    try:
        return etree.fromstring(text.encode("utf-8", errors="replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _name(node: Node) -> str:
    """The tag without its namespace; empty for comments."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _entry(node: Node, page: Page, language: str | None, *, sub: bool) -> Entry | None:
    own = {_name(child): child for child in node}
    news = {_name(n): n for n in own["news"].iter()} if "news" in own else {}
    url = resolve(page.url, _text(own.get("loc")) or "")
    if not url:
        return None
    said = (_text(news.get("language")) or language or "")[:2].lower()
    return Entry(
        url=url if sub else canonical(url),
        id=url if sub else canonical(url),
        title=plain(_text(news.get("title"))),
        published=moment(_text(news.get("publication_date"))),
        language=said or None,
        modified=moment(_text(own.get("lastmod"))),
        kind="sitemap" if sub else "article",
    )


def _text(node: Node | None) -> str | None:
    return (node.text or "").strip() or None if node is not None else None


def _plain_list(text: str, page: Page, language: str | None) -> list[Entry]:
    urls = [url for line in text.splitlines()[:_ADDRESSES] if (url := resolve("", line))]
    if not urls:
        raise SourceError("This is not a sitemap", subject=page.url, hint="Most sites name theirs in /robots.txt.")
    return [Entry(url=canonical(url), id=canonical(url), language=language) for url in urls]
