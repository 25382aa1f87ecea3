"""Periods end and fall due when a calendar says so, whatever clocks and zones do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import SettingsError
from monitor.schedule import (
    Period,
    Schedule,
    State,
    bounds,
    due,
    due_digest,
    instant,
    latest,
    next_pace,
    next_poll,
)

PARIS = ZoneInfo("Europe/Paris")
NEW_YORK = ZoneInfo("America/New_York")
WEEKLY = Schedule.parse("mon 07:00", "Europe/Paris")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        (PARIS, date(2026, 3, 29), time(2, 30), utc(2026, 3, 29, 1, 0)),  # skipped: the first moment after the gap
        (PARIS, date(2026, 3, 29), time(2, 0), utc(2026, 3, 29, 1, 0)),
        (PARIS, date(2026, 3, 29), time(3, 0), utc(2026, 3, 29, 1, 0)),
        (PARIS, date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),  # twice: the first
        (PARIS, date(2026, 10, 26), time(7, 0), utc(2026, 10, 26, 6, 0)),
        (PARIS, date(2026, 10, 19), time(7, 0), utc(2026, 10, 19, 5, 0)),
        (NEW_YORK, date(2026, 3, 8), time(2, 15), utc(2026, 3, 8, 7, 0)),
        (NEW_YORK, date(2026, 11, 1), time(1, 30), utc(2026, 11, 1, 5, 30)),
        (ZoneInfo("Australia/Lord_Howe"), date(2026, 10, 4), time(2, 15), utc(2026, 10, 3, 15, 30)),  # half an hour
        (ZoneInfo("Pacific/Apia"), date(2011, 12, 30), time(12, 0), utc(2011, 12, 30, 10, 0)),  # a day that never was
    ],
)
def test_a_wall_time_is_the_first_moment_at_or_after_it(
    zone: ZoneInfo, day: date, at: time, expected: datetime
) -> None:
    assert instant(day, at, zone) == expected


@pytest.mark.parametrize(
    ("when", "timezone", "now", "start", "end"),
    [
        ("mon 07:00", "Europe/Paris", utc(2026, 11, 23, 6, 0), date(2026, 11, 16), date(2026, 11, 23)),
        ("mon 07:00", "Europe/Paris", utc(2026, 11, 23, 5, 59), date(2026, 11, 9), date(2026, 11, 16)),
        ("fri 18:00", "Europe/Paris", utc(2026, 11, 27, 17, 0), date(2026, 11, 16), date(2026, 11, 23)),
        ("mon 02:30", "Europe/Paris", utc(2026, 3, 30, 0, 30), date(2026, 3, 23), date(2026, 3, 30)),
        ("sun 02:30", "Europe/Paris", utc(2026, 3, 29, 1, 0), date(2026, 3, 16), date(2026, 3, 23)),
        ("sun 02:30", "Europe/Paris", utc(2026, 3, 29, 0, 59), date(2026, 3, 9), date(2026, 3, 16)),
        ("sun 01:30", "America/New_York", utc(2026, 11, 1, 5, 30), date(2026, 10, 19), date(2026, 10, 26)),
        ("07:00", "Europe/Paris", utc(2028, 3, 1, 6, 0), date(2028, 2, 29), date(2028, 3, 1)),  # leap day
        ("07:00", "Europe/Paris", utc(2027, 1, 1, 6, 0), date(2026, 12, 31), date(2027, 1, 1)),  # year end
        ("1 07:00", "Europe/Paris", utc(2028, 3, 1, 6, 0), date(2028, 2, 1), date(2028, 3, 1)),
        ("1 07:00", "Europe/Paris", utc(2027, 1, 31, 6, 0), date(2026, 12, 1), date(2027, 1, 1)),
        ("15 07:00", "Europe/Paris", utc(2027, 1, 14, 6, 0), date(2026, 11, 1), date(2026, 12, 1)),
    ],
)
def test_the_newest_period_that_is_due(when: str, timezone: str, now: datetime, start: date, end: date) -> None:
    period = latest(now, Schedule.parse(when, timezone))
    assert (period.start, period.end) == (start, end)


def test_weeks_are_iso_weeks_across_years_and_a_week_53() -> None:
    assert latest(utc(2027, 1, 4, 7), WEEKLY).key == "2026-W53"
    assert latest(utc(2027, 1, 11, 7), WEEKLY).key == "2027-W01"
    assert latest(utc(2026, 1, 5, 7), WEEKLY).key == "2026-W01"


def test_each_week_is_told_once_over_three_years_of_hourly_ticks() -> None:
    """Through six changes of the clock, a leap day and a week 53, no day is told twice and none is left out."""
    for timezone in ("Europe/Paris", "America/New_York"):
        for when in ("mon 07:00", "sun 02:30", "02:30", "28 02:30"):
            schedule = Schedule.parse(when, timezone)
            told_until = first = date(2025, 12, 1)
            told = []
            now = utc(2026, 1, 1)
            while now < utc(2029, 1, 1):
                if period := due_digest(now, schedule, told_until):
                    told.append(period)
                    told_until = period.end
                    assert due_digest(now, schedule, told_until) is None
                now += timedelta(hours=1)
            assert told[0].start == first
            assert all(before.end == after.start for before, after in pairwise(told))
            assert all(period.count == 1 for period in told[1:])


def test_a_stop_of_five_weeks_gives_one_digest_for_the_whole_gap() -> None:
    period = due_digest(utc(2026, 11, 25, 12), WEEKLY, date(2026, 10, 19))
    assert period == Period("week", date(2026, 10, 19), date(2026, 11, 23))
    assert period.count == 5
    assert period.key == "2026-W47"


def test_a_clock_set_back_finds_nothing_due() -> None:
    told_until = due_digest(utc(2026, 11, 23, 6), WEEKLY, date(2026, 11, 16)).end  # type: ignore[union-attr]
    for back in (timedelta(minutes=1), timedelta(days=3), timedelta(days=400)):
        assert due_digest(utc(2026, 11, 23, 6) - back, WEEKLY, told_until) is None


def test_a_changed_zone_or_rhythm_neither_repeats_nor_leaves_out_a_day() -> None:
    told_until = date(2026, 11, 23)
    west = Schedule.parse("mon 07:00", "America/New_York")
    assert due_digest(utc(2026, 11, 23, 12), west, told_until) is None
    assert due_digest(utc(2026, 11, 30, 12), west, told_until) == Period("week", told_until, date(2026, 11, 30))
    daily = Schedule.parse("07:00", "Europe/Paris")
    assert due_digest(utc(2026, 11, 26, 6), daily, told_until) == Period("day", told_until, date(2026, 11, 26))
    part = due_digest(utc(2026, 11, 30, 6), WEEKLY, date(2026, 11, 26))
    assert part == Period("week", date(2026, 11, 26), date(2026, 11, 30))
    assert part.count == 1


def test_the_first_digest_begins_with_the_ledger() -> None:
    wednesday = date(2026, 11, 18)
    assert due_digest(utc(2026, 11, 18, 12), WEEKLY, wednesday) is None
    assert due_digest(utc(2026, 11, 23, 6), WEEKLY, wednesday) == Period("week", wednesday, date(2026, 11, 23))


def test_bounds_are_local_midnights() -> None:
    assert bounds(Period("week", date(2026, 10, 19), date(2026, 10, 26)), PARIS) == (
        utc(2026, 10, 18, 22),
        utc(2026, 10, 25, 23),
    )


def test_due_lists_sources_longest_overdue_first_and_digests_by_subscriber() -> None:
    now = utc(2026, 11, 23, 6)
    polls = {"late": utc(2026, 11, 20), "soon": utc(2026, 11, 24), "never": None, "now": now}
    result = due(now, State(WEEKLY, polls, {"desk": date(2026, 11, 16), "told": date(2026, 11, 23)}))
    assert result.sources == ("never", "late", "now")
    assert result.digests == (("desk", Period("week", date(2026, 11, 16), date(2026, 11, 23))),)


@pytest.mark.parametrize(
    "when", ["", "monday 07:00", "mon 7", "25:00", "mon 07:60", "31 07:00", "0 07:00", "mon 07:00 x"]
)
def test_a_wrong_time_is_refused_with_an_example(when: str) -> None:
    with pytest.raises(SettingsError, match="mon 07:00"):
        Schedule.parse(when, "Europe/Paris")


@pytest.mark.parametrize("zone", ["Europe/Pari", "", "/etc/passwd", "../x"])
def test_a_wrong_zone_is_refused(zone: str) -> None:
    with pytest.raises(SettingsError, match="no such zone"):
        Schedule.parse("mon 07:00", zone)


HOUR = timedelta(hours=1)


@given(st.lists(st.booleans(), max_size=60))
def test_the_pace_stays_between_its_bounds(brought: list[bool]) -> None:
    pace = HOUR
    for one in brought:
        quicker = next_pace(pace, HOUR, one)
        assert (quicker <= pace) if one else (quicker >= pace)
        pace = quicker
        assert HOUR / 4 <= pace <= HOUR * 4


def test_a_busy_source_is_polled_more_often_than_a_quiet_one() -> None:
    busy = quiet = HOUR
    for _ in range(30):
        busy, quiet = next_pace(busy, HOUR, True), next_pace(quiet, HOUR, False)
    assert busy == HOUR / 4
    assert quiet == HOUR * 4


def test_failures_back_off_to_a_day_and_never_stop() -> None:
    now = utc(2026, 11, 23)
    waits = [next_poll(now, HOUR, failures=n) - now for n in range(40)]
    assert waits == sorted(waits)
    assert waits[0] == HOUR
    assert waits[-1] == timedelta(days=1)


def test_what_the_server_asks_for_is_obeyed() -> None:
    now = utc(2026, 11, 23)
    assert next_poll(now, HOUR, asked=timedelta(hours=5), jitter=0.0) == now + timedelta(hours=5)
    assert next_poll(now, HOUR, asked=timedelta(minutes=5)) == now + HOUR
