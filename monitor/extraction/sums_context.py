"""Which country's dollar, franc or crown is meant, and the currency of a sum that names none."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.extraction.sums_language import Language
from monitor.extraction.sums_quantities import Quantity
from monitor.extraction.sums_tokens import Token

# A country other than the usual one of a shared unit is taken when this many words of the text tell it ...
_ENOUGH = 2
# ... and they outnumber those of the usual country by this factor.
_LEAD = 1.5


class Context:
    """Resolves the currencies of one text."""

    def __init__(self, text: str, tokens: Sequence[Token], language: Language) -> None:
        self.text = text
        self.tokens = tokens
        self.language = language
        self.table = language.currencies
        self.chosen: dict[str, str] = {}

    def codes(self, quantities: Sequence[Quantity]) -> list[str | None]:
        """The ISO code of each quantity that has a unit, None for the others."""
        told = self._told(quantities)
        out: list[str | None] = []
        for found in quantities:
            if found.unit is None:
                out.append(None)
            elif found.near:
                out.append(found.near)
            elif found.unit in self.table.families:
                out.append(self._family(found.unit, told))
            else:
                out.append(found.unit)
        return out

    def _told(self, quantities: Sequence[Quantity]) -> dict[str, list[str]]:
        """For each family, the codes that some sum of the text spells out ("50 millions de dollars canadiens")."""
        told: dict[str, list[str]] = {}
        for family, codes in self.table.families.items():
            for found in quantities:
                code = found.near or (found.unit if found.unit in codes else None)
                if code in codes and (found.unit == family or found.unit == code) and code is not None:
                    told.setdefault(family, []).append(code)
        return told

    def _family(self, family: str, told: dict[str, list[str]]) -> str:
        if family not in self.chosen:
            self.chosen[family] = self._choose(family, told.get(family, []))
        return self.chosen[family]

    def _choose(self, family: str, told: list[str]) -> str:
        codes = self.table.candidates(family)
        usual = codes[0]
        if len(codes) == 1:
            return usual
        counts = {code: self._count(code) for code in codes}
        best = max(codes, key=lambda code: counts[code])
        if family != "dollar":
            for code in told:
                if counts[code] or len(told) > 1:
                    return code
            return best if counts[best] else usual
        others = [c for c in codes if c != usual]
        best = max(others, key=lambda code: counts[code])
        # Where the American dollar is marked as such, the unmarked one is the country's own.
        needed = 1 if usual in told and best not in told else _ENOUGH
        if best in told and usual not in told:
            return usual if counts[usual] >= counts[best] else best
        if counts[best] >= needed and counts[best] >= _LEAD * counts[usual]:
            return best
        return usual

    def _count(self, code: str) -> int:
        pattern = self.table.cue_patterns.get(code)
        return sum(1 for _ in pattern.finditer(self.text)) if pattern else 0

    def default(self) -> str:
        """The currency of a text that names none anywhere."""
        return str(self.language.data["default_currency"])
