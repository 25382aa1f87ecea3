"""Why a sum is in or out, in words."""

from __future__ import annotations

import pytest

from monitor.extraction.reasons import plain


@pytest.mark.parametrize(
    ("feature", "words"),
    [
        ("bc0:invest", "right before: a word of invest"),
        ("a:profit", "after: “profit”"),
        ("b2g:will_spend", "before: “will spend”"),
        ("b~0:invest", "right before: what means “invest”"),
        ("a~2:year_", "after: what means “year”"),
        ("a~2:_", "after: words of no known sense"),
        ("s~:talk", "in the sentence: what means “talk”"),
        ("T:datacenter", "in the title: datacenter"),
        ("log:9", "size: 10^9"),
        ("q:exact", "sum is: exact"),
    ],
)
def test_a_feature_is_told_in_words(feature: str, words: str) -> None:
    assert plain(feature) == words
