"""Who is spoken of in a text, and how a name hangs on the next."""

from __future__ import annotations

import pytest

from monitor.extraction.analysis import Analysis
from monitor.extraction.entities import Entity
from monitor.extraction.places import find_places
from monitor.model import Article


def entities(text: str, language: str = "en") -> dict[str, Entity]:
    return {e.name: e for e in Analysis(Article("test", "Notes", text, language, None)).entities}


@pytest.mark.parametrize(
    "text, language, whole, part",
    [
        ("A cheque came from Alpha Wave Global on Monday.", "en", "Alpha Wave Global", "Wave"),
        ("The trade body Digital India was there.", "en", "Digital India", "India"),
        ("L’agence Business France était là.", "fr", "Business France", "France"),
        ("A cheque for Lumen Forge, a maker of chips, came on Monday.", "en", "Lumen Forge", "Lumen"),
        ("Telis raised it from Yali and TDK Ventures on Monday.", "en", "TDK Ventures", "TDK"),
        ("Telis raised it from Yali and Piedmont Capital on Monday.", "en", "Piedmont Capital", "Piedmont"),
        ("Telis raised it from Yali and 216 Capital on Monday.", "en", "216 Capital", "Capital"),
        ("Telis raised it, says Ann Lee, co-founder and CTO of Telis Matrix.", "en", "Telis Matrix", "CTO of Telis Matrix"),
    ],
)
def test_a_known_word_within_a_longer_name_is_not_that_actor(text: str, language: str, whole: str, part: str) -> None:
    found = entities(text, language)
    assert whole in found and part not in found


def test_a_country_behind_an_article_or_alone_is_itself() -> None:
    assert {"France", "Canada"} <= set(entities("Hier à Bercy : « La France paiera. » Puis, Canada compris, tous suivront.", "fr"))


@pytest.mark.parametrize(
    "text, tie",
    [("Money for Nvidia-backed Nscale.", "compound"), ("So Nvidia's Nscale pays.", "owner"), ("So Nvidia Nscale pays.", "before_name")],
)
def test_what_only_tells_of_another_is_known_as_such(text: str, tie: str) -> None:
    found = entities(text)
    (first,), (second,) = found["Nvidia"].references, found["Nscale"].references
    assert tie in first.ties and tie not in second.ties


def test_what_money_is_put_into_is_no_place() -> None:
    def found(text: str) -> set[str]:
        return {p.name for p in find_places(Analysis(Article("test", "Notes", text, "en", None)))}

    assert "Lumen Forge" not in found("Ardian will invest $2 billion in Lumen Forge, it said.")
    assert "Lumen Forge" in found("Ardian will build a campus in Lumen Forge for $2 billion.")


@pytest.mark.parametrize(
    "text, language, name",
    [
        ("Hier, la Banque islamique de développement prête 3 milliards.", "fr", "Banque islamique de développement"),
        ("Hier, le Conseil du café-cacao en met 13 millions.", "fr", "Conseil du café-cacao"),
        ("Ieri il Ministero della difesa ha messo 3 milioni.", "it", "Ministero della difesa"),
        ("Hier, la Région a promis à la Banque de financer 3 millions.", "fr", "Banque"),
    ],
)
def test_a_public_body_keeps_its_whole_name_though_only_its_first_word_has_a_capital(text: str, language: str, name: str) -> None:
    assert name in entities(text, language)


@pytest.mark.parametrize(
    "text, language, absent, present",
    [
        ("So the Dutch developer Serverpark pays.", "en", "Dutch", "Serverpark"),
        ("Nun zahlt die Schweizer Bank Vontara.", "de", "Schweizer", "Vontara"),
        ("So the Denver-based borrower Serverpark pays.", "en", "Denver-based", "Serverpark"),
        ("So the Dutch pay, says Vontara.", "en", "Vontara says", "Dutch"),
    ],
)
def test_who_comes_from_a_country_is_not_that_country(text: str, language: str, absent: str, present: str) -> None:
    found = entities(text, language)
    assert present in found and absent not in found


@pytest.mark.parametrize(
    "text, language, words",
    [
        ("Residents of Vontara voted. Only Vontara pays. Half went.", "en", {"Residents", "Only", "Only Vontara", "Half"}),
        ("Der Konzern Vontara sieht Geld und Patente.", "de", {"Geld", "Patente"}),
        ("Pour Vontara, la réponse viendra Mardi ou Jeudi.", "fr", {"Mardi", "Jeudi"}),
        ("Vontara paid CHF and SEK.", "en", {"CHF", "SEK"}),
        ("So Vontara paid Rs 900 crore, then R450 million.", "en", {"Rs", "R450"}),
        ("Then Vontara closed its Series B and bought GPUs.", "en", {"Series", "Series B", "GPUs"}),
        ("Encabeza Vontara la ronda de la Serie A.", "es", {"Encabeza", "Encabeza Vontara", "Serie", "Serie A"}),
        ("So the Helvar-backed Vontara pays.", "en", {"Helvar-backed", "Helvar-backed Vontara"}),
    ],
)
def test_common_words_with_a_capital_are_nobody(text: str, language: str, words: set[str]) -> None:
    found = entities(text, language)
    assert "Vontara" in found and not words & set(found)
