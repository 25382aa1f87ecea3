"""What the ledger costs as it grows: one more mention, reads as of a day, bytes per version.

    python -m benchmarks.ledger                      10,000 and 100,000 versions on SQLite
    python -m benchmarks.ledger --million            1,000,000 too (some minutes, 3 GB)
    python -m benchmarks.ledger --url 'postgresql://postgres@/ledger{size}?host=/run/pg'

The past is generated (`ledger_past`). What is measured goes through the ledger itself, with a recognition that costs
next to nothing, so that the ledger's own share shows. CPU is that of this process and of the server process that answers
it; give that no parallel workers (`max_parallel_workers_per_gather = 0`), whose time would not be counted.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.ledger_past import START, VERSIONS, Plain, article, generate
from monitor.ledger import Ledger, asof
from monitor.ledger import tables as t
from monitor.ledger.engine import reading
from monitor.model import State
from monitor.rates import Rates

Figures = dict[str, float]
# What holds of a commitment: its state and euro value. Evidence and outlets are with `commitments`.
HELD = [t.version.c[name] for name in ("commitment", *(one.name for one in fields(State)), "eur_low", "eur_high")]


class Watch:
    """Times calls: the median wall time, and the CPU time of this process and of the server's that answers it."""

    def __init__(self, ledger: Ledger) -> None:
        self._server: Path | None = None
        if ledger.engine.dialect.name == "postgresql":
            with reading(ledger.engine) as connection:
                self._server = Path(f"/proc/{connection.scalar(text('SELECT pg_backend_pid()'))}/stat")

    def _cpu(self) -> float:
        """Seconds. On Linux, with the server on this machine; its clock ticks every 10 ms."""
        if self._server is None:
            return time.process_time()
        user, system = self._server.read_text().rpartition(")")[2].split()[11:13]
        return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def __call__(self, name: str, work: Callable[[], Any], times: int) -> Figures:
        """In milliseconds a call."""
        spent = []
        cpu = self._cpu()
        for _ in range(times):
            begun = time.perf_counter()
            work()
            spent.append((time.perf_counter() - begun) * 1000)
        cpu = (self._cpu() - cpu) * 1000 / times
        return {f"{name}, ms": statistics.median(spent), f"{name}, CPU ms": cpu}


def measure(ledger: Ledger, versions: int) -> Figures:
    both = Watch(ledger)
    chance = random.Random(2)
    commitments = versions // VERSIONS
    day, many = START + timedelta(days=1600), 5 if versions <= 100_000 else 3
    fresh = iter(range(10**9))
    last = ledger.seq()
    past = last * 2 // 3
    some = [f"c{1 + 3 * chance.randrange(commitments)}" for _ in range(50)]
    used = ledger.disk().used
    with reading(ledger.engine) as connection:
        there = connection.execute(text("SELECT count(*) FROM version")).scalar_one()

    def one_more() -> None:
        read, record = article(chance.randrange(commitments), 2, chance)
        link = f"https://example.org/more/{last}/{next(fresh)}"
        record = replace(record, amount_min=9e9, amount_max=9e9)
        ledger.take(replace(read, link=link), [record], raw=link.encode(), reader="r", extractor="e", cause="news")

    def rows(valid: date | None, known: int | None) -> None:
        with reading(ledger.engine) as connection:
            connection.execute(asof.states(valid, known, columns=HELD)).all()

    def window() -> None:
        query = """SELECT * FROM (SELECT v.*, row_number() OVER (PARTITION BY commitment
                   ORDER BY seq DESC, valid_from DESC) AS n FROM version v
                   WHERE valid_from <= :day AND seq <= :seq) AS w WHERE n = 1"""
        sqlite = ledger.engine.dialect.name == "sqlite"
        with reading(ledger.engine) as connection:
            list(connection.execute(text(query), {"day": day.isoformat() if sqlite else day, "seq": past}))

    ledger.commitment(some[0])  # opens the connection
    return {
        "bytes a version": used / there,
        **both("one commitment", lambda: ledger.commitment(chance.choice(some)), 40),
        **both("its history", lambda: ledger.history(chance.choice(some)), 40),
        **both("states as of a day", lambda: rows(day, None), many),
        **both("states as of a day and seq", lambda: rows(day, past), many),
        **both("totals as of a day", lambda: ledger.totals(day), many),
        **both("totals as of a day and seq", lambda: ledger.totals(day, past), many),
        **both("commitments as of a day", lambda: ledger.commitments(day), many),
        **both("commitments as of a day and seq", lambda: ledger.commitments(day, past), many),
        **both("states by a window, for comparison", window, many),
        **both("one more mention", one_more, 60),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--url", help="an address with {size} in it, of databases that are there and empty, or filled")
    asked = parser.parse_args()
    sizes = [*asked.sizes, *([1_000_000] if asked.million else [])]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            url = (asked.url or f"sqlite:///{Path(folder)}/{{size}}.db").replace("{size}", str(size))
            with opened(url) as ledger:
                if ledger.seq() == 0:
                    fill(ledger, size)
                found[size] = measure(ledger, size)
                print("; ".join(f"{name} {value:,.1f}" for name, value in found[size].items()), flush=True)
    print(f"{'':45}" + "".join(f"{size:>12,}" for size in sizes))
    for name in found[sizes[0]]:
        print(f"{name:45}" + "".join(f"{found[size][name]:12,.1f}" for size in sizes))


def opened(url: str) -> Ledger:
    return Ledger.open(url, resolver=Plain(), clock=lambda: datetime(2026, 1, 5, tzinfo=UTC), rates=Rates())


def fill(ledger: Ledger, size: int) -> None:
    begun = time.perf_counter()
    generate(ledger, size)
    if ledger.engine.dialect.name == "postgresql":
        with ledger.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
    print(f"{size:,} versions generated in {time.perf_counter() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
