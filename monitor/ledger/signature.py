"""Recognising a text that was printed before: a hash of its words, and a signature that survives small edits.

MinHash over five-word shingles, 64 values in 16 bands of 4: two texts whose shingles overlap by 90 % share a band with
a chance above .9999, at 50 % with .64, at 30 % with .12; the estimate over all 64 values then decides. Reprints share
most shingles; two papers' own words on the same news share hardly any (mean 30 % even among known reprints that were
rewritten, which this is not meant to find).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

import numpy as np

SHINGLE = 5
VALUES = 64
BANDS = 16
SAME_SHARE = 0.75
SHORTEST = 40  # words; shorter texts are told apart by their hash alone

_MASK = (1 << 61) - 1
_RANDOM = np.random.RandomState(20250214)
_FACTORS = _RANDOM.randint(1, 1 << 31, VALUES).astype(np.uint64) | np.uint64(1)
_SHIFTS = _RANDOM.randint(0, 1 << 31, VALUES).astype(np.uint64)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def content_hash(text: str) -> str:
    """Equal for texts with the same words in the same order."""
    return hashlib.sha256(" ".join(words(text)).encode()).hexdigest()


def numbers(text: str) -> frozenset[str]:
    """Every figure in a text: a copy brings none of its own."""
    return frozenset(re.findall(r"\d+", text))


def signature(text: str) -> tuple[int, ...] | None:
    """None for a text too short to be told by its shingles."""
    tokens = words(text)
    if len(tokens) < SHORTEST:
        return None
    shingles = {" ".join(tokens[i : i + SHINGLE]) for i in range(len(tokens) - SHINGLE + 1)}
    hashes = np.array([_hash(s) for s in shingles], dtype=np.uint64)
    low = np.full(VALUES, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(hashes), 4096):  # bounds the memory for a text of megabytes
        mixed = hashes[start : start + 4096, None] * _FACTORS[None, :] + _SHIFTS[None, :]
        mixed ^= mixed >> np.uint64(29)
        low = np.minimum(low, mixed.min(axis=0))
    return tuple(int(v) for v in low)


def bands(values: tuple[int, ...]) -> list[int]:
    """Keys under which near-duplicates meet, as signed 64-bit numbers."""
    rows = VALUES // BANDS
    return [
        int.from_bytes(_digest(repr((i, values[i * rows : (i + 1) * rows]))), "big", signed=True) for i in range(BANDS)
    ]


def overlap(left: tuple[int, ...], right: tuple[int, ...]) -> float:
    """The estimated share of common shingles, 0 to 1."""
    return sum(a == b for a, b in zip(left, right, strict=True)) / VALUES


def is_copy(original: str, text: str) -> bool:
    """Whether `text` merely reprints `original`: nearly the same words, and no figure that the original lacks."""
    if content_hash(original) == content_hash(text):
        return True
    left, right = signature(original), signature(text)
    if left is None or right is None or overlap(left, right) < SAME_SHARE:
        return False
    return numbers(text) <= numbers(original)


def _hash(shingle: str) -> int:
    return int.from_bytes(_digest(shingle), "big") & _MASK


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
