"""A crash at any point of the outbox loses nothing, and repeats only what nobody can know to have arrived."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from mail_servers import Behaviour, Mailbox, mail_server
from outbox_process import ADDRESSES, START, open_ledger, tick

from monitor.failpoints import POINTS as ALL_POINTS
from monitor.failpoints import VARIABLE

POINTS = [point for point in ALL_POINTS if not point.startswith("cycle.")]

HERE = Path(__file__).parent
CRASHED = 137
# Points between the server having the whole mail and our note of its answer: only there may a recipient get it twice.
UNKNOWABLE = {"smtp.after_message", "smtp.after_answer", "outbox.before_finish"}


def start(url: str, smtp: str, folder: Path, minute: int, failpoint: str | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent.parent)])}
    if failpoint:
        environment[VARIABLE] = failpoint
    command = [sys.executable, str(HERE / "outbox_process.py"), url, smtp, str(folder), str(minute)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def deliveries(url: str) -> dict[str, Any]:
    with open_ledger(url, START) as ledger:
        assert ledger.check() == []
        return {one.recipient: one for one in ledger.deliveries()}


def recover(url: str, smtp: str, folder: Path) -> None:
    """The service starts again and goes on until nothing is left to do."""
    for minute in (5, 60):
        tick(url, smtp, folder, minute)


def outcome(url: str, folder: Path, box: Mailbox) -> tuple[Any, ...]:
    """Everything that must be as if nothing had happened: who was told what, in which bytes, in which files."""
    stored = deliveries(url)
    mails = {(to.partition("@")[0], content) for to, content in box.mails}
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    rows = {(Path(to).name, one.message_id, one.result, one.settled) for to, one in stored.items()}
    return rows, mails, files


def claims(url: str, folder: Path, box: Mailbox, undisturbed: tuple[Any, ...], doubtful: Counter[str]) -> None:
    assert outcome(url, folder, box) == undisturbed
    assert box.count().keys() == set(ADDRESSES)
    for recipient, times in box.count().items():
        assert times <= 1 + doubtful[recipient]


def doubts(url: str) -> Counter[str]:
    """Attempts without a known result, by recipient."""
    with open_ledger(url, START) as ledger:
        return Counter(one.recipient for one in ledger.in_doubt())


# Two folders have different paths, and so different Message-IDs for their file deliveries: all runs share one folder name.
@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, ...]:
    base = tmp_path_factory.mktemp("undisturbed")
    os.chdir(base)
    with mail_server() as (smtp, box):
        url, folder = f"sqlite:///{base / 'ledger.db'}", Path("out")
        recover(url, smtp, folder)
        return outcome(url, folder, box)


def crash(url: str, point: str, tmp_path: Path, undisturbed: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("out")
    with mail_server() as (smtp, box):
        process = start(url, smtp, folder, 0, point)
        _, complaint = process.communicate(timeout=60)
        assert process.returncode == CRASHED, f"{point} was not reached: {complaint}"
        doubtful = doubts(url)
        files = list(folder.glob("digest-*"))
        assert {path.name: path.read_bytes() for path in files}.items() <= undisturbed[2].items()  # whole or not at all
        recover(url, smtp, folder)
        claims(url, folder, box, undisturbed, doubtful)
        if point.partition(":")[0] not in UNKNOWABLE:
            assert set(box.count().values()) == {1}
        assert sum(doubtful.values()) <= 1


# The second hit: one recipient is done, four are not. A run connects once.
SECOND = [f"{point}:{1 if point == 'smtp.before_connect' else 2}" for point in POINTS]
OTHERS = [
    f"{point}:{number}"
    for point in POINTS
    if point != "smtp.before_connect" and not point.startswith("file.")
    for number in (1, 3, 4, 5)
]


@pytest.mark.parametrize("point", SECOND)
def test_a_crash_at_any_point_is_as_if_it_had_not_happened(
    point: str, tmp_path: Path, undisturbed: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    crash(f"sqlite:///{tmp_path / 'ledger.db'}", point, tmp_path, undisturbed, monkeypatch)


@pytest.mark.proof
@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("point", SECOND)
def test_a_crash_at_any_point_on_postgresql(
    point: str, database: str, tmp_path: Path, undisturbed: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    crash(database, point, tmp_path, undisturbed, monkeypatch)


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_a_crash_after_the_ok_on_postgresql(
    database: str, tmp_path: Path, undisturbed: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    crash(database, "smtp.after_answer:2", tmp_path, undisturbed, monkeypatch)


@pytest.mark.proof
@pytest.mark.parametrize("point", OTHERS)
def test_a_crash_at_any_hit_of_any_point(
    point: str, database: str, tmp_path: Path, undisturbed: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    crash(database, point, tmp_path, undisturbed, monkeypatch)


def kill_at_random(
    url: str, seed: int, tmp_path: Path, undisturbed: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 again and again at random moments of a run against a slow server that also drops connections."""
    chance = random.Random(seed)
    monkeypatch.chdir(tmp_path)
    folder = Path("out")
    faults = Behaviour(
        slow=0.05, drop_before_ok=frozenset(ADDRESSES[:2]), drop_unread=frozenset(ADDRESSES[3:]), times=1
    )
    doubtful: Counter[str] = Counter()
    with mail_server(faults) as (smtp, box):
        for minute in range(0, 50, 10):
            process = start(url, smtp, folder, minute)
            time.sleep(chance.uniform(0.8, 2.5))
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)
            doubtful += doubts(url)
        for minute in (100, 130, 400, 1000):
            tick(url, smtp, folder, minute)
            doubtful += doubts(url)
        assert box.count().keys() == set(ADDRESSES)
        claims(url, folder, box, undisturbed, doubtful)


def test_kill_9_at_random_moments(
    tmp_path: Path, undisturbed: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_at_random(f"sqlite:///{tmp_path / 'ledger.db'}", 1, tmp_path, undisturbed, monkeypatch)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 32))
def test_kill_9_at_many_random_moments(
    seed: int, database: str, tmp_path: Path, undisturbed: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_at_random(database, seed, tmp_path, undisturbed, monkeypatch)
