"""The web application: /, /health, /metrics, /unsubscribe/TOKEN, /wrong/COMMITMENT.

Nothing here needs a login, so nothing here shows what a mail does not show, and no GET changes anything: mail scanners
follow every link.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor import health
from monitor.config import Settings
from monitor.digest.language import Words, words
from monitor.digest.plain import inert
from monitor.digest.tokens import verify
from monitor.digest.view import claim, who
from monitor.errors import MonitorError
from monitor.health import Health
from monitor.model import Commitment
from monitor.shipped import shipped
from monitor.web import reports

if TYPE_CHECKING:
    from monitor.ledger import Ledger

LARGEST_BODY = 20_000
LARGEST_REPORT = 2_000
# Health is asked for by many and costs a look at the whole outbox.
FRESH = timedelta(seconds=15)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Pages:
    """The handlers. `ledger` is shared by all threads; `settings` is asked anew, since they may change. `trouble` tells
    what the service cannot do at present, `usable` raises MonitorError while nothing should be written."""

    def __init__(
        self,
        ledger: Ledger,
        settings: Callable[[], Settings],
        clock: Callable[[], datetime],
        trouble: Callable[[], str],
        usable: Callable[[], None],
    ) -> None:
        self.ledger = ledger
        self.settings = settings
        self.clock = clock
        self.trouble = trouble
        self.usable = usable
        self._known: Health | None = None
        self._templates = Environment(
            loader=FileSystemLoader(str(shipped("templates"))), autoescape=True, undefined=StrictUndefined
        )

    def assessed(self) -> Health:
        now = self.clock()
        if self._known is None or not timedelta(0) <= now - self._known.at < FRESH:
            self._known = health.assess(self.ledger, self.settings(), now)
        trouble = self.trouble()
        return replace(self._known, problems=(*self._known.problems, trouble)) if trouble else self._known

    def health(self, request: Request) -> Response:
        try:
            found = self.assessed()
        except MonitorError as error:
            return JSONResponse({"status": "ill", "problems": [inert(str(error))]}, status_code=503)
        return JSONResponse(found.to_json(), status_code=200 if found.well else 503)

    def metrics(self, request: Request) -> Response:
        try:
            text = health.metrics(self.assessed())
        except MonitorError:
            text = "# TYPE monitor_well gauge\nmonitor_well 0\n"
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    def unsubscribe(self, request: Request) -> Response:
        """GET asks, POST does: by the button, or in one click by the reader's mail program (RFC 8058)."""
        address = verify(request.path_params["token"], (self.settings().secret or "").encode())
        if address is None or not self.settings().secret:
            return self._page(request, 404, "unsubscribe", "unsubscribe_bad")
        if request.method != "POST":
            return self._page(request, 200, "unsubscribe", "unsubscribe_ask", form=True, address=address)
        self.usable()
        self.ledger.suppress(address, "unsubscribed by link")
        return self._page(request, 200, "unsubscribe", "unsubscribe_done", address=address)

    async def wrong(self, request: Request) -> Response:
        body = await request.body() if request.method == "POST" else b""
        said = parse_qs(body.decode("utf-8", "replace")).get("what", [""])[0]
        return await run_in_threadpool(self._wrong, request, said)

    def _wrong(self, request: Request, what: str) -> Response:
        identity = request.path_params["commitment"]
        try:
            found = self.ledger.commitment(identity)
        except MonitorError:
            found = None
        if found is None:
            return self._page(request, 404, "wrong", "wrong_unknown")
        shown = _shown(found, words(self.settings().digest.language))
        said = inert(what, LARGEST_REPORT)
        if request.method == "POST" and said:
            reports.add(Path(self.settings().out), found.id, said, self.clock())
            return self._page(request, 200, "wrong", "wrong_done", **shown)
        message = "wrong_empty" if request.method == "POST" else "wrong_ask"
        status = 422 if request.method == "POST" else 200
        return self._page(request, status, "wrong", message, form=True, text_field=True, **shown)

    def home(self, request: Request) -> Response:
        """For a person who opens the address: whether all is well. What is not, is a matter for `monitor status`."""
        found = self.assessed()
        if not found.well:
            return self._page(request, 503, "home", "home_ill")
        if found.last_digest is None:
            return self._page(request, 200, "home", "home_early")
        zone = ZoneInfo(self.settings().schedule.timezone)
        day = words(self.settings().digest.language).day(found.last_digest.astimezone(zone).date())
        return self._page(request, 200, "home", "home_well", date=day)

    def nothing_here(self, request: Request, error: Exception) -> Response:
        return self._page(request, 404, "home", "nothing_here")

    def _page(self, request: Request, status: int, kind: str, message: str, **values: Any) -> Response:
        spoken = words(self.settings().digest.language)
        text = spoken.text(
            f"web.{message}", **{k: inert(str(v)) for k, v in values.items() if k in ("address", "date")}
        )
        html = self._templates.get_template("web/page.html.j2").render(
            language=spoken.code,
            title=spoken.text(f"web.{kind}_title"),
            message=text,
            button=spoken.text(f"web.{kind}_button") if values.get("form") else "",
            **{name: values.get(name, "") for name in ("form", "text_field", *SHOWN)},
        )
        return HTMLResponse(html, status_code=status, headers=HEADERS)


SHOWN = ("about", "claim", "quote", "quote_language", "source")


def _shown(found: Commitment, spoken: Words) -> dict[str, str]:
    """What the page about a commitment says of it: what its mail said, and no more."""
    shown = {"about": who(found.state, spoken), "claim": claim(found, spoken)}
    proof = found.evidence
    if proof is not None:
        outlet = inert(proof.outlet or proof.link, 80)
        source = spoken.text("item.source", outlet=outlet, date=spoken.day(proof.published))
        shown |= {"quote": inert(proof.quote, 400), "quote_language": proof.language, "source": source}
    return shown


class SmallBodies:
    """Refuses a request whose body is larger than any of ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST_BODY:
                raise TooLarge
            return message

        try:
            await self.app(scope, counted, send)
        except TooLarge:
            await PlainTextResponse("Too large.", status_code=413)(scope, receive, send)


class TooLarge(Exception):
    """A body beyond the limit."""


def failed(request: Request, error: Exception) -> Response:
    return PlainTextResponse(f"{inert(str(error))}\n", status_code=503, headers=HEADERS)


def create_app(
    ledger: Ledger,
    settings: Callable[[], Settings],
    clock: Callable[[], datetime],
    trouble: Callable[[], str] = str,
    usable: Callable[[], None] = lambda: None,
) -> Starlette:
    """The application over an open ledger."""
    pages = Pages(ledger, settings, clock, trouble, usable)
    return Starlette(
        routes=[
            Route("/", pages.home),
            Route("/health", pages.health),
            Route("/metrics", pages.metrics),
            Route("/unsubscribe/{token}", pages.unsubscribe, methods=["GET", "POST"]),
            Route("/wrong/{commitment}", pages.wrong, methods=["GET", "POST"]),
        ],
        middleware=[Middleware(SmallBodies)],
        exception_handlers={MonitorError: failed, 404: pages.nothing_here},
    )
