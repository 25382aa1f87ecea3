"""Turns at a host: one request at a time, spaced, and none while the host asked for silence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from monitor.fetch.problems import problem


class _Host:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.free_at = 0.0
        self.spacing = 0.0
        self.silent_until = 0.0


class Hosts:
    """When each host may be asked next. Times are those of `monotonic`, in seconds."""

    def __init__(
        self, spacing: float, patience: float, *, monotonic: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._spacing = spacing
        self._patience = patience
        self._monotonic = monotonic
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    def _get(self, name: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(name, _Host())

    def slow_down(self, name: str, spacing: float) -> None:
        """Space requests to a host by at least so much, as its robots.txt asks."""
        self._get(name).spacing = spacing

    def silence(self, name: str, seconds: float) -> None:
        """Leave a host alone for so long, as it asked."""
        host = self._get(name)
        host.silent_until = max(host.silent_until, self._monotonic() + seconds)

    @contextmanager
    def turn(self, name: str, url: str) -> Iterator[None]:
        """Wait for a turn at the host and hold it.

        Raises FetchError `rate_limited` when the host asked for a longer silence than we sit out.
        """
        host = self._get(name)
        with host.lock:
            silence = host.silent_until - self._monotonic()
            if silence > self._patience:
                raise problem("rate_limited", url, "the host asked for a pause", retry_after=silence)
            wait = max(host.free_at - self._monotonic(), silence)
            if wait > 0:
                self._sleep(wait)
            try:
                yield
            finally:
                host.free_at = self._monotonic() + max(self._spacing, host.spacing)
