"""Features of two mentions, for one question: is the same decision meant? Symmetric, and of the two mentions alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.model import Mention
from monitor.resolution.names import best, nameless, shared

# Sums are the same within this share: rounding, and the rate of another day.
SAME_SUM = 0.025
ROUNDED_SUM = 0.07

FEATURES: tuple[str, ...] = (
    "payer", "payers_shared", "payer_unknown", "payer_differs", "public_both", "public_one",
    "taker", "taker_differs", "taker_one", "taker_is_payer",
    "sum_gap", "sum_same", "sum_exact", "sum_near", "sum_none", "sum_telling", "sum_bounds", "former", "beside",
    "place", "place_differs", "place_none",
    "purpose", "funding_one", "programme_one", "energy_one",
    "mark_same", "mark_differs", "mark_one",
    "role_same", "part_one", "whole_one", "both_alone",
    "extra", "horizon_same", "horizon_gap", "horizon_none",
    "near", "near_cover", "wide", "wide_cover", "head",
    "days", "status_end", "lead_both", "of_least", "rank_gap",
    "payer_sum", "payer_place", "place_sum", "taker_sum", "payer_former",
)  # fmt: skip


def _overlap(a: Sequence[str], b: Sequence[str]) -> tuple[float, float]:
    """Jaccard likeness of two word lists, and how far the shorter is covered."""
    if not a or not b:
        return 0.0, 0.0
    left, right = set(a), set(b)
    both = len(left & right)
    return both / (len(left) + len(right) - both), both / min(len(left), len(right))


def _ends(values: Sequence[float | None]) -> list[float]:
    return [v for v in values if v]


def _gap(a: float, b: float) -> float:
    return abs(a - b) / max(a, b)


def sum_gap(a: Mapping[str, Any], b: Mapping[str, Any]) -> float | None:
    """How far two sums are apart, as a share of the larger; natively in one currency, else in euro. None without both.

    A range is as near as its nearest end; a figure inside it is near."""
    (low_a, high_a, currency_a), (low_b, high_b, currency_b) = a["money"], b["money"]
    left, right = ([low_a, high_a], [low_b, high_b]) if currency_a == currency_b else (a["euros"], b["euros"])
    x, y = _ends(left), _ends(right)
    if not x or not y:
        return None
    return min(_gap(p, q) for p in x for q in y)


def _bounds_hold(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether one sum lies within the open or wide bounds of the other."""
    for wide, one in ((a["euros"], b["euros"]), (b["euros"], a["euros"])):
        low, high = wide
        point = _ends(one)
        if low == high or not point or (not low and not high):
            continue
        if (low is None or min(point) >= low * 0.97) and (high is None or max(point) <= high * 1.03):
            return True
    return False


def _names_former(a: Mapping[str, Any], b: Mapping[str, Any], which: str) -> bool:
    """Whether one names the sum of the other, as a former one or beside its own."""
    for teller, told in ((a, b), (b, a)):
        sums = _ends(told["money"][:2])
        if any(_gap(f, s) <= SAME_SUM for f in teller[which] for s in sums):
            return True
    return False


def _telling_sum(values: Sequence[float | None]) -> float:
    """How many digits tell a sum from others: 921 tells more than 1,000."""
    sums = _ends(values[:2])
    if not sums:
        return 0.0
    digits = max(len(f"{s:.0f}".rstrip("0")) for s in sums)
    return min(digits, 4) / 4


def _places(a: Sequence[Sequence[str]], b: Sequence[Sequence[str]]) -> float:
    """1 when a named place is the same, .5 when one lies in the other, else 0."""
    heads_a, heads_b = {k for p in a for k in p}, {k for p in b for k in p}
    if heads_a & heads_b:
        return 1.0
    words_a, words_b = {w for k in heads_a for w in k.split()}, {w for k in heads_b for w in k.split()}
    return 0.5 if {w for w in words_a & words_b if len(w) > 3} else 0.0


def _marks(a: Sequence[str], b: Sequence[str]) -> tuple[bool, bool, bool]:
    same = differs = False
    for kind in ("round", "part"):
        left = {m for m in a if m.startswith(kind)}
        right = {m for m in b if m.startswith(kind)}
        if left and right:
            same |= bool(left & right)
            differs |= not left & right
    return same, differs, bool(a) != bool(b)


def features(left: Mention, right: Mention) -> list[float]:
    """The features in the order of FEATURES, whichever mention is given first."""
    a, b = left.traits, right.traits
    ra, rb = left.record, right.record
    unknown = nameless(a["payers"]) or nameless(b["payers"])
    payer = best(a["payers"], b["payers"])
    taker = best(a["takers"], b["takers"])
    crossed = max(best(a["takers"], b["payers"]), best(a["payers"], b["takers"]))
    gap = sum_gap(a, b)
    same = gap is not None and gap <= SAME_SUM
    former = _names_former(a, b, "former")
    place = _places(a["places"], b["places"])
    has_places = bool(a["places"]) and bool(b["places"])
    public = [any(p["public"] for p in t["payers"]) for t in (a, b)]
    mark_same, mark_differs, mark_one = _marks(a["marks"], b["marks"])
    near, near_cover = _overlap(a["near"], b["near"])
    wide, wide_cover = _overlap(a["wide"], b["wide"])
    head, _ = _overlap(a["head"], b["head"])
    horizons = [h for h in (ra.horizon, rb.horizon) if h is not None]
    horizon_gap = abs(horizons[0] - horizons[1]) if len(horizons) == 2 else 0
    purposes = {ra.purpose, rb.purpose}
    roles = (a["role"], b["role"])
    later = a if left.key >= right.key else b
    ended = {"cancelled", "completed"}
    return [
        payer,
        shared(a["payers"], b["payers"]),
        float(unknown),
        float(not unknown and payer < 0.8),
        float(all(public)),
        float(public[0] != public[1]),
        taker,
        float(bool(a["takers"]) and bool(b["takers"]) and taker < 0.8),
        float(bool(a["takers"]) != bool(b["takers"])),
        crossed,
        1.0 if gap is None else min(gap, 1.0),
        float(same),
        float(gap is not None and gap <= 0.001 and a["money"][2] == b["money"][2]),
        float(gap is not None and gap <= ROUNDED_SUM),
        float(gap is None),
        min(_telling_sum(a["money"]), _telling_sum(b["money"])) if same else 0.0,
        float(_bounds_hold(a, b)),
        float(former),
        float(_names_former(a, b, "beside")),
        place,
        float(has_places and place == 0.0),
        float(not has_places),
        float(len(purposes) == 1),
        float(len(purposes) == 2 and "funding" in purposes),
        float(len(purposes) == 2 and "programme" in purposes),
        float(len(purposes) == 2 and "energy" in purposes),
        float(mark_same),
        float(mark_differs),
        float(mark_one),
        float(roles[0] == roles[1]),
        float((roles[0] in ("part", "both")) != (roles[1] in ("part", "both"))),
        float((roles[0] in ("whole", "both")) != (roles[1] in ("whole", "both"))),
        float(roles == ("alone", "alone")),
        later["cues"].get("extra", 0) / 4,
        float(len(horizons) == 2 and horizon_gap == 0),
        min(horizon_gap, 10) / 10,
        float(len(horizons) < 2),
        near,
        near_cover,
        wide,
        wide_cover,
        head,
        min(abs((left.valid_from - right.valid_from).days), 1500) / 1500,
        float((ra.status in ended) != (rb.status in ended)),
        float(a["lead"] and b["lead"]),
        min(a["of"], b["of"], 5) / 5,
        abs(a["rank"] - b["rank"]) / 5,
        payer * same,
        payer * place,
        place * same,
        max(taker, crossed) * same,
        payer * former,
    ]
