"""Payers, takers and places as compared: traits are made here, and two of them are likened here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.knowledge import names

# Words that say what kind of public payer is meant and never which one.
PUBLIC = frozenset(
    "state etat staat stato estado government gouvernement regierung gobierno governo ministry ministere ministerium "
    "ministerio ministero federal bund land lander region regione province provincia provinz canton kanton cantone "
    "junta municipality commune comune ayuntamiento stadt city ville county conseil council public contribuente "
    "ministerium regierungsrat landesregierung officials exekutive exécutif executif treasury bercy washington taxpayer "
    "landtag parlement parlamento xunta generalitat wirtschaftsministerium finanzministerium autonome autonoma".split()
)


def actor(entry: str) -> dict[str, Any]:
    """An actor as told: its accepted names, the words that can stand for it alone, and whether it is a public body."""
    accepted = [n.strip() for n in entry.split("|") if n.strip()]
    folded = [names.fold(n) for n in accepted]
    telling = sorted({w for n in accepted for w in names.telling(n)} - PUBLIC)
    return {
        "names": [" ".join(f) for f in folded],
        "telling": telling,
        "public": any(w in PUBLIC for f in folded for w in f),
    }


def place(entry: str) -> list[str]:
    """The keys of a place, alternatives included."""
    return sorted({" ".join(names.fold(n)) for n in entry.split("|") if n.strip()})


def alike(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    """How far two actors are one: 1 by a whole name, .8 by a telling word, 0.3 for two public bodies, else 0."""
    if set(a["names"]) & set(b["names"]):
        return 1.0 if set(a["telling"]) & set(b["telling"]) or not a["telling"] or not b["telling"] else 0.9
    if set(a["telling"]) & set(b["telling"]):
        return 0.8
    if a["public"] and b["public"]:
        return 0.3
    return 0.0


def best(left: Sequence[Mapping[str, Any]], right: Sequence[Mapping[str, Any]]) -> float:
    """The likest pair of two lists of actors."""
    return max((alike(a, b) for a in left for b in right), default=0.0)


def shared(left: Sequence[Mapping[str, Any]], right: Sequence[Mapping[str, Any]]) -> float:
    """The share of the shorter list that the other one names too."""
    if not left or not right:
        return 0.0
    short, long = (left, right) if len(left) <= len(right) else (right, left)
    return sum(max(alike(a, b) for b in long) >= 0.8 for a in short) / len(short)


def nameless(actors: Sequence[Mapping[str, Any]]) -> bool:
    """Whether no actor is named by a word that could tell it from others."""
    return not any(a["telling"] for a in actors)
