"""Fits one decision: a linear model over words, out of fold, whose scores join the numbers for boosted trees.

Deterministic for the same examples. Needs scikit-learn and LightGBM (the `train` extra).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.multiclass import OneVsRestClassifier
from threadpoolctl import threadpool_limits

from monitor.extraction.weights import LEAF_UNIT, MOST_LEAVES, WORD_UNIT

Floats = NDArray[np.float64]
# Words that weigh less than this many units are left out: half the memory, and no loss on writers held out.
LEAST_WEIGHT = 45


@dataclass(frozen=True, slots=True)
class Example:
    """One thing to decide: numbers, words, the answer, and the group (document) that must not be split over folds."""

    numbers: Mapping[str, float]
    words: Sequence[str]
    answer: str
    group: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Options:
    """`c` is the inverse strength of the linear penalty; `rare` how much rare answers count more (0 not at all, 1 as much as
    all common ones together); the others are LightGBM's, under their usual meaning."""

    c: float = 0.1
    rounds: int = 250
    leaves: int = 12
    rate: float = 0.05
    least: int = 20
    l2: float = 5.0
    sampled: float = 0.3
    min_words: int = 3
    folds: int = 4
    rare: float = 0.0


def fit(examples: Sequence[Example], classes: Sequence[str], options: Options | None = None) -> dict[str, Any]:
    """The weights of one decision, ready for `monitor.extraction.weights`. Two classes: the second is the one scored.

    One thread: these problems are small, and threads that wait for each other cost ten times the work.
    """
    options = options or Options()
    if not 2 <= options.leaves <= MOST_LEAVES:
        raise ValueError(f"a tree has 2 to {MOST_LEAVES} leaves")
    with threadpool_limits(1):
        return _fit(examples, classes, options)


def _fit(examples: Sequence[Example], classes: Sequence[str], o: Options) -> dict[str, Any]:
    answers = np.array([list(classes).index(e.answer) for e in examples])
    share = np.bincount(answers, minlength=len(classes))[answers] * len(classes) / len(answers)
    weights = np.array([e.weight for e in examples]) / share**o.rare
    groups = np.array([hash_group(e.group) for e in examples])
    vocabulary = _vocabulary(examples, o.min_words)
    matrix = _matrix(examples, vocabulary)
    out_of_fold = np.zeros((len(examples), 1 if len(classes) == 2 else len(classes)))
    for train, test in GroupKFold(n_splits=o.folds).split(matrix, answers, groups):
        out_of_fold[test] = _linear_scores(_linear(matrix[train], answers[train], weights[train], o), matrix[test], len(classes))
    linear = _linear(matrix, answers, weights, o)
    names = sorted(
        name for name, n in Counter(k for e in examples for k, v in e.numbers.items() if v).items() if n >= o.least
    ) + [f"linear_{k}" for k in range(out_of_fold.shape[1])]
    table = _table(examples, names, out_of_fold)
    trees = _boost(table, answers, weights, len(classes), o)
    used: dict[int, int] = {}
    made = _trees_json(trees, used, o.leaves)
    return {
        "classes": list(classes),
        "names": [names[i] for i in used],
        **_linear_json(linear, vocabulary, len(classes)),
        "trees": made,
    }


def hash_group(group: str) -> int:
    """A number for a group that does not change from run to run."""
    return int.from_bytes(group.encode()[-8:].rjust(8, b"\0"), "big") ^ (len(group) << 40)


def _vocabulary(examples: Sequence[Example], least: int) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for e in examples:
        counts.update(set(e.words))
    return {w: i for i, w in enumerate(sorted(w for w, n in counts.items() if n >= least))}


def _matrix(examples: Sequence[Example], vocabulary: Mapping[str, int]) -> csr_matrix:
    rows, columns = [], []
    for i, e in enumerate(examples):
        for w in set(e.words):
            column = vocabulary.get(w)
            if column is not None:
                rows.append(i)
                columns.append(column)
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(examples), max(1, len(vocabulary))))


def _linear(matrix: csr_matrix, answers: NDArray[np.int64], weights: Floats, o: Options) -> Any:
    binary = LogisticRegression(C=o.c, max_iter=200, solver="liblinear", tol=1e-2, random_state=7)
    if len(np.unique(answers)) <= 2:
        return binary.fit(matrix, answers, sample_weight=weights)
    return OneVsRestClassifier(binary).fit(matrix, answers)


def _linear_scores(model: Any, matrix: csr_matrix, classes: int) -> Floats:
    raw: Floats = model.decision_function(matrix)
    if classes == 2:
        return raw[:, None]
    out = np.full((matrix.shape[0], classes), -8.0)
    if raw.ndim == 1:
        out[:, model.classes_[1]] = raw
        return out
    for column, k in enumerate(model.classes_):
        out[:, k] = raw[:, column]
    return out


def _table(examples: Sequence[Example], names: Sequence[str], linear: Floats) -> Floats:
    column = {n: i for i, n in enumerate(names)}
    table = np.zeros((len(examples), len(names)))
    for i, e in enumerate(examples):
        for name, v in e.numbers.items():
            j = column.get(name)
            if j is not None:
                table[i, j] = v
    for k in range(linear.shape[1]):
        table[:, column[f"linear_{k}"]] = linear[:, k]
    return table


def _linear_json(model: Any, vocabulary: Mapping[str, int], classes: int) -> dict[str, Any]:
    if classes == 2:
        bias, weights = [float(model.intercept_[0])], model.coef_
    else:
        bias, weights = [-8.0] * classes, np.zeros((classes, len(vocabulary)))
        for one, k in zip(model.estimators_, model.classes_, strict=True):
            bias[k] = float(one.intercept_[0])
            weights[k] = one.coef_[0]
    words = {}
    for w, i in vocabulary.items():
        values = [round(float(x) * WORD_UNIT) for x in weights[:, i]]
        if max(abs(x) for x in values) >= LEAST_WEIGHT:
            words[w] = values
    return {"bias": [round(x, 4) for x in bias], "weights": words}


def _boost(table: Floats, answers: NDArray[np.int64], weights: Floats, classes: int, o: Options) -> lightgbm.Booster:
    settings = {
        "objective": "binary" if classes == 2 else "multiclass", "num_leaves": o.leaves, "learning_rate": o.rate,
        "min_data_in_leaf": o.least, "lambda_l2": o.l2, "feature_fraction": o.sampled, "bagging_fraction": 0.7,
        "bagging_freq": 1, "seed": 7, "deterministic": True, "force_col_wise": True, "num_threads": 1, "verbose": -1,
        "boost_from_average": True,
    }  # fmt: skip
    if classes > 2:
        settings["num_class"] = classes
    return lightgbm.train(settings, lightgbm.Dataset(table, answers, weight=weights), o.rounds)


def _trees_json(model: lightgbm.Booster, used: dict[int, int], leaves: int) -> dict[str, Any]:
    """The trees as rows of equal length; `used` gives each number that is asked its place, in order of first use."""
    out: dict[str, Any] = {"feature": [], "threshold": [], "left": [], "value": []}
    for tree in model.dump_model()["tree_info"]:
        one: dict[str, Any] = {key: [] for key in out}
        _flatten(tree["tree_structure"], one, used)
        for key, rest, length in (("feature", 0, leaves - 1), ("threshold", 0.0, leaves - 1), ("left", 0, leaves - 1), ("value", 0, leaves)):
            out[key].append(one[key] + [rest] * (length - len(one[key])))
    return out


def _flatten(node: Mapping[str, Any], out: dict[str, Any], used: dict[int, int]) -> None:
    """Appends a node and all below it; a node knows its left leaves as the bits of a mask, counted from the left."""
    if "leaf_value" in node:
        out["value"].append(round(float(node["leaf_value"]) * LEAF_UNIT))
        return
    here = len(out["feature"])
    out["feature"].append(used.setdefault(int(node["split_feature"]), len(used)))
    out["threshold"].append(float(f"{float(node['threshold']):.6g}"))
    out["left"].append(0)
    first = len(out["value"])
    _flatten(node["left_child"], out, used)
    out["left"][here] = (1 << len(out["value"])) - (1 << first)
    _flatten(node["right_child"], out, used)
