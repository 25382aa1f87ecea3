"""What must be on the disk is there before the next word is said, as the operating system saw it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mail_servers import mail_server
from outbox_process import ADDRESSES

HERE = Path(__file__).parent
CALLS = "fdatasync,fsync,pwrite64,write,sendto,rename,renameat,renameat2"
KINDS = (
    ("written", r"(pwrite64|write)\(\d+<[^>]*ledger\.db(-wal)?>"),
    ("synced", r"(fdatasync|fsync)\(\d+<[^>]*ledger\.db(-wal)?>"),
    ("recipient", r'sendto\(.*"rcpt TO:'),
    ("data", r'sendto\(.*"DATA\\r\\n"'),
    ("file synced", r"(fdatasync|fsync)\(\d+<[^>]*\.part>"),
    ("renamed", r"rename(at|at2)?\("),
    ("folder synced", r"(fdatasync|fsync)\(\d+<[^>]*/out>"),
)


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What one run of the outbox asked of the operating system, in order."""
    tracer = shutil.which("strace")
    if tracer is None:
        pytest.skip("strace is not installed: apt-get install strace")
    folder = tmp_path_factory.mktemp("traced")
    path = os.pathsep.join([str(HERE), str(HERE.parent.parent), os.environ.get("PYTHONPATH", "")])
    with mail_server() as (smtp, box):
        run = [sys.executable, str(HERE / "outbox_process.py"), f"sqlite:///{folder / 'ledger.db'}", smtp]
        command = [
            tracer,
            "-f",
            "-y",
            "-s",
            "20",
            "-e",
            f"trace={CALLS}",
            "-o",
            "trace",
            *run,
            str(folder / "out"),
            "0",
        ]
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
        )
        if "Operation not permitted" in done.stderr:
            pytest.skip("this machine lets nobody trace a process")
        assert box.count() == dict.fromkeys(ADDRESSES, 1), done.stderr
    lines = (folder / "trace").read_text(encoding="utf-8", errors="replace").splitlines()
    return [kind for line in lines for kind, pattern in KINDS if re.search(pattern, line)]


def test_an_attempt_is_on_the_disk_before_data_is_said_and_its_result_before_the_next(traced: list[str]) -> None:
    assert traced.count("data") == len(ADDRESSES)
    since: list[str] = []
    for what in traced:
        if what == "recipient":
            assert "written" not in since or since[-1] == "synced", (
                "a result was not on the disk: a power cut repeats it"
            )
            since = []
        elif what == "data":
            assert "written" in since, "DATA was said before the attempt was noted"
            assert since[-1] == "synced", "DATA was said before the attempt was on the disk"
            since = []
        elif what in ("written", "synced"):
            since.append(what)
    assert since[-1] == "synced"


def test_a_file_is_on_the_disk_before_it_has_its_name_and_its_name_is_too(traced: list[str]) -> None:
    of_files = [what for what in traced if what in ("file synced", "renamed", "folder synced")]
    assert of_files == ["file synced", "renamed", "folder synced"] * 2
