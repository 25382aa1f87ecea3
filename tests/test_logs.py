"""A log holds no secret and no control character, for people and for machines."""

from __future__ import annotations

import json
import logging

import pytest

from monitor.logs import HIDDEN, JsonLines, Lines, set_up

SECRETS = ("smtp://u:hunter2@mail:25", None, "tokensecret")


def record(message: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord("monitor.cycle", logging.WARNING, __file__, 1, message, args, None)


@pytest.mark.parametrize("formatter", [Lines(SECRETS), JsonLines(SECRETS)])
def test_no_secret_is_written(formatter: Lines) -> None:
    line = formatter.format(record("cannot reach %s with hunter2 and tokensecret", SECRETS[0]))
    assert "hunter2" not in line and "tokensecret" not in line and HIDDEN in line


@pytest.mark.parametrize("formatter", [Lines(), JsonLines()])
def test_hostile_text_stays_on_its_line(formatter: Lines) -> None:
    line = formatter.format(record("title %s", "a\nFAKE error\x1b[2J\u202eb"))
    assert "\n" not in line and "\x1b" not in line and "\u202e" not in line


def test_a_traceback_is_cleaned_too() -> None:
    try:
        raise ValueError("tokensecret")
    except ValueError as error:
        one = record("went wrong")
        one.exc_info = (type(error), error, error.__traceback__)
    assert "tokensecret" not in JsonLines(SECRETS).format(one)
    assert "ValueError" in json.loads(JsonLines(SECRETS).format(one))["message"]


def test_the_form_follows_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    try:
        monkeypatch.setenv("MONITOR_LOG", "json")
        set_up()
        logging.getLogger("monitor.x").warning("said")
        assert json.loads(capsys.readouterr().err)["message"] == "said"
    finally:
        root.handlers[:], root.level = kept, level
