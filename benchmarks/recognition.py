"""What recognition costs: pairs of mentions judged a second, over all pairs of two articles of each story line of the gold.

    python benchmarks/recognition.py

The ratio is to difflib, which compares nothing but the two quotes. CPU time of one core, best of three.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

from monitor.model import Mention
from monitor.resolution import Recogniser
from monitor.training.resolution import gold_records, tell

GOLD = Path(__file__).resolve().parent.parent / "gold"


def pairs_told(recogniser: Recogniser) -> list[tuple[Mention, Mention]]:
    """All pairs within a story line, of different articles."""
    out = []
    for path in sorted(GOLD.glob("*stories*.jsonl")):
        documents = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        stories: dict[str, list[Mention]] = {}
        for told in tell(documents, *gold_records(documents, plain=True), recogniser):
            stories.setdefault(told.story, []).extend(told.mentions)
        out += [(a, b) for mentions in stories.values() for a, b in combinations(mentions, 2) if a.link != b.link]
    return out


def seconds(work: Callable[[], object]) -> float:
    """Best of three."""
    out = []
    for _ in range(3):
        start = time.process_time()
        work()
        out.append(time.process_time() - start)
    return min(out)


def main() -> None:
    recogniser = Recogniser()
    pairs = pairs_told(recogniser)
    judged = seconds(lambda: [recogniser.judge(a, b) for a, b in pairs])
    quotes = seconds(lambda: [SequenceMatcher(None, a.record.evidence, b.record.evidence).ratio() for a, b in pairs])
    print(f"{len(pairs)} pairs: {len(pairs) / judged:,.0f} judged a second, {judged / quotes:.2f} of the time of difflib on the quotes")


if __name__ == "__main__":
    main()
