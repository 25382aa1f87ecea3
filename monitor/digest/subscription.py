"""Who gets what: one subscriber's language, channel, filter and alerts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from monitor.knowledge import actors, names, places
from monitor.model import Change, Event, Purpose, State

Channel = Literal["smtp", "file"]
# Whether the first place or actor is, or belongs to, the second one.
Within = Callable[[str, str], bool]


def lies_within(place: str, wanted: str) -> bool:
    """Whether a place is, or lies in, the one wanted; places we do not know are compared by name."""
    return names.same(place, wanted) or places.within(place, wanted)


def belongs_to(actor: str, wanted: str) -> bool:
    """Whether an actor is the one wanted or owned by it; actors we do not know are compared by name."""
    found, owner = actors.find(actor), actors.find(wanted)
    if found is None or owner is None:
        return names.same(actor, wanted)
    return owner.id in actors.directory().owners(found)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a subscriber wants to see; an empty field lets everything pass.

    `at_least_eur` compares the larger end of the sum before or after the change; a commitment without a known euro
    value does not pass a size filter.
    """

    places: tuple[str, ...] = ()
    investors: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    at_least_eur: float | None = None

    def __bool__(self) -> bool:
        return bool(self.places or self.investors or self.purposes or self.at_least_eur)

    def admits(self, change: Change, within: Within = lies_within, same_actor: Within = belongs_to) -> bool:
        states = [s for s in (change.before, change.after) if s is not None]
        return (
            (not self.places or any(_any(s.place, self.places, within) for s in states))
            and (not self.investors or any(_any(_payers(s), self.investors, same_actor) for s in states))
            and (not self.purposes or any(s.purpose in self.purposes for s in states))
            and (not self.at_least_eur or largest(change) >= self.at_least_eur)
        )


@dataclass(frozen=True, slots=True)
class Alert:
    """What cannot wait for the digest; an empty `events` means every event that is not quiet."""

    events: tuple[Event, ...] = ()
    at_least_eur: float | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """One recipient. `address` is a mail address, or for channel `file` a folder; `id` stays the same when the
    settings are reordered, so that nobody is told twice."""

    address: str
    language: str = "en"
    channel: Channel = "smtp"
    only: Filter = Filter()
    alert: Alert | None = None
    skip_empty: bool = False

    @property
    def id(self) -> str:
        return self.address.strip().lower() if self.channel == "smtp" else self.address


def _payers(state: State) -> tuple[str, ...]:
    return state.investor or ((state.recipient,) if state.recipient else ())


def _any(names: Iterable[str], wanted: tuple[str, ...], match: Within) -> bool:
    """Whether any accepted form of a name ("A|B") matches one of those wanted."""
    return any(match(form, want) for name in names for form in name.split("|") for want in wanted)


def largest(change: Change) -> float:
    """The largest euro end known before or after, -1 where none is."""
    ends = (*change.euros_before, *change.euros_after)
    return max((end for end in ends if end is not None), default=-1.0)
