"""The README can be trusted: every command is in it, and what it says to type works."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli import COMMANDS
from monitor.config import ENVIRONMENT, OTHER_VARIABLES

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.M | re.S)
LINES = [line for block in BLOCKS for line in block.splitlines() if line.startswith("monitor ")]

ARTICLE = """Exemplar Capital to build in Lille

Exemplar Capital will invest €2 billion in an AI data centre in Lille by 2029, the fund said on Tuesday.
"""
SOURCES = """\
sources:
  - {name: Nobody there, kind: feed, url: "http://127.0.0.1:9/feed"}
"""
OPML = '<opml version="2.0"><body><outline text="Feed" xmlUrl="https://feeds.example.org/x"/></body></opml>'
# What may end with 1 here: these say that a source cannot be reached, and none can be.
MAY_FAIL = ("monitor check", "monitor sources test", "monitor status")


def test_it_begins_with_the_two_commands() -> None:
    lines = [line for line in README.splitlines() if line.strip()]
    assert lines[1] == "```sh" and lines[2].startswith("make run") and lines[3].startswith("make test")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z]+)`", README):
        assert re.search(rf"^{target}:", makefile, re.M), target


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_it(name: str) -> None:
    assert re.search(rf"`?monitor {name}\b", README), f"`monitor {name}` is not in the README"


def test_every_command_in_it_exists() -> None:
    named = set(re.findall(r"(?:`|^)monitor ([a-z]+)", README, re.M))
    assert named <= set(COMMANDS), named - set(COMMANDS)


@pytest.mark.parametrize("name", [*ENVIRONMENT, *OTHER_VARIABLES])
def test_every_variable_is_in_it(name: str) -> None:
    assert f"`{name}`" in README


def test_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link


@pytest.mark.timeout(300)
def test_what_it_says_to_type_works(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(ARTICLE, encoding="utf-8")
    document = {"id": "a", "lang": "en", "published": "2026-03-03", "title": "Lille", "text": ARTICLE}
    (tmp_path / "articles.jsonl").write_text(json.dumps(document) + "\n", encoding="utf-8")
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (tmp_path / "feeds.opml").write_text(OPML, encoding="utf-8")
    (tmp_path / "gold").symlink_to(ROOT / "gold")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MONITOR_")}
    monitor = [sys.executable, "-c", "from monitor.cli import main; main()"]
    seeded = [*monitor, "run", "--once"]
    for command in (seeded, *([*monitor, *shlex.split(line, comments=True)[1:]] for line in LINES)):
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        line = "monitor " + " ".join(command[3:])
        allowed = (0, 1) if line.startswith(MAY_FAIL) else (0,)
        assert done.returncode in allowed, f"{line}: {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
        assert "Traceback" not in done.stderr, f"{line}\n{done.stderr}"
