"""Precision, recall, F1 and their interval."""

from __future__ import annotations

import random
from collections.abc import Sequence

Interval = tuple[float, float]
BOOTSTRAP_ROUNDS = 1000
BOOTSTRAP_SEED = 7


def precision_recall_f1(right: int, predicted: int, gold: int) -> tuple[float, float, float]:
    """Nothing predicted where nothing was to be found is perfect precision."""
    precision = right / predicted if predicted else float(not gold)
    recall = right / gold if gold else 1.0
    both = precision + recall
    return precision, recall, (2 * precision * recall / both if both else 0.0)


def interval(rows: Sequence[tuple[int, int, int]]) -> Interval | None:
    """95 % interval of F1 by bootstrap over documents; a row is (right, predicted, gold)."""
    if not rows:
        return None
    draw = random.Random(BOOTSTRAP_SEED)
    drawn = []
    for _ in range(BOOTSTRAP_ROUNDS):
        right, predicted, gold = (sum(column) for column in zip(*draw.choices(rows, k=len(rows)), strict=True))
        drawn.append(precision_recall_f1(right, predicted, gold)[2])
    drawn.sort()
    return drawn[int(0.025 * BOOTSTRAP_ROUNDS)], drawn[int(0.975 * BOOTSTRAP_ROUNDS)]
