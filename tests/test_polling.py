"""Between polls nothing is skipped: validators are kept only once every entry of the page is settled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor import polling
from monitor.errors import FetchError
from monitor.model import Entry, Page, Source
from monitor.polling import READ_A_POLL, SourceState, key

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
SOURCE = Source("A paper", "feed", "https://a.example/feed", every=3600)
PAGE = Page(SOURCE.url, SOURCE.url, 200, {"etag": 'W/"1"', "last-modified": "Mon"}, b"x", NOW)


def entry(n: int, **more: object) -> Entry:
    return Entry(f"https://a.example/{n}", f"id{n}", published=NOW - timedelta(hours=n), **more)  # type: ignore[arg-type]


def polled(state: SourceState, entries: list[Entry], failing: set[str] = frozenset()) -> SourceState:  # type: ignore[assignment]
    keys = [key(e) for e in polling.fresh(entries, state)]
    state = polling.after_entries(
        state, PAGE, entries, [k for k in keys if k not in failing], [k for k in keys if k in failing]
    )
    return polling.after_success(SOURCE, state, NOW, brought=True)


def test_validators_are_kept_verbatim_when_all_is_read() -> None:
    state = polled(SourceState(SOURCE.url), [entry(1), entry(2)])
    assert (state.etag, state.last_modified) == ('W/"1"', "Mon")
    assert polling.request(SOURCE, state).etag == 'W/"1"'
    assert polling.fresh([entry(1), entry(2)], state) == []


def test_an_article_that_failed_is_asked_for_again_and_the_page_in_full() -> None:
    entries = [entry(1), entry(2)]
    state = polled(SourceState(SOURCE.url), entries, {key(entries[1])})
    assert state.etag is None and state.last_modified is None
    assert polling.fresh(entries, state) == [entries[1]]
    assert polling.tries(entries[1], state) == 1
    assert polled(state, entries).etag == 'W/"1"'


def test_a_long_page_is_read_in_several_polls_newest_first_and_none_is_left_out() -> None:
    entries = [entry(n) for n in range(READ_A_POLL * 2 + 3)]
    state, read = SourceState(SOURCE.url), []
    for expected in (READ_A_POLL, READ_A_POLL, 3, 0):
        now = polling.fresh(entries[::-1], state)
        assert len(now) == expected
        read += now
        state = polled(state, entries)
        assert (state.etag is None) == (len(read) < len(entries))
    assert read == entries


def test_an_entry_that_was_modified_is_read_again_and_one_with_tracking_is_not() -> None:
    state = polled(SourceState(SOURCE.url), [entry(1)])
    assert polling.fresh([entry(1, modified=NOW)], state)
    assert not polling.fresh([Entry("https://a.example/1?utm_source=rss", "id1", published=NOW)], state)


def test_what_left_the_page_is_forgotten() -> None:
    state = polled(polled(SourceState(SOURCE.url), [entry(1), entry(2)]), [entry(3)])
    assert state.seen == (key(entry(3)),)


def test_a_changed_address_starts_afresh_and_a_state_survives_storing() -> None:
    state = polled(SourceState(SOURCE.url), [entry(1)])
    assert SourceState.from_json(state.to_json(), SOURCE) == state
    moved = Source("A paper", "feed", "https://a.example/new")
    assert SourceState.from_json(state.to_json(), moved) == SourceState(moved.url)


def test_failures_double_the_wait_and_a_success_ends_them() -> None:
    state, waits = SourceState(SOURCE.url), []
    for _ in range(3):
        state = polling.after_failure(SOURCE, state, FetchError("The server has a fault", kind="server_error"), NOW)
        assert state.next_poll is not None
        waits.append(state.next_poll - NOW)
    assert waits[1] == 2 * waits[0] and waits[2] == 4 * waits[0]
    assert state.failures == 3 and "fault" in state.reason
    state = polling.after_success(SOURCE, state, NOW, brought=False)
    assert state.failures == 0 and state.reason == ""


def test_what_the_server_asks_for_is_never_undercut() -> None:
    error = FetchError("later", kind="rate_limited", retry_after=90_000)
    state = polling.after_failure(SOURCE, SourceState(SOURCE.url), error, NOW)
    assert state.next_poll is not None and state.next_poll >= NOW + timedelta(seconds=90_000)


def test_a_source_gone_for_good_is_marked_so() -> None:
    state = polling.after_failure(SOURCE, SourceState(SOURCE.url), FetchError("gone", kind="gone", gone=True), NOW)
    assert state.gone
