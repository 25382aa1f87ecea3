"""Every recipient gets every mail: once, or twice where nobody can know, and never because of another's trouble."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from mail_servers import Behaviour, _free_port, mail_server
from outbox_process import ADDRESSES, START, open_ledger, tick

from monitor.digest.outbox import GIVE_UP_AFTER, WAITS, retry_at
from monitor.digest.smtp import Server
from monitor.errors import LedgerError, SettingsError
from monitor.ledger import tables

ANNA, BRUNO, CARLA, DIETER, ELENA = ADDRESSES
OTHERS = {address: 1 for address in ADDRESSES if address != CARLA}


class Office:
    """A ledger and a folder, ticked at given minutes."""

    def __init__(self, tmp_path: Path) -> None:
        self.url = f"sqlite:///{tmp_path / 'ledger.db'}"
        self.folder = tmp_path / "out"

    def tick(self, smtp: str, minute: int = 0, **office: Any) -> dict[str, int]:
        return tick(self.url, smtp, self.folder, minute, **office)

    def deliveries(self) -> dict[str, Any]:
        with open_ledger(self.url, START) as ledger:
            return {one.recipient: one for one in ledger.deliveries() if one.channel == "smtp"}

    def suppress(self, address: str) -> None:
        with open_ledger(self.url, START) as ledger:
            ledger.suppress(address)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_everybody_gets_one_mail_and_the_folder_its_files_however_often_the_service_ticks(office: Office) -> None:
    with mail_server() as (smtp, box):
        assert office.tick(smtp) == {"delivered": 6}
        assert office.tick(smtp, 1) == {}
        assert office.tick(smtp, 60 * 24 * 30) == {}
    assert box.count() == dict.fromkeys(ADDRESSES, 1)
    assert sorted(p.name for p in office.folder.iterdir()) == ["digest-2026-W47-en.html", "digest-2026-W47-en.txt"]


def test_the_server_gets_the_stored_bytes(office: Office) -> None:
    with mail_server() as (smtp, box):
        office.tick(smtp)
    stored = {to: one.content for to, one in office.deliveries().items()}
    assert dict(box.mails) == stored


def test_a_line_that_is_a_dot_arrives_as_it_was() -> None:
    from monitor.digest.smtp import Session

    content = b"Subject: x\r\n\r\n.\r\n..\r\n.hidden\r\nend\r\n"
    with mail_server() as (smtp, box):
        session = Session(Server.parse(smtp)).open()
        assert session.send("a@example.org", ANNA, content, begin=lambda: None).result == "delivered"
        session.close()
    assert box.mails == [(ANNA, content)]


def test_while_the_server_is_down_everything_waits_and_then_arrives(office: Office) -> None:
    port = _free_port()
    down = f"smtp://127.0.0.1:{port}"
    assert office.tick(down) == {"delivered": 1, "temporary": 5}
    assert office.tick(down, 0) == {}  # not again at once
    assert office.tick(down, 2) == {"temporary": 5}
    with mail_server(port=port) as (smtp, box):
        assert office.tick(smtp, 4) == {}
        assert office.tick(smtp, 10) == {"delivered": 5}
    assert box.count() == dict.fromkeys(ADDRESSES, 1)
    assert not any(one.in_doubt for one in office.deliveries().values())


def test_without_a_mail_server_in_the_settings_mails_wait(office: Office) -> None:
    assert office.tick("smtp://127.0.0.1:1")["temporary"] == 5
    assert all("Connecting" in one.detail or "127.0.0.1" in one.detail for one in office.deliveries().values())


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("550 no such user", "permanent"),
        ("553 name not allowed", "permanent"),
        ("552 mailbox full", "temporary"),
        ("450 busy", "temporary"),
        ("452 too many", "temporary"),
    ],
)
def test_a_refused_recipient_does_not_touch_the_others(office: Office, answer: str, result: str) -> None:
    with mail_server(Behaviour(refuse={CARLA: answer})) as (smtp, box):
        assert office.tick(smtp) == {"delivered": 5, result: 1}
        assert office.tick(smtp, 2) == ({result: 1} if result == "temporary" else {})
        assert box.count() == OTHERS
    delivery = office.deliveries()[CARLA]
    assert delivery.settled == (result == "permanent")
    assert answer in delivery.detail
    kept = list((office.folder / "undelivered").glob("*.eml")) if result == "permanent" else []
    assert [p.read_bytes() for p in kept] == [delivery.content] * (result == "permanent")


def test_a_recipient_refused_for_now_gets_it_later(office: Office) -> None:
    with mail_server(Behaviour(refuse={CARLA: "451 greylisted"}, times=2)) as (smtp, box):
        for minute in (0, 2, 10, 30):
            office.tick(smtp, minute)
        assert box.count() == dict.fromkeys(ADDRESSES, 1)
    assert office.deliveries()[CARLA].attempts == 3


def test_a_refused_sender_is_our_mistake_and_stays_temporary(office: Office) -> None:
    with mail_server(Behaviour(refuse_mail="553 sender not allowed")) as (smtp, _):
        assert office.tick(smtp) == {"delivered": 1, "temporary": 5}


def test_a_message_refused_at_its_end_is_no_doubt(office: Office) -> None:
    with mail_server(Behaviour(refuse_data="554 looks like spam")) as (smtp, box):
        assert office.tick(smtp) == {"delivered": 1, "permanent": 5}
    assert box.mails == []
    assert not any(one.in_doubt for one in office.deliveries().values())


def test_a_connection_lost_before_the_ok_is_in_doubt_and_sent_again_with_the_same_bytes(office: Office) -> None:
    with mail_server(Behaviour(drop_before_ok=frozenset({CARLA}), times=1)) as (smtp, box):
        assert office.tick(smtp) == {"delivered": 5, "in_doubt": 1}
        assert office.deliveries()[CARLA].in_doubt
        assert office.tick(smtp, 2) == {"delivered": 1}
        assert box.count() == {**OTHERS, CARLA: 2}
        first, second = (content for to, content in box.mails if to == CARLA)
    assert first == second
    assert message_from_bytes(first)["Message-ID"] == office.deliveries()[CARLA].message_id
    assert not office.deliveries()[CARLA].in_doubt


def test_in_doubt_can_be_held_until_a_person_decides(office: Office) -> None:
    with mail_server(Behaviour(drop_before_ok=frozenset({CARLA}), times=1)) as (smtp, box):
        office.tick(smtp)
        assert office.tick(smtp, 60, in_doubt="hold") == {"held": 1}
        assert office.tick(smtp, 60 * 24 * 30, in_doubt="hold") == {"held": 1}
        assert box.count()[CARLA] == 1


def test_a_mail_the_server_never_took_arrives_once(office: Office) -> None:
    with mail_server(Behaviour(drop_unread=frozenset({CARLA}), times=1)) as (smtp, box):
        office.tick(smtp)
        office.tick(smtp, 2)
        assert box.count() == dict.fromkeys(ADDRESSES, 1)


def test_a_connection_lost_after_the_ok_loses_and_repeats_nothing(office: Office) -> None:
    with mail_server(Behaviour(drop_after_ok=frozenset(ADDRESSES))) as (smtp, box):
        for minute in (0, 2, 10, 30):
            office.tick(smtp, minute)
        assert box.count() == dict.fromkeys(ADDRESSES, 1)


def test_a_server_that_does_not_answer_in_time_is_left_and_asked_again(office: Office) -> None:
    with mail_server(Behaviour(slow=3.0)) as (smtp, _):
        # after the first mail in doubt the connection is gone; the others are tried over new ones
        assert office.tick(smtp) == {"delivered": 1, "in_doubt": 5}


def test_whoever_unsubscribed_gets_nothing_though_the_mail_is_waiting(office: Office) -> None:
    down = f"smtp://127.0.0.1:{_free_port()}"
    office.tick(down)
    office.suppress(CARLA.upper())
    with mail_server() as (smtp, box):
        assert office.tick(smtp, 10) == {"delivered": 4, "suppressed": 1}
        assert box.count() == OTHERS


def test_after_a_week_undelivered_it_is_written_to_a_file(office: Office) -> None:
    down = f"smtp://127.0.0.1:{_free_port()}"
    minute, last = 0, 0
    while any(not one.settled for one in office.deliveries().values()) or minute == 0:
        office.tick(down, minute)
        last, minute = minute, minute + 12 * 60
        assert minute < 60 * 24 * 9
    assert 6.5 <= last / 60 / 24 <= 7.5
    assert {one.result for one in office.deliveries().values()} == {"filed"}
    assert len(list((office.folder / "undelivered").glob("*.eml"))) == 5


def test_a_folder_that_cannot_be_written_waits_and_does_not_stop_the_mail(office: Office) -> None:
    office.folder.write_text("a file where the folder should be")
    with mail_server() as (smtp, box):
        assert office.tick(smtp) == {"delivered": 5, "temporary": 1}
        assert box.count() == dict.fromkeys(ADDRESSES, 1)
        office.folder.unlink()
        assert office.tick(smtp, 2) == {"delivered": 1}


def test_waits_grow_and_never_end() -> None:
    now = datetime(2026, 11, 23, tzinfo=START.tzinfo)
    waits = [retry_at(now, n) - now for n in range(1, 40)]
    assert waits == sorted(waits)
    assert waits[0] <= timedelta(minutes=2)
    assert waits[-1] == WAITS[-1] < GIVE_UP_AFTER
    spread = Counter(retry_at(now, 3, jitter / 10) for jitter in range(10))
    assert len(spread) == 10


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, False, None)),
        ("smtp://mail.example.org:2525", ("mail.example.org", 2525, False, None)),
        ("smtps://u%40x:p%3Aw@mail.example.org", ("mail.example.org", 465, True, "u@x")),
        ("smtp://user:word@mail.example.org", ("mail.example.org", 587, False, "user")),
    ],
)
def test_the_address_of_the_server(url: str, expected: tuple[str, int, bool, str | None]) -> None:
    server = Server.parse(url)
    assert (server.host, server.port, server.tls, server.user) == expected


@pytest.mark.parametrize(
    "url", ["", "mail.example.org", "http://x", "smtp://", "smtp://x:port", "smtp://u:secret@[::1"]
)
def test_a_wrong_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="smtp://host:port") as caught:
        Server.parse(url)
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(Server.parse("smtp://u:secret@h"))


@pytest.mark.parametrize("key", ["period", "recipient", "message_id"])
def test_the_database_itself_refuses_what_would_be_told_twice(database: str, key: str) -> None:
    """Whatever a program forgets to look up first, and however many of them write."""
    digest = {"subscription": ANNA, "channel": "smtp", "period_kind": "week", "period_start": START.date(), "about": {}}
    delivery = {"digest": 1, "recipient": ANNA, "message_id": "<1@x>", "content": b"", "due_at": START}
    rows = {
        "period": (tables.digest, {**digest, "id": 2}),
        "recipient": (tables.delivery, {**delivery, "id": 2, "message_id": "<2@x>"}),
        "message_id": (tables.delivery, {**delivery, "id": 2, "recipient": BRUNO}),
    }
    with open_ledger(database, START) as ledger:
        with ledger.writing("digest") as writer:
            writer.append(tables.digest, id=1, **digest)
            writer.append(tables.delivery, id=1, **delivery)
        with pytest.raises(LedgerError), ledger.writing("digest") as writer:
            writer.append(rows[key][0], **rows[key][1])
        assert len(ledger.stored_digests()) == len(ledger.deliveries()) == 1
