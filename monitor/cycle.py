"""One cycle over the watch list: the one place where the whole line can be read from top to bottom.

    seeds -> due sources -> their pages -> entries -> new entries -> articles -> commitments -> ledger -> source state

What one source, entry or page does wrong is noted and stops nobody else. A failing ledger stops the cycle: nothing is
lost, because a source's state is stored only after its entries are in the ledger.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor import polling
from monitor.errors import FetchError, MonitorError, ReadingError, SourceError
from monitor.failpoints import hit
from monitor.line import Line
from monitor.links import canonical
from monitor.model import Article, Entry, Page, Request, Source
from monitor.polling import SourceState
from monitor.sources import entries as entries_of

log = logging.getLogger(__name__)

SITEMAPS = 5  # sub-sitemaps of an index that are read in one poll, newest first


@dataclass(slots=True)
class Poll:
    """What became of one source in this cycle. `reason` is empty when it was reached."""

    source: Source
    state: SourceState
    reason: str = ""
    unchanged: bool = False
    articles: int = 0
    commitments: int = 0
    news: int = 0
    troubles: list[str] = field(default_factory=list)
    page: Page | None = None
    entries: Sequence[Entry] = ()
    waiting: dict[str, Entry] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)


Going = Callable[[], bool]


def always() -> bool:
    return True


def run(line: Line, sources: Iterable[Source], *, going: Going = always) -> list[Poll]:
    """Polls the sources side by side; `going` false ends the cycle early, between two articles, with nothing lost."""
    polls = {s.name: Poll(s, SourceState.from_json(line.ledger.source_state(s.name), s)) for s in sources}
    for poll in _pages(line, polls.values()):
        if not going():
            return []
        _look(line, poll)
        if not poll.waiting:
            _store(line, poll)
    for poll in _articles(line, [p for p in polls.values() if p.waiting], going):
        _store(line, poll)
    return list(polls.values())


def _pages(line: Line, polls: Iterable[Poll]) -> Iterator[Poll]:
    """Fetches the sources' own pages; a poll is given back when its page has come, or the reason why it has not."""
    asked: dict[Request, list[Poll]] = defaultdict(list)
    for poll in polls:
        asked[polling.request(poll.source, poll.state)].append(poll)
    for request, outcome in line.fetcher.get_many(asked):
        for poll in asked[request]:
            if isinstance(outcome, FetchError):
                _fail(line, poll, outcome)
            elif outcome.not_modified:
                poll.unchanged = True
            else:
                poll.page = outcome
            yield poll


def _look(line: Line, poll: Poll) -> None:
    """Reads the entries of a source's page and chooses those to read."""
    if poll.page is None:
        return
    try:
        poll.entries = _with_sitemaps(line, poll, entries_of(poll.source, poll.page))
    except SourceError as error:
        _fail(line, poll, error)
        return
    poll.waiting = {polling.key(entry): entry for entry in polling.fresh(poll.entries, poll.state)}


def _with_sitemaps(line: Line, poll: Poll, found: Sequence[Entry]) -> list[Entry]:
    """The article entries, those of the first few sub-sitemaps included."""
    articles = [entry for entry in found if entry.kind == "article"]
    for sitemap in [entry for entry in found if entry.kind == "sitemap"][:SITEMAPS]:
        try:
            page = line.fetcher.get(Request(sitemap.url))
            articles += [e for e in entries_of(poll.source, page) if e.kind == "article"]
        except (FetchError, SourceError) as error:
            poll.troubles.append(str(error))
    if not articles and poll.troubles:
        raise SourceError("None of the sitemaps in the index could be read", subject=poll.source.url)
    return articles


def _articles(line: Line, polls: Sequence[Poll], going: Going) -> Iterator[Poll]:
    """Fetches what is new, each address once; a poll is given back when its last entry is settled or has failed."""
    wanted: dict[Request, list[tuple[Poll, str]]] = defaultdict(list)
    for poll in polls:
        for key, entry in list(poll.waiting.items()):
            if poll.source.kind == "page" and poll.page is not None:
                _take(line, poll, key, poll.page)
            else:
                wanted[Request(canonical(entry.url))].append((poll, key))
    yield from (poll for poll in polls if not poll.waiting)
    for request, outcome in line.fetcher.get_many(wanted):
        for poll, key in wanted[request]:
            _take(line, poll, key, outcome)
            if not poll.waiting:
                yield poll
        if not going():
            return


def _take(line: Line, poll: Poll, key: str, outcome: Page | FetchError) -> None:
    """Settles one entry: read, extracted, taken into the ledger; or failed, and why."""
    entry = poll.waiting.pop(key)
    try:
        article, raw = _read(line, poll, entry, outcome)
        hit("cycle.before_take")
        told = line.intake.take(article, raw)
        hit("cycle.after_take")
    except (FetchError, ReadingError) as error:
        poll.failed.add(key)
        poll.troubles.append(str(error))
        log.info("%s: %s", poll.source.name, error)
        return
    poll.settled.add(key)
    poll.articles += 1
    poll.commitments += len(told)
    poll.news += sum(one.event not in ("confirmed", "repeated_no_change") for one in told)


def _read(line: Line, poll: Poll, entry: Entry, outcome: Page | FetchError) -> tuple[Article, bytes]:
    """The article with the bytes it was read from. What cannot be had after several polls is made of the entry's own
    words, and marked partial."""
    try:
        if isinstance(outcome, FetchError):
            raise outcome
        return line.read(outcome, entry, source=poll.source), outcome.body
    except (FetchError, ReadingError):
        last_try = polling.tries(entry, poll.state) + 1 >= polling.TRIES
        if not last_try:
            raise
        article = _partial(entry, poll.source, line.clock())
        return article, article.full.encode()


def _partial(entry: Entry, source: Source, now: datetime) -> Article:
    return Article(
        link=canonical(entry.url),
        title=entry.title or "",
        text=entry.summary or "",
        language=entry.language or source.language or "und",
        published=(entry.published or now).date(),
        outlet=source.name,
        trust=source.trust,
        partial=True,
    )


def _fail(line: Line, poll: Poll, error: MonitorError) -> None:
    poll.reason = str(error)
    poll.state = polling.after_failure(poll.source, poll.state, error, line.clock(), jitter=line.random())
    log.warning("%s: %s", poll.source.name, error)


def _store(line: Line, poll: Poll) -> None:
    """Notes what is known of the source now. Its validators come with it, so this is done after its entries."""
    if not poll.reason:
        if poll.page is not None:
            poll.state = polling.after_entries(poll.state, poll.page, poll.entries, poll.settled, poll.failed)
        brought = bool(poll.settled)
        poll.state = polling.after_success(poll.source, poll.state, line.clock(), brought=brought, jitter=line.random())
    hit("cycle.before_note")
    line.ledger.save_source_state(poll.source.name, poll.state.to_json())
    hit("cycle.after_note")
