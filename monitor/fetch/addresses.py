"""Which addresses lie in the open internet."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# IPv6 forms that carry an IPv4 address in their last 32 bits: mapped, compatible, translated, NAT64 (RFC 4291, 6052).
_LAST_32 = tuple(IPv6Network(n) for n in ("::ffff:0:0/96", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96"))
_6TO4 = IPv6Network("2002::/16")
# Refused though `is_global` may let them in: local NAT64, Teredo, site-local, 6to4 relays.
_REFUSED_6 = tuple(IPv6Network(n) for n in ("64:ff9b:1::/48", "2001::/32", "fec0::/10"))
_REFUSED_4 = (IPv4Network("192.88.99.0/24"),)
_ISATAP = (0x00005EFE, 0x02005EFE)


def _unwrap(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, if any."""
    number = int(address)
    if any(address in network for network in _LAST_32):
        return IPv4Address(number & 0xFFFFFFFF)
    if address in _6TO4:
        return IPv4Address(number >> 80 & 0xFFFFFFFF)
    if number >> 32 & 0xFFFFFFFF in _ISATAP:
        return IPv4Address(number & 0xFFFFFFFF)
    return None


def is_public(text: str) -> bool:
    """True if the literal address is one of the open internet, in whatever form it is wrapped.

    An address with a zone (`fe80::1%eth0`) or that cannot be parsed is not public.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address.scope_id is not None or any(address in network for network in _REFUSED_6):
            return False
        inner = _unwrap(address)
        if inner is not None:
            return is_public(str(inner))
    elif any(address in network for network in _REFUSED_4):
        return False
    return address.is_global and not address.is_multicast


def is_private_literal(host: str) -> bool:
    """True if a host is written as an address that is not public, in any of the forms that systems accept (`127.1`,
    `0x7f000001`), or names this very machine. Other names are for the resolver to tell."""
    host = host.rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    if ":" in host:
        return not is_public(host)
    try:
        return not is_public(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, UnicodeError):
        return False
