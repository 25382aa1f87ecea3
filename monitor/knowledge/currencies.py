"""Currencies: codes, symbols, and which country's unit is meant when several share a name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class Currencies:
    """The look-ups of `currencies.toml`. A unit is an ISO 4217 code or, in lower case, a family such as `dollar`."""

    symbols: Mapping[str, str]
    letters: Mapping[str, str]
    codes: frozenset[str]
    lower_codes: frozenset[str]
    past_codes: frozenset[str]
    families: Mapping[str, Sequence[str]]
    cues: Mapping[str, Sequence[str]]
    unmarked: Mapping[str, Sequence[str]]
    notations: Mapping[str, Mapping[str, str]]
    enough: Mapping[str, int]
    scaled_symbols: Mapping[str, tuple[float, str]]

    @cached_property
    def symbol_pattern(self) -> str:
        """A regular expression for every symbol, longest first; those of letters stand as words of their own."""
        parts = []
        for symbol in sorted([*self.symbols, *self.scaled_symbols], key=len, reverse=True):
            head = r"(?<![^\W\d_])" if symbol[0].isalpha() else ""
            tail = r"(?![^\W\d_])" if symbol[-1].isalpha() else ""
            parts.append(head + re.escape(symbol) + tail)
        return "|".join(parts)

    @cached_property
    def any_symbol(self) -> re.Pattern[str]:
        """Finds whether a text holds a symbol at all."""
        return re.compile(
            "[" + re.escape("".join({s for s in self.symbols if len(s) == 1} | {"$", "£"})) + "]|zł|Kč|[BS]/"
        )

    def candidates(self, unit: str) -> Sequence[str]:
        """The codes that a unit may stand for, the usual one first."""
        return self.families.get(unit, (unit,))

    def by_word(self, unit: str, word: str) -> str | None:
        """The code that a word beside the unit tells ("dollars canadiens"), or None."""
        for code in self.candidates(unit):
            if any(_tells(cue, word) for cue in self.cues.get(code, ())):
                return code
        return None

    @cached_property
    def cue_patterns(self) -> Mapping[str, re.Pattern[str]]:
        """For each code, what finds the words in running text that tell its country."""
        return {code: _cue_pattern(cues) for code, cues in self.cues.items() if cues}


def _cue_pattern(cues: Sequence[str]) -> re.Pattern[str]:
    parts = (re.escape(c) + (r"\b" if len(c) <= 3 and c.isupper() else "") for c in cues)
    return re.compile(r"\b(?:" + "|".join(parts) + ")")


def _with_code(families: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The dollar sign after a code: "AUD$", "mxn$"."""
    codes = [*families["dollar"], *families["peso"]]
    return {f"{name}$": code for code in codes for name in (code, code.lower())}


def _with_capitals(cues: Sequence[str]) -> tuple[str, ...]:
    """The cues and, for datelines, the longer ones in capitals."""
    return tuple(dict.fromkeys([*cues, *(c.upper() for c in cues if len(c) > 4 and c[0].isupper())]))


def _tells(cue: str, word: str) -> bool:
    if len(cue) <= 3 and cue.isupper():
        return word.rstrip(".") == cue
    return word.startswith(cue) if len(cue) > 2 else word == cue


@lru_cache(maxsize=1)
def currencies() -> Currencies:
    """The currencies that are shipped."""
    with _FILE.open("rb") as file:
        data = tomllib.load(file)
    return Currencies(
        symbols=data["symbols"] | _with_code(data["families"]),
        letters=data["letters"],
        codes=frozenset(data["codes"]["all"].split()),
        lower_codes=frozenset(data["codes"]["lower"].split()),
        past_codes=frozenset(data["codes"]["past"].split()),
        families=data["families"],
        cues={code: _with_capitals(cues) for code, cues in data["cues"].items()},
        unmarked=data["unmarked"],
        notations=data["notations"],
        enough=data["enough"],
        scaled_symbols={k: (float(v[0]), str(v[1])) for k, v in data["scaled_symbols"].items()},
    )
