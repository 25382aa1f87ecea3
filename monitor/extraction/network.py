"""Evaluates the network that reads a text as a whole; numpy only. Its weights are a data file made by `monitor train`.

Items are embedded, mixed with their neighbours by gated convolutions; then the mentions (sums, actors, pronouns,
deadlines, places, openings of sentences) look at all items and at each other, and pairs of them are scored. All scores are
log-odds, or differ from log-chances by a constant.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.extraction.analysis import Analysis
from monitor.extraction.items import MENTIONS, Ints, Window, relations, windows
from monitor.extraction.places import PlaceMention
from monitor.extraction.weights import packed, unpacked

Floats = NDArray[np.float32]
Weights = Mapping[str, Floats]
FILE = Path(__file__).with_name("network.json")
HEADS = 4
# How far the neighbours lie that each convolution mixes in.
REACH = (1, 2, 4, 8, 1, 2)
ROUNDS = 2
# What a sum is asked about, and the mentions that answer.
ANSWERS = {"payer": "references", "recipient": "references", "deadline": "deadlines", "place": "places", "part": "sums"}
KINDS = ("commitment", "status", "purpose")


@dataclass(slots=True)
class Reading:
    """Scores by decision. `of_sum[decision][sum]` is a row of scores by class; `of_pair[decision][sum, other]` one score,
    the other by its number in the analysis. What the network was not asked is absent."""

    of_sum: dict[str, dict[int, Floats]] = field(default_factory=lambda: {k: {} for k in KINDS})
    of_pair: dict[str, dict[tuple[int, int], float]] = field(default_factory=lambda: {k: {} for k in ANSWERS})


@dataclass(frozen=True, slots=True)
class Names:
    """What the rows of the tables stand for, in order."""

    words: Sequence[str]
    senses: Sequence[str]
    marks: Sequence[str]


class Network:
    """Members of one kind that learnt the same from other beginnings: what they say is averaged."""

    def __init__(self, names: Names, weights: Sequence[Weights]) -> None:
        """`names` are those of all; `weights`, those of each member."""
        self.names = names
        self._words, self._senses = ({x: i for i, x in enumerate(table, 1)} for table in (names.words, names.senses))
        self._marks = {x: i for i, x in enumerate(names.marks)}
        self.members = [Member(w) for w in weights]

    def read(self, a: Analysis, places: Sequence[PlaceMention]) -> Reading:
        """What the network makes of an article."""
        out, *others = [Reading() for _ in self.members]
        for window in windows(a, places):
            coded = self.coded(window)
            for member, reading in zip(self.members, (out, *others), strict=True):
                member.read(window, coded, reading)
        return _averaged(out, others) if others else out

    def coded(self, window: Window) -> Coded:
        """A window in the numbers that all members look up."""
        marks = np.zeros((len(window.kinds), len(self._marks)), dtype=np.float32)
        for item, name, value in window.marks:
            place = self._marks.get(name)
            if place is not None:
                marks[item, place] = value
        words = [self._words.get(word, 0) for word in window.words]
        return Coded(words, [self._senses.get(sense, 0) for sense in window.senses], marks, relations(window))


@dataclass(frozen=True, slots=True)
class Coded:
    """The rows of a window's items in the tables of words and senses (from 1 on, 0 being for all others), its marks, shape
    (items, marks), and its `relations`."""

    words: Sequence[int]
    senses: Sequence[int]
    marks: Floats
    relations: tuple[Ints, Ints, Ints]


class Member:
    """One network's weights."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights

    def read(self, window: Window, coded: Coded, out: Reading) -> None:
        """Adds what is read in a window."""
        at, between, to_items = coded.relations
        items = self._items(window, coded)
        z = items[at]
        for n in range(ROUNDS):
            z = z + self._look(f"look.{n}", z, items, to_items)
            z = z + self._look(f"meet.{n}", z, None, between)
            h = _gelu(self._affine(f"think.{n}.in", self._norm(f"think.{n}.norm", z)))
            z = z + self._affine(f"think.{n}.out", h)
        z = self._norm("norm", z)
        ends = np.cumsum([0] + [len(m.at) for m in window.mentions])
        spans = {name: slice(ends[i], ends[i + 1]) for i, name in enumerate(MENTIONS)}
        sums = z[spans["sums"]]
        for name in KINDS:
            scores = self._affine(f"{name}.out", _gelu(self._affine(f"{name}.in", sums)))
            out.of_sum[name].update(zip(window.sums.of, scores, strict=True))
        for name, group in ANSWERS.items():
            span, of = spans[group], getattr(window, group).of
            scores = self._pairs(name, sums, z[span], between[spans["sums"], span])
            for i, site in enumerate(window.sums.of):
                _together(out.of_pair[name], site, of, scores[i])

    def _items(self, w: Window, coded: Coded) -> Floats:
        t = self.weights
        x = t["word"][coded.words] + t["prefix"][w.prefixes] + t["suffix"][w.suffixes]
        x += t["kind"][w.kinds] + t["sense"][coded.senses]
        x = self._norm("items", x + coded.marks @ t["marks"] + t["marks.bias"])
        for n, reach in enumerate(REACH):
            x = x + self._mix(f"mix.{n}", x, reach)
        return x

    def _mix(self, name: str, x: Floats, reach: int) -> Floats:
        y = self._norm(f"{name}.norm", x)
        kernel, size = self.weights[f"{name}.kernel"], len(y)
        mixed = y @ kernel[1] + self.weights[f"{name}.bias"]
        if size > reach:
            mixed[reach:] += y[:-reach] @ kernel[0]
            mixed[:-reach] += y[reach:] @ kernel[2]
        value, gate = np.split(mixed, 2, axis=1)
        out: Floats = value / (1 + np.exp(-gate))
        return out

    def _look(self, name: str, z: Floats, items: Floats | None, relation: NDArray[np.intp]) -> Floats:
        mine = self._norm(f"{name}.norm", z)
        theirs = mine if items is None else self._norm(f"{name}.items", items)
        q, k, v = (
            self._affine(f"{name}.{part}", x).reshape(len(x), HEADS, -1).transpose(1, 0, 2)
            for part, x in (("query", mine), ("key", theirs), ("value", theirs))
        )
        scores = q @ k.transpose(0, 2, 1) / np.float32(np.sqrt(q.shape[2])) + self.weights[f"{name}.relation"][relation].transpose(2, 0, 1)
        scores = np.exp(scores - scores.max(axis=2, keepdims=True))
        scores /= scores.sum(axis=2, keepdims=True)
        return self._affine(f"{name}.out", (scores @ v).transpose(1, 0, 2).reshape(len(z), -1))

    def _pairs(self, name: str, sums: Floats, others: Floats, relation: NDArray[np.intp]) -> Floats:
        mine, theirs = self._affine(f"{name}.sum", sums), others @ self.weights[f"{name}.other"]
        hidden = _gelu(mine[:, None] + theirs[None] + self.weights[f"{name}.relation"][relation])
        out: Floats = hidden @ self.weights[f"{name}.out"] + self.weights[f"{name}.bias"]
        return out

    def _affine(self, name: str, x: Floats) -> Floats:
        out: Floats = x @ self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        return out

    def _norm(self, name: str, x: Floats) -> Floats:
        centred = x - x.mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt((centred * centred).mean(axis=1, keepdims=True) + 1e-5)
        out: Floats = scaled * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        return out


def _averaged(one: Reading, others: Sequence[Reading]) -> Reading:
    """The mean of log-odds, and of log-chances where one of several answers is chosen."""
    share = np.float32(1 / (1 + len(others)))
    for kind, scores in one.of_sum.items():
        for site in scores:
            row = [r.of_sum[kind][site] for r in (one, *others)]
            scores[site] = np.sum(row if len(row[0]) == 1 else log_chances(np.array(row)), axis=0) * share
    for kind, pairs in one.of_pair.items():
        for pair in pairs:
            pairs[pair] = sum(r.of_pair[kind][pair] for r in (one, *others)) * float(share)
    return one


def log_odds(chance: float) -> float:
    """Of a chance, kept from the ends."""
    mine = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(mine / (1 - mine))


def joined(chance: float, score: float | None, share: float) -> float:
    """A chance moved towards other log-odds, mostly the network's, by their share; as it is where there are none."""
    if score is None:
        return chance
    odds = (1 - share) * log_odds(chance) + share * score
    return 1 / (1 + math.exp(-min(max(odds, -50.0), 50.0)))


def log_chances(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Scores by class (last axis) as logarithms of chances."""
    even = scores.astype(np.float64) - scores.max(axis=-1, keepdims=True)
    out: NDArray[np.float64] = even - np.log(np.exp(even).sum(axis=-1, keepdims=True))
    return out


def _gelu(x: Floats) -> Floats:
    """In its tanh form, as it is trained."""
    out: Floats = 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x * x * x)))
    return out


def _together(out: dict[tuple[int, int], float], site: int, of: Sequence[int], scores: Floats) -> None:
    """One score for each actor or place: any of its mentions may be the one."""
    for other, score in zip(of, scores.tolist(), strict=True):
        known = out.get((site, other))
        out[site, other] = score if known is None else float(np.logaddexp(known, score))


def write(names: Names, weights: Sequence[Weights]) -> str:
    """The file's text, in ASCII, which takes least memory to read: tables as bytes with one scale a row, packed as base64 of
    zlib. The same weights give the same text."""
    members = [{name: _packed(table) for name, table in sorted(one.items())} for one in weights]
    data = {"words": "\n".join(names.words), "senses": "\n".join(names.senses), "marks": list(names.marks), "members": members}
    return json.dumps(data, sort_keys=True, indent=0) + "\n"


def _packed(table: Floats) -> dict[str, Any]:
    rows = table.reshape(-1, table.shape[-1])
    scale = np.maximum(np.abs(rows).max(axis=1), 1e-9).astype("<f4") / 127
    return {"shape": list(table.shape), "scale": packed(scale, "<f4"), "rows": packed(np.rint(rows / scale[:, None]), "i1")}


def read(text: str) -> Network:
    """The network of a file's text."""
    data = json.loads(text)
    del text
    names = Names(data["words"].split("\n"), data["senses"].split("\n"), data["marks"])
    return Network(names, [{name: _table(tables.pop(name)) for name in sorted(tables)} for tables in data["members"]])


def _table(data: Mapping[str, Any]) -> Floats:
    scale = unpacked(data["scale"], "<f4", math.prod(data["shape"][:-1]))
    out: Floats = np.multiply(unpacked(data["rows"], "i1", len(scale)), scale, dtype=np.float32).reshape(data["shape"])
    return out


@lru_cache(maxsize=1)
def shipped() -> Network:
    """The shipped network."""
    return read(FILE.read_text(encoding="utf-8"))
