"""Two quantities that are the ends of one sum ("30 à 50 milliards"), and the words that qualify a sum ("at least")."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from monitor.extraction.sums_language import Language
from monitor.extraction.sums_tokens import Token
from monitor.extraction.sums_units import Quantity

# Words and marks that may stand between a qualifier and its sum.
_SKIPPED = frozenset("«»“”„\"'‘’()[]:*")
_FAR = 3
_RISE_GAP = 10
_RISE_GAP_UP_TO = 22
# "10 milliards à 200 milliards de valorisation" is no range.
_WIDEST = 10


class Ends:
    """Joins and qualifies the quantities of one text."""

    def __init__(self, tokens: Sequence[Token], language: Language) -> None:
        self.tokens = tokens
        self.language = language
        self.sets = language.sets
        self.data = language.data["qualifiers"]
        self.skipped = frozenset(self.data["fillers"])
        self.range_fillers = frozenset(language.data["ranges"]["fillers"])

    def join(self, quantities: Sequence[Quantity]) -> list[Quantity]:
        """The quantities with the two ends of each range made one."""
        out: list[Quantity] = []
        for found in quantities:
            if out and (self._is_range(out[-1], found) or self._is_rise(out[-1], found)):
                out[-1] = self._joined(out[-1], found)
            else:
                out.append(found)
        return out

    def _is_range(self, low: Quantity, high: Quantity) -> bool:
        if low.size == "range" or high.first - low.last > _FAR or low.size == "vague" or high.size == "vague":
            return False
        if low.unit and high.unit and not _same_unit(low, high):
            return False
        between = [t for t in self.tokens[low.last : high.first] if t.low not in _SKIPPED]
        words = " ".join(t.low for t in between)
        if len(between) > 1 and all(t.low in self.range_fillers for t in between[1:]):
            words = between[0].low
        if not between or any(t.kind == "l" for t in between):
            return False
        opener = self._word_before(low.first)
        if words in self.sets["and"]:
            if opener not in self.sets["between"]:
                return False
        elif words not in self.sets["to"]:
            return False
        if low.low is None or high.low is None or self._percent(high):
            return False
        if high.spelled and not high.scaled and low.scaled and low.unit:
            return False  # "1,1 milliard de dirhams à deux": the two of them together
        if _looks_like_years(low, high, self.tokens):
            return False
        if words in ("-", "–", "—", "/") and not (low.scaled or low.unit) and not (high.scaled or high.unit):
            return low.value < high.value
        if opener in self.sets["from"] and self._changes(low.first):
            return False
        start, end = _aligned(low, high)
        return start < end and (end <= _WIDEST * start or words in self.sets["and"])

    def _changes(self, i: int) -> bool:
        """Whether a verb of change stands before: "passe de 20 à 25 milliards" is no range."""
        words = [t.low for t in self.tokens[max(0, i - 9) : i]]
        if any(word in self.sets["range_words"] for word in words[-4:]):
            return False
        return any(word.startswith(stem) for word in words for stem in self.language.change)

    def _is_rise(self, low: Quantity, high: Quantity) -> bool:
        """ "X, may rise to Y" within one sentence."""
        if low.size in ("range", "vague") or not (low.unit or low.scaled) or low.low is None or high.low is None:
            return False
        gap = self.tokens[low.last : high.first]
        if len(gap) > _RISE_GAP_UP_TO or any(t.kind == "l" or t.low in (".", ";", "?", "!", "(") for t in gap):
            return False
        if any(t.low.startswith(stem) for t in gap for stem in self.language.worth):
            return False  # "raises $1bn at a valuation that could exceed $8bn"
        up_to = len(gap) > 1 and self._before(high.first) == "up_to"
        if up_to and any(one.low in self.sets["and"] and other.raw[:1].isupper() for one, other in pairwise(gap)):
            return False  # "5 billion, and Nvidia up to 10": another's
        if self._percent(high) or (len(gap) > _RISE_GAP and not up_to):
            return False
        if not any(t.low in self.language.rise for t in gap) and not (up_to and not high.unit and not high.scaled):
            return False
        if low.unit and high.unit and not _same_unit(low, high):
            return False
        if not (high.unit or high.scaled) and _unit_noun_follows(self.tokens, high.last, self.sets["follow"]):
            return False
        scale = 1.0 if high.scaled or not low.scaled else low.scale
        return low.low < high.low * scale

    def _joined(self, low: Quantity, high: Quantity) -> Quantity:
        start, end = _aligned(low, high)
        return Quantity(
            low.first,
            high.last,
            start,
            end,
            "range",
            max(low.scale, high.scale),
            high.unit if high.near or not low.unit else low.unit,
            high.near or low.near,
            low.spelled and high.spelled,
            low.whole and high.whole,
            low.number,
        )

    def _word_before(self, i: int) -> str:
        k = i - 1
        while k >= 0 and k > i - 4:
            word = self.tokens[k].low
            if word not in self.skipped and word not in _SKIPPED:
                return word
            if word in self.sets["between"] or word in self.sets["from"]:
                return word
            k -= 1
        return ""

    def _percent(self, found: Quantity) -> bool:
        if found.last >= len(self.tokens):
            return False
        token = self.tokens[found.last]
        return token.low in ("%", "‰") or "percent" in token.roles

    # qualifiers -------------------------------------------------------------------------------------------------------

    def qualifier(self, found: Quantity) -> str:
        """The qualifier that the words around a sum give it: about, at_least, up_to or exact."""
        before = self._before(found.first) or (self._before(found.number) if found.number > found.first else None)
        return before or self._after(found.last) or "exact"

    def _before(self, i: int) -> str | None:
        k, steps = i - 1, 0
        best: str | None = None
        while k >= 0 and steps <= _FAR:
            token = self.tokens[k]
            if token.kind == "l":
                break
            hit = self._ends_at(k)
            if hit and (not self._bound(hit[2]) or k == i - 1):
                label, first, _ = hit
                if best is None or label != "about":
                    best = label
                k, steps = first - 1, 1
                continue
            abbreviated = token.low == "." and not token.gap and k and self.tokens[k - 1].low in self.language.before
            if not abbreviated and token.low not in self.skipped and token.low not in _SKIPPED:
                break
            k, steps = k - 1, steps + 1
        return best

    def _bound(self, phrase: str) -> bool:
        return phrase in self.data["adjacent"]

    def _ends_at(self, k: int) -> tuple[str, int, str] | None:
        """The qualifier whose last word is a token: its label, its first token, its words."""
        canonical = self.language.canonical
        own = [canonical(word) for word in self.tokens[k].low.split()]
        for rest, label in self.language.before.get(own[-1], ()) if own else ():
            words, j = own[-2::-1], k
            while len(words) < len(rest) and j > 0:
                j -= 1
                words.extend(canonical(word) for word in reversed(self.tokens[j].low.split()))
            if tuple(words[: len(rest)]) == rest:
                phrase = " ".join((*reversed(rest), own[-1]))
                if not self._voided(phrase, j):
                    return label, j, phrase
        return None

    def _voided(self, phrase: str, first: int) -> bool:
        """Whether the word before a qualifier takes its sense away ("talks about $2bn", "Kredit über 60 Millionen")."""
        if not first:
            return False
        before = self.tokens[first - 1]
        if before.low in self.data["unless_after"].get(phrase, ()):
            return True
        if phrase not in self.data.get("not_after_nouns", ()) or before.kind != "w" or not before.raw[0].isupper():
            return False
        return first > 1 and self.tokens[first - 2].kind == "w"

    def _after(self, k: int) -> str | None:
        n = len(self.tokens)
        if k < n and self.tokens[k].low in (",", "(", "»", "”", "-", "+"):
            if self.tokens[k].low == "+":
                return "at_least"
            k += 1
        if k >= n:
            return None
        canonical = self.language.canonical
        for rest, label in self.language.after.get(canonical(self.tokens[k].low), ()):
            end = k + 1 + len(rest)
            if end <= n and all(canonical(self.tokens[k + 1 + j].low) == word for j, word in enumerate(rest)):
                # "66 millions de dollars (environ 61 M€)": it belongs to what follows
                following = self.tokens[end] if end < n else None
                if following is None or not (following.kind in "nc" or following.roles.keys() & {"numeral", "code", "few"}):
                    return label
        return None


def _same_unit(one: Quantity, other: Quantity) -> bool:
    return one.unit == other.unit or not one.near or not other.near


def _aligned(low: Quantity, high: Quantity) -> tuple[float, float]:
    """Both ends in whole units: an end without a scale takes the other's ("500 to 800 million")."""
    start, end = low.value, high.value
    if not low.scaled and high.scaled and low.scale == 1:
        start *= high.scale
        if start >= end and high.scale >= 1e9:
            start /= 1e3
    elif not low.scaled and low.scale == 1 and high.scale == 1e3:
        start *= 1e3
    elif low.scaled and not high.scaled and high.scale == 1:
        end *= low.scale
    return start, end


def _looks_like_years(low: Quantity, high: Quantity, tokens: Sequence[Token]) -> bool:
    def year(found: Quantity) -> bool:
        raw = tokens[found.number].raw
        return not (found.unit or found.scaled) and len(raw) == 4 and raw[:2] in ("19", "20")

    return year(low) and (year(high) or not (high.unit or high.scaled))


def _unit_noun_follows(tokens: Sequence[Token], k: int, follow: frozenset[str]) -> bool:
    if k >= len(tokens):
        return False
    token = tokens[k]
    return token.low in ("%", "°") or (token.kind == "w" and token.low not in follow)
