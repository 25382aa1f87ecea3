"""Bad input gets a clear sentence and a non-zero status, never a traceback."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

GOOD = "sources:\n  - {name: A, kind: feed, url: 'http://127.0.0.1:9/x'}\n"
DOCUMENT = '{"id": "a", "published": "2026-03-03", "title": "T", "text": "Exemplar invests."}\n'


@dataclass(frozen=True)
class Case:
    command: str
    words: tuple[str, ...]
    files: dict[str, str | bytes]
    stdin: bytes = b""
    environment: tuple[tuple[str, str], ...] = ()


CASES = {
    "unknown key": Case(
        "sources list",
        ("sources.yaml, line 2", "'ulr'", "did you mean 'url'"),
        {"sources.yaml": GOOD.replace("url", "ulr")},
    ),
    "bad time": Case(
        "run --once",
        ("sources.yaml, line 1", "'mon 7am'", '"mon 07:00"'),
        {"sources.yaml": f'schedule: {{digest: "mon 7am"}}\n{GOOD}'},
    ),
    "yaml that does not parse": Case("check", ("sources.yaml, line 4",), {"sources.yaml": GOOD + "  - {name: [\n"}),
    "settings that are missing": Case("check --config none.yaml", ("none.yaml", "no such file", "monitor init"), {}),
    "a missing document": Case("extract none.txt", ("none.txt", "no such file"), {}),
    "a missing file of documents": Case("extract none.jsonl", ("none.jsonl", "no such file"), {}),
    "a folder as document": Case("extract .", ("is a directory",), {}),
    "an unreachable database": Case(
        "list",
        ("postgresql", "127.0.0.1", "refused"),
        {},
        environment=(("MONITOR_DATABASE_URL", "postgresql://u:hunter2@127.0.0.1:9/x"),),
    ),
    "a database in no folder": Case("list --database sqlite:///no/such/x.db", ("no/such/x.db",), {}),
    "a database that is something else": Case(
        "list --database sqlite:///x.db", ("not a database",), {"x.db": b"hello " * 500}
    ),
    "a database of an unknown kind": Case("list --database mysql://h/x", ("Use SQLite or PostgreSQL",), {}),
    "an address that is none": Case("list --database nonsense", ("sqlite:///ledger.db",), {}),
    "an empty document": Case("extract empty.txt", ("empty.txt", "empty"), {"empty.txt": ""}),
    "an empty standard input": Case("extract -", ("empty",), {}),
    "a page without text": Case("extract x.html", ("x.html",), {"x.html": "<html><body></body></html>"}),
    "a broken PDF": Case("extract x.pdf", ("x.pdf", "PDF"), {"x.pdf": b"%PDF-1.4 broken"}),
    "a document without text": Case(
        "extract d.jsonl", ("d.jsonl, line 2", "'b' has no text"), {"d.jsonl": DOCUMENT + '{"id": "b", "text": " "}\n'}
    ),
    "a document without id": Case("extract d.jsonl", ("line 1", "no `id`"), {"d.jsonl": '{"text": "x"}\n'}),
    "an id twice": Case("replay d.jsonl", ("line 2", "that of line 1"), {"d.jsonl": DOCUMENT * 2}),
    "JSON that does not parse": Case(
        "extract d.jsonl", ("d.jsonl, line 2", "not JSON"), {"d.jsonl": DOCUMENT + "{oops\n"}
    ),
    "JSON on standard input that does not parse": Case(
        "extract -", ("line 2", "not JSON"), {}, (DOCUMENT + "{oops\n").encode()
    ),
    "JSON that is no object": Case("extract d.jsonl", ("line 1", "not a JSON object"), {"d.jsonl": "[1]\n"}),
    "JSON nested too deeply": Case("extract d.jsonl", ("line 1",), {"d.jsonl": "[" * 200_000 + "\n"}),
    "JSON that is not UTF-8": Case(
        "extract d.jsonl", ("d.jsonl", "UTF-8"), {"d.jsonl": '{"id": "é"}'.encode("latin-1")}
    ),
    "a date that is none": Case(
        "replay d.jsonl", ("line 1", "no date", "'soon'"), {"d.jsonl": DOCUMENT.replace("2026-03-03", "soon")}
    ),
    "a document to replay without date": Case(
        "replay d.jsonl", ("d.jsonl, line 2", "'b' has no date"), {"d.jsonl": DOCUMENT + '{"id": "b", "text": "x"}\n'}
    ),
    "an article to add without date": Case(
        "add a.txt", ("--published",), {"a.txt": "A title\n\nSome text of an article."}
    ),
    "many articles to add": Case(
        "add d.jsonl", ("2 documents", "monitor replay"), {"d.jsonl": DOCUMENT + DOCUMENT.replace('"a"', '"b"')}
    ),
    "a record without evidence": Case(
        "add d.jsonl --records r.json",
        ("record 0", "does not stand in the text"),
        {"d.jsonl": DOCUMENT, "r.json": '[{"investor": ["X"], "amount_min": 1, "evidence": "never said"}]'},
    ),
    "an output folder that cannot be written": Case(
        "run --once --out file/out", ("file",), {"file": "x", "sources.yaml": "sources: []\n"}
    ),
    "a demo over somebody's files": Case("demo --out mine", ("mine", "thesis.txt"), {"mine/thesis.txt": "x"}),
    "settings that are there already": Case("init", ("there already",), {"sources.yaml": GOOD}),
    "a source that is not watched": Case("sources test Aa", ("'A'",), {"sources.yaml": GOOD}),
    "a source that cannot be reached": Case(
        "sources add B http://127.0.0.1:9/y", ("--untested",), {"sources.yaml": GOOD}
    ),
    "a source without its selector": Case(
        "sources add B https://b.example/ --kind listing --untested", ("links",), {"sources.yaml": GOOD}
    ),
    "a source of a known name": Case(
        "sources add A https://b.example/ --untested", ("two sources are called 'A'",), {"sources.yaml": GOOD}
    ),
    "OPML that is none": Case("sources import x.opml", ("not XML",), {"sources.yaml": GOOD, "x.opml": "hello"}),
    "a date on the command line": Case("list --valid yesterday", ("2025-02-14",), {}),
    "a misspelt variable": Case(
        "sources list", ("MONITOR_DATABASE_URL",), {"sources.yaml": GOOD}, environment=(("MONITOR_DATABASE_ULR", "x"),)
    ),
}


def monitor(case: Case, folder: Path) -> subprocess.CompletedProcess[bytes]:
    for name, content in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MONITOR_")}
    return subprocess.run(
        [sys.executable, "-c", "from monitor.cli import main; main()", *case.command.split()],
        cwd=folder,
        env={**environment, **dict(case.environment)},
        input=case.stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_it_is_said_clearly(case: Case, tmp_path: Path) -> None:
    done = monitor(case, tmp_path)
    said = done.stderr.decode()
    assert done.returncode != 0, done.stdout.decode()
    assert "Traceback" not in said, said
    for words in case.words:
        assert words.lower() in said.lower(), said
    assert "hunter2" not in said
    assert len(said.strip().splitlines()) <= 6, said


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    first = monitor(Case("list", (), {}), tmp_path)
    assert first.returncode == 0, first.stderr.decode()
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        (table,) = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if "version" in name and name != "version"
        ]
        connection.execute(f"UPDATE {table} SET version_num = '9999'")
    connection.close()
    done = monitor(Case("list", (), {}), tmp_path)
    said = done.stderr.decode()
    assert done.returncode != 0 and "newer" in said and "Traceback" not in said, said
