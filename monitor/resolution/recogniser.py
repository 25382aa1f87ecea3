"""Recognition of what is known, as the ledger sees it (`monitor.model.Resolver`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from monitor.model import Article, Event, Judgement, Mention, Record, Step, Verdict
from monitor.rates import Rates
from monitor.resolution import cluster, events, pairs, timeline
from monitor.resolution.describe import traits
from monitor.resolution.prepared import Prepared
from monitor.resolution.reasons import reason
from monitor.resolution.trees import Trees

WEIGHTS = Path(__file__).with_name("weights.json")
# Between these a pair is for a person to judge.
SAME_ABOVE, DIFFERENT_BELOW = 0.7, 0.3
# Log odds given to the event that the rules tell, more when words say it too, most when a person wrote the record; an
# event that no example showed starts far below.
RULE_FAVOUR, WORDS_FAVOUR, GIVEN_FAVOUR, UNSEEN = 0.5, 2.0, 4.0, -20.0
MOST_READY = 20_000


class Recogniser:
    """Pure functions over mentions; all knowledge is in the weights file and the word lists.

    `weights` takes the place of the shipped file, for training.
    """

    def __init__(self, weights: Mapping[str, Any] | None = None, rates: Rates | None = None) -> None:
        text = WEIGHTS.read_text(encoding="utf-8") if weights is None else json.dumps(weights, sort_keys=True)
        data = json.loads(text)
        self.version = "resolution-" + sha256(text.encode()).hexdigest()[:12]
        self._common = frozenset(data["common"].split())
        self._pair = Trees(data["pair"])
        self._event = Trees(data["event"])
        self._rates = rates or Rates()
        self._ready: dict[int, Prepared] = {}

    def describe(self, article: Article, records: Sequence[Record]) -> list[dict[str, Any]]:
        """The traits of each record of an article; see `describe`."""
        return traits(article, records, self._common, self._euros, article.published or date.min)

    def _euros(self, amount: float | None, currency: str | None, day: date) -> float | None:
        return None if amount is None else self._rates.euros(amount, currency, day).value

    def keys(self, mention: Mention) -> frozenset[str]:
        """Names of payers and recipient, places, telling words of the title; the size of the sum, alone where nobody is named
        or a whole is told, and else with whatever the title or another record of the article names."""
        ready = self._prepared(mention)
        everyone = (*ready.payers, *ready.takers)
        words = {f"n:{w}" for a in everyone for w in (*a.telling, *a.names, *a.owners)}
        words |= {f"p:{k}" for p in ready.places for k in (*p.names, *_wider(p.paths))}
        words |= {f"n:{w}" for w in ready.head}
        if ready.sums and (not ready.payers or ready.traits["role"] == "whole"):
            words |= {f"s:{v:.1e}" for v in (*ready.sums, *ready.former)}
        cast = {n for o in (ready, *ready.others) for a in (*o.payers, *o.takers) for n in (*a.telling, *a.names)}
        cast |= {n for o in (ready, *ready.others) for p in o.places for n in p.names} | ready.head
        words |= {f"{v:.1e}:{n}" for v in {*ready.sums, *ready.former} for n in cast}
        return frozenset(words)

    def _prepared(self, mention: Mention) -> Prepared:
        """A mention made ready; kept for the pairs to come, up to a bound."""
        ready = self._ready.get(id(mention.traits))
        if ready is None or ready.traits is not mention.traits:
            if len(self._ready) >= MOST_READY:
                self._ready.clear()
            ready = self._ready[id(mention.traits)] = Prepared(mention)
        return ready

    def features(self, left: Mention, right: Mention) -> list[float]:
        """The features of a pair, in the order of `pairs.FEATURES`."""
        return pairs.features(left, right, self._prepared(left), self._prepared(right))

    def judge(self, left: Mention, right: Mention) -> Judgement:
        """A verdict on a pair, symmetric in its arguments. Two records of one article are different, but for a former sum
        that was read as a record of its own."""
        if left.link == right.link:
            if left.index == right.traits.get("restates") or right.index == left.traits.get("restates"):
                return Judgement(left.id, right.id, "same", 0.99, "the former sum of the other")
            return Judgement(left.id, right.id, "different", 0.0, "told apart by one article")
        a, b = self._prepared(left), self._prepared(right)
        if pairs.other_round(a, b):
            return Judgement(left.id, right.id, "different", 0.001, "another funding round")
        values = pairs.features(left, right, a, b)
        score = self._pair.probability(values)
        verdict: Verdict = "same" if score >= SAME_ABOVE else "different" if score < DIFFERENT_BELOW else "unsure"
        why = "" if verdict == "different" else reason(pairs.FEATURES, values, self._pair.contributions(values))
        return Judgement(left.id, right.id, verdict, round(score, 4), why)

    def partition(self, mentions: Sequence[Mention], judgements: Iterable[Judgement]) -> list[tuple[Mention, ...]]:
        """Groups of mentions of one commitment each; see `cluster`."""
        return cluster.partition(mentions, judgements)

    def fold(self, mentions: Sequence[Mention]) -> list[Step]:
        """The timeline of one commitment; see `timeline`."""
        return timeline.fold(mentions, self._decide)

    def _decide(self, held: events.Held, mention: Mention) -> Event:
        """The likeliest event by the trees. What the rules tell is favoured, unless it is that nothing happened: a record
        without a word of change may only have been read so. A former sum that the text names leaves little to doubt; an event
        for which nothing in the text speaks is not told. Ties go by the contract's order."""
        scores = dict(zip(self._event.outputs, self._event.scores(events.features(held, mention)), strict=True))
        ruled = events.rule(held, mention)
        change = ruled in ("amount_raised", "amount_reduced")
        sure = events.given(mention) or (change and events.names_former(mention, held.mention))
        if sure or ruled != "repeated_no_change":
            worded = ruled == events.spoken(events.force(held, mention))
            favour = GIVEN_FAVOUR if sure else WORDS_FAVOUR if worded else RULE_FAVOUR
            scores[ruled] = scores.get(ruled, UNSEEN) + favour
        told = [e for e in events.TOLD if events.supported(held, mention, e)]
        return max(told, key=lambda e: (scores.get(e, UNSEEN), -events.TOLD.index(e)))


def _wider(paths: Iterable[Sequence[str]]) -> set[str]:
    """The places that hold a place, itself included, down from the region; a country only where nothing less is named."""
    return {"/".join(p[:n]) for p in paths for n in range(min(2, len(p)), len(p) + 1)}
