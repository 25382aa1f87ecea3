"""The bytes that leave: headers that every client and filter accepts, whatever the news contains."""

from __future__ import annotations

import email
import re
from datetime import UTC, date, datetime
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from digest_samples import NOW, digest, evidence, new, quiet_week, week
from hypothesis import given
from hypothesis import strategies as st

from monitor.digest.files import parts
from monitor.digest.message import Envelope, compose, message_id
from monitor.digest.post import Stationery, pack
from monitor.digest.render import Rendered
from monitor.digest.subscription import Subscription
from monitor.digest.tokens import sign, verify
from monitor.errors import SettingsError

SECRET = b"a secret of the installation"
PUBLIC = "https://monitor.example.org"
STATIONERY = Stationery("bulletin@example.org", SECRET, PUBLIC)
PRIVATE = Stationery("bulletin@example.org", SECRET)


def mail(built: Any = None, stationery: Stationery = STATIONERY, **subscription: Any) -> bytes:
    to = Subscription(**{"address": "desk@example.org", "language": "fr", **subscription})
    return pack(built or digest(subscription=to), to, stationery, NOW).content


def parsed(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=policy.default)  # type: ignore[return-value]


def header(content: bytes, name: str) -> bytes:
    """The raw lines of a header, unfolded."""
    found = re.search(rb"(?im)^" + name.encode() + rb": ((?:.*\r\n)(?:[ \t].*\r\n)*)", content)
    assert found, name
    return found[1].rstrip(b"\r\n")


def test_one_click_unsubscribe_is_one_raw_line_with_an_https_address_first() -> None:
    content = mail(
        address="a-very-long-name-of-somebody-who-reads-digests@a-long-subdomain.of-some-ministry.example.org"
    )
    value = header(content, "List-Unsubscribe")
    assert value.startswith(b"<https://monitor.example.org/unsubscribe/")
    assert b"\n" not in value and b"=?" not in value
    assert re.fullmatch(rb"<https://[^ <>]+>, <mailto:bulletin@example\.org\?subject=[^ <>]+>", value)
    assert header(content, "List-Unsubscribe-Post") == b"List-Unsubscribe=One-Click"


def test_without_a_public_address_unsubscribing_is_by_mail_alone() -> None:
    content = mail(stationery=PRIVATE)
    assert header(content, "List-Unsubscribe").startswith(b"<mailto:bulletin@example.org?subject=unsubscribe%20")
    assert b"List-Unsubscribe-Post" not in content
    assert b"http" not in header(content, "List-Unsubscribe")


def test_the_headers_of_a_mailing_list() -> None:
    content = mail()
    message = parsed(content)
    assert message["To"] == "desk@example.org"
    assert str(message["From"]) == "Commitment Monitor <bulletin@example.org>"
    assert message["List-Id"] == "Commitment Monitor <digest.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "fr"
    assert message["Date"].datetime == NOW
    for name in ("To", "From", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "Content-Language"):
        assert len(message.get_all(name)) == 1


def test_both_parts_are_utf_8_in_quoted_printable_text_first() -> None:
    message = parsed(mail())
    assert message.get_content_type() == "multipart/alternative"
    first, second = message.iter_parts()
    assert (first.get_content_type(), second.get_content_type()) == ("text/plain", "text/html")
    for part in (first, second):
        assert part.get_content_charset() == "utf-8"
        assert part["Content-Transfer-Encoding"] == "quoted-printable"


def test_the_wire_is_ascii_in_lines_that_smtp_allows() -> None:
    for line in mail().split(b"\r\n"):
        assert len(line) <= 998
        assert b"\n" not in line and b"\r" not in line
        assert line.isascii()


@pytest.mark.parametrize(
    "subject",
    [
        "Semaine 47 : 3 nouveaux, 1 annulé, +6,2 Md€",
        "plain",
        "abonnement à … Genève, à Zürich, à Málaga, à Kraków, à Århus, à Łódź, à Ústí nad Labem",
        "é" * 180,
        "日本 " * 40,
    ],
)
def test_a_subject_survives_in_encoded_words_of_at_most_75(subject: str) -> None:
    content = compose(Rendered(subject, "<p>x</p>", "x"), envelope())
    assert parsed(content)["Subject"] == subject.strip()
    raw = header(content, "Subject")
    words = re.findall(rb"=\?[^?]*\?[bq]\?[^?]*\?=", raw)
    assert all(len(word) <= 75 for word in words)
    assert re.sub(rb"=\?[^?]*\?[bq]\?[^?]*\?=", b"", raw).strip() in (b"", subject.encode("ascii", "replace"))


@given(st.text(max_size=120))
def test_no_subject_can_write_a_header(subject: str) -> None:
    content = compose(Rendered(subject, "<p>x</p>", "x"), envelope())
    message = parsed(content)
    assert [name.lower() for name in message].count("bcc") == 0
    assert set(message.keys()) == set(parsed(compose(Rendered("x", "<p>x</p>", "x"), envelope())).keys())


def test_hostile_names_stay_out_of_the_headers() -> None:
    name = "Evil\r\nBcc: victim@example.org\r\n\r\n<script>"
    content = mail(digest([new(investor=(name,), evidence=evidence(name, outlet=name))]))
    head = content.split(b"\r\n\r\n", 1)[0]
    assert b"Bcc" not in head and b"victim" not in head


@pytest.mark.parametrize(
    "address",
    [
        "a@b@c",
        "a b@example.org",
        "a@example.org\r\nBcc: x@example.org",
        "Näme@example.org",
        "",
        "x",
        "A <a@example.org>",
    ],
)
def test_an_address_that_could_write_headers_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="Addressing a mail"):
        mail(address=address)


def test_the_message_id_is_the_row_s_and_nothing_else_s() -> None:
    rows = [("a@x.org", "smtp", "week", "2026-11-16"), ("b@x.org", "smtp", "week", "2026-11-16"), ("a@x.org", "smtp", "week", "2026-11-23"), ("a@x.org", "smtp", "alert:7", "2026-11-16")]  # fmt: skip
    ids = [message_id(*row, "bulletin@example.org") for row in rows]
    assert len(set(ids)) == 4
    assert ids == [message_id(*row, "bulletin@example.org") for row in rows]
    assert all(re.fullmatch(r"<[0-9a-f]{32}@example\.org>", one) for one in ids)
    assert message_id("a@x.org", "smtp", "week", date(2026, 11, 16), "bulletin@example.org") == ids[0]
    parcel = pack(digest(), Subscription("a@x.org"), STATIONERY, NOW)
    assert parcel.message_id == parsed(parcel.content)["Message-ID"] == ids[0]
    assert pack(digest(), Subscription("a@x.org"), STATIONERY, NOW, "alert:7").message_id == ids[3]


def test_the_same_row_has_the_same_bytes() -> None:
    changes = week()
    one, two = (mail(digest(changes)) for _ in range(2))
    assert one == two


def test_stored_bytes_give_back_both_parts() -> None:
    to = Subscription("desk@example.org", "fr")
    content = pack(quiet_week(), to, PRIVATE, NOW).content
    html, text = parts(content)
    assert html.startswith("<!DOCTYPE html>") and html.endswith("</html>\n")
    assert "Rien de nouveau" in text and "\r" not in text


def test_mail_stays_below_the_clipping_size_in_utf_8() -> None:
    many = [new(investor=(f"Société n° {n}",)) for n in range(500)]
    html, _ = parts(mail(digest(many)))
    assert len(html.encode()) <= 90_000


def test_a_parcel_for_a_folder_has_a_name_and_no_unsubscribing() -> None:
    folder = Subscription("/srv/digests", "fr", channel="file")
    parcel = pack(digest(subscription=folder), folder, STATIONERY, NOW)
    assert parcel.recipient == "/srv/digests/digest-2026-W47-fr"
    assert "unsubscribe/" not in parts(parcel.content)[1]


ADDRESSES = st.from_regex(r"[a-z0-9.+-]{1,60}@[a-z0-9.-]{1,60}", fullmatch=True)


@given(ADDRESSES)
def test_a_token_gives_back_its_address_and_no_other_secret_opens_it(address: str) -> None:
    token = sign(address, SECRET)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)
    assert verify(token, SECRET) == address
    assert verify(token, b"another") is None


@given(ADDRESSES, st.integers(min_value=0), st.sampled_from("ABab01_-"))
def test_a_token_that_was_altered_is_refused(address: str, place: int, char: str) -> None:
    token = sign(address, SECRET)
    at = place % len(token)
    forged = token[:at] + char + token[at + 1 :]
    # the last character may hold spare bits: the same bytes are the same token
    assert (
        verify(forged, SECRET) in ((address,) if forged == token or at == len(token) - 1 else (None,))
        or verify(forged, SECRET) is None
    )


@given(st.text(max_size=80))
def test_any_other_text_is_no_token(text: str) -> None:
    assert verify(text, SECRET) is None


def envelope(**fields: Any) -> Envelope:
    known: dict[str, Any] = {
        "sender": "bulletin@example.org",
        "recipient": "desk@example.org",
        "message_id": "<x@example.org>",
        "language": "fr",
        "date": datetime(2026, 11, 23, 6, tzinfo=UTC),
        "unsubscribe_token": "token",
    }
    return Envelope(**{**known, **fields})
