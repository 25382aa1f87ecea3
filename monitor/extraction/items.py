"""A text as the network reads it: a row of items, with names and sums closed up to one item each.

The network never sees a name or a figure, only that there is one and of what kind; so it cannot learn who usually pays.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from monitor.extraction.analysis import Analysis, SumSite
from monitor.extraction.entities import Entity, Reference
from monitor.extraction.places import PlaceMention

Ints = NDArray[np.intp]
KINDS = ("word", "sum", "name", "start")
# The mentions of a window, in their order.
MENTIONS = ("sums", "references", "pronouns", "deadlines", "places", "starts")
# Prefixes and suffixes of words are told apart by as many hashes; 0 is for none.
HASHES = 1500
# A text is read in windows of at most so many items, that are closed after so many mentions: the work stays linear. Only
# sentences of more than `PIECE` words are ever cut.
MOST_ITEMS, MOST_MENTIONS, PIECE = 1500, 240, 250
# Distance, in powers of two, by direction and by sentence (same, next, farther), and between references to one actor.
DISTANCES = 64


@dataclass(slots=True)
class Mentions:
    """What decisions are about or lean on, each by the item where it stands: `at` holds the items, `of` which sum, actor,
    deadline, place or sentence (by its number in the analysis) each is."""

    at: list[int] = field(default_factory=list)
    of: list[int] = field(default_factory=list)

    def add(self, at: int, of: int) -> None:
        self.at.append(at)
        self.of.append(of)


@dataclass(slots=True)
class Window:
    """Items in order. `senses` are those of the glossary, empty where it has none. `marks` are (item, name, value): what is
    known of an item besides its word, with its concepts (`c_`), the kind of actor (`k_`) and the language (`l_`)."""

    kinds: list[int] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    senses: list[str] = field(default_factory=list)
    prefixes: list[int] = field(default_factory=list)
    suffixes: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    marks: list[tuple[int, str, float]] = field(default_factory=list)
    sums: Mentions = field(default_factory=Mentions)
    references: Mentions = field(default_factory=Mentions)
    pronouns: Mentions = field(default_factory=Mentions)
    deadlines: Mentions = field(default_factory=Mentions)
    places: Mentions = field(default_factory=Mentions)
    starts: Mentions = field(default_factory=Mentions)

    @property
    def mentions(self) -> tuple[Mentions, ...]:
        return tuple(getattr(self, name) for name in MENTIONS)

    def count(self) -> int:
        """How many mentions it holds."""
        return sum(len(m.at) for m in self.mentions)


def windows(a: Analysis, places: Sequence[PlaceMention]) -> Iterator[Window]:
    """The windows of a text, in order; those without a sum are left out."""
    builder = _Builder(a, places)
    window = Window()
    for number, sentence in enumerate(a.text.sentences):
        for first in range(sentence.first, sentence.last, PIECE):
            last = min(sentence.last, first + PIECE)
            full = len(window.kinds) + last - first > MOST_ITEMS or window.count() > MOST_MENTIONS
            if window.kinds and full:
                if window.sums.at:
                    yield window
                window = Window()
            builder.add(window, number, first, last)
    if window.sums.at:
        yield window


class _Builder:
    def __init__(self, a: Analysis, places: Sequence[PlaceMention]) -> None:
        self.a = a
        self.language = f"l_{a.language}"
        self.sum_at = {s.first: s for s in a.sums}
        self.reference_at: dict[int, tuple[Entity, Reference]] = {}
        for e in a.entities:
            for r in e.references:
                longest = self.reference_at.get(r.first)
                if longest is None or r.last > longest[1].last:
                    self.reference_at[r.first] = e, r
        title = {k for s in a.text.sentences if s.kind == "title" for k in range(s.first, s.last)}
        self.in_title = {e.number for e in a.entities if any(r.first in title for r in e.references)}
        self.deadline_at: dict[int, list[int]] = {}
        for n, d in enumerate(a.deadlines):
            self.deadline_at.setdefault(a.text.token_at(d.span.start), []).append(n)
        self.place_at: dict[int, list[int]] = {}
        for n, p in enumerate(places):
            for spot in p.references:
                self.place_at.setdefault(spot.first, []).append(n)
        self.sizes = [s.money.low or s.money.high or 0.0 for s in a.sums]

    def add(self, w: Window, number: int, first: int, last: int) -> None:
        """Appends the tokens `first` to `last` (exclusive) of one sentence to a window."""
        a, sentence = self.a, self.a.text.sentences[number]
        starts = number > 0 and a.text.sentences[number - 1].paragraph != sentence.paragraph
        at = self._item(w, "start", f"<{sentence.kind}>", number)
        w.starts.add(at, number)
        w.marks += [(at, f"sentence_{sentence.kind}", 1.0), (at, "sentence_number", min(number, 20) / 10)]
        w.marks += [(at, mark, 1.0) for mark, holds in (("paragraph", starts), ("headed", a.header_of[number] >= 0)) if holds]
        k = first
        while k < last:
            length = self._add(w, k, number)
            for j in range(k, k + length):
                for mentions, found in ((w.deadlines, self.deadline_at), (w.places, self.place_at)):
                    for n in found.get(j, ()):
                        mentions.add(len(w.kinds) - 1, n)
            k += length

    def _add(self, w: Window, k: int, number: int) -> int:
        """Appends the item that begins at a token; how many tokens it takes."""
        site = self.sum_at.get(k)
        if site is not None:
            w.sums.add(self._item(w, "sum", "<sum>", number), site.index)
            w.marks += [(w.sums.at[-1], *mark) for mark in self._of_sum(site)]
            return max(1, site.last - k)
        if k in self.reference_at:
            entity, reference = self.reference_at[k]
            if not any(j in self.a.in_sum for j in range(k, reference.last)):
                described = reference.kind == "description"
                head = reference.last - 1
                word, sense = (self.a.words[head], self.a.senses[head]) if described else ("<name>", "")
                w.references.add(self._item(w, "name", word, number, sense), entity.number)
                w.marks += [(w.references.at[-1], *mark) for mark in self._of_reference(entity, reference)]
                return max(1, reference.last - k)
        self._word(w, k, number)
        return 1

    def _item(self, w: Window, kind: str, word: str, number: int, sense: str = "") -> int:
        w.kinds.append(KINDS.index(kind))
        w.words.append(word)
        w.senses.append(sense)
        w.prefixes.append(_hash("p" + word[:4]) if kind == "word" else 0)
        w.suffixes.append(_hash("s" + word[-3:]) if kind == "word" else 0)
        w.sentences.append(number)
        w.marks.append((len(w.kinds) - 1, self.language, 1.0))
        return len(w.kinds) - 1

    def _of_sum(self, site: SumSite) -> list[tuple[str, float]]:
        money, size = site.money, self.sizes[site.index]
        others = [x for n, x in enumerate(self.sizes[:MOST_MENTIONS]) if n != site.index]
        return [
            ("size", math.log10(max(size, 1.0)) / 6 - 1), ("no_currency", float(money.currency is None)),
            ("inherited", float(bool(money.inherited))), ("conversion", float(money.conversion_of is not None)),
            (f"qualifier_{money.qualifier}", 1.0), ("largest", float(not others or size >= max(others))),
            ("repeated", min(4, others.count(size)) / 2), ("sums", min(len(self.sizes), 20) / 10),
        ]  # fmt: skip

    def _of_reference(self, e: Entity, r: Reference) -> list[tuple[str, float]]:
        concepts = set(r.head).union(*(self.a.concepts[j] for j in range(r.first, r.last)))
        return [
            (f"reference_{r.kind}", 1.0), ("known", float(e.actor is not None)), ("in_title", float(e.number in self.in_title)),
            ("references", min(5, len(e.references)) / 3), ("first", float(e.references[0] is r)),
            ("person", float(e.person)), ("described", float(e.described)), (f"k_{e.kind}", 1.0),
            *((f"c_{c}", 1.0) for c in sorted(concepts)), *((f"tie_{t}", 1.0) for t in r.ties),
        ]  # fmt: skip

    def _word(self, w: Window, k: int, number: int) -> None:
        a, token = self.a, self.a.text.tokens[k]
        word, sense, marks = token.low, a.senses[k], [f"c_{c}" for c in sorted(a.concepts[k])]
        if token.text[:1].isupper():
            marks.append("capital")
        if token.text[0].isdigit():
            marks.append("digit")
            word, sense = "<number>", ""
            year = a.year_at(k)
            if year is not None:
                marks.append("year")
                word = "<year>"
                if a.article.published:
                    ahead = year - a.article.published.year
                    marks.append("year_past" if ahead < 0 else "year_future" if ahead else "year_now")
        elif not token.text[0].isalnum():
            marks.append("sign")
        month = a.month_at(k)
        if month and a.article.published:
            ago = a.months_since(month)
            marks.append("month_now" if ago < 2 else "month_past" if ago < 9 else "month_next")
        at = self._item(w, "word", word, number, sense)
        w.marks += [(at, mark, 1.0) for mark in marks]
        if "f_pron" in a.concepts[k]:
            w.pronouns.add(at, 0)


@lru_cache(maxsize=50_000)
def _hash(text: str) -> int:
    return 1 + zlib.crc32(text.encode()) % HASHES


def relations(w: Window) -> tuple[Ints, Ints, Ints]:
    """The items of all mentions, and how mentions lie to mentions and to items: classes of distance below `DISTANCES`."""
    at = np.array([k for m in w.mentions for k in m.at], dtype=np.intp)
    actor = np.full(len(at), -1)
    begin = len(w.sums.at)
    actor[begin : begin + len(w.references.at)] = w.references.of
    sentence = np.array(w.sentences, dtype=np.intp)
    to_items = _distance(at, np.arange(len(sentence)), sentence[at], sentence)
    same = (actor[:, None] == actor[None, :]) & (actor >= 0)[None, :]
    between = to_items[:, at]
    return at, np.where(same, 48 + between % 16, between), to_items


def _distance(here: Ints, there: Ints, my_sentence: Ints, its_sentence: Ints) -> Ints:
    distance = there[None, :] - here[:, None]
    apart = np.minimum(np.abs(its_sentence[None, :] - my_sentence[:, None]), 2)
    power = np.minimum(np.log2(np.abs(distance) + 1).astype(np.intp), 7)
    out: Ints = apart * 16 + power + 8 * (distance >= 0)
    return out
