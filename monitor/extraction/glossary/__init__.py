"""What common words of the news mean, by one plain English word for all languages: one text file a language.

A line is `sense: word word word`, folded. A sense is that which a word most often has in news about money; it stands for
nouns and verbs of one root and for near synonyms. The lexicon holds what decisions are made of; the glossary holds the rest,
so that the network knows a word of one language by what it learnt in another.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from monitor.extraction.lexicon import entries
from monitor.extraction.text import fold

_FOLDER = Path(__file__).parent


@cache
def glossary(language: str) -> Mapping[str, str]:
    """The sense of each folded word; nothing where a language has no glossary."""
    path = _FOLDER / f"{language}.txt"
    return read(path.read_text(encoding="utf-8"), path.name) if path.exists() else {}


def read(text: str, name: str) -> dict[str, str]:
    """The glossary of a file's text; `name` is for errors."""
    out: dict[str, str] = {}
    for sense, words in entries(text, "Reading a glossary", name):
        for word in words.split():
            out.setdefault(fold(word), sense)
    return out
