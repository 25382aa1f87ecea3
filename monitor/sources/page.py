"""A single page that is watched for changes: it is its own article."""

from __future__ import annotations

import hashlib

from lxml import etree
from lxml import html as lxml_html

from monitor.charsets import decode
from monitor.errors import SourceError
from monitor.links import canonical
from monitor.model import Entry, Page, Source


def read_page(source: Source, page: Page) -> list[Entry]:
    """One entry, whose id changes when the words of the page do, and not with its scripts, styles or attributes."""
    if page.content_type == "application/pdf" or page.body.startswith(b"%PDF-"):
        return [_entry(source, page, page.body)]
    text = decode(page.body, page.headers.get("content-type", ""))
    words = " ".join(_words(text, page.url).split())
    if not words:
        raise SourceError(
            "The page holds no words", subject=page.url, hint="It may be filled in by scripts; look for a feed."
        )
    return [_entry(source, page, words.encode("utf-8", errors="replace"))]


def _entry(source: Source, page: Page, content: bytes) -> Entry:
    url = canonical(page.url)
    return Entry(url=url, id=f"{url}#{hashlib.sha256(content).hexdigest()[:16]}", language=source.language)


def _words(text: str, url: str) -> str:
    try:
        tree = lxml_html.document_fromstring(
            text.encode("utf-8", errors="replace"), parser=lxml_html.HTMLParser(encoding="utf-8")
        )
    except (etree.LxmlError, ValueError) as error:
        raise SourceError("The page cannot be read", subject=url, cause=error) from None
    etree.strip_elements(tree, "script", "style", "noscript", "template", etree.Comment, with_tail=False)
    return " ".join(tree.itertext())
