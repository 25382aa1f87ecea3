"""The web application over real HTTP, on a real ledger, for all tests of pages."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from monitor.config import Settings
from monitor.digest.tokens import sign
from monitor.ledger import Ledger
from monitor.model import Article, Record
from monitor.resolution import Recogniser
from monitor.web.app import create_app
from monitor.web.serving import serving

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
SECRET = "a secret of the installation"
ADDRESS = "desk@example.org"
TEXT = "Exemplar Capital will invest €2 billion in a data centre in Lille by 2029 <script>alert(1)</script>."


class Site:
    """The application on a loopback port, with the ledger behind it."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self.ledger = ledger
        self.settings = settings
        self.now = NOW
        self.port = 0

    def ask(
        self, method: str, path: str, form: Any = None, body: bytes | None = None
    ) -> tuple[int, str, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {}
        if form is not None:
            body, headers = urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.getheaders()}
        finally:
            connection.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    settings = Settings.model_validate(
        {
            "digest": {"language": "en", "to": [{"address": ADDRESS}]},
            "sources": [{"name": 'A "paper"\\', "kind": "feed", "url": "https://news.example.org/feed"}],
            "web": {"public_url": "https://monitor.example.org"},
            "secret": SECRET,
            "out": str(tmp_path / "out"),
        }
    )
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", resolver=Recogniser(), clock=lambda: NOW) as ledger:
        found = Site(ledger, settings)
        with serving(create_app(ledger, lambda: found.settings, lambda: found.now), "127.0.0.1", 0) as port:
            found.port = port
            yield found


def commitment(site: Site) -> str:
    article = Article("https://news.example.org/a", "Exemplar to build in Lille", TEXT, "en", NOW.date(), "A paper")
    record = Record(
        ("Exemplar Capital",), None, 2e9, 2e9, "EUR", "exact", "announced", "data_center", ("Lille",), 2029, None, TEXT
    )
    site.ledger.take(article, [record], raw=article.full.encode(), reader="test", extractor="test")
    return site.ledger.commitments()[0].id


def token(address: str = ADDRESS) -> str:
    return quote(sign(address, SECRET.encode()))
