"""Numbers that name, date or order something and so are no sums: "Feb. 19", "3. Verkehr", "Chart 2.", "am 11. November"."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.extraction.sums_language import Language
from monitor.extraction.sums_tokens import Token
from monitor.extraction.sums_units import Quantity

SENTENCE_END = frozenset(".?!")
# What opens running text anew: after these a capital says nothing.
_OPENING = frozenset("«“\"„¿¡—–•*-")
_EMPHASIS = frozenset("*#")
_AFTER_NUMERAL = frozenset(".)-–—/(")
_AFTER_LABEL = frozenset(".:(")
# "Sept." is the longest of the shortened words.
_LONGEST_SHORT = 4
# "and" and "bis" between two numbers.
_LONGEST_LINK = 3


class Labels:
    """Finds them in one text."""

    def __init__(self, tokens: Sequence[Token], language: Language) -> None:
        self.tokens = tokens
        self.sets = language.sets

    def is_label(self, found: Quantity) -> bool:
        """Whether a number orders a line, dates, or stands after a shortened word that numbers a thing."""
        if found.spelled:
            return False
        return self._dates(found.last) or self._numbers(found.first) or self._opens(found) or self._heads(found)

    def follows_name(self, found: Quantity) -> bool:
        """Whether a number stands right behind a capitalised word within a sentence. It may be part of a name ("Vision
        Fund 2", "Opus 4.1"), or what that name pays."""
        i = found.first - 1
        return i > 0 and self._capital(i) and not self._fresh(i - 1)

    def _dates(self, k: int) -> bool:
        """Whether a point and a month or the like follow, by themselves or after a second number: "am 11. November", "du 6
        au 11 février"."""
        pointed = self._pointed(k)
        if k + pointed < len(self.tokens) and pointed and self.tokens[k + 1].low in self.sets["not_before"]:
            return True
        link = k + pointed
        if link + 1 >= len(self.tokens) or self.tokens[link + 1].kind != "n" or len(self.tokens[link].raw) > _LONGEST_LINK:
            return False
        after = link + 2 + self._pointed(link + 2)
        after += after < len(self.tokens) and self.tokens[after].low == "de"
        return after < len(self.tokens) and self.tokens[after].low in self.sets["not_before"]

    def _pointed(self, k: int) -> bool:
        """Whether the point of an ordinal stands here."""
        return k < len(self.tokens) and self.tokens[k].low == "." and not self.tokens[k].gap

    def _numbers(self, first: int) -> bool:
        """Whether a shortened month, "No." or "n°" stands before."""
        if first < 2:
            return False
        mark, word = self.tokens[first - 1], self.tokens[first - 2]
        if mark.low in ("°", "º"):
            return True
        short = len(word.raw) <= _LONGEST_SHORT and word.low in self.sets["not_after"]
        return mark.low == "." and not mark.gap and short

    def _opens(self, found: Quantity) -> bool:
        """Whether a number orders its line: "5. Prior orders", "14.20 An insurer", "2) Fondi"."""
        i = found.first
        while i and self.tokens[i - 1].low in _EMPHASIS:
            i -= 1
        if not self._begins(i) or found.last >= len(self.tokens):
            return False
        after = self.tokens[found.last]
        return i < found.first or after.low in _AFTER_NUMERAL or self._capital(found.last)

    def _heads(self, found: Quantity) -> bool:
        """Whether a line opens with a word and its number: "Chart 2.", "Frage 4:"."""
        i = found.first - 1
        if i < 0 or not self._capital(i) or not self._begins(i) or found.last >= len(self.tokens):
            return False
        return self.tokens[found.last].low in _AFTER_LABEL

    def _capital(self, i: int) -> bool:
        return self.tokens[i].kind == "w" and self.tokens[i].raw[0].isupper()

    def _begins(self, i: int) -> bool:
        return i == 0 or self.tokens[i - 1].kind == "l"

    def _fresh(self, i: int) -> bool:
        token = self.tokens[i]
        return token.kind == "l" or token.low in SENTENCE_END or token.low in _OPENING
