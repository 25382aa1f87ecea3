"""Changes told without a sum: "the plant will not be built", "its opening slips to 2029".

A sentence that gives no sum and speaks of delay or of the end of something is asked once, at the first word that does. That
word stands where a sum stands elsewhere, so that payers, places and deadlines are tied to it by the features of sums.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from monitor.extraction import field_features
from monitor.extraction.analysis import Analysis, SumSite
from monitor.extraction.entities import Entity
from monitor.extraction.field_features import Row
from monitor.extraction.models import Sheet, Stack
from monitor.extraction.naming import doubt, firm_of, near, spoken
from monitor.extraction.network import log_chances
from monitor.extraction.places import PlaceMention, find_places
from monitor.extraction.quotes import quote
from monitor.extraction.role_features import Roles
from monitor.extraction.scope import THEMES
from monitor.model import Money, Record, Span, Status

# What the model answers; the contract asks for a record where a change of a commitment is told, and no sum.
ANSWERS = ("no", "delayed", "cancelled")
CONCEPTS = frozenset({"delay", "cancel"})
SENSES = frozenset(
    "abandon bury cancel collapse dead delay drop freeze halt late pause postpone quit renounce shelve slip slow stop suspend wait withdraw".split()
)
# A promise denied: one of the first with one of the second in the same sentence.
DENIED, PROMISED = "neg", frozenset({"begin", "complete", "build"})
# So many sentences of a text are asked at most.
MOST = 20
# Chances from which on a change is told, somebody is named, and another besides; set from out-of-fold predictions on the gold.
TOLD, NAMED, BESIDES = 0.5, 0.3, 0.5


def sumless(a: Analysis) -> Analysis | None:
    """The analysis with the words of change in the place of its sums, one a sentence; none where there are none."""
    if THEMES.isdisjoint(a.concept_counts):
        return None
    sites: list[SumSite] = []
    for number, sentence in enumerate(a.text.sentences):
        if number in a.sums_of_sentence or len(sites) == MOST:
            continue
        k = _word_of_change(a, range(sentence.first, sentence.last))
        if k is not None:
            token = a.text.tokens[k]
            money = Money(Span(token.start, token.end), token.text, None, None, None, "unknown")
            sites.append(SumSite(len(sites), money, k, k + 1, number))
    return _with_sums(a, sites) if sites else None


def _word_of_change(a: Analysis, words: Sequence[int]) -> int | None:
    told = next((k for k in words if a.concepts[k] & CONCEPTS), None)
    if told is None:
        told = next((k for k in words if a.senses[k] in SENSES), None)
    if told is None and any(DENIED in a.concepts[k] for k in words):
        told = next((k for k in words if a.concepts[k] & PROMISED), None)
    return told


def _with_sums(a: Analysis, sites: list[SumSite]) -> Analysis:
    """The same article with other sums; what is known of its words, actors and times is shared."""
    for name in _SHARED:
        getattr(a, name)
    other = copy.copy(a)
    for name in ("groups", "sums_of_sentence"):
        vars(other).pop(name, None)
    vars(other)["sums"] = sites
    other.known_numbers, other.known_words = {}, {}
    return other


# What the features of a sum's surroundings say of the sum itself.
_OF_SUMS = ("q:", "cur:", "log:")
_SHARED = ("in_sum", "references", "reference_firsts", "named_in", "sentences_naming", "deadlines", "times", "header_of")


def row(a: Analysis, site: SumSite, sums: Iterable[SumSite]) -> Row:
    """Features of one word of change, for whether it tells a change of a commitment and which. `a` is made by `sumless`;
    `sums` are those of the text that are commitments, whose changes they tell themselves."""
    numbers, words = field_features.kind_row(a, site)
    said = {w for w in words if not w.startswith(_OF_SUMS)}
    sentence = a.text.sentences[site.sentence]
    for name, ks in (("x", range(site.first, site.last)), ("y", range(sentence.first, sentence.last))):
        for k in ks:
            said |= _said(a, name, k)
            numbers |= {f"{name}_{c}": 1.0 for c in a.concepts[k]}
    for name, ks in (("o", range(site.last, sentence.last)), ("u", range(site.first - 1, sentence.first - 1, -1))):
        for nth, k in enumerate(_content(a, ks)):
            said |= _said(a, name, k) | _said(a, f"{name}{nth}", k)
            numbers |= {f"{name}{nth}_{c}": 1.0 for c in a.concepts[k]}
    apart = sorted(abs(s.sentence - site.sentence) for s in sums)
    numbers["commitments"] = float(len(apart))
    numbers["commitment_apart"] = float(apart[0]) if apart else 99.0
    numbers["told_before"] = float(sum(s.sentence < site.sentence for s in sums))
    here = [d for d in a.deadlines if sentence.start <= d.span.start < sentence.end]
    numbers["deadlines_here"] = float(len(here))
    inside = [r for r in a.references if sentence.first <= r.first < sentence.last]
    numbers["named_here"] = float(any(r.kind == "name" and "f_in" not in a.concepts[max(0, r.first - 1)] for r in inside))
    numbers["opens_with_actor"] = float(any(r.first - sentence.first <= 2 for r in inside))
    return numbers, sorted(said)


def _said(a: Analysis, name: str, k: int) -> set[str]:
    """A word, what it means and its concepts, under a name."""
    meant = {f"{name}~:{a.senses[k]}"} if a.senses[k] else set()
    return {f"{name}:{a.words[k]}"} | meant | {f"{name}c:{c}" for c in a.concepts[k]}


def _content(a: Analysis, ks: Iterable[int]) -> list[int]:
    """The first three words that say something: what is given up stands near."""
    telling = (k for k in ks if len(a.words[k]) > 2 and not any(c.startswith("f_") for c in a.concepts[k]) and a.words[k].isalpha())
    return list(islice(telling, 3))


@dataclass(frozen=True, slots=True)
class Change:
    """A word of change: the chance that it tells a change of a commitment, which one then, and who is likeliest to have
    promised. `words` are the features of the linear model, `answer` the place of the status among the answers."""

    site: SumSite
    chance: float
    answer: int
    payers: list[tuple[Entity, float]]
    words: Sequence[str]

    @property
    def status(self) -> Status:
        return ANSWERS[self.answer]  # type: ignore[return-value]

    @property
    def told(self) -> bool:
        """Whether it is likely enough, and somebody is named."""
        return self.chance >= TOLD and bool(self.payers) and self.payers[0][1] >= NAMED


def judge(a: Analysis, models: Mapping[str, Stack], commitments: Sequence[SumSite]) -> list[Change]:
    """Every word of change of an analysis made by `sumless`; `commitments` are the sums of the text that are some."""
    rows = [row(a, s, commitments) for s in a.sums]
    chances = np.exp(log_chances(models["change"].scores(Sheet.of(rows))))
    roles: Roles | None = None
    out = []
    for site, (nothing, *answers), (_, words) in zip(a.sums, chances.tolist(), rows, strict=True):
        payers: list[tuple[Entity, float]] = []
        if 1 - nothing >= TOLD / 2:
            roles = roles or Roles(a)
            payers = _payers(a, roles, models["payer"], site)
        out.append(Change(site, 1 - nothing, 1 + answers.index(max(answers)), payers, words))
    return out


def read(
    a: Analysis, models: Mapping[str, Stack], commitments: Sequence[SumSite], told: Iterable[Record], chances: tuple[float, float]
) -> list[tuple[int, Record]]:
    """The changes that an article tells without a sum, each with the number of its word. `told` are the records of the
    `commitments`: a change of the same actor's that one of these tells is not told again. `chances` are those from which on a
    deadline and a place are taken for the change's. Who changes something is always named."""
    other = sumless(a)
    if other is None:
        return []
    known = {(record.status, name) for record in told for name in record.investor}
    changes = [c for c in judge(other, models, commitments) if c.told]
    places, out = find_places(a) if changes else [], []
    for change in changes:
        leader = change.payers[0][0]
        payers = [leader, *(e for e, c in change.payers[1:] if c >= BESIDES and firm_of(a, e, change.site) is None)]
        names = {(change.status, spoken(other, e, change.site)) for e in payers}
        if names.isdisjoint(known):
            known |= names
            out.append((change.site.first, _record(other, models, change, payers, places, chances)))
    return out


def _payers(a: Analysis, roles: Roles, model: Stack, site: SumSite) -> list[tuple[Entity, float]]:
    """All actors, likeliest first; a firm stands for the country that it is named for."""
    chances = model.chances(Sheet.of([(roles.numbers(e, site), roles.words(e, site)) for e in a.entities]))
    ranked = sorted(((e, float(c) * doubt(e)) for e, c in zip(a.entities, chances, strict=True)), key=lambda x: -x[1])
    if not ranked:
        return []
    leader, chance = firm_of(a, ranked[0][0], site) or ranked[0][0], ranked[0][1]
    return [(leader, chance), *((e, c) for e, c in ranked[1:] if e is not leader)]


def _record(
    a: Analysis, models: Mapping[str, Stack], change: Change, payers: list[Entity], places: list[PlaceMention], chances: tuple[float, float]
) -> Record:
    site, purposes = change.site, models["purpose"]
    purpose = purposes.classes[int(purposes.scores(Sheet.of([field_features.kind_row(a, site)])).argmax())]
    times = models["deadline"].chances(Sheet.of([field_features.deadline_row(a, site, d) for d in a.deadlines]))
    latest = int(times.argmax()) if len(times) else 0
    lands = models["place"].chances(Sheet.of([field_features.place_row(a, site, p) for p in places]))
    return Record(
        investor=tuple(spoken(a, e, site) for e in payers),
        recipient=None,
        amount_min=None,
        amount_max=None,
        currency=None,
        qualifier="unknown",
        status=change.status,
        purpose=purpose,  # type: ignore[arg-type]
        place=tuple(p.name for p, c in zip(places, lands, strict=True) if c >= chances[1]),
        horizon=a.deadlines[latest].year if len(times) and times[latest] >= chances[0] else None,
        part_of=None,
        evidence=quote(a, site, payers),
        confidence=change.chance * change.payers[0][1],
        spans=(("verb", site.money.span), *(("payer", near(e, site)) for e in payers)),
    )
