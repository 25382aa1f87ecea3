"""Words of change, doubt, confirmation and structure, by language: data files under `cues/`, one a language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

FOLDER = Path(__file__).with_name("cues")
GROUPS = (
    "raise", "reduce", "delay", "pause", "cancel", "deny", "start", "complete", "sign", "confirm", "rumour", "correct", "background",
    "extra", "part", "whole",
)  # fmt: skip
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}


class Hit(NamedTuple):
    """A word of a group, by offsets into the text searched."""

    start: int
    end: int
    group: str


@dataclass(frozen=True)
class Cues:
    """The word lists of one language, compiled. All of them search flattened text."""

    groups: tuple[tuple[str, re.Pattern[str]], ...]
    former: re.Pattern[str]
    former_after: re.Pattern[str]
    instead: re.Pattern[str]
    onto: re.Pattern[str]
    numbered: re.Pattern[str]
    ordinals: dict[str, int]
    round: re.Pattern[str]

    def hits(self, text: str) -> list[Hit]:
        """Every word of every group, in order of position."""
        return sorted(Hit(m.start(), m.end(), group) for group, pattern in self.groups for m in pattern.finditer(text))

    def marks(self, text: str) -> list[tuple[int, str]]:
        """Numbered pieces with their positions: "first tranche" and "phase I" are both part:1, "Series B" is round:b."""
        out = [(m.start(), "round:" + next(g for g in m.groups() if g)) for m in self.round.finditer(text)]
        for m in self.numbered.finditer(text):
            before, after = m["before"], m["after"]
            n = self.ordinals[before] if before else ROMAN.get(after) or int(after)
            out.append((m.start(), f"part:{n}"))
        return sorted(out)


def _any(entries: list[str]) -> str:
    return r"\b(?:" + "|".join(entries) + r")(?!\w)"


@lru_cache(maxsize=8)
def cues(language: str) -> Cues:
    """The lists of a language; English where we have none for it."""
    path = FOLDER / f"{language}.yaml"
    if not path.exists():
        return cues("en")
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    units, ordinals = "|".join(data["units"]), "|".join(data["ordinals"])
    numbered = rf"\b(?:(?P<before>{ordinals})\s(?:{units})|(?:{units})\s(?P<after>[1-5]|i{{1,3}}|iv|v))\b"
    return Cues(
        groups=tuple((g, re.compile(_any(data[g]))) for g in GROUPS),
        former=re.compile(_any(data["former"]) + r"\b[^.;:\d]{0,12}$"),
        former_after=re.compile(r"^[^.;:\d]{0,28}" + _any(data["former_after"])),
        instead=re.compile(_any(data["instead"]) + r"\b[^.;:\d]{0,12}$"),
        onto=re.compile(r"^[^.;:\d]{0,25}" + _any(data["onto"]) + r"[^.;:\d\w]{0,12}$"),
        numbered=re.compile(numbered),
        ordinals={str(k): int(v) for k, v in data["ordinals"].items()},
        round=re.compile(_any(data["round"])),
    )


def languages() -> list[str]:
    """The languages that have a file."""
    return sorted(p.stem for p in FOLDER.glob("*.yaml"))
