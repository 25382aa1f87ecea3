"""Reading the ledger: list, show, history, changes, totals. Each answers as of --valid and --known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import click

from monitor.cli.common import DAY, as_of_options, emit, format_option, open_ledger, settings_options, to_json
from monitor.cli.ledger_db import db
from monitor.cli.ledger_review import reprocess, review
from monitor.config import Settings
from monitor.errors import InputError
from monitor.model import Change, Commitment, Evidence, State, Totals

__all__ = ["changes", "db", "history", "list_", "reprocess", "review", "show", "totals"]

LIST_COLUMNS = ("id", "investor", "recipient", "sum", "euro", "status", "place", "horizon", "told", "flags")
CHANGE_COLUMNS = ("seq", "recorded", "cause", "event", "commitment", "before", "after", "quote", "why")
TELLING_COLUMNS = ("published", "outlet", "event", "cause", "active", "mention", "quote", "link")
REVISION_COLUMNS = ("revision", "recorded", "cause", "by", "valid_from", "sum", "status", "place", "horizon")
SAID_COLUMNS = ("judgement", "kind", "left", "right", "verdict", "score", "field", "value", "by", "why", "undoes")
LINE_COLUMNS = ("id", "label", "nature", "status", "stated", "counted", "itemised", "remainder", "why")


@click.command("list")
@settings_options
@as_of_options
@format_option
def list_(settings: Settings, valid: date | None, known: date | None, form: str) -> None:
    """The commitments, as of any day.

    Example: monitor list --valid 2025-12-31 --known 2026-03-01 --format csv
    """
    with open_ledger(settings) as ledger:
        emit([row_of(one) for one in ledger.commitments(valid, known)], LIST_COLUMNS, form)


@click.command("show")
@click.argument("id")
@settings_options
@as_of_options
@format_option
def show(id: str, settings: Settings, valid: date | None, known: date | None, form: str) -> None:
    """One commitment with its evidence. An id that was merged leads to the one it is now part of.

    Example: monitor show c17
    """
    with open_ledger(settings) as ledger:
        found = ledger.commitment(id, valid, known)
        if found is None:
            raise InputError("Looking for a commitment", subject=id, cause="there is none as of these days")
        row = row_of(found)
        if form == "table":
            pairs = [{"field": name, "value": value} for name, value in row.items() if value not in (None, "", [])]
            emit(pairs, ("field", "value"), form)
        else:
            emit([row], (*LIST_COLUMNS, "quote", "outlet", "link"), form)


@click.command("history")
@click.argument("id")
@settings_options
@as_of_options
@format_option
def history(id: str, settings: Settings, valid: date | None, known: date | None, form: str) -> None:
    """Everything that became of one commitment: its revisions, who told of it, and what was judged.

    Example: monitor history c17 --format json
    """
    with open_ledger(settings) as ledger:
        found = ledger.history(id, valid, known)
    if form in ("json", "jsonl"):
        click.echo(to_json(jsonable(asdict(found)), indent=2 if form == "json" else None))
        return
    tellings = [
        {**asdict(one), **quoted(one.evidence), "published": one.evidence.published.isoformat()}
        for one in found.tellings
    ]
    revisions = [
        {"revision": one.seq, "recorded": day(one.recorded_at), "cause": one.cause, "by": one.by, **state_row(state)}
        for one in found.revisions
        for state in one.states or (None,)
    ]
    said = [{**asdict(one), "judgement": one.id} for one in found.judgements]
    if form == "table":
        click.echo(f"{found.id}: what was told of it")
    emit(tellings, TELLING_COLUMNS, form)
    if form == "table":
        click.echo("Its timeline, as it was held from each revision on")
        emit(revisions, REVISION_COLUMNS, form)
        if said:
            click.echo("What was judged")
            emit(said, SAID_COLUMNS, form)


@click.command("changes")
@click.option("--after", type=DAY, help="What was recorded after this day.")
@click.option("--until", type=DAY, help="What was recorded up to and with this day.")
@settings_options
@format_option
def changes(settings: Settings, after: date | None, until: date | None, form: str) -> None:
    """What changed, and why. News and corrections by the papers themselves stand beside late finds and our own
    corrections; the column `cause` tells them apart.

    Example: monitor changes --after 2025-11-17 --until 2025-11-23
    """
    with open_ledger(settings) as ledger:
        emit([change_row(one) for one in ledger.changes(after or 0, until)], CHANGE_COLUMNS, form)


@click.command("totals")
@click.option(
    "--by",
    type=click.Choice(("investor", "place", "purpose", "status", "nature", "quarter")),
    help="A view by one of these; not to be added up.",
)
@click.option("--explain", is_flag=True, help="Say of each commitment why it counts or not.")
@settings_options
@as_of_options
@format_option
def totals(
    settings: Settings, valid: date | None, known: date | None, by: str | None, explain: bool, form: str
) -> None:
    """Sums without double counting: what is itemised, what umbrellas leave over, and both.

    Example: monitor totals --valid 2025-12-31 --explain
    """
    with open_ledger(settings) as ledger:
        found = ledger.totals(valid, known, by, explain)
    if form == "json":
        click.echo(to_json(totals_json(found), indent=2))
    elif by is not None or explain:
        columns = (by or "", "nature", "itemised", "remainder", "headline", "count") if by else LINE_COLUMNS
        emit([readable(line) for line in found.lines] if form != "jsonl" else found.lines, columns, form)
        if form == "table":
            _totals_table(found)
    elif form == "table":
        _totals_table(found)
    else:
        emit([totals_json(found)], ("itemised", "remainder", "headline", "currency", "by_nature", "without_sum"), form)


def _totals_table(found: Totals) -> None:
    rows = [{"total": name, "EUR": range_text(getattr(found, name))} for name in ("itemised", "remainder", "headline")]
    rows += [{"total": f"apart: {nature}", "EUR": range_text(pair)} for nature, pair in found.by_nature.items()]
    rows.append({"total": "commitments without a sum", "EUR": str(found.without_sum)})
    emit(rows, ("total", "EUR"), "table")


def totals_json(found: Totals) -> dict[str, Any]:
    """The fixed shape of `monitor totals --format json`; `lines` only when asked for."""
    out: dict[str, Any] = {
        "itemised": list(found.itemised),
        "remainder": list(found.remainder),
        "headline": list(found.headline),
        "currency": found.currency,
        "by_nature": {nature: list(pair) for nature, pair in found.by_nature.items()},
        "without_sum": found.without_sum,
    }
    if found.lines:
        out["lines"] = [dict(line) for line in found.lines]
    return out


def row_of(one: Commitment) -> dict[str, Any]:
    """A commitment as one flat row."""
    return {
        "id": one.id,
        **state_row(one.state),
        "euro": range_text(one.euros),
        "eur_low": one.euros[0],
        "eur_high": one.euros[1],
        "rate": one.rate_note,
        "announced": one.announced_on.isoformat(),
        "told": one.last_told_on.isoformat(),
        "outlets": list(one.outlets),
        "parents": list(one.parents),
        "parts": list(one.parts),
        "flags": list(one.flags),
        "confidence": round(one.confidence, 3),
        **quoted(one.evidence),
    }


def state_row(state: State | None) -> dict[str, Any]:
    if state is None:
        return {"status": "taken back"}
    return {
        "investor": list(state.investor),
        "recipient": state.recipient,
        "sum": sum_text(state),
        "amount_min": state.amount_min,
        "amount_max": state.amount_max,
        "currency": state.currency,
        "qualifier": state.qualifier,
        "status": state.status,
        "purpose": state.purpose,
        "place": list(state.place),
        "horizon": state.horizon,
        "nature": state.nature,
        "disputed": state.disputed,
        "valid_from": state.valid_from.isoformat(),
    }


def quoted(evidence: Evidence | None) -> dict[str, Any]:
    if evidence is None:
        return {"quote": None, "outlet": None, "link": None}
    return {"quote": evidence.quote, "outlet": evidence.outlet, "link": evidence.link}


def change_row(one: Change) -> dict[str, Any]:
    return {
        "seq": one.seq,
        "recorded": day(one.recorded_at),
        "cause": one.cause,
        "event": one.event,
        "also": list(one.also),
        "commitment": one.commitment,
        "before": brief(one.before),
        "after": brief(one.after),
        "euros_before": list(one.euros_before),
        "euros_after": list(one.euros_after),
        **quoted(one.evidence),
        "why": one.why,
    }


def brief(state: State | None) -> str:
    """A state in a few words."""
    if state is None:
        return ""
    who = ", ".join(state.investor) or state.recipient or "nobody named"
    if state.investor and state.recipient:
        who += f" to {state.recipient}"
    parts = [who, sum_text(state), f"in {state.place[0]}" if state.place else "", state.status, f"by {state.horizon}" if state.horizon else ""]
    return ", ".join(part for part in parts if part)


def sum_text(state: State) -> str:
    """A sum with its currency and what kind of sum it is."""
    if state.amount_min is None and state.amount_max is None:
        return ""
    low, high = state.amount_min, state.amount_max
    before = {"about": "about ", "at_least": "at least ", "up_to": "up to ", "vague": "in words, from "}
    ends = [f"{value:,.0f}" for value in dict.fromkeys((low, high)) if value is not None]
    return f"{before.get(state.qualifier, '')}{'–'.join(ends)} {state.currency or '(currency not told)'}"


def range_text(pair: Sequence[float | None]) -> str:
    ends = [f"{value:,.0f}" for value in dict.fromkeys(pair) if value is not None]
    return "–".join(ends)


def readable(line: Any) -> dict[str, Any]:
    """A line of totals with its pairs as text."""
    return {key: range_text(value) if isinstance(value, tuple) else value for key, value in line.items()}


def day(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def jsonable(value: Any) -> Any:
    """Dates and moments as ISO text, all the way down."""
    if isinstance(value, dict):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
