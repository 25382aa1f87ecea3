"""The currency that stands right before or after a quantity, and the country that a word beside it tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.extraction.sums_language import Language
from monitor.extraction.sums_tokens import Token

BIG = 1e5


@dataclass(slots=True)
class Quantity:
    """`low` and `high` are the ends in whole units once scale is applied (None: open); `first`, `last` bound its tokens,
    currency included, `last` exclusive. `unit` is a currency code or family, None when none stands beside it."""

    first: int
    last: int
    low: float | None
    high: float | None
    size: str = "exact"  # exact, about, vague
    scale: float = 1.0
    unit: str | None = None
    near: str | None = None  # the code that a word beside the unit tells
    spelled: bool = False
    whole: bool = True  # written without a decimal part
    number: int = 0  # the token where the number itself begins

    @property
    def value(self) -> float:
        return self.low if self.low is not None else (self.high or 0.0)

    @property
    def scaled(self) -> bool:
        return self.scale >= BIG


class Units:
    """Finds the currencies of one text's quantities."""

    def __init__(self, tokens: Sequence[Token], language: Language) -> None:
        self.tokens = tokens
        self.language = language
        self.table = language.currencies
        self.sets = language.sets
        self.n = len(tokens)

    def unit_at(self, k: int) -> str | None:
        if not 0 <= k < self.n:
            return None
        roles = self.tokens[k].roles
        unit = roles.get("symbol") or roles.get("code") or roles.get("unit")
        return str(unit) if unit else None

    def unit_after(self, k: int) -> str | None:
        if k < self.n and self.tokens[k].low in self.sets["links"]:
            k += 1
        return self.unit_at(k)

    def attach(self, found: Quantity, free: int) -> None:
        """Find the currency right before or after a quantity and take it in; `free` is the first token not yet taken."""
        self._before(found, free)
        self._after(found)
        if found.unit is None and found.scaled:
            found.unit = self.language.data["implied"].get(self.tokens[found.last - 1].low)

    def _before(self, found: Quantity, free: int) -> None:
        i = found.first - 1
        if i < free:
            return
        token, number = self.tokens[i], self.tokens[found.first]
        if token.low == "." and not token.gap and i - 1 >= free and self.tokens[i - 1].roles.keys() & {"code", "unit"}:
            i -= 1  # "Rs. 500 crore"
            token = self.tokens[i]
        roles = token.roles
        if "symbol" in roles:
            unit = roles["symbol"]
            if "factor" in roles and found.scale == 1 and found.low is not None:
                found.low = found.high = found.low * roles["factor"]
                found.scale = roles["factor"]
        elif "composite" in roles and number.kind == "n" and found.scale == 1 and found.low is not None:
            factor, unit = roles["composite"]  # "MSEK 200"
            found.low = found.high = found.low * factor
            found.scale = factor
        elif "code" in roles:
            if number.kind != "n" or (roles.get("glued") and number.gap):
                return
            unit = roles["code"]
        elif "unit" in roles and number.kind == "n" and number.gap:
            unit = roles["unit"]
        else:
            return
        found.unit, found.first = str(unit), i
        if i - 1 >= free and "symbol" in roles and roles["symbol"] == "dollar":
            word = self.tokens[i - 1].raw
            near = self.table.by_word("dollar", word) if word.isupper() else None
            if near:
                found.near, found.first = near, i - 1

    def _after(self, found: Quantity) -> None:
        k = found.last
        if k < self.n and self.tokens[k].low == "." and not self.tokens[k].gap and "short" in self.tokens[k - 1].roles:
            k += 1
        if k < self.n and self.tokens[k].low in "»”\"'" and found.scaled:
            k += 1  # « quelques centaines de millions » de rands
        bracketed = k + 2 < self.n and self.tokens[k].low == "(" and self.tokens[k + 2].low == ")"
        if k < self.n and (self.tokens[k].low in self.sets["links"] or (bracketed and not found.unit)):
            k += 1
        if found.unit is None and found.scaled and k + 1 < self.n and self.tokens[k].low in (",", *self.sets["in"]):
            k = self._named_apart(k)
        if k >= self.n or self.tokens[k].kind == "l":
            return
        table = self.table
        unit, end, near = self.unit_at(k), k + 1, None
        if unit is None and self.tokens[k].kind == "w":
            # an adjective before the unit: "Canadian dollars", "norwegische Kronen", "U.S. dollars"
            for words in (1, 2):
                name = self.tokens[k + words].roles.get("unit") if k + words < self.n else None
                if name:
                    near = table.by_word(name, self.tokens[k + words - 1].raw)
                    if near or (self.tokens[k].low not in self.sets["follow"] and words == 1 and self._adjective(k)):
                        unit, end = name, k + words + 1
                    break
        if unit is None or (found.unit and not self._better(unit, found, k)):
            return
        if "code" in self.tokens[k].roles and self.tokens[k].roles.get("glued"):
            return
        if "symbol" in self.tokens[k].roles and self._belongs_to_next(k):
            return
        found.unit, found.last = unit, end
        self._scale_after_unit(found)
        end = found.last
        if near is None:
            near, found.last = self._adjective_after(unit, end)
        found.near = near or found.near

    def _scale_after_unit(self, found: Quantity) -> None:
        """ "75 USD million", "20 EUR m": the scale stands after the currency."""
        k = found.last
        if k >= self.n or found.scale != 1 or found.low is None or found.high is None or self.tokens[k].kind != "w":
            return
        roles = self.tokens[k].roles
        factor = next((float(roles[r]) for r in ("scale", "scales", "short", "tight") if r in roles), None)
        if factor and ("tight" not in roles or self.tokens[k].raw in "mMbn"):
            found.low, found.high, found.scale, found.last = found.low * factor, found.high * factor, factor, k + 1

    def _named_apart(self, k: int) -> int:
        """Where the currency stands after a comma or "in" with nothing following it: "ten million, in euros"."""
        start = k
        while k < self.n and k < start + 2 and (self.tokens[k].low == "," or self.tokens[k].low in self.sets["in"]):
            k += 1
        end = k
        while end < self.n and end < k + 3 and self.tokens[end].kind == "w":
            end += 1
            if self.tokens[end - 1].roles.get("unit"):
                closed = end >= self.n or self.tokens[end].kind in ("p", "l")
                return k if closed else start
        return start

    def _adjective(self, k: int) -> bool:
        return bool(re.fullmatch(r"[^\W\d_]{4,}", self.tokens[k].raw)) and not self.tokens[k].roles

    def _better(self, unit: str, found: Quantity, k: int) -> bool:
        """Whether a currency after the figure says more than the symbol before it ("$2.800 millones de pesos")."""
        if unit == found.unit:
            return "symbol" not in self.tokens[k].roles
        return found.unit in ("dollar", "pound", "yen") and "symbol" not in self.tokens[k].roles

    def _belongs_to_next(self, k: int) -> bool:
        """Whether a symbol stands before the next figure rather than after this one ("3 $5m")."""
        token = self.tokens[k]
        after = self.tokens[k + 1] if k + 1 < self.n else None
        return token.gap and after is not None and after.kind == "n" and not after.gap

    def _adjective_after(self, unit: str, end: int) -> tuple[str | None, int]:
        """The country told after a unit: "dollars canadiens", "$ US", "dollars de Hong Kong"."""
        table = self.table
        for k in (end, end + 1):
            if k >= self.n or self.tokens[k].kind != "w":
                break
            word = self.tokens[k]
            near = table.by_word(unit, word.raw)
            if near and k > end:
                return near, end  # "dollars de Singapour": it may be the payer, so it stays outside
            if near and (word.raw.islower() or len(word.raw) <= 4):
                return near, k + 1
            if near or word.low not in self.sets["links"]:
                break
        return None, end
