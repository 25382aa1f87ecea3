"""The ledger again, by brute force: lists and loops, everything computed afresh after every step. No SQL, and nothing of
`monitor.ledger`: only the recognition that both are given, and the contract in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from monitor.model import Anchor, Article, Judgement, Mention, Record

EDITABLE = ("investor", "recipient", "amount_min", "amount_max", "status")
LIVE = ("announced", "signed", "under_way", "completed")


@dataclass
class Run:
    """One extractor's records of one reading of an article."""

    article: Article
    extractor: str
    active: bool
    mentions: list[int] = field(default_factory=list)


@dataclass
class Kept:
    """A mention as it was taken in."""

    id: int
    record: Record
    index: int
    day: date
    anchor: Anchor
    run: Run
    origin: int
    part_of: int | None


@dataclass
class Word:
    """A person's word."""

    id: int
    kind: str
    left: Anchor
    right: Anchor | None = None
    verdict: str = ""
    field: str = ""
    value: Any = None
    undone: bool = False


class Brute:
    """`rows(commitment)` is a list of plain dicts, one a state."""

    def __init__(self, resolver: Any, euro: Any) -> None:
        self.resolver = resolver
        self.euro = euro
        self.seq = 0
        self.runs: list[Run] = []
        self.kept: list[Kept] = []
        self.words: list[Word] = []
        self.judgements = 0
        self.scored: dict[tuple[int, int], tuple[str, float]] = {}
        self.relations: list[tuple[str, Anchor, Anchor]] = []
        self.minted: set[int] = set()
        self.home: dict[int, int] = {}
        self.revisions: dict[int, list[tuple[int, list[dict[str, Any]], int | None]]] = {}
        self.causes: dict[int, str] = {}
        self.told: dict[int, tuple[int, int, str]] = {}

    # What is in force

    def places(self, link: str) -> list[Kept]:
        return [k for k in self.kept if k.run.active and k.run.article.link == link]

    def attach(self, anchor: Anchor, only: set[int] | None = None) -> int | None:
        here = [k for k in self.places(anchor.link) if only is None or k.id in only]
        for one in reversed(here):
            if one.anchor == anchor:
                return one.id
        fits = [one.id for one in here if _holds(anchor, one.anchor)]
        return fits[0] if len(fits) == 1 else None

    def in_force(self, kind: str) -> list[Word]:
        return [w for w in self.words if w.kind == kind and not w.undone]

    def mentions(self) -> dict[int, Mention]:
        """Active mentions with people's corrections in them."""
        edits: dict[int, dict[str, Any]] = {}
        for word in self.in_force("edit"):
            mention = self.attach(word.left)
            if mention is not None:
                edits.setdefault(mention, {})[word.field] = word.value
        rejected = {self.attach(word.left) for word in self.in_force("reject")}
        out: dict[int, Mention] = {}
        for run in self.runs:
            records = []
            for number in run.mentions:
                record = self.kept[number - 1].record
                if run.active and number in edits:
                    record = replace(record, **edits[number])
                records.append(record)
            traits = self.resolver.describe(run.article, records)
            for number, record, trait in zip(run.mentions, records, traits, strict=True):
                kept = self.kept[number - 1]
                if run.active and number not in rejected:
                    out[number] = Mention(
                        number,
                        record,
                        run.article.link,
                        kept.index,
                        kept.day,
                        run.article.outlet,
                        run.article.trust,
                        run.article.language,
                        run.article.title,
                        kept.anchor,
                        trait,
                    )
        return dict(sorted(out.items(), key=lambda item: item[1].key))

    # A step

    def settle(self, cause: str, extra: bool = False) -> None:
        """Everything afresh; `extra`: something was written even if no commitment changed."""
        mentions = self.mentions()
        groups = self.resolver.partition(list(mentions.values()), self.pairs(mentions))
        before = dict(self.home)
        named = self.names(groups, mentions)
        self.home = {m.id: number for number, group in named.items() for m in group}
        self.seq += 1
        self.causes[self.seq] = cause
        for number in sorted(set(self.revisions) | set(named)):
            rows = self.timeline(number, named.get(number, ()), mentions)
            old = self.revisions.get(number, [])
            if rows == (old[-1][1] if old else []):
                continue
            gone = [m for m, home in before.items() if home == number and m in self.home] if not rows else []
            gone.sort(key=lambda m: (self.kept[m - 1].origin != number, self.kept[m - 1].origin))
            after = self.home[gone[0]] if gone else None
            self.revisions.setdefault(number, []).append((self.seq, rows, after))

    def pairs(self, mentions: dict[int, Mention]) -> list[Judgement]:
        verdicts: dict[tuple[int, int], Judgement] = {}
        keys = {number: self.resolver.keys(m) for number, m in mentions.items()}
        for a in sorted(mentions):
            for b in sorted(mentions):
                if a < b and keys[a] & keys[b]:
                    verdicts[a, b] = replace(self.resolver.judge(mentions[a], mentions[b]), left=a, right=b)
        for word in self.in_force("pair"):
            assert word.right is not None
            left, right = self.attach(word.left, set(mentions)), self.attach(word.right, set(mentions))
            if left is not None and right is not None and left != right:
                pair = (min(left, right), max(left, right))
                score = {"same": 1.0, "different": 0.0}.get(word.verdict, 0.5)
                verdicts[pair] = Judgement(*pair, word.verdict, score, "", "Ada")  # type: ignore[arg-type]
        return [verdicts[pair] for pair in sorted(verdicts)]

    def names(self, groups: Sequence[Sequence[Mention]], mentions: dict[int, Mention]) -> dict[int, Sequence[Mention]]:
        active_origins = {self.kept[m - 1].origin for m in mentions}
        out: dict[int, Sequence[Mention]] = {}
        for group in sorted(groups, key=lambda g: min(self.kept[m.id - 1].origin for m in g)):
            origins = {self.kept[m.id - 1].origin for m in group}
            own = origins & self.minted
            borne = {self.home[m.id] for m in group if m.id in self.home} - active_origins
            free = [number for number in sorted(own | borne) if number not in out]
            number = free[0] if free else min(origins)
            self.minted.add(number)
            out[number] = group
        return out

    def timeline(self, number: int, group: Sequence[Mention], mentions: dict[int, Mention]) -> list[dict[str, Any]]:
        if not group:
            return []
        parents: list[int] = []
        for kind, above, below in self.relations:
            child, parent = self.attach(below, set(mentions)), self.attach(above, set(mentions))
            if kind == "part_of" and child in {m.id for m in group} and parent is not None:
                parents += [self.home[parent]] if self.home[parent] != number else []
        rows: list[dict[str, Any]] = []
        live, dead_since, stated_on, summed = False, None, None, None
        for step in self.resolver.fold(list(group)):
            state = step.state
            whole = self.kept[step.mention - 1].part_of
            if whole in mentions and self.home[whole] != number:
                parents.append(self.home[whole])
            live = live or state.status in LIVE
            dead_since = (dead_since or state.valid_from) if state.status in ("cancelled", "suspended") else None
            if step.event in ("new", "confirmed", "amount_raised", "amount_reduced", "range_narrowed"):
                stated_on = state.valid_from
            money = (state.amount_min, state.amount_max, state.currency)
            if summed is None or summed[0] != money:
                summed = (money, state.valid_from)
            euros = [None if a is None else self.euro(a, state.currency, summed[1]) for a in money[:2]]
            row = {
                "state": replace(state, valid_from=date.min),
                "parents": sorted(set(parents)),
                "euros": euros,
                "live": live,
                "dead_since": dead_since,
                "stated_on": stated_on,
            }
            if not rows or any(rows[-1][key] != row[key] for key in row):
                rows.append({**row, "from": state.valid_from})
        return rows

    # Reading

    def as_of(self, valid: date | None, known: int) -> dict[int, dict[str, Any]]:
        out = {}
        for number, revisions in self.revisions.items():
            held = [rows for seq, rows, _ in revisions if seq <= known]
            rows = [row for row in (held[-1] if held else []) if valid is None or row["from"] <= valid]
            if rows:
                out[number] = rows[-1]
        return out

    def leads_to(self, number: int, known: int) -> int | None:
        for _ in range(100):
            held = [r for r in self.revisions.get(number, []) if r[0] <= known]
            if not held:
                return None
            if held[-1][1] or held[-1][2] is None:
                return number
            number = held[-1][2]
        raise AssertionError("a circle of redirects")

    def totals(self, valid: date | None, known: int) -> tuple[Any, Any, Any, int]:
        """((low, high) itemised, remainder, headline of capital, how many without a sum)."""
        rows = self.as_of(valid, known)
        edges = [(c, p) for c in rows for p in rows[c]["parents"] if p in rows]
        itemised, remainder, headline = [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]
        without = 0
        for number, row in rows.items():
            state = row["state"]
            if state.status not in LIVE:
                continue
            if state.amount_min is None and state.amount_max is None:
                without += 1
                continue
            if state.nature != "capital":
                continue
            parts = [rows[c] for c, p in edges if p == number and not self.circle(c, p, edges)]
            parts = [part for part in parts if self.takes(part, row)]
            mine = _ends(row)
            for side in (0, 1):
                if not parts:
                    itemised[side] += mine[side]
                    headline[side] += mine[side]
                    continue
                remainder[side] += max(0.0, mine[side] - sum(_ends(part)[1 - side] for part in parts))
                same_end = sum(_ends(part)[side if part["state"].status in LIVE else 1 - side] for part in parts)
                headline[side] += max(0.0, mine[side] - same_end)
        return tuple(itemised), tuple(remainder), tuple(sorted(headline)), without

    def takes(self, part: dict[str, Any], whole: dict[str, Any]) -> bool:
        if not part["live"]:
            return False
        return part["dead_since"] is None or part["dead_since"] >= whole["stated_on"]

    def circle(self, child: int, parent: int, edges: list[tuple[int, int]]) -> bool:
        """Whether one comes back to `child` from `parent`."""
        todo, seen = [parent], set()
        while todo:
            at = todo.pop()
            if at == child:
                return True
            if at not in seen:
                seen.add(at)
                todo += [p for c, p in edges if c == at]
        return False

    def changes(self) -> list[tuple[int, int, str, bool, bool]]:
        """(seq, commitment, cause, was there before, is there after) for each revision."""
        out = []
        for number, revisions in self.revisions.items():
            was = False
            for seq, rows, _ in revisions:
                out.append((seq, number, self.causes[seq], was, bool(rows)))
                was = bool(rows)
        return sorted(out)

    # Steps

    def take(self, article: Article, records: Sequence[Record], extractor: str, cause: str) -> list[int] | None:
        runs = [r for r in self.runs if r.article.link == article.link and r.extractor != "second"]
        if runs and (runs[-1].article.title, runs[-1].article.text) == (article.title, article.text):
            return None
        former = self.edited([k for k in self.kept if k.run.active and k.run.article.link == article.link])
        for run in self.runs:
            if run.article.link == article.link:
                run.active = False
        new = self.add(article, records, extractor, True, former, article.published or date.min)
        self.settle(cause)
        self.tell(new)
        return new

    def tell(self, new: Sequence[int]) -> None:
        for number in new:
            if number in self.home:
                group = [m for m, home in self.home.items() if home == self.home[number]]
                mentions = self.mentions()
                for step in self.resolver.fold([mentions[m] for m in mentions if m in group]):
                    if step.mention == number:
                        self.told[number] = (self.seq, self.home[number], step.event)

    def add(
        self,
        article: Article,
        records: Sequence[Record],
        extractor: str,
        active: bool,
        former: dict[int, Mention],
        day: date,
    ) -> list[int]:
        run = Run(article, extractor, active)
        self.runs.append(run)
        first = len(self.kept) + 1
        counted: dict[Any, int] = {}
        free = [self.kept[number - 1] for number in sorted(former)]
        found: dict[int, int] = {}
        anchors = []
        for record in records:
            key = (_sum(record), _fold(record.evidence))
            anchors.append(Anchor(article.link, key[0], key[1], counted.get(key, 0)))
            counted[key] = counted.get(key, 0) + 1
        for at, anchor in enumerate(anchors):
            same = [k for k in reversed(free) if k.anchor == anchor][:1] or [
                k for k in free if _holds(k.anchor, anchor)
            ]
            if len(same) == 1:
                found[at] = same[0].origin
                free.remove(same[0])
        traits = self.resolver.describe(article, records)
        likely = []
        for at, record in enumerate(records):
            for old in free:
                if at in found:
                    continue
                a = replace(former[old.id], link=former[old.id].link + "#former")
                b = replace(a, id=0, record=record, link=article.link, index=at, traits=traits[at])
                verdict = self.resolver.judge(a, b)
                if verdict.verdict == "same":
                    likely.append((-verdict.score, old.index, at, old))
        for _, _, at, old in sorted(likely, key=lambda x: x[:3]):
            if at not in found and old in free:
                found[at] = old.origin
                free.remove(old)
        for at, record in enumerate(records):
            number = first + at
            parent = record.part_of
            part_of = first + parent if parent is not None and parent < len(records) and parent != at else None
            self.kept.append(Kept(number, record, at, day, anchors[at], run, found.get(at, number), part_of))
            run.mentions.append(number)
        return list(run.mentions)

    def edited(self, former: Sequence[Kept]) -> dict[int, Mention]:
        """Former mentions as they stand, rejected ones too."""
        words, self.words = self.words, [w for w in self.words if w.kind != "reject"]
        out = self.mentions()
        self.words = words
        return {k.id: out[k.id] for k in former}

    def say(self, word: Word) -> None:
        self.words.append(word)
        self.settle("review")

    def undo(self, word: Word) -> None:
        word.undone = True
        self.settle("review")

    def relate(self, parent: Anchor, child: Anchor) -> None:
        self.relations.append(("part_of", parent, child))
        self.settle("review")


def _ends(row: dict[str, Any]) -> tuple[float, float]:
    low, high = row["euros"]
    return (low or 0.0, high if high is not None else low or 0.0)


def _holds(old: Anchor, new: Anchor) -> bool:
    if (old.link, old.sum_key, old.occurrence) != (new.link, new.sum_key, new.occurrence):
        return False
    if "" in (old.quote_key, new.quote_key):
        return old.quote_key == new.quote_key
    return old.quote_key in new.quote_key or new.quote_key in old.quote_key


def _fold(text: str) -> str:
    return "".join(re.findall(r"[^\W_]", unicodedata.normalize("NFKD", text).casefold()))


def _sum(record: Record) -> str:
    ends = ["" if a is None else f"{a:.0f}" for a in (record.amount_min, record.amount_max)]
    return f"{ends[0]}..{ends[1]} {record.currency or '?'}"
