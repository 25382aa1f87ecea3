"""Bytes from the network → text, whatever they claim to be. Ground floor: anybody may import it."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# What pages call by these names is, since browsers decided so, windows-1252 and its like (WHATWG Encoding Standard).
_MEANT = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
# Names that Python knows and no page may use.
_NO_CHARSETS = frozenset({"undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
# Seven-bit encodings, whose bytes are valid UTF-8 too.
_SEVEN_BIT = ("iso2022_jp", "iso2022_kr", "hz", "utf-7")


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a page or feed. `content_type` is the header as sent.

    In this order: a byte order mark; NUL bytes in the pattern of UTF-16; valid UTF-8 (what is valid UTF-8 beyond ASCII
    is hardly ever anything else, whatever it claims), a few broken bytes forgiven; what the document declares; what the
    header declares; windows-1252. Never fails: what fits nothing is replaced by U+FFFD.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, errors="replace")
    wide = _utf16(body)
    if wide:
        return body.decode(wide, errors="replace")
    declared = [known for claim in _claims(body, content_type) if (known := _codec(claim))]
    for name in [*(d for d in declared if d in _SEVEN_BIT), "utf-8"]:
        with suppress(UnicodeError):
            return body.decode(name)
    if _mostly_utf8(body):
        return body.decode("utf-8", errors="replace")
    for name in [*declared, "cp1252"]:
        with suppress(UnicodeError):
            return body.decode(name)
    return body.decode("cp1252", errors="replace")


def _claims(body: bytes, content_type: str) -> list[str]:
    inside = _DECLARED.search(body[:4096])
    header = _IN_HEADER.search(content_type)
    return [
        *([(inside[1] or inside[2]).decode("ascii", errors="ignore")] if inside else []),
        *([header[1]] if header else []),
    ]


def _codec(claim: str) -> str | None:
    """Python's name of a text encoding, or None for one that it does not know."""
    try:
        info = codecs.lookup(claim)
    except (LookupError, ValueError):
        return None
    if not getattr(info, "_is_text_encoding", True) or info.name in _NO_CHARSETS:
        return None
    if info.name.startswith(("utf-16", "utf-32")):
        return None  # without a mark or NUL bytes it cannot be one of the wide ones
    return _MEANT.get(info.name, info.name)


def _utf16(body: bytes) -> str | None:
    """UTF-16 without a mark, told by the NUL bytes of its first characters."""
    head = body[:64]
    if len(head) < 4 or b"\x00" not in head:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 3 * even and odd > len(head) // 4:
        return "utf-16-le"
    if even > 3 * odd and even > len(head) // 4:
        return "utf-16-be"
    return None


def _mostly_utf8(body: bytes) -> bool:
    """True if the bytes beyond ASCII are UTF-8 but for a few: something was cut or pasted in."""
    sample = body[:200_000]
    broken = sample.decode("utf-8", errors="replace").count("\ufffd")
    return broken * 4 < sum(byte > 127 for byte in sample)
