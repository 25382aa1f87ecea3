"""A small press for tests: articles with their records, told to the recogniser in order of date."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from monitor.model import Anchor, Article, Judgement, Mention, Record, Step
from monitor.resolution import Recogniser

RECOGNISER = Recogniser()


@dataclass(frozen=True)
class Piece:
    """An article and the records read from it."""

    article: Article
    records: tuple[Record, ...]


def record(
    quote: str, payer: str | Sequence[str] | None, low: float | None, high: float | None = None, **more: Any
) -> Record:
    """A record in short: `high` is `low` unless given, a data centre announced in euro unless told otherwise."""
    bounded = more.pop("bounded", None)
    figures: dict[str, Any] = {"amount_min": low, "amount_max": low if high is None else high, "qualifier": "exact"}
    if low is None and high is None:
        figures = {"amount_min": None, "amount_max": None, "qualifier": "unknown"}
    elif high is not None:
        figures["qualifier"] = "range" if low is not None else "up_to"
    if bounded == "at_least":
        figures = {"amount_min": low, "amount_max": None, "qualifier": "at_least"}
    payers = (payer,) if isinstance(payer, str) else tuple(payer or ())
    place = more.pop("place", ())
    base: dict[str, Any] = {
        "investor": payers,
        "recipient": None,
        "currency": None if low is None and high is None else "EUR",
        "status": "announced",
        "purpose": "data_center",
        "place": (place,) if isinstance(place, str) else tuple(place),
        "horizon": None,
        "part_of": None,
        "evidence": quote,
    }
    return Record(**{**base, **figures, **more})


def piece(day: str, language: str, title: str, text: str, *records: Record, outlet: str | None = None) -> Piece:
    """An article whose link is its date and title. Every quote must stand in it."""
    link = f"{day}/{title}"
    article = Article(link, title, text, language, date.fromisoformat(day), outlet or title[:12])
    for r in records:
        assert r.evidence in article.full, r.evidence
    return Piece(article, records)


def mentions(*pieces: Piece) -> list[Mention]:
    """The records as mentions, numbered in the order given. Traits go through JSON, as in the ledger."""
    out: list[Mention] = []
    for p in pieces:
        traits = json.loads(json.dumps(RECOGNISER.describe(p.article, p.records)))
        for i, (r, t) in enumerate(zip(p.records, traits, strict=True)):
            a = p.article
            assert a.published is not None
            out.append(
                Mention(
                    len(out) + 1, r, a.link, i, a.published, a.outlet, a.trust, a.language, a.title, Anchor(a.link, "", "", i), t
                )
            )  # fmt: skip
    return out


def judged(found: Sequence[Mention]) -> list[Judgement]:
    """Every pair that shares a key."""
    keys = {m.id: RECOGNISER.keys(m) for m in found}
    return [RECOGNISER.judge(a, b) for a, b in combinations(found, 2) if keys[a.id] & keys[b.id]]


def groups(found: Sequence[Mention], extra: Sequence[Judgement] = ()) -> list[list[str]]:
    """The partition as quotes."""
    return [[m.record.evidence for m in g] for g in RECOGNISER.partition(found, [*judged(found), *extra])]


def told(*pieces: Piece) -> list[list[tuple[int, str]]]:
    """For each article, commitment number and event of each record, as told when it came."""
    everything = mentions(*pieces)
    out: list[list[tuple[int, str]]] = []
    numbers: dict[int, int] = {}
    for n, p in enumerate(pieces):
        links = {q.article.link for q in pieces[: n + 1]}
        known = [m for m in everything if m.link in links]
        row: list[tuple[int, str]] = []
        steps = {
            s.mention: (g[0].id, s) for g in RECOGNISER.partition(known, judged(known)) for s in RECOGNISER.fold(g)
        }
        for m in known:
            if m.link == p.article.link:
                oldest, step = steps[m.id]
                row.append((numbers.setdefault(oldest, len(numbers) + 1), step.event))
        out.append(row)
    return out


def timeline(*pieces: Piece) -> list[Step]:
    """The timeline of the first commitment told."""
    everything = mentions(*pieces)
    return RECOGNISER.fold(RECOGNISER.partition(everything, judged(everything))[0])
