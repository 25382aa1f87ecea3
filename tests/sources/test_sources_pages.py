"""Sitemaps, listings, single pages, and addresses."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.charsets import decode
from monitor.errors import SourceError
from monitor.links import canonical, resolve
from monitor.model import Entry, Page, Source
from monitor.sources import entries

URL = "https://news.example/section/"


def read(
    kind: str, body: str | bytes, *, links: str | None = None, content_type: str = "", language: str | None = None
) -> list[Entry]:
    raw = body if isinstance(body, bytes) else body.encode()
    source = Source(name="News", kind=kind, url=URL, links=links, language=language)  # type: ignore[arg-type]
    return entries(source, Page(URL, URL, 200, {"content-type": content_type}, raw, datetime(2025, 2, 10, tzinfo=UTC)))


NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><image:image><image:loc>https://img.example/1.jpg</image:loc></image:image><loc> https://news.example/old?utm_source=x </loc>
  <lastmod>2025-02-08</lastmod><n:news><n:publication><n:name>N</n:name><n:language>fr</n:language></n:publication>
  <n:publication_date>2025-02-08T10:00+01:00</n:publication_date><n:title>Un fonds &amp;amp; un plan</n:title></n:news></url>
<!-- <url><loc>https://news.example/hidden</loc></url> -->
<url><loc>https://news.example/new</loc><n:news><n:publication><n:language>en</n:language></n:publication>
  <n:publication_date>2025-02-10T07:00:00Z</n:publication_date><n:title>A plan</n:title></n:news></url>
<url><loc>ftp://news.example/no</loc></url>
</urlset>"""


def test_a_news_sitemap_gives_titles_days_and_languages_newest_first() -> None:
    new, old = read("sitemap", NEWS)
    assert (new.url, new.title, new.language) == ("https://news.example/new", "A plan", "en")
    assert (old.url, old.title, old.language) == ("https://news.example/old", "Un fonds & un plan", "fr")
    assert old.published == datetime(2025, 2, 8, 10, tzinfo=timezone(timedelta(hours=1)))
    assert old.modified == datetime(2025, 2, 8, tzinfo=UTC)


def test_a_plain_sitemap_tells_changes_and_no_days_of_publication() -> None:
    body = """<urlset xmlns="https://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://news.example/a</loc></url>
      <url><loc>/b</loc><lastmod>2025-02-09T12:00:00Z</lastmod></url></urlset>"""
    found = read("sitemap", body, language="de")
    assert [(e.url, e.published, e.language) for e in found] == [
        ("https://news.example/b", None, "de"),
        ("https://news.example/a", None, "de"),
    ]


def test_an_index_says_what_to_fetch_next_newest_first() -> None:
    body = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      <sitemap><loc>https://news.example/2024.xml.gz?utm_x=1</loc><lastmod>2024-12-31</lastmod></sitemap>
      <sitemap><loc>https://news.example/2025.xml</loc><lastmod>2025-02-10</lastmod></sitemap></sitemapindex>"""
    assert [(e.url, e.kind) for e in read("sitemap", body)] == [
        ("https://news.example/2025.xml", "sitemap"),
        ("https://news.example/2024.xml.gz?utm_x=1", "sitemap"),
    ]


def test_the_entries_of_a_sub_sitemap_pass_the_pattern_and_the_index_itself_does_not_need_to() -> None:
    source = Source(name="News", kind="sitemap", url=URL, must_match="plan")
    index = b"<sitemapindex><sitemap><loc>https://news.example/s.xml</loc></sitemap></sitemapindex>"
    page = Page(URL, URL, 200, {}, index, datetime(2025, 2, 10, tzinfo=UTC))
    assert len(entries(source, page)) == 1


def test_gzipped_broken_and_textual_sitemaps() -> None:
    assert len(read("sitemap", gzip.compress(NEWS.encode()))) == 2
    assert len(read("sitemap", NEWS.replace("Un fonds &amp;amp; un", "Un fonds & un").replace("</urlset>", ""))) == 2
    assert len(read("sitemap", "https://news.example/a\r\nhttps://news.example/b\n\n")) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>404</body></html>",
        b"",
        b"<",
        b"nothing here",
        gzip.compress(b"x" * 60_000_000),
        gzip.compress(NEWS.encode())[:-20],
        b'<!DOCTYPE u [<!ENTITY x "y">]><urlset><url><loc>https://n.example/&x;</loc></url></urlset>',
    ],
)
def test_what_is_no_sitemap_is_said_so(body: bytes) -> None:
    with pytest.raises(SourceError):
        read("sitemap", body)


def test_a_feed_named_as_a_sitemap_is_read_as_one() -> None:
    body = (
        "<rss version='2.0'><channel><item><title>A</title><link>https://news.example/a</link></item></channel></rss>"
    )
    assert read("sitemap", body)[0].title == "A"


LISTING = """<!doctype html><html lang="it-IT"><head><base href="/it/"><title>Comunicati</title></head><body>
<nav><a href="/chi-siamo">Chi siamo</a></nav><main>
<article><time datetime="2025-02-10T09:00:00+01:00">10 febbraio</time><h2><a href="a?utm_source=lista">Un piano da <b>3</b> miliardi</a></h2></article>
<article><h2><a href="https://altrove.example/b" title="Secondo"></a></h2><p><a href="a">di nuovo</a></p></article>
<article><h2><a href="javascript:void(0)">niente</a><a>vuoto</a></h2></article>
</main></body></html>"""


def test_a_listing_gives_the_links_that_a_selector_finds() -> None:
    first, second = read("listing", LISTING, links="article h2 a")
    assert (first.url, first.title, first.language) == ("https://news.example/it/a", "Un piano da 3 miliardi", "it")
    assert first.published == datetime(2025, 2, 10, 9, tzinfo=timezone(timedelta(hours=1)))
    assert (second.url, second.title, second.published) == ("https://altrove.example/b", "Secondo", None)


def test_a_selected_item_stands_for_its_link_and_dates_of_neighbours_are_not_taken() -> None:
    body = """<div><ul><li class=n><time datetime=2025-02-09></time><a href=/1>Uno</a></li><li class=n><a href=/2>Due</a></li>
      <li class=n><time datetime=2025-02-07></time><a href=/3>Tre</a></li></ul></div>"""
    found = read("listing", body, links="li.n")
    assert [(e.title, e.published and e.published.day) for e in found] == [("Uno", 9), ("Due", None), ("Tre", 7)]


@pytest.mark.parametrize(
    ("links", "says"),
    [
        ("h3.gone a", "Nothing on the page matches"),
        ("a[", "not a CSS selector"),
        (None, "needs `links`"),
        ("nav", None),
    ],
)
def test_a_selector_that_finds_nothing_is_said_so(links: str | None, says: str | None) -> None:
    if says is None:
        assert read("listing", LISTING, links=links)[0].title == "Chi siamo"
        return
    with pytest.raises(SourceError, match=says):
        read("listing", LISTING, links=links)


def test_a_listing_in_an_old_encoding() -> None:
    body = "<html><meta charset=iso-8859-1><h2><a href=/a>Énergie : 5 € – prêt</a></h2>".encode("cp1252")
    assert read("listing", body, links="h2 a")[0].title == "Énergie : 5 € – prêt"


PAGE = "<html><head><script>nonce={}</script></head><body class={}><h1>Plan</h1><p>{} Mrd. Euro</p></body></html>"


def test_a_page_is_a_new_entry_when_its_words_change_and_only_then() -> None:
    [first] = read("page", PAGE.format(1, "a", 5))
    [same] = read("page", PAGE.format(2, "b", 5))
    [changed] = read("page", PAGE.format(1, "a", 6))
    assert first.url == URL and first.id == same.id != changed.id


def test_a_page_without_words_is_said_so() -> None:
    with pytest.raises(SourceError, match="no words"):
        read("page", "<html><script>render()</script><div id=app></div></html>")


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("HTTPS://Example.ORG:443/A?b=2&utm_source=x&a=1&UTM_Medium=y#part", "https://example.org/A?b=2&a=1"),
        ("http://example.org", "http://example.org/"),
        ("http://example.org:8080/?xtor=RSS-1", "http://example.org:8080/"),
        ("https://example.org./a?id=utm_source", "https://example.org/a?id=utm_source"),
        ("https://example.org/#!/story/5", "https://example.org/#!/story/5"),
        ("https://[2a00::1]:443/a", "https://[2a00::1]/a"),
        ("https://example.org/a?cmpid=7&&q=%C3%A9", "https://example.org/a?q=%C3%A9"),
        ("http://[broken", "http://[broken"),
        ("http://example.org:port/", "http://example.org:port/"),
    ],
)
def test_one_article_has_one_address(url: str, same: str) -> None:
    assert canonical(url) == same
    assert canonical(same) == same


@pytest.mark.parametrize("link", ["mailto:a@b.c", "javascript:void(0)", "tel:1", "data:text/html,x", "http://[half"])
def test_what_leads_nowhere_is_no_link(link: str) -> None:
    assert resolve(URL, link) is None


@given(st.text(min_size=1, max_size=300), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_unicode_is_decoded_whatever_is_declared(text: str, codec: str) -> None:
    text = "<p>" + text.replace("\ufeff", "").replace("\x00", "")
    assert decode(text.encode(codec), "text/html; charset=koi8-r") == text


@given(
    st.binary(max_size=400),
    st.sampled_from(["", "text/html; charset=utf-8", "text/html; charset=rot13", "a; charset=undefined"]),
)
def test_any_bytes_give_a_text(body: bytes, header: str) -> None:
    assert isinstance(decode(body, header), str)


@pytest.mark.parametrize(
    ("text", "codec", "header"),
    [
        ("Привет, мир", "koi8-r", "text/html; charset=koi8-r"),
        ("日本語の記事", "shift_jis", "text/html; charset=Shift_JIS"),
        ("日本語の記事", "iso2022_jp", "text/html; charset=iso-2022-jp"),
        ("Łódź za 5 mld zł", "cp1250", "text/html; charset=windows-1250"),
        ("prêt à 5 €", "cp1252", "text/html; charset=latin-1"),
        ("prêt à 5 €", "cp1252", ""),
    ],
)
def test_old_encodings_are_read_as_declared(text: str, codec: str, header: str) -> None:
    assert decode(text.encode(codec), header) == text


def test_a_page_with_one_bad_byte_is_still_utf_8() -> None:
    assert decode("é".encode() * 50 + b"\xff", "") == "é" * 50 + "�"
