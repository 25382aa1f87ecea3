"""Rough patterns of money in five languages, for finding sums that an annotator forgot.

Meant to catch too much rather than too little, and kept apart from the grammar of `monitor.extraction`, so that gold is
not checked by what it is to judge.
"""

from __future__ import annotations

import re

_NUMBER = r"\d[\d\s.,\u00a0\u202f]*\d|\d"
_SCALES = (
    "milliards?",
    "millions?",
    "billions?",
    "trillions?",
    "Mds?€",
    r"Mds?\b",
    "M€",
    r"G\$",
    r"M\$",
    "bn",
    "tn",
    "bln",
    r"Mrd\.?",
    r"Mio\.?",
    r"Bio\.?",
    "Milliarden?",
    "Millionen",
    "mld",
    "mln",
    "miliard[io]",
    "milion[ei]",
    "mil millones",
    "millones",
    r"mil\b",
    r"mila\b",
    "crore",
    "Milliarde",
)
_CURRENCIES = (
    "€",
    r"\$",
    "£",
    "euros?",
    "dollars?",
    "dólares",
    "dollari",
    "Euro",
    "Dollar",
    "livres",
    "francs",
    "F CFA",
    "dirhams",
    "couronnes",
    "yen",
    "won",
    "rupees",
    "reales",
    "pesos",
    r"cents?\b",
    "Won",
    r"sen\b",
)
_BEFORE = ("€", r"\$", "£", "Rs ", "RM", r"R(?=\d)", "DKK ", r"US\$")
_SMALL_NUMBERS = (
    "un|une|un demi|eine|einer halben|una|un|elf|zehn|fünf|acht|due|dos|quattro|tens of|dizaines? de|centaines? de|"
    "centaine de|several|plusieurs|hundreds of|few|des"
)
_SCALE_WORDS = "milliards?|millions?|Milliarden?|Millionen|miliard[oi]|milion[ei]|millones|billions?|millions?"


def _any(choices: tuple[str, ...]) -> str:
    return f"(?:{'|'.join(choices)})"


NUMBER = re.compile(_NUMBER)
MONEY = re.compile(
    rf"(?:{_any(_BEFORE)}\s?(?:{_NUMBER})(?:\s?{_any(_SCALES)})?(?:\s?(?:trillion|billion|million|bn|tn|crore|M|m)\b)?)"
    rf"|(?:(?:{_NUMBER})\s?{_any(_SCALES)})"
    rf"|(?:(?:{_NUMBER})\s?{_any(_CURRENCIES)})"
)
WORDED = re.compile(rf"\b(?:{_SMALL_NUMBERS})\s+(?:{_SCALE_WORDS})\b", re.IGNORECASE)
