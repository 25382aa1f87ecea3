"""Sums as numbers in a sentence, for one question only: which former sum does an article name beside the present one?

The extractor's grammar decides what a sum is; here a number with a scale is enough, its currency is that of the record.
"""

from __future__ import annotations

import re
from typing import NamedTuple

SCALES = {
    "milliardi": 1e9, "miliardi": 1e9, "miliardo": 1e9, "mld": 1e9, "milliards": 1e9, "milliard": 1e9, "md€": 1e9, "mds": 1e9, "md": 1e9,
    "g$": 1e9, "billion": 1e9, "billions": 1e9, "bn": 1e9, "bln": 1e9, "b": 1e9, "milliarden": 1e9, "milliarde": 1e9, "mrd": 1e9,
    "millones": 1e6, "millon": 1e6, "mdd": 1e6, "millions": 1e6, "million": 1e6, "mln": 1e6, "mio": 1e6, "m€": 1e6, "m$": 1e6, "m": 1e6,
    "millionen": 1e6, "milioni": 1e6, "milione": 1e6, "mil millones": 1e9, "miles de millones": 1e9, "trillion": 1e12, "tn": 1e12,
    "billionen": 1e12, "billones": 1e12, "lakh crore": 1e12, "crore": 1e7,
}  # fmt: skip
_SCALE = "|".join(re.escape(s) for s in sorted(SCALES, key=len, reverse=True))
_SUM = re.compile(
    rf"(?<![\w.,])(\d{{1,3}}(?:[.,\u00a0\u202f ]\d{{3}})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?:[\s-]?({_SCALE})(?![a-z]))?",
)
# "4 mil 800 millones", and the first of "de 4 mil 800 a 3 mil 300 millones".
_MIL = re.compile(r"(?<!\d)(\d+) mil (\d{1,3}) (?=millones|mdd|(?:a|y|o|hasta) \d+ mil )")


class Figure(NamedTuple):
    """A number in a flattened text; `scaled` when its scale stands beside it."""

    start: int
    end: int
    value: float
    scaled: bool


def number(text: str, language: str) -> float:
    """The value of digits with marks: three digits after a mark are thousands, but after the language's decimal mark."""
    text = re.sub(r"[\u00a0\u202f ]", "", text)
    decimal = "." if language == "en" else ","
    other = "," if decimal == "." else "."
    if re.fullmatch(rf"\d{{1,3}}(?:\{other}\d{{3}})+(?:\{decimal}\d+)?", text):
        return float(text.replace(other, "").replace(decimal, "."))
    if re.fullmatch(rf"\d{{1,3}}(?:\{decimal}\d{{3}}){{2,}}", text):
        return float(text.replace(decimal, ""))
    parts = re.split(r"[.,]", text)
    return float(text.replace(",", ".")) if len(parts) == 2 else float("".join(parts))


def figures(flattened: str, language: str) -> list[Figure]:
    """The numbers of a flattened sentence, in order; one without a scale takes that of the next that has one, or of the
    last one."""
    text = _MIL.sub(lambda m: f"{m[1]}{m[2].zfill(3)}".rjust(m.end() - m.start() - 1, " ") + " ", flattened)
    found = [(m, SCALES.get(m[2] or "")) for m in _SUM.finditer(text)]
    out: list[Figure] = []
    scale = next((own for _, own in reversed(found) if own), None)
    for m, own in reversed(found):
        scale = own or scale
        factor = own or scale or 1.0
        out.append(Figure(m.start(), m.end(), number(m[1], language) * factor, own is not None))
    return out[::-1]
