"""Unsubscribe tokens: an address, signed, so that nobody can unsubscribe another and no table of tokens is needed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

_LENGTH = 16  # bytes of signature: 128 bits


def sign(address: str, secret: bytes) -> str:
    """A token for one address, of letters, digits, - and _."""
    plain = address.encode()
    return base64.urlsafe_b64encode(_mac(plain, secret) + plain).rstrip(b"=").decode()


def verify(token: str, secret: bytes) -> str | None:
    """The address of a token, or None if it was not signed with this secret."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    mac, plain = raw[:_LENGTH], raw[_LENGTH:]
    if not plain or not hmac.compare_digest(mac, _mac(plain, secret)):
        return None
    return plain.decode()


def _mac(plain: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, b"unsubscribe\x00" + plain, hashlib.sha256).digest()[:_LENGTH]
