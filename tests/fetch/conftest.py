from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from loopback_site import Site

from monitor.fetch import Fetcher, Limits

START = datetime(2025, 2, 10, 8, 0, tzinfo=UTC)


class Time:
    """A clock that moves only when something sleeps or a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def moment() -> Time:
    return Time()


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
def make(moment: Time) -> Iterator[Callable[..., Fetcher]]:
    """A fetcher that may talk to loopback and whose pauses take no time."""
    with ExitStack() as stack:

        def build(**settings: Any) -> Fetcher:
            given: dict[str, Any] = {
                "user_agent": "CommitmentMonitor/1.0 (+https://example.org/about)",
                "clock": moment.now,
                "monotonic": moment.monotonic,
                "sleep": moment.sleep,
                "random": lambda: 0.5,
                "allow_private": True,
                "limits": Limits(spacing=0.0),
            }
            return stack.enter_context(Fetcher(**{**given, **settings}))

        yield build
