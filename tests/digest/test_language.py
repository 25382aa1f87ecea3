"""Five catalogues that say the same things, with the plural forms and number formats of their language."""

from __future__ import annotations

import string
from datetime import date

import pytest

from monitor.digest.language import MINUS, Words, languages, words
from monitor.errors import SettingsError

ALL = ("de", "en", "es", "fr", "it")
COUNTS = (0, 1, 2, 5, 21, 1_000_000)


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_there_are_five_languages() -> None:
    assert languages() == ALL


@pytest.mark.parametrize("code", ALL)
def test_every_catalogue_has_every_entry_with_the_same_fields(code: str) -> None:
    here, there = words(code), words("en")
    assert here.keys == there.keys
    for key in here.keys:
        forms = here.forms(key)
        assert (forms is None) == (there.forms(key) is None), key
        if forms is None:
            assert fields(here.sentence(key)) == fields(there.sentence(key)), key
        else:
            assert set(forms) == here.locale.plural_form.tags | {"other"}, key
            assert {frozenset(fields(form)) for form in forms.values()} == {frozenset({"n"})}, key


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("fr", ["0 nouveau", "1 nouveau", "2 nouveaux", "5 nouveaux", "21 nouveaux", "1 000 000 nouveaux"]),
        ("en", ["0 articles", "1 article", "2 articles", "5 articles", "21 articles", "1,000,000 articles"]),
        ("de", ["0 Quellen", "1 Quelle", "2 Quellen", "5 Quellen", "21 Quellen", "1.000.000 Quellen"]),
        ("es", ["0 nuevos", "1 nuevo", "2 nuevos", "5 nuevos", "21 nuevos", "1.000.000 nuevos"]),
        ("it", ["0 nuovi", "1 nuovo", "2 nuovi", "5 nuovi", "21 nuovi", "1.000.000 nuovi"]),
    ],
)
def test_plural_forms(code: str, expected: list[str]) -> None:
    key = {"en": "count.articles", "de": "count.failing"}.get(code, "count.new")
    found = [plain(words(code).plural(key, n)) for n in COUNTS]
    assert [
        " ".join(text.split(" ")[: len(want.split(" "))]) for text, want in zip(found, expected, strict=True)
    ] == expected


@pytest.mark.parametrize("code", ALL)
@pytest.mark.parametrize("n", COUNTS)
def test_every_plural_entry_can_be_said_of_every_number(code: str, n: int) -> None:
    spoken = words(code)
    for key in spoken.keys:
        if spoken.forms(key):
            assert spoken.number(n) in spoken.plural(key, n)


SUMS = {
    "fr": ["6,2 Md€", "1,7 Md$", "21 M€", "500 000 CHF", "1 500 Md€", "309 Md€", "999,9 M€", "1 Md€"],
    "en": ["€6.2bn", "$1.7bn", "€21m", "CHF 500,000", "€1.5tn", "€309bn", "€999.9m", "€1bn"],
    "de": [
        "6,2 Mrd. €",
        "1,7 Mrd. $",
        "21 Mio. €",
        "500.000 CHF",
        "1,5 Bio. €",
        "309 Mrd. €",
        "999,9 Mio. €",
        "1 Mrd. €",
    ],
    "es": ["6.200 M€", "1.700 M$", "21 M€", "500.000 CHF", "1.500.000 M€", "309.000 M€", "999,9 M€", "1.000 M€"],
    "it": ["6,2 mld €", "1,7 mld $", "21 mln €", "500.000 CHF", "1.500 mld €", "309 mld €", "999,9 mln €", "1 mld €"],
}


@pytest.mark.parametrize("code", ALL)
def test_sums_are_written_as_the_language_writes_them(code: str) -> None:
    given = [(6.2e9, "EUR"), (1.7e9, "USD"), (21e6, "EUR"), (5e5, "CHF"), (1.5e12, "EUR"), (309e9, "EUR"), (999.9e6, "EUR"), (999.99e6, "EUR")]  # fmt: skip
    assert [plain(words(code).money(*one)) for one in given] == SUMS[code]
    assert " " not in words(code).money(6.2e9, "EUR")  # no line break inside a sum


@pytest.mark.parametrize(
    ("low", "high", "qualifier", "french", "english"),
    [
        (20e9, 20e9, "exact", "20 Md€", "€20bn"),
        (20e9, 20e9, "about", "environ 20 Md€", "about €20bn"),
        (1e9, None, "at_least", "au moins 1 Md€", "at least €1bn"),
        (None, 5e8, "up_to", "jusqu’à 500 M€", "up to €500m"),
        (30e9, 50e9, "range", "30 à 50 Md€", "€30–50bn"),
        (9e8, 1.2e9, "range", "900 M€ à 1,2 Md€", "€900m to €1.2bn"),
        (1e9, None, "vague", "plusieurs milliards d’euros", "several billion euros"),
        (1e8, None, "vague", "des centaines de millions d’euros", "hundreds of millions of euros"),
        (3e9, None, "vague", "au moins 3 Md€", "at least €3bn"),
        (0.0, None, "vague", "au moins 0 €", "at least €0"),
        (None, None, "unknown", "montant non communiqué", "sum not disclosed"),
    ],
)
def test_a_sum_keeps_its_qualifier(
    low: float | None, high: float | None, qualifier: str, french: str, english: str
) -> None:
    assert plain(words("fr").sum(low, high, "EUR", qualifier)) == french  # type: ignore[arg-type]
    assert plain(words("en").sum(low, high, "EUR", qualifier)) == english  # type: ignore[arg-type]


def test_changes_carry_their_sign_and_ranges_across_zero_stay_whole() -> None:
    french = words("fr")
    assert plain(french.money(6.2e9, "EUR", signed=True)) == "+6,2 Md€"
    assert plain(french.money(-6.2e9, "EUR", signed=True)) == f"{MINUS}6,2 Md€"
    assert plain(french.span(-3e9, 2e9, "EUR", signed=True)) == f"{MINUS}3 Md€ à +2 Md€"
    assert plain(french.span(-3e9, -2e9, "EUR", signed=True)) == f"{MINUS}3 Md€ à {MINUS}2 Md€"


def test_dates_are_the_language_s_own() -> None:
    said = {code: words(code).day(date(2026, 11, 18)) for code in ALL}
    assert said == {
        "de": "18. November 2026",
        "en": "18 November 2026",
        "es": "18 de noviembre de 2026",
        "fr": "18 novembre 2026",
        "it": "18 novembre 2026",
    }


def test_a_regional_language_is_read_as_its_language_and_an_unknown_one_refused() -> None:
    assert words("fr-CA").code == "fr"
    with pytest.raises(SettingsError, match="de, en, es, fr, it"):
        words("nl")


def test_a_catalogue_is_a_file_that_anybody_can_extend() -> None:
    data = {
        "locale": "pl",
        "money": {"scales": [[1.0, ""]], "symbols": {}, "sized": [], "of_currency": {"other": ""}},
        "count": {"new": {"one": "{n} nowe", "few": "{n} nowe (2-4)", "many": "{n} nowych", "other": "{n} nowego"}},
    }
    polish = Words("pl", data)
    assert [polish.plural("count.new", n).split(" ", 1)[1] for n in (1, 2, 5, 21)] == [
        "nowe",
        "nowe (2-4)",
        "nowych",
        "nowych",
    ]
