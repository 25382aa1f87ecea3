"""Numbers whose scale or currency is left out: in lists, tables and coordinations ("dont 45 sous forme de prêts").

Only texts that hold a full sum have any. The rules keep out what is plainly something else (years, percentages, counts
of things); whether the rest are sums of a commitment is judged later.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from monitor.extraction.sums_labels import SENTENCE_END, Labels
from monitor.extraction.sums_language import Language
from monitor.extraction.sums_tables import Header, Tables
from monitor.extraction.sums_tokens import Token
from monitor.extraction.sums_units import Quantity

_UNITS = frozenset({"%", "‰", "°", "º", "ª", "²", "m²"})
# No bare number is as large, but beside a sum that is written out too and not so many times smaller.
_LARGEST = 1e6
_WIDE = 20
# How far, in tokens, a unit reaches, and over how many numbers of one list.
_FAR = 160
_LONGEST_LIST = 12
_WHOLE = 1e4
_LONGEST_NAME = 6
# Words between two numbers of one unit, at most ("instead of", "au lieu de").
_LINK = 3
# Below this a number behind a name is often part of it, unless a sum is as few tokens away.
_NUMBERS = 10
_NEAR = 8
# Words for smaller numbers mostly count things.
_COUNTED = 20

# A number's index, the scale it inherits, the sum or header it has it from.
_Found = tuple[int, float, int | None, Header | None]
_DEFINITE = frozenset(
    "the these those both their its les ces leurs die der den diese dieser ihre los las estos estas sus i gli le questi queste".split()
)


class Bare:
    """Finds them in one text. `taken` are the full sums."""

    def __init__(self, tokens: Sequence[Token], language: Language, quantities: Sequence[Quantity], full: set[int], tables: Tables) -> None:
        self.tokens = tokens
        self.language = language
        self.sets = language.sets
        self.quantities = quantities
        self.full = full
        self.tables = tables
        self.labels = Labels(tokens, language)
        self._linking = self.sets["to"] | self.sets["coordination"] | self.sets["instead"]
        self.endings = tuple(language.data["bare"]["follow_endings"])
        self.sums = [k for k in range(len(quantities)) if k in full]

    def found(self) -> list[_Found]:
        """For each bare number that may be a sum: its index, the scale it inherits, the sum or header it has it from."""
        out: list[_Found] = []
        taken = set(self.full)
        for k, found in enumerate(self.quantities):
            if k in self.full or found.size == "vague" or not self._possible(found) or self.labels.is_label(found):
                continue
            if self._shares_measure(k):
                continue
            header = self.tables.header(found, words_after=True)
            if header is not None:
                out.append((k, header.scale, None, header))
                taken.add(k)
                continue
            if self._needs_series(k, out) and not self._in_series(k, taken):
                continue
            source = self._source(k, found)
            if source is not None and self._plausible(found, self.quantities[source]):
                out.append((k, self._scale(found, self.quantities[source]), source, None))
                taken.add(k)
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
        if self._known_few(found):
            return False
        return self._free_after(last) and (not found.whole or self._free_before(found.first))

    def _known_few(self, found: Quantity) -> bool:
        """ "the two funds", "les trois banques": things already spoken of, counted in words."""
        before = self.tokens[found.first - 1].low if found.first else ""
        after = self.tokens[found.last] if found.last < len(self.tokens) else None
        plural = {"de": "enrs", "it": "ie"}.get(self.language.code, "sx")
        counted = after is not None and after.kind == "w" and after.low[-1] in plural and after.low not in self.sets["links"]
        return found.spelled and found.value < 20 and before in _DEFINITE and counted

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

    def _shares_measure(self, k: int) -> bool:
        """Whether a number's unit is told after the next ones, and is none of money: "25 bis 30 Prozent", "22 instead of 36
        megawatts"."""
        for j in range(k, min(k + _LONGEST_LIST, len(self.quantities) - 1)):
            one, two = self.quantities[j], self.quantities[j + 1]
            gap = self.tokens[one.last : two.first]
            if not gap or len(gap) > _LINK or j + 1 in self.full or any(t.low not in self._linking for t in gap):
                return False
            if two.value <= 1 or two.spelled != one.spelled or (gap[0].gap and gap[0].kind == "p"):
                return False
            unit = self.tokens[two.last] if two.last < len(self.tokens) else None
            if unit is None or unit.kind == "l":
                return False
            if unit.low in self.sets["respectively"] or unit.low in self.sets["determiners"]:
                return False
            if unit.kind == "w" or unit.low in _UNITS or "percent" in unit.roles:
                return not self._free_after(two.last)
        return False

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

    def _needs_series(self, k: int, out: Sequence[_Found]) -> bool:
        """Whether a number is a sum only beside others: behind a name, an article, or a small word after a count, where no
        sum opens the sentence ("three halls, one in Lyon and two in Lille")."""
        found = self.quantities[k]
        if self.labels.follows_name(found) or self._one_word(k):
            return True
        if not found.spelled or found.value >= _COUNTED or not k or k - 1 in self.full:
            return False
        before = self.quantities[k - 1]
        if self._possible(before) or not self._same_sentence(before.last, found.first):
            return False
        at = bisect_left(self.sums, k)
        last = max(self.sums[at - 1] if at else -1, out[-1][0] if out else -1)
        return last < 0 or not self._same_sentence(self.quantities[last].last, found.first)

    def _in_series(self, k: int, taken: set[int]) -> bool:
        """Whether the number before, in the same sentence, is a sum ("90 millones y España 160"), or names and numbers
        go on after a comma ("United Ventures 6, Vertis 2")."""
        found = self.quantities[k]
        before = k - 2 if self._one_word(k - 1) else k - 1
        if before in taken and self._same_sentence(self.quantities[before].last, found.first):
            far = found.first - self.quantities[before].last > _NEAR
            return not (far and found.value < _NUMBERS and self.labels.follows_name(found))
        return k + 1 < len(self.quantities) and self._listed(found, self.quantities[k + 1])

    def _one_word(self, k: int) -> bool:
        """Whether a quantity is but an article or particle that also means one ("schoss zwei Millionen ein")."""
        return k > 0 and k not in self.full and self.quantities[k].spelled and self.quantities[k].value == 1

    def _listed(self, one: Quantity, two: Quantity) -> bool:
        """Whether a comma and then a name, or what closes with one, lead from a number to the next."""
        gap = self.tokens[one.last : two.first]
        if not 2 <= len(gap) <= _LONGEST_NAME or gap[0].low != "," or any(t.kind != "w" for t in gap[1:]):
            return False
        return gap[-1].raw[0].isupper()

    # where scale and currency come from -------------------------------------------------------------------------------

    def _source(self, k: int, found: Quantity) -> int | None:
        """The full sum whose unit a bare number shares: the next one in a plain coordination; else the nearest before in its
        paragraph or the ones above."""
        at = bisect_left(self.sums, k)
        after = self.sums[at] if at < len(self.sums) else None
        if after is not None and self._coordinated(k, after):
            return after
        if at:
            before = self.sums[at - 1]
            if self._near(self.quantities[before], found):
                return before
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
        return end - start <= _FAR and not any(self._ends_sentence(i) for i in range(start, end))

    def _ends_sentence(self, i: int) -> bool:
        """Whether a token ends its sentence; a point before a mark or a small letter only shortens a word."""
        token = self.tokens[i]
        if token.low != "." or i + 1 >= len(self.tokens):
            return token.kind == "l" or token.low in SENTENCE_END
        after = self.tokens[i + 1]
        return not (after.low in ",;:)" or (after.kind == "w" and after.raw[0].islower()))

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
            fits = found.value < _LARGEST or found.value <= _WIDE * source.value
            return fits and found.value >= 100 and source.value >= 1000
        return found.value < _LARGEST


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
