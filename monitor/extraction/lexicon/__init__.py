"""The words of each language, by concept: one text file a language, which a person who does not program can extend.

A line is `concept: pattern, pattern`; a star in a pattern stands for any letters, words of one pattern follow each
other, two dots between two words stand for up to twelve of the same sentence ("gibt .. auf"), accents and case do not matter.
All languages use the same concepts, so that what is learnt in one serves all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from monitor.errors import MonitorError
from monitor.extraction.text import fold

_FOLDER = Path(__file__).parent
# Two dots stand for so many words at most, and for none of these.
_APART, _ENDS = 12, frozenset(".!?;:")
# The line whose words are looked up by themselves.
_SCOPE = "scope"


class Lexicon:
    """Looks up the concepts of words; remembers every word it has seen. With `scope`, those of the line `scope` alone."""

    def __init__(self, text: str, name: str, *, scope: bool = False) -> None:
        self._exact: dict[str, set[str]] = {}
        self._prefix: dict[str, set[str]] = {}
        self._suffix: dict[str, set[str]] = {}
        self._phrases: dict[str, list[tuple[tuple[re.Pattern[str], ...], str]]] = {}
        self._apart: dict[str, list[tuple[str, str]]] = {}
        self._seen: dict[str, frozenset[str]] = {}
        for concept, patterns in entries(text, "Reading a lexicon", name):
            if (concept == _SCOPE) is not scope:
                continue
            for pattern in patterns.split(","):
                self._add(concept, fold(pattern.strip()))

    def _add(self, concept: str, pattern: str) -> None:
        words = pattern.split()
        if not words:
            return
        if len(words) == 3 and words[1] == "..":
            self._apart.setdefault(words[0], []).append((words[2], concept))
            return
        if len(words) > 1:
            compiled = tuple(re.compile(re.escape(w).replace(r"\*", r"\w*")) for w in words)
            self._phrases.setdefault(words[0].strip("*")[:3], []).append((compiled, concept))
            return
        word = words[0]
        table, key = self._exact, word
        if word.startswith("*"):
            table, key = self._suffix, word.strip("*")
        elif word.endswith("*"):
            table, key = self._prefix, word[:-1]
        table.setdefault(key, set()).add(concept)

    def of_word(self, word: str) -> frozenset[str]:
        """The concepts of one folded word."""
        known = self._seen.get(word)
        if known is None:
            found = set(self._exact.get(word, ()))
            for end in range(2, len(word) + 1):
                found |= self._prefix.get(word[:end], set())
            for start in range(len(word) - 1):
                found |= self._suffix.get(word[start:], set())
            known = frozenset(found)
            if len(self._seen) < 200_000:
                self._seen[word] = known
        return known

    def of_words(self, words: list[str]) -> list[frozenset[str]]:
        """The concepts of each folded word of a text; every word of a phrase carries the phrase's concept."""
        out = [self.of_word(w) for w in words]
        for i, word in enumerate(words):
            for phrase, concept in self._phrases.get(word[:3], ()):
                if i + len(phrase) <= len(words) and all(
                    p.fullmatch(words[i + k]) for k, p in enumerate(phrase)
                ):
                    for k in range(len(phrase)):
                        out[i + k] = out[i + k] | {concept}
            for last, concept in self._apart.get(word, ()):
                other = _next(words, last, i + 1)
                if other is not None:
                    out[i], out[other] = out[i] | {concept}, out[other] | {concept}
        return out


def _next(words: list[str], wanted: str, start: int) -> int | None:
    """Where a word stands next, in the same sentence and not too far."""
    for k in range(start, min(len(words), start + _APART + 1)):
        if words[k] == wanted:
            return k
        if words[k] in _ENDS:
            return None
    return None


def entries(text: str, doing: str, name: str) -> Iterator[tuple[str, str]]:
    """What stands before and after the colon of each line; empty lines and those that begin with # say nothing. `doing` and
    `name` are for errors."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        key, colon, rest = line.partition(":")
        if not colon:
            raise MonitorError(doing, subject=f"{name}, line {number}", cause="no colon")
        yield key.strip(), rest


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a lexicon."""
    return tuple(sorted(p.stem for p in _FOLDER.glob("*.txt")))


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language; English where there is none."""
    path = _path(language)
    return Lexicon(path.read_text(encoding="utf-8"), path.name)


@cache
def scope(language: str) -> Lexicon | None:
    """The words that tell that a text may speak of AI; None where the lexicon has no line of them."""
    path = _path(language)
    text = path.read_text(encoding="utf-8")
    if not any(key == _SCOPE for key, _ in entries(text, "Reading a lexicon", path.name)):
        return None
    return Lexicon(text, path.name, scope=True)


def _path(language: str) -> Path:
    path = _FOLDER / f"{language}.txt"
    return path if path.exists() else _FOLDER / "en.txt"
