"""Makes the extractor's weights from gold: examples for each decision, one fit each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.extraction import field_features, sum_features
from monitor.extraction.analysis import Analysis
from monitor.extraction.extractor import Extractor, Thresholds
from monitor.extraction.models import FILE, Stack
from monitor.extraction.places import find_places
from monitor.extraction.role_features import Roles
from monitor.model import PURPOSES, STATUSES, Record
from monitor.training.agreement import same_place
from monitor.training.align import Aligned, align, article_of, is_named
from monitor.training.fit import Example, Options, fit

Json = Mapping[str, Any]
Examples = dict[str, list[Example]]
CLASSES: dict[str, tuple[str, ...]] = {
    "commitment": ("no", "yes"),
    "payer": ("no", "yes"),
    "recipient": ("no", "yes"),
    "deadline": ("no", "yes"),
    "place": ("no", "yes"),
    "part": ("no", "yes"),
    "status": STATUSES,
    "purpose": PURPOSES,
}
OPTIONS: dict[str, Options] = {
    "commitment": Options(c=0.1, rounds=220),
    "payer": Options(c=0.1, rounds=250, leaves=16),
    "recipient": Options(c=0.1, rounds=180),
    "deadline": Options(c=0.1, rounds=120),
    "place": Options(c=0.1, rounds=150),
    "part": Options(c=0.1, rounds=150),
    "status": Options(c=0.1, rounds=60, leaves=8),
    "purpose": Options(c=0.1, rounds=60, leaves=8),
}


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def examples_of(aligned: Aligned) -> Examples:
    """What one gold document teaches, by decision."""
    out: Examples = defaultdict(list)
    a, document = aligned.analysis, aligned.document
    for site in a.sums:
        if site.money.conversion_of is None:
            yes = site.index in aligned.record_of
            out["commitment"].append(
                Example(sum_features.numbers(a, site), sum_features.words(a, site), _yes(yes), aligned.id)
            )
    told = [n for n, sites in enumerate(aligned.sites) if sites]
    if not told:
        return out
    roles = Roles(a)
    places = find_places(a)
    for n in told:
        record = document["commitments"][n]
        sites = _main_sites(aligned, n)
        for name, accepted in (
            ("payer", [x for x in record["investor"]]),
            ("recipient", [record["recipient"]] if record["recipient"] else []),
        ):
            for site in sites:
                for e in roles.entities:
                    out[name].append(
                        Example(roles.numbers(e, site), roles.words(e, site), _yes(is_named(e, accepted)), aligned.id, 1.0 / len(sites))
                    )
        row = field_features.kind_row(a, sites[0])
        out["status"].append(Example(*row, record["status"], aligned.id))
        out["purpose"].append(Example(*row, record["purpose"], aligned.id))
        for d in a.deadlines:
            row = field_features.deadline_row(a, sites[0], d)
            out["deadline"].append(Example(*row, _yes(d.year == record["horizon"]), aligned.id))
        for p in places:
            row = field_features.place_row(a, sites[0], p)
            fits = any(same_place(g, p.name) for g in record["place"])
            out["place"].append(Example(*row, _yes(fits), aligned.id))
    _parts(aligned, told, out)
    return out


def _main_sites(aligned: Aligned, n: int) -> list[Any]:
    return aligned.sites[n][:3]


def _parts(aligned: Aligned, told: Sequence[int], out: Examples) -> None:
    records = aligned.document["commitments"]
    mains = {n: aligned.sites[n][0] for n in told}
    chosen = list({s.index: s for s in mains.values()}.values())
    for n in told:
        for m in told:
            if n == m or mains[n] is mains[m]:
                continue
            same = set(map(str, records[n]["investor"])) == set(map(str, records[m]["investor"]))
            row = field_features.part_row(aligned.analysis, mains[n], mains[m], same, chosen)
            out["part"].append(Example(*row, _yes(records[n]["part_of"] == m), aligned.id))


def prepare(documents: Iterable[Json]) -> list[Aligned]:
    """Documents taken apart and tied to their gold."""
    return [align(d, Analysis(article_of(d))) for d in documents]


def models_of(examples: Iterable[Examples], only: Sequence[str] | None = None) -> dict[str, Any]:
    """The models by decision, ready for JSON."""
    pooled: Examples = defaultdict(list)
    for one in examples:
        for name, items in one.items():
            pooled[name].extend(items)
    return {name: fit(pooled[name], CLASSES[name], OPTIONS[name]) for name in (only or CLASSES)}


def extractor_of(models: Mapping[str, Any], thresholds: Thresholds | None = None) -> Extractor:
    """An extractor that reads with models that need not be the shipped ones."""
    return Extractor({name: Stack(model) for name, model in models.items()}, thresholds=thresholds)


def train(by_writer: Mapping[str, Sequence[Json]], out: Path | None = None) -> Iterator[str]:
    """Makes the weights from all documents and writes them to `out` (the package by default). The same gold gives the
    same bytes. Yields a line for each step."""
    documents = [d for ds in by_writer.values() for d in ds]
    examples = [examples_of(x) for x in prepare(documents)]
    yield f"{len(documents)} documents of {len(by_writer)} writers"
    models = models_of(examples)
    for name in models:
        yield f"{name}: {sum(len(e[name]) for e in examples)} examples"
    path = out or FILE
    path.write_text(
        json.dumps({"models": models}, ensure_ascii=False, sort_keys=True, separators=(",", ":")), encoding="utf-8"
    )
    yield f"written to {path}"


def cross_validate(by_writer: Mapping[str, Sequence[Json]]) -> dict[str, tuple[Record, ...]]:
    """Records by document id, each writer's documents read by weights trained on all other writers."""
    examples = {w: [examples_of(x) for x in prepare(ds)] for w, ds in by_writer.items()}
    out: dict[str, tuple[Record, ...]] = {}
    for writer, documents in by_writer.items():
        extractor = extractor_of(models_of(e for w, es in examples.items() if w != writer for e in es))
        out.update((str(d["id"]), extractor.extract(article_of(d))) for d in documents)
    return out
