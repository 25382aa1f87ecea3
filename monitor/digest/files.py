"""Digests as files: written whole or not at all."""

from __future__ import annotations

import os
from email import message_from_bytes, policy
from pathlib import Path

from monitor.digest.render import Rendered
from monitor.errors import OutputError
from monitor.failpoints import hit


def write_parts(stem: Path, content: bytes) -> None:
    """The HTML and text parts of a stored mail as `stem`.html and `stem`.txt."""
    html, text = parts(content)
    put(stem.with_name(f"{stem.name}.html"), html.encode())
    put(stem.with_name(f"{stem.name}.txt"), text.encode())


def parts(content: bytes) -> tuple[str, str]:
    """(html, text) of a stored mail."""
    message = message_from_bytes(content, policy=policy.default)
    found = [message.get_body((kind,)) for kind in ("html", "plain")]
    html, text = (part.get_content().replace("\r\n", "\n") if part else "" for part in found)
    return html, text


def write(folder: Path, name: str, rendered: Rendered) -> tuple[Path, Path]:
    """`name.html` and `name.txt` in the folder, which is made if need be. Raises OutputError."""
    html, text = folder / f"{name}.html", folder / f"{name}.txt"
    put(html, rendered.html.encode())
    put(text, rendered.text.encode())
    return html, text


def put(path: Path, content: bytes) -> None:
    """A file with this content; a reader sees the old one or the new one, never a part, also after a power cut."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # always the same name: what a crash leaves behind is overwritten by the next attempt
        part = path.with_name(f".{path.name}.part")
        with part.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        hit("file.before_rename")
        part.replace(path)
        _sync_folder(path.parent)
        hit("file.after_rename")
    except OSError as error:
        raise OutputError(
            "Writing a digest",
            subject=str(path),
            cause=error.strerror or error,
            hint="Is the folder writable, the disk full?",
        ) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
