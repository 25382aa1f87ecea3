"""Ties gold records to what the extractor sees: which sums tell them, which entities are their payers and recipients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from monitor.extraction.analysis import Analysis, SumSite
from monitor.extraction.changes import sumless
from monitor.extraction.entities import Entity
from monitor.model import Article
from monitor.training.agreement import same_name

Json = Mapping[str, Any]
TOLERANCE = 0.01


def article_of(document: Json) -> Article:
    """A gold document as the extractor is handed it."""
    published = document.get("published")
    return Article(
        link=str(document["id"]),
        title=str(document.get("title") or ""),
        text=str(document["text"]),
        language=str(document.get("lang") or "en"),
        published=date.fromisoformat(published) if published else None,
        outlet=document.get("outlet"),
    )


@dataclass
class Aligned:
    """A gold document with, for each record, the sites that tell it (none when its sum was not found). `shared` holds, by
    index of the sum, the records whose quotes all hold it: "each" and "ciascuno" tell several at once. `change_of` ties words
    of change in sentences without sums (`sumless`) to the records without sums."""

    document: Json
    analysis: Analysis
    sites: list[list[SumSite]]
    record_of: dict[int, list[int]] = field(default_factory=dict)
    shared: dict[int, list[int]] = field(default_factory=dict)
    trap_kinds: dict[int, str] = field(default_factory=dict)
    sumless: Analysis | None = None
    change_of: dict[int, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.document["id"])

    def knows(self, site: SumSite) -> bool:
        """Whether it is said what a sum is: a record's, or a trap."""
        return site.index in self.record_of or site.index in self.trap_kinds

    def accepted(self, n: int, site: SumSite) -> list[tuple[str, list[str]]]:
        """The names by role that a record allows at a site, with those of the records that share the sum there."""
        records = [self.document["commitments"][m] for m in {n, *self.shared.get(site.index, ())}]
        payers = [name for r in records for name in r["investor"]]
        return [("payer", payers), ("recipient", [r["recipient"] for r in records if r["recipient"]])]


def _close(x: float | None, y: float | None) -> bool:
    if x is None or y is None:
        return x is None and y is None
    return abs(x - y) <= TOLERANCE * max(abs(x), abs(y), 1)


def _figures(low: float | None, high: float | None) -> list[float]:
    return sorted({x for x in (low, high) if x is not None})


def agrees(record: Json, site: SumSite) -> bool:
    """Same figures in the same currency, as the score compares them."""
    gold = _figures(record["amount_min"], record["amount_max"])
    mine = _figures(site.money.low, site.money.high)
    if not gold or not mine or (record["currency"] or "") != (site.money.currency or ""):
        return False
    if len(gold) == len(mine) and all(_close(x, y) for x, y in zip(gold, mine, strict=True)):
        return True
    return record["qualifier"] == "vague" and len(mine) == 1 and gold[0] / 3 <= mine[0] <= gold[0] * 3


def align(document: Json, analysis: Analysis) -> Aligned:
    """Finds the sites of every record. A site inside its quote is preferred; sums told again elsewhere count too, but
    for those inside a passage marked as a trap. A sum of the quote that was read wrongly (as dollars of another country, say)
    is a commitment still, and taught as one."""
    full = analysis.article.full
    traps = [(_span(full, t["text"]), str(t["kind"])) for t in document.get("traps", [])]
    records = document["commitments"]
    out = Aligned(document, analysis, [[] for _ in records])
    quotes = [_span(full, r["evidence"]) for r in records]
    for site in analysis.sums:
        fits = [n for n, r in enumerate(records) if agrees(r, site)]
        inside = [n for n in fits if _holds(quotes[n], site)]
        trapped = [kind for span, kind in traps if _holds(span, site)]
        if trapped and not inside:
            out.trap_kinds[site.index] = trapped[0]
            continue
        out.shared[site.index] = inside
        chosen = inside or fits
        for n in chosen:
            out.sites[n].append(site)
        if chosen:
            out.record_of[site.index] = chosen
    for n, record in enumerate(records):
        if not out.sites[n]:
            out.sites[n] = _misread(record, quotes[n], [s for s in analysis.sums if not out.knows(s)])
            out.record_of |= {s.index: [n] for s in out.sites[n]}
    out.sumless = sumless(analysis)
    without = [(n, quotes[n]) for n, r in enumerate(records) if not _figures(r["amount_min"], r["amount_max"])]
    for site in out.sumless.sums if out.sumless else ():
        sentence = analysis.text.sentences[site.sentence]
        fits = [n for n, (start, _) in without if sentence.start <= start < sentence.end]
        if fits:
            out.change_of[site.index] = fits[0]
    return out


def _misread(record: Json, quote: tuple[int, int], free: Sequence[SumSite]) -> list[SumSite]:
    """The sum in a record's quote that has its figures in another currency, or that is the only one there."""
    gold = _figures(record["amount_min"], record["amount_max"])
    inside = [s for s in free if _holds(quote, s) and s.money.conversion_of is None]
    alike = [s for s in inside if _figures(s.money.low, s.money.high) == gold]
    return (alike or (inside if len(inside) == 1 else []))[:1] if gold else []


def _span(full: str, passage: str) -> tuple[int, int]:
    start = full.find(passage)
    if start < 0:
        squeezed = " ".join(passage.split())
        start = " ".join(full.split()).find(squeezed) if squeezed else -1
        start = full.find(passage[:20]) if start >= 0 else -1
    return (start, start + len(passage)) if start >= 0 else (-1, -1)


def _holds(span: tuple[int, int], site: SumSite) -> bool:
    return span[0] >= 0 and span[0] - 2 <= site.money.span.start and site.money.span.end <= span[1] + 2


def is_named(entity: Entity, accepted: Sequence[str]) -> bool:
    """Whether an entity, by its name or any reference, is one of the accepted names."""
    surfaces = {entity.name, *(r.text for r in entity.references)}
    return any(same_name(a, s) for a in accepted for s in surfaces)
