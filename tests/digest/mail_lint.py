"""Looks at a mail's HTML as its poorest reader would: by the table of what clients support."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from lxml import html

TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("mail_clients.yaml").read_text("utf-8"))
PROPERTIES = {*TABLE["properties"]["required"], *TABLE["properties"]["harmless"]}
Colour = tuple[float, float, float]


def declarations(style: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in style.split(";") if part.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def problems(page: str) -> list[str]:
    """What some client of the table would not show as meant."""
    root = html.document_fromstring(page.encode())
    found = []
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag not in TABLE["elements"]:
            found.append(f"<{element.tag}> is not held by all clients")
        for name, value in element.attrib.items():
            if name not in TABLE["attributes"]:
                found.append(f"<{element.tag} {name}>")
            if name == "href" and not str(value).startswith(("https://", "http://")):
                found.append(f"a link to {value}")
        for name, value in declarations(element.get("style", "")).items():
            if name not in PROPERTIES:
                found.append(f"{name} on <{element.tag}>")
            if name == "padding" and element.tag not in TABLE["padding_on"]:
                found.append(f"padding on <{element.tag}>")
            if name == "display" and value != "none":
                found.append(f"display:{value}")
            if re.search(r"url\(|var\(|calc\(|rgba?\(|\b(rem|em|vw|vh)\b", value):
                found.append(f"{name}:{value}")
        back = declarations(element.get("style", "")).get("background-color")
        if back and element.tag in ("td", "table", "body") and element.get("bgcolor") != back:
            found.append(f"<{element.tag}> has a background but no bgcolor for Outlook")
    for sheet in root.iter("style"):
        rules = re.findall(r"@[^{]+", str(sheet.text))
        found += [f"{rule.strip()} in <style>" for rule in rules if rule.strip() not in TABLE["at_rules"]]
        outside = re.sub(r"@media[^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", str(sheet.text)).strip()
        found += [f"{outside[:60]} in <style> outside a media query"] if outside else []
    return found


def texts(page: str, dark: bool = False) -> Iterator[tuple[str, Colour, Colour]]:
    """Every visible text with its colour and the background it stands on; `dark` applies the dark rules."""
    root = html.document_fromstring(page.encode())
    rules = _dark_rules(root) if dark else {}
    yield from _walk(root.find("body"), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), rules)


def _walk(
    element: Any, colour: Colour, back: Colour, rules: dict[str, dict[str, str]]
) -> Iterator[tuple[str, Colour, Colour]]:
    if not isinstance(element.tag, str):
        return
    style = declarations(element.get("style", ""))
    if style.get("display") == "none":
        return
    for name in element.get("class", "").split():
        style.update(rules.get(name, {}))
    colour = _colour(style["color"]) if "color" in style else colour
    back = _colour(style["background-color"]) if "background-color" in style else back
    if element.text and element.text.strip("\N{NO-BREAK SPACE} \n"):
        yield element.text.strip(), colour, back
    for child in element:
        yield from _walk(child, colour, back, rules)
        if child.tail and child.tail.strip("\N{NO-BREAK SPACE} \n"):
            yield child.tail.strip(), colour, back


def _dark_rules(root: Any) -> dict[str, dict[str, str]]:
    sheet = "".join(str(s.text) for s in root.iter("style"))
    found = re.findall(r"\.([a-z]+) \{([^}]*)\}", sheet)
    return {name: declarations(body.replace("!important", "")) for name, body in found}


def _colour(value: str) -> Colour:
    assert re.fullmatch(r"#[0-9a-f]{6}", value), value
    red, green, blue = (int(value[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def inverted(colour: Colour) -> Colour:
    """As a client does that makes light colours dark and keeps the hue."""
    hue, light, saturation = colorsys.rgb_to_hls(*colour)
    return colorsys.hls_to_rgb(hue, 1 - light, saturation)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
