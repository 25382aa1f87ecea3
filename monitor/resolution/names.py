"""Payers, takers and places as traits: what their names say once known actors and places are looked up."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from monitor.knowledge import actors, names, places

# A name is held to mean one of this many places at most.
READINGS = 2
PUBLIC_KINDS = frozenset({"state", "public_body", "region"})
# Words that say what kind of public payer is meant and never which one.
PUBLIC = frozenset(
    "state etat staat stato estado government gouvernement regierung gobierno governo ministry ministere ministerium "
    "ministerio ministero federal bund land lander region regione province provincia provinz canton kanton cantone "
    "junta municipality commune comune ayuntamiento stadt city ville county conseil council public contribuente "
    "regierungsrat landesregierung officials exekutive executif treasury taxpayer landtag parlement parlamento xunta "
    "generalitat wirtschaftsministerium finanzministerium autonome autonoma".split()
)
LOCAL = frozenset(
    "land lander region regione province provincia provinz canton kanton cantone junta municipality commune comune "
    "ayuntamiento stadt city ville county council regierungsrat landesregierung landtag xunta generalitat autonome autonoma".split()
)


@lru_cache(maxsize=1 << 14)
def _actor(entry: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], bool, bool, tuple[str, ...]]:
    accepted = [n.strip() for n in entry.split("|") if n.strip()]
    folded = [names.fold(n) for n in accepted]
    known = [a for n in accepted if (a := actors.find(n)) is not None]
    owners = {o for a in known for o in actors.directory().owners(a)}
    telling = {w for n in accepted for w in names.telling(n)} - PUBLIC
    public = any(a.kind in PUBLIC_KINDS for a in known) or (not known and any(w in PUBLIC for f in folded for w in f))
    local = any(a.kind == "region" for a in known) or (not known and any(w in LOCAL for f in folded for w in f))
    return (
        tuple(sorted({" ".join(f) for f in folded})),
        tuple(sorted(telling)),
        tuple(sorted({a.id for a in known})),
        public,
        local,
        tuple(sorted(owners)),
    )


def actor(entry: str) -> dict[str, Any]:
    """An actor as told: its accepted names folded, the words that can stand for it alone, the ids of known actors among
    its names and of their owners, whether it is a public body and, if so, one below the state."""
    folded, telling, ids, public, local, owners = _actor(entry)
    return {
        "names": list(folded), "telling": list(telling), "ids": list(ids), "owners": list(owners), "public": public, "local": local,
    }  # fmt: skip


def _candidates(name: str, language: str) -> tuple[places.Place, ...]:
    """Places of that name, else of its last word with a capital: "northern Italy" is at least in Italy."""
    found = places.candidates(name, language)
    words = [w for w in name.split() if w[:1].isupper()]
    return found or (places.candidates(words[-1], language) if words else ())


@lru_cache(maxsize=1 << 14)
def _place(entry: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    accepted = [n.strip() for n in entry.split("|") if n.strip()]
    paths = {p.path for n in accepted for p in _candidates(n, language)[:READINGS]}
    return tuple(sorted({" ".join(names.fold(n)) for n in accepted})), tuple(sorted(paths))


def place(entry: str, language: str) -> dict[str, Any]:
    """A place as told: its names folded, and the paths (country/region/province/town) of the likeliest places so named."""
    folded, paths = _place(entry, language)
    return {"names": list(folded), "paths": list(paths)}
