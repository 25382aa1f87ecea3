"""A text cut into the tokens that sums are made of: figures, words, symbols, marks and line ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from monitor.extraction.sums_language import Language, Roles

# A narrow, thin, figure or no-break space groups digits in every language, a plain one only where the language says so
# or where it makes two groups and more ("EUR 17 900 000").
_SPACES = "\u00a0\u202f\u2009\u2007"
_LONGEST = 40
_NONE: Roles = {}
_KINDS = {"v": "w", "q": "p"}


@dataclass(slots=True)
class Token:
    """`kind` is n (figure), w (word), c (currency symbol), p (mark) or l (line end). `gap` is whether white space stands
    before it; `roles` what the language's data says of it."""

    kind: str
    start: int
    end: int
    raw: str
    low: str
    gap: bool
    roles: Roles
    value: float | None = None


@lru_cache(maxsize=16)
def _pattern(symbols: str, plain_groups: bool) -> re.Pattern[str]:
    spaces = _SPACES + (" " if plain_groups else "")
    # Plain words come first, and white space is eaten with what follows it: most of a text is that. A word that may
    # begin a symbol ("US$", "zł") is tried as one before.
    return re.compile(
        r"[^\S\n]*+(?:"
        r"(?P<w>[^\W\d_A-Zuz][^\W\d_]*+(?![$£¥])|[^\W\d_]{6,}+)"
        rf"|(?P<n>(?<![\d.,])\d{{1,3}}(?:(?:[{spaces}]\d{{3}}(?!\d))+|(?: \d{{3}}(?!\d)){{2,}})(?:[.,]\d+)?|\d+(?:[.,]\d+|['’]\d{{3}}(?!\d))*)"
        r"|(?P<p>[,;:!?()«»…\"“”„])"
        rf"|(?P<c>{symbols})"
        r"|(?P<v>U\.S\.|[^\W\d_]+)"
        r"|(?P<l>\n)"
        r"|(?P<q>[^\w\s]))"
    )


def parse_number(text: str, decimal: str, three_group: bool = False) -> float | None:
    """The value of a figure under a language's decimal mark, or None when it is no number (a date, an address).

    A single mark before three digits is ambiguous: it groups thousands when it is not the decimal mark, or when the three
    digits are noughts, or by `three_group`; "1,016" in a language with a decimal comma is a little more than one.
    """
    if len(text) > _LONGEST:
        return None
    text = re.sub(r"[\s'’]", "", text)
    marks = [c for c in text if c in ".,"]
    if not marks:
        return float(text)
    last = marks[-1]
    head, _, tail = text.rpartition(last)
    if len(set(marks)) == 2:
        other = "," if last == "." else "."
        if marks.count(last) > 1 or not _grouped(head, other):
            return None
        return float(head.replace(other, "") + "." + tail)
    if len(marks) > 1:
        return float(text.replace(last, "")) if _grouped(text, last) else None
    groups = len(tail) == 3 and len(head) <= 3 and head.strip("0") != "" and not head.startswith("0")
    if groups and (last != decimal or tail == "000" or three_group):
        return float(head + tail)
    if len(tail) > 3 and tail[:2] in ("19", "20"):
        return None
    return float(f"{head}.{tail}")


def _grouped(text: str, mark: str) -> bool:
    """Whether digits stand in groups of three, or of two and then three as in India."""
    head, *groups = text.split(mark)
    if not groups or not head or len(head) > 3 or len(groups[-1]) != 3:
        return False
    return all(len(g) == 3 for g in groups) or (mark == "," and all(len(g) == 2 for g in groups[:-1]))


def decimal_mark(text: str, language: Language) -> str:
    """The decimal mark of a text: its language's, unless its unmistakable decimals all say the other."""
    comma = point = 0
    for match in re.finditer(r"(?<![\d.,/])\d{1,3}([.,])\d{1,2}(?![\d.,/])", text):
        if match[1] == ",":
            comma += 1
        else:
            point += 1
    if language.decimal == "," and point and not comma:
        return "."
    return "," if language.decimal == "." and comma > 2 and not point else language.decimal


def tokens(text: str, language: Language) -> list[Token]:
    """The tokens of a text in order, phrases of the language's data joined into one."""
    raw = _raw(text, language)
    phrases, exact, compounds = language.phrases, language.exact_case, language.compound is not None
    decimal = decimal_mark(text, language)
    out: list[Token] = []
    i, n = 0, len(raw)
    while i < n:
        token = raw[i]
        step = 1
        if token.kind == "w":
            rows = phrases.get(token.low)
            if rows:
                step = _join(raw, i, rows)
            roles = exact.get(token.raw)
            if roles and step == 1:
                token.roles = {**token.roles, **roles} if token.roles else roles
            elif compounds and not token.roles:
                value = language.compound_value(token.low)
                if value is not None:
                    token.roles = {"numeral": value}
        elif token.kind == "n":
            token.value = parse_number(token.raw, decimal, bool(language.data.get("three_digits_group")))
        elif token.kind == "c":
            scaled = language.currencies.scaled_symbols.get(token.raw)
            token.roles = (
                {"symbol": scaled[1], "factor": scaled[0]} if scaled else {"symbol": language.currencies.symbols[token.raw]}
            )
        out.append(token)
        i += step
    return out


def _raw(text: str, language: Language) -> list[Token]:
    pattern = _pattern(language.currencies.symbol_pattern, bool(language.data.get("space_groups")))
    out: list[Token] = []
    end = 0
    for match in pattern.finditer(text):
        kind = match.lastgroup or "p"
        start, stop = match.span(kind)
        value = text[start:stop]
        kind = _KINDS.get(kind, kind)
        # Hyphens and apostrophes inside words only separate: "trillion-won", "d'euros".
        if kind == "p" and value in "-'’‐‑" and start == end and start and text[stop : stop + 1].isalpha():
            end = stop
            continue
        out.append(Token(kind, start, stop, value, value.lower(), start > end, _NONE))
        end = stop
    return out


def _join(raw: list[Token], i: int, rows: list[tuple[tuple[str, ...], Any]]) -> int:
    """Let a phrase that begins at a token swallow its other words; how many tokens it took."""
    token = raw[i]
    for rest, roles in rows:
        k = len(rest)
        if not k:
            token.roles = roles
            return 1
        if i + k < len(raw) and all(raw[i + 1 + j].low == word for j, word in enumerate(rest)):
            token.roles = roles
            token.end = raw[i + k].end
            token.low = " ".join((token.low, *rest))
            return k + 1
    return 1
