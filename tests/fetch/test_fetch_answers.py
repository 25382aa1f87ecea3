"""What a server may answer, and what comes of it."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import tempfile
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import START, Time
from hypothesis import given
from hypothesis import strategies as st
from loopback_site import Site, http

from monitor.errors import FetchError
from monitor.fetch import KINDS, Fetcher, Limits
from monitor.fetch.body import read_body
from monitor.model import Request

Make = Callable[..., Fetcher]
PAGE = b"<html><body><p>Twenty billion euros.</p></body></html>"


def failure(fetcher: Fetcher, url: str, **validators: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.get(Request(url, **validators))
    assert str(caught.value).startswith(KINDS[caught.value.kind][0])
    return caught.value


def test_a_page_comes_with_what_the_server_said_of_it(make: Make, site: Site) -> None:
    url = site.on("/a", http(200, PAGE, Content_Type="Text/HTML; charset=utf-8", ETag='W/"x"'))
    page = make().get(Request(url))
    assert (page.status, page.body, page.url, page.fetched_at) == (200, PAGE, url, START)
    assert page.content_type == "text/html" and page.headers["etag"] == 'W/"x"'


def test_validators_go_back_byte_for_byte_and_an_unchanged_page_has_no_body(make: Make, site: Site) -> None:
    etag, modified = "W/\"ünüsual, 'tag'\"", "Mon, 10 Feb 2025 8:00 CET"
    url = site.on("/a", http(200, PAGE, ETag=etag, Last_Modified=modified), http(304))
    fetcher = make()
    first = fetcher.get(Request(url))
    second = fetcher.get(Request(url, first.headers["etag"], first.headers["last-modified"]))
    assert (site.header("If-None-Match"), site.header("If-Modified-Since")) == (etag, modified)
    assert second.not_modified and second.body == b"" and not first.not_modified


def test_unchanged_pages_keep_their_connection(make: Make, site: Site) -> None:
    url = site.on("/a", http(304))
    fetcher = make()
    for _ in range(5):
        fetcher.get(Request(url, '"x"'))
    assert site.connections == 1


def test_304_without_a_question_is_no_answer(make: Make, site: Site) -> None:
    assert failure(make(limits=Limits(spacing=0, retries=0)), site.on("/a", http(304))).kind == "broken_off"


def test_gzip_alone_is_asked_for_and_members_are_joined(make: Make, site: Site) -> None:
    packed = gzip.compress(PAGE[:20]) + gzip.compress(PAGE[20:]) + b"\x00\x00"
    page = make().get(Request(site.on("/a", http(200, packed, Content_Encoding="GZIP"))))
    assert page.body == PAGE and site.header("Accept-Encoding") == "gzip"


@pytest.mark.parametrize("packed", [gzip.compress(PAGE)[:-12], gzip.compress(PAGE)[:10] + b"\xff" * 30, b"not gzip"])
def test_a_broken_archive_is_no_page(make: Make, site: Site, packed: bytes) -> None:
    url = site.on("/a", http(200, packed, Content_Encoding="gzip"))
    assert failure(make(limits=Limits(spacing=0, retries=0)), url).kind == "broken_off"


def test_a_bomb_is_never_unpacked(make: Make, site: Site) -> None:
    inner = zlib.compressobj(9, wbits=31)
    bomb = b"".join([inner.compress(bytes(1_000_000)) for _ in range(300)] + [inner.flush()])
    url = site.on("/a", http(200, bomb, Content_Encoding="gzip"))
    fetcher = make(limits=Limits(spacing=0, body=2_000_000))
    tracemalloc.start()
    try:
        assert failure(fetcher, url).kind == "bomb"
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_an_endless_answer_ends(make: Make, site: Site) -> None:
    sent = 0

    def endless(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            sent += connection.send(b"<p>more</p>" * 1000)

    url = site.on("/a", endless)
    assert failure(make(limits=Limits(spacing=0, body=300_000)), url).kind == "too_large"
    assert sent < 20_000_000


def test_an_announced_size_is_believed_without_reading(make: Make, site: Site) -> None:
    url = site.on("/a", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n<p>")
    error = failure(make(), url)
    assert error.kind == "too_large" and "99,999,999,999" in str(error)


def drip(first: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(piece)
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        drip(b"HTTP/1.1 200 OK\r\nX-Long: ", b"y"),
        drip(b"HTTP/1.1 404 Not Found\r\n\r\n", b"z"),
        lambda connection: connection.recv(1),
    ],
    ids=["body", "header", "error page", "silence"],
)
def test_a_slow_server_cannot_hold_us(make: Make, site: Site, answer: Callable[[socket.socket], None]) -> None:
    url = site.on("/a", answer)
    started = time.monotonic()
    error = failure(make(limits=Limits(spacing=0, read=30, total=0.4)), url)
    assert error.kind == "timeout" and time.monotonic() - started < 15  # a read alone may take 30


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "refused"),
        (401, "blocked"),
        (403, "blocked"),
        (404, "not_found"),
        (410, "gone"),
        (429, "rate_limited"),
        (451, "blocked"),
        (500, "server_error"),
        (503, "server_error"),
    ],
)
def test_every_refusal_has_its_kind(make: Make, site: Site, status: int, kind: str) -> None:
    error = failure(make(), site.on("/a", http(status, b"sorry")))
    assert (error.kind, error.gone) == (kind, kind == "gone") and str(status) in str(error)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http(200, b" \n "), "empty"),
        (http(204), "empty"),
        (http(200, b"\x89PNG", Content_Type="image/png"), "not_text"),
        (http(200, b"\x8b\x02", Content_Encoding="br"), "encoding"),
        (http(302), "bad_redirect"),
        (http(302, Location="ftp://example.org/"), "bad_redirect"),
        (http(302, Location="http://[half"), "bad_redirect"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "broken_off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf", "broken_off"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Many: 1\r\n" * 20_000 + b"\r\n", "broken_off"),
    ],
)
def test_garbage_has_its_kind(make: Make, site: Site, answer: bytes, kind: str) -> None:
    def send(connection: socket.socket) -> None:
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_RDWR)

    assert failure(make(), site.on("/a", send)).kind == kind


CLOUDFLARE = b"<html><head><title>Just a moment...</title></head><script>window._cf_chl_opt={}</script></html>"


@pytest.mark.parametrize(
    "answer",
    [
        http(403, CLOUDFLARE, Server="cloudflare"),
        http(503, b"x", cf_mitigated="challenge"),
        http(200, CLOUDFLARE),
        http(403, gzip.compress(CLOUDFLARE), Content_Encoding="gzip"),
    ],
)
def test_a_test_for_humans_is_not_a_page(make: Make, site: Site, answer: bytes) -> None:
    error = failure(make(), site.on("/a", answer))
    assert error.kind == "blocked" and "test for humans" in str(error)


def test_a_page_that_merely_uses_such_a_service_is_read(make: Make, site: Site) -> None:
    body = PAGE + b'<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>'
    assert make().get(Request(site.on("/a", http(200, body, Server="cloudflare")))).body == body


def test_redirects_are_followed_and_lasting_ones_remembered(make: Make, site: Site) -> None:
    site.on("/new", http(308, Location="/newer?x=1#part"))
    site.on("/newer?x=1", http(302, Location="//" + site.base.partition("//")[2] + "/é".encode().decode("latin-1")))
    site.on("/%C3%A9", http(200, PAGE))
    url = site.on("/old", http(301, Location="new"))
    page = make().get(Request(url))
    assert (page.url, page.requested_url) == (f"{site.base}/%C3%A9", url)
    assert page.moved_to == f"{site.base}/newer?x=1"


def test_a_passing_redirect_moves_nothing(make: Make, site: Site) -> None:
    site.on("/b", http(200, PAGE))
    assert make().get(Request(site.on("/a", http(302, Location="/b")))).moved_to is None


def test_redirects_in_circles_and_without_end_are_cut(make: Make, site: Site) -> None:
    site.on("/b", http(302, Location="/a"))
    assert failure(make(), site.on("/a", http(302, Location="/b"))).kind == "redirect_loop"
    for n in range(30):
        site.on(f"/{n}", http(302, Location=f"/{n + 1}"))
    asked = len(site.requests)
    assert failure(make(), site.base + "/0").kind == "redirect_loop"
    assert len(site.requests) - asked <= Limits().redirects + 2


@pytest.mark.parametrize(
    "url", ["", "example.org/feed", "ftp://example.org/", "http://", "https://[::1", "http://a b/"]
)
def test_what_is_no_address_is_said_so(make: Make, url: str) -> None:
    assert failure(make(), url).kind == "bad_url"


def test_a_closed_port_is_unreachable(make: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert failure(make(), f"http://127.0.0.1:{port}/").kind == "unreachable"


def test_an_unknown_host_is_said_so(make: Make) -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert failure(make(resolve=nobody), "http://gone.example/").kind == "dns"


def test_a_name_server_that_hangs_is_a_timeout(make: Make) -> None:
    answered = threading.Event()

    def hang(host: str, port: int) -> list[str]:
        answered.wait(60)
        return ["127.0.0.1"]

    started = time.monotonic()
    try:
        error = failure(make(resolve=hang, limits=Limits(total=0.3, spacing=0)), "http://slow.example/")
        assert error.kind == "timeout" and time.monotonic() - started < 15
    finally:
        answered.set()


# Made for this test alone.
CERTIFICATE = """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgN5Ur6ag+aEG3X4SG
iP++IQZLETgrxa2GXrnIk0CgEIehRANCAASXTAciJ3WriIXUhBvPoUZWXlvL+qpp
fRsfvJQVIs6dvUPRpFkZef+HvlJRiO+v2atL2BxmZ9HL42WOUObZY0nz
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBkDCCATWgAwIBAgIUFcDrxyo/58+UGgSTvkNrgCJSyWgwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRdW50cnVzdGVkLmV4YW1wbGUwIBcNMjYxMTIzMDIwNzI1WhgP
MjEyNjEwMzAwMjA3MjVaMBwxGjAYBgNVBAMMEXVudHJ1c3RlZC5leGFtcGxlMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEl0wHIid1q4iF1IQbz6FGVl5by/qqaX0b
H7yUFSLOnb1D0aRZGXn/h75SUYjvr9mrS9gcZmfRy+NljlDm2WNJ86NTMFEwHQYD
VR0OBBYEFEKiFVWsv9HwNy4f6c/eJQoE3u6wMB8GA1UdIwQYMBaAFEKiFVWsv9Hw
Ny4f6c/eJQoE3u6wMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIh
AOiXFiZkQmAv9J+/Ou5SyQ3bBhCX5b5LZ0faVRmnmw+rAiEAxA/k1x2NEiBCRprJ
LBnB9AUJ6PWaQzaDQT6YaDY+9gQ=
-----END CERTIFICATE-----
"""


@pytest.fixture
def untrusted() -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        Path(file.name).write_text(CERTIFICATE)
        context.load_cert_chain(file.name)
    with Site(tls=context) as running:
        yield running


def test_a_certificate_nobody_vouches_for_is_refused_with_its_reason(make: Make, untrusted: Site) -> None:
    error = failure(make(), untrusted.on("/a", http(200, PAGE)))
    assert error.kind == "tls" and "self-signed" in str(error)
    assert untrusted.requests == []


def test_cookies_are_not_kept(make: Make, site: Site) -> None:
    url = site.on("/a", http(200, PAGE, Set_Cookie="who=you; Path=/"))
    fetcher = make()
    fetcher.get(Request(url))
    fetcher.get(Request(url))
    assert site.header("Cookie") is None


def test_a_name_and_password_in_the_address_are_not_sent(make: Make, site: Site) -> None:
    url = site.on("/a", http(200, PAGE)).replace("://", "://user:secret@")
    assert "secret" not in make().get(Request(url)).url
    assert site.header("Authorization") is None


def test_the_environment_is_not_asked_for_a_proxy(make: Make, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert make().get(Request(site.on("/a", http(200, PAGE)))).body == PAGE


def test_a_proxy_from_the_settings_is_used(make: Make, site: Site, moment: Time) -> None:
    site.on("http://news.example/a", http(200, PAGE))
    fetcher = make(proxy=site.base, allow_private=False)
    assert fetcher.get(Request("http://news.example/a")).body == PAGE
    asked = len(site.requests)
    assert failure(fetcher, "http://169.254.169.254/latest").kind == "refused_address"
    assert len(site.requests) == asked


@given(
    body=st.binary(min_size=1, max_size=3000),
    cuts=st.lists(st.integers(1, 200), min_size=1, max_size=20),
    packed=st.booleans(),
)
def test_a_body_is_the_same_however_it_is_cut(body: bytes, cuts: list[int], packed: bool) -> None:
    sent = gzip.compress(body) if packed else body
    chunks: list[bytes] = []
    while sent:
        size = cuts[len(chunks) % len(cuts)]
        chunks.append(sent[:size])
        sent = sent[size:]
    assert read_body(chunks, "gzip" if packed else "", 3000, "http://x/") == body


def test_each_kind_of_failure_has_a_sentence_of_its_own_and_comes_from_somewhere() -> None:
    assert len({what for what, _ in KINDS.values()}) == len(KINDS)
    room = Path(__import__("monitor.fetch", fromlist=["fetch"]).__file__).parent
    code = "\n".join(p.read_text() for p in room.glob("*.py") if p.name != "problems.py")
    named = set(re.findall(r'"([a-z_]+)"', code))
    assert not {kind for kind in KINDS if kind not in named}
