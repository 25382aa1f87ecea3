"""The network as httpcore sees it: every connection checked at the moment it is made, every read under a deadline."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import httpcore

from monitor.fetch.addresses import is_public
from monitor.fetch.problems import problem

# host, port → literal addresses
Resolver = Callable[[str, int], list[str]]


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses of a host as the system gives them, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


class Budget:
    """Seconds on the network that a request still has, over all its hops and attempts."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds


class Deadline(threading.local):
    """When the request that runs in this thread must be over."""

    until: float | None = None

    @contextmanager
    def spend(self, budget: Budget) -> Iterator[None]:
        """Run a block under the budget, and charge it."""
        start = time.monotonic()
        self.until = start + budget.left
        try:
            yield
        finally:
            self.until = None
            budget.left -= time.monotonic() - start

    def shorten(self, timeout: float | None, error: type[Exception]) -> float | None:
        """The timeout for one socket operation; raises `error` when no time is left."""
        if self.until is None:
            return timeout
        left = self.until - time.monotonic()
        if left <= 0:
            raise error("the time allowed for the whole answer is over")
        return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    """A connection whose every operation ends by the deadline, so that a byte a second cannot hold us."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.shorten(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.shorten(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        timeout = self._deadline.shorten(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Guard(httpcore.NetworkBackend):
    """Resolves a host once, refuses it if any of its addresses is not public, and connects to that very address.

    Because the check and the connection use one answer, a name that changes between the two gains nothing. With
    `allow_private` nothing is refused; the deadline holds all the same.
    """

    def __init__(self, deadline: Deadline, *, allow_private: bool, resolve: Resolver = system_resolver) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._resolve = resolve
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port, timeout)
        if not self._allow_private and not all(is_public(a) for a in addresses):
            raise problem("refused_address", host, ", ".join(addresses))
        failure: Exception | None = None
        for address in addresses[:3]:
            limit = self._deadline.shorten(timeout, httpcore.ConnectTimeout)
            try:
                inner = self._inner.connect_tcp(address, port, limit, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(inner, self._deadline)
        raise failure or problem("dns", host)

    def _addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        try:
            return [str(ip_address(host))]
        except ValueError:
            return self._looked_up(host, port, self._deadline.shorten(timeout, httpcore.ConnectTimeout))

    def _looked_up(self, host: str, port: int, timeout: float | None) -> list[str]:
        """Resolve in a thread of its own: the system's resolver knows no timeout."""
        answer: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

        def work() -> None:
            try:
                answer.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answer.put(error)

        threading.Thread(target=work, daemon=True, name=f"resolve {host}").start()
        try:
            found = answer.get(timeout=timeout)
        except queue.Empty:
            raise httpcore.ConnectTimeout("the name server did not answer in time") from None
        if isinstance(found, Exception) or not found:
            raise problem("dns", host, found or None)
        return found
