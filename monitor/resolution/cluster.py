"""From judged pairs to commitments. The partition does not depend on the order in which mentions arrived.

Groups grow by joining the two likest ones first. How like two groups are is the mean log odds of all pairs between them,
so that one pair alone never joins two groups against the rest. Two mentions of one article never meet, unless one tells
the former sum of another; nor do mentions that a person judged different; a person's "same" joins the two groups that the
rest has made, whatever their likeness.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence

from monitor.model import Judgement, Mention

# A pair that was never judged shares no key: held to be this unlikely.
UNJUDGED = 0.05
# Log odds are cut here, so that one very sure pair does not outweigh several others.
CEILING = 6.0
JOIN_ABOVE = 0.0
# Share of the best pair in the likeness of two groups; the rest is the mean of all.
BEST_SHARE = 0.3


def _odds(score: float) -> float:
    score = min(1 - 1e-6, max(1e-6, score))
    return max(-CEILING, min(CEILING, math.log(score / (1 - score))))


class _Groups:
    """Groups of mention positions with what is judged between them."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self.members: dict[int, list[int]] = {i: [i] for i in range(len(mentions))}
        self.links = [set() if m.traits.get("restates") is not None else {m.link} for m in mentions]
        self.total: list[dict[int, float]] = [{} for _ in mentions]  # sums of log odds to each neighbour
        self.best: list[dict[int, float]] = [{} for _ in mentions]
        self.count: list[dict[int, int]] = [{} for _ in mentions]
        self.apart: list[set[int]] = [set() for _ in mentions]

    def add(self, i: int, j: int, odds: float) -> None:
        for a, b in ((i, j), (j, i)):
            self.total[a][b] = odds
            self.best[a][b] = odds
            self.count[a][b] = 1

    def separate(self, i: int, j: int) -> None:
        self.apart[i].add(j)
        self.apart[j].add(i)

    def likeness(self, i: int, j: int) -> float:
        pairs = len(self.members[i]) * len(self.members[j])
        missing = pairs - self.count[i][j]
        mean = (self.total[i][j] + missing * _odds(UNJUDGED)) / pairs
        return (1 - BEST_SHARE) * mean + BEST_SHARE * self.best[i][j]

    def may_join(self, i: int, j: int) -> bool:
        return j not in self.apart[i] and not self.links[i] & self.links[j]

    def join(self, i: int, j: int) -> None:
        """Group j becomes part of i."""
        self.members[i] = sorted(self.members[i] + self.members.pop(j))
        self.links[i] = self.links[i] | self.links[j]
        for k, odds in self.total[j].items():
            if k == i:
                continue
            self.total[i][k] = self.total[k][i] = self.total[i].get(k, 0.0) + odds
            self.best[i][k] = self.best[k][i] = max(self.best[i].get(k, -CEILING), self.best[j][k])
            self.count[i][k] = self.count[k][i] = self.count[i].get(k, 0) + self.count[j][k]
        for k in self.apart[j]:
            self.separate(i, k)
        for table in (self.total, self.best, self.count):
            for k in table[j]:
                table[k].pop(j, None)
            table[j] = {}


def partition(mentions: Sequence[Mention], judgements: Iterable[Judgement]) -> list[tuple[Mention, ...]]:
    """Groups in order of their first mention. Of several judgements on a pair a person's last one holds."""
    ordered = sorted(mentions, key=lambda m: (m.key, m.id))
    position = {m.id: i for i, m in enumerate(ordered)}
    groups = _Groups(ordered)
    decided: dict[tuple[int, int], Judgement] = {}
    for j in judgements:
        if j.left in position and j.right in position and j.left != j.right:
            a, b = sorted((position[j.left], position[j.right]))
            held = decided.get((a, b))
            if held is None or held.by == "engine" or j.by != "engine":
                decided[a, b] = j
    told_same = []
    for (a, b), j in sorted(decided.items(), key=lambda item: item[0]):
        if j.by != "engine" and j.verdict == "different":
            groups.separate(a, b)
        elif j.by != "engine" and j.verdict == "same":
            told_same.append((a, b))
        groups.add(a, b, _odds(j.score if j.by == "engine" else {"same": 1.0, "different": 0.0}.get(j.verdict, 0.5)))
    _grow(groups)
    _join_told(groups, told_same)
    _grow(groups)
    found = sorted(groups.members.values())
    return [tuple(ordered[i] for i in members) for members in found]


def _join_told(groups: _Groups, pairs: Sequence[tuple[int, int]]) -> None:
    """What people called the same is joined, unless people also called it different. Articles do not matter here: a
    person may well say that an article tells one decision twice."""
    home = {m: i for i, members in groups.members.items() for m in members}
    for a, b in pairs:
        i, j = sorted((home[a], home[b]))
        if i == j or j in groups.apart[i]:
            continue
        for m in groups.members[j]:
            home[m] = i
        groups.join(i, j)


def _grow(groups: _Groups) -> None:
    heap: list[tuple[float, int, int, int, int]] = []

    def push(i: int, j: int) -> None:
        i, j = min(i, j), max(i, j)
        like = groups.likeness(i, j)
        if like > JOIN_ABOVE and groups.may_join(i, j):
            heapq.heappush(heap, (-like, i, j, len(groups.members[i]), len(groups.members[j])))

    for i in list(groups.members):
        for j in groups.total[i]:
            if i < j:
                push(i, j)
    while heap:
        _, i, j, size_i, size_j = heapq.heappop(heap)
        if i not in groups.members or j not in groups.members:
            continue
        if (len(groups.members[i]), len(groups.members[j])) != (size_i, size_j) or not groups.may_join(i, j):
            continue  # stale: the pair was pushed again when one of them grew
        groups.join(i, j)
        for k in list(groups.total[i]):
            if k in groups.members:
                push(i, k)
