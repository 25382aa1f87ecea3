"""People's words: they join, part, correct and reject; they are taken back as easily; and they survive a new reading."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from ledger_toy import Clock, Toy, article, opened, record, take

from monitor.errors import LedgerError
from monitor.ledger import Ledger
from monitor.model import Article, Judgement, Mention, Record

DAY = date(2025, 3, 3)


def states(ledger: Ledger) -> Any:
    found = ledger.commitments()
    return [(c.id, c.state, c.parents, c.euros, c.outlets) for c in found], ledger.totals()


def test_merge_and_unmerge_restore_states_ids_and_totals(database: str) -> None:
    with opened(database, Clock()) as ledger:
        a = take(ledger, "a", DAY, record("MGX", 10e9, "A"))[0]
        b = take(ledger, "b", DAY, record("MGX", 40e9, "B"))[0]
        whole, part = take(ledger, "c", DAY, record("MGX", 40e9, "B"), record("Iliad", 5e9, "I", part_of=0))
        before, told = states(ledger), ledger.mention_outcomes()
        seq = ledger.seq()
        ledger.judge(a.mention, b.mention, "same", "Ada", "one site, two names")
        assert len(ledger.commitments()) == 2
        assert ledger.commitment(b.commitment).id == a.commitment  # type: ignore[union-attr]
        assert ledger.commitment(part.commitment).parents == (a.commitment,)  # type: ignore[union-attr]
        assert ledger.commitments(known=seq) != ledger.commitments()
        ledger.undo(ledger.words()[-1].id, "Ada", "two sites after all")
        assert states(ledger) == before
        assert whole.commitment == b.commitment
        assert [(m.mention, m.event, m.cause) for m in ledger.mention_outcomes()] == [
            (m.mention, m.event, m.cause) for m in told
        ]
        assert {c.cause for c in ledger.changes(seq)} == {"review"}
        assert ledger.check() == []


def test_a_redirect_is_as_of_what_was_known(database: str) -> None:
    with opened(database, Clock()) as ledger:
        a = take(ledger, "a", DAY, record("MGX", 10e9, "A"))[0]
        b = take(ledger, "b", DAY, record("MGX", 40e9, "B"))[0]
        seq = ledger.seq()
        ledger.judge(a.commitment, b.commitment, "same", "Ada", "one site")
        assert ledger.commitment("c2", known=seq).id == "c2"  # type: ignore[union-attr]
        assert ledger.commitment("c2").id == "c1"  # type: ignore[union-attr]
        assert ledger.history("c2").id == "c1"
        assert ledger.commitment("c9") is None
        with pytest.raises(LedgerError, match="ids look like c17"):
            ledger.commitment("seventeen")


def test_a_split_part_gets_a_new_id_and_undoing_it_gives_the_old_one_back(database: str) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"))
        take(ledger, "b", DAY + timedelta(days=1), record("MGX", 10e9, "A"))
        before = states(ledger)
        ledger.split("c1", [2], "Ada", "the second hall")
        assert [c.id for c in ledger.commitments()] == ["c1", "c2"]
        with pytest.raises(LedgerError, match="not all"):
            ledger.split("c1", [1], "Ada", "nothing would stay")
        ledger.undo(ledger.words()[-1].id, "Ada", "one hall")
        assert states(ledger) == before


def test_an_id_stays_when_the_mention_it_was_minted_for_is_rejected(database: str) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"))
        take(ledger, "b", DAY, record("MGX", 10e9, "A"))
        ledger.reject(1, "Ada", "a valuation")
        assert [c.id for c in ledger.commitments()] == ["c1"]
        ledger.reject(2, "Ada", "this one too")
        assert ledger.commitments() == []
        (first, second) = ledger.changes(ledger.seq() - 1), ledger.history("c1")
        assert first[0].after is None and first[0].cause == "review"
        assert second.revisions[-1].states == ()
        ledger.undo(ledger.words()[0].id, "Ada", "it is one")
        assert [c.id for c in ledger.commitments()] == ["c1"]


def test_an_edit_that_says_only_what_a_person_rejected_tells_nothing_again(database: str) -> None:
    with opened(database, Clock()) as ledger:
        claim = record("MGX", 10e9, "A")
        assert [one.event for one in take(ledger, "a", DAY, claim)] == ["new"]
        ledger.reject(1, "Ada", "a valuation")
        assert take(ledger, "a", DAY, claim, text="An edited first line.\n") == []
        assert ledger.commitments() == []


def test_a_correction_changes_the_state_with_cause_review_and_is_undone(database: str) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"))
        before = states(ledger)
        ledger.edit(1, "amount_min", 12e9, "Ada", "the table says twelve")
        ledger.edit(1, "amount_max", 12e9, "Ada", "the table says twelve")
        (change,) = ledger.changes(2)
        assert (change.cause, change.event, change.euros_after[1]) == ("review", "repeated_no_change", 12e9)
        assert ledger.totals().headline == (12e9, 12e9)
        for word in ledger.words()[:2]:
            ledger.undo(word.id, "Ada", "misread the table")
        assert states(ledger) == before
        ledger.undo(ledger.words()[-1].id, "Ada", "no, it was right")
        assert ledger.commitments()[0].state.amount_min == 10e9 or ledger.commitments()[0].state.amount_max == 12e9


def test_a_correction_can_make_a_mention_recognised(database: str) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"))
        take(ledger, "b", DAY, record("Mubadala", 10e9, "A"))
        assert len(ledger.commitments()) == 2
        ledger.edit(2, "investor", ["MGX"], "Ada", "the fund behind it")
        assert len(ledger.commitments()) == 1
        ledger.undo(ledger.words()[-1].id, "Ada", "not the same fund")
        assert len(ledger.commitments()) == 2
        assert ledger.check() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "done"),
        ("amount_min", "ten"),
        ("amount_min", float("nan")),
        ("evidence", "x"),
        ("investor", [1]),
        ("currency", 3),
    ],
)
def test_a_correction_that_cannot_be_right_is_refused(database: str, field: str, value: Any) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"))
        with pytest.raises(LedgerError):
            ledger.edit(1, field, value, "Ada", "because")
        assert ledger.seq() == 1


def test_a_decision_has_a_name_a_reason_and_something_to_decide(database: str) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"))
        for refused in (
            lambda: ledger.reject(1, "", "because"),
            lambda: ledger.reject(1, "engine", "because"),
            lambda: ledger.reject(1, "Ada", " "),
            lambda: ledger.reject(7, "Ada", "because"),
            lambda: ledger.judge(1, 1, "same", "Ada", "because"),
            lambda: ledger.undo(1, "Ada", "because"),
        ):
            with pytest.raises(LedgerError):
                refused()
        assert ledger.seq() == 1


def test_the_queue_shows_unsure_pairs_and_doubtful_records_until_a_person_spoke(database: str) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9))
        take(ledger, "b", DAY, record("MGX", 10.1e9))
        take(ledger, "c", DAY, record("MGX", 6e9))
        take(ledger, "d", DAY, record("Iliad", 1e9, "I", confidence=0.4))
        pair, doubtful = ledger.review_queue()
        assert pair.kind == "pair" and pair.why == "sums not far apart"
        assert {side.commitment for side in pair.sides} == {"c1", "c3"}
        assert doubtful.kind == "doubtful" and doubtful.sides[0].record.investor == ("Iliad",)
        ledger.judge(pair.sides[0].mention, pair.sides[1].mention, "different", "Ada", "two sites")
        ledger.accept(doubtful.sides[0].mention, "Ada", "checked")
        assert ledger.review_queue() == []


def test_a_change_says_that_its_reading_is_doubtful_until_a_person_looked(database: str) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"))
        mention = take(ledger, "d", DAY, record("Iliad", 1e9, "I", confidence=0.4))[0].mention
        assert [c.doubt for c in ledger.changes(0)] == [None, 0.4]
        ledger.accept(mention, "Ada", "checked")
        assert [c.doubt for c in ledger.changes(0)] == [None, None]


def test_a_persons_word_holds_on_to_its_passage_when_the_paper_edits_its_article(database: str) -> None:
    """The article comes back with another title and one more commitment before it; the rejection stays on its sentence."""
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"), record("Iliad", 3e9, "I"))
        ledger.reject(2, "Ada", "a valuation")
        assert [c.state.investor for c in ledger.commitments()] == [("MGX",)]
        take(ledger, "a", DAY, record("SoftBank", 7e9, "S"), record("Iliad", 3e9, "I"), record("MGX", 10e9, "A"))
        assert sorted(c.state.investor for c in ledger.commitments()) == [("MGX",), ("SoftBank",)]
        assert {c.state.investor: c.id for c in ledger.commitments()}[("MGX",)] == "c1"
        assert ledger.review_queue() == []


def test_a_persons_word_whose_passage_is_gone_is_listed_and_not_dropped(database: str) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"))
        ledger.edit(1, "recipient", "Fouju", "Ada", "the annex")
        take(ledger, "a", DAY, record("Nebius", 99e9, "Z"))
        (item,) = ledger.review_queue()
        assert item.kind == "unattached" and "Fouju" in item.why and "Ada" in item.why


# Relations


def test_relations_count_in_totals_refuse_circles_and_are_undone(database: str) -> None:
    """100 and 20 apart are 120; one within the other 100; 100 replaced by 20: 20."""
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("France", 100e9, "plan"))
        take(ledger, "b", DAY, record("MGX", 20e9, "A"))
        ledger.relate("c1", "c2", "part_of", "Ada", "the annex")
        assert ledger.totals().headline == (100e9, 100e9)
        assert ledger.commitment("c1").parts == ("c2",)  # type: ignore[union-attr]
        with pytest.raises(LedgerError, match="circle"):
            ledger.relate("c2", "c1", "part_of", "Ada", "the other way round")
        with pytest.raises(LedgerError, match="one commitment"):
            ledger.relate("c1", "c1", "part_of", "Ada", "itself")
        ledger.undo_relation(ledger.relations()[0].id, "Ada", "no")
        assert ledger.totals().headline == (120e9, 120e9)
        ledger.relate("c2", "c1", "supersedes", "Ada", "cut down")
        assert ledger.totals().headline == (20e9, 20e9)
        ledger.undo_relation(ledger.relations()[0].id, "Ada", "no")
        ledger.relate("c1", "c2", "restates", "Ada", "of which 20 already announced")
        assert ledger.totals().headline == (100e9, 100e9)
        assert ledger.totals(known=2).headline == (120e9, 120e9)
        assert ledger.check() == []


def test_a_restated_sum_can_be_written_down(database: str) -> None:
    """30.4 of which 21.2 announced before: 9.2."""
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("France", 30.4e9, "summit"))
        ledger.edit(1, "restated", 21.2e9, "Ada", "its own words")
        assert ledger.totals().headline == pytest.approx((9.2e9, 9.2e9))


# Order and stability


STORY = [
    ("a", DAY, record("France", 109e9, "plan"), record("MGX", 50e9, "campus", part_of=0)),
    ("b", DAY + timedelta(days=2), record("MGX", 50e9, "campus", status="signed")),
    ("c", DAY + timedelta(days=5), record("MGX", 70e9, "campus", status="raised")),
    ("d", DAY + timedelta(days=6), record("France", 110e9), record("Iliad", 3e9, "I", part_of=0)),
    ("e", DAY + timedelta(days=9), record("Iliad", 3.01e9), record("MGX", 20e9, "gas")),
    ("f", DAY + timedelta(days=11), record("Iliad", 3e9, "I", status="cancelled")),
]


def test_the_same_articles_in_any_order_give_the_same_partition_and_totals(new_database: Callable[[], str]) -> None:
    orders = [list(range(6)), [5, 4, 3, 2, 1, 0], *_shuffles(2)]
    found = []
    for order in orders:
        with opened(new_database(), Clock(), late_after_days=400) as ledger:
            for at in order:
                take(ledger, *STORY[at])
            groups: dict[Any, set[Any]] = {}
            for one in ledger.mention_outcomes():
                groups.setdefault(one.commitment, set()).add((one.link, one.index))
            timelines = {
                frozenset(groups[c.id]): ledger.history(c.id).revisions[-1].states for c in ledger.commitments()
            }
            found.append((timelines, ledger.totals()))
            assert ledger.check() == []
    assert all(one == found[0] for one in found)


def _shuffles(count: int) -> list[list[int]]:
    chance = random.Random(7)
    return [chance.sample(range(6), 6) for _ in range(count)]


# Reading anew


def test_a_second_set_is_previewed_in_words_then_put_to_work(database: str) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"), record("Iliad", 3e9, "I"))
        take(ledger, "b", DAY, record("MGX", 10e9, "A"))
        ledger.edit(1, "recipient", "A", "Ada", "as the paper says")
        before = states(ledger)

        def better(read: Article) -> list[Record]:
            ten = record("MGX", 10e9, "A")
            return [ten, record("Nebius", 2e9, "N", evidence=read.title)] if read.link == "a" else [ten]

        preview = ledger.reprocess_preview(better, extractor="extractor-2")
        said = preview.sentences()
        assert said[0] == "2 articles read; 1 would be told otherwise."
        assert any("no longer found: Iliad" in line for line in said)
        assert any("found now: Nebius" in line for line in said)
        assert "The headline total goes from 13.000 to 12.000 bn euro." in said
        assert states(ledger) == before
        seq = ledger.seq()
        assert ledger.activate("extractor-2", "Ada", "previewed") == 2
        assert ledger.totals().headline == (12e9, 12e9)
        assert {c.cause for c in ledger.changes(seq)} == {"reprocess"}
        assert {c.state.investor: c.id for c in ledger.commitments()}[("MGX",)] == "c1"
        assert ledger.review_queue() == [] and ledger.check() == []
        assert ledger.activate("extractor-2", "Ada", "again") == 0


# A second set that nobody put to work yet is newer than the one in force, and holds the same passages.


def test_a_persons_words_hold_on_to_the_reading_in_force_while_a_second_set_waits(database: str) -> None:
    texts = {
        "a": [record("MGX", 10e9, "A"), record("Iliad", 3e9, "I"), record("Nebius", 2e9, "N")],
        "b": [record("MGX", 30e9, "B")],
    }
    with opened(database, Clock()) as ledger:
        for link, records in texts.items():
            take(ledger, link, DAY, *records)
        ledger.edit(1, "amount_max", 11e9, "Ada", "up to eleven")
        ledger.reject(2, "Ada", "no commitment")
        ledger.judge(1, 4, "same", "Ada", "one campus")
        ledger.relate("c1", "c3", "part_of", "Ada", "the annex says so")

        def standing() -> Any:
            return [(c.id, c.state.amount_max, c.parents, c.outlets) for c in ledger.commitments()]

        before = standing()
        assert before == [("c1", 11e9, (), ("paper a", "paper b")), ("c3", 2e9, ("c1",), ("paper a",))]
        ledger.reprocess_preview(lambda read: texts[read.link], extractor="extractor-2")
        assert ledger.review_queue() == []
        for mention in (1, 3, 4):  # each of these has the article's words applied anew
            ledger.edit(mention, "horizon", 2030, "Ada", "it says so")
        assert standing() == before
        assert ledger.check() == []


def test_a_pair_that_a_person_decided_does_not_come_back_while_a_second_set_waits(database: str) -> None:
    texts = {"a": [record("Iliad", 3e9)], "b": [record("Iliad", 4.5e9)]}
    with opened(database, Clock()) as ledger:
        for link, records in texts.items():
            take(ledger, link, DAY, *records)
        assert [item.kind for item in ledger.review_queue()] == ["pair"]
        ledger.judge(1, 2, "different", "Ada", "two sites")
        ledger.reprocess_preview(lambda read: texts[read.link], extractor="extractor-2")
        assert ledger.review_queue() == []


def test_a_word_whose_passage_only_a_set_out_of_force_holds_is_listed(database: str) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"))
        ledger.edit(1, "amount_max", 11e9, "Ada", "up to eleven")
        ledger.reprocess_preview(lambda read: [], extractor="extractor-2")
        assert ledger.review_queue() == []
        ledger.activate("extractor-2", "Ada", "previewed")
        (item,) = ledger.review_queue()
        assert item.kind == "unattached" and "amount_max of a" in item.why


SENTENCE = "On Monday MGX said that it will put ten billion into A, a site by 2030."
HALF = "MGX said that it will put ten billion into A"


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [(HALF, SENTENCE, True), (SENTENCE, HALF, True), (HALF, HALF.upper(), True), (HALF, "Elsewhere it paid", False)],
)
def test_a_persons_word_holds_on_when_a_new_extractor_quotes_more_or_less(
    database: str, before: str, after: str, holds: bool
) -> None:
    with opened(database, Clock()) as ledger:
        text = f"{SENTENCE} {HALF.upper()}. Elsewhere it paid ten billion too."
        take(ledger, "a", DAY, record("MGX", 10e9, "A", evidence=before), text=text)
        ledger.edit(1, "amount_max", 11e9, "Ada", "up to eleven")
        new = record("MGX", 10e9, "A", evidence=after)
        ledger.reprocess_preview(lambda read: [new], extractor="extractor-2")
        ledger.activate("extractor-2", "Ada", "previewed")
        (one,) = ledger.commitments()
        assert (one.id, one.state.amount_max) == ("c1", 11e9 if holds else 10e9)
        assert [item.kind for item in ledger.review_queue()] == ([] if holds else ["unattached"])
        assert ledger.check() == []


def test_of_two_equal_statements_of_an_article_the_one_that_was_meant_is_held(database: str) -> None:
    def quoting(words: str) -> list[Record]:
        return [record("MGX", 10e9, project, evidence=words) for project in ("A", "B")]

    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, *quoting(HALF), text=SENTENCE)
        ledger.edit(2, "amount_max", 11e9, "Ada", "up to eleven")
        ledger.reprocess_preview(lambda read: quoting(SENTENCE), extractor="extractor-2")
        ledger.activate("extractor-2", "Ada", "previewed")
        assert {c.state.recipient: c.state.amount_max for c in ledger.commitments()} == {"A": 10e9, "B": 11e9}
        assert ledger.review_queue() == [] and ledger.check() == []


def test_one_article_that_the_new_extractor_cannot_read_keeps_its_old_reading(database: str) -> None:
    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"))
        take(ledger, "b", DAY, record("Iliad", 3e9, "I"))

        def broken(read: Article) -> list[Record]:
            return [record(evidence="not in it")] if read.link == "a" else []

        preview = ledger.reprocess_preview(broken, extractor="extractor-2")
        assert [link for link, _ in preview.failed] == ["a"]
        ledger.activate("extractor-2", "Ada", "so be it")
        assert [c.state.investor for c in ledger.commitments()] == [("MGX",)]


def test_a_new_reader_reads_the_stored_bytes(database: str) -> None:
    with opened(database, Clock()) as ledger:
        one = record("MGX", 10e9, "A")
        take(ledger, "a", DAY, one, raw=b"<p>bytes</p>")
        seen = []

        def reread(raw: bytes, read: Article) -> Article:
            seen.append(raw)
            return article("a", DAY, [one], outlet=read.outlet, text="A better title. ")

        ledger.reprocess_preview(lambda read: [one], extractor="extractor-1", reread=reread, reader="reader-2")
        assert seen == [b"<p>bytes</p>"]


def test_a_new_version_of_recognition_renews_everything_with_its_own_cause(database: str) -> None:
    class Stricter(Toy):
        version = "toy-2"

        def judge(self, left: Mention, right: Mention) -> Judgement:
            return Judgement(left.id, right.id, "different", 0.0, "nothing is ever the same")

    with opened(database, Clock()) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"))
        take(ledger, "b", DAY, record("MGX", 10e9, "A"))
        seq = ledger.seq()
    with pytest.raises(LedgerError, match="recognition toy-1"):
        opened(database, Clock(), resolver=Stricter(), upgrade=False)
    with opened(database, Clock(), resolver=Stricter()) as ledger:
        assert [c.id for c in ledger.commitments()] == ["c1", "c2"]
        assert {c.cause for c in ledger.changes(seq)} == {"reprocess"}
        assert len(ledger.commitments(known=seq)) == 1
        assert ledger.check() == []


def test_history_tells_who_said_what_when_and_why(database: str) -> None:
    clock = Clock()
    with opened(database, clock) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A"), outlet="Les Echos")
        clock.forward(days=10)
        take(ledger, "b", DAY + timedelta(days=10), record("MGX", 12e9, "A", status="raised"), outlet="FT")
        ledger.edit(2, "amount_max", 13e9, "Ada", "up to thirteen")
        found = ledger.history("c1")
        assert [r.cause for r in found.revisions] == ["news", "news", "review"]
        assert [len(r.states) for r in found.revisions] == [1, 2, 2]
        assert [(one.event, one.evidence.outlet) for one in found.tellings] == [
            ("new", "Les Echos"),
            ("amount_raised", "FT"),
        ]
        assert [(j.kind, j.by) for j in found.judgements] == [("pair", "engine"), ("edit", "Ada")]
        past = ledger.history("c1", valid=DAY, known=1)
        assert len(past.revisions) == 1 and len(past.tellings) == 1 and past.judgements == ()


def test_flags_are_computed_as_of_the_day(database: str) -> None:
    clock = Clock()
    with opened(database, clock) as ledger:
        take(ledger, "a", DAY, record("MGX", 10e9, "A", horizon=2026))
        assert ledger.commitments()[0].flags == ("single_source",)
        late = date(2027, 6, 1)
        assert ledger.commitments(valid=late)[0].flags == ("dormant", "overdue", "single_source")
