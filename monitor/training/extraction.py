"""Makes the extractor's weights from gold: examples for each decision, one fit each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from monitor.extraction import changes, field_features, sum_features
from monitor.extraction.analysis import Analysis, SumSite
from monitor.extraction.extractor import Extractor, FirstThoughts, Thresholds, nobody_row
from monitor.extraction.fellows import LEAST
from monitor.extraction.models import FILE, Stack, fitted
from monitor.extraction.network import FILE as NETWORK_FILE
from monitor.extraction.network import Network
from monitor.extraction.network import write as write_network
from monitor.extraction.places import find_places
from monitor.extraction.role_features import Roles
from monitor.extraction.weights import write
from monitor.model import PURPOSES, STATUSES, Record
from monitor.training.agreement import same_place
from monitor.training.align import Aligned, align, article_of, is_named
from monitor.training.fit import Example, Options, fit, hash_group
from monitor.training.network import members_of, network_of

Json = Mapping[str, Any]
Examples = dict[str, list[Example]]
FIRST = ("commitment", "payer", "recipient")
SECOND = ("commitment_2", "payer_2", "recipient_2", "nobody", "fellow")
FOLDS = 4
GROUPS = 5
CLASSES: dict[str, tuple[str, ...]] = {
    "commitment": ("no", "yes"),
    "payer": ("no", "yes"),
    "recipient": ("no", "yes"),
    "deadline": ("no", "yes"),
    "place": ("no", "yes"),
    "part": ("no", "yes"),
    "commitment_2": ("no", "yes"),
    "payer_2": ("no", "yes"),
    "recipient_2": ("no", "yes"),
    "nobody": ("no", "yes"),
    "fellow": ("no", "yes"),
    "change": changes.ANSWERS,
    "status": STATUSES,
    "purpose": PURPOSES,
}
# Set by trial on four writers held out.
KINDS = Options(rounds=160, leaves=6, rate=0.06, sampled=0.2, least=10)
OPTIONS: dict[str, Options] = {
    "status": replace(KINDS, rare=0.5),
    "purpose": replace(KINDS, rare=0.25),
    "change": replace(KINDS, rare=0.25),
    "part": Options(rounds=400, leaves=16, rate=0.04, sampled=0.2),
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
    _changes(aligned, out)
    told = [n for n, sites in enumerate(aligned.sites) if sites]
    if not told:
        return out
    roles = Roles(a)
    places = find_places(a)
    for n in told:
        record = document["commitments"][n]
        sites = _main_sites(aligned, n) or aligned.sites[n][:1]
        for site in sites:
            for name, accepted in aligned.accepted(n, site):
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


def _changes(aligned: Aligned, out: Examples) -> None:
    """Whether words of change tell one, which, and whose it is."""
    a = aligned.sumless
    if a is None:
        return
    commitments = [s for s in aligned.analysis.sums if s.index in aligned.record_of]
    for site in a.sums:
        n = aligned.change_of.get(site.index)
        record = aligned.document["commitments"][n] if n is not None else {}
        answer = record.get("status")
        row = changes.row(a, site, commitments)
        out["change"].append(Example(*row, answer if answer in changes.ANSWERS else "no", aligned.id))
        if answer in changes.ANSWERS:
            roles = Roles(a)
            out["payer"] += [
                Example(roles.numbers(e, site), roles.words(e, site), _yes(is_named(e, record["investor"])), aligned.id)
                for e in roles.entities
            ]


def _main_sites(aligned: Aligned, n: int) -> list[SumSite]:
    return [s for s in aligned.sites[n] if s.money.conversion_of is None][:2]


def _parts(aligned: Aligned, told: Sequence[int], out: Examples) -> None:
    records = aligned.document["commitments"]
    for n in told:
        for m in told:
            if n == m or aligned.sites[n][0] is aligned.sites[m][0]:
                continue
            child, parent = field_features.nearest_sites(aligned.sites[n], aligned.sites[m])
            mains = {k: child if k == n else parent if k == m else aligned.sites[k][0] for k in told}
            chosen = list({s.index: s for s in mains.values()}.values())
            same = set(map(str, records[n]["investor"])) == set(map(str, records[m]["investor"]))
            row = field_features.part_row(aligned.analysis, child, parent, same, chosen)
            out["part"].append(Example(*row, _yes(records[n]["part_of"] == m), aligned.id))


def prepare(documents: Iterable[Json]) -> list[Aligned]:
    """Documents taken apart and tied to their gold."""
    return [align(d, Analysis(article_of(d))) for d in documents]


def models_of(documents: Sequence[Aligned], first: Sequence[Examples]) -> dict[str, Any]:
    """The models by decision, ready for JSON. `first` holds the examples of each document (`examples_of`). What the
    second round learns from are first chances given by models that had not seen the document."""
    models = {name: _fit(name, first) for name in CLASSES if name not in SECOND}
    second: list[Examples] = []
    for k in range(FOLDS):
        inside = [i for i, d in enumerate(documents) if hash_group(d.id) % FOLDS != k]
        partial = fitted({name: _fit(name, [first[i] for i in inside]) for name in FIRST})
        second += [second_examples(d, partial) for d in documents if hash_group(d.id) % FOLDS == k]
    return models | {name: _fit(name, second) for name in SECOND}


def _fit(name: str, examples: Sequence[Examples]) -> dict[str, Any]:
    pooled = [e for one in examples for e in one.get(name, ())]
    return fit(pooled, CLASSES[name], OPTIONS.get(name))


def second_examples(aligned: Aligned, models: Mapping[str, Stack]) -> Examples:
    """As `examples_of`, for the decisions taken again in the light of the whole document."""
    a = aligned.analysis
    out: Examples = defaultdict(list)
    if not a.sums:
        return out
    thoughts = FirstThoughts(a, models)
    for site, numbers, words in zip(thoughts.sites, thoughts.sum_numbers, thoughts.sum_words, strict=True):
        row = numbers | thoughts.context.of_sum(site)
        out["commitment_2"].append(Example(row, words, _yes(site.index in aligned.record_of), aligned.id))
    for n, record in enumerate(aligned.document["commitments"]):
        sites = _main_sites(aligned, n)
        for site in sites:
            if len(aligned.record_of[site.index]) == 1:
                out["fellow"] += _fellows(aligned, thoughts, site, record["investor"])
            for name, accepted in aligned.accepted(n, site):
                asked = [e for e in a.entities if (e.number, site.index) in thoughts.role_numbers]
                if not asked:
                    continue
                if name == "payer":
                    row, words = nobody_row(a, site, thoughts.context.payers(site))
                    # One record in thirty names nobody; without weight they would never be learnt.
                    out["nobody"].append(Example(row, words, _yes(not accepted), aligned.id, 1.0 if accepted else 5.0))
                for e in asked:
                    yes = _yes(is_named(e, accepted))
                    out[f"{name}_2"].append(Example(*thoughts.role_row(e, site), yes, aligned.id, 1.0 / len(sites)))
    return out


def _fellows(aligned: Aligned, thoughts: FirstThoughts, site: SumSite, investor: Sequence[str]) -> list[Example]:
    """Beside the likeliest payer, if it is one: the actors that are another of the payers, and those that are not."""
    ranked = thoughts.context.payers(site)
    if not ranked or not is_named(ranked[0][0], investor):
        return []
    leader = ranked[0][0]
    left = [name for name in investor if not is_named(leader, [name])]
    return [
        Example(*thoughts.fellow_row(leader, e, site), _yes(is_named(e, left)), aligned.id)
        for e, chance in ranked[1:]
        if chance >= LEAST
    ]


def extractor_of(models: Mapping[str, Any], network: Network, thresholds: Thresholds | None = None) -> Extractor:
    """An extractor that reads with weights that need not be the shipped ones."""
    return Extractor(fitted(models), network=network, thresholds=thresholds)


def train(by_writer: Mapping[str, Sequence[Json]], out: Path | None, say: Callable[[str], None]) -> None:
    """Makes the weights from all documents and writes them into the folder `out` (the package by default). The same gold
    gives the same bytes. Says a line for each step."""
    documents = [d for ds in by_writer.values() for d in ds]
    say(f"{len(documents)} documents of {len(by_writer)} writers")
    aligned = prepare(documents)
    models = models_of(aligned, [examples_of(x) for x in aligned])
    for name, model in models.items():
        say(f"{name}: {len(model['trees']['value'])} trees, {len(model['weights'])} words")
    _write(FILE, out, write(models), say)
    _write(NETWORK_FILE, out, write_network(*members_of(aligned, say=say)), say)


def _write(shipped: Path, out: Path | None, text: str, say: Callable[[str], None]) -> None:
    path = out / shipped.name if out else shipped
    path.write_text(text, encoding="utf-8")
    say(f"written to {path}")


def cross_validate(by_writer: Mapping[str, Sequence[Json]], say: Callable[[str], None]) -> dict[str, tuple[Record, ...]]:
    """Records by document id, each writer's documents read by weights that have seen nothing of that writer's. Writers
    are left out by groups of like size, `GROUPS` in all."""
    aligned = {w: prepare(ds) for w, ds in by_writer.items()}
    examples = {w: [examples_of(x) for x in xs] for w, xs in aligned.items()}
    out: dict[str, tuple[Record, ...]] = {}
    for group in groups_of({w: len(ds) for w, ds in by_writer.items()}):
        say(f"without {', '.join(group)}")
        others = [w for w in by_writer if w not in group]
        known = [x for w in others for x in aligned[w]]
        models = models_of(known, [e for w in others for e in examples[w]])
        extractor = extractor_of(models, network_of(known))
        out.update((str(d["id"]), extractor.extract(article_of(d))) for w in group for d in by_writer[w])
    return out


def groups_of(sizes: Mapping[str, int]) -> list[list[str]]:
    """Writers in groups of like numbers of documents: the largest first, each to the smallest group."""
    groups: list[list[str]] = [[] for _ in range(min(GROUPS, len(sizes)))]
    for writer in sorted(sizes, key=lambda w: (-sizes[w], w)):
        min(groups, key=lambda g: sum(sizes[w] for w in g)).append(writer)
    return groups
