"""Evaluates the shipped weights: a linear model over words whose scores feed boosted trees. numpy only; deterministic.

The weights are a data file made by `monitor train`; nothing here knows what is decided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.extraction.weights import LEAF_UNIT, WORD_UNIT, Model, arrays, number, read

Floats = NDArray[np.float64]
Numbers = Mapping[str, float]
Cells = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[Any]]  # row, column in the vocabulary, value
FILE = Path(__file__).with_name("weights.json")
# So many rows are walked through the trees at once: their table stays in the processor's cache.
CHUNK = 64


class Vocabulary:
    """Words and names of numbers, by their place in the arrays of the models that share it. Place 0 is the unknown."""

    def __init__(self, words: NDArray[np.uint32], names: Iterable[str]) -> None:
        self._words = words
        self.names = {n: i for i, n in enumerate(names, 1)}

    def places(self, words: Collection[str]) -> dict[str, int]:
        """The place of each word that is known."""
        numbers = np.array([number(w) for w in words], dtype=np.uint32)
        first, last = (np.searchsorted(self._words, numbers, side) for side in ("left", "right"))
        return {w: i for w, i, before in zip(words, last.tolist(), first.tolist(), strict=True) if i > before}


class Sheet:
    """Rows to be decided. What a model needs of them is looked up once for all models of one vocabulary."""

    def __init__(self, rows: Sequence[Numbers], bags: Sequence[Sequence[str]]) -> None:
        self.size = len(rows)
        self._rows = rows
        self._bags = bags
        self._numbers: dict[int, Cells] = {}
        self._words: dict[int, Cells] = {}

    @classmethod
    def of(cls, rows: Sequence[tuple[Numbers, Sequence[str]]]) -> Sheet:
        """Rows whose numbers and words come together."""
        return cls([numbers for numbers, _ in rows], [words for _, words in rows])

    def numbers(self, v: Vocabulary) -> Cells:
        """Every number under a name of the vocabulary."""
        known = self._numbers.get(id(v))
        if known is None:
            values = [x for row in self._rows for x in row.values()]
            row, column = _places(self._rows, v.names)
            known = self._numbers[id(v)] = (row, column, np.array(values, dtype=np.float64))
        return known

    def words(self, v: Vocabulary) -> Cells:
        """Every word of the vocabulary; the values are the ends of the rows."""
        known = self._words.get(id(v))
        if known is None:
            row, column = _places(self._bags, v.places(set().union(*self._bags)))
            inside = column > 0
            row, column = row[inside], column[inside]
            known = self._words[id(v)] = (row, column, np.searchsorted(row, np.arange(self.size + 1)))
        return known

    def pick(self, chosen: Sequence[int], more: Sequence[Numbers]) -> Sheet:
        """Some of the rows in a given order, each with more numbers, which replace those of the same name."""
        return _Picked(self, chosen, more)


class _Picked(Sheet):
    def __init__(self, whole: Sheet, chosen: Sequence[int], more: Sequence[Numbers]) -> None:
        super().__init__(more, ())
        self._whole = whole
        self._chosen = np.array(chosen, dtype=np.intp)

    def numbers(self, v: Vocabulary) -> Cells:
        known = self._numbers.get(id(v))
        if known is None:
            row, column, value = self._whole.numbers(v)
            ends = np.searchsorted(row, np.arange(self._whole.size + 1))
            taken, at = self._taken(ends)
            own = super().numbers(v)
            known = self._numbers[id(v)] = (
                np.concatenate((taken, own[0])),
                np.concatenate((column[at], own[1])),
                np.concatenate((value[at], own[2])),
            )
        return known

    def words(self, v: Vocabulary) -> Cells:
        known = self._words.get(id(v))
        if known is None:
            _, column, ends = self._whole.words(v)
            taken, at = self._taken(ends)
            known = self._words[id(v)] = (taken, column[at], np.searchsorted(taken, np.arange(self.size + 1)))
        return known

    def _taken(self, ends: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The new row of each cell taken, and where it was."""
        start = ends[self._chosen]
        length = ends[self._chosen + 1] - start
        before = np.cumsum(length) - length
        row = np.repeat(np.arange(self.size), length)
        return row, np.repeat(start - before, length) + np.arange(len(row))


def _places(rows: Sequence[Iterable[str] | Mapping[str, float]], places: Mapping[str, int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    lengths: list[int] = []
    out: list[int] = []
    for row in rows:
        before = len(out)
        out.extend(map(places.get, row, repeat(0)))
        lengths.append(len(out) - before)
    return np.repeat(np.arange(len(rows)), lengths), np.array(out, dtype=np.intp)


class Linear:
    """A sum of weights over words, one for each class. Weights are whole thousandths: their sum knows no order."""

    def __init__(self, model: Model, vocabulary: Vocabulary) -> None:
        self._bias = np.array(model.bias)
        self._table = model.linear
        self._vocabulary = vocabulary

    def scores(self, sheet: Sheet) -> Floats:
        """Shape (classes, rows)."""
        _, column, ends = sheet.words(self._vocabulary)
        sums = np.zeros((len(self._bias), len(column) + 1), dtype=np.int64)
        np.cumsum(self._table[:, column], axis=1, out=sums[:, 1:])
        out: Floats = (sums[:, ends[1:]] - sums[:, ends[:-1]]) / WORD_UNIT + self._bias[:, None]
        return out

    def share(self, words: Sequence[str], k: int = 0) -> list[tuple[str, float]]:
        """What each word adds, largest first: the explanation."""
        found = [(w, int(self._table[k, i]) / WORD_UNIT) for w, i in self._vocabulary.places(words).items()]
        return sorted((x for x in found if x[1]), key=lambda x: (-abs(x[1]), x[0]))


class Trees:
    """Boosted trees. Raw scores (log-odds), one for each class.

    Every inner node strikes out the leaves on its left when its number is above the threshold; the first leaf that no
    node strikes out is the tree's. So all nodes are asked at once, without a walk.
    """

    def __init__(self, model: Model, vocabulary: Vocabulary) -> None:
        self._classes = len(model.bias)
        self._count, leaves = model.value.shape
        self._value = (model.value / LEAF_UNIT).ravel()
        self._first = np.arange(self._count)[:, None] * leaves
        self._feature = model.feature.T.ravel().astype(np.intp)
        self._threshold = model.threshold.T.reshape(-1, 1).astype(np.float32)
        self._keep = ~model.left.T.reshape(-1, 1)
        self._names = len(model.names)
        self._linear = [(i, int(n[7:])) for i, n in enumerate(model.names) if n.startswith("linear_")]
        self._column = np.full(len(vocabulary.names) + 1, -1, dtype=np.intp)
        self._column[[vocabulary.names[n] for n in model.names]] = np.arange(len(model.names))
        self._vocabulary = vocabulary

    def scores(self, sheet: Sheet, linear: Floats) -> Floats:
        """Raw scores, shape (rows, classes)."""
        matrix = np.zeros((self._names, sheet.size), dtype=np.float32)
        row, place, value = sheet.numbers(self._vocabulary)
        column = self._column[place]
        inside = column >= 0
        matrix[column[inside], row[inside]] = value[inside]
        for i, k in self._linear:
            matrix[i] = linear[k]
        parts = [self._leaves(matrix[:, i : i + CHUNK]) for i in range(0, sheet.size, CHUNK)]
        out: Floats = np.concatenate(parts).reshape(sheet.size, -1, self._classes).sum(axis=1)
        return out

    def _leaves(self, matrix: NDArray[np.float32]) -> Floats:
        """The value of every tree, shape (rows, trees)."""
        above = matrix[self._feature] > self._threshold
        kept = np.where(above, self._keep, _ALL).reshape(-1, self._count, matrix.shape[1])
        leaf = _LOWEST[np.bitwise_and.reduce(kept, axis=0)]
        return np.ascontiguousarray(self._value[self._first + leaf].T)


class Stack:
    """A linear model whose scores join the numbers that the trees read."""

    def __init__(self, model: Model, vocabulary: Vocabulary) -> None:
        self.classes = model.classes
        self.linear = Linear(model, vocabulary)
        self.trees = Trees(model, vocabulary)

    def scores(self, sheet: Sheet) -> Floats:
        """Raw scores, shape (rows, classes); two classes share one column, the score of the second."""
        if not sheet.size:
            return np.zeros((0, 1 if len(self.classes) == 2 else len(self.classes)))
        return self.trees.scores(sheet, self.linear.scores(sheet))

    def chances(self, sheet: Sheet) -> Floats:
        """The chance of the second of two classes, shape (rows,)."""
        out: Floats = 1.0 / (1.0 + np.exp(-self.scores(sheet)[:, 0]))
        return out


def stacks(words: NDArray[np.uint32], models: Mapping[str, Model]) -> dict[str, Stack]:
    """Models that share their table of words, ready to decide."""
    names = dict.fromkeys(n for m in models.values() for n in m.names)
    vocabulary = Vocabulary(words, names)
    return {name: Stack(model, vocabulary) for name, model in models.items()}


def fitted(models: Mapping[str, Any]) -> dict[str, Stack]:
    """Models as they come from a fit, ready to decide."""
    return stacks(*arrays(models))


@lru_cache(maxsize=1)
def shipped() -> dict[str, Stack]:
    """The shipped models by decision."""
    return stacks(*read(FILE.read_text(encoding="utf-8")))


def _lowest_bits() -> NDArray[np.intp]:
    """The place of the lowest bit of every mask of leaves."""
    masks = np.arange(1 << 16)
    out = np.zeros(1 << 16, dtype=np.intp)
    for bit in range(15, -1, -1):
        out[masks >> bit & 1 == 1] = bit
    return out


_ALL = np.uint16(0xFFFF)
_LOWEST = _lowest_bits()
