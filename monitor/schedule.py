"""When something is due: pure arithmetic on clocks and calendars. Nothing here sleeps or reads a clock.

A period is an ISO week, a day or a month in the schedule's zone. It is due at the first occurrence, at or after its
end, of the weekday (or day of month) and wall time in the settings. A wall time that a change to summer time skips is
moved forward to the first moment that exists; one that occurs twice is taken the first time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.errors import SettingsError

Kind = Literal["day", "week", "month"]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WHEN = re.compile(r"(?:(?P<day>[a-z]{3}|[0-9]{1,2})\s+)?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `start` up to, not including, `end`. Longer than its kind when a gap is told in one go, shorter when
    the settings changed in the middle."""

    kind: Kind
    start: date
    end: date

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def count(self) -> int:
        """How many whole or begun days, weeks or months it spans: more than one means a gap."""
        n, end = 0, self.end
        while end > self.start:
            n, end = n + 1, _previous_start(self.kind, end)
        return n

    @property
    def key(self) -> str:
        """A name without spaces: 2026-W47, 2026-11-16, 2026-11; of the last week, day or month in it."""
        if self.kind == "week":
            year, week, _ = self.last_day.isocalendar()
            return f"{year}-W{week:02d}"
        return self.last_day.isoformat() if self.kind == "day" else f"{self.last_day:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When digests go out. `day` is 0 (Monday) to 6 for weeks, 1 to 28 for months, unused for days."""

    zone: ZoneInfo
    kind: Kind
    day: int
    at: time

    @classmethod
    def parse(cls, when: str, timezone: str) -> Schedule:
        """`mon 07:00` weekly, `07:00` daily, `1 07:00` monthly (days 1 to 28, which every month has)."""
        try:
            zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise SettingsError(
                "Reading the schedule", subject=f"timezone {timezone!r}", cause="no such zone", hint="Try Europe/Paris."
            ) from error
        found = _WHEN.fullmatch(when.strip().lower())
        day = found["day"] if found else None
        try:
            if not found:
                raise ValueError("not a time")
            at = time(int(found["hour"]), int(found["minute"]))
            if day is None:
                return cls(zone, "day", 0, at)
            if day in WEEKDAYS:
                return cls(zone, "week", WEEKDAYS.index(day), at)
            if not 1 <= int(day) <= 28:
                raise ValueError("a day of the month is 1 to 28")
            return cls(zone, "month", int(day), at)
        except ValueError as error:
            raise SettingsError(
                "Reading the schedule",
                subject=f"digest {when!r}",
                cause=error,
                hint='Write "mon 07:00", "07:00" or "1 07:00".',
            ) from error

    def due_at(self, period: Period) -> datetime:
        """The instant, in UTC, from which the period's digest may go out."""
        day = period.end
        if self.kind == "week":
            day += timedelta(days=(self.day - day.weekday()) % 7)
        elif self.kind == "month":
            day = _on_or_after(day, self.day)
        return instant(day, self.at, self.zone)


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first moment at or after a wall time, in UTC."""
    local = datetime.combine(day, at, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # The wall time does not exist: read with the offset after the gap it lies before the gap's end, with the offset
    # before the gap behind it. The end itself is found between the two, to the second.
    low, high = local.replace(fold=1).astimezone(UTC), moment
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def latest(now: datetime, schedule: Schedule) -> Period:
    """The newest period whose due instant has come."""
    end = _floor(schedule.kind, now.astimezone(schedule.zone).date())
    while True:
        period = Period(schedule.kind, _previous_start(schedule.kind, end), end)
        if schedule.due_at(period) <= now:
            return period
        end = period.start


def due_digest(now: datetime, schedule: Schedule, told_until: date) -> Period | None:
    """The period to tell now, or None. `told_until` is the end of what was told last, or the ledger's first day.

    After a stop it spans the whole gap; a clock set back finds nothing due.
    """
    end = latest(now, schedule).end
    if end <= told_until:
        return None
    return Period(schedule.kind, told_until, end)


def first_of(period: Period) -> Period:
    """The first day, week or month that a gap spans: since its due instant the gap is overdue."""
    end = period.end
    while (start := _previous_start(period.kind, end)) > period.start:
        end = start
    return Period(period.kind, period.start, end)


def bounds(period: Period, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The period's first instant and the first instant after it, in UTC."""
    return instant(period.start, time(), zone), instant(period.end, time(), zone)


@dataclass(frozen=True, slots=True)
class State:
    """What `due` needs to know. `next_polls` holds the instant of each source's next poll (absent: never polled);
    `told_until` is by subscription."""

    schedule: Schedule
    next_polls: Mapping[str, datetime | None] = field(default_factory=dict)
    told_until: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    sources: tuple[str, ...]
    digests: tuple[tuple[str, Period], ...]


def due(now: datetime, state: State) -> Due:
    """What is to be done at this moment: sources to poll, longest overdue first, and digests by subscription."""
    never = datetime.min.replace(tzinfo=UTC)
    waiting = sorted((at or never, name) for name, at in state.next_polls.items() if at is None or at <= now)
    digests = ((name, due_digest(now, state.schedule, day)) for name, day in sorted(state.told_until.items()))
    return Due(tuple(name for _, name in waiting), tuple((name, period) for name, period in digests if period))


# A source is polled at most four times as often and as seldom as its setting says, whatever it brings.
QUICKEST, SLOWEST = 0.25, 4.0
LONGEST_BACK_OFF = timedelta(days=1)


def next_pace(pace: timedelta, every: timedelta, brought: bool) -> timedelta:
    """The pace after a poll: a little quicker when it brought something, a little slower when it did not."""
    return min(max(pace * (0.8 if brought else 1.1), every * QUICKEST), every * SLOWEST)


def next_poll(
    now: datetime,
    pace: timedelta,
    *,
    failures: int = 0,
    asked: timedelta | None = None,
    jitter: float = 0.5,
) -> datetime:
    """The instant of the next poll. `failures` in a row double the wait, up to a day or the pace, whichever is longer;
    `asked` is what the server asked for and is never undercut; `jitter` in [0, 1) spreads polls by ± 10 %."""
    wait = pace
    if failures:
        wait = min(pace * 2 ** min(failures, 16), max(LONGEST_BACK_OFF, pace))
    wait = wait * (0.9 + 0.2 * jitter)
    return now + max(wait, asked or timedelta(0))


def _floor(kind: Kind, day: date) -> date:
    """The start of the day, week or month that `day` lies in."""
    if kind == "week":
        return day - timedelta(days=day.weekday())
    return day if kind == "day" else day.replace(day=1)


def _previous_start(kind: Kind, end: date) -> date:
    """The start of the day, week or month that ends at `end`, or in which the day before `end` lies."""
    return _floor(kind, end - timedelta(days=1))


def _on_or_after(day: date, number: int) -> date:
    if day.day <= number:
        return day.replace(day=number)
    return (day.replace(day=1) + timedelta(days=32)).replace(day=number)
