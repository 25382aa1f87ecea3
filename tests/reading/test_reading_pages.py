"""Pages as newsrooms, ministries and companies lay them out, in five languages: what must be read, what must not."""

from __future__ import annotations

import contextlib
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.errors import ReadingError
from monitor.model import Article, Entry, Page, Source
from monitor.reading import read
from monitor.reading.language import language_of

PAGES = Path(__file__).parent / "pages"
URL = "https://www.example.org/news/2026/plan.html"
VISIT = datetime(2026, 6, 1, 8, tzinfo=UTC)


def page(body: str | bytes, content_type: str = "text/html", url: str = URL) -> Page:
    raw = body if isinstance(body, bytes) else body.encode()
    return Page(url, url, 200, {"content-type": content_type}, raw, VISIT)


def plain(text: str) -> str:
    return text.replace("\xa0", " ").strip()


def of_file(name: str) -> Article:
    return read(page((PAGES / f"{name}.html").read_bytes()))


NAMES = sorted(path.stem for path in PAGES.glob("*.html"))


@pytest.mark.parametrize("name", NAMES)
def test_the_whole_article_is_read_in_its_order(name: str) -> None:
    """Every line of the article is there, in order and shape; what else came along is short and holds no sum."""
    wanted = plain((PAGES / f"{name}.txt").read_text()).split("\n")
    lines = plain(of_file(name).text).split("\n")
    rest = list(lines)
    place = 0
    for line in filter(None, wanted):
        assert line in lines[place:], f"lost: {line}"
        place += lines[place:].index(line) + 1
        rest.remove(line)
    assert not [line for line in rest if len(line) > 60 or re.search(r"[€$£]|milli|Mrd|Mio", line)]


@pytest.mark.parametrize("name", NAMES)
def test_paragraphs_stay_apart(name: str) -> None:
    wanted = plain((PAGES / f"{name}.txt").read_text()).split("\n\n")
    blocks = plain(of_file(name).text).split("\n\n")
    assert len([block for block in wanted if block in blocks]) >= len(wanted) - 1


@pytest.mark.parametrize(
    ("name", "title", "published", "language", "outlet"),
    [
        ("fr-quotidien", "La Moselle attire 3,4 milliards d’euros de projets de calcul", date(2026, 3, 12), "fr", "La Gazette de l’Est"),
        ("fr-communique", "France 2030 : les lauréats de la vague IA embarquée", date(2025, 11, 18), "fr", "www.example.org"),
        ("en-wire", "Harrow to spend $2.3 bln on Ohio data centers, doubling plan", date(2026, 1, 22), "en", "www.example.org"),
        ("en-newsroom", "Our next chapter in Europe", date(2025, 6, 3), "en", "Veldt Newsroom"),
        ("de-zeitung", "Kohlekonzern steckt 1,2 Milliarden Euro in Rechenzentren", date(2026, 2, 27), "de", "www.example.org"),
        ("es-diario", "Aragón suma otros 4.700 millones en centros de datos", date(2025, 10, 9), "es", "El Correo del Ebro"),
        ("it-giornale", "Data center, la mappa degli investimenti in Lombardia", date(2026, 5, 20), "it", "Corriere Padano"),
    ],
)  # fmt: skip
def test_title_day_language_and_outlet(name: str, title: str, published: date, language: str, outlet: str) -> None:
    article = of_file(name)
    assert (article.title, article.published, article.language, article.outlet) == (title, published, language, outlet)
    assert not article.partial


def test_the_canonical_address_is_taken_from_the_same_site_alone() -> None:
    def link(tag: str) -> str:
        return read(page(ARTICLE.replace("<head>", f"<head>{tag}"), url=URL + "?utm_source=x&id=5")).link

    assert link('<link rel="canonical" href="/news/plan?utm_medium=y">') == "https://www.example.org/news/plan"
    assert link('<link rel=canonical href="https://example.org/plan">') == "https://example.org/plan"
    assert link('<meta property="og:url" content="https://m.example.org/plan">') == "https://m.example.org/plan"
    for foreign in ("https://other.example/plan", "https://www.example.org/", "javascript:x", "http://[half"):
        assert link(f'<link rel="canonical" href="{foreign}">') == URL + "?id=5"


ARTICLE = (
    "<!doctype html><html lang=en><head><title>Plan approved</title></head><body><article><h1>Plan approved</h1>"
    + "".join(
        f"<p>Paragraph {n} says that the company will spend {n} billion dollars on data centres in the region by 2030, "
        "according to a filing that was published on Monday.</p>"
        for n in range(2, 8)
    )
    + "</article></body></html>"
)


@pytest.mark.parametrize(
    ("feed", "head", "day"),
    [
        ("2026-05-10T22:30:00+00:00", '{"@type":"NewsArticle","datePublished":"2026-05-11T00:30:00+02:00"}', date(2026, 5, 11)),
        ("2026-05-10T22:30:00+00:00", '{"@type":"NewsArticle","datePublished":"2024-01-01"}', date(2026, 5, 10)),
        ("2026-05-10T22:30:00+00:00", "{broken", date(2026, 5, 10)),
        (None, '<!-- {"@graph":[{"@type":"Organization"},{"@type":["Thing","BlogPosting"],"datePublished":"2026-05-09 10:00"}]} -->', date(2026, 5, 9)),
        (None, '{"@type":"NewsArticle","datePublished":"2031-01-01"}', None),
        ("2031-01-01T00:00:00+00:00", '{"@type":"NewsArticle","datePublished":"2026-05-09"}', date(2026, 5, 9)),
    ],
)  # fmt: skip
def test_the_day_is_the_feeds_unless_the_page_knows_the_outlets_own(
    feed: str | None, head: str, day: date | None
) -> None:
    html = ARTICLE.replace("<head>", f'<head><script type="application/ld+json">{head}</script>')
    entry = Entry(URL, "1", published=datetime.fromisoformat(feed) if feed else None)
    assert read(page(html), entry).published == day


def test_a_day_in_words_or_in_the_address_is_found_last() -> None:
    html = ARTICLE.replace("<h1>", '<time class="date">11 May 2026</time><h1>')
    assert read(page(html)).published == date(2026, 5, 11)
    assert read(page(ARTICLE)).published is None


def test_what_the_source_says_counts_for_outlet_and_trust() -> None:
    source = Source(name="Ministry", kind="feed", url=URL, trust="official")
    article = read(page(ARTICLE), source=source)
    assert (article.outlet, article.trust) == ("Ministry", "official")


@pytest.mark.parametrize(
    ("codec", "meta", "header"),
    [
        ("cp1252", "windows-1252", ""),
        ("cp1252", "utf-8", "text/html; charset=utf-8"),
        ("utf-8", "iso-8859-1", "text/html; charset=iso-8859-1"),
        ("utf-16", "utf-8", ""),
        ("cp1252", "", "text/html; charset=windows-1252"),
    ],
)
def test_odd_and_wrong_encodings(codec: str, meta: str, header: str) -> None:
    words = "L’État a promis « 5 milliards d’euros » à l’été, déjà versés pour moitié selon le rapporteur général du budget."
    html = f"<html><head><meta charset='{meta}'><title>Été</title></head><body><article>" + f"<p>{words}</p>" * 4
    assert words in plain(read(page(html.encode(codec), header or "text/html")).text)


WALL = """<html lang=fr><head><title>Le plan secret d’Hexacalc | L’Hebdo</title><script type="application/ld+json">
{"@type":"NewsArticle","headline":"Le plan secret d’Hexacalc","datePublished":"2026-05-04","isAccessibleForFree":%s}</script></head>
<body><article><h1>Le plan secret d’Hexacalc</h1><p>L’entreprise prépare un investissement de 2 milliards d’euros près de Metz, selon des documents
que nous avons consultés. Le dossier divise les élus, qui redoutent le bruit et la soif des serveurs.</p>%s</article></body></html>"""


@pytest.mark.parametrize(
    ("free", "words"),
    [
        ("false", ""),
        (
            "true",
            "<p>Cet article est réservé aux abonnés. Il vous reste 84 % de cet article à lire.</p><p>Déjà abonné ?</p>",
        ),
    ],
)
def test_behind_a_paywall_summary_and_teaser_make_a_partial_article(free: str, words: str) -> None:
    entry = Entry(URL, "1", title="Hexacalc", summary="Deux milliards d’euros pour Metz, et des élus inquiets.")
    article = read(page(WALL % (free, words)), entry)
    assert article.partial and article.published == date(2026, 5, 4)
    assert "Deux milliards d’euros pour Metz" in article.text and "2 milliards d’euros près de Metz" in plain(
        article.text
    )
    assert "abonné" not in article.text


def test_full_text_in_the_feed_stands_in_for_a_closed_page() -> None:
    content = "".join(
        f"<p>Hexacalc investira 2 milliards d’euros près de Metz, dont {n} millions l’an {n}.</p>" for n in range(30)
    )
    article = read(page(WALL % ("false", "")), Entry(URL, "1", title="Hexacalc", content_html=content))
    assert not article.partial and "29 millions l’an 29" in article.text


CHALLENGES = [
    "<html><title>Just a moment...</title><body><h1>Verify you are human</h1></body></html>",
    "<html><title>Access Denied</title><body>You don't have permission to access this server.</body></html>",
    "<html><body><div id=root></div><script>render()</script></body></html>",
    "<html></html>",
]


@pytest.mark.parametrize("html", CHALLENGES)
def test_a_page_without_an_article_gives_the_entrys_words_or_a_reason(html: str) -> None:
    entry = Entry(URL, "1", title="Harrow doubles plan", summary="Harrow will spend $2.3 billion in Ohio.")
    article = read(page(html), entry)
    assert article.partial and article.text == entry.summary
    assert article.title == "Harrow doubles plan" or "moment" not in article.title.lower()
    with pytest.raises(ReadingError):
        read(page(html))


def test_a_page_drawn_by_scripts_is_read_from_what_it_declares() -> None:
    body = (
        "Harrow will spend $2.3 billion in Ohio.\n\nThe halls open in 2028, the company said on Thursday in Columbus."
    )
    data = {"@type": "NewsArticle", "headline": "Harrow doubles plan", "articleBody": body}
    html = f'<html><head><script type="application/ld+json">{json.dumps(data)}</script></head><body><div id=app></div></body></html>'
    article = read(page(html))
    assert not article.partial and article.text == body


def test_single_breaks_stay_lines_and_double_ones_part_paragraphs() -> None:
    html = ARTICLE.replace(
        "</h1>",
        "</h1><p>North: 1 billion euros<br>South: 2 billion euros<br/> <br/>A new paragraph begins here, and it is long enough.</p>",
    )
    text = read(page(html)).text
    assert "North: 1 billion euros\nSouth: 2 billion euros\n\nA new paragraph" in text


def test_no_break_spaces_that_bind_a_sum_stay_and_unseen_characters_go() -> None:
    html = ARTICLE.replace(
        "</h1>",
        "</h1><p>Le fonds promet 20&nbsp;000&#8239;M€ pour l’in\xadtel\u200bligence\u202e artificielle, a-t-il dit lundi.</p>",
    )
    assert "20\xa0000\u202fM€ pour l’intelligence artificielle" in read(page(html)).text


@pytest.mark.parametrize(
    "html",
    [
        "<html><body>" + "<div>" * 20_000 + "deep",
        "<html><body>" + "<table><tr><td>" * 3_000 + "deep",
        "<html><body><p>" + "<b>" * 5_000 + "bold",
        "<html><body><ul>" + "<li>1 million<ul>" * 400,
        "<html><body><p>" + "A" * 2_000_000,
        "<html><body>" + "<p>x</p>" * 60_000,
        "<html><head><script type='application/ld+json'>"
        + "[" * 100_000
        + "</script></head><body><p>x</p></body></html>",
        "<!--" * 50_000,
        "<p " + "a='" * 100_000,
        "\x00<html>\x00<body>\x00",
    ],
    ids=["deep", "tables", "bold", "lists", "long word", "many", "json", "comments", "attributes", "nul"],
)
def test_hostile_markup_ends_in_an_article_or_a_reason(html: str) -> None:
    with contextlib.suppress(ReadingError, RecursionError):
        assert isinstance(read(page(html)).text, str)


def test_scripts_styles_and_markup_never_reach_the_text() -> None:
    html = ARTICLE.replace(
        "</h1>",
        "</h1><script>alert('one million')</script><style>p{}</style><p>Fine &lt;script&gt; words about a plan of the company, in plain text.</p>",
    )
    text = read(page(html)).text
    assert "alert" not in text and "p{}" not in text


@pytest.mark.parametrize(
    ("body", "title", "text"),
    [
        (b"Title line\r\n\r\nFirst  paragraph.\r\n- one\r\n- two\r\n\r\n\r\n\r\nSecond.", "Title line", "First paragraph.\n- one\n- two\n\nSecond."),
        ("Le fonds investit 5 milliards d’euros à Lille.".encode("cp1252"), "Le fonds investit 5 milliards d’euros à Lille.", "Le fonds investit 5 milliards d’euros à Lille."),
    ],
)  # fmt: skip
def test_plain_text_is_read_as_it_is(body: bytes, title: str, text: str) -> None:
    article = read(page(body, "text/plain"))
    assert (article.title, article.text) == (title, text)


@pytest.mark.parametrize(
    "body", [b"\x00\x01\x02\xff" * 500, b"", b"%PDF-1.7 not really", b"%PDF-1.4\n" + b"\xff" * 300]
)
def test_what_is_no_text_is_said_so(body: bytes) -> None:
    with pytest.raises(ReadingError):
        read(page(body, "application/octet-stream"))


def pdf(lines: list[str]) -> bytes:
    """A one-page PDF that shows the lines."""
    shown = " T* ".join("(" + line.replace("(", r"\(").replace(")", r"\)") + ") Tj" for line in lines)
    stream = f"BT /F1 12 Tf 14 TL 50 700 Td {shown} ET".encode("cp1252")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Title(Plan for compute)/CreationDate(D:20260510120000Z)>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 7\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer<</Size 7/Root 1 0 R/Info 6 0 R>>\nstartxref\n%d\n%%%%EOF" % start


def test_a_pdf_gives_its_words_with_wrapped_lines_joined() -> None:
    article = read(
        page(
            pdf(
                [
                    "The ministry will grant 40 million",
                    "euros to three univer-",
                    "sities. Half of it is new.",
                    "- Lyon: 20 million",
                ]
            ),
            "application/pdf",
        )
    )
    assert (
        article.text
        == "The ministry will grant 40 million euros to three universities. Half of it is new.\n- Lyon: 20 million"
    )
    assert (article.title, article.published, article.language) == ("Plan for compute", date(2026, 5, 10), "en")


@pytest.mark.parametrize(
    ("text", "claims", "language"),
    [
        ("Die Landesregierung will bis 2030 rund 5 Mio. Euro in das Zentrum stecken.", ("fr",), "de"),
        ("Il governo ha approvato un piano da 5 miliardi per i centri di calcolo.", (), "it"),
        ("El consejero defendió que la ayuda llegará a los municipios este año.", ("en", "it"), "es"),
        ("Q3 2026", ("fr-FR", "en"), "fr"),
        ("日本政府は人工知能に投資する", ("ja",), "ja"),
        ("日本政府は人工知能に投資する", (), "und"),
        ("De regering wil voor 2030 vijf miljard euro in rekencentra steken, zei de minister.", ("de",), "nl"),
    ],
)
def test_the_words_decide_the_language_and_claims_settle_doubt(
    text: str, claims: tuple[str, ...], language: str
) -> None:
    assert language_of(text, *claims) == language
