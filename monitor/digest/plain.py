"""Making hostile text inert: what the network wrote is shown as text, on one line, in its own direction."""

from __future__ import annotations

import unicodedata

# Marks that reorder or hide what a reader sees: embeddings, overrides, isolates, and invisible joiners of tags.
_DIRECTION = {
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
    "\u200e",
    "\u200f",
    "\u061c",
    "\ufeff",
}
_UNSEEN = {"Cc", "Cs", "Co", "Cn"}
CUT = "\N{NO-BREAK SPACE}[\N{HORIZONTAL ELLIPSIS}]"


def inert(text: str, limit: int = 300) -> str:
    """One line of text without control characters, lone surrogates and marks of direction, cut at `limit` characters
    (a cut is shown as […])."""
    shown = []
    for char in text:
        if char.isspace() or unicodedata.category(char) in ("Zl", "Zp"):
            shown.append(char if char in "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}" else " ")
        elif (
            char not in _DIRECTION and unicodedata.category(char) not in _UNSEEN and not 0xE0000 <= ord(char) < 0xE0080
        ):
            shown.append(char)
    line = " ".join("".join(shown).split(" ")).strip()
    while "  " in line:
        line = line.replace("  ", " ")
    if len(line) <= limit:
        return line
    head = line[: limit - len(CUT)]
    return (head.rsplit(" ", 1)[0] if " " in head[limit // 2 :] else head).rstrip(" ,;:") + CUT


def web_link(url: str) -> str | None:
    """The address if it is one that a mail may link to (http or https, printable ASCII), else None."""
    fine = url.startswith(("https://", "http://")) and url.isascii() and url.isprintable()
    return url if fine and not any(c in url for c in ' "<>\\`') and len(url) <= 2000 else None
