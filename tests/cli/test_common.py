"""What is printed cannot be abused: terminals, spreadsheets and readers of JSON see text."""

from __future__ import annotations

import csv
import io
import json

import click
import pytest
from click.testing import CliRunner

from monitor.cli import COMMANDS, app
from monitor.cli.common import as_of_options, emit, format_option, inert

HOSTILE = "\x1b[31mred\x1b[0m \u202egnp.exe\u202c [bold]x[/bold] \x07\u200b\u2028 naïve – «é» 日本"
ROWS = [
    {"id": "c1", "investor": [HOSTILE, "B"], "amount": 3_200_000_000.0, "place": '=HYPERLINK("http://x")', "n": None}
]
COLUMNS = ("id", "investor", "amount", "place", "n")


@click.command()
@format_option
@as_of_options
def example(form: str, valid: object, known: object) -> None:
    emit(ROWS, COLUMNS, form)


def printed(form: str) -> str:
    result = CliRunner().invoke(example, ["--format", form])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_no_form_lets_a_control_or_direction_character_through(form: str) -> None:
    text = printed(form)
    assert not [c for c in "\x1b\x07\u202e\u202c\u200b\u2028" if c in text]
    assert "naïve" in text and "日本" in text


def test_a_table_shows_markup_as_text_and_spells_out_what_is_invisible() -> None:
    text = printed("table").replace("\n", "")
    assert "[bold]" in text and "\\u001b" in text


def test_json_gives_back_exactly_what_was_put_in() -> None:
    assert json.loads(printed("json")) == ROWS
    assert [json.loads(line) for line in printed("jsonl").splitlines()] == ROWS


def test_csv_holds_no_formula() -> None:
    (row,) = csv.DictReader(io.StringIO(printed("csv")))
    assert row["place"].startswith("'=")
    assert row["amount"] == "3200000000" and row["n"] == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "\t="])
def test_every_way_to_begin_a_formula_is_disarmed(start: str, capsys: pytest.CaptureFixture[str]) -> None:
    emit([{"a": f"{start}1+1", "b": -5}], ("a", "b"), "csv")
    line = capsys.readouterr().out.splitlines()[1]
    assert line.startswith("'") and line.endswith(",-5")


def test_nothing_to_show_says_so_in_a_table_and_is_empty_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    emit([], ("a",), "table")
    emit([], ("a",), "json")
    emit([], ("a",), "jsonl")
    assert capsys.readouterr().out == "Nothing to show.\n[]\n"


def test_a_wrong_date_is_a_clear_sentence() -> None:
    result = CliRunner().invoke(example, ["--valid", "yesterday"])
    assert result.exit_code == 2
    assert "'yesterday' is not a date; write it like 2025-02-14." in result.output


def test_inert_leaves_ordinary_writing_alone() -> None:
    assert inert("Zażółć 3,2 Md€ l’IA ½") == "Zażółć 3,2 Md€ l’IA ½"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0, result.output
    command = app.get_command(click.Context(app), name)
    assert command is not None
    if not isinstance(command, click.Group):
        assert f"monitor {name}" in result.output, f"{name} --help holds no example"
