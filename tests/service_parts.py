"""What tests of the service share: a clock that is set by hand, a paper on the loopback interface, settings for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from monitor.config import Settings, load
from monitor.demo.pages import article, index
from monitor.demo.press import Outlet, Piece
from monitor.fetch import Fetcher, Limits
from monitor.service import Service

TEXT = "Exemplar Capital will invest €2 billion in an AI data centre in Lille by 2029, the fund said on Tuesday. " * 3
PIECE = Piece("a", date(2026, 3, 3), "Exemplar Capital to invest €2 billion in Lille", TEXT)
PAPER = Outlet("paper", "Paper", "en", "press", "rss", (PIECE,))


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 3, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def pass_(self, **time: float) -> None:
        self.moment += timedelta(**time)


def piece(slug: str, who: str, billions: int, where: str) -> Piece:
    """An article of the same day about another commitment."""
    text = TEXT.replace("Exemplar Capital", who).replace("€2", f"€{billions}").replace("Lille", where)
    return Piece(slug, date(2026, 3, 3), f"{who} to invest €{billions} billion in {where}", text)


def publish(
    server: HTTPServer, *pieces: Piece, meanwhile: Mapping[str, Callable[[], object]] | None = None
) -> HTTPServer:
    """A paper with these articles in its feed, instead of what it had there before. `meanwhile` tells what happens while
    it is asked for an article for the first time, by the article's slug."""
    outlet = replace(PAPER, host=f"{server.host}:{server.port}", pieces=pieces)
    kind, text = index(outlet, outlet.pieces)
    server.clear()
    server.expect_request("/robots.txt").respond_with_data("", status=404)
    server.expect_request("/feed").respond_with_data(text, content_type=kind)
    waiting = dict(meanwhile or {})
    for one in pieces:

        def answer(_: Request, one: Piece = one) -> Response:
            waiting.pop(one.slug, lambda: None)()
            return Response(article(outlet, one, []), content_type="text/html")

        server.expect_request(f"/{one.slug}").respond_with_handler(answer)
    return server


def written(folder: Path, server: HTTPServer, more: str = "") -> Path:
    """The settings file that watches the paper."""
    path = folder / "sources.yaml"
    path.write_text(
        f'sources:\n  - {{name: Paper, kind: feed, url: "{server.url_for("/feed")}", language: en}}\n'
        f"fetch: {{allow_private: true}}\n{more}",
        encoding="utf-8",
    )
    return path


def settings_for(folder: Path, server: HTTPServer, more: str = "", **environment: str) -> Settings:
    """Settings with ledger and digests in the folder, unless the environment says otherwise."""
    given = {"MONITOR_DATABASE_URL": f"sqlite:///{folder / 'ledger.db'}", "MONITOR_OUT": str(folder / "out")}
    return load(written(folder, server, more), {**given, **environment})


def service_of(settings: Settings, clock: Clock, holder: str = "one") -> Service:
    """A service that does not wait between two requests to the paper."""
    one = Service(settings, clock=clock, holder=holder, reload=lambda path: load(path, {}))
    one._fetcher.close()
    one._fetcher = Fetcher(user_agent="test", clock=clock, limits=Limits(spacing=0), allow_private=True)
    return one


def requests(server: HTTPServer, path: str) -> int:
    return sum(request.path == path for request, _ in server.log)
