"""The timeline of a commitment as the ledger stores it, from the steps that recognition folded. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from monitor.model import Event, State, Step
from monitor.rates import Conversion

DEAD = frozenset({"suspended", "cancelled"})
COUNTABLE = frozenset({"announced", "signed", "under_way", "completed"})
# Steps that state the sum anew: what was itemised under a total before them and is dead is no longer taken from it.
STATING: frozenset[str] = frozenset({"new", "confirmed", "amount_raised", "amount_reduced", "range_narrowed"})

Link = tuple[str, int]
Convert = Callable[[str, date], Conversion]


@dataclass(frozen=True, slots=True)
class Told:
    """A step with what else the ledger knows of its mention."""

    step: Step
    links: frozenset[Link]
    restated: float | None
    confidence: float


def timeline(told: Sequence[Told], convert: Convert) -> list[dict[str, Any]]:
    """The rows of `version` for a commitment, without its id and seq. A step that changes nothing leaves no row."""
    rows: list[dict[str, Any]] = []
    links: frozenset[Link] = frozenset()
    stated_on: date | None = None
    dead_since: date | None = None
    restated: float | None = None
    itemised = False
    summed: tuple[tuple[Any, ...], date] | None = None
    for one in told:
        state = one.step.state
        links |= one.links
        restated = one.restated if one.restated is not None else restated
        itemised = itemised or state.status in COUNTABLE
        dead_since = (dead_since or state.valid_from) if state.status in DEAD else None
        if STATING & {one.step.event, *one.step.also} or stated_on is None:
            stated_on = state.valid_from
        money = (state.amount_min, state.amount_max, state.currency)
        if summed is None or summed[0] != money:
            summed = (money, state.valid_from)
        row = _row(state, one, links, summed[1], restated, convert)
        row.update(stated_on=stated_on, dead_since=dead_since, itemised=itemised)
        if not rows or content(row) != content(rows[-1]):
            rows.append(row)
    for position, row in enumerate(rows):
        row["position"] = position
        row["valid_until"] = rows[position + 1]["valid_from"] if position + 1 < len(rows) else None
    return rows


def _row(
    state: State, told: Told, links: frozenset[Link], day: date, restated: float | None, convert: Convert
) -> dict[str, Any]:
    low, high, before, note, pending = valued(state, restated, day, convert)
    return {
        "valid_from": state.valid_from,
        "investor": tuple(state.investor),
        "recipient": state.recipient,
        "amount_min": _float(state.amount_min),
        "amount_max": _float(state.amount_max),
        "currency": state.currency,
        "qualifier": state.qualifier,
        "status": state.status,
        "purpose": state.purpose,
        "place": tuple(state.place),
        "horizon": state.horizon,
        "nature": state.nature,
        "disputed": state.disputed,
        "links": tuple(sorted(links)),
        "restated": _float(restated),
        "eur_low": low,
        "eur_high": high,
        "eur_restated": before,
        "rate_note": note,
        "pending": pending,
        "mention": told.step.mention,
        "event": told.step.event,
        "also": tuple(told.step.also),
        "why": told.step.why,
        "confidence": float(told.confidence),
    }


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def valued(
    state: State, restated: float | None, day: date, convert: Convert
) -> tuple[float | None, float | None, float | None, str, bool]:
    """(low, high, restated) in euro by the rate of `day`, the rate's note, and whether it is pending."""
    amounts = (state.amount_min, state.amount_max, restated)
    if state.amount_min is None and state.amount_max is None:
        return None, None, None, "", False
    if not state.currency:
        return None, None, None, "no rate: the currency is not known", False
    found = convert(state.currency, day)
    low, high, before = (None if a is None or found.rate is None else a / found.rate for a in amounts)
    return low, high, before, found.note, found.pending


# Which mention proves a state, and in which words, may change without the state doing so.
_BESIDE = ("position", "valid_until", "mention", "event", "also", "why", "confidence")


def content(row: Mapping[str, Any]) -> dict[str, Any]:
    """What two neighbouring states are compared by."""
    return {k: v for k, v in row.items() if k not in (*_BESIDE, "valid_from")}


def differs(new: Sequence[Mapping[str, Any]], old: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a folded timeline says anything else than the stored one."""
    return [_compared(row) for row in new] != [_compared(row) for row in old]


def _compared(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in (*_BESIDE, "commitment", "seq")}


def state_of(row: Any) -> State:
    """The state that a row of `version` holds."""
    return State(*(row[one.name] for one in fields(State)))


def event_between(before: State | None, after: State | None) -> Event:
    """What a change of our own reading amounts to, where no mention told it."""
    if before is None:
        return "new"
    if after is None:
        return "repeated_no_change"
    if after.status != before.status and after.status == "cancelled":
        return "cancelled"
    if before.currency == after.currency and before.amount_min is not None and after.amount_min is not None:
        if after.amount_min > before.amount_min:
            return "amount_raised"
        if after.amount_min < before.amount_min:
            return "amount_reduced"
    if after.status != before.status and after.status == "suspended":
        return "delayed"
    if before.horizon is not None and after.horizon is not None and after.horizon > before.horizon:
        return "delayed"
    if after.status != before.status and after.status in ("completed", "under_way"):
        return "completed" if after.status == "completed" else "under_way"
    if after.status != before.status:
        return "confirmed"
    return "repeated_no_change"
