"""Taking articles: once, with the right cause, and their words."""

from __future__ import annotations

from datetime import date

import pytest
from ledger_toy import Clock, article, opened, record, take

from monitor.errors import LedgerError

DAY = date(2025, 3, 3)


def test_an_article_processed_twice_changes_nothing(database: str) -> None:
    with opened(database, Clock()) as ledger:
        first = take(ledger, "a", DAY, record(project="Cambrai"))
        seq = ledger.seq()
        assert take(ledger, "a", DAY, record(project="Cambrai")) == first
        assert ledger.seq() == seq
        assert [one.event for one in first] == ["new"]


def test_an_article_without_commitments_is_known_too(database: str) -> None:
    with opened(database, Clock()) as ledger:
        assert take(ledger, "a", DAY, text="Nothing here.") == []
        seq = ledger.seq()
        assert take(ledger, "a", DAY, text="Nothing here.") == []
        assert ledger.seq() == seq


def test_other_bytes_with_the_same_words_are_no_new_article(database: str) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record(), raw=b"<p>one</p>")
        seq = ledger.seq()
        take(ledger, "a", DAY, record(), raw=b"<p>one</p><!-- served at noon -->")
        assert ledger.seq() == seq


def test_the_cause_tells_news_from_late_finds_and_corrections(database: str) -> None:
    with opened(database, Clock()) as ledger:
        assert take(ledger, "a", DAY, record(project="A"))[0].cause == "news"
        assert take(ledger, "b", date(2024, 6, 1), record(project="B"))[0].cause == "late"
        assert take(ledger, "a", DAY, record(project="A", amount=60e9))[0].cause == "source_correction"
        assert take(ledger, "c", DAY, record(project="C"), cause="seed")[0].cause == "seed"


def test_what_a_later_article_regroups_is_no_news(database: str) -> None:
    with opened(database, Clock()) as ledger:
        first = take(ledger, "a", DAY, record("MGX", 10e9, "A"))[0]
        raised = take(ledger, "b", DAY, record("MGX", 12e9, None, status="raised"))[0]
        assert raised.commitment == first.commitment
        before = ledger.seq()
        other = take(ledger, "c", DAY, record("MGX", 12e9, "B"))[0]
        changed = {one.commitment: one for one in ledger.changes(before)}
        taken_back = changed[first.commitment]
        assert (taken_back.cause, taken_back.event) == ("regrouped", "amount_reduced")
        assert taken_back.why == f"mention {raised.mention} went to {other.commitment}"
        assert changed[other.commitment].cause == "news"


def test_a_corrected_sum_keeps_the_id_and_is_no_second_commitment(database: str) -> None:
    clock = Clock()
    with opened(database, clock) as ledger:
        old = take(ledger, "a", DAY, record(project="A", amount=10e9))[0]
        before = ledger.seq()
        new = take(ledger, "a", DAY, record(project="A", amount=12e9))[0]
        assert new.commitment == old.commitment
        assert [one.state.amount_min for one in ledger.commitments()] == [12e9]
        assert [one.state.amount_min for one in ledger.commitments(known=before)] == [10e9]
        (change,) = ledger.changes(before)
        assert (change.cause, change.event) == ("source_correction", "amount_raised")
        assert change.before is not None and change.before.amount_min == 10e9


def test_a_retold_commitment_is_one_line_with_two_outlets(database: str) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record(project="A"), outlet="Les Echos")
        told = take(ledger, "b", DAY, record(project="A"), outlet="Handelsblatt")
        (one,) = ledger.commitments()
        assert told[0].event == "repeated_no_change"
        assert one.outlets == ("Les Echos", "Handelsblatt") and "single_source" not in one.flags


def test_a_record_without_its_quote_in_the_article_is_refused(database: str) -> None:
    with opened(database, Clock()) as ledger:
        wrong = record(evidence="words that are not there")
        with pytest.raises(LedgerError, match="quote is not in the article"):
            ledger.take(article("a", DAY), [wrong], raw=b"x", reader="r", extractor="e")
        assert ledger.seq() == 0


def test_text_that_databases_cannot_hold_is_taken_with_its_spans_right(database: str) -> None:
    with opened(database, Clock()) as ledger:
        odd = record(investor="M\x00GX", evidence="M\x00GX \ud800 pays 5")
        assert take(ledger, "a\x00", DAY, odd)[0].event == "new"
        (one,) = ledger.commitments()
        assert one.evidence is not None and one.evidence.quote == "M\ufffdGX \ufffd pays 5"


def test_a_wire_copy_adds_a_source_and_no_mention(database: str) -> None:
    words = " ".join(f"word{n}" for n in range(300))
    with opened(database, Clock()) as ledger:
        one = record(project="A")
        take(ledger, "a", DAY, one, text=words, outlet="Wire")
        copy = article("b", DAY, [one], outlet="Paper", text=words + " Reporting by somebody else. ")
        assert ledger.same_text(copy) == "a"
        ledger.add_copy(copy, of="a", raw=b"copy")
        seq = ledger.seq()
        ledger.add_copy(copy, of="a", raw=b"copy")
        assert ledger.seq() == seq
        (found,) = ledger.commitments()
        assert found.outlets == ("Wire", "Paper") and "single_source" not in found.flags
        assert len(ledger.mention_outcomes()) == 1
        assert ledger.commitments(known=1)[0].outlets == ("Wire",)


def test_a_text_with_a_figure_of_its_own_is_no_copy(database: str) -> None:
    words = " ".join(f"word{n}" for n in range(300))
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record(project="A"), text=words)
        assert ledger.same_text(article("b", DAY, [record(project="A", amount=99e9)], text=words)) is None
        assert ledger.same_text(article("a", DAY, [record(project="A")], text=words)) is None
        assert ledger.same_text(article("c", DAY, text="A short and quite other text.")) is None


def test_a_mention_of_an_umbrella_in_the_article_is_a_relation(database: str) -> None:
    with opened(database, Clock()) as ledger:
        whole, part = take(ledger, "a", DAY, record("France", 109e9, "plan"), record("MGX", 50e9, "campus", part_of=0))
        found = {one.id: one for one in ledger.commitments()}
        assert found[part.commitment].parents == (whole.commitment,)
        assert found[whole.commitment].parts == (part.commitment,)
        assert ledger.commitment(whole.commitment) == found[whole.commitment]


def test_an_umbrella_that_is_recognised_takes_its_part_with_it(database: str) -> None:
    """The part was told under a second telling of the umbrella; both tellings become one commitment later."""
    with opened(database, Clock()) as ledger:
        first = take(ledger, "a", DAY, record("France", 109e9, "plan"))[0]
        second, part = take(ledger, "b", DAY, record("France", 40e9), record("MGX", 30e9, "campus", part_of=0))
        assert second.commitment != first.commitment
        ledger.judge(first.mention, second.mention, "same", "Ada", "one plan")
        assert {one.id: one.parents for one in ledger.commitments()}[part.commitment] == (first.commitment,)
