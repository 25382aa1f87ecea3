"""Pages made easier to tell apart: what surely is no article taken out, odd containers made plain."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from monitor.reading.words import tidy

Node: TypeAlias = Any  # an lxml element

# Between paragraphs that the page parts by line breaks alone; a character that no text uses.
BREAK = "\ue001"

# Names of containers (class, id) that hold no article in any of the languages read.
_FOREIGN = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|rgpd|cmp|onetrust|didomi|iubenda|usercentrics|newsletter|encart|"
    r"shar(?:e|ing)|partage|compartir|teilen|condividi|redes|"
    r"related|relacionad[ao]s?|correlati|aussi|anche|auch|empfehlungen|recommend(?:ed|ations)?|recirc|"
    r"outbrain|taboola|advert(?:isement)?|ads?|adslot|publicite|publicidad|pubblicita|werbung|anzeige|"
    r"breadcrumbs?|ariane|byline|autore?n?|authors?|firma|tags?|etiquetas|schlagworte|"
    r"kontakt|contact|contatti|contacto|footer|foot|pie|lo[_-]?mas|most[_-]?read|meistgelesen)(?=$|[\s_-])",
    re.IGNORECASE,
)
_BLOCKS_IN_CELL = "descendant::td[descendant::p or descendant::ul or descendant::ol or descendant::h1]"
# A container that holds more than this share of the page's words is not foreign, whatever its name.
_SHARE = 0.15


def prepare(tree: Node) -> None:
    """Change a page's tree in place; nothing that reads like an article is lost."""
    body = tree.find("body")
    if body is None:
        return
    _drop_foreign(body)
    _unwrap_layout(body)
    _plain_definitions(body)
    _mark_breaks(body)


def _drop_foreign(body: Node) -> None:
    """Take out containers named as consent banners, sharing, related links and the like."""
    limit = _SHARE * len("".join(body.itertext()))
    for node in list(body.iter("div", "section", "aside", "ul", "ol", "p", "span")):
        name = f"{node.get('class') or ''} {node.get('id') or ''}"
        if name == " " or not _FOREIGN.search(name) or node.getparent() is None:
            continue
        if node.find(".//h1") is None and sum(map(len, node.itertext())) <= limit:
            node.drop_tree()


def _unwrap_layout(body: Node) -> None:
    """Tables that lay out the page, told by blocks in their cells, become plain containers."""
    for table in list(body.iter("table")):
        if len(table.xpath(_BLOCKS_IN_CELL)) and table.find(".//th") is None:
            for node in [table, *table.xpath("descendant::*[self::tbody or self::tr or self::td]")]:
                if next(node.iterancestors("table"), table) is table:
                    node.tag = "div"


def _plain_definitions(body: Node) -> None:
    """Definition lists become lists of `term: meaning`."""
    for definitions in list(body.iter("dl")):
        terms: list[str] = []
        for node in list(definitions.iter("dt", "dd")):
            words = tidy(" ".join(node.itertext()))
            if node.tag == "dt":
                terms.append(words.rstrip(" :"))
            elif words:
                item = definitions.makeelement("li")
                item.text = f"{', '.join(terms)}: {words}" if terms else words
                definitions.append(item)
                terms = []
        for node in list(definitions):
            if node.tag != "li":
                definitions.remove(node)
        definitions.tag = "ul"


def _mark_breaks(body: Node) -> None:
    """Two line breaks in a row end a paragraph."""
    for node in list(body.iter("br")):
        after = node.getnext()
        if after is not None and after.tag == "br" and not (node.tail or "").strip():
            node.tail = BREAK
