"""One request from its address to its page, and many side by side."""

from __future__ import annotations

import queue
import random as randomness
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit

import httpx

from monitor.errors import FetchError
from monitor.fetch import answers, robots
from monitor.fetch.addresses import is_private_literal
from monitor.fetch.body import read_beginning, read_body
from monitor.fetch.guard import Budget, Deadline, Guard, Resolver, system_resolver
from monitor.fetch.hosts import Hosts
from monitor.fetch.limits import Limits
from monitor.fetch.problems import TRANSIENT, problem
from monitor.model import Page, Request

Headers = dict[str, str]
_NO_HOST = re.compile(r"[\s%<>\[\]\\^|]")
_ACCEPT = "text/html,application/xhtml+xml,application/xml,application/rss+xml,application/atom+xml,application/feed+json;q=0.9,*/*;q=0.5"


class Fetcher:
    """Fetches pages politely and safely; may be used from several threads. A context manager.

    `user_agent` begins with the product token that robots.txt rules are matched against. `clock` dates the pages;
    `monotonic` and `sleep` measure and pass the pauses between requests to a host; `random` gives the jitter, in
    [0, 1). With a proxy, names are resolved by the proxy: literal private addresses are still refused.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        clock: Callable[[], datetime],
        allow_private: bool = False,
        limits: Limits | None = None,
        proxy: str | None = None,
        obey_robots: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = randomness.random,
        resolve: Resolver = system_resolver,
    ) -> None:
        self._limits = limits = limits or Limits()
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._allow_private = allow_private
        self._obey_robots = obey_robots
        self._deadline = Deadline()
        guard = Guard(self._deadline, allow_private=allow_private or proxy is not None, resolve=resolve)
        self._client = _client(user_agent, limits, proxy, guard)
        self._hosts = Hosts(limits.spacing, limits.patience, monotonic=monotonic, sleep=sleep)
        product = user_agent.partition("/")[0].strip()
        self._robots = robots.Robots(product, fetch=self._robots_body, clock=clock)

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def get(self, request: Request) -> Page:
        """The page, after redirects and, for passing faults, retries. Raises FetchError."""
        budget = Budget(self._limits.total)
        for attempt in range(self._limits.retries + 1):
            try:
                return self._follow(request, budget, check_robots=self._obey_robots)
            except FetchError as error:
                last = attempt == self._limits.retries or budget.left <= 0
                if last or error.kind not in TRANSIENT or error.retry_after is not None:
                    raise
                self._sleep(self._limits.backoff * 2**attempt * (0.5 + self._random()))
        raise AssertionError("unreachable")

    def get_many(self, requests: Iterable[Request]) -> Iterator[tuple[Request, Page | FetchError]]:
        """Fetch side by side, each host by one worker; yields in order of completion. Never raises FetchError."""
        by_host: dict[str, list[Request]] = {}
        for request in requests:
            by_host.setdefault(_host_of(request.url), []).append(request)
        todo: queue.SimpleQueue[list[Request]] = queue.SimpleQueue()
        for group in sorted(by_host.values(), key=len, reverse=True):
            todo.put(group)
        count = sum(map(len, by_host.values()))
        # Bounded, so that a slow consumer does not pile up bodies.
        done: queue.Queue[tuple[Request, Page | Exception]] = queue.Queue(maxsize=2 * self._limits.workers)
        stop = threading.Event()
        workers = [
            threading.Thread(target=self._work, args=(todo, done, stop), daemon=True, name="fetch")
            for _ in range(min(self._limits.workers, len(by_host)))
        ]
        for worker in workers:
            worker.start()
        try:
            for _ in range(count):
                request, outcome = done.get()
                if isinstance(outcome, Exception) and not isinstance(outcome, FetchError):
                    raise outcome
                yield request, outcome
        finally:
            stop.set()
            _drain(done, workers)

    def _work(
        self,
        todo: queue.SimpleQueue[list[Request]],
        done: queue.Queue[tuple[Request, Page | Exception]],
        stop: threading.Event,
    ) -> None:
        while True:
            try:
                group = todo.get_nowait()
            except queue.Empty:
                return
            for request in group:
                if stop.is_set():
                    return
                outcome: Page | Exception
                try:
                    outcome = self.get(request)
                except FetchError as error:
                    # A traceback would keep the frames of the whole request alive for as long as the error is kept.
                    outcome = error.with_traceback(None)
                except Exception as error:
                    outcome = error
                done.put((request, outcome))

    def _follow(self, request: Request, budget: Budget, *, check_robots: bool) -> Page:
        """Follow redirects to the page; the guard stands at every hop, and robots.txt is read at every host."""
        url = _parsed(request.url)
        seen: set[str] = set()
        moved_to: str | None = None
        permanent = True
        while True:
            text = str(url)
            if text in seen or len(seen) > self._limits.redirects:
                raise problem("redirect_loop", request.url, f"after {len(seen)} redirects")
            seen.add(text)
            self._check_address(url)
            if check_robots:
                self._check_robots(url)
            status, headers, body = self._hop(url, request, budget)
            if status not in answers.REDIRECTS:
                break
            permanent = permanent and status in answers.PERMANENT
            url = _joined(url, headers, request.url)
            if permanent:
                moved_to = str(url)
        return Page(
            url=text,
            requested_url=request.url,
            status=status,
            headers=headers,
            body=body,
            fetched_at=self._clock(),
            not_modified=status == 304,
            moved_to=moved_to,
        )

    def _hop(self, url: httpx.URL, request: Request, budget: Budget) -> tuple[int, Headers, bytes]:
        """One request and its answer: status, headers, body."""
        text = str(url)
        sent = _validators(request)
        with self._hosts.turn(url.host, text), self._deadline.spend(budget), _named_errors(text):
            response = self._client.send(self._client.build_request("GET", url, headers=sent), stream=True)
            try:
                return self._answer(response, text, conditional=bool(sent))
            finally:
                response.close()

    def _answer(self, response: httpx.Response, url: str, *, conditional: bool) -> tuple[int, Headers, bytes]:
        status = response.status_code
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers.raw}
        encoding = headers.get("content-encoding", "")
        if status in answers.REDIRECTS:
            return status, headers, b""
        if status == 304 and conditional:
            return status, headers, read_body(response.iter_raw(), "", self._limits.body, url)
        if status >= 400:
            now = self._clock()
            error = answers.refusal(status, headers, read_beginning(response.iter_raw(), encoding), url, now)
            if error.retry_after is not None:
                self._hosts.silence(response.url.host, error.retry_after)
            raise error
        if not 200 <= status < 300:
            raise problem("broken_off", url, f"status {status} was not expected")
        return status, headers, self._body(response, headers, encoding, url)

    def _body(self, response: httpx.Response, headers: Headers, encoding: str, url: str) -> bytes:
        unreadable = answers.unreadable_type(headers)
        if unreadable:
            raise problem("not_text", url, unreadable)
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self._limits.body:
            raise problem("too_large", url, f"{int(length):,} bytes, more than {self._limits.body:,}")
        body = read_body(response.iter_raw(), encoding, self._limits.body, url)
        if not body.strip():
            raise problem("empty", url, f"status {response.status_code}")
        if answers.is_challenge(headers, body):
            raise problem("blocked", url, "a test for humans")
        return body

    def _check_address(self, url: httpx.URL) -> None:
        """Refuse literal private addresses before anything is sent, proxy or not; names are checked when resolved."""
        if not self._allow_private and is_private_literal(url.host):
            raise problem("refused_address", str(url))

    def _check_robots(self, url: httpx.URL) -> None:
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        try:
            verdict = self._robots.verdict(origin, str(url))
        except FetchError as error:
            raise problem(error.kind, str(url), error.cause) from None
        if verdict == robots.FORBIDDEN:
            raise problem("robots", str(url))
        if verdict == robots.UNKNOWN:
            raise problem("robots_unavailable", str(url))
        delay = self._robots.delay(origin)
        if delay:
            self._hosts.slow_down(url.host, delay)

    def _robots_body(self, url: str) -> bytes:
        return self._follow(Request(url), Budget(self._limits.total / 2), check_robots=False).body


def _client(user_agent: str, limits: Limits, proxy: str | None, guard: Guard) -> httpx.Client:
    """The one client. It keeps no cookies and reads nothing from the environment; gzip alone is asked for."""
    pool_limits = httpx.Limits(
        max_connections=limits.workers * 2, max_keepalive_connections=limits.workers, keepalive_expiry=15.0
    )
    transport = httpx.HTTPTransport(trust_env=False, limits=pool_limits, proxy=proxy)
    # httpx has no public way to hand a network backend through; a test asserts that the guard is asked.
    transport._pool._network_backend = guard
    return httpx.Client(
        transport=transport,
        trust_env=False,
        timeout=httpx.Timeout(limits.read, connect=limits.connect),
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        headers={"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip"},
    )


def _validators(request: Request) -> list[tuple[bytes, bytes]]:
    """The conditional headers: byte for byte what the server once sent."""
    pairs = ((b"If-None-Match", request.etag), (b"If-Modified-Since", request.last_modified))
    return [(name, value.encode("latin-1", errors="ignore")) for name, value in pairs if value]


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url.strip())
        host = urlsplit(str(parsed)).hostname  # httpx lets half a bracket pass
    except (httpx.InvalidURL, ValueError) as error:
        raise problem("bad_url", url, error) from None
    if parsed.scheme not in ("http", "https") or not host or _NO_HOST.search(host):
        raise problem("bad_url", url)
    return parsed.copy_with(username=None, password=None, fragment=None)


def _joined(url: httpx.URL, headers: Headers, asked: str) -> httpx.URL:
    """Where a redirect leads."""
    location = headers.get("location", "").strip()
    if not location:
        raise problem("bad_redirect", asked, "the answer names no address")
    with suppress(UnicodeError):  # raw UTF-8 in the header arrives here as latin-1
        location = location.encode("latin-1").decode("utf-8")
    try:
        return _parsed(str(url.join(location)))
    except (httpx.InvalidURL, UnicodeError, FetchError):
        raise problem("bad_redirect", asked, f"it leads to {location[:200]!r}") from None


def _host_of(url: str) -> str:
    try:
        return httpx.URL(url.strip()).host
    except (httpx.InvalidURL, UnicodeError):
        return ""


@contextmanager
def _named_errors(url: str) -> Iterator[None]:
    """Tell the transport's failures by our kinds."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise problem("timeout", url, error) from None
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.LocalProtocolError, httpx.DecodingError) as error:
        raise problem("broken_off", url, error) from None
    except httpx.TransportError as error:
        fault = _tls_fault(error)
        raise problem("tls" if fault else "unreachable", url, fault or error) from None


def _tls_fault(error: BaseException) -> str | None:
    """What was wrong with the certificate or the handshake, if that was it."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, ssl.SSLCertVerificationError):
            return link.verify_message
        if isinstance(link, ssl.SSLError):
            return link.reason or str(link)
        link = link.__cause__ or link.__context__
    return None


def _drain(done: queue.Queue[tuple[Request, Page | Exception]], workers: list[threading.Thread]) -> None:
    """Let workers that wait to hand something over finish."""
    while any(worker.is_alive() for worker in workers):
        try:
            done.get(timeout=0.05)
        except queue.Empty:
            continue
