"""Sums told by another one: "the same again", "autant", "noch einmal so viel"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.extraction.sums_language import Language
from monitor.extraction.sums_tokens import Token

# How far back, in tokens, the sum meant may stand, and over how many full stops.
_REACH = 60
_STOPS = 2


def find_references(row: Sequence[Token], language: Language) -> Iterator[tuple[int, int]]:
    """Words that stand for a sum told before, by their tokens: the first, and the last, exclusive. Some need to be left on
    their own by what follows: a mark, or a closed-class word ("autant d'emplois" is a count of something)."""
    after, not_after = language.sets["reference_after"], language.sets["reference_not_after"]
    k = 0
    while k < len(row):
        phrase = next((p for p in language.references.get(row[k].low, ()) if _matches(row, k, p[0])), None)
        if phrase is None:
            k += 1
            continue
        words, alone = phrase
        last = k + len(words)
        free = last >= len(row) or row[last].kind in ("p", "l") or row[last].low in after
        before = row[k - 1].low if k else ""
        if not alone or (free and before not in not_after):
            yield k, last
        k = last


def _matches(row: Sequence[Token], k: int, words: tuple[str, ...]) -> bool:
    return k + len(words) <= len(row) and all(row[k + i].low == word for i, word in enumerate(words))


def meant(row: Sequence[Token], at: int, lasts: Sequence[int]) -> int | None:
    """Which sum is meant at a token, of sums that end before the tokens `lasts` (in order): the last one before it that is
    no farther than the sentence before."""
    before = [i for i, last in enumerate(lasts) if at - _REACH <= last <= at]
    if not before:
        return None
    gap = row[lasts[before[-1]] : at]
    return before[-1] if sum(t.low == "." or t.kind == "l" for t in gap) < _STOPS else None
