"""Learns recognition from story gold: which two mentions mean one decision, and what a mention adds to a timeline.

`train(stories)` gives the data file of `monitor.resolution`. Deterministic: same gold, same weights.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from monitor.errors import InputError, OutputError
from monitor.model import Anchor, Article, Event, Mention, Record
from monitor.resolution import events, pairs, timeline
from monitor.resolution import text as tx
from monitor.resolution.prepared import APART
from monitor.resolution.recogniser import WEIGHTS, Recogniser
from monitor.training.agreement import Json, match, same_investor, same_sum
from monitor.training.gold import read_jsonl

# A word is common when this many independent texts (story lines, or documents outside them) hold it, and one in so many.
COMMON_FROM, COMMON_IN = 4, 500
# What a made-up example counts beside a gold one.
MADE_COUNTS = 0.5
# What an example read by an extractor counts beside a gold one, which stands in the training twice.
READ_COUNTS = 2.0
# Features that can only speak for sameness (+) or against it (-), whatever the few examples suggest.
RISING = {
    "payer", "payers_shared", "taker", "sum_same", "sum_exact", "sum_near", "former", "beside", "place", "purpose", "mark_same",
    "near", "near_cover", "wide", "wide_cover", "head", "payer_sum", "taker_sum", "payer_former",
    "sum_telling", "sum_bounds", "horizon_same", "payers_equal", "company", "whole_payer", "whole_sum", "kin",
    "payer_named", "payers_named", "change_told", "place_named", "places_named",
}  # fmt: skip
# How like two towns of one region are.
NEIGHBOURS = 0.2
# What payer and sum give to kinship.
PAYER_COUNTS, SUM_COUNTS = 1.7, 2.0
ANOTHER_SPONSOR = {
    "payer": 0.0, "payers_shared": 0.0, "payers_equal": 0.0, "payer_unknown": 0.0, "payer_differs": 1.0, "payers_named": 0.0,
    "sum_gap": 0.25, "sum_same": 0.0, "sum_exact": 0.0, "sum_near": 0.0, "sum_telling": 0.0, "former": 0.0,
    "payer_sum": 0.0, "taker_sum": 0.0, "payer_former": 0.0, "change_told": 0.0,
}  # fmt: skip
ANOTHER_PLACE = {"place_differs": 1.0, "horizon_same": 0.0, "placed_apart": 1.0, "places_named": 0.0}
AT = {f: i for i, f in enumerate(pairs.FEATURES)}
FALLING = {
    "rival",
    "rival_free",
    "payer_differs",
    "taker_differs",
    "sum_gap",
    "place_differs",
    "funding_one",
    "mark_differs",
    "horizon_gap",
    "placed_apart",
}
EMPTY: dict[str, Any] = {
    "common": "",
    "pair": {"features": pairs.FEATURES, "outputs": ["same"], "base": [0.0], "trees": [[]]},
    "event": {"features": events.FEATURES, "outputs": ["confirmed"], "base": [0.0], "trees": [[]]},
}


@dataclass(frozen=True)
class Told:
    """One article of a story line, its records as mentions with their gold keys, and the events expected of it."""

    document: Json
    mentions: tuple[Mention, ...]
    keys: tuple[str | None, ...]
    expected: Mapping[str, tuple[Event, ...]]

    @property
    def story(self) -> str:
        return str(self.document["storyline"])


def article_of(document: Json) -> Article:
    return Article(
        link=document["id"],
        title=document["title"],
        text=document["text"],
        language=document["lang"],
        published=date.fromisoformat(document["published"]),
        outlet=document.get("outlet"),
    )


def common_words(documents: Iterable[Json]) -> str:
    """Words that tell no story from another, parted by blanks: those that several independent texts hold."""
    texts: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        texts[str(document.get("storyline") or document["id"])].update(
            tx.tokens(f"{document['title']}\n{document['text']}")
        )
    counts = Counter(w for words in texts.values() for w in words)
    least = max(COMMON_FROM, len(texts) / COMMON_IN)
    return " ".join(sorted(w for w, n in counts.items() if n >= least))


def tell(
    documents: Sequence[Json],
    records: Mapping[str, Sequence[Record]],
    keys: Mapping[str, Sequence[str | None]],
    recogniser: Recogniser,
) -> list[Told]:
    """Articles as mentions, in order of date and id. Mention ids count up from 1."""
    out: list[Told] = []
    number = 0
    for document in sorted(documents, key=lambda d: (d["published"], d["id"])):
        article = article_of(document)
        own = records[document["id"]]
        mentions = []
        for i, (record, traits) in enumerate(zip(own, recogniser.describe(article, own), strict=True)):
            number += 1
            mentions.append(
                Mention(
                    id=number,
                    record=record,
                    link=article.link,
                    index=i,
                    valid_from=article.published or date.min,
                    outlet=article.outlet,
                    trust=article.trust,
                    language=article.language,
                    title=article.title,
                    anchor=Anchor(article.link, "", "", i),
                    traits=traits,
                )
            )
        expected: dict[str, list[Event]] = defaultdict(list)
        for e in document.get("expected_events", []):
            expected[e["key"]] += [e["event"], *e.get("also", [])]
        out.append(
            Told(document, tuple(mentions), tuple(keys[document["id"]]), {k: tuple(v) for k, v in expected.items()})
        )
    return out


def gold_records(
    documents: Sequence[Json], plain: bool = False
) -> tuple[dict[str, list[Record]], dict[str, list[str | None]]]:
    """The gold records and their keys by document. `plain` keeps one name of each actor and place, as an extractor does."""
    records, keys = {}, {}
    for document in documents:
        own = [Record.from_json(c) for c in document["commitments"]]
        records[document["id"]] = [_plain(r) for r in own] if plain else own
        keys[document["id"]] = [c["key"] for c in document["commitments"]]
    return records, keys


def _plain(record: Record) -> Record:
    def first(name: str) -> str:
        return name.split("|")[0]

    return replace(
        record,
        investor=tuple(map(first, record.investor)),
        recipient=first(record.recipient) if record.recipient else None,
        place=tuple(map(first, record.place)),
    )


def own_records(
    documents: Sequence[Json], read: Mapping[str, Sequence[Record]]
) -> tuple[dict[str, list[Record]], dict[str, list[str | None]]]:
    """Records as the extractor read them, with the key of the gold record that each meets: by sum and payer, else by the
    sum alone; None for one that meets none."""
    records: dict[str, list[Record]] = {}
    keys: dict[str, list[str | None]] = {}
    for document in documents:
        gold, own = document["commitments"], list(read.get(document["id"], ()))
        told = [r.to_json() for r in own]
        met = match(gold, told, lambda g, p: same_sum(g, p) and same_investor(g, p))
        left = [i for i in range(len(gold)) if i not in met]
        free = [j for j in range(len(told)) if j not in set(met.values())]
        rest = match([gold[i] for i in left], [told[j] for j in free], same_sum)
        found = {j: gold[i]["key"] for i, j in met.items()} | {free[j]: gold[left[i]]["key"] for i, j in rest.items()}
        records[document["id"]] = own
        keys[document["id"]] = [found.get(j) for j in range(len(own))]
    return records, keys


def pair_examples(told: Sequence[Told], recogniser: Recogniser) -> tuple[list[list[float]], list[int]]:
    """Every pair of mentions that share a block key and stand in different articles, with whether the gold keys agree."""
    everything = [(m, k, t.story) for t in told for m, k in zip(t.mentions, t.keys, strict=True)]
    blocks = {m.id: recogniser.keys(m) for m, _, _ in everything}
    rows, labels = [], []
    for (a, key_a, _), (b, key_b, _) in combinations(everything, 2):
        if a.link != b.link and key_a and key_b and blocks[a.id] & blocks[b.id]:
            rows.append(recogniser.features(a, b))
            labels.append(int(key_a == key_b))
    return rows, labels


def made_up(rows: Sequence[Sequence[float]], labels: Sequence[int]) -> list[list[float]]:
    """Examples of different decisions that the gold has too few of: the same payer and sum in another place (far off, or in
    one region), another payer and sum in the same place, and a part of another whole. Made from pairs that mean one
    decision, by taking away what they owe to place, payer and sum, or whole."""
    out = []
    for row, label in zip(rows, labels, strict=True):
        if not label:
            continue
        if row[AT["payer"]] >= 0.9 and row[AT["place"]] >= 0.8:
            for place in (0.0, NEIGHBOURS):
                out.append(_changed(row, row[AT["place"]] - APART, place=place, **ANOTHER_PLACE))
            out.append(
                _changed(row, PAYER_COUNTS * row[AT["payer"]] + SUM_COUNTS * row[AT["sum_same"]], **ANOTHER_SPONSOR)
            )
        if row[AT["whole_payer"]] == 1.0:
            out.append(
                _changed(row, 2 * pairs.WHOLE_COUNTS, whole_payer=-1.0, whole_sum=-1.0, sum_exact=0.0, former=0.0)
            )
    return out


def _changed(row: Sequence[float], kinship: float, **features: float) -> list[float]:
    """A row with other features, less kinship, and half the words in common."""
    out = list(row)
    out[AT["kin"]] -= kinship
    if row[AT["rival"]] != pairs.NO_RIVAL:
        out[AT["rival"]] = min(2.0, row[AT["rival"]] + kinship)
        out[AT["rival_free"]] = min(2.0, row[AT["rival_free"]] + kinship)
    for name in ("near", "near_cover", "wide", "wide_cover", "head"):
        out[AT[name]] *= 0.5
    for name, value in features.items():
        out[AT[name]] = value
    return out


def event_examples(told: Sequence[Told]) -> tuple[list[list[float]], list[str]]:
    """Each mention after the first of its commitment, against what the gold says was held before it."""
    chains: dict[str, list[tuple[Mention, tuple[Event, ...]]]] = defaultdict(list)
    for t in told:
        for mention, key in zip(t.mentions, t.keys, strict=True):
            if key is not None:
                chains[key].append((mention, t.expected.get(key, ())))
    rows: list[list[float]] = []
    labels: list[str] = []
    for chain in chains.values():
        wanted = {m.id: e[0] for m, e in chain if e}

        def decide(held: events.Held, now: Mention, wanted: Mapping[int, Event] = wanted) -> Event:
            event = wanted.get(now.id, "repeated_no_change")
            if event != "new":
                rows.append(events.features(held, now))
                labels.append(event)
            return "repeated_no_change" if event == "new" else event

        timeline.fold([m for m, _ in chain], decide)
    return rows, labels


def train(
    documents: Sequence[Json], background: Sequence[Json] = (), read: Mapping[str, Sequence[Record]] | None = None
) -> dict[str, Any]:
    """The weights of `monitor.resolution` from story lines. `background` are other documents, for common words alone;
    `read` are records that an extractor which had not seen these documents read from them, by document id."""
    stories = [d for d in documents if "storyline" in d]
    weights = {**EMPTY, "common": common_words([*stories, *background])}
    recogniser = Recogniser(weights)
    pair_rows: list[list[float]] = []
    pair_labels: list[int] = []
    pair_weights: list[float] = []
    event_rows: list[list[float]] = []
    event_labels: list[str] = []
    event_weights: list[float] = []
    versions = [(1.0, gold_records(stories)), (1.0, gold_records(stories, plain=True))]
    if read is not None:
        versions.append((READ_COUNTS, own_records(stories, read)))
    for counts, (records, keys) in versions:
        told = tell(stories, records, keys, recogniser)
        rows, labels = pair_examples(told, recogniser)
        made = made_up(rows, labels)
        pair_rows += [*rows, *made]
        pair_labels += [*labels, *[0] * len(made)]
        pair_weights += [*[counts] * len(rows), *[counts * MADE_COUNTS] * len(made)]
        more, events_told = event_examples(told)
        event_rows += more
        event_labels += events_told
        event_weights += [counts] * len(more)
    weights["pair"] = grow_pair(pair_rows, pair_labels, pair_weights)
    weights["event"] = grow_event(event_rows, event_labels, event_weights)
    return weights


def grow_pair(rows: Sequence[Sequence[float]], labels: Sequence[int], weights: Sequence[float]) -> dict[str, Any]:
    """Boosted trees that give the log odds of sameness."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    signs = [1 if f in RISING else -1 if f in FALLING else 0 for f in pairs.FEATURES]
    model = HistGradientBoostingClassifier(
        max_iter=125, learning_rate=0.06, max_leaf_nodes=8, min_samples_leaf=20, l2_regularization=2.0,
        monotonic_cst=signs, early_stopping=False, random_state=7,
    )  # fmt: skip
    model.fit(np.asarray(rows), np.asarray(labels), sample_weight=np.asarray(weights))
    return {"features": list(pairs.FEATURES), "outputs": ["same"], **_exported(model)}


def grow_event(rows: Sequence[Sequence[float]], labels: Sequence[str], weights: Sequence[float]) -> dict[str, Any]:
    """Boosted trees, one series for each event."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=40, learning_rate=0.1, max_leaf_nodes=6, min_samples_leaf=8, l2_regularization=2.0,
        early_stopping=False, random_state=7,
    )  # fmt: skip
    model.fit(np.asarray(rows), np.asarray(labels), sample_weight=np.asarray(weights))
    return {"features": list(events.FEATURES), "outputs": [str(c) for c in model.classes_], **_exported(model)}


def _exported(model: Any) -> dict[str, Any]:
    base = np.ravel(model._baseline_prediction)
    series: list[list[Any]] = [[] for _ in base]
    for stage in model._predictors:
        for k, predictor in enumerate(stage):
            series[k].append(_tree(predictor.nodes, 0))
    return {"base": [round(float(b), 6) for b in base], "trees": series}


def _tree(nodes: Any, at: int) -> Any:
    node = nodes[at]
    if node["is_leaf"]:
        return round(float(node["value"]), 5)
    threshold = round(float(node["num_threshold"]), 6)
    return [int(node["feature_idx"]), threshold, _tree(nodes, int(node["left"])), _tree(nodes, int(node["right"]))]


def retrain(documents: Sequence[Json], read: Path | None, out: Path | None, say: Callable[[str], None]) -> None:
    """Makes the weights from the story lines among the documents and writes them into the folder `out` (the package by
    default). `read` is a file of records that an extractor which had not seen the documents read from them."""
    stories = [d for d in documents if "storyline" in d]
    if not stories:
        raise InputError("Training recognition", cause="no story lines among the documents")
    say(f"{len(stories)} articles of {len({d['storyline'] for d in stories})} story lines")
    path = out / WEIGHTS.name if out else WEIGHTS
    others = [d for d in documents if "storyline" not in d]
    write(train(stories, others, records_read(read) if read else None), path)
    say(f"written to {path}")


def records_read(path: Path) -> dict[str, list[Record]]:
    """The records of a file of predictions, by document id."""
    return {str(d["id"]): [Record.from_json(r) for r in d["commitments"]] for d in read_jsonl(path)}


def write(weights: Mapping[str, Any], path: Path = WEIGHTS) -> None:
    """Writes the data file of `monitor.resolution`."""
    try:
        path.write_text(json.dumps(weights, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError("Writing the weights of recognition", subject=str(path), cause=error) from error
