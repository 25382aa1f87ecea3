"""What a mention adds to what is already held of a commitment: features of that question, and the rules that answer it
as far as rules can. Both read the record's status, the sums, and how near words of change stand to the sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, get_args

from monitor.model import EVENTS, STATUSES, Event, Mention, RegisterStatus
from monitor.resolution.cues import GROUPS

# A sum is the same within this share; differences up to the second are rounding when one of the two is rounded.
SAME_SUM = 0.025
ROUNDED = 0.07
COPY_WORDS = 10
CERTAINTY = {"rumoured": 0, "announced": 1, "signed": 2, "under_way": 3, "completed": 4}
REGISTER_STATUSES: tuple[RegisterStatus, ...] = get_args(RegisterStatus)
PROGRESS = frozenset({"rumoured", "announced", "signed"})
TOLD: tuple[Event, ...] = tuple(e for e in EVENTS if e != "new")


@dataclass
class Held:
    """What is held of a commitment before a mention is read."""

    mention: Mention  # the one that the sum was taken from
    payers: Mention  # the one that the payers were taken from
    status: RegisterStatus
    horizon: int | None
    delayed: bool
    first: date
    last: date
    told: list[Mention] = field(default_factory=list)
    claims: list[Mention] = field(default_factory=list)  # other sums, told since the sum was last settled


def ends(mention: Mention, in_euro: bool) -> tuple[float | None, float | None]:
    low, high = mention.traits["euros"] if in_euro else mention.traits["money"][:2]
    return low, high


def point(mention: Mention, in_euro: bool) -> float | None:
    """One figure for a sum: its upper end, or the only one it has."""
    low, high = ends(mention, in_euro)
    return high if high is not None else low


def ratio(now: Mention, before: Mention) -> float | None:
    """The sum told now over the one told before, natively in one currency, else in euro. None without both."""
    in_euro = now.record.currency != before.record.currency
    a, b = point(now, in_euro), point(before, in_euro)
    return a / b if a and b else None


def is_open(mention: Mention) -> bool:
    """Whether a sum is a range, a bound or only sized in words."""
    return mention.record.qualifier in ("range", "at_least", "up_to", "vague")


def narrows(now: Mention, before: Mention) -> bool:
    """Whether a figure told now lies within the bounds told before."""
    if not is_open(before) or is_open(now) or point(now, False) is None:
        return False
    in_euro = now.record.currency != before.record.currency
    low, high = ends(before, in_euro)
    told = point(now, in_euro)
    if before.record.qualifier == "vague" and low:
        return told is not None and low / 3 <= told <= low * 10
    return told is not None and (low is None or told >= low * 0.97) and (high is None or told <= high * 1.03)


def names_former(now: Mention, before: Mention) -> bool:
    """Whether a mention names the held sum as a former one."""
    held = [v for v in before.traits["money"][:2] if v]
    return any(abs(f - v) <= SAME_SUM * v for f in now.traits["former"] for v in held)


def cue(mention: Mention, group: str) -> int:
    """How near a word group stands: 4 in the quote, 3 nearest to the sum, 2 same sentence, 1 beside it, 0 not."""
    level: int = mention.traits["cues"].get(group, 0)
    return level


def likeness(a: Mention, b: Mention) -> float:
    """How much of the telling words of two articles is shared: high for wire copies and translations of them. The shorter
    text is what counts, unless it is too short to tell a copy from a namesake."""
    left, right = set(a.traits["wide"]), set(b.traits["wide"])
    if not left or not right:
        return 0.0
    least = min(len(left), len(right))
    return len(left & right) / (least if least >= COPY_WORDS else len(left | right))


def doubted_beside(mention: Mention) -> bool:
    """Whether the article tells of another commitment that is cut, late or given up: what holds then is worth saying."""
    return any(o["status"] in ("reduced", "delayed", "cancelled") for o in mention.traits["others"])


def changed(held: Held, now: Mention) -> Event | None:
    """A change of sum that the text speaks for: by the record's status, or by the former sum that it names."""
    r = ratio(now, held.mention)
    if (
        r is None
        or abs(r - 1) <= SAME_SUM
        or (cue(now, "correct") >= 2 and now.record.status not in ("raised", "reduced"))
    ):
        return None
    narrowed = narrows(now, held.mention)
    told = now.record.status
    if r > 1 and (told == "raised" or (names_former(now, held.mention) and not narrowed and told != "reduced")):
        return "amount_raised"
    if r < 1 and (told == "reduced" or (names_former(now, held.mention) and not narrowed and told != "raised")):
        return "amount_reduced"
    return None


def later(held: Held, now: Mention) -> bool:
    """Whether a later year is told than the one held."""
    return now.record.horizon is not None and held.horizon is not None and now.record.horizon > held.horizon


def _delayed_again(held: Held, now: Mention) -> bool:
    """Whether a new delay is told of what was late before: another year in words of delay."""
    other = now.record.horizon is not None and now.record.horizon != held.horizon
    return later(held, now) or (other and (cue(now, "delay") >= 3 or "delay" in now.traits["title_cues"]))


def rule(held: Held, now: Mention) -> Event:
    """The event by rules alone."""
    status = now.record.status
    if status == "cancelled":
        return "repeated_no_change" if held.status == "cancelled" else "cancelled"
    change = changed(held, now)
    if change:
        return change
    if status == "delayed" and (not held.delayed or _delayed_again(held, now)):
        return "delayed"
    if status == "completed" and held.status != "completed":
        return "completed"
    if status == "under_way" and held.status in (*PROGRESS, "suspended"):
        return "under_way"
    if narrows(now, held.mention):
        return "range_narrowed"
    if status in PROGRESS and CERTAINTY[status] > CERTAINTY.get(held.status, 9):
        return "confirmed"
    if held.status == "cancelled" and status in CERTAINTY:
        return "confirmed"
    if cue(now, "confirm") >= 2 and (doubted_beside(now) or held.claims):
        return "confirmed"
    return "repeated_no_change"


def given(mention: Mention) -> bool:
    """Whether a person wrote or edited the record, so that its status can be trusted: an extractor is never certain."""
    return mention.record.confidence >= 1.0


def force(held: Held, now: Mention) -> dict[Event, int]:
    """How strongly words speak for each event, whatever status was read: how near they stand (`cue`), 3 in the title of an
    article that is led by the record, and 2 more where both do."""
    lead = now.traits["lead"]

    def strength(*groups: str) -> int:
        near = max(cue(now, g) for g in groups)
        headline = lead and any(g in now.traits["title_cues"] for g in groups)
        return max(near, 3) + 2 * (near >= 2) if headline else near

    r = ratio(now, held.mention)
    told: dict[Event, int] = {}
    if held.status != "cancelled":
        told["cancelled"] = strength("cancel", "deny")
    if r is not None and abs(r - 1) > SAME_SUM:
        former = 5 if names_former(now, held.mention) else 0
        told["amount_raised" if r > 1 else "amount_reduced"] = max(former, strength("raise" if r > 1 else "reduce"))
    told["delayed"] = strength("delay", "pause")
    if held.status != "completed":
        told["completed"] = strength("complete")
    if held.status in (*PROGRESS, "suspended"):
        told["under_way"] = strength("start")
    if held.status in ("rumoured", "announced"):
        told["confirmed"] = max(0, strength("sign") - 1)
    return told


def spoken(told: Mapping[Event, int]) -> Event:
    """The event that words speak for most (`force`), the first of the contract's order among equals."""
    best = max(told, key=lambda e: told[e])
    return best if told[best] >= 3 else "repeated_no_change"


def supported(held: Held, now: Mention, event: Event) -> bool:
    """Whether anything in the text speaks for an event: the record's status or the sums (`rule`), or words near the sum or
    in the title. What only the trees believe is not told."""
    if event == "delayed" and now.record.status != "delayed" and _sooner(held, now) and cue(now, "delay") < 3:
        return False
    if event == "range_narrowed":
        return narrows(now, held.mention)
    return event in ("repeated_no_change", "confirmed", rule(held, now)) or force(held, now).get(event, 0) >= 1


def _sooner(held: Held, now: Mention) -> bool:
    return now.record.horizon is not None and held.horizon is not None and now.record.horizon < held.horizon


FEATURES: tuple[str, ...] = (
    *(f"rule:{e}" for e in TOLD),
    *(f"spoken:{e}" for e in TOLD),
    *(f"status:{s}" for s in STATUSES),
    *(f"held:{s}" for s in REGISTER_STATUSES),
    "certainty", "held_delayed", "horizon_later", "horizon_earlier", "horizon_told",
    "sum_told", "sum_up", "sum_down", "sum_far", "sum_rounded", "narrows", "held_open", "former", "seen_before", "doubted_beside", "disputed",
    *(f"{g}" for g in GROUPS),
    *(f"title:{g}" for g in GROUPS),
    "lead", "rank", "of", "first_days", "last_days", "mentions", "copy", "official", "part", "funding", "given", "sure",
    *(f"force:{e}" for e in TOLD),
)  # fmt: skip


def features(held: Held, now: Mention) -> list[float]:
    """The features in the order of FEATURES."""
    t: Mapping[str, Any] = now.traits
    record, r = now.record, ratio(now, held.mention)
    suggested, loud = rule(held, now), force(held, now)
    heard = spoken(loud)
    seen = any((q := ratio(now, m)) is not None and abs(q - 1) <= SAME_SUM for m in held.told)
    both = record.horizon is not None and held.horizon is not None
    shift = (record.horizon or 0) - (held.horizon or 0) if both else 0
    return [
        *(float(suggested == e) for e in TOLD),
        *(float(heard == e) for e in TOLD),
        *(float(record.status == s) for s in STATUSES),
        *(float(held.status == s) for s in REGISTER_STATUSES),
        float(CERTAINTY.get(record.status, -1) - CERTAINTY.get(held.status, -1)),
        float(held.delayed),
        float(shift > 0),
        float(shift < 0),
        float(record.horizon is not None),
        float(r is not None),
        float(r is not None and r > 1 + SAME_SUM),
        float(r is not None and r < 1 - SAME_SUM),
        float(r is not None and not 0.2 < r < 5),
        float(r is not None and SAME_SUM < abs(r - 1) <= ROUNDED),
        float(narrows(now, held.mention)),
        float(is_open(held.mention)),
        float(names_former(now, held.mention)),
        float(seen),
        float(doubted_beside(now)),
        float(bool(held.claims)),
        *(float(cue(now, g)) for g in GROUPS),
        *(float(g in t["title_cues"]) for g in GROUPS),
        float(t["lead"]),
        float(t["rank"]),
        float(t["of"]),
        min((now.valid_from - held.first).days, 1500) / 1500,
        min((now.valid_from - held.last).days, 1500) / 1500,
        float(min(len(held.told), 6)),
        max((likeness(now, m) for m in held.told), default=0.0),
        float(now.trust in ("official", "company")),
        float(t["role"] in ("part", "both")),
        float(record.purpose == "funding"),
        float(given(now)),
        record.confidence,
        *(float(loud.get(e, 0)) for e in TOLD),
    ]
