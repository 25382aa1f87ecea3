"""Which country's dollar, franc or crown is meant, and the currency of a sum that names none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from monitor.extraction.sums_language import Language
from monitor.extraction.sums_tokens import Token
from monitor.extraction.sums_units import Quantity
from monitor.extraction.text import within
from monitor.knowledge import places

# So many characters before and after a sum are searched for its country.
_AROUND = 600


class Context:
    """Resolves the currencies of one text."""

    def __init__(self, text: str, tokens: Sequence[Token], language: Language) -> None:
        self.text = text
        self.tokens = tokens
        self.language = language
        self.table = language.currencies
        self.chosen: dict[str, str] = {}
        self._found: dict[str, list[int]] = {}
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
                here = self._told_here(found)
                out.append(here or self._family(found.unit, told))
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

    def _told_here(self, found: Quantity) -> str | None:
        """Whose crown or rupee is meant, where the paragraph around a sum speaks of one such country more than of others."""
        family = found.unit or ""
        if family in ("dollar", "named_dollar"):
            return None
        at = self.tokens[found.first].start
        first = self.text.rfind("\n", max(0, at - _AROUND), at) + 1 or max(0, at - _AROUND)
        last = self.text.find("\n", at, at + _AROUND)
        counts = Counter({code: self._signs(code, first, last if last >= 0 else at + _AROUND) for code in self.table.candidates(family)})
        (best, most), *others = counts.most_common(2)
        return best if most > (others[0][1] if others else 0) else None

    def _choose(self, family: str, told: list[str]) -> str:
        codes = self.table.candidates(family)
        usual = codes[0]
        if len(codes) == 1:
            return usual
        if family == "dollar":
            return self._dollar(told)
        if family == "named_dollar":
            return usual
        counts = {code: self._signs(code, 0, len(self.text)) for code in codes}
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
            if notation in self.text:
                return code
        if not local:
            return "USD"
        counts = {code: self._count(code) + self._places_besides(code) for code in local}
        best = max(local, key=lambda code: counts[code])
        american = max(2 * self._count("USD"), self._signs("USD", 0, len(self.text)))
        enough = self.table.enough[self.language.code]
        needed = 2 * enough if best in told else 1 if "USD" in told else enough
        if best in self.marked and best not in self.table.families["peso"]:
            needed = 4 * enough  # beside "A$" a plain "$" is Australian only where nothing else is spoken of
        lead = american if "USD" not in told else 0
        # A text that goes from country to country counts in the money they share.
        rivals = sum(counts.values()) - counts[best]
        return best if counts[best] >= needed and counts[best] > max(lead, rivals) else "USD"

    def _signs(self, code: str, first: int, last: int) -> int:
        """How often a stretch of the text speaks of a currency's country: by its cues, and by places that lie in it. The
        code begins with the country's (ISO 4217, ISO 3166)."""
        return within(self._cues(code), first, last) + within(self._places.get(code[:2], ()), first, last)

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where the places of the text stand, by country."""
        out: dict[str, list[int]] = {}
        for start, _, place in places.scan(self.text, self.language.code):
            out.setdefault(place.country, []).append(start)
        return out

    def _places_besides(self, code: str) -> int:
        """How many places of a currency's country the text names that are no cues of it already."""
        return len(set(self._places.get(code[:2], ())).difference(self._cues(code)))

    def _cues(self, code: str) -> list[int]:
        """Where the cues of a currency stand."""
        if code not in self._found:
            pattern = self.table.cue_patterns.get(code)
            self._found[code] = [m.start() for m in pattern.finditer(self.text)] if pattern else []
        return self._found[code]

    def _count(self, code: str) -> int:
        return len(self._cues(code))

    def default(self) -> str:
        """The currency of a text that names none anywhere."""
        return str(self.language.data["default_currency"])
