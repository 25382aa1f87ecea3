"""Digests and deliveries as the ledger keeps them; sources, suppressions, rates and room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from ledger_toy import Clock, opened, record, take
from sqlalchemy import event

from monitor.errors import LedgerError
from monitor.ledger import Ledger, NewDelivery
from monitor.rates import Rates

DAY = date(2025, 3, 3)


def store(ledger: Ledger, subscription: str = "desk", start: date = DAY) -> bool:
    to = [NewDelivery(f"{name}@example.org", f"<{subscription}.{start}.{name}>", name.encode()) for name in ("a", "b")]
    return ledger.store_digest(
        subscription=subscription,
        channel="mail",
        period_kind="week",
        period_start=start,
        deliveries=to,
        about={"subject": "Week 10"},
    )


def test_a_period_is_stored_once_with_all_its_deliveries(database: str) -> None:
    with opened(database, Clock()) as ledger:
        assert store(ledger) is True
        seq = ledger.seq()
        assert store(ledger) is False
        assert ledger.seq() == seq and len(ledger.deliveries()) == 2
        assert store(ledger, start=DAY + timedelta(days=7)) and store(ledger, subscription="north")
        (found,) = ledger.stored_digests("desk", "mail", "week", DAY)
        assert (found.content, found.about) == (b"a", {"subject": "Week 10"})


@contextmanager
def statements(ledger: Ledger) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(ledger.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(ledger.engine, "before_cursor_execute", hear)


def test_deliveries_are_counted_by_state_and_told_without_reading_a_mail(database: str) -> None:
    clock = Clock()
    with opened(database, clock) as ledger:
        assert ledger.delivery_states() == {}
        for week in range(4):
            store(ledger, start=DAY + timedelta(days=7 * week))
        a, b, c, d, e, f, *_ = (one.id for one in ledger.deliveries())
        later = clock() + timedelta(minutes=5)
        ledger.finish_attempt(ledger.begin_attempt(a), clock(), "delivered")
        ledger.finish_attempt(ledger.begin_attempt(b), clock(), "permanent", "550 nobody here")
        ledger.finish_attempt(ledger.begin_attempt(c), clock(), "temporary", "451", later)
        ledger.begin_attempt(d)
        ledger.finish_attempt(ledger.begin_attempt(e), clock(), "in_doubt")
        ledger.finish_attempt(ledger.begin_attempt(f), clock(), "temporary", "451", later)
        ledger.finish_attempt(ledger.begin_attempt(f), clock(), "delivered")
        with statements(ledger) as said:
            assert ledger.delivery_states() == {"delivered": 2, "permanent": 1, "waiting": 3, "in_doubt": 2}
            assert [(one.period_start, one.content) for one in ledger.stored_digests(content=False)] == [
                (DAY + timedelta(days=7 * week), b"") for week in (3, 2, 1, 0)
            ]
            assert len([one for one in said if "SELECT" in one]) == 2 and "content" not in " ".join(said)
        assert [one.id for one in ledger.in_doubt()] == [d, e]


def test_a_message_id_is_never_given_to_two_deliveries(database: str) -> None:
    with opened(database, Clock()) as ledger:
        store(ledger)
        twice = [NewDelivery("x@example.org", f"<desk.{DAY}.a>", b"x")]
        with pytest.raises(LedgerError):
            ledger.store_digest(
                subscription="other", channel="mail", period_kind="week", period_start=DAY, deliveries=twice
            )
        assert len(ledger.deliveries()) == 2 and len(ledger.stored_digests()) == 1


def test_each_recipient_has_a_delivery_of_its_own_with_its_own_retries(database: str) -> None:
    clock = Clock()
    with opened(database, clock) as ledger:
        store(ledger)
        first, second = ledger.due_deliveries(clock())
        ledger.finish_attempt(ledger.begin_attempt(first.id), clock(), "delivered")
        later = clock() + timedelta(minutes=5)
        ledger.finish_attempt(ledger.begin_attempt(second.id), clock(), "temporary", "451 try later", later)
        assert ledger.due_deliveries(clock()) == []
        clock.forward(minutes=6)
        (due,) = ledger.due_deliveries(clock())
        assert (due.recipient, due.attempts, due.detail, due.in_doubt) == ("b@example.org", 1, "451 try later", False)
        ledger.finish_attempt(ledger.begin_attempt(due.id), clock(), "permanent", "550 nobody here")
        clock.forward(days=30)
        assert ledger.due_deliveries(clock()) == []
        assert [(one.result, one.settled) for one in ledger.deliveries()] == [("delivered", True), ("permanent", True)]


def test_an_attempt_without_a_result_is_in_doubt_and_due_again_with_the_same_bytes(database: str) -> None:
    clock = Clock()
    with opened(database, clock) as ledger:
        store(ledger)
        first = ledger.due_deliveries(clock())[0]
        attempt = ledger.begin_attempt(first.id)
    with opened(database, clock) as ledger:
        (doubt,) = ledger.in_doubt()
        again = next(one for one in ledger.due_deliveries(clock()) if one.id == first.id)
        assert again == doubt
        assert (again.content, again.message_id, again.in_doubt) == (first.content, first.message_id, True)
        ledger.finish_attempt(ledger.begin_attempt(first.id), clock(), "delivered")
        assert ledger.in_doubt() == [] and len(ledger.due_deliveries(clock())) == 1
        ledger.finish_attempt(attempt, clock(), "in_doubt")
        with pytest.raises(LedgerError, match="has a result already"):
            ledger.finish_attempt(attempt, clock(), "delivered")
        with pytest.raises(LedgerError, match="no such attempt"):
            ledger.finish_attempt(999, clock(), "delivered")


def test_suppression_knows_an_address_however_it_is_written(database: str) -> None:
    with opened(database, Clock()) as ledger, opened(database, Clock()) as standby:
        ledger.acquire_lease("leader", timedelta(hours=1))
        standby.suppress(" Desk@Example.org ")
        assert ledger.suppressed("desk@example.org") and not ledger.suppressed("north@example.org")
        ledger.suppress("desk@example.org")
        ledger.unsuppress("DESK@example.org")
        assert not ledger.suppressed("desk@example.org")


def test_source_state_comes_back_as_it_went(database: str) -> None:
    with opened(database, Clock()) as ledger:
        assert ledger.source_state("Les Echos") is None
        ledger.save_source_state("Les Echos", {"etag": 'W/"x"', "failures": 0})
        ledger.save_source_state("Les Echos", {"etag": 'W/"y"', "failures": 1})
        assert ledger.source_state("Les Echos") == {"etag": 'W/"y"', "failures": 1}
        assert ledger.seq() == 0


# Rates


def rates(folder: Path, name: str, last: str) -> Rates:
    """A file of the bank's form: 1.10 on the second, and 1.20 on the fifth when `last` reaches it."""
    rows = ["Date,USD,", "2025-03-05,1.20,", "2025-03-03,1.10,"]
    path = folder / f"{name}.csv"
    path.write_text("\n".join(row for row in rows if row[:1] == "D" or row[:10] <= last) + "\n")
    return Rates(path)


def test_a_pending_value_is_filled_in_once_with_cause_rate_and_never_drifts(database: str, tmp_path: Path) -> None:
    fifth = date(2025, 3, 5)
    with opened(database, Clock(), rates=rates(tmp_path, "old", "2025-03-03")) as ledger:
        take(ledger, "a", fifth, record("MGX", 11e9, "A", currency="USD"))
        take(ledger, "x", DAY, record("Q", 1e9, "Q", currency="XXX"))
        (found, unknown) = ledger.commitments()
        assert found.euros[0] == pytest.approx(10e9) and "rate_pending" in found.flags and "pending" in found.rate_note
        assert unknown.euros == (None, None) and unknown.rate_note == "no rate known for XXX"
        assert ledger.fill_rates() == 0
        seq = ledger.seq()
    with opened(database, Clock(), rates=rates(tmp_path, "new", "2025-03-05")) as ledger:
        assert ledger.commitments()[0].euros[0] == pytest.approx(10e9)
        take(ledger, "b", fifth, record("MGX", 11e9, "A", currency="USD", status="signed"))
        assert ledger.commitments()[0].euros[0] == pytest.approx(10e9), "another article does not move the value"
        assert ledger.fill_rates() == 1
        assert ledger.commitments()[0].euros[0] == pytest.approx(11e9 / 1.2)
        assert "rate_pending" not in ledger.commitments()[0].flags
        assert [c.cause for c in ledger.changes(seq)] == ["news", "rate"]
        assert ledger.commitments(known=seq)[0].euros[0] == pytest.approx(10e9)
        assert ledger.fill_rates() == 0
        assert ledger.check() == []


def test_a_changed_sum_takes_the_rate_of_the_day_of_the_change(database: str, tmp_path: Path) -> None:
    with opened(database, Clock(), rates=rates(tmp_path, "r", "2025-03-05")) as ledger:
        take(ledger, "a", DAY, record("MGX", 11e9, "A", currency="USD"))
        take(ledger, "b", date(2025, 3, 5), record("MGX", 24e9, "A", currency="USD", status="raised"))
        (change,) = ledger.changes(1)
        assert change.euros_before[0] == pytest.approx(10e9) and change.euros_after[0] == pytest.approx(20e9)
        assert ledger.commitments(valid=DAY)[0].euros[0] == pytest.approx(10e9)


# Room


def test_retention_lets_pages_go_and_never_evidence(database: str) -> None:
    clock = Clock()
    with opened(database, clock) as ledger:
        proof = bytes(range(256)) * 40
        take(ledger, "a", DAY, record("MGX", 10e9, "A"), raw=proof)
        take(ledger, "b", DAY, text="Nothing.", raw=b"nothing" * 900)
        take(ledger, "a", DAY, record("MGX", 11e9, "A"), raw=b"edited")
        clock.forward(days=90)
        take(ledger, "c", clock().date(), text="Nothing yet.", raw=b"young")
        assert ledger.prune(timedelta(days=60)) > 0
        assert ledger.page("b") is None and ledger.page("c") == b"young" and ledger.page("a") == b"edited"
        assert ledger.prune(timedelta(days=60)) == 0
        seq = ledger.seq()
        take(ledger, "b", DAY, text="Nothing.", raw=b"nothing" * 900)
        assert ledger.seq() == seq and ledger.check() == []
        assert ledger.history("c1").tellings[0].evidence.quote.startswith("MGX")


def test_the_room_left_is_told_from_the_growth_of_the_last_weeks(database: str) -> None:
    clock = Clock()
    with opened(database, clock) as ledger:
        assert ledger.disk(10**9).days_left is None
        for at in range(4):
            take(ledger, f"a{at}", DAY, text=f"Nothing {at}.", raw=bytes((at * 37 + i * i) % 251 for i in range(9000)))
            clock.forward(days=1)
        found = ledger.disk(10**9)
        assert found.used > found.blobs > 0 and found.growth > 0
        assert found.days_left == pytest.approx((10**9 - found.used) / found.growth)
        assert ledger.disk(1).days_left == 0
