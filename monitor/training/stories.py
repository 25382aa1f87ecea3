"""Story gold through recognition in memory, leave-one-story-out: the figures of record for recognition.

    python -m monitor.training.stories gold/*stories*.jsonl [--records gold|plain|read] [--read FILE] [--folds N] [--errors N]

`gold` gives the gold records, `plain` these with one name for each actor and place, `read` those of FILE: JSON lines of
`{"id", "commitments"}` that an extractor which had not seen these writers read, as `monitor train --recognition --read
FILE` makes them. With FILE the weights are trained on gold and on what was read, whatever is told.

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
from monitor.training.gold import read_gold
from monitor.training.resolution import Told, gold_records, own_records, records_read, tell, train
from monitor.training.story_score import StoryScore, score_stories

UNCOUNTED = frozenset({"rumoured", "suspended", "cancelled"})
Choose = Callable[[str], Recogniser]


def run(told: Sequence[Told], choose: Choose, review: bool = False) -> tuple[dict[str, list[dict[str, Any]]], int]:
    """Mentions with their commitment at the end and the event told when they came, by document; and the number of unsure
    pairs.

    `choose` gives the recogniser for a story line: one that has not seen it, in cross-validation. With `review` a person
    who knows the gold answers every unsure pair before anything is told.
    """
    judged: list[Judgement] = []
    asked = 0
    keys_of = {m.id: k for t in told for m, k in zip(t.mentions, t.keys, strict=True)}
    known: list[Mention] = []
    blocks: dict[str, set[int]] = {}
    by_id: dict[int, Mention] = {}
    events: dict[int, str] = {}
    for article in told:
        recogniser = choose(article.story)
        for mention in article.mentions:
            keys = recogniser.keys(mention)
            near = sorted({i for k in keys for i in blocks.get(k, ())})
            found = [recogniser.judge(by_id[i], mention) for i in near]
            judged += found
            unsure = [j for j in found if j.verdict == "unsure"]
            asked += len(unsure)
            if review:
                judged += [_answered(j, keys_of) for j in unsure]
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
    }, asked


def _answered(unsure: Judgement, keys: Mapping[int, str | None]) -> Judgement:
    """A person's word on an unsure pair; what meets no gold record is the same as nothing."""
    left = keys[unsure.left]
    same = left is not None and left == keys[unsure.right]
    return replace(unsure, verdict="same" if same else "different", score=float(same), by="gold")


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
    review: bool = False,
) -> tuple[dict[str, list[dict[str, Any]]], int, tuple[float, float]]:
    """Every story line by weights trained on the others, as `run`; and the headline in euro, by gold and by ours."""
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
    result, unsure = run(numbered, lambda story: chosen.get(story, last), review)
    gold = tell(documents, *gold_records(documents), last)
    return result, unsure, headlines(gold, numbered, result, lambda story: chosen.get(story, last))


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--background", nargs="*", type=Path, default=[])
    parser.add_argument("--records", default="gold", choices=["gold", "plain", "read"])
    parser.add_argument("--read", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--review", action="store_true", help="a person answers every unsure pair by the gold")
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    documents, background = read_gold(given.gold), read_gold(given.background)
    read = records_read(given.read) if given.read else None
    if given.records == "read" and read is None:
        parser.error("--records read goes with --read FILE")
    told, unsure, totals = cross_validated(
        documents,
        background,
        lambda ds: (
            own_records(ds, read or {}) if given.records == "read" else gold_records(ds, given.records == "plain")
        ),
        given.folds,
        read,
        given.review,
    )
    score = score_stories(documents, told)
    print(shown(score))
    mentions = sum(map(len, told.values()))
    print(f"{'unsure pairs, for each 100 mentions':36} {unsure}  {100 * unsure / max(1, mentions):.1f}")
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
