"""A text cut into paragraphs, sentences, clauses and words, offsets kept."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:[-&.'’][^\W_]+)*|[^\w\s]|_", re.UNICODE)
_ELIDED = re.compile(r"(?:qu|lorsqu|puisqu|jusqu|quoiqu|aujourd|dell|nell|sull|dall|all|coll|quell|un|[ldjmtsncv])['’]", re.I)
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr st gov sen rep prof inc ltd co corp no vs approx jan feb mar apr jun jul aug sept sep oct nov dec"
    " m mm mme mlle art env ca z b d h u a bzw rd mio mrd bio nr ing sr sra ud uds pp ej etc p s e g i u.s u.k"
    " mill mln mld gen lt col hon rev ark calif conn fla ill mich minn mo pa tenn tex va wash wis abb tel"
    " str sog dott on avv cia ee.uu ph".split()
)
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+(?=[\"'“‘«(\[]?\s?[^\Wa-z_àâäçéèêëîïôöùûüñß]|[«“„\"¿¡–—-])|[.!?…]\s*$", re.UNICODE)


def fold(word: str) -> str:
    """Lower case without accents; ß is ss."""
    return word.lower() if word.isascii() else _folded(word)


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    text = unicodedata.normalize("NFKD", word).casefold().replace("’", "'")
    return "".join(c for c in text if not unicodedata.combining(c))


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int
    text: str
    low: str
    sentence: int
    clause: int


@dataclass(frozen=True, slots=True)
class Sentence:
    start: int
    end: int
    paragraph: int
    first: int
    last: int
    kind: str  # title, heading, item, row, prose


class Text:
    """The full text of an article (title, blank line, text) and its structure."""

    def __init__(self, full: str, title_length: int) -> None:
        self.full = full
        self.tokens: list[Token] = []
        self.sentences: list[Sentence] = []
        self.paragraphs: list[tuple[int, int]] = []
        self._cut(title_length)
        self._starts = [t.start for t in self.tokens]

    def _cut(self, title_length: int) -> None:
        number = 0
        clause = 0
        for match in re.finditer(r"[^\n]+", self.full):
            start, end = match.span()
            if not match.group().strip():
                continue
            self.paragraphs.append((start, end))
            for s, e in _sentences(self.full, start, end):
                first = len(self.tokens)
                clause += 1
                for a, b in _words(self.full, s, e):
                    word = self.full[a:b]
                    if word in ",;:()–—|[]" or word in ("«", "»"):
                        clause += 1
                    self.tokens.append(Token(a, b, word, fold(word), len(self.sentences), clause))
                if len(self.tokens) == first:
                    continue
                kind = _kind(self.full, start, end, s, title_length)
                self.sentences.append(Sentence(s, e, number, first, len(self.tokens), kind))
            number += 1

    def token_at(self, offset: int) -> int:
        """The index of the token that holds or precedes an offset."""
        return max(0, bisect_right(self._starts, offset) - 1)


def _words(full: str, start: int, end: int) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for match in _WORD.finditer(full, start, end):
        a, b = match.span()
        while True:
            elided = _ELIDED.match(full, a, b)
            if elided is None or elided.end() >= b:
                break
            out.append((a, elided.end()))
            a = elided.end()
        if full[a:b].endswith(("'s", "’s")) and b - a > 2:
            out.append((a, b - 2))
            out.append((b - 2, b))
        else:
            out.append((a, b))
    return out


def _sentences(full: str, start: int, end: int) -> list[tuple[int, int]]:
    out = []
    begin = start
    for match in _END.finditer(full, start, end):
        before = full[max(begin, match.start() - 12) : match.start()]
        last = re.split(r"[\s(«“\"'’]", before)[-1].lower()
        if full[match.start()] == "." and match.end() < end and (
            last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()) or (last.isdigit() and len(last) <= 2)
        ):
            continue
        out.append((begin, match.end()))
        begin = match.end()
    if full[begin:end].strip():
        out.append((begin, end))
    return out


def _kind(full: str, start: int, end: int, at: int, title_length: int) -> str:
    if start < title_length:
        return "title"
    line = full[start:end].strip()
    if line.count("|") >= 1 or line.count("\t") >= 1:
        return "row"
    if re.match(r"[-–—•▪*·►>‣◦✓]|\(?\d{1,2}[.)]\s|[a-z]\)\s", line):
        return "item"
    if len(line) < 90 and not re.search(r"[.!?…»”\"]$", line):
        return "item" if re.search(r"\d", line) else "heading"
    return "prose"


def within(places: Sequence[int], lo: int, hi: int) -> int:
    """How many of some places in ascending order lie from `lo` to before `hi`."""
    return max(0, bisect_left(places, hi) - bisect_left(places, lo))
