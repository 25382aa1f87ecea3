"""`monitor add`: an article by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import DAY, emit, open_ledger, settings_options, sum_in_words
from monitor.config import Settings
from monitor.errors import InputError
from monitor.model import PURPOSES, QUALIFIERS, STATUSES, Article, Record

if TYPE_CHECKING:
    from monitor.handed import Document

COLUMNS = ("commitment", "event", "investor", "amount", "place", "status")


@click.command()
@click.argument("document")
@click.option("--published", type=DAY, help="Its day; needed where the document does not tell it.")
@click.option("--outlet", help="Who printed it.")
@click.option("--url", help="Where it can be found; else its content names it.")
@click.option("--title", help="Its title, where the document has none.")
@click.option("--language", help="fr, en, de, es or it, where it is not recognised.")
@click.option("--trust", type=click.Choice(["official", "company", "wire", "press", "trade"]), default="press")
@click.option("--records", type=click.Path(path_type=Path), help="Commitments read by hand: a JSON list of records.")
@settings_options
def add(settings: Settings, document: str, records: Path | None, published: date | None, **given: str | None) -> None:
    """Put DOCUMENT, a path, an address or - for standard input, into the ledger.

    The PDF or paywalled text that an analyst holds is read as any other. With --records the commitments are those in
    the file, each with its `evidence` verbatim from the text, and nothing is extracted.

    Example: monitor add report.pdf --published 2026-03-03 --outlet "The Harbour Ledger"
    """
    from monitor.line import Intake, extractor

    handed = _one(settings, document)
    article = _described(handed.article, document, published, given)
    with open_ledger(settings) as ledger:
        intake = Intake(ledger, extractor(settings))
        found = _by_hand(records, article) if records else intake.extract(article)
        told = intake.enter(article, found, handed.body)
    rows = [
        {
            "commitment": one.commitment,
            "event": one.event,
            "investor": one.record.investor,
            "amount": sum_in_words(
                one.record.amount_min, one.record.amount_max, one.record.currency, one.record.qualifier
            ),
            "place": one.record.place,
            "status": one.record.status,
        }
        for one in told
    ]
    click.echo(f"Added {article.title or document!r} of {article.published}: {len(rows)} commitments.")
    if rows:
        emit(rows, COLUMNS)


def _one(settings: Settings, what: str) -> Document:
    from monitor.handed import documents
    from monitor.line import fetching, now
    from monitor.model import Request
    from monitor.reading import Reader

    with fetching(settings, patient=False) as fetcher, Reader() as reader:
        found = list(documents(what, fetch=lambda url: fetcher.get(Request(url)), read=reader.read, now=now()))
    if len(found) != 1:
        raise InputError(
            "Adding an article",
            subject=what,
            cause=f"it holds {len(found)} documents",
            hint="`monitor replay` takes many.",
        )
    return found[0]


def _described(article: Article, what: str, published: date | None, given: dict[str, str | None]) -> Article:
    day = published or article.published
    if day is None:
        raise InputError(
            "Adding an article", subject=what, cause="its day is not known", hint="Give it: --published DATE."
        )
    return replace(
        article,
        published=day,
        link=given["url"] or article.link,
        outlet=given["outlet"] or article.outlet,
        title=given["title"] or article.title,
        language=given["language"] or article.language,
        trust=given["trust"] or article.trust,
    )


def _by_hand(path: Path, article: Article) -> Sequence[Record]:
    """The records of a file, each checked against the contract and the text."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("Reading records", subject=str(path), cause=error.strerror) from None
    except ValueError as error:
        raise InputError("Reading records", subject=str(path), cause=f"not JSON: {error}") from None
    if not isinstance(data, list) or not data:
        raise InputError("Reading records", subject=str(path), cause="the file must hold a JSON list of records")
    return [_record(row, nr, article, str(path)) for nr, row in enumerate(data)]


def _record(row: object, nr: int, article: Article, name: str) -> Record:
    where = f"{name}, record {nr}"
    if not isinstance(row, dict):
        raise InputError("Reading records", subject=where, cause="not a JSON object")
    values = {"qualifier": "exact", "status": "announced", "purpose": "other", **row}
    for key, known in (("qualifier", QUALIFIERS), ("status", STATUSES), ("purpose", PURPOSES)):
        if values[key] not in known:
            raise InputError(
                "Reading records", subject=where, cause=f"{key} {values[key]!r} is none of {', '.join(known)}"
            )
    try:
        record = Record.from_json(values)
    except (TypeError, ValueError, KeyError) as error:
        raise InputError("Reading records", subject=where, cause=error) from None
    if not record.evidence or record.evidence not in article.full:
        raise InputError(
            "Reading records",
            subject=where,
            cause="its `evidence` does not stand in the text",
            hint="Copy the passage that shows it, verbatim.",
        )
    return record
