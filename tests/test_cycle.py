"""A cycle over real HTTP: nothing is skipped, nothing is read twice, and no source stops another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor import cycle
from monitor.config import Settings
from monitor.demo.press import Outlet, Piece
from monitor.demo.server import Newsstand, serve
from monitor.errors import LedgerError
from monitor.extraction import Extractor
from monitor.fetch import Fetcher, Limits
from monitor.ledger import Ledger
from monitor.line import Intake, Line, opened
from monitor.model import Article, Record
from monitor.reading import read

DAY = date(2026, 3, 3)
TEXT = "Exemplar Capital will invest €2 billion in an AI data centre in Lille by 2029, the fund said on Tuesday. " * 3


def piece(slug: str, title: str = "Exemplar Capital to invest €2 billion in Lille", text: str = TEXT) -> Piece:
    return Piece(slug, DAY, title, text)


def outlet(host: str, *pieces: Piece, shape: str = "rss", breaks_on: date | None = None) -> Outlet:
    return Outlet(f"{host}.example", host.title(), "en", "press", shape, pieces, breaks_on)  # type: ignore[arg-type]


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 3, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@contextmanager
def line_over(tmp_path: Path, *outlets: Outlet) -> Iterator[tuple[Line, Newsstand]]:
    clock = Clock()
    settings = Settings(database=f"sqlite:///{tmp_path / 'ledger.db'}")
    limits = Limits(spacing=0, backoff=0, retries=0)
    with serve(outlets) as stand:
        stand.today = DAY
        fetcher = Fetcher(user_agent="test", clock=clock, limits=limits, proxy=stand.proxy)
        with opened(settings, clock) as ledger, fetcher:
            yield Line(Intake(ledger, Extractor()), fetcher, read, clock, random=lambda: 0.5), stand


def poll(line: Line, *outlets: Outlet) -> list[cycle.Poll]:
    return cycle.run(line, [one.source for one in outlets])


def test_an_article_becomes_a_commitment_with_its_evidence(tmp_path: Path) -> None:
    paper = outlet("paper", piece("a"))
    with line_over(tmp_path, paper) as (line, _):
        (done,) = poll(line, paper)
        assert (done.articles, done.commitments, done.reason) == (1, 1, "")
        (found,) = line.ledger.commitments()
        assert (found.state.amount_min, found.state.currency) == (2e9, "EUR")
        assert found.evidence is not None and found.evidence.link == "http://paper.example/a"


def test_a_second_poll_asks_conditionally_and_reads_nothing_again(tmp_path: Path) -> None:
    paper = outlet("paper", piece("a"))
    with line_over(tmp_path, paper) as (line, stand):
        poll(line, paper)
        before, seq = dict(stand.answers), line.ledger.seq()
        (again,) = poll(line, paper)
        assert again.unchanged and again.articles == 0 and line.ledger.seq() == seq
        assert stand.answers.get(304) == 1 and stand.answers[200] == before[200]


@pytest.mark.parametrize("shape", ["rss", "rdf", "atom", "json", "sitemap", "listing"])
def test_every_shape_of_source_brings_its_articles(tmp_path: Path, shape: str) -> None:
    paper = outlet(
        "paper", piece("a"), piece("b", "A second article on something else", "Nothing of note. " * 30), shape=shape
    )
    with line_over(tmp_path, paper) as (line, _):
        (done,) = poll(line, paper)
        assert done.articles == 2 and not done.troubles


class Crash(BaseException):
    """A power cut."""


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_crash_between_two_articles_skips_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    changes = {
        "a": ("Exemplar Capital", "2", "Lille"),
        "b": ("Borealis Fund", "7", "Metz"),
        "c": ("Corvus Group", "11", "Porto"),
    }
    pieces = [
        piece(
            slug,
            f"{who} to build in {where}",
            TEXT.replace("Exemplar Capital", who).replace("€2", f"€{sum_}").replace("Lille", where),
        )
        for slug, (who, sum_, where) in changes.items()
    ]
    paper = outlet("paper", *pieces)
    take, count = Ledger.take, 0

    def crashing(self: Ledger, *args: object, **more: object) -> object:
        nonlocal count
        count += 1
        if count == at:
            raise Crash
        return take(self, *args, **more)  # type: ignore[arg-type]

    with line_over(tmp_path, paper) as (line, _):
        monkeypatch.setattr(Ledger, "take", crashing)
        with pytest.raises(Crash):
            poll(line, paper)
        assert line.ledger.source_state("Paper") is None, "the validators were stored before the entries"
        monkeypatch.setattr(Ledger, "take", take)
        (done,) = poll(line, paper)
        assert len(line.ledger.commitments()) == 3
        assert done.state.etag and not poll(line, paper)[0].articles


def test_a_failing_ledger_stops_the_cycle_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = outlet("paper", piece("a"))
    with line_over(tmp_path, paper) as (line, _):
        with monkeypatch.context() as patched:
            patched.setattr(Ledger, "take", lambda *_, **__: (_ for _ in ()).throw(LedgerError("full")))
            with pytest.raises(LedgerError):
                poll(line, paper)
        poll(line, paper)
        assert len(line.ledger.commitments()) == 1


def test_one_broken_source_does_not_stop_the_others(tmp_path: Path) -> None:
    broken = outlet("broken", piece("x"), breaks_on=DAY)
    garbage = replace(outlet("garbage", shape="json"), pieces=())
    paper = outlet("paper", piece("a"))
    with line_over(tmp_path, broken, garbage, paper) as (line, _):
        gone = outlet("nobody")
        done = {p.source.name: p for p in poll(line, broken, garbage, gone, paper)}
        assert done["Paper"].articles == 1
        assert "fault" in done["Broken"].reason and "no such page" in done["Nobody"].reason.lower()
        state = line.ledger.source_state("Broken")
        assert state is not None and state["failures"] == 1 and state["next_poll"] > line.clock().isoformat()


def test_one_article_that_cannot_be_had_is_tried_again_and_at_last_taken_from_the_feed(tmp_path: Path) -> None:
    good, lost = piece("a"), piece("lost", "Vanished Fund to invest €3 billion in Metz", TEXT.replace("Lille", "Metz"))
    paper = outlet("paper", good, lost)
    with line_over(tmp_path, paper) as (line, stand):
        page = stand.page

        def without(url: str) -> tuple[int, str, str]:
            return (404, "text/html", "gone") if url.endswith("/lost") else page(url)

        stand.page = without  # type: ignore[method-assign]
        for n in (1, 2):
            (done,) = poll(line, paper)
            assert done.troubles and done.state.etag is None, f"poll {n} kept validators over a failed article"
        (done,) = poll(line, paper)
        assert not done.troubles and done.state.etag
        assert poll(line, paper)[0].unchanged


def test_an_article_that_the_extractor_chokes_on_stops_nobody(tmp_path: Path) -> None:
    class Choking(Extractor):
        def extract(self, article: Article) -> tuple[Record, ...]:
            if "odd" in article.title:
                raise RecursionError("too deep")
            return super().extract(article)

    paper = outlet("paper", piece("odd", "An odd text", "Odd words. " * 40), piece("a"))
    with line_over(tmp_path, paper) as (line, _):
        line = replace(line, intake=Intake(line.ledger, Choking()))
        (done,) = poll(line, paper)
        assert done.articles == 1 and len(done.troubles) == 1 and "too deep" in done.troubles[0]


def test_a_wire_copy_adds_a_source_and_is_not_extracted(tmp_path: Path) -> None:
    words = TEXT + " ".join(
        f"The plan was welcomed by the mayor number {w}." for w in "one two three four five six".split()
    )
    first, second = outlet("first", piece("a", text=words)), outlet("second", piece("b", text=words))
    with line_over(tmp_path, first, second) as (line, _):
        poll(line, first)
        poll(line, second)
        (found,) = line.ledger.commitments()
        assert set(found.outlets) == {"First", "Second"}


def test_an_article_that_its_paper_edits_is_read_again_as_its_correction(tmp_path: Path) -> None:
    paper = outlet("paper", piece("a"), shape="listing")
    with line_over(tmp_path, paper) as (line, stand):
        poll(line, paper)
        edited = replace(
            paper, pieces=(piece("a", "Exemplar Capital to invest €5 billion in Lille", TEXT.replace("€2", "€5")),)
        )
        page_source = replace(edited.source, kind="page", url="http://paper.example/a", links=None)
        stand.outlets = [edited]
        cycle.run(line, [page_source])
        (found,) = line.ledger.commitments()
        assert found.state.amount_min == 5e9
        assert line.ledger.changes()[-1].cause == "source_correction"


def test_what_is_stopped_in_the_middle_goes_on_later(tmp_path: Path) -> None:
    paper = outlet("paper", *(piece(f"p{i}", f"Item {i}", f"Nothing of note number {i}. " * 30) for i in range(6)))
    with line_over(tmp_path, paper) as (line, _):
        calls = iter([True, True, True] + [False] * 20)
        cycle.run(line, [paper.source], going=lambda: next(calls))
        assert line.ledger.source_state("Paper") is None
        (done,) = poll(line, paper)
        assert done.articles == 6 and done.state.etag


def test_an_old_article_found_now_is_late_and_not_news(tmp_path: Path) -> None:
    paper = outlet("paper", piece("a"))
    with line_over(tmp_path, paper) as (line, stand):
        assert isinstance(line.clock, Clock)
        line.clock.moment += timedelta(days=200)
        stand.today = DAY + timedelta(days=200)
        poll(line, paper)
        assert {change.cause for change in line.ledger.changes()} == {"late"}
