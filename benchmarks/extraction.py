"""What reading costs: words a second, where the time goes, and what a process that only reads must load.

    python benchmarks/extraction.py

Gold is dense: nearly every document names sums. Bare is made from its lines without figure and sum, put together to articles of
usual length. Press is four bare articles to one of the gold. `sums` is the grammar of sums by itself on the same text; the
ratio says what all the rest adds. CPU time of one core, best of three.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from monitor.extraction.analysis import Analysis
from monitor.extraction.extractor import Extractor, FirstThoughts
from monitor.extraction.places import find_places
from monitor.extraction.sums import find_sums
from monitor.model import Article
from monitor.training.align import article_of

GOLD = Path(__file__).resolve().parent.parent / "gold"
PER_FILE = 8
# Words of an article made from lines.
LENGTH = 300
LOADING = """
import time
start = time.process_time()
from monitor.extraction import extract
from monitor.extraction.models import shipped
before = time.process_time()
shipped()
weights = time.process_time() - before
from monitor.model import Article
extract(Article("x", "Acme", "Acme will invest $5 billion in a data centre in Paris.", "en", None))
memory = next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(f"{weights:.2f} s for the weights, {time.process_time() - start:.2f} s to the first record, {memory} MB at most")
"""


def articles() -> list[Article]:
    """The first documents of every training file."""
    out = []
    for path in sorted(GOLD.glob("train-??*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()[:PER_FILE]
        out += [article_of(d) for d in map(json.loads, lines) if "commitments" in d]
    return out


def plain(line: str, language: str) -> bool:
    return not any(c.isdigit() for c in line) and not find_sums(line, language)


def without_money(texts: Sequence[Article]) -> list[Article]:
    """All lines without figure and sum, put together to articles of one language and usual length."""
    lines: dict[str, list[str]] = {}
    for a in texts:
        lines.setdefault(a.language, []).extend(p for p in a.text.split("\n") if p.strip() and plain(p, a.language))
    out: list[Article] = []
    for language, pool in lines.items():
        taken: list[str] = []
        for line in pool:
            taken.append(line)
            if sum(len(t.split()) for t in taken) >= LENGTH:
                out.append(Article(f"bare-{len(out)}", "", "\n\n".join(taken), language, texts[0].published))
                taken = []
    return [a for a in out if not find_sums(a.text, a.language)]


def seconds(work: Callable[[], object]) -> float:
    """Best of three."""
    out = []
    for _ in range(3):
        start = time.process_time()
        work()
        out.append(time.process_time() - start)
    return min(out)


def speed(name: str, texts: Sequence[Article], extractor: Extractor) -> None:
    words = sum(len(a.full.split()) for a in texts)
    whole = seconds(lambda: [extractor.extract(a) for a in texts])
    sums = seconds(lambda: [find_sums(a.full, a.language) for a in texts])
    print(f"{name:8}{len(texts):10}{words:8}{words / whole:10,.0f}{words / sums:10,.0f}{whole / sums:8.1f}")


def shares(texts: Sequence[Article], extractor: Extractor) -> None:
    """Each step's part of the time, in the order in which they follow each other."""
    names = ("sums", "words and concepts", "entities", "first decisions", "places", "network", "second decisions", "other fields")
    spent = dict.fromkeys(names, 0.0)
    for article in texts:
        a = Analysis(article, extractor.actors)
        spent["sums"] += seconds(lambda article=article: find_sums(article.full, article.language))  # type: ignore[misc]
        if not a.money:
            continue
        clock = time.process_time()
        for name, step in (
            ("words and concepts", lambda a=a: a.concepts),
            ("entities", lambda a=a: a.references),
            ("first decisions", lambda a=a: FirstThoughts(a, extractor.models)),
        ):
            step()
            now = time.process_time()
            spent[name] += now - clock
            clock = now
        first = FirstThoughts(a, extractor.models)
        if not first.hopeful:
            continue
        places = find_places(a)
        reading = extractor.network.read(a, places)
        for name, step in (
            ("places", lambda a=a: find_places(a)),
            ("network", lambda a=a, places=places: extractor.network.read(a, places)),
            ("second decisions", lambda first=first, reading=reading: extractor.decide(first, reading)),
        ):
            spent[name] += seconds(step)
    whole = seconds(lambda: [extractor.extract(a) for a in texts])
    spent["other fields"] = max(0.0, whole - sum(spent.values()))
    for name, value in spent.items():
        print(f"{name:20}{100 * value / sum(spent.values()):5.0f} %")


def main() -> None:
    extractor = Extractor()
    dense = articles()
    bare = without_money(dense)
    press = bare + dense[:: max(1, 4 * len(dense) // len(bare))][: len(bare) // 4]
    extractor.extract(dense[0])
    print(f"{'':8}{'documents':>10}{'words':>8}{'words/s':>10}{'sums':>10}{'ratio':>8}")
    for name, texts in (("gold", dense), ("press", press), ("bare", bare)):
        speed(name, texts, extractor)
    print()
    shares(dense, extractor)
    print()
    done = subprocess.run([sys.executable, "-c", LOADING], check=True, capture_output=True, text=True)
    print(done.stdout.strip())


if __name__ == "__main__":
    main()
