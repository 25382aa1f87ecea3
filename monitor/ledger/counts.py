"""How much was read: counts for digests and status."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from monitor.ledger import tables as t

if TYPE_CHECKING:
    from monitor.ledger.ledger import Ledger


def articles_read(ledger: Ledger, after: datetime | None = None, until: datetime | None = None) -> int:
    """How many articles came in with after < moment <= until, copies and corrected versions included, seeds left out."""
    r, x = t.reading, t.transaction
    query = (
        select(func.count()).select_from(r).join(x, x.c.seq == r.c.seq).where(x.c.cause.not_in(("seed", "reprocess")))
    )
    if after is not None:
        query = query.where(x.c.at > after)
    if until is not None:
        query = query.where(x.c.at <= until)
    with ledger.reading() as connection:
        return connection.scalar(query) or 0
