"""Who is spoken of in a text: names, descriptions ("der Konzern", "le fonds d'Abou Dhabi"), and which of them are one.

Purely by form, list and nearness; whether an entity pays is decided elsewhere. Conservative: a description that fits
nobody named stays an entity of its own.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, field
from functools import cache

from monitor.extraction.proper_names import HEADS, Concepts, find_names, is_capital, is_grammar
from monitor.extraction.text import Text, fold
from monitor.knowledge import names
from monitor.knowledge.actors import LANDS, Actor, Directory

_CONNECTORS = frozenset("de du des d' of di del della dell' der für for & y la le les the el los do da e und et von van".split())
# What the names of investors end in, and in English, where common nouns have no capitals, those of other bodies.
_FIRM_TAILS = frozenset("ventures capital partners management investments investors advisors advisers holdings equity".split())
_BODY_TAILS = _FIRM_TAILS | frozenset("fund group financial corporation authority foundation technologies".split())
# Adjectives of countries and towns in the Romance languages.
_OF_A_COUNTRY = re.compile(
    r"(?:indi|chin|suiz|suec|turc|grieg|polac|chec|svizzer|grec|polacc|cec)[oa]s?"
    r"|\w+(?:ain|aine|ais|aise|ien|ienne|and|ande|ois|oise|ano|ana|es|esa|ese|eño|ense|ico|ica|bre|tico|iot)e?s?"
)


_INITIALS = re.compile(r"(?:[A-Z]\.)+[A-Z]")


@dataclass(slots=True)
class Reference:
    """One place in a text where an entity is named or described. Tokens `first` to `last` (exclusive)."""

    first: int
    last: int
    start: int
    end: int
    text: str
    kind: str  # name, description, metonym (a person or capital that stands for the actor)
    head: frozenset[str]
    actor: Actor | None = None
    entity: int = -1
    ties: tuple[str, ...] = ()  # how it hangs on what stands beside it
    compound: str = ""  # the rest of a word that it is part of ("-backed", "-Tochter"), folded


@dataclass(slots=True)
class Entity:
    """One actor of a text with every reference to it."""

    number: int
    name: str
    references: list[Reference] = field(default_factory=list)
    actor: Actor | None = None
    described: bool = False
    person: bool = False
    heads: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        if self.actor:
            return self.actor.kind
        return "described" if self.described else "person" if self.person else "name"


def find_entities(text: Text, concepts: Concepts, language: str, directory: Directory, in_sum: Set[int] = frozenset()) -> list[Entity]:
    """Every entity of a text, in order of first reference. The words of sums (`in_sum`) are no names."""
    concepts = [_without_form(c) for c in concepts]
    references = _known(text, concepts, language, directory)
    taken = {i for r in references for i in range(r.first, r.last)}
    found = [_reference(text, concepts, i, j, "name") for i, j in find_names(text, concepts, language, taken | in_sum)]
    taken |= {i for r in found for i in range(r.first, r.last)}
    references += found
    references += _descriptions(text, concepts, language, taken)
    references.sort(key=lambda r: (r.first, -r.last))
    _tie(text, references)
    return _link(text, concepts, references)


@cache
def _without_form(concepts: frozenset[str]) -> frozenset[str]:
    """Without the forms of verbs, which are told by endings that names have too ("Schneider")."""
    return frozenset(c for c in concepts if not c.startswith("m_"))


def _tie(text: Text, references: list[Reference]) -> None:
    """Notes where a name is but what tells of another: an owner ("Amazon's AWS"), a part of a word ("Nvidia-backed Nscale"),
    a neighbour without anything between ("Canada Brookfield")."""
    firsts, lasts = {r.first for r in references}, {r.last for r in references}
    marks = {k for k, t in enumerate(text.tokens) if t.text in ("'s", "’s")}
    for r in references:
        r.compound = fold(text.full[r.end : text.tokens[r.last - 1].end])
        ties = (
            ("compound", bool(r.compound)),
            ("owner", r.last in marks and r.last + 1 in firsts),
            ("owned", r.first - 1 in marks and r.first - 1 in lasts),
            ("before_name", r.last in firsts),
            ("after_name", r.first in lasts),
        )
        r.ties = tuple(name for name, holds in ties if holds)


def _apposed(text: Text, concepts: Concepts, references: list[Reference]) -> dict[int, Reference]:
    """For descriptions that stand beside a name and mean it ("der kanadische Fonds Brookfield", "Fluidstack, a British
    firm"): the name's reference, by the description's position in the list."""
    out: dict[int, Reference] = {}
    for i, r in enumerate(references):
        if r.kind != "description" or r.actor:
            continue
        following = references[i + 1] if i + 1 < len(references) else None
        if following is not None and following.kind == "name" and following.first == r.last:
            out[i] = following
            continue
        previous = references[i - 1] if i else None
        if previous is not None and previous.kind == "name" and 1 <= r.first - previous.last <= 2:
            between = range(previous.last, r.first)
            comma = text.tokens[previous.last].text in (",", "(")
            if comma and (r.first - previous.last == 1 or "f_art" in concepts[between[-1]]):
                closes = r.last < len(text.tokens) and text.tokens[r.last].text in (",", ")", ".")
                if closes:
                    out[i] = previous
    return out


def _reference(text: Text, concepts: Concepts, first: int, last: int, kind: str, actor: Actor | None = None) -> Reference:
    start, end = text.tokens[first].start, text.tokens[last - 1].end
    head: set[str] = set()
    for i in range(first, last):
        head |= concepts[i] & (HEADS | {"person_title", "research", "skills", "startup", "fundvc"})
    return Reference(first, last, start, end, text.full[start:end], kind, frozenset(head), actor)


def _known(text: Text, concepts: Concepts, language: str, directory: Directory) -> list[Reference]:
    out = []
    hits = directory.mentions(text.full, language)
    spots = [(text.token_at(hit.start), text.token_at(hit.end - 1) + 1) for hit in hits]
    starts = {first for first, _ in spots}
    longer: set[tuple[str, str]] = set()  # everyday words with what follows them in a longer name ("Lumen Forge")
    for hit, (first, last) in zip(hits, spots, strict=True):
        if last - first == 1 and last not in starts and _opens_a_name(text, concepts, first, hit.actor, language):
            longer.add((text.tokens[first].low, text.tokens[last].low))
    for hit, (first, last) in zip(hits, spots, strict=True):
        if last - first == 1 and language != "de" and _is_part_of_a_name(text, concepts, first, hit.actor):
            continue
        if last < len(text.tokens) and (text.tokens[first].low, text.tokens[last].low) in longer:
            continue
        kind, tail = hit.via, _firm_tail(text, last, _BODY_TAILS if language == "en" else _FIRM_TAILS)
        if tail and hit.actor.kind in LANDS:
            continue
        reference = _reference(text, concepts, first, last + tail, kind, hit.actor)
        if not tail and text.tokens[first].start <= hit.start:
            reference.start, reference.end = hit.start, hit.end
            if _INITIALS.fullmatch(text.full, hit.start, hit.end) and text.full[hit.end : hit.end + 1] == ".":
                reference.end += 1  # "U.S."
            reference.text = text.full[hit.start : reference.end]
        out.append(reference)
    return out


def _firm_tail(text: Text, k: int, tails: frozenset[str]) -> int:
    """How many words from one on make a longer name of the actor before: "TDK Ventures", "Chevron Technology Ventures"."""
    sentence = text.sentences[text.tokens[k - 1].sentence]
    run = 0
    while k + run < sentence.last and run < 3 and text.tokens[k + run].text.istitle() and text.tokens[k + run].text.isalpha():
        run += 1
        if text.tokens[k + run - 1].low in tails and sentence.kind != "title":
            following = text.tokens[k + run] if k + run < sentence.last else None
            if following is None or following.low not in tails:
                return run
    return 0


def _opens_a_name(text: Text, concepts: Concepts, k: int, actor: Actor, language: str) -> bool:
    """Whether an actor's name that is an everyday word too stands before another capital: the name is a longer one."""
    sentence = text.sentences[text.tokens[k].sentence]
    doubts = {mark for alias in actor.aliases if alias.text == text.tokens[k].text for mark in alias.doubtful}
    if not doubts & {"*", language} or sentence.kind == "title" or k + 1 >= sentence.last:
        return False
    after = text.tokens[k + 1]
    return after.text.isalpha() and after.text.istitle() and not is_grammar(concepts[k + 1])


def _is_part_of_a_name(text: Text, concepts: Concepts, k: int, actor: Actor) -> bool:
    """Whether a known word is but a word of a longer name: a country its last ("Business France", "West Texas"), another
    actor one in the middle ("Alpha Wave Global")."""
    tokens = text.tokens
    sentence = text.sentences[tokens[k].sentence]
    if k - 1 <= sentence.first or sentence.kind == "title":
        return False
    before, opens = tokens[k - 1], tokens[k - 2].text
    plain = before.text.isalpha() and before.text[0].isupper() and before.text[1:].islower()
    if not plain or not opens[-1].isalnum() or is_grammar(concepts[k - 1]):
        return False
    after = tokens[k + 1].text if k + 1 < sentence.last else ""
    return actor.kind in LANDS or (after.isalpha() and after.istitle())


def _descriptions(text: Text, concepts: Concepts, language: str, taken: set[int]) -> list[Reference]:
    """Determiner, at most three words, a head noun for a payer, and what hangs on it ("of Abu Dhabi", "canadien")."""
    tokens = text.tokens
    out: list[Reference] = []
    for sentence in text.sentences:
        for i in range(sentence.first, sentence.last):
            heads = concepts[i] & HEADS
            if not heads or i in taken:
                continue
            first = i
            while first > sentence.first and i - first < 4 and first - 1 not in taken:
                before = first - 1
                if "f_art" in concepts[before]:
                    break
                if not tokens[before].text[0].isalnum() or is_grammar(concepts[before]):
                    break
                if concepts[before] & {"invest", "say", "f_aux"}:
                    break
                first = before
            last = i + 1
            while last < sentence.last and last - i < 5:
                low = tokens[last].low
                if low in _CONNECTORS and last + 1 < sentence.last and (
                    is_capital(tokens[last + 1]) or low in ("de", "des", "du", "d'", "di", "del", "della")
                ) and low not in ("e", "y", "et", "und", "&"):
                    last += 2
                    while last < sentence.last and is_capital(tokens[last]) and last not in taken:
                        last += 1
                    break
                romance = language in ("fr", "es", "it") and last == i + 1
                if romance and _OF_A_COUNTRY.fullmatch(low) and not concepts[last]:
                    last += 1
                    continue
                break
            out.append(_reference(text, concepts, first, min(last, sentence.last), "description"))
    return out


def _link(text: Text, concepts: Concepts, references: list[Reference]) -> list[Entity]:
    entities: list[Entity] = []
    keys: dict[object, int] = {}
    apposed = _apposed(text, concepts, references)
    for i, reference in enumerate(references):
        if reference.kind == "name" or reference.actor:
            number = _named(reference, entities, keys)
        elif i in apposed:
            number = _named(apposed[i], entities, keys)
        else:
            number = _described(reference, entities, keys)
        reference.entity = number
        entities[number].references.append(reference)
    for entity in entities:
        entity.references.sort(key=lambda r: r.first)
        _finish(text, concepts, entity)
    return entities


def _new(entities: list[Entity], reference: Reference) -> int:
    entities.append(
        Entity(len(entities), reference.text, actor=reference.actor, described=reference.kind == "description" and not reference.actor)
    )
    return len(entities) - 1


def _named(reference: Reference, entities: list[Entity], keys: dict[object, int]) -> int:
    words = names.fold(reference.text)
    if reference.actor:
        key: object = ("actor", reference.actor.id)
        if key not in keys:
            keys[key] = _new(entities, reference)
        keys.setdefault(words, keys[key])
        return keys[key]
    if words in keys:
        return keys[words]
    telling = names.telling(reference.text)
    for number in range(len(entities) - 1, -1, -1):
        other = entities[number]
        if other.described:
            continue
        theirs = set(names.fold(other.name))
        mine = set(words)
        if mine and ((mine < theirs and telling) or (theirs < mine and names.telling(other.name) and len(mine) <= len(theirs) + 2)):
            keys[words] = number
            return number
        if _acronym(reference.text, other.name) or _acronym(other.name, reference.text):
            keys[words] = number
            return number
    keys[words] = _new(entities, reference)
    return keys[words]


def _acronym(short: str, long: str) -> bool:
    if not (2 <= len(short) <= 6 and short.isupper() and short.isalpha()):
        return False
    initials = "".join(w[0] for w in re.findall(r"[^\W\d_]+", long) if w[0].isupper())
    return initials == short


def _described(reference: Reference, entities: list[Entity], keys: dict[object, int]) -> int:
    key = ("description", tuple(w for w in names.fold(reference.text)))
    if key in keys:
        return keys[key]
    keys[key] = _new(entities, reference)
    return keys[key]


def _finish(text: Text, concepts: Concepts, entity: Entity) -> None:
    heads: set[str] = set()
    for reference in entity.references:
        heads |= reference.head
        before = concepts[reference.first - 1] if reference.first else frozenset()
        if "person_title" in before and entity.actor is None and len(reference.text.split()) <= 3:
            entity.person = True
    entity.heads = frozenset(heads)
    named = [r for r in entity.references if r.kind == "name"] or [r for r in entity.references if r.kind == "metonym"]
    if named:
        entity.name = max(named, key=lambda r: (len(names.fold(r.text)) <= 5, len(r.text), -r.start)).text
    if entity.actor and entity.name.endswith("s") and not entity.actor.name.endswith("s") and len(entity.name) > 4:
        spoken = {r.text for r in entity.references}
        if entity.name[:-1] in spoken | {entity.actor.name, *(x.text for x in entity.actor.aliases)}:
            entity.name = entity.name[:-1]
    if entity.actor is None and not entity.person and re.fullmatch(r"[A-ZÀ-Ý][\w'’-]+ (?:[A-Z]\. )?[A-ZÀ-Ý][\w'’-]+", entity.name):
        nearby: set[str] = set()
        for reference in named:
            for i in range(max(0, reference.first - 2), min(len(concepts), reference.last + 2)):
                nearby |= concepts[i]
        entity.person = bool(nearby & {"say", "person_title"})


def surface(fragment: str) -> str:
    """A reference without its article, as it is printed in a record."""
    return re.sub(r"^(?:l['’]|d['’]|(?:le|la|les|the|der|die|das|den|dem|el|los|las|il|lo|gli|un|une|a|an|ein|eine)\s)", "", fragment, flags=re.I)


__all__ = ["Concepts", "Entity", "Reference", "find_entities", "fold", "surface"]
