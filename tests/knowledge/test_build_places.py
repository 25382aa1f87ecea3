"""The packed file is made from its sources alone, each place under the region and province it lies in."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import InputError
from monitor.training.places import build


def city(name: str, country: str, region: str, population: int, *others: str) -> dict[str, Any]:
    return {
        "name": name,
        "countrycode": country,
        "admin1code": region,
        "population": population,
        "alternatenames": list(others),
    }


def sources(folder: Path) -> argparse.Namespace:
    def write(name: str, data: object) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        (folder / name).write_text(text, encoding="utf-8")

    towns = [
        city("Lille", "FR", "32", 238_000),
        city("Munich", "DE", "02", 1_500_000, "München"),
        city("Biel/Bienne", "CH", "BE", 55_000),
        city("Hamlet", "FR", "32", 40),
        city("March", "GB", "ENG", 22_000),
        city("Saint-Paul", "RE", "RE", 105_000),
    ]
    write("cities500.json", {str(i): town for i, town in enumerate(towns)})
    write("countries.json", {c: {"continentcode": "EU"} for c in ("FR", "DE", "CH", "GB")})
    write("us_counties.json", [{"name": "Licking County", "state": "OH"}])
    write("departements.json", [{"code": "59", "region": "32", "nom": "Nord"}])
    write("communes.json", [{"nom": "Lille", "region": "32", "departement": "59"}])
    write("spain.json", [])
    write("italy.json", [])
    write("regions.tsv", "-\tarea\tEurope\tEuropa\t@EU\nFR/32\tregion\tHauts-de-France\n")
    write("exonyms.txt", "DE Munich|Monaco di Baviera\n")
    for language in build.LANGUAGES.values():
        write(language, "lille\n" if language == "french" else "")
    return argparse.Namespace(
        geonames=folder,
        france=folder,
        spain=folder / "spain.json",
        italy=folder / "italy.json",
        words=folder,
        names=folder,
    )


def test_what_is_packed(tmp_path: Path) -> None:
    lines = [line.split("\t") for line in build.build(sources(tmp_path)).decode().splitlines()]
    rows = {(line[0], line[1]) for line in lines}
    assert lines == sorted(lines)
    assert ("lille", "tFR/32/59/=") in rows
    assert ("munchen", "tDE/02/munich") not in rows, "other names come from the hand-made list alone"
    assert ("monaco di baviera", "tDE/02/munich") in rows
    assert {("biel", "tCH/BE/biel-bienne"), ("bienne", "tCH/BE/biel-bienne")} <= rows
    assert ("saint paul", "tFR/04/=") in rows, "La Réunion lies in France"
    assert ("allemagne", "cDE") in rows and ("alemania", "cDE") in rows
    assert ("europa", "a-europe:FR,DE,CH,GB") in rows
    assert ("licking county", "pUS/OH/=") in rows
    assert not {"hamlet", "march"} & {line[0] for line in lines}
    assert next(line for line in lines if line[0] == "lille")[4] == "fr", "an everyday word is marked"


def test_a_name_for_no_town_is_refused(tmp_path: Path) -> None:
    arguments = sources(tmp_path)
    (tmp_path / "exonyms.txt").write_text("DE Nowhere|Nulle part\n", encoding="utf-8")
    with pytest.raises(InputError, match="nowhere"):
        build.build(arguments)
