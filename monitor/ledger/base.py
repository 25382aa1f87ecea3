"""Opening a ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from monitor.errors import LedgerError
from monitor.ledger import (
    renewal,
    schema,
)
from monitor.ledger.engine import connect, reading, writing
from monitor.ledger.fixing import Fixing
from monitor.ledger.writer import Writer, write
from monitor.model import Resolver
from monitor.rates import Rates

LATE_AFTER_DAYS = 21


class Base:
    """An open ledger: its engine, its recognition, its clock, and the two ways of talking to the database."""

    def __init__(
        self,
        engine: Engine,
        resolver: Resolver,
        clock: Callable[[], datetime],
        zone: ZoneInfo,
        rates: Rates,
        late_after_days: int,
    ) -> None:
        self.engine = engine
        self.resolver = resolver
        self.clock = clock
        self.zone = zone
        self.fixing = Fixing(rates)
        self.late_after_days = late_after_days
        self.epoch: int | None = None

    @classmethod
    def open(
        cls,
        url: str,
        *,
        resolver: Resolver,
        clock: Callable[[], datetime],
        timezone: str = "Europe/Paris",
        rates: Rates | None = None,
        late_after_days: int = LATE_AFTER_DAYS,
        upgrade: bool = True,
    ) -> Self:
        """Opens a ledger and brings its schema up to date (`upgrade` false: refuses one that is not).

        An article older than `late_after_days` when it first comes is `late`, not news.
        """
        engine = connect(url)
        try:
            if upgrade:
                schema.upgrade(engine)
            else:
                schema.require(engine)
        except LedgerError:
            engine.dispose()
            raise
        ledger = cls(engine, resolver, clock, ZoneInfo(timezone), rates or Rates(), late_after_days)
        try:
            ledger._agree_on_recognition(upgrade)
        except LedgerError:
            engine.dispose()
            raise
        return ledger

    def _agree_on_recognition(self, upgrade: bool) -> None:
        """Mentions made ready by another version of recognition are made ready anew, before anything is read."""
        with self.reading() as connection:
            found = renewal.version(connection)
        if found == self.resolver.version:
            return
        if not upgrade:
            cause = f"it was made with recognition {found}, this program has {self.resolver.version}"
            raise LedgerError("Opening the ledger", cause=cause, hint="Run `monitor db upgrade`.")
        if found is None:  # new, so that no clock need be asked
            with writing(self.engine) as connection:
                renewal.note_version(connection, self.resolver)
            return
        with self.writing("reprocess", why=f"recognition {self.resolver.version}") as writer:
            renewal.renew(writer, self.resolver, self.fixing)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with reading(self.engine) as connection:
            yield connection

    @contextmanager
    def writing(self, cause: str, by: str = "engine", why: str = "") -> Iterator[Writer]:
        with write(self.engine, self.clock(), cause=cause, by=by, why=why, epoch=self.epoch) as writer:
            yield writer

    def today(self) -> date:
        return self.clock().astimezone(self.zone).date()
