"""What all commands share: settings, the ledger, and printing that hostile text cannot abuse.

@click.command("list")
@settings_options          # --config, --database; passes `settings`
@format_option             # --format table|json|jsonl|csv; passes `form`
def list_(settings: Settings, form: str) -> None:
    with open_ledger(settings) as ledger:
        emit(rows, ("id", "investor"), form)
"""

from __future__ import annotations

import csv
import functools
import io
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.ledger import Ledger

FORMATS = ("table", "json", "jsonl", "csv")
PIPE_WIDTH = 160

Command = Callable[..., Any]


def settings_options(command: Command) -> Command:
    """Adds `--config` and `--database`; the command gets the loaded `settings`."""

    @click.option("--config", type=click.Path(path_type=Path), help="The settings file; else ./sources.yaml.")
    @click.option("--database", metavar="URL", help="The ledger; else MONITOR_DATABASE_URL, else ./ledger.db.")
    @functools.wraps(command)
    def wrapped(*args: Any, config: Path | None, database: str | None, **options: Any) -> Any:
        return command(*args, settings=open_settings(config, database), **options)

    return wrapped


def format_option(command: Command) -> Command:
    """Adds `--format`; the command gets it as `form`."""
    return click.option(
        "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to print."
    )(command)


def as_of_options(command: Command) -> Command:
    """Adds `--valid` (the world's date) and `--known` (what the ledger knew by the end of that day)."""
    known = click.option("--known", type=DAY, help="What the ledger knew at the end of this day.")
    valid = click.option("--valid", type=DAY, help="What was true in the world on this day.")
    return valid(known(command))


def open_settings(config: Path | None = None, database: str | None = None) -> Settings:
    from monitor.config import load

    settings = load(config)
    return settings.model_copy(update={"database": database}) if database else settings


class _Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date; write it like 2025-02-14.", param, ctx)


DAY = _Day()


def inert(text: object) -> str:
    """A text that can be shown in a terminal: control, direction and other invisible characters are spelled out."""
    return "".join(_visible(c) for c in str(text))


def _visible(c: str) -> str:
    if c in "\n\t":
        return " "
    return c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else f"\\u{ord(c):04x}"


def cell(value: object) -> str:
    """A value as one cell of a table or CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, Iterable):
        return "; ".join(cell(one) for one in value)
    return str(value)


def emit(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], form: str = "table") -> None:
    """Prints rows. Tables and CSV show `columns` (keys of the rows, also their headings); JSON shows the rows whole."""
    if form == "json":
        click.echo(to_json(list(rows), indent=2))
    elif form == "jsonl":
        for row in rows:
            click.echo(to_json(row))
    elif form == "csv":
        click.echo(to_csv(rows, columns), nl=False)
    else:
        _table(rows, columns)


def to_json(value: object, indent: int | None = None) -> str:
    """JSON whose control and direction characters are escaped, which every reader undoes."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)
    return "".join(c if c in "\n" or c.isprintable() or c == " " else _escape(c) for c in text)


def _escape(c: str) -> str:
    if c.isspace() and unicodedata.category(c) == "Zs":
        return c
    units = c.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _plain(value: object) -> object:
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)


def to_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """CSV in which no text is a formula to a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_csv_cell(row.get(column)) for column in columns])
    return out.getvalue()


def _csv_cell(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return cell(value)
    if isinstance(value, int | float):
        return repr(int(value)) if float(value).is_integer() else repr(value)
    text = inert(cell(value))
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") else text


def _table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, pad_edge=False)
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    count = 0
    for row in rows:
        table.add_row(*(Text(inert(cell(row.get(column)))) for column in columns))
        count += 1
    if not count:
        click.echo("Nothing to show.")
        return
    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console = Console(markup=False, highlight=False, emoji=False, width=PIPE_WIDTH)
    console.print(table)


def sum_in_words(low: float | None, high: float | None, currency: str | None, qualifier: str) -> str:
    """A sum as people write it: "3.2 bn EUR", "at least 1 bn USD", "30 to 50 bn EUR"."""
    if low is None and high is None:
        return "no sum"
    unit = f" {currency}" if currency else ""
    if low is not None and high is not None:
        ends = _short(low) if low == high else f"{_short(low)} to {_short(high)}"
        return f"{'about ' if qualifier == 'about' else ''}{ends}{unit}"
    if low is None:
        return f"up to {_short(high or 0)}{unit}"
    return f"{'of the order of' if qualifier == 'vague' else 'at least'} {_short(low)}{unit}"


def _short(value: float) -> str:
    for size, name in ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.4g} {name}"
    return f"{value:.4g}"


@contextmanager
def open_ledger(settings: Settings, clock: Callable[[], datetime] | None = None) -> Iterator[Ledger]:
    """The ledger of the settings, its schema brought up to date. `clock` gives the present, else the machine does."""
    from monitor.line import now, opened

    with opened(settings, clock or now) as ledger:
        yield ledger
