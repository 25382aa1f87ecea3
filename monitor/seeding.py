"""The baseline: texts in a folder, each with a small YAML beside it, taken into the ledger once with cause `seed`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import yaml

from monitor.errors import InputError
from monitor.line import Intake
from monitor.model import Article

KEYS = {"id", "published", "language", "outlet", "url"}


def seeds(folder: Path) -> Iterator[tuple[Article, bytes]]:
    """The seed articles of a folder with their bytes, in order of name. A text's first paragraph is its title."""
    for path in sorted(folder.glob("*.txt")):
        raw = path.read_bytes()
        yield _article(raw.decode("utf-8-sig"), _facts(path.with_suffix(".yaml")), str(path)), raw


def plant(intake: Intake, folder: Path) -> int:
    """Takes the seeds in; how many commitments the ledger has of them. Those that it has already change nothing."""
    return sum(len(intake.enter(article, intake.extract(article), raw, "seed")) for article, raw in seeds(folder))


def _facts(path: Path) -> dict[str, object]:
    try:
        facts = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise InputError("Reading a seed's facts", subject=str(path), cause=error) from None
    if not isinstance(facts, dict) or set(facts) - KEYS or not isinstance(facts.get("published"), date):
        raise InputError(
            "Reading a seed's facts",
            subject=str(path),
            cause="it needs `id` and `published`, and may have `language`, `outlet` and `url`",
        )
    return facts


def _article(text: str, facts: dict[str, object], name: str) -> Article:
    title, _, body = text.strip().partition("\n\n")
    if not body.strip():
        raise InputError("Reading a seed", subject=name, cause="it holds a title and no text")
    published = facts["published"]
    assert isinstance(published, date)
    return Article(
        link=str(facts.get("url") or facts["id"]),
        title=title.strip(),
        text=body.strip(),
        language=str(facts.get("language") or "und"),
        published=published,
        outlet=str(facts["outlet"]) if facts.get("outlet") else None,
    )
