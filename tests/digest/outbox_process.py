"""One run of the outbox in a process of its own, which a failpoint may end: `outbox_process.py LEDGER SMTP FOLDER MINUTE`.

It does what the service does at each tick: stores what is due (again and again the same), then delivers what is due.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from digest_samples import NOW, quiet_week

from monitor.digest.outbox import Office, Outbox
from monitor.digest.post import Stationery, pack, store
from monitor.digest.smtp import Server
from monitor.digest.subscription import Subscription
from monitor.ledger import Ledger
from monitor.resolution import Recogniser

ADDRESSES = tuple(f"{name}@example.org" for name in ("anna", "bruno", "carla", "dieter", "elena"))
STATIONERY = Stationery("bulletin@example.org", b"secret")
START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
WEEK = date(2026, 11, 16)


def open_ledger(url: str, now: datetime) -> Ledger:
    return Ledger.open(url, resolver=Recogniser(), clock=lambda: now)


def subscriptions(folder: Path) -> list[Subscription]:
    return [Subscription(str(folder), channel="file"), *(Subscription(address) for address in ADDRESSES)]


def tick(url: str, smtp: str, folder: Path, minute: int, **office: Any) -> dict[str, int]:
    now = START + timedelta(minutes=minute)
    with open_ledger(url, now) as ledger:
        for subscription in subscriptions(folder):
            store(ledger, pack(quiet_week(), subscription, STATIONERY, NOW), {})
        settings = Office("bulletin@example.org", Server.parse(smtp, timeout=2.0), folder / "undelivered", **office)
        return dict(Outbox(ledger, settings, lambda: now).deliver())


if __name__ == "__main__":
    print(tick(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
