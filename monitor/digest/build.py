"""From changes to a digest: pure, without words of any language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from monitor.digest.subscription import Filter, Subscription, Within, belongs_to, lies_within
from monitor.model import EVENTS, Change, Commitment, Event, Evidence, State, Totals
from monitor.schedule import Period

Euros = tuple[float | None, float | None]

# Sections in the order in which they are read: what may be lost comes before what is won.
SECTIONS = (
    "setbacks",
    "new",
    "changed",
    "progress",
    "confirmed",
    "corrections",
    "late",
    "overdue",
    "disputed",
)
_SECTION_OF: dict[str, str] = {
    "cancelled": "setbacks",
    "amount_reduced": "setbacks",
    "delayed": "setbacks",
    "new": "new",
    "amount_raised": "changed",
    "range_narrowed": "changed",
    "under_way": "progress",
    "completed": "progress",
    "confirmed": "confirmed",
}
_SETBACK_ORDER = {"cancelled": 0, "amount_reduced": 1, "delayed": 2}
# Whose change it was: the world's, ours, an old decision seen late, or the baseline.
_ORIGIN = {
    "news": "world",
    "source_correction": "world",
    "late": "late",
    "seed": "seed",
    "regrouped": "ours",
    "review": "ours",
    "reprocess": "ours",
    "rate": "ours",
}


@dataclass(frozen=True, slots=True)
class FailingSource:
    """A source that brought nothing in this period; `since` is its last success, None if it never had one."""

    name: str
    reason: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One commitment as told in one section. `before` is None when it is new, `after` None when it was retracted; `doubt` is
    the confidence of the reading told where that is doubtful."""

    commitment: str
    event: Event
    also: tuple[Event, ...]
    cause: str
    before: State | None
    after: State | None
    euros_before: Euros
    euros_after: Euros
    evidence: Evidence | None
    why: str = ""
    doubt: float | None = None

    @property
    def state(self) -> State:
        """The state to describe it by."""
        state = self.after or self.before
        assert state is not None
        return state

    @property
    def size(self) -> float:
        """Euros to order by: the larger end known, after or before."""
        ends = [e for e in (*self.euros_after, *self.euros_before) if e is not None]
        return max(ends, default=0.0)


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """What one subscriber is told of one period.

    `totals_revised` is, where known, what today's knowledge says of the period's first day: the world changed from
    there to `totals_after`, our knowledge of the past from `totals_before` to there.
    """

    subscriber: str
    period: Period
    only: Filter
    sections: tuple[Section, ...]
    counts: Mapping[str, int]
    totals_before: Totals | None
    totals_after: Totals
    totals_revised: Totals | None
    articles_read: int
    failing_sources: tuple[FailingSource, ...]
    review_waiting: int
    repeated: int
    baseline: int
    generated_at: datetime | None = None
    alert: bool = False

    @property
    def empty(self) -> bool:
        """Nothing happened in the world and nothing was corrected."""
        return not any(s.items for s in self.sections if s.key not in ("overdue", "disputed"))


def build(
    changes: Iterable[Change],
    totals_before: Totals | None,
    totals_after: Totals,
    articles_read: int,
    failing_sources: Sequence[FailingSource],
    review_waiting: int,
    period: Period,
    subscription: Subscription,
    *,
    totals_revised: Totals | None = None,
    overdue: Sequence[Commitment] = (),
    disputed: Sequence[Commitment] = (),
    generated_at: datetime | None = None,
    within: Within = lies_within,
    same_actor: Within = belongs_to,
    alert: bool = False,
) -> Digest:
    """The digest of a period for one subscriber.

    `changes` are all those to be told, quiet ones included; several of one commitment and one origin are told as one.
    `overdue` and `disputed` are commitments whose horizon passed or whose sum the papers give differently.
    """
    seen = [c for c in changes if subscription.only.admits(c, within, same_actor)]
    told = list(merge(c for c in seen if not _retelling(c)))
    found: dict[str, list[Item]] = {key: [] for key in SECTIONS}
    for item, origin in told:
        section = {"ours": "corrections", "late": "late"}.get(origin) or _SECTION_OF.get(item.event)
        if item.after is None:  # withdrawn: by us, or by the paper that printed it
            section = "corrections"
        if origin != "seed" and section:
            found[section].append(item)
    for key, commitments in (("overdue", overdue), ("disputed", disputed)):
        items = (_standing(c) for c in commitments)
        found[key] = [i for i in items if _admits_item(subscription.only, i, within, same_actor)]
    return Digest(
        subscriber=subscription.id,
        period=period,
        only=subscription.only,
        sections=tuple(Section(key, tuple(sorted(found[key], key=_order))) for key in SECTIONS if found[key]),
        counts=_counts(found),
        totals_before=totals_before,
        totals_after=totals_after,
        totals_revised=totals_revised,
        articles_read=articles_read,
        failing_sources=tuple(failing_sources),
        review_waiting=review_waiting,
        repeated=sum(_retelling(c) for c in seen),
        baseline=sum(origin == "seed" for _, origin in told),
        generated_at=generated_at,
        alert=alert,
    )


def merge(changes: Iterable[Change]) -> Iterable[tuple[Item, str]]:
    """Changes of one commitment in a row and of one origin as one item each, with the origin.

    What came and went within the period (new and retracted by us) is not told at all.
    """
    ordered = sorted(changes, key=lambda c: (c.commitment, c.seq))
    for (_, origin), run in groupby(ordered, key=lambda c: (c.commitment, _ORIGIN[c.cause])):
        steps = list(run)
        first, last = steps[0], steps[-1]
        if first.before is None and last.after is None:
            continue
        events = {e for s in steps for e in (s.event, *s.also)}
        lead = next(e for e in EVENTS if e in events)
        if lead == "new" and last.after is not None and last.after.status == "cancelled":
            lead = "cancelled"
        teller = next((s for s in reversed(steps) if s.event == lead), last)
        yield (
            Item(
                commitment=last.commitment,
                event=lead,
                also=tuple(e for e in EVENTS if e in events and e not in (lead, "repeated_no_change")),
                cause=last.cause,
                before=first.before,
                after=last.after,
                euros_before=first.euros_before,
                euros_after=last.euros_after,
                evidence=teller.evidence or last.evidence,
                why=teller.why or last.why,
                doubt=teller.doubt,
            ),
            origin,
        )


def _retelling(change: Change) -> bool:
    """Whether nothing changed: neither the world, nor our reading, nor that the commitment exists."""
    return change.event == "repeated_no_change" and change.after is not None and _ORIGIN[change.cause] != "ours"


def _standing(commitment: Commitment) -> Item:
    """An item for a commitment of which nothing changed but which has to be told."""
    return Item(
        commitment=commitment.id,
        event="repeated_no_change",
        also=(),
        cause="",
        before=commitment.state,
        after=commitment.state,
        euros_before=commitment.euros,
        euros_after=commitment.euros,
        evidence=commitment.evidence,
    )


def _admits_item(only: Filter, item: Item, within: Within, same_actor: Within) -> bool:
    change = Change(
        item.commitment, 0, datetime.min, "news", item.event, (), item.before, item.after, None,
        euros_before=item.euros_before, euros_after=item.euros_after,
    )  # fmt: skip
    return only.admits(change, within, same_actor)


def _order(item: Item) -> tuple[int, float, str]:
    return (_SETBACK_ORDER.get(item.event, 9), -item.size, item.commitment)


def _counts(found: Mapping[str, Sequence[Item]]) -> dict[str, int]:
    """How many of each event the world brought, and how many corrections, late finds and the like. New rumours are
    counted apart, since no total holds them."""
    counts: dict[str, int] = {}
    for key, items in found.items():
        for item in items:
            name = item.event if _SECTION_OF.get(item.event) == key else key
            if name == "new" and item.state.status == "rumoured":
                name = "rumoured"
            counts[name] = counts.get(name, 0) + 1
    return counts
