"""Checks of gold files against the domain contract.

Errors are broken records. Warnings are places to look at: above all a sum of money in the text that stands in no
record and no trap.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from monitor.model import EVENTS, PURPOSES, QUALIFIERS, STATUSES
from monitor.training.agreement import Json
from monitor.training.gold import is_story, read_jsonl
from monitor.training.money_patterns import MONEY, NUMBER, WORDED

DOCUMENT_FIELDS = ("id", "lang", "published", "title", "text", "commitments")
RECORD_FIELDS = (
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
    "part_of",
    "evidence",
)
WORDS_EXPECTED = range(40, 451)
MOST_RECORDS = 12
LINE_LENGTHS = range(3, 9)
YEARS = range(2020, 2051)


@dataclass(frozen=True, slots=True)
class Finding:
    """`where` is a document id, or id and record number, or a story line."""

    level: Literal["error", "warning"]
    where: str
    what: str


@dataclass
class FileReport:
    """What a gold file holds, and what is wrong in it."""

    path: Path
    documents: int = 0
    commitments: int = 0
    traps: int = 0
    trap_only: int = 0
    words: tuple[int, int, int] = (0, 0, 0)
    tallies: dict[str, Counter[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        return [f for f in self.findings if f.level == "error"]

    @property
    def warnings(self) -> list[Finding]:
        return [f for f in self.findings if f.level == "warning"]


def check_file(path: Path) -> FileReport:
    """Everything found in one gold file; raises `InputError` when it is no file of JSON lines."""
    documents = list(read_jsonl(path))
    report = FileReport(path, documents=len(documents))
    if not documents:
        return report
    story = is_story(documents[0])
    seen: set[str] = set()
    for document in documents:
        report.findings += _check_document(document, story)
        if document.get("id") in seen:
            report.findings.append(_error(str(document["id"]), "the id is used twice"))
        seen.add(document.get("id", ""))
    if story:
        report.findings += _check_lines(documents)
    _tally(report, documents)
    return report


def _error(where: str, what: str) -> Finding:
    return Finding("error", where, what)


def _warning(where: str, what: str) -> Finding:
    return Finding("warning", where, what)


def spaced(text: str) -> str:
    """Text with every run of white space as one blank."""
    return re.sub(r"\s+", " ", text)


def _check_document(document: Json, story: bool) -> Iterator[Finding]:
    where = str(document.get("id", "?"))
    missing = [name for name in DOCUMENT_FIELDS if name not in document]
    yield from (_error(where, f"lacks {name}") for name in missing)
    if missing:
        return
    try:
        if document["published"]:
            datetime.date.fromisoformat(document["published"])
    except ValueError as error:
        yield _error(where, str(error))
    length = len(document["text"].split())
    if length not in WORDS_EXPECTED:
        yield _warning(where, f"{length} words")
    records: list[Json] = document["commitments"]
    if len(records) > MOST_RECORDS:
        yield _warning(where, f"{len(records)} records")
    full = spaced(f"{document['title']}\n\n{document['text']}")
    for number, record in enumerate(records):
        for finding in _check_record(record, number, records, full, story):
            yield Finding(finding.level, f"{where} record {number}", finding.what)
    for finding in _check_parts(records):
        yield Finding(finding.level, where, finding.what)
    for finding in _check_traps(document, full):
        yield Finding(finding.level, where, finding.what)
    yield from (_warning(where, f"in no record and no trap: {money}") for money in _uncovered(document, full))


def _check_record(record: Json, number: int, records: Sequence[Json], full: str, story: bool) -> Iterator[Finding]:
    missing = [name for name in RECORD_FIELDS if name not in record]
    yield from (_error("", f"lacks {name}") for name in missing)
    if missing:
        return
    unknown = set(record) - set(RECORD_FIELDS) - ({"key"} if story else set())
    if unknown:
        yield _error("", f"unknown field {', '.join(sorted(unknown))}")
    for name, allowed in (("qualifier", QUALIFIERS), ("status", STATUSES), ("purpose", PURPOSES)):
        if record[name] not in allowed:
            yield _error("", f"{name} {record[name]!r}")
    if record["qualifier"] != "unknown" and not re.fullmatch("[A-Z]{3}", record["currency"] or ""):
        yield _error("", f"currency {record['currency']!r}")
    yield from _check_amounts(record)
    if not isinstance(record["investor"], list) or not isinstance(record["place"], list):
        yield _error("", "investor and place must be lists")
        return
    if record["horizon"] is not None and record["horizon"] not in YEARS:
        yield _error("", f"horizon {record['horizon']}")
    parent = record["part_of"]
    if parent is not None and (not isinstance(parent, int) or parent not in range(len(records)) or parent == number):
        yield _error("", f"part_of {parent}")
    yield from _check_words(record, full)


def _check_amounts(record: Json) -> Iterator[Finding]:
    low, high, qualifier = record["amount_min"], record["amount_max"], record["qualifier"]
    amounts = [amount for amount in (low, high) if amount is not None]
    yield from (_error("", f"amount {a!r}") for a in amounts if not isinstance(a, int | float) or a <= 0)
    if not all(isinstance(a, int | float) for a in amounts):
        return
    fits = {
        "exact": low is not None and low == high,
        "about": low is not None and low == high,
        "range": low is not None and high is not None and low < high,
        "at_least": low is not None and high is None,
        "up_to": low is None and high is not None,
        "vague": low is not None and high is None,
        "unknown": low is None and high is None,
    }
    if not fits.get(qualifier, False):
        yield _error("", f"{qualifier} does not go with {low} to {high}")


def _check_words(record: Json, full: str) -> Iterator[Finding]:
    """What a record says must be words of the text."""
    quote = spaced(record["evidence"])
    if quote not in full:
        yield _error("", f"evidence not in the text: {record['evidence']}")
    amounts = {_significant(a) for a in (record["amount_min"], record["amount_max"]) if a}
    written = {re.sub(r"\D", "", n).rstrip("0") for n in NUMBER.findall(quote)}
    if record["qualifier"] != "vague" and not amounts & written:
        yield _warning("", f"the sum's digits are not in its evidence: {quote[:80]}")
    lowered = full.lower()
    names = [*record["investor"], *([record["recipient"]] if record["recipient"] else [])]
    for kind, entries in (("name", names), ("place", record["place"])):
        for entry in entries:
            if not any(alternative.lower() in lowered for alternative in entry.split("|")):
                yield _warning("", f"{kind} not in the text: {entry}")


def _check_parts(records: Sequence[Json]) -> Iterator[Finding]:
    for number, record in enumerate(records):
        if _in_a_circle(number, records):
            yield _error("", f"record {number} is part of itself")
        parts = [r for r in records if r.get("part_of") == number and r.get("currency") == record.get("currency")]
        total = sum(part.get("amount_min") or 0 for part in parts)
        if record.get("amount_max") and total > record["amount_max"] * 1.001:
            yield _warning("", f"parts of record {number} exceed it: {total} of {record['amount_max']}")


def _in_a_circle(number: int, records: Sequence[Json]) -> bool:
    at: int | None = number
    for _ in range(len(records) + 1):
        at = records[at].get("part_of") if at is not None and at in range(len(records)) else None
        if at is None:
            return False
    return True


def _check_traps(document: Json, full: str) -> Iterator[Finding]:
    for trap in document.get("traps", []):
        text = trap if isinstance(trap, str) else trap["text"]
        if spaced(text) not in full:
            yield Finding("warning" if isinstance(trap, str) else "error", "", f"trap not in the text: {text}")


def _uncovered(document: Json, full: str) -> Iterator[str]:
    """Money in the text that neither a record's quote nor a trap covers, and whose digits are no record's sum."""
    records = document["commitments"]
    quotes = [r.get("evidence", "") for r in records]
    quotes += [trap if isinstance(trap, str) else trap["text"] for trap in document.get("traps", [])]
    covered = [
        (match.start(), match.end()) for quote in quotes for match in re.finditer(re.escape(spaced(quote)), full)
    ]
    sums = {_significant(a) for r in records for a in (r.get("amount_min"), r.get("amount_max")) if a}
    for pattern in (MONEY, WORDED):
        for match in pattern.finditer(full):
            digits = re.sub(r"\D", "", match.group()).rstrip("0")
            inside = any(start < match.end() and match.start() < end for start, end in covered)
            if not inside and not (digits and digits in sums):
                yield f"{match.group()} («{full[max(0, match.start() - 30) : match.end() + 25]}»)"


def _significant(amount: float) -> str:
    """The digits of a sum as gold writes it, without the zeros at its end, as they may stand before a scale word.

    Gold writes whole sums as integers: 39000000000.0 meets nothing and so draws a warning.
    """
    return str(amount).rstrip("0")


def _check_lines(documents: Sequence[Json]) -> Iterator[Finding]:
    lines: dict[str, list[Json]] = {}
    for document in documents:
        lines.setdefault(str(document.get("storyline")), []).append(document)
    for name, line in lines.items():
        if len(line) not in LINE_LENGTHS:
            yield _error(name, f"{len(line)} articles in the line")
        for before, after in pairwise(line):
            if not (before["published"] < after["published"] and before["order"] + 1 == after["order"]):
                yield _error(str(after["id"]), "not after the one before it, by date or order")
        yield from _check_line_events(line)


def _check_line_events(line: Sequence[Json]) -> Iterator[Finding]:
    known: set[str] = set()
    for document in line:
        where = str(document["id"])
        keys = [record.get("key") for record in document["commitments"]]
        if None in keys or len(set(keys)) != len(keys):
            yield _error(where, "each record needs a key of its own")
        told = [event["key"] for event in document["expected_events"]]
        if set(told) != set(keys) or len(told) != len(set(told)):
            yield _error(where, "events and records do not have the same keys")
        for event in document["expected_events"]:
            if event["event"] not in EVENTS:
                yield _error(where, f"event {event['event']!r}")
            if (event["event"] == "new") != (event["key"] not in known):
                seen = "seen before" if event["key"] in known else "never seen before"
                yield _error(where, f"{event['key']} is {event['event']} though {seen}")
        if not document.get("outlet"):
            yield _error(where, "lacks outlet")
        known.update(key for key in keys if key is not None)


def _tally(report: FileReport, documents: Sequence[Json]) -> None:
    records: list[Any] = [record for d in documents for record in d.get("commitments", [])]
    report.commitments = len(records)
    report.traps = sum(len(d.get("traps", [])) for d in documents)
    report.trap_only = sum(not d.get("commitments") for d in documents)
    lengths = [len(d.get("text", "").split()) for d in documents]
    report.words = (min(lengths), sum(lengths) // len(lengths), max(lengths))
    for name in ("status", "qualifier", "purpose", "currency"):
        report.tallies[name] = Counter(str(r.get(name)) for r in records)
    report.tallies["lang"] = Counter(str(d.get("lang")) for d in documents)
    report.tallies["trap"] = Counter(t["kind"] for d in documents for t in d.get("traps", []) if not isinstance(t, str))
    if is_story(documents[0]):
        report.tallies["event"] = Counter(e["event"] for d in documents for e in d.get("expected_events", []))
