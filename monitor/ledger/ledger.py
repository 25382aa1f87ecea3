"""The ledger as the other rooms see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select

from monitor.errors import LedgerError, MonitorError
from monitor.ledger import (
    asof,
    audit,
    backup,
    changes,
    codec,
    copies,
    outbox,
    renewal,
    reprocess,
    review,
    schema,
    sums,
    taking,
    upkeep,
)
from monitor.ledger import tables as t
from monitor.ledger.asof import Known
from monitor.ledger.changes import History, MentionOutcome, Said
from monitor.ledger.engine import connect, reading, writing
from monitor.ledger.fixing import Fixing
from monitor.ledger.outbox import Delivery, NewDelivery, StoredDigest
from monitor.ledger.reprocess import Extract, Preview, Reread
from monitor.ledger.review import RelationKind, ReviewItem
from monitor.ledger.settle import settle
from monitor.ledger.standings import restand
from monitor.ledger.taking import Outcome, number_of
from monitor.ledger.upkeep import Disk
from monitor.ledger.writer import Writer, write
from monitor.model import Article, Cause, Change, Commitment, Record, Resolver, Totals, Verdict
from monitor.rates import Rates

LATE_AFTER_DAYS = 21


class _Trial(Exception):
    """Rolls a trial write back."""


class Ledger:
    """Who promised what, as of any (valid, known). Open it with `Ledger.open`; it is a context manager.

    `valid` is a date of the world; `known` a seq, a moment, or a date (the end of that day in the schedule's zone).
    Reads see one moment; a write is one transaction, alone in writing. Every method may raise LedgerError.
    """

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
    ) -> Ledger:
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

    # Taking articles in

    def take(
        self,
        article: Article,
        records: Sequence[Record],
        *,
        raw: bytes,
        reader: str,
        extractor: str,
        cause: Cause | None = None,
    ) -> list[Outcome]:
        """Takes an article and its records in one transaction; what became of each record.

        An article whose bytes or words are stored already changes nothing: the stored outcomes are returned, whatever
        reader or extractor read it now (a new one is put to work by `reprocess`). Without a `cause` it is decided here:
        `source_correction` when the link came before with other words, `late` when the article is old, else `news`.
        """
        article = codec.storable_article(article)
        records = [codec.storable_record(record) for record in records]
        with self.reading() as connection:
            if taking.stored(connection, article, raw) is not None:
                return taking.outcomes(connection, article.link)
        with self.writing("") as writer:
            if taking.stored(writer.connection, article, raw) is None:
                today = self.today()
                writer.cause = taking.cause_of(writer.connection, article, reader, today, self.late_after_days, cause)
                taking.take(writer, self.resolver, self.fixing, article, records, raw, reader, extractor, today)
            writer.flush()
            return taking.outcomes(writer.connection, article.link, open_cause=writer.cause)

    def same_text(self, article: Article) -> str | None:
        """The link of a stored article that this one merely reprints, None when its words are its own."""
        with self.reading() as connection:
            return copies.original(connection, codec.storable_article(article))

    def add_copy(self, article: Article, *, of: str, raw: bytes, reader: str = "") -> None:
        """Adds an article as a further source of what the article `of` told; it is not read for commitments."""
        with self.writing("news") as writer:
            copies.add(writer, codec.storable_article(article), of, raw, reader)

    # Reading

    def seq(self) -> int:
        """The number of the last write."""
        with self.reading() as connection:
            return asof.last_seq(connection)

    def commitments(self, valid: date | None = None, known: Known = None) -> list[Commitment]:
        """The commitments as of (valid, known), in order of id."""
        with self.reading() as connection:
            seq = asof.known_seq(connection, known, self.zone)
            return asof.commitments(connection, valid, seq, self.today())

    def commitment(self, id: str, valid: date | None = None, known: Known = None) -> Commitment | None:
        """One commitment; an id that was merged leads to the one it is now part of. None when it was taken back, did not
        exist yet, or never did."""
        with self.reading() as connection:
            seq = asof.known_seq(connection, known, self.zone)
            number = asof.redirect(connection, number_of(id), seq)
            found = asof.commitments(connection, valid, seq, self.today(), [number]) if number is not None else []
            return found[0] if found else None

    def history(self, id: str, valid: date | None = None, known: Known = None) -> History:
        """All revisions, mentions and judgements of a commitment; a merged id leads to the one it is now part of."""
        with self.reading() as connection:
            seq = asof.known_seq(connection, known, self.zone)
            number = asof.redirect(connection, number_of(id), seq)
            if number is None:
                raise LedgerError("Looking for a commitment", subject=id, cause="there is none of this id")
            return changes.history(connection, number, valid, seq)

    def changes(self, after: Known = 0, until: Known = None) -> list[Change]:
        """What changed in the writes after `after` up to and with `until`: seqs, moments, or dates (a date as `after`
        means from the end of that day on)."""
        with self.reading() as connection:
            start = asof.known_seq(connection, after, self.zone) or 0
            end = asof.known_seq(connection, until, self.zone)
            return changes.changes(connection, start, asof.last_seq(connection) if end is None else end)

    def totals(
        self, valid: date | None = None, known: Known = None, by: str | None = None, explain: bool = False
    ) -> Totals:
        """Sums in euro; `by` one of investor, place, purpose, status, nature, quarter fills `lines` with that view,
        `explain` with each commitment and why it counts or does not."""
        with self.reading() as connection:
            seq = asof.known_seq(connection, known, self.zone)
            return sums.totals(connection, valid, seq, by, explain)

    def mention_outcomes(self) -> list[MentionOutcome]:
        """Every mention that was told, in order of arrival, with its commitment as of now."""
        with self.reading() as connection:
            return changes.mention_outcomes(connection)

    # Review

    def review_queue(self, limit: int = 50) -> list[ReviewItem]:
        """What awaits a person, most pressing first."""
        with self.reading() as connection:
            return review.queue(connection, limit)

    def judge(self, left: int | str, right: int | str, verdict: Verdict, by: str, why: str) -> None:
        """A person's verdict on two mentions (numbers), or on two commitments (ids) by their first mentions."""
        with self._reviewing(by, why) as writer:
            sides = [self._mention(writer, one) for one in (left, right)]
            self._settle(writer, review.say_pair(writer, sides[0], sides[1], verdict))

    def split(self, id: str, mentions: Sequence[int], by: str, why: str) -> None:
        """Takes mentions out of a commitment: each is judged different from each that stays."""
        with self._reviewing(by, why) as writer:
            here = set(review.members_of(writer.connection, id))
            leaving = set(mentions)
            if not leaving or not leaving < here:
                raise LedgerError("Splitting", subject=id, cause="name some of its mentions, not all, and no others")
            for left in sorted(leaving):
                for right in sorted(here - leaving):
                    review.say_pair(writer, left, right, "different")
            self._settle(writer, here)

    def edit(self, mention: int, field: str, value: Any, by: str, why: str) -> None:
        """Corrects a field of a mention (`codec.EDITABLE`)."""
        with self._reviewing(by, why) as writer:
            link = review.say(writer, mention, "edit", field, value)
            self._settle(writer, restand(writer, self.resolver, [link]))

    def reject(self, mention: int, by: str, why: str) -> None:
        """Says that a mention is no commitment at all."""
        with self._reviewing(by, why) as writer:
            link = review.say(writer, mention, "reject", None, None)
            self._settle(writer, restand(writer, self.resolver, [link]))

    def accept(self, mention: int, by: str, why: str) -> None:
        """Says that a doubtful mention is right; it leaves the queue and nothing else changes."""
        with self._reviewing(by, why) as writer:
            review.say(writer, mention, "accept", None, None)

    def undo(self, judgement: int, by: str, why: str) -> None:
        """Takes a person's verdict, correction or rejection back (or an undo, which restores it)."""
        with self._reviewing(by, why) as writer:
            touched, links = review.undo(writer, judgement)
            self._settle(writer, touched | restand(writer, self.resolver, links))

    def relate(self, parent: str, child: str, kind: RelationKind, by: str, why: str) -> None:
        """`part_of`: child is counted in parent. `supersedes`: parent replaces child. `restates`: parent's sum holds
        child, which was announced before. A circle is refused."""
        with self._reviewing(by, why) as writer:
            self._settle(writer, review.say_relation(writer, parent, child, kind))

    def undo_relation(self, relation: int, by: str, why: str) -> None:
        with self._reviewing(by, why) as writer:
            self._settle(writer, review.undo_relation(writer, relation))

    def relations(self) -> list[Any]:
        """People's relations in force: rows with id, kind, parent_link, child_link, by, why."""
        with self.reading() as connection:
            return review.relations(connection)

    def words(self) -> list[Said]:
        """Every word of a person, undone ones too, oldest first."""
        with self.reading() as connection:
            return changes.people_said(connection)

    @contextmanager
    def _reviewing(self, by: str, why: str) -> Iterator[Writer]:
        """A write in a person's name. It needs no lease: a person decides, whoever leads."""
        if not by.strip() or by.strip() == "engine":
            raise LedgerError("Reviewing", cause="a decision needs the name of who takes it")
        if not why.strip():
            raise LedgerError("Reviewing", cause="a decision needs a reason")
        by, why = codec.storable(by.strip()), codec.storable(why.strip())
        with write(self.engine, self.clock(), cause="review", by=by, why=why) as writer:
            yield writer

    def _settle(self, writer: Writer, touched: set[int]) -> None:
        settle(writer, self.resolver, self.fixing, touched)

    def _mention(self, writer: Writer, one: int | str) -> int:
        return one if isinstance(one, int) else review.members_of(writer.connection, one)[0]

    # Reading anew

    def reprocess_preview(
        self, extract: Extract, *, extractor: str, reread: Reread | None = None, reader: str | None = None
    ) -> Preview:
        """Reads every stored article with a new extractor (and reader), keeps the result as a second set that counts for
        nothing yet, and says what `activate` would change. It can be called again and goes on where it stopped."""
        with self.reading() as connection:
            rows = reprocess.current_readings(connection)
        found = Preview(extractor)
        for row in rows:
            if row.extractor == extractor and (reader is None or row.reader == reader):
                continue
            try:
                with self.writing("reprocess", why=f"a second set by {extractor}") as writer:
                    found.add(reprocess.add(writer, self.resolver, row, extract, extractor, reread, reader))
            except MonitorError as error:
                found.failed.append((row.link, str(error)))
        found.before = self.totals()
        with suppress(_Trial), self.writing("reprocess") as writer:
            reprocess.activate(writer, self.resolver, self.fixing, extractor)
            found.after = sums.totals(writer.connection, None, None, None, False)
            found.lost_words = [said for _, said in review.unattached(writer.connection)]
            raise _Trial
        return found

    def activate(self, extractor: str, by: str, why: str) -> int:
        """Puts the second set of an extractor to work in one transaction, with cause `reprocess`; how many articles are
        read by it now. People's words hold on to their passages; those that cannot are in the review queue."""
        with self.writing("reprocess", by=by, why=why) as writer:
            return reprocess.activate(writer, self.resolver, self.fixing, extractor)

    # Rates

    def fill_rates(self) -> int:
        """Replaces pending and unknown rates that are final by now, once each, with cause `rate`; how many."""
        with self.writing("rate", why="the reference rate of the day is known now") as writer:
            filled = self.fixing.settle_open(writer)
            if filled:
                settle(writer, self.resolver, self.fixing, (), sums.valued_by(writer.connection, filled))
            return len(filled)

    # The service's own

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

    # Digests and deliveries

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
    ) -> list[StoredDigest]:
        """Digests that were made, newest first, with the bytes that went out."""
        with self.reading() as connection:
            return outbox.stored_digests(connection, subscription, channel, period_kind, period_start)

    def due_deliveries(self, now: datetime) -> list[Delivery]:
        """Those not settled whose time has come, those in doubt included, oldest first."""
        with self.reading() as connection:
            return [one for one in outbox.open_deliveries(connection) if one.due_at <= now and not one.settled]

    def deliveries(self, subscription: str | None = None) -> list[Delivery]:
        with self.reading() as connection:
            return outbox.deliveries_of(connection, subscription)

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

    # Room

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
