"""What is stored with a digest: the finished mail of its subscriber."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from monitor.digest.build import Digest
from monitor.digest.message import Envelope, compose, message_id
from monitor.digest.render import Renderer
from monitor.digest.subscription import Channel, Subscription
from monitor.digest.tokens import sign
from monitor.digest.view import Links
from monitor.failpoints import hit


@dataclass(frozen=True, slots=True)
class Parcel:
    """One digest with its one delivery, as the ledger stores them. (subscription, channel, period_kind, period_start)
    is unique there, so that storing it twice changes nothing."""

    subscription: str
    channel: Channel
    period_kind: str
    period_start: date
    recipient: str
    message_id: str
    content: bytes
    subject: str


@dataclass(frozen=True, slots=True)
class Stationery:
    """What goes on every mail. Without `public_url` mails carry no links to us; `secret` signs the unsubscribe links."""

    sender: str
    secret: bytes
    public_url: str | None = None
    templates: Path | None = None


def pack(
    digest: Digest, subscription: Subscription, stationery: Stationery, now: datetime, kind: str | None = None
) -> Parcel:
    """The digest as a mail to its subscriber, or for channel `file` as the same bytes for a folder."""
    kind = kind or digest.period.kind
    start = digest.period.start
    identity = message_id(subscription.id, subscription.channel, kind, start, stationery.sender)
    token = sign(subscription.address, stationery.secret)
    public = stationery.public_url.rstrip("/") if stationery.public_url else None
    unsubscribe = f"{public}/unsubscribe/{quote(token)}" if public else None
    to_file = subscription.channel == "file"
    links = Links(public, None if to_file else unsubscribe, mailed=not to_file)
    rendered = Renderer(stationery.templates).render(digest, subscription.language, links)
    envelope = Envelope(
        sender=stationery.sender,
        recipient=stationery.sender if to_file else subscription.address,
        message_id=identity,
        language=subscription.language,
        date=now,
        unsubscribe_token=token,
        unsubscribe_url=unsubscribe,
    )
    return Parcel(
        subscription=subscription.id,
        channel=subscription.channel,
        period_kind=kind,
        period_start=start,
        recipient=str(Path(subscription.address) / file_name(digest, subscription))
        if to_file
        else subscription.address,
        message_id=identity,
        content=compose(rendered, envelope),
        subject=rendered.subject,
    )


class Shelf(Protocol):
    """What storing needs of the ledger. `deliveries` are objects with recipient, message_id and content."""

    def store_digest(
        self,
        *,
        subscription: str,
        channel: str,
        period_kind: str,
        period_start: date,
        deliveries: Sequence[Any],
        about: Mapping[str, Any] | None = None,
    ) -> bool: ...


def store(shelf: Shelf, parcel: Parcel, about: Mapping[str, Any]) -> bool:
    """Stores a parcel with its delivery in one transaction; False, and nothing stored, when it was there already."""
    hit("digest.before_store")
    stored = shelf.store_digest(
        subscription=parcel.subscription,
        channel=parcel.channel,
        period_kind=parcel.period_kind,
        period_start=parcel.period_start,
        deliveries=[parcel],
        about={"subject": parcel.subject, **about},
    )
    hit("digest.after_store")
    return stored


def file_name(digest: Digest, subscription: Subscription) -> str:
    """digest-2026-W47-fr: what a digest's files are called."""
    return f"digest-{digest.period.key}-{subscription.language}"
