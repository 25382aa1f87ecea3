"""No connection to an address that is not public, whatever it is called and however it is reached."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_site import Site, http

import monitor.fetch.guard
from monitor.errors import FetchError
from monitor.fetch import Fetcher
from monitor.fetch.addresses import is_private_literal, is_public
from monitor.model import Request

Make = Callable[..., Fetcher]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "192.88.99.1",
        "240.0.0.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "ff0e::1",
        "::ffff:10.0.0.1",
        "::ffff:0:127.0.0.1",
        "::127.0.0.1",
        "::10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::8.8.8.8",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2a00:1450::5efe:10.0.0.1",
        "2a00:1450::200:5efe:192.168.0.1",
        "not an address",
        "",
    ],
)
def test_private_in_every_wrapping(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.215.14", "2a00:1450:4007::200e", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_the_open_internet_is_open(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_never_opens_it(address: IPv4Address) -> None:
    number = int(address)
    wrapped = [
        IPv6Address((0xFFFF << 32) + number),
        IPv6Address(number),
        IPv6Address((0x64FF9B << 96) + number),
        IPv6Address((0x2002 << 112) + (number << 80)),
    ]
    assert all(is_public(str(w)) <= is_public(str(address)) for w in wrapped)
    assert is_public(str(address)) <= ip_address(address).is_global


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.", "a.localhost", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "::1", "10.0.0.1."],
)
def test_odd_spellings_of_private_hosts(host: str) -> None:
    assert is_private_literal(host)


@pytest.mark.parametrize(
    "host", ["example.org", "8.8.8.8", "localhost.example.org", "2a00:1450:4007::200e", "10.0.0.1.nip.io"]
)
def test_other_hosts_are_for_the_resolver(host: str) -> None:
    assert not is_private_literal(host)


@pytest.fixture
def open_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test's own server count as part of the open internet, and nothing else."""
    real = monitor.fetch.guard.is_public
    monkeypatch.setattr(monitor.fetch.guard, "is_public", lambda a: a == "127.0.0.1" or real(a))


NAMES = {"news.example": ["127.0.0.1"], "intern.example": ["10.0.0.5"], "two.example": ["127.0.0.1", "192.168.0.9"]}


def resolve(host: str, port: int) -> list[str]:
    return NAMES[host]


def refused(fetcher: Fetcher, url: str) -> bool:
    with pytest.raises(FetchError) as caught:
        fetcher.get(Request(url))
    return caught.value.kind == "refused_address"


def test_the_guard_is_asked_for_every_connection(make: Make, site: Site) -> None:
    """Without any special leave, a name that leads to loopback is refused before anything is sent."""
    fetcher = make(allow_private=False, resolve=resolve)
    assert refused(fetcher, f"http://news.example:{site.port}/")
    assert site.connections == 0


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:{port}/inside",
        "http://127.0.0.1:{port}/inside",
        "http://localhost:{port}/inside",
        "http://2130706433:{port}/inside",
        "http://intern.example/inside",
        "http://two.example:{port}/inside",
    ],
)
@pytest.mark.usefixtures("open_loopback")
def test_a_redirect_into_a_private_network_is_refused(make: Make, site: Site, target: str) -> None:
    site.on("/inside", http(200, b"secret"))
    site.on("/a", http(302, Location=target.format(port=site.port)))
    fetcher = make(allow_private=False, resolve=resolve)
    assert refused(fetcher, f"http://news.example:{site.port}/a")
    assert "/inside" not in site.paths and "/a" in site.paths


@pytest.mark.usefixtures("open_loopback")
def test_the_address_that_was_checked_is_the_one_connected_to(make: Make, site: Site) -> None:
    """A name that changes its answer between check and connection gains nothing: it is resolved once."""
    answers = [["127.0.0.1"], ["10.0.0.5"]]
    asked: list[str] = []

    def changing(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked) - 1, 1)]

    site.on("/a", http(200, b"<p>x</p>"))
    fetcher = make(allow_private=False, resolve=changing, obey_robots=False)
    assert fetcher.get(Request(f"http://rebind.example:{site.port}/a")).body == b"<p>x</p>"
    assert asked == ["rebind.example"]


@pytest.mark.usefixtures("open_loopback")
def test_the_rules_of_a_private_host_are_not_fetched_either(make: Make, site: Site) -> None:
    site.on("/robots.txt", http(302, Location="http://intern.example/robots.txt"))
    fetcher = make(allow_private=False, resolve=resolve)
    assert refused(fetcher, f"http://news.example:{site.port}/a")
