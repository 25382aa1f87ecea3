"""Every sum of money in a text: its ends, currency and qualifier, and the span it stands in.

`find_sums` is pure and linear in the text. What is no sum for certain is left out; what may be one because scale or
currency is understood ("AWS 5 milliards, Google 3") is given with `inherited`, to be judged by whoever knows the context.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.extraction.sums_bare import Bare, is_count
from monitor.extraction.sums_context import Context
from monitor.extraction.sums_language import Language, load
from monitor.extraction.sums_quantities import Reader
from monitor.extraction.sums_ranges import Ends
from monitor.extraction.sums_references import find_references, meant
from monitor.extraction.sums_tables import Header, Tables, is_header
from monitor.extraction.sums_tokens import Token, tokens
from monitor.extraction.sums_units import Quantity
from monitor.model import Money, Qualifier, Span

_CONVERSION_GAP = 9
# How many words of a noun may stand before a conversion in brackets ("a 3 billion crown plan ($272 million)").
_NOUN = 2
_RATIO = 1e5


@dataclass(slots=True)
class _Found:
    """A sum on its way: the quantity, its code, and what it inherits."""

    index: int
    quantity: Quantity
    code: str | None
    scale: float = 1.0
    source: int | None = None
    header: Header | None = None


def find_sums(text: str, language: str) -> list[Money]:
    """All sums of a text in order, with offsets into it. `language` is ISO 639-1; an unknown one is read as English.

    Sums a year, an hour or a unit are given like any other; so are prices, revenues and all else that is money.
    """
    tongue = load(language)
    if not tongue.may_hold_money(text):
        return []
    row = tokens(text, tongue)
    ends = Ends(row, tongue)
    quantities = ends.join(Reader(row, tongue).quantities())
    full = {k for k, q in enumerate(quantities) if _is_full(row, q, tongue)}
    tables = Tables(row, tongue, quantities)
    if not full and not tables.headers:
        return []
    context = Context(text, row, tongue)
    codes = context.codes(quantities)
    found = [_Found(k, quantities[k], codes[k]) for k in sorted(full)]
    for one in found:
        header = tables.header(one.quantity, words_after=False)
        if header and not header.unit and not one.quantity.scaled:
            one.scale, one.header = header.scale, header
    for k, scale, source, header in Bare(row, tongue, quantities, full, tables).found():
        code = context.codes([replace(quantities[k], unit=header.unit, near=header.near)])[0] if header and header.unit else None
        found.append(_Found(k, quantities[k], code, scale, source, header))
    found.sort(key=lambda f: f.index)
    found = _with_references(row, found, tongue)
    conversions = _conversions(row, found, tongue)
    lines = _line_numbers(row)
    _take_from_twins(found, conversions, lines)
    _inherit(found, conversions, row, lines, tongue, context.default())
    conversions |= _retold(found, conversions, lines)
    return [_money(text, row, f, conversions.get(i), ends) for i, f in enumerate(found)]


def _with_references(row: Sequence[Token], found: list[_Found], language: Language) -> list[_Found]:
    """Also the words that stand for a sum told before ("the same again"), which have all from it."""
    taken = {k for one in found for k in range(one.quantity.first, one.quantity.last)}
    lasts = [one.quantity.last for one in found]
    told = []
    for n, (first, last) in enumerate(find_references(row, language)):
        at = None if taken.intersection(range(first, last)) else meant(row, first, lasts)
        if at is not None:
            source = found[at]
            quantity = replace(source.quantity, first=first, last=last, number=first)
            told.append(_Found(-1 - n, quantity, None, source.scale, source.index))
    return sorted(found + told, key=lambda one: one.quantity.first) if told else found


def _is_full(row: Sequence[Token], found: Quantity, language: Language) -> bool:
    """Whether a quantity is a sum by its own words: it has a currency, or a large scale and counts no things."""
    if is_header(row, found, language):
        return False
    if found.unit is not None:
        return not (found.last < len(row) and row[found.last].low == "%")
    return found.scaled and not is_count(row, found, language)


def _conversions(row: Sequence[Token], found: Sequence[_Found], language: Language) -> dict[int, int]:
    """For each sum that only restates another in a second currency, the index of that other."""
    out: dict[int, int] = {}
    for i in range(1, len(found)):
        one, two = found[i - 1], found[i]
        if not one.code or not two.code or one.code == two.code or one.header or two.source is not None:
            continue
        gap = row[one.quantity.last : two.quantity.first]
        if _converts(gap, language) or (i - 1 in out and _chains(gap, language)):
            out[i] = out.get(i - 1, i - 1)
    return out


def _converts(gap: Sequence[Token], language: Language) -> bool:
    """Whether what stands between two sums says that the second is the first: a bracket, or words of conversion after a
    mark ("20 billion euros, or"), if need be behind an adjunct ("20 Milliarden Euro in die Hand, umgerechnet") or in the next
    sentence ("150 Milliarden Yen bereit. Umgerechnet sind das rund")."""
    if not gap or len(gap) > _CONVERSION_GAP or any(t.kind == "l" for t in gap):
        return False
    allowed = language.sets["conversion"]
    words = [t.low for t in gap if t.kind == "w"]
    marks = [t.low for t in gap if t.kind == "p"]
    if not words:
        return marks in (["/"], ["="], ["≈"]) or marks[-1:] in (["("], ["["])
    opening = next((k for k, t in enumerate(gap) if t.low in ("(", "[")), None)
    if opening is not None:
        inside = gap[opening + 1 :]
        return opening <= _NOUN and all(t.low in allowed or t.low in (",", ".") for t in inside)
    if all(w in allowed for w in words) and (marks == [] or marks[0] in (",", "–", "—", "-")):
        return True
    if marks not in ([","], ["."]):
        return False
    tail = [t.low for t in gap[max(k for k, t in enumerate(gap) if t.low in marks) + 1 :]]
    return len(tail) >= (1 if marks == [","] else 2) and all(w in allowed for w in tail)


def _chains(gap: Sequence[Token], language: Language) -> bool:
    """Whether a third currency follows a conversion ("($5bn, £4bn)")."""
    words = [t.low for t in gap if t.kind == "w"]
    marks = {t.low for t in gap if t.kind == "p"}
    return len(gap) <= _CONVERSION_GAP and marks <= {",", ";", "/", "."} and all(w in language.sets["conversion"] for w in words)


def _figures(found: _Found) -> tuple[float, float]:
    low, high = found.quantity.low, found.quantity.high
    return found.quantity.value * found.scale, (high if high is not None else low or 0.0) * found.scale


def _take_from_twins(found: Sequence[_Found], conversions: dict[int, int], lines: Sequence[int]) -> None:
    """Give a sum without a currency that of the sums with the same figures, where these agree: a headline leaves out what
    the text below tells. In the text itself a conversion tells nothing of other sums, and a mere "one billion" is too
    common to be the same."""
    told: dict[tuple[float, float], set[str]] = {}
    converted: dict[tuple[float, float], set[str]] = {}
    for i, one in enumerate(found):
        if one.code and one.source is None:
            (converted if i in conversions else told).setdefault(_figures(one), set()).add(one.code)
    for one in found:
        if one.code is not None or one.source is not None:
            continue
        headline = lines[one.quantity.first] == 0
        codes = told.get(_figures(one), set()) | (converted.get(_figures(one), set()) if headline else set())
        if len(codes) == 1 and (headline or one.quantity.value != one.quantity.scale):
            one.code = next(iter(codes))


def _retold(found: Sequence[_Found], conversions: dict[int, int], lines: Sequence[int]) -> dict[int, int]:
    """For each sum that says a conversion again, in the headline or later on, the index of the sum converted."""
    first: dict[tuple[tuple[float, float], str | None], int] = {}
    for i in sorted(conversions):
        first.setdefault((_figures(found[i]), found[i].code), i)
    converted = set(conversions.values())
    out = {}
    for i, one in enumerate(found):
        at = first.get((_figures(one), one.code))
        if at is None or i in conversions or i in converted or one.source is not None:
            continue
        if i > at or lines[one.quantity.first] == 0:
            out[i] = conversions[at]
    return out


def _inherit(
    found: Sequence[_Found],
    conversions: dict[int, int],
    row: Sequence[Token],
    lines: Sequence[int],
    language: Language,
    default: str,
) -> None:
    """Give each sum without a currency that of the sum whose scale it shares, of the next one of its coordination, or of
    the last one on its line; else what most sums of the text are in, the language's usual currency counting once more
    where it occurs, and so does the line above."""
    by_index = {f.index: f for f in found}
    past = language.currencies.past_codes
    own = [f.code for i, f in enumerate(found) if i not in conversions and f.source is None]
    named = Counter(code for code in own if code and code not in past)
    if default in named or not named:
        named[default] += 1
    last: str | None = None
    last_line = -1
    for i, one in enumerate(found):
        line = lines[one.quantity.first]
        if one.code is None and one.source is not None:
            one.code = by_index[one.source].code
        if one.code is None:
            one.code = _coordinated(found, i, row, language) or (last if line == last_line else None)
        if one.code is None:
            one.code = max(named, key=lambda code: named[code] + (code == last and line == last_line + 1))
        if i not in conversions and one.code not in past:
            last, last_line = one.code, line


def _line_numbers(row: Sequence[Token]) -> list[int]:
    """For each token, how many lines with text stand above its own."""
    out, line, fresh = [], 0, False
    for token in row:
        if token.kind == "l":
            line, fresh = line + (0 if fresh else 1), True
        else:
            fresh = False
        out.append(line)
    return out


def _coordinated(found: Sequence[_Found], i: int, row: Sequence[Token], language: Language) -> str | None:
    for j in range(i + 1, min(i + 6, len(found))):
        gap = row[found[j - 1].quantity.last : found[j].quantity.first]
        if len(gap) > 4 or any(t.low not in language.sets["coordination"] and t.low != "," for t in gap):
            return None
        if found[j].quantity.unit is not None:
            return found[j].code
    return None


def _money(text: str, row: Sequence[Token], found: _Found, conversion: int | None, ends: Ends) -> Money:
    quantity = found.quantity
    start, end = row[quantity.first].start, row[quantity.last - 1].end
    low = quantity.low if quantity.low is None else quantity.low * found.scale
    high = quantity.high if quantity.high is None else quantity.high * found.scale
    qualifier = _qualifier(quantity, ends)
    if qualifier == "at_least":
        high = None
    elif qualifier == "up_to":
        low, high = None, high if high is not None else low
    inherited: set[str] = set()
    if found.index < 0:
        inherited = {"figure", "scale", "currency"}
    elif found.source is not None or found.header is not None:
        inherited = {"scale", "currency"} if quantity.unit is None else {"scale"}
    elif quantity.unit is None:
        inherited = {"currency"}
    return Money(
        Span(start, end), text[start:end], _clean(low), _clean(high), found.code, qualifier, conversion, frozenset(inherited)
    )


def _qualifier(quantity: Quantity, ends: Ends) -> Qualifier:
    if quantity.size in ("range", "vague"):
        return "range" if quantity.size == "range" else "vague"
    told = ends.qualifier(quantity)
    if told == "exact" and quantity.size == "about":
        return "about"
    return told  # type: ignore[return-value]


def _clean(value: float | None) -> float | None:
    """Without the dust of binary fractions: 2.3 × 1e9 is 2,300,000,000."""
    if value is None:
        return None
    return float(f"{value:.12g}")
