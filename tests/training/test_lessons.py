"""Training the network: what it is taught, and that numpy reads what PyTorch has learnt."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from monitor.extraction.analysis import Analysis
from monitor.extraction.network import ANSWERS, Reading, read, write
from monitor.training.align import Aligned, align, article_of
from monitor.training.lessons import TRAPS, Lesson, lessons_of, thinned


def document(number: int = 0, **other: Any) -> dict[str, Any]:
    payers = ("Vantage", "Telis", "Ostara")
    first, second = payers[number % 3], payers[(number + 1) % 3]
    record = {
        "investor": [first], "recipient": None, "amount_min": 5e9, "amount_max": 5e9, "currency": "USD", "qualifier": "exact",
        "status": "announced", "purpose": "data_center", "place": ["Leipzig"], "horizon": 2030, "part_of": None,
        "evidence": f"{first} will invest $5 billion in a data centre in Leipzig by 2030",
    }  # fmt: skip
    text = f"{record['evidence']}, the mayor said. {second} made a profit of $2 billion."
    return {
        "id": f"d-{number}", "lang": "en", "published": "2026-03-02", "title": "A campus for Leipzig", "text": text,
        "commitments": [record], "traps": [{"text": "a profit of $2 billion", "kind": "profit"}], **other,
    }  # fmt: skip


def aligned(gold: dict[str, Any]) -> Aligned:
    return align(gold, Analysis(article_of(gold)))


def named(lesson: Lesson, a: Analysis, decision: str) -> set[str]:
    return {a.entities[n].name for kind, _, right, _ in lesson.of_pair if kind == decision for n in right}


def test_a_document_becomes_its_answers() -> None:
    one = aligned(document())
    (lesson,) = lessons_of(one)
    assert sorted(lesson.of_sum) == sorted(
        [("commitment", 0, 1), ("commitment", 1, 0), ("trap", 1, TRAPS.index("profit")), ("status", 0, 1), ("purpose", 0, 0)]
    )
    assert named(lesson, one.analysis, "payer") == {"Vantage"}
    assert [right for kind, _, right, _ in lesson.of_pair if kind == "deadline"] == [frozenset({0})]


def test_a_sum_read_in_the_wrong_currency_is_taught_as_the_commitment_that_it_is() -> None:
    record = document()["commitments"][0] | {"currency": "CAD"}
    (lesson,) = lessons_of(aligned(document(commitments=[record])))
    assert ("commitment", 0, 1) in lesson.of_sum and ("commitment", 1, 0) in lesson.of_sum


def test_each_of_several_pays_at_one_sum() -> None:
    evidence = "Vantage and Telis will each invest $5 billion"
    base = document()["commitments"][0] | {"evidence": evidence, "horizon": None, "place": []}
    gold = document(text=f"{evidence}.", traps=[], commitments=[base, base | {"investor": ["Telis"]}])
    one = aligned(gold)
    (lesson,) = lessons_of(one)
    right = [{one.analysis.entities[n].name for n in r} for kind, _, r, _ in lesson.of_pair if kind == "payer"]
    assert right == [{"Vantage", "Telis"}] * 2


def test_what_is_left_out_of_a_lesson_is_never_the_only_mention_of_an_answer() -> None:
    filler = " ".join(f"Clause {n} of the permit was read out." for n in range(30))
    base = document()
    (lesson,) = lessons_of(aligned(base | {"text": f"{base['text']} {filler} Vantage left early."}))
    random.seed(1)
    for _ in range(20):
        less = thinned(lesson, 0.8)
        assert less.of_sum == lesson.of_sum and less.window.sums.of == lesson.window.sums.of
        assert len(less.window.kinds) < len(lesson.window.kinds)
        for name, _, right, named in less.of_pair:
            assert not named or right & set(getattr(less.window, ANSWERS[name]).of)
        for mentions in less.window.mentions:
            assert all(0 <= k < len(less.window.kinds) for k in mentions.at)
        assert {less.window.words[k] for k in less.window.sums.at} == {"<sum>"}


def test_with_a_sum_what_was_asked_of_it_is_left_out() -> None:
    one = aligned(document())
    (lesson,) = lessons_of(one)
    answer = {(name, lesson.window.sums.of[i]): right for name, i, right in lesson.of_sum}
    pairs = {(name, lesson.window.sums.of[i], right) for name, i, right, _ in lesson.of_pair}
    random.seed(1)
    counts = set()
    for _ in range(40):
        less = thinned(lesson, 0.0, 0.5)
        of = less.window.sums.of
        counts.add(len(of))
        assert {(n, of[i]): right for n, i, right in less.of_sum} == {k: r for k, r in answer.items() if k[1] in of}
        assert {(n, of[i], right) for n, i, right, _ in less.of_pair} == {p for p in pairs if p[1] in of}
        assert set(less.among) == {of.index(lesson.window.sums.of[i]) for i in lesson.among if lesson.window.sums.of[i] in of}
    assert len(counts) > 1 and min(counts) > 0


@pytest.mark.proof
def test_numpy_reads_what_was_trained() -> None:
    torch = pytest.importorskip("torch", reason="type: pip install 'commitment-monitor[network]'")
    from monitor.training.network import Model, Settings, Trainer, members_of

    documents = [aligned(document(n)) for n in range(30)]
    settings = Settings(size=32, epochs=8, batch=4, common=1)
    members = (settings, replace(settings, seed=1))
    said: list[str] = []
    text = write(*members_of(documents, members, said.append))
    assert len(said) == 16
    assert text == write(*members_of(documents, members))
    both = read(text)
    network, other = both.members
    assert any((network.weights[k] != other.weights[k]).any() for k in network.weights)

    lessons = [x for d in documents for x in lessons_of(d)]
    trainer = Trainer(lessons, settings)
    model = Model(trainer.names, settings)
    for name, table in network.weights.items():
        model.tables[name.replace(".", "/")].data = torch.from_numpy(table.copy())
    model.eval()
    with torch.no_grad():
        answers = model(trainer.batch(lessons[:5]))
    for i, lesson in enumerate(lessons[:5]):
        reading = Reading()
        network.read(lesson.window, both.coded(lesson.window), reading)
        for row, site in enumerate(lesson.window.sums.of):
            for name in ("commitment", "status", "purpose"):
                np.testing.assert_allclose(reading.of_sum[name][site], answers.of_sum[name][i, row].numpy(), atol=1e-3)
            for name, group in ANSWERS.items():
                of = getattr(lesson.window, group).of
                if len(set(of)) == len(of):
                    mine = [reading.of_pair[name][site, other] for other in of]
                    np.testing.assert_allclose(mine, answers.of_pair[name][i, row, : len(of)].numpy(), atol=1e-3)
        assert reading.of_sum["commitment"][0][0] > 0 > reading.of_sum["commitment"][1][0]


@pytest.mark.proof
def test_a_hidden_word_is_not_seen_by_who_guesses_it() -> None:
    torch = pytest.importorskip("torch", reason="type: pip install 'commitment-monitor[network]'")
    from monitor.training.network import Model, Settings, Trainer

    lessons = lessons_of(aligned(document()))
    settings = Settings(size=32, common=1)
    trainer = Trainer(lessons, settings)
    model = Model(trainer.names, settings).eval()
    batch = trainer.batch(lessons, 1.0)
    hidden = {lessons[0].window.words[k] for k in torch.nonzero(batch.hidden[0])[:, 0].tolist()}
    assert {"will", "invest"} <= hidden and not hidden & {"<sum>", "<name>"}
    before = model(batch).guesses
    assert before.shape == (int(batch.hidden.sum()), len(trainer.names.words) + 1)
    batch.words[batch.hidden] = 1
    batch.senses[batch.hidden] = 1
    assert torch.equal(model(batch).guesses, before)
    assert not trainer.batch(lessons).hidden.any()
