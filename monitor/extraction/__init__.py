"""Article in, commitment records out. Pure; the weights are read once.

`extract(article)` reads with the shipped models and actors; `Extractor` takes others.
"""

from __future__ import annotations

from functools import lru_cache

from monitor.extraction.extractor import Explanation, Extractor, Thresholds
from monitor.model import Article, Record

__all__ = ["Explanation", "Extractor", "Thresholds", "explain", "extract"]


@lru_cache(maxsize=1)
def _shipped() -> Extractor:
    return Extractor()


def extract(article: Article) -> tuple[Record, ...]:
    """The commitments of an article, in order of appearance."""
    return _shipped().extract(article)


def explain(article: Article) -> tuple[Explanation, ...]:
    """For every sum of an article, why it is in or out, and who could have paid."""
    return _shipped().explain(article)
