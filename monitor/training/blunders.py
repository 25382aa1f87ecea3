"""Why records were missed and why others came out that should not: errors by class, for people who mend the reading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from monitor.training.agreement import Json, figures, folded, grounded, same_investor, same_sum


@dataclass(frozen=True, slots=True)
class Blunder:
    """One record missed or one too many. `why` is the class: "sum not found", "trap: price", ..."""

    document: str
    side: Literal["missed", "extra"]
    why: str
    record: Json

    def to_json(self) -> dict[str, Any]:
        return {"id": self.document, "side": self.side, "why": self.why, "record": dict(self.record)}


def blunders(document: Json, predicted: Sequence[Json], matched: Mapping[int, int]) -> list[Blunder]:
    gold = document["commitments"]
    taken = set(matched.values())
    missed = [g for i, g in enumerate(gold) if i not in matched]
    extra = [p for j, p in enumerate(predicted) if j not in taken]
    out = [Blunder(document["id"], "missed", _why_missed(document, g, predicted, extra), g) for g in missed]
    return out + [Blunder(document["id"], "extra", _why_extra(document, p, missed), p) for p in extra]


def fallen_into(document: Json, predicted: Sequence[Json], matched: Mapping[int, int]) -> Iterator[tuple[str, bool]]:
    """Each trap's kind, and whether a record that met nothing quotes its passage."""
    taken = set(matched.values())
    spare = [folded(p.get("evidence") or "") for j, p in enumerate(predicted) if j not in taken]
    for trap in document.get("traps", []):
        if isinstance(trap, Mapping):
            yield str(trap["kind"]), any(_overlap(folded(trap["text"]), quote) for quote in spare)


def _why_missed(document: Json, gold: Json, predicted: Sequence[Json], extra: Sequence[Json]) -> str:
    alike = [p for p in extra if same_sum(gold, p)]
    if any(same_investor(gold, p) and not grounded(document, p) for p in alike):
        return "quote not in the text"
    if alike and not gold.get("investor"):
        return "payer invented"
    if alike:
        return "wrong payer" if any(p.get("investor") for p in alike) else "payer not found"
    if any(same_sum(gold, p) for p in predicted):
        return "told once, meant for each"
    if not figures(gold):
        return "change without a sum"
    return "wrong sum" if any(_same_figure_line(gold, p) for p in extra) else "sum not taken"


def _why_extra(document: Json, record: Json, missed: Sequence[Json]) -> str:
    if not grounded(document, record):
        return "quote not in the text"
    if any(same_sum(g, record) for g in missed):
        return "wrong payer"
    trap = _trap_of(document, record)
    if trap is not None:
        return f"trap: {trap}"
    gold = document["commitments"]
    if any(same_sum(g, record) for g in gold):
        return "told twice"
    if any(_same_figure_line(g, record) for g in gold):
        return "wrong sum"
    return "no record, no trap"


def _trap_of(document: Json, record: Json) -> str | None:
    """The kind of the trap that a record quotes; of several, that whose digits are the record's."""
    quote = folded(record.get("evidence") or "")
    touched = [t for t in document.get("traps", []) if isinstance(t, Mapping) and _overlap(folded(t["text"]), quote)]
    leading = {_significant(f"{f:.15g}") for f in figures(record)}
    exact = [t for t in touched if leading & {_significant(n) for n in re.findall(r"\d[\d\s.,]*", t["text"])}]
    for trap in exact or touched:
        return str(trap["kind"])
    return None


def _same_figure_line(gold: Json, record: Json) -> bool:
    return _overlap(folded(gold.get("evidence") or ""), folded(record.get("evidence") or ""))


def _overlap(one: str, other: str) -> bool:
    return bool(one) and bool(other) and (one in other or other in one)


def _significant(number: str) -> str:
    return re.sub(r"\D", "", number).rstrip("0")
