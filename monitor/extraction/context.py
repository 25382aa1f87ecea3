"""Second thoughts: what the first decisions of a whole document say of each single one.

A sum beside commitments is likelier one; an actor that pays for others pays for this; who receives does not pay.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.extraction.analysis import Analysis, SumSite
from monitor.extraction.entities import Entity

Chances = Mapping[tuple[int, int], float]
SURE = 0.4


class Context:
    """First chances of a document: `commitment` by site index; `payer` and `recipient` by (entity number, site index)."""

    def __init__(
        self, a: Analysis, sites: Sequence[SumSite], commitment: Mapping[int, float], payer: Chances, recipient: Chances
    ) -> None:
        self.a = a
        self.sites = sorted(sites, key=lambda s: s.first)
        self.commitment = commitment
        self.payer = payer
        self.recipient = recipient
        self._position = {s.index: i for i, s in enumerate(self.sites)}
        self._ranked = {s.index: self._rank(s) for s in self.sites}
        likely = [s for s in self.sites if commitment[s.index] >= SURE]
        self._likely = likely
        self._leader = {s.index: self._ranked[s.index][0][0] for s in self.sites if self._ranked[s.index]}
        self._leads = Counter(self._leader[s.index] for s in likely if s.index in self._leader)
        self._place = {s.index: i for i, s in enumerate(likely)}
        self._pays = [[payer.get((e.number, s.index), 0.0) for s in likely] for e in a.entities]
        self._receives = [max((recipient.get((e.number, s.index), 0.0) for s in likely), default=0.0) for e in a.entities]
        self._of_site = {s.index: _Payers.of(self, s) for s in self.sites}

    def _rank(self, site: SumSite) -> list[tuple[int, float]]:
        found = [(e.number, self.payer.get((e.number, site.index), 0.0)) for e in self.a.entities]
        return sorted(found, key=lambda x: (-x[1], x[0]))

    def payers(self, site: SumSite) -> list[tuple[Entity, float]]:
        """Who could pay a sum, likeliest first, by first chances."""
        return [(self.a.entities[n], p) for n, p in self._ranked[site.index]]

    def of_sum(self, site: SumSite) -> dict[str, float]:
        """What the other decisions say of a sum being a commitment."""
        c, a = self.commitment, self.a
        i = self._position[site.index]
        others = [c[s.index] for s in self.sites if s.index != site.index]
        mates = [c[s.index] for s in a.sums_of_sentence[site.sentence] if s.index != site.index and s.index in c]
        paragraph = a.text.sentences[site.sentence].paragraph
        near = [
            c[s.index] for s in self.sites if s.index != site.index and a.text.sentences[s.sentence].paragraph == paragraph
        ]
        ranked = self._ranked[site.index]
        top = ranked[0][1] if ranked else 0.0
        leader = self._leader.get(site.index)
        size = site.money.low or site.money.high or 0.0
        twins = [c[s.index] for s in self.sites if s.index != site.index and (s.money.low or s.money.high) == size]
        out = {
            "c1": c[site.index],
            "c1_others_max": max(others, default=0.0),
            "c1_others_mean": sum(others) / len(others) if others else 0.0,
            "c1_mates_max": max(mates, default=-1.0),
            "c1_near_mean": sum(near) / len(near) if near else -1.0,
            "c1_before": c[self.sites[i - 1].index] if i else -1.0,
            "c1_after": c[self.sites[i + 1].index] if i + 1 < len(self.sites) else -1.0,
            "c1_rank": float(sum(o > c[site.index] for o in others)),
            "c1_twins": max(twins, default=-1.0),
            "likely": float(len(self._likely)),
            "payer_top": top,
            "payer_gap": top - (ranked[1][1] if len(ranked) > 1 else 0.0),
            "payer_leads": float(sum(self._leader.get(s.index) == leader for s in self._likely)),
        }
        if leader is not None:
            out[f"payer_{a.entities[leader].kind}"] = 1.0
            out["payer_receives"] = self.recipient.get((leader, site.index), 0.0)
        parts = sorted((s.money.low or s.money.high or 0.0) for s in self._likely if s.index != site.index)
        smaller = [v for v in parts if v < size]
        out["likely_smaller_share"] = sum(smaller) / size if size else 0.0
        out["likely_larger"] = float(len(parts) - len(smaller))
        return out

    def of_role(self, entity: Entity, site: SumSite) -> dict[str, float]:
        """What the other decisions say of an entity paying (or receiving) a sum."""
        own = self.payer.get((entity.number, site.index), 0.0)
        ranked = self._ranked[site.index]
        here = self._of_site[site.index]
        rival = next((p for n, p in ranked[:2] if n != entity.number), 0.0)
        elsewhere = self._pays[entity.number]
        leads = self._leads[entity.number]
        place = self._place.get(site.index)
        if place is not None:
            elsewhere = elsewhere[:place] + elsewhere[place + 1 :]
            leads -= self._leader.get(site.index) == entity.number
        out = {
            "p1": own,
            "p1_rank": float(bisect_left(here.falling, -own)),
            "p1_gap": own - rival,
            "p1_share": own / max(1e-6, here.total),
            "p1_best": ranked[0][1] if ranked else 0.0,
            "p1_elsewhere_max": max(elsewhere, default=-1.0),
            "p1_elsewhere_mean": sum(elsewhere) / len(elsewhere) if elsewhere else -1.0,
            "p1_leads": float(leads),
            "likely": float(len(self._likely)),
            "r1": self.recipient.get((entity.number, site.index), 0.0),
            "r1_max": self._receives[entity.number],
            "r1_best": here.receives,
            "c1": self.commitment.get(site.index, 0.5),
        }
        for name, other in here.beside:
            out[f"p1_{name}"] = self.payer.get((entity.number, other.index), 0.0)
            out[f"leader_{name}"] = float(self._leader.get(other.index) == entity.number)
            out[f"same_sentence_{name}"] = float(other.sentence == site.sentence)
        return out

    def beside(self, site: SumSite) -> list[tuple[str, SumSite]]:
        """The nearest likely sums before and after a sum."""
        out = []
        for name, step in (("before", -1), ("after", 1)):
            j = self._position[site.index] + step
            while 0 <= j < len(self.sites) and self.commitment[self.sites[j].index] < SURE:
                j += step
            if 0 <= j < len(self.sites):
                out.append((name, self.sites[j]))
        return out


@dataclass(frozen=True, slots=True)
class _Payers:
    """What holds for a sum whatever the entity. `falling` holds the payers' chances, largest first, negated."""

    falling: list[float]
    total: float
    receives: float
    beside: list[tuple[str, SumSite]]

    @staticmethod
    def of(c: Context, site: SumSite) -> _Payers:
        chances = [p for _, p in c._ranked[site.index]]
        receives = max((c.recipient.get((e.number, site.index), 0.0) for e in c.a.entities), default=0.0)
        return _Payers([-p for p in chances], sum(chances), receives, c.beside(site))
