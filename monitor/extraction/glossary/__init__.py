"""What common words of the news mean, by one plain English word for all languages: one text file a language.

A line is `sense: word word word`, folded. A sense is that which a word most often has in news about money; it stands for
nouns and verbs of one root and for near synonyms. The lexicon holds what decisions are made of; the glossary holds the rest,
so that the network knows a word of one language by what it learnt in another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from monitor.extraction.lexicon import entries
from monitor.extraction.text import fold

_FOLDER = Path(__file__).parent
# A form that is not listed means what all words mean that open with the same letters: at least so many, all but so many.
STEM, ENDING = 5, 3
# Languages that write compounds as one word: the last part, of at least so many letters, says what is meant.
COMPOUNDING, PART = frozenset({"de"}), 5
# What is longer is no word.
LONGEST = 60


@cache
def glossary(language: str) -> Mapping[str, str]:
    """The sense of each folded word; nothing where a language has no glossary."""
    path = _FOLDER / f"{language}.txt"
    return read(path.read_text(encoding="utf-8"), path.name) if path.exists() else {}


def sense(word: str, language: str) -> str:
    """What a folded word means, by itself, its stem or its last part; empty where nothing is known."""
    return glossary(language).get(word) or _derived(word, language)


@lru_cache(maxsize=20_000)
def _derived(word: str, language: str) -> str:
    if len(word) > LONGEST:
        return ""
    for end in range(len(word) - 1, max(STEM, len(word) - ENDING) - 1, -1):
        found = _of_stem(word[:end], language)
        if found:
            return found
    if language in COMPOUNDING:
        words = glossary(language)
        return next((words[word[k:]] for k in range(2, len(word) - PART + 1) if word[k:] in words), "")
    return ""


def _of_stem(stem: str, language: str) -> str:
    """The one sense of all words that open with a stem; empty where they have several."""
    words = _in_order(language)
    found = ""
    for k in range(bisect_left(words, stem), len(words)):
        if not words[k].startswith(stem):
            break
        meant = glossary(language)[words[k]]
        if found and meant != found:
            return ""
        found = meant
    return found


@cache
def _in_order(language: str) -> list[str]:
    return sorted(glossary(language))


def read(text: str, name: str) -> dict[str, str]:
    """The glossary of a file's text; `name` is for errors."""
    out: dict[str, str] = {}
    for sense, words in entries(text, "Reading a glossary", name):
        for word in words.split():
            out.setdefault(fold(word), sense)
    return out
