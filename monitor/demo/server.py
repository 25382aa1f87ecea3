"""A loopback server that is the whole press: one proxy answers for every outlet's host, as of the day it is told."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from monitor.demo import pages
from monitor.demo.press import Outlet


@dataclass
class Newsstand:
    """What is on the web on `today`; `answers` counts the statuses that were sent."""

    outlets: Sequence[Outlet]
    today: date = date.min
    proxy: str = ""
    answers: dict[int, int] = field(default_factory=dict)

    def page(self, url: str) -> tuple[int, str, str]:
        """(status, content type, text) for an address."""
        parts = urlsplit(url)
        outlet = next((o for o in self.outlets if o.host == parts.hostname), None)
        if outlet is None or parts.path == "/robots.txt":
            return HTTPStatus.NOT_FOUND, "text/plain", "not found"
        if outlet.breaks_on and self.today >= outlet.breaks_on:
            return HTTPStatus.INTERNAL_SERVER_ERROR, "text/html", "<h1>Internal Server Error</h1>"
        printed = [p for p in outlet.pieces if p.published <= self.today]
        if parts.path == urlsplit(outlet.source.url).path:
            return HTTPStatus.OK, *pages.index(outlet, printed)
        piece = next((p for p in printed if f"/{p.slug}" == parts.path), None)
        if piece is None:
            return HTTPStatus.NOT_FOUND, "text/html", "<h1>Not found</h1>"
        return HTTPStatus.OK, "text/html", pages.article(outlet, piece, printed)


@contextmanager
def serve(outlets: Sequence[Outlet]) -> Iterator[Newsstand]:
    """Serves the press on a free loopback port until the block ends; `proxy` is the address to send requests through."""
    stand = Newsstand(outlets)
    server = _Server(stand)
    stand.proxy = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield stand
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, stand: Newsstand) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.stand = stand
        self.lock = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        status, kind, text = self.server.stand.page(self.path)
        body = text.encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == HTTPStatus.OK and self.headers.get("If-None-Match") == etag:
            status, body = HTTPStatus.NOT_MODIFIED, b""
        with self.server.lock:
            self.server.stand.answers[int(status)] = self.server.stand.answers.get(int(status), 0) + 1
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The demo tells its own story."""
