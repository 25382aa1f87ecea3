"""The past that the benchmark generates is one that the ledger itself could have written."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from ledger_toy import Clock, opened

from benchmarks.ledger_past import VERSIONS, Plain, article, generate


def test_a_generated_past_is_found_sound_and_can_be_gone_on_with(database: str) -> None:
    count = 40
    with opened(database, Clock(), resolver=Plain()) as ledger:
        generate(ledger, count * VERSIONS)
        assert ledger.check() == []
        assert ledger.seq() == 3 * count
        assert [c.id for c in ledger.commitments()] == [f"c{1 + 3 * n}" for n in range(count)]
        assert ledger.totals().itemised[0] == sum((1 + n % 50) * 1.5e8 for n in range(count))
        assert len(ledger.history("c4").revisions) == 3
        read, record = article(1, 2, random.Random(3))
        told = ledger.take(replace(read, link="more"), [record], raw=b"more", reader="r", extractor="e", cause="news")
        assert told[0].commitment == "c4"
        assert len(ledger.commitments(date(2016, 1, 4))) == 1 and ledger.check() == []
