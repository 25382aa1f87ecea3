"""The text of a PDF."""

from __future__ import annotations

import io
import logging
import re
from datetime import date

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from monitor.errors import ReadingError
from monitor.reading.words import tidy, tidy_lines

logging.getLogger("pypdf").setLevel(logging.CRITICAL)
_PAGES = 200
_HYPHEN = re.compile(r"(?<=[^\W\d_])-\n(?=[a-zà-ÿ])")
# A line that goes on: it does not end a sentence, and the next does not begin a list item.
_WRAPPED = re.compile(r"(?<![.!?:;…])\n(?=[^\n•▪*–—-])")


def read_pdf(body: bytes, url: str) -> tuple[str | None, str, date | None]:
    """Title (from the document's properties), text and day of making of the first 200 pages.

    Wrapped lines are joined; list items and lines after a full stop stay apart. Raises ReadingError for what is broken,
    locked or holds images alone.
    """
    try:
        reader = PdfReader(io.BytesIO(body))
        pages = [page.extract_text() for page in reader.pages[:_PAGES]]
        title = tidy(reader.metadata.title or "") if reader.metadata else ""
        made = reader.metadata.creation_date if reader.metadata else None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise ReadingError(
            "The PDF cannot be read", subject=url, cause=error, hint="Is it locked or damaged?"
        ) from None
    text = tidy_lines(_WRAPPED.sub(" ", _HYPHEN.sub("", "\n\n".join(pages))))
    if len(text) < 20:
        raise ReadingError("The PDF holds no text", subject=url, hint="It may be a scan; hand in its text.")
    return title or None, text, made.date() if made else None
