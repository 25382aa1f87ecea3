"""The glossary: words of five languages meet in one sense, and a language without one is read all the same."""

from __future__ import annotations

import pytest

from monitor.errors import MonitorError
from monitor.extraction.analysis import Analysis
from monitor.extraction.glossary import glossary, read, sense
from monitor.extraction.items import windows
from monitor.extraction.lexicon import languages
from monitor.extraction.places import find_places
from monitor.extraction.text import Text
from monitor.model import Article


@pytest.mark.parametrize(
    ("sense", "words"),
    [
        ("invest", {"en": "invested", "fr": "investissement", "de": "investiert", "es": "inversión", "it": "investiranno"}),
        ("delay", {"en": "postponed", "fr": "retard", "de": "verschoben", "es": "retraso", "it": "ritardo"}),
        ("company", {"en": "firm", "fr": "entreprise", "de": "Konzern", "es": "empresa", "it": "azienda"}),
    ],
)
def test_languages_share_senses(sense: str, words: dict[str, str]) -> None:
    for language, word in words.items():
        (token,) = Text(word, 0).tokens
        assert glossary(language)[token.low] == sense


@pytest.mark.parametrize(
    ("word", "language", "meant"),
    [
        ("supprimera", "fr", "remove"), ("demoraran", "es", "delay"), ("obbligazionari", "it", "bond"),
        ("möbelfabrik", "de", "factory"), ("kokereigelände", "de", "campus"), ("quxzal", "en", ""), ("qu", "fr", ""),
    ],
)  # fmt: skip
def test_a_form_that_is_not_listed_means_what_its_stem_or_last_part_means(word: str, language: str, meant: str) -> None:
    (token,) = Text(word, 0).tokens
    assert token.low not in glossary(language)
    assert sense(token.low, language) == meant


def test_a_row_of_letters_without_end_is_no_compound() -> None:
    assert sense("x" * 20 + "fabrik", "de") == "factory"
    assert sense("x" * 300_000 + "fabrik", "de") == ""


def test_a_stem_of_several_senses_means_nothing() -> None:
    alike = {w: s for w, s in glossary("fr").items() if w.startswith("repar")}
    assert len(set(alike.values())) > 1
    assert sense("reparx", "fr") == ""


@pytest.mark.parametrize("language", languages())
def test_every_word_is_as_a_text_gives_it(language: str) -> None:
    """What no token can ever be would never be found."""
    odd = [w for w in glossary(language) if [t.low for t in Text(w, 0).tokens] != [w]]
    assert len(odd) <= len(glossary(language)) // 100, odd


def test_a_window_holds_the_senses_of_its_words_and_of_nothing_else() -> None:
    a = Analysis(Article("x", "", "Brookfield investira 5 milliards d'euros à Lille.", "fr", None))
    (window,) = windows(a, find_places(a))
    told = dict(zip(window.words, window.senses, strict=True))
    assert told["investira"] == "invest" and told["<sum>"] == "" and told["<name>"] == ""


def test_a_language_without_a_glossary_has_no_senses() -> None:
    assert glossary("qx") == {}


def test_a_broken_line_is_named() -> None:
    with pytest.raises(MonitorError, match="line 2"):
        read("invest: invest invests\nno colon here\n", "qx.txt")
