"""The ledger as the other rooms see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from monitor.errors import LedgerError
from monitor.ledger import (
    asof,
    changes,
    codec,
    copies,
    listing,
    sums,
    taking,
)
from monitor.ledger.asof import Known
from monitor.ledger.changes import History, MentionOutcome
from monitor.ledger.keeping import Keeping
from monitor.ledger.reviewing import Reviewing
from monitor.ledger.settle import settle
from monitor.ledger.taking import Outcome, number_of
from monitor.model import Article, Cause, Change, Commitment, Record, Totals


class Ledger(Reviewing, Keeping):
    """Who promised what, as of any (valid, known). Open it with `Ledger.open`; it is a context manager.

    `valid` is a date of the world; `known` a seq, a moment, or a date (the end of that day in the schedule's zone).
    Reads see one moment; a write is one transaction, alone in writing. Every method may raise LedgerError.
    """

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
            if taking.stored(writer.connection, article, raw) is not None:
                return taking.outcomes(writer.connection, article.link)
            today = self.today()
            writer.cause = taking.cause_of(writer.connection, article, reader, today, self.late_after_days, cause)
            taking.take(writer, self.resolver, self.fixing, article, records, raw, reader, extractor, today)
            writer.flush()
            return taking.outcomes(writer.connection, article.link, writer)

    def same_text(self, article: Article) -> str | None:
        """The link of a stored article that this one merely reprints, None when its words are its own."""
        with self.reading() as connection:
            return copies.original(connection, codec.storable_article(article))

    def add_copy(self, article: Article, *, of: str, raw: bytes, reader: str = "") -> None:
        """Adds an article as a further source of what the article `of` told; it is not read for commitments."""
        with self.writing("news") as writer:
            copies.add(writer, codec.storable_article(article), of, raw, reader)

    def seq(self) -> int:
        """The number of the last write."""
        with self.reading() as connection:
            return asof.last_seq(connection)

    def commitments(self, valid: date | None = None, known: Known = None) -> list[Commitment]:
        """The commitments as of (valid, known), in order of id."""
        with self.reading() as connection:
            seq = asof.known_seq(connection, known, self.zone)
            return listing.commitments(connection, valid, seq, self.today())

    def commitment(self, id: str, valid: date | None = None, known: Known = None) -> Commitment | None:
        """One commitment; an id that was merged leads to the one it is now part of. None when it was taken back, did not
        exist yet, or never did."""
        with self.reading() as connection:
            seq = asof.known_seq(connection, known, self.zone)
            number = asof.redirect(connection, number_of(id), seq)
            found = listing.commitments(connection, valid, seq, self.today(), [number]) if number is not None else []
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

    def fill_rates(self) -> int:
        """Replaces pending and unknown rates that are final by now, once each, with cause `rate`; how many."""
        with self.writing("rate", why="the reference rate of the day is known now") as writer:
            filled = self.fixing.settle_open(writer)
            if filled:
                settle(writer, self.resolver, self.fixing, (), sums.valued_by(writer.connection, filled))
            return len(filled)
