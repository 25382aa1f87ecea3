"""The main text of a page: what is left without navigation, banners, related links and comments."""

from __future__ import annotations

import logging
from typing import Any, TypeAlias

from trafilatura import bare_extraction
from trafilatura.settings import Document

from monitor.reading.gaps import filled
from monitor.reading.layout import render
from monitor.reading.prepare import prepare

Node: TypeAlias = Any  # an lxml element

# It logs every page without a text as an error; that is ours to judge.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def main_text(tree: Node, url: str, title: str) -> str:
    """The article's text as lines (see `layout`), or an empty string. The tree is prepared in place (see `prepare`)."""
    prepare(tree)
    found = bare_extraction(tree, url=url, include_comments=False, include_tables=True, with_metadata=False)
    if not isinstance(found, Document) or found.body is None:
        return ""
    return filled(tree, render(found.body, title))
