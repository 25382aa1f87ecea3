"""What the templates show: a digest as finished sentences in one language.

Templates hold layout alone, so that restyling one needs no knowledge of numbers, plurals or the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from monitor.digest.build import Digest, FailingSource, Item, Section
from monitor.digest.language import Words
from monitor.digest.plain import inert, web_link
from monitor.digest.subscription import Filter
from monitor.model import Commitment, State, Totals
from monitor.schedule import Period

_TONES = {
    "setbacks": "bad",
    "overdue": "bad",
    "new": "good",
    "changed": "good",
    "progress": "good",
    "confirmed": "calm",
    "corrections": "calm",
    "late": "calm",
    "disputed": "warn",
}
SUBJECT_EVENTS = ("new", "cancelled", "amount_reduced", "delayed", "amount_raised", "rumoured")
QUIET_COUNTS = ("range_narrowed", "under_way", "completed", "confirmed", "late", "corrections")
LEAD_COUNTS = SUBJECT_EVENTS + QUIET_COUNTS
SUBJECT_LIMIT = 78
QUOTE_LIMIT = 320
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses that a digest may carry. Without a public address it carries none to us; `mailed` says that it goes to
    somebody who can unsubscribe by answering."""

    public_url: str | None = None
    unsubscribe: str | None = None
    mailed: bool = False

    def wrong(self, commitment: str) -> str | None:
        return f"{self.public_url.rstrip('/')}/wrong/{quote(commitment, safe='')}" if self.public_url else None


NO_LINKS = Links()


@dataclass(frozen=True, slots=True)
class Line:
    """One total: its name, sum, and how it changed; `share` is its part of the headline in percent, None for the
    headline itself."""

    name: str
    sum: str
    change: str
    share: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item. `bar` is its size in percent of the section's largest, None where no bar helps."""

    chip: str
    tone: str
    who: str
    recipient: str
    sum: str
    euros: str
    facts: tuple[str, ...]
    remarks: tuple[str, ...]
    quote: str
    quote_language: str
    source: str
    link: str | None
    wrong: str | None
    bar: int | None


@dataclass(frozen=True, slots=True)
class Block:
    key: str
    title: str
    note: str
    entries: tuple[Entry, ...]
    more: str


@dataclass(frozen=True, slots=True)
class View:
    language: str
    subject: str
    preheader: str
    title: str
    dates: str
    gap: str
    lead: str
    totals: tuple[Line, ...]
    notes: tuple[str, ...]
    blocks: tuple[Block, ...]
    review: str
    failing: tuple[str, ...]
    failing_note: str
    method: str
    as_of: str
    labels: dict[str, str]
    unsubscribe: str | None


def view(digest: Digest, words: Words, links: Links = NO_LINKS, limit: int = 30) -> View:
    """The digest in words; at most `limit` items a section, the rest counted."""
    title, dates = period_names(digest.period, words)
    if digest.alert:
        title, dates = words.text("alert.title"), title
    lead = _lead(digest, words)
    totals = () if digest.alert else _totals(digest, words)
    news = _news(digest, words)
    labels = {k.removeprefix("item."): words.text(k) for k in ("item.read", "item.wrong")}
    labels |= {k: words.text(f"section.{k}") for k in ("review", "failing", "method")}
    labels |= {
        "unsubscribe": words.text("footer.unsubscribe"),
        "unsubscribe_mail": words.text("footer.unsubscribe_mail") if links.mailed else "",
    }
    return View(
        language=words.code,
        subject=_alert_subject(digest, words) if digest.alert else _subject(title, news, words),
        preheader=" · ".join([lead, *(f"{t.name} {t.sum}" for t in totals)]),
        title=title,
        dates=dates,
        gap=words.plural(f"period.gap.{digest.period.kind}", n) if (n := digest.period.count) > 1 else "",
        lead=lead,
        totals=totals,
        notes=_notes(digest, words),
        blocks=tuple(_block(s, words, links, limit) for s in digest.sections),
        review=words.plural("count.review", digest.review_waiting) if digest.review_waiting else "",
        failing=tuple(_failing(source, words) for source in digest.failing_sources),
        failing_note=words.text("note.failing"),
        method="" if digest.alert else _method(digest.totals_after, words),
        as_of=words.text("footer.as_of", moment=words.moment(digest.generated_at)) if digest.generated_at else "",
        labels=labels,
        unsubscribe=links.unsubscribe,
    )


def period_names(period: Period, words: Words) -> tuple[str, str]:
    """The period's name ("Week 47", "Weeks 43 to 47") and its days; a name that is the days has none beside it."""
    dates = words.days(period.start, period.last_day)
    if period.kind == "week":
        first, last = (day.isocalendar().week for day in (period.start, period.last_day))
        if period.count == 1:
            return words.text("period.week", number=last), dates
        return words.text("period.weeks", first=first, last=last), dates
    if period.count > 1:
        name = words.text(f"period.{period.kind}s", dates=dates)
    elif period.kind == "day":
        name = words.text("period.day", date=words.day(period.start))
    else:
        name = words.text("period.month", month=words.month(period.start))
    return name[0].upper() + name[1:], ""


def _news(digest: Digest, words: Words) -> list[str]:
    parts = [words.plural(f"count.{event}", n) for event in SUBJECT_EVENTS if (n := digest.counts.get(event))]
    if not parts:
        parts = [words.plural(f"count.{event}", n) for event in QUIET_COUNTS if (n := digest.counts.get(event))][:3]
    delta = "" if digest.only else _delta(digest.totals_before, digest.totals_after, words)
    return [*parts, delta] if parts and delta else parts


def _subject(title: str, news: list[str], words: Words) -> str:
    """The subject, with as much of the news as fits; the total comes before the smaller counts."""
    parts = news or [words.text("subject.empty")]
    while True:
        line = words.text("subject.line", period=title, news=", ".join(parts))
        if len(line) <= SUBJECT_LIMIT or len(parts) < 3:
            return line
        parts = [*parts[:-2], parts[-1]]


def _alert_subject(digest: Digest, words: Words) -> str:
    """Who, what became of it and how much; of several the weightiest."""
    section = digest.sections[0]
    item = section.items[0]
    event = _chip(item, section.key, words)
    text = words.text("subject.alert", who=who(item.state, words), event=_small(event), sum=_sum(item, words))
    return text if len(text) <= 2 * SUBJECT_LIMIT else inert(text, 2 * SUBJECT_LIMIT)


def _small(word: str) -> str:
    """A word of the catalogue inside a sentence. Events are participles, which no language writes with a capital."""
    return word[0].lower() + word[1:]


def _lead(digest: Digest, words: Words) -> str:
    if digest.alert:
        return ", ".join(words.counted(f"count.{k}", n) for k in LEAD_COUNTS if (n := digest.counts.get(k))) + "."
    articles = words.counted("count.articles", digest.articles_read)
    if digest.empty:
        return words.text("summary.empty_filtered" if digest.only else "summary.empty", articles=articles)
    parts = [words.counted(f"count.{k}", n) for k in LEAD_COUNTS if (n := digest.counts.get(k))]
    return ", ".join(parts) + ". " + words.text("summary.read", articles=articles)


def _delta(before: Totals | None, after: Totals, words: Words) -> str:
    if before is None:
        return ""
    low, high = (a - b for a, b in zip(after.headline, before.headline, strict=True))
    return words.change(low, high, after.currency) if low or high else ""


def _totals(digest: Digest, words: Words) -> tuple[Line, ...]:
    lines = []
    top = max(digest.totals_after.headline[0], 1.0)
    for name in ("itemised", "headline"):
        low, high = getattr(digest.totals_after, name)
        change = words.text("summary.first")
        if digest.totals_before is not None:
            was = getattr(digest.totals_before, name)
            if (low, high) == was:
                change = words.text("summary.no_change")
            else:
                delta = words.change(low - was[0], high - was[1], digest.totals_after.currency)
                change = words.text("summary.change", delta=delta)
        sum_ = words.span(low, high, digest.totals_after.currency)
        share = max(1, min(100, round(100 * low / top))) if name == "itemised" else None
        lines.append(Line(words.text(f"summary.{name}"), sum_, change, share))
    return tuple(lines)


def _notes(digest: Digest, words: Words) -> tuple[str, ...]:
    notes = []
    if digest.only:
        notes.append(words.text("summary.filtered", filter=filter_text(digest.only, words)))
        if not digest.alert:
            notes.append(words.text("summary.whole"))
    before, revised, after = digest.totals_before, digest.totals_revised, digest.totals_after
    if before and revised and any(abs(r - b) >= 1 for r, b in zip(revised.headline, before.headline, strict=True)):
        world = _delta(revised, after, words) or words.money(0, after.currency)
        notes.append(words.text("summary.split", world=world, ours=_delta(before, revised, words)))
    for key, n in (("baseline", digest.baseline), ("repeated", digest.repeated)):
        if n:
            notes.append(words.counted(f"count.{key}", n))
    if after.without_sum:
        notes.append(words.counted("count.without_sum", after.without_sum))
    return tuple(notes)


def filter_text(only: Filter, words: Words) -> str:
    """A filter in words."""
    parts = []
    if only.places:
        parts.append(words.text("filter.places", names=words.join([inert(p, 60) for p in only.places])))
    if only.investors:
        parts.append(words.text("filter.investors", names=words.join([inert(i, 60) for i in only.investors])))
    if only.purposes:
        parts.append(
            words.text("filter.purposes", names=words.join([words.text(f"purpose.{p}") for p in only.purposes]))
        )
    if only.at_least_eur:
        parts.append(words.text("filter.size", sum=words.money(only.at_least_eur, "EUR")))
    return ", ".join(parts)


def _block(section: Section, words: Words, links: Links, limit: int) -> Block:
    shown = section.items[:limit]
    largest = max((item.size for item in shown), default=0.0)
    bars = section.key == "new" and sum(item.size > 0 for item in shown) >= 3
    note = f"note.{section.key}"
    rest = len(section.items) - len(shown)
    return Block(
        key=section.key,
        title=words.text(f"section.{section.key}"),
        note=words.text(note) if note in words.keys else "",
        entries=tuple(
            entry(
                item,
                section.key,
                words,
                links,
                max(1, round(100 * item.size / largest)) if bars and item.size else None,
            )
            for item in shown
        ),
        more=words.plural("count.more", rest) if rest else "",
    )


def entry(item: Item, section: str, words: Words, links: Links, bar: int | None = None) -> Entry:
    """One item in words."""
    state, proof = item.state, item.evidence
    return Entry(
        chip=_chip(item, section, words),
        tone="warn" if item.doubt is not None or (section == "new" and state.status == "rumoured") else _TONES[section],
        who=who(state, words),
        recipient=_recipient(state, words),
        sum=_sum(item, words),
        euros=_euros(item, words),
        facts=_facts(item, section, words),
        remarks=_remarks(item, words),
        quote=words.text("item.quote", quote=inert(proof.quote, QUOTE_LIMIT)) if proof else "",
        quote_language=proof.language if proof else words.code,
        source=_source(item, words),
        link=web_link(proof.link) if proof else None,
        wrong=links.wrong(item.commitment),
        bar=bar,
    )


def who(state: State, words: Words) -> str:
    """The payers, or the company that raised, each by its first accepted name."""
    payers = [inert(name.split("|")[0], 80) for name in state.investor]
    if payers:
        rest = len(payers) - MOST_NAMED
        return _begun(words.join(payers[:MOST_NAMED] + ([words.plural("count.others", rest)] if rest > 0 else [])))
    return _begun(inert(state.recipient.split("|")[0], 80)) if state.recipient else words.text("item.nobody")


def _begun(text: str) -> str:
    """As a line begins: "gouvernement français" with a capital, "xAI" as it writes itself."""
    first = text.split(" ")[0]
    return text[0].upper() + text[1:] if first.islower() and first.isalpha() else text


def claim(commitment: Commitment, words: Words) -> str:
    """What we hold a commitment to be, on one line: sum, place, horizon, status, purpose."""
    item = Item("", "confirmed", (), "", None, commitment.state, commitment.euros, commitment.euros, None)
    return " · ".join(part for part in (_sum(item, words), _euros(item, words), *_facts(item, "", words)) if part)


def _recipient(state: State, words: Words) -> str:
    if not state.investor or not state.recipient:
        return ""
    return words.text("item.recipient", name=inert(state.recipient.split("|")[0], 80))


def _chip(item: Item, section: str, words: Words) -> str:
    if item.after is None:
        return words.text("event.retracted")
    special = {"corrections": "corrected", "late": "late", "overdue": "overdue", "disputed": "disputed"}.get(section)
    if special:
        return words.text(f"event.{special}")
    if item.event == "new":
        word = words.text(f"status.{item.after.status}")
        return word[0].upper() + word[1:]
    return words.text(f"event.{item.event}")


def _stated(state: State, words: Words) -> str:
    return words.sum(state.amount_min, state.amount_max, state.currency, state.qualifier)


def _sum(item: Item, words: Words) -> str:
    """The sum, or both sums where it changed."""
    if item.after is None:
        return words.text("item.retracted", sum=_stated(item.state, words))
    now = _stated(item.after, words)
    was = _stated(item.before, words) if item.before else now
    return now if was == now else words.text("item.was", before=was, after=now)


def _euros(item: Item, words: Words) -> str:
    """The euro value beside another currency; empty for sums in euro and where there is no sum."""
    state = item.state
    if state.currency in (None, "EUR") or (state.amount_min is None and state.amount_max is None):
        return ""
    low, high = item.euros_after if item.after else item.euros_before
    if low is None and high is None:
        return words.text("money.no_rate")
    return words.text("money.approx", sum=words.sum(low, high, "EUR", "exact"))


def _facts(item: Item, section: str, words: Words) -> tuple[str, ...]:
    """Where, by when, in what state, for what."""
    state, was = item.state, item.before if item.after else None
    facts = [inert(place.split("|")[0], 60) for place in state.place[:3]]
    if len(facts) > 1:
        facts = [", ".join(facts)]
    if was and was.horizon and state.horizon and was.horizon != state.horizon:
        facts.append(words.text("item.by_changed", before=was.horizon, after=state.horizon))
    elif state.horizon:
        facts.append(words.text("item.by", year=state.horizon))
    status = words.text(f"status.{state.status}")
    if was and was.status != state.status:
        status = words.text("item.status_was", before=words.text(f"status.{was.status}"), after=status)
    if section != "new" and item.event not in ("cancelled", "under_way", "completed"):  # there the chip says it
        facts.append(status)
    return (*facts, words.text(f"purpose.{state.purpose}"))


def _remarks(item: Item, words: Words) -> tuple[str, ...]:
    remarks = []
    if f"cause.{item.cause}" in words.keys:
        remarks.append(words.text(f"cause.{item.cause}"))
    if item.doubt is not None:
        remarks.append(words.text("item.doubtful", share=round(100 * item.doubt)))
    if item.state.disputed:
        remarks.append(words.text("item.disputed"))
    also = [words.text(f"event.{event}") for event in item.also if event not in ("new", "confirmed")]
    if also:
        remarks.append(", ".join(_small(word) for word in also))
    return tuple(remarks)


def _source(item: Item, words: Words) -> str:
    proof = item.evidence
    if proof is None:
        return ""
    outlet = inert(proof.outlet or proof.link, 80)
    source = words.text("item.source", outlet=outlet, date=words.day(proof.published))
    return source if proof.language == words.code else f"{source} ({proof.language})"


def _failing(source: FailingSource, words: Words) -> str:
    return words.text(
        "source.line",
        name=inert(source.name, 80),
        reason=inert(source.reason, 160).rstrip("."),
        since=_since(source.since, words),
    )


def _since(moment: datetime | None, words: Words) -> str:
    return words.text("source.since", date=words.day(moment.date())) if moment else words.text("source.never")


def _method(totals: Totals, words: Words) -> str:
    apart = [
        f"{words.text(f'nature.{name}')} {words.span(low, high, totals.currency)}"
        for name, (low, high) in totals.by_nature.items()
        if name != "capital" and (low or high)
    ]
    return words.text("footer.method", natures=", ".join(apart)) if apart else words.text("footer.method_plain")
