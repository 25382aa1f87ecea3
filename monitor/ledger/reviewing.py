"""What people decide: review, and putting a new reading to work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from monitor.errors import LedgerError, MonitorError
from monitor.ledger import (
    changes,
    codec,
    reprocess,
    review,
    sums,
)
from monitor.ledger.base import Base
from monitor.ledger.changes import Said
from monitor.ledger.reprocess import Extract, Preview, Reread
from monitor.ledger.review import RelationKind, ReviewItem
from monitor.ledger.settle import settle
from monitor.ledger.standings import restand
from monitor.ledger.writer import Writer, write
from monitor.model import Verdict


class _Trial(Exception):
    """Rolls a trial write back."""


class Reviewing(Base):
    """The part of the ledger that people's decisions go through. Each needs a name and a reason."""

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
        with self.reading() as connection:
            found.before = sums.totals(connection, None, None, None, False)
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
