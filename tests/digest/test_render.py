"""What a person reads: the news in the subject, every fact in both parts, in clients that know little."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from digest_samples import (
    AFTER,
    BEFORE,
    DESK,
    NOW,
    WEEK,
    change,
    commitment,
    digest,
    evidence,
    new,
    quiet_week,
    state,
    sum_of,
    totals,
    turned,
    week,
)
from lxml import html
from mail_lint import contrast, inverted, problems, texts

from monitor.digest.alerts import alerts
from monitor.digest.build import Digest
from monitor.digest.language import words
from monitor.digest.render import HTML_LIMIT, Rendered, Renderer, render
from monitor.digest.subscription import Alert, Filter, Subscription
from monitor.digest.view import Links
from monitor.errors import SettingsError
from monitor.schedule import Period, ZoneInfo

LANGUAGES = ("fr", "en", "de", "es", "it")
LINKS = Links("https://monitor.example.org", "https://monitor.example.org/unsubscribe/token")
PARIS = ZoneInfo("Europe/Paris")


def everything() -> Digest:
    overdue = [commitment("o", investor=("Nokia",), horizon=2025)]
    return digest(
        overdue=overdue, disputed=[commitment("d", investor=("SAP",), disputed=True)], totals_revised=totals(137, 173)
    )


def readable(rendered: Rendered) -> tuple[str, str]:
    """The HTML's visible words and the text's, on one line each."""
    body = html.document_fromstring(rendered.html.encode()).find("body")
    body.remove(body.find("div"))  # the preheader
    return plain(" ".join(body.itertext())), plain(rendered.text)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(
    ("code", "subject"),
    [
        ("fr", "Semaine 47 : 3 nouveaux, 1 annulé, 1 réduit, 1 retardé, 1 relevé, +6,2 Md€"),
        ("en", "Week 47: 3 new, 1 cancelled, 1 reduced, 1 delayed, 1 raised, +€6.2bn"),
        ("de", "Woche 47: 3 neu, 1 abgesagt, 1 gekürzt, 1 verschoben, 1 erhöht, +6,2 Mrd. €"),
        ("es", "Semana 47: 3 nuevos, 1 cancelado, 1 reducido, 1 retrasado, +6.200 M€"),
        ("it", "Settimana 47: 3 nuovi, 1 annullato, 1 ridotto, 1 rinviato, +6,2 mld €"),
    ],
)
def test_the_subject_holds_the_news(code: str, subject: str) -> None:
    assert plain(render(digest(), code).subject) == subject


def test_the_subject_tells_what_happened_and_nothing_else() -> None:
    changes = [new(), new(), new(), turned("cancelled", {}, {"status": "cancelled"})]
    assert plain(render(digest(changes), "fr").subject) == "Semaine 47 : 3 nouveaux, 1 annulé, +6,2 Md€"
    assert plain(render(digest(changes, totals_after=BEFORE), "fr").subject) == "Semaine 47 : 3 nouveaux, 1 annulé"
    filtered = Subscription("n@example.org", only=Filter(places=("Cambrai",)))
    assert plain(render(digest(changes, filtered), "fr").subject) == "Semaine 47 : 3 nouveaux, 1 annulé"


def test_an_empty_week_says_so_with_how_many_articles_were_read() -> None:
    rendered = render(quiet_week(), "fr")
    assert plain(rendered.subject) == "Semaine 47 : rien de nouveau"
    for part in readable(rendered):
        assert "Rien de nouveau : 412 articles lus" in plain(part)
        assert "309 Md€ inchangé" in plain(part).replace("(", "")


def test_a_gap_is_named() -> None:
    gap = Period("week", date(2026, 10, 19), date(2026, 11, 23))
    rendered = render(digest(period=gap), "fr")
    assert plain(rendered.subject).startswith("Semaines 43 à 47 : ")
    for part in readable(rendered):
        assert "Ce bulletin couvre 5 semaines : aucun n’est parti entre-temps." in plain(part)
        assert "19 oct. – 22 nov. 2026" in plain(part)
    assert "couvre" not in render(digest(), "fr").text


@pytest.mark.parametrize(
    ("period", "title"),
    [
        (Period("day", date(2028, 2, 29), date(2028, 3, 1)), "29 février 2028"),
        (Period("month", date(2026, 12, 1), date(2027, 1, 1)), "Décembre 2026"),
        (Period("week", date(2026, 12, 28), date(2027, 1, 4)), "Semaine 53"),
        (Period("month", date(2026, 11, 1), date(2027, 1, 1)), "1 nov. – 31 déc. 2026"),
    ],
)
def test_periods_of_every_kind_have_a_name(period: Period, title: str) -> None:
    assert plain(render(digest(period=period), "fr").subject).startswith(f"{title} : ")


@pytest.mark.parametrize("code", LANGUAGES)
def test_text_and_html_say_the_same(code: str) -> None:
    rendered = render(everything(), code, LINKS)
    in_html, in_text = (set(re.findall(r"\w+", part.casefold())) for part in readable(rendered))
    addresses = {w for url in re.findall(r"https?://\S+", rendered.text) for w in re.findall(r"\w+", url.casefold())}
    assert in_html - in_text <= set(re.findall(r"\w+", words(code).text("item.read").casefold()))  # there the address
    assert in_text - in_html - addresses == set()


@pytest.mark.parametrize("part", ["html", "text"])
def test_an_item_tells_who_how_much_where_by_when_in_what_state_on_whose_word(part: str) -> None:
    one = change(
        "amount_raised",
        state(investor=("Google",), recipient="Nordlicht", currency="USD", **sum_of(2)),
        state(investor=("Google",), recipient="Nordlicht", currency="USD", status="signed", horizon=2032, **sum_of(3)),
        euros_after=(2.6e9, 2.6e9),
        evidence=evidence("Google lifts its pledge to $3bn.", outlet="Reuters", language="en"),
    )
    rendered = render(digest([one]), "fr", LINKS)
    shown = plain(readable(rendered)[0 if part == "html" else 1])
    for fact in (
        "Google",
        "pour Nordlicht",
        "2 Md$ → 3 Md$",
        "≈ 2,6 Md€",
        "Cambrai",
        "d’ici 2030 → 2032",
        "Relevé",
        "annoncé → signé",
        "centre de données",
        "« Google lifts its pledge to $3bn. »",
        "Reuters, 18 novembre 2026 (en)",
    ):
        assert fact in shown, fact
    for link in ("https://news.example.org/2026/11/18/a.html", f"https://monitor.example.org/wrong/{one.commitment}"):
        assert link in getattr(rendered, part)


def test_many_payers_are_counted() -> None:
    names = tuple(f"Fonds {letter}" for letter in "ABCDEFG")
    assert "Fonds A, Fonds B, Fonds C, Fonds D et 3 autres" in plain(render(digest([new(investor=names)]), "fr").text)


def test_an_unknown_rate_is_said() -> None:
    one = change("new", None, state(currency="XYZ"), euros_after=(None, None))
    assert "sans taux de change connu" in render(digest([one]), "fr").text


def test_without_a_public_address_a_mail_carries_no_link_to_us() -> None:
    rendered = render(everything(), "fr", Links(mailed=True))
    own = set(re.findall(r'href="([^"]*)"', rendered.html)) | set(re.findall(r"https?://\S+", rendered.text))
    assert own == {"https://news.example.org/2026/11/18/a.html"}
    assert "répondez « désabonner »" in plain(rendered.text)
    assert "désabonner" not in render(everything(), "fr").text  # a file has nobody to unsubscribe


def test_the_summary_gives_both_totals_their_change_and_what_was_only_learnt() -> None:
    rendered = render(digest(totals_revised=totals(137, 173)), "fr")
    for part in readable(rendered):
        told = plain(part).replace("(", "").replace(":", "")
        assert "Détaillé 142,2 Md€ +6,2 Md€ sur la période" in told.replace("  ", " ")
        assert "315,2 Md€ +6,2 Md€ sur la période" in told
        assert "+5,2 Md€ sont de la période et +1 Md€ viennent" in told
        assert "levées de fonds 21 M€" in told
    first = plain(render(digest(totals_before=None), "fr").text)
    assert first.count("premier bulletin") == 2
    assert "+6,2" not in first


def test_two_thousand_items_stay_under_the_limit_and_the_rest_is_counted() -> None:
    many = [new(evidence=evidence("Une phrase assez longue. " * 30), investor=(f"Acteur {n}",)) for n in range(2000)]
    rendered = render(digest(many + week()), "fr", LINKS)
    assert len(rendered.html.encode()) <= HTML_LIMIT
    rest = re.search(r"\+ ([\d\s]+)\sautres", rendered.html)
    shown = len(re.findall(r'bold;">(?:Acteur \d+|MGX et Bpifrance|Brookfield|Amazon)<', rendered.html))
    assert rest is not None
    assert int(re.sub(r"\s", "", rest[1])) + shown == 2003
    assert "Microsoft" in rendered.html  # other sections keep theirs


HOSTILE = "<script>alert(1)</script>\r\nBcc: x@example.org\u202e\u0000\x1b[31m{{ 7*7 }}" + "A" * 500


def test_hostile_text_is_shown_as_text() -> None:
    proof = evidence(HOSTILE, outlet=HOSTILE, link="javascript:alert(1)")
    one = new(investor=(HOSTILE,), recipient=HOSTILE, place=(HOSTILE,), evidence=proof)
    two = new(investor=("Fine",), evidence=evidence(link='https://example.org/"><script>'))
    filtered = Subscription("n@example.org", only=Filter(places=(HOSTILE,)))
    for built in (digest([one, two]), digest([one], filtered)):
        rendered = render(built, "fr", LINKS)
        assert "<script" not in rendered.html
        assert "javascript:" not in rendered.html + rendered.text
        assert not problems(rendered.html)
        for part in (rendered.subject, rendered.html, rendered.text):
            assert not set(part) & set("\u202e\x00\x1b\r")
            assert "49" not in part
        assert "\n" not in rendered.subject
    assert "{{ 7*7 }}" in plain(render(digest([one]), "fr").text)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_client_of_the_table_can_show_it(code: str) -> None:
    for built in (everything(), quiet_week(), digest(period=Period("week", date(2026, 10, 5), date(2026, 11, 23)))):
        for links in (LINKS, Links()):
            assert problems(render(built, code, links).html) == []


@pytest.mark.parametrize(
    "broken",
    [
        '<img src="x.png">',
        "<svg></svg>",
        '<p style="padding:3px">x</p>',
        '<td style="display:flex">x</td>',
        '<p style="color:var(--ink)">x</p>',
        '<td style="background-color:#ffffff">x</td>',
        '<a href="javascript:x">x</a>',
        "<style>.a { color: red }</style>",
    ],
)
def test_the_lint_sees_what_clients_would_not_show(broken: str) -> None:
    assert problems(render(quiet_week(), "fr").html.replace("</table>", f"</table>{broken}", 1))


@pytest.mark.parametrize("mode", ["light", "dark", "inverted"])
def test_every_text_has_a_contrast_of_at_least_4_5(mode: str) -> None:
    page = render(everything(), "fr", LINKS).html
    seen = set()
    for text, colour, back in texts(page, dark=mode == "dark"):
        if mode == "inverted":
            colour, back = inverted(colour), inverted(back)
        seen.add((colour, back))
        assert contrast(colour, back) >= 4.5, (text, colour, back)
    assert len(seen) >= 6


def test_dark_rules_reach_every_colour_that_is_set() -> None:
    page = render(everything(), "fr", LINKS).html
    light = {back for _, _, back in texts(page)}
    assert light.isdisjoint({back for _, _, back in texts(page, dark=True)})


def test_templates_can_be_restyled_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    shipped = Path(str(Renderer()._environment.get_template("mail/style.j2").filename)).read_text("utf-8")
    (tmp_path / "mail" / "style.j2").write_text(shipped.replace("#1b2733", "#123456"), "utf-8")
    rendered = Renderer(tmp_path).render(digest(), "fr")
    assert "#123456" in rendered.html
    assert "#1b2733" not in rendered.html
    assert rendered.text == render(digest(), "fr").text


def test_a_broken_template_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "digest.txt.j2").write_text("fine\n{% if %}\n", "utf-8")
    with pytest.raises(SettingsError, match=r"digest.txt.j2, line 2"):
        Renderer(tmp_path).render(digest(), "fr")
    (tmp_path / "mail" / "digest.txt.j2").write_text("{{ v.nothing }}", "utf-8")
    with pytest.raises(SettingsError, match=r"nothing"):
        Renderer(tmp_path).render(digest(), "fr")


def test_an_alert_names_who_what_and_how_much() -> None:
    desk = Subscription("desk@example.org", "fr", alert=Alert(events=("cancelled",)))
    ((_, built),) = alerts(week(), desk, PARIS, NOW)
    rendered = render(built, "fr", LINKS)
    assert plain(rendered.subject) == "Alerte : Microsoft, annulé, 20 Md€"
    assert "Comment les totaux" not in rendered.html
    assert problems(rendered.html) == []


def test_lines_of_the_text_part_are_short_enough_to_quote() -> None:
    for line in render(everything(), "de", LINKS).text.splitlines():
        assert len(line) <= 72 or "https://" in line


def test_the_moment_is_in_the_zone_it_was_given_in() -> None:
    assert "23 novembre 2026, 07:00 (Paris)" in plain(render(digest(generated_at=NOW.astimezone(PARIS)), "fr").text)
    assert "06:00 (UTC)" in render(digest(), "fr").text


def test_rendering_twice_gives_the_same() -> None:
    built = everything()
    assert render(built, "it", LINKS) == render(built, "it", LINKS)
    assert WEEK.end - WEEK.start == timedelta(days=7)
    assert AFTER != BEFORE
    assert DESK.id == "desk@example.org"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_number_and_its_word_stay_on_one_line(code: str) -> None:
    body = html.document_fromstring(render(everything(), code).html.encode()).find("body")
    lead = next(p.text for p in body.iter("p") if p.text and "412" in p.text)
    assert not re.search(r"\d [^\W\d]", lead), lead


def test_a_change_is_told_to_three_digits_and_the_totals_in_full() -> None:
    moved = render(digest([new()], totals_after=totals(136 - 0.993875, 173)), "de")
    text = plain(moved.text)
    assert "Einzeln belegt 135 Mrd. € (−994 Mio. € im Zeitraum)" in text
    assert "−994 Mio. €" in plain(moved.subject)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("gouvernement français", "Gouvernement français"),
        ("iliad", "Iliad"),
        ("xAI", "xAI"),
        ("eBay", "eBay"),
        ("37signals", "37signals"),
    ],
)
def test_a_name_begins_its_line_with_a_capital_unless_it_writes_itself_otherwise(name: str, shown: str) -> None:
    rendered = render(digest([new(investor=(name,))]), "fr")
    assert f"[Annoncé] {shown}" in plain(rendered.text)


def test_the_moment_of_a_digest_is_told_in_the_readers_zone() -> None:
    told = render(digest(generated_at=NOW.astimezone(PARIS)), "fr")
    assert "07:00 (Paris)" in plain(told.text)


def test_links_have_a_line_of_their_own_and_no_separator_hangs_before_them() -> None:
    body = html.document_fromstring(render(everything(), "en", LINKS).html.encode())
    for link in body.iterfind(".//p/a[@class='link']"):
        line = link.getparent()
        if link.text in ("Read the article", "This is wrong"):
            assert "·" not in line.text_content()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_doubtful_reading_is_told_as_such_with_its_confidence(language: str) -> None:
    sure, doubtful = new(), change("new", None, state(), doubt=0.412)
    mails = [render(digest([c]), language) for c in (sure, doubtful)]
    said = words(language).text("item.doubtful", share=41)
    assert "41" in said
    assert [said in " ".join(mail.text.split()) for mail in mails] == [False, True]
    assert [any(said in told for told, _, _ in texts(mail.html)) for mail in mails] == [False, True]
