"""Records, anchors and articles as the JSON values that the tables keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from monitor.errors import LedgerError
from monitor.model import PURPOSES, QUALIFIERS, STATUSES, Anchor, Article, Record, Span

RECORD_FIELDS = tuple(f.name for f in fields(Record))
# What a person may correct. `restated` is no field of a record: the part of a total that was announced before.
EDITABLE = (
    "investor",
    "recipient",
    "amount_min",
    "amount_max",
    "currency",
    "qualifier",
    "status",
    "purpose",
    "place",
    "horizon",
    "restated",
)


def pack_record(record: Record) -> dict[str, Any]:
    """Without what is empty, to save room."""
    out: dict[str, Any] = {}
    for name in RECORD_FIELDS:
        value = getattr(record, name)
        if value is None or value == ():
            continue
        if name == "spans":
            value = [[role, span.start, span.end] for role, span in value]
        out[name] = list(value) if isinstance(value, tuple) else value
    return out


def unpack_record(data: Mapping[str, Any]) -> Record:
    return Record(
        investor=tuple(data.get("investor", ())),
        recipient=data.get("recipient"),
        amount_min=data.get("amount_min"),
        amount_max=data.get("amount_max"),
        currency=data.get("currency"),
        qualifier=data["qualifier"],
        status=data["status"],
        purpose=data["purpose"],
        place=tuple(data.get("place", ())),
        horizon=data.get("horizon"),
        part_of=data.get("part_of"),
        evidence=data.get("evidence", ""),
        confidence=data.get("confidence", 1.0),
        spans=tuple((role, Span(start, end)) for role, start, end in data.get("spans", ())),
    )


def storable(text: str) -> str:
    """The text with what PostgreSQL or UTF-8 cannot hold replaced, one character for one, so that spans stay right."""
    text = text.replace("\x00", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text


def storable_article(article: Article) -> Article:
    return replace(
        article,
        link=storable(article.link),
        title=storable(article.title),
        text=storable(article.text),
        outlet=None if article.outlet is None else storable(article.outlet),
    )


def storable_record(record: Record) -> Record:
    return replace(
        record,
        investor=tuple(storable(name) for name in record.investor),
        recipient=None if record.recipient is None else storable(record.recipient),
        place=tuple(storable(name) for name in record.place),
        evidence=storable(record.evidence),
    )


def pack_anchor(anchor: Anchor) -> dict[str, Any]:
    return {"link": anchor.link, "sum": anchor.sum_key, "quote": anchor.quote_key, "occurrence": anchor.occurrence}


def unpack_anchor(data: Mapping[str, Any]) -> Anchor:
    return Anchor(data["link"], data["sum"], data["quote"], data["occurrence"])


def edited(record: Record, edits: Mapping[str, Any]) -> Record:
    """The record with a person's corrections."""
    changes = {name: value for name, value in edits.items() if name != "restated"}
    for name in ("investor", "place"):
        if name in changes:
            changes[name] = tuple(changes[name])
    return replace(record, **changes) if changes else record


def checked_edit(field: str, value: Any) -> Any:
    """The value of a correction as it is stored; a LedgerError names what would be right."""
    if field not in EDITABLE:
        raise _wrong(field, value, f"can be corrected: {', '.join(EDITABLE)}")
    allowed: dict[str, tuple[str, ...]] = {"qualifier": QUALIFIERS, "status": STATUSES, "purpose": PURPOSES}
    if field in allowed:
        if value not in allowed[field]:
            raise _wrong(field, value, f"one of {', '.join(allowed[field])}")
        return value
    if field in ("investor", "place"):
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list | tuple) or not all(isinstance(n, str) and n.strip() for n in names):
            raise _wrong(field, value, "a list of names")
        return [n.strip() for n in names]
    if field in ("recipient", "currency"):
        if value is not None and not (isinstance(value, str) and value.strip()):
            raise _wrong(field, value, "a text or nothing")
        return value
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 1e18:
        raise _wrong(field, value, "a number or nothing")
    return int(value) if field == "horizon" else float(value)


def _wrong(field: str, value: object, right: str) -> LedgerError:
    return LedgerError(
        "Correcting a field", subject=field, cause=f"{value!r} cannot stand here", hint=f"Right is: {right}."
    )
