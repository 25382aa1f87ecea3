"""Anchors: what a person's judgement holds on to in an article, and which statement of a new reading is which."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

from monitor.model import Anchor, Record


def fold(text: str) -> str:
    """A quote without case, accents, spaces and punctuation, so that a new reader's typography changes nothing."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if c.isalnum())


def sum_key(record: Record) -> str:
    return f"{_number(record.amount_min)}..{_number(record.amount_max)} {record.currency or '?'}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def anchors(link: str, records: Sequence[Record]) -> list[Anchor]:
    """The anchor of each record of an article; `occurrence` tells apart those of equal sum and quote."""
    seen: Counter[tuple[str, str]] = Counter()
    out = []
    for record in records:
        key = (sum_key(record), fold(record.evidence))
        out.append(Anchor(link, key[0], key[1], seen[key]))
        seen[key] += 1
    return out


def holds(old: Anchor, new: Anchor) -> bool:
    """Whether `new` is the statement that `old` was set on: same article, sum and occurrence, and one quote within the
    other (a new extractor may quote more, or less, of the same sentence)."""
    if (old.link, old.sum_key, old.occurrence) != (new.link, new.sum_key, new.occurrence):
        return False
    if not old.quote_key or not new.quote_key:
        return old.quote_key == new.quote_key
    return old.quote_key in new.quote_key or new.quote_key in old.quote_key


def find(anchor: Anchor, candidates: Sequence[tuple[int, Anchor]]) -> int | None:
    """The candidate that an anchor holds: an equal one first, else the only one that it fits."""
    equal = [number for number, other in candidates if other == anchor]
    if equal:
        return equal[0]
    fitting = [number for number, other in candidates if holds(anchor, other)]
    return fitting[0] if len(fitting) == 1 else None
