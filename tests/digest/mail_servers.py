"""Real mail servers that misbehave as real ones do."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Behaviour:
    """What the server does wrong. `refuse` and those that begin with `drop` hold recipients; `times` bounds how often
    each is treated so (None: always). `before_ok` is called with the recipient when the mail has come, before the OK."""

    refuse: dict[str, str] = field(default_factory=dict)
    refuse_mail: str | None = None
    refuse_data: str | None = None
    drop_before_ok: frozenset[str] = frozenset()
    drop_unread: frozenset[str] = frozenset()
    drop_after_ok: frozenset[str] = frozenset()
    before_ok: Callable[[str], None] | None = None
    slow: float = 0.0
    times: int | None = None


class Mailbox:
    """The handler: keeps what was taken, by recipient."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.mails: list[tuple[str, bytes]] = []
        self.done: Counter[tuple[str, str]] = Counter()
        self.lock = threading.Lock()

    def _applies(self, fault: str, recipient: str, to: Any) -> bool:
        if recipient not in to:
            return False
        self.done[fault, recipient] += 1
        return self.behaviour.times is None or self.done[fault, recipient] <= self.behaviour.times

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self.behaviour.refuse_mail:
            return self.behaviour.refuse_mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self._applies("refuse", address, self.behaviour.refuse):
            return self.behaviour.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        (recipient,) = envelope.rcpt_tos
        if self.behaviour.slow:
            await asyncio.sleep(self.behaviour.slow)
        if self.behaviour.refuse_data:
            return self.behaviour.refuse_data
        unread = self._applies("drop_unread", recipient, self.behaviour.drop_unread)
        if not unread:
            with self.lock:
                self.mails.append((recipient, bytes(envelope.original_content or b"")))
        if unread or self._applies("drop_before_ok", recipient, self.behaviour.drop_before_ok):
            assert server.transport is not None
            server.transport.abort()
            return "421 gone"
        if self.behaviour.before_ok:
            self.behaviour.before_ok(recipient)
        if self._applies("drop_after_ok", recipient, self.behaviour.drop_after_ok):
            # A close flushes the OK first; an abort could overtake it on a busy machine.
            asyncio.get_running_loop().call_later(0.05, server.transport.close)
        return "250 OK"

    def count(self) -> Counter[str]:
        with self.lock:
            return Counter(to for to, _ in self.mails)


@contextmanager
def mail_server(behaviour: Behaviour | None = None, port: int = 0, **options: Any) -> Iterator[tuple[str, Mailbox]]:
    """(its address, what it took). `ssl_context` is for TLS from the start, `tls_context` for STARTTLS."""
    box = Mailbox(behaviour or Behaviour())
    controller = Controller(box, hostname="127.0.0.1", port=port or _free_port(), ready_timeout=10, **options)
    controller.start()
    scheme = "smtps" if "ssl_context" in options else "smtp"
    try:
        yield f"{scheme}://127.0.0.1:{controller.port}", box
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
