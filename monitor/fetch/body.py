"""Reading an answer's body within bounds, whatever the server sends."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from monitor.fetch.problems import problem

_GZIP = 31  # zlib's window bits for a gzip header


def read_body(chunks: Iterable[bytes], encoding: str, limit: int, url: str) -> bytes:
    """The whole body, inflated. `chunks` are as sent; nothing beyond `limit` bytes is ever held.

    Raises FetchError: `too_large`, `bomb`, `encoding` or `broken_off`.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return _read_plain(chunks, limit, url)
    if encoding in ("gzip", "x-gzip"):
        return _read_gzip(chunks, limit, url)
    raise problem("encoding", url, encoding)


def _read_plain(chunks: Iterable[bytes], limit: int, url: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise problem("too_large", url, f"more than {limit:,} bytes")
        parts.append(chunk)
    return b"".join(parts)


def _read_gzip(chunks: Iterable[bytes], limit: int, url: str) -> bytes:
    parts: list[bytes] = []
    sent = size = 0
    inflater = zlib.decompressobj(_GZIP)
    for chunk in chunks:
        sent += len(chunk)
        if sent > limit:
            raise problem("too_large", url, f"more than {limit:,} bytes")
        while chunk:
            if inflater.eof:
                if not chunk.startswith(b"\x1f"):  # padding after the last member
                    break
                inflater = zlib.decompressobj(_GZIP)
            try:
                part = inflater.decompress(chunk, limit - size + 1)
            except zlib.error as error:
                raise problem("broken_off", url, error) from None
            size += len(part)
            if size > limit:
                raise problem("bomb", url, f"{sent:,} bytes sent, more than {limit:,} unpacked")
            parts.append(part)
            chunk = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
    if sent and not inflater.eof:
        raise problem("broken_off", url, "the compressed answer ends too early")
    return b"".join(parts)


def read_beginning(chunks: Iterable[bytes], encoding: str, limit: int = 32_768) -> bytes:
    """The first bytes of an error page, to tell a challenge from a fault; empty when it cannot be read."""
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size >= limit:
            break
    raw = b"".join(parts)
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        return raw[:limit]
    try:
        return zlib.decompressobj(_GZIP).decompress(raw, limit)
    except zlib.error:
        return b""
