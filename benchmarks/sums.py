"""Sums of money and deadlines: how many of the gold's are found, and how fast.

    python benchmarks/sums.py [--misses]

Recall is the share of gold records with a sum whose every end (within 1 %) and currency some found sum has; `bounds`
that its open and closed ends agree too, `qualifier` that its words do. `bare` is the number of guesses without a written
unit that are no record's sum, per record. General press is made from the gold's paragraphs: one document in five keeps
its sums.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from monitor.extraction.deadlines import find_deadlines
from monitor.extraction.sums import find_sums
from monitor.model import Money

GOLD = Path(__file__).resolve().parent.parent / "gold"
# The locked part is measured by `monitor evaluate` alone, which counts its runs.
LOCKED = "locked.jsonl"


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(GOLD.glob("*.jsonl")):
        if path.name != LOCKED:
            for line in path.read_text(encoding="utf-8").splitlines():
                yield path.stem, json.loads(line)


def full(document: dict[str, Any]) -> str:
    return f"{document['title']}\n\n{document['text']}"


def close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 0.01 * max(abs(one), abs(other))


def holds(money: Money, record: dict[str, Any]) -> bool:
    """Whether a sum has the currency and every end of a record."""
    ends = [v for v in (record["amount_min"], record["amount_max"]) if v is not None]
    own = [v for v in (money.low, money.high) if v is not None]
    return money.currency == record["currency"] and all(any(close(e, o) for o in own) for e in ends)


def quality(misses: bool) -> None:
    rows: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    for name, document in documents():
        sums = find_sums(full(document), document["lang"])
        hit: set[int] = set()
        for record in document["commitments"]:
            low, high = record["amount_min"], record["amount_max"]
            if low is None and high is None:
                continue
            found = [i for i, m in enumerate(sums) if holds(m, record)]
            exact = [i for i in found if close(sums[i].low, low) and close(sums[i].high, high)]
            worded = [i for i in exact if sums[i].qualifier == record["qualifier"]]
            hit.update(found)
            for row in (rows[document["lang"]], rows[name], rows["all"]):
                for k, value in enumerate((1, bool(found), bool(exact), bool(worded))):
                    row[k] += value
            if misses and not found:
                print(f"{document['id']}: {low} {high} {record['currency']}: {record['evidence'][:110]}")
        bare = sum(1 for i, m in enumerate(sums) if "scale" in m.inherited and i not in hit)
        for row in (rows[document["lang"]], rows[name], rows["all"]):
            row[4] += bare
    print(f"{'':18}{'n':>6}{'recall':>8}{'bounds':>8}{'qualifier':>10}{'bare':>7}")
    for name, (n, found, exact, worded, bare) in sorted(rows.items(), key=lambda item: (len(item[0]) > 3, item[0])):
        print(f"{name:18}{n:6}{found / n:8.3f}{exact / n:8.3f}{worded / n:10.3f}{bare / n:7.2f}")


def general_press() -> list[tuple[str, str]]:
    out = []
    for i, (_, document) in enumerate(documents()):
        text = full(document)
        if i % 5:
            text = "\n\n".join(p for p in text.split("\n\n") if not find_sums(p, document["lang"]))
        out.append((text, document["lang"]))
    return out


def speed() -> None:
    dense = [(full(d), d["lang"], date.fromisoformat(d["published"])) for _, d in documents()]
    press = general_press()
    for name, work, size in (
        ("sums, gold", lambda: [find_sums(t, lang) for t, lang, _ in dense], sum(len(t) for t, _, _ in dense)),
        ("sums, press", lambda: [find_sums(t, lang) for t, lang in press], sum(len(t) for t, _ in press)),
        ("deadlines, gold", lambda: [find_deadlines(*row) for row in dense], sum(len(t) for t, _, _ in dense)),
    ):
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            work()
            best = min(best, time.process_time() - start)
        print(f"{name:18}{size / 1e6 / best:6.2f} MB/s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="print each record whose sum is not found")
    arguments = parser.parse_args()
    quality(arguments.misses)
    speed()
    sys.exit(0)
