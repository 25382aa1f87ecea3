"""Units given once for what follows: in a table's heading, above a list, in brackets after a title."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.extraction.sums_language import Language
from monitor.extraction.sums_tokens import Token
from monitor.extraction.sums_units import Quantity

_CELL = "|"


@dataclass(frozen=True, slots=True)
class Header:
    """A unit given once for what follows: "(in Mio. Euro)", "Value (bn baht)". `column` is the table cell it stands in."""

    start: int
    end: int
    scale: float
    unit: str | None
    column: int | None
    near: str | None = None


class Tables:
    """The headers of one text and what they rule over."""

    def __init__(self, tokens: Sequence[Token], language: Language, quantities: Sequence[Quantity]) -> None:
        self.tokens = tokens
        self.language = language
        self.sets = language.sets
        self.quantities = quantities
        self.line_start: list[int] = []
        self.line_end: list[int] = []
        self.cell: list[int | None] = []
        self._layout()
        self.headers = self._headers()
        self.header_ends = [h.end for h in self.headers]

    def _layout(self) -> None:
        """For each token, where its line starts, where that ends, and its cell in a table (None on other lines)."""
        tokens = self.tokens
        self.line_start, self.line_end, self.cell = [], [], []
        start = 0
        while start < len(tokens):
            end = start
            while end < len(tokens) and tokens[end].kind != "l":
                end += 1
            width = min(end + 1, len(tokens)) - start
            self.line_start += [start] * width
            self.line_end += [end] * width
            cells: list[int | None] = [None] * width
            if any(t.low == _CELL for t in tokens[start:end]):
                column = 0
                for i in range(width):
                    cells[i] = column
                    column += tokens[start + i].low == _CELL
            self.cell += cells
            start = end + 1

    def _headers(self) -> list[Header]:
        """Places where a scale or a currency stands without a number, opened by "in", a bracket or the like."""
        out: list[Header] = []
        taken = {i for q in self.quantities for i in range(q.first, q.last) if not is_header(self.tokens, q, self.language)}
        i = 0
        while i < len(self.tokens):
            found = None if i in taken else self._header_at(i)
            if found is not None:
                out.append(found)
                i = found.end
            else:
                i += 1
        return out

    def _header_at(self, i: int) -> Header | None:
        tokens, n = self.tokens, len(self.tokens)
        if tokens[i].kind not in ("w", "c") or not tokens[i].roles:
            return None
        before = tokens[i - 1] if i else None
        opened = before is not None and (before.low in "([" or before.low in self.sets["in"])
        begins = before is None or before.kind == "l" or before.low in ",:."
        scale = unit = near = None
        end = i
        while end < n and end < i + 7:
            roles, low = tokens[end].roles, tokens[end].low
            size = self._header_scale(end)
            name = roles.get("symbol") or roles.get("code") or roles.get("unit")
            if size is not None and scale is None:
                scale = size
                unit = unit or (roles["composite"][1] if "composite" in roles else None)
            elif name and unit is None:
                unit = str(name)
            elif unit and not near and (told := self.language.currencies.by_word(unit, tokens[end].raw)):
                near = told
            elif low in self.sets["links"] or (low == "." and not tokens[end].gap and tokens[end - 1].roles.get("short")):
                pass
            elif scale is not None and unit is None and tokens[end].kind == "w" and not roles and self._unit_next(end):
                near = self.language.currencies.by_word(self._unit_next(end) or "", tokens[end].raw)
            else:
                break
            end += 1
        if scale is None and unit is None:
            return None
        closed = end >= n or tokens[end].kind != "w" or tokens[end].low in self.sets["follow"] or not tokens[end].roles
        bracketed = before is not None and before.low in "([" and end < n and tokens[end].low in ")],;"
        listed = opened and end < n and tokens[end].low in ")],;.:|"
        if scale is None or unit is None:
            fine = bracketed or (listed and scale is not None) or (listed and before is not None and before.low in self.sets["in"])
        else:
            ended = end >= n or tokens[end].kind != "w"
            fine = closed and (opened or (begins and ended) or tokens[i].kind == "c" or "code" in tokens[i].roles)
        return Header(i, end, scale or 1.0, unit, self.cell[i], near) if fine else None

    def _in_column(self, header: Header, column: int | None) -> bool:
        """Whether a table's unit holds for a column: its own, and those whose heading names nothing else ("promised")."""
        if column == header.column:
            return True
        start, end = self.line_start[header.start], self.line_end[header.start]
        heading = [self.tokens[i] for i in range(start, end) if self.cell[i] == column and self.tokens[i].kind == "w"]
        others = any(h.column == column for h in self.headers if start <= h.start < end)
        named = any(t.raw.isupper() or t.low in self.sets["count_words"] or t.low in self.sets["not_after"] for t in heading)
        return bool(heading) and not others and not named

    def _unit_next(self, k: int) -> str | None:
        return self.tokens[k + 1].roles.get("unit") if k + 1 < len(self.tokens) else None

    def _header_scale(self, i: int) -> float | None:
        roles = self.tokens[i].roles
        for role in ("scales", "short", "thousand", "scale"):
            if role in roles:
                return float(roles[role])
        if "composite" in roles:
            return float(roles["composite"][0])
        if "tight" in roles:
            following = self.tokens[i + 1].roles if i + 1 < len(self.tokens) else {}
            previous = self.tokens[i - 1].roles if i else {}
            if following.keys() & {"symbol", "code", "unit"} or "symbol" in previous:
                return float(roles["tight"])
        return None

    def header(self, found: Quantity, words_after: bool) -> Header | None:
        """The header that rules over a number: the last one before it, on a line above or, for a paragraph, to its left.
        A header in a table rules over its column alone. `words_after` allows a word
        right after the number."""
        at = bisect_right(self.header_ends, found.first)
        if not at or found.scale > 1:
            return None
        header = self.headers[at - 1]
        start, end = self.line_start[found.first], self.line_end[found.first]
        if header.column is not None and self.cell[found.first] is not None:
            same = header.start < start and self._in_column(header, self.cell[found.first])
            return header if same and (header.scale > 1 or found.value >= 1000) else None
        if header.start >= start:
            return None
        if header.scale == 1 and found.value < 1000:
            return None
        after = self.tokens[found.last] if found.last < end else None
        closes = after is None or after.low in "|;,.)(*[/–—-" or (after.kind == "w" and words_after)
        return header if closes else None


def is_header(tokens: Sequence[Token], found: Quantity, language: Language) -> bool:
    """Whether a scale and currency without a number only name a unit: "en millions d'euros", "(in Mio. Euro)"."""
    alone = "thousand" in tokens[found.number].roles and found.value == 1e3
    if not found.first or not (found.size == "vague" or alone):
        return False
    if tokens[found.number].roles.keys() & {"few", "figures"} or tokens[found.number].kind != "w" or not tokens[found.number].roles:
        return False
    before = tokens[found.first - 1]
    if before.low in "([" or before.low in language.sets["in"]:
        return True
    ended = found.last >= len(tokens) or tokens[found.last].kind != "w"
    return found.unit is not None and ended and (before.kind == "l" or before.low in ",:.")
