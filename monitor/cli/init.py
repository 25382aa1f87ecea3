"""`monitor init`: the first settings."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from monitor.errors import InputError, OutputError
from monitor.shipped import shipped

STARTER = Path(__file__).with_name("starter.yaml")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--templates", is_flag=True, help="Also a copy of the templates, to restyle.")
def init(folder: Path, templates: bool) -> None:
    """Write a commented sources.yaml into FOLDER (here, if none is named).

    Example: monitor init watch && cd watch && monitor check
    """
    settings = folder / "sources.yaml"
    if settings.exists():
        raise InputError(
            "Writing the settings", subject=str(settings), cause="it is there already", hint="Name another folder."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        settings.write_text(STARTER.read_text(encoding="utf-8"), encoding="utf-8")
        click.echo(f"Wrote {settings}. Put your sources into it, then try it with `monitor check`.")
        if templates:
            shutil.copytree(shipped("templates"), folder / "templates", dirs_exist_ok=False)
            click.echo(f"Wrote {folder / 'templates'}. Name it in the settings as digest: {{templates: templates}}.")
    except OSError as error:
        raise OutputError("Writing the settings", subject=str(folder), cause=error.strerror or error) from None
