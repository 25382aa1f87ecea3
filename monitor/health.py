"""Is all well? Answered by the oldest overdue source and the last digest, not by the process being up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor.config import Settings
from monitor.polling import SourceState
from monitor.schedule import due_digest, first_of
from monitor.telling import SINCE, subscriptions

if TYPE_CHECKING:
    from monitor.ledger import Ledger, StoredDigest

# A poll or a digest that is this much later than it was due means that nobody is working.
LATE = timedelta(hours=1)
UNDELIVERED = ("permanent", "filed")


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """`overdue` is how long ago the next poll should have been; `failures` counts those in a row."""

    name: str
    failures: int
    gone: bool
    overdue: timedelta
    succeeded_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Health:
    """`problems` are sentences for people; without one all is well. `notes` are worth knowing and no illness."""

    at: datetime
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    sources: tuple[SourceHealth, ...]
    last_digest: datetime | None
    last_digest_period: str
    deliveries: Mapping[str, int] = field(default_factory=dict)
    seq: int = 0

    @property
    def well(self) -> bool:
        return not self.problems

    @property
    def oldest_overdue(self) -> SourceHealth | None:
        """The source whose poll is the longest overdue; None when none is."""
        late = [source for source in self.sources if source.overdue > timedelta(0) and not source.gone]
        return max(late, key=lambda source: source.overdue, default=None)

    def to_json(self) -> dict[str, Any]:
        oldest = self.oldest_overdue
        return {
            "status": "well" if self.well else "ill",
            "at": self.at.isoformat(),
            "problems": list(self.problems),
            "notes": list(self.notes),
            "sources": {
                "watched": len(self.sources),
                "failing": sum(s.failures > 0 for s in self.sources),
                "gone": sum(s.gone for s in self.sources),
                "oldest_overdue": oldest.name if oldest else None,
                "oldest_overdue_seconds": round(oldest.overdue.total_seconds()) if oldest else 0,
            },
            "last_digest": self.last_digest.isoformat() if self.last_digest else None,
            "last_digest_period": self.last_digest_period or None,
            "deliveries": dict(self.deliveries),
            "seq": self.seq,
        }


def assess(ledger: Ledger, settings: Settings, now: datetime) -> Health:
    """The state of everything, read from the ledger; nothing is written. May raise LedgerError."""
    sources = tuple(_source(ledger, source, now) for source in settings.watched())
    stored = ledger.stored_digests(content=False)
    regular = [one for one in stored if not one.period_kind.startswith("alert")]
    counts = _counts(ledger.delivery_states())
    return Health(
        at=now,
        problems=(*_source_problems(sources), *_digest_problems(ledger, settings, stored, now)),
        notes=(*_source_notes(sources), *_delivery_notes(counts), *_why_waiting(ledger)),
        sources=sources,
        last_digest=regular[0].made_at if regular else None,
        last_digest_period=f"{regular[0].period_kind} from {regular[0].period_start}" if regular else "",
        deliveries=counts,
        seq=ledger.seq(),
    )


def _source(ledger: Ledger, source: Any, now: datetime) -> SourceHealth:
    state = SourceState.from_json(ledger.source_state(source.name), source)
    overdue = now - state.next_poll if state.next_poll and not state.gone else timedelta(0)
    return SourceHealth(
        source.name, state.failures, state.gone, max(overdue, timedelta(0)), state.succeeded_at, state.reason
    )


def _source_problems(sources: tuple[SourceHealth, ...]) -> list[str]:
    problems = []
    late = [source for source in sources if source.overdue > LATE]
    if late:
        worst = max(late, key=lambda source: source.overdue)
        problems.append(
            f"{len(late)} of {len(sources)} sources are overdue, {worst.name} by {in_words(worst.overdue)}: "
            "is `monitor run` at work?"
        )
    asked = [source for source in sources if source.failures or source.succeeded_at]
    if asked and all(source.failures for source in asked):
        problems.append(f"None of {len(asked)} sources answers. {asked[0].reason}")
    return problems


def _digest_problems(ledger: Ledger, settings: Settings, stored: Sequence[StoredDigest], now: datetime) -> list[str]:
    schedule = settings.schedule.parsed()
    problems = []
    for subscription in subscriptions(settings):
        ends = [
            one.about["end"]
            for one in stored
            if (one.subscription, one.channel) == (subscription.id, subscription.channel) and "end" in one.about
        ]
        until = date.fromisoformat(max(ends)) if ends else _joined(ledger, subscription.id)
        period = due_digest(now, schedule, until) if until else None
        since = schedule.due_at(first_of(period)) if period else now
        if period and now - since > LATE:
            late = in_words(now - since)
            problems.append(f"The digest {period.key} for {subscription.id} is overdue by {late}.")
    return problems


def _joined(ledger: Ledger, subscription: str) -> date | None:
    """Since when somebody who was told nothing yet is told; None for one that the service has not seen yet."""
    state = ledger.source_state(SINCE + subscription)
    return date.fromisoformat(state["since"]) if state else None


def _source_notes(sources: tuple[SourceHealth, ...]) -> list[str]:
    failing = [source for source in sources if source.failures and not source.gone]
    gone = [source for source in sources if source.gone]
    notes = [f"{len(failing)} of {len(sources)} sources are failing: see `monitor sources list`."] if failing else []
    if gone:
        notes.append(f"Gone for good: {', '.join(source.name for source in gone)}. Take them off the list.")
    return notes


def _counts(states: Mapping[str, int]) -> dict[str, int]:
    counts = {"delivered": 0, "waiting": 0, "in_doubt": 0, "undelivered": 0, "suppressed": 0}
    for state, number in states.items():
        name = "undelivered" if state in UNDELIVERED else state
        counts[name] = counts.get(name, 0) + number
    return counts


def _delivery_notes(counts: Mapping[str, int]) -> list[str]:
    said = {
        "waiting": "{n} deliveries wait for another attempt.",
        "in_doubt": "{n} deliveries are in doubt: see `monitor digest --in-doubt list`.",
        "undelivered": "{n} mails could not be delivered: they are in the folder `undelivered`.",
    }
    return [text.format(n=counts[key]) for key, text in said.items() if counts.get(key)]


def _why_waiting(ledger: Ledger) -> list[str]:
    """The reasons given for the last attempts at what waits, the commonest first."""
    ever = datetime.max.replace(tzinfo=UTC)
    reasons = Counter(one.detail for one in ledger.due_deliveries(ever) if one.detail and not one.in_doubt)
    return [f"Why they wait: {' / '.join(reason for reason, _ in reasons.most_common(3))}"] if reasons else []


def in_words(length: timedelta) -> str:
    """5 min, 3 h, 12 d."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2 * 24 * 60 else f"{minutes // (24 * 60)} d"


def metrics(health: Health) -> str:
    """The same for Prometheus, in its text format."""
    oldest = health.oldest_overdue
    states = {
        "failing": sum(s.failures > 0 and not s.gone for s in health.sources),
        "gone": sum(s.gone for s in health.sources),
        "overdue": sum(s.overdue > LATE for s in health.sources),
        "watched": len(health.sources),
    }
    last = health.last_digest.astimezone(UTC).timestamp() if health.last_digest else 0
    lines = [
        *_metric("monitor_well", "gauge", "1 when nothing is wrong.", {"": int(health.well)}),
        *_metric("monitor_sources", "gauge", "Sources by state.", {f'state="{k}"': v for k, v in states.items()}),
        *_metric(
            "monitor_oldest_overdue_seconds",
            "gauge",
            "How long the most overdue poll is overdue.",
            {"": round(oldest.overdue.total_seconds()) if oldest else 0},
        ),
        *_metric("monitor_last_digest_timestamp_seconds", "gauge", "When the last digest was made.", {"": last}),
        *_metric(
            "monitor_deliveries",
            "gauge",
            "Deliveries by state.",
            {f'state="{k}"': v for k, v in sorted(health.deliveries.items())},
        ),
        *_metric("monitor_ledger_seq", "counter", "Writes in the ledger.", {"": health.seq}),
        *_metric(
            "monitor_source_failures",
            "gauge",
            "Failed polls in a row by source.",
            {f'source="{_label(s.name)}"': s.failures for s in health.sources},
        ),
    ]
    return "\n".join(lines) + "\n"


def _metric(name: str, kind: str, meaning: str, values: Mapping[str, float]) -> list[str]:
    samples = [f"{name}{{{labels}}} {value:g}" if labels else f"{name} {value:g}" for labels, value in values.items()]
    return [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}", *samples] if samples else []


def _label(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
