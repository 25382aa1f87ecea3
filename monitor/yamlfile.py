"""YAML that remembers where each key stands, and refuses a key written twice (PyYAML keeps the last in silence)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from monitor.errors import SettingsError

Place = tuple[str | int, ...]


def read(path: Path) -> tuple[Any, dict[Place, int]]:
    """The data of a YAML file, and the line (from 1) of each key and list item by its path from the root."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(
            "Reading the settings", subject=str(path), cause="no such file", hint="`monitor init` writes one."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("Reading the settings", subject=str(path), cause=error) from None
    return parse(text, str(path))


def parse(text: str, name: str) -> tuple[Any, dict[Place, int]]:
    """As `read`, from a text; `name` is what messages call it."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        lines: dict[Place, int] = {}
        if root is not None:
            _walk(root, (), lines, name, [])
        return yaml.safe_load(text), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise SettingsError("Reading the settings", subject=where, cause=error.problem) from None
    except (yaml.YAMLError, ValueError) as error:
        raise SettingsError("Reading the settings", subject=name, cause=error) from None


def _walk(node: yaml.Node, place: Place, lines: dict[Place, int], name: str, above: list[yaml.Node]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if any(node is other for other in above):
        raise SettingsError("Reading the settings", subject=f"{name}, line {lines[place]}", cause="a loop of aliases")
    above = [*above, node]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*place, str(key.value))
            line = key.start_mark.line + 1
            if here in lines:
                raise SettingsError(
                    "Reading the settings",
                    subject=f"{name}, line {line}",
                    cause=f"{key.value!r} stands here a second time, first on line {lines[here]}",
                )
            lines[here] = line
            _walk(value, here, lines, name, above)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*place, index), lines, name, above)
