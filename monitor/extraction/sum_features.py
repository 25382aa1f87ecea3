"""What a sum's surroundings say of it: numbers for the trees, words for the linear model.

Distances are in words. Concepts are those of the lexicons and senses (marked ~) those of the glossaries, so that what is
learnt in one language serves all.
"""

from __future__ import annotations

import math

from monitor.extraction.analysis import Analysis, SumSite

SUBJECTS = ("datacenter", "compute", "chips", "energy", "research", "skills", "startup", "fundvc", "ai", "company", "public")
NEAR = 12


def _decay(distance: int) -> float:
    return 1.0 / (1.0 + distance / 3.0)


def numbers(a: Analysis, site: SumSite) -> dict[str, float]:
    """Features of one sum for the trees, by name; what is absent is 0. The caller may change the answer."""
    known = a.known_numbers.get(site.index)
    if known is None:
        known = a.known_numbers[site.index] = _numbers(a, site)
    return dict(known)


def _numbers(a: Analysis, site: SumSite) -> dict[str, float]:
    out: dict[str, float] = {}
    sentence = a.text.sentences[site.sentence]
    clause = a.text.tokens[site.first].clause
    for side, ks in (
        ("b", range(site.first - 1, max(sentence.first, site.first - 25) - 1, -1)),
        ("a", range(site.last, min(sentence.last, site.last + 25))),
    ):
        for k in ks:
            if not a.concepts[k]:
                continue
            distance = site.first - 1 - k if side == "b" else k - site.last
            weight = _decay(distance) * (1.0 if a.text.tokens[k].clause == clause else 0.6)
            for c in a.concepts[k]:
                key = f"{side}_{c}"
                if weight > out.get(key, 0.0):
                    out[key] = weight
    _outside(a, site, out)
    _shape(a, site, out)
    return out


def _outside(a: Analysis, site: SumSite, out: dict[str, float]) -> None:
    sentences = a.text.sentences
    number = site.sentence
    for key, other in (("p", number - 1), ("n", number + 1)):
        if 0 <= other < len(sentences) and sentences[other].paragraph == sentences[number].paragraph:
            for k in range(sentences[other].first, sentences[other].last):
                for c in a.concepts[k]:
                    out[f"{key}_{c}"] = 1.0
    header = a.header_of[number]
    if header >= 0:
        out["header"] = 1.0
        for k in range(sentences[header].first, sentences[header].last):
            for c in a.concepts[k]:
                out[f"h_{c}"] = 1.0
    for c in a.title_concepts:
        out[f"t_{c}"] = 1.0
    words = max(1, len(a.words))
    for c in (*SUBJECTS, "revenue", "profit", "share", "round", "raise", "invest", "out_scope"):
        out[f"d_{c}"] = 100.0 * a.concept_counts.get(c, 0) / words


def _shape(a: Analysis, site: SumSite, out: dict[str, float]) -> None:
    money, sentence = site.money, a.text.sentences[site.sentence]
    size = money.low or money.high or 0.0
    others = [s.money.low or s.money.high or 0.0 for s in a.sums if s.index != site.index]
    out["log"] = math.log10(size) if size > 0 else 0.0
    out["rank"] = sum(o > size for o in others)
    out["largest"] = float(not others or size >= max(others))
    out["repeats"] = sum(
        s.money.currency == money.currency and s.money.low == money.low and s.money.high == money.high for s in a.sums
    )
    out["sums"] = len(a.sums)
    mates = a.sums_of_sentence[site.sentence]
    out["mates"] = len(mates)
    out["order"] = [m.index for m in mates].index(site.index)
    out[f"kind_{sentence.kind}"] = 1.0
    out[f"q_{money.qualifier}"] = 1.0
    for name in money.inherited:
        out[f"inherited_{name}"] = 1.0
    out["nocurrency"] = float(money.currency is None)
    out["sentence_no"] = site.sentence
    out["sentences_left"] = len(a.text.sentences) - site.sentence
    out["place_in_sentence"] = (site.first - sentence.first) / max(1, sentence.last - sentence.first)
    out["length"] = sentence.last - sentence.first
    _time(a, site, out)
    inside = [r for r in a.references if sentence.first <= r.first < sentence.last]
    out["known_inside"] = sum(r.actor is not None for r in inside)
    out["entities_inside"] = len({r.entity for r in inside})
    tail = a.article.full[money.span.end : money.span.end + 3]
    out["bracket"] = float(a.article.full[max(0, money.span.start - 1) : money.span.start] == "(" or tail.startswith(")"))
    out["question"] = float(a.article.full[sentence.start : sentence.end].rstrip().endswith("?"))
    _arithmetic(a, site, size, out)


def _time(a: Analysis, site: SumSite, out: dict[str, float]) -> None:
    """Years and months named in the sum's sentence, against the day of publication: a sum of long ago is no news."""
    published = a.article.published
    if not published:
        return
    sentence = a.text.sentences[site.sentence]
    out |= {"year_past": 0.0, "year_now": 0.0, "year_future": 0.0}
    for k, year, month in a.times[site.sentence]:
        weight = _decay(site.first - 1 - k if k < site.first else k - site.last)
        if year:
            side = "past" if year < published.year else "future" if year > published.year else "now"
            out[f"year_{side}"] = 1.0
            if side != "now":
                out[f"near_{side}"] = max(out.get(f"near_{side}", 0.0), weight)
        bare = month and not any(a.year_at(j) for j in (k + 1, k + 2) if j < sentence.last)
        if bare and weight > out.get("month_near", 0.0):
            out["month_near"] = weight
            out["month_ago"] = 1.0 + a.months_since(month)


def _arithmetic(a: Analysis, site: SumSite, size: float, out: dict[str, float]) -> None:
    """Whether the sum is the total of others, or the difference of two others."""
    values = sorted({s.money.low or s.money.high or 0.0 for s in a.sums if s.index != site.index} - {0.0, size})
    pairs = {round(x + y, -3) for i, x in enumerate(values[:30]) for y in values[i + 1 : 30]}
    differences = {round(abs(x - y), -3) for i, x in enumerate(values[:30]) for y in values[i + 1 : 30]}
    out["is_sum"] = float(round(size, -3) in pairs)
    out["is_difference"] = float(round(size, -3) in differences)
    inside = [s.money.low or s.money.high or 0.0 for s in a.sums_of_sentence[site.sentence] if s.index != site.index]
    out["half"] = float(any(abs(v - 2 * size) < 0.01 * size for v in inside) or any(abs(2 * v - size) < 0.01 * size for v in inside))


def words(a: Analysis, site: SumSite) -> list[str]:
    """Features of one sum for the linear model: words and concepts around it, by side and distance."""
    known = a.known_words.get(site.index)
    if known is None:
        known = a.known_words[site.index] = _words(a, site)
    return known


def _words(a: Analysis, site: SumSite) -> list[str]:
    out: set[str] = set()
    sentence = a.text.sentences[site.sentence]
    out |= _side(a, "b", list(range(site.first - 1, max(sentence.first, site.first - NEAR) - 1, -1)))
    out |= _side(a, "a", list(range(site.last, min(sentence.last, site.last + NEAR))))
    for k in range(sentence.first, sentence.last):
        if not site.first <= k < site.last and k not in a.in_sum:
            out.add(f"s:{a.words[k]}")
            if a.senses[k]:
                out.add(f"s~:{a.senses[k]}")
    for c in a.title_concepts:
        out.add(f"T:{c}")
    out.add(f"q:{site.money.qualifier}")
    out.add(f"kind:{sentence.kind}")
    out.add(f"cur:{site.money.currency}")
    size = site.money.low or site.money.high or 1.0
    out.add(f"log:{int(math.log10(max(size, 1.0)))}")
    return sorted(out)


def _side(a: Analysis, side: str, ks: list[int]) -> set[str]:
    out: set[str] = set()
    previous = meant = "^"
    for distance, k in enumerate(ks):
        word = "#" if k in a.in_sum or a.words[k][0].isdigit() else a.words[k]
        bucket = "0" if distance == 0 else "1" if distance < 3 else "2" if distance < 7 else "3"
        out.add(f"{side}{bucket}:{word}")
        out.add(f"{side}:{word}")
        out.add(f"{side}2g:{previous}_{word}")
        sense = "#" if word == "#" else a.senses[k]
        if sense and sense != "#":
            out |= {f"{side}~{bucket}:{sense}", f"{side}~:{sense}"}
        out.add(f"{side}~2:{meant}_{sense}")
        meant = sense
        for c in a.concepts[k]:
            out.add(f"{side}c{bucket}:{c}")
            out.add(f"{side}c:{c}")
        previous = word
    return out
