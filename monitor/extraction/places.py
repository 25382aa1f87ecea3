"""The places a text names, each once with all its references."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.extraction.analysis import Analysis
from monitor.extraction.entities import Reference


@dataclass(frozen=True, slots=True)
class PlaceMention:
    name: str
    kind: str
    references: list[Reference]
    inside_actor: bool


def find_places(a: Analysis) -> list[PlaceMention]:
    """Entities that stand after a preposition of place at least once, or are states and regions."""
    out = []
    for e in a.entities:
        if e.described or e.person:
            continue
        placed = any(r.first and "f_in" in a.concepts[r.first - 1] or r.first > 1 and "f_art" in a.concepts[r.first - 1] and "f_in" in a.concepts[r.first - 2] for r in e.references)
        if placed or e.kind in ("state", "region"):
            out.append(PlaceMention(e.name, e.kind, e.references, e.actor is not None))
    return out
