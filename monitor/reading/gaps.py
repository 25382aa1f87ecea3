"""What the extraction of the main text left out between its own paragraphs, put back.

Extractors judge lists, tables and headings by themselves and drop those that look like navigation. For this program
they are the news: a list of sums in the middle of an article must stay. What stands between two kept paragraphs, in the
same container as one of them, belongs to the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from monitor.reading.words import folded, tidy, tidy_lines

Node: TypeAlias = Any  # an lxml element

_HEADINGS = frozenset({"h2", "h3", "h4", "h5"})
_BLOCKS = ("p", "li", "tr", "h1", *_HEADINGS)
_OUTSIDE = frozenset({"nav", "aside", "footer", "header", "form", "button", "figure", "figcaption", "script", "style"})
_LISTED = frozenset({"ul", "ol", "li", "table", "tbody", "thead", "tfoot", "tr", "td", "th"})
# A list or table whose words are links for more than this share leads elsewhere.
_LINKED = 0.6
# A container counts as the article's if it holds this share of the text.
_SHARE = 0.25
_SENTENCE = 60  # characters; shorter lines are captions, dates and names
# A number with something that makes it a sum, in any of the languages read.
_SUM = re.compile(
    r"[$€£¥₹]|\b(?:EUR|USD|GBP|CHF|JPY|CAD|SEK|NOK|DKK|INR)\b|"
    r"\d\s*(?:M€|Md|Mrd|Mio|mln|mld|bn|tn|crore|lakh|[bm]illi|mill?i?[aoó]|mil\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One block of the page: its place in the tree, its line as it would be printed, whether the text holds it."""

    node: Node
    home: Node
    line: str
    kept: bool

    @property
    def in_list(self) -> bool:
        return self.node.tag in ("li", "tr")


def filled(tree: Node, text: str) -> str:
    """The text with the pieces of the page that it lacks between its first and its last one."""
    body = tree.find("body")
    if body is None or not text:
        return text
    whole = f" {folded(text)} "
    pieces = list(_pieces(body, whole))
    kept = [i for i, piece in enumerate(pieces) if piece.kept]
    if len(kept) < 2:
        return text
    homes = _homes([pieces[i] for i in kept])
    wanted = _leads(pieces, kept[0])
    wanted += [
        i for i in range(kept[0], kept[-1]) if not pieces[i].kept and pieces[i].home in homes and _belongs(pieces[i])
    ]
    wanted += _headings(pieces, {*kept, *wanted})
    return _inserted(text, pieces, set(wanted)) if wanted else text


def _pieces(body: Node, whole: str) -> Iterator[_Piece]:
    """The blocks of the page in order, those in navigation and the like left out."""
    skipped = {inner for node in body.iter(*_OUTSIDE) for inner in node.iter(*_BLOCKS)}
    for node in body.iter(*_BLOCKS):
        home = None if node in skipped else _home(node)
        if home is None:
            continue
        words = _words(node)
        flat = folded(words)
        if flat:
            yield _Piece(node, home, _line(node, words), f" {flat} " in whole)


def _home(node: Node) -> Node:
    """The container of a block; for items and rows, that of the outermost list or table."""
    parent = node.getparent()
    while parent is not None and parent.tag in _LISTED:
        parent = parent.getparent()
    return parent


def _words(node: Node) -> str:
    """The words of a block without those of lists inside it."""
    parts = [node.text or ""]
    for child in node:
        if isinstance(child.tag, str) and child.tag not in ("ul", "ol", "script", "style"):
            parts.append(_words(child))
            if child.tag in ("td", "th"):
                parts.append(" | ")
        parts.append(child.tail or "")
    return "".join(parts)


def _line(node: Node, words: str) -> str:
    line = tidy(words).strip("| ")
    return f"- {line}" if node.tag == "li" else line


def _homes(kept: list[_Piece]) -> set[Node]:
    """The containers that hold a good part of the text each."""
    sizes: dict[Node, int] = {}
    for piece in kept:
        sizes[piece.home] = sizes.get(piece.home, 0) + len(piece.line)
    return {home for home, size in sizes.items() if size >= _SHARE * sum(sizes.values())}


def _belongs(piece: _Piece) -> bool:
    """True for sentences, and for items and rows that hold a sum or do not merely lead elsewhere."""
    if piece.node.tag == "p":
        return _is_sentence(piece.line)
    if not piece.in_list:
        return False
    whole = next((a for a in piece.node.iterancestors("ul", "ol", "table") if a.getparent() is piece.home), piece.node)
    words = "".join(whole.itertext())
    linked = sum(len("".join(a.itertext())) for a in whole.iter("a"))
    return linked <= _LINKED * len(words) and bool(_SUM.search(words))


def _headings(pieces: list[_Piece], present: set[int]) -> list[int]:
    """The headings that stand between two pieces of the text in one container."""
    return [
        i
        for i in range(1, len(pieces) - 1)
        if pieces[i].node.tag in _HEADINGS
        and i not in present
        and {i - 1, i + 1} <= present
        and pieces[i - 1].home is pieces[i].home is pieces[i + 1].home
    ]


def _leads(pieces: list[_Piece], first: int) -> list[int]:
    """The sentences between the headline and the text, if nothing else stands there but short lines."""
    above = next((i for i in range(first - 1, -1, -1) if pieces[i].node.tag == "h1"), None)
    if above is None or first - above > 6:
        return []
    return [i for i in range(above + 1, first) if pieces[i].node.tag == "p" and _is_sentence(pieces[i].line)]


def _is_sentence(line: str) -> bool:
    return len(line) >= _SENTENCE and line.rstrip("»”\"' ").endswith((".", "!", "?", "…", ":"))


def _inserted(text: str, pieces: list[_Piece], wanted: set[int]) -> str:
    """Put each wanted piece behind the line of the last kept one before it."""
    lines = text.split("\n")
    flat = [f" {folded(line)} " for line in lines]
    behind: dict[int, list[int]] = {}
    place = -1
    for i, piece in enumerate(pieces):
        if piece.kept:
            needle = f" {folded(piece.line)} "
            place = next((n for n in range(max(place, 0), len(flat)) if needle in flat[n]), place)
        elif i in wanted:
            behind.setdefault(place, []).append(i)
    result: list[str] = []
    for n in range(-1, len(lines)):
        if n >= 0:
            result.append(lines[n])
        for i in behind.get(n, ()):
            if not (pieces[i].in_list and i and pieces[i - 1].in_list):
                result.append("")
            result.append(pieces[i].line)
        if n in behind and n + 1 < len(lines) and lines[n + 1] and not pieces[behind[n][-1]].in_list:
            result.append("")
    return tidy_lines("\n".join(result))
