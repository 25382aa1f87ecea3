"""The bundled press: outlets and their dated articles, one YAML file an outlet. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Literal

import yaml

from monitor.model import Source

BUNDLED = Path(__file__).with_name("press")
Shape = Literal["rss", "rdf", "atom", "json", "sitemap", "listing"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One article of the press; paragraphs are separated by a blank line."""

    slug: str
    published: date
    title: str
    text: str

    @property
    def moment(self) -> datetime:
        """Articles appear at six in the morning, UTC."""
        return datetime.combine(self.published, time(6), UTC)


@dataclass(frozen=True, slots=True)
class Outlet:
    """A paper, a newsroom or an office. Its server fails from `breaks_on` on."""

    host: str
    name: str
    language: str
    trust: Literal["official", "company", "wire", "press", "trade"]
    shape: Shape
    pieces: tuple[Piece, ...]
    breaks_on: date | None = None

    def address(self, piece: Piece) -> str:
        return f"http://{self.host}/{piece.slug}"

    @property
    def source(self) -> Source:
        """How this outlet is watched."""
        home = f"http://{self.host}/"
        common = {"name": self.name, "language": self.language, "trust": self.trust}
        if self.shape == "listing":
            return Source(kind="listing", url=home, links="article h2 a", **common)  # type: ignore[arg-type]
        if self.shape == "sitemap":
            return Source(kind="sitemap", url=f"{home}news-sitemap.xml", **common)  # type: ignore[arg-type]
        return Source(kind="feed", url=f"{home}feed", **common)  # type: ignore[arg-type]


def load(folder: Path = BUNDLED) -> tuple[Outlet, ...]:
    """The outlets of a press folder, by name of their files."""
    return tuple(_outlet(path) for path in sorted(folder.glob("*.yaml")))


def _outlet(path: Path) -> Outlet:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Outlet(
        host=f"{path.stem}.example",
        name=data["name"],
        language=data["language"],
        trust=data["trust"],
        shape=data["kind"],
        pieces=tuple(Piece(**article) for article in data["articles"]),
        breaks_on=data.get("breaks_on"),
    )
