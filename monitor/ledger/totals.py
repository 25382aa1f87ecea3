"""Totals without double counting. Pure: nodes in, sums and their reasons out.

Of every commitment that has parts only what no part has itemised yet is counted:

    own(c) = max(0, stated(c) - all parts ever itemised under it, cancelled and suspended ones included - restated(c))
    ITEMISED = sum of countable leaves; REMAINDER = sum of own(c) of countable commitments with parts; HEADLINE = both

A cancelled part thus takes its sum out of the headline, until a later statement of the whole confirms the total.
Each sum is a range. The headline's ends are those of one assignment each (every sum at its low end, every sum at its
high end, and what was cancelled the other way round): a plan of exactly 109 with a part of 30 to 50 has a headline of
109, itemised 30 to 50 and a remainder of 59 to 79.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import fsum
from typing import Any

from monitor.ledger.timeline import COUNTABLE, DEAD
from monitor.model import Totals

Pair = tuple[float, float]
ZERO: Pair = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Node:
    """A commitment as totals see it. Sums in euro; both ends None when no sum or no rate is known.

    `itemised` tells whether it ever was countable; `dead_since` since when it is cancelled or suspended; `stated_on`
    when its sum was last stated anew; `restated` the part of its sum that was announced before.
    """

    id: str
    low: float | None
    high: float | None
    status: str
    nature: str
    label: str = ""
    parents: frozenset[str] = frozenset()
    superseded_by: frozenset[str] = frozenset()
    restated_by: frozenset[str] = frozenset()
    restated: float = 0.0
    itemised: bool = True
    dead_since: date | None = None
    stated_on: date | None = None
    has_sum: bool = True
    rate_note: str = ""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def countable(self) -> bool:
        return self.status in COUNTABLE and not self.superseded_by

    @property
    def sums(self) -> Pair | None:
        """(low, high): "at least" has no higher end of its own, "up to" begins at nothing."""
        if self.low is None and self.high is None:
            return None
        low = self.low if self.low is not None else 0.0
        return (low, self.high if self.high is not None else low)


@dataclass(slots=True)
class Leaves:
    """Countable commitments that are tied to no other and restate nothing, by nature: each counts whole. There are many
    of them, so they bring no nodes and leave no lines."""

    sums: dict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))
    without_sum: int = 0

    def add(self, nature: str, low: float | None, high: float | None, has_sum: bool) -> None:
        """One commitment: the ends of its sum in euro, None for what is open, both None when no rate is known."""
        if low is not None:
            self.sums[nature].append((low, low if high is None else high))
        elif high is not None:
            self.sums[nature].append((0.0, high))
        elif not has_sum:
            self.without_sum += 1


@dataclass(frozen=True, slots=True)
class _Tree:
    nodes: Mapping[str, Node]
    parts: Mapping[str, tuple[Node, ...]]
    restated: Mapping[str, tuple[Node, ...]]
    refused: frozenset[tuple[str, str]]


def totals(
    nodes: Iterable[Node], leaves: Leaves | None = None, *, by: str | None = None, explain: bool = False
) -> Totals:
    """Sums in euro of commitments as of one moment. `by` groups the lines by one of `Node.groups`."""
    leaves = leaves or Leaves()
    tree = _tree(nodes)
    lines = [_line(tree, node) for node in tree.nodes.values()]
    natures: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        natures[line["nature"]].append(line)
    capital = natures.pop("capital", [])
    shown: Sequence[Mapping[str, Any]] = ()
    if by is not None:
        shown = _grouped(tree, lines, by)
    elif explain:
        shown = [*lines, *({"refused": list(edge), "why": "closes a circle of parts"} for edge in sorted(tree.refused))]
    return Totals(
        itemised=_sum([*(line["itemised"] for line in capital), *leaves.sums.get("capital", ())]),
        remainder=_sum(line["remainder"] for line in capital),
        headline=_headline(capital, leaves.sums.get("capital", ())),
        by_nature={
            nature: _headline(natures[nature], leaves.sums.get(nature, ()))
            for nature in sorted((natures.keys() | leaves.sums.keys()) - {"capital"})
            if _counted(natures[nature]) or nature in leaves.sums
        },
        without_sum=sum(1 for line in lines if line["counted"] == "without sum") + leaves.without_sum,
        lines=tuple(shown),
    )


def _tree(nodes: Iterable[Node]) -> _Tree:
    by_id = {node.id: node for node in nodes}
    edges = {(node.id, parent) for node in by_id.values() for parent in node.parents if parent in by_id}
    refused = frozenset(circular(edges))
    parts: dict[str, list[Node]] = defaultdict(list)
    for child, parent in sorted(edges - refused):
        if _takes(by_id[child], by_id[parent], by_id):
            parts[parent].append(by_id[child])
    restated: dict[str, list[Node]] = defaultdict(list)
    for node in by_id.values():
        for parent in sorted(node.restated_by):
            if parent in by_id and parent != node.id:
                restated[parent].append(node)
    return _Tree(by_id, {k: tuple(v) for k, v in parts.items()}, {k: tuple(v) for k, v in restated.items()}, refused)


def _takes(part: Node, whole: Node, nodes: Mapping[str, Node]) -> bool:
    """Whether a part takes its sum from the whole."""
    if not part.itemised:
        return False
    if any(whole.id in nodes[new].parents for new in part.superseded_by if new in nodes):
        return False  # its successor takes it
    if part.status in DEAD and part.dead_since is not None and whole.stated_on is not None:
        return part.dead_since >= whole.stated_on
    return True


def circular(edges: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The edges that lie on a circle. All of them are refused, so that nothing depends on which came first."""
    up: dict[str, list[str]] = defaultdict(list)
    for child, parent in edges:
        up[child].append(parent)
    component = _components(up)
    return {(c, p) for c, p in edges if component.get(c) == component.get(p)}


def _components(graph: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Tarjan's strongly connected components, without recursion: node to component number."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    out: dict[str, int] = {}
    stack: list[str] = []
    for root in sorted(graph):
        if root in order:
            continue
        work = [(root, iter(graph.get(root, ())))]
        order[root] = low[root] = len(order)
        stack.append(root)
        while work:
            node, rest = work[-1]
            for after in rest:
                if after not in order:
                    order[after] = low[after] = len(order)
                    stack.append(after)
                    work.append((after, iter(graph.get(after, ()))))
                    break
                if after not in out:
                    low[node] = min(low[node], order[after])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    while True:
                        member = stack.pop()
                        out[member] = order[node]
                        if member == node:
                            break
    return out


def _line(tree: _Tree, node: Node) -> dict[str, Any]:
    """What a commitment adds, and why."""
    line: dict[str, Any] = {
        "id": node.id,
        "label": node.label,
        "nature": node.nature,
        "status": node.status,
        "stated": node.sums,
        "itemised": ZERO,
        "remainder": ZERO,
        "ends": ZERO,
        "counted": "no",
        "why": "",
    }
    parts = tree.parts.get(node.id, ())
    if not node.countable:
        return {**line, "why": _why_not(node)}
    if node.sums is None:
        if node.has_sum:
            return {**line, "counted": "no rate", "why": node.rate_note or "no rate known"}
        return {**line, "counted": "without sum", "why": "no sum was given"}
    taken_by_restated = tree.restated.get(node.id, ())
    if not parts:
        own = _own(node, (), taken_by_restated)
        why = _with_restated("counted whole", node, taken_by_restated)
        return {**line, "counted": "itemised", "itemised": own[0], "ends": own[1], "why": why}
    own = _own(node, parts, taken_by_restated)
    why = _with_restated(_arithmetic(node, parts), node, taken_by_restated)
    return {**line, "counted": "remainder", "remainder": own[0], "ends": own[1], "why": why}


def _own(node: Node, parts: Sequence[Node], restated: Sequence[Node]) -> tuple[Pair, Pair]:
    """(range of what is left, what is left when every sum is at its low and at its high end)."""
    assert node.sums is not None
    # What is counted itself moves with the total's end; what is dead does not come back at the other end.
    live = _sum(p.sums or ZERO for p in parts if p.countable)
    dead = _sum(p.sums or ZERO for p in parts if not p.countable)
    before = _sum([(node.restated, node.restated), *(n.sums or ZERO for n in restated)])
    low, high = node.sums
    left = (
        max(0.0, low - live[1] - dead[1] - before[1]),
        max(0.0, high - live[0] - dead[0] - before[0]),
    )
    ends = (
        max(0.0, low - live[0] - dead[1] - before[0]),
        max(0.0, high - live[1] - dead[0] - before[1]),
    )
    return left, ends


def _headline(lines: Iterable[Mapping[str, Any]], leaves: Iterable[Pair] = ()) -> Pair:
    low, high = _sum([*(line["ends"] for line in lines), *leaves])
    return (min(low, high), max(low, high))


def _counted(lines: Iterable[Mapping[str, Any]]) -> bool:
    return any(line["counted"] in ("itemised", "remainder") for line in lines)


def _sum(pairs: Iterable[Pair]) -> Pair:
    """Rounded once, at the end, so that it does not depend on the order."""
    pairs = list(pairs)
    return (fsum([p[0] for p in pairs]), fsum([p[1] for p in pairs]))


def _why_not(node: Node) -> str:
    if node.superseded_by:
        return f"replaced by {', '.join(sorted(node.superseded_by))}"
    return {"rumoured": "only a rumour", "suspended": "suspended", "cancelled": "cancelled"}.get(
        node.status, node.status
    )


def _arithmetic(node: Node, parts: Sequence[Node]) -> str:
    assert node.sums is not None
    terms = " - ".join(f"{_money(p.sums)} ({p.id}{'' if p.countable else ', ' + _why_not(p)})" for p in parts)
    taken = _sum(p.sums or ZERO for p in parts)
    why = f"what its parts have not itemised: {_money(node.sums)} - {terms}"
    if taken[0] > node.sums[1]:
        why += f"; its parts are {_money((taken[0] - node.sums[1],) * 2)} above it"
    return why


def _with_restated(why: str, node: Node, restated: Sequence[Node]) -> str:
    terms = [f"{_money(n.sums)} ({n.id})" for n in restated]
    if node.restated:
        terms.append(_money((node.restated, node.restated)))
    return f"{why}, less announced before: {' + '.join(terms)}" if terms else why


def _money(sums: Pair | None) -> str:
    if sums is None:
        return "no sum"
    low, high = (f"{value / 1e9:.6g}" for value in sums)
    return f"{low} bn" if low == high else f"{low} to {high} bn"


def _grouped(tree: _Tree, lines: Sequence[Mapping[str, Any]], by: str) -> list[dict[str, Any]]:
    """A view by one dimension. A commitment of several investors or places stands under each whole, so the view is
    not to be added up."""
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines:
        if line["counted"] not in ("itemised", "remainder", "without sum"):
            continue
        for key in tree.nodes[line["id"]].groups.get(by, ()) or ("",):
            row = groups.setdefault(
                (key, line["nature"]),
                {by: key, "nature": line["nature"], "itemised": ZERO, "remainder": ZERO, "headline": ZERO, "count": 0},
            )
            row["itemised"] = _sum([row["itemised"], line["itemised"]])
            row["remainder"] = _sum([row["remainder"], line["remainder"]])
            row["headline"] = _sum([row["headline"], line["ends"]])
            row["count"] += 1
    for row in groups.values():
        row["headline"] = (min(row["headline"]), max(row["headline"]))
    if by == "nature":
        for row in groups.values():
            row["nature"] = row[by]
    order: Callable[[dict[str, Any]], tuple[float, str]] = lambda row: (-row["headline"][1], row[by])  # noqa: E731
    return sorted(groups.values(), key=order)
