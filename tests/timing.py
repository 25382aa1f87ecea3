"""How time grows: the least of several runs, since other work on the machine only ever adds."""

from __future__ import annotations

import time
from collections.abc import Callable

RUNS = 3
LEAST = 0.002  # seconds: what takes less is measured as this


def growth(act: Callable[[int], object], small: int, large: int) -> float:
    """How many times as much processor time `act` takes with `large` as with `small`."""
    act(small)
    return _least(act, large) / max(_least(act, small), LEAST)


def _least(act: Callable[[int], object], size: int) -> float:
    least = float("inf")
    for _ in range(RUNS):
        start = time.process_time()
        act(size)
        least = min(least, time.process_time() - start)
    return least
