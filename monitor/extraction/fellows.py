"""Who pays a sum together with its likeliest payer: features for the decision. Distances are in words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from monitor.extraction.analysis import Analysis, SumSite
from monitor.extraction.entities import Entity, Reference
from monitor.extraction.text import within

# Actors whose chance to pay is less are not asked (the first chance in training, the last one in reading), and so much of the
# text between two names is looked at.
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
            "pair_between": float(within(a.reference_firsts, lo, hi)),
        }  # fmt: skip
        if len(chain) <= NEAR:
            words |= {f"F:{w}" for w in chain} | {f"Fc:{c}" for k in range(lo, hi) for c in a.concepts[k]}
            words.add("Fall:" + "_".join(chain[:5]))
    sentence = a.text.sentences[site.sentence]
    words |= {f"S:{a.words[k]}" for k in range(sentence.first, sentence.last) if k not in a.in_sum}
    return numbers, sorted(words)


def _nearest(a: Analysis, site: SumSite, leader: Entity, entity: Entity) -> tuple[Reference, Reference] | None:
    """Where the two are named in one sentence, closest to the sum's and then to each other."""
    both = set(a.sentences_naming[leader.number]).intersection(a.sentences_naming[entity.number])
    least = min((abs(s - site.sentence) for s in both), default=0)
    pairs = []
    for sentence in both & {site.sentence - least, site.sentence + least}:
        others = a.named_in[sentence, entity.number]
        firsts = [r.first for r in others]
        for one in a.named_in[sentence, leader.number]:
            k = bisect_left(firsts, one.first)
            pairs += [(one, other) for other in others[max(0, k - 1) : k + 1]]
    return min(pairs, key=lambda p: (abs(p[0].first - p[1].first), p[0].first, p[1].first), default=None)


def _clauses(a: Analysis, one: Reference, other: Reference) -> float:
    return float(abs(a.text.tokens[one.first].clause - a.text.tokens[other.first].clause))
