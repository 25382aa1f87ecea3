"""Feeds of every kind and in every state, as real sites serve them."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import SourceError
from monitor.model import Entry, Page, Source
from monitor.sources import entries

URL = "https://news.example/feeds/all.xml"
SOURCE = Source(name="News", kind="feed", url=URL)


def page(body: str | bytes, content_type: str = "application/xml", url: str = URL) -> Page:
    raw = body if isinstance(body, bytes) else body.encode()
    return Page(url, url, 200, {"content-type": content_type}, raw, datetime(2025, 2, 10, tzinfo=UTC))


def read(body: str | bytes, content_type: str = "application/xml") -> list[Entry]:
    return entries(SOURCE, page(body, content_type))


def rss(items: str, head: str = "") -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{head}{items}</channel></rss>'


def item(title: str = "A", link: str = "https://news.example/a", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


NETSCAPE = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
VERSIONS = {
    "rss 0.90": """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>T</title><link>https://news.example/</link></channel>
        <item><title>Vingt milliards</title><link>https://news.example/a</link></item></rdf:RDF>""",
    "rss 0.91": f"""<?xml version="1.0"?>{NETSCAPE}<rss version="0.91"><channel><title>T</title><language>fr</language>
        <item><title>Vingt milliards</title><link>https://news.example/a</link></item></channel></rss>""",
    "rss 0.92": """<rss version="0.92"><channel><title>T</title><item><title>Vingt milliards</title>
        <link>https://news.example/a</link><source url="x">y</source></item></channel></rss>""",
    "rss 1.0": """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/">
        <title>T</title><link>https://news.example/</link><dc:language>fr</dc:language></channel>
        <item rdf:about="https://news.example/a"><title>Vingt milliards</title><link>https://news.example/a</link>
        <dc:date>2025-02-10T09:00:00+01:00</dc:date></item></rdf:RDF>""",
    "rss 2.0": rss(item("Vingt milliards", more="<pubDate>Mon, 10 Feb 2025 09:00:00 +0100</pubDate>")),
    "atom 0.3": """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>T</title><entry><title>Vingt milliards</title>
        <link rel="alternate" type="text/html" href="https://news.example/a"/><id>tag:news.example,2025:a</id>
        <issued>2025-02-10T08:00:00Z</issued><modified>2025-02-11T08:00:00Z</modified></entry></feed>""",
    "atom 1.0": """<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>Vingt milliards</title>
        <link href="https://news.example/comments" rel="replies"/><link href="https://news.example/a"/><id>urn:1</id>
        <published>2025-02-10T08:00:00Z</published><updated>2025-02-11T08:00:00Z</updated></entry></feed>""",
    "json 1.0": json.dumps(
        {"version": "https://jsonfeed.org/version/1", "title": "T", "items": [
            {"id": 1, "url": "https://news.example/a", "title": "Vingt milliards", "date_published": "2025-02-10T09:00:00+01:00"}]}
    ),
}  # fmt: skip


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_read(version: str) -> None:
    [entry] = read(VERSIONS[version])
    assert (entry.url, entry.title) == ("https://news.example/a", "Vingt milliards")
    if version not in ("rss 0.90", "rss 0.91", "rss 0.92"):
        assert entry.published == datetime(2025, 2, 10, 8, tzinfo=UTC)
    if version.startswith("atom"):
        assert entry.modified == datetime(2025, 2, 11, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "language"),
    [
        (rss(item(), "<language>fr-FR</language>"), "fr"),
        (rss(item(), "<language><![CDATA[en_US]]></language>"), "en"),
        (VERSIONS["rss 1.0"], "fr"),
        ('<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de-AT"><entry><title>A</title><link href="https://x.de/a"/></entry></feed>', "de"),
        (json.dumps({"version": "https://jsonfeed.org/version/1.1", "language": "it", "items": [{"id": "1", "url": "https://x.it/a"}]}), "it"),
        (rss(item()), None),
    ],
)  # fmt: skip
def test_the_language_of_the_feed_is_that_of_its_entries(body: str, language: str | None) -> None:
    assert read(body)[0].language == language


def test_the_sources_language_stands_in_for_a_silent_feed() -> None:
    source = Source(name="News", kind="feed", url=URL, language="es")
    assert entries(source, page(rss(item())))[0].language == "es"
    assert entries(source, page(rss(item(), "<language>ca</language>")))[0].language == "ca"


def test_titles_and_summaries_are_words_alone() -> None:
    [entry] = read(
        rss(
            item(
                "R&amp;amp;D&amp;nbsp;: 5 &amp;lt; 6 &amp;#8211; <![CDATA[<b>Amazon</b>]]>",
                more="<description>&lt;p&gt;20&lt;sup&gt;e&lt;/sup&gt; plan&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;"
                "&lt;p&gt;6 &amp;euro;&lt;!-- no --&gt;&lt;/p&gt;</description>",
            )
        )
    )
    assert entry.title == "R&D : 5 < 6 – Amazon"
    assert entry.summary == "20e plan 6 €"


def test_hostile_titles_lose_what_cannot_be_seen() -> None:
    [entry] = read(rss(item("gnp.\u202egpj\u200b \u0085A\ufeff&#x202e;B<script>x</script>")))
    assert entry.title is not None and entry.title.isprintable()


def test_addresses_are_absolute_and_without_tracking_and_the_sources_id_is_kept() -> None:
    found = read(
        rss(
            item(link="/a?utm_source=rss&amp;id=7#xtor=RSS-1", more='<guid isPermaLink="false">n-7</guid>')
            + item(link="\n  HTTPS://News.example:443/b?fbclid=1&amp;b=2&amp;a=1\n")
            + item(link="", more="<guid>https://news.example/c?at_medium=rss</guid>")
        )
    )
    assert [(e.url, e.id) for e in found] == [
        ("https://news.example/a?id=7", "n-7"),
        ("https://news.example/b?b=2&a=1", "https://news.example/b?b=2&a=1"),
        ("https://news.example/c", "https://news.example/c"),
    ]


def test_entries_without_an_address_and_repeated_ones_are_left_out() -> None:
    found = read(
        rss(
            item("mail", "mailto:a@b.example") + item("script", "javascript:x()") + "<item><title>none</title></item>"
            + item("A") + item("A again", "https://news.example/a?utm_campaign=x") + item("B", "https://news.example/b")
        )
    )  # fmt: skip
    assert [e.title for e in found] == ["A", "B"]


def test_addresses_are_resolved_against_xml_base() -> None:
    atom = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://other.example/deep/"><entry><title>A</title>
        <link href="a.html"/></entry></feed>"""
    assert read(atom)[0].url == "https://other.example/deep/a.html"


LONG = "<p>The plan covers data centres in three regions.</p>" * 30


def test_full_content_is_kept_and_teasers_are_not() -> None:
    content = f'<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/"><![CDATA[{LONG}]]></content:encoded>'
    full, teaser = read(
        rss(
            item(more="<description>Short.</description>" + content)
            + item("B", "https://news.example/b", "<description>Short.</description>")
        )
    )
    assert full.content_html == LONG and full.summary == "Short."
    assert teaser.content_html is None


TITLE = "« 5 milliards d’euros » – à Fos"


@pytest.mark.parametrize(
    ("declared", "used", "header"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", "utf-8-sig", ""),
        ("iso-8859-1", "cp1252", ""),
        ("windows-1252", "cp1252", ""),
        ("utf-8", "cp1252", ""),
        ("iso-8859-1", "utf-8", "application/rss+xml; charset=iso-8859-1"),
        ("utf-16", "utf-16", ""),
        ("utf-16", "utf-16-le", ""),
        ("utf-16", "utf-8", ""),
        ("no-such-code", "utf-8", ""),
    ],
)
def test_odd_and_wrong_encodings(declared: str, used: str, header: str) -> None:
    text = rss(item(TITLE)).replace('version="1.0"?>', f'version="1.0" encoding="{declared}"?>')
    assert read(text.encode(used), header)[0].title == TITLE


@pytest.mark.parametrize(
    "broken",
    [
        rss(item("Fonds &amp; R&D < 5 ans") + item("B", "https://news.example/b")),
        rss(item("Élan &eacute;lectrique") + item("B", "https://news.example/b")),
        rss(item() + item("B", "https://news.example/b")).replace("</channel></rss>", ""),
        rss(item() + item("B", "https://news.example/b"))[:-20],
        "\n\n  junk before " + rss(item() + item("B", "https://news.example/b")),
        rss(item() + "\x0b\x1f" + item("B", "https://news.example/b")),
        rss(item(more="<media:content url='x'/>") + item("B", "https://news.example/b")),
        rss(item(link="https://news.example/a?x=1&y=2") + item("B", "https://news.example/b")),
        rss(
            "<item><title>A</title><link>https://news.example/a</link><b></item>" + item("B", "https://news.example/b")
        ),
    ],
)
def test_a_broken_feed_still_gives_every_entry(broken: str) -> None:
    found = read(broken)
    assert [e.url.partition("?")[0] for e in found] == ["https://news.example/a", "https://news.example/b"]
    assert all(e.title for e in found)


def test_nothing_is_lost_from_a_title_with_bare_signs() -> None:
    assert read(rss(item("Fonds & R&D &eacute;t&eacute;")))[0].title == "Fonds & R&D été"


def test_an_empty_feed_is_no_mistake() -> None:
    assert read(rss("")) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<!doctype html><html><head><title>x</title></head></html>", "web page, not a feed"),
        ('<!doctype html><html><link rel="alternate" type="application/rss+xml" href="/rss?a=1&amp;b=2"></html>', "names a feed: https://news.example/rss?a=1&b=2"),
        ("<urlset><url><loc>https://news.example/</loc></url></urlset>", "kind to sitemap"),
        ("/etc/passwd", "not a feed"),
        ("https://127.0.0.1/feed", "not a feed"),
        ('{"error": "no"}', "cannot be read"),
        ("{", "cannot be read"),
        ("", "not a feed"),
        (b"\x00\xff\x80" * 400, "not a feed"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_said_so(body: str | bytes, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(body)
    assert says in str(caught.value)


def test_a_feed_cannot_read_a_file_or_swell() -> None:
    secret = Path(__file__).as_uri()
    for prolog in (
        f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret}">]>',
        '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY x "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ):
        with pytest.raises(SourceError):
            read(f'<?xml version="1.0"?>{prolog}<rss version="2.0"><channel>{item("z&x;")}</channel></rss>')


@pytest.mark.parametrize(
    "hostile",
    [
        "<rss>" + "<a>" * 20_000,
        "<rss>" + "<item><title>" * 10_000,
        rss(item("<script>" * 20_000 + "</style>")),
        rss(item("<!--" * 50_000)),
        rss(item("&" * 100_000)),
        rss(item("<a " * 30_000)),
        "{" * 100_000,
        "[" * 100_000,
    ],
    ids=["tags", "items", "scripts", "comments", "ampersands", "open tags", "braces", "brackets"],
)
def test_hostile_feeds_take_no_long_time(hostile: str) -> None:
    started = time.process_time()
    with contextlib.suppress(SourceError):
        read(hostile)
    assert time.process_time() - started < 10


def test_a_must_match_narrows_a_source() -> None:
    source = Source(name="News", kind="feed", url=URL, must_match=r"\bAI\b|intelligence artificielle")
    found = entries(
        source,
        page(
            rss(
                item("Rain", "https://news.example/rain", "<description>It said so.</description>")
                + item("ai fund")
                + item("Plan", "https://news.example/b", "<description>L’intelligence artificielle …</description>")
            )
        ),
    )
    assert [e.title for e in found] == ["ai fund", "Plan"]
    with pytest.raises(SourceError, match="not a regular expression"):
        entries(Source(name="News", kind="feed", url=URL, must_match="("), page(rss(item())))


def test_the_slow_parser_is_not_loaded_for_sound_feeds() -> None:
    import subprocess

    code = (
        "import sys; from datetime import datetime, UTC; from monitor.model import Page, Source; from monitor.sources import entries\n"
        f"found = entries(Source('n', 'feed', {URL!r}), Page({URL!r}, {URL!r}, 200, {{}}, {rss(item()).encode()!r}, datetime.now(UTC)))\n"
        "assert len(found) == 1 and 'feedparser' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
