"""Features of two mentions, for one question: is the same decision meant? Symmetric, and of the two mentions alone."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import Mention
from monitor.resolution.prepared import (
    NEAR_SUM,
    ONE_PLACE,
    SAME_SUM,
    Prepared,
    Told,
    best,
    bounds_hold,
    gap,
    kinship,
    named_in,
    names_former,
    place_likeness,
    places_known,
    places_named,
    shared,
    slip,
    sum_gap,
)

FEATURES: tuple[str, ...] = (
    "payer", "payers_shared", "payers_equal", "payer_unknown", "payer_differs", "public_both", "public_one",
    "taker", "taker_differs", "taker_one", "taker_is_payer",
    "sum_gap", "sum_same", "sum_exact", "sum_near", "sum_none", "sum_telling", "sum_bounds", "sum_slip", "former", "beside",
    "place", "place_differs", "place_none",
    "purpose", "funding_one", "programme_one", "energy_one",
    "mark_same", "mark_differs", "mark_one",
    "role_same", "part_one", "whole_one", "both_alone", "whole_payer", "whole_sum", "kin",
    "rival", "company", "extra", "horizon_same", "horizon_gap", "horizon_none",
    "near", "near_cover", "wide", "wide_cover", "head",
    "days", "status_end", "lead_both", "of_least", "rank_gap",
    "payer_sum", "taker_sum", "payer_former",
    "payer_named", "payers_named", "change_told", "rival_free", "sure", "given",
    "placed_apart", "place_named", "places_named",
)  # fmt: skip
# Without other records nothing speaks for or against: about what a fair match leaves its rivals behind by.
NO_RIVAL = -1.0
# What parts of one whole gain in kinship, and parts of two lose.
WHOLE_COUNTS = 1.0
ENDED = frozenset({"cancelled", "completed"})


def _overlap(a: frozenset[str], b: frozenset[str]) -> tuple[float, float]:
    """Jaccard likeness of two word sets, and how far the smaller is covered."""
    if not a or not b:
        return 0.0, 0.0
    both = len(a & b)
    return both / (len(a) + len(b) - both), both / min(len(a), len(b))


def _stands_beside(a: Prepared, b: Prepared) -> bool:
    return any(gap(f, s) <= SAME_SUM for x, y in ((a, b), (b, a)) for f in x.beside for s in y.sums)


def _telling_sum(sums: Sequence[float]) -> float:
    """How many digits tell a sum from others: 921 tells more than 1,000."""
    digits = max((len(f"{s:.0f}".rstrip("0")) for s in sums), default=0)
    return min(digits, 4) / 4


def _marks(a: frozenset[str], b: frozenset[str]) -> tuple[bool, bool, bool]:
    same = differs = False
    for kind in ("round", "part"):
        left = {m for m in a if m.startswith(kind)}
        right = {m for m in b if m.startswith(kind)}
        if left and right:
            same |= bool(left & right)
            differs |= not left & right
    return same, differs, bool(a) != bool(b)


def other_round(a: Prepared, b: Prepared) -> bool:
    """Whether two funding records name different rounds by letter: each round is its own."""
    left = {m for m in a.marks if m.startswith("round")}
    right = {m for m in b.marks if m.startswith("round")}
    return a.funding and b.funding and bool(left) and bool(right) and not left & right


def _whole(a: Prepared, b: Prepared) -> tuple[float, float]:
    """Whether two parts are of one whole, by its payer and by its sum: 1 or -1, 0 when that is not known."""
    if a.whole is None or b.whole is None:
        return 0.0, 0.0
    payer = 0.0
    if a.whole.payers and b.whole.payers:
        payer = 1.0 if best(a.whole.payers, b.whole.payers) >= 0.5 else -1.0
    apart = sum_gap(a.whole, b.whole)
    if apart is None:
        return payer, 0.0
    return payer, 1.0 if apart <= NEAR_SUM or names_former(a.whole, b.whole) else -1.0


def _rivals(a: Prepared, b: Prepared, own: float) -> tuple[float, float, float]:
    """How much better one of the two fits another record of the other's article; the same without the rivals that fit a
    third record still better; and how well the articles agree beside this pair. `own` is the kinship of the two."""
    of_a, of_b = [kinship(a, o) for o in b.others], [kinship(o, b) for o in a.others]
    beside = [[kinship(o, p) for p in b.others] for o in a.others]
    rows, columns = [max(row, default=0.0) for row in beside], [max(c) for c in zip(*beside, strict=True)]
    free = [min(k, 2 * k - third) for k, third in zip(of_a, columns or of_a, strict=True)]
    free += [min(k, 2 * k - third) for k, third in zip(of_b, rows, strict=True)]
    rival = max((*of_a, *of_b), default=own + NO_RIVAL) - own
    return rival, max(free, default=own + NO_RIVAL) - own, max(rows, default=0.0)


def _change_told(earlier: Prepared, later: Prepared) -> float:
    """How plainly the later article tells of a change the way the sums differ: 1 by the record's status, less by words."""
    native = earlier.currency == later.currency
    before, now = (max((v for v in (t.sums if native else t.euros) if v), default=0.0) for t in (earlier, later))
    if not before or not now or gap(before, now) <= SAME_SUM:
        return 0.0
    status, cue = ("raised", "raise") if now > before else ("reduced", "reduce")
    if later.traits["status"] == status:
        return 1.0
    return later.cues.get(cue, 0) / 5


def features(left: Mention, right: Mention, a: Prepared, b: Prepared) -> list[float]:
    """The features in the order of FEATURES, whichever mention is given first; `a` and `b` are the two made ready."""
    ra, rb = left.record, right.record
    payer = best(a.payers, b.payers)
    some, all_ = shared(a.payers, b.payers)
    unknown = not (any(w.telling or w.ids for w in a.payers) and any(w.telling or w.ids for w in b.payers))
    taker = best(a.takers, b.takers)
    crossed = max(best(a.takers, b.payers), best(a.payers, b.takers))
    apart = sum_gap(a, b)
    same = apart is not None and apart <= SAME_SUM
    former = names_former(a, b)
    place = place_likeness(a, b)
    known = places_known(a, b)
    public = [any(p.public for p in t.payers) for t in (a, b)]
    mark_same, mark_differs, mark_one = _marks(a.marks, b.marks)
    near, near_cover = _overlap(a.near, b.near)
    wide, wide_cover = _overlap(a.wide, b.wide)
    head, _ = _overlap(a.head, b.head)
    whole_payer, whole_sum = _whole(a, b)
    kin = kinship(a, b) + WHOLE_COUNTS * min(whole_payer, whole_sum)
    rival, rival_free, company = _rivals(a, b, kin)
    named = (named_in(a.payers, b.cast), named_in(b.payers, a.cast))
    placed = (places_named(a.places, b), places_named(b.places, a))
    ha, hb = ra.horizon, rb.horizon
    horizon_gap = abs(ha - hb) if ha is not None and hb is not None else None
    purposes = {ra.purpose, rb.purpose}
    roles = (a.traits["role"], b.traits["role"])
    earlier, later = (b, a) if left.key >= right.key else (a, b)
    return [
        payer,
        some,
        all_,
        float(unknown),
        float(not unknown and payer < 0.5),
        float(all(public)),
        float(public[0] != public[1]),
        taker,
        float(bool(a.takers) and bool(b.takers) and taker < 0.5),
        float(bool(a.takers) != bool(b.takers)),
        crossed,
        1.0 if apart is None else min(apart, 1.0),
        float(same),
        float(apart is not None and apart <= 0.001 and a.currency == b.currency),
        float(apart is not None and apart <= NEAR_SUM),
        float(apart is None),
        min(_telling_sum(a.sums), _telling_sum(b.sums)) if same else 0.0,
        float(bounds_hold(a, b)),
        float(slip(a, b)),
        float(former),
        float(_stands_beside(a, b)),
        place,
        float(known and place < ONE_PLACE),
        float(not known and place == 0.0),
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
        whole_payer,
        whole_sum,
        kin,
        max(-2.0, min(rival, 2.0)),
        company,
        later.cues.get("extra", 0) / 4,
        float(horizon_gap == 0),
        min(horizon_gap or 0, 10) / 10,
        float(horizon_gap is None),
        near,
        near_cover,
        wide,
        wide_cover,
        head,
        min(abs((left.valid_from - right.valid_from).days), 1500) / 1500,
        float((ra.status in ENDED) != (rb.status in ENDED)),
        float(a.traits["lead"] and b.traits["lead"]),
        min(a.traits["of"], b.traits["of"], 5) / 5,
        abs(a.traits["rank"] - b.traits["rank"]) / 5,
        payer * same,
        max(taker, crossed) * same,
        payer * former,
        max(named),
        min(named),
        _change_told(earlier, later),
        max(-2.0, min(rival_free, 2.0)),
        min(ra.confidence, rb.confidence),
        float(min(ra.confidence, rb.confidence) >= 1.0),
        float(known and place < ONE_PLACE and a.placed and b.placed),
        max(placed),
        min(placed),
    ]


__all__ = ["FEATURES", "Prepared", "Told", "features"]
