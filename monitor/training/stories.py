"""Story gold through recognition in memory, leave-one-story-out: the figures of record for recognition.

    python -m monitor.training.stories gold/*stories*.jsonl [--records gold|plain|FILE] [--folds N] [--errors N]

`gold` gives the gold records, `plain` these with one name for each actor and place, FILE the records that an extractor
read: JSON lines of `{"id", "commitments"}`, best made by `monitor evaluate --cross-validate`.

Articles come in order of date; the event told for a mention is the one that the timeline gives when its article arrives.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from monitor.model import Event, Judgement, Mention, Record, Step
from monitor.rates import Rates
from monitor.resolution import timeline
from monitor.resolution.recogniser import Recogniser
from monitor.training.agreement import Json
from monitor.training.gold import read_gold, read_jsonl
from monitor.training.resolution import Told, gold_records, own_records, tell, train
from monitor.training.story_score import StoryScore, score_stories

UNCOUNTED = frozenset({"rumoured", "suspended", "cancelled"})
Choose = Callable[[str], Recogniser]


def run(told: Sequence[Told], choose: Choose) -> dict[str, list[dict[str, Any]]]:
    """Mentions with their commitment at the end and the event told when they came, by document.

    `choose` gives the recogniser for a story line: one that has not seen it, in cross-validation.
    """
    judged: list[Judgement] = []
    known: list[Mention] = []
    blocks: dict[str, set[int]] = {}
    by_id: dict[int, Mention] = {}
    events: dict[int, str] = {}
    for article in told:
        recogniser = choose(article.story)
        for mention in article.mentions:
            keys = recogniser.keys(mention)
            near = sorted({i for k in keys for i in blocks.get(k, ())})
            judged += [recogniser.judge(by_id[i], mention) for i in near]
            for k in keys:
                blocks.setdefault(k, set()).add(mention.id)
            by_id[mention.id] = mention
        known += article.mentions
        wanted = {m.id for m in article.mentions}
        for group in recogniser.partition(known, judged):
            if any(m.id in wanted for m in group):
                events.update({s.mention: s.event for s in recogniser.fold(group) if s.mention in wanted})
    home = {m.id: n for n, group in enumerate(choose("").partition(known, judged)) for m in group}
    return {
        t.document["id"]: [
            {"record": m.record.to_json(), "commitment": f"c{home[m.id]}", "event": events[m.id]} for m in t.mentions
        ]
        for t in told
    }


def headline(groups: Sequence[Sequence[Mention]], fold: Callable[[Sequence[Mention]], Sequence[Step]]) -> float:
    """What commitments that stand on their own feet and still hold sum up to, in euro: parts are in their wholes, rounds
    and what is rumoured, suspended or cancelled do not count. Of a range the upper end counts."""
    rates, total = Rates(), 0.0
    for group in groups:
        parts = sum(m.traits["role"] in ("part", "both") for m in group)
        steps = fold(group)
        state = steps[-1].state
        amount = state.amount_max or state.amount_min
        if 2 * parts > len(group) or state.nature == "round" or state.status in UNCOUNTED or amount is None:
            continue
        total += rates.euros(amount, state.currency, steps[0].state.valid_from).value or 0.0
    return total


def headlines(
    gold: Sequence[Told], told: Sequence[Told], result: Mapping[str, Sequence[Json]], choose: Choose
) -> tuple[float, float]:
    """The headline by gold keys and gold events, and by ours."""
    chains: dict[str, list[Mention]] = {}
    wanted: dict[int, Event] = {}
    for article in gold:
        for mention, key in zip(article.mentions, article.keys, strict=True):
            if key is not None:
                chains.setdefault(key, []).append(mention)
                wanted[mention.id] = article.expected.get(key, ("repeated_no_change",))[0]
    homes: dict[str, list[Mention]] = {}
    story: dict[int, str] = {}
    for article in told:
        for mention, answer in zip(article.mentions, result[article.document["id"]], strict=True):
            homes.setdefault(answer["commitment"], []).append(mention)
            story[mention.id] = article.story

    def right(mentions: Sequence[Mention]) -> Sequence[Step]:
        return timeline.fold(mentions, lambda _, now: _not_new(wanted[now.id]))

    ours = headline(list(homes.values()), lambda ms: choose(story[ms[0].id]).fold(ms))
    return headline(list(chains.values()), right), ours


def _not_new(event: Event) -> Event:
    return "repeated_no_change" if event == "new" else event


def folds(documents: Sequence[Json], number: int) -> list[set[str]]:
    """Story lines dealt into folds; as many folds as lines when `number` is 0."""
    names = sorted({str(d["storyline"]) for d in documents})
    count = number or len(names)
    return [set(names[i::count]) for i in range(min(count, len(names)))]


def cross_validated(
    documents: Sequence[Json],
    background: Sequence[Json],
    records: Callable[[Sequence[Json]], tuple[Mapping[str, Sequence[Record]], Mapping[str, Sequence[str | None]]]],
    number: int = 0,
    read: Mapping[str, Sequence[Record]] | None = None,
) -> tuple[dict[str, list[dict[str, Any]]], tuple[float, float]]:
    """Every story line by weights trained on the others; and the headline in euro, by gold and by ours."""
    chosen: dict[str, Recogniser] = {}
    last: Recogniser | None = None
    for fold in folds(documents, number):
        last = Recogniser(train([d for d in documents if d["storyline"] not in fold], background, read))
        chosen.update(dict.fromkeys(fold, last))
    assert last is not None
    told: list[Told] = []
    own, keys = records(documents)
    for document in sorted(documents, key=lambda d: (d["published"], d["id"])):
        told += tell([document], own, keys, chosen[document["storyline"]])
    numbered = _renumber(told)
    result = run(numbered, lambda story: chosen.get(story, last))
    gold = tell(documents, *gold_records(documents), last)
    return result, headlines(gold, numbered, result, lambda story: chosen.get(story, last))


def _renumber(told: Sequence[Told]) -> list[Told]:
    out, n = [], 0
    for t in told:
        mentions = []
        for m in t.mentions:
            n += 1
            mentions.append(replace(m, id=n))
        out.append(replace(t, mentions=tuple(mentions)))
    return out


def shown(score: StoryScore) -> str:
    """The table of record."""
    rows = [
        (
            "mentions found / gold / predicted",
            f"{score.mentions_found} / {score.mentions_gold} / {score.mentions_predicted}",
        ),
        ("pair precision, recall, F1", f"{score.pair_precision:.3f}  {score.pair_recall:.3f}  {score.pair_f1:.3f}"),
        ("pair F1 end to end", f"{score.pair_f1_end_to_end:.3f}"),
        ("B-cubed F1", f"{score.b3_f1:.3f}"),
        ("event accuracy", f"{score.event_accuracy:.3f}"),
        ("alert precision, recall, F1", f"{score.alert_precision:.3f}  {score.alert_recall:.3f}  {score.alert_f1:.3f}"),
        ("commitments predicted / gold", f"{score.commitments_predicted} / {score.commitments_gold}"),
        *((f"  {event}", right) for event, right in score.events.items()),
    ]
    return "\n".join(f"{name:36} {value}" for name, value in rows)


def records_read(path: Path) -> dict[str, list[Record]]:
    """The records of a file of predictions, by document id."""
    return {str(d["id"]): [Record.from_json(r) for r in d["commitments"]] for d in read_jsonl(path)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--background", nargs="*", type=Path, default=[])
    parser.add_argument("--records", default="gold")
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    documents, background = read_gold(given.gold), read_gold(given.background)
    if given.records in ("gold", "plain"):
        told, totals = cross_validated(
            documents, background, lambda ds: gold_records(ds, given.records == "plain"), given.folds
        )
    else:
        read = records_read(Path(given.records))
        told, totals = cross_validated(documents, background, lambda ds: own_records(ds, read), given.folds, read)
    score = score_stories(documents, told)
    print(shown(score))
    right, ours = totals
    print(
        f"{'headline in bn euro, gold and ours':36} {right / 1e9:.2f}  {ours / 1e9:.2f}  ({100 * (ours / right - 1):+.1f} %)"
    )
    for f in score.wrong_events[: given.errors]:
        print(f"{f.document}: {f.key}: told {f.told}, wanted {' or '.join(f.wanted)}")
    if given.out:
        lines = [json.dumps({"id": k, "mentions": v}, ensure_ascii=False) for k, v in told.items()]
        given.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
