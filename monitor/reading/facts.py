"""What a page says of itself: JSON-LD, meta tags, its address, its language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from monitor.links import canonical, resolve
from monitor.reading.words import folded, tidy

Node: TypeAlias = Any  # an lxml element
_ARTICLES = re.compile(r"(Article|Posting|Report|PressRelease|Release)$")
_SEPARATORS = re.compile(r"\s+[|–—·»•:-]+\s+")
_DATE_METAS = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "publish-date",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """`free` is False where the page says that it must be paid for."""

    title: str | None
    link: str
    published: date | None
    language: str | None
    outlet: str | None
    description: str | None
    body: str | None
    free: bool


def facts(tree: Node, url: str) -> Facts:
    """Read a page's own metadata; `url` is the address that it was had from."""
    metas = _metas(tree)
    stated = next(iter(_articles(tree)), {})
    return Facts(
        title=_title(tree, metas, stated, urlsplit(url).hostname or ""),
        link=_link(tree, metas, url),
        published=_published(metas, stated),
        language=_language(tree, metas, stated),
        outlet=metas.get("og:site_name") or _named(stated.get("publisher")),
        description=metas.get("og:description") or metas.get("description") or _text(stated.get("description")),
        body=_body(stated.get("articleBody")),
        free=str(stated.get("isAccessibleForFree", "true")).lower() not in ("false", "http://schema.org/false"),
    )


def _metas(tree: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.iter("meta"):
        name = (node.get("property") or node.get("name") or node.get("itemprop") or "").strip().lower()
        content = tidy(node.get("content") or "")
        if name and content:
            found.setdefault(name, content)
    return found


def _articles(tree: Node) -> Iterator[dict[str, Any]]:
    """The JSON-LD objects of the page that describe an article."""
    for node in tree.xpath('//script[contains(@type, "ld+json")]'):
        try:
            data = json.loads(_unwrapped(node.text or ""), strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(data, 0):
            kinds = thing.get("@type")
            if any(_ARTICLES.search(str(k)) for k in (kinds if isinstance(kinds, list) else [kinds])):
                yield thing


def _unwrapped(script: str) -> str:
    """Without the comment and CDATA marks that old publishing systems put around scripts."""
    return re.sub(r"^\s*(?://)?\s*(?:<!--|<!\[CDATA\[)|(?://)?\s*(?:-->|\]\]>)\s*$", "", script).strip().rstrip(";")


def _things(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 6:
        return
    if isinstance(data, list):
        for item in data:
            yield from _things(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _things(data.get(key), depth + 1)


def _text(value: Any) -> str | None:
    return tidy(value) or None if isinstance(value, str) else None


def _body(value: Any) -> str | None:
    """The article's text as the page declares it, its lines kept; None if it is markup or missing."""
    return value.strip() or None if isinstance(value, str) and "</" not in value else None


def _named(value: Any) -> str | None:
    value = value[0] if isinstance(value, list) and value else value
    return _text(value.get("name")) if isinstance(value, dict) else _text(value)


def _title(tree: Node, metas: dict[str, str], stated: dict[str, Any], host: str) -> str | None:
    """The headline as printed (`h1`) if it agrees with what the page declares, else what it declares."""
    site = metas.get("og:site_name") or ""
    in_head = tidy("".join(next(tree.iter("title")).itertext())) if tree.find(".//title") is not None else ""
    declared = [t for t in (_text(stated.get("headline")), metas.get("og:title"), in_head) if t]
    headings = [tidy(" ".join(h.itertext())) for h in tree.iter("h1")]
    for heading in headings:
        words = set(folded(heading).split())
        if words and any(len(words & set(folded(d).split())) * 2 >= len(words) for d in declared):
            return heading
    if declared:
        return _without_site(declared[0], site, host)
    return headings[0] if len(headings) == 1 and headings[0] else None


def _without_site(title: str, site: str, host: str) -> str:
    """The title without the outlet's name after the last dash or bar."""
    parts = _SEPARATORS.split(title)
    names = {_joined(site), _joined(_site(host)), _joined(_site(host).partition(".")[0])}
    if len(parts) > 1 and (_joined(parts[-1]) in names or (len(parts[-1].split()) <= 3 and not site)):
        return title[: title.rfind(parts[-1])].rstrip(" |–—·»•:-") or title
    return title


def _joined(name: str) -> str:
    return folded(name).replace(" ", "")


def _link(tree: Node, metas: dict[str, str], url: str) -> str:
    """The canonical address if it lies on the same site and is not merely its front page."""
    own = urlsplit(url)
    named = [n.get("href") for n in tree.xpath('//link[translate(@rel, "CANOIL", "canoil")="canonical"]')]
    for href in [*named, metas.get("og:url")]:
        there = resolve(url, href) if href else None
        if there is None:
            continue
        parts = urlsplit(there)
        if _site(parts.hostname) == _site(own.hostname) and (parts.path.strip("/") or not own.path.strip("/")):
            return canonical(there)
    return canonical(url)


def _site(host: str | None) -> str:
    return re.sub(r"^(?:www\d?|m|mobile|amp)\.", "", host or "")


def _published(metas: dict[str, str], stated: dict[str, Any]) -> date | None:
    for value in (stated.get("datePublished"), *(metas.get(name) for name in _DATE_METAS)):
        found = day(value)
        if found:
            return found
    return None


def day(value: Any) -> date | None:
    """The day of an ISO 8601 date or time, as it was where it was written. None if it is not one."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value.strip()).date()
    except ValueError:
        match = re.match(r"\s*(\d{4}-\d\d-\d\d)\b", value)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def _language(tree: Node, metas: dict[str, str], stated: dict[str, Any]) -> str | None:
    claims = (stated.get("inLanguage"), tree.get("lang"), metas.get("og:locale"), metas.get("content-language"))
    for claim in claims:
        match = re.match(r"[A-Za-z]{2}(?![A-Za-z])", claim.strip()) if isinstance(claim, str) else None
        if match:
            return match[0].lower()
    return None
