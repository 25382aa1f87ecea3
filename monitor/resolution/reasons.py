"""Why two mentions were held to be of one commitment or not, in words: what moved the score most, on each side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MOST, LEAST = 5, 0.05

# Features that hold or do not: from which value on they hold, which way that speaks (1 for the same commitment, -1 against, 0
# either way), and the words for both. Where there are no words, nothing is said.
_HOLDS: Mapping[str, tuple[float, int, str, str]] = {
    "payer": (0.5, 1, "same payer", "payers unlike"),
    "payers_shared": (0.5, 1, "same payer", "payers unlike"),
    "payers_equal": (1.0, 1, "all payers the same", "not all payers the same"),
    "payer_sum": (0.5, 1, "same payer and sum", ""),
    "payer_former": (0.5, 1, "same payer and former sum", ""),
    "payer_unknown": (0.5, 0, "a payer not named", ""),
    "payer_differs": (0.5, -1, "another payer", ""),
    "payer_named": (0.5, 1, "the payer is named in the other article", "no payer is named in the other article"),
    "payers_named": (0.5, 1, "each payer is named in the other article", "a payer is not named in the other article"),
    "public_both": (0.5, 0, "public payers", ""),
    "public_one": (0.5, -1, "a public payer and a private one", ""),
    "taker": (0.5, 1, "same recipient", ""),
    "taker_sum": (0.5, 1, "same recipient and sum", ""),
    "taker_differs": (0.5, -1, "another recipient", ""),
    "taker_one": (0.5, -1, "a recipient named in one only", ""),
    "taker_is_payer": (0.5, 0, "the recipient in one is the payer in the other", ""),
    "sum_gap": (0.1, -1, "sums apart", "sums near each other"),
    "sum_near": (0.5, 1, "sums near each other", "sums apart"),
    "sum_same": (0.5, 1, "same sum", "sums differ"),
    "sum_exact": (0.5, 1, "same figures", "figures differ"),
    "sum_none": (0.5, 0, "a sum not told", ""),
    "sum_telling": (0.5, 1, "a figure that is not round", ""),
    "sum_bounds": (0.5, 1, "one sum within the bounds of the other", ""),
    "sum_slip": (0.5, 1, "same digits", ""),
    "former": (0.5, 1, "former sum named", "no former sum named"),
    "beside": (0.5, 0, "one sum stands beside the other in an article", ""),
    "change_told": (0.1, 1, "a change of the sum told", "no change of the sum told"),
    "extra": (0.1, -1, "further money told", ""),
    "place": (0.5, 1, "same place", ""),
    "place_differs": (0.5, -1, "another place", ""),
    "placed_apart": (0.5, -1, "another place", ""),
    "place_none": (0.5, 0, "a place not told", ""),
    "place_named": (0.5, 1, "the place is named in the other article", "no place is named in the other article"),
    "places_named": (0.5, 1, "each place is named in the other article", "a place is not named in the other article"),
    "purpose": (0.5, 1, "same purpose", "another purpose"),
    "funding_one": (0.5, -1, "a round and something else", ""),
    "programme_one": (0.5, -1, "a programme and something else", ""),
    "energy_one": (0.5, -1, "energy and something else", ""),
    "mark_same": (0.5, 1, "same phase or round", ""),
    "mark_differs": (0.5, -1, "another phase or round", ""),
    "mark_one": (0.5, -1, "a phase or round told in one only", ""),
    "role_same": (0.5, 1, "", "a part and a whole"),
    "part_one": (0.5, -1, "a part in one only", ""),
    "whole_one": (0.5, -1, "a total in one only", ""),
    "both_alone": (0.5, 0, "", ""),
    "whole_payer": (0.5, 1, "parts of one whole", ""),
    "whole_sum": (0.5, 1, "parts of one whole", ""),
    "rival": (0.0, -1, "another record of an article fits better", "no other record fits as well"),
    "rival_free": (0.0, -1, "another record of an article fits better", "no other record fits as well"),
    "horizon_same": (0.5, 1, "same deadline", ""),
    "horizon_gap": (0.05, -1, "another deadline", ""),
    "horizon_none": (0.5, 0, "a deadline not told", ""),
    "status_end": (0.5, 0, "an end told in one only", ""),
    "lead_both": (0.5, 1, "the first told in both articles", ""),
}
# Features of degree, whose side tells how they were taken: the words for the same commitment, and those against.
_DEGREE: Mapping[str, tuple[str, str]] = {
    "kin": ("names, sums and places alike", "names, sums and places unlike"),
    "company": ("the articles agree in what else they tell", "the articles differ in what else they tell"),
    "near": ("wording alike", "wording unlike"),
    "near_cover": ("wording alike", "wording unlike"),
    "wide": ("same story", "another story"),
    "wide_cover": ("same story", "another story"),
    "head": ("titles alike", "titles unlike"),
    "days": ("told within a short time", "told long apart"),
    "rank_gap": ("told at the same place of the article", "told at another place of the article"),
}


def reason(features: Sequence[str], values: Sequence[float], moved: Mapping[str, float]) -> str:
    """What of the named features speaks for the same commitment and what against, the weightiest first. `moved` is what each
    moved the score by (log-odds)."""
    value = dict(zip(features, values, strict=True))
    sides: dict[bool, list[str]] = {True: [], False: []}
    for name, by in sorted(moved.items(), key=lambda kv: -abs(kv[1])):
        said = _said(name, value[name], by > 0)
        if said and abs(by) > LEAST and said not in sides[by > 0] and len(sides[True]) + len(sides[False]) < MOST:
            sides[by > 0].append(said)
    told = [f"{side}: {', '.join(said)}" for side, said in (("for", sides[True]), ("against", sides[False])) if said]
    return "; ".join(told) or "many small signs"


def _said(name: str, value: float, speaks_for: bool) -> str:
    if name in _DEGREE:
        return _DEGREE[name][0 if speaks_for else 1]
    if name not in _HOLDS:
        return ""
    limit, way, holds, not_so = _HOLDS[name]
    high = value >= limit
    agrees = way == 0 or (way > 0) == (high == speaks_for)
    return (holds if high else not_so) if agrees else ""


def named() -> frozenset[str]:
    """The features that have words."""
    return frozenset((*_HOLDS, *_DEGREE))
