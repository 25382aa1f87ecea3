"""Who pays a sum together with its likeliest payer: features for the decision. Distances are in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.extraction.analysis import Analysis, SumSite
from monitor.extraction.entities import Entity, Reference

# Actors whose first chance to pay is less are not asked, and so much of the text between two names is looked at.
LEAST, NEAR = 0.04, 8


def row(
    a: Analysis, site: SumSite, leader: Entity, entity: Entity, role: tuple[Mapping[str, float], Sequence[str]], chance: float
) -> tuple[dict[str, float], list[str]]:
    """Whether `entity` pays a sum besides `leader`. `role` ties the entity to the sum (`Roles`, `Context`), `chance` is the
    leader's first chance to pay it."""
    numbers, words = dict(role[0]), set(role[1])
    numbers |= {"leader": chance, "same_kind": float(entity.kind == leader.kind), f"leader_{leader.kind}": 1.0}
    numbers["same_head"] = float(bool(entity.heads & leader.heads))
    rivals = [numbers.get("p1", 0.0), chance]
    numbers["pair_share"] = min(rivals) / max(*rivals, 1e-6)
    pair = _nearest(a, site, leader, entity)
    if pair is not None:
        one, other = pair
        lo, hi = (one.last, other.first) if one.last <= other.first else (other.last, one.first)
        chain = [a.words[k] for k in range(lo, hi)][: NEAR + 1]
        numbers |= {
            "pair_gap": 1.0 + hi - lo, "pair_first": float(one.first < other.first), "pair_clauses": _clauses(a, one, other),
            "pair_at_sum": float(a.text.tokens[one.first].sentence == site.sentence),
            "pair_between": float(sum(lo <= r.first < hi for r in a.references)),
        }  # fmt: skip
        if len(chain) <= NEAR:
            words |= {f"F:{w}" for w in chain} | {f"Fc:{c}" for k in range(lo, hi) for c in a.concepts[k]}
            words.add("Fall:" + "_".join(chain[:5]))
    sentence = a.text.sentences[site.sentence]
    words |= {f"S:{a.words[k]}" for k in range(sentence.first, sentence.last) if k not in a.in_sum}
    return numbers, sorted(words)


def _nearest(a: Analysis, site: SumSite, leader: Entity, entity: Entity) -> tuple[Reference, Reference] | None:
    """Where the two are named in one sentence, closest to the sum's."""
    pairs = [
        (one, other)
        for one in leader.references
        for other in entity.references
        if a.text.tokens[one.first].sentence == a.text.tokens[other.first].sentence
    ]


    def distance(pair: tuple[Reference, Reference]) -> tuple[int, int, int]:
        one, other = pair
        return abs(a.text.tokens[one.first].sentence - site.sentence), abs(one.first - other.first), one.first

    return min(pairs, key=distance, default=None)


def _clauses(a: Analysis, one: Reference, other: Reference) -> float:
    return float(abs(a.text.tokens[one.first].clause - a.text.tokens[other.first].clause))
