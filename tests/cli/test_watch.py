"""`init`, `sources`, `check` and `run --once`: from nothing to a digest."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pytest_httpserver import HTTPServer

from monitor.cli import app
from monitor.config import load

FEED = """<rss version="2.0"><channel><title>Paper</title><link>{home}</link><description>x</description>
<item><title>Exemplar Capital to build in Lille</title><link>{home}a</link><guid>{home}a</guid></item></channel></rss>"""
PAGE = (
    "<html lang='en'><head><title>Exemplar Capital to build in Lille</title></head><body><article><h1>Exemplar Capital to "
    "build in Lille</h1><p>Exemplar Capital will invest €2 billion in an AI data centre in Lille by 2029.</p>"
    f"<p>{'The mayor welcomed the plan. ' * 15}</p></article></body></html>"
)


def monitor(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def done(result: Result) -> str:
    assert result.exit_code == 0, result.output + str(result.exception)
    return result.output


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def paper(httpserver: HTTPServer) -> str:
    home = httpserver.url_for("/")
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/feed").respond_with_data(FEED.format(home=home), content_type="application/rss+xml")
    httpserver.expect_request("/a").respond_with_data(PAGE, content_type="text/html")
    Path("sources.yaml").write_text("fetch: {allow_private: true}\nsources: []\n")
    return f"{home}feed"


def test_init_writes_settings_that_are_valid_and_templates_that_can_be_restyled() -> None:
    done(monitor("init", "watch", "--templates"))
    settings = load(Path("watch/sources.yaml"), {})
    assert len(settings.sources) == 1 and settings.schedule.digest == "mon 07:00"
    assert list(Path("watch/templates").rglob("*.j2"))


def test_every_setting_stands_in_the_starter_with_its_meaning() -> None:
    from monitor.cli.init import STARTER
    from monitor.config import FILE_KEYS, ActorSettings, Only, SourceSettings

    text = STARTER.read_text(encoding="utf-8")
    for key in (
        *FILE_KEYS,
        *SourceSettings.model_fields,
        "alert",
        "at_least_eur",
        "aliases",
        "templates",
        "public_url",
    ):
        assert f"{key}:" in text, f"{key} is not in the starter settings"
    assert Only and ActorSettings


def test_a_source_is_added_tested_listed_and_exported(paper: str) -> None:
    assert "1 entries found" in done(monitor("sources", "add", "Paper", paper, "--language", "en", "--every", "2h"))
    (source,) = load(Path("sources.yaml"), {}).watched()
    assert (source.name, source.url, source.every, source.language) == ("Paper", paper, 7200, "en")
    assert "Exemplar Capital to build" in done(monitor("sources", "test", "Paper"))
    assert "not polled yet" in done(monitor("sources", "list"))
    assert paper in done(monitor("sources", "export"))


def test_opml_is_imported_once(paper: str) -> None:
    Path("x.opml").write_text(f'<opml version="2.0"><body><outline text="Paper" xmlUrl="{paper}"/></body></opml>')
    assert "Added 1 feeds" in done(monitor("sources", "import", "x.opml"))
    assert "Added 0 feeds" in done(monitor("sources", "import", "x.opml"))
    assert len(load(Path("sources.yaml"), {}).sources) == 1


def test_check_says_what_is_well_and_what_is_wrong(paper: str) -> None:
    done(monitor("sources", "add", "Paper", paper))
    assert "1 entries" in done(monitor("check"))
    done(monitor("sources", "add", "Gone", "http://127.0.0.1:9/feed", "--untested"))
    ill = monitor("check", "--format", "jsonl")
    assert ill.exit_code == 1 and "cannot be reached" in ill.output


def test_check_finds_that_nobody_could_be_mailed(paper: str) -> None:
    Path("sources.yaml").write_text("digest: {to: [{address: desk@example.org}]}\n")
    ill = monitor("check")
    assert ill.exit_code == 1 and "MONITOR_SMTP_URL" in ill.output


def test_one_run_reads_writes_a_digest_and_says_where_to_look(paper: str) -> None:
    done(monitor("sources", "add", "Paper", paper, "--language", "en"))
    said = done(monitor("run", "--once", "--out", "digests"))
    assert "Exemplar Capital" in said and "1 articles read" in said and "monitor list" in said
    texts = list(Path("digests").glob("*.txt"))
    assert len(texts) == 1 and "Exemplar Capital" in texts[0].read_text(encoding="utf-8")
    assert "well" in done(monitor("sources", "list"))
    again = done(monitor("run", "--once", "--out", "digests"))
    assert "0 articles read" in again


def test_a_run_without_any_network_is_sound_all_the_same(paper: str) -> None:
    for name in ("One", "Two"):
        done(monitor("sources", "add", name, f"http://127.0.0.1:9/{name}", "--untested"))
    said = done(monitor("run", "--once"))
    assert "2 of 2 sources could not be reached" in said and "cannot be reached" in said
    assert list(Path("out").glob("*.html")) and "commitments" in said
