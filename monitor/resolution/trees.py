"""Small boosted trees, evaluated in plain Python from a JSON data file. Deterministic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any


class Trees:
    """A sum of trees one for each output, in log odds.

    A tree is a nested list: `[feature, threshold, left, right]`, or a number for a leaf. A value at or below the
    threshold goes left.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.features: tuple[str, ...] = tuple(data["features"])
        self.outputs: tuple[str, ...] = tuple(data["outputs"])
        self.base: list[float] = list(data["base"])
        self.trees: list[list[Any]] = [[_with_means(tree) for tree in series] for series in data["trees"]]

    def scores(self, values: Sequence[float]) -> list[float]:
        """The raw score of each output, in log odds."""
        out = []
        for base, trees in zip(self.base, self.trees, strict=True):
            score = base
            for node in trees:
                while node.__class__ is list:
                    node = node[2] if values[node[0]] <= node[1] else node[3]
                score += node
            out.append(score)
        return out

    def probability(self, values: Sequence[float]) -> float:
        """The probability of the only output."""
        score = max(-30.0, min(30.0, self.scores(values)[0]))
        return 1.0 / (1.0 + math.exp(-score))

    def contributions(self, values: Sequence[float]) -> dict[str, float]:
        """How much each feature moved the score of the first output: the change of mean at each split on its way."""
        moved = [0.0] * len(self.features)
        for node in self.trees[0]:
            while node.__class__ is list:
                feature, held = node[0], node[4]
                node = node[2] if values[feature] <= node[1] else node[3]
                moved[feature] += (node[4] if node.__class__ is list else node) - held
        return {name: m for name, m in zip(self.features, moved, strict=True) if m}


def _with_means(node: Any) -> Any:
    """A tree whose splits carry the mean of what lies below them as a fifth item."""
    if node.__class__ is not list or not node:
        return node
    left, right = _with_means(node[2]), _with_means(node[3])
    return [node[0], node[1], left, right, (_mean(left) + _mean(right)) / 2]


def _mean(node: Any) -> float:
    return float(node[4]) if node.__class__ is list else float(node)
