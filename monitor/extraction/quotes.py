"""The shortest passage that shows a sum in its role: its clause, reaching to the payer where it stands near."""

from __future__ import annotations

import re

from monitor.extraction.analysis import Analysis, SumSite
from monitor.extraction.entities import Entity

LONGEST = 240
# What is left of a number that the end of a clause cuts ("1,|7 milliard", "1|,3").
_NUMBER_BEFORE, _NUMBER_AFTER = re.compile(r"\d+[.,]?$"), re.compile(r"[.,]?\d+(?!\w)")


def quote(a: Analysis, site: SumSite, payers: list[Entity]) -> str:
    """A verbatim passage of one sentence that holds the sum."""
    sentence = a.text.sentences[site.sentence]
    tokens = a.text.tokens
    first, last = site.first, site.last
    while first > sentence.first and tokens[first - 1].clause == tokens[site.first].clause:
        first -= 1
    while last < sentence.last and tokens[last].clause == tokens[site.last - 1].clause:
        last += 1
    for entity in payers:
        for r in entity.references:
            if sentence.first <= r.first and r.last <= sentence.last:
                lo, hi = min(first, r.first), max(last, r.last)
                if tokens[hi - 1].end - tokens[lo].start <= LONGEST:
                    first, last = lo, hi
    if last - first < 5:
        first, last = max(sentence.first, first - 6), min(sentence.last, last + 6)
    start, end = tokens[first].start, tokens[last - 1].end
    start, end = min(start, site.money.span.start), max(end, site.money.span.end)
    full = a.article.full
    before, after = _NUMBER_BEFORE.search(full[:start]), _NUMBER_AFTER.match(full[end:])
    if before and _NUMBER_AFTER.match(full[start:]):
        start = before.start()
    if after and _NUMBER_BEFORE.search(full[:end]):
        end += after.end()
    return full[start:end].strip().lstrip(",;:–—- )]»").rstrip(",;:–—- ([«")
