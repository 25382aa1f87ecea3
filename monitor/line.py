"""The parts of the line, put together from the settings: what the commands and the service run on."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from monitor import __version__
from monitor.config import Settings
from monitor.errors import ReadingError
from monitor.extraction import Extractor
from monitor.extraction.models import FILE as WEIGHTS
from monitor.fetch import Fetcher, Limits
from monitor.model import Article, Cause, Entry, Page, Record, Source
from monitor.reading import READER

if TYPE_CHECKING:
    from monitor.ledger import Ledger, Outcome

Clock = Callable[[], datetime]

# In a command somebody waits for the answer: no second attempt, and no source may hold up the others.
HURRIED = Limits(connect=5.0, read=8.0, total=15.0, retries=0, spacing=0.5, patience=2.0, workers=32)


class Read(Protocol):
    """`monitor.reading.read`, or the same in a process of its own."""

    def __call__(self, page: Page, entry: Entry | None = None, *, source: Source | None = None) -> Article: ...


@dataclass(frozen=True, slots=True)
class Intake:
    """The end of the line: articles in, commitments into the ledger."""

    ledger: Ledger
    extractor: Extractor

    def take(self, article: Article, raw: bytes, cause: Cause | None = None) -> list[Outcome]:
        """Extracts an article and takes it into the ledger; what was told of each record.

        The ledger tells `news`, `late` and `source_correction` apart unless a cause is given. A wire copy adds a source
        to what its original told and is not extracted.
        """
        original = self.ledger.same_text(article)
        if original is not None:
            self.ledger.add_copy(article, of=original, raw=raw, reader=READER)
            return []
        return self.enter(article, self.extract(article), raw, cause)

    def enter(
        self, article: Article, records: Sequence[Record], raw: bytes, cause: Cause | None = None
    ) -> list[Outcome]:
        """Takes an article with records that are known already."""
        return self.ledger.take(article, records, raw=raw, reader=READER, extractor=extractor_name(), cause=cause)

    def extract(self, article: Article) -> tuple[Record, ...]:
        """The records of an article; ReadingError when its text is one that the extractor cannot cope with."""
        try:
            return self.extractor.extract(article)
        except Exception as error:  # one odd text must not stop the others
            raise ReadingError("Extracting commitments", subject=article.link, cause=repr(error)) from error


@dataclass(frozen=True, slots=True)
class Line:
    """What a cycle works with. `clock` and `random` (in [0, 1)) are the only time and chance there is."""

    intake: Intake
    fetcher: Fetcher
    read: Read
    clock: Clock
    random: Callable[[], float] = random.random

    @property
    def ledger(self) -> Ledger:
        return self.intake.ledger


@lru_cache(maxsize=1)
def extractor_name() -> str:
    """Names the way of extracting in the ledger: the program's version and its weights."""
    return f"extractor-{__version__}-{sha256(WEIGHTS.read_bytes()).hexdigest()[:12]}"


def now() -> datetime:
    return datetime.now(UTC)


def extractor(settings: Settings) -> Extractor:
    """The extractor, which knows the settings' own actors too."""
    from monitor.knowledge.actors import extended

    if not settings.actors:
        return Extractor()
    return Extractor(actors=extended(actor.model_dump(exclude_none=True) for actor in settings.actors))


def fetching(settings: Settings, *, patient: bool, clock: Clock = now) -> Fetcher:
    """A fetcher as the settings ask for; `patient` for the service, which can wait and try again."""
    return Fetcher(
        user_agent=f"CommitmentMonitor/{__version__}{f' (+{url})' if (url := settings.web.public_url) else ''}",
        clock=clock,
        limits=None if patient else HURRIED,
        proxy=settings.proxy,
        allow_private=settings.fetch.allow_private,
    )


def opened(settings: Settings, clock: Clock = now, *, upgrade: bool = True) -> Ledger:
    """The ledger of the settings; a context manager."""
    from monitor.ledger import Ledger
    from monitor.resolution import Recogniser

    return Ledger.open(
        settings.database,
        resolver=Recogniser(),
        clock=clock,
        timezone=settings.schedule.timezone,
        upgrade=upgrade,
    )
