"""A tree of main text → lines: paragraphs apart, list items and table rows on lines of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from monitor.reading.prepare import BREAK
from monitor.reading.words import folded, tidy

Node: TypeAlias = Any  # an lxml element with the tags of TEI, as trafilatura makes them

_BLOCKS = frozenset({"p", "head", "quote", "code", "div", "ab", "fw", "main", "body", "article", "section"})
_LISTS = frozenset({"list"})
# What stands alone where an advertisement was.
_ADVERTS = frozenset({"advertisement", "publicité", "publicidad", "pubblicità", "anzeige", "werbung"})
_MARKERS = ("-", "–", "—", "•", "*", "▪", "·")


def render(body: Node, title: str) -> str:
    """The text of a body. A heading or paragraph that repeats the title at the beginning, or the paragraph before it,
    is left out."""
    kept: list[str] = []
    for block in _blocks(body):
        same_as_title = len(kept) < 2 and len(block) < 2 * len(title) and folded(block) == folded(title)
        if (
            block
            and not same_as_title
            and block not in kept[-2:]
            and not (len(block) < 20 and folded(block) in _ADVERTS)
        ):
            kept.append(block)
    return "\n\n".join(kept)


def _blocks(node: Node) -> Iterator[str]:
    """The blocks under a node in order; loose words between blocks are blocks of their own."""
    loose: list[str] = [node.text or ""]
    for child in node:
        if not isinstance(child.tag, str):
            loose.append(child.tail or "")
        elif child.tag in _BLOCKS or child.tag in _LISTS or child.tag == "table":
            yield from _lines("".join(loose))
            yield from _block(child)
            loose = [child.tail or ""]
        else:
            loose.append(_inline(child) + (child.tail or ""))
    yield from _lines("".join(loose))


def _block(node: Node) -> Iterator[str]:
    if node.tag in _LISTS:
        yield "\n".join(_items(node, depth=0))
    elif node.tag == "table":
        yield "\n".join(_rows(node))
    else:
        yield from _blocks(node)


def _lines(text: str) -> Iterator[str]:
    """Paragraphs; a single line break stays one, a double one parts them."""
    for part in text.split(BREAK):
        lines = [tidy(line) for line in part.split("\v")]
        paragraph = "\n".join(line for line in lines if line)
        if paragraph:
            yield paragraph


def _items(node: Node, depth: int) -> Iterator[str]:
    """A line for each item; the items of an inner list follow their own item, indented."""
    ordered = node.get("rend") == "ol"
    number = 0
    for item in node:
        if not isinstance(item.tag, str):
            continue
        inner = [child for child in item.iter("list") if child is not item]
        words = tidy(_inline(item, skip="list").replace("\v", " ").replace(BREAK, " "))
        if words:
            number += 1
            marker = f"{number}." if ordered else "-"
            yield "  " * depth + (words if words.startswith(_MARKERS) else f"{marker} {words}")
        for deeper in inner[:1] if item.tag != "list" else [item]:
            yield from _items(deeper, depth + 1)


def _rows(table: Node) -> Iterator[str]:
    for row in table.iter("row"):
        cells = [
            tidy(_inline(cell).replace("\v", " ").replace(BREAK, " ")) for cell in row if isinstance(cell.tag, str)
        ]
        if any(cells):
            yield " | ".join(cell for cell in cells if cell)


def _inline(node: Node, skip: str = "") -> str:
    """The words of a node; line breaks as vertical tabs, inner blocks set apart by them."""
    if node.tag == "lb":
        return "\v"
    parts = [node.text or ""]
    for child in node:
        if isinstance(child.tag, str) and child.tag != skip:
            words = _inline(child, skip)
            parts.append(f"\v{words}\v" if child.tag in _BLOCKS or child.tag in ("item", "row") else words)
        parts.append(child.tail or "")
    return "".join(parts)
