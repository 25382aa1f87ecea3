"""How well mentions of one decision are brought together, and events told, over dated articles of story lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from monitor.model import QUIET_EVENTS
from monitor.training.agreement import Json, match, same_investor, same_sum
from monitor.training.measures import precision_recall_f1


@dataclass(frozen=True, slots=True)
class Found:
    """A gold mention and the predicted one that met it; `named` when the payer was right too."""

    document: str
    key: str
    commitment: str
    wanted: tuple[str, ...]
    told: str | None
    named: bool

    @property
    def event_right(self) -> bool:
        return self.told in self.wanted


@dataclass(frozen=True, slots=True)
class StoryScore:
    """Pairs, B-cubed and events look only at mentions found in both, so that extraction is not counted twice."""

    articles: int
    mentions_gold: int
    mentions_found: int
    mentions_predicted: int
    pair_precision: float
    pair_recall: float
    pair_f1: float
    pair_f1_end_to_end: float
    b3_f1: float
    event_accuracy: float
    alert_precision: float
    alert_recall: float
    alert_f1: float
    events: Mapping[str, str]
    commitments_gold: int
    commitments_predicted: int
    new_alerts_predicted: int
    new_alerts_gold: int
    found: tuple[Found, ...] = ()

    def to_json(self) -> dict[str, Any]:
        out = asdict(self)
        del out["found"]
        return out

    @property
    def wrong_events(self) -> list[Found]:
        return [f for f in self.found if f.wanted and not f.event_right]


def score_stories(gold: Iterable[Json], predictions: Mapping[str, Sequence[Json]]) -> StoryScore:
    """Judge mentions `{"record", "commitment", "event"}`, given by document id in the order in which they were told."""
    documents = list(gold)
    told = {d["id"]: predictions.get(d["id"], ()) for d in documents}
    expected = {d["id"]: _expected(d) for d in documents}
    found = [f for d in documents for f in _meet(d, told[d["id"]], expected[d["id"]])]
    every = [mention for mentions in told.values() for mention in mentions]
    same, joined, split = _pairs(found)
    times = Counter(record["key"] for d in documents for record in d["commitments"])
    all_pairs = sum(n * (n - 1) // 2 for n in times.values())
    pair = precision_recall_f1(same, same + joined, same + split)
    asked = [f for f in found if f.wanted]
    alerts = precision_recall_f1(
        sum(f.event_right and f.told not in QUIET_EVENTS and f.named for f in asked),
        sum(_loud(mention.get("event")) for mention in every),
        sum(any(_loud(e) for e in events) for by_key in expected.values() for events in by_key.values()),
    )
    return StoryScore(
        articles=len(documents),
        mentions_gold=sum(times.values()),
        mentions_found=len(found),
        mentions_predicted=len(every),
        pair_precision=pair[0],
        pair_recall=pair[1],
        pair_f1=pair[2],
        pair_f1_end_to_end=precision_recall_f1(same, same + joined, all_pairs)[2],
        b3_f1=_b_cubed_f1(found),
        event_accuracy=sum(f.event_right for f in asked) / len(asked) if asked else 0.0,
        alert_precision=alerts[0],
        alert_recall=alerts[1],
        alert_f1=alerts[2],
        events=_by_event(asked),
        commitments_gold=len({f.key for f in found}),
        commitments_predicted=len({f.commitment for f in found}),
        new_alerts_predicted=sum(mention.get("event") == "new" for mention in every),
        new_alerts_gold=sum("new" in events for by_key in expected.values() for events in by_key.values()),
        found=tuple(found),
    )


def _loud(event: str | None) -> bool:
    return event is not None and event not in QUIET_EVENTS


def _expected(document: Json) -> dict[str, tuple[str, ...]]:
    """Accepted events by key, the first being the one that the contract's order gives."""
    events: dict[str, list[str]] = defaultdict(list)
    for event in document.get("expected_events", []):
        events[event["key"]] += [event["event"], *event.get("also", [])]
    return {key: tuple(accepted) for key, accepted in events.items()}


def _meet(document: Json, mentions: Sequence[Json], expected: Mapping[str, tuple[str, ...]]) -> list[Found]:
    """Gold mentions met by sum and payer, then those met by the sum alone: a slip on the name is not counted twice."""
    gold = document["commitments"]
    records = [mention["record"] for mention in mentions]
    full = match(gold, records, lambda g, p: same_sum(g, p) and same_investor(g, p))
    left = [i for i in range(len(gold)) if i not in full]
    free = [j for j in range(len(records)) if j not in set(full.values())]
    rest = match([gold[i] for i in left], [records[j] for j in free], same_sum)
    pairs = [*full.items(), *((left[i], free[j]) for i, j in rest.items())]
    return [
        Found(
            document=document["id"],
            key=gold[i]["key"],
            commitment=str(mentions[j]["commitment"]),
            wanted=expected.get(gold[i]["key"], ()),
            told=mentions[j].get("event"),
            named=i in full,
        )
        for i, j in pairs
    ]


def _pairs(found: Sequence[Found]) -> tuple[int, int, int]:
    """Pairs rightly together, wrongly joined, wrongly split."""
    same = joined = split = 0
    for a, b in combinations(found, 2):
        one_key, one_commitment = a.key == b.key, a.commitment == b.commitment
        same += one_key and one_commitment
        joined += one_commitment and not one_key
        split += one_key and not one_commitment
    return same, joined, split


def _b_cubed_f1(found: Sequence[Found]) -> float:
    if not found:
        return 0.0
    both = Counter((f.key, f.commitment) for f in found)
    keys = Counter(f.key for f in found)
    commitments = Counter(f.commitment for f in found)
    precision = sum(both[f.key, f.commitment] / commitments[f.commitment] for f in found) / len(found)
    recall = sum(both[f.key, f.commitment] / keys[f.key] for f in found) / len(found)
    return 2 * precision * recall / (precision + recall)


def _by_event(asked: Sequence[Found]) -> dict[str, str]:
    right: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for f in asked:
        there[f.wanted[0]] += 1
        right[f.wanted[0]] += f.event_right
    return {event: f"{right[event]}/{n}" for event, n in sorted(there.items())}
