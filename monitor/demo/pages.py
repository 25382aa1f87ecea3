"""What the press puts on the web: feeds in their several shapes, and pages with the furniture of real ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from email.utils import format_datetime
from html import escape

from monitor.demo.press import Outlet, Piece

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def index(outlet: Outlet, pieces: Sequence[Piece]) -> tuple[str, str]:
    """(content type, text) of the page that lists an outlet's articles, newest first."""
    newest = sorted(pieces, key=lambda p: p.published, reverse=True)
    match outlet.shape:
        case "rss":
            return "application/rss+xml", _rss(outlet, newest)
        case "rdf":
            return "application/rdf+xml", _rdf(outlet, newest)
        case "atom":
            return "application/atom+xml", _atom(outlet, newest)
        case "json":
            return "application/feed+json", _json(outlet, newest)
        case "sitemap":
            return "application/xml", _sitemap(outlet, newest)
        case "listing":
            return "text/html", _listing(outlet, newest)


def _summary(piece: Piece) -> str:
    return piece.text.partition("\n\n")[0]


def _rss(outlet: Outlet, pieces: Sequence[Piece]) -> str:
    items = "".join(
        f"<item><title>{escape(p.title)}</title><link>{outlet.address(p)}</link>"
        f'<guid isPermaLink="true">{outlet.address(p)}</guid><pubDate>{format_datetime(p.moment)}</pubDate>'
        f"<description>{escape(_summary(p))}</description></item>\n"
        for p in pieces
    )
    return (
        f'{XML}<rss version="2.0"><channel><title>{escape(outlet.name)}</title><link>http://{outlet.host}/</link>'
        f"<description>{escape(outlet.name)}</description><language>{outlet.language}</language>\n{items}"
        "</channel></rss>\n"
    )


def _rdf(outlet: Outlet, pieces: Sequence[Piece]) -> str:
    items = "".join(
        f'<item rdf:about="{outlet.address(p)}"><title>{escape(p.title)}</title><link>{outlet.address(p)}</link>'
        f"<dc:date>{p.moment.isoformat()}</dc:date><description>{escape(_summary(p))}</description></item>\n"
        for p in pieces
    )
    return (
        f'{XML}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://{outlet.host}/">'
        f"<title>{escape(outlet.name)}</title><link>http://{outlet.host}/</link></channel>\n{items}</rdf:RDF>\n"
    )


def _atom(outlet: Outlet, pieces: Sequence[Piece]) -> str:
    updated = pieces[0].moment.isoformat() if pieces else "2026-01-01T00:00:00+00:00"
    entries = "".join(
        f"<entry><id>{outlet.address(p)}</id><title>{escape(p.title)}</title>"
        f'<link rel="alternate" href="{outlet.address(p)}"/><updated>{p.moment.isoformat()}</updated>'
        f"<published>{p.moment.isoformat()}</published><summary>{escape(_summary(p))}</summary></entry>\n"
        for p in pieces
    )
    return (
        f'{XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}"><id>http://{outlet.host}/</id>'
        f"<title>{escape(outlet.name)}</title><updated>{updated}</updated>\n{entries}</feed>\n"
    )


def _json(outlet: Outlet, pieces: Sequence[Piece]) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"http://{outlet.host}/",
        "language": outlet.language,
        "items": [
            {
                "id": outlet.address(p),
                "url": outlet.address(p),
                "title": p.title,
                "summary": _summary(p),
                "date_published": p.moment.isoformat(),
            }
            for p in pieces
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _sitemap(outlet: Outlet, pieces: Sequence[Piece]) -> str:
    urls = "".join(
        f"<url><loc>{outlet.address(p)}</loc><news:news><news:publication><news:name>{escape(outlet.name)}</news:name>"
        f"<news:language>{outlet.language}</news:language></news:publication>"
        f"<news:publication_date>{p.moment.isoformat()}</news:publication_date>"
        f"<news:title>{escape(p.title)}</news:title></news:news></url>\n"
        for p in pieces
    )
    return (
        f'{XML}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{urls}</urlset>\n'
    )


def _listing(outlet: Outlet, pieces: Sequence[Piece]) -> str:
    items = "".join(
        f'<article><h2><a href="/{p.slug}">{escape(p.title)}</a></h2>'
        f'<time datetime="{p.published}">{p.published:%d %B %Y}</time></article>\n'
        for p in pieces
    )
    return _page(outlet, outlet.name, "", f"<main>\n{items}</main>")


def article(outlet: Outlet, piece: Piece, others: Sequence[Piece]) -> str:
    """The HTML page of an article."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "datePublished": piece.moment.isoformat(),
        "inLanguage": outlet.language,
        "publisher": {"@type": "Organization", "name": outlet.name},
    }
    head = (
        f'<link rel="canonical" href="{outlet.address(piece)}">\n'
        f'<meta property="og:title" content="{escape(piece.title)}">\n'
        f'<meta property="og:site_name" content="{escape(outlet.name)}">\n'
        f'<meta property="article:published_time" content="{piece.moment.isoformat()}">\n'
        f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    )
    related = "".join(f'<li><a href="/{p.slug}">{escape(p.title)}</a></li>' for p in others if p is not piece)
    body = (
        f"<main><article>\n<h1>{escape(piece.title)}</h1>\n"
        f'<p class="byline"><time datetime="{piece.moment.isoformat()}">{piece.published}</time></p>\n'
        f"{_body(piece.text)}</article></main>\n<aside><ul>{related}</ul></aside>"
    )
    return _page(outlet, piece.title, head, body)


def _body(text: str) -> str:
    out = []
    for paragraph in escape(text.strip(), quote=False).split("\n\n"):
        if paragraph.startswith("• "):
            items = (line.removeprefix("• ") for line in paragraph.splitlines())
            out.append("<ul>" + "".join(f"<li>{item}</li>\n" for item in items) + "</ul>")
        else:
            out.append(f"<p>{paragraph}</p>")
    return "\n".join(out) + "\n"


def _page(outlet: Outlet, title: str, head: str, body: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{outlet.language}"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f'{head}\n</head>\n<body>\n<header><a href="/">{escape(outlet.name)}</a></header>\n'
        f'<nav><ul><li><a href="/">1</a></li><li><a href="/about">2</a></li></ul></nav>\n{body}\n'
        f"<footer>© {escape(outlet.name)}</footer>\n</body></html>\n"
    )
