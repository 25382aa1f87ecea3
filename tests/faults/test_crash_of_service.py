"""A service that crashes at any point, from the first article to the last mail, is afterwards as if it had not."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mail_servers import Mailbox, mail_server
from pytest_httpserver import HTTPServer
from service_parts import PIECE, Clock, piece, publish, settings_for

from monitor.failpoints import POINTS, VARIABLE
from monitor.line import opened

HERE = Path(__file__).parent
PIECES = (PIECE, piece("b", "Borealis Fund", 7, "Metz"), piece("c", "Corvus Group", 11, "Porto"))
ADDRESSES = ("anna@example.org", "bruno@example.org", "carla@example.org")
TO = f"digest: {{to: [{', '.join(f'{{address: {one}}}' for one in ADDRESSES)}]}}\n"
CRASHED = 137
PATIENCE = 900  # seconds that one life may take on a busy machine
# Where a recipient may get a mail twice: the server has it, and our note of that is missing.
UNKNOWABLE = {"smtp.after_message", "smtp.after_answer", "outbox.before_finish"}


@dataclass
class Place:
    """Where a service lives: its folder, its settings, its mail server's box."""

    folder: Path
    environment: dict[str, str]
    box: Mailbox

    def start(self, failpoint: str | None = None) -> subprocess.Popen[str]:
        path = os.pathsep.join([str(HERE.parent), str(HERE.parent.parent), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, **self.environment, "PYTHONPATH": path}
        if failpoint:
            environment[VARIABLE] = failpoint
        command = [sys.executable, str(HERE / "service_process.py"), "sources.yaml"]
        return subprocess.Popen(command, cwd=self.folder, env=environment, stderr=subprocess.PIPE, text=True)

    def live(self, failpoint: str | None = None) -> int:
        with self.start(failpoint) as process:
            try:
                _, said = process.communicate(timeout=PATIENCE)
            finally:
                process.kill()
        assert process.returncode in (0, CRASHED), said
        return process.returncode

    def ledger(self) -> Any:
        return opened(self._settings, Clock())

    @property
    def _settings(self) -> Any:
        from monitor.config import load

        there = load(self.folder / "sources.yaml", self.environment)
        return there.model_copy(update={"database": self.environment["MONITOR_DATABASE_URL"]})

    def doubts(self) -> Counter[str]:
        with self.ledger() as ledger:
            return Counter(one.recipient for one in ledger.in_doubt())

    def outcome(self) -> tuple[Any, ...]:
        """All that must be as if nothing had happened, but for ids, seqs and the order in which articles came."""
        with self.ledger() as ledger:
            assert ledger.check() == []
            held = sorted(repr((one.state, one.euros, one.outlets, one.evidence)) for one in ledger.commitments())
            told = sorted(repr((c.event, c.cause, c.after, c.evidence)) for c in ledger.changes())
            post = sorted((Path(d.subscription).name, d.period_kind, d.result, d.settled) for d in ledger.deliveries())
        mails = {(to, content.partition(b"\r\n\r\n")[2]) for to, content in self.box.mails}
        files = {path.name: path.read_bytes() for path in (self.folder / "out").iterdir()}
        return held, told, post, mails, files


@contextmanager
def place(folder: Path, paper: HTTPServer, database: str) -> Iterator[Place]:
    publish(paper, *PIECES)
    with mail_server() as (smtp, box):
        environment = {"MONITOR_DATABASE_URL": database, "MONITOR_SMTP_URL": smtp, "MONITOR_OUT": "out"}
        settings_for(folder, paper, TO)  # writes the file
        yield Place(folder, environment, box)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, make_httpserver: HTTPServer) -> tuple[Any, ...]:
    folder = tmp_path_factory.mktemp("undisturbed")
    with place(folder, make_httpserver, f"sqlite:///{folder / 'ledger.db'}") as calm:
        assert calm.live() == 0
        found = calm.outcome()
    assert {"Exemplar", "Borealis", "Corvus"} <= {word for text in found[0] for word in text.replace("'", " ").split()}
    assert len(found[3]) == len(ADDRESSES)
    return found


def crash(where: Place, point: str, undisturbed: tuple[Any, ...]) -> None:
    assert where.live(point) == CRASHED, f"{point} was not reached"
    doubtful = where.doubts()
    assert sum(doubtful.values()) <= 1
    assert where.live() == 0
    assert where.outcome() == undisturbed
    twice = Counter(where.box.mails)
    assert all(times <= 1 + doubtful[to] for (to, _), times in twice.items())
    if point.partition(":")[0] not in UNKNOWABLE:
        assert set(twice.values()) == {1}


# Of the points that are reached often, the second time: one article or mail is done and others are not.
ONCE = {"cycle.before_note", "cycle.after_note", "smtp.before_connect"}
WALK = [point if point in ONCE else f"{point}:2" for point in POINTS]
IN_CYCLE = [point for point in WALK if point.startswith("cycle.")]


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("point", IN_CYCLE)
def test_a_crash_in_the_middle_of_a_cycle_is_as_if_it_had_not_happened(
    point: str, database: str, tmp_path: Path, httpserver: HTTPServer, undisturbed: tuple[Any, ...]
) -> None:
    with place(tmp_path, httpserver, database) as where:
        crash(where, point, undisturbed)


@pytest.mark.proof
@pytest.mark.parametrize("point", WALK)
def test_a_crash_of_the_service_at_any_point_is_as_if_it_had_not_happened(
    point: str, database: str, tmp_path: Path, httpserver: HTTPServer, undisturbed: tuple[Any, ...]
) -> None:
    with place(tmp_path, httpserver, database) as where:
        crash(where, point, undisturbed)


def kill_at_random(where: Place, seed: int, undisturbed: tuple[Any, ...]) -> None:
    chance, doubtful = random.Random(seed), Counter[str]()
    for _ in range(4):
        process = where.start()
        time.sleep(chance.uniform(1.0, 6.0))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=PATIENCE)
        doubtful += where.doubts()
    assert where.live() == 0
    assert where.outcome() == undisturbed
    assert all(times <= 1 + doubtful[to] for (to, _), times in Counter(where.box.mails).items())


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(1, 11))
def test_kill_9_of_the_service_at_random_moments(
    seed: int, database: str, tmp_path: Path, httpserver: HTTPServer, undisturbed: tuple[Any, ...]
) -> None:
    with place(tmp_path, httpserver, database) as where:
        kill_at_random(where, seed, undisturbed)
