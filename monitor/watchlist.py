"""The watch list as text: sources added to a settings file without touching its comments, and OPML in and out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import quoteattr

import yaml
from lxml import etree

from monitor.config import SourceSettings
from monitor.errors import InputError
from monitor.model import Source

FIELDS = ("name", "kind", "url", "language", "trust", "links", "must_match")


def append(text: str, sources: Sequence[SourceSettings]) -> str:
    """A settings file's text with sources added at the end of its list; all else stays as it is."""
    written = [_item(source) for source in sources]
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    node = next((value for key, value in pairs if key.value == "sources"), None)
    if node is None:
        return text.rstrip("\n") + "\n\nsources:\n" + "".join(f"  {item}\n" for item in written)
    lines = text.splitlines(keepends=True)
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        line = node.start_mark.line
        lines[line] = "sources:\n" + "".join(f"  {item}\n" for item in written)
    elif node.flow_style:
        raise InputError("Adding a source", cause="`sources` is written in brackets", hint="Write one source a line.")
    else:
        last = node.value[-1]
        # A block mapping ends where the next token begins; what lies between are blank lines and comments.
        end = last.end_mark.line + (last.end_mark.column > 0)
        while end > last.start_mark.line + 1 and _idle(lines[end - 1]):
            end -= 1
        if not lines[end - 1].endswith("\n"):
            lines[end - 1] += "\n"
        indent = " " * node.start_mark.column
        lines.insert(end, "".join(f"{indent}{item}\n" for item in written))
    return "".join(lines)


def _idle(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _item(source: SourceSettings) -> str:
    data = {key: value for key in FIELDS if (value := getattr(source, key)) is not None}
    if source.every is not None:
        data["every"] = f"{source.every:.0f}s"
    line = yaml.safe_dump(data, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10_000).strip()
    return f"- {line}"


def to_opml(sources: Iterable[Source]) -> str:
    """OPML 2.0 of the feeds; other kinds have no place in it."""
    rows = "".join(
        f"    <outline type={quoteattr('rss')} text={quoteattr(s.name)} xmlUrl={quoteattr(s.url)}"
        f"{f' language={quoteattr(s.language)}' if s.language else ''}/>\n"
        for s in sources
        if s.kind == "feed"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
        f"  <head><title>Sources of the commitment monitor</title></head>\n  <body>\n{rows}  </body>\n</opml>\n"
    )


def from_opml(body: bytes, name: str) -> list[SourceSettings]:
    """The feeds of an OPML file; `name` is what messages call it. Outlines without a web address are passed over."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise InputError("Reading OPML", subject=name, cause=f"not XML: {error.msg}") from None
    if root is None or root.tag != "opml":
        raise InputError("Reading OPML", subject=name, cause="the file is XML but not OPML")
    found: dict[str, SourceSettings] = {}
    for outline in root.iter("outline"):
        url = (outline.get("xmlUrl") or "").strip()
        title = (outline.get("text") or outline.get("title") or url).strip()
        if not url.startswith(("http://", "https://")) or any(s.url == url for s in found.values()):
            continue
        language = (outline.get("language") or "")[:2].lower()
        unique = title if title not in found else f"{title} ({url})"
        found[unique] = SourceSettings(name=unique[:200], kind="feed", url=url, language=language or None)
    return list(found.values())
