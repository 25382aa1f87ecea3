"""Who puts money into AI: look-ups over `actors.tsv`, loaded on first use.

The file has one actor a line. Its columns are explained at its top; a person who does not program can extend it. Users
add their own through `extended`. All functions are pure; spans are half-open character offsets into the text given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from monitor.errors import SettingsError
from monitor.knowledge import names

Kind = Literal[
    "company", "fund", "bank", "state", "public_body", "region", "university", "philanthropy", "consortium", "person"
]
Via = Literal["name", "metonym", "description"]
KINDS: tuple[str, ...] = get_args(Kind)
# The kinds whose name also says where something is.
LANDS = ("state", "region")
FILE = Path(__file__).with_name("actors.tsv")
COLUMNS = ("id", "name", "kind", "country", "sector", "seat", "parent", "aliases", "metonyms", "descriptions")
_ALIAS = re.compile(r"(?:([a-z]{2}):)?(.*?)(?:\?((?:[a-z]{2} ?)*))?")


@dataclass(frozen=True, slots=True)
class Alias:
    """One way to write an actor.

    `language` restricts it to texts known to be in that language. A `doubtful` one is also an everyday word ("Orange") in
    the languages listed (in all of them when `("*",)`): there, at the opening of a sentence, it counts only if the text
    names the actor elsewhere too.
    """

    text: str
    language: str | None = None
    doubtful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor. `country` is ISO 3166 alpha-2 ("EU" for the Union, "" when none applies); `parent` the id of its owner.

    `metonyms` are people and capitals that stand for it ("Masayoshi Son", "Ottawa"); `descriptions` are phrases that mean
    it alone ("the ChatGPT maker"), without article.
    """

    id: str
    name: str
    kind: str = "company"
    country: str = ""
    sector: str = ""
    seat: str = ""
    parent: str = ""
    aliases: tuple[Alias, ...] = ()
    metonyms: tuple[Alias, ...] = ()
    descriptions: tuple[Alias, ...] = ()

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Actor:
        """An actor as a user writes it in the settings: `name` and any of the columns; lists or text parted by ";"."""
        unknown = set(data) - set(COLUMNS)
        if unknown or not str(data.get("name", "")).strip():
            raise SettingsError(
                "Reading an actor",
                subject=str(data.get("name") or dict(data)),
                cause=f"unknown key {sorted(unknown)[0]}" if unknown else "it has no name",
                hint=f"An actor has a name and may have: {', '.join(COLUMNS[2:])}.",
            )
        plain = {key: str(data.get(key) or "") for key in ("kind", "country", "sector", "seat", "parent")}
        if (plain["kind"] or "company") not in KINDS:
            raise SettingsError(
                "Reading an actor",
                subject=str(data["name"]),
                cause=f"unknown kind {plain['kind']}",
                hint=f"Kinds: {', '.join(KINDS)}.",
            )
        plain["kind"] = plain["kind"] or "company"
        name = str(data["name"]).strip()
        listed = (_aliases(data.get(key)) for key in ("aliases", "metonyms", "descriptions"))
        return _actor(str(data.get("id") or "-".join(names.fold(name))), name, *plain.values(), *listed)


class Hit(NamedTuple):
    """An actor met in a text, and whether by a name, by what stands for it, or by a description."""

    start: int
    end: int
    actor: Actor
    via: Via


class _Entry(NamedTuple):
    words: tuple[str, ...]
    written: tuple[str, ...]
    actor: Actor
    alias: Alias
    via: Via
    sign: str  # what a name of one letter must be followed by ("e&", else every "e" would be it)


_TOKEN = re.compile(r"[^\W_]+")
# What may stand between the words of one name; a full stop before a space only after an initial ("D. E. Shaw").
_GAP = re.compile(r"[ \t\u00a0\u202f]?[-‐‑–'’&+/]?[ \t\u00a0\u202f]?|\.|(?<=\b\w)\. ")


def _aliases(value: object) -> tuple[Alias, ...]:
    parts = value.split(";") if isinstance(value, str) else list(value) if isinstance(value, Iterable) else []
    return tuple(_alias(str(part).strip()) for part in parts if str(part).strip())


def _alias(text: str) -> Alias:
    found = _ALIAS.fullmatch(text)
    assert found is not None
    doubt = found[3]
    return Alias(found[2], found[1], () if doubt is None else tuple(doubt.split()) or ("*",))


def _actor(id: str, name: str, *rest: Any) -> Actor:
    """An actor whose name may carry a doubt ("Orange?en fr"), which is then kept in its first alias."""
    first = _alias(name)
    actor = Actor(id, first.text, *rest)
    return replace(actor, aliases=(first, *actor.aliases)) if first.doubtful else actor


def _rows(path: Path) -> Iterator[Actor]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            cells = (line.split("\t") + [""] * len(COLUMNS))[: len(COLUMNS)]
            yield _actor(*cells[:7], *map(_aliases, cells[7:]))


class Directory:
    """Actors with an index of their names. Unchangeable once made."""

    def __init__(self, listed: Iterable[Actor]) -> None:
        self.actors: dict[str, Actor] = {}
        self._first: dict[str, list[_Entry]] = {}
        self._folded: dict[tuple[str, ...], Actor] = {}
        for actor in listed:
            self.actors[actor.id] = actor
        for actor in self.actors.values():
            self._add(actor)
        for entries in self._first.values():
            entries.sort(key=lambda e: -len(e.words))

    def _add(self, actor: Actor) -> None:
        groups: tuple[tuple[Via, tuple[Alias, ...]], ...] = (
            (
                "name",
                actor.aliases if actor.name in {a.text for a in actor.aliases} else (Alias(actor.name), *actor.aliases),
            ),
            ("metonym", actor.metonyms),
            ("description", actor.descriptions),
        )
        for via, aliases in groups:
            for alias in aliases:
                written = tuple(_TOKEN.findall(alias.text))
                if written:
                    sign = alias.text.rpartition(written[0])[2] if len(alias.text.strip()) <= 2 else ""
                    entry = _Entry(tuple(map(names.bare, written)), written, actor, alias, via, sign)
                    self._first.setdefault(entry.words[0], []).append(entry)
                self._folded.setdefault(names.fold(alias.text), actor)

    def extended(self, extra: Iterable[Actor]) -> Directory:
        """A directory with these actors besides; one with a known id replaces the known one."""
        return Directory([*self.actors.values(), *extra])

    def named(self, name: str) -> Actor | None:
        """The actor that bears exactly this name, articles, case, accents and legal forms aside."""
        return self._folded.get(names.fold(name))

    def find(self, name: str) -> Actor | None:
        """The actor that a name means: the name itself, or a known one among lower-case descriptive words ("le fonds
        canadien Brookfield"); not one that something else belongs to ("filiale de BlackRock")."""
        exact = self._folded.get(names.fold(name))
        if exact:
            return exact
        hits = self.mentions(name)
        if len({hit.actor.id for hit in hits}) != 1:
            return None
        before, after = name[: hits[0].start].split(), name[hits[-1].end :].split()
        owned = before and names.bare(before[-1].rstrip("’'")) in _OF
        plain = all(w[0].islower() or not w[0].isalpha() for w in (before[1:] if before else []) + after)
        return hits[0].actor if plain and not owned else None

    def key(self, name: str) -> str:
        """The id of the actor when known, else the folded name."""
        actor = self.find(name)
        return actor.id if actor else "-".join(names.fold(name))

    def same(self, a: str, b: str) -> bool:
        """Whether two names mean one actor: by id when both are known, by their words otherwise."""
        left, right = self.find(a), self.find(b)
        return left.id == right.id if left and right else names.same(a, b)

    def related(self, a: str, b: str) -> bool:
        """Whether two names mean one actor, or one is the owner of the other at any remove."""
        left, right = self.find(a), self.find(b)
        if not (left and right):
            return names.same(a, b)
        return right.id in self.owners(left) or left.id in self.owners(right)

    def owners(self, actor: Actor) -> tuple[str, ...]:
        """The ids of an actor and of its owners, itself first."""
        chain = [actor.id]
        while actor.parent and actor.parent not in chain and actor.parent in self.actors:
            chain.append(actor.parent)
            actor = self.actors[actor.parent]
        return tuple(chain)

    def scan(self, text: str, language: str | None = None) -> list[tuple[int, int, Actor]]:
        """Every actor written by name, in order, the longest name at each place. Linear in the length of the text."""
        return [(hit.start, hit.end, hit.actor) for hit in self.mentions(text, language) if hit.via == "name"]

    def mentions(self, text: str, language: str | None = None) -> list[Hit]:
        """As `scan`, and besides what stands for an actor or describes it alone."""
        tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(text)]
        bare = [names.bare(text[s:e]) for s, e in tokens]
        hits: list[Hit] = []
        doubtful: set[int] = set()
        i = 0
        while i < len(tokens):
            entry = self._match(text, tokens, bare, i, language)
            if entry is None:
                i += 1
                continue
            last = i + len(entry.words) - 1
            start, end = tokens[i][0], tokens[last][1] + len(entry.sign)
            doubt = entry.alias.doubtful
            if doubt and (language is None or doubt == ("*",) or language in doubt) and _opens_sentence(text, start):
                doubtful.add(len(hits))
            hits.append(Hit(start, end, entry.actor, entry.via))
            i = last + 1
        certain = {hit.actor.id for index, hit in enumerate(hits) if index not in doubtful}
        return [hit for index, hit in enumerate(hits) if index not in doubtful or hit.actor.id in certain]

    def _match(
        self, text: str, tokens: list[tuple[int, int]], bare: list[str], i: int, language: str | None
    ) -> _Entry | None:
        entries = self._first.get(bare[i])
        genitive = bare[i][:-1] if language == "de" and bare[i].endswith("s") else ""
        if genitive and not entries:
            entries = [e for e in self._first.get(genitive, ()) if len(e.words) == 1 and len(genitive) > 3]
        for entry in entries or ():
            n = len(entry.words)
            if i + n > len(tokens) or entry.alias.language not in (None, language):
                continue
            if any(entry.words[k] != bare[i + k] for k in range(1, n)):
                continue
            if not text.startswith(entry.sign, tokens[i + n - 1][1]):
                continue
            if any(not _GAP.fullmatch(text, tokens[i + k][1], tokens[i + k + 1][0]) for k in range(n - 1)):
                continue
            raw = [text[s:e] for s, e in tokens[i : i + n]]
            if genitive and entry.words[0] == genitive:
                raw[0] = raw[0][:-1]
            if entry.via == "description" or _same_case(raw, entry.written):
                return entry
        return None


_OF = frozenset("de d du des of from di del della dello dell do da von der des vom et and und y e".split())


def _same_case(raw: list[str], written: tuple[str, ...]) -> bool:
    """A capital must meet a capital; a single word of up to four letters must be written as listed, or all in capitals."""
    if len(written) == 1 and len(written[0]) <= 4:
        return raw[0] in (written[0], written[0].upper())
    return all(r[0].isupper() or not r[0].isalpha() or not w[0].isupper() for r, w in zip(raw, written, strict=True))


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 12) : start].rstrip(' \t\u00a0\u202f«“"„(•*–—-')
    return not before or before[-1] in ".!?:\n…"


@lru_cache(maxsize=1)
def directory() -> Directory:
    """The shipped actors."""
    return Directory(_rows(FILE))


def extended(extra: Iterable[Actor | Mapping[str, Any]]) -> Directory:
    """The shipped actors and these besides, given as actors or as the settings give them. One in the settings under a name
    that is known adds its names to the known actor."""
    return directory().extended(a if isinstance(a, Actor) else _merged(Actor.from_mapping(a)) for a in extra)


def _merged(own: Actor) -> Actor:
    known = directory().named(own.name)
    if known is None:
        return own
    return replace(
        known,
        country=own.country or known.country,
        seat=own.seat or known.seat,
        parent=own.parent or known.parent,
        aliases=(*known.aliases, *own.aliases),
        metonyms=(*known.metonyms, *own.metonyms),
        descriptions=(*known.descriptions, *own.descriptions),
    )


def find(name: str) -> Actor | None:
    return directory().find(name)


def key(name: str) -> str:
    return directory().key(name)


def same(a: str, b: str) -> bool:
    return directory().same(a, b)


def scan(text: str, language: str | None = None) -> list[tuple[int, int, Actor]]:
    return directory().scan(text, language)


def mentions(text: str, language: str | None = None) -> list[Hit]:
    return directory().mentions(text, language)
