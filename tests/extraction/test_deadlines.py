"""Which phrases of time are found, and the year that each means."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.extraction.deadlines import find_deadlines
from tests.timing import growth

SPRING = date(2025, 5, 20)


@pytest.mark.parametrize(
    ("language", "text", "year", "kind"),
    [
        ("fr", "d'ici 2030", 2030, "by"),
        ("fr", "d’ici à fin 2027", 2027, "by"),
        ("fr", "à l'horizon 2035", 2035, "by"),
        ("fr", "jusqu'en 2029", 2029, "by"),
        ("fr", "sur cinq ans", 2030, "duration"),
        ("fr", "sur 5 ans", 2030, "duration"),
        ("fr", "dans les dix prochaines années", 2035, "duration"),
        ("fr", "sur dix-huit mois", 2026, "duration"),
        ("fr", "sur dix-huit ans", 2043, "duration"),
        ("en", "over twenty-five years", 2050, "duration"),
        ("fr", "entre 2026 et 2030", 2030, "plain"),
        ("fr", "sur la période 2025-2027", 2027, "plain"),
        ("fr", "à la rentrée 2027", 2027, "plain"),
        ("fr", "l'an prochain", 2026, "plain"),
        ("fr", "au printemps prochain", 2026, "plain"),
        ("fr", "un plan quinquennal", 2030, "duration"),
        ("fr", "à partir de 2026", 2026, "start"),
        ("en", "by 2030", 2030, "by"),
        ("en", "by the end of 2027", 2027, "by"),
        ("en", "by mid-2028", 2028, "by"),
        ("en", "before the end of the decade", 2030, "by"),
        ("en", "over five years", 2030, "duration"),
        ("en", "over the next 10 years", 2035, "duration"),
        ("en", "a five-year plan", 2030, "duration"),
        ("en", "within 18 months", 2026, "duration"),
        ("en", "over two decades", 2045, "duration"),
        ("en", "over the next decade", 2035, "duration"),
        ("en", "over a decade", 2035, "duration"),
        ("en", "early in the next decade", 2030, "by"),
        ("fr", "dans la prochaine décennie", 2035, "duration"),
        ("fr", "au cours de la décennie à venir", 2035, "duration"),
        ("de", "im nächsten Jahrzehnt", 2035, "duration"),
        ("es", "durante la próxima década", 2035, "duration"),
        ("it", "nel prossimo decennio", 2035, "duration"),
        ("en", "over ten years from 2023", 2033, "duration"),
        ("en", "between 2026 and 2030", 2030, "plain"),
        ("en", "in 2028 or 2029", 2029, "plain"),
        ("en", "in 2026-27", 2027, "plain"),
        ("en", "in FY26", 2026, "plain"),
        ("en", "next spring", 2026, "plain"),
        ("en", "next year", 2026, "plain"),
        ("en", "this quarter", 2025, "plain"),
        ("en", "by December", 2025, "by"),
        ("en", "by March", 2026, "by"),
        ("de", "bis 2029", 2029, "by"),
        ("de", "bis 31.12.2029", 2029, "by"),
        ("de", "Inbetriebnahme 2027", 2027, "plain"),
        ("de", "über fünf Jahre", 2030, "duration"),
        ("de", "in den kommenden zehn Jahren", 2035, "duration"),
        ("de", "ein Zehnjahresvertrag", 2035, "duration"),
        ("de", "im kommenden Jahr", 2026, "plain"),
        ("de", "ab 2027", 2027, "start"),
        ("es", "antes de 2030", 2030, "by"),
        ("es", "hasta 2029", 2029, "by"),
        ("es", "en cinco años", 2030, "duration"),
        ("es", "de aquí a fines de 2028", 2028, "by"),
        ("es", "el próximo año", 2026, "plain"),
        ("es", "entre 2024 y 2028", 2028, "plain"),
        ("it", "entro il 2028", 2028, "by"),
        ("it", "in cinque anni", 2030, "duration"),
        ("it", "nell’arco di dieci anni", 2035, "duration"),
        ("it", "da qui al 2028", 2028, "by"),
        ("it", "il piano triennale", 2028, "duration"),
        ("it", "il prossimo anno", 2026, "plain"),
    ],
)
def test_a_phrase_means_a_year(language: str, text: str, year: int, kind: str) -> None:
    found = find_deadlines(f"xx {text}, yy", language, SPRING)
    assert [(d.year, d.kind) for d in found] == [(year, kind)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "le plan France 2030 l'a financé"),
        ("fr", "il y a cinq ans"),
        ("fr", "depuis trois ans"),
        ("en", "five years ago"),
        ("en", "over the past five years"),
        ("en", "paid 2027.50 dollars to $2028"),
        ("de", "vor fünf Jahren"),
        ("es", "hace cinco años"),
        ("it", "cinque anni fa"),
        ("en", "nothing of the kind"),
    ],
)
def test_the_past_and_names_are_no_deadlines(language: str, text: str) -> None:
    assert find_deadlines(text, language, SPRING) == []


def test_without_a_date_only_named_years_are_found() -> None:
    found = find_deadlines("over five years, next spring and by 2030", "en", None)
    assert [(d.year, d.text) for d in found] == [(2030, "by 2030")]


def test_the_span_holds_the_words_that_tell_the_kind() -> None:
    (found,) = find_deadlines("It will spend $3bn by the end of 2027, it says.", "en", SPRING)
    assert found.text == "by the end of 2027"


def test_a_year_of_a_range_with_its_second_year_shortened() -> None:
    assert [d.year for d in find_deadlines("in 2027-03-01 and in 2027/28", "en", SPRING)] == [2027, 2028]


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from("by bis d'ici 2030 2027 - / and to over five 99 years mois next spring décennie FY26 ’27 , .".split()),
            max_size=40,
        ).map(" ".join),
    ),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)),
)
def test_any_text_is_read_and_spans_are_where_they_say(text: str, published: date) -> None:
    for language in ("fr", "en", "de", "es", "it", "xx"):
        found = find_deadlines(text, language, published)
        assert all(text[d.span.start : d.span.end] == d.text for d in found)
        assert all(a.span.end <= b.span.start for a, b in pairwise(found))


@pytest.mark.parametrize("piece", ["by the end of 2027 ", "by by by ", "2027-", "over five years from ", "bis zum x ", "aaaaaaaaaa", "next "])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_time_grows_with_length_and_no_faster(piece: str, language: str) -> None:
    assert growth(lambda size: find_deadlines(piece * (size // len(piece)), language, SPRING), 8_000, 64_000) < 24
