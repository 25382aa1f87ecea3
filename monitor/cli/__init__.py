"""The command line. Commands import lazily, so that `monitor --help` answers at once."""

from __future__ import annotations

import importlib
import sys

import click

from monitor import __version__
from monitor.errors import MonitorError

# command: (module, attribute, one line of help)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "init": ("monitor.cli.init", "init", "Write a commented sources.yaml."),
    "check": ("monitor.cli.check", "check", "Try settings, database, mail server and every source once."),
    "run": ("monitor.cli.run", "run", "The service; with --once one cycle, then a digest to a folder."),
    "demo": ("monitor.cli.demo", "demo", "A time-lapse over a bundled press, with no network."),
    "add": ("monitor.cli.add", "add", "Put an article into the ledger by hand."),
    "extract": ("monitor.cli.extract", "extract", "Show the commitments in a text, page, PDF or JSON lines."),
    "replay": ("monitor.cli.replay", "replay", "Run dated documents through the whole line, in order of date."),
    "list": ("monitor.cli.ledger", "list_", "The commitments, as of any day."),
    "show": ("monitor.cli.ledger", "show", "One commitment with its evidence."),
    "history": ("monitor.cli.ledger", "history", "Everything that became of one commitment."),
    "changes": ("monitor.cli.ledger", "changes", "What changed, and why."),
    "totals": ("monitor.cli.ledger", "totals", "Sums without double counting."),
    "review": ("monitor.cli.ledger", "review", "Decide what the program was unsure of; correct what it misread."),
    "reprocess": ("monitor.cli.ledger", "reprocess", "Read stored articles anew, preview the difference, activate."),
    "digest": ("monitor.cli.digest", "digest", "Build, show or send a digest; reprint an old one."),
    "sources": ("monitor.cli.sources", "sources", "List, add, test, import and export the watch list."),
    "status": ("monitor.cli.digest", "status", "Is all well? --health for a health check."),
    "db": ("monitor.cli.ledger", "db", "Upgrade, check, back up and restore the database."),
    "train": ("monitor.cli.evaluate", "train", "Weights from gold."),
    "evaluate": ("monitor.cli.evaluate", "evaluate", "Precision and recall against gold."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="monitor")
def app() -> None:
    """Watch the news for money promised to artificial intelligence."""


def main() -> None:
    """Run a command; an error meant for people is one sentence on standard error and exit status 1."""
    try:
        app(standalone_mode=True)
    except MonitorError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
