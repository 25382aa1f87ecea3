"""What is found as a sum of money, in five languages and in any text at all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.extraction import sums_language
from monitor.extraction.sums import find_sums
from monitor.model import Money
from tests.timing import growth

LANGUAGES = ("fr", "en", "de", "es", "it")
CASES = Path(__file__).parent / "cases" / "sums.txt"


def cases() -> Iterator[tuple[str, str, str]]:
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            language, text, expected = f"{line} ".split(" | ")
            yield language, text, expected.strip()


def shape(money: Money) -> str:
    ends = " ".join("-" if end is None else f"{end:.10g}" for end in (money.low, money.high))
    return f"{ends} {money.currency} {money.qualifier}"


def wanted(expected: str) -> list[str]:
    out = []
    for part in filter(str.strip, expected.split(";")):
        low, high, currency, qualifier = part.split()
        ends = " ".join(end if end == "-" else f"{float(end):.10g}" for end in (low, high))
        out.append(f"{ends} {currency} {qualifier}")
    return out


@pytest.mark.parametrize(("language", "text", "expected"), list(cases()))
def test_written_conventions(language: str, text: str, expected: str) -> None:
    assert [shape(m) for m in find_sums(text, language)] == wanted(expected)


@pytest.mark.parametrize(
    ("language", "text", "value", "currency"),
    [
        ("fr", "dix-huit millions d'euros", 18e6, "EUR"),
        ("fr", "soixante-dix-neuf millions d'euros", 79e6, "EUR"),
        ("en", "Lot 1 is put at EUR 17 900 000.", 17.9e6, "EUR"),
        ("en", "Corvex has SKr95bn for Sweden.", 95e9, "SEK"),
    ],
)
def test_a_figure_is_read_to_its_end(language: str, text: str, value: float, currency: str) -> None:
    assert [(m.low, m.currency) for m in find_sums(text, language)] == [(value, currency)]


def one(text: str, language: str, number: str) -> Money:
    return next(m for m in find_sums(text, language) if m.text == number)


@pytest.mark.parametrize(
    ("language", "text", "number", "value", "currency"),
    [
        ("fr", "Le plan atteint 150 millions d'euros, dont 45 sous forme de prêts.", "45", 45e6, "EUR"),
        ("fr", "AWS met 5 milliards d'euros, Google 3, Microsoft 2.", "3", 3e9, "EUR"),
        ("fr", "AWS met 5 milliards d'euros, Google 3, Microsoft 2.", "2", 2e9, "EUR"),
        ("fr", "Ils versent 25, 18 puis 12 millions d'euros à Lille, Lyon et Toulouse.", "18", 18e6, "EUR"),
        ("fr", "Vingt millions d'euros de l'État, huit de la Région.", "huit", 8e6, "EUR"),
        ("en", "The fund has $5 billion. Two of that comes from Norway.", "Two", 2e9, "USD"),
        ("en", "The state pays 600m kronor and Hafslund's part is 450m.", "450m", 450e6, "SEK"),
        ("de", "Es geht um 900 Mio. Euro; davon kommen 250 vom Land.", "250", 250e6, "EUR"),
        ("es", "Son 1.000 millones de euros. De ese importe, 752 millones son públicos.", "752 millones", 752e6, "EUR"),
        ("es", "Trescientos mil millones de dólares a Oracle y 38.000 a Amazon.", "38.000", 38e9, "USD"),
        ("it", "Servono 20 milioni di euro: otto li mette la Provincia.", "otto", 8e6, "EUR"),
        ("es", "El contrato es de 4.200.000 euros, de los que 2.520.000 son para 2027.", "2.520.000", 2.52e6, "EUR"),
        ("fr", "Sur 40 millions d'euros, dix-huit viennent de la Ville.", "dix-huit", 18e6, "EUR"),
    ],
)
def test_a_unit_left_out_is_that_of_the_sum_nearby(
    language: str, text: str, number: str, value: float, currency: str
) -> None:
    found = one(text, language, number)
    assert (found.low, found.currency) == (value, currency)
    assert found.inherited


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Corvex spends $4 billion on halls.\n\nA crane at the site in Bergen, Sept. 12, 2026."),
        ("en", "The $3 billion round was led by Alder, Birch and Corvex Growth Fund 2 and joined by others."),
        ("en", "Halden lends 40 million euros to the firm from Bergen that builds the language models Brisk 4.5 and Corvo 2.1 today."),
        ("en", "Corvex pays $900 million. It wants three halls, one in Cork and two in Kerry."),
        ("en", "Corvex pays $900 million.\n\n2. The water comes from the lake."),
        ("en", "Corvex pays $900 million.\n\nAnnex 3. The water comes from the lake."),
        ("de", "Corvex zahlt 900 Millionen Euro. Der Rat tagt am 11. November wieder."),
        ("de", "Corvex zahlt 900 Millionen Euro. Die Marge liegt bei 25 bis 30 Prozent."),
        ("fr", "Corvex verse 900 millions d'euros. On l'a dit hier sur Canal 2, le soir."),
        ("it", "Corvex versa 900 milioni di euro. Ha tre sedi a Roma e due a Milano."),
        ("en", "Corvex pays $900 million. The hall grows from 48 to 90 desks."),
        ("de", "Corvex zahlt 900 Millionen Euro. Die Halle bekommt 22 statt 36 Megawatt."),
        ("fr", "Corvex verse 900 millions d'euros. Le hall aura 22 au lieu de 36 mégawatts."),
        ("es", "Corvex paga 900 millones de euros. La nave tendrá 22 en vez de 36 megavatios."),
    ],
)
def test_a_number_that_dates_names_or_counts_is_no_sum(language: str, text: str) -> None:
    assert [m for m in find_sums(text, language) if "scale" in m.inherited] == []


@pytest.mark.parametrize(
    ("language", "text", "numbers"),
    [
        ("en", "Corvex pays 90 million euros, Halden Pension 60 and Larkhall 15.", ["60", "15"]),
        ("it", "Il fondo chiude a 9 milioni di euro. Corvina Ventures 6, Alba 2, i soci il resto.", ["6", "2"]),
        ("de", "Corvex gibt 1,1 Mio. Euro, das Land Hessen 0,9.", ["0,9"]),
        ("es", "Portugal pone 90 millones de euros y Aragón 160 a la par.", ["160"]),
    ],
)
def test_behind_a_name_a_number_is_a_sum_in_a_row_of_sums(language: str, text: str, numbers: list[str]) -> None:
    assert [m.text for m in find_sums(text, language) if "scale" in m.inherited] == numbers


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "The fund puts in $20 million and the state adds the same again.", "the same again"),
        ("en", "Halden pays $20 million. Corvex will add a like sum by May.", "a like sum"),
        ("fr", "Halden met 20 millions de dollars, et Corvex en met autant.", "autant"),
        ("de", "Halden gibt 20 Millionen Dollar, das Land noch einmal so viel.", "noch einmal so viel"),
        ("es", "Halden pone 20 millones de dólares y la Junta otro tanto.", "otro tanto"),
        ("it", "Halden mette 20 milioni di dollari, altrettanti da Corvina.", "altrettanti"),
    ],
)
def test_a_sum_told_by_the_one_before_has_its_figure_and_currency(language: str, text: str, words: str) -> None:
    found = one(text, language, words)
    assert (found.low, found.high, found.currency) == (20e6, 20e6, "USD")
    assert "figure" in found.inherited


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Halden met 20 millions de dollars pour autant d'emplois, d'autant que rien ne presse."),
        ("it", "Halden mette 20 milioni di dollari e altrettanti posti di lavoro."),
        ("en", "Halden pays $20 million. The firm is from Oslo. It hired nobody.\n\nCorvex will add a like sum."),
        ("en", "Corvex will add a like sum, and Halden pays $20 million."),
    ],
)
def test_likeness_to_no_sum_before_is_no_sum(language: str, text: str) -> None:
    assert [m.text for m in find_sums(text, language) if "figure" in m.inherited] == []


def test_a_number_with_its_own_unit_inherits_nothing() -> None:
    assert not one("Google spends $3 billion.", "en", "$3 billion").inherited


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("fr", "Montants en millions d'euros.\n\nNantes : 45\nLyon : 120 (2027)\nLille : plus de 1 250", [45e6, 120e6, 1250e6]),
        ("en", "Project | MW | Value (bn baht)\nRayong | 300 | 72.70\nChon Buri | 35 | 13.50", [72.7e9, 13.5e9]),
        ("de", "Zuwendungen in Tausend Euro\n\nGarching: 38.000\nAugsburg: 9.500", [38e6, 9.5e6]),
        ("es", "Ayuda propuesta, en miles de euros:\n\nLa Laguna | 4.150\nCantabria | 1.300", [4.15e6, 1.3e6]),
        ("it", "Importi in migliaia di euro.\n\na) Udine: 1.480\nb) Trieste: 870", [1.48e6, 870e3]),
        ("en", "All amounts are in dollars.\n\nMesa – 3,000,000\nSandia – 1,750,000", [3e6, 1.75e6]),
    ],
)
def test_a_unit_given_once_holds_for_the_table(language: str, text: str, values: list[float]) -> None:
    assert [m.low for m in find_sums(text, language)] == values


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Le site de 200 millions d'euros ouvrira en 2027 avec 45 salariés, 300 MW et 12 hectares, 8 % de plus."),
        ("en", "The $200 million site opens in 2027 with 45 staff, 300MW, 12 acres and 9,000 GPUs, 8% more."),
        ("de", "Das Werk für 200 Millionen Euro öffnet 2027 mit 45 Stellen, 300 MW und 12 Hektar, 8 Prozent mehr."),
        ("es", "La planta de 200 millones de euros abrirá en 2027 con 45 empleos, 300 MW y 12 hectáreas, un 8 % más."),
        ("it", "Il sito da 200 milioni di euro aprirà nel 2027 con 45 addetti, 300 MW e 12 ettari, l'8% in più."),
        ("en", "It raised $20 million on March 12, 2026, as GPT-4 and H100 prices fell, page 17 of Form 10 says."),
        ("fr", "Il a levé 20 millions d'euros le 12 mars à 14 h 30, tél. 03 20 45 67 89, article 12."),
    ],
)
def test_years_percentages_and_counts_are_no_sums(language: str, text: str) -> None:
    assert len(find_sums(text, language)) == 1


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "20 milliards d'euros (20,8 milliards de dollars)"),
        ("fr", "20 milliards d'euros, soit environ 20,8 milliards de dollars"),
        ("en", "20 billion euros ($20.8bn)"),
        ("en", "20 billion euros, or about $20.8 billion"),
        ("de", "20 Milliarden Euro (rund 20,8 Milliarden Dollar)"),
        ("de", "20 Milliarden Euro, umgerechnet etwa 20,8 Milliarden Dollar"),
        ("es", "20.000 millones de euros (unos 20.800 millones de dólares)"),
        ("it", "20 miliardi di euro, pari a circa 20,8 miliardi di dollari"),
    ],
)
def test_the_same_sum_in_another_currency_points_to_the_first(language: str, text: str) -> None:
    first, second = find_sums(text, language)
    assert first.conversion_of is None
    assert second.conversion_of == 0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A 3 billion crown plan ($280 million) is up for a vote."),
        ("de", "Corvex nimmt 500 Millionen Franken in die Hand, umgerechnet 535 Millionen Euro."),
        ("fr", "Corvex promet 10 000 milliards de wons sur cinq ans, soit 6 milliards d'euros."),
        ("de", "Corvex steckt 500 Millionen Franken (ca. 535 Millionen Euro) in die Halle."),
        ("de", "Corvex legt 500 Millionen Franken nach. Umgerechnet sind das rund 535 Millionen Euro."),
    ],
)
def test_a_conversion_may_stand_behind_an_adjunct(language: str, text: str) -> None:
    assert [m.conversion_of for m in find_sums(text, language)] == [None, 0]


@pytest.mark.parametrize(
    ("language", "text", "conversions"),
    [
        ("en", "Corvex puts $30 billion into Wales\n\nIt will spend £22 billion (around $30 billion) by 2028.", [1, None, 1]),
        ("en", "Corvex will spend £22 billion ($30 billion) by 2028. The $30 billion is for halls.", [None, 0, 0]),
        ("es", "Corvex pondrá 8.650 millones\n\nPondrá 10.000 millones de dólares (8.650 millones de euros).", [1, None, 1]),
        ("en", "Corvex will spend £22 billion ($30 billion). Halden lends $31 billion.", [None, 0, None]),
    ],
)
def test_a_conversion_told_again_stays_one(language: str, text: str, conversions: list[int | None]) -> None:
    assert [m.conversion_of for m in find_sums(text, language)] == conversions


def test_a_headline_takes_the_currency_that_the_text_gives_the_same_figure() -> None:
    text = "Corvex raccoglie 65 milioni\n\nL'aumento vale 65 milioni di dollari. Lo Stato mette 9 milioni di euro, la Regione 3 milioni di euro."
    assert find_sums(text, "it")[0].currency == "USD"


@pytest.mark.parametrize(
    ("language", "text", "figures"),
    [
        ("en", "Halden is to raise more than $2 billion at a valuation that could exceed $9 billion.", [(2e9, None), (9e9, None)]),
        ("it", "Corvex metterà 5 miliardi nel capitale di Halden, e Ostara fino a 10.", [(5e9, 5e9), (None, 10e9)]),
        ("it", "Corvex mette 5 miliardi di dollari, fino a 10 entro il 2030.", [(5e9, 10e9)]),
        ("fr", "Corvex consacre 1,1 milliard de dirhams à deux halles.", [(1.1e9, 1.1e9)]),
        ("it", "Corvex lascia quattro milioni e trecentomila euro all'ateneo.", [(4.3e6, 4.3e6)]),
        ("de", "Corvex verhandelt über 2 Milliarden Euro für die Halle.", [(2e9, 2e9)]),
        ("de", "Corvex gibt über 2 Milliarden Euro für die Halle aus.", [(2e9, None)]),
    ],
)
def test_what_stands_between_two_figures_tells_whether_they_are_one_sum(
    language: str, text: str, figures: list[tuple[float | None, float | None]]
) -> None:
    assert [(m.low, m.high) for m in find_sums(text, language)] == figures


def test_a_second_sum_in_the_same_currency_is_no_conversion() -> None:
    assert [m.conversion_of for m in find_sums("20 billion euros, or 5 billion euros a year", "en")] == [None, None]


@pytest.mark.parametrize(
    ("language", "text", "currency"),
    [
        ("en", "OTTAWA – Canada's Ontario campus gets $240 million.", "CAD"),
        ("en", "Canberra and Queensland, Australia: $17 million for four centres.", "AUD"),
        ("en", "The Texas campus gets $240 million from a Toronto fund.", "USD"),
        ("en", "Microsoft will spend $240 million.", "USD"),
        ("es", "En Bogotá, Colombia, MinTIC destinará $280.000 millones.", "COP"),
        ("es", "La firma invertirá $280 millones en Texas.", "USD"),
        ("fr", "Abidjan : la Côte d'Ivoire débloque 3 milliards de francs.", "XOF"),
        ("fr", "Lausanne : l'EPFL, en Suisse, reçoit 3 millions de francs.", "CHF"),
        ("fr", "Casablanca : le Maroc prévoit 3 milliards de dirhams.", "MAD"),
        ("en", "Oslo: the Norwegian state offers 900 million kroner.", "NOK"),
        ("de", "Prag: Tschechien gibt 900 Millionen Kronen.", "CZK"),
    ],
)
def test_a_shared_unit_is_the_countrys_own(language: str, text: str, currency: str) -> None:
    assert [m.currency for m in find_sums(text, language)] == [currency]


@pytest.mark.parametrize(
    ("language", "text", "currency"),
    [
        ("en", "Sydney's Corvex of Australia sold A$90 million of shares in Melbourne. It has borrowed $500 million.", "USD"),
        ("en", "Sydney's Corvex will build in Melbourne and Brisbane. It has borrowed $500 million.", "AUD"),
        ("es", "Corvex abre naves en México, Chile, Colombia y Argentina. En México y Chile gasta $500 millones.", "USD"),
        ("es", "Corvex abre una nave en Querétaro, México. Gasta $500 millones.", "MXN"),
    ],
)
def test_a_plain_dollar_is_american_where_others_are_marked_or_many(language: str, text: str, currency: str) -> None:
    assert find_sums(text, language)[-1].currency == currency


def test_a_language_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A made-up language with two number words, one scale and one currency is read without any code of its own."""
    common = (sums_language.FOLDER / "common.toml").read_text(encoding="utf-8")
    (tmp_path / "common.toml").write_text(common, encoding="utf-8")
    (tmp_path / "xx.toml").write_text(
        """
decimal = ","
links = ["ta"]
count_nouns = "linked"
percent = ["centum"]
plural_endings = ["j"]
default_currency = "EUR"
[numerals]
unu = 1
tri = 3
[numeral_rules]
joiners = []
articles = []
determiners = []
infix = []
[hundreds]
[fractions]
[scales]
small = {}
one = {}
many = {miljono = 1e6}
[collectives]
one = {}
many = {}
[vague]
few = ["kelkaj"]
[qualifiers]
about = ["preskau"]
at_least = []
up_to = []
fillers = []
adjacent = []
unless_after = {}
[qualifiers_after]
[ranges]
to = ["gis"]
between = []
from = []
respectively = []
change = []
rise = []
range_words = []
fillers = []
[conversion]
words = []
[currencies]
EUR = ["eurojn"]
[bare]
coordination = []
in = []
follow = []
not_after = []
not_before = []
money_nouns = []
partitive = []
follow_endings = []
""",
        encoding="utf-8",
    )
    monkeypatch.setattr(sums_language, "FOLDER", tmp_path)
    sums_language.load.cache_clear()
    try:
        found = [shape(m) for m in find_sums("preskau tri miljono ta eurojn; 2 gis 4 miljono eurojn; kelkaj miljono eurojn", "xx")]
    finally:
        sums_language.load.cache_clear()
    assert found == ["3000000 3000000 EUR about", "2000000 4000000 EUR range", "1000000 - EUR vague"]


WORDS = st.sampled_from(
    "12 3,5 1.200 2027 45 % € $ £ M€ bn Md€ Mio. milliards milliard billion millones mila un une a the of de d' et and "
    "und y e à to bis - – ( ) | : , . \n plusieurs several dizaine hundreds dollars euros won Rs crore zwei zweieinhalb "
    "zehn cent mille soit about environ jusqu'à up dont davon in en H100 ½ \u00a0 \u202f İ ß 一千".split(" ")
)


@settings(max_examples=120, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join), st.lists(WORDS, max_size=40).map("".join)))
def test_any_text_is_read_and_every_span_is_where_it_says(text: str) -> None:
    for language in (*LANGUAGES, "xx", ""):
        sums = find_sums(text, language)
        assert [m.span.start for m in sums] == sorted(m.span.start for m in sums)
        for i, money in enumerate(sums):
            assert text[money.span.start : money.span.end] == money.text
            assert money.text.strip()
            assert money.low is not None or money.high is not None
            assert money.currency
            if money.conversion_of is not None:
                assert money.conversion_of != i
                assert sums[money.conversion_of].conversion_of is None
            if money.low is not None and money.high is not None:
                assert 0 <= money.low <= money.high


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=60).map(" ".join))
def test_sums_do_not_overlap(text: str) -> None:
    for language in LANGUAGES:
        sums = find_sums(text, language)
        assert all(a.span.end <= b.span.start for a, b in pairwise(sums))


HOSTILE = {
    "one paragraph": "The group will spend $3 billion on 4 sites, 12 of which by 2030, and 40 more later. ",
    "many sums": "$3bn, €4 million, 5 milliards d'euros; 6 and 7, ",
    "no spaces": "€3bn",
    "digits": "1234567890",
    "grouped digits": "123 456 789 ",
    "number words": "zweihundertfünfzigtausend ",
    "one long word": "einundzwanzig",
    "bare numbers": "1, 2, 3, ",
    "scales": "mille millions plusieurs dizaines de ",
    "links": "des de de d' of of ",
    "brackets": "((((€5",
    "cells": "| 5 | €6m ",
    "other scripts": "投资三十亿美元和500万元，",
    "qualifiers": "up to about some up to ",
    "broken encoding": "Ã©\ufffd\udce9 3 Md€ ",
    "headers": "(in Mio. Euro)\n5\n",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("language", ["en", "de"])
def test_time_grows_with_length_and_no_faster(name: str, language: str) -> None:
    """Eight times the text takes about eight times as long; a quadratic step would take sixty-four."""
    piece = HOSTILE[name]

    assert growth(lambda size: find_sums("€1 " + piece * (size // len(piece)), language), 5_000, 40_000) < 24


def test_places_say_whose_crown_or_peso_is_meant() -> None:
    def code(text: str, language: str) -> str | None:
        return find_sums(text, language)[0].currency

    assert code("Die Gigafactory von Brünn kostet 66 Milliarden Kronen.", "de") == "CZK"
    assert code("En Neuquén, la provincia pagará 14.000 millones de pesos.", "es") == "ARS"
    assert code("Dans le Jutland, à Bergen, la salle coûte 2 milliards de couronnes.", "fr") == "NOK"
    assert code("The hall in Aarhus costs 300 million kroner, the one for Sweden nothing.", "en") != "SEK"


def test_each_paragraph_says_for_itself_whose_rupee_is_meant() -> None:
    text = "Lahore pays Rs 3 billion for the hall.\nIn Mumbai and in Pune the halls cost Rs 40 billion, in Chennai Rs 9 billion."
    assert [m.currency for m in find_sums(text, "en")] == ["PKR", "INR", "INR"]


def test_towns_of_a_country_whose_press_leaves_its_dollar_unmarked_tell_it() -> None:
    text = "The hall in {} costs $60 million and the substation in {} $24 million; a second hall in {} is to follow."
    for towns, code in ((("Saskatoon", "Regina", "Moose Jaw", "Lethbridge"), "CAD"), (("Omaha", "Tulsa", "Boise", "Fargo"), "USD")):
        told = f"{text.format(*towns[:3])} The council of {towns[3]} agrees."
        assert {m.currency for m in find_sums(told, "en")} == {code}


def test_american_towns_speak_against_a_dollar_of_elsewhere() -> None:
    text = "{}, $3 billion. Tenants: Cohere of Toronto, Canada, for $1 billion; a lender from Calgary, $2 billion."
    for opening, code in (("Near Nashville, Atlanta, Houston and Tulsa", "USD"), ("Near Moncton", "CAD")):
        assert {m.currency for m in find_sums(text.format(opening), "en")} == {code}


def test_no_sum_is_taken_to_be_in_a_currency_of_the_past() -> None:
    text = "Le sale, in Italia, costarono 12 miliardi di lire. Altri 5 milioni vanno ai server, 3 milioni di euro alla rete."
    assert [m.currency for m in find_sums(text, "it")] == ["ITL", "EUR", "EUR"]


def test_things_already_spoken_of_are_counted_not_paid() -> None:
    text = "They will invest 600 million euros in a data centre, the two funds said; the three banks lend 200 million."
    assert [m.low for m in find_sums(text, "en")] == [6e8, 2e8]


def test_a_pound_sign_is_british_wherever_the_money_goes() -> None:
    text = "Egyptian officials welcomed Actis, which puts £50m into Cairo. Telecom Egypt adds 2 billion pounds."
    assert [m.currency for m in find_sums(text, "en")] == ["GBP", "EGP"]


@pytest.mark.parametrize(
    "text, language",
    [
        ("Un plan de 3 milliards d'euros. Le sommet, tenu du 6 au 11 février, est clos.", "fr"),
        ("Der Plan: 3 Milliarden Euro. Die Messe vom 6. bis 11. Februar ist vorbei.", "de"),
        ("Un plan de 3.000 millones de euros. La feria, del 6 al 11 de febrero, terminó.", "es"),
    ],
)
def test_the_days_of_a_summit_are_no_sums(text: str, language: str) -> None:
    assert [m.low for m in find_sums(text, language)] == [3e9]
