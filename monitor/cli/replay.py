"""`monitor replay`: dated documents through the whole line, in order of date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import click

from monitor.cli.common import emit, format_option, open_ledger, open_settings, sum_in_words, to_json
from monitor.config import Settings
from monitor.errors import InputError
from monitor.handed import Document, json_lines_of
from monitor.line import Intake, extractor
from monitor.model import Article, Record

COLUMNS = ("published", "id", "investor", "amount", "event", "commitment")


class Clock:
    """A clock that is set: to noon, UTC, of the day of the document at hand."""

    def __init__(self) -> None:
        self.moment = datetime(1970, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@click.command()
@click.argument("documents")
@format_option
@click.option("--database", metavar="URL", help="The ledger to write to; else a fresh one in memory.")
@click.option("--config", type=click.Path(path_type=Path), help="The settings file; else ./sources.yaml.")
def replay(documents: str, form: str, database: str | None, config: Path | None) -> None:
    """Run DOCUMENTS, JSON lines with id, published and text, through the whole line, the clock set by each.

    They are taken in order of date, then id. As JSON lines the answer is one object a document: {"id": ..., "mentions":
    [{"record": ..., "commitment": id at the end, "event": as told then}, ...]}.

    Example: monitor replay --format jsonl stories.jsonl
    """
    ordered = sorted(dated(documents), key=order)
    rows = played(ordered, open_settings(config, database or "sqlite://"))
    if form == "jsonl":
        for row in rows:
            click.echo(to_json(row))
    elif form == "json":
        click.echo(to_json(rows, indent=2))
    else:
        emit(
            [
                {**_shown(m), "id": row["id"], "published": d.article.published}
                for row, d in zip(rows, ordered, strict=True)
                for m in row["mentions"]
            ],
            COLUMNS,
            form,
        )


def order(document: Document) -> tuple[date | None, str]:
    """Documents are replayed by date, then id."""
    return document.article.published, str(document.id)


def dated(documents: str) -> Iterator[Document]:
    """The documents of a file; one without a date is refused with its line."""
    for document in json_lines_of(documents):
        if document.article.published is None:
            raise InputError(
                "Replaying documents",
                subject=f"{documents}, line {document.line}",
                cause=f"the document {document.id!r} has no date",
                hint="Give it a `published`, like 2025-02-14.",
            )
        yield document


def played(documents: Sequence[Document], settings: Settings) -> list[dict[str, Any]]:
    """Takes documents through the whole line in the order given: their mentions, as `monitor replay` prints them."""
    clock = Clock()
    told: list[list[tuple[int, Record, str]]] = []
    with open_ledger(settings, clock) as ledger:
        intake = Intake(ledger, extractor(settings))
        for document in documents:
            article = document.article
            assert article.published is not None
            clock.moment = datetime.combine(article.published, time(12), UTC)
            told.append(list(_taken(intake, article)))
        home = {one.mention: one.commitment for one in ledger.mention_outcomes()}
    return [
        {
            "id": document.id,
            "mentions": [
                {"record": r.to_json(), "commitment": home.get(m), "event": event} for m, r, event in mentions
            ],
        }
        for document, mentions in zip(documents, told, strict=True)
    ]


def _taken(intake: Intake, article: Article) -> Iterator[tuple[int, Record, str]]:
    """(mention, record, event) of an article; of a wire copy, what it repeats."""
    original = intake.ledger.same_text(article)
    outcomes = intake.take(article, article.full.encode())
    yield from ((one.mention, one.record, one.event) for one in outcomes)
    if original is not None:
        for told in intake.ledger.mention_outcomes():
            if told.link == original and told.record.evidence in article.full:
                yield told.mention, told.record, "repeated_no_change"


def _shown(mention: dict[str, Any]) -> dict[str, Any]:
    record = Record.from_json(mention["record"])
    amount = sum_in_words(record.amount_min, record.amount_max, record.currency, record.qualifier)
    return {**mention, "investor": record.investor, "amount": amount}
