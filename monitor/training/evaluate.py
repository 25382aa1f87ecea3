"""Figures of record: predictions for gold documents, and the floors below which no figure may fall.

A floor belongs to a corpus, a manner of reading (`read`: with the shipped weights; `cross-validated`: each writer by
weights trained on the others) and a part of it (a language, or `all`). Floors live in `floors.json` beside the gold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from monitor.errors import InputError, OutputError
from monitor.model import Article, Record
from monitor.training.agreement import Json
from monitor.training.align import article_of
from monitor.training.gold import LOCKED, read_jsonl
from monitor.training.score import DocumentScore

Predictions = dict[str, list[Json]]
FLOORS = "floors.json"
LOCKED_RUNS = "locked-runs.json"
# A figure is lost when it falls by more than rounding in the file.
ROUNDING = 0.0005


def read_documents(documents: Iterable[Json], extract: Callable[[Article], Sequence[Record]]) -> Predictions:
    """What an extractor finds in gold documents, by document id."""
    return {str(d["id"]): [record.to_json() for record in extract(article_of(d))] for d in documents}


def by_writer(documents: Iterable[Json], writers: Mapping[str, str]) -> dict[str, list[Json]]:
    """Documents by the writer that `writers` gives for their ids."""
    out: dict[str, list[Json]] = {}
    for document in documents:
        out.setdefault(writers[document["id"]], []).append(document)
    return out


def read_predictions(path: Path, key: str) -> Predictions:
    """The lists under `key` (`commitments` or `mentions`) of a file of predictions, by document id."""
    out: Predictions = {}
    for line in read_jsonl(path):
        if "id" not in line or not isinstance(line.get(key), list):
            raise InputError("Reading predictions", subject=str(path), cause=f"a line lacks id or {key}")
        out[str(line["id"])] = line[key]
    return out


def write_records(path: Path, read: Mapping[str, Sequence[Record]]) -> None:
    """Records by document id as a file of predictions, one document a line."""
    lines = (
        json.dumps({"id": k, "commitments": [r.to_json() for r in v]}, ensure_ascii=False) for k, v in read.items()
    )
    try:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise OutputError("Writing what was read", subject=str(path), cause=error) from error


@dataclass(frozen=True, slots=True)
class Floor:
    """A figure reached: `n` documents of the corpus, and the 95 % interval of F1 where the figure is one."""

    corpus: tuple[str, ...]
    manner: str
    part: str
    figure: str
    value: float
    n: int
    interval: tuple[float, float] | None

    @property
    def key(self) -> tuple[tuple[str, ...], str, str, str]:
        return self.corpus, self.manner, self.part, self.figure

    def __str__(self) -> str:
        return f"{self.figure} of {self.part} ({self.manner}, {self.n} documents)"


def measured(score: DocumentScore, corpus: Iterable[str], manner: str) -> list[Floor]:
    """The figures that floors are kept of, over all documents and by language."""
    names = tuple(sorted(corpus))
    out: list[Floor] = []
    for part, figures in {"all": score, **score.by("lang")}.items():
        values = {
            "f1": figures.f1,
            "sum_only_f1": figures.sum_only_f1,
            "trap_documents_clean": figures.trap_documents_clean,
        }
        if part == "all":
            values |= {name: figures.fields[name] for name in ("status", "purpose", "bounds") if name in figures.fields}
            values |= {f"filled_{name}": value for name, value in figures.filled_f1.items()}
            values["place_f1"] = figures.place_f1
        n = len(figures.results)
        for figure, value in values.items():
            if value is not None:
                spread = figures.f1_interval if figure == "f1" else None
                out.append(Floor(names, manner, part, figure, round(value, 4), n, _rounded(spread)))
    return out


def _rounded(spread: tuple[float, float] | None) -> tuple[float, float] | None:
    return (round(spread[0], 4), round(spread[1], 4)) if spread else None


def losses(now: Iterable[Floor], floors: Iterable[Floor]) -> list[tuple[Floor, Floor]]:
    """Figures that have fallen, each with its floor; only those of the same corpus, manner and part are compared."""
    pinned = {floor.key: floor for floor in floors}
    pairs = [(figure, pinned[figure.key]) for figure in now if figure.key in pinned]
    return [(figure, floor) for figure, floor in pairs if figure.value < floor.value - ROUNDING]


def read_floors(folder: Path) -> list[Floor]:
    path = folder / FLOORS
    if not path.exists():
        return []
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["floors"]
        return [
            Floor(**{**e, "corpus": tuple(e["corpus"]), "interval": tuple(e["interval"]) if e["interval"] else None})
            for e in entries
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("Reading the floors", subject=str(path), cause=error) from error


def pin(folder: Path, figures: Iterable[Floor]) -> None:
    """Write figures as the new floors of their corpus; those of other corpora stay."""
    kept = {floor.key: floor for floor in read_floors(folder)}
    kept.update((figure.key, figure) for figure in figures)
    _write(folder / FLOORS, {"floors": [asdict(floor) for floor in kept.values()]})


def count_locked_run(folder: Path, score: DocumentScore) -> int:
    """Note that the locked part was scored, with what came out; returns how often that has been done."""
    path = folder / LOCKED_RUNS
    try:
        runs = json.loads(path.read_text(encoding="utf-8"))["runs"] if path.exists() else []
    except (OSError, ValueError, KeyError) as error:
        raise InputError("Reading how often the locked part was run", subject=str(path), cause=error) from error
    runs.append({"run": len(runs) + 1, "f1": round(score.f1, 4), "interval": _rounded(score.f1_interval)})
    _write(path, {"runs": runs})
    return len(runs)


def _write(path: Path, value: Mapping[str, Any]) -> None:
    try:
        path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError("Writing figures", subject=str(path), cause=error) from error


def is_locked(path: Path) -> bool:
    return path.stem == LOCKED


def refuse_locked(paths: Iterable[Path]) -> None:
    """Raise when a file that no training may read is among those to train on."""
    for path in paths:
        if is_locked(path):
            raise InputError(
                "Training",
                subject=str(path),
                cause="this part of the gold is locked",
                hint="Leave it out; `monitor evaluate --locked` prints its score.",
            )
