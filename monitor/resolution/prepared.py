"""Traits made ready for comparison: lists as sets, once for each mention, whatever the number of pairs it stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.model import Mention

# A sum is the same within this share (rounding, the rate of another day), and near within the second.
SAME_SUM = 0.025
NEAR_SUM = 0.07
# What the short and the long scale of "billion" differ by.
FALSE_FRIEND = 1000
STEM = 6
# Length of a region's path: country/region.
REGION = 2
# From this likeness on two places can be one: neighbours in a region are not.
ONE_PLACE = 0.3
# What two known places that cannot be one take from kinship.
APART = -0.6


class Who:
    """An actor: see `names.actor`."""

    __slots__ = ("ids", "local", "names", "owners", "public", "telling")

    def __init__(self, trait: Mapping[str, Any]) -> None:
        self.names = frozenset(trait["names"])
        self.telling = frozenset(trait["telling"])
        self.ids = frozenset(trait["ids"])
        self.owners = frozenset(trait["owners"])
        self.public = bool(trait["public"])
        self.local = bool(trait["local"])


def alike(a: Who, b: Who) -> float:
    """How far two actors are one: 1 the same, .9 one owns the other or a telling word is shared, .5 both belong to one
    owner, .3 two public bodies of which one is not known, else 0. Two known actors that are not related stay apart, and so do
    a state and its regions."""
    if a.public and b.public and a.local != b.local:
        return 0.0
    if a.ids and b.ids:
        if a.ids & b.ids:
            return 1.0
        if a.ids & b.owners or b.ids & a.owners:
            return 0.9
        return 0.5 if a.owners & b.owners else 0.0
    if a.names & b.names:
        return 1.0
    if a.telling & b.telling:
        return 0.9
    return 0.3 if a.public and b.public else 0.0


class Where:
    """A place: see `names.place`."""

    __slots__ = ("names", "paths")

    def __init__(self, trait: Mapping[str, Any]) -> None:
        self.names = frozenset(trait["names"])
        self.paths = tuple(tuple(p.split("/")) for p in trait["paths"])


def narrowest(places: Sequence[Where]) -> tuple[Where, ...]:
    """Without those that hold another one of the list: of "Lahti, Finland", Lahti."""
    kept = [p for p in places if not any(q is not p and _holds(p, q) for q in places)]
    return tuple(kept or places)


def _holds(outer: Where, inner: Where) -> bool:
    return any(len(p) < len(q) and q[: len(p)] == p for p in outer.paths for q in inner.paths)


def near(a: Where, b: Where) -> float:
    """How far two places are one: 1 for the same town; less for the same region or country, or when one lies in the other;
    little when both lie in one province or region; 0 when both are known and apart, or nothing is known. Of names that are
    not known the beginning counts ("Mediterráneo", "méditerranéen")."""
    if a.paths and b.paths:
        known = max(_path_likeness(p, q) for p in a.paths for q in b.paths)
        return max(known, 0.6) if a.names & b.names else known
    if a.names & b.names:
        return 1.0
    return 0.7 if {n[:STEM] for n in a.names if len(n) > STEM} & {n[:STEM] for n in b.names if len(n) > STEM} else 0.0


def _path_likeness(p: Sequence[str], q: Sequence[str]) -> float:
    common = 0
    for x, y in zip(p, q, strict=False):
        if x != y:
            break
        common += 1
    if common == len(p) == len(q):
        return (0.0, 0.6, 0.9, 1.0)[min(common, 3)]
    if common == min(len(p), len(q)):
        return (0.0, 0.5, 0.8, 0.9)[min(common, 3)]
    if common == 2 and len(p) != len(q):
        return 0.4  # an area without a province may hold the town
    return (0.0, 0.0, 0.2, 0.4)[min(common, 3)]


class Told:
    """One record of an article: enough of it to ask whether another record tells the same."""

    __slots__ = ("currency", "euros", "former", "funding", "open", "payers", "places", "sums", "takers", "wider")

    def __init__(self, trait: Mapping[str, Any]) -> None:
        self.payers = tuple(Who(a) for a in trait["payers"])
        self.takers = tuple(Who(a) for a in trait["takers"])
        every = [Where(p) for p in trait["places"]]
        self.places = narrowest(every)
        self.wider = tuple(p for p in every if any(len(path) == REGION for path in p.paths))
        low, high, self.currency = trait["money"]
        self.sums = tuple(v for v in (low, high) if v)
        self.open = low != high
        self.euros = tuple(trait["euros"])
        self.former = tuple(trait["former"])
        self.funding = bool(trait["funding"])


class Prepared(Told):
    """A mention ready for comparison; `others` are the other records of its article, `whole` the one it is part of."""

    __slots__ = ("beside", "cast", "cues", "head", "marks", "near", "others", "placed", "traits", "whole", "wide")

    def __init__(self, mention: Mention) -> None:
        t = mention.traits
        super().__init__(t)
        self.traits = t
        self.others = tuple(Told(o) for o in t["others"])
        self.whole = self.others[t["whole"]] if t["whole"] is not None else None
        self.near, self.wide, self.head = frozenset(t["near"]), frozenset(t["wide"]), frozenset(t["head"])
        self.cast = frozenset(t.get("cast", ()))
        self.placed = bool(t.get("placed", False))
        self.marks = frozenset(t["marks"])
        self.beside = tuple(t["beside"])
        self.cues: Mapping[str, int] = t["cues"]


def best(left: Sequence[Who], right: Sequence[Who]) -> float:
    """The likest pair of two lists of actors."""
    return max((alike(a, b) for a in left for b in right), default=0.0)


def named_in(payers: Sequence[Who], cast: frozenset[str]) -> float:
    """The share of payers that an article names anywhere, by a word that can stand for them alone. 0 without payers."""
    return sum(bool(w.telling & cast) for w in payers) / len(payers) if payers else 0.0


def places_named(places: Sequence[Where], other: Prepared) -> float:
    """The share of places that an article names anywhere, in whatever language. 0 without places."""
    known = {path for t in (other, *other.others) for p in (*t.places, *t.wider) for path in p.paths}
    named = (not known.isdisjoint(p.paths) or any(_stands(name, other.cast) for name in p.names) for p in places)
    return sum(named) / len(places) if places else 0.0


def _stands(name: str, cast: frozenset[str]) -> bool:
    telling = {w for w in name.split() if len(w) > 3} or {name}
    return telling <= cast


def shared(left: Sequence[Who], right: Sequence[Who]) -> tuple[float, float]:
    """The share of the shorter and of the longer list of actors that the other one names too."""
    if not left or not right:
        return 0.0, 0.0
    short, long = (left, right) if len(left) <= len(right) else (right, left)
    met = sum(any(alike(a, b) >= 0.9 for b in long) for a in short)
    return met / len(short), met / len(long)


def gap(a: float, b: float) -> float:
    return abs(a - b) / max(a, b)


def sum_gap(a: Told, b: Told) -> float | None:
    """How far two sums are apart, as a share of the larger: natively in one currency, else in euro. None without both.
    Of ranges the nearest ends count."""
    if not a.sums or not b.sums:
        return None
    if a.currency == b.currency:
        return min(gap(x, y) for x in a.sums for y in b.sums)
    left, right = [v for v in a.euros if v], [v for v in b.euros if v]
    return min((gap(x, y) for x in left for y in right), default=None)


def bounds_hold(a: Told, b: Told) -> bool:
    """Whether a figure lies within the open or wide bounds of the other sum."""
    for wide, one in ((a, b), (b, a)):
        low, high = wide.euros
        points = [v for v in one.euros if v]
        if wide.open and points and (low or high):
            least, most = min(points), max(points)
            if (not low or least >= low * 0.97) and (not high or most <= high * 1.03):
                return True
    return False


def names_former(a: Told, b: Told) -> bool:
    """Whether one names the sum of the other as a former one."""
    return any(gap(f, s) <= SAME_SUM for x, y in ((a, b), (b, a)) for f in x.former for s in y.sums)


def slip(a: Told, b: Told) -> bool:
    """Whether two sums have the same digits and another size: a zero too many, or a false friend ("billones", "billion"),
    which between two currencies is told by the factor of a thousand."""
    if a.currency == b.currency:
        return any(x != y and f"{x:.0f}".rstrip("0") == f"{y:.0f}".rstrip("0") for x in a.sums for y in b.sums)
    sizes = [(max(x, y), min(x, y)) for x in a.euros for y in b.euros if x and y]
    return any(gap(large, FALSE_FRIEND * small) <= NEAR_SUM for large, small in sizes)


def place_likeness(a: Told, b: Told) -> float:
    """The likeness of the two narrowest places, one of each, that are nearest to each other; a region that both name
    besides counts half."""
    narrow = max((near(p, q) for p in a.places for q in b.places), default=0.0)
    if narrow >= 0.5:
        return narrow
    wide = ((p, q) for p in (*a.places, *a.wider) for q in (*b.places, *b.wider) if p in a.wider or q in b.wider)
    return max([narrow, *(min(0.5, near(p, q)) for p, q in wide)])


def places_known(a: Told, b: Told) -> bool:
    """Whether both name a place that is known, so that they can be held apart."""
    return any(p.paths for p in a.places) and any(q.paths for q in b.places)


def kinship(a: Told, b: Told) -> float:
    """A rough likeness of two records by payer, recipient, sum and place, to ask which record of another article fits
    best. Between 0 and 5."""
    score = 0.3
    if a.payers and b.payers:
        score = best(a.payers, b.payers) + 0.7 * shared(a.payers, b.payers)[1] - 0.3
    place = place_likeness(a, b)
    apart = sum_gap(a, b)
    if apart is None:
        score += 1.2 if place >= 0.9 else 0.6
    elif apart <= SAME_SUM:
        score += 2.0
    elif apart <= NEAR_SUM:
        score += 1.3
    elif names_former(a, b):
        score += 1.6
    elif slip(a, b):
        score += 1.2
    elif bounds_hold(a, b):
        score += 0.8
    if a.places and b.places:
        score += place if place >= ONE_PLACE else APART if places_known(a, b) else 0.3
    else:
        score += 0.4
    if a.takers and b.takers:
        score += 0.8 * best(a.takers, b.takers)
    if a.funding != b.funding:
        score -= 0.8
    return score
