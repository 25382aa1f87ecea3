"""A generated past for the ledger's benchmark: rows as the ledger writes them, chained, inserted in bulk.

One article a mention (1,000 characters), three mentions a commitment (announced, signed, raised) and so three revisions
of one, two and three states: six versions. Every row goes through the ledger's own codecs, timeline and hash chain, so
that `monitor db check` finds nothing; only the look-ups of a real write are saved, whose answers are known here. Near-
duplicate bands are random numbers: the texts have nothing in common, and this is what their own would look like.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert

from monitor.ledger import Ledger, codec, signature, taking
from monitor.ledger import tables as t
from monitor.ledger.anchors import anchors
from monitor.ledger.chain import GENESIS, chained
from monitor.ledger.engine import writing
from monitor.ledger.timeline import Told, timeline
from monitor.model import Article, Event, Judgement, Mention, Record, RegisterStatus, Resolver, State, Status, Step
from monitor.rates import Conversion

START = date(2016, 1, 4)
VERSIONS = 6  # of one commitment
STATUSES: tuple[Status, ...] = ("announced", "signed", "raised")
EVENTS: tuple[Event, ...] = ("new", "confirmed", "amount_raised")
WORDS = [f"word{n}" for n in range(4000)]
COMMITMENTS_AT_ONCE = 1000
BANDS_AT_ONCE = 50_000
EURO = Conversion(None, 1.0, None, "in euro")


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


class Past:
    """Collects the rows of many writes; `write` sends them."""

    def __init__(self) -> None:
        self.seq = 0
        self._hash = GENESIS
        self._open: list[tuple[str, tuple[Any, ...], Mapping[str, Any]]] = []
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._columns = {
            table.name: ([c.name for c in table.columns], [c.name for c in table.primary_key.columns])
            for table in t.metadata.tables.values()
        }

    def log(self, table: Table, **values: Any) -> None:
        """A row of the write that is open."""
        columns, key = self._columns[table.name]
        row = {name: values.get(name) for name in columns} | {"seq": self.seq + 1}
        self._open.append((table.name, tuple(row[name] for name in key), row))
        self._rows.setdefault(table.name, []).append(row)

    def state(self, table: Table, **values: Any) -> None:
        self._rows.setdefault(table.name, []).append({c: values.get(c) for c in self._columns[table.name][0]})

    def finish(self, at: datetime) -> None:
        """Closes a write."""
        self.seq += 1
        head = {
            "seq": self.seq, "at": at, "cause": "news", "by": "engine", "why": "", "epoch": None,
            "previous": self._hash,
        }  # fmt: skip
        self._hash = chained(self._hash, head, self._open)
        self._rows.setdefault("transaction", []).append({**head, "hash": self._hash})
        self._open = []

    def write(self, connection: Connection) -> None:
        for name, rows in self._rows.items():
            _send(connection, t.metadata.tables[name], rows)
        self._rows = {}


def _send(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows; on PostgreSQL by COPY, which takes a fifth of the time."""
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), rows)
        return
    packed = [(column.name, column.type.bind_processor(connection.dialect)) for column in table.columns]
    names = ", ".join(f'"{name}"' for name, _ in packed)
    cursor = connection.connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:  # type: ignore[attr-defined]
        for row in rows:
            copy.write_row([pack(row[name]) if pack else row[name] for name, pack in packed])


def generate(ledger: Ledger, versions: int) -> None:
    """Fills an empty ledger with a past of about so many versions, a write for each article."""
    chance = random.Random(1)
    past = Past()
    resolver = ledger.resolver
    for batch in _batches(range(-(-versions // VERSIONS))):
        for number in batch:
            _commitment(past, resolver, number, chance)
        with writing(ledger.engine) as connection:
            past.write(connection)
    _bands(ledger, past.seq, chance)


def _batches(numbers: range) -> Iterator[range]:
    for start in range(0, len(numbers), COMMITMENTS_AT_ONCE):
        yield numbers[start : start + COMMITMENTS_AT_ONCE]


def _commitment(past: Past, resolver: Resolver, number: int, chance: random.Random) -> None:
    mentions: list[Mention] = []
    for at in range(3):
        _told(past, resolver, number, at, mentions, chance)
    past.state(t.current, commitment=mentions[0].id, seq=past.seq)


def _told(past: Past, resolver: Resolver, number: int, at: int, mentions: list[Mention], chance: random.Random) -> None:
    """One article, its mention, and the revision that it brings."""
    read, record = article(number, at, chance)
    key = number * 3 + at + 1  # every table has one row an article, so one number serves as the id of each
    moment = datetime(2016, 1, 4, tzinfo=UTC) + timedelta(seconds=90 * key)
    _article(past, read, key, moment)
    anchor = anchors(read.link, [record])[0]
    traits = resolver.describe(read, [record])[0]
    day = read.published or START
    mention = Mention(key, record, read.link, 0, day, read.outlet, "press", "en", read.title, anchor, traits)
    past.log(
        t.mention, id=key, extraction=key, position=0, valid_from=day, record=codec.pack_record(record),
        anchor=codec.pack_anchor(anchor), origin=key,
    )  # fmt: skip
    home = mentions[0].id if mentions else key
    if not mentions:
        past.log(t.commitment, id=key)
    past.log(t.membership, mention=key, commitment=home)
    for at_pair, other in enumerate(mentions):
        past.log(
            t.judgement, id=number * 3 + at + at_pair, kind="pair", left=other.id, right=key, verdict="same",
            score=0.95, by="engine", why="one project",
        )  # fmt: skip
    mentions.append(mention)
    steps = resolver.fold(mentions)
    past.log(t.outcome, mention=key, commitment=home, event=steps[-1].event, also=[], why="generated")
    rows = timeline([Told(s, frozenset(), None, 1.0) for s in steps], lambda _, __: EURO)
    past.log(t.revision, commitment=home, size=len(rows))
    for row in rows:
        past.log(t.version, commitment=home, **row)
    past.state(t.standing, mention=key, active=True, commitment=home, traits=traits)
    for name in sorted(resolver.keys(mention)):
        past.state(t.block_key, key=name, mention=key)
    past.finish(moment)


def _article(past: Past, read: Article, key: int, moment: datetime) -> None:
    raw = read.full.encode()
    past.state(t.blob, **taking.packed(raw, moment))
    past.log(
        t.reading, id=key, blob=taking.digest(raw), link=read.link, reader="r", title=read.title, text=read.text,
        language="en", published=read.published, outlet=read.outlet, trust="press", partial=False,
        content_hash=signature.content_hash(read.full),
    )  # fmt: skip
    past.log(t.extraction, id=key, reading=key, extractor="e")
    past.log(t.activation, extraction=key, active=True)


def _bands(ledger: Ledger, readings: int, chance: random.Random) -> None:
    """Sorted, since random keys in random order would take most of the time."""
    keys = array("q", (chance.getrandbits(63) for _ in range(readings * signature.BANDS)))
    order = sorted(keys)
    for start in range(0, len(order), BANDS_AT_ONCE):
        part = order[start : start + BANDS_AT_ONCE]
        rows = [{"band": band, "reading": 1 + (start + at) % readings} for at, band in enumerate(part)]
        with writing(ledger.engine) as connection:
            _send(connection, t.band, rows)
