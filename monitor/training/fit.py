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

Floats = NDArray[np.float64]


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
    """`c` is the inverse strength of the linear penalty; the others are LightGBM's, under their usual meaning."""

    c: float = 0.1
    rounds: int = 250
    leaves: int = 12
    rate: float = 0.05
    least: int = 20
    l2: float = 5.0
    sampled: float = 0.3
    min_words: int = 3
    folds: int = 4


def fit(examples: Sequence[Example], classes: Sequence[str], options: Options | None = None) -> dict[str, Any]:
    """The weights of one decision, ready for JSON. Two classes: the second is the one scored.

    One thread: these problems are small, and threads that wait for each other cost ten times the work.
    """
    with threadpool_limits(1):
        return _fit(examples, classes, options or Options())


def _fit(examples: Sequence[Example], classes: Sequence[str], o: Options) -> dict[str, Any]:
    answers = np.array([list(classes).index(e.answer) for e in examples])
    weights = np.array([e.weight for e in examples])
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
    return {
        "classes": list(classes),
        "linear": _linear_json(linear, vocabulary, len(classes)),
        "trees": _trees_json(trees, names),
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
        values = [round(float(x), 3) for x in weights[:, i]]
        if max(abs(x) for x in values) >= 0.01:
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


def _trees_json(model: lightgbm.Booster, names: Sequence[str]) -> dict[str, Any]:
    """The trees flattened into arrays; a leaf points to itself, so that all are walked for the same number of steps."""
    dumped = model.dump_model()
    out: dict[str, Any] = {"feature": [], "threshold": [], "left": [], "right": [], "value": [], "roots": []}
    used: dict[int, int] = {}
    depth = 1
    for tree in dumped["tree_info"]:
        out["roots"].append(len(out["feature"]))
        depth = max(depth, _flatten(tree["tree_structure"], out, used, 0))
    return {
        **out,
        "names": [names[i] for i in used],
        "base": [0.0] * int(dumped["num_tree_per_iteration"]),
        "depth": depth,
    }


def _flatten(node: Mapping[str, Any], out: dict[str, Any], used: dict[int, int], depth: int) -> int:
    """Appends a node and all below it; the depth reached."""
    here = len(out["feature"])
    leaf = "leaf_value" in node
    out["feature"].append(0 if leaf else used.setdefault(int(node["split_feature"]), len(used)))
    out["threshold"].append(0.0 if leaf else float(f"{float(node['threshold']):.6g}"))
    out["left"].append(here)
    out["right"].append(here)
    out["value"].append(round(float(node["leaf_value"]), 5) if leaf else 0.0)
    if leaf:
        return depth
    deepest = depth
    for side in ("left", "right"):
        out[side][here] = len(out["feature"])
        deepest = max(deepest, _flatten(node[f"{side}_child"], out, used, depth + 1))
    return deepest
