"""How a host is treated: one at a time, spaced, left alone when it asks, its robots.txt obeyed."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import START, Time
from loopback_site import Site, http

from monitor.errors import FetchError
from monitor.fetch import Fetcher, Limits
from monitor.model import Page, Request

Make = Callable[..., Fetcher]
PAGE = b"<p>text</p>"


def kind_of(fetcher: Fetcher, url: str) -> str:
    try:
        fetcher.get(Request(url))
    except FetchError as error:
        return error.kind
    return "page"


def test_requests_to_a_host_are_spaced(make: Make, site: Site, moment: Time) -> None:
    site.on("/a", http(200, PAGE))
    fetcher = make(limits=Limits(spacing=2.0), obey_robots=False)
    for _ in range(3):
        fetcher.get(Request(site.base + "/a"))
    assert moment.slept == [2.0, 2.0]


def test_a_host_is_asked_one_thing_at_a_time_and_hosts_side_by_side(make: Make) -> None:
    together = threading.Barrier(2, timeout=5)

    def meet(connection: object) -> None:
        together.wait()
        connection.sendall(http(200, PAGE))  # type: ignore[attr-defined]

    with Site("127.0.0.1") as one, Site("127.0.0.2") as other:
        requests = []
        for site in (one, other):
            site.on("/robots.txt", meet)  # each answers only while the other is asked too
            requests += [Request(site.on(f"/{n}", http(200, PAGE))) for n in range(10)]
        outcomes = dict(make().get_many(requests))
        assert all(isinstance(page, Page) for page in outcomes.values()) and len(outcomes) == 20
        assert one.most_at_once == other.most_at_once == 1


def test_two_threads_take_turns_at_a_host(make: Make, site: Site) -> None:
    def slowly(connection: object) -> None:
        time.sleep(0.02)
        connection.sendall(http(200, PAGE))  # type: ignore[attr-defined]

    url = site.on("/a", slowly)
    fetcher = make()
    threads = [threading.Thread(target=fetcher.get, args=(Request(url),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert site.paths.count("/a") == 6 and site.most_at_once == 1


def test_one_broken_source_does_not_stop_the_others(make: Make, site: Site) -> None:
    good = [site.on(f"/{n}", http(200, PAGE)) for n in range(5)]
    bad = [site.base + "/none", "no address", "http://127.0.0.1:1/", site.on("/x", b"garbage\r\n\r\n")]
    outcomes = list(make().get_many(Request(url) for url in [*bad, *good, good[0]]))
    kinds = Counter(o.kind if isinstance(o, FetchError) else "page" for _, o in outcomes)
    assert kinds == {"page": 6, "not_found": 1, "bad_url": 1, "unreachable": 1, "broken_off": 1}
    assert all(o.__traceback__ is None for _, o in outcomes if isinstance(o, FetchError))


def test_a_consumer_that_stops_early_ends_the_work(make: Make, site: Site) -> None:
    requests = [Request(site.on(f"/{n}", http(200, PAGE))) for n in range(300)]
    running = make().get_many(requests)
    next(running)
    running.close()  # type: ignore[attr-defined]
    assert not [t for t in threading.enumerate() if t.name == "fetch"]
    assert len(site.requests) < 300


def test_a_fault_of_ours_is_not_taken_for_the_networks(make: Make, site: Site) -> None:
    def broken() -> float:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(make(monotonic=broken).get_many([Request(site.base + "/a")]))


def test_passing_faults_are_tried_again_with_growing_jittered_pauses(make: Make, site: Site, moment: Time) -> None:
    url = site.on("/a", http(502), http(500), http(200, PAGE))
    assert make(random=lambda: 0.25).get(Request(url)).body == PAGE
    assert moment.slept == [1.5 * 0.75, 3.0 * 0.75]


@pytest.mark.parametrize("status", [403, 404, 410, 429])
def test_answers_that_will_not_change_are_not_asked_for_again(make: Make, site: Site, status: int) -> None:
    kind_of(make(obey_robots=False), site.on("/a", http(status)))
    assert site.paths == ["/a"]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ((START + timedelta(minutes=5)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 300.0),
        ("99999999999", 7 * 86400.0),
        ("Sun, 09 Feb 2025 08:00:00 GMT", 0.0),
        ("soon", None),
    ],
)
def test_retry_after_is_read_in_both_forms(make: Make, site: Site, value: str, seconds: float | None) -> None:
    with pytest.raises(FetchError) as caught:
        make().get(Request(site.on("/a", http(429, Retry_After=value))))
    assert caught.value.retry_after == seconds


def test_a_host_that_asks_for_silence_gets_it(make: Make, site: Site, moment: Time) -> None:
    site.on("/busy", http(429, Retry_After="3600"))
    other = site.on("/other", http(200, PAGE))
    fetcher = make()
    assert kind_of(fetcher, site.base + "/busy") == "rate_limited"
    asked = len(site.requests)
    moment.seconds += 3500
    with pytest.raises(FetchError) as caught:
        fetcher.get(Request(other))
    assert caught.value.kind == "rate_limited" and caught.value.retry_after == pytest.approx(100)
    assert len(site.requests) == asked
    moment.seconds += 101
    assert kind_of(fetcher, other) == "page"


def test_a_short_pause_is_sat_out(make: Make, site: Site, moment: Time) -> None:
    fetcher = make()
    assert kind_of(fetcher, site.on("/busy", http(503, Retry_After="4"))) == "server_error"
    assert kind_of(fetcher, site.on("/other", http(200, PAGE))) == "page"
    assert moment.slept == [4.0]


ROBOTS = b"User-agent: *\nDisallow: /\n\nUser-agent: commitmentmonitor\nDisallow: /private\nCrawl-delay: 7\n"


def test_the_rules_for_this_program_are_obeyed_and_read_once_a_day(make: Make, site: Site, moment: Time) -> None:
    site.on("/robots.txt", http(200, ROBOTS))
    site.on("/open", http(200, PAGE))
    fetcher = make()
    assert kind_of(fetcher, site.base + "/private/a") == "robots"
    assert [kind_of(fetcher, site.base + "/open") for _ in range(3)] == ["page"] * 3
    assert site.paths == ["/robots.txt", "/open", "/open", "/open"]
    assert moment.slept == [7.0, 7.0]
    moment.seconds += 86401
    kind_of(fetcher, site.base + "/open")
    assert site.paths.count("/robots.txt") == 2


def test_a_redirect_does_not_lead_around_the_rules(make: Make, site: Site) -> None:
    site.on("/robots.txt", http(200, ROBOTS))
    site.on("/private/a", http(200, PAGE))
    assert kind_of(make(), site.on("/open", http(302, Location="/private/a"))) == "robots"
    assert "/private/a" not in site.paths


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http(404), "page"),
        (http(403), "page"),
        (http(200, b""), "page"),
        (http(200, b"<html>no rules</html>"), "page"),
        (http(200, b"\xff\xfe\x00garbage\x00" * 50), "page"),
        (http(302, Location="/robots.txt"), "page"),
        (http(500), "robots_unavailable"),
        (http(429), "robots_unavailable"),
    ],
)
def test_rules_that_cannot_be_read(make: Make, site: Site, answer: bytes, kind: str) -> None:
    site.on("/robots.txt", answer)
    assert kind_of(make(), site.on("/a", http(200, PAGE))) == kind


def test_rules_that_were_out_of_order_are_asked_for_again_within_the_hour(make: Make, site: Site, moment: Time) -> None:
    site.on("/robots.txt", http(500), http(200, b""))
    fetcher = make()
    url = site.on("/a", http(200, PAGE))
    assert kind_of(fetcher, url) == "robots_unavailable"
    moment.seconds += 3601
    assert kind_of(fetcher, url) == "page"


def test_a_dead_host_is_told_as_dead_and_not_as_forbidding(make: Make) -> None:
    with pytest.raises(FetchError) as caught:
        make().get(Request("http://127.0.0.1:1/feed"))
    assert caught.value.kind == "unreachable" and caught.value.subject == "http://127.0.0.1:1/feed"
