"""The rates that the ledger used: looked up once for a currency and day, stored, and kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from monitor.ledger import tables as t
from monitor.ledger.writer import Writer
from monitor.rates import Conversion, Rates


class Fixing:
    """Rates by currency and day. The first answer is stored and used ever after, so that no figure drifts."""

    def __init__(self, rates: Rates) -> None:
        self.rates = rates
        self._known: dict[tuple[str, date], Conversion] = {}

    def rate(self, writer: Writer, currency: str, day: date) -> Conversion:
        if currency == "EUR":
            return self.rates.rate(currency, day)
        key = (currency, day)
        if key not in self._known:
            row = self._stored(writer, currency, day)
            if row is None:
                return self._fix(writer, currency, day)
            stored = Conversion(None, row.rate, row.rate_day, row.note, row.pending)
            if stored.pending or stored.rate is None or row.seq == writer.seq:
                return stored  # another process may make it final; or this write may not be committed
            self._known[key] = stored
        return self._known[key]

    def settle_open(self, writer: Writer) -> set[tuple[str, date]]:
        """Asks again for every pending or unknown rate; appends and names those that are final now."""
        r = t.rate
        newest = {(row.currency, row.day): row for row in writer.connection.execute(select(r).order_by(r.c.seq))}
        out = set()
        for (currency, day), row in newest.items():
            if not row.pending and row.rate is not None:
                continue
            found = self.rates.rate(currency, day)
            if found.rate is not None and not found.pending:
                self._append(writer, currency, day, found)
                out.add((currency, day))
        return out

    def _fix(self, writer: Writer, currency: str, day: date) -> Conversion:
        found = self.rates.rate(currency, day)
        self._append(writer, currency, day, found)
        writer.flush()
        return found

    def _append(self, writer: Writer, currency: str, day: date, found: Conversion) -> None:
        writer.append(
            t.rate,
            currency=currency,
            day=day,
            rate=found.rate,
            rate_day=found.rate_day,
            note=found.note,
            pending=found.pending,
        )

    def _stored(self, writer: Writer, currency: str, day: date) -> Any:
        r = t.rate
        query = select(r).where(r.c.currency == currency, r.c.day == day).order_by(r.c.seq.desc()).limit(1)
        return writer.connection.execute(query).first()
