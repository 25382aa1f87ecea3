"""Claims about a disk that turns read-only or full. `test_disk.py` runs them in a mount namespace of their own."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from mail_servers import _free_port
from pytest_httpserver import HTTPServer
from service_parts import PIECE, Clock, piece, publish, service_of, settings_for

from monitor import health
from monitor.config import Settings
from monitor.service import Service

SECOND = piece("b", "Borealis Fund", 7, "Metz")


@dataclass
class Disk:
    """A small file system of its own, mounted at `folder`."""

    folder: Path

    def mount(self, *options: str) -> None:
        subprocess.run(["mount", *options, str(self.folder)], check=True, capture_output=True)

    def spoil(self, trouble: str) -> None:
        """Makes it read-only, or full to the last byte."""
        if trouble == "read-only":
            self.mount("-o", "remount,ro")
            return
        with (self.folder / "filler").open("ab", buffering=0) as filler:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        filler.write(b"x" * size)
                except OSError:
                    pass

    def mend(self, trouble: str) -> None:
        if trouble == "read-only":
            self.mount("-o", "remount,rw")
        else:
            (self.folder / "filler").unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    made = Disk(folder)
    made.mount("-t", "tmpfs", "-o", "size=16m", "tmpfs")
    yield made
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def monitor(disk: Disk, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from monitor.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=disk.folder, capture_output=True, text=True, timeout=280)


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def investors(service: Service) -> set[str]:
    return {name for one in service.ledger.commitments() for name in one.state.investor}


Start = Callable[[Settings, Clock], Service]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a service, which ends with the test."""
    with ExitStack() as stack:
        yield lambda settings, clock: stack.enter_context(closing(service_of(settings, clock)))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize("trouble", ["read-only", "full"])
def test_a_service_whose_ledger_cannot_be_written_says_so_and_loses_nothing(
    disk: Disk, start: Start, clock: Clock, httpserver: HTTPServer, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    service = start(settings_for(disk.folder, publish(httpserver, PIECE)), clock)
    service.tick()
    assert "Exemplar Capital" in investors(service)
    # A disk can only be made read-only while no file on it is open for writing.
    service.ledger.close()
    disk.spoil(trouble)
    publish(httpserver, PIECE, SECOND)
    clock.pass_(hours=2)
    for _ in range(2):
        service.tick()
        assert str(disk.folder / "ledger.db") in service.trouble
    said = errors(caplog)
    assert len(said) == 2 and "Traceback" not in caplog.text
    assert ("may this user write" if trouble == "read-only" else "Make room") in said[0]
    disk.mend(trouble)
    service.tick()
    assert service.trouble == "" and {"Exemplar Capital", "Borealis Fund"} <= investors(service)
    assert service.ledger.check() == []


@pytest.mark.parametrize("trouble", ["read-only", "full"])
def test_no_command_answers_with_a_traceback(
    disk: Disk, start: Start, clock: Clock, httpserver: HTTPServer, trouble: str
) -> None:
    service = start(settings_for(disk.folder, publish(httpserver, PIECE)), clock)
    service.tick()
    service.close()
    disk.spoil(trouble)
    for command in (
        ("status",), ("list",), ("digest", "--out", "x"), ("digest", "--send"), ("run",), ("run", "--once"), ("check",),
        ("init", "x"),
    ):  # fmt: skip
        done = monitor(disk, *command)
        told = done.stdout + done.stderr
        assert "Traceback" not in told, command
        assert done.returncode == 1 and any(hint in told for hint in HINTS), f"{command}: {told}"
    disk.mend(trouble)
    assert "Exemplar Capital" in monitor(disk, "list").stdout


# One of them is in what is said.
HINTS = ("may this user write", "Make room", "Read-only file system", "No space left")


@pytest.mark.parametrize("trouble", ["read-only", "full"])
def test_digests_wait_for_a_folder_that_cannot_be_written_and_polling_goes_on(
    disk: Disk,
    start: Start,
    clock: Clock,
    httpserver: HTTPServer,
    tmp_path: Path,
    trouble: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The ledger is elsewhere; so is the mail that nobody takes, until it is given up and has to be filed."""
    to = "digest: {to: [{address: desk@example.org}]}\n"
    down = f"smtp://127.0.0.1:{_free_port()}"
    out = {"MONITOR_OUT": str(disk.folder / "out"), "MONITOR_SMTP_URL": down}
    settings = settings_for(tmp_path, publish(httpserver, PIECE), to, **out)
    service = start(settings, clock)
    service.tick()
    disk.spoil(trouble)
    clock.pass_(weeks=1)
    publish(httpserver, PIECE, SECOND)
    service.tick()
    assert "Borealis Fund" in investors(service), "a folder that cannot be written stopped the polling"
    reason = "Read-only file system" if trouble == "read-only" else "No space left on device"
    assert any(reason in said and "Is the folder writable, the disk full?" in said for said in errors(caplog))
    notes = " ".join(health.assess(service.ledger, settings, clock()).notes)
    assert "2 deliveries wait for another attempt" in notes
    assert reason in notes, "status does not say why"
    for _ in range(3):
        clock.pass_(days=4)
        service.tick()
    assert not any(one.settled for one in service.ledger.deliveries() if one.period_start.isoformat() == "2026-03-02")
    disk.mend(trouble)
    clock.pass_(hours=8)
    service.tick()
    files = {path.name for path in (disk.folder / "out").rglob("*") if path.is_file()}
    assert {"digest-2026-W10-en.html", "digest-2026-W10-en.txt"} <= files
    assert any(name.endswith(".eml") for name in files), "a mail that nobody took for a week is in no file"
    assert "Traceback" not in caplog.text
