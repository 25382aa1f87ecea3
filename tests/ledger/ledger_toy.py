"""A small recognition for the ledger's tests: who, which project, how much. Pure, deterministic, blind to arrival."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from monitor.ledger import Ledger
from monitor.model import Article, Event, Judgement, Mention, Record, State, Step

SURE = {"announced": 1, "signed": 2, "under_way": 3, "completed": 4}


class Toy:
    """`recipient` names the project. One project is one commitment; without a project equal sums are likely one."""

    version = "toy-1"

    def describe(self, article: Article, records: Sequence[Record]) -> list[dict[str, Any]]:
        return [{"actor": "+".join(r.investor).casefold(), "project": r.recipient, "of": len(records)} for r in records]

    def keys(self, mention: Mention) -> frozenset[str]:
        return frozenset({f"a:{mention.traits['actor']}"})

    def judge(self, left: Mention, right: Mention) -> Judgement:
        if left.link == right.link:
            return Judgement(left.id, right.id, "different", 0.0, "one article")
        ours, theirs = left.traits["project"], right.traits["project"]
        if ours and theirs:
            if ours == theirs:
                return Judgement(left.id, right.id, "same", 0.95, "one project")
            return Judgement(left.id, right.id, "different", 0.05, "two projects")
        a, b = left.record.amount_min, right.record.amount_min
        if a and b and abs(a - b) <= 0.02 * max(a, b):
            return Judgement(left.id, right.id, "same", 0.8, "equal sums")
        if a and b and abs(a - b) <= 0.5 * max(a, b):
            likely = 0.55 if abs(a - b) <= 0.3 * max(a, b) else 0.45
            return Judgement(left.id, right.id, "unsure", likely, "sums not far apart")
        return Judgement(left.id, right.id, "different", 0.2, "other sums")

    def partition(self, mentions: Sequence[Mention], judgements: Iterable[Judgement]) -> list[tuple[Mention, ...]]:
        """Joins the two likest groups while their mean score is above one half; people's words are beyond that."""
        ordered = sorted(mentions, key=lambda m: m.key)
        at = {m.id: i for i, m in enumerate(ordered)}
        score: dict[tuple[int, int], float] = {}
        apart, together = set(), []
        for j in judgements:
            pair = (min(at[j.left], at[j.right]), max(at[j.left], at[j.right]))
            if j.by == "engine" or j.verdict != "same":
                score[pair] = j.score
            if j.by != "engine" and j.verdict == "different":
                apart.add(pair)
            if j.by != "engine" and j.verdict == "same":
                together.append(pair)
        groups = [[i] for i in range(len(ordered))]

        def pairs(a: list[int], b: list[int]) -> list[tuple[int, int]]:
            return [(min(i, k), max(i, k)) for i in a for k in b]

        def join(a: list[int], b: list[int]) -> None:
            groups.remove(b)
            a.extend(b)
            a.sort()

        while True:
            best: tuple[float, int, int] | None = None
            for x, a in enumerate(groups):
                for y in range(x + 1, len(groups)):
                    found = pairs(a, groups[y])
                    if apart & set(found) or not any(score.get(p, 0.1) > 0.5 for p in found):
                        continue
                    mean = sum(score.get(p, 0.1) for p in found) / len(found)
                    if mean > 0.5 and (best is None or (-mean, a[0], groups[y][0]) < best):
                        best = (-mean, a[0], groups[y][0])
            if best is None:
                break
            join(next(g for g in groups if g[0] == best[1]), next(g for g in groups if g[0] == best[2]))
        for i, k in sorted(together):
            a, b = next(g for g in groups if i in g), next(g for g in groups if k in g)
            if a is not b and not apart & set(pairs(a, b)):
                first, second = (a, b) if a[0] < b[0] else (b, a)
                join(first, second)
        return [tuple(ordered[i] for i in group) for group in sorted(groups)]

    def fold(self, mentions: Sequence[Mention]) -> list[Step]:
        steps: list[Step] = []
        state: State | None = None
        for mention in sorted(mentions, key=lambda m: m.key):
            record = mention.record
            told = record.status if record.status not in ("raised", "reduced", "delayed") else "announced"
            if state is None:
                state = State(
                    mention.valid_from,
                    record.investor,
                    record.recipient,
                    record.amount_min,
                    record.amount_max,
                    record.currency,
                    record.qualifier,
                    told,  # type: ignore[arg-type]
                    record.purpose,
                    record.place,
                    record.horizon,
                    "round" if record.purpose == "funding" else "capital",
                )
                steps.append(Step(mention.id, "new", (), state, "first told"))
                continue
            event, after = _next(state, mention)
            state = replace(after, valid_from=mention.valid_from)
            steps.append(Step(mention.id, event, (), state, f"told as {record.status}"))
        return steps


def _next(state: State, mention: Mention) -> tuple[Event, State]:
    record = mention.record
    if record.status == "cancelled":
        return "cancelled", replace(state, status="cancelled")
    if (
        record.status in ("raised", "reduced")
        and record.amount_min is not None
        and record.amount_min != state.amount_min
    ):
        event: Event = "amount_raised" if record.amount_min > (state.amount_min or 0) else "amount_reduced"
        new = replace(state, amount_min=record.amount_min, amount_max=record.amount_max, currency=record.currency)
        return event, new
    if record.status == "delayed":
        return "delayed", replace(state, status="suspended")
    if SURE.get(record.status, 0) > SURE.get(state.status, 0):
        return "confirmed", replace(state, status=record.status)  # type: ignore[arg-type]
    return "repeated_no_change", state


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = datetime(2025, 3, 3, 12, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def day(self, day: date) -> None:
        self.now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


def record(
    investor: str = "MGX",
    amount: float | None = 50e9,
    project: str | None = None,
    *,
    high: float | None = None,
    status: Any = "announced",
    part_of: int | None = None,
    currency: str = "EUR",
    **more: Any,
) -> Record:
    """A record whose evidence stands in `article`'s text."""
    evidence = more.pop("evidence", f"{investor} will put {amount} into {project}, {status}")
    return Record(
        investor=(investor,) if investor else (),
        recipient=project,
        amount_min=amount,
        amount_max=high if high is not None else amount,
        currency=currency if amount is not None else None,
        qualifier="exact" if amount is not None else "unknown",
        status=status,
        purpose=more.pop("purpose", "data_center"),
        place=more.pop("place", ()),
        horizon=more.pop("horizon", None),
        part_of=part_of,
        evidence=evidence,
        **more,
    )


def article(
    link: str, day: date, records: Sequence[Record] = (), *, outlet: str | None = None, text: str = ""
) -> Article:
    body = text + "\n".join(r.evidence for r in records)
    return Article(link, f"Title of {link}", body, "en", day, outlet or f"paper {link}")


def take(ledger: Ledger, link: str, day: date, *records: Record, **more: Any) -> list[Any]:
    """Takes an article told on `day`; its outcomes."""
    read = article(link, day, records, outlet=more.pop("outlet", None), text=more.pop("text", ""))
    return ledger.take(
        read,
        records,
        raw=more.pop("raw", read.full.encode("utf-8", "replace")),
        reader="reader-1",
        extractor="extractor-1",
        **more,
    )


def opened(url: str, clock: Clock, **more: Any) -> Ledger:
    return Ledger.open(url, resolver=more.pop("resolver", Toy()), clock=clock, **more)
