"""One page → one article, whatever the page is made of."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from htmldate import find_date
from lxml import etree
from lxml import html as lxml_html

from monitor.charsets import decode
from monitor.errors import ReadingError
from monitor.links import canonical
from monitor.model import Article, Entry, Page, Source
from monitor.reading.facts import Facts, facts
from monitor.reading.language import language_of
from monitor.reading.maintext import main_text
from monitor.reading.pdf import read_pdf
from monitor.reading.walls import is_challenge, is_walled, without_wall
from monitor.reading.words import folded, tidy, tidy_lines

Node: TypeAlias = Any  # an lxml element

# Below this many characters a page's text is not taken for an article when its source says more.
_SHORT = 280
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\ufffd]")
_HTML_MARK = re.compile(rb"<(?:!doctype|html|head|body|div|p|article|meta|title)\b", re.IGNORECASE)


def read_article(page: Page, entry: Entry | None, source: Source | None) -> Article:
    """See `monitor.reading.read`."""
    if page.content_type == "application/pdf" or page.body.lstrip()[:5] == b"%PDF-":
        title, text, day = read_pdf(page.body, page.url)
        return _article(page, entry, source, _bare(page, title, day), text, partial=False)
    if page.content_type == "text/plain" or not _HTML_MARK.search(page.body[:20_000]):
        return _read_plain(page, entry, source)
    return _read_html(page, entry, source)


def _bare(page: Page, title: str | None, day: date | None) -> Facts:
    return Facts(title, canonical(page.url), day, None, None, None, None, free=True)


def _read_plain(page: Page, entry: Entry | None, source: Source | None) -> Article:
    """A plain text; its first paragraph is the title if it is one short line."""
    raw = decode(page.body, page.headers.get("content-type", ""))
    text = tidy_lines(raw)
    if not text or len(_NOT_TEXT.findall(raw)) * 50 > len(raw):
        raise ReadingError("This is not a readable text", subject=page.url, hint="Hand it in as text, HTML or PDF.")
    first, _, rest = text.partition("\n\n")
    if rest and "\n" not in first and len(first) <= 200:
        return _article(page, entry, source, _bare(page, first, None), rest, partial=False)
    return _article(page, entry, source, _bare(page, None, None), text, partial=False)


def _read_html(page: Page, entry: Entry | None, source: Source | None) -> Article:
    tree = _tree(decode(page.body, page.headers.get("content-type", "")), page.url)
    told = facts(tree, page.url)
    title = told.title or (entry.title if entry else None) or ""
    if not told.published and (entry is None or entry.published is None):
        told = _dated(told, tree, page)
    text = main_text(tree, page.url, title)
    text = _declared(told, text)
    if is_challenge(title, text):
        return _from_entry(page, entry, source, _bare(page, None, None), "")
    if is_walled(text, free=told.free):
        return _from_entry(page, entry, source, told, without_wall(text))
    in_feed = _content(entry, page.url)
    fuller = max(text, in_feed, key=len) if len(in_feed) > 2 * len(text) else text
    if len(fuller) < _SHORT and entry and len(tidy(entry.summary or "")) > len(fuller):
        return _from_entry(page, entry, source, told, fuller)
    if not fuller:
        return _from_entry(page, entry, source, told, "")
    return _article(page, entry, source, told, fuller, partial=False)


def _declared(told: Facts, text: str) -> str:
    """The text, or the one that the page declares for machines where it shows none or the same with fewer lines."""
    if not told.free or not told.body:
        return text
    declared = tidy_lines(told.body)
    shown_elsewhere = len(text) < _SHORT and len(declared) > 2 * len(text)
    same = declared.count("\n") > text.count("\n") and folded(declared) == folded(text)
    return declared if shown_elsewhere or same else text


def _tree(text: str, url: str) -> Node:
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=False)
    cleaned = text.replace("\x00", "").encode("utf-8", errors="replace")
    try:
        return lxml_html.document_fromstring(cleaned, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ReadingError("The page cannot be parsed", subject=url, cause=error) from None


def _content(entry: Entry | None, url: str) -> str:
    """The text of what the feed itself carries of the article."""
    if entry is None or not entry.content_html:
        return ""
    document = f"<html><body><article>{entry.content_html}</article></body></html>"
    return main_text(_tree(document, url), url, entry.title or "")


def _from_entry(page: Page, entry: Entry | None, source: Source | None, told: Facts, lead: str) -> Article:
    """An article of the feed's full content or, marked partial, of what lead and summary can be had."""
    content = _content(entry, page.url)
    if len(content) > max(4 * _SHORT, 2 * len(lead)):
        return _article(page, entry, source, told, content, partial=False)
    summary = tidy((entry.summary if entry else None) or "") or (told.description or "")
    parts = [p for p in (summary, content, lead) if p]
    kept = [
        p
        for i, p in enumerate(parts)
        if not any(_within(p, q) for j, q in enumerate(parts) if j != i and (len(q), -j) > (len(p), -i))
    ]
    title = told.title or (entry.title if entry else None)
    if not kept and not (entry and title):
        raise ReadingError(
            "There is no article on this page",
            subject=page.url,
            hint="It may need scripts or a login; add its text by hand.",
        )
    return _article(page, entry, source, told, "\n\n".join(kept), partial=True)


def _within(part: str, whole: str) -> bool:
    """True if a text repeats the beginning of another, as teasers do."""
    words = folded(part.rstrip(". …")).split()
    return " ".join(words[: max(8, len(words) - 3)]) in folded(whole)


def _article(
    page: Page, entry: Entry | None, source: Source | None, told: Facts, text: str, *, partial: bool
) -> Article:
    title = told.title or tidy((entry.title if entry else None) or "") or _first_words(text)
    claims = (entry.language if entry else None, source.language if source else None, told.language)
    return Article(
        link=told.link,
        title=title,
        text=text,
        language=language_of(f"{title}\n{text}", *claims),
        published=_day(page, entry, told),
        outlet=source.name if source else told.outlet or urlsplit(page.url).hostname or None,
        trust=source.trust if source else "press",
        partial=partial,
    )


def _first_words(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= 120 else f"{line[:117].rsplit(' ', 1)[0]} …"


def _day(page: Page, entry: Entry | None, told: Facts) -> date | None:
    """The feed's day. Feeds often give the time in UTC: where the page names a neighbouring day, the page's is the
    day at the outlet. Days after the visit are mistakes."""
    latest = page.fetched_at.date() + timedelta(days=1)
    own = told.published if told.published and told.published <= latest else None
    if entry and entry.published and entry.published.date() <= latest:
        said = entry.published.date()
        return own if own and abs(own - said) <= timedelta(days=1) else said
    return own


def _dated(told: Facts, tree: Node, page: Page) -> Facts:
    """The facts with a day found in the page's text or address, when nobody declares one."""
    found = find_date(
        tree, extensive_search=False, original_date=True, url=page.url, max_date=page.fetched_at.strftime("%Y-%m-%d")
    )
    return replace(told, published=date.fromisoformat(found)) if found else told
