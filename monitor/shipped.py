"""Where the files that travel with the program are: templates, seeds, the watch list."""

from __future__ import annotations

from pathlib import Path

from monitor.errors import MonitorError


def shipped(name: str) -> Path:
    """The path of `templates`, `seeds` or `sources.yaml`: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    for path in (package / "_shipped" / name, package.parent / name):
        if path.exists():
            return path
    raise MonitorError("Looking for a file that is part of the program", subject=name, hint="Install the program again.")
