"""Reprints are known by their words before anything is read from them; an own report on the same news is not one.

Story gold has 223 articles and no reprint among them, only rewritten wire copy; so the pairs within it tell how often
two papers' own words are taken for a copy, and reprints made from each article the way papers make them tell how many
are found.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from monitor.ledger.signature import SHORTEST, is_copy, words
from monitor.training.gold import read_gold

GOLD = Path(__file__).parents[2] / "gold"
ARTICLES = [(d["title"], d["text"]) for d in read_gold(sorted(GOLD.glob("*stories*.jsonl")))]
LONG = [(title, text) for title, text in ARTICLES if len(words(f"{title} {text}")) >= 2 * SHORTEST]


def full(title: str, text: str) -> str:
    return f"{title}\n\n{text}"


def test_two_papers_own_words_are_no_copy() -> None:
    """Texts of which fewer than half of the words are shared cannot be copies; only the rest is worth signing."""
    texts = [(full(*article), frozenset(words(full(*article)))) for article in ARTICLES]
    near = [(a, b) for (a, x), (b, y) in permutations(texts, 2) if 2 * len(x & y) >= len(x | y)]
    assert len(ARTICLES) >= 223
    assert near
    assert not any(is_copy(a, b) for a, b in near)


def headline(title: str, text: str) -> str:
    return full(f"Wire: {text.split('.')[0][:40]}", text)


def credit(title: str, text: str) -> str:
    return full(title, f"{text}\n\n(Agency staff; editing by the night desk)")


def spelling(title: str, text: str) -> str:
    """One word in sixty is changed, by an editor or another spelling."""
    count = 0

    def change(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return match.group() + "x" if count % 60 == 0 else match.group()

    return full(title, re.sub(r"[^\W\d_]{4,}", change, text))


def cut(title: str, text: str) -> str:
    """The last sentence falls off the page."""
    return full(title, re.sub(r"(?<=[.!?])\s[^.!?]*[.!?]*$", "", text.strip()))


@pytest.mark.parametrize(("reprint", "least"), [(headline, 0.95), (credit, 0.99), (spelling, 0.99), (cut, 0.95)])
def test_reprints_are_found(reprint: Callable[[str, str], str], least: float) -> None:
    found = sum(is_copy(full(*article), reprint(*article)) for article in LONG)
    assert found >= least * len(LONG), f"{found} of {len(LONG)}"


def test_a_reprint_with_another_figure_is_read_for_itself() -> None:
    for title, text in LONG:
        assert not is_copy(full(title, text), full(title, f"{text} The sum is now 987654 euros."))
