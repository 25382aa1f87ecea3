"""The timeline of one commitment: what each mention added, and what is held true after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from monitor.knowledge import names
from monitor.knowledge.descriptions import is_description
from monitor.model import Event, Mention, Nature, RegisterStatus, State, Step
from monitor.resolution import events as ev
from monitor.resolution.events import CERTAINTY, Held

Decide = Callable[[Held, Mention], Event]
# What the words that speak for an event are called, and their groups.
SPOKEN: dict[Event, tuple[str, tuple[str, ...]]] = {
    "cancelled": ("giving up", ("cancel", "deny")),
    "delayed": ("delay", ("delay", "pause")),
    "completed": ("an end", ("complete",)),
    "under_way": ("a start", ("start",)),
}


def nature(mention: Mention) -> Nature:
    """Derived, never extracted: a round, a public grant, a purchase of computing, else capital. A public programme is
    capital: its money goes to the programme itself, which is no beneficiary."""
    record, traits = mention.record, mention.traits
    if record.purpose == "funding":
        return "round"
    if record.purpose != "programme" and record.recipient and any(p["public"] for p in traits["payers"]):
        return "grant"
    if record.recipient and record.status == "signed" and record.purpose == "compute":
        return "purchase"
    return "capital"


def opening(mention: Mention) -> tuple[Held, State]:
    """What is held after the first mention."""
    record = mention.record
    status = _status(mention, "announced")
    held = Held(
        mention=mention,
        payers=mention,
        status=status,
        horizon=record.horizon,
        delayed=record.status == "delayed",
        first=mention.valid_from,
        last=mention.valid_from,
        told=[mention],
    )
    state = State(
        valid_from=mention.valid_from,
        investor=record.investor,
        recipient=record.recipient,
        amount_min=record.amount_min,
        amount_max=record.amount_max,
        currency=record.currency,
        qualifier=record.qualifier,
        status=status,
        purpose=record.purpose,
        place=record.place,
        horizon=record.horizon,
        nature=nature(mention),
    )
    return held, state


def _status(mention: Mention, before: RegisterStatus) -> RegisterStatus:
    """The register's status that a record speaks for; raised, reduced and delayed leave the one before, but a pause
    suspends and a raised rumour is at least announced."""
    told = mention.record.status
    if told == "delayed":
        paused = ev.cue(mention, "pause") >= 2 or "pause" in mention.traits["title_cues"]
        return "suspended" if paused else before
    if told == "raised" or told == "reduced":
        if before in ("rumoured", "announced", "cancelled") and ev.cue(mention, "sign") >= 3:
            return "signed"
        return "announced" if before in ("rumoured", "cancelled") else before
    return told


def fold(mentions: Sequence[Mention], decide: Decide) -> list[Step]:
    """A step for each mention in order of date and article, former sums after what replaced them. An event is decided against
    what was held before it."""
    ordered = sorted(mentions, key=lambda m: (m.key[:2], _restates(m), m.index, m.id))
    if not ordered:
        return []
    held, state = opening(ordered[0])
    steps = [Step(ordered[0].id, "new", (), state, "first told")]
    for mention in ordered[1:]:
        if _restates(mention):
            steps.append(Step(mention.id, "repeated_no_change", (), state, "the former sum"))
            continue
        same_article = mention.link == held.told[-1].link
        event: Event = "repeated_no_change" if same_article else decide(held, mention)
        event, settled = _weigh(held, mention, event)
        also = _also(held, mention, event)
        why = _why(held, mention, event, settled)
        state = _after(held, state, mention, event, also, settled)
        steps.append(Step(mention.id, event, also, state, why))
    return steps


def _restates(mention: Mention) -> bool:
    """Whether a mention is but the former sum of another one of its article."""
    return mention.traits.get("restates") is not None


def _weigh(held: Held, mention: Mention, event: Event) -> tuple[Event, bool]:
    """Papers that disagree: a sum that merely differs is kept as a claim until an independent outlet tells it too."""
    r = ev.ratio(mention, held.mention)
    differs = r is not None and abs(r - 1) > ev.ROUNDED
    if event in ("amount_raised", "amount_reduced", "range_narrowed") or ev.narrows(mention, held.mention):
        return event, event != "cancelled"
    if not differs or ev.is_open(mention):
        return event, False
    if ev.cue(mention, "correct") >= 2 or "correct" in mention.traits["title_cues"]:
        return event, True
    for claim in held.claims:
        q = ev.ratio(mention, claim)
        if (
            q is not None
            and abs(q - 1) <= ev.SAME_SUM
            and _independent(claim, mention)
            and event == "repeated_no_change"
        ):
            raised = r is not None and r > 1
            return ("amount_raised" if raised else "amount_reduced"), True
    held.claims.append(mention)
    return event, False


def _independent(a: Mention, b: Mention) -> bool:
    return a.outlet != b.outlet and ev.likeness(a, b) < 0.6


def _also(held: Held, mention: Mention, event: Event) -> tuple[Event, ...]:
    """Other events that hold too, by rule, in the contract's order."""
    if event in ("new", "cancelled", "repeated_no_change"):
        return ()
    record, title = mention.record, mention.traits["title_cues"]
    changed = event in ("amount_raised", "amount_reduced")
    found: list[Event] = []
    if (ev.later(held, mention) and (changed or ev.cue(mention, "delay") >= 1)) or (
        changed and (ev.cue(mention, "delay") >= 3 or ("delay" in title and mention.traits["lead"]))
    ):
        found.append("delayed")
    moving = held.status in (*ev.PROGRESS, "suspended")
    begun = ev.cue(mention, "start") >= 3 or ("start" in title and mention.traits["lead"])
    if moving and (record.status == "under_way" or (changed and begun and "delayed" not in found)):
        found.append("under_way")
    if ev.narrows(mention, held.mention) and not changed:
        found.append("range_narrowed")
    told = _status(mention, held.status)
    if (
        held.status in ("rumoured", "announced", "cancelled")
        and told in ("announced", "signed")
        and told != held.status
    ):
        found.append("confirmed")
    return tuple(e for e in found if e != event)


def _why(held: Held, mention: Mention, event: Event, settled: bool) -> str:
    record, r = mention.record, ev.ratio(mention, held.mention)
    if event in ("amount_raised", "amount_reduced") and r is not None:
        if ev.names_former(mention, held.mention):
            return "the text names the former sum"
        return f"the sum is {r:.2f} times the former one; told as {record.status}"
    if event == "repeated_no_change" and settled:
        return "a correction of what was printed"
    if event == "repeated_no_change" and mention in held.claims:
        return "the sum differs from what others print; nothing says that it changed"
    if event == "confirmed":
        now = _next_status(held, mention, event)
        return f"{held.status} before, {now} now" if now != held.status else f"said to stand; {held.status} as before"
    if event == "range_narrowed":
        return "a figure within the bounds told before"
    if event == "delayed" and ev.later(held, mention):
        return f"by {record.horizon} instead of {held.horizon}"
    if event in SPOKEN and record.status != event:
        return f"{_where(mention, *SPOKEN[event])}; {held.status} before"
    if event == "repeated_no_change":
        return "told again" if record.status == held.status else f"told as {record.status}; {held.status} as before"
    return f"told as {record.status}; {held.status} before"


def _where(mention: Mention, kind: str, groups: Sequence[str]) -> str:
    """Where the words stand that speak for an event."""
    near = max(ev.cue(mention, g) for g in groups)
    if near >= 2 or not any(g in mention.traits["title_cues"] for g in groups):
        return f"words of {kind} {'in the quote' if near == 4 else 'near the sum'}"
    return f"words of {kind} in the title"


def _after(held: Held, state: State, mention: Mention, event: Event, also: tuple[Event, ...], settled: bool) -> State:
    """What is held after a mention; `held` is brought up to date, a new state is returned."""
    record = mention.record
    has_sum = ev.point(mention, False) is not None
    no_sum = ev.point(held.mention, False) is None
    if has_sum and (settled or no_sum):
        held.mention = mention
        held.claims.clear()
        state = replace(
            state,
            amount_min=record.amount_min,
            amount_max=record.amount_max,
            currency=record.currency,
            qualifier=record.qualifier,
        )
    status: RegisterStatus = "under_way" if "under_way" in also else _next_status(held, mention, event)
    delayed = "delayed" in (event, *also) or (held.delayed and event not in ("under_way", "completed", "confirmed"))
    horizon = held.horizon
    if record.horizon is not None and (horizon is None or event != "repeated_no_change"):
        horizon = record.horizon
    held.status, held.horizon, held.delayed, held.last = status, horizon, delayed, mention.valid_from
    held.told.append(mention)
    if _names_payers_better(mention, held.payers, event):
        held.payers = mention
    investor = held.payers.record.investor
    return replace(
        state,
        valid_from=mention.valid_from,
        investor=investor,
        recipient=next((r for r in (state.recipient, record.recipient) if r and not _pays(r, investor)), None),
        status=status,
        place=state.place or record.place,
        horizon=horizon,
        disputed=_disputed(held),
    )


def _pays(recipient: str, investor: Sequence[str]) -> bool:
    """Whether a recipient is but the payer by its own name: nobody pays itself."""
    return any(names.fold(recipient) == names.fold(name) for entry in investor for name in entry.split("|"))


def _names_payers_better(mention: Mention, before: Mention, event: Event) -> bool:
    """A name that can stand for an actor is better than "the group" or nobody; more names only where something changed."""
    told, known = mention.record.investor, before.record.investor
    if not told or not known:
        return bool(told)
    if _is_vague(before):
        return not _is_vague(mention)
    return len(told) > len(known) and event != "repeated_no_change"


def _is_vague(mention: Mention) -> bool:
    """Whether no payer is called by a name that can stand for it alone."""
    payers = zip(mention.record.investor, mention.traits["payers"], strict=True)
    return not any(
        (p["telling"] or p["ids"]) and not all(is_description(name, mention.language) for name in entry.split("|"))
        for entry, p in payers
    )


def _next_status(held: Held, mention: Mention, event: Event) -> RegisterStatus:
    told = _status(mention, held.status)
    if event not in ("under_way", "completed") and told in ("under_way", "completed"):
        told = "signed"  # that works began or ended is an event of its own
    if event in ("cancelled", "completed"):
        return event
    if event == "under_way":
        return "under_way"
    if event == "delayed":
        return told if told == "suspended" else held.status
    if event == "repeated_no_change":
        return held.status
    if held.status == "cancelled":
        return told if told != "cancelled" else "announced"
    return told if CERTAINTY.get(told, -1) > CERTAINTY.get(held.status, -1) else held.status


def _disputed(held: Held) -> bool:
    """Whether other sums stand against the held one, until two later mentions have told the held one again."""
    if not held.claims:
        return False
    after = held.told[held.told.index(held.claims[-1]) + 1 :] if held.claims[-1] in held.told else []
    again = [m for m in after if (q := ev.ratio(m, held.mention)) is not None and abs(q - 1) <= ev.ROUNDED]
    return len({m.outlet for m in again}) < 2
