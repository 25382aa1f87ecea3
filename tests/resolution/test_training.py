"""Recognition is trained from story lines by one command, on gold records and on what an extractor read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli.evaluate import train
from monitor.resolution import Recogniser
from monitor.resolution.recogniser import WEIGHTS
from monitor.training.gold import read_gold

pytest.importorskip("sklearn")
STORIES = Path(__file__).parents[2] / "gold" / "dev-stories.jsonl"


def trained(folder: Path, *options: str) -> bytes:
    folder.mkdir()
    told = CliRunner().invoke(train, [str(STORIES), "--recognition", "--out", str(folder), *options])
    assert told.exit_code == 0, told.output
    assert "34 articles of 8 story lines" in told.output
    return (folder / WEIGHTS.name).read_bytes()


def test_the_same_gold_gives_the_same_weights_and_what_was_read_changes_them(tmp_path: Path) -> None:
    read = tmp_path / "read.jsonl"
    wrong = [
        {"id": d["id"], "commitments": [{**c, "investor": ["Nobody Inc"], "confidence": 0.4} for c in d["commitments"]]}
        for d in read_gold([STORIES])
    ]
    read.write_text("".join(json.dumps(d) + "\n" for d in wrong), encoding="utf-8")
    one, again = trained(tmp_path / "a"), trained(tmp_path / "b")
    assert one == again
    other = trained(tmp_path / "c", "--read", str(read))
    assert other != one
    assert Recogniser(json.loads(other)).version != Recogniser(json.loads(one)).version
