"""Listings: a page whose articles are found by a CSS selector."""

from __future__ import annotations

from datetime import datetime

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError

from monitor.charsets import decode
from monitor.errors import SourceError
from monitor.links import canonical, resolve
from monitor.model import Entry, Page, Source
from monitor.sources.markup import moment, plain

_ITEMS = ["article", "li", "tr", "section", "div"]


def read_listing(source: Source, page: Page) -> list[Entry]:
    """The links that `source.links` selects, in the page's order; a selected element that is no link stands for the
    first link in it. Title: the link's words. Date: a `time` element in the item that holds this link alone."""
    if not source.links:
        raise SourceError(
            "A listing needs `links`, a CSS selector of its articles",
            subject=source.name,
            hint="For example: article h2 a",
        )
    text = decode(page.body, page.headers.get("content-type", ""))
    soup = BeautifulSoup(text.encode("utf-8", errors="replace"), "lxml", from_encoding="utf-8")
    try:
        selected = soup.select(source.links)
    except (SelectorSyntaxError, NotImplementedError) as error:
        raise SourceError("`links` is not a CSS selector", subject=source.links, cause=error) from None
    base = _base(soup, page.url)
    language = source.language or _language(soup)
    links = [a for a in (_anchor(element) for element in selected) if a is not None]
    found = [e for a in links if (e := _entry(a, base, page.url, language))]
    if not found:
        raise SourceError(
            f"Nothing on the page matches `{source.links}`",
            subject=page.url,
            hint="The page may have been rebuilt, or is filled in by scripts; look at its source and choose another selector.",
        )
    return found


def _anchor(element: Tag) -> Tag | None:
    return element if element.name == "a" and element.get("href") else element.find("a", href=True)


def _entry(link: Tag, base: str, own: str, language: str | None) -> Entry | None:
    url = resolve(base, str(link["href"]))
    if not url or canonical(url) == canonical(own):
        return None
    title = plain(link.get_text(" ")) or plain(link.get("title")) or plain(link.get("aria-label"))
    return Entry(url=canonical(url), id=canonical(url), title=title, published=_when(link), language=language)


def _when(link: Tag) -> datetime | None:
    """The date in the smallest item around the link, unless the item holds several dates (then it holds several items)."""
    for item in link.find_parents(_ITEMS, limit=4):
        times = item.find_all("time", limit=2)
        if len(times) == 1:
            return moment(str(times[0].get("datetime") or ""))
        if times:
            return None
    return None


def _base(soup: BeautifulSoup, url: str) -> str:
    base = soup.find("base", href=True)
    return (resolve(url, str(base["href"])) if base else None) or url


def _language(soup: BeautifulSoup) -> str | None:
    root = soup.find("html")
    return (str(root.get("lang") or "")[:2].lower() if root else "") or None
