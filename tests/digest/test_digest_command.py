"""`monitor digest` and `monitor status` on a real ledger."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from mail_servers import Behaviour, mail_server

from monitor import telling
from monitor.cli import app
from monitor.config import load
from monitor.ledger import Ledger
from monitor.model import Article, Record
from monitor.resolution import Recogniser
from monitor.telling import SINCE

ADDRESS = "desk@example.org"
HOSTILE = "Exemplar \x1b[31mCapital\u202e"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings and a ledger that holds one commitment of two weeks ago; subscribers since three weeks."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources.yaml").write_text(f"digest: {{language: fr, to: [{{address: {ADDRESS}}}]}}\nsources: []\n")
    then = datetime.now(UTC) - timedelta(days=14)
    text = f"{HOSTILE} will invest €2 billion in a data centre in Lille by 2029."
    article = Article("https://news.example.org/a", "Exemplar to build", text, "en", then.date(), "A paper")
    record = Record(
        (HOSTILE,), None, 2e9, 2e9, "EUR", "exact", "announced", "data_center", ("Lille",), 2029, None, text
    )
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", resolver=Recogniser(), clock=lambda: then) as ledger:
        ledger.take(article, [record], raw=article.full.encode(), reader="test", extractor="test")
        for subscriber in (ADDRESS, str(tmp_path / "out")):
            ledger.save_source_state(SINCE + subscriber, {"since": (then - timedelta(days=7)).date().isoformat()})
    return tmp_path


def monitor(*arguments: str, smtp: str | None = None) -> Result:
    environment = {"MONITOR_SMTP_URL": smtp} if smtp else {}
    return CliRunner().invoke(app, arguments, env=environment, catch_exceptions=True)


def test_the_digest_under_way_is_printed_and_nothing_is_stored(place: Path) -> None:
    shown = monitor("digest")
    assert shown.exit_code == 0, shown.output
    assert "1\N{NO-BREAK SPACE}nouveau" in shown.output and "Exemplar" in shown.output
    assert "\x1b" not in shown.output and "\u202e" not in shown.output
    assert "Nothing to show" in monitor("digest", "--stored").output


def test_the_moment_in_a_digest_is_by_the_clock_of_its_schedule(place: Path) -> None:
    assert "(Paris)" in monitor("digest").output and "(UTC)" not in monitor("digest").output


def test_another_language_and_html(place: Path) -> None:
    assert "1 new" in monitor("digest", "--language", "en").output
    assert monitor("digest", "--html").output.startswith("<!DOCTYPE html>")
    wrong = monitor("digest", "--language", "nl")
    assert wrong.exit_code == 2


def test_sending_stores_once_delivers_and_reprints_from_the_stored_bytes(place: Path) -> None:
    with mail_server() as (smtp, box):
        first = monitor("digest", "--send", smtp=smtp)
        assert "2 digests were due. Deliveries: 2 delivered." in first.output
        assert "0 digests were due. Deliveries: none." in monitor("digest", "--send", smtp=smtp).output
        assert box.count() == {ADDRESS: 1}
    stored = json.loads(monitor("digest", "--stored", "--format", "json").output)
    assert {row["channel"] for row in stored} == {"smtp", "file"}
    mailed = next(row["id"] for row in stored if row["channel"] == "smtp")
    reprinted = monitor("digest", "--reprint", str(mailed), "--out", "again")
    assert reprinted.exit_code == 0
    html = next((place / "again").glob("*.html")).read_bytes()
    (place / "sources.yaml").write_text(f"digest: {{language: de, to: [{{address: {ADDRESS}}}]}}\nsources: []\n")
    monitor("digest", "--reprint", str(mailed), "--out", "later")
    assert next((place / "later").glob("*.html")).read_bytes() == html


def opened(place: Path) -> Ledger:
    return Ledger.open(f"sqlite:///{place / 'ledger.db'}", resolver=Recogniser(), clock=lambda: datetime.now(UTC))


def hold(place: Path) -> None:
    """From now on the settings hold what is in doubt."""
    settings = (place / "sources.yaml").read_text().replace("digest: {", "digest: {in_doubt: hold, ")
    (place / "sources.yaml").write_text(settings)


def make_due(place: Path) -> None:
    """What is in doubt is tried once more, by a run that dies before it knows the result."""
    with opened(place) as ledger:
        (doubtful,) = ledger.in_doubt()
        ledger.begin_attempt(doubtful.id)


def test_deliveries_in_doubt_are_listed_and_sent_again_when_a_person_says_so(place: Path) -> None:
    hold(place)
    with mail_server(Behaviour(drop_before_ok=frozenset({ADDRESS}), times=1)) as (smtp, box):
        assert "1 in doubt" in monitor("digest", "--send", smtp=smtp).output
        assert ADDRESS in monitor("digest", "--in-doubt", "list").output
        assert "1 deliveries are in doubt" in monitor("status").output
        assert box.count() == {ADDRESS: 1}
        monitor("digest", "--send", smtp=smtp)
        assert box.count() == {ADDRESS: 1}, "held, and sent all the same"
        # At once, though its next attempt is not due, and though the settings hold it.
        assert monitor("digest", "--in-doubt", "resend", smtp=smtp).output == "Deliveries: 1 delivered.\n"
        assert box.count() == {ADDRESS: 2}
        first, second = (content for _, content in box.mails)
        assert first == second
        assert "Nothing to show" in monitor("digest", "--in-doubt", "list").output
        assert monitor("digest", "--in-doubt", "resend", smtp=smtp).output == "Deliveries: none.\n"
        assert box.count() == {ADDRESS: 2}
    assert "in doubt" not in monitor("status").output


def test_in_doubt_hold_sends_the_rest_and_asks(place: Path) -> None:
    with mail_server(Behaviour(drop_before_ok=frozenset({ADDRESS}), times=1)) as (smtp, box):
        monitor("digest", "--send", smtp=smtp)
        make_due(place)
        held = monitor("digest", "--in-doubt", "hold", smtp=smtp).output
        assert "1 held" in held and ADDRESS in held
        assert "--in-doubt arrived" in held and "--in-doubt resend" in held
        assert box.count() == {ADDRESS: 1}
        assert monitor("digest", "--in-doubt", "arrived").output == "1 deliveries are noted as arrived.\n"
        monitor("digest", "--send", smtp=smtp)
        assert box.count() == {ADDRESS: 1}, "a person said that it arrived, and it was sent again"
    assert "2 delivered" in monitor("status").output


def test_while_a_service_leads_no_command_sends_and_it_is_left_word(place: Path) -> None:
    hold(place)
    with mail_server(Behaviour(drop_before_ok=frozenset({ADDRESS}), times=1)) as (smtp, box):
        monitor("digest", "--send", smtp=smtp)
        with opened(place) as ledger:
            ledger.acquire_lease("a service", timedelta(minutes=5))
            refused = monitor("digest", "--send", smtp=smtp)
            assert refused.exit_code == 1 and "`monitor run` is at work" in str(refused.exception)
            said = monitor("digest", "--in-doubt", "resend", smtp=smtp).output
            assert said.startswith("1 deliveries are in doubt; `monitor run` will send them again")
            assert box.count() == {ADDRESS: 1}
            settings = load(place / "sources.yaml", {"MONITOR_SMTP_URL": smtp, "MONITOR_OUT": str(place / "out")})
            later = datetime.now(UTC) + timedelta(minutes=1)
            for _ in range(3):
                telling.deliver(ledger, settings, lambda: later)
        assert box.count() == {ADDRESS: 2}
    assert "in doubt" not in monitor("status").output


@pytest.mark.parametrize("period", ["2026-W54", "2026-13", "2026-02-30", "last week", "W47", "9999999-W01"])
def test_a_wrong_period_is_refused_with_examples(place: Path, period: str) -> None:
    result = monitor("digest", "--period", period)
    assert result.exit_code == 1
    assert "2026-W47, 2026-11 or 2026-11-16" in str(result.exception)


def test_an_unknown_subscriber_or_digest_is_named(place: Path) -> None:
    assert "nobody@example.org" in str(monitor("digest", "--to", "nobody@example.org").exception)
    assert "monitor digest --stored" in str(monitor("digest", "--reprint", "99").exception)


def test_status_is_ill_when_a_digest_is_overdue_and_well_once_it_is_sent(place: Path) -> None:
    ill = monitor("status", "--health")
    assert ill.exit_code == 1
    assert "overdue" in ill.output
    with mail_server() as (smtp, _):
        monitor("digest", "--send", smtp=smtp)
    well = monitor("status", "--health")
    assert (well.exit_code, well.output) == (0, "All is well.\n")
    told = monitor("status").output
    assert "2 delivered" in told and "Last digest: " in told


FULL = """
import resource, sys
from pathlib import Path
from monitor.digest.files import put
from monitor.errors import OutputError
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    put(Path("digest.html"), b"x" * 5000)
except OutputError as error:
    print(error)
"""


def test_a_disk_that_is_full_leaves_the_old_file_whole(tmp_path: Path) -> None:
    (tmp_path / "digest.html").write_bytes(b"the old one")
    result = subprocess.run([sys.executable, "-c", FULL], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout.startswith("Writing a digest: digest.html: ")
    assert (tmp_path / "digest.html").read_bytes() == b"the old one"
