"""`monitor extract`: what the extractor reads in a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import DAY, emit, format_option, inert, settings_options, sum_in_words, to_json
from monitor.config import Settings
from monitor.handed import Document
from monitor.model import Record

if TYPE_CHECKING:
    from monitor.extraction import Explanation

COLUMNS = ("nr", "investor", "amount", "recipient", "place", "purpose", "status", "horizon", "part_of", "confidence")
_STYLES = {"sum": "bold yellow", "payer": "bold cyan", "place": "green", "verb": "underline"}


@click.command()
@click.argument("documents")
@click.option("--published", type=DAY, help="The day of a document that does not tell its own.")
@click.option("--language", help="Its language (fr, en, de, es, it), where it is not recognised.")
@click.option("--explain", is_flag=True, help="For each sum, why it is in or out and who else could have paid.")
@format_option
@settings_options
def extract(
    settings: Settings, documents: str, published: date | None, language: str | None, explain: bool, form: str
) -> None:
    """Show the commitments in DOCUMENTS: a path, an address or - for standard input.

    Text, HTML, PDF, or documents in JSON lines with id, text and, where known, lang, published and title. As JSON lines
    the answer is one object a document: {"id": ..., "commitments": [...]}.

    Example: monitor extract --format jsonl articles.jsonl
    """
    from monitor.line import extractor

    reader = extractor(settings)
    read_out = reader.extract
    found = _opened(settings, documents, published, language)
    if explain:
        for document in found:
            _explain(document, reader.explain(document.article))
    elif form == "jsonl":
        for document in found:
            click.echo(to_json(_answer(document, read_out(document.article))))
    elif form == "json":
        click.echo(to_json([_answer(d, read_out(d.article)) for d in found], indent=2))
    elif form == "csv":
        rows = [{"id": d.id, **_row(nr, r)} for d in found for nr, r in enumerate(read_out(d.article))]
        emit(rows, ("id", *COLUMNS), form)
    else:
        for document in found:
            records = read_out(document.article)
            _show_text(document, records)
            emit([_row(nr, record) for nr, record in enumerate(records)], COLUMNS)


def _opened(settings: Settings, what: str, published: date | None, language: str | None) -> Iterator[Document]:
    """The documents, with what was said of them on the command line where they are silent themselves."""
    from dataclasses import replace

    from monitor.handed import documents
    from monitor.line import fetching
    from monitor.model import Request
    from monitor.reading import Reader

    now = datetime.now(UTC)
    with fetching(settings, patient=False) as fetcher, Reader() as reader:
        for document in documents(what, fetch=lambda url: fetcher.get(Request(url)), read=reader.read, now=now):
            article = document.article
            article = replace(article, published=article.published or published, language=language or article.language)
            yield replace(document, article=article)


def _answer(document: Document, records: Sequence[Record]) -> dict[str, Any]:
    return {"id": document.id, "commitments": [record.to_json() for record in records]}


def _row(nr: int, record: Record) -> dict[str, Any]:
    amount = sum_in_words(record.amount_min, record.amount_max, record.currency, record.qualifier)
    shown = {name: getattr(record, name) for name in COLUMNS if name not in ("nr", "amount")}
    return {"nr": nr, "amount": amount, **shown, "confidence": round(record.confidence, 2)}


def _show_text(document: Document, records: Sequence[Record]) -> None:
    """The paragraphs that hold a record's spans, these marked; in a pipe, marks are brackets around sums."""
    from rich.console import Console
    from rich.text import Text

    article = document.article
    console = Console(markup=False, highlight=False, emoji=False, soft_wrap=True)
    spans = [(span.start, span.end, role) for record in records for role, span in record.spans]
    console.print(Text(inert(f"{document.id}: {article.title or 'without a title'}"), style="bold"))
    start = 0
    for paragraph in article.full.split("\n"):
        inside = [(a - start, b - start, role) for a, b, role in spans if start <= a and b <= start + len(paragraph)]
        if inside and start:
            console.print(_marked(paragraph, inside, brackets=not console.is_terminal))
        start += len(paragraph) + 1


def _marked(paragraph: str, spans: list[tuple[int, int, str]], *, brackets: bool) -> Any:
    from rich.text import Text

    out, position = Text("  "), 0
    for start, end, role in sorted(set(spans)):
        if start < position:
            continue
        words = inert(paragraph[start:end])
        out.append(inert(paragraph[position:start]))
        out.append(f"[{words}]" if brackets and role == "sum" else words, style=_STYLES.get(role, "underline"))
        position = end
    out.append(inert(paragraph[position:]))
    return out


EXPLAINED = ("sum or change", "chance", "verdict", "because", "who could have paid")


def _explain(document: Document, explanations: Sequence[Explanation]) -> None:
    click.echo(inert(f"{document.id}: {document.article.title}"))
    emit(
        [
            {
                "sum or change": one.text,
                "chance": f"{one.chance:.2f}",
                "verdict": "in" if one.taken else "out",
                "because": "; ".join(f"{name} {weight:+.1f}" for name, weight in one.reasons),
                "who could have paid": "; ".join(f"{name} {chance:.2f}" for name, chance in one.payers),
            }
            for one in explanations
        ],
        EXPLAINED,
    )
