"""A week of changes to tell, for the tests of the digest."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from monitor.digest.build import Digest, FailingSource, build
from monitor.digest.subscription import Subscription
from monitor.model import Change, Commitment, Evidence, State, Totals
from monitor.schedule import Period

WEEK = Period("week", date(2026, 11, 16), date(2026, 11, 23))
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DESK = Subscription("desk@example.org", "fr")
_seqs = count(1)


def state(**fields: Any) -> State:
    known: dict[str, Any] = {
        "valid_from": date(2026, 11, 17),
        "investor": ("Brookfield",),
        "recipient": None,
        "amount_min": 20e9,
        "amount_max": 20e9,
        "currency": "EUR",
        "qualifier": "exact",
        "status": "announced",
        "purpose": "data_center",
        "place": ("Cambrai",),
        "horizon": 2030,
        "nature": "capital",
    }
    return State(**{**known, **fields})


def sum_of(billions: float) -> dict[str, float]:
    return {"amount_min": billions * 1e9, "amount_max": billions * 1e9}


def evidence(quote: str = "Brookfield va investir 20 milliards.", **fields: Any) -> Evidence:
    known: dict[str, Any] = {
        "outlet": "Le Monde",
        "link": "https://news.example.org/2026/11/18/a.html",
        "published": date(2026, 11, 18),
        "language": "fr",
    }
    return Evidence(quote, **{**known, **fields})


def change(event: str, before: State | None, after: State | None, **fields: Any) -> Change:
    seq = next(_seqs)
    known: dict[str, Any] = {
        "commitment": f"c{seq}",
        "seq": seq,
        "recorded_at": datetime(2026, 11, 18, 9, tzinfo=UTC),
        "cause": "news",
        "also": (),
        "evidence": evidence(),
        "euros_before": (before.amount_min, before.amount_max) if before else (None, None),
        "euros_after": (after.amount_min, after.amount_max) if after else (None, None),
    }
    return Change(event=event, before=before, after=after, **{**known, **fields})  # type: ignore[arg-type]


def new(commitment: str | None = None, evidence: Evidence | None = None, **fields: Any) -> Change:
    given = {"commitment": commitment, "evidence": evidence}
    return change("new", None, state(**fields), **{name: value for name, value in given.items() if value})


def turned(event: str, before: dict[str, Any], after: dict[str, Any], **fields: Any) -> Change:
    return change(event, state(**before), state(**after), **fields)


def totals(itemised: float, remainder: float, **fields: Any) -> Totals:
    """Totals in billions."""
    pairs = {"itemised": itemised, "remainder": remainder, "headline": itemised + remainder}
    known: dict[str, Any] = {name: (value * 1e9, value * 1e9) for name, value in pairs.items()}
    return Totals(**{**known, "by_nature": {"round": (21e6, 21e6)}, "without_sum": 4, **fields})


BEFORE, AFTER = totals(136, 173), totals(142.2, 173)


def commitment(identity: str = "old", **fields: Any) -> Commitment:
    held = state(**fields)
    euros = (held.amount_min, held.amount_max)
    day = date(2024, 2, 1)
    return Commitment(identity, held, day, day, ("Le Monde",), (), (), euros, "", ("overdue",), 0.9, evidence())


def week() -> list[Change]:
    """One change of every kind."""
    return [
        new(),
        new(investor=("Amazon",), amount_min=6e9, amount_max=None, qualifier="at_least", status="signed", horizon=None),
        new(investor=("MGX|Émirats arabes unis", "Bpifrance"), amount_min=30e9, amount_max=50e9, qualifier="range"),
        turned("cancelled", {"investor": ("Microsoft",)}, {"investor": ("Microsoft",), "status": "cancelled"}),
        turned("delayed", {"investor": ("Intel",), "horizon": 2027}, {"investor": ("Intel",), "horizon": 2029}),
        turned("amount_reduced", {"investor": ("TSMC",), **sum_of(9)}, {"investor": ("TSMC",), **sum_of(7)}),
        turned("amount_raised", {"investor": ("Telefónica",), **sum_of(3.3)}, {"investor": ("Telefónica",), **sum_of(7)}),
        turned("range_narrowed", {"investor": ("Evroc",), "amount_max": None, "qualifier": "at_least"}, {"investor": ("Evroc",)}),
        turned("under_way", {"investor": ("Google",)}, {"investor": ("Google",), "status": "under_way"}),
        turned("confirmed", {"investor": ("Iliad",), "status": "rumoured"}, {"investor": ("Iliad",)}),
        turned("amount_raised", {"investor": ("OVH",), **sum_of(1)}, {"investor": ("OVH",), **sum_of(2)}, cause="review"),
        change("new", None, state(investor=("Orange",), **sum_of(3)), cause="late"),
        change("new", None, state(investor=("Sanofi",)), cause="seed"),
        turned("repeated_no_change", {}, {}),
    ]  # fmt: skip


def digest(changes: list[Change] | None = None, subscription: Subscription = DESK, **fields: Any) -> Digest:
    known: dict[str, Any] = {
        "totals_before": BEFORE,
        "totals_after": AFTER,
        "articles_read": 412,
        "failing_sources": [FailingSource("Handelsblatt", "HTTP 403", datetime(2026, 11, 12, tzinfo=UTC))],
        "review_waiting": 3,
        "period": WEEK,
        "generated_at": NOW,
    }
    return build(week() if changes is None else changes, subscription=subscription, **{**known, **fields})


def quiet_week(**fields: Any) -> Digest:
    return digest([], **{"totals_after": BEFORE, "failing_sources": [], "review_waiting": 0, **fields})
