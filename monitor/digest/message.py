"""The bytes of a mail. Written once, when the digest is stored; every attempt sends the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import quote

from monitor.digest.plain import inert
from monitor.digest.render import Rendered
from monitor.errors import SettingsError

# The default line length folds long header values into encoded words, which makes List-Unsubscribe invalid.
POLICY = SMTP.clone(max_line_length=998)
NAME = "Commitment Monitor"
CRLF = "\r\n"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom about which row. `unsubscribe_url` needs a public address; `unsubscribe_token` names the
    recipient in a mail to `sender` otherwise."""

    sender: str
    recipient: str
    message_id: str
    language: str
    date: datetime
    unsubscribe_token: str
    unsubscribe_url: str | None = None


def message_id(subscriber: str, channel: str, kind: str, start: object, sender: str) -> str:
    """The Message-ID of a row: the same row has the same one, whenever and however often it is computed."""
    row = "\x1f".join((subscriber, channel, kind, str(start)))
    digest = hashlib.sha256(row.encode()).hexdigest()[:32]
    return f"<{digest}@{_domain(sender)}>"


def compose(rendered: Rendered, envelope: Envelope) -> bytes:
    """The mail as sent: text first, then HTML, both UTF-8 in quoted-printable, lines ended by CRLF."""
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(NAME, addr_spec=_checked(envelope.sender))
    message["To"] = Address(addr_spec=_checked(envelope.recipient))
    message["Date"] = format_datetime(envelope.date)
    message["Message-ID"] = envelope.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = f"{NAME} <digest.{_domain(envelope.sender)}>"
    mailto = f"<mailto:{envelope.sender}?subject={quote('unsubscribe ' + envelope.unsubscribe_token)}>"
    if envelope.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{envelope.unsubscribe_url}>, {mailto}"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    else:
        message["List-Unsubscribe"] = mailto
    message.set_content(rendered.text, subtype="plain", charset="utf-8", cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = envelope.language
    message.set_boundary(f"=_{hashlib.sha256(envelope.message_id.encode()).hexdigest()[:24]}")
    return _subject(rendered.subject).encode("ascii") + message.as_bytes()


def _subject(subject: str) -> str:
    """The Subject line, in encoded words of at most 75 characters (RFC 2047), which the policy above would not cut."""
    line = inert(subject, 200)
    charset = "us-ascii" if line.isascii() else "utf-8"
    return f"Subject: {Header(line, charset, maxlinelen=75, header_name='Subject').encode(linesep=CRLF)}{CRLF}"


def _checked(address: str) -> str:
    """A plain ASCII address; anything else would be a way into the headers. Raises SettingsError."""
    name, plain = parseaddr(address)
    if name or plain != address or address.count("@") != 1 or not address.isascii() or not address.isprintable():
        raise SettingsError("Addressing a mail", subject=repr(address), cause="not a plain mail address")
    try:
        Address(addr_spec=address)
    except (MessageError, ValueError, IndexError) as error:
        raise SettingsError("Addressing a mail", subject=repr(address), cause=error) from error
    return address


def _domain(address: str) -> str:
    return _checked(address).rpartition("@")[2].lower()
