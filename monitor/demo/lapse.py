"""Three weeks of the press in less than a minute: each day the sources are polled, each Monday a digest is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from monitor import cycle, seeding, telling
from monitor.config import DigestLanguage, DigestSettings, Schedule, Settings
from monitor.demo.press import Outlet
from monitor.demo.server import Newsstand, serve
from monitor.fetch import Fetcher, Limits
from monitor.line import Intake, Line, extractor, opened
from monitor.model import Change
from monitor.reading import read
from monitor.shipped import shipped

# No pauses, since nobody's server is spared by them; one worker, so that the articles come in the same order every time.
AT_ONCE = Limits(spacing=0.0, backoff=0.0, retries=0, workers=1)
ZONE = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class Day:
    """What a day brought. `digests` are the files written that morning, of the week before; `failing` the outlets that
    could not be reached, with the reason."""

    day: date
    polled: int
    unchanged: int
    articles: int
    changes: tuple[Change, ...]
    failing: tuple[tuple[str, str], ...]
    digests: tuple[Path, ...] = ()


def settings_of(outlets: Sequence[Outlet], out: Path, language: DigestLanguage) -> Settings:
    return Settings.model_validate(
        {
            "schedule": Schedule(timezone=ZONE, digest="mon 07:00"),
            "digest": DigestSettings(language=language),
            "sources": tuple(_watched(outlet) for outlet in outlets),
            "database": f"sqlite:///{(out / 'ledger.db').as_posix()}",
            "out": str(out),
        }
    )


def _watched(outlet: Outlet) -> dict[str, object]:
    s = outlet.source
    return {"name": s.name, "kind": s.kind, "url": s.url, "language": s.language, "trust": s.trust, "links": s.links}


def play(outlets: Sequence[Outlet], out: Path, language: DigestLanguage = "en") -> Iterator[Day]:
    """Plays the press into a fresh ledger in `out`; a `Day` for each day on which something was polled."""
    out.mkdir(parents=True, exist_ok=True)
    settings = settings_of(outlets, out, language)
    days = sorted(piece.published for outlet in outlets for piece in outlet.pieces)
    first = days[0] - timedelta(days=days[0].weekday())
    last = days[-1] + timedelta(days=7 - days[-1].weekday())
    with serve(outlets) as stand:
        clock = Clock(first)
        with (
            opened(settings, clock) as ledger,
            Fetcher(user_agent="CommitmentMonitor-demo", clock=clock, limits=AT_ONCE, proxy=stand.proxy) as fetcher,
        ):
            intake = Intake(ledger, extractor(settings))
            line = Line(intake, fetcher, read, clock, random=lambda: 0.5)
            seeding.plant(intake, shipped("seeds"))
            telling.tell_due(ledger, settings, clock())
            while clock.day <= last:
                yield _day(line, stand, settings, clock)
                clock.day += timedelta(days=1)


class Clock:
    """Eight in the morning, UTC, of the day that it is set to."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __call__(self) -> datetime:
        return datetime.combine(self.day, time(8), UTC)


def _day(line: Line, stand: Newsstand, settings: Settings, clock: Clock) -> Day:
    stand.today = clock.day
    start = line.ledger.seq()
    before = set(Path(settings.out).glob("digest-*"))
    telling.tell_due(line.ledger, settings, clock())
    telling.deliver(line.ledger, settings, clock)
    polls = cycle.run(line, settings.watched())
    return Day(
        day=clock.day,
        polled=len(polls),
        unchanged=sum(poll.unchanged for poll in polls),
        articles=sum(poll.articles for poll in polls),
        changes=tuple(line.ledger.changes(after=start)),
        failing=tuple((poll.source.name, poll.reason) for poll in polls if poll.reason),
        digests=tuple(sorted(set(Path(settings.out).glob("digest-*")) - before)),
    )
