"""The parts of the line, put together from the settings: what the commands and the service run on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from monitor import __version__
from monitor.config import Settings
from monitor.fetch import Fetcher, Limits

Clock = Callable[[], datetime]

# In a command somebody waits for the answer: no second attempt, and no source may hold up the others.
HURRIED = Limits(connect=5.0, read=8.0, total=15.0, retries=0, spacing=0.5, patience=2.0, workers=32)


def now() -> datetime:
    return datetime.now(UTC)


def fetching(settings: Settings, *, patient: bool, clock: Clock = now) -> Fetcher:
    """A fetcher as the settings ask for; `patient` for the service, which can wait and try again."""
    return Fetcher(
        user_agent=f"CommitmentMonitor/{__version__}{f' (+{url})' if (url := settings.web.public_url) else ''}",
        clock=clock,
        limits=None if patient else HURRIED,
        proxy=settings.proxy,
    )
