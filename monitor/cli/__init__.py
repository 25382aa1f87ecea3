"""The command line. Commands import lazily, so that `monitor --help` answers at once."""

from __future__ import annotations

import importlib
import sys

import click

from monitor import __version__
from monitor.errors import MonitorError

# command: (module, attribute, one line of help)
COMMANDS: dict[str, tuple[str, str, str]] = {}


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
