"""From an article to its records: which sums are commitments, and for each of them who, to whom, what for and so on.

Sums come from the grammar alone: nothing here writes a number. Deterministic; no I/O.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from monitor.extraction import changes, fellows, field_features, sum_features
from monitor.extraction.analysis import Analysis, SumSite
from monitor.extraction.context import Context
from monitor.extraction.entities import Entity, surface
from monitor.extraction.field_features import Row
from monitor.extraction.lexicon import lexicon
from monitor.extraction.models import Floats, Sheet, Stack, shipped
from monitor.extraction.naming import doubt, firm_of, is_named_at, is_origin, near, spoken
from monitor.extraction.network import Network, Reading, joined, log_chances, log_odds
from monitor.extraction.network import shipped as shipped_network
from monitor.extraction.pieces import moved, pieces, together
from monitor.extraction.places import PlaceMention, find_places
from monitor.extraction.quotes import quote
from monitor.extraction.reasons import plain
from monitor.extraction.role_features import Roles
from monitor.extraction.scope import ANOTHER_ROUND, is_another_round
from monitor.extraction.text import fold
from monitor.knowledge.actors import Directory, directory
from monitor.model import Article, Purpose, Record, Span, Status


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Chances from which on something is held true; set from out-of-fold predictions on the gold. From `sure` on a payer is
    told, however likely it seems otherwise that nobody is; from `named` on a name rather than a bare "the company". Where one pays besides (`fellow`), others may too (`more`)."""

    commitment: float = 0.52
    payer: float = 0.1
    nobody: float = 0.65
    sure: float = 0.8
    named: float = 0.3
    fellow: float = 0.58
    more: float = 0.4
    each: float = 0.4
    apart: float = 0.5
    recipient: float = 0.3
    deadline: float = 0.34
    place: float = 0.38
    part: float = 0.3


@dataclass
class Decision:
    """A group of sums of the same figures, and what was decided of it. `by_site` holds the chances of entities to be
    payer or recipient: by role, index of the sum and number of the entity."""

    sites: list[SumSite]
    chance: float
    main: SumSite
    chances: dict[int, float]
    payers: list[tuple[Entity, float]] = field(default_factory=list)
    recipients: list[tuple[Entity, float]] = field(default_factory=list)
    by_site: dict[str, dict[int, dict[int, float]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a sum, or a word of change, is in or out: its chance, the words that moved it most (log-odds), and who else could have paid."""

    text: str
    span: Span
    chance: float
    taken: bool
    reasons: tuple[tuple[str, float], ...]
    payers: tuple[tuple[str, float], ...]


# How much the network's word counts beside the trees', by decision, and for a fellow payer its own chance to pay; set from
# out-of-fold predictions.
NETWORK = {
    "commitment": 0.45, "payer": 0.65, "recipient": 0.75, "status": 0.3, "purpose": 0.25, "deadline": 0.45, "place": 0.42,
    "part": 0.4, "fellow": 0.7,
}  # fmt: skip
# A sum less likely than this at first sight is not looked at for payers, and a text without a likelier one not read on:
# it saves half the time.
HOPELESS = 0.04
# Bounds of the work that a long list can ask for, above what any text of the gold has (50 entities, 4 equal sums, 12
# commitments): for one sum the nearest entities and phrases of time, of equal sums the first, and as wholes of a sum its
# neighbours among the commitments.
MOST_ENTITIES, MOST_TIMES, MOST_TWINS, MOST_APART = 60, 30, 12, 15
# A valuation is told at most so many words after its name ("at a valuation that could exceed $850 billion").
APPRAISED = 6


class FirstThoughts:
    """Each sum and each pair of entity and sum decided for itself; the features are kept for the second round. `hopeful`
    is whether any sum has a chance."""

    def __init__(self, a: Analysis, models: Mapping[str, Stack]) -> None:
        self.analysis = a
        self.sites = [s for group in a.groups for s in group]
        self.sum_numbers = [sum_features.numbers(a, s) for s in self.sites]
        self.sum_words = [sum_features.words(a, s) for s in self.sites]
        self.sum_sheet = Sheet(self.sum_numbers, self.sum_words)
        chances = _by_site(self.sites, models["commitment"].chances(self.sum_sheet))
        self.hopeful = any(chance >= HOPELESS for chance in chances.values())
        self.roles = roles = Roles(a)
        asked = sorted((s for group in a.groups for s in group[:MOST_TWINS] if chances[s.index] >= HOPELESS), key=lambda s: s.index)
        pairs = [(e, s) for s in asked for e in _nearest_entities(a, s)]
        self.role_numbers = {(e.number, s.index): roles.numbers(e, s) for e, s in pairs}
        self.role_words = {(e.number, s.index): roles.words(e, s) for e, s in pairs}
        keys = list(self.role_numbers)
        self.role_sheet = Sheet(list(self.role_numbers.values()), list(self.role_words.values()))
        self.row_of = {key: i for i, key in enumerate(keys)}
        payer = dict(zip(keys, map(float, models["payer"].chances(self.role_sheet)), strict=True))
        recipient = dict(zip(keys, map(float, models["recipient"].chances(self.role_sheet)), strict=True))
        self.context = Context(a, self.sites, chances, payer, recipient)

    def role_row(self, entity: Entity, site: SumSite) -> Row:
        """For what `entity` is to a sum, in the light of all first thoughts."""
        key = entity.number, site.index
        return self.role_numbers[key] | self.context.of_role(entity, site), self.role_words[key]

    def fellow_row(self, leader: Entity, entity: Entity, site: SumSite) -> Row:
        """For whether `entity` pays a sum besides `leader`."""
        role = self.role_row(entity, site)
        chance = self.context.payer.get((leader.number, site.index), 0.0)
        return fellows.row(self.analysis, site, leader, entity, role, chance)


class Extractor:
    """Reads commitments with a set of trained models, one for each decision."""

    def __init__(
        self,
        models: Mapping[str, Stack] | None = None,
        *,
        network: Network | None = None,
        actors: Directory | None = None,
        thresholds: Thresholds | None = None,
    ) -> None:
        self.models = models if models is not None else shipped()
        self.network = network or shipped_network()
        self.actors = actors or directory()
        self.thresholds = thresholds or Thresholds()

    def extract(self, article: Article) -> tuple[Record, ...]:
        """The commitments of an article, in order of appearance."""
        return together((self._read(part), by) for part, by in pieces(Analysis(article, self.actors)))

    def _read(self, analysis: Analysis) -> tuple[Record, ...]:
        chosen, records = self._told_with_sums(analysis) if analysis.money else ([], ())
        limits = self.thresholds.deadline, self.thresholds.place
        silent = changes.read(analysis, self.models, [d.main for d in chosen], records, limits)
        return _in_order([min(s.first for s in d.sites) for d in chosen], records, silent)

    def _told_with_sums(self, analysis: Analysis) -> tuple[list[Decision], tuple[Record, ...]]:
        first = FirstThoughts(analysis, self.models)
        if not first.hopeful:
            return [], ()
        places = find_places(analysis)
        reading = self.network.read(analysis, places)
        chosen = [d for d in self.decide(first, reading) if d.chance >= self.thresholds.commitment]
        chosen = _without_headline_words(analysis, chosen)
        chosen = [part for decision in chosen for part in self._apart(first, decision)]
        chosen.sort(key=lambda d: min(s.first for s in d.sites))
        return chosen, self._records(first, chosen, places, reading) if chosen else ()

    def explain(self, article: Article) -> tuple[Explanation, ...]:
        """For every sum and every word of change of an article, in order, why it is a commitment or not."""
        parts = pieces(Analysis(article, self.actors))
        return tuple(replace(e, span=moved(e.span, by)) for part, by in parts for e in self._explained(part))

    def _explained(self, analysis: Analysis) -> list[Explanation]:
        told = {span for record in self._read(analysis) for name, span in record.spans if name in ("sum", "verb")}
        linear = self.models["commitment"].linear
        out = []
        reading = self.network.read(analysis, find_places(analysis))
        decisions = self.decide(FirstThoughts(analysis, self.models), reading)
        ruled_out = [(ANOTHER_ROUND, -math.inf)] if is_another_round(analysis) else []
        for decision in decisions:
            reasons = ruled_out + linear.share(sum_features.words(analysis, decision.main))
            taken = any(s.money.span in told for s in decision.sites)
            out.append(_explanation(decision.main, decision.chance, taken, reasons, decision.payers))
        silent = changes.sumless(analysis)
        commitments = [d.main for d in decisions if d.chance >= self.thresholds.commitment]
        for change in changes.judge(silent, self.models, commitments) if silent else ():
            reasons = self.models["change"].linear.share(change.words, change.answer)
            out.append(_explanation(change.site, change.chance, change.site.money.span in told, reasons, change.payers))
        return sorted(out, key=lambda e: e.span.start)

    def decide(self, first: FirstThoughts, reading: Reading) -> list[Decision]:
        """Every group of sums with its chance of being a commitment, and who pays and receives: each decided again in the
        light of all first thoughts, joined with what the network reads."""
        a, sites = first.analysis, first.sites
        sheet = first.sum_sheet.pick(range(len(sites)), [first.context.of_sum(s) for s in sites])
        chances = _by_site(sites, self.models["commitment_2"].chances(sheet))
        for index, scores in reading.of_sum["commitment"].items():
            if index in chances:
                chances[index] = joined(chances[index], float(scores[0]), NETWORK["commitment"])
        chances |= dict.fromkeys(_valuations(a), 0.0) | {s.index: 0.0 for s in sites if _is_misprint(a, s)}
        if is_another_round(a):
            chances = dict.fromkeys(chances, 0.0)
        out = []
        for group in a.groups:
            main = max(group, key=lambda s: (chances[s.index], -s.index))
            out.append(Decision(group, chances[main.index], main, {s.index: chances[s.index] for s in group}))
        likely = [d for d in out if d.chance >= self.thresholds.commitment / 2]
        self._second_roles(a, first, likely, reading)
        for decision in likely:
            _rank(first, decision, self.thresholds.named)
        return out

    def _second_roles(self, a: Analysis, first: FirstThoughts, likely: list[Decision], reading: Reading) -> None:
        pairs = [
            (d, e, s) for d in likely for e in a.entities for s in d.sites if (e.number, s.index) in first.row_of
        ]
        rows = [first.row_of[e.number, s.index] for _, e, s in pairs]
        sheet = first.role_sheet.pick(rows, [first.context.of_role(e, s) for _, e, s in pairs])
        for name in ("payer", "recipient"):
            for d in likely:
                d.by_site[name] = {s.index: {} for s in d.sites}
            for (d, e, s), chance in zip(pairs, self.models[f"{name}_2"].chances(sheet), strict=True):
                score = reading.of_pair[name].get((s.index, e.number))
                d.by_site[name][s.index][e.number] = joined(float(chance), score, NETWORK[name])

    def _apart(self, first: FirstThoughts, decision: Decision) -> list[Decision]:
        """Equal sums of different payers are different commitments: told at two places, or "each"."""
        out: list[Decision] = []
        for site in decision.sites:
            if decision.chances[site.index] < self.thresholds.commitment and site is not decision.main:
                continue
            own = Decision([site], decision.chances[site.index], site, decision.chances, by_site=decision.by_site)
            _rank(first, own, self.thresholds.named)
            for other in out:
                if not self._clash(own, other):
                    other.sites.append(site)
                    _rank(first, other, self.thresholds.named)
                    break
            else:
                out.append(own)
        for part in out:
            part.main = max(part.sites, key=lambda s: (decision.chances[s.index], -s.index))
            part.chance = decision.chances[part.main.index]
        return [one for part in out for one in self._each(first.analysis, part)]

    def _clash(self, x: Decision, y: Decision) -> bool:
        """Whether two places that give one sum name payers that exclude each other."""
        if not (x.payers and y.payers):
            return False
        (first, p), (second, q) = x.payers[0], y.payers[0]
        if first is second or min(p, q) < self.thresholds.apart:
            return False
        cross = {e.number: c for e, c in y.payers}.get(first.number, 0.0)
        back = {e.number: c for e, c in x.payers}.get(second.number, 0.0)
        return max(cross, back) < self.thresholds.payer

    def _each(self, a: Analysis, decision: Decision) -> list[Decision]:
        site = decision.main
        near = range(max(0, site.first - 3), min(len(a.words), site.last + 4))
        if not any("apiece" in a.concepts[k] for k in near):
            return [decision]
        payers = [p for p in decision.payers if p[1] >= self.thresholds.each]
        if len(payers) < 2:
            return [decision]
        return [replace(decision, payers=[p], sites=list(decision.sites)) for p in payers]

    def _records(
        self, first: FirstThoughts, chosen: list[Decision], places: list[PlaceMention], reading: Reading
    ) -> tuple[Record, ...]:
        a = first.analysis
        kinds = Sheet.of([field_features.kind_row(a, d.main) for d in chosen])
        purposes = self._best("purpose", kinds, chosen, reading)
        statuses = self._best("status", kinds, chosen, reading)
        parents = self._parents(a, chosen, reading)
        nobody = self.models["nobody"].chances(Sheet.of([nobody_row(a, d.main, d.payers) for d in chosen]))
        lands = self._places(a, chosen, places, reading)
        horizons = self._horizons(a, chosen, reading)
        out = []
        for n, decision in enumerate(chosen):
            sure = bool(decision.payers) and decision.payers[0][1] >= self.thresholds.sure
            unnamed = nobody[n] >= self.thresholds.nobody and not sure
            payers = [] if unnamed else self._payers(first, decision)
            recipient = self._recipient(decision, payers)
            site = _plainest(a, decision)
            money = site.money
            spans = [("sum", money.span)]
            spans += [("payer", near(e, site)) for e in payers]
            out.append(
                Record(
                    investor=tuple(spoken(a, e, decision.main) for e in payers),
                    recipient=spoken(a, recipient, decision.main) if recipient else None,
                    amount_min=money.low,
                    amount_max=money.high,
                    currency=money.currency,
                    qualifier=money.qualifier,
                    status=_status(statuses[n]),
                    purpose=_purpose(purposes[n]),
                    place=lands[n],
                    horizon=horizons[n],
                    part_of=parents.get(n),
                    evidence=quote(a, site, payers),
                    confidence=decision.chance * (decision.payers[0][1] if payers else 0.5),
                    spans=tuple(spans),
                )
            )
        return tuple(out)

    def _best(self, name: str, sheet: Sheet, chosen: list[Decision], reading: Reading) -> list[str]:
        model, share = self.models[name], NETWORK[name]
        scores = log_chances(model.scores(sheet))
        for row, decision in zip(scores, chosen, strict=True):
            theirs = reading.of_sum[name].get(decision.main.index)
            if theirs is not None:
                row *= 1 - share
                row += share * log_chances(theirs)
        return [model.classes[int(i)] for i in scores.argmax(axis=1)]

    def _payers(self, first: FirstThoughts, decision: Decision) -> list[Entity]:
        """Nobody, one, or several who pay together: each by its own chance to pay and by how it stands to the likeliest."""
        ranked = decision.payers
        if not ranked or ranked[0][1] < self.thresholds.payer:
            return []
        leader = ranked[0][0]
        asked = [(e, c) for e, c in ranked[1:] if c >= fellows.LEAST and firm_of(first.analysis, e, decision.main) is None]
        if not asked:
            return [leader]
        beside = self.models["fellow"].chances(Sheet.of([first.fellow_row(leader, e, decision.main) for e, _ in asked]))
        chances = _joined(beside, [log_odds(c) for _, c in asked], "fellow")
        enough = self.thresholds.more if chances.max() >= self.thresholds.fellow else self.thresholds.fellow
        out = [leader]
        for entity in (e for (e, _), chance in zip(asked, chances, strict=True) if chance >= enough):
            one = next((e for e in out if self._is_one_payer(e, entity)), None)
            if one is None and not is_origin(first.analysis, entity, decision.main):
                out.append(entity)
            elif one and is_named_at(first.analysis, entity, decision.main) and not is_named_at(first.analysis, one, decision.main):
                out[out.index(one)] = entity
        return out

    def _is_one_payer(self, one: Entity, other: Entity) -> bool:
        """Whether two actors are an owner and its own, or one is only named to say whose the other is ("the G42 unit")."""
        if one.actor and other.actor:
            owners = self.actors.owners
            if one.actor.id in owners(other.actor) or other.actor.id in owners(one.actor):
                return True
        return any(r.first < q.last and q.first < r.last for r in one.references for q in other.references)

    def _recipient(self, decision: Decision, payers: list[Entity]) -> Entity | None:
        for entity, chance in decision.recipients:
            if chance < self.thresholds.recipient:
                return None
            if entity not in payers:
                return entity
        return None

    def _parents(self, a: Analysis, chosen: list[Decision], reading: Reading) -> dict[int, int]:
        count = len(chosen)
        pairs = [(i, j) for i in range(count) for j in range(max(0, i - MOST_APART), min(count, i + MOST_APART + 1)) if i != j]
        if not pairs:
            return {}
        rows, scores = [], []
        for i, j in pairs:
            child, parent = field_features.nearest_sites(chosen[i].sites, chosen[j].sites)
            scores.append(reading.of_pair["part"].get((child.index, parent.index)))
            mains = [child if n == i else parent if n == j else d.main for n, d in enumerate(chosen)]
            rows.append(field_features.part_row(a, child, parent, _same_payer(chosen[i], chosen[j]), mains))
        chances = self.models["part"].chances(Sheet.of(rows))
        best: dict[int, tuple[float, int]] = {}
        for (i, j), trees, score in zip(pairs, chances, scores, strict=True):
            chance = joined(float(trees), score, NETWORK["part"])
            if chance >= self.thresholds.part and chance > best.get(i, (0.0, 0))[0]:
                best[i] = (chance, j)
        return _without_cycles(best)

    def _horizons(self, a: Analysis, chosen: list[Decision], reading: Reading) -> list[int | None]:
        if not a.deadlines:
            return [None] * len(chosen)
        asked = [[(s, n) for s in decision.sites for n in _nearest_deadlines(a, s)] for decision in chosen]
        rows = [field_features.deadline_row(a, s, a.deadlines[n]) for pairs in asked for s, n in pairs]
        scores = [reading.of_pair["deadline"].get((s.index, n)) for pairs in asked for s, n in pairs]
        chances = _joined(self.models["deadline"].chances(Sheet.of(rows)), scores, "deadline")
        out: list[int | None] = []
        start = 0
        for pairs in asked:
            best = int(chances[start : start + len(pairs)].argmax())
            sure = chances[start + best] >= self.thresholds.deadline
            out.append(a.deadlines[pairs[best][1]].year if sure else None)
            start += len(pairs)
        return out

    def _places(
        self, a: Analysis, chosen: list[Decision], places: list[PlaceMention], reading: Reading
    ) -> list[tuple[str, ...]]:
        rows = [field_features.place_row(a, d.main, p) for d in chosen for p in places]
        scores = [reading.of_pair["place"].get((d.main.index, n)) for d in chosen for n in range(len(places))]
        chances = _joined(self.models["place"].chances(Sheet.of(rows)), scores, "place").reshape(len(chosen), len(places))
        return [tuple(p.name for p, c in zip(places, row, strict=True) if c >= self.thresholds.place) for row in chances]


def _plainest(a: Analysis, decision: Decision) -> SumSite:
    """The place whose words give the sum: where places differ in its bounds, the first that is no headline."""
    bounds = {(s.money.low, s.money.high) for s in decision.sites}
    if len(bounds) == 1:
        return decision.main
    return next((s for s in decision.sites if a.text.sentences[s.sentence].kind != "title"), decision.main)


def _joined(chances: Floats, scores: list[float | None], name: str) -> Floats:
    return np.array([joined(float(c), s, NETWORK[name]) for c, s in zip(chances, scores, strict=True)])


def _explanation(
    site: SumSite, chance: float, taken: bool, reasons: list[tuple[str, float]], payers: list[tuple[Entity, float]]
) -> Explanation:
    because = tuple((plain(feature), moved) for feature, moved in reasons[:6])
    return Explanation(site.money.text, site.money.span, chance, taken, because, tuple((surface(e.name), c) for e, c in payers[:4]))


def _in_order(places: list[int], records: tuple[Record, ...], silent: list[tuple[int, Record]]) -> tuple[Record, ...]:
    """Records with and without sums by where they stand; `part_of` follows."""
    if not silent:
        return records
    order = sorted(range(len(records) + len(silent)), key=lambda n: (places + [k for k, _ in silent])[n])
    new = {n: i for i, n in enumerate(order)}
    every = [*(replace(r, part_of=None if r.part_of is None else new[r.part_of]) for r in records), *(r for _, r in silent)]
    return tuple(every[n] for n in order)


def nobody_row(a: Analysis, site: SumSite, payers: list[tuple[Entity, float]]) -> tuple[dict[str, float], list[str]]:
    """Whether a text names nobody who pays: the sum's surroundings and how sure the likeliest payer is."""
    numbers = sum_features.numbers(a, site)
    for rank, (entity, chance) in enumerate(payers[:2]):
        numbers[f"payer_{rank}"] = chance
        if rank == 0:
            numbers[f"payer_{entity.kind}"] = 1.0
            numbers["payer_metonym"] = float(all(r.kind == "metonym" for r in entity.references))
    return numbers, sum_features.words(a, site)


def _nearest_entities(a: Analysis, site: SumSite) -> list[Entity]:
    if len(a.entities) <= MOST_ENTITIES:
        return a.entities
    near = sorted(a.references, key=lambda r: abs(r.first - site.first))
    chosen = set(list(dict.fromkeys(r.entity for r in near))[:MOST_ENTITIES])
    return [e for e in a.entities if e.number in chosen]


def _nearest_deadlines(a: Analysis, site: SumSite) -> Sequence[int]:
    """Their numbers."""
    at, numbers = site.money.span.start, range(len(a.deadlines))
    if len(numbers) <= MOST_TIMES:
        return numbers
    return sorted(numbers, key=lambda n: abs(a.deadlines[n].span.start - at))[:MOST_TIMES]


def _by_site(sites: list[SumSite], chances: Iterable[float]) -> dict[int, float]:
    return {s.index: float(c) for s, c in zip(sites, chances, strict=True)}


def _name_the_owned(a: Analysis, decision: Decision) -> None:
    """Puts the firm in the place of the country or town that only tells where it is from ("Japan's SoftBank")."""
    if not decision.payers:
        return
    home, chance = decision.payers[0]
    firm = firm_of(a, home, decision.main)
    if firm is not None:
        decision.payers[:] = [(firm, chance), *(p for p in decision.payers if p[0] is not firm and p[0] is not home)]


def _name_the_bare(decision: Decision, enough: float) -> None:
    """Puts the likeliest name in the place of a description of one word ("the company"), which tells a reader nobody."""
    if not decision.payers:
        return
    bare, chance = decision.payers[0]
    if not bare.described or " " in bare.name:
        return
    name = next((e for e, c in decision.payers[1:] if c >= enough and not e.described and not e.person), None)
    if name is not None:
        decision.payers[:] = [(name, chance), *(p for p in decision.payers if p[0] is not name and p[0] is not bare)]


def _without_headline_words(a: Analysis, chosen: list[Decision]) -> list[Decision]:
    """A headline's "billions" are the figures that the text gives; they stand for nothing that it does not tell."""
    return [d for d in chosen if not all(_is_headline_word(a, s) for s in d.sites)]


def _is_headline_word(a: Analysis, site: SumSite) -> bool:
    return site.money.qualifier == "vague" and a.text.sentences[site.sentence].kind in ("title", "heading")


def _valuations(a: Analysis) -> set[int]:
    """The sums, by index, that are said to be what a company is held to be worth, there or, for a headline's, in the text."""
    told = {s.index for s in a.sums if _is_valuation(a, s)}
    for group in a.groups:
        if any(s.index in told for s in group):
            told |= {s.index for s in group if a.text.sentences[s.sentence].kind == "title"}
    return told


def _is_valuation(a: Analysis, site: SumSite) -> bool:
    """ "At a valuation of about $2.5 billion", "at a $5bn post-money valuation", "10-Milliarden-Dollar-Bewertung"."""
    compound = fold(a.article.full[site.money.span.end : a.text.tokens[site.last - 1].end]).strip("-")
    if compound and "appraisal" in lexicon(a.language).of_word(compound):
        return True
    after = a.concepts[site.last : site.last + 2]
    if after and "valuation" in after[0] and a.words[site.last] != "worth":
        return True
    if len(after) == 2 and "appraisal" in after[1] and not any(c.startswith("f_") for c in after[0]) and a.words[site.last].isalpha():
        return True
    for k in range(site.first - 1, max(a.text.sentences[site.sentence].first, site.first - APPRAISED) - 1, -1):
        if "appraisal" in a.concepts[k]:
            return True
        if k in a.in_sum or not a.words[k][0].isalnum():
            return False
    return False


def _is_misprint(a: Analysis, site: SumSite) -> bool:
    """Whether a sum is said to have been printed by mistake: the first after the words that say so, else the last before."""
    if "erratum" not in a.concept_counts:
        return False
    sentence = a.text.sentences[site.sentence]
    words = [k for k in range(sentence.first, sentence.last) if "erratum" in a.concepts[k]]
    if not words:
        return False
    sums = a.sums_of_sentence[site.sentence]
    after = [s for s in sums if s.first > words[0]]
    return site is (after[0] if after else sums[-1])


def _same_payer(x: Decision, y: Decision) -> bool:
    return bool(x.payers and y.payers and x.payers[0][0] is y.payers[0][0])


def _rank(first: FirstThoughts, decision: Decision, named: float) -> None:
    """Orders who pays and who receives by the best of the decision's sites."""
    entities = first.analysis.entities
    for name, target in (("payer", decision.payers), ("recipient", decision.recipients)):
        best: dict[int, float] = {}
        for site in decision.sites:
            for number, chance in decision.by_site[name][site.index].items():
                if chance > best.get(number, -1.0):
                    best[number] = chance
        if name == "payer":
            best = {n: c * doubt(entities[n]) for n, c in best.items()}
        target[:] = sorted(((entities[n], c) for n, c in best.items()), key=lambda x: (-x[1], x[0].number))
    _name_the_owned(first.analysis, decision)
    _name_the_bare(decision, named)


def _without_cycles(best: Mapping[int, tuple[float, int]]) -> dict[int, int]:
    """Parents, surest first, leaving out what would close a circle."""
    out: dict[int, int] = {}
    for child, (_, parent) in sorted(best.items(), key=lambda x: (-x[1][0], x[0])):
        walk: int | None = parent
        while walk is not None and walk != child:
            walk = out.get(walk)
        if walk is None:
            out[child] = parent
    return out


def _status(name: str) -> Status:
    return name  # type: ignore[return-value]


def _purpose(name: str) -> Purpose:
    return name  # type: ignore[return-value]
