"""The form of the weights file: JSON whose long rows of numbers are packed; one table of words for all models.

    {"words": packed numbers of words, rising, "models": {decision: {"classes", "names", "bias", "linear", "trees"}}}

A word is known by a number of 32 bits (`number`), which takes a small part of the memory that the word itself would; of
140,000 words some two share their number, and then their weights. A packed row is base64 of zlib of little-endian numbers,
in the order of the arrays described at `Model`. The same models give the same bytes.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# What one unit of a packed weight of a word, and of a packed value of a leaf, stands for.
WORD_UNIT, LEAF_UNIT = 1e3, 1e5
# The leaves of a tree are bits of a mask.
MOST_LEAVES = 16
_FORMS = {"feature": "<u2", "threshold": "<f8", "left": "<u2", "value": "<i4"}


@dataclass(frozen=True, slots=True)
class Model:
    """One decision as arrays.

    `linear` holds thousandths, shape (scores, words + 1); place 0 is for unknown words. The trees' inner nodes have shape
    (trees, nodes): the number asked (by its place in `names`), the threshold at which it still goes left, and the mask of
    the leaves on the left. `value` has shape (trees, leaves), in hundred-thousandths; tree t adds to score t modulo scores.
    """

    classes: list[str]
    names: list[str]
    bias: list[float]
    linear: NDArray[np.int16]
    feature: NDArray[np.uint16]
    threshold: NDArray[np.float64]
    left: NDArray[np.uint16]
    value: NDArray[np.int32]


def number(word: str) -> int:
    """The number by which a word is known."""
    return zlib.crc32(word.encode())


def arrays(models: Mapping[str, Any]) -> tuple[NDArray[np.uint32], dict[str, Model]]:
    """Models as they were fitted (see `monitor.training.fit`), in arrays over one table of numbers of words."""
    numbers = {w: number(w) for m in models.values() for w in m["weights"]}
    words = np.array(sorted(set(numbers.values())), dtype=np.uint32)
    place = dict(zip(numbers, np.searchsorted(words, list(numbers.values())) + 1, strict=True))
    out = {}
    for name, m in sorted(models.items()):
        linear = np.zeros((len(m["bias"]), len(words) + 1), dtype=np.int16)
        for word, values in sorted(m["weights"].items()):
            linear[:, place[word]] = values
        trees = {k: np.array(m["trees"][k], dtype=form) for k, form in _FORMS.items()}
        out[name] = Model(m["classes"], m["names"], m["bias"], linear, **trees)
    return words, out


def write(models: Mapping[str, Any]) -> str:
    """The file's text for models as they were fitted."""
    words, made = arrays(models)
    data = {
        name: {
            "classes": m.classes,
            "names": m.names,
            "bias": m.bias,
            "linear": packed(m.linear, "<i2"),
            "trees": {"count": len(m.value)} | {k: packed(getattr(m, k), form) for k, form in _FORMS.items()},
        }
        for name, m in made.items()
    }
    return json.dumps({"words": packed(words, "<u4"), "models": data}, ensure_ascii=False, sort_keys=True, indent=0) + "\n"


def read(text: str) -> tuple[NDArray[np.uint32], dict[str, Model]]:
    """The table of numbers of words and the models of a file's text."""
    data = json.loads(text)
    del text
    models = {}
    for name, m in data["models"].items():
        trees = {k: unpacked(m["trees"][k], form, m["trees"]["count"]) for k, form in _FORMS.items()}
        linear = unpacked(m["linear"], "<i2", len(m["bias"]))
        models[name] = Model(m["classes"], m["names"], m["bias"], linear, **trees)
    return unpacked(data["words"], "<u4", 1)[0], models


def packed(array: NDArray[Any], form: str) -> str:
    """A row of numbers as text: base64 of zlib of little-endian numbers of a form."""
    return base64.b64encode(zlib.compress(array.astype(form).tobytes(), 9)).decode("ascii")


def unpacked(text: str, form: str, rows: int) -> NDArray[Any]:
    """The numbers of such a text, in so many rows."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype=form).reshape(rows, -1)
