"""`monitor evaluate`: what it prints, what it refuses, and that no figure falls unnoticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import monitor.extraction
from monitor.cli.evaluate import evaluate, train
from monitor.errors import InputError
from monitor.model import Article, Record
from monitor.training.evaluate import by_writer
from monitor.training.gold import writer_of_documents

TEXT = "Orvane will spend €40 million in Lille. " + "The plan was told at noon. " * 8
GOLD_RECORD: dict[str, Any] = {
    "investor": ["Orvane"],
    "recipient": None,
    "amount_min": 40_000_000,
    "amount_max": 40_000_000,
    "currency": "EUR",
    "qualifier": "exact",
    "status": "announced",
    "purpose": "data_center",
    "place": ["Lille"],
    "horizon": None,
    "part_of": None,
    "evidence": "Orvane will spend €40 million",
}


def document(name: str, lang: str = "en", **changed: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"id": name, "lang": lang, "published": "2026-01-05", "title": "A hall", "text": TEXT}
    return base | {"commitments": [GOLD_RECORD], "traps": []} | changed


def write(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(evaluate, [str(a) for a in arguments])


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    (tmp_path / "writers.yaml").write_text("A: [one]\nB: [two]\n", encoding="utf-8")
    return write(tmp_path / "one.jsonl", *(document(f"d{n}", "fr" if n % 2 else "en") for n in range(6)))


def reading(finds: Callable[[Article], bool]) -> Callable[[Article], tuple[Record, ...]]:
    return lambda article: (Record.from_json(GOLD_RECORD | {"confidence": 0.93}),) if finds(article) else ()


def test_tables_by_language_and_writer_with_intervals_and_errors(gold: Path, tmp_path: Path) -> None:
    told = write(tmp_path / "told.jsonl", *({"id": f"d{n}", "commitments": [GOLD_RECORD]} for n in (0, 2, 4)))
    result = run(gold, "--predicted", told, "--errors", 1)
    assert result.exit_code == 0
    rows = {line.split()[0]: line.split() for line in result.output.splitlines() if line.strip()}
    assert rows["en"][5] == "1.000" and rows["fr"][5] == "0.000"
    assert rows["all"][5:9] == ["0.667", "0.286", "to", "0.909"]
    assert rows["writer"][1:3] == ["A", "6"]
    assert "sum not taken" in result.output
    assert result.output.count("«Orvane will spend €40 million»") == 1  # one document's errors only


def test_json_holds_what_the_tables_hold(gold: Path, tmp_path: Path) -> None:
    told = write(tmp_path / "told.jsonl", {"id": "d0", "commitments": [GOLD_RECORD | {"confidence": 0.97}]})
    figures = json.loads(run(gold, "--predicted", told, "--json", "--errors", 1).output)
    assert (figures["matched"], figures["predicted"], figures["gold"]) == (1, 1, 6)
    assert figures["f1_by_lang"] == {"en": 0.5, "fr": 0.0}
    assert figures["reliability"] == [{"low": 0.95, "high": 1.0, "records": 1, "stated": 0.97, "right": 1.0}]
    assert [e["id"] for e in figures["errors"]] == ["d1", "d2", "d3", "d4", "d5"]


def test_a_loss_fails_unless_it_is_allowed(gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor.extraction, "extract", reading(lambda a: True), raising=False)
    assert run(gold, "--pin").exit_code == 0
    kept = json.loads((tmp_path / "floors.json").read_text())["floors"]
    best = next(f for f in kept if (f["part"], f["figure"]) == ("all", "f1"))
    assert (best["corpus"], best["manner"], best["value"], best["n"]) == (["one"], "read", 1.0, 6)
    assert best["interval"] == [1.0, 1.0]
    monkeypatch.setattr(monitor.extraction, "extract", reading(lambda a: a.language == "en"))
    lost = run(gold)
    assert lost.exit_code == 1 and "f1 of fr (read, 3 documents): 0.0000, floor 1.0000" in lost.output
    assert "of en" not in lost.output
    assert run(gold, "--pin").exit_code == 1, "a floor is not lowered by accident"
    assert run(gold, "--allow-regression").exit_code == 0
    assert run(gold).exit_code == 1
    assert run(gold, "--allow-regression", "--pin").exit_code == 0
    assert run(gold).exit_code == 0


def test_a_floor_holds_for_its_own_corpus_alone(gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor.extraction, "extract", reading(lambda a: True), raising=False)
    run(gold, "--pin")
    monkeypatch.setattr(monitor.extraction, "extract", reading(lambda a: False))
    two = write(tmp_path / "two.jsonl", document("e1"))
    assert run(two).exit_code == 0
    assert run(gold, two).exit_code == 0


def test_the_locked_part_counts_its_runs_and_shows_no_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gold").mkdir()
    locked = write(tmp_path / "gold" / "locked.jsonl", document("l1"))
    monkeypatch.setattr(monitor.extraction, "extract", reading(lambda a: True), raising=False)
    assert "scored 1 time." in run("--locked").output
    assert "scored 2 times." in run(locked).output, "naming the file is no way round the count"
    runs = json.loads((tmp_path / "gold" / "locked-runs.json").read_text())["runs"]
    assert runs == [{"run": n, "f1": 1.0, "interval": [1.0, 1.0]} for n in (1, 2)]
    for option in ("--errors=5", "--cross-validate", "--pin"):
        assert run("--locked", option).exit_code == 2
    with pytest.raises(InputError, match="this part of the gold is locked"):
        CliRunner().invoke(train, [str(locked)], catch_exceptions=False)


def test_story_lines_are_scored_as_they_were_told(tmp_path: Path) -> None:
    line = [
        document(f"s{n}", storyline="s", order=n, published=f"2026-01-0{n}", outlet="The Courier")
        | {"commitments": [GOLD_RECORD | {"key": "k"}], "expected_events": [{"key": "k", "event": event}]}
        for n, event in ((1, "new"), (2, "repeated_no_change"), (3, "completed"))
    ]
    gold = write(tmp_path / "stories.jsonl", *line)
    told = write(
        tmp_path / "told.jsonl",
        *(
            {"id": f"s{n}", "mentions": [{"record": GOLD_RECORD, "commitment": "c", "event": event}]}
            for n, event in ((1, "new"), (2, "new"), (3, "completed"))
        ),
    )
    figures = json.loads(run(gold, "--predicted", told, "--json").output)
    assert (figures["pair_f1"], figures["event_accuracy"]) == (1.0, pytest.approx(2 / 3))
    assert "s2: k: new, wanted repeated_no_change" in run(gold, "--predicted", told, "--errors", 5).output


def test_broken_gold_is_named_and_fails_the_check(gold: Path, tmp_path: Path) -> None:
    assert run(gold, "--check").exit_code == 0
    broken = write(tmp_path / "two.jsonl", document("b1", commitments=[GOLD_RECORD | {"status": "hoped"}]))
    result = run(broken, "--check")
    assert result.exit_code == 1 and "two.jsonl: error: b1 record 0: status 'hoped'" in result.output


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["nowhere.jsonl"], "no such file"),
        ([{"id": "x"}], "lacks commitments, lang, text"),
    ],
)
def test_gold_that_cannot_be_read_is_refused(tmp_path: Path, lines: list[Any], said: str) -> None:
    path = tmp_path / "x.jsonl"
    if isinstance(lines[0], dict):
        write(path, *lines)
    with pytest.raises(InputError, match=said):
        CliRunner().invoke(evaluate, [str(path)], catch_exceptions=False)


def test_documents_are_grouped_by_who_wrote_their_file(gold: Path, tmp_path: Path) -> None:
    two = write(tmp_path / "two.jsonl", document("e1"))
    other = write(tmp_path / "three.jsonl", document("f1"))
    writers = writer_of_documents([gold, two, other])
    groups = by_writer([document("d0"), document("e1"), document("f1"), document("d5")], writers)
    assert {name: [d["id"] for d in part] for name, part in groups.items()} == {
        "A": ["d0", "d5"],
        "B": ["e1"],
        "three": ["f1"],
    }


def test_without_a_file_story_lines_go_through_the_whole_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "Microsoft will invest {} in a data center in Lyon, the company said on Monday. " + "Nobody objected. " * 30
    line = [
        document(
            f"s{n}", storyline="s", order=n, published=f"2026-01-{n:02}", outlet="The Courier", text=text.format(amount)
        )
        | {
            "commitments": [
                GOLD_RECORD
                | {"investor": ["Microsoft"], "amount_min": total, "amount_max": total, "place": ["Lyon"], "key": "k"}
            ],
            "expected_events": [{"key": "k", "event": event}],
        }
        for n, amount, total, event in ((5, "€4 billion", 4e9, "new"), (12, "€4bn", 4e9, "repeated_no_change"))
    ]
    figures = json.loads(run(write(tmp_path / "stories.jsonl", *line), "--json").output)
    assert (figures["mentions_found"], figures["pair_f1"], figures["event_accuracy"]) == (2, 1.0, 1.0)
