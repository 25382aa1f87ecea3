"""The commands over the ledger, as a person or another program calls them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ledger_toy import record, take

from monitor.cli import app
from monitor.errors import MonitorError
from monitor.ledger import Ledger
from monitor.resolution import Recogniser

DAY = date(2025, 3, 3)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A ledger with a plan of 100, a part of 30, a hostile name and a commitment without a sum."""
    address = f"sqlite:///{tmp_path}/ledger.db"
    with Ledger.open(address, resolver=Recogniser(), clock=lambda: datetime(2025, 3, 4, tzinfo=UTC)) as ledger:
        take(ledger, "a", DAY, record("France", 100e9, purpose="programme"), record("Brookfield", 30e9, part_of=0))
        take(ledger, "b", DAY, record('=HYPERLINK("x")\u202e\x1b[31m', 2e9, place=("Narvik",)))
        take(ledger, "c", DAY, record("Nebius", None, status="delayed"))
    return address


def call(url: str, *words: str, expect: int = 0) -> Result:
    result = CliRunner().invoke(app, [*words, "--database", url])
    if expect == 0 and result.exception is not None:
        raise result.exception
    return result


def loaded(url: str, *words: str) -> Any:
    return json.loads(call(url, *words, "--format", "json").output)


def test_totals_have_their_fixed_shape(url: str) -> None:
    assert loaded(url, "totals") == {
        "itemised": [32e9, 32e9],
        "remainder": [70e9, 70e9],
        "headline": [102e9, 102e9],
        "currency": "EUR",
        "by_nature": {},
        "without_sum": 1,
    }
    assert loaded(url, "totals", "--known", "2025-03-03")["headline"] == [0, 0]
    assert loaded(url, "totals", "--valid", "2025-03-02")["headline"] == [0, 0]


def test_totals_explain_each_line(url: str) -> None:
    lines = {line["id"]: line for line in loaded(url, "totals", "--explain")["lines"]}
    assert lines["c1"]["why"] == "what its parts have not itemised: 100 bn - 30 bn (c2)"
    assert lines["c4"]["counted"] == "without sum"
    assert "Narvik" in call(url, "totals", "--by", "place").output


def test_hostile_names_are_inert_in_every_form(url: str) -> None:
    for form in ("table", "json", "jsonl", "csv"):
        out = call(url, "list", "--format", form).output
        assert "\u202e" not in out and "\x1b" not in out
    rows = list(csv.DictReader(io.StringIO(call(url, "list", "--format", "csv").output)))
    assert [row["investor"][:2] for row in rows if "HYPERLINK" in row["investor"]] == ["'="]


def test_what_is_listed_can_be_shown_and_questioned(url: str) -> None:
    for row in loaded(url, "list"):
        assert loaded(url, "show", row["id"])[0]["quote"] == row["quote"]
        found = loaded(url, "history", row["id"])
        assert found["tellings"][0]["event"] == "new" and found["revisions"][0]["seq"] in (1, 2, 3)
        assert call(url, "history", row["id"]).output.startswith(row["id"])
    told = [json.loads(line) for line in call(url, "changes", "--format", "jsonl").output.splitlines()]
    assert [row["event"] for row in told] == ["new"] * 4 and {row["cause"] for row in told} == {"news"}


def test_what_is_not_there_is_said(url: str) -> None:
    for words in (
        ("show", "c99"),
        ("show", "x"),
        ("history", "c99"),
        ("review", "reject", "99", "--by", "A", "--why", "b"),
    ):
        with pytest.raises(MonitorError):
            call(url, *words)


def test_a_person_decides_and_takes_it_back(url: str) -> None:
    said: Sequence[str] = ("--by", "Ada", "--why", "looked it up")
    call(url, "review", "edit", "2", "amount_min", "40e9", *said)
    call(url, "review", "edit", "2", "amount_max", "40e9", *said)
    assert loaded(url, "totals")["itemised"] == [42e9, 42e9]
    call(url, "review", "reject", "1", *said)
    assert loaded(url, "totals")["headline"] == [42e9, 42e9]
    words = json.loads(CliRunner().invoke(app, ["review", "words", "--format", "json", "--database", url]).output)
    assert [word["kind"] for word in words] == ["edit", "edit", "reject"]
    for word in words:
        call(url, "review", "undo", str(word["id"]), *said)
    assert loaded(url, "totals")["headline"] == [102e9, 102e9]
    assert call(url, "review", "--limit", "5").exit_code == 0


def test_the_database_is_checked_backed_up_and_restored(url: str, tmp_path: Path) -> None:
    assert "All is well" in call(url, "db", "check").output
    kept, other = tmp_path / "kept.gz", f"sqlite:///{tmp_path}/other.db"
    call(url, "db", "backup", str(kept))
    call(other, "db", "restore", str(kept))
    assert loaded(other, "list") == loaded(url, "list")
    with pytest.raises(MonitorError, match="not empty"):
        call(other, "db", "restore", str(kept))
    with pytest.raises(MonitorError):
        call(url, "db", "backup", str(tmp_path / "no" / "folder.gz"))


@pytest.mark.parametrize("command", [(), ("show",), ("db", "backup"), ("review", "same"), ("totals",), ("reprocess",)])
def test_every_command_has_help(command: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, [*command, "--help"]).exit_code == 0
