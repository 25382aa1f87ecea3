"""`monitor evaluate` and `monitor train`: how well the program reads, and the weights it reads with."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from monitor.cli.common import emit, inert, open_settings, to_json
from monitor.errors import InputError
from monitor.training.agreement import Json
from monitor.training.evaluate import (
    Predictions,
    by_writer,
    count_locked_run,
    is_locked,
    losses,
    measured,
    pin,
    read_documents,
    read_floors,
    read_predictions,
    refuse_locked,
    write_records,
)
from monitor.training.gold import LOCKED, is_story, read_gold, writer_of_documents
from monitor.training.score import DocumentScore, StoryScore, reliability, score_documents, score_stories
from monitor.training.validate import check_file

GOLD_FOLDER = Path("gold")
GoldFiles = click.argument("gold", nargs=-1, type=click.Path(path_type=Path))


@click.command()
@GoldFiles
@click.option("--predicted", type=click.Path(path_type=Path), help="Score this file instead of reading the documents.")
@click.option("--cross-validate", is_flag=True, help="Read each writer's documents by weights that have not seen that writer.")
@click.option("--locked", is_flag=True, help="Score the locked part, and say how often that has been done.")
@click.option("--check", "only_check", is_flag=True, help="Check the gold files against the contract; score nothing.")
@click.option("--errors", default=0, metavar="N", help="Show the errors of up to N documents, and all by class.")
@click.option("--pin", "pinning", is_flag=True, help="Keep the figures as floors beside the gold.")
@click.option("--allow-regression", is_flag=True, help="Succeed although a figure fell below its floor.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def evaluate(
    gold: tuple[Path, ...],
    predicted: Path | None,
    cross_validate: bool,
    locked: bool,
    only_check: bool,
    errors: int,
    pinning: bool,
    allow_regression: bool,
    as_json: bool,
) -> None:
    """Score what is read from GOLD files: documents, or story lines taken through the whole line.

    Documents that the weights were trained on are no test of them: --cross-validate and --locked are.

    \b
    monitor evaluate gold/dev-*.jsonl --errors 20
    monitor evaluate gold/train-*.jsonl --cross-validate
    """
    paths = _paths(gold, locked)
    if only_check:
        _check(paths)
        return
    if any(map(is_locked, paths)) and (errors or cross_validate or pinning or len(paths) > 1):
        raise click.UsageError("The locked part is scored alone, without --errors, --pin or --cross-validate.")
    documents = read_gold(paths)
    stories = [is_story(document) for document in documents]
    if any(stories) and not all(stories):
        raise InputError("Scoring", cause="story lines and single documents together", hint="Score them apart.")
    if any(stories):
        told = read_predictions(predicted, "mentions") if predicted else _replayed(paths)
        _print_stories(score_stories(documents, told), errors, as_json)
        return
    manner = "given" if predicted else "cross-validated" if cross_validate else "read"
    score = score_documents(documents, _predict(documents, paths, predicted, cross_validate))
    _print_documents(score, writer_of_documents(paths), errors, as_json)
    if is_locked(paths[0]):
        runs = count_locked_run(paths[0].parent, score)
        click.echo(f"The locked part has now been scored {runs} time{'s' if runs > 1 else ''}.", err=True)
    _hold_floors(score, paths, manner, pinning, allow_regression)


@click.command()
@GoldFiles
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The folder to write the weights into; else the package's own.",
)
@click.option("--recognition", is_flag=True, help="Train the weights of recognition instead, from the story lines.")
@click.option(
    "--read",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --recognition: what an extractor read that had not seen these writers; made first where there is none.",
)
def train(gold: tuple[Path, ...], out: Path | None, recognition: bool, read: Path | None) -> None:
    """Train the weights of reading from GOLD files (all of gold/ but the locked part by default).

    \b
    monitor train
    monitor train --recognition --read unseen.jsonl
    """
    if read and not recognition:
        raise click.UsageError("--read goes with --recognition.")
    paths = list(gold) or sorted(p for p in GOLD_FOLDER.glob("*.jsonl") if not is_locked(p))
    refuse_locked(paths)
    documents = read_gold(_existing(paths))
    by = by_writer(documents, writer_of_documents(paths))
    if not recognition:
        _training().train(by, out, click.echo)
        return
    if read and not read.exists():
        write_records(read, _training().cross_validate(by, click.echo))
    _training("resolution").retrain(documents, read, out, click.echo)


def _training(name: str = "extraction") -> ModuleType:
    """What makes weights; it needs libraries that reading does without."""
    try:
        return import_module(f"monitor.training.{name}")
    except ModuleNotFoundError as error:
        raise InputError(
            "Training",
            cause=f"{error.name} is not installed",
            hint="Run pip install 'commitment-monitor[train,network]'.",
        ) from None


def _paths(gold: Sequence[Path], locked: bool) -> list[Path]:
    if locked and gold:
        raise click.UsageError("--locked scores one file of its own; name no other.")
    paths = [GOLD_FOLDER / f"{LOCKED}.jsonl"] if locked else list(gold)
    if not paths:
        raise click.UsageError("Name gold files, as in gold/dev-*.jsonl.")
    return _existing(paths)


def _existing(paths: Sequence[Path]) -> list[Path]:
    for path in paths:
        if not path.is_file():
            raise InputError("Reading gold", subject=str(path), cause="no such file")
    if not paths:
        raise InputError("Reading gold", subject=str(GOLD_FOLDER), cause="no gold files there")
    return list(paths)


def _predict(documents: list[Json], paths: list[Path], predicted: Path | None, crosswise: bool) -> Predictions:
    if predicted:
        return read_predictions(predicted, "commitments")
    if crosswise:
        refuse_locked(paths)
        found = _training().cross_validate(
            by_writer(documents, writer_of_documents(paths)), lambda line: click.echo(line, err=True)
        )
        return {name: [record.to_json() for record in records] for name, records in found.items()}
    from monitor.extraction import extract

    return read_documents(documents, extract)


def _replayed(paths: Sequence[Path]) -> Predictions:
    """Story lines through the whole line, into a fresh ledger."""
    from monitor.cli.replay import dated, order, played

    documents = sorted((d for path in paths for d in dated(str(path))), key=order)
    rows = played(documents, open_settings(None, "sqlite://"))
    return {str(row["id"]): row["mentions"] for row in rows}


def _check(paths: Sequence[Path]) -> None:
    reports = [check_file(path) for path in paths]
    for report in reports:
        for finding in report.findings:
            click.echo(inert(f"{report.path.name}: {finding.level}: {finding.where}: {finding.what}"))
    rows = [
        {
            "file": report.path.name,
            "documents": report.documents,
            "commitments": report.commitments,
            "traps": report.traps,
            "trap_only": report.trap_only,
            "errors": len(report.errors),
            "warnings": len(report.warnings),
        }
        for report in reports
    ]
    emit(rows, list(rows[0]))
    if any(report.errors for report in reports):
        sys.exit(1)


def _figure_row(name: str, score: DocumentScore) -> dict[str, Any]:
    spread = score.f1_interval
    clean = score.trap_documents_clean
    return {
        "part": name,
        "documents": len(score.results),
        "records": score.counts[2],
        "precision": _figure(score.precision),
        "recall": _figure(score.recall),
        "f1": _figure(score.f1),
        "interval": f"{_figure(spread[0])} to {_figure(spread[1])}" if spread else "",
        "sum_alone": _figure(score.sum_only_f1),
        "traps_clean": f"{_figure(clean)} of {score.trap_documents}" if clean is not None else "",
    }


def _figure(value: float) -> str:
    return f"{value:.3f}"


def _print_documents(score: DocumentScore, writers: dict[str, str], errors: int, as_json: bool) -> None:
    languages, by_letter = score.by("lang"), score.by("id", writers)
    buckets = reliability(score)
    blunders = [b for result in score.results for b in result.blunders]
    classes = Counter((b.side, b.why) for b in blunders)
    if as_json:
        told = score.to_json() | {
            "by_language": {name: _figure_row(name, part) for name, part in languages.items()},
            "by_writer": {name: _figure_row(name, part) for name, part in by_letter.items()},
            "reliability": [
                {"low": b.low, "high": b.high, "records": b.records, "stated": b.stated, "right": b.right}
                for b in buckets
            ],
            "errors": [b.to_json() for b in blunders] if errors else [],
        }
        click.echo(to_json(told))
        return
    parts = {**languages, **{f"writer {name}": part for name, part in by_letter.items()}, "all": score}
    rows = [_figure_row(name, part) for name, part in parts.items()]
    emit(rows, list(rows[0]))
    fields = {**score.fields, "place F1": score.place_f1, **{f"{k} F1": v for k, v in score.filled_f1.items()}}
    emit(
        [{"among matched records": name, "right": _figure(v)} for name, v in fields.items()],
        ["among matched records", "right"],
    )
    if buckets:
        table = [
            {
                "confidence": f"{b.low:.2f} to {b.high:.2f}",
                "records": b.records,
                "stated": _figure(b.stated),
                "right": _figure(b.right),
            }
            for b in buckets
        ]
        emit(table, list(table[0]))
    if errors:
        emit([{"side": s, "why": w, "count": n} for (s, w), n in classes.most_common()], ["side", "why", "count"])
        _print_blunders(score, errors)


def _print_blunders(score: DocumentScore, most: int) -> None:
    shown = [result for result in score.results if result.blunders][:most]
    for result in shown:
        click.echo(inert(f"{result.document['id']}: {result.document.get('title', '')[:90]}"))
        for blunder in result.blunders:
            click.echo(inert(f"  {blunder.side:6} ({blunder.why}) {_brief(blunder.record)}"))


def _brief(record: Json) -> str:
    payer = "/".join(record.get("investor") or []) or "nobody"
    low, high = record.get("amount_min"), record.get("amount_max")
    amount = f"{low}" if low == high else f"{low} to {high}"
    quote = (record.get("evidence") or "")[:110]
    told = f"[{record.get('status')}, {record.get('purpose')}]"
    return f"{payer} > {record.get('recipient') or 'nobody'} {amount} {record.get('currency')} {told} «{quote}»"


def _print_stories(score: StoryScore, errors: int, as_json: bool) -> None:
    if as_json:
        click.echo(to_json(score.to_json()))
        return
    figures = {k: _figure(v) if isinstance(v, float) else v for k, v in score.to_json().items() if k != "events"}
    emit([{"figure": k, "value": v} for k, v in figures.items()], ["figure", "value"])
    emit([{"event": k, "right": v} for k, v in score.events.items()], ["event", "right"])
    for wrong in score.wrong_events[:errors]:
        click.echo(inert(f"{wrong.document}: {wrong.key}: {wrong.told}, wanted {' or '.join(wrong.wanted)}"))


def _hold_floors(score: DocumentScore, paths: list[Path], manner: str, pinning: bool, allowed: bool) -> None:
    """Fail on a figure below its floor; figures of predictions that were handed in have none."""
    if manner == "given":
        return
    folder = paths[0].parent
    figures = measured(score, [path.stem for path in paths], manner)
    lost = losses(figures, read_floors(folder))
    for figure, floor in lost:
        click.echo(f"Lost: {figure}: {figure.value:.4f}, floor {floor.value:.4f}", err=True)
    if lost and not allowed:
        sys.exit(1)
    if pinning:
        pin(folder, figures)
