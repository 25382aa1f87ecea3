"""The features of the linear model in plain words, for people who ask why."""

from __future__ import annotations

import re

_SIDES = {"b": "before", "a": "after"}
_PLACES = {"s": "in the sentence", "T": "in the title", "q": "sum is", "kind": "stands in", "cur": "currency", "x": "the word", "y": "in its sentence"}
_SIDE = re.compile(r"([ba])([c~]?)(\d?)(2g)?:(.+)$", re.S)


def plain(feature: str) -> str:
    """ "bc0:invest" is "right before: a word of invest"."""
    found = _SIDE.match(feature)
    if found:
        side, kind, bucket, pair, word = found.groups()
        near = "right " if bucket == "0" else "far " if bucket == "3" else ""
        if kind == "c":
            what = f"a word of {word}"
        elif kind == "~":
            what = _meaning(word)
        else:
            what = "“" + word.replace("_", " ").replace("^ ", "") + "”" if pair else f"“{word}”"
        return f"{near}{_SIDES[side]}: {what}"
    key, _, word = feature.partition(":")
    if key.endswith("~"):
        return f"{_PLACES.get(key[:-1], key[:-1])}: {_meaning(word)}"
    if key in ("xc", "yc"):
        return f"{_PLACES[key[0]]}: a word of {word}"
    if key == "scope":
        return word
    if key == "log":
        return f"size: 10^{word}"
    return f"{_PLACES.get(key, key)}: {word}"


def _meaning(sense: str) -> str:
    """A sense, or two of neighbours that a line joins; the beginning and words without a sense are left out."""
    told = " ".join(part for part in sense.split("_") if part and part != "^")
    return f"what means “{told}”" if told else "words of no known sense"
