"""monitor review and monitor reprocess: what a person decides."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import click

from monitor.cli.common import emit, format_option, inert, open_ledger, settings_options
from monitor.config import Settings
from monitor.errors import InputError
from monitor.ledger.review import RELATIONS, ReviewItem
from monitor.model import Article, Page

QUEUE_COLUMNS = ("kind", "judgement", "score", "mention", "commitment", "outlet", "published", "quote", "why")


def said_by(command: Callable[..., Any]) -> Callable[..., Any]:
    """--by and --why: every decision has a name and a reason."""
    why = click.option("--why", required=True, help="The reason, in your words.")
    by = click.option("--by", required=True, envvar="MONITOR_REVIEWER", help="Your name.")
    return by(why(settings_options(command)))


@click.group("review", invoke_without_command=True)
@click.option("--limit", default=30, show_default=True, help="How many to show.")
@settings_options
@format_option
@click.pass_context
def review(context: click.Context, limit: int, settings: Settings, form: str) -> None:
    """Decide what the program was unsure of; correct what it misread. Alone, it lists what waits, both sides of each.

    Example: monitor review; monitor review same 12 31 --by Ada --why "one plant, two names"
    """
    if context.invoked_subcommand is not None:
        return
    with open_ledger(settings) as ledger:
        items = ledger.review_queue(limit)
    if form in ("json", "jsonl"):
        emit([json.loads(json.dumps(asdict(item), default=str)) for item in items], QUEUE_COLUMNS, form)
    else:
        emit([row for item in items for row in _rows(item)], QUEUE_COLUMNS, form)


def _rows(item: ReviewItem) -> list[dict[str, Any]]:
    head = {"kind": item.kind, "judgement": item.judgement, "score": item.score, "why": item.why}
    rows = [
        {
            **(head if at == 0 else {}),
            "mention": side.mention,
            "commitment": side.commitment,
            "outlet": side.evidence.outlet,
            "published": side.evidence.published.isoformat(),
            "quote": side.evidence.quote,
        }
        for at, side in enumerate(item.sides)
    ]
    return rows or [head]


def _side(text: str) -> int | str:
    """A mention by its number, or a commitment by its id."""
    return int(text) if text.isdigit() else text


@review.command("same")
@click.argument("left")
@click.argument("right")
@said_by
def same(left: str, right: str, settings: Settings, by: str, why: str) -> None:
    """Two mentions (numbers) or commitments (ids) are one commitment.

    Example: monitor review same c12 c31 --by Ada --why "one plant, two names"
    """
    with open_ledger(settings) as ledger:
        ledger.judge(_side(left), _side(right), "same", by, why)
        click.echo("Noted.")


@review.command("different")
@click.argument("left")
@click.argument("right")
@said_by
def different(left: str, right: str, settings: Settings, by: str, why: str) -> None:
    """Two mentions (numbers) or commitments (ids) are not one commitment.

    Example: monitor review different 12 31 --by Ada --why "two sites"
    """
    with open_ledger(settings) as ledger:
        ledger.judge(_side(left), _side(right), "different", by, why)
        click.echo("Noted.")


@review.command("split")
@click.argument("id")
@click.argument("mentions", type=int, nargs=-1, required=True)
@said_by
def split(id: str, mentions: tuple[int, ...], settings: Settings, by: str, why: str) -> None:
    """Takes mentions out of a commitment.

    Example: monitor review split c12 31 34 --by Ada --why "the second hall"
    """
    with open_ledger(settings) as ledger:
        ledger.split(id, mentions, by, why)
        click.echo("Noted.")


@review.command("edit")
@click.argument("mention", type=int)
@click.argument("field")
@click.argument("value")
@said_by
def edit(mention: int, field: str, value: str, settings: Settings, by: str, why: str) -> None:
    """Corrects a field of a mention. The value is JSON, or else plain text; null empties the field.

    Example: monitor review edit 31 amount_min 5e9 --by Ada --why "the paper says five"
    """
    try:
        read = json.loads(value)
    except json.JSONDecodeError:
        read = value
    with open_ledger(settings) as ledger:
        ledger.edit(mention, field, read, by, why)
        click.echo("Noted.")


@review.command("reject")
@click.argument("mention", type=int)
@said_by
def reject(mention: int, settings: Settings, by: str, why: str) -> None:
    """Says that a mention is no commitment.

    Example: monitor review reject 31 --by Ada --why "a valuation"
    """
    with open_ledger(settings) as ledger:
        ledger.reject(mention, by, why)
        click.echo("Noted.")


@review.command("accept")
@click.argument("mention", type=int)
@said_by
def accept(mention: int, settings: Settings, by: str, why: str) -> None:
    """Says that a doubtful mention is right.

    Example: monitor review accept 31 --by Ada --why "checked with the paper"
    """
    with open_ledger(settings) as ledger:
        ledger.accept(mention, by, why)
        click.echo("Noted.")


@review.command("relate")
@click.argument("parent")
@click.argument("kind", type=click.Choice(RELATIONS))
@click.argument("child")
@said_by
def relate(parent: str, kind: Any, child: str, settings: Settings, by: str, why: str) -> None:
    """Relates two commitments: child is part_of parent, parent supersedes child, or parent's sum restates child.

    Example: monitor review relate c1 part_of c9 --by Ada --why "named in the annex"
    """
    with open_ledger(settings) as ledger:
        ledger.relate(parent, child, kind, by, why)
        click.echo("Noted.")


@review.command("undo")
@click.argument("number", type=int)
@click.option("--relation", is_flag=True, help="The number is that of a relation.")
@said_by
def undo(number: int, relation: bool, settings: Settings, by: str, why: str) -> None:
    """Takes a judgement (or a relation) of a person back; `monitor review words` lists them.

    Example: monitor review undo 57 --by Ada --why "the wrong line"
    """
    with open_ledger(settings) as ledger:
        if relation:
            ledger.undo_relation(number, by, why)
        else:
            ledger.undo(number, by, why)
        click.echo("Noted.")


@review.command("words")
@settings_options
@format_option
def words(settings: Settings, form: str) -> None:
    """Every judgement and relation by a person.

    Example: monitor review words --format csv
    """
    with open_ledger(settings) as ledger:
        rows = [{**asdict(one), "recorded": f"{one.recorded_at:%Y-%m-%d %H:%M}"} for one in ledger.words()]
        rows += [
            {"id": r.id, "kind": r.kind, "left": r.parent_link, "right": r.child_link, "by": r.by, "why": r.why}
            for r in ledger.relations()
        ]
    columns = ("id", "recorded", "kind", "left", "right", "verdict", "field", "value", "undoes", "by", "why")
    emit([{key: _plain(value) for key, value in row.items()} for row in rows], columns, form)


def _plain(value: Any) -> Any:
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if hasattr(value, "strftime") else value


@click.command("reprocess")
@click.option("--activate", is_flag=True, help="Put the second set to work after previewing it.")
@click.option("--reread", is_flag=True, help="Read the stored pages anew too, with this program's reader.")
@click.option("--by", default="", envvar="MONITOR_REVIEWER", help="Your name; needed with --activate.")
@click.option("--why", default="", help="The reason; needed with --activate.")
@settings_options
def reprocess(settings: Settings, activate: bool, reread: bool, by: str, why: str) -> None:
    """Read stored articles anew, preview the difference, activate.

    Example: monitor reprocess; monitor reprocess --activate --by Ada --why "new weights, previewed"
    """
    from monitor.line import extractor, extractor_name
    from monitor.reading import READER

    if activate and not (by.strip() and why.strip()):
        raise InputError("Activating a new reading", cause="this needs --by and --why")
    read = extractor(settings)
    with open_ledger(settings) as ledger:
        preview = ledger.reprocess_preview(
            read.extract,
            extractor=extractor_name(),
            reread=_reread if reread else None,
            reader=READER if reread else None,
        )
        for sentence in preview.sentences():
            click.echo(inert(sentence))
        if activate:
            count = ledger.activate(extractor_name(), by, why)
            click.echo(f"{count} articles are read by {extractor_name()} from now on.")


def _reread(raw: bytes, article: Article) -> Article:
    """The article read anew from its page; texts that were handed in stay as they are."""
    from datetime import UTC, datetime

    from monitor.reading import read

    if article.partial or raw.lstrip()[:1] != b"<":
        return article
    page = Page(article.link, article.link, 200, {"content-type": "text/html"}, raw, datetime.now(UTC))
    new = read(page)
    return replace(article, title=new.title or article.title, text=new.text)
