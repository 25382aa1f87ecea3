"""Number words, scales, currencies and qualifiers of a language, read from `numbers/<language>.toml`.

A language is a file: nothing here knows a word of any. Phrases are matched on lower-case words with hyphens and
apostrophes left out ("d'euros" is `d euros`, "demi-milliard" is `demi milliard`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from monitor.knowledge.currencies import Currencies, currencies

FOLDER = Path(__file__).parent / "numbers"
FALLBACK = "en"

_LETTERS = re.compile(r"[^\W\d_]+")
QUALIFIERS = ("about", "at_least", "up_to")

Roles = dict[str, Any]
Phrases = dict[str, list[tuple[tuple[str, ...], Roles]]]

# Sections whose entries are words with a factor, and the role that a word gets from each.
_FACTORS = {
    ("numerals",): "numeral",
    ("hundreds",): "hundred",
    ("scales", "small"): "thousand",
    ("scales", "one"): "scale",
    ("scales", "many"): "scales",
    ("scales", "short"): "short",
    ("collectives", "one"): "about",
    ("collectives", "many"): "vague",
    ("fractions", "before"): "part",
    ("fractions", "after"): "plus",
}


@dataclass(frozen=True)
class Language:
    """One language's data, arranged for look-up by first (or last) word."""

    code: str
    data: Mapping[str, Any]
    currencies: Currencies

    @property
    def decimal(self) -> str:
        return str(self.data["decimal"])

    @cached_property
    def phrases(self) -> Phrases:
        """Every phrase that plays a part in a sum, by its first word, longest first."""
        found: dict[tuple[str, ...], Roles] = {}
        for path, role in _FACTORS.items():
            table: Any = self.data
            for key in path:
                table = table.get(key, {})
            for phrase, factor in table.items():
                found.setdefault(tuple(phrase.split()), {})[role] = float(factor)
        for unit, names in self.data["currencies"].items():
            for name in names:
                found.setdefault(tuple(name.split()), {})["unit"] = unit
        for phrase in self.data.get("vague", {}).get("few", ()):
            found.setdefault(tuple(phrase.split()), {})["few"] = 1.0
        for phrase, size in self.data.get("vague", {}).get("figures", {}).items():
            found.setdefault(tuple(phrase.split()), {})["figures"] = float(size)
        for phrase in self.data["percent"]:
            found.setdefault(tuple(phrase.split()), {})["percent"] = True
        return _by_first(found)

    @cached_property
    def exact_case(self) -> dict[str, Roles]:
        """Single words whose case matters: tight scales, composites, codes and letters of currencies."""
        found: dict[str, Roles] = {}
        tight = self.data["scales"].get("tight", {})
        for word, factor in tight.items():
            found.setdefault(word, {})["tight"] = float(factor)
        for word, (factor, unit) in self.data.get("composites", {}).items():
            found.setdefault(word, {})["composite"] = (float(factor), unit)
        for code in self.currencies.codes:
            found.setdefault(code, {})["code"] = code
            for letter in "kKMT":
                if letter in tight:
                    found.setdefault(letter + code, {})["composite"] = (float(tight[letter]), code)
        for code in self.currencies.lower_codes:
            found.setdefault(code.lower(), {})["code"] = code
        for word, unit in self.currencies.letters.items():
            found.setdefault(word, {})["code"] = unit
            if len(word) == 1:
                found[word]["glued"] = True
        return found

    def may_hold_money(self, text: str) -> bool:
        """A cheap look that lets most texts go by: a currency symbol, a scale, the name or code of a currency."""
        if self.currencies.any_symbol.search(text):
            return True
        words = set(_LETTERS.findall(text))
        if not self._codes.isdisjoint(words) or not self._anchors.isdisjoint({w.lower() for w in words}):
            return True
        return any(stem in text.lower() for stem in self.data["vague"].get("compounds", ()))

    @cached_property
    def _anchors(self) -> frozenset[str]:
        roles = {"scale", "scales", "short", "unit", "thousand"}
        return frozenset(first for first, rows in self.phrases.items() if any(roles & row.keys() for _, row in rows))

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(word for word in self.exact_case if len(word) > 1)

    @cached_property
    def pieces(self) -> Mapping[str, float]:
        """Parts of number words that are written together ("fünfundzwanzig"); empty where words stay apart."""
        if not self.rules.get("compound"):
            return {}
        parts = {w: float(v) for w, v in self.data["numerals"].items() if " " not in w}
        parts |= {w: float(v) for w, v in self.data["hundreds"].items()}
        parts |= {w: float(v) for w, v in self.data["scales"]["small"].items() if v == 1e3}
        parts |= {w: float(v) for w, v in self.data["fractions"]["after"].items() if " " not in w}
        return parts

    @cached_property
    def compound(self) -> re.Pattern[str] | None:
        if not self.pieces:
            return None
        words = "|".join(sorted(map(re.escape, self.pieces), key=len, reverse=True))
        joiners = "|".join(map(re.escape, self.rules["joiners"]))
        return re.compile(f"(?:{words})(?:(?:{joiners})?(?:{words}))+")

    @property
    def rules(self) -> Mapping[str, Any]:
        rules: Mapping[str, Any] = self.data["numeral_rules"]
        return rules

    @cached_property
    def before(self) -> dict[str, list[tuple[tuple[str, ...], str]]]:
        """Qualifiers that stand before a sum, by their last word; each with the words before it, last first."""
        table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for label, phrases in self.data["qualifiers"].items():
            for phrase in phrases if label in QUALIFIERS else ():
                *rest, last = map(self.canonical, phrase.split())
                table.setdefault(last, []).append((tuple(reversed(rest)), label))
        for rows in table.values():
            rows.sort(key=lambda row: -len(row[0]))
        return table

    @cached_property
    def after(self) -> dict[str, list[tuple[tuple[str, ...], str]]]:
        """Qualifiers that stand after a sum, by their first word."""
        table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for label, phrases in self.data["qualifiers_after"].items():
            for phrase in phrases:
                first, *rest = map(self.canonical, phrase.split())
                table.setdefault(first, []).append((tuple(rest), label))
        for rows in table.values():
            rows.sort(key=lambda row: -len(row[0]))
        return table

    @cached_property
    def sets(self) -> dict[str, frozenset[str]]:
        """Plain word lists, as sets."""
        ranges, bare = self.data["ranges"], self.data["bare"]
        return {
            "links": frozenset(self.data["links"]),
            "to": frozenset(ranges["to"]),
            "and": frozenset(pair[1] for pair in ranges["between"]),
            "between": frozenset(w for pair in ranges["between"] for w in pair[0].split()),
            "from": frozenset(ranges["from"][:1]),
            "conversion": frozenset(self.data["conversion"]["words"]),
            "follow": frozenset(bare["follow"]),
            "coordination": frozenset(bare["coordination"]),
            "instead": frozenset(bare.get("instead", ())),
            "in": frozenset(bare["in"]),
            "not_after": frozenset(bare["not_after"]),
            "not_before": frozenset(bare["not_before"]),
            "money_nouns": frozenset(bare["money_nouns"]),
            "count_words": frozenset(bare.get("count_words", ())),
            "articles": frozenset(self.rules["articles"]),
            "determiners": frozenset(self.rules["determiners"]),
            "joiners": frozenset(self.rules["joiners"]),
            "partitive": frozenset(bare["partitive"]),
            "infix": frozenset(self.rules["infix"]),
            "addend_joiners": frozenset(self.rules.get("addend_joiners", ())),
            "range_words": frozenset(ranges["range_words"]),
            "respectively": frozenset(ranges["respectively"]),
            "reference_after": frozenset(self.data["references"]["after"]),
            "reference_not_after": frozenset(self.data["references"]["not_after"]),
        }

    @cached_property
    def references(self) -> dict[str, list[tuple[tuple[str, ...], bool]]]:
        """Phrases that stand for a sum told before, by their first word, longest first: the words, and whether they need to
        stand alone to be one."""
        table: dict[str, list[tuple[tuple[str, ...], bool]]] = {}
        for name in ("named", "alone"):
            for first, *rest in map(str.split, self.data["references"][name]):
                table.setdefault(first, []).append(((first, *rest), name == "alone"))
        for rows in table.values():
            rows.sort(key=lambda row: -len(row[0]))
        return table

    def canonical(self, word: str) -> str:
        """A word with its elision undone ("d" is "de")."""
        elided: Mapping[str, str] = self.data.get("elided", {})
        return elided.get(word, word)

    @cached_property
    def change(self) -> tuple[str, ...]:
        return tuple(self.data["ranges"]["change"])

    @cached_property
    def rise(self) -> frozenset[str]:
        return frozenset(self.data["ranges"]["rise"])

    @property
    def worth(self) -> tuple[str, ...]:
        """Beginnings of words that say what a company is held to be worth."""
        return tuple(self.data["ranges"].get("worth", ()))

    def compound_value(self, word: str) -> float | None:
        """The value of a number word written together, or None."""
        return _compound_value(self.code, word) if self.compound and len(word) <= 40 else None


def compose(values: Iterable[float]) -> float:
    """The value of a row of number words: hundreds and thousands multiply, the others add."""
    total = group = 0.0
    for value in values:
        if value == 100:
            group = (group or 1) * 100
        elif value == 1000:
            total += (group or 1) * 1000
            group = 0.0
        else:
            group += value
    return total + group


@lru_cache(maxsize=4096)
def _compound_value(code: str, word: str) -> float | None:
    language = load(code)
    pattern = language.compound
    if pattern is None or not pattern.fullmatch(word):
        return None
    pieces = sorted(language.pieces, key=len, reverse=True)
    values, position = [], 0
    while position < len(word):
        piece = next((p for p in pieces if word.startswith(p, position)), None)
        if piece is None:
            joiner = next((j for j in language.rules["joiners"] if word.startswith(j, position)), None)
            if joiner is None:
                return None
            position += len(joiner)
        else:
            values.append(language.pieces[piece])
            position += len(piece)
    return compose(values)


def _by_first(found: Mapping[tuple[str, ...], Roles]) -> Phrases:
    table: Phrases = {}
    for words, roles in found.items():
        table.setdefault(words[0], []).append((words[1:], roles))
    for rows in table.values():
        rows.sort(key=lambda row: -len(row[0]))
    return table


def _merge(base: Any, own: Any) -> Any:
    if isinstance(base, dict) and isinstance(own, dict):
        return {k: _merge(base[k], own[k]) if k in base and k in own else own.get(k, base.get(k)) for k in base | own}
    return own


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=32)
def load(code: str) -> Language:
    """The language of a code such as `fr` or `fr-CA`; one that has no file is read as English."""
    code = code.split("-")[0].split("_")[0].lower()
    path = FOLDER / f"{code}.toml"
    if not code.isalpha() or not path.exists():
        code, path = FALLBACK, FOLDER / f"{FALLBACK}.toml"
    return Language(code, _merge(_read(FOLDER / "common.toml"), _read(path)), currencies())
