"""The service: one leads, the other waits; settings may change; a signal ends it; nothing that goes wrong does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from service_parts import PIECE, Clock, publish, requests, service_of, settings_for, written

from monitor import telling
from monitor.config import Settings
from monitor.errors import LedgerError
from monitor.ledger import Ledger
from monitor.service import LEASE, Service
from monitor.shipped import shipped


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def paper(httpserver: HTTPServer) -> HTTPServer:
    """A paper on the loopback interface with one feed and one article."""
    return publish(httpserver, PIECE)


@pytest.fixture
def settings(tmp_path: Path, paper: HTTPServer) -> Settings:
    return settings_for(tmp_path, paper)


@pytest.fixture
def service(settings: Settings, clock: Clock) -> Iterator[Service]:
    one = service_of(settings, clock)
    yield one
    one.close()


def test_a_tick_plants_the_seeds_and_polls_what_is_due_at_its_own_pace(
    service: Service, clock: Clock, paper: HTTPServer
) -> None:
    service.tick()
    causes = {change.cause for change in service.ledger.changes()}
    assert causes == {"seed", "news"}
    service.tick()
    assert requests(paper, "/feed") == 1
    clock.pass_(hours=2)
    service.tick()
    assert requests(paper, "/feed") == 2 and requests(paper, "/a") == 1


def test_the_digest_of_the_week_is_written_once_when_it_is_due(service: Service, clock: Clock, tmp_path: Path) -> None:
    service.tick()
    for _ in range(3):
        clock.pass_(days=1)
        service.tick()
    assert not (tmp_path / "out").exists()
    clock.pass_(days=4)
    for _ in range(3):
        service.tick()
    assert [p.name for p in sorted((tmp_path / "out").iterdir())] == [
        "digest-2026-W10-en.html",
        "digest-2026-W10-en.txt",
    ]
    assert "Exemplar Capital" in (tmp_path / "out/digest-2026-W10-en.txt").read_text(encoding="utf-8")


def test_five_missed_mondays_make_one_digest(service: Service, clock: Clock, tmp_path: Path) -> None:
    service.tick()
    clock.pass_(weeks=5, days=3)
    service.tick()
    service.tick()
    assert len(list((tmp_path / "out").glob("*.html"))) == 1


def test_the_second_instance_waits_and_takes_over_when_the_first_ends(
    service: Service, settings: Settings, clock: Clock, paper: HTTPServer
) -> None:
    second = Service(settings, clock=clock, holder="two")
    try:
        service.tick()
        clock.pass_(minutes=1)
        second.tick()
        assert service.leads and not second.leads
        service.close()
        second.tick()
        assert second.leads
    finally:
        second.close()


def test_the_second_instance_takes_over_from_one_that_fell_silent_and_that_one_cannot_write(
    service: Service, settings: Settings, clock: Clock
) -> None:
    second = Service(settings, clock=clock, holder="two")
    try:
        service.tick()
        clock.pass_(minutes=LEASE.total_seconds() / 60 + 1)
        second.tick()
        assert second.leads
        with pytest.raises(LedgerError, match="another instance leads"):
            service.ledger.save_source_state("x", {})
        service.tick()
        assert not service.leads and second.renew()
    finally:
        second.close()


def test_the_lead_is_kept_through_a_long_cycle(service: Service, clock: Clock) -> None:
    service.tick()
    for _ in range(10):
        clock.pass_(minutes=2)
        assert service.going()


def test_changed_settings_are_picked_up_and_wrong_ones_leave_the_good_ones(
    service: Service, clock: Clock, paper: HTTPServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    service.tick()
    more = "digest: {language: fr}\n"
    written(tmp_path, paper, more)
    service.tick()
    assert service.settings.digest.language == "fr"
    written(tmp_path, paper, more.replace("language", "langage"))
    service.tick()
    service.tick()
    assert service.settings.digest.language == "fr"
    said = [r.getMessage() for r in caplog.records if "langage" in r.getMessage()]
    assert len(said) == 1 and "line 4" in said[0] and "did you mean 'language'" in said[0]
    written(tmp_path, paper)
    service.tick()
    assert service.settings.digest.language == "en"
    clock.pass_(hours=2)
    service.tick()
    assert requests(paper, "/feed") == 2, "the service no longer polls after a change of settings"


def test_a_database_that_fails_for_a_while_does_not_end_the_service(
    service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise LedgerError("locked")

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "acquire_lease", locked)
        service.tick()
    with monkeypatch.context() as patched:
        patched.setattr(telling, "tell_due", lambda *_: 1 / 0)
        service.tick()
    service.tick()
    assert any(change.cause == "news" for change in service.ledger.changes())


def test_an_alert_is_stored_once_also_after_a_crash_before_it_was_noted(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = {"to": [{"address": "desk@example.org", "alert": {"events": ["new"]}}]}
    alerting = settings.model_copy(update={"digest": type(settings.digest).model_validate(digest)})
    first = Service(alerting.model_copy(update={"sources": ()}), clock=clock, holder="one")
    first.tick()
    first.close()
    # It dies after the article is in the ledger and before anybody was alerted of it.
    second = Service(alerting, clock=clock, holder="two")
    with monkeypatch.context() as patched:
        patched.setattr(Service, "_alert", lambda self: 1 / 0)
        second.tick()
    second.close()
    third = Service(alerting, clock=clock, holder="three")
    third.tick()
    third.tick()
    mails = [d for d in third.ledger.deliveries("desk@example.org") if d.period_kind.startswith("alert")]
    third.close()
    assert len(mails) == 1 and b"Exemplar" in mails[0].content


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_within_seconds_even_while_a_server_dawdles(
    tmp_path: Path, httpserver: HTTPServer, number: signal.Signals
) -> None:
    def dawdling(_: object) -> None:
        time.sleep(20)

    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/feed").respond_with_handler(dawdling)  # type: ignore[arg-type]
    written(tmp_path, httpserver)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MONITOR_")}
    process = subprocess.Popen(
        [sys.executable, "-c", "from monitor.cli import main; main()", "run"],
        cwd=tmp_path,
        env={**environment, "MONITOR_LOG": "json"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "This instance leads" in line:
            break
    deadline = time.monotonic() + 20
    while not requests(httpserver, "/feed") and time.monotonic() < deadline and not _asked(httpserver):
        time.sleep(0.1)
    started = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0 and time.monotonic() - started < 15, said
    assert "Traceback" not in said


def _asked(server: HTTPServer) -> bool:
    """Whether the slow feed was asked for: its answer, and so its log entry, comes too late to wait for."""
    return any(request.path == "/robots.txt" for request, _ in server.log)


def test_templates_that_vanished_keep_no_source_from_being_polled_and_no_digest_is_lost(
    tmp_path: Path, paper: HTTPServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(shipped("templates"), tmp_path / "mine")
    one = service_of(settings_for(tmp_path, paper, "digest: {templates: mine}\n"), clock)
    try:
        one.tick()
        (tmp_path / "mine").rename(tmp_path / "elsewhere")
        before = requests(paper, "/feed")
        clock.pass_(weeks=1)
        for _ in range(2):
            one.tick()
            clock.pass_(hours=5)
        assert requests(paper, "/feed") == before + 2, "a digest that cannot be written stopped the polling"
        assert "`monitor init --templates` writes them" in one.trouble and "Traceback" not in caplog.text
        (tmp_path / "elsewhere").rename(tmp_path / "mine")
        one.tick()
        assert one.trouble == "" and len(list((tmp_path / "out").glob("*.html"))) == 1
    finally:
        one.close()
