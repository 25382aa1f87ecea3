"""The checks of gold: what is broken is named, what was forgotten is pointed at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import InputError
from monitor.training.gold import read_writers, writer_of_documents
from monitor.training.validate import FileReport, check_file

GOLD = Path(__file__).parents[2] / "gold"
WORDS = " ".join(["The plan was told at noon."] * 8)


def record(**changed: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "investor": ["Orvane"],
        "recipient": None,
        "amount_min": 40_000_000,
        "amount_max": 40_000_000,
        "currency": "EUR",
        "qualifier": "exact",
        "status": "announced",
        "purpose": "data_center",
        "place": ["Lille"],
        "horizon": 2030,
        "part_of": None,
        "evidence": "Orvane will spend €40 million in Lille",
    }
    return base | changed


def document(*records: dict[str, Any], **changed: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "id": "d1",
        "lang": "en",
        "published": "2026-01-05",
        "title": "A hall",
        "text": f"Orvane will spend €40 million in Lille. A rack costs €9,000 a month.\n\n{WORDS}",
        "commitments": list(records or [record()]),
        "traps": [{"text": "A rack costs €9,000 a month", "kind": "price"}],
    }
    return base | changed


def check(folder: Path, *documents: dict[str, Any]) -> FileReport:
    path = folder / "gold.jsonl"
    path.write_text("\n".join(json.dumps(d) for d in documents), encoding="utf-8")
    return check_file(path)


def test_a_sound_file_is_silent_and_counted(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        document(),
        document(
            id="d2",
            commitments=[],
            traps=[{"text": "€40 million", "kind": "need"}, {"text": "€9,000", "kind": "price"}],
        ),
    )
    assert report.findings == []
    assert (report.documents, report.commitments, report.traps, report.trap_only) == (2, 1, 3, 1)
    assert report.tallies["trap"] == {"price": 2, "need": 1}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"evidence": "Orvane will spend €41 million"}, "evidence not in the text"),
        ({"qualifier": "range"}, "range does not go with"),
        ({"qualifier": "roughly"}, "qualifier 'roughly'"),
        ({"status": "hoped"}, "status 'hoped'"),
        ({"purpose": "fun"}, "purpose 'fun'"),
        ({"currency": "euro"}, "currency 'euro'"),
        ({"amount_min": -1, "amount_max": -1}, "amount -1"),
        ({"amount_min": "many"}, "amount 'many'"),
        ({"horizon": 1999}, "horizon 1999"),
        ({"part_of": 0}, "part_of 0"),
        ({"part_of": 7}, "part_of 7"),
        ({"investor": "Orvane"}, "must be lists"),
        ({"note": "x"}, "unknown field note"),
    ],
)
def test_a_broken_record_is_named(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    errors = check(tmp_path, document(record(**changed))).errors
    assert any(said in e.what and "d1" in e.where for e in errors), errors


def test_a_record_without_a_field_and_a_document_without_text_are_errors(tmp_path: Path) -> None:
    short = record()
    del short["horizon"]
    assert [e.what for e in check(tmp_path, document(short)).errors] == ["lacks horizon"]
    bare = document()
    del bare["text"]
    assert [e.what for e in check(tmp_path, bare).errors] == ["lacks text"]
    assert [e.what for e in check(tmp_path, document(), document()).errors] == ["the id is used twice"]


def test_parts_that_run_in_a_circle_are_an_error(tmp_path: Path) -> None:
    errors = check(tmp_path, document(record(part_of=1), record(part_of=0))).errors
    assert [e.what for e in errors] == ["record 0 is part of itself", "record 1 is part of itself"]


def test_money_in_no_record_and_no_trap_draws_a_warning(tmp_path: Path) -> None:
    warned = check(tmp_path, document(traps=[])).warnings
    assert len(warned) == 1 and "€9,000" in warned[0].what
    worded = document(text=f"Orvane will spend €40 million in Lille, and several billions later. {WORDS}", traps=[])
    assert ["several billions" in w.what for w in check(tmp_path, worded).warnings] == [True]


def test_names_and_places_that_the_text_lacks_draw_a_warning(tmp_path: Path) -> None:
    warned = check(tmp_path, document(record(investor=["Tessel"], place=["Lyon"]))).warnings
    assert [w.what for w in warned] == ["name not in the text: Tessel", "place not in the text: Lyon"]


def test_parts_above_their_total_draw_a_warning(tmp_path: Path) -> None:
    warned = check(tmp_path, document(record(), record(part_of=0), record(part_of=0))).warnings
    assert [w.what for w in warned] == ["parts of record 0 exceed it: 80000000 of 40000000"]


def story(order: int, event: str, **changed: Any) -> dict[str, Any]:
    base = document(
        record(key="k"),
        id=f"s{order}",
        storyline="s",
        order=order,
        outlet="The Courier",
        published=f"2026-01-0{order}",
        expected_events=[{"key": "k", "event": event}],
    )
    return base | changed


def test_a_story_line_is_in_order_and_tells_new_once(tmp_path: Path) -> None:
    sound = [story(1, "new"), story(2, "confirmed"), story(3, "completed")]
    assert check(tmp_path, *sound).findings == []
    for wrong, said in (
        ([story(1, "new"), story(2, "confirmed")], "2 articles"),
        ([story(1, "new"), story(2, "new"), story(3, "confirmed")], "though seen before"),
        ([story(1, "confirmed"), story(2, "confirmed"), story(3, "confirmed")], "though never seen before"),
        ([story(1, "new"), story(2, "hoped"), story(3, "confirmed")], "event 'hoped'"),
        ([story(1, "new"), story(2, "confirmed"), story(3, "completed", published="2026-01-02")], "not after"),
        ([story(1, "new"), story(2, "confirmed"), story(3, "completed", outlet="")], "lacks outlet"),
        ([story(1, "new"), story(2, "confirmed", expected_events=[]), story(3, "completed")], "same keys"),
    ):
        assert any(said in e.what for e in check(tmp_path, *wrong).errors), said


def test_a_line_that_is_no_json_is_refused_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": 1}\n\n{"id": \n', encoding="utf-8")
    with pytest.raises(InputError, match="line 3"):
        check_file(path)


@pytest.mark.parametrize("path", sorted(GOLD.glob("*.jsonl")), ids=lambda p: p.stem)
def test_the_shipped_gold_has_no_errors(path: Path) -> None:
    assert check_file(path).errors == []


def test_every_gold_file_has_a_writer_and_no_id_is_used_in_two_files() -> None:
    files = sorted(GOLD.glob("*.jsonl"))
    assert set(read_writers(GOLD)) >= {f.stem for f in files}
    assert len(writer_of_documents(files)) == sum(check_file(f).documents for f in files)
