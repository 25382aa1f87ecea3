"""Plain text as recognition reads it: flattened letters, sentences, telling words. Offsets always fit the original."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

_ABBREVIATED = re.compile(
    r"(?:\b(?:mrd|mio|mia|bio|fr|st|nr|mr|mrs|ms|dr|inc|corp|ltd|co|bln|mln|sig|art|ca|bzw|usw|etc|no|vs|sr|sra|approx|[a-z])|\.[a-z])\.$",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?…]+[»”\"’)]*(?=\s+[«“„\"‘(¿¡]*[^\W_a-zà-ÿ])|\n+")
_TOKEN = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})+(?!\d)|[^\W_]+(?:[-'’&][^\W_]+)*")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_APOSTROPHE = re.compile(r"^(?:[cdjlmnst]|qu|dell|nell|all|sull|dall|un)['’](?=\w\w)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _flat(char: str) -> str:
    """One letter for one letter: no case, no accent, plain quotes and spaces."""
    if char in "’‘":
        return "'"
    if char.isspace():
        return " " if char != "\n" else "\n"
    base = unicodedata.normalize("NFKD", char)[0]
    low = base.lower()
    return low if len(low) == 1 else base


def flat(text: str) -> str:
    """The text without case and accents, of the same length, so that offsets carry over."""
    return "".join(map(_flat, text))


def sentences(text: str) -> list[tuple[int, int]]:
    """Half-open spans of the sentences, in order; they cover the text."""
    cuts = [0]
    for m in _END.finditer(text):
        if m.group()[0] != "\n" and _ABBREVIATED.search(text[max(0, m.start() - 8) : m.start() + 1]):
            continue
        cuts.append(m.end())
    cuts.append(len(text))
    return [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]


def at(spans: Sequence[tuple[int, int]], position: int) -> int:
    """The index of the span that holds a position, or of the last one before it."""
    return max(0, bisect_right(spans, (position, 1 << 60)) - 1)


def tokens(text: str) -> list[str]:
    """Words and numbers, flattened; numbers lose their thousands marks, elided articles are cut off, years are left out."""
    out = []
    for m in _TOKEN.finditer(text):
        raw = m.group()
        if raw[0].isdigit():
            digits = re.sub(r"\D", "", raw)
            if len(digits) > 1 and not _YEAR.match(digits):
                out.append(digits)
            continue
        word = flat(_APOSTROPHE.sub("", raw))
        if len(word) > 2:
            out.append(word)
    return out


def capitals(text: str) -> list[str]:
    """Words written with a capital, flattened: names, and in German every noun."""
    return [flat(m.group()) for m in re.finditer(r"[^\W\d_]{3,}", text) if m.group()[0].isupper()]


def sample(words: Iterable[str], most: int) -> list[str]:
    """A fixed choice of words: the same words are chosen in two texts, so that their overlap can be estimated."""
    unique = set(words)
    if len(unique) > most:
        unique = set(sorted(unique, key=lambda w: (crc32(w.encode()), w))[:most])
    return sorted(unique)


def find(text: str, passage: str) -> tuple[int, int] | None:
    """Where a passage stands in a text, spaces aside; None when it does not."""
    if not passage:
        return None
    start = text.find(passage)
    if start >= 0:
        return start, start + len(passage)
    pattern = r"\s+".join(re.escape(w) for w in passage.split())
    m = re.search(pattern, text)
    return m.span() if m else None
