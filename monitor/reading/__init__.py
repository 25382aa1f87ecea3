"""Page → Article: main text, title, date, language, canonical link.

    read(page, entry, source=source)        pure; raises ReadingError
    with Reader() as reader:                the same in a process of its own, with a deadline and a memory limit
        article = reader.read(page, entry, source=source)

Importing this module is cheap: the HTML libraries are loaded where reading happens.
"""

from __future__ import annotations

from monitor.model import Article, Entry, Page, Source
from monitor.reading.process import Reader

# Names the way of reading in the ledger. Raise it whenever the same bytes would give another text.
READER = "reader-1"

__all__ = ["READER", "Reader", "read"]


def read(page: Page, entry: Entry | None = None, *, source: Source | None = None) -> Article:
    """The article on a page. `entry` is what the source said of it, `source` who it is from.

    Where the page shows no article (paywall, challenge, empty), the article is made of the entry's own words and marked
    `partial`. `published` is None when neither the source nor the page tells a day. Raises ReadingError when nothing
    can be read. Hostile pages may take very long or much memory: use a Reader for pages from the network.
    """
    from monitor.reading.article import read_article

    return read_article(page, entry, source)
