"""The pages over real HTTP, on a real ledger: no GET changes anything, and nothing hostile comes back alive."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pages import ADDRESS, NOW, Site, commitment, token

from monitor.digest.tokens import sign
from monitor.errors import MonitorError
from monitor.web.app import LARGEST_BODY, create_app
from monitor.web.serving import serving


def poll(site: Site, **state: Any) -> None:
    (source,) = site.settings.watched()
    site.ledger.save_source_state(source.name, {"url": source.url, **state})


def test_looking_at_the_unsubscribe_page_changes_nothing(site: Site) -> None:
    for method in ("GET", "HEAD"):
        assert site.ask(method, f"/unsubscribe/{token()}")[0] == 200
    assert "Send no more digests to desk@example.org?" in site.ask("GET", f"/unsubscribe/{token()}")[1]
    assert not site.ledger.suppressed(ADDRESS)


@pytest.mark.parametrize("form", [{"List-Unsubscribe": "One-Click"}, {}])
def test_one_click_unsubscribes_without_a_cookie_or_a_question(site: Site, form: dict[str, str]) -> None:
    for _ in range(2):  # clicking twice is fine
        status, page, headers = site.ask("POST", f"/unsubscribe/{token()}", form)
        assert status == 200
        assert "Done: desk@example.org will receive nothing more." in page
        assert "set-cookie" not in headers
    assert site.ledger.suppressed(ADDRESS)
    assert not site.ledger.suppressed("another@example.org")


def test_a_long_token_works(site: Site) -> None:
    long = f"{'a' * 64}@{'.'.join(['b' * 60] * 3)}.example.org"
    assert site.ask("POST", f"/unsubscribe/{token(long)}", {})[0] == 200
    assert site.ledger.suppressed(long)


@pytest.mark.parametrize("bad", ["x", "%00", "..%2f..", "A" * 400, quote(sign(ADDRESS, b"another secret")), "é"])
def test_a_bad_token_unsubscribes_nobody(site: Site, bad: str) -> None:
    status, page, _ = site.ask("POST", f"/unsubscribe/{quote(bad, safe='%')}", {})
    assert status == 404
    assert "Traceback" not in page
    assert not site.ledger.suppressed(ADDRESS)


def test_this_is_wrong_shows_what_is_meant_and_keeps_what_is_said(site: Site) -> None:
    identity = commitment(site)
    status, page, _ = site.ask("GET", f"/wrong/{identity}")
    assert status == 200
    assert "Exemplar Capital" in page and "€2 billion" in page
    assert "<script>alert" not in page
    status, page, _ = site.ask("POST", f"/wrong/{identity}", {"what": "It is <b>three</b>\r\nbillion\x00\u202e"})
    assert (status, "Thank you" in page) == (200, True)
    kept = (Path(site.settings.out) / "reports.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in kept] == [
        {"at": NOW.isoformat(), "commitment": identity, "what": "It is <b>three</b> billion"}
    ]


def test_an_empty_or_unknown_report_is_refused_in_words(site: Site) -> None:
    identity = commitment(site)
    assert site.ask("POST", f"/wrong/{identity}", {"what": "  "})[0] == 422
    for unknown in ("c999999", "x", "%3Cscript%3E", "' OR 1=1", "9" * 300):
        status, page, _ = site.ask("POST", f"/wrong/{quote(unknown)}", {"what": "wrong"})
        assert status == 404
        assert "<script" not in page
    assert not (Path(site.settings.out) / "reports.jsonl").exists()


def test_a_body_larger_than_any_of_ours_is_refused(site: Site) -> None:
    assert site.ask("POST", f"/wrong/{commitment(site)}", body=b"what=" + b"x" * LARGEST_BODY)[0] == 413


def test_pages_may_not_run_anything_or_be_framed(site: Site) -> None:
    headers = site.ask("GET", f"/unsubscribe/{token()}")[2]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_health_is_well_while_sources_are_polled_in_time(site: Site) -> None:
    poll(site, next_poll=(NOW + timedelta(minutes=5)).isoformat(), succeeded_at=NOW.isoformat())
    status, body, _ = site.ask("GET", "/health")
    assert status == 200
    assert json.loads(body)["status"] == "well"


def test_health_is_ill_when_a_poll_is_overdue_though_the_process_is_up(site: Site) -> None:
    poll(site, next_poll=(NOW - timedelta(days=23)).isoformat(), succeeded_at=NOW.isoformat())
    status, body, _ = site.ask("GET", "/health")
    found = json.loads(body)
    assert status == 503
    assert "overdue" in found["problems"][0] and "23 d" in found["problems"][0]
    assert found["sources"]["oldest_overdue_seconds"] == 23 * 86400


def test_health_is_ill_when_no_source_answers(site: Site) -> None:
    poll(site, next_poll=(NOW + timedelta(hours=1)).isoformat(), failures=3, reason="HTTP 500")
    assert site.ask("GET", "/health")[0] == 503


def test_health_is_ill_when_a_digest_is_overdue(site: Site) -> None:
    from monitor.telling import SINCE

    site.ledger.save_source_state(SINCE + ADDRESS, {"since": "2026-11-16"})
    site.now = NOW + timedelta(minutes=30)
    assert site.ask("GET", "/health")[0] == 200
    site.now = NOW + timedelta(hours=2)
    status, body, _ = site.ask("GET", "/health")
    assert status == 503
    assert f"2026-W47 for {ADDRESS} is overdue by 120 min" in json.loads(body)["problems"][0].replace("2 h", "120 min")


def test_a_gap_is_overdue_since_its_first_digest(site: Site) -> None:
    from monitor.telling import SINCE

    site.ledger.save_source_state(SINCE + ADDRESS, {"since": "2026-11-09"})
    site.now = NOW + timedelta(minutes=30)
    status, body, _ = site.ask("GET", "/health")
    assert status == 503 and "overdue by 7 d" in json.loads(body)["problems"][0]


def test_metrics_are_in_the_format_of_prometheus(site: Site) -> None:
    poll(site, next_poll=(NOW - timedelta(seconds=90)).isoformat(), failures=2, succeeded_at=NOW.isoformat())
    status, body, headers = site.ask("GET", "/metrics")
    assert status == 200
    assert headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'monitor_source_failures{source="A \\"paper\\"\\\\"} 2' in body.splitlines()
    assert "monitor_oldest_overdue_seconds 90" in body.splitlines()
    assert 'monitor_sources{state="failing"} 1' in body.splitlines()


def test_a_taken_port_is_said(site: Site) -> None:
    with (
        pytest.raises(MonitorError, match=r"Is the port taken"),
        serving(create_app(site.ledger, lambda: site.settings, lambda: NOW), "127.0.0.1", site.port),
    ):
        pass


def test_the_page_about_a_commitment_says_what_the_register_holds(site: Site) -> None:
    status, said, _ = site.ask("GET", f"/wrong/{commitment(site)}")
    assert status == 200
    for fact in (
        "Exemplar Capital",
        "€2bn",
        "Lille",
        "by 2029",
        "announced",
        "data centre",
        "A paper, 23 November 2026",
    ):
        assert fact in said, fact


def test_the_front_page_says_whether_all_is_well(site: Site) -> None:
    assert "No digest has been made yet" in site.ask("GET", "/")[1]
    site.ledger.store_digest(
        subscription="x", channel="smtp", period_kind="week", period_start=NOW.date(), deliveries=[], about={}
    )
    site.now += timedelta(minutes=1)
    assert "Last digest: 23 November 2026." in site.ask("GET", "/")[1]
    poll(site, next_poll=(NOW - timedelta(days=1)).isoformat(), pace=3600)
    site.now += timedelta(minutes=1)
    status, said, _ = site.ask("GET", "/")
    assert status == 503 and "`monitor status`" in said


def test_an_address_where_nothing_is_says_so_in_a_page(site: Site) -> None:
    status, said, headers = site.ask("GET", "/unsubscribe")
    assert status == 404 and "nothing at this address" in said
    assert headers["content-type"].startswith("text/html") and "content-security-policy" in headers
