"""The weights file: small, the same for the same models, and what is read from it decides as what was fitted."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from monitor.extraction.models import Sheet, fitted, stacks
from monitor.extraction.weights import read, write
from monitor.training.fit import Example, Options, fit

CLASSES = (("no", "yes"), ("a", "b", "c"))
SMALL = Options(rounds=40, least=5, leaves=6, rate=0.1)


def examples(classes: tuple[str, ...]) -> list[Example]:
    """A rule that neither words nor numbers tell alone."""
    chance = random.Random(1)
    out = []
    for i in range(300):
        numbers = {f"n{k}": chance.random() - 0.4 for k in range(6) if chance.random() < 0.7}
        words = [f"w{chance.randrange(20)}" for _ in range(6)]
        answer = classes[((numbers.get("n1", 0.0) > 0.1) + ("w3" in words)) % len(classes)]
        out.append(Example(numbers, words, answer, f"d{i // 3}"))
    return out


@pytest.fixture(scope="module")
def models() -> dict[str, Any]:
    return {"-".join(c): fit(examples(c), c, SMALL) for c in CLASSES}


def test_what_is_read_decides_as_what_was_fitted(models: dict[str, Any]) -> None:
    text = write(models)
    assert text == write(models)
    straight, through_the_file = fitted(models), stacks(*read(text))
    for classes in CLASSES:
        some = examples(classes)
        sheet = Sheet([e.numbers for e in some], [e.words for e in some])
        name = "-".join(classes)
        scores = through_the_file[name].scores(sheet)
        assert np.array_equal(straight[name].scores(sheet), scores)
        told = scores.argmax(axis=1) if len(classes) > 2 else scores[:, 0] > 0
        assert np.mean([classes[int(k)] == e.answer for k, e in zip(told, some, strict=True)]) > 0.8


def test_a_row_is_decided_the_same_alone_and_among_others(models: dict[str, Any]) -> None:
    some = examples(CLASSES[0])[:70]
    model = fitted(models)["no-yes"]
    together = model.chances(Sheet([e.numbers for e in some], [e.words for e in some]))
    alone = [model.chances(Sheet([e.numbers], [e.words]))[0] for e in some]
    assert together.tolist() == alone


def test_picked_rows_keep_their_words_and_take_new_numbers(models: dict[str, Any]) -> None:
    some = examples(CLASSES[0])
    model = fitted(models)["no-yes"]
    whole = Sheet([e.numbers for e in some], [e.words for e in some])
    picked = whole.pick([7, 2, 7], [{"n1": 9.0}, {}, {"unknown": 1.0}])
    rows = [{**some[7].numbers, "n1": 9.0}, some[2].numbers, some[7].numbers]
    assert np.array_equal(model.scores(picked), model.scores(Sheet(rows, [some[i].words for i in (7, 2, 7)])))
    assert model.scores(picked)[0] != model.scores(picked)[2]
