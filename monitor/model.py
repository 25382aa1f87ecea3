"""The frozen types that flow from room to room. No I/O; imports nothing of ours.

Field names, statuses, purposes and events are those of the domain contract (`docs/contract.md`). Sums are in whole
units of their currency. Dates are the world's; datetimes are always zoned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, Literal, Protocol

Qualifier = Literal["exact", "about", "range", "at_least", "up_to", "vague", "unknown"]
Status = Literal[
    "rumoured", "announced", "signed", "under_way", "completed", "raised", "reduced", "delayed", "cancelled"
]
RegisterStatus = Literal["rumoured", "announced", "signed", "under_way", "completed", "suspended", "cancelled"]
Purpose = Literal["data_center", "compute", "chips", "energy", "funding", "programme", "research", "skills", "other"]
Nature = Literal["capital", "round", "grant", "purchase"]
Event = Literal[
    "new",
    "cancelled",
    "amount_raised",
    "amount_reduced",
    "delayed",
    "completed",
    "under_way",
    "range_narrowed",
    "confirmed",
    "repeated_no_change",
]
Cause = Literal["seed", "news", "late", "source_correction", "regrouped", "review", "reprocess", "rate"]
Verdict = Literal["same", "different", "unsure"]

QUALIFIERS: tuple[Qualifier, ...] = ("exact", "about", "range", "at_least", "up_to", "vague", "unknown")
STATUSES: tuple[Status, ...] = (
    "rumoured",
    "announced",
    "signed",
    "under_way",
    "completed",
    "raised",
    "reduced",
    "delayed",
    "cancelled",
)
PURPOSES: tuple[Purpose, ...] = (
    "data_center",
    "compute",
    "chips",
    "energy",
    "funding",
    "programme",
    "research",
    "skills",
    "other",
)
EVENTS: tuple[Event, ...] = (
    "new",
    "cancelled",
    "amount_raised",
    "amount_reduced",
    "delayed",
    "completed",
    "under_way",
    "range_narrowed",
    "confirmed",
    "repeated_no_change",
)
QUIET_EVENTS: frozenset[str] = frozenset({"confirmed", "repeated_no_change"})
ALERTING_CAUSES: frozenset[str] = frozenset({"news", "source_correction"})


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open offsets into an article's full text (title + blank line + text), in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """One place that is watched. `every` is the pace in seconds; `links` a CSS selector for kind `listing`."""

    name: str
    kind: Literal["feed", "sitemap", "listing", "page"]
    url: str
    language: str | None = None
    trust: Literal["official", "company", "wire", "press", "trade"] = "press"
    every: float = 3600.0
    links: str | None = None
    must_match: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What a source's page says of one article. `id` is the source's own identifier, or the url.

    `modified` is when the source says it was last changed, which is not a date of publication. An entry of kind
    `sitemap` is another page of the same source to fetch and read, not an article.
    """

    url: str
    id: str
    title: str | None = None
    summary: str | None = None
    published: datetime | None = None
    language: str | None = None
    content_html: str | None = None
    modified: datetime | None = None
    kind: Literal["article", "sitemap"] = "article"


@dataclass(frozen=True, slots=True)
class Request:
    """A page wanted; the validators are the server's own, verbatim."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: `body` as sent, decompressed; empty when `not_modified`. Header names are lower case.

    `moved_to` is where permanent redirects alone lead: the address to ask from now on."""

    url: str
    requested_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime
    not_modified: bool = False
    moved_to: str | None = None

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Article:
    """An article as read. `link` is its canonical address or, for a text handed in, its id; `partial` when only the
    entry's own title and summary could be had."""

    link: str
    title: str
    text: str
    language: str
    published: date | None
    outlet: str | None = None
    trust: str = "press"
    partial: bool = False

    @property
    def full(self) -> str:
        """The stored text, to which all spans refer."""
        return f"{self.title}\n\n{self.text}"


@dataclass(frozen=True, slots=True)
class Money:
    """A sum found in a text; `low` and `high` as `amount_min` and `amount_max` of the contract.

    `conversion_of` is the index, in the same list, of the sum that this one merely restates in another currency.
    `inherited` names what was not written beside the number: `scale`, `currency`; and `figure` where there is no number, but
    words for a sum told before ("the same again").
    """

    span: Span
    text: str
    low: float | None
    high: float | None
    currency: str | None
    qualifier: Qualifier
    conversion_of: int | None = None
    inherited: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Deadline:
    """A phrase of time that can be a horizon: "by 2030", "over five years", "next spring"."""

    span: Span
    text: str
    year: int
    kind: Literal["by", "duration", "start", "plain"]


@dataclass(frozen=True, slots=True)
class Record:
    """One commitment as one document tells it: the record of the domain contract.

    `part_of` is an index into the same document's records. `spans` points to sum, payer, place and verb by role.
    """

    investor: tuple[str, ...]
    recipient: str | None
    amount_min: float | None
    amount_max: float | None
    currency: str | None
    qualifier: Qualifier
    status: Status
    purpose: Purpose
    place: tuple[str, ...]
    horizon: int | None
    part_of: int | None
    evidence: str
    confidence: float = 1.0
    spans: tuple[tuple[str, Span], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The record in the contract's JSON shape (sums without a fraction as integers)."""
        out: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        for key in ("amount_min", "amount_max"):
            value = out[key]
            if value is not None and float(value).is_integer():
                out[key] = int(value)
        out["investor"] = list(self.investor)
        out["place"] = list(self.place)
        out["confidence"] = round(self.confidence, 3)
        out["spans"] = [[s.start, s.end] for _, s in self.spans]
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Record:
        """A record from the contract's JSON shape; unknown keys are ignored."""
        spans = data.get("spans") or []
        first = "verb" if data["qualifier"] == "unknown" else "sum"
        return cls(
            investor=tuple(data.get("investor") or ()),
            recipient=data.get("recipient"),
            amount_min=data.get("amount_min"),
            amount_max=data.get("amount_max"),
            currency=data.get("currency"),
            qualifier=data["qualifier"],
            status=data["status"],
            purpose=data["purpose"],
            place=tuple(data.get("place") or ()),
            horizon=data.get("horizon"),
            part_of=data.get("part_of"),
            evidence=data.get("evidence") or "",
            confidence=float(data.get("confidence", 1.0)),
            spans=tuple((first if i == 0 else "payer", Span(*s)) for i, s in enumerate(spans)),
        )


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a person's judgement holds on to, so that it survives a new reading of the article."""

    link: str
    sum_key: str
    quote_key: str
    occurrence: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A record in its article, as kept in the ledger.

    `traits` is what recognition needs to know of it, made once by `Resolver.describe` (JSON values only); `key` is the
    position that orders mentions whatever their order of arrival: (valid_from, link, index).
    """

    id: int
    record: Record
    link: str
    index: int
    valid_from: date
    outlet: str | None
    trust: str
    language: str
    title: str
    anchor: Anchor
    traits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[date, str, int]:
        return (self.valid_from, self.link, self.index)

    def with_record(self, record: Record) -> Mention:
        return replace(self, record=record)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether two mentions mean one commitment. `score` is the probability of `same`; `by` is `engine` or a name."""

    left: int
    right: int
    verdict: Verdict
    score: float
    why: str
    by: str = "engine"


@dataclass(frozen=True, slots=True)
class State:
    """What is held true of a commitment from `valid_from` on."""

    valid_from: date
    investor: tuple[str, ...]
    recipient: str | None
    amount_min: float | None
    amount_max: float | None
    currency: str | None
    qualifier: Qualifier
    status: RegisterStatus
    purpose: Purpose
    place: tuple[str, ...]
    horizon: int | None
    nature: Nature
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What one mention added to a commitment: its event, the others that hold too, and the state after it."""

    mention: int
    event: Event
    also: tuple[Event, ...]
    state: State
    why: str = ""


class Resolver(Protocol):
    """Recognition, as the ledger sees it: pure functions over mentions. All are deterministic and independent of the
    order in which mentions arrived."""

    version: str

    def describe(self, article: Article, records: Sequence[Record]) -> list[dict[str, Any]]:
        """The traits of each record of an article, JSON values only."""
        ...

    def keys(self, mention: Mention) -> frozenset[str]:
        """Block keys: two mentions that share none are never judged."""
        ...

    def judge(self, left: Mention, right: Mention) -> Judgement:
        """A verdict on a pair, symmetric in its arguments."""
        ...

    def partition(self, mentions: Sequence[Mention], judgements: Iterable[Judgement]) -> list[tuple[Mention, ...]]:
        """Groups of mentions of one commitment each, given every judgement between them (people's included)."""
        ...

    def fold(self, mentions: Sequence[Mention]) -> list[Step]:
        """The timeline of one commitment: a step for each mention, in order of `Mention.key`."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that prove a step, and who printed them."""

    quote: str
    outlet: str | None
    link: str
    published: date
    language: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What one revision changed in one commitment, as told to people. `before` is None when it is new; `after` is None
    when it was retracted. Euro values are of the announcement day, None where no rate is known. `doubt` is the confidence
    of a doubtful reading that it rests on and that nobody looked at yet."""

    commitment: str
    seq: int
    recorded_at: datetime
    cause: Cause
    event: Event
    also: tuple[Event, ...]
    before: State | None
    after: State | None
    evidence: Evidence | None
    why: str = ""
    euros_before: tuple[float | None, float | None] = (None, None)
    euros_after: tuple[float | None, float | None] = (None, None)
    doubt: float | None = None


@dataclass(frozen=True, slots=True)
class Commitment:
    """A commitment as of (valid, known)."""

    id: str
    state: State
    announced_on: date
    last_told_on: date
    outlets: tuple[str, ...]
    parents: tuple[str, ...]
    parts: tuple[str, ...]
    euros: tuple[float | None, float | None]
    rate_note: str
    flags: tuple[str, ...]
    confidence: float
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums in euro, each a (low, high) pair; natures other than `capital` are summed apart in `by_nature`."""

    itemised: tuple[float, float]
    remainder: tuple[float, float]
    headline: tuple[float, float]
    by_nature: Mapping[str, tuple[float, float]]
    without_sum: int
    currency: str = "EUR"
    lines: tuple[Mapping[str, Any], ...] = ()
