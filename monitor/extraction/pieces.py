"""A text of very many sums is read in pieces, so that the work grows with its length and no faster: each sum is judged beside
all others of its piece. No text of the gold is cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from monitor.extraction.analysis import Analysis
from monitor.model import Record, Span

# The sums of a piece; the gold's longest lists have some 60.
MOST_SUMS = 250


def pieces(whole: Analysis) -> Iterator[tuple[Analysis, int]]:
    """An article's parts in order, each with what is to be added to its offsets; nearly always the whole and 0. The first
    keeps the title."""
    article, full = whole.article, whole.article.full
    cuts = list(_cuts(whole))
    if not cuts:
        yield whole, 0
        return
    head = len(full) - len(article.text)
    blank = head - len(article.title)
    first = replace(article, title=article.title[: cuts[0]], text=full[head : cuts[0]])
    yield Analysis(first, whole.actors), 0
    for start, end in zip(cuts, [*cuts[1:], len(full)], strict=True):
        yield Analysis(replace(article, title="", text=full[start:end]), whole.actors), start - blank


def moved(span: Span, by: int) -> Span:
    """A span of a piece in the whole."""
    return Span(span.start + by, span.end + by)


def together(parts: Iterable[tuple[tuple[Record, ...], int]]) -> tuple[Record, ...]:
    """The records of all pieces, their spans and `part_of` as those of the whole."""
    out: list[Record] = []
    for records, by in parts:
        before = len(out)
        for r in records:
            whole = None if r.part_of is None else r.part_of + before
            out.append(replace(r, part_of=whole, spans=tuple((name, moved(span, by)) for name, span in r.spans)))
    return tuple(out)


def _cuts(a: Analysis) -> Iterator[int]:
    """Where pieces after the first begin: before a sentence or, where a sentence alone holds too many sums, before a sum."""
    if len(a.money) <= MOST_SUMS:
        return
    first = 0
    while first + MOST_SUMS < len(a.sums):
        site = a.sums[first + MOST_SUMS]
        start, leads = a.text.sentences[site.sentence].start, a.sums_of_sentence[site.sentence][0]
        if leads.index <= first:
            start, leads = site.money.span.start, site
        first = leads.index
        yield start
