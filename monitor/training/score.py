"""How well records read from documents agree with gold ones.

A predicted record counts as right when its sum and its payer are those of a gold record of the same document and its
quote stands in that document; each gold record is met at most once. Everything else (status, purpose, place, ...) is
judged among the records so matched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from monitor.training.agreement import (
    Json,
    grounded,
    match,
    same_bounds,
    same_investor,
    same_name,
    same_place,
    same_sum,
)
from monitor.training.blunders import Blunder, blunders, fallen_into
from monitor.training.measures import Interval, interval, precision_recall_f1
from monitor.training.story_score import StoryScore, score_stories

__all__ = [
    "Bucket",
    "DocumentResult",
    "DocumentScore",
    "StoryScore",
    "judge",
    "reliability",
    "score_documents",
    "score_stories",
]

CONFIDENCE_EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001)
COMPARED = ("status", "purpose", "horizon", "qualifier")


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """One document's gold and predicted records, and which met which (gold index to predicted index)."""

    document: Json
    predicted: Sequence[Json]
    matched: Mapping[int, int]
    sums_matched: int

    @property
    def gold(self) -> Sequence[Json]:
        records: Sequence[Json] = self.document["commitments"]
        return records

    @property
    def row(self) -> tuple[int, int, int]:
        return len(self.matched), len(self.predicted), len(self.gold)

    @property
    def pairs(self) -> list[tuple[int, int, Json, Json]]:
        return [(i, j, self.gold[i], self.predicted[j]) for i, j in self.matched.items()]

    @property
    def blunders(self) -> list[Blunder]:
        return blunders(self.document, self.predicted, self.matched)


def judge(document: Json, predicted: Sequence[Json]) -> DocumentResult:
    gold = document["commitments"]
    matched = match(gold, predicted, lambda g, p: same_sum(g, p) and same_investor(g, p) and grounded(document, p))
    return DocumentResult(document, predicted, matched, len(match(gold, predicted, same_sum)))


@dataclass(frozen=True)
class DocumentScore:
    """The figures of a set of documents; `by` gives the same for its parts."""

    results: tuple[DocumentResult, ...]

    @cached_property
    def counts(self) -> tuple[int, int, int]:
        """Matched, predicted and gold records."""
        rows = [r.row for r in self.results]
        return sum(r[0] for r in rows), sum(r[1] for r in rows), sum(r[2] for r in rows)

    @property
    def precision(self) -> float:
        return precision_recall_f1(*self.counts)[0]

    @property
    def recall(self) -> float:
        return precision_recall_f1(*self.counts)[1]

    @property
    def f1(self) -> float:
        return precision_recall_f1(*self.counts)[2]

    @cached_property
    def f1_interval(self) -> Interval | None:
        return interval([r.row for r in self.results])

    @property
    def sum_only_f1(self) -> float:
        """F1 when the payer is not looked at."""
        return precision_recall_f1(sum(r.sums_matched for r in self.results), *self.counts[1:])[2]

    @property
    def trap_documents(self) -> int:
        return sum(not r.gold for r in self.results)

    @property
    def trap_documents_clean(self) -> float | None:
        """Share of the documents without a commitment in which none was found."""
        clean = sum(not r.gold and not r.predicted for r in self.results)
        return clean / self.trap_documents if self.trap_documents else None

    @cached_property
    def fields(self) -> dict[str, float]:
        """Share of matched records in which a field is right."""
        right: Counter[str] = Counter()
        asked: Counter[str] = Counter()
        for result in self.results:
            for i, j, _, _ in result.pairs:
                for name, verdict in _field_verdicts(result, i, j):
                    asked[name] += 1
                    right[name] += verdict
        return {name: right[name] / n for name, n in asked.items()}

    @cached_property
    def filled_f1(self) -> dict[str, float]:
        """F1 over the values filled in, so that "always null" earns nothing."""
        tallies: dict[str, list[int]] = {}
        for result in self.results:
            for i, j, gold, predicted in result.pairs:
                for name in ("horizon", "recipient", "part_of"):
                    tally = tallies.setdefault(name, [0, 0, 0])
                    tally[0] += _filled_right(name, result, i, j)
                    tally[1] += predicted.get(name) is not None
                    tally[2] += gold.get(name) is not None
        return {name: precision_recall_f1(*tally)[2] for name, tally in tallies.items()}

    @property
    def place_f1(self) -> float:
        right = given = wanted = 0
        for result in self.results:
            for _, _, gold, predicted in result.pairs:
                places = [[{"place": p} for p in r.get("place") or []] for r in (gold, predicted)]
                right += len(match(places[0], places[1], lambda g, p: same_place(g["place"], p["place"])))
                given += len(places[1])
                wanted += len(places[0])
        return precision_recall_f1(right, given, wanted)[2]

    @cached_property
    def traps(self) -> dict[str, tuple[int, int]]:
        """By kind: how many traps were fallen into, of how many."""
        fell: Counter[str] = Counter()
        there: Counter[str] = Counter()
        for result in self.results:
            for kind, caught in fallen_into(result.document, result.predicted, result.matched):
                there[kind] += 1
                fell[kind] += caught
        return {kind: (fell[kind], n) for kind, n in sorted(there.items())}

    def by(self, key: str, groups: Mapping[str, str] | None = None) -> dict[str, DocumentScore]:
        """Scores of the parts that share a document's `key`, or the group that `groups` gives for it."""
        parts: dict[str, list[DocumentResult]] = {}
        for result in self.results:
            value = str(result.document.get(key, "?"))
            parts.setdefault(groups.get(value, "?") if groups is not None else value, []).append(result)
        return {name: DocumentScore(tuple(part)) for name, part in sorted(parts.items())}

    def to_json(self) -> dict[str, Any]:
        matched, predicted, gold = self.counts
        return {
            "documents": len(self.results),
            "gold": gold,
            "predicted": predicted,
            "matched": matched,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "f1_interval": list(self.f1_interval) if self.f1_interval else None,
            "sum_only_f1": self.sum_only_f1,
            "trap_documents_clean": self.trap_documents_clean,
            "f1_by_lang": {name: part.f1 for name, part in self.by("lang").items()},
            "fields": self.fields,
            "filled_f1": self.filled_f1,
            "place_f1": self.place_f1,
            "traps_fallen_into": {kind: f"{fell}/{n}" for kind, (fell, n) in self.traps.items() if fell},
        }


def score_documents(gold: Iterable[Json], predictions: Mapping[str, Sequence[Json]]) -> DocumentScore:
    """Judge predicted records, given by document id; a document without a prediction counts as read empty."""
    return DocumentScore(tuple(judge(document, predictions.get(document["id"], ())) for document in gold))


def _field_verdicts(result: DocumentResult, i: int, j: int) -> Iterable[tuple[str, bool]]:
    gold, predicted = result.gold[i], result.predicted[j]
    yield "bounds", same_bounds(gold, predicted) or gold.get("qualifier") == "vague"
    for name in COMPARED:
        yield name, gold.get(name) == predicted.get(name)
    recipients = gold.get("recipient"), predicted.get("recipient")
    yield "recipient", not any(recipients) or (all(recipients) and same_name(*recipients))
    parents = gold.get("part_of"), predicted.get("part_of")
    if parents[0] is None or parents[0] in result.matched:  # a parent that was missed is counted there, not here
        yield "part_of", parents == (None, None) or _filled_right("part_of", result, i, j)


def _filled_right(name: str, result: DocumentResult, i: int, j: int) -> bool:
    wanted, given = result.gold[i].get(name), result.predicted[j].get(name)
    if name == "recipient":
        return bool(wanted and given and same_name(wanted, given))
    if wanted is None or given is None:
        return False
    return bool(result.matched.get(wanted) == given if name == "part_of" else wanted == given)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Predicted records whose stated confidence lies in [low, high): how sure they were, how often right."""

    low: float
    high: float
    records: int
    stated: float
    right: float


def reliability(score: DocumentScore, edges: Sequence[float] = CONFIDENCE_EDGES) -> list[Bucket]:
    """Stated confidence against the share that was right, for records that state one; empty buckets are left out."""
    told = [
        (float(record["confidence"]), j in set(result.matched.values()))
        for result in score.results
        for j, record in enumerate(result.predicted)
        if record.get("confidence") is not None
    ]
    out = []
    for low, high in pairwise(edges):
        inside = [(stated, right) for stated, right in told if low <= stated < high]
        if inside:
            n = len(inside)
            out.append(Bucket(low, min(high, 1.0), n, sum(s for s, _ in inside) / n, sum(r for _, r in inside) / n))
    return out
