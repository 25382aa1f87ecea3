"""Quantities in a row of tokens: figures, spelled-out numbers, halves, dozens and vague sizes, with scale and currency.

Every number of the text becomes a quantity, money or not; which of them are sums is decided afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.extraction.sums_language import Language, compose
from monitor.extraction.sums_tokens import Token
from monitor.extraction.sums_units import BIG, Quantity, Units

_SCALES = ("scale", "scales", "short", "composite")
# No sum of money is as large; such a number is a misreading.
_ABSURD = 1e18


class Reader:
    """Reads the quantities of one text."""

    def __init__(self, tokens: Sequence[Token], language: Language) -> None:
        self.tokens = tokens
        self.language = language
        self.sets = language.sets
        self.n = len(tokens)
        self.units = Units(tokens, language)
        vague = language.data["vague"]
        self.stems = (*vague.get("compounds", ()), *vague.get("figure_stems", ()))

    def quantities(self) -> list[Quantity]:
        out: list[Quantity] = []
        i = free = 0
        tokens, n = self.tokens, self.n
        while i < n:
            token = tokens[i]
            if token.kind in ("p", "l", "c") or (token.kind == "w" and not token.roles and not self._odd(token.low)):
                i += 1
                continue
            found = self._quantity(i)
            if found is None:
                i += 1
                continue
            self.units.attach(found, free)
            out.append(found)
            i = free = max(found.last, i + 1)
        return self._with_known_letters([q for q in out if q.value < _ABSURD and not self._year(q)])

    def _year(self, found: Quantity) -> bool:
        token = self.tokens[found.number]
        plain = token.kind == "n" and len(token.raw) == 4 and token.raw.isdigit() and token.raw[:2] in ("19", "20")
        return plain and found.unit is None and found.scale == 1

    def _with_known_letters(self, quantities: list[Quantity]) -> list[Quantity]:
        """ "Hafslund's is 450m": a letter right after a figure is a scale where the text uses it so beside a currency."""
        known = {self.tokens[k].raw for q in quantities if q.unit for k in range(q.first, q.last) if "tight" in self.tokens[k].roles}
        if any(q.unit and "short" in self.tokens[k].roles for q in quantities for k in range(q.first, q.last)):
            known |= set(self.language.data.get("letters_beside_short", ()))
        for found in quantities:
            k = found.last
            if found.unit or found.scale != 1 or k >= self.n or found.low is None or found.high is None:
                continue
            token = self.tokens[k]
            if token.raw in known and not token.gap and "tight" in token.roles:
                factor = float(token.roles["tight"])
                found.low, found.high, found.scale, found.last = found.low * factor, found.high * factor, factor, k + 1
        return quantities

    def _odd(self, word: str) -> bool:
        """Whether a word without a role of its own may begin a quantity ("dreistelliger", "Millionenbetrag")."""
        return word.startswith(self.stems)

    # one quantity -----------------------------------------------------------------------------------------------------

    def _quantity(self, i: int) -> Quantity | None:
        token = self.tokens[i]
        if token.kind == "n":
            if token.value is None or self._glued_to_word(i):
                return None
            found = Quantity(i, i + 1, token.value, None, number=i, whole=token.value.is_integer())
            return self._scaled(found, token.value)
        roles = token.roles
        if "few" in roles:
            found_few = self._few(i)
            if found_few:
                return found_few
        if "about" in roles:
            found_about = self._collective(i, float(roles["about"]), "about")
            if found_about:
                return found_about
        if "vague" in roles:
            found_vague = self._collective(i, float(roles["vague"]), "vague")
            if found_vague:
                return found_vague
        if "figures" in roles:
            return Quantity(i, i + 1, float(roles["figures"]), None, "vague", BIG, number=i, spelled=True)
        if "part" in roles and self._scale_at(i + 1):
            return self._scaled(Quantity(i, i + 1, None, None, number=i, whole=False, spelled=True), roles["part"])
        if "numeral" in roles or "hundred" in roles:
            return self._spelled(i)
        if "thousand" in roles:
            return self._scaled(Quantity(i, i, None, None, number=i, spelled=True), 1.0)
        if "scale" in roles:
            return self._alone(i)
        if "scales" in roles:
            return self._plural_alone(i)
        return self._figures(i) if not roles else None

    def _spelled(self, i: int) -> Quantity | None:
        """A row of number words; articles count only before a scale."""
        tokens, k = self.tokens, i
        values: list[float] = []
        tail = 1e9
        while k < self.n:
            roles = tokens[k].roles
            if "hundred" in roles:
                values.append(100.0)
                tail, k = 100.0, k + 1
            elif "numeral" in roles and (float(roles["numeral"]) < tail or self._hyphened_ten(values, k)):
                value = float(roles["numeral"])
                values.append(value)
                tail, k = _room(value), k + 1
            elif values and tokens[k].low in self.sets["joiners"] and self._continues(k + 1, tail):
                k += 1
            else:
                break
        if not values:
            return None
        if k == i + 1 and tokens[i].low in self.sets["articles"] and not self._scale_at(k):
            return self._article(i, k)
        value = compose(values)
        found = Quantity(i, k, None, None, number=i, spelled=True, whole=value.is_integer())
        return self._scaled(found, value)

    def _hyphened_ten(self, values: Sequence[float], k: int) -> bool:
        """ "dix-huit", "soixante-dix-neuf": only a hyphen may join a ten to the digit after it."""
        token = self.tokens[k]
        return bool(values) and values[-1] == 10 and not token.gap and float(token.roles["numeral"]) < 10

    def _article(self, i: int, k: int) -> Quantity | None:
        """ "une dizaine", "a few", "a couple of", "ein paar", "a half": the article belongs to what follows."""
        if k < self.n and self.tokens[k].roles.keys() & {"about", "few", "part", "hundred"}:
            found = self._quantity(k)
            if found is not None:
                found.first = i
                return found
        if self.tokens[i].low in self.language.data["numerals"]:
            return Quantity(i, k, 1.0, 1.0, number=i, spelled=True)
        return None

    def _continues(self, k: int, tail: float) -> bool:
        if k >= self.n:
            return False
        value = self.tokens[k].roles.get("numeral")
        if value is None or value >= tail or tail <= 1:
            return False
        return not (k + 1 < self.n and "hundred" in self.tokens[k + 1].roles)

    def _scale_at(self, k: int) -> bool:
        if k >= self.n:
            return False
        return any(role in self.tokens[k].roles for role in (*_SCALES, "thousand"))

    def _scaled(self, found: Quantity, value: float) -> Quantity | None:
        """Read on from a number: halves, scales, further numbers with smaller scales ("1 milliard 200 millions")."""
        tokens, k = self.tokens, found.last
        group, total, last, applied = value, 0.0, float("inf"), 1.0
        while k < self.n:
            roles = tokens[k].roles
            if "plus" in roles:
                group, total = (group + roles["plus"], total) if applied == 1 else (group, total + roles["plus"] * applied)
                k += 1
            elif "hundred" in roles and applied == 1:
                group, k = group * 100, k + 1
            elif "thousand" in roles:
                group, applied, k = (group or 1) * 1e3, max(applied, 1e3), k + 1
            elif (factor := self._factor(k, found)) and factor < last:
                if factor == BIG:
                    group *= factor
                else:
                    total, group, last = total + group * factor, 0.0, factor
                applied, k = max(applied, factor) if total else factor, k + 1
                if "composite" in roles:
                    found.unit = roles["composite"][1]
                    break
            elif applied == 1 and tokens[k].low in self.sets["infix"] and self._scale_at(k + 1) and k > found.number:
                k += 1
            elif applied > 1 and (more := self._addend(k, last)):
                group, k = group + more[0], more[1]
            else:
                break
        if found.last == k and found.first == k:
            return None
        found.last, found.scale = k, applied
        found.low = found.high = total + group
        return found

    def _factor(self, k: int, found: Quantity) -> float | None:
        roles = self.tokens[k].roles
        for role in ("scale", "scales", "short"):
            if role in roles:
                return float(roles[role])
        if "composite" in roles:
            return float(roles["composite"][0])
        if "tight" in roles and self._beside_currency(k, found):
            return float(roles["tight"])
        return None

    def _beside_currency(self, k: int, found: Quantity) -> bool:
        """Whether a one-letter scale may be one: a currency stands right before the figure or right after the letter."""
        after = k + 1
        if self.tokens[k].gap and self.tokens[k].raw.islower():
            return self.units.unit_at(after) is not None and not self.tokens[after].gap
        if after < self.n and self.tokens[after].low in self.sets["links"]:
            after += 1
        if after < self.n and self.units.unit_at(after):
            return True
        before = found.first - 1
        if before >= 2 and self.tokens[before].low in ("-", "–", "—") and self.tokens[before - 1].kind == "n":
            before -= 2  # "€390–410m"
        return before >= 0 and self.units.unit_at(before) is not None

    def _addend(self, k: int, last: float) -> tuple[float, int] | None:
        """A further number that belongs to the same sum: it is smaller than the scale before it and has its own."""
        joined = self.tokens[k].low in self.sets["addend_joiners"] and k + 1 < self.n
        if joined:
            k += 1
        token = self.tokens[k]
        value = token.value if token.kind == "n" else token.roles.get("numeral", token.roles.get("hundred"))
        if value is None or not token.gap:
            return None
        end = k + 1
        if value >= 1000:  # "sei milioni e duecentomila": thousands in one word
            return (value, end) if token.kind == "w" and value < last else None
        if token.kind == "w":
            spelled = self._spelled_row(k)
            value, end = spelled
        bare_thousands = "thousand" in self.tokens[k - 1].roles and self.language.data.get("thousands_of_millions")
        roles = self.tokens[end].roles if end < self.n else {}
        factor = next((float(roles[r]) for r in ("scale", "scales", "short", "thousand") if r in roles), None)
        if "composite" in roles:
            factor = float(roles["composite"][0])
        if factor is None and bare_thousands:
            return value, end
        if factor is None and joined and token.kind == "w" and self._stands_alone(end):
            # "un milione e cento", "un milione e due": hundreds of the next smaller scale, or tenths
            return (value * last / (1e3 if value >= 100 else 10), end) if value >= 100 or value < 10 else None
        if factor is None or factor >= last:
            return None
        return value, end

    def _stands_alone(self, k: int) -> bool:
        return k >= self.n or self.tokens[k].kind in ("p", "l") or self.tokens[k].low in self.sets["follow"]

    def _spelled_row(self, k: int) -> tuple[float, int]:
        values: list[float] = []
        tail = 1e9
        while k < self.n:
            roles = self.tokens[k].roles
            if "hundred" in roles:
                values.append(100.0)
                tail = 100.0
            elif "numeral" in roles and roles["numeral"] < tail:
                values.append(roles["numeral"])
                tail = _room(roles["numeral"])
            else:
                break
            k += 1
        return compose(values), k

    # vague sizes ------------------------------------------------------------------------------------------------------

    def _scales_after(self, k: int, value: float) -> tuple[float, int, float]:
        """Links and scales from a token on: the value with them, where they end, the largest."""
        applied = 1.0
        end = k
        while k < self.n:
            roles = self.tokens[k].roles
            factor = next((float(roles[r]) for r in ("scale", "scales", "short") if r in roles), None)
            if factor is None and "hundred" in roles:
                factor = 100.0
            if factor is None and "vague" in roles and applied == 1:
                factor = float(roles["vague"])
            if factor is None and "thousand" in roles:
                factor = 1e3
            if factor is None and "tight" in roles and self.units.unit_after(k + 1):
                factor = float(roles["tight"])
            if factor is None:
                if self.tokens[k].low in self.sets["links"]:
                    k += 1
                    continue
                break
            value, applied, k = value * factor, max(applied, factor), k + 1
            end = k
        return value, end, applied

    def _few(self, i: int) -> Quantity | None:
        value, end, scale = self._scales_after(i + 1, 1.0)
        if end == i + 1 or scale < 1e3 or self.tokens[i + 1].kind == "n":
            return None
        return Quantity(i, end, value, None, "vague", scale, number=i, spelled=True)

    def _collective(self, i: int, size: float, kind: str) -> Quantity | None:
        value, end, scale = self._scales_after(i + 1, size)
        if kind == "vague" and end == i + 1 and not self.units.unit_after(end):
            return None
        high = value if kind == "about" else None
        return Quantity(i, max(end, i + 1), value, high, kind, max(scale, size if size >= 1e3 else 1.0), number=i, spelled=True)

    def _alone(self, i: int) -> Quantity | None:
        """A scale without a number: "le milliard", "billion-dollar"."""
        before = self.tokens[i - 1].low if i and self.tokens[i - 1].kind == "w" else ""
        determined = before in self.sets["determiners"] or before in self.sets["articles"] or before in self.language.before
        after = i + 2 if i + 1 < self.n and "plus" in self.tokens[i + 1].roles else i + 1
        if not determined and not self.units.unit_after(after):
            return None
        return self._scaled(Quantity(i, i, None, None, number=i, spelled=True), 1.0)

    def _plural_alone(self, i: int) -> Quantity | None:
        """A plural scale without a number: "des milliards d'euros"."""
        value, end, scale = self._scales_after(i, 1.0)
        if not self.units.unit_after(end):
            return None
        return Quantity(i, end, value, None, "vague", scale, number=i, spelled=True)

    def _figures(self, i: int) -> Quantity | None:
        """Sizes by their number of digits or inside a compound: "dreistelliger Millionenbetrag", "Milliardensumme"."""
        vague = self.language.data["vague"]
        word = self.tokens[i].low
        size, k = 1.0, i
        for stem, factor in vague.get("figure_stems", {}).items():
            if word.startswith(stem):
                size, k = float(factor), i + 1
        following = self.tokens[k].low if k < self.n else ""
        for stem, factor in vague.get("compounds", {}).items():
            if following.startswith(stem) and following[len(stem) :] in vague["compound_tails"]:
                return Quantity(i, k + 1, size * factor, None, "vague", float(factor), number=i, spelled=True)
        if k > i and k < self.n and "scales" in self.tokens[k].roles:
            factor = float(self.tokens[k].roles["scales"])
            return Quantity(i, k + 1, size * factor, None, "vague", factor, number=i, spelled=True)
        return None

    def _glued_to_word(self, i: int) -> bool:
        """Whether a figure is part of a name: "H100", "GPT-4", "5G"."""
        token = self.tokens[i]
        if i and not token.gap:
            before = self.tokens[i - 1]
            if before.kind == "w" and not before.roles.keys() & {"code", "symbol", "unit"}:
                return True
            if before.low in ("-", "_", "#", "@", ".", "+") and not before.gap and i > 1 and self.tokens[i - 2].kind == "w":
                return not self.tokens[i - 2].roles
        return False


def _room(value: float) -> float:
    """What may still be added to a number word: less than its last digit's place ("twenty" takes less than ten)."""
    if value < 20:
        return 1.0
    if value in (60, 80):  # "soixante-quinze", "quatre-vingt-dix"
        return 20.0
    place = 1.0
    while value % (place * 10) == 0:
        place *= 10
    return place
