"""The places a text names, each once with all its references: those of the gazetteer, and names led by a word of place."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.extraction.analysis import Analysis
from monitor.extraction.entities import Entity
from monitor.knowledge import places


@dataclass(slots=True)
class Spot:
    """Where a place is named: tokens `first` to `last` (exclusive)."""

    first: int
    last: int


@dataclass(slots=True)
class PlaceMention:
    """A place of a text. `numbers` are its features that do not depend on a sum; `path` is empty when it is unknown."""

    name: str
    path: str
    references: list[Spot] = field(default_factory=list)
    numbers: dict[str, float] = field(default_factory=dict)


def find_places(a: Analysis) -> list[PlaceMention]:
    """Every place of an article in order of first mention."""
    known: dict[str, PlaceMention] = {}
    covered: set[int] = set()
    owners = {k: e for e in a.entities for r in e.references for k in range(r.first, r.last)}
    for hit in places.mentions(a.article.full, a.language):
        first, last = a.text.token_at(hit.start), a.text.token_at(hit.end - 1) + 1
        owner = owners.get(first)
        if owner and owner.kind == "company" and owner.actor and not hit.led and _is_name(owner, first, last):
            continue
        text = a.article.full[hit.start : hit.end]
        key = hit.place.path or text
        mention = known.setdefault(key, PlaceMention(text, hit.place.path))
        mention.references.append(Spot(first, last))
        covered |= set(range(first, last))
        n = mention.numbers
        n["led"] = n.get("led", 0.0) + hit.led
        n["doubtful"] = n.get("doubtful", 0.0) + hit.doubtful
        n[f"kind_{hit.place.kind}"] = 1.0
        n["population"] = float(hit.place.population)
        if owner is not None:
            n["whole_entity"] = float(_is_name(owner, first, last))
            n["in_entity"] = 1.0
            n[f"entity_{owner.kind}"] = 1.0
            n["entity_refs"] = float(len(owner.references))
    for e in a.entities:
        if e.described or e.person or any(k in covered for r in e.references for k in range(r.first, r.last)):
            continue
        led = sum(_led(a, r.first) for r in e.references)
        if led:
            mention = PlaceMention(e.name, "", [Spot(r.first, r.last) for r in e.references])
            mention.numbers = {"led": float(led), "unknown": 1.0, "known_actor": float(e.actor is not None), "words": float(len(e.name.split()))}
            known[f"?{e.number}"] = mention
    found = sorted(known.values(), key=lambda p: p.references[0].first)
    _nested(found)
    return found


def _is_name(entity: Entity, first: int, last: int) -> bool:
    """Whether these words are the whole of a name that means the entity."""
    return any(r.first == first and r.last == last for r in entity.references)


def _led(a: Analysis, first: int) -> bool:
    """Whether a word of place stands before, but not right after a sum: "$2 billion in Lumen Forge" is put into a firm."""
    k = first - 1
    while k >= 0 and first - k <= 3 and a.concepts[k] & {"f_art", "f_of"} and not a.concepts[k] & {"f_in"}:
        k -= 1
    return k >= 0 and "f_in" in a.concepts[k] and k - 1 not in a.in_sum


def _nested(found: list[PlaceMention]) -> None:
    for p in found:
        p.numbers["holds"] = float(sum(q.path.startswith(p.path + "/") for q in found if p.path))
        p.numbers["held"] = float(sum(p.path.startswith(q.path + "/") for q in found if q.path and p.path))
        p.numbers["places"] = float(len(found))
        p.numbers["count"] = float(len(p.references))
