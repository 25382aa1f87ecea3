"""Scripts of every kind of step, drawn by hypothesis, against the brute-force model: every as-of, total and change."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ledger_brute import Brute, Word
from ledger_toy import Clock, Toy, article, opened, record

from monitor.errors import LedgerError
from monitor.ledger import Ledger
from monitor.model import Record
from monitor.rates import Rates

START = date(2025, 3, 3)
KINDS = (
    "news", "news", "news", "late", "edited", "again", "copy", "reject", "edit", "merge", "merge", "split", "relate",
    "undo", "undo", "reprocess",
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), *[st.integers(0, 999)] * 3), min_size=30, max_size=36)
RATES = Rates()


def euro(amount: float, currency: str, day: date) -> float | None:
    return RATES.euros(amount, currency, day).value


class Script:
    """Plays a script on a ledger and on the model at once."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self.ledger = ledger
        self.clock = clock
        self.brute = Brute(Toy(), euro)
        self.articles: list[tuple[str, date, int]] = []
        self.days: dict[int, date] = {}
        self.past: list[tuple[int, Any]] = []
        self.versions = 0
        self.bodies: dict[str, list[Record]] = {}

    def play(self, steps: Any) -> None:
        for kind, a, b, c in steps:
            self.clock.forward(hours=7)
            getattr(self, kind)(a, b, c)
            assert self.ledger.seq() == self.brute.seq, kind
            self.past.append((self.brute.seq, snapshot(self.ledger, None)))

    def drawn(self, a: int, b: int, c: int) -> list[Record]:
        """One to three records; the second and third may be parts of the first."""
        out = []
        for at in range(1 + a % 3):
            x = a + 7 * b + 13 * c + 31 * at
            actor = ("France", "MGX", "Iliad")[(b + at) % 3]
            project = (None, "Cambrai", "Fouju")[(x // 3) % 3]
            amount = (None, 10e9, 12e9, 40e9)[x % 4]
            status = ("announced", "announced", "rumoured", "signed", "raised", "reduced", "cancelled", "delayed")[
                x % 8
            ]
            part = 0 if at and c % 2 else None
            currency = "USD" if x % 5 == 0 else "EUR"
            purpose = "funding" if x % 11 == 0 else "data_center"
            out.append(record(actor, amount, project, status=status, part_of=part, currency=currency, purpose=purpose))
        return out

    def enter(self, link: str, day: date, records: list[Record], cause: str) -> None:
        read = article(link, day, records)
        told = self.ledger.take(read, records, raw=read.full.encode(), reader="r", extractor="first")
        if self.brute.take(read, records, "first", cause) is not None:
            assert {one.mention: (one.commitment, one.event) for one in told} == {
                number: (f"c{home}", event)
                for number, (seq, home, event) in self.brute.told.items()
                if seq == self.brute.seq
            }
            assert {one.cause for one in told} <= {cause}

    def news(self, a: int, b: int, c: int) -> None:
        link, day = f"article {len(self.articles)}", self.clock.now.date() - timedelta(days=a % 4)
        self.articles.append((link, day, a))
        self.enter(link, day, self.drawn(a, b, c), "news")

    def late(self, a: int, b: int, c: int) -> None:
        link, day = f"article {len(self.articles)}", self.clock.now.date() - timedelta(days=40 + a % 90)
        self.articles.append((link, day, a))
        self.enter(link, day, self.drawn(a, b, c), "late")

    def edited(self, a: int, b: int, c: int) -> None:
        if self.articles:
            link, day, _ = self.articles[a % len(self.articles)]
            self.enter(link, day, self.drawn(a, b, c), "source_correction")

    def again(self, a: int, b: int, c: int) -> None:
        """The newest text of an article comes once more."""
        if self.articles:
            link = self.articles[a % len(self.articles)][0]
            run = [r for r in self.brute.runs if r.article.link == link and r.extractor == "first"][-1]
            records = [self.brute.kept[m - 1].record for m in run.mentions]
            self.ledger.take(run.article, records, raw=run.article.full.encode(), reader="r", extractor="first")

    def copy(self, a: int, b: int, c: int) -> None:
        if self.articles:
            link, day, _ = self.articles[a % len(self.articles)]
            before = self.ledger.seq()
            self.ledger.add_copy(article(f"copy {b}", day, text=f"copy {b}"), of=link, raw=f"{b}".encode())
            if self.ledger.seq() > before:
                self.brute.settle("news")

    def active(self) -> list[int]:
        return sorted(self.brute.home)

    def reject(self, a: int, b: int, c: int) -> None:
        if found := self.active():
            number = found[a % len(found)]
            self.ledger.reject(number, "Ada", "no commitment")
            self.say(Word(0, "reject", self.brute.kept[number - 1].anchor))

    def edit(self, a: int, b: int, c: int) -> None:
        if found := self.active():
            number = found[a % len(found)]
            name, value = (
                ("amount_min", 40e9), ("amount_max", 40e9), ("recipient", "Cambrai"), ("status", "signed"),
                ("investor", ["Iliad"]),
            )[b % 5]  # fmt: skip
            self.ledger.edit(number, name, value, "Ada", "misread")
            kept = tuple(value) if isinstance(value, list) else value
            self.say(Word(0, "edit", self.brute.kept[number - 1].anchor, field=name, value=kept))

    def judged(self, a: int, b: int, verdict: Any) -> None:
        found = self.active()
        if len(found) > 1:
            left, right = found[a % len(found)], found[b % len(found)]
            if left != right:
                self.ledger.judge(left, right, verdict, "Ada", "looked at both")
                anchors = [self.brute.kept[m - 1].anchor for m in (left, right)]
                self.say(Word(0, "pair", *anchors, verdict=verdict))

    def merge(self, a: int, b: int, c: int) -> None:
        self.judged(a, b, "same")

    def split(self, a: int, b: int, c: int) -> None:
        self.judged(a, b, "different")

    def say(self, word: Word) -> None:
        word.id = self.ledger.words()[-1].id
        self.brute.say(word)

    def undo(self, a: int, b: int, c: int) -> None:
        found = [w for w in self.brute.words if not w.undone]
        if found:
            word = found[a % len(found)]
            self.ledger.undo(word.id, "Ada", "after all not")
            self.brute.undo(word)

    def relate(self, a: int, b: int, c: int) -> None:
        homes = sorted(set(self.brute.home.values()))
        if len(homes) < 2:
            return
        parent, child = homes[a % len(homes)], homes[b % len(homes)]
        try:
            self.ledger.relate(f"c{parent}", f"c{child}", "part_of", "Ada", "the annex says so")
        except LedgerError:
            now = self.brute.as_of(None, self.brute.seq)
            edges = [(x, p) for x in now for p in now[x]["parents"]]
            assert parent == child or self.brute.circle(child, parent, edges)
            return
        mentions = self.brute.mentions()
        first = {home: next(m for m in mentions if self.brute.home[m] == home) for home in (parent, child)}
        self.brute.relate(*(self.brute.kept[first[home] - 1].anchor for home in (parent, child)))

    def reprocess(self, a: int, b: int, c: int) -> None:
        """A second extractor that loses some records and reads some sums otherwise, previewed and put to work."""
        self.versions += 1
        name = f"second {self.versions}"
        runs = [r for r in self.brute.runs if r.active]
        texts = {r.article.full: [self.brute.kept[m - 1].record for m in r.mentions] for r in runs}

        def read_again(one: Any) -> list[Record]:
            out = []
            for at, old in enumerate(texts[one.full]):
                if (a + at + len(one.link)) % 5 == 0:
                    continue
                more = 1.5 if (b + at + len(one.link)) % 4 == 0 and old.amount_min else 1.0
                new = [None if x is None else x * more for x in (old.amount_min, old.amount_max)]
                out.append(Record(**{**fields(old), "amount_min": new[0], "amount_max": new[1], "part_of": None}))
            return out

        before = snapshot(self.ledger, None)
        preview = self.ledger.reprocess_preview(read_again, extractor=name)
        assert snapshot(self.ledger, None) == before, "a preview changes nothing"
        for run in sorted(runs, key=self.order):
            former = [k for k in self.brute.kept if k.run is run]
            day = former[0].day if former else run.article.published
            assert day is not None
            self.brute.add(run.article, read_again(run.article), name, False, self.brute.edited(former), day)
            self.brute.seq += 1
        changed = self.ledger.activate(name, "Ada", "better")
        assert changed == len(runs)
        if not runs:
            return
        for run in self.brute.runs:
            if any(r.article is run.article for r in runs):
                run.active = run.extractor == name
        self.brute.settle("reprocess")
        assert preview.after == self.ledger.totals()

    def order(self, run: Any) -> int:
        return self.brute.runs.index(run)


def fields(one: Record) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def snapshot(ledger: Ledger, valid: date | None, known: int | None = None) -> Any:
    found = ledger.commitments(valid, known)
    totals = ledger.totals(valid, known)
    return [(c.id, c.state, c.parents, c.parts, c.euros) for c in found], totals


def compare(script: Script, thorough: bool = True) -> None:
    """Every known with several valid days, every redirect, every change; and that no past as-of has altered."""
    ledger, brute = script.ledger, script.brute
    days = sorted({row["from"] for revisions in brute.revisions.values() for _, rows, _ in revisions for row in rows})
    for known in range(brute.seq + 1):
        for valid in (None, *(days if thorough else days[len(days) // 2 :: len(days)])):
            wanted = brute.as_of(valid, known)
            found = {int(c.id[1:]): c for c in ledger.commitments(valid, known)}
            assert found.keys() == wanted.keys(), (valid, known)
            for number, one in found.items():
                row = wanted[number]
                assert one.state.valid_from == row["from"]
                assert {**fields_of(one.state), "valid_from": date.min} == fields_of(row["state"])
                assert [int(p[1:]) for p in one.parents] == row["parents"]
                assert list(one.euros) == row["euros"]
            totals = ledger.totals(valid, known)
            assert totals == replace(ledger.totals(valid, known, explain=True), lines=()), "two ways of adding up"
            itemised, remainder, headline, without = brute.totals(valid, known)
            assert totals.itemised == pytest.approx(itemised)
            assert totals.remainder == pytest.approx(remainder, abs=1)
            assert totals.headline == pytest.approx(headline, abs=1)
            assert totals.without_sum == without
    for known, then in script.past:
        assert snapshot(ledger, None, known) == then, "a past as-of was altered"
    for number in brute.revisions:
        for known in (brute.seq // 2, brute.seq):
            target = brute.leads_to(number, known)
            there = brute.as_of(None, known)
            one = ledger.commitment(f"c{number}", known=known)
            assert (one.id if one else None) == (f"c{target}" if target in there else None)
    spoken, wanted_changes = {(seq, home) for seq, home, _ in brute.told.values()}, brute.changes()
    told = []
    for c, one_wanted in zip(ledger.changes(), wanted_changes, strict=True):
        number, cause = int(c.commitment[1:]), c.cause
        if cause == "regrouped":  # by an article that tells nothing of this commitment
            assert (c.seq, number) not in spoken
            assert one_wanted[2] in ("news", "late", "source_correction")
            cause = one_wanted[2]
        told.append((c.seq, number, cause, c.before is not None, c.after is not None))
    assert told == wanted_changes
    assert ledger.check() == []


def fields_of(state: Any) -> dict[str, Any]:
    return {name: getattr(state, name) for name in state.__dataclass_fields__}


def run(url: str, steps: Any, thorough: bool = True) -> None:
    clock = Clock()
    clock.day(START)
    with opened(url, clock) as ledger:
        script = Script(ledger, clock)
        script.play(steps)
        compare(script, thorough)


QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, print_blob=False)


@given(steps=STEPS)
@settings(QUIET, max_examples=6, phases=[Phase.generate])
def test_every_script_gives_what_the_brute_force_model_gives(steps: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(f"sqlite:///{Path(folder)}/ledger.db", steps, thorough=False)


@pytest.mark.proof
@pytest.mark.timeout(3600)
@given(steps=STEPS)
@settings(QUIET, max_examples=300)
def test_every_script_gives_what_the_brute_force_model_gives_at_length(steps: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(f"sqlite:///{Path(folder)}/ledger.db", steps)


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_postgresql_gives_what_the_brute_force_model_gives(new_database: Callable[[], str]) -> None:
    @given(steps=STEPS)
    @settings(QUIET, max_examples=2, phases=[Phase.generate])
    def scripts(steps: Any) -> None:
        run(new_database(), steps, thorough=False)

    scripts()


@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_postgresql_gives_what_the_brute_force_model_gives_at_length(new_database: Callable[[], str]) -> None:
    @given(steps=STEPS)
    @settings(QUIET, max_examples=60)
    def scripts(steps: Any) -> None:
        run(new_database(), steps)

    scripts()
