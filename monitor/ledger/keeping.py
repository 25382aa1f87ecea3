"""What the service keeps in the ledger: sources, the lease, suppressions, digests, room, backups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from monitor.errors import LedgerError
from monitor.ledger import (
    audit,
    backup,
    outbox,
    upkeep,
)
from monitor.ledger import tables as t
from monitor.ledger.base import Base
from monitor.ledger.outbox import Delivery, NewDelivery, StoredDigest
from monitor.ledger.upkeep import Disk
from monitor.ledger.writer import write


class Keeping(Base):
    """The part of the ledger that the service and the outbox use."""

    def source_state(self, name: str) -> dict[str, Any] | None:
        with self.reading() as connection:
            return upkeep.source_state(connection, name)

    def save_source_state(self, name: str, state: Mapping[str, Any], at: datetime | None = None) -> None:
        with self.writing("source state") as writer:
            upkeep.save_source_state(writer.connection, name, state, at or self.clock())

    def acquire_lease(self, holder: str, ttl: timedelta) -> int | None:
        """The lease's epoch when `holder` leads from now on for `ttl` (again: it goes on leading), None while another
        does. From then on every write of this object is refused (LostLeadError) once somebody else took over."""
        self.epoch = None
        with self.writing("lease") as writer:
            epoch = upkeep.acquire(writer.connection, holder, ttl, self.clock())
        self.epoch = epoch
        return epoch

    def release_lease(self, holder: str) -> None:
        with self.writing("lease") as writer:
            upkeep.release(writer.connection, holder, self.clock())
        self.epoch = None

    def suppress(self, address: str, why: str = "unsubscribed") -> None:
        """No mail goes to this address any more, whatever the settings say. This needs no lease: the request comes from
        outside and must not be lost."""
        with write(self.engine, self.clock(), cause="suppression") as writer:
            upkeep.suppress(writer.connection, address, self.clock(), why)

    def unsuppress(self, address: str) -> None:
        with write(self.engine, self.clock(), cause="suppression") as writer:
            upkeep.unsuppress(writer.connection, address)

    def suppressed(self, address: str) -> bool:
        with self.reading() as connection:
            return upkeep.suppressed(connection, address)

    def store_digest(
        self,
        *,
        subscription: str,
        channel: str,
        period_kind: str,
        period_start: date,
        deliveries: Sequence[NewDelivery],
        about: Mapping[str, Any] | None = None,
    ) -> bool:
        """Stores a digest with its deliveries in one transaction; False, and nothing stored, when there is one already
        for this (subscription, channel, period kind, period start)."""
        with self.writing("digest") as writer:
            return outbox.store_digest(
                writer, subscription, channel, period_kind, period_start, deliveries, about or {}
            )

    def stored_digests(
        self,
        subscription: str | None = None,
        channel: str | None = None,
        period_kind: str | None = None,
        period_start: date | None = None,
        content: bool = True,
    ) -> list[StoredDigest]:
        """Digests that were made, newest first, with the bytes that went out unless `content` is false."""
        with self.reading() as connection:
            return outbox.stored_digests(connection, subscription, channel, period_kind, period_start, content)

    def due_deliveries(self, now: datetime) -> list[Delivery]:
        """Those not settled whose time has come, those in doubt included, oldest first."""
        with self.reading() as connection:
            return [one for one in outbox.open_deliveries(connection) if one.due_at <= now and not one.settled]

    def deliveries(self, subscription: str | None = None) -> list[Delivery]:
        with self.reading() as connection:
            return outbox.deliveries_of(connection, subscription)

    def delivery_states(self) -> dict[str, int]:
        """How many deliveries are `waiting` (for their first or another attempt), `in_doubt`, or settled, by result."""
        with self.reading() as connection:
            return outbox.states(connection)

    def in_doubt(self) -> list[Delivery]:
        """Deliveries whose last attempt has no known result."""
        with self.reading() as connection:
            return outbox.doubtful(connection)

    def begin_attempt(self, delivery: int, at: datetime | None = None) -> int:
        """Notes that an attempt begins, and commits that; its id."""
        with self.writing("delivery") as writer:
            return outbox.begin(writer, delivery, at or self.clock())

    def finish_attempt(
        self, attempt: int, at: datetime, result: str, detail: str = "", retry_at: datetime | None = None
    ) -> None:
        """Notes the result of an attempt; without `retry_at` the delivery is settled (result `in_doubt` never is)."""
        with self.writing("delivery") as writer:
            outbox.finish(writer, attempt, at, result, detail, retry_at)

    def disk(self, budget: int | None = None) -> Disk:
        """Room taken and, given a budget in bytes, for how many days it will do."""
        with self.reading() as connection:
            return upkeep.disk(connection, self.clock(), budget)

    def prune(self, older_than: timedelta) -> int:
        """Lets go of stored pages that hold no evidence and are older than this; how many bytes that frees."""
        with self.writing("retention") as writer:
            found = upkeep.prunable(writer.connection, self.clock() - older_than)
            upkeep.prune(writer.connection, [name for name, _ in found])
            return sum(size for _, size in found)

    def page(self, link: str) -> bytes | None:
        """The bytes of the newest article under this link; None when there is none or they were let go."""
        with self.reading() as connection:
            name = connection.scalar(
                select(t.reading.c.blob).where(t.reading.c.link == link).order_by(t.reading.c.id.desc()).limit(1)
            )
            return upkeep.content(connection, name) if name is not None else None

    def check(self) -> list[str]:
        """What is wrong with the database, a sentence each; nothing when all is well. Takes time in proportion to its
        size."""
        with self.reading() as connection:
            return audit.check(connection, self.resolver)

    def backup(self, path: Path) -> int:
        """Writes a backup as of now while others go on writing; how many rows it holds."""
        with self.reading() as connection:
            return backup.save(connection, path)

    def restore(self, path: Path) -> int:
        """Fills this ledger, which must be empty, from a backup of either database; how many rows. What comes out is
        checked against its hash chain, and nothing is kept when that does not hold."""
        with write(self.engine, self.clock(), cause="restore") as writer:
            count = backup.load(writer, path)
            wrong = audit.chain(writer.connection)
            if wrong:
                raise LedgerError("Restoring a backup", subject=str(path), cause=wrong[0])
            return count
