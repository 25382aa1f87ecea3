"""A description tells kind and origin, in five languages."""

import pytest

from monitor.knowledge import descriptions, places
from monitor.knowledge.descriptions import Description, describe, is_description


@pytest.mark.parametrize(
    ("phrase", "language", "meant"),
    [
        ("le fonds canadien", "fr", Description(("fund",), "CA", None)),
        ("le fabricant de puces", "fr", Description(("chips",), None, None)),
        ("der Münchner Chiphersteller", "de", Description(("chips",), None, "München")),
        ("des US-Konzerns", "de", Description((), "US", None)),
        ("kanadische Vermögensverwalter", "de", Description(("fund",), "CA", None)),
        ("the Canadian pension fund", "en", Description(("fund",), "CA", None)),
        ("el fondo soberano saudí", "es", Description(("fund",), "SA", None)),
        ("la madrilena", "it", Description((), None, "Madrid")),
        ("il colosso taiwanese", "it", Description(("company",), "TW", None)),
    ],
)
def test_what_a_phrase_says(phrase: str, language: str, meant: Description) -> None:
    assert describe(phrase, language) == meant


def test_no_description() -> None:
    assert describe("Cambrai", "fr") is None
    assert describe("le fonds", "xx") is None, "a language without a lexicon"


def test_every_town_in_the_file_is_a_place_and_every_language_is_served() -> None:
    data = descriptions._file()
    for language, towns in data["towns"].items():
        for town in towns:
            assert places.find(town, language) is not None, town
    for kind, nouns in data["heads"].items():
        assert set(nouns) == {"fr", "en", "de", "es", "it"}, kind
    for code, adjectives in data["origins"].items():
        assert set(adjectives) == {"fr", "en", "de", "es", "it"}, code


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        ("Danish-owned developer", "en", True),
        ("company", "en", True),
        ("filiale de G42", "fr", True),
        ("gruppo Hera", "it", False),
        ("empresa", "es", True),
        ("Konzern", "de", True),
        ("dänischer Konzern", "de", True),
        ("Schwarz-Gruppe", "de", False),
        ("Otto Konzern", "de", False),
        ("Schwarz Group", "en", False),
        ("evroc", "en", False),
        ("Banque des Territoires", "fr", False),
        ("", "en", False),
    ],
)
def test_a_description_is_told_from_a_name(name: str, language: str, expected: bool) -> None:
    assert is_description(name, language) is expected
