"""When a predicted record tells of the same commitment as a gold one of the same document.

Records are JSON objects in the shape of the domain contract. Gold names may list alternatives, separated by `|`; a
predicted name counts by its first alternative only.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

Json = Mapping[str, Any]

# Articles, prepositions and legal forms: dropped before names are compared.
_DROPPED = frozenset(
    re.findall(
        r"\w+",
        "le la les l un une des du de d the a an of and et und der die das el los il lo gli i "
        "inc corp corporation co company ltd limited plc llc lp sa sas sarl se ag gmbh nv bv spa srl "
        "group groupe holding holdings",
    )
)
# Words that many actors bear: none of them can stand for a name alone.
_GENERIC = frozenset(
    re.findall(
        r"\w+",
        "ai ia ki capital bank banque banca banco fund fonds fondo partners ventures invest investment investments "
        "company entreprise firm konzern unternehmen start up startup state etat staat government gouvernement "
        "technologies technology tech energy data center centre cloud digital global international national",
    )
)
SUM_TOLERANCE = 0.01
VAGUE_FACTOR = 3.0
EXTRA_WORDS = 3


@lru_cache(maxsize=50_000)
def words(name: str) -> tuple[str, ...]:
    """The words of a name without accents, case, punctuation, articles and legal forms (all of them if none is left)."""
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    kept = (c for c in decomposed if not unicodedata.combining(c))
    every = "".join(c if c.isalnum() else " " for c in kept).split()
    return tuple(w for w in every if w not in _DROPPED) or tuple(every)


@lru_cache(maxsize=50_000)
def telling(name: str) -> frozenset[str]:
    """The words that can stand for a name alone: written with a capital or a digit, and not generic."""
    marked = [w for w in re.findall(r"[\w.]+", name) if w[0].isupper() or w[0].isdigit()]
    return frozenset(words(" ".join(marked))) - _GENERIC


def alternatives(entry: str | None) -> list[str]:
    return [name for name in (entry or "").split("|") if name.strip()]


def _holds(whole: Sequence[str], part: Sequence[str]) -> bool:
    return set(part) <= set(whole) and len(whole) <= len(part) + EXTRA_WORDS


def same_name(gold: str | None, predicted: str | None) -> bool:
    """One name's words are the other's, or some of them: at most three more, or fewer with a telling one among them."""
    name = (predicted or "").split("|")[0]
    said = words(name)
    accepted = [words(a) for a in alternatives(gold)]
    return any(
        bool(g) and bool(said) and (g == said or _holds(said, g) or (set(said) <= set(g) and bool(telling(name))))
        for g in accepted
    )


def same_place(gold: str | None, predicted: str | None) -> bool:
    """As `same_name`, but a shorter name does not stand for a longer one: France is not Île-de-France."""
    said = words((predicted or "").split("|")[0])
    accepted = [words(a) for a in alternatives(gold)]
    return any(bool(g) and bool(said) and _holds(said, g) for g in accepted)


def close(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is None and b is None
    if not (math.isfinite(a) and math.isfinite(b)):
        return False
    return abs(a - b) <= SUM_TOLERANCE * max(abs(a), abs(b), 1)


def figures(record: Json) -> list[float]:
    ends = (record.get("amount_min"), record.get("amount_max"))
    return sorted({x for x in ends if x is not None})


def same_sum(gold: Json, predicted: Json) -> bool:
    """The same figures within 1 % in the same currency; floor, ceiling or exact is another question (`same_bounds`).

    A gold record without a sum is met only by one without a sum and of the same status; a vague gold sum also by a
    floor within a factor of three.
    """
    wanted, given = figures(gold), figures(predicted)
    if not wanted:
        return not given and gold.get("status") == predicted.get("status")
    if not given or (gold.get("currency") or "") != (predicted.get("currency") or ""):
        return False
    if len(wanted) == len(given) and all(map(close, wanted, given)):
        return True
    loose = gold.get("qualifier") == "vague" and len(given) == 1 and predicted.get("amount_max") is None
    return loose and math.isfinite(given[0]) and wanted[0] / VAGUE_FACTOR <= given[0] <= wanted[0] * VAGUE_FACTOR


def same_bounds(gold: Json, predicted: Json) -> bool:
    return all(close(gold.get(end), predicted.get(end)) for end in ("amount_min", "amount_max"))


def same_investor(gold: Json, predicted: Json) -> bool:
    """More than half of the predicted names are gold's, and a third of gold's are named; nobody only meets nobody.

    A funding round in which nobody is named as payer is recognised by its recipient instead.
    """
    wanted, given = gold.get("investor") or [], predicted.get("investor") or []
    if not wanted:
        if given:
            return False
        if gold.get("purpose") == "funding" and gold.get("recipient"):
            return same_name(gold["recipient"], predicted.get("recipient"))
        return True
    right = sum(any(same_name(g, p) for g in wanted) for p in given)
    named = sum(any(same_name(g, p) for p in given) for g in wanted)
    return 2 * right > len(given) and 3 * named >= len(wanted)


@lru_cache(maxsize=50_000)
def folded(text: str) -> str:
    """Text with every run of white space as one blank, compatibility forms unified."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()


def full_text(document: Json) -> str:
    return f"{document.get('title', '')}\n\n{document.get('text', '')}"


def grounded(document: Json, record: Json) -> bool:
    """The quote stands in the title or the text, white space aside."""
    quote = folded(record.get("evidence") or "")
    return bool(quote) and quote in folded(full_text(document))


def _likeness(gold: Json, predicted: Json) -> float:
    """How much two records agree beyond sum and investor; it only chooses between records that both fit."""
    a, b = (set(words(r.get("evidence") or "")) for r in (gold, predicted))
    score: float = 3 * len(a & b) / len(a | b) if a | b else 0.0
    recipients = gold.get("recipient"), predicted.get("recipient")
    score += recipients[0] == recipients[1] or same_name(*recipients)
    places = gold.get("place") or [], predicted.get("place") or []
    score += any(same_name(x, y) for x in places[0] for y in places[1]) or not (places[0] or places[1])
    score += sum(gold.get(f) == predicted.get(f) for f in ("purpose", "status", "horizon"))
    return score


def match(gold: Sequence[Json], predicted: Sequence[Json], agree: Callable[[Json, Json], bool]) -> dict[int, int]:
    """As many one-to-one pairs as possible, likest first: index of the gold record to that of the predicted one."""
    fits = {(i, j): _likeness(g, p) for i, g in enumerate(gold) for j, p in enumerate(predicted) if agree(g, p)}
    owner: dict[int, int] = {}
    placed: set[int] = set()
    for i, j in sorted(fits, key=lambda pair: fits[pair], reverse=True):
        if i not in placed and j not in owner:
            owner[j] = i
            placed.add(i)
    choices: dict[int, list[int]] = {}
    for i, j in fits:
        choices.setdefault(i, []).append(j)
    for i, options in choices.items():
        options.sort(key=lambda j: fits[i, j], reverse=True)
    for i in choices:
        if i not in placed:
            _augment(i, choices, owner, set())
    return {i: j for j, i in owner.items()}


def _augment(i: int, choices: Mapping[int, Iterable[int]], owner: dict[int, int], seen: set[int]) -> bool:
    """Give gold record `i` a partner, moving others to their second choices where that helps."""
    for j in choices[i]:
        if j not in seen:
            seen.add(j)
            if j not in owner or _augment(owner[j], choices, owner, seen):
                owner[j] = i
                return True
    return False
