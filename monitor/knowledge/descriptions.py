"""How the press speaks of an actor without naming it: nouns by kind and words of origin, from `descriptions.yaml`.

"le fonds canadien" is a fund from Canada, "der Münchner Chiphersteller" a chip maker from Munich. Pure look-ups, loaded on
first use; words are compared without case and accents.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml

from monitor.knowledge.names import words

FILE = Path(__file__).with_name("descriptions.yaml")
# German words of origin are listed without ending.
_GERMAN_ENDINGS = ("", "e", "en", "er", "em", "es", "s")
Value = TypeVar("Value")
_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Description(NamedTuple):
    """What a phrase says of an actor: the kinds its noun may mean, its country (ISO 3166) and its town or region, if said."""

    kinds: tuple[str, ...]
    country: str | None
    place: str | None


class Lexicon(NamedTuple):
    """The words of one language, bare: heads by their words, countries and places by their adjective."""

    heads: dict[tuple[str, ...], tuple[str, ...]]
    countries: dict[tuple[str, ...], str]
    places: dict[tuple[str, ...], str]


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    data = yaml.load(FILE.read_text(encoding="utf-8"), Loader=_SAFE)
    assert isinstance(data, dict)
    return data


@lru_cache(maxsize=8)
def lexicon(language: str) -> Lexicon:
    """The words of a language; empty ones for a language that the file does not have."""
    heads: dict[tuple[str, ...], tuple[str, ...]] = {}
    for kind, by_language in _file()["heads"].items():
        for noun in by_language.get(language, ()):
            heads[words(noun)] = (*heads.get(words(noun), ()), kind)
    countries = {
        w: code for code, by in _file()["origins"].items() for a in by.get(language, ()) for w in _forms(a, language)
    }
    places = {
        w: town
        for town, listed in _file()["towns"].get(language, {}).items()
        for a in listed
        for w in _forms(a, language)
    }
    return Lexicon(heads, countries, places)


def _forms(adjective: str, language: str) -> list[tuple[str, ...]]:
    endings = _GERMAN_ENDINGS if language == "de" else ("", "s")
    return [words(adjective + ending) for ending in endings]


def describe(phrase: str, language: str) -> Description | None:
    """What a noun phrase says of an actor, or None when none of its words is a known noun or origin: the longest noun in
    it, the first country and place. A compound with a hyphen is read by its parts ("US-Konzern")."""
    known, tokens = lexicon(language), words(phrase)
    kinds = _longest(known.heads, tokens)
    country = _longest(known.countries, tokens)
    place = _longest(known.places, tokens)
    return Description(kinds or (), country, place) if kinds or country or place else None


def is_description(name: str, language: str) -> bool:
    """Whether an actor is called by a noun and no name: "Danish-owned developer", "filiale de G42", "Versorger". The noun
    stands last in English and German, and first in the Romance languages."""
    parts = name.split()
    if not parts:
        return False
    noun, rest = (parts[-1], parts[:-1]) if language in ("de", "en") else (parts[0], parts[1:])
    if words(noun) not in lexicon(language).heads:
        return False
    if language != "de":
        apposed = language != "en" and rest and rest[0][0].isupper()  # "gruppo Hera"
        return noun[0].islower() and not apposed
    return "-" not in noun and all(w[0].islower() or words(w) in lexicon(language).countries for w in rest)


def _longest(table: dict[tuple[str, ...], Value], tokens: tuple[str, ...]) -> Value | None:
    for length in range(min(5, len(tokens)), 0, -1):
        for start in range(len(tokens) - length + 1):
            found = table.get(tokens[start : start + length])
            if found is not None:
                return found
    return None
