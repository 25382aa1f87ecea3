"""How much time, how many bytes and how many hops one request may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a fetch. Times in seconds, sizes in bytes.

    `total` is the time on the network for one request with its redirects and retries; waiting for a turn at a host is
    not counted. `patience` is the longest wait at a host, asked for by it, that is sat out on the spot; longer ones end
    in an error that says when to come back. `body` bounds the answer both as sent and as inflated.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 45.0
    body: int = 12_000_000
    redirects: int = 8
    retries: int = 2
    backoff: float = 1.5
    spacing: float = 1.0
    patience: float = 10.0
    workers: int = 24
