"""Text as it is stored: composed characters, plain blanks, nothing unseen."""

from __future__ import annotations

import re
import unicodedata

# Control characters, soft hyphens, zero-width marks and those that turn the direction of text.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# No-break and thin spaces stay: they bind a number's groups and its unit.
_BLANKS = re.compile(r"[ \t\n\r\f\v\x85\u2028\u2029]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def tidy(text: str) -> str:
    """A run of words on one line."""
    return _BLANKS.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFC", text))).strip()


def tidy_lines(text: str) -> str:
    """The same line by line, with at most one empty line between paragraphs."""
    lines = [tidy(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def folded(text: str) -> str:
    """For comparing: letters and digits alone, without case."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()
