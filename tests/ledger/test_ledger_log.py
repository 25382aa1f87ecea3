"""The log: append-only whoever connects, chained, made by migrations that agree with the models; one writer."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from ledger_toy import Clock, Toy, opened, record, take
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from monitor.errors import InputError, LedgerError, LostLeadError
from monitor.ledger import Ledger, schema, triggers
from monitor.ledger import tables as t
from monitor.ledger.audit import schema_differences
from monitor.ledger.engine import connect, reading, writing

DAY = date(2025, 3, 3)


def filled(url: str) -> Ledger:
    """A ledger with a row in every log table."""
    clock = Clock()
    ledger = opened(url, clock)
    whole, part = take(ledger, "a", DAY, record("France", 100e9, "plan"), record("MGX", 10e9, "A", part_of=0))
    take(ledger, "b", DAY, record("MGX", 5e9, "B", currency="USD"))
    ledger.judge(part.mention, whole.mention, "different", "Ada", "surely")
    ledger.relate(whole.commitment, "c3", "part_of", "Ada", "annex")
    store(ledger)
    ledger.finish_attempt(ledger.begin_attempt(1), clock(), "delivered")
    return ledger


def store(ledger: Ledger, recipient: str = "desk@example.org") -> bool:
    from monitor.ledger import NewDelivery

    return ledger.store_digest(
        subscription="s",
        channel="mail",
        period_kind="week",
        period_start=DAY,
        deliveries=[NewDelivery(recipient, f"<1.{recipient}>", b"bytes")],
        about={"subject": "news"},
    )


def test_updates_deletes_and_replacements_of_the_log_are_refused(database: str) -> None:
    with filled(database) as ledger:
        for table in t.LOG:
            column = next(iter(table.columns)).name
            statements = [f'UPDATE "{table}" SET "{column}" = "{column}"', f'DELETE FROM "{table}"']
            if ledger.engine.dialect.name == "postgresql":
                statements += [f'TRUNCATE "{table}"', f'TRUNCATE "{table}" CASCADE']
            else:
                statements += [f'REPLACE INTO "{table}" SELECT * FROM "{table}"']
            for statement in statements:
                with pytest.raises(IntegrityError, match="append-only"), ledger.engine.begin() as connection:
                    connection.execute(text(statement))
        assert ledger.check() == []


def test_a_program_that_never_heard_of_our_settings_cannot_replace_a_row_either(tmp_path: Path) -> None:
    """SQLite fires no delete trigger for REPLACE unless the connection asks for it; ours do, others do not."""
    with filled(f"sqlite:///{tmp_path}/l.db"):
        other = sqlite3.connect(tmp_path / "l.db")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            other.execute("REPLACE INTO reading SELECT * FROM reading")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            other.execute('UPDATE "transaction" SET "by" = \'nobody\'')
        other.close()


def test_what_is_altered_past_the_triggers_is_found(database: str) -> None:
    with filled(database) as ledger:
        with ledger.engine.begin() as connection:
            for name in triggers.present(connection):
                if "_mention_" in name:
                    on = " ON mention" if ledger.engine.dialect.name == "postgresql" else ""
                    connection.execute(text(f"DROP TRIGGER {name}{on}"))
            connection.execute(text("UPDATE mention SET record = replace(record, '100000000000', '900000000000')"))
        found = ledger.check()
        assert any("write 1 of 2025-03-03 12:00 was altered" in said for said in found)
        assert any("trigger append_only_mention" in said for said in found)


def test_a_row_smuggled_in_or_taken_out_is_found(database: str) -> None:
    with filled(database) as ledger:
        with ledger.engine.begin() as connection:
            connection.execute(text("INSERT INTO commitment (id, seq) VALUES (99, 2)"))
            connection.execute(text("INSERT INTO commitment (id, seq) VALUES (98, 99)"))
        found = ledger.check()
        assert any("write 2 of" in said for said in found)
        assert any("commitment holds rows of 99" in said for said in found)


def test_state_tables_that_say_otherwise_than_the_log_are_found(database: str) -> None:
    with filled(database) as ledger:
        with ledger.engine.begin() as connection:
            connection.execute(text("UPDATE current SET seq = 0 WHERE commitment = 1"))
            connection.execute(text("UPDATE standing SET commitment = 3 WHERE mention = 2"))
            connection.execute(text("DELETE FROM block_key WHERE mention = 3"))
        found = " ".join(ledger.check())
        assert "newest revisions is wrong for c1" in found
        assert "standing of mention 2" in found
        assert "block keys of mention 3" in found


def test_migrations_make_what_the_models_say(database: str) -> None:
    engine = connect(database)
    assert schema.upgrade(engine) is True
    assert schema.upgrade(engine) is False
    with reading(engine) as connection:
        assert schema_differences(connection) == []
        assert triggers.present(connection) == triggers.names(engine.dialect.name)
        without_rowid = {
            table.name for table in t.metadata.tables.values() if table.kwargs.get("sqlite_with_rowid") is False
        }
        if engine.dialect.name == "sqlite":
            made = connection.execute(text("SELECT name FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%'"))
            assert set(made.scalars()) == without_rowid
        assert {"transaction", "version"} <= set(inspect(connection).get_table_names())
    engine.dispose()


def test_every_released_schema_can_be_brought_up_with_its_triggers(new_database: Callable[[], str]) -> None:
    from alembic.script import ScriptDirectory

    for script in ScriptDirectory.from_config(schema.config()).walk_revisions():
        engine = connect(new_database())
        schema.upgrade(engine, script.revision)
        schema.upgrade(engine)
        with reading(engine) as connection:
            assert schema_differences(connection) == []
            assert triggers.present(connection) == triggers.names(engine.dialect.name)
        engine.dispose()


def test_a_newer_database_and_another_programs_database_are_refused(new_database: Callable[[], str]) -> None:
    newer, foreign = new_database(), new_database()
    opened(newer, Clock()).close()
    engine = connect(newer)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'v99'"))
    engine.dispose()
    for more in ({}, {"upgrade": False}):
        with pytest.raises(LedgerError, match="newer version of this program"):
            opened(newer, Clock(), **more)
    engine = connect(foreign)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    engine.dispose()
    with pytest.raises(LedgerError, match="another program"):
        opened(foreign, Clock())


def test_an_empty_database_is_not_read_without_an_upgrade(database: str) -> None:
    with pytest.raises(LedgerError, match="monitor db upgrade"):
        opened(database, Clock(), upgrade=False)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////nowhere/at/all/l.db", "Does the folder exist"),
        ("postgresql://127.0.0.1:1/x", "Is the database server running"),
        ("mysql://x/y", "not supported"),
        ("what is this", "Write sqlite:///"),
    ],
)
def test_an_unreachable_database_is_said_in_a_sentence(url: str, words: str) -> None:
    with pytest.raises(LedgerError, match=words):
        opened(url, Clock())


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "l.db").write_bytes(b"Dear diary, " * 500)
    with pytest.raises(LedgerError, match="something else"):
        opened(f"sqlite:///{tmp_path}/l.db", Clock())


def test_a_password_never_shows_in_an_error() -> None:
    with pytest.raises(LedgerError) as caught:
        opened("postgresql://me:hunter2@127.0.0.1:1/x", Clock())
    assert "hunter2" not in str(caught.value)


# One writer


def test_a_stale_leader_cannot_commit(database: str) -> None:
    clock = Clock()
    with opened(database, clock) as first, opened(database, clock) as second:
        assert first.acquire_lease("first", timedelta(minutes=1)) == 1
        assert second.acquire_lease("second", timedelta(minutes=1)) is None
        take(first, "a", DAY, record(project="A"))
        clock.forward(minutes=2)
        assert second.acquire_lease("second", timedelta(minutes=1)) == 2
        for write in (
            lambda: take(first, "b", DAY, record(project="B")),
            lambda: first.save_source_state("s", {}),
            lambda: store(first),
        ):
            with pytest.raises(LostLeadError, match="another instance leads"):
                write()
        take(second, "c", DAY, record(project="C"))
        assert [one.link for one in second.mention_outcomes()] == ["a", "c"]
        assert second.acquire_lease("second", timedelta(minutes=1)) == 2


def test_a_lease_that_is_given_up_is_free_at_once_with_a_new_epoch(database: str) -> None:
    with opened(database, Clock()) as first, opened(database, Clock()) as second:
        first.acquire_lease("first", timedelta(hours=1))
        first.release_lease("first")
        assert second.acquire_lease("second", timedelta(hours=1)) == 2


def _write(url: str, name: str, count: int, started: Any) -> None:
    with opened(url, Clock()) as ledger:
        started.wait()
        for number in range(count):
            take(ledger, f"{name} {number}", DAY, record("MGX", 1e9 + number, f"{name} {number}"))
            take(ledger, f"shared {number}", DAY, record("Iliad", 2e9 + number, f"shared {number}"))


def test_two_processes_that_write_at_once_lose_nothing_and_tell_nothing_twice(database: str) -> None:
    count = 12
    opened(database, Clock()).close()
    context = multiprocessing.get_context("spawn")
    started = context.Barrier(2)
    writers = [context.Process(target=_write, args=(database, name, count, started)) for name in ("left", "right")]
    for one in writers:
        one.start()
    for one in writers:
        one.join(120)
        assert one.exitcode == 0
    with opened(database, Clock()) as ledger:
        links = [one.link for one in ledger.mention_outcomes()]
        assert sorted(links) == sorted([f"{n} {i}" for n in ("left", "right", "shared") for i in range(count)])
        assert ledger.seq() == 3 * count
        assert ledger.check() == []


def test_two_processes_may_create_the_schema_at_once(database: str) -> None:
    context = multiprocessing.get_context("spawn")
    started = context.Barrier(2)
    both = [context.Process(target=_open, args=(database, started)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(120)
        assert one.exitcode == 0


def _open(url: str, started: Any) -> None:
    started.wait()
    opened(url, Clock()).close()


def test_a_write_that_fails_leaves_nothing(database: str) -> None:
    class Broken(Toy):
        def fold(self, mentions: Any) -> Any:
            raise RuntimeError("a bug")

    with opened(database, Clock(), resolver=Broken()) as ledger:
        with pytest.raises(RuntimeError):
            take(ledger, "a", DAY, record(project="A", currency="USD"))
        assert ledger.seq() == 0
    with opened(database, Clock()) as ledger:
        assert take(ledger, "a", DAY, record(project="A", currency="USD"))[0].event == "new"
        assert ledger.check() == []


def test_a_clock_that_is_set_back_never_makes_a_write_look_earlier(database: str) -> None:
    clock = Clock()
    with opened(database, clock) as ledger:
        take(ledger, "a", DAY, record(project="A"))
        clock.forward(hours=-5)
        take(ledger, "b", DAY, record(project="B"))
        first, second = ledger.changes()
        assert first.recorded_at == second.recorded_at
        clock.now = clock.now.replace(tzinfo=None)
        with pytest.raises(LedgerError, match="without a zone"):
            take(ledger, "c", DAY, record(project="C"))


def test_known_as_a_date_means_the_end_of_that_day_in_the_zone(database: str) -> None:
    clock = Clock()
    with opened(database, clock) as ledger:
        clock.now = clock.now.replace(hour=22, minute=30)  # half past eleven in Paris
        take(ledger, "a", DAY, record(project="A"))
        clock.forward(hours=1)  # half past midnight there
        take(ledger, "b", DAY, record(project="B"))
        assert len(ledger.commitments(known=DAY)) == 1
        assert len(ledger.commitments(known=DAY + timedelta(days=1))) == 2
        assert ledger.commitments(known=DAY - timedelta(days=1)) == []


def test_a_backup_is_restored_to_the_other_database_too(new_database: Callable[[], str], tmp_path: Path) -> None:
    kept = tmp_path / "backup.gz"
    with filled(new_database()) as ledger:
        rows = ledger.backup(kept)
        state = ledger.commitments(), ledger.changes(), ledger.totals(), ledger.deliveries()
    for url in (new_database(), f"sqlite:///{tmp_path}/other.db"):
        with opened(url, Clock()) as again:
            assert again.restore(kept) == rows
            assert (again.commitments(), again.changes(), again.totals(), again.deliveries()) == state
            assert again.check() == []
            take(again, "c", DAY, record(project="C"))
            with pytest.raises(LedgerError, match="not empty"):
                again.restore(kept)


def test_a_torn_or_altered_backup_leaves_the_ledger_empty(new_database: Callable[[], str], tmp_path: Path) -> None:
    import gzip

    kept, torn, altered = (tmp_path / name for name in ("b.gz", "torn.gz", "altered.gz"))
    with filled(new_database()) as ledger:
        ledger.backup(kept)
    lines = gzip.decompress(kept.read_bytes()).decode().splitlines()
    torn.write_bytes(gzip.compress("\n".join(lines[:-4]).encode()))
    altered.write_bytes(gzip.compress("\n".join(lines).replace("10000000000", "90000000000").encode()))
    with opened(new_database(), Clock()) as ledger:
        with pytest.raises(InputError, match="cut off"):
            ledger.restore(torn)
        with pytest.raises(LedgerError, match="was altered"):
            ledger.restore(altered)
        with pytest.raises(InputError):
            ledger.restore(Path(__file__))
        assert ledger.seq() == 0
        ledger.restore(kept)
        assert ledger.check() == []


def test_a_write_waits_for_the_one_before_it(database: str) -> None:
    """The second writer begins only once the first one has committed: it sees the first one's seq."""
    with opened(database, Clock()) as ledger, writing(ledger.engine) as connection:
        other = connect(database)
        if ledger.engine.dialect.name == "postgresql":
            held = connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"))
            assert held == 1
        else:
            impatient = sqlite3.connect(str(other.url.database), timeout=0)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                impatient.execute("BEGIN IMMEDIATE")
            impatient.close()
        other.dispose()
