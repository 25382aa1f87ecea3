"""Phrases of time that can be the horizon of a commitment: "by 2030", "over five years", "next spring".

The year is the one by which money is spent or a thing built: the later end of a range, the published year plus a
duration. Which phrase belongs to which sum is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from monitor.extraction.sums_language import Language, load
from monitor.model import Deadline, Span

Kind = Literal["by", "duration", "start", "plain"]
_YEAR = r"20[1-7]\d"
_EARLIEST, _LATEST = 2010, 2079
_LONGEST_YEARS = 60
_BEFORE = 48
_AFTER = 48
_NAMES = frozenset({"france", "horizon", "agenda", "vision", "europa", "europe", "expo", "strategie", "saudi", "deutschland"})
# The words of time hold prepositions too; these are no longer than this.
_PREPOSITION = 3
_ENDING = re.compile(r"(?:e[ns]?|[ao]s?|i|s)$")
_SPACE = r"[ \u00a0\u202f\u2009]"


@dataclass(frozen=True)
class _Patterns:
    years: re.Pattern[str]
    fiscal: re.Pattern[str]
    duration: re.Pattern[str]
    from_year: re.Pattern[str]
    spans: re.Pattern[str]
    relative: re.Pattern[str]
    season: re.Pattern[str]
    month: re.Pattern[str]
    decade: re.Pattern[str]
    counted: re.Pattern[str]
    part_of: re.Pattern[str]
    by: re.Pattern[str]
    start: re.Pattern[str]
    past: re.Pattern[str]
    past_after: re.Pattern[str]
    over: re.Pattern[str]


def find_deadlines(text: str, language: str, published: date | None) -> list[Deadline]:
    """All of them in order. Without a date of publication only phrases that name a year are found."""
    tongue = load(language)
    patterns = _patterns(tongue.code)
    found = [*_years(text, tongue, patterns), *_fiscal(text, patterns)]
    if published is not None:
        found += _durations(text, tongue, patterns, published)
        found += _spans(text, tongue, patterns, published)
        found += _relative(text, tongue, patterns, published)
        found += _seasons(text, tongue, patterns, published)
        found += _decades(text, patterns, published)
    found.sort(key=lambda d: (d.span.start, -d.span.end))
    return _without_overlaps(found)


def _without_overlaps(found: Iterable[Deadline]) -> list[Deadline]:
    out: list[Deadline] = []
    for one in found:
        if not out or one.span.start >= out[-1].span.end:
            out.append(one)
    return out


def _years(text: str, language: Language, patterns: _Patterns) -> list[Deadline]:
    out = []
    nouns = bool(language.data["time"].get("capital_nouns"))
    words = {*language.data["time"]["time_words"], *language.data["time"]["month_names"]}
    for match in patterns.years.finditer(text):
        year = int(match["last"] or match["first"])
        if match["short"]:
            year = int(match["first"][:2] + match["short"])
        end = match.end()
        if year < int(match["first"]):  # "2027-03-01" is a date
            year, end = int(match["first"]), match.end("first")
        alone = end == match.end("first")
        if not _EARLIEST <= year <= _LATEST or (alone and _in_a_name(text, match.start(), words, nouns)):
            continue
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        kind, start = _kind(before, patterns)
        out.append(_deadline(text, match.start() - start, end, year, kind))
    return out


def _in_a_name(text: str, start: int, time_words: set[str], capital_nouns: bool) -> bool:
    """Whether a year is part of a name: "France 2030", "Occitanie IA 2030". Where every noun has a capital, only after
    the usual words of such names."""
    match = re.search(r"(?<![^\s(«“\"])([^\W\d_]+)[ \u00a0\u202f]$", text[max(0, start - 30) : start])
    if match is None or not match[1][0].isupper() or match[1].lower() in time_words:
        return False
    if capital_nouns:
        return match[1].lower() in _NAMES
    head = text[max(0, start - 30) : start - len(match[0])].rstrip()
    return bool(head) and (head[-1].isalnum() or head[-1] in ",'’")


def _kind(before: str, patterns: _Patterns) -> tuple[Kind, int]:
    """What the words before a year say, and how many characters of them belong to the phrase."""
    clause = re.split(r"[.;:()!?](?=\s)|\n", before)[-1]
    by, start = patterns.by.search(clause), patterns.start.search(clause)
    if by and (not start or by.start() >= start.start()):
        return "by", len(clause) - by.start()
    if start:
        return "start", len(clause) - start.start()
    return "plain", 0


def _fiscal(text: str, patterns: _Patterns) -> list[Deadline]:
    return [_deadline(text, m.start(), m.end(), 2000 + int(m["year"] or m["short"]), "plain") for m in patterns.fiscal.finditer(text)]


def _durations(text: str, language: Language, patterns: _Patterns, published: date) -> list[Deadline]:
    out = []
    months = set(language.data["time"]["months"])
    decades = set(language.data["time"]["decade"])
    articles = set(language.data["numeral_rules"]["articles"])
    for match in patterns.duration.finditer(text):
        word = match["count"].lower()
        count = float(word.replace(",", ".")) if word[0].isdigit() else _counted(word, language)
        in_decades = match["unit"].lower() in decades
        if word in articles and in_decades:
            count = 1
        if count is None or count <= 0:
            continue
        if in_decades:
            count *= 10
        in_months = match["unit"].lower() in months
        if count > (_LONGEST_YEARS * 12 if in_months else _LONGEST_YEARS) or (count == 1 and not word[0].isdigit() and not in_months):
            continue
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        after = text[match.end() : match.end() + 20]
        if word in articles and in_decades and not patterns.over.search(before):
            continue  # "a decade of lawsuits"
        if patterns.past.search(before) or patterns.past_after.match(after):
            continue
        year = published.year + round(count)
        if in_months:
            year = published.year + (published.month - 1 + int(count)) // 12
        end = match.end()
        from_year = patterns.from_year.match(text, match.end(), match.end() + _AFTER)
        if from_year:
            year = int(from_year["year"]) + round(count / 12 if in_months else count)
            end = from_year.end()
        over = patterns.over.search(before)
        start = match.start() - (len(before) - over.start() if over else 0)
        out.append(_deadline(text, start, end, year, "duration"))
    return out


def _counted(word: str, language: Language) -> float | None:
    """The value of a number word, or of several that hyphens join from large to small ("twenty-five", "dix-huit")."""
    numbers = language.data["numerals"]
    parts = [numbers.get(part) for part in word.split("-")]
    if len(parts) == 1:
        return numbers.get(word) or language.compound_value(word)
    known = [float(part) for part in parts if part is not None]
    falling = all(one > two for one, two in pairwise(known))
    return sum(known) if len(known) == len(parts) and falling else None


def _spans(text: str, language: Language, patterns: _Patterns, published: date) -> list[Deadline]:
    """Durations in one word: "piano triennale", "Zehnjahresvertrag"."""
    table = language.data["time"]["spans"]
    stems = sorted(table, key=len, reverse=True)
    out = []
    for match in patterns.spans.finditer(text):
        stem = next(s for s in stems if match[0].lower().startswith(s))
        out.append(_deadline(text, match.start(), match.end(), published.year + int(table[stem]), "duration"))
    return out


def _relative(text: str, language: Language, patterns: _Patterns, published: date) -> list[Deadline]:
    table = {_key(k): int(v) for k, v in language.data["time"]["relative"].items()}
    out = []
    for match in patterns.relative.finditer(text):
        out.append(_deadline(text, match.start(), match.end(), published.year + table[_key(match[0])], "plain"))
    return out


def _seasons(text: str, language: Language, patterns: _Patterns, published: date) -> list[Deadline]:
    """Seasons and months without a year: the next one to come."""
    time: dict[str, Any] = language.data["time"]
    out = []
    for match in patterns.season.finditer(text):
        first, last = time["seasons"][match["name"].lower()]
        if last < first:
            last += 12
        year = published.year + (1 if published.month > last else 0)
        if (match["next"] or match["later"]) and published.month >= first:
            year = published.year + 1
        out.append(_deadline(text, match.start(), match.end(), year, "plain"))
    for match in patterns.month.finditer(text):
        number = time["month_names"].index(match["name"].lower()) + 1
        year = published.year + (1 if number < published.month else 0)
        out.append(_deadline(text, match.start(), match.end(), year, "by"))
    return out


def _decades(text: str, patterns: _Patterns, published: date) -> list[Deadline]:
    """The end of the running decade; the next ten years where the decade is told to be the coming one, unless only its
    beginning or middle is meant."""
    end = published.year // 10 * 10 + 10
    out = []
    for match in patterns.decade.finditer(text):
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        after = text[match.end() : match.end() + 20]
        if patterns.counted.search(before) or patterns.past.search(before) or patterns.past_after.match(after):
            continue
        coming = bool(match["next"] or match["later"]) and not patterns.part_of.search(before)
        year = published.year + 10 if coming else end
        out.append(_deadline(text, match.start(), match.end(), year, "duration" if coming else "by"))
    return out


def _deadline(text: str, start: int, end: int, year: int, kind: Kind) -> Deadline:
    return Deadline(Span(start, end), text[start:end], year, kind)


def _key(phrase: str) -> str:
    return re.sub(r"\s+", " ", phrase.lower().replace("’", "'"))


def _any(phrases: Iterable[str]) -> str:
    """An alternation of phrases, longest first, with either apostrophe and any white space."""
    parts = sorted(set(phrases), key=len, reverse=True)
    return "|".join(re.escape(p).replace(r"\ ", r"\s").replace("'", "['’]") for p in parts)


@lru_cache(maxsize=16)
def _patterns(code: str) -> _Patterns:
    language = load(code)
    time = language.data["time"]
    flags = re.IGNORECASE
    compound = r"|[^\W\d_]{4,25}" if language.pieces else ""
    articles = language.data["numeral_rules"]["articles"]
    parts = [w for w in time["time_words"] if len(w) > _PREPOSITION and w not in (*time["over"], *time["by"], *time["to"])]
    numbers = _any([*articles, *(w for w in language.data["numerals"] if " " not in w)])
    units = _any([*time["years"], *time["months"], *time["decade"]])
    coming = _any(time["coming"])
    # The data lists them as they stand beside years; a decade may have another gender and is one.
    inflected = "|".join(rf"{re.escape(_ENDING.sub('', word))}\w{{0,2}}" for word in time["coming"])
    fillers = r"(?:\W+\w+){0,4}\W*$"
    ends = r"(?:\s+\S+){0,2}\s*$"
    return _Patterns(
        years=re.compile(
            rf"(?<![\d,€$£])(?P<first>{_YEAR})(?!\d|[.,]\d)"
            rf"(?:(?:\s?[-–—/]\s?|{_SPACE}(?:{_any(time['to'])}){_SPACE}(?:(?:{_any(time['time_words'])}){_SPACE}){{0,2}})"
            rf"(?:(?P<last>{_YEAR})|(?P<short>\d\d)(?![.,]\d))(?!\d))?",
            flags,
        ),
        fiscal=re.compile(r"\b(?:FY|CY)\s?(?:20)?(?P<year>[2-5]\d)\b|(?<=\b(?:of|in|by)\s)['’](?P<short>[2-5]\d)\b"),
        duration=re.compile(
            rf"\b(?P<count>\d{{1,3}}(?:[.,]\d)?|(?:{numbers})(?:-(?:{numbers}))*{compound})[\s\u00a0-](?:(?:{coming})\s)?(?P<unit>{units})\b", flags
        ),
        from_year=re.compile(rf"[^.;:!?\n]{{0,30}}?\b(?:{_any(time['start'])})\s(?:\w+\s){{0,2}}(?P<year>{_YEAR})", flags),
        spans=re.compile(rf"\b(?:{_any(time['spans'])})\w*", flags),
        relative=re.compile(rf"\b(?:{_any(time['relative'])})\b", flags),
        season=re.compile(
            rf"(?P<next>\b(?:{coming}|next)\s)?\b(?P<name>{_any(time['seasons'])})\b(?P<later>\s(?:{coming})\b)?(?!\s(?:{_YEAR}|de\s{_YEAR}|del\s{_YEAR}))",
            flags,
        ),
        month=re.compile(
            rf"\b(?:{_any(time['by'])})\s(?:\w+\s){{0,4}}?(?P<name>{_any(time['month_names'])})\b(?!\s(?:\w+\s)?{_YEAR})", flags
        ),
        decade=re.compile(rf"(?P<next>\b(?:{inflected})\s)?\b(?:{_any(time['decade'])})\b(?P<later>\s(?:{inflected})\b)?", flags),
        counted=re.compile(rf"\b(?:{numbers})\s$", flags),
        part_of=re.compile(rf"\b(?:{_any(parts)})\s(?:\w+\s){{0,3}}$", flags),
        by=re.compile(rf"\b(?:{_any(time['by'])})\b(?={fillers})", flags),
        start=re.compile(rf"\b(?:{_any(time['start'])})\b(?={fillers})", flags),
        past=re.compile(rf"\b(?:{_any(time['past'])})\s+(?:\w+\s+)?$", flags),
        past_after=re.compile(rf"\s(?:{_any(time['past_after'])})\b", flags),
        over=re.compile(rf"\b(?:{_any(time['over'])})\b(?={ends})", flags),
    )
