"""The main text of a page: what is left without navigation, banners, related links and comments."""

from __future__ import annotations

import logging
from typing import Any, TypeAlias

from trafilatura import bare_extraction
from trafilatura.settings import Document

from monitor.reading.layout import render

Node: TypeAlias = Any  # an lxml element

# It logs every page without a text as an error; that is ours to judge.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def main_text(tree: Node, url: str, title: str) -> str:
    """The article's text as lines (see `layout`), or an empty string. The tree is not changed: trafilatura works on a copy of
    its own."""
    found = bare_extraction(tree, url=url, include_comments=False, include_tables=True, with_metadata=False)
    return render(found.body, title) if isinstance(found, Document) and found.body is not None else ""
