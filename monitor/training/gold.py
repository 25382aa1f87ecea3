"""Gold files: documents with their commitments and traps, one JSON object a line, and who wrote which file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from monitor.errors import InputError
from monitor.training.agreement import Json

LOCKED = "locked"
"""The stem of the file that no training may read."""


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file, one a line; a line that is none is refused with its number."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("Reading a file of JSON lines", subject=str(path), cause=error) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError("Reading a file of JSON lines", subject=f"{path}, line {number}", cause=error) from error
        if not isinstance(value, dict):
            raise InputError("Reading a file of JSON lines", subject=f"{path}, line {number}", cause="not an object")
        yield value


def read_gold(paths: Iterable[Path]) -> list[Json]:
    """The documents of several gold files, in order."""
    documents: list[Json] = []
    for path in paths:
        for document in read_jsonl(path):
            missing = {"id", "lang", "text", "commitments"} - document.keys()
            if missing:
                raise InputError(
                    "Reading a gold file", subject=str(path), cause=f"a document lacks {', '.join(sorted(missing))}"
                )
            documents.append(document)
    return documents


def is_story(document: Json) -> bool:
    return "storyline" in document


def read_writers(folder: Path) -> dict[str, str]:
    """Stem of each gold file in a folder to the letter of who wrote it, by the folder's `writers.yaml`."""
    path = folder / "writers.yaml"
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise InputError("Reading who wrote the gold", subject=str(path), cause=error) from error
    return {stem: str(writer) for writer, stems in listed.items() for stem in stems}


def writer_of_documents(paths: Iterable[Path]) -> dict[str, str]:
    """Document id to writer; a file that `writers.yaml` beside it does not list stands for a writer of its own."""
    out: dict[str, str] = {}
    for path in paths:
        writers = read_writers(path.parent) if (path.parent / "writers.yaml").exists() else {}
        for document in read_jsonl(path):
            out[document["id"]] = writers.get(path.stem, path.stem)
    return out
