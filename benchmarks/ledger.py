"""What the ledger costs as it grows: one more mention, reads as of a day, bytes per version.

    python -m benchmarks.ledger                      10,000 and 100,000 versions on SQLite
    python -m benchmarks.ledger --million            1,000,000 too (some minutes, 3 GB)
    python -m benchmarks.ledger --url 'postgresql://postgres@/ledger{size}?host=/run/pg'

The generated past has one article a mention (1,000 characters), three mentions a commitment (announced, signed, raised)
and so three revisions of one, two and three states. It is written in bulk, chained like any other. What is measured goes
through the ledger itself, with a recognition that costs next to nothing, so that the ledger's own share shows.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from monitor.ledger import Ledger, asof, codec, taking
from monitor.ledger import tables as t
from monitor.ledger.anchors import anchors
from monitor.ledger.engine import reading
from monitor.ledger.timeline import Told, timeline
from monitor.ledger.writer import Writer
from monitor.model import Article, Event, Judgement, Mention, Record, RegisterStatus, Resolver, State, Status, Step
from monitor.rates import Rates

START = date(2016, 1, 4)
STATUSES: tuple[Status, ...] = ("announced", "signed", "raised")
EVENTS: tuple[Event, ...] = ("new", "confirmed", "amount_raised")
WORDS = [f"word{n}" for n in range(4000)]


class Plain(Resolver):
    """One commitment a project: just enough recognition to exercise the ledger."""

    version = "benchmark-1"

    def describe(self, article: Article, records: Sequence[Record]) -> list[dict[str, Any]]:
        return [{"project": record.recipient} for record in records]

    def keys(self, mention: Mention) -> frozenset[str]:
        return frozenset({f"p:{mention.traits['project']}"})

    def judge(self, left: Mention, right: Mention) -> Judgement:
        return Judgement(left.id, right.id, "same", 0.95, "one project")

    def partition(self, mentions: Sequence[Mention], judgements: Iterable[Judgement]) -> list[tuple[Mention, ...]]:
        groups: dict[str, list[Mention]] = {}
        for mention in sorted(mentions, key=lambda m: m.key):
            groups.setdefault(mention.traits["project"], []).append(mention)
        return [tuple(group) for group in groups.values()]

    def fold(self, mentions: Sequence[Mention]) -> list[Step]:
        return [_step(mention, at) for at, mention in enumerate(sorted(mentions, key=lambda m: m.key))]


def _step(mention: Mention, at: int) -> Step:
    r = mention.record
    status: RegisterStatus = "announced" if at == 0 else "signed"
    state = State(
        mention.valid_from, r.investor, r.recipient, r.amount_min, r.amount_max, r.currency, r.qualifier,
        status, r.purpose, r.place, r.horizon, "capital",
    )  # fmt: skip
    return Step(mention.id, EVENTS[min(at, 2)], (), state, "generated")


def article(number: int, at: int, chance: random.Random) -> tuple[Article, Record]:
    """The article that tells step `at` of a commitment."""
    day = START + timedelta(days=number % 3000 + 40 * at)
    amount = (1 + number % 50) * 1e8 * (1 if at < 2 else 1.5)
    quote = f"Actor {number % 5000} puts {amount:.0f} euros into project {number}"
    body = " ".join(chance.choices(WORDS, k=135))
    record = Record(
        (f"Actor {number % 5000}",), f"project {number}", amount, amount, "EUR", "exact", STATUSES[at],
        "data_center", ("France",), 2030, None, quote,
    )  # fmt: skip
    outlet = f"Paper {(number + at) % 40}"
    return Article(
        f"https://example.org/{number}/{at}", f"Project {number}", f"{quote}. {body}", "en", day, outlet
    ), record


def generate(ledger: Ledger, versions: int) -> None:
    """Writes a past of about so many versions, a transaction for each article."""
    chance = random.Random(1)
    resolver, fixing = ledger.resolver, ledger.fixing
    moment = datetime(2016, 1, 4, tzinfo=UTC)
    number = 0
    while number * 6 < versions:
        with ledger.engine.connect() as connection, connection.execution_options(writes=True).begin():
            for _ in range(500):
                mentions: list[Mention] = []
                for at in range(3):
                    moment += timedelta(seconds=90)
                    writer = Writer(connection, moment, "news", "engine", "", None)
                    mentions.append(_append(writer, resolver, number, at, mentions, fixing, chance))
                    writer.finish()
                connection.execute(insert(t.current), [{"commitment": mentions[0].id, "seq": writer.seq}])
                number += 1


def _append(
    writer: Writer,
    resolver: Resolver,
    number: int,
    at: int,
    before: Sequence[Mention],
    fixing: Any,
    chance: random.Random,
) -> Mention:
    read, record = article(number, at, chance)
    raw = read.full.encode()
    taking.add_blob(writer.connection, raw, writer.at)
    key = number * 3 + at + 1  # every table has one row an article, so one number serves as the id of each
    writer.append(
        t.reading, id=key, blob=taking.digest(raw), link=read.link, reader="r", title=read.title, text=read.text,
        language="en", published=read.published, outlet=read.outlet, trust="press", partial=False,
        content_hash=taking.digest(raw),
    )  # fmt: skip
    writer.append(t.extraction, id=key, reading=key, extractor="e")
    writer.append(t.activation, extraction=key, active=True)
    anchor = anchors(read.link, [record])[0]
    traits = resolver.describe(read, [record])[0]
    day = read.published or START
    mention = Mention(key, record, read.link, 0, day, read.outlet, "press", "en", read.title, anchor, traits)
    writer.append(
        t.mention, id=key, extraction=key, position=0, valid_from=day, record=codec.pack_record(record),
        anchor=codec.pack_anchor(anchor), origin=key,
    )  # fmt: skip
    home = before[0].id if before else key
    if not before:
        writer.append(t.commitment, id=key)
    writer.append(t.membership, mention=key, commitment=home)
    for at_pair, other in enumerate(before):
        writer.append(
            t.judgement, id=number * 3 + at + at_pair, kind="pair", left=other.id, right=key, verdict="same",
            score=0.95, by="engine", why="one project",
        )  # fmt: skip
    steps = resolver.fold([*before, mention])
    writer.append(t.outcome, mention=key, commitment=home, event=steps[-1].event, also=[], why="generated")
    rows = timeline([Told(s, frozenset(), None, 1.0) for s in steps], lambda c, d: fixing.rate(writer, c, d))
    writer.append(t.revision, commitment=home, size=len(rows))
    for row in rows:
        writer.append(t.version, commitment=home, **row)
    writer.connection.execute(
        insert(t.standing), [{"mention": key, "active": True, "commitment": home, "traits": traits}]
    )
    writer.connection.execute(insert(t.block_key), [{"key": k, "mention": key} for k in sorted(resolver.keys(mention))])
    return mention


def timed(work: Callable[[], Any], times: int) -> float:
    """The median wall time of a call, in milliseconds."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)


def cpu(work: Callable[[], Any], times: int) -> float:
    """The mean CPU time of a call in this process, in milliseconds."""
    begun = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begun) * 1000 / times


def measure(ledger: Ledger, versions: int) -> dict[str, float]:
    chance = random.Random(2)
    commitments = versions // 6
    day, many = START + timedelta(days=1600), 5 if versions <= 100_000 else 2
    fresh = iter(range(10**9))

    def one_more() -> None:
        number = chance.randrange(commitments)
        read, record = article(number, 2, chance)
        link = f"https://example.org/more/{next(fresh)}"
        record = replace(record, amount_min=9e9, amount_max=9e9)
        ledger.take(replace(read, link=link), [record], raw=link.encode(), reader="r", extractor="e", cause="news")

    def rows(valid: date | None, known: int | None) -> None:
        with reading(ledger.engine) as connection:
            list(connection.execute(asof.states(valid, known)))

    def window() -> None:
        query = """SELECT * FROM (SELECT v.*, row_number() OVER (PARTITION BY commitment
                   ORDER BY seq DESC, valid_from DESC) AS n FROM version v
                   WHERE valid_from <= :day AND seq <= :seq) AS w WHERE n = 1"""
        with reading(ledger.engine) as connection:
            list(connection.execute(text(query), {"day": day.isoformat() if sqlite else day, "seq": past}))

    sqlite = ledger.engine.dialect.name == "sqlite"
    last = ledger.seq()
    past = last * 2 // 3
    some = [f"c{1 + 3 * chance.randrange(commitments)}" for _ in range(50)]
    used = ledger.disk().used
    with reading(ledger.engine) as connection:
        rows_there = connection.execute(text("SELECT count(*) FROM version")).scalar_one()
    one_more()
    return {
        "bytes a version": used / rows_there,
        "one more mention, CPU ms": cpu(one_more, 60),
        "one more mention, ms": timed(one_more, 40),
        "one commitment, ms": timed(lambda: ledger.commitment(chance.choice(some)), 40),
        "its history, ms": timed(lambda: ledger.history(chance.choice(some)), 40),
        "states as of a day, ms": timed(lambda: rows(day, None), many),
        "states as of a day and seq, ms": timed(lambda: rows(day, past), many),
        "totals as of a day, ms": timed(lambda: ledger.totals(day), many),
        "commitments as of a day, ms": timed(lambda: ledger.commitments(day), many),
        "the same by a window, ms": timed(window, many),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--url", help="an address with {size} in it, of databases that are there and empty")
    asked = parser.parse_args()
    sizes = [*asked.sizes, *([1_000_000] if asked.million else [])]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            url = (asked.url or f"sqlite:///{Path(folder)}/{{size}}.db").replace("{size}", str(size))
            with Ledger.open(
                url, resolver=Plain(), clock=lambda: datetime(2026, 1, 5, tzinfo=UTC), rates=Rates()
            ) as ledger:
                begun = time.perf_counter()
                generate(ledger, size)
                if ledger.engine.dialect.name == "postgresql":
                    with ledger.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                        connection.execute(text("VACUUM ANALYZE"))
                print(f"{size:,} versions generated in {time.perf_counter() - begun:.0f} s", flush=True)
                found[size] = measure(ledger, size)
                print("; ".join(f"{name} {value:,.1f}" for name, value in found[size].items()), flush=True)
    print(f"{'':34}" + "".join(f"{size:>14,}" for size in sizes))
    for name in found[sizes[0]]:
        print(f"{name:34}" + "".join(f"{found[size][name]:14,.1f}" for size in sizes))


if __name__ == "__main__":
    main()
