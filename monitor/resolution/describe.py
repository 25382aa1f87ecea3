"""What recognition needs to know of a record, made once from its article: the traits of a mention, JSON values only.

| trait | meaning |
|---|---|
| `payers`, `takers` | accepted names of each investor, of the recipient |
| `places` | each place's names, and paths from country to town |
| `euros` | `[low, high]` in euro at the article's day, null where unknown |
| `money` | `[low, high, currency]` as told |
| `former` | sums that a sentence with the record's sum names as former ones, in the record's currency |
| `beside` | other sums of the sentence |
| `cues` | word group → how near: 4 in the quote, 3 nearest to the sum, 2 same sentence, 1 next sentence |
| `title_cues` | word groups in the title |
| `marks` | "part:1", "round:b": numbered pieces near the sum |
| `near`, `wide`, `head` | telling words of the paragraph, the article, the title |
| `cast` | words of the article that are written with a capital: whom and what it names |
| `placed` | whether the sum's own sentence names a place of the record |
| `lead` | whether the title speaks of this record |
| `role` | `part`, `whole`, `both` or `alone` in its article |
| `restates` | index of the record whose former sum this one is ("from 48 to 55 million"), as a reader may take it for one |
| `rank`, `of` | its place among the records of the article, and how many these are |
| `others`, `whole` | the other records of the article in short, and which of them this one is part of |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from monitor.model import Article, Record
from monitor.resolution import text as tx
from monitor.resolution.cues import Cues, cues
from monitor.resolution.figures import Figure, figures
from monitor.resolution.names import actor, place

NEAR_WORDS, WIDE_WORDS, CAST_WORDS, MOST_OTHERS = 40, 80, 120, 8
LEAST_SUM = 1e5
Euros = Callable[[float | None, str | None, date], float | None]
_YEAR = re.compile(r"(?:19|20)\d\d")
_BREAK = re.compile(r"[;–—]|\s-\s|[.!?]\s|, (?:while|whereas|mais|tandis|quant|aber|wahrend|mientras|pero|mentre|ma)\b")


class Reading:
    """An article taken apart once for all its records."""

    def __init__(self, article: Article, common: frozenset[str]) -> None:
        self.full = article.full
        self.flat = tx.flat(self.full)
        self.language = article.language
        self.lists: Cues = cues(article.language)
        self.sentences = tx.sentences(self.full)
        self.paragraphs = [m.span() for m in re.finditer(r"(?:(?!\n\s*\n).)+", self.full, re.DOTALL)]
        self.title_end = len(article.title)
        self.hits = self.lists.hits(self.flat)
        self.marks = self.lists.marks(self.flat)
        self.common = common
        self.told = [self.figures(start, end) for start, end in self.sentences]

    def words(self, start: int, end: int) -> list[str]:
        """The telling words of a stretch: those that few stories share."""
        return [w for w in tx.tokens(self.full[start:end]) if w not in self.common]

    def figures(self, start: int, end: int) -> list[Figure]:
        return [
            Figure(f.start + start, f.end + start, f.value, f.scaled)
            for f in figures(self.flat[start:end], self.language)
        ]


def locate(reading: Reading, record: Record) -> tuple[int, int, int]:
    """The quote's span and the position of the sum in it."""
    found = tx.find(reading.full, record.evidence)
    spans = dict(record.spans)
    if found is None:
        at = spans["sum"].start if "sum" in spans else 0
        return at, at, at
    start, end = found
    if "sum" in spans and start <= spans["sum"].start < end:
        return start, end, spans["sum"].start
    wanted = {v for v in (record.amount_min, record.amount_max) if v}
    for f in reading.figures(start, end):
        if any(abs(f.value - v) <= 0.01 * v for v in wanted):
            return start, end, f.start
    return start, end, start


def former_sums(reading: Reading, record: Record, others: Sequence[int], at: int) -> tuple[list[float], list[float]]:
    """Sums that the sentences which tell the record's sum name as former ones, and the other sums of its own sentence. What
    stands where another record is told is neither, nor are years."""
    home = tx.at(reading.sentences, at)
    own = [v for v in (record.amount_min, record.amount_max) if v]

    def is_own(f: Figure) -> bool:
        return any(abs(f.value - v) <= 0.005 * v for v in own)

    former: list[float] = []
    beside: list[float] = []
    for i, told in enumerate(reading.told):
        if i != home and not any(map(is_own, told)):
            continue
        start, end = reading.sentences[i]
        for f in told:
            year = not f.scaled and _YEAR.fullmatch(reading.flat[f.start : f.end])
            if year or f.value < LEAST_SUM or f.start in others or is_own(f):
                continue
            if _named_former(reading, f, start, end):
                former.append(f.value)
            elif i == home:
                beside.append(f.value)
    return list(dict.fromkeys(former)), beside


def _named_former(reading: Reading, figure: Figure, start: int, end: int) -> bool:
    """Whether words beside a figure, in the sentence from `start` to `end`, say that it held before."""
    before = reading.flat[max(start, figure.start - 40) : figure.start]
    after = reading.flat[figure.end : min(end, figure.end + 60)]
    return bool(reading.lists.former.search(before) or reading.lists.former_after.search(after))


def restated(reading: Reading, records: Sequence[Record], spots: Sequence[tuple[int, int, int]]) -> list[int | None]:
    """For each record the one whose former sum it is: read from the same sentence and the same payer, if any, and bound to
    it by "from 48 to 55 million" or "55 instead of 48 million". A record that a person wrote is what it says."""
    homes = [tx.at(reading.sentences, at) for _, _, at in spots]
    out: list[int | None] = [None] * len(records)
    for j, old in enumerate(records):
        for i, new in enumerate(records):
            if (
                i == j
                or homes[i] != homes[j]
                or new.currency != old.currency
                or max(new.confidence, old.confidence) >= 1.0
            ):
                continue
            one_payer = not new.investor or not old.investor or set(new.investor) & set(old.investor)
            if one_payer and out[i] is None and _replaced(reading, homes[j], spots[j][2], spots[i][2]):
                out[j] = i
                break
    return out


def _replaced(reading: Reading, home: int, old: int, new: int) -> bool:
    """Whether the sum at `old` is named as the one that the sum at `new`, in the same sentence, took the place of."""
    start = reading.sentences[home][0]
    ends = {f.start: f.end for f in reading.told[home]}
    if old not in ends or new not in ends:
        return False
    if reading.lists.instead.search(reading.flat[max(start, old - 40) : old]):
        return True
    leads = reading.lists.former.search(reading.flat[max(start, old - 20) : old])
    return bool(leads and old < new and reading.lists.onto.search(reading.flat[ends[old] : new]))


def nearness(reading: Reading, spots: Sequence[tuple[int, int, int]]) -> list[dict[str, int]]:
    """For each record, how near each word group stands to its sum. A word goes to the nearest sum of its sentence; in a
    sentence without one, to the sums of the sentences beside it."""
    out: list[dict[str, int]] = [{} for _ in spots]
    homes = [tx.at(reading.sentences, at) for _, _, at in spots]

    def note(i: int, group: str, level: int) -> None:
        out[i][group] = max(level, out[i].get(group, 0))

    for hit in reading.hits:
        if hit.start < reading.title_end:
            continue
        home = tx.at(reading.sentences, hit.start)
        here = [i for i, h in enumerate(homes) if h == home]
        for i in here:
            start, end, _ = spots[i]
            note(i, hit.group, 4 if start <= hit.start < end else 2)
        if here:
            note(min(here, key=lambda i: (_distance(reading, hit.start, spots[i][2]), i)), hit.group, 3)
            continue
        for i, h in enumerate(homes):
            if abs(h - home) == 1:
                note(i, hit.group, 1)
    return out


def _distance(reading: Reading, hit: int, at: int) -> int:
    """Characters between a word and a sum; a break between clauses counts as fifty."""
    a, b = sorted((hit, at))
    return b - a + 50 * len(_BREAK.findall(reading.flat[a:b]))


def marks_of(reading: Reading, spots: Sequence[tuple[int, int, int]]) -> list[list[str]]:
    """Numbered pieces, given to the nearest sum of the sentence."""
    out: list[list[str]] = [[] for _ in spots]
    homes = [tx.at(reading.sentences, at) for _, _, at in spots]
    for position, mark in reading.marks:
        home = tx.at(reading.sentences, position)
        here = [i for i, h in enumerate(homes) if h == home]
        if here:
            i = min(here, key=lambda i: (_distance(reading, position, spots[i][2]), i))
            out[i].append(mark)
    return [sorted(set(m)) for m in out]


def role(records: Sequence[Record], i: int) -> str:
    """The place of a record in the structure of its article."""
    part = records[i].part_of is not None
    whole = any(r.part_of == i for r in records)
    return {(True, True): "both", (True, False): "part", (False, True): "whole", (False, False): "alone"}[part, whole]


def core(reading: Reading, record: Record, spots: Sequence[int], at: int, euros: Euros, day: date) -> dict[str, Any]:
    """What the other records of the article are also told by; `spots` are the positions of all their sums."""
    former, beside = former_sums(reading, record, [s for s in spots if s != at], at)
    return {
        "payers": [actor(p) for p in record.investor],
        "takers": [actor(record.recipient)] if record.recipient else [],
        "places": [place(p, reading.language) for p in record.place],
        "euros": [euros(v, record.currency, day) for v in (record.amount_min, record.amount_max)],
        "money": [record.amount_min, record.amount_max, record.currency],
        "former": former,
        "beside": beside,
        "funding": record.purpose == "funding",
        "status": record.status,
    }


def traits(
    article: Article, records: Sequence[Record], common: frozenset[str], euros: Euros, day: date
) -> list[dict[str, Any]]:
    """The traits of each record; `euros(amount, currency, day)` gives a value or None."""
    reading = Reading(article, common)
    spots = [locate(reading, r) for r in records]
    near, marks = nearness(reading, spots), marks_of(reading, spots)
    restates = restated(reading, records, spots)
    positions = [at for (_, _, at), i in zip(spots, restates, strict=True) if i is None]
    cores = [core(reading, r, positions, at, euros, day) for r, (_, _, at) in zip(records, spots, strict=True)]
    title = {
        "wide": tx.sample(reading.words(0, len(reading.full)), WIDE_WORDS),
        "head": tx.sample(reading.words(0, reading.title_end), NEAR_WORDS),
        "cast": tx.sample(tx.capitals(reading.full), CAST_WORDS),
        "title_cues": sorted({h.group for h in reading.hits if h.start < reading.title_end}),
        "of": len(records),
    }
    title_marks = [m for position, m in reading.marks if position < reading.title_end]
    out = []
    for i, record in enumerate(records):
        start, end = reading.paragraphs[tx.at(reading.paragraphs, spots[i][2])]
        leads = _leads(reading, record, i)
        others = [j for j in range(len(records)) if j != i and restates[j] is None][:MOST_OTHERS]
        out.append(
            {
                **cores[i],
                **title,
                "cues": near[i],
                "marks": sorted({*marks[i], *(title_marks if leads else ())}),
                "near": tx.sample(reading.words(start, end), NEAR_WORDS),
                "placed": _placed(reading, record, spots[i][2]),
                "lead": leads,
                "role": role(records, i),
                "rank": i,
                "restates": restates[i],
                "others": [cores[j] for j in others],
                "whole": others.index(record.part_of) if record.part_of in others else None,
            }
        )
    return out


def _placed(reading: Reading, record: Record, at: int) -> bool:
    start, end = reading.sentences[tx.at(reading.sentences, at)]
    return _names_place(reading.flat[start:end], record)


def _names_place(flat: str, record: Record) -> bool:
    return any(w in flat for p in record.place for w in tx.tokens(p) if len(w) > 3)


def _leads(reading: Reading, record: Record, i: int) -> bool:
    """Whether the title speaks of a record: by its sum or its place; the first record leads in any case."""
    own = [v for v in (record.amount_min, record.amount_max) if v]
    sums = [f.value for f in reading.figures(0, reading.title_end)]
    if i == 0 or any(abs(s - v) <= 0.02 * v for s in sums for v in own):
        return True
    title = reading.flat[: reading.title_end]
    return _names_place(title, record)
