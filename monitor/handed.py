"""What a person hands in: a path, an address or standard input, holding text, HTML, a PDF or documents in JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from monitor.errors import InputError, ReadingError
from monitor.model import Article, Page

LARGEST = 50_000_000  # bytes of one text, page or PDF
_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".md": "text/plain",
}
_JSON_LINES = (".jsonl", ".ndjson", ".json")


@dataclass(frozen=True, slots=True)
class Document:
    """An article with the name by which it was handed in; `line` is its line in a file of JSON lines."""

    id: str | int
    article: Article
    line: int | None = None
    body: bytes = b""


Fetch = Callable[[str], Page]
Read = Callable[[Page], Article]


def documents(what: str, *, fetch: Fetch, read: Read, now: datetime) -> Iterator[Document]:
    """The documents in `what`; `-` is standard input. Raises InputError, ReadingError or FetchError.

    `published` is None where neither the document nor its page tells a day.
    """
    if what.startswith(("http://", "https://")):
        page = fetch(what)
        yield Document(what, _with_text(read(page), what), body=page.body)
    elif Path(what).suffix.lower() in _JSON_LINES:
        yield from json_lines_of(what)
    else:
        body = sys.stdin.buffer.read(LARGEST + 1) if what == "-" else _bytes(what)
        if what == "-" and body.lstrip()[:1] == b"{":
            yield from json_lines(iter(_decoded(body, what).splitlines()), what)
        else:
            yield Document(what, _single(body, what, read, now), body=body)


def json_lines_of(what: str) -> Iterator[Document]:
    """The documents of a file of JSON lines, `-` for standard input."""
    if what == "-":
        yield from json_lines(iter(_decoded(sys.stdin.buffer.read(), what).splitlines()), "standard input")
    else:
        yield from json_lines(_text_lines(what), what)


def _single(body: bytes, what: str, read: Read, now: datetime) -> Article:
    """One text, page or PDF. Its link is a name that its content alone decides."""
    if len(body) > LARGEST:
        raise InputError("Reading a document", subject=what, cause=f"more than {LARGEST // 1_000_000} MB")
    if not body.strip():
        raise InputError("Reading a document", subject=what, cause="it is empty")
    kind = _TYPES.get(Path(what).suffix.lower(), "")
    page = Page(
        url=f"handed:{sha256(body).hexdigest()[:20]}",
        requested_url=what,
        status=200,
        headers={"content-type": kind} if kind else {},
        body=body,
        fetched_at=now,
    )
    try:
        return _with_text(read(page), what)
    except ReadingError as error:
        raise InputError(error.what, subject=what, cause=error.cause, hint=error.hint) from None


def _with_text(article: Article, what: str) -> Article:
    if not article.text.strip():
        raise InputError("Reading a document", subject=what, cause="it holds no text")
    return article


def _bytes(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise InputError("Reading a document", subject=path, cause=_why(error)) from None


def _text_lines(path: str) -> Iterator[str]:
    try:
        with Path(path).open(encoding="utf-8-sig") as file:
            yield from file
    except OSError as error:
        raise InputError("Reading documents", subject=path, cause=_why(error)) from None
    except UnicodeDecodeError:
        raise InputError("Reading documents", subject=path, cause="it is not UTF-8 text") from None


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _decoded(body: bytes, what: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("Reading documents", subject=what, cause="it is not UTF-8 text") from None


def json_lines(lines: Iterator[str], name: str) -> Iterator[Document]:
    """Documents of JSON lines: `id`, `text` and, where known, `lang`, `published`, `title`, `outlet`, `trust`, `url`.

    Other keys are passed over. A line that cannot be used is an InputError that names it.
    """
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        try:
            data = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            cause = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
            raise InputError("Reading documents", subject=where, cause=f"this is not JSON: {cause}") from None
        if not isinstance(data, dict):
            raise InputError("Reading documents", subject=where, cause="this is not a JSON object")
        document = _document(data, where, number)
        if (first := seen.setdefault(str(document.id), number)) != number:
            raise InputError(
                "Reading documents", subject=where, cause=f"the id {document.id!r} is that of line {first}"
            )
        yield document


def _document(data: dict[str, Any], where: str, number: int) -> Document:
    name = data.get("id")
    if not isinstance(name, str | int) or isinstance(name, bool) or name == "":
        raise InputError("Reading documents", subject=where, cause="the document has no `id`")
    text = _string(data, "text", where)
    if not text.strip():
        raise InputError("Reading documents", subject=where, cause=f"the document {name!r} has no text")
    title = _string(data, "title", where)
    article = Article(
        link=_string(data, "url", where) or str(name),
        title=title,
        text=text,
        language=_string(data, "lang", where) or _language(f"{title}\n{text}"),
        published=_day(data.get("published"), where),
        outlet=_string(data, "outlet", where) or None,
        trust=_string(data, "trust", where) or "press",
    )
    return Document(name, article, number)


def _string(data: dict[str, Any], key: str, where: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError("Reading documents", subject=where, cause=f"`{key}` is not text: {value!r:.60}")
    # A lone surrogate, which JSON can spell, is no character and could not be stored.
    return value.encode("utf-8", "replace").decode("utf-8")


def _day(value: object, where: str) -> date | None:
    if value is None:
        return None
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError:
        raise InputError(
            "Reading documents", subject=where, cause=f"`published` is no date: {value!r:.60}", hint="Write 2025-02-14."
        ) from None


def _language(text: str) -> str:
    from monitor.reading.language import language_of

    return language_of(text)
