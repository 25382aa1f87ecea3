"""Deliveries: each recipient has its own, with its own attempts. The store holds the truth; this decides and acts.

An attempt is committed before DATA and its result after the server's answer. A crash or a lost connection in between
leaves the attempt in doubt: the same bytes and Message-ID are sent again, or held until a person decides.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Literal, Protocol

from monitor.digest.files import put, write_parts
from monitor.digest.plain import inert
from monitor.digest.smtp import Outcome, Server, Session
from monitor.errors import DeliveryError, LedgerError, OutputError
from monitor.failpoints import hit

log = logging.getLogger(__name__)

# Waits after the first, second, ... attempt that failed for now; the last one repeats.
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360))
GIVE_UP_AFTER = timedelta(days=7)


class Pending(Protocol):
    """A delivery as stored. `attempts` counts those begun; `in_doubt`: the last of them has no known result. `content`
    is a mail, whose Date says since when it waits."""

    @property
    def id(self) -> int: ...
    @property
    def channel(self) -> str: ...
    @property
    def recipient(self) -> str: ...
    @property
    def message_id(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    @property
    def attempts(self) -> int: ...
    @property
    def in_doubt(self) -> bool: ...


class OutboxStore(Protocol):
    """What the outbox needs of the ledger. Every call is a transaction of its own, committed when it returns."""

    def due_deliveries(self, now: datetime) -> Sequence[Pending]:
        """Those not settled whose time has come, those in doubt included, oldest first."""
        ...

    def begin_attempt(self, delivery: int, at: datetime) -> int: ...

    def finish_attempt(
        self, attempt: int, at: datetime, result: str, detail: str = "", retry_at: datetime | None = None
    ) -> None:
        """The result of an attempt; without `retry_at` the delivery is settled."""
        ...

    def in_doubt(self) -> Sequence[Pending]:
        """Those whose last attempt has no known result."""
        ...

    def suppressed(self, address: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Unnoted:
    """A result that is known here and that the store could not take."""

    delivery: int
    attempt: int
    at: datetime
    result: str
    detail: str
    retry_at: datetime | None


def always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Office:
    """How to send: the sender's address, the server (None: none is set), what to do in doubt, and the folder for mails
    that could not be delivered."""

    sender: str
    server: Server | None
    undelivered: Path
    in_doubt: Literal["resend", "hold"] = "resend"


@dataclass(slots=True)
class Outbox:
    """Delivers what is due. `clock` gives the present, `jitter` a number in [0, 1) that spreads retries.

    `going` is asked before each delivery; false leaves the rest for later. `unnoted` outlives the outbox: it holds what
    the store could not take when it was told.
    """

    store: OutboxStore
    office: Office
    clock: Callable[[], datetime]
    jitter: Callable[[], float] = field(default=lambda: 0.5)
    going: Callable[[], bool] = always
    unnoted: list[Unnoted] = field(default_factory=list)

    def deliver(self, decided: Collection[int] = ()) -> Counter[str]:
        """Attempts every delivery that is due, each whatever becomes of the others; how many had which result.

        `decided` are deliveries in doubt of which a person said that they be sent again, due or not.
        """
        self.note_late()
        results: Counter[str] = Counter()
        mails = []
        due = list(self.store.due_deliveries(self.clock()))
        known = {one.id for one in due}
        due += [one for one in self.store.in_doubt() if one.id in decided and one.id not in known] if decided else []
        for delivery in due:
            if not self.going():
                break
            if delivery.in_doubt and self.office.in_doubt == "hold" and delivery.id not in decided:
                results["held"] += 1
            elif delivery.channel == "file":
                results[self._to_file(delivery)] += 1
            else:
                mails.append(delivery)
        results.update(self._mail(mails))
        return results

    def note_late(self) -> None:
        """Notes what the store could not take when it was told: what has arrived is not in doubt, and not sent again."""
        if not self.unnoted:
            return
        doubtful = {one.id for one in self.store.in_doubt()}
        while self.unnoted:
            late = self.unnoted[0]
            # The store may have taken it after all, before the answer to us was lost.
            if late.delivery in doubtful:
                self.store.finish_attempt(late.attempt, late.at, late.result, late.detail, late.retry_at)
            self.unnoted.pop(0)

    def settle(self, delivery: Pending) -> None:
        """Notes that a person knows a delivery in doubt to have arrived."""
        self._settle(delivery, Outcome("delivered", "a person says that it arrived"))

    def _mail(self, mails: Sequence[Pending]) -> Iterator[str]:
        """Sends over as few connections as the server allows; one that cannot be opened postpones all that is left."""
        session: Session | None = None
        broken = "" if self.office.server else "no mail server is set: MONITOR_SMTP_URL is empty"
        try:
            for delivery in mails:
                if not self.going():
                    return
                if self.store.suppressed(delivery.recipient):
                    yield self._settle(delivery, Outcome("suppressed", "unsubscribed"))
                    continue
                if not broken and (session is None or not session.alive):
                    try:
                        session = self._open()
                    except DeliveryError as error:
                        broken = str(error)
                        log.warning("%s", error)
                if broken or session is None:
                    yield self._settle(delivery, Outcome("temporary", broken))
                else:
                    yield self._send(session, delivery)
        finally:
            if session is not None:
                session.close()

    def _open(self) -> Session:
        assert self.office.server is not None
        return Session(self.office.server).open()

    def _send(self, session: Session, delivery: Pending) -> str:
        begun: list[int] = []
        outcome = session.send(
            self.office.sender,
            delivery.recipient,
            delivery.content,
            begin=lambda: begun.append(self.store.begin_attempt(delivery.id, self.clock())),
        )
        attempt = begun[0] if begun else self.store.begin_attempt(delivery.id, self.clock())
        return self._finish(delivery, attempt, outcome)

    def _settle(self, delivery: Pending, outcome: Outcome) -> str:
        """A result reached without saying anything to a server."""
        return self._finish(delivery, self.store.begin_attempt(delivery.id, self.clock()), outcome)

    def _finish(self, delivery: Pending, attempt: int, outcome: Outcome) -> str:
        """Notes the result; a mail that is refused for good or stays undelivered for a week is written to a file."""
        now, result = self.clock(), outcome.result
        retry: datetime | None = None
        note: str = result
        if result in ("temporary", "in_doubt"):
            retry = retry_at(now, delivery.attempts + 1, self.jitter())
        if (retry and retry - written_at(delivery.content, now) > GIVE_UP_AFTER) or result == "permanent":
            note = self._put_away(delivery, outcome)
            retry = None if note != "temporary" else retry
        hit("outbox.before_finish")
        try:
            self.store.finish_attempt(attempt, now, note, outcome.reason, retry)
        except LedgerError:
            if note != "in_doubt":  # an attempt without a result is in doubt as it is
                self.unnoted.append(Unnoted(delivery.id, attempt, now, note, outcome.reason, retry))
            raise
        hit("outbox.after_finish")
        return note

    def _put_away(self, delivery: Pending, outcome: Outcome) -> str:
        """The mail as a file; if even that fails, it is tried again later."""
        name = "".join(c if c.isalnum() else "-" for c in delivery.message_id.strip("<>"))
        path = self.office.undelivered / f"{name}.eml"
        try:
            put(path, delivery.content)
        except OutputError as error:
            log.error("%s", error)
            return "temporary" if outcome.result != "permanent" else "permanent"
        log.error(
            "Mail to %s could not be delivered (%s): it is in %s", inert(delivery.recipient), outcome.reason, path
        )
        return "permanent" if outcome.result == "permanent" else "filed"

    def _to_file(self, delivery: Pending) -> str:
        attempt = self.store.begin_attempt(delivery.id, self.clock())
        try:
            write_parts(Path(delivery.recipient), delivery.content)
        except OutputError as error:
            log.error("%s", error)
            return self._finish(delivery, attempt, Outcome("temporary", str(error)))
        return self._finish(delivery, attempt, Outcome("delivered"))


def written_at(content: bytes, now: datetime) -> datetime:
    """When a mail was written, by its Date; `now` for a Date that cannot be read."""
    head = BytesHeaderParser(policy=policy.default).parsebytes(content)
    moment = getattr(head["Date"], "datetime", None)
    return moment if isinstance(moment, datetime) and moment.tzinfo else now


def retry_at(now: datetime, attempts: int, jitter: float = 0.5) -> datetime:
    """When to try again after `attempts` attempts; `jitter` in [0, 1) spreads by ± 20 %."""
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    return now + wait * (0.8 + 0.4 * jitter)
