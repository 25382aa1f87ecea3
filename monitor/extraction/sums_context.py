"""Which country's dollar, franc or crown is meant, and the currency of a sum that names none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from monitor.extraction.sums_language import Language
from monitor.extraction.sums_tokens import Token
from monitor.extraction.sums_units import Quantity
from monitor.knowledge import places


class Context:
    """Resolves the currencies of one text."""

    def __init__(self, text: str, tokens: Sequence[Token], language: Language) -> None:
        self.text = text
        self.tokens = tokens
        self.language = language
        self.table = language.currencies
        self.chosen: dict[str, str] = {}
        self.marked: set[str] = set()

    def codes(self, quantities: Sequence[Quantity]) -> list[str | None]:
        """The ISO code of each quantity that has a unit, None for the others."""
        told = self._told(quantities)
        self.marked |= {found.unit for found in quantities if found.unit}
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
        unmarked = self.table.unmarked.get(self.language.code, ())
        told: dict[str, list[str]] = {}
        for family, codes in self.table.families.items():
            for found in quantities:
                code = found.near or (found.unit if found.unit in codes else None)
                if code in codes and (found.unit == family or found.unit == code) and code is not None:
                    told.setdefault(family, []).append(code)
        for found in quantities:
            if found.unit in ("named_dollar", "peso"):
                code = found.near or self._family(found.unit, told)
                if code == "USD" or code in unmarked:
                    told.setdefault("dollar", []).append(code)
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
        if family == "dollar":
            return self._dollar(told)
        if family == "named_dollar":
            return usual
        # A currency's code begins with its country's (ISO 4217).
        counts = {code: self._count(code) + self._countries[code[:2]] for code in codes}
        best = max(codes, key=lambda code: (counts[code], code in told))
        if told and not counts[best]:
            return told[0]
        return best if counts[best] else usual

    def _dollar(self, told: list[str]) -> str:
        """Whose dollar (or peso, in Spanish) an unmarked sign is: the American, unless the text is plainly of a country
        whose press leaves its own unmarked. Where that one is marked too, the unmarked is rather the American."""
        pesos = [code for code in told if code in self.table.families["peso"]]
        if pesos:
            return pesos[0]
        local = self.table.unmarked.get(self.language.code, ())
        for notation, code in self.table.notations.get(self.language.code, {}).items():
            if notation in self.text and code not in told:
                return code
        if not local:
            return "USD"
        counts = {code: self._count(code) for code in local}
        best = max(local, key=lambda code: counts[code])
        american = self._count("USD")
        enough = self.table.enough[self.language.code]
        needed = 2 * enough if best in told else 1 if "USD" in told else enough
        if best in self.marked and best not in self.table.families["peso"]:
            needed = 4 * enough  # beside "A$" a plain "$" is Australian only where nothing else is spoken of
        lead = american if "USD" not in told else 0
        # A text that goes from country to country counts in the money they share.
        rivals = sum(counts.values()) - counts[best]
        return best if counts[best] >= needed and counts[best] > max(2 * lead, rivals) else "USD"

    @cached_property
    def _countries(self) -> Counter[str]:
        """How many places of the text lie in each country (ISO 3166)."""
        return Counter(place.country for _, _, place in places.scan(self.text, self.language.code))

    def _count(self, code: str) -> int:
        pattern = self.table.cue_patterns.get(code)
        return sum(1 for _ in pattern.finditer(self.text)) if pattern else 0

    def default(self) -> str:
        """The currency of a text that names none anywhere."""
        return str(self.language.data["default_currency"])
