"""The seed article and its retellings: nine commitments under two umbrellas, each with words that stand in the text."""

import json
from pathlib import Path

import pytest
import yaml

from monitor.model import PURPOSES, QUALIFIERS, STATUSES
from monitor.shipped import shipped

ROOT = Path(__file__).parents[2]
SEED = json.loads((ROOT / "gold" / "seed.jsonl").read_text(encoding="utf-8"))
VARIANTS = [
    json.loads(line)
    for path in sorted((Path(__file__).parent / "variants").glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
MILLION, BILLION = 10**6, 10**9


def test_the_seed_has_its_text_and_its_facts() -> None:
    folder = shipped("seeds")
    about = yaml.safe_load((folder / "france-ia-souverainete.yaml").read_text(encoding="utf-8"))
    text = (folder / "france-ia-souverainete.txt").read_text(encoding="utf-8")
    assert str(about["published"]) == SEED["published"] and about["language"] == SEED["lang"]
    assert set(about) == {"id", "published", "language", "outlet", "url"}
    for record in SEED["commitments"]:
        assert record["evidence"] in text


def test_there_are_variants_enough() -> None:
    assert len(VARIANTS) >= 8
    assert len({v["lang"] for v in VARIANTS}) >= 4
    assert len({v["id"] for v in VARIANTS}) == len(VARIANTS)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v["id"])
def test_a_variant_tells_the_same_facts(variant: dict) -> None:  # type: ignore[type-arg]
    records = variant["commitments"]
    sums = sorted((r["amount_min"], r["amount_max"] or 0) for r in records)
    assert sums == sorted((r["amount_min"], r["amount_max"] or 0) for r in SEED["commitments"])
    parts = sorted((records[r["part_of"]]["amount_min"], r["amount_min"]) for r in records if r["part_of"] is not None)
    of_plan = [(109 * BILLION, n * BILLION) for n in (1, 5, 10, 20, 50)]
    assert parts == [*of_plan, (200 * BILLION, 50 * BILLION)]
    whole = f"{variant['title']}\n\n{variant['text']}"
    for record in records:
        assert record["evidence"] in whole
        assert record["qualifier"] in QUALIFIERS and record["status"] in STATUSES and record["purpose"] in PURPOSES
        for name in [*record["investor"], *record["place"], *filter(None, [record["recipient"]])]:
            assert all(form in whole for form in name.split("|")), name
