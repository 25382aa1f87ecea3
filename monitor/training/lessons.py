"""What gold documents teach the network: windows of items with the right answers."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from monitor.extraction.items import MENTIONS, Mentions, Window, windows
from monitor.extraction.network import ANSWERS
from monitor.extraction.places import find_places
from monitor.model import PURPOSES, STATUSES
from monitor.training.agreement import same_place
from monitor.training.align import Aligned, is_named

# The kinds of traps are learnt besides: what a sum is, when it is no commitment, tells much about those that are.
TRAPS = (
    "revenue", "profit", "valuation", "market_cap", "share_price", "assets", "general_debt", "market_size", "sector_total",
    "track_record", "running_total", "former_sum", "increment", "conversion", "need", "target", "negated", "price", "fine",
    "shareholder_return", "share_only", "tax_or_savings", "wealth", "not_money", "out_of_scope", "other",
)  # fmt: skip


@dataclass(slots=True)
class Lesson:
    """A window with its answers. `of_sum` are (decision, row of the sum, class); `of_pair` are (decision, row of the sum,
    numbers of the right actors, places, sums or deadlines, whether the text names one at all)."""

    window: Window
    of_sum: list[tuple[str, int, int]] = field(default_factory=list)
    of_pair: list[tuple[str, int, frozenset[int], bool]] = field(default_factory=list)
    among: dict[int, frozenset[int]] = field(default_factory=dict)


def lessons_of(aligned: Aligned) -> list[Lesson]:
    """What one gold document teaches."""
    a, records = aligned.analysis, aligned.document["commitments"]
    if not a.sums:
        return []
    places = find_places(a)
    told = [n for n in range(len(records)) if aligned.sites[n]]
    sites = {n: {s.index for s in aligned.sites[n]} for n in told}
    out = []
    for window in windows(a, places):
        lesson = Lesson(window)
        row = {index: i for i, index in enumerate(window.sums.of)}
        for index in row:
            if a.sums[index].money.conversion_of is None:
                lesson.of_sum.append(("commitment", row[index], int(index in aligned.record_of)))
        lesson.of_sum += [("trap", row[i], TRAPS.index(kind)) for i, kind in aligned.trap_kinds.items() if i in row and kind in TRAPS]
        for n in told:
            record = records[n]
            own = [s for s in aligned.sites[n] if s.money.conversion_of is None][:2] or aligned.sites[n][:1]
            rows = [row[s.index] for s in own if s.index in row]
            for site in own:
                for name, accepted in aligned.accepted(n, site) if site.index in row else ():
                    right = frozenset(e.number for e in a.entities if is_named(e, accepted))
                    lesson.of_pair.append((name, row[site.index], right, bool(accepted)))
            for i in rows[:1]:
                lesson.of_sum += [("status", i, STATUSES.index(record["status"])), ("purpose", i, PURPOSES.index(record["purpose"]))]
                dates = frozenset(k for k, d in enumerate(a.deadlines) if d.year == record["horizon"])
                lands = frozenset(k for k, p in enumerate(places) if any(same_place(g, p.name) for g in record["place"]))
                lesson.of_pair += [("deadline", i, dates, bool(dates)), ("place", i, lands, bool(lands))]
                whole = sites.get(record["part_of"], set())
                lesson.of_pair.append(("part", i, frozenset(whole), bool(whole)))
                lesson.among[i] = frozenset(x for m in told if m != n for x in sites[m])
        out.append(lesson)
    return out


def thinned(lesson: Lesson, share: float, of_sums: float = 0.0) -> Lesson:
    """The lesson without some sentences, those that hold sums by a share of their own, and without what was asked of these
    sums. The only mention of an answer stays, and so does some sum."""
    w = lesson.window
    firm = {w.sentences[k] for k in w.sums.at}
    gone = {n for n in set(w.sentences) if random.random() < (of_sums if n in firm else share)}
    if firm <= gone:
        gone -= firm
    while needed := _needed(lesson, gone):
        gone -= needed
    if not gone:
        return lesson
    kept = [k for k, n in enumerate(w.sentences) if n not in gone]
    new = {k: i for i, k in enumerate(kept)}
    left = {n: i for i, n in enumerate(sorted({w.sentences[k] for k in kept}))}
    out = Window(
        kinds=[w.kinds[k] for k in kept],
        words=[w.words[k] for k in kept],
        senses=[w.senses[k] for k in kept],
        prefixes=[w.prefixes[k] for k in kept],
        suffixes=[w.suffixes[k] for k in kept],
        sentences=[left[w.sentences[k]] for k in kept],
        marks=[(new[k], name, value) for k, name, value in w.marks if k in new],
    )
    for group in MENTIONS:
        old = getattr(w, group)
        pairs = [(new[k], of) for k, of in zip(old.at, old.of, strict=True) if k in new]
        setattr(out, group, Mentions([k for k, _ in pairs], [of for _, of in pairs]))
    row = {old: i for i, old in enumerate(i for i, k in enumerate(w.sums.at) if k in new)}
    return Lesson(
        out,
        [(name, row[i], right) for name, i, right in lesson.of_sum if i in row],
        [(name, row[i], right, named) for name, i, right, named in lesson.of_pair if i in row],
        {row[i]: others for i, others in lesson.among.items() if i in row},
    )


def _needed(lesson: Lesson, gone: set[int]) -> set[int]:
    """The sentences among those gone that hold the only mentions of an answer asked of a sum that stays."""
    w = lesson.window
    for name, row, right, _ in lesson.of_pair:
        if w.sentences[w.sums.at[row]] not in gone:
            group = getattr(w, ANSWERS[name])
            where = {w.sentences[k] for k, of in zip(group.at, group.of, strict=True) if of in right}
            if where and where <= gone:
                return where
    return set()
