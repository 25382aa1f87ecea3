"""Numbers whose scale or currency is left out: in lists, tables and coordinations ("dont 45 sous forme de prêts").

Only texts that hold a full sum have any. The rules keep out what is plainly something else (years, percentages, counts
of things); whether the rest are sums of a commitment is judged later.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.extraction.sums_language import Language
from monitor.extraction.sums_quantities import Quantity
from monitor.extraction.sums_tokens import Token

_SENTENCE_END = frozenset(".?!")
_UNITS = frozenset({"%", "‰", "°", "º", "ª", "²", "m²"})
_CELL = "|"
_LARGEST = 1e6
# How far, in tokens, a unit reaches, and over how many numbers of one list.
_FAR = 160
_LONGEST_LIST = 12
_WHOLE = 1e4


@dataclass(frozen=True, slots=True)
class Header:
    """A unit given once for what follows: "(in Mio. Euro)", "Value (bn baht)". `column` is the table cell it stands in."""

    start: int
    end: int
    scale: float
    unit: str | None
    column: int | None
    near: str | None = None


class Bare:
    """Finds them in one text. `taken` are the full sums."""

    def __init__(self, tokens: Sequence[Token], language: Language, quantities: Sequence[Quantity], full: set[int]) -> None:
        self.tokens = tokens
        self.language = language
        self.sets = language.sets
        self.quantities = quantities
        self.full = full
        self.endings = tuple(language.data["bare"]["follow_endings"])
        self.line_start: list[int] = []
        self.line_end: list[int] = []
        self.cell: list[int | None] = []
        self._layout()
        self.headers = self._headers()
        self.header_ends = [h.end for h in self.headers]
        self.sums = [k for k in range(len(quantities)) if k in full]

    def found(self) -> list[tuple[int, float, int | None, Header | None]]:
        """For each bare number that may be a sum: its index, the scale it inherits, the sum or header it has it from."""
        out: list[tuple[int, float, int | None, Header | None]] = []
        for k, found in enumerate(self.quantities):
            if k in self.full or found.size == "vague" or not self._possible(found):
                continue
            header = self.header(found)
            if header is not None:
                out.append((k, header.scale, None, header))
                continue
            source = self._source(k, found)
            if source is not None and found.value < _LARGEST and self._plausible(found, self.quantities[source]):
                out.append((k, self._scale(found, self.quantities[source]), source, None))
        return out

    # what is plainly no sum -------------------------------------------------------------------------------------------

    def _possible(self, found: Quantity) -> bool:
        first, last = self.tokens[found.number], found.last
        raw = first.raw
        if found.value <= 0 or found.value >= 1e9:
            return False
        if first.kind == "n" and len(raw) > 1 and raw[0] == "0" and raw.isdigit():
            return False
        if first.kind == "n" and len(raw) == 4 and raw.isdigit() and raw[:2] in ("19", "20"):
            return False
        if found.spelled and 1900 <= found.value <= 2100:
            return False
        if found.spelled and found.value == 1:
            return self._one(found)
        return self._free_after(last) and (not found.whole or self._free_before(found.first))

    def _one(self, found: Quantity) -> bool:
        """ "un de Thales", "the remaining one": an article is a sum only at the end of a coordination of sums."""
        after = self.tokens[found.last].low if found.last < len(self.tokens) else "."
        before = self.tokens[found.first - 1].low if found.first else ""
        if before in self.sets["partitive"]:
            return after in self.sets["follow"] or after in (".", ",", ";")
        return before in self.sets["joiners"] and (after in self.sets["links"] or after == ".")

    def _free_after(self, k: int) -> bool:
        if k >= len(self.tokens):
            return True
        token = self.tokens[k]
        if token.low in _UNITS or "percent" in token.roles or token.low in self.sets["not_before"]:
            return False
        if token.kind == "n":
            return False
        if token.kind == "p":
            if token.low in ("-", "–", "/", ":", "'", "°") and not token.gap:
                nxt = self.tokens[k + 1] if k + 1 < len(self.tokens) else None
                return nxt is None or nxt.kind == "l" or nxt.gap
            return token.low != "@"
        if token.kind == "l":
            return True
        if token.kind == "c":
            return False
        if not token.gap:
            return False
        if token.low in self.sets["links"]:
            return self._free_link(k)
        return token.low in self.sets["follow"] or token.low.endswith(self.endings)

    def _free_link(self, k: int) -> bool:
        """After "de" or "of" only a name, an article or a noun of money: "3 de subvention", not "3 de nos usines"."""
        nxt = self.tokens[k + 1] if k + 1 < len(self.tokens) else None
        if nxt is None or nxt.kind != "w":
            return False
        return nxt.raw[0].isupper() or nxt.low in self.sets["money_nouns"] or nxt.low in self.sets["follow"]

    def _free_before(self, i: int) -> bool:
        if i == 0:
            return True
        token = self.tokens[i - 1]
        if token.kind == "p" and token.low in ("/", ":", "-", "–", "#", "§", "+", "×", "x", "@", "_", "."):
            if not self.tokens[i].gap and token.low not in ("–", "+") and not token.gap:
                return token.low == "." and i > 1 and self.tokens[i - 2].low == "."
            return True
        if token.kind in ("c", "n"):
            return False
        return token.low not in self.sets["not_after"]

    # where scale and currency come from -------------------------------------------------------------------------------

    def _source(self, k: int, found: Quantity) -> int | None:
        """The full sum whose unit a bare number shares: in its sentence the nearest before, or after in a plain
        coordination; else the nearest before in its paragraph or the one above."""
        at = bisect_left(self.sums, k)
        after = self.sums[at] if at < len(self.sums) else None
        if after is not None and self._coordinated(k, after):
            return after
        if at:
            before = self.sums[at - 1]
            if self._near(self.quantities[before], found):
                return before
        if after is not None and self._same_sentence(found.last, self.quantities[after].first):
            return after
        return None

    def _coordinated(self, k: int, after: int) -> bool:
        """Whether only bare numbers, commas and conjunctions stand between ("25, 18 puis 12 millions")."""
        if after - k > _LONGEST_LIST:
            return False
        end = self.quantities[k].last
        for j in range(k + 1, after + 1):
            start = self.quantities[j].first
            gap = self.tokens[end:start]
            if len(gap) > 4 or any(t.kind == "l" or (t.kind == "p" and t.low not in ",/&") for t in gap):
                return False
            words = [t.low for t in gap if t.kind == "w"]
            if any(w not in self.sets["coordination"] for w in words):
                return False
            end = self.quantities[j].last
        return True

    def _same_sentence(self, start: int, end: int) -> bool:
        return end - start <= _FAR and not any(t.kind == "l" or t.low in _SENTENCE_END for t in self.tokens[start:end])

    def _near(self, source: Quantity, found: Quantity) -> bool:
        """Within the same line or the next ones, and not too many tokens away."""
        if found.first - source.last > _FAR:
            return False
        breaks = sum(1 for t in self.tokens[source.last : found.first] if t.kind == "l")
        return breaks <= 6

    def _scale(self, found: Quantity, source: Quantity) -> float:
        """The scale a number takes from a sum: of 1.5 billion, "600" are millions."""
        if found.scale == 1e3 and source.scale >= 1e6 and source.value >= 1e3 * source.scale:
            return source.scale  # "trescientos mil millones a Oracle, doscientos mil a Microsoft"
        if found.scale > 1:
            return 1.0
        scale = source.scale if source.scale > 1 else 1.0
        if found.value >= _WHOLE and found.value * scale > 20 * source.value:
            return 1.0  # "180.000" beside three millions is written out in full
        if scale >= 1e9 and found.value >= 100 and found.value * scale > 20 * max(source.value, source.high or 0):
            scale /= 1e3
        return scale

    def _plausible(self, found: Quantity, source: Quantity) -> bool:
        if source.scale == 1:
            return found.value >= 100 and source.value >= 1000
        return True

    # tables -----------------------------------------------------------------------------------------------------------

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

    def header(self, found: Quantity) -> Header | None:
        """The header that rules over a number: the last one before it, on a line above or, for a paragraph, to its left.
        A header in a table rules over its column alone."""
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
        closes = after is None or after.low in "|;,.)(*[/–—-" or (after.kind == "w" and self._free_after(found.last))
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


def is_count(tokens: Sequence[Token], found: Quantity, language: Language) -> bool:
    """Whether a number with a large scale and no currency counts things ("trois milliards de paramètres")."""
    sets = language.sets
    k = found.last
    if k >= len(tokens):
        return False
    token = tokens[k]
    if token.low in ("%", "²"):
        return True
    if token.kind != "w":
        return False
    following = tokens[k + 1] if k + 1 < len(tokens) else None
    if following is not None and following.low in sets["count_words"] and not token.roles and token.low not in sets["follow"]:
        return True
    how = language.data["count_nouns"]
    if token.low in sets["money_nouns"] or (how == "capital" and not token.gap and token.low not in sets["count_words"]):
        return False
    if token.low in sets["count_words"] or token.low in sets["not_before"]:
        return True
    if token.low in sets["links"] and token.low not in ("an",):
        nxt = tokens[k + 1] if k + 1 < len(tokens) else None
        if nxt is None or nxt.kind != "w":
            return False
        if nxt.low in sets["count_words"]:
            return True
        if found.scale >= 1e9 and how == "linked":
            return False
        if nxt.low in sets["money_nouns"] or nxt.low in sets["follow"]:
            return False
        return how != "capital" and not nxt.raw[0].isupper() and nxt.low.endswith(tuple(language.data["plural_endings"]))
    if token.low in sets["follow"]:
        return False
    if how == "plural":
        return bool(re.fullmatch(r"[a-z]{4,}s", token.raw)) or tokens[k - 1].end == token.start
    if how == "capital":
        return token.raw[0].isupper() and not token.raw.isupper()
    return False
