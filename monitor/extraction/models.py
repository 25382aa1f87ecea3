"""Evaluates the shipped weights: a linear model over words whose scores feed boosted trees. numpy only; deterministic.

The weights are a data file made by `monitor train`; nothing here knows what is decided.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FILE = Path(__file__).with_name("weights.json")


class Linear:
    """A sum of weights over words, one for each class."""

    def __init__(self, bias: Sequence[float], weights: Mapping[str, Sequence[float]]) -> None:
        self.bias = list(bias)
        self.weights = weights

    def scores(self, words: Sequence[str]) -> list[float]:
        total = list(self.bias)
        for word in words:
            found = self.weights.get(word)
            if found is not None:
                for k, value in enumerate(found):
                    total[k] += value
        return total

    def share(self, words: Sequence[str], k: int = 0) -> list[tuple[str, float]]:
        """What each word adds, largest first: the explanation."""
        found = [(w, self.weights[w][k]) for w in words if w in self.weights]
        return sorted(found, key=lambda x: -abs(x[1]))


class Trees:
    """Boosted trees, all walked at once. Raw scores (log-odds), one for each class."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.names: list[str] = data["names"]
        self._column = {name: i for i, name in enumerate(self.names)}
        self._base = np.asarray(data["base"], dtype=np.float64)
        self._feature = np.asarray(data["feature"], dtype=np.int32)
        self._threshold = np.asarray(data["threshold"], dtype=np.float64)
        self._left = np.asarray(data["left"], dtype=np.int32)
        self._right = np.asarray(data["right"], dtype=np.int32)
        self._value = np.asarray(data["value"], dtype=np.float64)
        self._roots = np.asarray(data["roots"], dtype=np.int32)
        self._depth = int(data["depth"])

    def scores(self, rows: Sequence[Mapping[str, float]]) -> Floats:
        """Raw scores, shape (rows, classes)."""
        matrix = np.zeros((len(rows), len(self.names)))
        for i, row in enumerate(rows):
            for name, value in row.items():
                column = self._column.get(name)
                if column is not None:
                    matrix[i, column] = value
        classes = len(self._base)
        node = np.broadcast_to(self._roots, (len(rows), len(self._roots))).copy()
        index = np.arange(len(rows))[:, None]
        for _ in range(self._depth):
            goes_left = matrix[index, self._feature[node]] <= self._threshold[node]
            node = np.where(goes_left, self._left[node], self._right[node])
        out: Floats = self._value[node].reshape(len(rows), -1, classes).sum(axis=1) + self._base
        return out


class Stack:
    """A linear model whose scores join the numbers that the trees read."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.classes: list[str] = data["classes"]
        self.linear = Linear(data["linear"]["bias"], data["linear"]["weights"])
        self.trees = Trees(data["trees"])
        self.scale, self.shift = data.get("calibration", (1.0, 0.0))

    def scores(self, rows: Sequence[Mapping[str, float]], words: Sequence[Sequence[str]]) -> Floats:
        """Raw scores, shape (rows, classes); two classes share one column, the score of the second."""
        if not rows:
            return np.zeros((0, max(1, len(self.classes) if len(self.classes) > 2 else 1)))
        full = []
        for row, bag in zip(rows, words, strict=True):
            joined = dict(row)
            for k, score in enumerate(self.linear.scores(bag)):
                joined[f"linear_{k}"] = score
            full.append(joined)
        return self.trees.scores(full)

    def chances(self, rows: Sequence[Mapping[str, float]], words: Sequence[Sequence[str]]) -> Floats:
        """Probabilities: shape (rows,) of the second class for two classes, (rows, classes) otherwise."""
        raw = self.scores(rows, words)
        if len(self.classes) == 2:
            out: Floats = 1.0 / (1.0 + np.exp(-(self.scale * raw[:, 0] + self.shift)))
            return out
        raw = raw - raw.max(axis=1, keepdims=True) if len(raw) else raw
        powers = np.exp(raw)
        many: Floats = powers / powers.sum(axis=1, keepdims=True)
        return many


@lru_cache(maxsize=1)
def shipped() -> dict[str, Stack]:
    """The shipped models by decision."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    return {name: Stack(model) for name, model in data["models"].items()}


def logit(chance: float) -> float:
    """Log-odds, bounded."""
    chance = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(chance / (1 - chance))
