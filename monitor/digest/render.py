"""A digest rendered: subject, HTML and text, from the templates."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.exceptions import TemplateSyntaxError

from monitor.digest.build import Digest
from monitor.digest.language import words
from monitor.digest.view import NO_LINKS, Links, view
from monitor.errors import SettingsError
from monitor.shipped import shipped

# Gmail shows only the first 102 KB of a message's HTML; the rest is headroom for what servers on the way add.
HTML_LIMIT = 90_000
ITEMS_A_SECTION = 30
WIDTH = 72


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    html: str
    text: str


class Renderer:
    """Renders with the shipped templates, or with those of `folder` where it has them."""

    def __init__(self, folder: Path | None = None) -> None:
        self._environment = _environment(folder)

    def render(self, digest: Digest, language: str, links: Links = NO_LINKS, limit: int = HTML_LIMIT) -> Rendered:
        """The digest in a language. Long sections are cut, with "+ n more", until the HTML is below `limit` bytes."""
        items = ITEMS_A_SECTION
        while True:
            shown = view(digest, words(language), links, items)
            html = self._fill("mail/digest.html.j2", shown)
            if len(html.encode()) <= limit or items == 1:
                return Rendered(shown.subject, html, self._fill("mail/digest.txt.j2", shown))
            items = max(1, items * 3 // 4)

    def _fill(self, name: str, shown: object) -> str:
        try:
            filled = self._environment.get_template(name).render(v=shown)
            return re.sub(r"\n{3,}", "\n\n", filled).strip() + "\n"
        except TemplateSyntaxError as error:
            where = f"{error.filename or name}, line {error.lineno}"
            raise SettingsError("Reading a template", subject=where, cause=error.message) from error
        except TemplateError as error:
            raise SettingsError("Filling a template", subject=name, cause=error) from error


@cache
def _environment(folder: Path | None) -> Environment:
    """Compiled templates are kept; one whose file changes is read again."""
    searched = [str(path) for path in (folder, shipped("templates")) if path is not None]
    environment = Environment(
        loader=FileSystemLoader(searched),
        autoescape=lambda name: bool(name) and ".html" in str(name),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["fold"] = fold_lines
    return environment


def render(digest: Digest, language: str, links: Links = NO_LINKS) -> Rendered:
    """With the shipped templates."""
    return Renderer().render(digest, language, links)


def fold_lines(text: str, indent: str = "") -> str:
    """Text in lines of at most 72 characters; addresses and unbreakable sums stay whole."""
    wrapper = textwrap.TextWrapper(
        width=WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(wrapper.wrap(text))
