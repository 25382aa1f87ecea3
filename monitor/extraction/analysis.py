"""Everything that is known of an article before anything is decided: sentences, concepts, entities, sums, deadlines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from monitor.extraction.deadlines import find_deadlines
from monitor.extraction.entities import Entity, Reference, find_entities
from monitor.extraction.glossary import sense
from monitor.extraction.lexicon import languages, lexicon
from monitor.extraction.sums import find_sums
from monitor.extraction.sums_language import load
from monitor.extraction.text import Text
from monitor.knowledge.actors import LANDS, Directory, directory
from monitor.model import Article, Deadline, Money

_YEAR = re.compile(r"(?:19|20)\d\d$")


@dataclass(slots=True)
class SumSite:
    """Where one sum stands: its tokens `first` to `last` (exclusive) and its sentence."""

    index: int
    money: Money
    first: int
    last: int
    sentence: int


@dataclass
class Analysis:
    """An article, taken apart as far as it is asked for. Made once; read by every decision."""

    article: Article
    actors: Directory = field(default_factory=directory)

    def __post_init__(self) -> None:
        language = self.article.language
        self.language = language if language in languages() else "en"
        self.money = find_sums(self.article.full, self.language)
        # What `sum_features` has worked out, by the index of the sum.
        self.known_numbers: dict[int, dict[str, float]] = {}
        self.known_words: dict[int, list[str]] = {}

    @cached_property
    def text(self) -> Text:
        return Text(self.article.full, len(self.article.title))

    @cached_property
    def words(self) -> list[str]:
        """Every word, folded."""
        return [t.low for t in self.text.tokens]

    @cached_property
    def senses(self) -> list[str]:
        """The sense of every word; empty where the glossary has none."""
        return [sense(w, self.language) for w in self.words]

    @cached_property
    def concepts(self) -> list[frozenset[str]]:
        """The concepts of every word; the words of a sum ("billion", "dollars") say nothing besides."""
        out = lexicon(self.language).of_words(self.words)
        for k in self.in_sum:
            out[k] = frozenset()
        return out

    @cached_property
    def sums(self) -> list[SumSite]:
        return [self._site(i, m) for i, m in enumerate(self.money)]

    @cached_property
    def in_sum(self) -> set[int]:
        """The words that belong to a sum."""
        return {k for s in self.sums for k in range(s.first, s.last)}

    def _site(self, index: int, money: Money) -> SumSite:
        first = self.text.token_at(money.span.start)
        last = self.text.token_at(money.span.end - 1) + 1
        return SumSite(index, money, first, last, self.text.tokens[first].sentence)

    @cached_property
    def entities(self) -> list[Entity]:
        return find_entities(self.text, self.concepts, self.language, self.actors, self.in_sum)

    @cached_property
    def references(self) -> list[Reference]:
        """Every reference to any entity, in order."""
        return sorted((r for e in self.entities for r in e.references), key=lambda r: (r.first, r.last))

    @cached_property
    def reference_firsts(self) -> list[int]:
        """The first words of all references, in order."""
        return [r.first for r in self.references]

    @cached_property
    def named_in(self) -> dict[tuple[int, int], list[Reference]]:
        """The references by (sentence, entity), in order."""
        out: dict[tuple[int, int], list[Reference]] = {}
        for r in self.references:
            out.setdefault((self.text.tokens[r.first].sentence, r.entity), []).append(r)
        return out

    @cached_property
    def sentences_naming(self) -> dict[int, list[int]]:
        """By entity, the sentences that hold a reference to it, in order."""
        out: dict[int, list[int]] = {}
        for sentence, entity in self.named_in:
            out.setdefault(entity, []).append(sentence)
        return out

    @cached_property
    def deadlines(self) -> list[Deadline]:
        return find_deadlines(self.article.full, self.language, self.article.published)

    @cached_property
    def groups(self) -> list[list[SumSite]]:
        """Sums of one document that say the same figures in the same currency, exactly or not: a headline's "$100 billion"
        is the "up to $100 billion" of the text."""
        by: dict[tuple[frozenset[float | None], str | None], list[SumSite]] = {}
        for site in self.sums:
            money = site.money
            if money.conversion_of is None:
                by.setdefault((frozenset((money.low, money.high)) - {None}, money.currency), []).append(site)
        return list(by.values())

    @cached_property
    def title_concepts(self) -> frozenset[str]:
        return self._of_kind("title")

    def _of_kind(self, kind: str) -> frozenset[str]:
        out: set[str] = set()
        for s in self.text.sentences:
            if s.kind == kind:
                for k in range(s.first, s.last):
                    out |= self.concepts[k]
        return frozenset(out)

    @cached_property
    def concept_counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for c in self.concepts:
            for name in c:
                counts[name] = counts.get(name, 0) + 1
        return counts

    @cached_property
    def sums_of_sentence(self) -> dict[int, list[SumSite]]:
        out: dict[int, list[SumSite]] = {}
        for site in self.sums:
            out.setdefault(site.sentence, []).append(site)
        return out

    @cached_property
    def header_of(self) -> list[int]:
        """For each sentence that is a list item, row or under a heading: the sentence that introduces it, else -1."""
        out: list[int] = []
        header = -1
        for number, s in enumerate(self.text.sentences):
            if s.kind in ("item", "row"):
                out.append(header)
            else:
                out.append(header if header >= 0 and self.text.sentences[header].kind == "heading" else -1)
                ends = self.article.full[s.start : s.end].rstrip()
                if s.kind == "heading" or ends.endswith(":"):
                    header = number
                elif s.kind == "prose" and (number + 1 >= len(self.text.sentences) or self.text.sentences[number + 1].kind not in ("item", "row")):
                    header = header if header >= 0 and self.text.sentences[header].kind == "heading" else -1
                else:
                    header = number
        return out

    def owned_by(self, r: Reference) -> Entity | None:
        """The actor named right after a reference that only tells whose or from where it is, if any."""
        begin = r.last + 1 if "owner" in r.ties else r.last if "compound" in r.ties and "before_name" in r.ties else -1
        following = next((x for x in self.references if x.first == begin), None)
        entity = self.entities[following.entity] if following else None
        return entity if entity and not entity.described and entity.kind not in LANDS else None

    @cached_property
    def times(self) -> list[list[tuple[int, int | None, int]]]:
        """For each sentence, its words that are a year or a month and in no sum: (word, year, month)."""
        out: list[list[tuple[int, int | None, int]]] = [[] for _ in self.text.sentences]
        for k, token in enumerate(self.text.tokens):
            year, month = self.year_at(k), self.month_at(k)
            if (year or month) and k not in self.in_sum:
                out[token.sentence].append((k, year, month))
        return out

    def year_at(self, k: int) -> int | None:
        """The year that a word is, if it is one."""
        text = self.text.tokens[k].text
        return int(text) if _YEAR.match(text) else None

    def months_since(self, month: int) -> int:
        """How many months before the day of publication one was last, 0 to 11."""
        published = self.article.published
        return (published.month - month) % 12 if published else 0

    def month_at(self, k: int) -> int:
        """The month that a word names, from 1 on, else 0."""
        return self._months.get(self.text.tokens[k].text.lower(), 0)

    @cached_property
    def _months(self) -> dict[str, int]:
        return {name: n for n, name in enumerate(load(self.language).data["time"]["month_names"], 1)}
