"""Features of a chosen sum's fields: purpose and status, deadline, place, and being part of another sum."""

from __future__ import annotations

import math

from monitor.extraction import sum_features
from monitor.extraction.analysis import Analysis, SumSite
from monitor.extraction.places import PlaceMention
from monitor.extraction.text import within
from monitor.model import Deadline

Row = tuple[dict[str, float], list[str]]
THEMES = ("datacenter", "compute", "chips", "energy", "research", "skills", "fundvc", "round", "raise", "stake", "programme", "startup", "acquire")
STEPS = (
    "cancel", "delay", "increase", "reduce", "begin", "complete", "sign", "rumour", "deny", "announce", "raise", "pledge", "grant",
    "spent", "cond", "neg", "round", "buy", "loan", "acquire", "refused", "former", "already", "m_future", "m_past",
)  # fmt: skip


def kind_row(a: Analysis, site: SumSite) -> Row:
    """For purpose and status: the sum's own features, its paragraph's and title's words."""
    numbers = sum_features.numbers(a, site)
    words = set(sum_features.words(a, site))
    sentences = a.text.sentences
    paragraph = sentences[site.sentence].paragraph
    for number, s in enumerate(sentences):
        near = "p" if s.paragraph == paragraph and number != site.sentence else "t" if s.kind == "title" else ""
        if s.paragraph == paragraph and number != site.sentence:
            near = "pn" if number > site.sentence else "pb"
        if number == a.header_of[site.sentence]:
            near = "h"
        if not near:
            continue
        for k in range(s.first, s.last):
            if k in a.in_sum:
                continue
            words.add(f"{near}:{a.words[k]}")
            if a.senses[k]:
                words.add(f"{near}~:{a.senses[k]}")
            for c in a.concepts[k]:
                words.add(f"{near}c:{c}")
    _sectors(a, site, numbers, words)
    _nearest(a, site, "theme", THEMES, numbers, words)
    _nearest(a, site, "step", STEPS, numbers, words)
    total = max(1, len(a.words))
    for c, n in a.concept_counts.items():
        numbers[f"d_{c}"] = 100.0 * n / total
        if n >= 3:
            words.add(f"D:{c}")
    return numbers, sorted(words)


def _sectors(a: Analysis, site: SumSite, numbers: dict[str, float], words: set[str]) -> None:
    """The trades of the known actors in the sum's sentence, its paragraph and the title."""
    sentences = a.text.sentences
    paragraph = sentences[site.sentence].paragraph
    for r in a.references:
        if r.actor is None or not r.actor.sector:
            continue
        here = a.text.tokens[r.first].sentence
        title, near = sentences[here].kind == "title", sentences[here].paragraph == paragraph
        scope = "s" if here == site.sentence else "t" if title else "p" if near else ""
        if scope:
            words.add(f"sector{scope}:{r.actor.sector}")
            numbers[f"sector{scope}_{r.actor.sector}"] = 1.0


def _nearest(
    a: Analysis, site: SumSite, name: str, among: tuple[str, ...], numbers: dict[str, float], words: set[str]
) -> None:
    """Which of some concepts stands nearest: in the clause, in the sentence, then in what was said before."""
    sentence = a.text.sentences[site.sentence]
    clause = a.text.tokens[site.first].clause
    wanted = frozenset(among)
    best: dict[str, float] = {}
    sums = [s.first for s in a.sums_of_sentence[site.sentence]]
    for k in range(sentence.first, sentence.last):
        found = a.concepts[k] & wanted
        if found:
            gap = site.first - k if k < site.first else k - site.last + 0.5
            if a.text.tokens[k].clause != clause:
                gap += 6.0
            gap += 5.0 * within(sums, min(k, site.first) + 1, max(k, site.first))
            for c in found:
                best[c] = min(best.get(c, 99.0), gap)
    ranked = sorted(best, key=lambda c: (best[c], c))
    for c, gap in best.items():
        numbers[f"{name}_gap_{c}"] = 1.0 / (1.0 + max(0.0, gap) / 4.0)
    for rank, c in enumerate(ranked[:2]):
        numbers[f"{name}_{rank}_{c}"] = 1.0
        words.add(f"{name}{rank}={c}")
    numbers[f"{name}_here"] = float(bool(ranked))
    for step in range(1, 9):
        if site.sentence - step < 0:
            break
        s = a.text.sentences[site.sentence - step]
        earlier = [c for k in range(s.last - 1, s.first - 1, -1) for c in sorted(a.concepts[k] & wanted)]
        if earlier:
            numbers[f"{name}_back_{earlier[0]}"] = 1.0 / step
            words.add(f"{name}back={earlier[0]}")
            if not ranked:
                words.add(f"{name}only={earlier[0]}")
            break
    for number in (0, a.header_of[site.sentence]):
        if number >= 0:
            s = a.text.sentences[number]
            seen = {c for k in range(s.first, s.last) for c in a.concepts[k] & wanted}
            for c in seen:
                words.add(f"{name}{'title' if number == 0 else 'header'}={c}")


def deadline_row(a: Analysis, site: SumSite, deadline: Deadline) -> Row:
    """Whether a phrase of time is the horizon of a sum."""
    first = a.text.token_at(deadline.span.start)
    last = a.text.token_at(max(deadline.span.start, deadline.span.end - 1)) + 1
    sentence = a.text.tokens[first].sentence
    apart = sentence - site.sentence
    lo, hi = (site.last, first) if first >= site.last else (last, site.first)
    published = a.article.published
    words = set()
    out: dict[str, float] = {
        "apart": float(apart),
        "distance": float(max(0, hi - lo)),
        "after": float(first >= site.last),
        "same": float(apart == 0),
        "clauses": float(abs(a.text.tokens[first].clause - a.text.tokens[site.first].clause)),
        f"kind_{deadline.kind}": 1.0,
        "ahead": float(deadline.year - published.year) if published else 0.0,
        "title": float(a.text.sentences[sentence].kind == "title"),
        "same_paragraph": float(a.text.sentences[sentence].paragraph == a.text.sentences[site.sentence].paragraph),
        "item": float(a.text.sentences[site.sentence].kind in ("item", "row")),
        "header": float(a.header_of[site.sentence] == sentence),
        "sums_between": float(sum(lo <= s.first < hi for s in a.sums if s.index != site.index)),
        "sums_in_sentence": float(len(a.sums_of_sentence.get(sentence, []))),
        "others_same_year": float(sum(d.year == deadline.year for d in a.deadlines)),
        "deadlines": float(len(a.deadlines)),
        "other_years": float(len({d.year for d in a.deadlines})),
        "latest": float(deadline.year == max(d.year for d in a.deadlines)),
    }
    nearest = min(
        (abs(a.text.token_at(d.span.start) - site.first) for d in a.deadlines if d.span != deadline.span), default=99
    )
    out["nearest"] = float(abs(first - site.first) <= nearest)
    for k in range(max(0, first - 5), min(len(a.words), last + 4)):
        side = "b" if k < first else "i" if k < last else "a"
        words.add(f"{side}:{a.words[k] if not a.words[k][0].isdigit() else '0'}")
        for c in a.concepts[k]:
            words.add(f"{side}c:{c}")
            out[f"{side}_{c}"] = 1.0
    s = a.text.sentences[sentence]
    for k in range(s.first, s.last):
        for c in a.concepts[k]:
            out[f"s_{c}"] = 1.0
    return out, sorted(words)


def place_row(a: Analysis, site: SumSite, place: PlaceMention) -> Row:
    """Whether a place (all its references in the text) is where a sum lands."""
    references = place.references
    out: dict[str, float] = dict(place.numbers)
    words: set[str] = {f"has:{k}" for k, v in place.numbers.items() if v}
    best = min(references, key=lambda r: (abs(a.text.tokens[r.first].sentence - site.sentence), abs(r.first - site.first)))
    sentence = a.text.tokens[best.first].sentence
    s = a.text.sentences[sentence]
    lo, hi = (site.last, best.first) if best.first >= site.last else (best.last, site.first)
    out.update(
        {
            "apart": float(sentence - site.sentence),
            "distance": float(max(0, hi - lo)),
            "after": float(best.first >= site.last),
            "same": float(sentence == site.sentence),
            "title": float(any(a.text.sentences[a.text.tokens[r.first].sentence].kind == "title" for r in references)),
            "same_paragraph": float(s.paragraph == a.text.sentences[site.sentence].paragraph),
            "sums_between": float(sum(lo <= x.first < hi for x in a.sums if x.index != site.index)),
            "sums_there": float(len(a.sums_of_sentence.get(sentence, []))),
            "first_sentence": float(a.text.tokens[references[0].first].sentence),
            "header": float(a.header_of[site.sentence] == sentence),
            "item": float(a.text.sentences[site.sentence].kind in ("item", "row")),
            "opens": float(best.first == s.first),
            "bracket": float(best.first > 0 and a.text.tokens[best.first - 1].text == "("),
            "sums": float(len(a.sums)),
        }
    )
    for k in range(max(s.first, best.first - 4), min(s.last, best.last + 3)):
        if best.first <= k < best.last:
            continue
        side = f"b{best.first - k}" if k < best.first else f"a{k - best.last}"
        words.add(f"{side}:{a.words[k]}")
        for c in a.concepts[k]:
            words.add(f"{side}c:{c}")
            out[f"{side}_{c}"] = 1.0
    for r in references:
        if r.first:
            words.add(f"L:{a.words[r.first - 1]}")
            for c in a.concepts[r.first - 1]:
                out[f"ever_{c}"] = 1.0
    for k in range(lo, hi) if sentence == site.sentence else ():
        for c in a.concepts[k]:
            out[f"m_{c}"] = 1.0
    here = a.text.sentences[site.sentence]
    for k in range(here.first, here.last):
        for c in a.concepts[k]:
            if c in ("datacenter", "build", "project", "raise", "round", "programme", "grant", "compute", "chips", "fund"):
                out[f"h_{c}"] = 1.0
    return out, sorted(words)


def nearest_sites(children: list[SumSite], parents: list[SumSite]) -> tuple[SumSite, SumSite]:
    """Of all places where two sums are told, the two that stand closest; a part usually follows its whole."""
    pairs = [(c, p) for c in children for p in parents]
    return min(pairs, key=lambda x: (abs(x[0].first - x[1].first) + (15 if x[0].first < x[1].first else 0), x[0].first))


def part_row(a: Analysis, child: SumSite, parent: SumSite, same_payer: bool, chosen: list[SumSite]) -> Row:
    """Whether one sum is counted in another."""
    x, y = child.money.low or child.money.high or 0.0, parent.money.low or parent.money.high or 0.0
    lo, hi = (parent.last, child.first) if parent.first < child.first else (child.last, parent.first)
    sentences = a.text.sentences
    cs, ps = sentences[child.sentence], sentences[parent.sentence]
    out: dict[str, float] = {
        "ratio": math.log10(max(x, 1.0) / max(y, 1.0)),
        "smaller": float(x < y),
        "currency": float(child.money.currency == parent.money.currency),
        "after": float(child.first > parent.first),
        "apart": float(child.sentence - parent.sentence),
        "distance": float(min(200, max(0, hi - lo))),
        "paragraphs": float(cs.paragraph - ps.paragraph),
        "same_payer": float(same_payer),
        "between": float(sum(lo <= s.first < hi for s in chosen if s is not child and s is not parent)),
        "parent_largest": float(all(y >= (s.money.low or s.money.high or 0.0) for s in chosen)),
        "parent_first": float(chosen[0] is parent) if chosen else 0.0,
        "child_item": float(cs.kind in ("item", "row")),
        "parent_item": float(ps.kind in ("item", "row")),
        "parent_title": float(ps.kind == "title"),
        "parent_header": float(a.header_of[child.sentence] == parent.sentence),
        "count": float(len(chosen)),
        "siblings_fit": _siblings_fit(child, parent, chosen),
        "larger": float(sum((s.money.low or s.money.high or 0.0) > x for s in chosen)),
        "parent_rank": float(sum((s.money.low or s.money.high or 0.0) > y for s in chosen)),
        "nearest_larger": float(_nearest_larger(child, chosen) is parent),
        "same_sentence": float(cs is ps),
        "larger_between": float(
            sum(lo <= s.first < hi and (s.money.low or s.money.high or 0.0) > x for s in chosen if s is not child and s is not parent)
        ),
    }
    words: set[str] = set()
    for name, site in (("c", child), ("p", parent)):
        s = sentences[site.sentence]
        for k in range(max(s.first, site.first - 10), min(s.last, site.last + 10)):
            if site.first <= k < site.last:
                continue
            side = f"{name}{'b' if k < site.first else 'a'}"
            for c in a.concepts[k]:
                out[f"{side}_{c}"] = 1.0
            if k not in a.in_sum:
                words.add(f"{side}:{a.words[k]}")
                if abs(k - site.first) < 4:
                    words.add(f"{side}n:{a.words[k]}")
    if cs is ps:
        for k in range(lo, hi):
            words.add(f"m:{a.words[k]}")
            for c in a.concepts[k]:
                out[f"m_{c}"] = 1.0
    for k in range(cs.first, min(cs.last, cs.first + 5)):
        words.add(f"o:{a.words[k]}")
        for c in a.concepts[k]:
            out[f"o_{c}"] = 1.0
    return out, sorted(words)


def _nearest_larger(child: SumSite, chosen: list[SumSite]) -> SumSite | None:
    x = child.money.low or child.money.high or 0.0
    before = [s for s in chosen if s.first < child.first and (s.money.low or s.money.high or 0.0) > x]
    return max(before, key=lambda s: s.first, default=None)


def _siblings_fit(child: SumSite, parent: SumSite, chosen: list[SumSite]) -> float:
    """1 when the child and some others after the parent add up to it."""
    y = parent.money.low or parent.money.high or 0.0
    x = child.money.low or child.money.high or 0.0
    others = [s.money.low or s.money.high or 0.0 for s in chosen if s is not child and s is not parent]
    others = [v for v in others if v < y][:8]
    totals = [0.0]
    for v in others:
        totals += [t + v for t in totals]
    return float(any(abs(x + t - y) <= 0.011 * y for t in totals[1:]))
