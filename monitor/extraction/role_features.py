"""What ties an entity to a sum: the features by which payer and recipient are chosen. Distances are in words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.extraction.analysis import Analysis, SumSite
from monitor.extraction.entities import Entity, Reference
from monitor.extraction.text import within
from monitor.knowledge.actors import LANDS, Actor
from monitor.knowledge.descriptions import Description, describe

ROLES = ("f_by", "f_of", "f_to", "f_for", "f_with", "f_in", "f_from", "f_and", "agent", "lead", "person_title", "host")
BETWEEN = (
    "invest", "fund", "loan", "grant", "raise", "round", "lead", "stake", "acquire", "build", "announce", "pledge", "sign", "buy",
    "cost", "receive", "say", "host", "neg", "ask", "agent", "f_by", "f_from", "f_to", "f_for", "f_with", "f_of", "f_and", "f_pron",
    "revenue", "valuation", "each", "of_which", "rest", "already", "cond", "f_have", "programme", "project",
)  # fmt: skip
CONTEXT = (
    "raise", "round", "lead", "grant", "loan", "fund", "sign", "buy", "acquire", "programme", "receive", "f_by", "agent", "stake",
    "invest", "f_pron", "cost", "each", "of_which", "host", "ask",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Back:
    """By entity, the first token of its last reference before a sentence, and of its last as a subject; each in order."""

    last: dict[int, int]
    subject: dict[int, int]
    lasts: list[int]
    subjects: list[int]


def _later(places: Sequence[int], place: int) -> int:
    """How many of some places in ascending order lie after one."""
    return len(places) - bisect_right(places, place)


def _gap(r: Reference, s: SumSite) -> int:
    return s.first - r.last if r.last <= s.first else r.first - s.last


class Roles:
    """Per article: what holds for an entity whatever the sum. `numbers` and `words` then tie it to one sum."""

    def __init__(self, a: Analysis) -> None:
        self.a = a
        self.entities = a.entities
        self._general = [self._of_entity(e) for e in self.entities]
        self._by_sentence: dict[int, list[Reference]] = {}
        for r in a.references:
            self._by_sentence.setdefault(a.text.tokens[r.first].sentence, []).append(r)
        self._subjects = {id(r) for r in a.references if self.is_subject(r)}
        self._mine = a.named_in
        self._firsts = {number: [r.first for r in found] for number, found in self._by_sentence.items()}
        self._orders = {number: list(dict.fromkeys(r.entity for r in found)) for number, found in self._by_sentence.items()}
        self._sums = {number: [s.first for s in found] for number, found in a.sums_of_sentence.items()}
        self._cuts = [k for k, t in enumerate(a.text.tokens) if t.text in ";:"]
        self._between = [tuple(c & _BETWEEN) for c in a.concepts]
        self._gaps: dict[int, dict[int, int]] = {}
        self._backs: dict[int, _Back] = {}
        self._absent: dict[int, set[str]] = {}
        self._context: dict[int, dict[str, float]] = {}
        self._echoes = self._find_echoes()

    def _find_echoes(self) -> dict[int, list[tuple[int, int, str, int]]]:
        """By sentence: (first token, last token, kind, entity) of pronouns and descriptions that may mean a named entity:
        the last subject of a fitting kind within five sentences, else the one that opens the title."""
        a = self.a
        out: dict[int, list[tuple[int, int, str, int]]] = {}
        references = iter(a.references)
        upcoming = next(references, None)
        seen: list[tuple[int, bool, Entity]] = []
        for number, s in enumerate(a.text.sentences):
            inside = {r.first: r for r in self._by_sentence.get(number, [])}
            k = s.first
            while k < s.last:
                while upcoming is not None and upcoming.first < k:
                    upcoming = next(references, None)
                r = inside.get(k)
                if r is not None:
                    entity = self.entities[r.entity]
                    if not entity.described:
                        seen.append((number, id(r) in self._subjects, entity))
                    elif k and "f_art" in a.concepts[k - 1] and a.words[k - 1] not in _INDEFINITE:
                        found = self._meant(seen, number, entity.heads, describe(entity.name, a.language))
                        if found is not None:
                            out.setdefault(number, []).append((r.first, r.last, "d", found.number))
                    k = max(k + 1, r.last)
                    continue
                if "f_pron" in a.concepts[k] and (k == s.first or a.text.tokens[k - 1].clause != a.text.tokens[k].clause or "f_and" in a.concepts[k - 1]):
                    found = self._meant(seen, number, frozenset())
                    if found is not None:
                        out.setdefault(number, []).append((k, k + 1, "p", found.number))
                k += 1
        return out

    def _meant(
        self, seen: list[tuple[int, bool, Entity]], number: int, heads: frozenset[str], said: Description | None = None
    ) -> Entity | None:
        if said is not None and (said.country or said.place):
            certain = [x for x in seen if x[2].actor and _described_as(x[2].actor, said)]
            if certain:
                return certain[-1][2]
        fitting = [x for x in seen if not x[2].person and number - x[0] <= 5 and _fits(x[2], heads)]
        subjects = [x for x in fitting if x[1]]
        if subjects:
            return subjects[-1][2]
        if fitting:
            return fitting[-1][2]
        title = [x for x in seen if x[0] == 0 and _fits(x[2], heads) and not x[2].person]
        return title[0][2] if title else None

    def _of_entity(self, e: Entity) -> dict[str, float]:
        a = self.a
        refs = e.references
        sentences = a.text.sentences
        total = max(1, len(a.references))
        out = {
            f"kind_{e.kind}": 1.0,
            "refs": float(len(refs)),
            "refs_share": len(refs) / total,
            "first_sentence": float(a.text.tokens[refs[0].first].sentence),
            "number": float(e.number),
            "in_title": float(any(sentences[a.text.tokens[r.first].sentence].kind == "title" for r in refs)),
            "named": float(any(r.kind == "name" for r in refs)),
            "metonym": float(all(r.kind == "metonym" for r in refs)),
            "words": float(len(e.name.split())),
            "upper": float(e.name.isupper()),
        }
        first = sentences[a.text.tokens[refs[0].first].sentence]
        out["opens_title"] = float(first.kind == "title" and refs[0].first - first.first <= 1)
        for head in e.heads:
            out[f"head_{head}"] = 1.0
        if e.actor and e.actor.sector:
            out[f"sector_{e.actor.sector}"] = 1.0
        near: dict[str, int] = {}
        for r in refs:
            before = a.concepts[r.first - 1] if r.first else frozenset()
            after = a.concepts[r.last] if r.last < len(a.concepts) else frozenset()
            for c in ROLES:
                if c in before:
                    near[f"ever_{c}"] = near.get(f"ever_{c}", 0) + 1
            if "say" in after or "say" in before:
                near["ever_say"] = near.get("ever_say", 0) + 1
        for key, n in near.items():
            out[key] = n / len(refs)
        return out

    def is_subject(self, r: Reference) -> bool:
        """At the start of its clause, or only an article before it, and a verb within four words after it."""
        a = self.a
        k = r.first - 1
        while k >= 0 and "f_art" in a.concepts[k]:
            k -= 1
        opens = k < 0 or a.text.tokens[k].clause != a.text.tokens[r.first].clause or not a.text.tokens[k].text[-1].isalnum()
        if not opens and not a.concepts[k] & {"f_and", "f_pron", "say"}:
            return False
        for j in range(r.last, min(len(a.concepts), r.last + 4)):
            if a.concepts[j] & {"f_aux", "invest", "fund", "raise", "announce", "pledge", "sign", "build", "say", "increase"}:
                return True
        return False

    def numbers(self, entity: Entity, site: SumSite) -> dict[str, float]:
        """Features for the trees; what is absent is 0."""
        out = dict(self._general[entity.number])
        mine = self._mine.get((site.sentence, entity.number), [])
        before = [r for r in mine if r.last <= site.first]
        after = [r for r in mine if r.first >= site.last]
        if before:
            self._near(out, "b", before[-1], site)
            if len(before) > 1 and id(before[0]) in self._subjects:
                out["b_other_subject"] = 1.0
        if after:
            self._near(out, "a", after[0], site)
        self._lists(out, mine, site)
        order = self._orders.get(site.sentence, [])
        out["inside"] = float(bool(mine))
        out["inside_rank"] = float(order.index(entity.number) if mine else 9)
        out["inside_count"] = float(len(order))
        self._farther(out, entity, site)
        self._echoed(out, entity, site)
        out.update(self._site_context(site))
        return out

    def _near(self, out: dict[str, float], side: str, r: Reference, site: SumSite) -> None:
        a = self.a
        lo, hi = (r.last, site.first) if side == "b" else (site.last, r.first)
        out[f"{side}_here"] = 1.0
        out[f"{side}_distance"] = 1.0 + hi - lo
        out[f"{side}_clauses"] = float(abs(a.text.tokens[r.first].clause - a.text.tokens[site.first].clause))
        out[f"{side}_entities_between"] = float(within(self._firsts[site.sentence], lo, hi))
        out[f"{side}_sums_between"] = float(within(self._sums[site.sentence], lo, hi))
        out[f"{side}_subject"] = float(id(r) in self._subjects)
        out[f"{side}_described"] = float(r.kind == "description")
        out[f"{side}_metonym"] = float(r.kind == "metonym")
        for tie in r.ties:
            out[f"{side}_{tie}"] = 1.0
        previous = a.concepts[r.first - 1] if r.first else frozenset()
        if "f_art" in previous and r.first > 1:
            previous = previous | a.concepts[r.first - 2]
        for c in ROLES:
            if c in previous:
                out[f"{side}_prev_{c}"] = 1.0
        if r.last < len(a.concepts):
            for c in ("say", "f_aux", "invest", "raise", "f_of", "f_and", "announce", "pledge", "fund", "receive", "company"):
                if c in a.concepts[r.last]:
                    out[f"{side}_next_{c}"] = 1.0
            mark = a.text.tokens[r.last].text
            if mark in ",:(|–—-":
                out[f"{side}_mark_{mark}"] = 1.0
        out[f"{side}_cut"] = float(within(self._cuts, lo, hi) > 0)
        for between in self._between[lo:hi]:
            for c in between:
                out[f"{side}_between_{c}"] = 1.0

    def _lists(self, out: dict[str, float], mine: list[Reference], site: SumSite) -> None:
        """Where several actors and sums stand in one sentence: who is nearest to whom, and whose turn it is."""
        sums = self.a.sums_of_sentence[site.sentence]
        firsts = self._firsts.get(site.sentence, [])
        least = self._least_gaps(site.sentence)
        for r in mine:
            side = "b" if r.last <= site.first else "a"
            if _gap(r, site) <= least[id(r)]:
                out[f"{side}_mutual"] = 1.0
            lo, hi = (r.last, site.first) if side == "b" else (site.last, r.first)
            if not within(firsts, lo, hi):
                out[f"{side}_nearest"] = 1.0
                gap = hi - lo
                if gap <= 2:
                    out[f"{side}_touches"] = 1.0
            if self.a.text.tokens[r.first].clause == self.a.text.tokens[site.first].clause:
                out[f"{side}_same_clause"] = 1.0
        out["lead_free"] = float(not firsts or firsts[0] >= sums[0].first)
        out["tail_free"] = float(not firsts or firsts[-1] < sums[-1].last)
        if mine and len(sums) > 1:
            order = self._orders[site.sentence]
            out["turn"] = float(abs(order.index(mine[0].entity) - sums.index(site)))
            out["as_many"] = float(len(order) == len(sums))
        sentence = self.a.text.sentences[site.sentence]
        if mine and sentence.kind in ("item", "row"):
            out["opens_item"] = float(mine[0].first - sentence.first <= 2)

    def _farther(self, out: dict[str, float], entity: Entity, site: SumSite) -> None:
        """The last reference before the sum's sentence, and how recent it is among all entities."""
        a = self.a
        back = self._back(site.sentence)
        sentence = a.text.sentences[site.sentence]
        last = back.last.get(entity.number)
        if last is not None:
            at = a.text.tokens[last].sentence
            out["back"] = float(site.sentence - at)
            out["back_rank"] = float(_later(back.lasts, last))
            out["back_paragraph"] = float(sentence.paragraph - a.text.sentences[at].paragraph)
        else:
            out["never_before"] = 1.0
        subject = back.subject.get(entity.number)
        if subject is not None:
            out["subject_back"] = 1.0 + site.sentence - a.text.tokens[subject].sentence
            out["subject_rank"] = 1.0 + _later(back.subjects, subject)
        header = a.header_of[site.sentence]
        if header >= 0:
            out["in_header"] = float((header, entity.number) in self._mine)
        out["in_next"] = float((site.sentence + 1, entity.number) in self._mine)
        out["in_previous"] = float((site.sentence - 1, entity.number) in self._mine)

    def _least_gaps(self, number: int) -> dict[int, int]:
        """For each reference of a sentence, by its identity, the words between it and the nearest sum."""
        known = self._gaps.get(number)
        if known is None:
            sums = self.a.sums_of_sentence[number]
            known = {id(r): min(_gap(r, s) for s in sums) for r in self._by_sentence.get(number, [])}
            self._gaps[number] = known
        return known

    def _back(self, number: int) -> _Back:
        """Where each entity was last spoken of before a sentence."""
        known = self._backs.get(number)
        if known is None:
            start = self.a.text.sentences[number].first
            last: dict[int, int] = {}
            subject: dict[int, int] = {}
            for r in self.a.references:
                if r.first >= start:
                    break
                last[r.entity] = r.first
                if id(r) in self._subjects:
                    subject[r.entity] = r.first
            known = self._backs[number] = _Back(last, subject, sorted(last.values()), sorted(subject.values()))
        return known

    def _echoed(self, out: dict[str, float], entity: Entity, site: SumSite) -> None:
        for first, last, kind, number in self._echoes.get(site.sentence, []):
            if number != entity.number:
                continue
            side = "b" if last <= site.first else "a"
            lo, hi = (last, site.first) if side == "b" else (site.last, first)
            out[f"echo_{kind}_{side}"] = 1.0
            out[f"echo_{side}_distance"] = 1.0 + hi - lo
            out[f"echo_{side}_clauses"] = float(abs(self.a.text.tokens[first].clause - self.a.text.tokens[site.first].clause))
            previous = self.a.concepts[first - 1] if first else frozenset()
            for c in ROLES:
                if c in previous:
                    out[f"echo_prev_{c}"] = 1.0
            for k in range(lo, hi):
                for c in self.a.concepts[k] & _BETWEEN:
                    out[f"echo_{side}_between_{c}"] = 1.0

    def _site_context(self, site: SumSite) -> dict[str, float]:
        known = self._context.get(site.index)
        if known is not None:
            return known
        a = self.a
        sentence = a.text.sentences[site.sentence]
        out: dict[str, float] = {f"kind_s_{sentence.kind}": 1.0, "entities": float(len(self.entities))}
        for k in range(sentence.first, sentence.last):
            for c in a.concepts[k]:
                if c in _CONTEXT:
                    out[f"{'sb' if k < site.first else 'sa'}_{c}"] = 1.0
        opening = a.concepts[sentence.first] if sentence.first < sentence.last else frozenset()
        out["opens_pronoun"] = float("f_pron" in opening)
        out["mates"] = float(len(a.sums_of_sentence[site.sentence]))
        out["site_sentence"] = float(site.sentence)
        for c in ("raise", "round", "programme", "grant", "sign", "acquire"):
            out[f"t_{c}"] = float(c in a.title_concepts)
        self._context[site.index] = out
        return out

    def words(self, entity: Entity, site: SumSite) -> list[str]:
        """Features for the linear model: the words and concepts between entity and sum, with the side."""
        a = self.a
        here = self._mine.get((site.sentence, entity.number), [])
        kind = entity.kind
        out = {f"k:{kind}"}
        before = [r for r in here if r.last <= site.first]
        after = [r for r in here if r.first >= site.last]
        for side, r in (("b", before[-1] if before else None), ("a", after[0] if after else None)):
            if r is None:
                continue
            lo, hi = (r.last, site.first) if side == "b" else (site.last, r.first)
            far = "far" if hi - lo > 10 else ""
            between = range(lo, min(hi, lo + 14))
            for mark, read in (("", self._sign), ("~", self._meaning)):
                chain = ["^", *map(read, between), "$"]
                for x, y in pairwise(chain):
                    out.add(f"{side}{mark}:{x}")
                    out.add(f"{side}{mark}2:{x}_{y}")
                if len(chain) <= 8:
                    out.add(f"{side}{mark}all:{'_'.join(chain)}")
            left = self._sign(r.first - 1) if r.first else "^"
            left2 = self._sign(r.first - 2) if r.first > 1 else "^"
            right = self._sign(r.last) if r.last < len(a.words) else "$"
            out |= {f"{side}L:{left}", f"{side}L2:{left2}_{left}", f"{side}R:{right}", f"{side}LR:{left}_{right}{far}", f"{side}k:{kind}:{left}"}
            if r.compound:
                out |= {f"{side}X:{r.compound}", f"{side}Xk:{kind}:{r.compound}"}
            for k in between:
                for c in a.concepts[k]:
                    out.add(f"{side}c:{c}")
                    out.add(f"{side}ck:{c}:{kind}")
        if not here:
            out |= self._opening(site)
        for r in here[:1]:
            for k in range(max(0, r.first - 3), r.first):
                out.add(f"P:{self._sign(k)}")
        return sorted(out)

    def _opening(self, site: SumSite) -> set[str]:
        """What an entity that a sum's sentence does not name is told by: all that stands before the sum."""
        known = self._absent.get(site.index)
        if known is None:
            a = self.a
            span = range(a.text.sentences[site.sentence].first, site.first)
            known = {"absent", *(f"x:{a.words[k]}" for k in span), *(f"xc:{c}" for k in span for c in a.concepts[k])}
            known |= {f"x~:{a.senses[k]}" for k in span if a.senses[k]}
            self._absent[site.index] = known
        return known

    def _meaning(self, k: int) -> str:
        return self.a.senses[k] or self._sign(k)

    def _sign(self, k: int) -> str:
        a = self.a
        if k in a.in_sum:
            return "#"
        word = a.words[k]
        if a.text.tokens[k].text[0].isupper() and not a.concepts[k]:
            return "Xx"
        return "0" if word[0].isdigit() else word


_INDEFINITE = frozenset("un une a an ein eine einen einem einer una uno des several zwei deux two dos due".split())


def _described_as(actor: Actor, said: Description) -> bool:
    """Whether what a description says of origin holds for a known actor that is no state itself."""
    if actor.kind in LANDS or (said.country and actor.country != said.country):
        return False
    return not said.place or not actor.seat or actor.seat == said.place


def _fits(entity: Entity, heads: frozenset[str]) -> bool:
    """Whether a description with these head nouns can mean the entity, by its kind alone."""
    public = entity.kind in ("state", "public_body", "region") or "public" in entity.heads
    if "public" in heads and not heads & {"company", "fund_head"}:
        return public
    if heads:
        return not public
    return True


_BETWEEN = frozenset(BETWEEN)
_CONTEXT = frozenset(CONTEXT)
