"""A database that is locked, restarted, away or gone, in the middle of a cycle or of a round of mails."""

from __future__ import annotations

import http.client
import os
import shlex
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from click.testing import CliRunner
from mail_servers import Behaviour, mail_server
from pytest_httpserver import HTTPServer
from service_parts import PIECE, Clock, piece, publish, service_of, settings_for

from monitor.cli import app
from monitor.digest.tokens import sign
from monitor.ledger import engine, taking
from monitor.line import opened
from monitor.service import Service
from monitor.web.app import create_app
from monitor.web.serving import serving

PIECES = (PIECE, piece("b", "Borealis Fund", 7, "Metz"), piece("c", "Corvus Group", 11, "Porto"))
INVESTORS = {"Exemplar Capital", "Borealis Fund", "Corvus Group"}
ADDRESSES = tuple(f"{name}@example.org" for name in ("anna", "bruno", "carla", "dieter", "elena"))
CARLA = ADDRESSES[2]
TO = f"digest: {{to: [{', '.join(f'{{address: {one}}}' for one in ADDRESSES)}]}}\n"

Happening = Callable[[], object]


class Scene:
    """A service on a database, with a paper to read and five people to mail."""

    def __init__(self, stack: ExitStack, folder: Path, paper: HTTPServer, database: str) -> None:
        self.stack, self.paper = stack, paper
        self.clock, self.behaviour = Clock(), Behaviour()
        smtp, self.box = stack.enter_context(mail_server(self.behaviour))
        self.smtp = {"MONITOR_DATABASE_URL": database, "MONITOR_SMTP_URL": smtp}
        self.settings = settings_for(folder, publish(paper), TO, **self.smtp)
        self.service = self.start()

    def start(self, holder: str = "one") -> Service:
        return self.stack.enter_context(closing(service_of(self.settings, self.clock, holder)))

    def while_reading(self, happens: Happening) -> None:
        """The paper has three articles; while the second is asked for, this happens."""
        publish(self.paper, *PIECES, meanwhile={"b": happens})
        self.clock.pass_(hours=2)

    def while_mailing(self, happens: Happening) -> None:
        """A digest is due; when Carla's mail has come, before the server says OK, this happens, once."""
        publish(self.paper, *PIECES)
        self.service.tick()
        self.clock.pass_(hours=2)
        self.service.tick()
        self.clock.pass_(weeks=1)
        waiting = [happens]

        def before_ok(recipient: str) -> None:
            if recipient == CARLA and waiting:
                waiting.pop()()

        self.behaviour.before_ok = before_ok

    def all_read(self) -> None:
        """Each of the three articles is in the ledger, once, and the ledger is whole."""
        found = Counter(name for one in self.service.ledger.commitments() for name in one.state.investor)
        assert {name: found[name] for name in INVESTORS} == dict.fromkeys(INVESTORS, 1)
        assert self.service.ledger.check() == []

    def all_mailed_once(self) -> None:
        assert self.box.count() == dict.fromkeys(ADDRESSES, 1)
        assert {one.result for one in self.service.ledger.deliveries()} == {"delivered"}
        assert self.service.ledger.in_doubt() == []


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened_things:
        yield opened_things


@pytest.fixture
def scene(stack: ExitStack, tmp_path: Path, httpserver: HTTPServer, database: str) -> Scene:
    return Scene(stack, tmp_path, httpserver, database)


def serious(caplog: pytest.LogCaptureFixture) -> list[str]:
    assert "Traceback" not in caplog.text and "should not have happened" not in caplog.text
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


on_sqlite = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)


# --- locked by another program ---

HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def lock(tmp_path: Path, stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Happening, Happening]]:
    """Another process takes the write lock, and lets it go again. Nobody waits for long."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.3)
    processes: list[subprocess.Popen[str]] = []

    def take() -> None:
        command = [sys.executable, "-c", HOLD, str(tmp_path / "ledger1.db")]
        processes.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        assert processes[0].stdout is not None and processes[0].stdout.readline() == "held\n"

    def let_go() -> None:
        if processes:
            processes.pop().communicate(timeout=20)

    yield take, let_go
    let_go()


@on_sqlite
def test_a_ledger_locked_while_mails_go_out_repeats_none_and_loses_none(
    lock: tuple[Happening, Happening], scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    take, let_go = lock
    scene.while_mailing(take)
    scene.service.tick()
    assert "locked. Another program holds the file" in scene.service.trouble
    assert scene.box.count() == dict.fromkeys(ADDRESSES[:3], 1), "it went on sending what it could not note"
    scene.clock.pass_(minutes=30)
    scene.service.tick()
    assert all("locked" in said for said in serious(caplog))
    let_go()
    scene.service.tick()
    assert scene.service.trouble == ""
    scene.all_mailed_once()
    scene.all_read()


@on_sqlite
def test_a_service_that_is_ended_notes_first_what_it_knows(lock: tuple[Happening, Happening], scene: Scene) -> None:
    take, let_go = lock
    scene.while_mailing(take)
    scene.service.tick()
    let_go()
    scene.service.close()
    scene.service = scene.start("two")
    scene.service.tick()
    scene.all_mailed_once()


@on_sqlite
def test_a_ledger_locked_while_articles_are_read_skips_none(
    lock: tuple[Happening, Happening], scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    take, let_go = lock
    scene.service.tick()
    scene.while_reading(take)
    scene.service.tick()
    assert "locked" in scene.service.trouble and serious(caplog)
    let_go()
    scene.service.tick()
    scene.all_read()


# --- PostgreSQL restarted, down for a while, dropped ---


class Server:
    """The private cluster's switch."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)

    def _say(self, word: str, *more: str) -> None:
        tool = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
        command = [str(tool[-1]) if tool else "pg_ctl", "-D", str(self.folder / "data"), "-w", word, *more]
        if os.geteuid() == 0:  # the server refuses to run as root
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def restart(self) -> None:
        self._say("restart", "-m", "fast", "-l", str(self.folder / "log"))

    def stop(self) -> None:
        self.options = (self.folder / "data" / "postmaster.opts").read_text().split('"', 1)[1].rstrip()
        self._say("stop", "-m", "immediate")

    def start(self) -> None:
        options = " ".join(shlex.split(f'"{self.options}'))
        self._say("start", "-o", options, "-l", str(self.folder / "log"))


@pytest.fixture
def server(cluster: str) -> Server:
    return Server(cluster)


@on_postgresql
def test_postgresql_restarted_while_articles_are_read(
    scene: Scene, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    scene.service.tick()
    scene.while_reading(server.restart)
    for _ in range(2):
        scene.service.tick()
    serious(caplog)
    scene.all_read()


@on_postgresql
def test_postgresql_restarted_in_the_middle_of_a_write(
    scene: Scene, server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.service.tick()
    scene.while_reading(lambda: None)
    take, waiting = taking.take, [server.restart]

    def disturbed(*arguments: Any, **more: Any) -> Any:
        found = take(*arguments, **more)
        if waiting:
            waiting.pop()()
        return found

    monkeypatch.setattr(taking, "take", disturbed)
    scene.service.tick()
    (said,) = serious(caplog)
    assert "Is the database server running" in said and scene.service.trouble == said
    scene.service.tick()
    assert scene.service.trouble == ""
    scene.all_read()


@on_postgresql
def test_postgresql_restarted_while_mails_go_out(
    scene: Scene, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    scene.while_mailing(server.restart)
    for _ in range(2):
        scene.service.tick()
    serious(caplog)
    scene.all_mailed_once()
    scene.all_read()


@on_postgresql
def test_postgresql_down_for_a_while_from_the_middle_of_the_mails_on(
    scene: Scene, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    scene.while_mailing(server.stop)
    try:
        for _ in range(3):
            scene.service.tick()
            assert "Is the database server running" in scene.service.trouble
            scene.clock.pass_(minutes=1)
        assert scene.box.count() == dict.fromkeys(ADDRESSES[:3], 1)
        status = CliRunner().invoke(app, ["status"], env=scene.smtp)
        assert status.exit_code == 1 and "Is the database server running" in str(status.exception)
    finally:
        server.start()
    scene.service.tick()
    assert len(serious(caplog)) == 3
    scene.all_mailed_once()
    scene.all_read()


@on_postgresql
def test_a_database_that_was_dropped_is_said_and_its_backup_goes_on(
    scene: Scene, cluster: str, database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    scene.while_mailing(lambda: None)
    scene.service.tick()
    scene.service.ledger.backup(tmp_path / "backup")
    name = database.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(host=cluster, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        scene.service.tick()
        assert "does not exist" in scene.service.trouble
        connection.execute(f"CREATE DATABASE {name}")
        scene.service.tick()
        assert "does not exist" in scene.service.trouble
    with opened(scene.settings, scene.clock) as ledger:
        ledger.restore(tmp_path / "backup")
    scene.clock.pass_(hours=2)
    scene.service.tick()
    assert scene.service.trouble == "" and len(serious(caplog)) == 2
    scene.all_mailed_once()
    scene.all_read()


# --- the file of SQLite moved away, deleted, replaced ---


@on_sqlite
@pytest.mark.parametrize("when", ["reading", "mailing"])
def test_a_ledger_file_that_vanished_stops_the_work_until_it_is_back(
    scene: Scene, tmp_path: Path, when: str, caplog: pytest.LogCaptureFixture
) -> None:
    home, away = tmp_path / "ledger1.db", tmp_path / "moved.db"
    scene.service.tick()
    if when == "reading":
        scene.while_reading(lambda: home.rename(away))
    else:
        scene.while_mailing(lambda: home.rename(away))
    for _ in range(2):
        scene.service.tick()
        assert "the file has gone from its place. Put it back" in scene.service.trouble
        scene.clock.pass_(minutes=1)
    assert not home.exists(), "a new, empty ledger was begun"
    assert scene.box.count() == ({} if when == "reading" else dict.fromkeys(ADDRESSES[:3], 1))
    away.rename(home)
    scene.service.tick()
    assert scene.service.trouble == "" and len(serious(caplog)) == 2
    scene.all_read()
    if when == "mailing":
        scene.all_mailed_once()


@on_sqlite
def test_another_file_in_the_place_of_the_ledger_is_not_written_until_the_next_start(
    scene: Scene, tmp_path: Path
) -> None:
    home = tmp_path / "ledger1.db"
    scene.service.tick()
    scene.service.ledger.backup(tmp_path / "backup")
    home.unlink()
    with opened(scene.settings, scene.clock) as ledger:
        ledger.restore(tmp_path / "backup")
    scene.while_reading(lambda: None)
    scene.service.tick()
    assert "another file has taken its place. Start again" in scene.service.trouble
    scene.service.close()
    with sqlite3.connect(home) as there:
        assert there.execute("SELECT count(*) FROM reading WHERE link LIKE '%/b'").fetchone() == (0,)
    there.close()
    scene.service = scene.start()
    scene.service.tick()
    scene.all_read()


@on_sqlite
def test_the_pages_say_that_the_ledger_vanished_and_nobody_is_told_to_be_unsubscribed(
    scene: Scene, tmp_path: Path
) -> None:
    scene.service.tick()
    service, settings = scene.service, scene.settings.model_copy(update={"secret": "a secret of the test"})
    pages = create_app(service.ledger, lambda: settings, scene.clock, lambda: service.trouble, service.file.check)
    (tmp_path / "ledger1.db").unlink()
    service.tick()
    with serving(pages, "127.0.0.1", 0) as port:
        for method, path in (
            ("GET", "/health"),
            ("POST", f"/unsubscribe/{quote(sign(CARLA, b'a secret of the test'))}"),
        ):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request(method, path)
            answer = connection.getresponse()
            said = answer.read().decode()
            connection.close()
            assert answer.status == 503 and "the file has gone from its place" in said


def test_status_without_a_ledger_says_so_and_makes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = CliRunner().invoke(app, ["status"], env={"MONITOR_DATABASE_URL": "sqlite:///ledger.db"})
    assert shown.exit_code == 1 and "`monitor run` makes one" in str(shown.exception)
    assert list(tmp_path.iterdir()) == []


# --- a slow mail server and a standby that waits for the lead ---


@on_sqlite
def test_a_long_round_of_mails_keeps_the_lead(scene: Scene) -> None:
    standby = scene.start("two")
    scene.while_mailing(lambda: None)

    def slow(_: str) -> None:
        for _ in range(4):
            scene.clock.pass_(minutes=1)
            standby.tick()

    scene.behaviour.before_ok = slow
    scene.service.tick()
    assert scene.service.leads and not standby.leads
    scene.all_mailed_once()


@on_sqlite
def test_a_round_of_mails_ends_between_two_when_the_service_is_told_to_stop(scene: Scene) -> None:
    scene.while_mailing(lambda: scene.service.stopping.set())
    scene.service.tick()
    assert scene.box.count() == dict.fromkeys(ADDRESSES[:3], 1)
    scene.service.close()
    scene.service = scene.start("two")
    scene.service.tick()
    scene.all_mailed_once()
