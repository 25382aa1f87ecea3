"""`monitor sources`: the watch list and its health."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from monitor.cli.common import emit, format_option, inert, open_ledger, settings_options
from monitor.config import Settings, SourceSettings, load, source_of
from monitor.errors import InputError, MonitorError, OutputError
from monitor.model import Source

LIST = ("name", "kind", "language", "trust", "every", "state", "last_success", "next_poll", "reason")
ENTRIES = ("published", "title", "url")


@click.group()
def sources() -> None:
    """The watch list: list, add, test, import OPML, export OPML."""


@sources.command("list")
@format_option
@settings_options
def list_(settings: Settings, form: str) -> None:
    """Every source, when it last answered, and why it does not.

    Example: monitor sources list --format csv
    """
    from monitor.polling import SourceState

    with open_ledger(settings) as ledger:
        rows = [_health(s, SourceState.from_json(ledger.source_state(s.name), s)) for s in settings.watched()]
    emit(rows, LIST, form)


def _health(source: Source, state: Any) -> dict[str, Any]:
    if state.gone:
        word = "gone"
    elif state.failures:
        word = f"failing ({state.failures})"
    else:
        word = "well" if state.succeeded_at else "not polled yet"
    moved = f"It has moved to {state.moved_to}: change its address." if state.moved_to else ""
    return {
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "language": source.language,
        "trust": source.trust,
        "every": f"{source.every / 60:g} min",
        "state": word,
        "last_success": _minute(state.succeeded_at),
        "next_poll": None if state.gone else _minute(state.next_poll),
        "reason": state.reason or moved,
    }


def _minute(moment: Any) -> str | None:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else None


@sources.command()
@click.argument("name")
@click.option("--entries", default=5, show_default=True, help="How many entries to show.")
@settings_options
def test(settings: Settings, name: str, entries: int) -> None:
    """Poll one source of the watch list, or any address, and show what it brings. Nothing is stored.

    Example: monitor sources test "A paper with a feed"
    """
    source = _named(settings, name)
    found = _entries(settings, source)
    click.echo(f"{inert(source.name)}: {len(found)} entries at {source.url}")
    emit([{"published": e.published, "title": e.title, "url": e.url} for e in found[:entries]], ENTRIES)


def _named(settings: Settings, name: str) -> Source:
    for source in settings.watched():
        if source.name == name:
            return source
    if name.startswith(("http://", "https://")):
        return Source(name=name, kind="feed", url=name)
    import difflib

    near = difflib.get_close_matches(name, [s.name for s in settings.sources], n=1, cutoff=0.4)
    hint = f"Did you mean {near[0]!r}?" if near else "`monitor sources list` shows them."
    raise InputError("Looking for a source", subject=name, cause="the watch list has none of that name", hint=hint)


def _entries(settings: Settings, source: Source) -> Sequence[Any]:
    from monitor.line import fetching
    from monitor.model import Request
    from monitor.sources import entries

    with fetching(settings, patient=False) as fetcher:
        return entries(source, fetcher.get(Request(source.url)))


@sources.command()
@click.argument("name")
@click.argument("url")
@click.option("--kind", type=click.Choice(["feed", "sitemap", "listing", "page"]), default="feed", show_default=True)
@click.option("--language", help="Two letters: fr, en, de, es, it.")
@click.option("--trust", type=click.Choice(["official", "company", "wire", "press", "trade"]))
@click.option("--every", help="How often it is polled: 15min, 1h, 2d.")
@click.option("--links", help="For a listing: the CSS selector of its articles' links.")
@click.option("--must-match", help="Only entries that match this regular expression are read.")
@click.option("--untested", is_flag=True, help="Do not poll it first.")
@settings_options
def add(settings: Settings, untested: bool, **given: Any) -> None:
    """Add a source to the settings file, after polling it once.

    Example: monitor sources add "A paper" https://example.org/feed.xml --language en
    """
    source = source_of({key: value for key, value in given.items() if value is not None})
    if not untested:
        try:
            tried = settings.model_copy(update={"sources": (source,)}).watched()[0]
            click.echo(f"{len(_entries(settings, tried))} entries found.")
        except MonitorError as error:
            raise InputError(
                "Trying the source", cause=error, hint="With --untested it is added all the same."
            ) from None
    _append(settings, [source])
    click.echo(f"Added {inert(source.name)} to {settings.path}.")


@sources.command("import")
@click.argument("opml", type=click.Path(path_type=Path))
@settings_options
def import_(settings: Settings, opml: Path) -> None:
    """Add the feeds of an OPML file to the settings; those watched already are passed over.

    Example: monitor sources import subscriptions.opml
    """
    from monitor.watchlist import from_opml

    try:
        body = opml.read_bytes()
    except OSError as error:
        raise InputError("Reading OPML", subject=str(opml), cause=error.strerror) from None
    names, urls = {s.name for s in settings.sources}, {s.url for s in settings.sources}
    found = from_opml(body, str(opml))
    new = [s for s in found if s.url not in urls and s.name not in names]
    if new:
        _append(settings, new)
    click.echo(f"Added {len(new)} feeds to {settings.path}; {len(found) - len(new)} were there already.")


@sources.command()
@settings_options
def export(settings: Settings) -> None:
    """Print the feeds of the watch list as OPML.

    Example: monitor sources export > watched.opml
    """
    from monitor.watchlist import to_opml

    click.echo(to_opml(settings.watched()), nl=False)
    left = sum(s.kind != "feed" for s in settings.sources)
    if left:
        click.echo(f"{left} sources that are no feeds have no place in OPML and are left out.", err=True)


def _append(settings: Settings, new: Sequence[SourceSettings]) -> None:
    """Writes the settings file with the new sources, whole or not at all, and only if it is valid then."""
    from monitor.shipped import shipped
    from monitor.watchlist import append

    path = settings.path
    if path.resolve() == shipped("sources.yaml").resolve() and not Path("sources.yaml").exists():
        raise InputError("Adding a source", cause="there is no settings file here", hint="`monitor init` writes one.")
    try:
        text = append(path.read_text(encoding="utf-8-sig"), new)
        handle, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=f".{path.name}.", suffix=".yaml")
    except OSError as error:
        raise OutputError("Writing the settings", subject=str(path), cause=error.strerror) from None
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        load(draft)
        draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path.resolve())
    except OSError as error:
        raise OutputError("Writing the settings", subject=str(path), cause=error.strerror) from None
    finally:
        draft.unlink(missing_ok=True)
