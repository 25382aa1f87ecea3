"""Where the money lands: look-ups over `places.dat`, unpacked on first use (milliseconds, 2.5 MB).

The file holds countries, regions, French departments, Spanish and Italian provinces, American counties, areas such as the
Lausitz or the Gulf, and towns; how it is made is told in `monitor.training.places.build`. A place is known by its path,
"FR/32/59/cambrai", so that Cambrai lies in the Nord, the Hauts-de-France and France. Spans are half-open character offsets.

Many names are also everyday words or people ("Nice", "Essen", "Taylor"), and a village bears nearly every name: `scan` takes
only what the words around it support, `mentions` gives all with the reasons.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from monitor.knowledge import names
from monitor.knowledge.names import bare, words

FILE = Path(__file__).with_name("places.dat")
Kind = Literal["country", "region", "province", "area", "town"]
_KINDS: dict[str, Kind] = {"c": "country", "r": "region", "p": "province", "a": "area", "t": "town"}
_RANK = {"country": 5_000_000, "region": 900_000, "area": 60_000, "province": 90_000, "town": 0}
# Countries whose papers write the language: their towns are meant before others of the same name.
HOMES = {
    "fr": frozenset("FR BE CH LU CA MC SN CI MA TN DZ".split()),
    "en": frozenset("GB US IE CA AU NZ IN SG ZA".split()),
    "de": frozenset("DE AT CH LU LI".split()),
    "es": frozenset("ES MX AR CL CO PE UY PY EC BO CR PA DO GT VE".split()),
    "it": frozenset("IT CH SM".split()),
}
HOME_WEIGHT = 20
EUROPE = frozenset("FR DE ES IT GB IE CH AT BE LU NL PT DK SE NO FI IS PL CZ SK HU RO BG GR SI HR EE LV LT".split())
EUROPE_WEIGHT = 3
# A town below this size needs a preposition, or another place that it lies in, unless it is in a country of the language.
KNOWN_ABROAD = 30_000
KNOWN_AT_HOME = 1_000
# A town that bears an everyday word is meant by itself only above this size, in thousands ("Nice", "Reading").
EVERYDAY_BUT_KNOWN = 250
PREPOSITIONS = {
    "fr": frozenset("à a au aux en dans près vers sur chez depuis".split()),
    "en": frozenset("in at near outside around from to across throughout into".split()),
    "de": frozenset("in im bei nahe nach aus ins am um".split()),
    "es": frozenset("en a al cerca desde hacia sobre".split()),
    "it": frozenset("a ad in nel nella nei nelle nello nell presso vicino verso su dal dalla".split()),
}
# Words that join a preposition to its place: "près de", "cerca de", "in the", "en la".
_LINKS = frozenset("de d du des la le les l of the der dem den di del della al el los las los".split())
_TOKEN = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[ \t\u00a0\u202f]?[-‐‑–'’/]?[ \t\u00a0\u202f]?|\.|(?<=\b[A-Z]t)\. |(?<=\bSt)\. ")


@dataclass(frozen=True, slots=True)
class Place:
    """A place. `path` is its identity: country/region/province/town as far as known, "-name:CC,CC" for an area above
    countries. `country` is ISO 3166, "" for such an area. `population` is in thousands rounded down, known of towns only.
    `everyday` lists the languages in which the name is a common word too, "*" when it is a frequent first or last name."""

    path: str
    name: str
    kind: Kind
    country: str
    population: int = 0
    everyday: str = ""


class Hit(NamedTuple):
    """A place met in a text. `led` when a word of place stands before it ("in", "près de"); `doubtful` when it may be an
    everyday word, part of a longer name, or too small to be meant without more."""

    start: int
    end: int
    place: Place
    led: bool
    doubtful: bool


@lru_cache(maxsize=1)
def _data() -> bytes:
    return zlib.decompress(FILE.read_bytes())


def _line_start(data: bytes, position: int) -> int:
    return data.rfind(b"\n", 0, position) + 1


class _Names(NamedTuple):
    """The names that begin with one word: by all their words, and how many words the longest has."""

    longest: int
    by_words: dict[tuple[str, ...], list[Place]]


@lru_cache(maxsize=1 << 13)
def _under(word: str) -> _Names:
    data, wanted = _data(), word.encode()
    low, high = 0, len(data)
    while low < high:  # first line that is not below the word
        start = _line_start(data, (low + high) // 2)
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        if data[start : start + len(wanted)] < wanted:
            low = end + 1
        else:
            high = start
    found: dict[tuple[str, ...], list[Place]] = {}
    while data.startswith(wanted, low):
        end = data.find(b"\n", low)
        end = len(data) if end < 0 else end
        if data[low + len(wanted) : low + len(wanted) + 1] in (b"\t", b" "):
            spelling, place = _parse(data[low:end].decode())
            found.setdefault(spelling, []).append(place)
        low = end + 1
    return _Names(max(map(len, found), default=0), found)


def _parse(line: str) -> tuple[tuple[str, ...], Place]:
    key, path, name, population, everyday = ([*line.split("\t"), "", "", ""])[:5]
    kind, path = _KINDS[path[0]], path[1:]
    if path.endswith("/="):
        path = path[:-1] + key.replace(" ", "-")
    name = name or key.title()
    country = "" if path.startswith("-") else path[:2]
    return tuple(key.split()), Place(path, name, kind, country, int(population or 0), everyday)


def candidates(name: str, language: str | None = None) -> tuple[Place, ...]:
    """Every place of that name, the likeliest first in a text of that language."""
    key = words(name)
    if not key:
        return ()
    fitting = {p.path: p for p in _under(key[0]).by_words.get(key, ()) if _written(name, p.name)}
    return tuple(sorted(fitting.values(), key=lambda place: (-_weight(place, language), place.path)))


def find(name: str, language: str | None = None) -> Place | None:
    """The place that a name most likely means, or None. "Valence" is the French town in French, Valencia in English."""
    best = candidates(name, language)
    return best[0] if best else None


def within(inner: Place | str, outer: Place | str) -> bool:
    """Whether one place lies in another or is it. For names: whether any place so named does."""
    inside = candidates(inner) if isinstance(inner, str) else (inner,)
    outside = candidates(outer) if isinstance(outer, str) else (outer,)
    return any(_lies_in(a, b) for b in outside for a in inside)


def _lies_in(inner: Place, outer: Place) -> bool:
    if outer.path.startswith("-"):
        members = outer.path.partition(":")[2].split(",")
        own = inner.path.partition(":")[2].split(",") if inner.path.startswith("-") else [inner.country]
        return set(own) <= set(members)
    return inner.path == outer.path or inner.path.startswith(outer.path + "/")


def _weight(place: Place, language: str | None) -> int:
    size = 2_000_000 if place.path.startswith("-") else _RANK[place.kind] + place.population * 1000
    if language and place.country in HOMES.get(language, ()):
        size *= HOME_WEIGHT
    return size * EUROPE_WEIGHT if place.country in EUROPE else size


def scan(text: str, language: str | None = None) -> list[tuple[int, int, Place]]:
    """The places named in a text that nothing speaks against, in order. Linear in the length of the text."""
    return [(hit.start, hit.end, hit.place) for hit in mentions(text, language) if not hit.doubtful]


def mentions(text: str, language: str | None = None) -> list[Hit]:
    """Every name of a place written with a capital, the longest at each position, with what speaks for and against it."""
    tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(text)]
    hits: list[Hit] = []
    i = 0
    while i < len(tokens):
        start = tokens[i][0]
        found = _longest(text, tokens, i) if text[start].isupper() or text[start].isdigit() else None
        if not found:
            i += 1
            continue
        count, places = found
        end = tokens[i + count - 1][1]
        place = min(places, key=lambda p: (-_weight(p, language), p.path))
        led = _led(text, tokens, i, language)
        doubtful = not led and _doubtful(text, start, end, count, place, language)
        hits.append(Hit(start, end, place, led, doubtful))
        i += count
    return _settle(text, hits, language)


def _longest(text: str, tokens: list[tuple[int, int]], i: int) -> tuple[int, list[Place]] | None:
    """How many words from here make the longest name, and the places that bear it."""
    known = _under(bare(text[tokens[i][0] : tokens[i][1]]))
    reach = 1
    while reach < min(known.longest, len(tokens) - i) and _GAP.fullmatch(
        text, tokens[i + reach - 1][1], tokens[i + reach][0]
    ):
        reach += 1
    spelling = tuple(bare(text[start:end]) for start, end in tokens[i : i + reach])
    for n in range(reach, 0, -1):
        raw = text[tokens[i][0] : tokens[i + n - 1][1]]
        places = [place for place in known.by_words.get(spelling[:n], ()) if _written(raw, place.name)]
        if places:
            return n, places
    return None


def _written(raw: str, name: str) -> bool:
    """Abbreviations keep their capitals ("US" is not "Us", "IN" not "In"); other names have theirs in every main word, and
    accents that the text writes must be the name's ("Büros" is not "Buros", though "Montreal" is "Montréal")."""
    if name.isupper() and len(name) <= 5:
        return raw == name
    if len(raw) <= 3 and raw.isupper():
        return raw == name
    if not raw.isascii() and names.plain(raw) != names.plain(name):
        return False
    parts, given = _TOKEN.findall(name), _TOKEN.findall(raw)
    return all(g[0].isupper() or not p[0].isupper() for g, p in zip(given, parts, strict=False))


def _led(text: str, tokens: list[tuple[int, int]], i: int, language: str | None) -> bool:
    leading = PREPOSITIONS.get(language or "", frozenset())
    back = i - 1
    while back >= 0 and i - back <= 3:
        raw = text[tokens[back][0] : tokens[back][1]]
        if not set(text[tokens[back][1] : tokens[back + 1][0]]) <= set(" \u00a0\u202f'’"):
            return False
        if raw.lower() in leading:
            return True
        if raw.lower() not in _LINKS:
            return False
        back -= 1
    return False


def _doubtful(text: str, start: int, end: int, count: int, place: Place, language: str | None) -> bool:
    if place.kind == "country":
        return False
    if place.everyday and count == 1:
        if place.kind == "town" and (place.population < EVERYDAY_BUT_KNOWN or "*" in place.everyday):
            return True
        if language and language in place.everyday and (language == "de" or _opens_sentence(text, start)):
            return True
    if place.kind == "region":
        return len(place.name) <= 2
    if language != "de" and count == 1 and place.population < 500 and _in_longer_name(text, start, end):
        return True
    home = bool(language) and place.country in HOMES.get(language or "", ())
    telling = count > 1 or not text[start:end].isascii()
    return place.kind == "town" and not telling and place.population * 1000 < (KNOWN_AT_HOME if home else KNOWN_ABROAD)


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 12) : start].rstrip(' \t\u00a0\u202f«“"„(•*–—-')
    return not before or before[-1] in ".!?:\n…"


_AFTER = re.compile(r"[ \u00a0]([A-ZÀ-ÖØ-Þ][\w’'-]+)")
_BEFORE = re.compile(r"([A-ZÀ-ÖØ-Þ][\w’'-]+)[ \u00a0]$")


def _in_longer_name(text: str, start: int, end: int) -> bool:
    """Whether a word with a capital touches it: "Jackson Hole Capital", "Michael Jordan"."""
    before = _BEFORE.search(text, max(0, start - 30), start)
    return bool(_AFTER.match(text, end)) or bool(before and not _opens_sentence(text, before.start()))


def _settle(text: str, hits: list[Hit], language: str | None) -> list[Hit]:
    """A place before the one it lies in is meant so ("Taylor, Texas", "Paris (Texas)"); a name once settled stays so, and
    one that a word of place leads once is a place elsewhere too."""
    settled: dict[tuple[str, ...], Place] = {}
    out = list(hits)
    for i in range(len(out) - 1):
        if _APART.fullmatch(text, out[i].end, out[i + 1].start):
            named = candidates(text[out[i].start : out[i].end], language)
            inner = next((place for place in named if _below(place, out[i + 1].place)), None)
            if inner:
                out[i] = out[i]._replace(place=inner, doubtful=False)
                out[i + 1] = out[i + 1]._replace(doubtful=False)
                settled[words(text[out[i].start : out[i].end])] = inner
    led = {words(text[hit.start : hit.end]) for hit in out if hit.led}
    for i, hit in enumerate(out):
        key = words(text[hit.start : hit.end])
        if key in settled:
            out[i] = hit._replace(place=settled[key], doubtful=False)
        elif hit.doubtful and key in led and language != "de" and not _opens_sentence(text, hit.start):
            out[i] = hit._replace(doubtful=False)
    return out


_APART = re.compile(
    r" ?[,(] ?(?:in|en|dans|im|nel|nella|au|aux|à la|en la|le|la|les|l[’']|the|dans le|dans la|dans les)? ?"
)


def _below(inner: Place, outer: Place) -> bool:
    return inner.path != outer.path and not outer.path.startswith("-") and _lies_in(inner, outer)
